"""What people say about strategies, in threads of one level."""
