"""Fees worked out anew from terms and amounts, by other code than the hub's: which of them are not what they
should be.

What needs no price is checked: the division of every fee, every copy fee, and the cap of what keepers got.
Fees on gains and for time follow from what the vault was worth, or when it was last charged, which events do
not tell; `reconcile` compares the marks that they leave.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, select
from sqlalchemy.orm import aliased

from accounting.fees import copy_fee, divide, keeper_fee_cap
from indexer.ledger.models import CLEARING_OF_COPY, Clearing, Copy, Fee, Strategy, Terms, Trade, VaultState


class WrongCharge(NamedTuple):
    """A fee in the log at a place: `charged` is not what it is `due`, in token units."""

    block_number: int
    log_index: int
    what: str
    charged: int
    due: int


def wrong_charges(connection: Connection, deployment_id: int) -> Iterator[WrongCharge]:
    """Give every fee of a ledger that is not what terms and amounts make it."""
    yield from _divided(connection, deployment_id)
    yield from _copies(connection, deployment_id)
    yield from _keepers(connection, deployment_id)


def _divided(connection: Connection, deployment_id: int) -> Iterator[WrongCharge]:
    rows = connection.execute(
        select(Fee.__table__, Strategy.protocol_bps, Terms.referrer_bps)
        .join(Strategy, _same(Strategy, Fee))
        .join(Terms, and_(_same(Terms, Fee), Terms.version == _then(Fee, VaultState.terms_version)))
        .where(Fee.deployment_id == deployment_id)
    )
    for row in rows:
        parts = divide(row.amount, row.protocol_bps, row.referrer_bps if row.referrer else 0)
        place = (row.block_number, row.log_index)
        for what, charged, due in (
            ("protocol's part", row.to_protocol, parts.to_protocol),
            ("referrer's part", row.to_referrer, parts.to_referrer),
            ("leader's part", row.to_leader, parts.to_leader),
        ):
            if charged != due:
                yield WrongCharge(*place, f"{what} of a {row.kind} fee of vault {row.vault_id}", charged, due)


def _copies(connection: Connection, deployment_id: int) -> Iterator[WrongCharge]:
    """Of a batch that was swapped in part only the most that may have been charged follows from the events:
    each amount was rounded once more.
    """
    first = aliased(Clearing)
    rows = connection.execute(
        select(
            Copy.block_number,
            Copy.log_index,
            Copy.vault_id,
            Copy.amount_in,
            Copy.fee,
            Clearing.batch,
            Clearing.portion,
            Trade.kind,
            Trade.portion.label("asked"),
            first.portion.label("first_portion"),
            _then(Copy, VaultState.copy_fee_bps).label("bps"),
        )
        .join(Trade, and_(Trade.deployment_id == Copy.deployment_id, Trade.trade_id == Copy.trade_id))
        .join(
            Clearing,
            CLEARING_OF_COPY,
        )
        .join(
            first,
            and_(
                first.deployment_id == Copy.deployment_id, first.trade_id == Copy.trade_id, first.batch == 0
            ),
        )
        .where(Copy.deployment_id == deployment_id, Copy.status == "filled")
    )
    for row in rows:
        bps = row.bps if row.kind == "leader" else 0
        whole = row.portion == (row.first_portion if row.batch else row.asked)
        due = copy_fee(row.amount_in + row.fee + (0 if whole else 1), bps)
        if row.fee != due if whole else row.fee > due:
            place = (row.block_number, row.log_index)
            yield WrongCharge(*place, f"copy fee of vault {row.vault_id}", row.fee, due)


def _keepers(connection: Connection, deployment_id: int) -> Iterator[WrongCharge]:
    rows = connection.execute(
        select(Clearing.block_number, Clearing.log_index, Clearing.amount_out, Clearing.keeper_fee).where(
            Clearing.deployment_id == deployment_id
        )
    )
    for block_number, log_index, amount_out, keeper_fee in rows:
        most = keeper_fee_cap(amount_out + keeper_fee)
        if keeper_fee > most:
            yield WrongCharge(block_number, log_index, "keeper's fee", keeper_fee, most)


def _same(table: Any, fee: Any) -> Any:
    return and_(table.deployment_id == fee.deployment_id, table.strategy_id == fee.strategy_id)


def _then(event: Any, column: Any) -> Any:
    """A vault's column as it was when `event` happened to it."""
    return (
        select(column)
        .where(
            VaultState.deployment_id == event.deployment_id,
            VaultState.vault_id == event.vault_id,
            (VaultState.block_number < event.block_number)
            | ((VaultState.block_number == event.block_number) & (VaultState.log_index < event.log_index)),
        )
        .order_by(VaultState.block_number.desc(), VaultState.log_index.desc())
        .limit(1)
        .correlate(event)
        .scalar_subquery()
    )
