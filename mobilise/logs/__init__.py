"""One event a line, in words of ours; what must never be in a log is taken out of every line all the same."""
