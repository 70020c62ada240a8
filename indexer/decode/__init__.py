"""Turns the hub's logs into typed events. Pure: no node, no database."""
