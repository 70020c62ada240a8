"""The local demo world: a chain, an exchange, a market, leaders and followers, all in one process tree."""
