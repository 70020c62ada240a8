"""What rules measure: stops that are near, falls from the highest growth, and vaults out of step.

Each is told when it begins and not again before it was well again, with some room between, so that a price
which wavers around a threshold is told once.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from api.holdings.limits import Gauges, read_gauges
from api.holdings.schemas import Limit
from api.snapshot import Snapshot
from api.vaults.repository import VaultRow, list_vaults
from notices.book.kinds import MEASURED, Audience, Draft, Kind
from notices.book.rules import Standing

STOPS = frozenset({"stop_loss", "take_profit", "drawdown", "daily_loss"})
MOST_VAULTS = 100
"""Vaults of one owner that are measured."""
_AT_ONCE = 200
_BPS = 10_000


@dataclass(frozen=True, slots=True)
class Measured:
    """What was found: alarms that begin, each with its notice, and those that are over."""

    begun: dict[str, Draft]
    over: set[str]


@dataclass(frozen=True, slots=True)
class _Reading:
    """One measure of one rule: `bad` beyond the threshold, `well` clearly this side of it."""

    key: str
    bad: bool
    well: bool
    title: str
    text: str


def measure(snapshot: Snapshot, standing: Sequence[Standing], alarms: Collection[str]) -> Measured:
    """Look at every vault that these rules cover; `alarms` are those that hold."""
    theirs = {owner: _vaults(snapshot, owner) for owner in {each.rule.owner for each in standing}}
    wanted = {
        row.vault.vault_id: row
        for each in standing
        for row in theirs[each.rule.owner]
        if each.covers(row.vault.vault_id, row.vault.strategy_id)
    }
    gauges: dict[int, Gauges] = {}
    rows = list(wanted.values())
    for at in range(0, len(rows), _AT_ONCE):
        gauges |= read_gauges(snapshot, rows[at : at + _AT_ONCE])
    begun: dict[str, Draft] = {}
    # What is no longer measured is over: the rule is gone, or the vault copies no more.
    over = {key for key in alarms if key.partition(" ")[0] in MEASURED}
    for each in standing:
        for row in theirs[each.rule.owner]:
            if not each.covers(row.vault.vault_id, row.vault.strategy_id):
                continue
            for found in _readings(each, row, gauges[row.vault.vault_id]):
                if found.bad and found.key not in alarms:
                    begun[found.key] = _draft(snapshot, each, row, found)
                elif not found.well:
                    over.discard(found.key)
    return Measured(begun, over)


def _vaults(snapshot: Snapshot, owner: str) -> list[VaultRow]:
    session, deployment_id = snapshot.session, snapshot.deployment_id
    return list(list_vaults(session, deployment_id, owner=owner, status="Active", limit=MOST_VAULTS))


def _readings(of: Standing, row: VaultRow, gauges: Gauges) -> Iterator[_Reading]:
    kinds, wish, vault = of.wish.kinds, of.wish, row.vault.vault_id
    if Kind.STOP_NEAR in kinds:
        for limit in gauges.limits:
            if limit.name in STOPS and limit.now is not None and limit.distance is not None:
                key = f"{Kind.STOP_NEAR} {of.rule.id} {vault} {limit.name}"
                yield _stop(key, limit, wish.stop_left_bps, vault)
    if Kind.DRAWDOWN in kinds and gauges.fallen_bps is not None:
        fallen = gauges.fallen_bps
        yield _Reading(
            f"{Kind.DRAWDOWN} {of.rule.id} {vault}",
            fallen >= wish.drawdown_bps,
            fallen < wish.drawdown_bps * Decimal("0.8"),
            f"Vault {vault} is {_percent(fallen)} below its highest",
            f"You asked to hear of {_percent(Decimal(wish.drawdown_bps))}, at the latest recorded prices.",
        )
    if Kind.OUT_OF_SYNC in kinds and gauges.sync_score is not None:
        score, least = gauges.sync_score * _BPS, Decimal(wish.sync_bps)
        yield _Reading(
            f"{Kind.OUT_OF_SYNC} {of.rule.id} {vault}",
            score < least,
            score >= least + (_BPS - least) / 4,
            f"Vault {vault} is out of step with its leader",
            f"{_percent(score)} of it are invested as the leader is; you asked to hear below "
            f"{_percent(least)}. What was skipped, and why, is with its copies.",
        )


def _stop(key: str, limit: Limit, left_bps: int, vault: int) -> _Reading:
    """A stop is near while less than a share of its limit is left; reached, the chain tells of it."""
    distance, near = limit.distance or Decimal(0), Decimal(limit.limit * left_bps) / _BPS
    name = limit.name.replace("_", " ")
    return _Reading(
        key,
        0 < distance <= near,
        distance > near * Decimal("1.25"),
        f"Vault {vault} is near its {name}",
        f"It is at {_percent(limit.now or Decimal(0))} of {_percent(Decimal(limit.limit))}; once there, the "
        f"next visit does this: {limit.action}. Measured against {limit.reference}.",
    )


def _draft(snapshot: Snapshot, of: Standing, row: VaultRow, found: _Reading) -> Draft:
    block = snapshot.block
    return Draft(
        key=f"{found.key} {block.number}-{block.hash[2:18]}",
        kind=Kind(found.key.partition(" ")[0]),
        audience=Audience.RULE,
        subject=str(of.rule.id),
        title=found.title,
        text=f"{found.text} Block {block.number}.",
        facts={"rule_id": of.rule.id, "vault_id": row.vault.vault_id, "block": block.number},
        path=f"/vaults/{row.vault.vault_id}",
        at=int(block.time.timestamp()),
        vault_id=row.vault.vault_id,
        strategy_id=row.vault.strategy_id,
        block=(block.number, block.hash),
    )


def _percent(bps: Decimal) -> str:
    return f"{bps / 100:.2f}%"
