"""What people say about a strategy as a whole, and what of it is the caller's."""
