"""What is listed, what waits, what was vetoed."""
