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
class GasOfBlock:
    """What a block's header says of gas: all that was used, and the least that a unit of it cost."""

    number: int
    hash: str
    used: int
    base_price: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a transaction. `sender` is EIP-55, `gas_price` and `data_fee` units of the chain's own
    coin; `gas_until` is all gas of the block up to this transaction and with it. `free` is one that no gas is
    paid for. `logs` are all it emitted.
    """

    block_hash: str
    tx_hash: str
    tx_index: int
    sender: str
    gas_used: int
    gas_until: int
    gas_price: int
    data_fee: int
    free: bool
    logs: tuple[Log, ...]

    @property
    def paid(self) -> int:
        """What the sender paid for it in all."""
        return self.gas_used * self.gas_price + self.data_fee


@dataclass(frozen=True, slots=True)
class Call:
    """A read-only call: `data` sent to the contract at `to`."""

    to: str
    data: bytes
