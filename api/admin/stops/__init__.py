"""Stopping leaders, strategies and entries."""
