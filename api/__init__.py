"""The HTTP API: what the ledger says, with formulas, block and finality."""
