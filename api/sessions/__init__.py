"""Signing in and out, the sessions one has, and the second factor."""
