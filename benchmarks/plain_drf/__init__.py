"""The same actions served as DRF's own tutorial would: a list view, read and rendered for each request."""
