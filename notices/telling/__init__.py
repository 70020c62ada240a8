"""Makes notices of what ledger and inbox say, read as the API reads it."""
