"""How fast the API answers over a large ledger."""
