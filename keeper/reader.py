"""Makes a state of what the hub's views say at a head: strategies, open trades, vaults for sale, dues.

What never changes (a strategy's tokens and pools, a policy's revision, a version of terms) is asked once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from eth_utils.address import to_checksum_address

from keeper import hub
from keeper.state import ClosingVault, Dues, OpenTrade, Sale, StrategyState
from keeper.views import Head, Views, is_error
from protocol.types import OnBreach, Reason, VaultStatus

_STOPS = ("maxDailyLossBps", "maxDrawdownBps", "stopLossBps", "takeProfitBps")
_SETTLE_WINDOW_S = 86_400
_GAIN_WORTH_SETTLING = 1_000
"""A gain above a thousandth of the mark."""

Json = Mapping[str, Any]


@dataclass(slots=True)
class Known:
    """What is asked once. `pools`: strategy and pair of tokens → pool, the one added first."""

    pools: dict[tuple[int, frozenset[str]], str] = field(default_factory=dict)
    tokens: dict[int, tuple[str, ...]] = field(default_factory=dict)
    policies: dict[tuple[int, int], Json] = field(default_factory=dict)
    terms: dict[tuple[int, int], Json] = field(default_factory=dict)
    listed: dict[str, frozenset[str]] = field(default_factory=dict)
    read_to: int = -1


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

    Fees that time costs are settled when they are older than `settle_after_s`.
    """

    def __init__(self, views: Views, *, since: int, settle_after_s: int = 7 * 86_400) -> None:
        self._views = views
        self._since = since
        self._settle_after_s = settle_after_s
        self._known = Known()

    async def look(self, head: Head, *, upkeep: bool) -> Seen:
        """Everything at a head. Without `upkeep` no holes, terms and dues are looked for."""
        await self._learn_pools(head)
        at = hex(head.number)
        halted, strategies, vaults = await self._views.many(
            [("halted", ()), ("strategyCount", ()), ("vaultCount", ())], at
        )
        ids = range(1, strategies + 1)
        await self._learn_tokens(ids)
        raw = await self._views.many([("strategyOf", (each,)) for each in ids], at)
        vault_heads = await self._views.many([("vaultOf", (each,)) for each in range(1, vaults + 1)], at)
        heads: dict[int, Json] = dict(enumerate(vault_heads, start=1))
        trades = await self._open_trades(dict(zip(ids, raw, strict=True)), at)
        holes, due = (
            await self._upkeep(heads, dict(zip(ids, raw, strict=True)), head) if upkeep else ({}, set())
        )
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
                    holes.get(each, ()),
                    each in due,
                )
                for each, found in zip(ids, raw, strict=True)
            ),
            closing,
            await self._dues(heads, head) if upkeep else (),
            unpriced,
        )

    async def reopen(self, strategies: Sequence[StrategyState]) -> dict[int, OpenTrade]:
        """The open trades of strategies again, with what is on its way by now."""
        ids = [each.id for each in strategies if each.trade is not None]
        raw = await self._views.many([("strategyOf", (each,)) for each in ids])
        return await self._open_trades(dict(zip(ids, raw, strict=True)), "latest")

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
                    known.pools.setdefault((int(log.topics[1], 16), known.listed[pool]), pool)
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
            (Sale(token, pool), units)
            for token, units in holdings
            if (pool := self._known.pools.get((strategy_id, frozenset((token, base)))))
        ]
        held = tuple(sale for sale, units in sales if units)
        return held or (tuple(sale for sale, _ in sales[:1]) if any_token else ())

    # ------------------------------------------------------------ upkeep

    async def _upkeep(
        self, heads: Mapping[int, Json], strategies: Mapping[int, Json], head: Head
    ) -> tuple[dict[int, tuple[int, ...]], set[int]]:
        """Empty positions of each strategy's list, and the strategies whose pending terms may begin."""
        leaders = {found["leaderVault"] for found in strategies.values()}
        members: dict[int, int] = dict.fromkeys(strategies, 0)
        for each, found in heads.items():
            if each not in leaders and found["status"] not in {VaultStatus.NONE, VaultStatus.LEFT}:
                members[found["strategyId"]] += 1
        views = [
            (each, position)
            for each, found in strategies.items()
            if members[each] < found["memberCount"]
            for position in range(found["memberCount"])
        ]
        answers = await self._views.many([("memberAt", view) for view in views], hex(head.number))
        holes: dict[int, tuple[int, ...]] = {}
        for (each, position), vault_id in zip(views, answers, strict=True):
            if vault_id == 0:
                holes[each] = (*holes.get(each, ()), position)
        pending = await self._views.many([("pendingTermsOf", (each,)) for each in strategies])
        due = {
            each
            for each, terms in zip(strategies, pending, strict=True)
            if terms["from"] and terms["from"] <= head.time
        }
        return holes, due

    async def _dues(self, heads: Mapping[int, Json], head: Head) -> tuple[Dues, ...]:
        followers = {each: found for each, found in heads.items() if found["policyRevision"]}
        risks = await self._views.many([("riskOf", (each,)) for each in followers])
        escrowed = [each for each, risk in zip(followers, risks, strict=True) if risk["escrowed"]]
        await self._learn_terms(followers)
        found = [Dues(each, heads[each]["strategyId"], head.number, escrow=True) for each in escrowed]
        in_period = {}
        for each, vault in followers.items():
            if vault["status"] == VaultStatus.LEFT:
                continue
            terms = self._known.terms[vault["strategyId"], vault["termsVersion"]]
            if (point := _settlement_point(vault, terms, head.time)) is not None:
                in_period[each] = point
            elif (terms["managementBps"] or terms["subscription"]) and (
                vault["accruedAt"] + self._settle_after_s <= head.time
            ):
                found.append(Dues(each, vault["strategyId"], vault["accruedAt"], escrow=False))
        gained = await self._gained(list(in_period))
        found += [Dues(each, heads[each]["strategyId"], in_period[each], escrow=False) for each in gained]
        return tuple(found)

    async def _learn_terms(self, vaults: Mapping[int, Json]) -> None:
        wanted = {(found["strategyId"], found["termsVersion"]) for found in vaults.values()}
        new = sorted(wanted - self._known.terms.keys())
        answers = await self._views.many([("termsOf", key) for key in new])
        self._known.terms.update(zip(new, answers, strict=True))

    async def _gained(self, ids: Sequence[int]) -> list[int]:
        marks = await self._views.many([("marksOf", (each,)) for each in ids])
        equities = await self._views.many([("equityOf", (each,)) for each in ids])
        return [
            each
            for each, mark, equity in zip(ids, marks, equities, strict=True)
            if not is_error(equity) and equity > mark["mark"] + mark["mark"] // _GAIN_WORTH_SETTLING
        ]


def _settlement_point(vault: Json, terms: Json, now: int) -> int | None:
    """The point of the vault's grid that is being settled now, as `Settlements._nextSettlement` has it."""
    first, period = vault["settleFrom"], terms["performancePeriod"]
    if first == 0 or now < first or period == 0:
        return None
    point = int(now - (now - first) % period)
    return point if now <= point + _SETTLE_WINDOW_S else None


def _address(topic: str) -> str:
    return to_checksum_address("0x" + topic[-40:])
