"""Draws up a vault's statement from its replayed history."""

from collections import Counter
from typing import Literal, cast

from accounting import execution
from accounting.book import CostMethod, Return, Withdrawal
from accounting.execution import Rate
from accounting.history import Step
from api.events import event_of
from api.paging import cut, decode_cursor
from api.reasons.catalogue import reason_of, reason_or_none
from api.snapshot import Snapshot
from api.statements.figures import balances, flows, gain_fee, profit, returns
from api.statements.history import VaultHistory, fee_kind, place_of, vault_history
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
from api.terms.repository import list_terms
from api.trades import ids
from api.trades.fills import leader_rate, oracle_rate, present_fill
from api.trades.repository import CopyRow
from api.vaults.schemas import FeeKind, VaultStatus
from api.vaults.service import marks_of, require_vault, terms_of


def get_statement(
    snapshot: Snapshot, vault_id: int, *, method: CostMethod, limit: int, cursor: str | None
) -> StatementAnswer:
    """Return a vault's statement with a page of its lines, newest first. Raises `VaultNotFoundError`."""
    name = f"statement of {vault_id}"
    before = decode_cursor(name, 2, cursor)
    row = require_vault(snapshot, vault_id)
    vault, strategy = row.vault, row.strategy
    life = vault_history(snapshot, vault, strategy, method)
    base = snapshot.tokens.by_address[strategy.base_token]
    steps = iter(life.history.steps)
    booked = [(line, None if _skipped(line) else next(steps)) for line in life.lines]
    older = [item for item in reversed(booked) if before is None or place_of(item[0]) < before]
    page, next_cursor = cut(name, limit, older[: limit + 1], lambda item: place_of(item[0]))
    known = list_terms(snapshot.session, snapshot.deployment_id, [strategy.strategy_id])
    terms = terms_of(snapshot, row, known)
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
        flows=flows(life.history, base),
        balances=balances(life.history, base, snapshot.tokens),
        profit=profit(life.history, base, snapshot.tokens),
        terms=terms,
        marks=marks_of(snapshot, row),
        gain_fee=gain_fee(life.history, base, vault.mark, terms.performance_bps),
        returns=returns(life.history),
        execution=_execution(snapshot, life, strategy.base_token),
        filled=sum(isinstance(line, CopyRow) and not _skipped(line) for line in life.lines),
        skipped_by_reason=_skips(life),
        lines=[_line(snapshot, line, step, strategy.base_token) for line, step in page],
    )
    return StatementAnswer(as_of_block=snapshot.block, data=statement, next_cursor=next_cursor)


def _skipped(line: FlowRow | CopyRow) -> bool:
    return isinstance(line, CopyRow) and line.clearing is None


def _skips(life: VaultHistory) -> dict[str, int]:
    reasons = (line.copy.reason for line in life.lines if isinstance(line, CopyRow))
    return dict(sorted(Counter(reason for reason in reasons if reason is not None).items()))


def _execution(snapshot: Snapshot, life: VaultHistory, base: str) -> Execution:
    to_leader = to_oracle = summed = left_out = 0
    for line in life.lines:
        if isinstance(line, FlowRow) or line.clearing is None:
            continue
        oracle, leader = oracle_rate(line.clearing), leader_rate(line)
        if oracle is None or base not in (line.clearing.token_in, line.clearing.token_out):
            left_out += 1
            continue
        rate = Rate(line.copy.amount_in, line.copy.amount_out)
        sells_base = line.clearing.token_in == base
        if leader is not None:
            units = execution.difference(rate, leader).units
            to_leader += execution.in_base(units, rate, sells_base=sells_base)
        units = execution.difference(rate, oracle).units
        to_oracle += execution.in_base(units, rate, sells_base=sells_base)
        summed += 1
    return Execution(
        against_leader=snapshot.tokens.amount(base, to_leader),
        against_oracle=snapshot.tokens.amount(base, to_oracle),
        fills_summed=summed,
        fills_left_out=left_out,
    )


_FLOWS: dict[str, Literal["deposit", "withdrawal", "held", "returned"]] = {
    "allocation": "deposit",
    "deallocation": "withdrawal",
    "escrow_hold": "held",
    "escrow_fee": "returned",
}


def _line(
    snapshot: Snapshot, line: FlowRow | CopyRow, step: Step | None, base: str
) -> FlowLine | FeeLine | FillLine | SkipLine:
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
