"""Verifying and suspending leaders."""
