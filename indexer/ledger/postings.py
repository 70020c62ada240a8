"""Double entry: the lines that each event posts, in token units. Every line has its counter-line, so each
purpose of an entry, and with it the entry, sums to zero in each token.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

from indexer.decode.events import (
    Allocated,
    BatchCleared,
    Deallocated,
    Deposited,
    EscrowSettled,
    FeeCharged,
    FeeEscrowed,
    FeesClaimed,
    Withdrawn,
)

VAULT: Final = "vault"
ACCOUNT: Final = "account"
FEE: Final = "fee"
ESCROW: Final = "escrow"
VENUE: Final = "venue"
OUTSIDE: Final = "outside"

SOLD: Final = "sold"
COPY_FEE: Final = "copy_fee"
BOUGHT: Final = "bought"

HELD_BY_HUB: Final = frozenset({VAULT, ACCOUNT, FEE, ESCROW})
"""Kinds whose balances are the hub's debts; the others are the world that money came from or went to."""


class Party(NamedTuple):
    """One side of a flow: an account kind, and which account of the kind."""

    kind: str
    account: str


@dataclass(frozen=True, slots=True)
class Line:
    """`amount` is added to the party's balance of `token`; negative: taken from it."""

    party: Party
    token: str
    amount: int
    purpose: str


OUTSIDE_WORLD: Final = Party(OUTSIDE, "")


def vault(vault_id: int) -> Party:
    """A vault's balances."""
    return Party(VAULT, str(vault_id))


def escrow(vault_id: int) -> Party:
    """What is held back of what left a vault."""
    return Party(ESCROW, str(vault_id))


@dataclass(frozen=True, slots=True)
class Recipients:
    """Who gets the parts of a fee at the moment it is charged. Without a referrer there is no such part."""

    leader: str
    treasury: str
    referrer: str | None


def deposit(event: Deposited) -> list[Line]:
    """Outside to account."""
    return _flow("deposit", event.token, event.amount, OUTSIDE_WORLD, Party(ACCOUNT, event.owner))


def withdrawal(event: Withdrawn) -> list[Line]:
    """Account to outside."""
    return _flow("withdrawal", event.token, event.amount, Party(ACCOUNT, event.owner), OUTSIDE_WORLD)


def allocation(event: Allocated) -> list[Line]:
    """Account to vault."""
    return _flow("allocation", event.token, event.amount, Party(ACCOUNT, event.owner), vault(event.vault_id))


def deallocation(event: Deallocated) -> list[Line]:
    """Vault to account."""
    return _flow(
        "deallocation", event.token, event.amount, vault(event.vault_id), Party(ACCOUNT, event.owner)
    )


def fee_claim(event: FeesClaimed) -> list[Line]:
    """Fee balance to the account of the same address."""
    return _flow(
        "fee_claim", event.token, event.amount, Party(FEE, event.recipient), Party(ACCOUNT, event.recipient)
    )


def fee(event: FeeCharged, to: Recipients) -> list[Line]:
    """Vault to the fee balances of leader, treasury and referrer."""
    purpose = f"{event.kind.snake}_fee"
    source = vault(event.vault_id)
    parts = [
        (to.leader, event.amount - event.to_protocol - event.to_referrer),
        (to.treasury, event.to_protocol),
        (to.referrer, event.to_referrer),
    ]
    given = [
        Line(Party(FEE, recipient), event.token, amount, purpose)
        for recipient, amount in parts
        if recipient is not None and amount
    ]
    return [Line(source, event.token, -event.amount, purpose), *given] if given else []


def holding(event: FeeEscrowed) -> list[Line]:
    """Vault to its escrow: what stays with the hub until there is a price."""
    return _flow("escrow_hold", event.token, event.held, vault(event.vault_id), escrow(event.vault_id))


def settlement(event: EscrowSettled) -> list[Line]:
    """Escrow to the vault, for the fee that is charged next, and to the owner's account."""
    source, owner = escrow(event.vault_id), Party(ACCOUNT, event.owner)
    return [
        *_flow("escrow_fee", event.token, event.to_fees, source, vault(event.vault_id)),
        *_flow("escrow_release", event.token, event.to_owner, source, owner),
    ]


def protocol_part(event: BatchCleared, protocol_bps: int) -> int:
    """The protocol's part of a batch's copy fees, rounded down."""
    return event.copy_fees * protocol_bps // 10_000


def clearing(event: BatchCleared, leader: str, treasury: str, protocol_bps: int) -> list[Line]:
    """What a batch moves beside its vaults: the venue's side of all its copies; dust and the protocol's part
    to the treasury; the keeper's fee.

    The copies' own lines (`sold`, `copy_fee`, `bought`, by `TradeProjection`) hand all they put in to the
    venue, and their fees to the leader; what the venue was not given to swap, and what of the fees is the
    protocol's, moves on from there. A line may be 0.
    """
    venue, dust = Party(VENUE, event.venue), Party(FEE, treasury)
    share = protocol_part(event, protocol_bps)
    return [
        Line(venue, event.token_in, event.amount_in + event.dust_in, SOLD),
        Line(venue, event.token_out, event.dust - event.amount_out, BOUGHT),
        *_flow("dust", event.token_in, event.dust_in, venue, dust),
        *_flow("dust", event.token_out, event.dust, venue, dust),
        *_flow("protocol_share", event.token_in, share, Party(FEE, leader), dust),
        *_flow("keeper_fee", event.token_out, event.keeper_fee, venue, Party(FEE, event.keeper)),
    ]


def _flow(purpose: str, token: str, amount: int, source: Party, target: Party) -> list[Line]:
    if amount == 0:
        return []
    return [Line(source, token, -amount, purpose), Line(target, token, amount, purpose)]
