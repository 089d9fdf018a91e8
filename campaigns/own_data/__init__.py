"""What is kept about one device: handed out to it whole, and erased."""
