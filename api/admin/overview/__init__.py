"""The state of the hub and of those who run it, at a glance."""
