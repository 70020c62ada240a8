"""What people say of themselves and of strategies: profiles, notes on trades, comments, reviews, campaigns.

None of it comes from the chain, and none of it moves money. It has tables and a schema version of its own
beside the ledger's. Profiles are of one operator, as people are; everything else is of one hub. Addresses are
EIP-55 text, as the ledger's are; times `*_us` are unix microseconds of the server's clock.
"""
