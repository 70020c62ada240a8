"""A market that misbehaves: seeded worlds in which prices, nodes and keepers do their worst."""
