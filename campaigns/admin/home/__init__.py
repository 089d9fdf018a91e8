"""The start page: what is live, what is next, what waits for me, what went wrong."""
