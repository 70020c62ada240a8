"""Who asks, and what they may do: the caller of a request, by session or key."""
