"""Pages for those who have not opened the app yet: filled shells, and the pictures that links to them show."""
