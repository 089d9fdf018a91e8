"""When officials may be called and by whom, who is next, and how far the goal is. Writes nothing."""

from campaigns.rules.outreach.choosing import candidates, days_to_call_again
from campaigns.rules.outreach.goal import Goal, goal_of, measure
from campaigns.rules.outreach.hours import Window, is_office_hour, office_window, zone_of_departement
from campaigns.rules.outreach.pace import rest_until

__all__ = [
    "Goal",
    "Window",
    "candidates",
    "days_to_call_again",
    "goal_of",
    "is_office_hour",
    "measure",
    "office_window",
    "rest_until",
    "zone_of_departement",
]
