"""Trade ids as people read them."""

SOLO = 1 << 31
"""Set in the sequence of a trade that no leader gave: closes and manual trades are counted on their own."""


def trade_label(trade_id: int) -> str:
    """A trade id as people read it: strategy-sequence, or strategy-s and a number if no leader gave it."""
    sequence = trade_id & 0xFFFFFFFF
    shown = f"s{sequence ^ SOLO}" if sequence & SOLO else str(sequence)
    return f"{trade_id >> 32}-{shown}"
