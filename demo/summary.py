"""What the demo came to, read from the API alone: the demo's memory is no witness of what the ledger knows.

Amounts are the API's: exact integer units and a decimal string of the same. Two things are handed in: the
comparison of the ledger with the chain, and the orders that the hub refused, because a reverted transaction
leaves no event.
"""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from demo.api_reader import ApiReader
from demo.world import Refusal
from indexer.sync.reconcile import Report

_SAMPLE = 14


@dataclass(frozen=True, slots=True)
class LeaderLine:
    """A strategy. `time_weighted_return` is a fraction, None where the API has none."""

    strategy_id: int
    name: str
    base: str
    trades: int
    time_weighted_return: str | None
    equity: str | None
    active: int
    paused: int
    left: int


@dataclass(frozen=True, slots=True)
class FollowerLine:
    """A follower's vault, in its base token.

    `price_units` is how far any of its fills was from the leader's price where both were in one clearing, in
    units of the token bought; `later_bps` is its worst fill in a later batch against the leader's, if any.
    """

    vault_id: int
    strategy_id: int
    strategy: str
    status: str
    base: str
    deposited: str
    filled: int
    skipped: dict[str, int]
    price_units: int
    later_bps: str | None
    net_pnl: str | None
    fees: str


@dataclass(frozen=True, slots=True)
class Prices:
    """How one price held. `max_difference_units` is over all copies, each against its clearing's price.

    `later_fills` were copied in a later batch than the leader's; `worst_later_bps` is the worst of those.
    """

    copies_checked: int
    max_difference_units: int
    later_fills: int
    worst_later_bps: str | None


@dataclass(frozen=True, slots=True)
class Summary:
    """The demo's result, as `summary.json` holds it. Copies are followers' alone, without leaders' fills."""

    seed: int
    market: str
    block: int
    block_hash: str
    seconds: int
    leaders: int
    followers: int
    trades: int
    signed_orders: int
    copies_filled: int
    copies_skipped: dict[str, int]
    max_price_difference_units: int
    ledger_mismatches: int
    balances_checked: int
    prices: Prices
    strategies: tuple[LeaderLine, ...]
    follower_sample: tuple[FollowerLine, ...]
    refused_orders: tuple[Refusal, ...]

    @property
    def holds(self) -> bool:
        """Whether ledger and chain agree and everybody in a clearing got its price."""
        return self.ledger_mismatches == 0 and self.max_price_difference_units <= 1

    def document(self) -> dict[str, Any]:
        """The summary as JSON can hold it."""
        return asdict(self)


def read_summary(
    api: ApiReader, *, seed: int, market: str, report: Report, refusals: Sequence[Refusal], began: float
) -> Summary:
    """Asks the API for everything, at its present block.

    `report` compares ledger and chain, `began` is what the monotonic clock said at the start of the demo.
    """
    block = api.get("/v1/protocol")["as_of_block"]
    strategies = api.all("/v1/strategies")
    vaults = api.all("/v1/vaults")
    trades = api.all("/v1/trades")
    copies = {trade["id"]: api.all(f"/v1/trades/{trade['id']}/copies") for trade in trades}
    followers = [vault for vault in vaults if not vault["is_leader"]]
    mine = [copy for of_trade in copies.values() for copy in of_trade if not copy["is_leader"]]
    skipped = Counter(copy["reason"]["name"] for copy in mine if copy["status"] == "skipped")
    prices = check_prices(api, copies)
    names = {strategy["id"]: strategy["name"] for strategy in strategies}
    sample = [
        _follower_line(api, vault["id"], names[vault["strategy_id"]]) for vault in _sample(followers, mine)
    ]
    return Summary(
        seed=seed,
        market=market,
        block=block["number"],
        block_hash=block["hash"],
        leaders=len(strategies),
        followers=len({vault["owner"] for vault in followers}),
        trades=len(trades),
        signed_orders=sum(trade["order"] is not None for trade in trades),
        copies_filled=sum(copy["status"] == "filled" for copy in mine),
        copies_skipped=dict(sorted(skipped.items())),
        max_price_difference_units=prices.max_difference_units,
        ledger_mismatches=len(report.differences),
        balances_checked=report.balances_checked,
        prices=prices,
        strategies=tuple(_leader_line(api, strategy["id"]) for strategy in strategies),
        follower_sample=tuple(sample),
        refused_orders=tuple(refusals),
        seconds=round(time.monotonic() - began),
    )


