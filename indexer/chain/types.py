"""Values of the chain: headers, logs, and a block with the logs of one address."""

from dataclasses import dataclass

import msgspec


@dataclass(frozen=True, slots=True)
class Header:
    """A block's header. `time` is unix seconds, `seen_us` unix microseconds at which it arrived here."""

    number: int
    hash: str
    parent_hash: str
    time: int
    logs_bloom: int
    seen_us: int


@dataclass(frozen=True, slots=True)
class BlockRef:
    """A block as its logs, or the end of a range, tell of it: no header has proven its logs complete."""

    number: int
    hash: str
    time: int
    seen_us: int


class Log(msgspec.Struct, frozen=True, gc=False):
    """A log as the node gave it. `topics` are 32 bytes each; hashes are lower-case 0x text.

    A struct of msgspec's, for it is made for every log there is: five times as fast as a frozen dataclass.
    """

    address: bytes
    block_number: int
    block_hash: str
    tx_hash: str
    tx_index: int
    log_index: int
    topics: tuple[bytes, ...]
    data: bytes


@dataclass(frozen=True, slots=True)
class BlockLogs:
    """A block and all logs that the watched address emitted in it, in order.

    With a header they are proven complete; with a mere reference they are what the node sent.
    """

    header: Header | BlockRef
    logs: tuple[Log, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A read-only call: `data` sent to the contract at `to`."""

    to: str
    data: bytes
