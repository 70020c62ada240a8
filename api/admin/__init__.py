"""What staff sees and does; for addresses with the role alone, and with a second factor."""
