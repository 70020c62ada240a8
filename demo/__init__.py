"""The demo world: a local chain with the real Uniswap V3, a market, leaders and followers."""
