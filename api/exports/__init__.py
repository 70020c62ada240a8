"""Statements to keep: a month as CSV or on paper, and the lots that were sold, for the tax."""
