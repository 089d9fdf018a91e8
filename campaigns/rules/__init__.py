"""What is decided across several rows: who receives, when, what is proposed. Writes nothing."""

from campaigns.rules.audience import (
    FEWEST_NARROWED,
    Reach,
    audience_of,
    audience_size,
    in_departements,
    is_too_few,
    needs_approval,
    reach_of,
)
from campaigns.rules.banning import ban_correction, ban_problems, end_of_ban_correction, told_of_ban
from campaigns.rules.calling_off import cancel_correction
from campaigns.rules.cases import status_alert, unconfirmed_problems
from campaigns.rules.declaring import Authority, Filing, Urge, declaration_window, filings_of
from campaigns.rules.kinds import case_of, is_banned, rally_of
from campaigns.rules.naming import naming_problems, places_of_withheld_names
from campaigns.rules.proposals import proposed_alerts
from campaigns.rules.retelling import alerts_to_correct, corrected_body, has_told_another_start
from campaigns.rules.scheduling import problems_of
from campaigns.rules.small_numbers import counts_to_merge, full_tens, tell_growth, told
from campaigns.rules.texts import shows_too_early, tells_too_early, text_problems, without_withdrawn
from campaigns.rules.verdict import Preferences, Verdict, decide, end_of_quiet_hours
from campaigns.rules.warnings import Warned, alerts_near, warnings_of

__all__ = [
    "FEWEST_NARROWED",
    "Authority",
    "Filing",
    "Preferences",
    "Reach",
    "Urge",
    "Verdict",
    "Warned",
    "alerts_near",
    "alerts_to_correct",
    "audience_of",
    "audience_size",
    "ban_correction",
    "ban_problems",
    "cancel_correction",
    "case_of",
    "corrected_body",
    "counts_to_merge",
    "decide",
    "declaration_window",
    "end_of_ban_correction",
    "end_of_quiet_hours",
    "filings_of",
    "full_tens",
    "has_told_another_start",
    "in_departements",
    "is_banned",
    "is_too_few",
    "naming_problems",
    "needs_approval",
    "places_of_withheld_names",
    "problems_of",
    "proposed_alerts",
    "rally_of",
    "reach_of",
    "shows_too_early",
    "status_alert",
    "tell_growth",
    "tells_too_early",
    "text_problems",
    "told",
    "told_of_ban",
    "unconfirmed_problems",
    "warnings_of",
    "without_withdrawn",
]
