"""Calls that the hub's owner or guardian may make, as bytes and in words. Nothing here is ever sent.

Through a timelock a call is scheduled first and executed after its delay. Source: OpenZeppelin's
`TimelockController`, `schedule`, `execute` and `hashOperation`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from eth_abi.abi import encode
from eth_utils.crypto import keccak

NOWHERE = "0x" + "00" * 20
_NO_PREDECESSOR = b"\x00" * 32


class Act(StrEnum):
    """What can be proposed."""

    LIST_TOKEN = "list_token"  # noqa: S105 - a token of money
    LIST_POOL = "list_pool"
    SET_FEED = "set_feed"
    SET_TREASURY = "set_treasury"
    SET_GUARDIAN = "set_guardian"
    SET_GATE = "set_gate"
    SET_PROTOCOL_SHARE = "set_protocol_share"
    HALT_TRADING = "halt_trading"
    RESUME_TRADING = "resume_trading"
    VETO = "veto"


GUARDIANS = frozenset({Act.HALT_TRADING, Act.VETO})
"""What the guardian may do at once, too."""


@dataclass(frozen=True, slots=True)
class Form:
    """A function of the hub, or of its oracle, and what its call does in words."""

    signature: str
    words: str
    on_oracle: bool = False

    @property
    def types(self) -> list[str]:
        """The arguments' types."""
        inside = self.signature.split("(", 1)[1].rstrip(")")
        return inside.split(",")

    @property
    def selector(self) -> bytes:
        """The first four bytes of a call."""
        return bytes(keccak(text=self.signature)[:4])


FORMS: dict[Act, Form] = {
    Act.LIST_TOKEN: Form(
        "listToken(address)", "List the token {0}, for good, after the hub's listing delay."
    ),
    Act.LIST_POOL: Form(
        "listPool(address,address)", "List the pool {0} of the venue {1}, for good, after the listing delay."
    ),
    Act.SET_FEED: Form(
        "setFeed(address,address,uint32)",
        "Give the token {0} the price feed {1}, for good, believed for {2} seconds.",
        on_oracle=True,
    ),
    Act.SET_TREASURY: Form("setTreasury(address)", "Pay the protocol's fees and dust to {0} from then on."),
    Act.SET_GUARDIAN: Form("setGuardian(address)", "Let {0}, beside the owner, veto and halt from then on."),
    Act.SET_GATE: Form("setGate(address)", "Ask {0} who may enter from then on, and never who may leave."),
    Act.SET_PROTOCOL_SHARE: Form(
        "setProtocolShare(uint16)", "Take {0} bps of every fee of strategies created from then on."
    ),
    Act.HALT_TRADING: Form(
        "haltTrading(uint32)", "Halt entries and trades of strategy {0} (0: all). Exits go on."
    ),
    Act.RESUME_TRADING: Form(
        "resumeTrading(uint32)", "Let strategy {0} (0: all) trade and take entries again."
    ),
    Act.VETO: Form("veto(address)", "Withdraw the listing of {0}, which may not be used yet."),
}


@dataclass(frozen=True, slots=True)
class Transaction:
    """A transaction for somebody's own wallet. ``not_before`` is the first unix second, None for at once."""

    step: Literal["call", "schedule", "execute"]
    to: str
    data: str
    not_before: int | None = None


def call_of(act: Act, arguments: Sequence[Any]) -> tuple[str, str]:
    """Return a call's data and its words."""
    form = FORMS[act]
    data = form.selector + encode(form.types, list(arguments))
    return "0x" + data.hex(), form.words.format(*arguments)


def operation_id(target: str, data: str, salt: str) -> str:
    """What a timelock calls the operation: its `hashOperation`."""
    types = ["address", "uint256", "bytes", "bytes32", "bytes32"]
    return "0x" + keccak(encode(types, [target, 0, _raw(data), _NO_PREDECESSOR, _raw(salt)])).hex()


def through_timelock(
    timelock: str, target: str, data: str, salt: str, *, delay_s: int, eta: int
) -> tuple[Transaction, Transaction]:
    """Return what schedules a call and what executes it; ``eta`` is when it may be, if scheduled now."""
    shared = ["address", "uint256", "bytes", "bytes32", "bytes32"]
    values = [target, 0, _raw(data), _NO_PREDECESSOR, _raw(salt)]
    schedule = keccak(text="schedule(address,uint256,bytes,bytes32,bytes32,uint256)")[:4]
    execute = keccak(text="execute(address,uint256,bytes,bytes32,bytes32)")[:4]
    return (
        Transaction(
            "schedule", timelock, "0x" + (schedule + encode([*shared, "uint256"], [*values, delay_s])).hex()
        ),
        Transaction("execute", timelock, "0x" + (execute + encode(shared, values)).hex(), eta),
    )


def _raw(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))
