"""Has a chain go another way: the newest blocks are replaced by others with other times.

What people sent is in the new blocks as well, as it would be on a public chain; of what keepers sent, all or
nothing.
"""

from collections.abc import Collection

from demo.chain import Chain


def reorganize(chain: Chain, depth: int, keepers: Collection[str], *, keep: bool) -> int:
    """Replaces the newest `depth` blocks; how many transactions of keepers are gone with them."""
    newest = int(chain.request("eth_blockNumber"), 16)
    blocks = chain.batch(
        [("eth_getBlockByNumber", [hex(number), True]) for number in range(newest - depth + 1, newest + 1)]
    )
    senders = {address.lower() for address in keepers}
    kept, dropped = [], 0
    for place, block in enumerate(blocks):
        for transaction in block["transactions"]:
            if transaction["from"] in senders and not keep:
                dropped += 1
            else:
                kept.append((transaction["hash"], place))
    raw = chain.batch([("eth_getRawTransactionByHash", [hash_]) for hash_, _ in kept])
    pairs = [[each, place] for each, (_, place) in zip(raw, kept, strict=True)]
    chain.request("anvil_reorg", depth, pairs)
    return dropped
