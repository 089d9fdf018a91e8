"""What comes in about campaigns and actions, and what goes out."""
