"""What an owner holds in the hub."""
