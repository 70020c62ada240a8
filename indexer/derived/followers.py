"""What a leader's followers have under the strategy, how well they were copied into, and what they got.

The leader's own vaults are no followers. Those that have left count for what they got, so that nobody looks
better for having lost them; not for what is under copy now.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import BigInteger, Connection, String, and_, cast, func, literal, select

from accounting.days import Day
from accounting.quotes import QuoteBoard
from accounting.rounding import STATISTICS, ratio
from accounting.spread import dietz_return, quartiles
from accounting.valuation import equity_of
from accounting.windows import WINDOWS, WindowName, start_of
from indexer.derived.points import NOW, Subject, read_points_before
from indexer.derived.standing import load_prices
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
_NOTHING = Day(Decimal(1), 0, 0, 0)
"""A vault before anything happened in it."""

Figures = dict[str, Decimal | None]


@dataclass(frozen=True, slots=True)
class Copied:
    """`copiers` vaults hold `capital` base token units in all, None where a token of them has no price."""

    copiers: int
    capital: int | None


@dataclass(frozen=True, slots=True)
class Leader:
    """A strategy with its leader's own vault."""

    strategy: Strategy
    subject: Subject


def read_copied(connection: Connection, deployment_id: int, leaders: Sequence[Leader]) -> dict[int, Copied]:
    """Return strategy → what is under copy now, at the prices since its leader's vault was opened."""
    strategy_ids = [leader.strategy.strategy_id for leader in leaders]
    following = (
        (Vault.deployment_id == deployment_id)
        & Vault.strategy_id.in_(strategy_ids)
        & Vault.is_leader.is_(False)
        & (Vault.owner != Strategy.leader)
        & (Vault.status != "Left")
    )
    counts = select(Vault.strategy_id, func.count()).join(Strategy, _STRATEGY_OF_VAULT).where(following)
    copiers = {row[0]: row[1] for row in connection.execute(counts.group_by(Vault.strategy_id))}
    held = (
        select(Vault.strategy_id, Balance.token, amount_sum(Balance.amount))
        .join(Strategy, _STRATEGY_OF_VAULT)
        .join(
            Balance,
            and_(
                Balance.deployment_id == Vault.deployment_id,
                Balance.account_kind == "vault",
                Balance.account == cast(Vault.vault_id, String),
            ),
        )
        .where(following)
        .group_by(Vault.strategy_id, Balance.token)
    )
    balances: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for strategy_id, token, units in connection.execute(held):
        if units:
            balances[strategy_id][token] = units
    boards = {
        each.subject.tokens: each.strategy.strategy_id for each in leaders
    }  # those of the same tokens have the same prices
    prices = {tokens: load_prices(connection, deployment_id, each) for tokens, each in boards.items()}
    return {
        each.strategy.strategy_id: Copied(
            copiers.get(each.strategy.strategy_id, 0),
            _worth(each, balances[each.strategy.strategy_id], prices[each.subject.tokens]),
        )
        for each in leaders
    }


def _worth(leader: Leader, balances: Mapping[str, int], board: QuoteBoard) -> int | None:
    base, since = leader.strategy.base_token, leader.subject.opened_block
    prices = {
        token: found.price
        for token in balances
        if token != base and (found := board.price(token, base, since=since))
    }
    return equity_of(base, balances, prices).value


_STRATEGY_OF_VAULT = and_(
    Strategy.deployment_id == Vault.deployment_id, Strategy.strategy_id == Vault.strategy_id
)


def read_followers(
    connection: Connection, deployment_id: int, leaders: Sequence[Leader], now: int
) -> dict[int, dict[WindowName, Figures]]:
    """Return strategy → window → how well its followers were copied into, and what they got."""
    if not leaders:
        return {}
    quality = _copy_quality(connection, deployment_id, leaders, now)
    spread = _spread(connection, deployment_id, leaders, now)
    return {
        strategy_id: {
            window: {"copy_quality": qualities[window], **spread[strategy_id][window]} for window in WINDOWS
        }
        for strategy_id, qualities in quality.items()
    }


