"""Read models: positions, lots, worth and drift of vaults by hour, kept up to date by the ledger's writes.

One arithmetic (`accounting`) makes them, whether a range of blocks is added, a reorg is taken back or all is
computed anew, so each way ends in the same rows.
"""
