"""How many of the small mistakes that can be planted in the core the Forge tests notice."""
