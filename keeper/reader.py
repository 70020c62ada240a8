"""Makes a state of what the hub's views say at a head: strategies, open trades, vaults for sale, dues.

What never changes (a strategy's tokens and pools, a policy's revision) is asked once.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from eth_utils.address import to_checksum_address

from keeper import hub
from keeper.state import ClosingVault, Dues, OpenTrade, Sale, StrategyState
from keeper.upkeep import Upkeep
from keeper.views import Head, Views, is_error
from protocol.types import OnBreach, Reason, VaultStatus

_STOPS = ("maxDailyLossBps", "maxDrawdownBps", "stopLossBps", "takeProfitBps")

Json = Mapping[str, Any]


@dataclass(slots=True)
class Known:
    """What is asked once. `pools`: strategy and pair of tokens → its pools, in the order they were added."""

    pools: dict[tuple[int, frozenset[str]], tuple[str, ...]] = field(default_factory=dict)
    tokens: dict[int, tuple[str, ...]] = field(default_factory=dict)
    policies: dict[tuple[int, int], Json] = field(default_factory=dict)
    listed: dict[str, frozenset[str]] = field(default_factory=dict)
    read_to: int = -1


@dataclass(slots=True)
class _Kept:
    """Strategies and vaults by id as they were at a head; from there on, only those are read again that an
    event is about.
    """

    at: Head | None = None
    strategies: dict[int, Json] = field(default_factory=dict)
    vaults: dict[int, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Seen:
    """The hub at a head, without orders."""

    halted: bool
    strategies: tuple[StrategyState, ...]
    vaults: tuple[ClosingVault, ...]
    dues: tuple[Dues, ...]
    unpriced_vaults: int


class Reader:
    """Reads the hub that `views` asks; `since` is the block in which it was deployed.

    At each look it reads one in `upkeep_every` strategies, with its vaults, anew and looks for upkeep there,
    so that no look takes long; fees that time costs are due when they are older than `settle_after_s`.
    """

    def __init__(
        self, views: Views, *, since: int, upkeep_every: int = 25, settle_after_s: int = 7 * 86_400
    ) -> None:
        self._views = views
        self._since = since
        self._upkeep_every = upkeep_every
        self._upkeep = Upkeep(views, settle_after_s=settle_after_s)
        self._known = Known()
        self._kept = _Kept()
        self._looks = 0

    async def look(self, head: Head) -> Seen:
        """Everything at a head. Holes, terms and dues are those of the strategies whose turn it is."""
        await self._learn_pools(head)
        at = hex(head.number)
        halted, strategies, vaults = await self._views.many(
            [("halted", ()), ("strategyCount", ()), ("vaultCount", ())], at
        )
        ids = range(1, strategies + 1)
        await self._learn_tokens(ids)
        self._looks += 1
        turn = {each for each in ids if (each + self._looks) % self._upkeep_every == 0}
        raw, heads = await self._refreshed(head, strategies, vaults, anew=turn)
        trades = await self._open_trades(raw, at)
        upkeep = await self._upkeep.of(turn, raw, heads, head)
        closing, unpriced = await self._closing(heads, at)
        return Seen(
            halted,
            tuple(
                StrategyState(
                    each,
                    to_checksum_address(found["leader"]),
                    self._known.tokens[each][0],
                    found["halted"],
                    trades.get(each),
                    upkeep.holes.get(each, ()),
                    each in upkeep.terms,
                )
                for each, found in raw.items()
            ),
            closing,
            upkeep.dues,
            unpriced,
        )

    async def reopen(self, strategies: Sequence[StrategyState]) -> dict[int, OpenTrade]:
        """The open trades of strategies again, with what is on its way by now."""
        ids = [each.id for each in strategies if each.trade is not None]
        raw = await self._views.many([("strategyOf", (each,)) for each in ids])
        return await self._open_trades(dict(zip(ids, raw, strict=True)), "latest")

    # ------------------------------------------------------------ what changes from head to head

    async def _refreshed(
        self, head: Head, strategies: int, vaults: int, *, anew: Set[int]
    ) -> tuple[dict[int, Json], dict[int, Json]]:
        """Every strategy and every vault at a head, by id; `anew`: strategies to read with their vaults even
        if no event is about them.

        A node that hides an event is found out when it is their turn. Until then the hub refuses what is done
        on an old view of a vault.
        """
        if self._kept.at is None or not await self._goes_on_from(self._kept.at, head):
            self._kept = _Kept()
        kept = self._kept
        told_strategies = set(anew)
        told_vaults = {each for each, found in kept.vaults.items() if found["strategyId"] in anew}
        if kept.at is not None:
            for log in await self._views.logs([], kept.at.number + 1, head.number):
                of_strategies, of_vaults = hub.concerned(log.topics)
                told_strategies |= of_strategies
                told_vaults |= of_vaults
        # Only of those that are there at this head: the logs may be of a later one.
        stale_strategies = _stale(strategies, told_strategies, kept.strategies)
        stale_vaults = _stale(vaults, told_vaults, kept.vaults)
        asked = [("strategyOf", (each,)) for each in stale_strategies]
        asked += [("vaultOf", (each,)) for each in stale_vaults]
        answers = await self._views.many(asked, hex(head.number))
        found = dict(zip(asked, answers, strict=True))
        kept.strategies |= {each: found["strategyOf", (each,)] for each in stale_strategies}
        kept.vaults |= {each: found["vaultOf", (each,)] for each in stale_vaults}
        kept.at = head
        return dict(sorted(kept.strategies.items())), dict(sorted(kept.vaults.items()))

    async def _goes_on_from(self, before: Head, head: Head) -> bool:
        """Whether a head is a descendant of one seen before."""
        if head.number <= before.number:
            return head.hash == before.hash
        if head.number == before.number + 1:
            return head.parent == before.hash
        return await self._views.hash_of(before.number) == before.hash

    # ------------------------------------------------------------ strategies

    async def _open_trades(self, strategies: Mapping[int, Json], at: str) -> dict[int, OpenTrade]:
        """The latest block says what is open; how far it has got, the pending one, if it is the same."""
        ids = [each for each, found in strategies.items() if found["fanoutOpen"]]
        views = [("fanoutOf", (each,)) for each in ids]
        now = await self._views.many(views, at)
        pending = await self._views.many(views, "pending")
        found = {}
        for each, latest, ahead in zip(ids, now, pending, strict=True):
            same = not is_error(ahead) and ahead["sequence"] == latest["sequence"]
            done = not is_error(ahead) and not same
            cursor = latest["count"] if done else ahead["cursor"] if same else latest["cursor"]
            found[each] = OpenTrade(
                latest["sequence"], cursor, latest["count"], latest["deadline"], latest["indexOut"] == 0
            )
        return found

    async def _learn_tokens(self, ids: Sequence[int]) -> None:
        new = [each for each in ids if each not in self._known.tokens]
        for each, tokens in zip(
            new, await self._views.many([("tokensOf", (each,)) for each in new]), strict=True
        ):
            self._known.tokens[each] = tuple(to_checksum_address(token) for token in tokens)

    async def _learn_pools(self, head: Head) -> None:
        known = self._known
        first = max(self._since, known.read_to - 64)
        topics = [[hub.TOPICS["PoolListed"], hub.TOPICS["StrategyPoolAdded"]]]
        for log in await self._views.logs(topics, first, head.number):
            if log.topics[0] == hub.TOPICS["PoolListed"]:
                token0, token1, _ = hub.event_data("PoolListed", log.data)
                pair = frozenset((to_checksum_address(token0), to_checksum_address(token1)))
                known.listed[_address(log.topics[1])] = pair
            else:
                pool = _address(log.topics[2])
                if pool in known.listed:
                    key = (int(log.topics[1], 16), known.listed[pool])
                    there = known.pools.get(key, ())
                    known.pools[key] = there if pool in there else (*there, pool)
        known.read_to = head.number

    # ------------------------------------------------------------ vaults for sale

    async def _closing(self, heads: Mapping[int, Json], at: str) -> tuple[tuple[ClosingVault, ...], int]:
        exiting = [each for each, found in heads.items() if found["status"] == VaultStatus.EXITING]
        stoppable = await self._stoppable(heads)
        answers = await self._views.many([("stopOf", (each,)) for each in stoppable], at)
        stopped = [
            each
            for each, reason in zip(stoppable, answers, strict=True)
            if not is_error(reason) and reason not in {Reason.NONE, Reason.EXITING}
        ]
        holdings = await self._holdings([*exiting, *stopped], heads, at)
        found = []
        for each in (*exiting, *stopped):
            strategy_id = heads[each]["strategyId"]
            sales = self._sales(strategy_id, holdings[each], any_token=each in stopped)
            if sales:
                found.append(ClosingVault(each, strategy_id, each in stopped, sales))
        return tuple(found), sum(map(is_error, answers))

    async def _stoppable(self, heads: Mapping[int, Json]) -> list[int]:
        """Vaults whose policy has a stop that a keeper may carry out."""
        revisions = {
            each: (each, found["policyRevision"])
            for each, found in heads.items()
            if found["status"] in {VaultStatus.ACTIVE, VaultStatus.PAUSED, VaultStatus.SUSPENDED}
            and found["policyRevision"]
        }
        new = [key for key in revisions.values() if key not in self._known.policies]
        answers = await self._views.many([("policyOf", (key[0],)) for key in new])
        self._known.policies.update(zip(new, answers, strict=True))
        policies = {each: self._known.policies[key] for each, key in revisions.items()}
        least = {
            each: OnBreach.EXIT if heads[each]["status"] == VaultStatus.SUSPENDED else OnBreach.SUSPEND
            for each in policies
        }
        return [
            each
            for each, policy in policies.items()
            if policy["onStop"] >= least[each] and any(policy[name] for name in _STOPS)
        ]

    async def _holdings(
        self, ids: Sequence[int], heads: Mapping[int, Json], at: str
    ) -> dict[int, list[tuple[str, int]]]:
        """What vaults hold beside base token."""
        pairs = [(each, token) for each in ids for token in self._known.tokens[heads[each]["strategyId"]][1:]]
        answers = await self._views.many([("vaultBalance", pair) for pair in pairs], at)
        found: dict[int, list[tuple[str, int]]] = {each: [] for each in ids}
        for (each, token), units in zip(pairs, answers, strict=True):
            found[each].append((token, units))
        return found

    def _sales(
        self, strategy_id: int, holdings: Sequence[tuple[str, int]], *, any_token: bool
    ) -> tuple[Sale, ...]:
        """What is held and has a pool against base token. Even a stop alone needs one such pool."""
        base = self._known.tokens[strategy_id][0]
        sales = [
            (Sale(token, pools), units)
            for token, units in holdings
            if (pools := self._known.pools.get((strategy_id, frozenset((token, base)))))
        ]
        held = tuple(sale for sale, units in sales if units)
        return held or (tuple(sale for sale, _ in sales[:1]) if any_token else ())


def _stale(count: int, told: Set[int], kept: Mapping[int, Json]) -> list[int]:
    """Of ids from 1 to `count`, those that something was told about or that are not known."""
    return [each for each in range(1, count + 1) if each in told or each not in kept]


def _address(topic: str) -> str:
    return to_checksum_address("0x" + topic[-40:])
