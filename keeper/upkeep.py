"""What may be done when nothing presses: empty positions, terms that may begin, fees that are due.

A version of terms never changes and is asked once.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from keeper.state import Dues
from keeper.views import Head, Views, is_error
from protocol.types import VaultStatus

_SETTLE_WINDOW_S = 86_400
_GAIN_WORTH_SETTLING = 1_000
"""A gain above a thousandth of the mark."""

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """Empty positions by strategy, strategies whose pending terms may begin, fees that may be charged."""

    holes: Mapping[int, tuple[int, ...]]
    terms: Set[int]
    dues: tuple[Dues, ...]


class Upkeep:
    """Looks for it. Fees that time costs are due when they are older than `settle_after_s`."""

    def __init__(self, views: Views, *, settle_after_s: int) -> None:
        self._views = views
        self._settle_after_s = settle_after_s
        self._terms: dict[tuple[int, int], Json] = {}

    async def of(
        self, turn: Set[int], strategies: Mapping[int, Json], vaults: Mapping[int, Json], head: Head
    ) -> Found:
        """What there is in the strategies of `turn`. `strategies`, `vaults`: all, as they are at the head."""
        if not turn:
            return Found({}, frozenset(), ())
        theirs = {each: strategies[each] for each in sorted(turn)}
        heads = {each: found for each, found in vaults.items() if found["strategyId"] in turn}
        return Found(
            await self._holes(theirs, heads, head),
            await self._terms_due(theirs, head),
            await self._dues(heads, head),
        )

    async def _holes(
        self, strategies: Mapping[int, Json], heads: Mapping[int, Json], head: Head
    ) -> dict[int, tuple[int, ...]]:
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
        return holes

    async def _terms_due(self, strategies: Iterable[int], head: Head) -> frozenset[int]:
        ids = list(strategies)
        pending = await self._views.many([("pendingTermsOf", (each,)) for each in ids])
        return frozenset(
            each
            for each, terms in zip(ids, pending, strict=True)
            if terms["from"] and terms["from"] <= head.time
        )

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
            terms = self._terms[vault["strategyId"], vault["termsVersion"]]
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
        new = sorted(wanted - self._terms.keys())
        answers = await self._views.many([("termsOf", key) for key in new])
        self._terms.update(zip(new, answers, strict=True))

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
