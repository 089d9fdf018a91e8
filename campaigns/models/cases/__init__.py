"""A solidarity alert's case: its persons, and the names that may not be written."""
