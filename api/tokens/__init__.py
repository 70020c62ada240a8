"""The listed tokens."""
