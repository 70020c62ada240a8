"""What leaders ask of followers."""
