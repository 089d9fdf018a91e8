"""The organisers' pages: campaigns, and the three kinds of action."""

from campaigns.admin.campaign import CampaignAdmin
from campaigns.admin.kinds import HashtagPushAdmin, RallyCallAdmin, SolidarityAlertAdmin

__all__ = ["CampaignAdmin", "HashtagPushAdmin", "RallyCallAdmin", "SolidarityAlertAdmin"]
