"""Draws up a vault's statement from its read models, and a page of its lines."""

from typing import Literal, cast

from accounting.book import CostMethod, Return, Withdrawal
from accounting.execution import Executed
from accounting.history import Step
from api.events import event_of
from api.paging import cut, decode_cursor
from api.reasons.catalogue import reason_of, reason_or_none
from api.snapshot import Snapshot
from api.statements.figures import balances, flows, gain_fee, profit, returns, tracking
from api.statements.history import Line, fee_kind, list_lines, place_of, steps_of, time_of
from api.statements.repository import FlowRow
from api.statements.schemas import (
    Execution,
    FeeLine,
    FillLine,
    FlowLine,
    SkipLine,
    Statement,
    StatementAnswer,
)
from api.statements.standing import market_of, standing_of
from api.terms.service import no_fees, present_terms
from api.trades import ids
from api.trades.fills import present_fill
from api.transactions.service import gas_of_vault
from api.vaults.schemas import FeeKind, VaultStatus
from api.vaults.service import marks_of, require_cells
from indexer.ledger.models.places import Place


def get_statement(
    snapshot: Snapshot, vault_id: int, *, method: CostMethod, limit: int, cursor: str | None
) -> StatementAnswer:
    """Return a vault's statement with a page of its lines, newest first. Raises `VaultNotFoundError`."""
    name = f"statement of {vault_id}"
    before = cast(Place | None, decode_cursor(name, 2, cursor))
    row = require_cells(snapshot, vault_id)
    vault, strategy = row.vault, row.strategy
    market = market_of(snapshot, strategy, row.tokens)
    standing = standing_of(snapshot, vault, method, strategy, market)
    base = snapshot.tokens.by_address[strategy.base_token]
    found = list_lines(snapshot, vault_id, before=before, limit=limit + 1)
    page, next_cursor = cut(name, limit, found, place_of)
    older = time_of(found[limit]) if len(found) > limit else None
    steps = steps_of(snapshot, vault, market, page, older, method=method)
    terms = no_fees() if row.terms is None else present_terms(row.terms, strategy.base_token, snapshot.tokens)
    statement = Statement(
        vault_id=vault.vault_id,
        owner=vault.owner,
        status=cast(VaultStatus, vault.status),
        status_reason=reason_or_none(vault.status_reason),
        strategy_id=strategy.strategy_id,
        strategy_name=strategy.name,
        base_token=base,
        method=method,
        opened=event_of(vault),
        flows=flows(standing, base),
        balances=balances(standing, base, snapshot.tokens, standing.lots),
        profit=profit(standing, base, snapshot.tokens),
        terms=terms,
        marks=marks_of(snapshot, strategy.base_token, vault),
        gain_fee=gain_fee(standing, base, vault.mark, terms.performance_bps),
        returns=returns(standing),
        tracking=tracking(standing, base),
        execution=_execution(snapshot, standing.executed, strategy.base_token),
        gas=gas_of_vault(snapshot, vault),
        filled=standing.executed.fills,
        skipped_by_reason=dict(sorted(standing.skips.items())),
        lines=[present_line(snapshot, line, steps.get(place_of(line)), strategy.base_token) for line in page],
    )
    return StatementAnswer(as_of_block=snapshot.block, data=statement, next_cursor=next_cursor)


def _execution(snapshot: Snapshot, done: Executed, base: str) -> Execution:
    return Execution(
        against_leader=snapshot.tokens.amount(base, done.against_leader),
        against_oracle=snapshot.tokens.amount(base, done.against_oracle),
        fills_summed=done.fills - done.left_out,
        fills_left_out=done.left_out,
    )


_FLOWS: dict[str, Literal["deposit", "withdrawal", "held", "returned"]] = {
    "allocation": "deposit",
    "deallocation": "withdrawal",
    "escrow_hold": "held",
    "escrow_fee": "returned",
}


def present_line(
    snapshot: Snapshot, line: Line, step: Step | None, base: str
) -> FlowLine | FeeLine | FillLine | SkipLine:
    """Return a line with what it did to the book; a skip did nothing."""
    tokens = snapshot.tokens
    realized = tokens.amount(base, step.realized if step else 0)
    if isinstance(line, FlowRow):
        return _flow_line(snapshot, line, step, base)
    copy = line.copy
    fill = present_fill(line, tokens)
    if fill is None:
        return SkipLine(
            kind="skip",
            trade=ids.show(copy.trade_id),
            copy_id=snapshot.copy_id(copy),
            policy_revision=copy.policy_revision,
            reason=reason_of(copy.reason or ""),
            event=event_of(copy),
        )
    return FillLine(
        kind="fill",
        trade=ids.show(copy.trade_id),
        copy_id=snapshot.copy_id(copy),
        policy_revision=copy.policy_revision,
        fill=fill,
        realized_pnl=realized,
        costs=tokens.amount(base, step.costs if step else 0),
        event=event_of(copy),
    )


def _flow_line(snapshot: Snapshot, line: FlowRow, step: Step | None, base: str) -> FlowLine | FeeLine:
    tokens = snapshot.tokens
    realized = tokens.amount(base, step.realized if step else 0)
    amount = tokens.amount(line.token, abs(line.amount))
    kind = fee_kind(line.purpose)
    if kind is not None:
        return FeeLine(
            kind="fee",
            fee=cast(FeeKind, kind),
            amount=amount,
            value=tokens.amount(base, step.costs if step else 0),
            realized_pnl=realized,
            event=event_of(line.entry),
        )
    moved = step.event if step and isinstance(step.event, Withdrawal | Return) else None
    value = abs(line.amount) if moved is None else moved.value
    return FlowLine(
        kind=_FLOWS[line.purpose],
        amount=amount,
        value=None if value is None else tokens.amount(base, value),
        realized_pnl=realized,
        event=event_of(line.entry),
    )
