"""What tells the operator how the house is: readiness, metrics, canaries. Reads, and decides nothing."""
