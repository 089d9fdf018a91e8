"""Limits on how often something may be asked, counted without keeping who asked."""
