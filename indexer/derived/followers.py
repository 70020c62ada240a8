"""What a leader's followers have under the strategy, how well they were copied into, and what they got.

The leader's own vaults are no followers. Those that have left count for what they got, so that nobody looks
better for having lost them; not for what is under copy now.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection, String, and_, cast, func, select

from accounting.days import Day
from accounting.quotes import QuoteBoard
from accounting.rounding import STATISTICS, ratio
from accounting.spread import dietz_return, quartiles
from accounting.valuation import equity_of
from accounting.windows import WINDOWS, WindowName, start_of
from indexer.derived.points import NOW, Past, Prices, Subject, read_pasts_before
from indexer.derived.standing import load_prices
from indexer.ledger.models import Balance, Strategy, ValuedFlow, Vault, amount_sum

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
    connection: Connection, deployment_id: int, leaders: Sequence[Leader], now: int, prices: Prices
) -> dict[int, dict[WindowName, Figures]]:
    """Return strategy → window → how well its followers were copied into, and what they got."""
    if not leaders:
        return {}
    vaults = _vaults(connection, deployment_id, leaders)
    starts = {window: start_of(window, now) for window in WINDOWS}
    times = sorted({start for start in starts.values() if start})
    everyone = [each for some in vaults.values() for each in some]
    pasts = read_pasts_before(connection, deployment_id, [each.subject for each in everyone], times)
    flows = _flows(connection, deployment_id, [each.subject.vault_id for each in everyone if each.follows])
    found: dict[int, dict[WindowName, Figures]] = {}
    for strategy_id, some in vaults.items():
        followers = [each.subject for each in some if each.follows]
        points = {
            each.vault_id: dict(pasts[each.vault_id].points([*times, NOW], prices.of(each.tokens)))
            for each in followers
        }
        found[strategy_id] = {
            window: {
                "copy_quality": _quality([pasts[each.subject.vault_id] for each in some], start),
                **_quartiles(
                    _result(each, points[each.vault_id], flows[each.vault_id], (start, now))
                    for each in followers
                ),
            }
            for window, start in starts.items()
        }
    return found


class _Vault(NamedTuple):
    """A vault of a strategy that is not the leader's first; one of the leader's own `follows` nobody."""

    subject: Subject
    follows: bool


def _vaults(connection: Connection, deployment_id: int, leaders: Sequence[Leader]) -> dict[int, list[_Vault]]:
    known = {leader.strategy.strategy_id: leader.subject for leader in leaders}
    query = (
        select(
            Vault.strategy_id,
            and_(Vault.is_leader.is_(False), Vault.owner != Strategy.leader),
            Vault.vault_id,
            Vault.block_number,
            Vault.block_time,
        )
        .join(Strategy, _STRATEGY_OF_VAULT)
        .where(
            Vault.deployment_id == deployment_id,
            Vault.strategy_id.in_(sorted(known)),
            Vault.vault_id != Strategy.leader_vault_id,
        )
        .order_by(Vault.vault_id)
    )
    found: dict[int, list[_Vault]] = {strategy_id: [] for strategy_id in known}
    for strategy_id, follows, vault_id, *opened in connection.execute(query):
        of = known[strategy_id]
        found[strategy_id].append(_Vault(Subject(vault_id, of.base, of.tokens, *opened), follows))
    return found


def _quality(vaults: Iterable[Past], start: int) -> Decimal | None:
    """Share of the copies that could have been made since a time that were."""
    copied = missed = 0
    for past in vaults:
        (had, lacked), (has, lacks) = past.copied(start), past.copied(NOW)
        copied += has - had
        missed += lacks - lacked
    return ratio(copied, copied + missed) if copied + missed else None


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