def _copy_quality(
    connection: Connection, deployment_id: int, leaders: Sequence[Leader], now: int
) -> dict[int, dict[WindowName, Decimal | None]]:
    """Strategy → window → share of the copies that could have been made that were."""
    windows = {window: start_of(window, now) for window in WINDOWS}
    counted = [
        func.count().filter(Copy.block_time >= literal(start, BigInteger)) for start in windows.values()
    ]
    filled = {leader.strategy.strategy_id: [0] * len(windows) for leader in leaders}
    eligible = {leader.strategy.strategy_id: [0] * len(windows) for leader in leaders}
    first = Strategy.strategy_id * literal(2**32, BigInteger)
    for strategy_id, reason, *counts in connection.execute(
        select(Strategy.strategy_id, Copy.reason, *counted)
        .join(
            Strategy,
            and_(
                Copy.deployment_id == Strategy.deployment_id,
                Copy.trade_id.between(first, first + literal(2**31 - 1, BigInteger)),  # leaders' trades alone
            ),
        )
        .where(
            Strategy.deployment_id == deployment_id,
            Strategy.strategy_id.in_(sorted(filled)),
            Copy.vault_id != Strategy.leader_vault_id,
        )
        .group_by(Strategy.strategy_id, Copy.reason)
    ):
        if reason in OWN_CHOICES:
            continue
        eligible[strategy_id] = [had + more for had, more in zip(eligible[strategy_id], counts, strict=True)]
        if reason is None:
            filled[strategy_id] = counts
    return {
        strategy_id: {
            window: ratio(part, whole) if whole else None
            for window, part, whole in zip(windows, filled[strategy_id], wholes, strict=True)
        }
        for strategy_id, wholes in eligible.items()
    }


def _spread(
    connection: Connection, deployment_id: int, leaders: Sequence[Leader], now: int
) -> dict[int, dict[WindowName, Figures]]:
    """Strategy → window → quartiles of what followers got, by the ids of their metrics."""
    subjects: dict[int, list[Subject]] = {leader.strategy.strategy_id: [] for leader in leaders}
    known = {leader.strategy.strategy_id: leader.subject for leader in leaders}
    followers = (
        select(Vault.strategy_id, Vault.vault_id, Vault.block_number, Vault.block_time)
        .join(Strategy, _STRATEGY_OF_VAULT)
        .where(
            Vault.deployment_id == deployment_id,
            Vault.strategy_id.in_(sorted(subjects)),
            Vault.is_leader.is_(False),
            Vault.owner != Strategy.leader,
        )
        .order_by(Vault.vault_id)
    )
    for strategy_id, vault_id, *opened in connection.execute(followers):
        of = known[strategy_id]
        subjects[strategy_id].append(Subject(vault_id, of.base, of.tokens, *opened))
    starts = {window: start_of(window, now) for window in WINDOWS}
    times = sorted({start for start in starts.values() if start})
    everyone = [each for some in subjects.values() for each in some]
    points = read_points_before(connection, deployment_id, everyone, times)
    flows = _flows(connection, deployment_id, [each.vault_id for each in everyone])
    return {
        strategy_id: {
            window: _quartiles(
                _result(each, points[each.vault_id], flows[each.vault_id], (start, now)) for each in some
            )
            for window, start in starts.items()
        }
        for strategy_id, some in subjects.items()
    }


def _quartiles(results: Iterable[tuple[Decimal, Decimal] | None]) -> Figures:
    known = [result for result in results if result is not None]
    return {
        **_named("follower_time_weighted", [time for time, _ in known]),
        **_named("follower_money_weighted", [money for _, money in known]),
    }


def _named(prefix: str, values: Sequence[Decimal]) -> Figures:
    spread = quartiles(values) or (None, None, None)
    return dict(zip((f"{prefix}_{name}" for name in ("q1", "median", "q3")), spread, strict=True))


def _result(
    subject: Subject,
    points: Mapping[int, Day | None],
    flows: Sequence[tuple[int, int | None]],
    window: tuple[int, int],
) -> tuple[Decimal, Decimal] | None:
    """The time- and the money-weighted return over a window; None where either is not defined."""
    start, now = max(window[0], subject.opened), window[1]
    end, begin = points.get(NOW), points.get(window[0], _NOTHING)
    if end is None or begin is None:
        return None
    within = [(time, value) for time, value in flows if time >= start]
    known = [(time, value) for time, value in within if value is not None]
    money = dietz_return((start, begin.equity), known, (now, end.equity))
    if len(known) < len(within) or money is None or not begin.growth:
        return None
    return STATISTICS.subtract(STATISTICS.divide(end.growth, begin.growth), Decimal(1)), money


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
