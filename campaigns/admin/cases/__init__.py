"""The page of a solidarity alert: what is known of a case, its persons, and what may not be written."""
