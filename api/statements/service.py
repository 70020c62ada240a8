"""Draws up a vault's statement from its read models, and a page of its lines."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast

from accounting import execution
from accounting.book import CostMethod, Return, Withdrawal
from accounting.execution import Rate
from accounting.history import Step
from api.events import event_of
from api.paging import cut, decode_cursor
from api.reasons.catalogue import reason_of, reason_or_none
from api.snapshot import Snapshot
from api.statements import repository
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
from api.terms.repository import list_terms
from api.trades import ids
from api.trades.fills import present_fill
from api.transactions.service import gas_of_vault
from api.vaults.schemas import FeeKind, VaultStatus
from api.vaults.service import marks_of, require_vault, terms_of
from indexer.derived.facts import LEADERS_BIT
from indexer.ledger import models
from indexer.ledger.models.places import Place


def get_statement(
    snapshot: Snapshot, vault_id: int, *, method: CostMethod, limit: int, cursor: str | None
) -> StatementAnswer:
    """Return a vault's statement with a page of its lines, newest first. Raises `VaultNotFoundError`."""
    name = f"statement of {vault_id}"
    before = cast(Place | None, decode_cursor(name, 2, cursor))
    row = require_vault(snapshot, vault_id)
    vault, strategy = row.vault, row.strategy
    market = market_of(snapshot, strategy)
    standing = standing_of(snapshot, vault, method, strategy, market)
    base = snapshot.tokens.by_address[strategy.base_token]
    found = list_lines(snapshot, vault_id, before=before, limit=limit + 1)
    page, next_cursor = cut(name, limit, found, place_of)
    older = time_of(found[limit]) if len(found) > limit else None
    steps = steps_of(snapshot, vault, market, page, older, method=method)
    done = _done(snapshot, vault_id, strategy.base_token)
    terms = terms_of(snapshot, row, _terms(snapshot, strategy.strategy_id))
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
        marks=marks_of(snapshot, row),
        gain_fee=gain_fee(standing, base, vault.mark, terms.performance_bps),
        returns=returns(standing),
        tracking=tracking(standing, base),
        execution=done.execution,
        gas=gas_of_vault(snapshot, vault),
        filled=done.filled,
        skipped_by_reason=dict(sorted(done.skipped.items())),
        lines=[present_line(snapshot, line, steps.get(place_of(line)), strategy.base_token) for line in page],
    )
    return StatementAnswer(as_of_block=snapshot.block, data=statement, next_cursor=next_cursor)


def _terms(snapshot: Snapshot, strategy_id: int) -> dict[tuple[int, int], models.Terms]:
    return list_terms(snapshot.session, snapshot.deployment_id, [strategy_id])


@dataclass(frozen=True, slots=True)
class _Done:
    """What trades did in a vault, summed up."""

    execution: Execution
    filled: int
    skipped: Mapping[str, int]


def _done(snapshot: Snapshot, vault_id: int, base: str) -> _Done:
    to_leader = to_oracle = summed = left_out = 0
    skipped: Counter[str] = Counter()
    for fill in repository.list_done(snapshot.session, snapshot.deployment_id, vault_id):
        if fill.reason is not None:
            skipped[fill.reason] += 1
            continue
        if not fill.oracle_out or base not in (fill.token_in, fill.token_out):
            left_out += 1
            continue
        rate, sells_base = Rate(fill.amount_in, fill.amount_out), fill.token_in == base
        if not fill.trade_id & LEADERS_BIT:
            units = execution.more_units(rate, Rate(fill.first_in, fill.first_out))
            to_leader += execution.in_base(units, rate, sells_base=sells_base)
        units = execution.more_units(rate, Rate(fill.cleared_in, fill.oracle_out))
        to_oracle += execution.in_base(units, rate, sells_base=sells_base)
        summed += 1
    shown = Execution(
        against_leader=snapshot.tokens.amount(base, to_leader),
        against_oracle=snapshot.tokens.amount(base, to_oracle),
        fills_summed=summed,
        fills_left_out=left_out,
    )
    return _Done(shown, summed + left_out, skipped)


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
