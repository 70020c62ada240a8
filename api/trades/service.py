"""Answers about trades and their copies."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TypeVar, cast

from sqlalchemy.orm import Session

from accounting.execution import Rate
from api.events import event_of
from api.paging import cut, decode_cursor
from api.problems import ApiError
from api.reasons.catalogue import reason_or_none
from api.schemas import Answer, Page, utc
from api.snapshot import Snapshot
from api.strategies.existence import require_strategy
from api.trades import ids, repository
from api.trades.fills import against, limit_price, oracle_rate, portion, present_fill, price
from api.trades.repository import CopyRow
from api.trades.schemas import (
    Clearing,
    Completion,
    Copy,
    CopyStatus,
    Trade,
    TradeDetail,
    TradeKind,
    TradeOrder,
)
from api.transactions.schemas import Coins
from api.transactions.service import list_of
from indexer.ledger import models
from indexer.ledger.trade_ids import SOLO

T = TypeVar("T")


class TradeNotFoundError(ApiError):
    """No such trade."""

    status, slug, title = 404, "trade-not-found", "No such trade"


def list_trades(
    snapshot: Snapshot, *, strategy_id: int | None, kind: TradeKind | None, limit: int, cursor: str | None
) -> Page[Trade]:
    """Return a page of trades, newest first."""
    if strategy_id is None:
        return _page(snapshot, "trades", None, kind, limit=limit, cursor=cursor)
    name = f"trades of {strategy_id}"
    require_strategy(snapshot, strategy_id)
    return _page(snapshot, name, [strategy_id], kind, limit=limit, cursor=cursor)


def list_signals(
    snapshot: Snapshot, strategies: Collection[int], *, limit: int, cursor: str | None
) -> Page[Trade]:
    """Return a page of what the leaders of some strategies traded, newest first."""
    return _page(snapshot, "signals", strategies, "leader", limit=limit, cursor=cursor)


def get_trade(snapshot: Snapshot, text: str) -> Answer[TradeDetail]:
    """Return a trade with its clearings. Raises `TradeNotFoundError`."""
    row = _known(snapshot, text, repository.find_trade)
    found = repository.count_copies(snapshot.session, snapshot.deployment_id, [row])
    counts = found.get(row.trade_id, {})
    clearings = repository.list_clearings(snapshot.session, snapshot.deployment_id, row.trade_id)
    [trade] = _trades(snapshot, [row])
    hashes = {row.tx_hash, *(clearing.tx_hash for clearing in clearings), row.completed_tx_hash} - {None}
    sent = list_of(snapshot, [each for each in hashes if each is not None])
    paid = sum(int(each.paid.units) for each in sent)
    detail = TradeDetail(
        **dict(trade),
        skipped_by_reason={reason: number for reason, number in counts.items() if reason is not None},
        clearings=[_clearing(snapshot, clearing) for clearing in clearings],
        transactions=sent,
        gas_paid=Coins.of(paid) if len(sent) == len(hashes) else None,
    )
    return Answer(as_of_block=snapshot.block, data=detail)


def list_copies(
    snapshot: Snapshot,
    text: str,
    *,
    status: CopyStatus | None,
    reason: str | None,
    limit: int,
    cursor: str | None,
) -> Page[Copy]:
    """Return a page of a trade's copies in the contract's order. Raises `TradeNotFoundError`."""
    trade = _known(snapshot, text, repository.find_opened)
    name = f"copies of {trade.trade_id}"
    after = decode_cursor(name, 2, cursor)
    rows = repository.list_copies(
        snapshot.session,
        snapshot.deployment_id,
        trade,
        status=status,
        reason=reason,
        after=None if after is None else (after[0], after[1]),
        limit=limit + 1,
    )
    page, next_cursor = cut(name, limit, rows, lambda row: (row.copy.block_number, row.copy.log_index))
    data = [present_copy(snapshot, row) for row in page]
    return Page(as_of_block=snapshot.block, data=data, next_cursor=next_cursor)


def present_copy(snapshot: Snapshot, row: CopyRow) -> Copy:
    """Return a copy as the API shows it."""
    fill = present_fill(row, snapshot.tokens)
    return Copy(
        copy_id=snapshot.copy_id(row.copy),
        trade=ids.show(row.copy.trade_id),
        vault_id=row.copy.vault_id,
        owner=row.owner,
        is_leader=row.is_leader,
        policy_revision=row.copy.policy_revision,
        status="skipped" if fill is None else "filled",
        reason=reason_or_none(row.copy.reason),
        fill=fill,
        event=event_of(row.copy),
    )


def _page(
    snapshot: Snapshot,
    name: str,
    strategies: Collection[int] | None,
    kind: TradeKind | None,
    *,
    limit: int,
    cursor: str | None,
) -> Page[Trade]:
    before, block = decode_cursor(name, 2, cursor), snapshot.block
    rows = repository.list_trades(
        snapshot.session,
        snapshot.deployment_id,
        strategies=strategies,
        kind=kind,
        before=None if before is None else (before[0], before[1]),
        limit=limit + 1,
    )
    page, next_cursor = cut(name, limit, rows, lambda row: (row.block_number, row.log_index))
    return Page(as_of_block=block, data=_trades(snapshot, page), next_cursor=next_cursor)


def _known(snapshot: Snapshot, text: str, find: Callable[[Session, int, int], T | None]) -> T:
    block = snapshot.block
    found = find(snapshot.session, snapshot.deployment_id, ids.parse(text))
    if found is None:
        raise TradeNotFoundError(
            f"No trade {text} is known at block {block.number}.",
            remedy="List the trades with GET /v1/trades; a new one appears when its block is indexed.",
        )
    return found


def _trades(snapshot: Snapshot, rows: Sequence[models.Trade]) -> list[Trade]:
    session, deployment_id, trade_ids = snapshot.session, snapshot.deployment_id, [r.trade_id for r in rows]
    counts = repository.count_copies(session, deployment_id, rows)
    clearings = repository.find_first_clearings(session, deployment_id, trade_ids)
    orders = repository.find_order_fills(session, deployment_id, trade_ids)
    return [
        _trade(
            snapshot,
            row,
            counts.get(row.trade_id, {}),
            clearings.get(row.trade_id),
            orders.get(row.trade_id),
        )
        for row in rows
    ]


def _trade(
    snapshot: Snapshot,
    row: models.Trade,
    counts: Mapping[str | None, int],
    clearing: models.Clearing | None,
    order: models.OrderFill | None,
) -> Trade:
    tokens = snapshot.tokens
    completed = None
    if row.completed_block is not None and row.completed_time is not None and row.completed_tx_hash:
        completed = Completion(
            block=row.completed_block, time=utc(row.completed_time), transaction=row.completed_tx_hash
        )
    return Trade(
        id=ids.show(row.trade_id),
        number=str(row.trade_id),
        strategy_id=row.strategy_id,
        sequence=row.sequence & (SOLO - 1),
        kind=cast(TradeKind, row.kind),
        by=row.by,
        pool=row.pool,
        token_in=tokens.by_address[row.token_in],
        token_out=tokens.by_address[row.token_out],
        portion=portion(row.portion),
        portion_sold=None if clearing is None else portion(clearing.portion),
        limit_price=limit_price(row, tokens),
        status="copying" if completed is None else "completed",
        copy_deadline=utc(row.copy_deadline) if row.copy_deadline else None,
        filled=counts.get(None, 0),
        skipped=sum(number for reason, number in counts.items() if reason is not None),
        order=None if order is None else _order(order),
        opened=event_of(row),
        completed=completed,
    )


def _order(row: models.OrderFill) -> TradeOrder:
    return TradeOrder(
        hash=row.order_hash,
        nonce=str(row.nonce),
        filled=portion(row.filled),
        complete=row.complete,
        keeper=row.keeper,
    )


def _clearing(snapshot: Snapshot, row: models.Clearing) -> Clearing:
    tokens = snapshot.tokens
    rate, oracle = Rate(row.amount_in, row.amount_out), oracle_rate(row)
    return Clearing(
        batch=row.batch,
        venue=row.venue,
        portion=portion(row.portion),
        sold=tokens.amount(row.token_in, row.amount_in),
        dust_in=tokens.amount(row.token_in, row.dust_in),
        bought=tokens.amount(row.token_out, row.amount_out),
        dust=tokens.amount(row.token_out, row.dust),
        copy_fees=tokens.amount(row.token_in, row.copy_fees),
        protocol_fees=tokens.amount(row.token_in, row.protocol_fees),
        keeper_fee=tokens.amount(row.token_out, row.keeper_fee),
        keeper=row.keeper,
        oracle_value=None if oracle is None else tokens.amount(row.token_out, oracle.amount_out),
        price=price(rate, row.token_in, row.token_out, tokens),
        against_oracle=None if oracle is None else against(rate, oracle, row.token_out, tokens),
        event=event_of(row),
    )
