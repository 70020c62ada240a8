"""What people want to be told, on which channels, and what became of it."""
