"""What an alert is made of: when it goes out, to whom, and what keeps it back."""
