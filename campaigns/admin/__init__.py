"""The organisers' pages: campaigns, and the kinds of action."""

from campaigns.admin.actions.kinds import BroadcastAdmin, HashtagPushAdmin, RallyCallAdmin, SolidarityAlertAdmin
from campaigns.admin.campaign.page import CampaignAdmin
from campaigns.admin.outreach.page import OutreachAdmin

__all__ = [
    "BroadcastAdmin",
    "CampaignAdmin",
    "HashtagPushAdmin",
    "OutreachAdmin",
    "RallyCallAdmin",
    "SolidarityAlertAdmin",
]
