"""The page on how an alert is being delivered, or was."""
