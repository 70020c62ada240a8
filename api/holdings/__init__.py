"""What vaults stand at: copies, limits and their distance, equity over time; all of an owner."""
