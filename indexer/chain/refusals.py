"""What providers say when an `eth_getLogs` asks for too much, each in its own words, and what to ask for
then.

Sources: the errors of Alchemy ("this block range should work: [0x0, 0x7d0]"), Infura ("query returned more
than 10000 results. Try with this block range [0x1, 0x2]"), QuickNode ("limited to a 10,000 range"), Ankr
("block range is too wide"), Chainstack and Blast ("block range limit exceeded", "up to a 5000 block range"),
Cloudflare ("max range: 800"), Erigon and Reth ("query exceeds max block range 100000", "max results 20000").
"""

import re

_SUGGESTED = re.compile(r"\[\s*(0x[0-9a-f]+)\s*[,-]\s*(0x[0-9a-f]+)\s*\]", re.IGNORECASE)
_LIMITS = (
    re.compile(r"(\d[\d,_]*)\s*[- ]?(?:blocks?)?\s*range", re.IGNORECASE),
    re.compile(r"range\D{0,40}?(\d[\d,_]*)(?!\s*(?:results|logs|bytes|mb))", re.IGNORECASE),
    re.compile(r"(\d[\d,_]*)\s*blocks", re.IGNORECASE),
)
_ABOUT_RESULTS = re.compile(r"results|logs returned|response size|too large|bytes|\bmb\b", re.IGNORECASE)


def suggested_blocks(message: str, first: int) -> int | None:
    """How many blocks from `first` the provider says it would have answered, or None if it does not say."""
    if found := _SUGGESTED.search(message):
        low, high = int(found[1], 16), int(found[2], 16)
        return high - first + 1 if low <= first <= high else None
    return None


def block_limit(message: str) -> int | None:
    """The most blocks the provider ever answers at once, or None where the message is about something
    else.
    """
    if _SUGGESTED.search(message) or _ABOUT_RESULTS.search(message):
        return None
    for pattern in _LIMITS:
        if found := pattern.search(message):
            limit = int(re.sub(r"[,_]", "", found[1]))
            return limit if limit > 0 else None
    return None
