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
    FeesClaimed,
    TradeCopied,
    Withdrawn,
)

VAULT: Final = "vault"
ACCOUNT: Final = "account"
FEE: Final = "fee"
VENUE: Final = "venue"
OUTSIDE: Final = "outside"

HELD_BY_HUB: Final = frozenset({VAULT, ACCOUNT, FEE})
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


def dust(event: BatchCleared, treasury: str) -> list[Line]:
    """What rounding left over, the treasury's: of the output, and of inputs that were rounded up.

    The copies' lines hand all they put in to the venue; what it was not given to swap comes back here.
    """
    venue, fee = Party(VENUE, event.venue), Party(FEE, treasury)
    return [
        *_flow("dust", event.token_in, event.dust_in, venue, fee),
        *_flow("dust", event.token_out, event.dust, venue, fee),
    ]


def fill(event: TradeCopied, batch: BatchCleared, leader: str) -> list[Line]:
    """A vault's part in a batch: input to the venue, fee to the leader, output from the venue."""
    holder, venue = vault(event.vault_id), Party(VENUE, batch.venue)
    return [
        *_flow("sold", batch.token_in, event.amount_in, holder, venue),
        *_flow("copy_fee", batch.token_in, event.fee, holder, Party(FEE, leader)),
        *_flow("bought", batch.token_out, event.amount_out, venue, holder),
    ]


def _flow(purpose: str, token: str, amount: int, source: Party, target: Party) -> list[Line]:
    if amount == 0:
        return []
    return [Line(source, token, -amount, purpose), Line(target, token, amount, purpose)]
