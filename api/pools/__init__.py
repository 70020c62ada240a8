"""The listed pools."""
