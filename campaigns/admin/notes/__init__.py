"""Live notes: one line of the organisers while an action runs."""
