"""From an alert to its outcome: audience -> batches -> windows -> send -> outcome (docs/adr/0002)."""
