"""Runs the whole site on one machine: web, scheduler and workers under one process (docs/adr/0006)."""
