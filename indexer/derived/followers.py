"""What a leader's followers have under the strategy, how well they were copied into, and what they got.

The leader's own vaults are no followers. Those that have left count for what they got, so that nobody looks
better for having lost them; not for what is under copy now.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import BigInteger, Connection, String, and_, cast, func, literal, select

from accounting.quotes import QuoteBoard
from accounting.rounding import STATISTICS, ratio
from accounting.spread import dietz_return, quartiles
from accounting.valuation import equity_of
from accounting.windows import WINDOWS, WindowName, start_of
from indexer.derived.standing import load_states
from indexer.derived.state import VaultState
from indexer.derived.store import FOR_EVER
from indexer.ledger.models import Balance, Copy, Strategy, ValuedFlow, Vault, amount_sum

OWN_CHOICES = (
    "paused",
    "nothing_to_sell",
    "suspended",
    "exiting",
    "funded_now",
    "policy_expired",
    "token_excluded",
)
"""Skips that a follower's own standing choice made, and not how the strategy copies."""

_CHUNK = 500

Figures = dict[str, Decimal | None]


@dataclass(frozen=True, slots=True)
class Copied:
    """`copiers` vaults hold `capital` base token units in all, None where a token of them has no price."""

    copiers: int
    capital: int | None


def read_copied(
    connection: Connection, deployment_id: int, strategy: Strategy, board: QuoteBoard, since: int
) -> Copied:
    """Return what is under copy now, at the prices of `board` that were recorded from block `since` on."""
    following = (
        (Vault.deployment_id == deployment_id)
        & (Vault.strategy_id == strategy.strategy_id)
        & Vault.is_leader.is_(False)
        & (Vault.owner != strategy.leader)
        & (Vault.status != "Left")
    )
    copiers = connection.scalar(select(func.count()).select_from(Vault).where(following)) or 0
    held = connection.execute(
        select(Balance.token, amount_sum(Balance.amount))
        .select_from(Vault)
        .join(
            Balance,
            and_(
                Balance.deployment_id == Vault.deployment_id,
                Balance.account_kind == "vault",
                Balance.account == cast(Vault.vault_id, String),
            ),
        )
        .where(following)
        .group_by(Balance.token)
    )
    balances = {token: units for token, units in held if units}
    prices = {
        token: found.price
        for token in balances
        if token != strategy.base_token and (found := board.price(token, strategy.base_token, since=since))
    }
    return Copied(copiers, equity_of(strategy.base_token, balances, prices).value)


def read_copy_quality(
    connection: Connection, deployment_id: int, strategy: Strategy, now: int
) -> dict[WindowName, Decimal | None]:
    """Return window → share of the copies that could have been made that were."""
    windows = {window: start_of(window, now) for window in WINDOWS}
    first = strategy.strategy_id << 32
    counted = [
        func.count().filter(Copy.block_time >= literal(start, BigInteger)) for start in windows.values()
    ]
    filled, eligible = [0] * len(windows), [0] * len(windows)
    for reason, *counts in connection.execute(
        select(Copy.reason, *counted)
        .where(
            Copy.deployment_id == deployment_id,
            Copy.trade_id.between(first, first + 2**31 - 1),  # leaders' trades alone
            Copy.vault_id != strategy.leader_vault_id,
        )
        .group_by(Copy.reason)
    ):
        if reason in OWN_CHOICES:
            continue
        eligible = [had + more for had, more in zip(eligible, counts, strict=True)]
        if reason is None:
            filled = counts
    return {
        window: ratio(part, whole) if whole else None
        for window, part, whole in zip(windows, filled, eligible, strict=True)
    }


def read_spread(
    connection: Connection, deployment_id: int, strategy: Strategy, now: int
) -> dict[WindowName, Figures]:
    """Return window → quartiles of what followers got, by the ids of their metrics."""
    vaults = {
        row.vault_id: row.block_time
        for row in connection.execute(
            select(Vault.vault_id, Vault.block_time).where(
                Vault.deployment_id == deployment_id,
                Vault.strategy_id == strategy.strategy_id,
                Vault.is_leader.is_(False),
                Vault.owner != strategy.leader,
            )
        )
    }
    flows = _flows(connection, deployment_id, list(vaults))
    ends = _valued(connection, deployment_id, vaults, FOR_EVER)
    found: dict[WindowName, Figures] = {}
    for window in WINDOWS:
        start = start_of(window, now)
        begins = _valued(connection, deployment_id, vaults, start) if start else {}
        results = [
            _result(begins.get(each), ends[each], flows[each], (max(start, vaults[each]), now))
            for each in vaults
            if each in ends
        ]
        known = [result for result in results if result is not None]
        found[window] = {
            **_named("follower_time_weighted", [time for time, _ in known]),
            **_named("follower_money_weighted", [money for _, money in known]),
        }
    return found


def _named(prefix: str, values: Sequence[Decimal]) -> Figures:
    spread = quartiles(values) or (None, None, None)
    return dict(zip((f"{prefix}_{name}" for name in ("q1", "median", "q3")), spread, strict=True))


def _result(
    begin: VaultState | None,
    end: VaultState,
    flows: Sequence[tuple[int, int | None]],
    span: tuple[int, int],
) -> tuple[Decimal, Decimal] | None:
    """The time- and the money-weighted return over a span; None where either is not defined."""
    start, now = span
    within = [(time, value) for time, value in flows if time >= start]
    opening = 0 if begin is None else begin.equity
    if end.equity is None or opening is None or not end.returns_defined:
        return None
    known = [(time, value) for time, value in within if value is not None]
    level = Decimal(1) if begin is None else begin.growth.level
    money = dietz_return((start, opening), known, (now, end.equity))
    if len(known) < len(within) or money is None or not level:
        return None
    return STATISTICS.subtract(STATISTICS.divide(end.growth.level, level), Decimal(1)), money


def _valued(
    connection: Connection, deployment_id: int, vaults: Mapping[int, int], before: int
) -> dict[int, VaultState]:
    """The vaults that had been opened before an hour, as they were then, at the prices of then."""
    opened = [each for each, time in vaults.items() if time < before]
    found: dict[int, VaultState] = {}
    for ids in (opened[at : at + _CHUNK] for at in range(0, len(opened), _CHUNK)):
        states, board = load_states(connection, deployment_id, ids, before=before)
        for vault_id in ids:
            state = states[vault_id]
            state.value(board)
            if state.equity is not None:
                state.growth.observe(state.equity)
            found[vault_id] = state
    return found


def _flows(
    connection: Connection, deployment_id: int, vault_ids: Sequence[int]
) -> Mapping[int, list[tuple[int, int | None]]]:
    found: defaultdict[int, list[tuple[int, int | None]]] = defaultdict(list)
    chunks: Iterable[Sequence[int]] = (vault_ids[at : at + _CHUNK] for at in range(0, len(vault_ids), _CHUNK))
    for ids in chunks:
        rows = connection.execute(
            select(ValuedFlow.vault_id, ValuedFlow.block_time, ValuedFlow.value).where(
                ValuedFlow.deployment_id == deployment_id, ValuedFlow.vault_id.in_(ids)
            )
        )
        for vault_id, time, value in rows:
            found[vault_id].append((time, value))
    return found
