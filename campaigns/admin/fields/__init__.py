"""Inputs of our own: moments to the minute in a zone, texts in several languages."""
