"""The page of an outreach: its goal, its officials, and how their list comes in."""
