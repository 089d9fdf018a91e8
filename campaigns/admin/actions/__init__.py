"""The pages of actions, one per kind."""
