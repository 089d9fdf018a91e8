"""The tests: one file per behaviour."""
