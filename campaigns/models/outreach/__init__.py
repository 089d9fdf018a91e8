"""Outreach: officials who are called one by one, by whom and how often, and what came of it."""

from campaigns.models.outreach.action import Outreach
from campaigns.models.outreach.claims import Claim, ClaimState
from campaigns.models.outreach.identity import IdentityKey
from campaigns.models.outreach.imports import ImportState, OfficialImport, StagedPart
from campaigns.models.outreach.officials import ContactRecord, Official, Result
from campaigns.models.outreach.outcomes import Outcome, OutcomeSum

__all__ = [
    "Claim",
    "ClaimState",
    "ContactRecord",
    "IdentityKey",
    "ImportState",
    "Official",
    "OfficialImport",
    "Outcome",
    "OutcomeSum",
    "Outreach",
    "Result",
    "StagedPart",
]
