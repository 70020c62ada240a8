"""What leaders write about their own trades, with the time that had passed by then."""
