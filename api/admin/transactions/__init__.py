"""What keepers have signed and sent."""
