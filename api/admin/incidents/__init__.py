"""Opening and closing incidents."""
