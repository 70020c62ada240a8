"""Calls of owner and guardian, proposed by one and confirmed by another."""
