"""The tables of campaigns, from the cause down to the single delivery."""

from campaigns.models.action import LATE, Action, ActionState
from campaigns.models.action_parts import ActionLink, Gathering, Medium, MediumKind
from campaigns.models.alert import Alert, Approval, ApprovalRefused
from campaigns.models.alerts.audience import Audience
from campaigns.models.alerts.limits import HeldBack
from campaigns.models.alerts.states import AlertState
from campaigns.models.alerts.timing import AlertAnchor
from campaigns.models.approving.asking import Asking
from campaigns.models.approving.pushes import Occasion, OrganiserPush
from campaigns.models.approving.refusal import Refusal
from campaigns.models.audit import Act, AuditEntry
from campaigns.models.batch import Batch, Count
from campaigns.models.broadcast import Broadcast, BroadcastMedium
from campaigns.models.burst import Burst
from campaigns.models.campaign import Campaign, Follow, Membership, Role, Visibility
from campaigns.models.canary import Canary
from campaigns.models.cases.person import NEXT_STATUSES, Person, PersonStatus, PersonStep
from campaigns.models.cases.withheld import WithheldName
from campaigns.models.declaration import Declaration
from campaigns.models.delivery_tally import DeliveryTally
from campaigns.models.figure import Figure
from campaigns.models.guard import GuardedChange, GuardRefused
from campaigns.models.heartbeat import Heartbeat
from campaigns.models.invitation import Invitation, InvitationState
from campaigns.models.kinds import HashtagPush, RallyCall, SolidarityAlert
from campaigns.models.live_note import LiveNote
from campaigns.models.organiser_invitation import OrganiserInvitation
from campaigns.models.organising import change_role, remove_organiser
from campaigns.models.outreach import (
    Claim,
    ClaimState,
    ContactRecord,
    IdentityKey,
    ImportState,
    Official,
    OfficialImport,
    Outcome,
    OutcomeSum,
    Outreach,
    Result,
    StagedPart,
)
from campaigns.models.participation import Gesture, Kept, Participation
from campaigns.models.pending import PendingDelivery, PendingReason
from campaigns.models.picture import Picture
from campaigns.models.preview import Preview
from campaigns.models.push_host import PushHost
from campaigns.models.receipt import Receipt, ReceiptCount, ReceiptEvent, Report
from campaigns.models.running_total import Counted, RunningTotal
from campaigns.models.silence import SilencePeriod
from campaigns.models.stopping import Stopped, stop_everything
from campaigns.models.tally import Stage, Tally
from campaigns.models.transitions import IllegalTransition

__all__ = [
    "LATE",
    "NEXT_STATUSES",
    "Act",
    "Action",
    "ActionLink",
    "ActionState",
    "Alert",
    "AlertAnchor",
    "AlertState",
    "Approval",
    "ApprovalRefused",
    "Asking",
    "Audience",
    "AuditEntry",
    "Batch",
    "Broadcast",
    "BroadcastMedium",
    "Burst",
    "Campaign",
    "Canary",
    "Claim",
    "ClaimState",
    "ContactRecord",
    "Count",
    "Counted",
    "Declaration",
    "DeliveryTally",
    "Figure",
    "Follow",
    "Gathering",
    "Gesture",
    "GuardRefused",
    "GuardedChange",
    "HashtagPush",
    "Heartbeat",
    "HeldBack",
    "IdentityKey",
    "IllegalTransition",
    "ImportState",
    "Invitation",
    "InvitationState",
    "Kept",
    "LiveNote",
    "Medium",
    "MediumKind",
    "Membership",
    "Occasion",
    "Official",
    "OfficialImport",
    "OrganiserInvitation",
    "OrganiserPush",
    "Outcome",
    "OutcomeSum",
    "Outreach",
    "Participation",
    "PendingDelivery",
    "PendingReason",
    "Person",
    "PersonStatus",
    "PersonStep",
    "Picture",
    "Preview",
    "PushHost",
    "RallyCall",
    "Receipt",
    "ReceiptCount",
    "ReceiptEvent",
    "Refusal",
    "Report",
    "Result",
    "Role",
    "RunningTotal",
    "SilencePeriod",
    "SolidarityAlert",
    "Stage",
    "StagedPart",
    "Stopped",
    "Tally",
    "Visibility",
    "WithheldName",
    "change_role",
    "remove_organiser",
    "stop_everything",
]
