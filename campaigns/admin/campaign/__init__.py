"""The page of a campaign, its organisers included."""
