"""Values of the chain: headers, logs, and a block with the logs of one address."""

from dataclasses import dataclass


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
class Log:
    """A log as the node gave it. `topics` are 32 bytes each; hashes are lower-case 0x text."""

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
    """A block and all logs that the watched address emitted in it, in order."""

    header: Header
    logs: tuple[Log, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A read-only call: `data` sent to the contract at `to`."""

    to: str
    data: bytes
