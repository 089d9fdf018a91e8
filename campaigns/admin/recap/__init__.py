"""After an action: the funnel, charts, figures typed by hand, and all of it as a file."""
