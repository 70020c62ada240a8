"""Prices over time: what the oracle said, hour by hour."""
