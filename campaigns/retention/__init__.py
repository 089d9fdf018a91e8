"""What is deleted once it is no longer needed: rules, each with what it says of itself, and the one that runs them."""

from campaigns.retention.forgetting import Due, due, forget

__all__ = ["Due", "due", "forget"]
