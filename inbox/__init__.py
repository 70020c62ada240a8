"""What people ask of keepers and what keepers do about it: signed orders, operators' stops, transactions.

None of this comes from the chain, so no reorg rolls it back and nothing rebuilds it: it has tables and a
schema version of its own beside the ledger's, in the same database.
"""
