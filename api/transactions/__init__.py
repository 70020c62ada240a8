"""Transactions with events of the hub: who sent them, and what gas they cost."""
