"""The hub's rules without a chain: the same books, limits, clearing and fees in exact integers. Pure.

Reads like docs/specification.md; names are those of the contracts. What a swap fetches is a `market.Market`'s
to say. Amounts are token units, prices base token units a unit, scaled by 1e36, times unix seconds.
"""
