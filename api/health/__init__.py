"""Whether the API lives, and whether what it says is current."""
