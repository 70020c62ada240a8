"""Play money beside the ledger: what a vault with this policy would have got of the real trades."""