def check_prices(api: ApiReader, copies: dict[str, list[Any]]) -> Prices:
    """Every fill against floor(amount in * clearing's out / clearing's in), in units of the token bought."""
    differences: list[int] = []
    later: list[Decimal] = []
    for trade_id, of_trade in copies.items():
        clearings = {each["batch"]: each for each in api.get(f"/v1/trades/{trade_id}")["data"]["clearings"]}
        for copy in of_trade:
            fill = copy["fill"]
            if fill is None:
                continue
            batch = clearings[fill["batch"]]
            fair = _units(fill["sold"]) * _units(batch["bought"]) // _units(batch["sold"])
            differences.append(abs(_units(fill["bought"]) - fair))
            if fill["batch"] > 0:
                later.append(Decimal(fill["against_leader"]["bps"]))
    worst = min(later, default=None)
    return Prices(
        len(differences), max(differences, default=0), len(later), None if worst is None else str(worst)
    )


def _leader_line(api: ApiReader, strategy_id: int) -> LeaderLine:
    strategy = api.get(f"/v1/strategies/{strategy_id}")["data"]
    equity, followers = strategy["leader_equity"], strategy["followers"]
    return LeaderLine(
        strategy_id,
        strategy["name"],
        strategy["base_token"]["symbol"],
        strategy["trades"],
        strategy["returns"]["time_weighted_return"],
        None if equity is None else equity["decimal"],
        followers["active"],
        followers["paused"],
        followers["left"],
    )


def _follower_line(api: ApiReader, vault_id: int, strategy: str) -> FollowerLine:
    pages = list(api.pages(f"/v1/vaults/{vault_id}/statement"))
    statement = pages[0]["data"]
    fills = [
        line["fill"]
        for page in pages
        for line in page["data"]["lines"]
        if line["kind"] == "fill" and line["fill"]["against_leader"]
    ]
    beside = [abs(_units(fill["against_leader"]["amount"])) for fill in fills if fill["batch"] == 0]
    later = [Decimal(fill["against_leader"]["bps"]) for fill in fills if fill["batch"] > 0]
    profit = statement["profit"]
    return FollowerLine(
        vault_id,
        statement["strategy_id"],
        strategy,
        statement["status"],
        statement["base_token"]["symbol"],
        statement["flows"]["deposited"]["decimal"],
        statement["filled"],
        statement["skipped_by_reason"],
        max(beside, default=0),
        str(min(later)) if later else None,
        None if profit["net_pnl"] is None else profit["net_pnl"]["decimal"],
        profit["costs"]["total"]["decimal"],
    )


def _sample(followers: Sequence[Any], copies: Sequence[Any]) -> list[Any]:
    """Followers as different as possible: each next one shows most of what was not shown yet."""
    traits = {
        vault["id"]: {(vault["strategy_id"], vault["status"]), (vault["strategy_id"], bool(vault["filled"]))}
        for vault in followers
    }
    for copy in copies:
        shown = copy["fill"]["batch"] > 0 if copy["reason"] is None else copy["reason"]["name"]
        traits[copy["vault_id"]].add(shown)
    left = sorted(followers, key=lambda vault: vault["id"])
    chosen: list[Any] = []
    seen: set[object] = set()
    while left and len(chosen) < _SAMPLE:
        best = max(left, key=lambda vault: len(traits[vault["id"]] - seen))
        if traits[best["id"]] <= seen and seen:
            seen = set()
            continue
        chosen.append(best)
        left.remove(best)
        seen |= traits[best["id"]]
    return sorted(chosen, key=lambda vault: (vault["strategy_id"], vault["id"]))


def _units(amount: Any) -> int:
    return int(amount["units"])
