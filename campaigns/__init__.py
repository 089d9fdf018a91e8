"""Campaigns, actions, alerts, participation, and their delivery."""
