"""A vault's statement: everything that happened in it, and what it came to."""
