"""People and devices: organisers, anonymous devices, their subscriptions."""
