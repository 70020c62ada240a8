"""What the protocol earns."""
