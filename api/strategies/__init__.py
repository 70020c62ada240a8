"""Leaders' offers and their results."""
