"""Organisers' accounts, anonymous devices, their subscriptions."""

from accounts.models.device import Caller, Device, DeviceCookie, LockScreen, OrganiserDevice, TieCode
from accounts.models.site_log import SiteAct, SiteEntry
from accounts.models.subscription import EndpointTaken, PushKeys, Subscription
from accounts.models.transfer import CodeUseless, DeviceGone, OwnCode, Taking, TransferCode
from accounts.models.user import User

__all__ = [
    "Caller",
    "CodeUseless",
    "Device",
    "DeviceCookie",
    "DeviceGone",
    "EndpointTaken",
    "LockScreen",
    "OrganiserDevice",
    "OwnCode",
    "PushKeys",
    "SiteAct",
    "SiteEntry",
    "Subscription",
    "Taking",
    "TieCode",
    "TransferCode",
    "User",
]
