"""Organisers' accounts, anonymous devices, their subscriptions."""

from accounts.models.device import Device, LockScreen, OrganiserDevice, TieCode
from accounts.models.subscription import EndpointTaken, PushKeys, Subscription
from accounts.models.user import User

__all__ = ["Device", "EndpointTaken", "LockScreen", "OrganiserDevice", "PushKeys", "Subscription", "TieCode", "User"]
