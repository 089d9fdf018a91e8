"""What comes in about devices and subscriptions, and what goes out."""
