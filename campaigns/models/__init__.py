"""The tables of campaigns, from the cause down to the single delivery."""

from campaigns.models.action import Action, ActionLink, ActionState, Gathering, Medium, MediumKind
from campaigns.models.alert import Alert, AlertState, Approval, ApprovalRefused, Audience
from campaigns.models.batch import Batch, Count, PendingDelivery, PendingReason
from campaigns.models.campaign import Campaign, Follow, Invitation, Membership, Role, Visibility
from campaigns.models.canary import Canary
from campaigns.models.delivery_tally import DeliveryTally
from campaigns.models.guard import GuardedChange, GuardRefused
from campaigns.models.heartbeat import Heartbeat
from campaigns.models.kinds import (
    Declaration,
    HashtagPush,
    Person,
    PersonStatus,
    PersonStep,
    RallyCall,
    SolidarityAlert,
)
from campaigns.models.participation import Participation, Stage, Tally
from campaigns.models.push_host import PushHost
from campaigns.models.receipt import Receipt, ReceiptCount, ReceiptEvent
from campaigns.models.running_total import Counted, RunningTotal
from campaigns.models.transitions import IllegalTransition

__all__ = [
    "Action",
    "ActionLink",
    "ActionState",
    "Alert",
    "AlertState",
    "Approval",
    "ApprovalRefused",
    "Audience",
    "Batch",
    "Campaign",
    "Canary",
    "Count",
    "Counted",
    "Declaration",
    "DeliveryTally",
    "Follow",
    "Gathering",
    "GuardRefused",
    "GuardedChange",
    "HashtagPush",
    "Heartbeat",
    "IllegalTransition",
    "Invitation",
    "Medium",
    "MediumKind",
    "Membership",
    "Participation",
    "PendingDelivery",
    "PendingReason",
    "Person",
    "PersonStatus",
    "PersonStep",
    "PushHost",
    "RallyCall",
    "Receipt",
    "ReceiptCount",
    "ReceiptEvent",
    "Role",
    "RunningTotal",
    "SolidarityAlert",
    "Stage",
    "Tally",
    "Visibility",
]
