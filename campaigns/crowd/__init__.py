"""What a whole crowd does at once, on the fast path: the same as the views of it, for all who call in one moment."""
