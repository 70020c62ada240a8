"""Owners' vaults."""
