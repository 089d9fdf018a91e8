"""What happens in an outreach across several rows: calling, and the list of officials coming in and going."""
