"""What a simulated life came to, told by the chain's events and the inbox, when all is quiet again."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from web3 import Web3

from inbox.lifecycle import OPEN, Status
from inbox.orders import Orders
from indexer.chain.reader import ChainReader
from indexer.chain.rpc import RpcClient
from indexer.sync.reconcile import reconcile
from protocol.types import Reason, TradeKind, VaultStatus
from simulation.world import World

_KEEPERS_FAULT = frozenset({Reason.EXPIRED})
"""Reasons to skip a copy that are nobody's rule: it was reached too late."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Counts. The first block must be zero whatever the weather was; the second says what there was.

    ``lost_orders``: taken by the inbox and, when everything could end, neither filled, cancelled, rejected
    nor expired, or said to be what the chain denies. ``duplicate_executions``: a vault visited twice by one
    trade, an order completed twice. ``stuck_fanouts``: trades open after their window. ``unfinished_exits``:
    vaults that wait to be sold out, though they can be. ``ledger_mismatches``: balances, marks, basis,
    policies, terms.
    """

    lost_orders: int
    duplicate_executions: int
    stuck_fanouts: int
    unfinished_exits: int
    ledger_mismatches: int

    orders: int
    filled: int
    expired: int
    cancelled: int
    rejected: int
    refused_floods: int
    trades: int
    copies: int
    copies_in_leaders_transaction: int
    skips: Mapping[str, int]
    kills: int
    reorgs: int
    deepest_reorg: int
    transactions_taken_back: int
    bent_answers: int
    indexer_restarts: int

    @property
    def is_clean(self) -> bool:
        """Whether nothing was lost, repeated, stuck or wrong."""
        return not any(
            (
                self.lost_orders,
                self.duplicate_executions,
                self.stuck_fanouts,
                self.unfinished_exits,
                self.ledger_mismatches,
            )
        )

    @property
    def fill_rate(self) -> float:
        """Copies made of those that the followers' own rules allowed; 1.0 where there were none."""
        late = sum(self.skips.get(Reason(each).name.lower(), 0) for each in _KEEPERS_FAULT)
        return self.copies / (self.copies + late) if self.copies else 1.0

    def document(self) -> dict[str, Any]:
        """For a file."""
        return {**asdict(self), "fill_rate": round(self.fill_rate, 6)}


async def judge(world: World) -> Verdict:
    """Looks at everything once more, with an honest node."""
    events = list(_events(world))
    visits = Counter(
        (each["tradeId"], each["vaultId"]) for name, each in events if name in {"TradeCopied", "CopySkipped"}
    )
    completed = Counter(
        _hex(each["orderHash"]) for name, each in events if name == "OrderFilled" and each["complete"]
    )
    leading = {each["tradeId"]: each["transaction"] for name, each in events if name == "TradeOpened"}
    copies = [each for name, each in events if name == "TradeCopied"]
    async with RpcClient(world.node.http_url) as rpc:
        report = await reconcile(ChainReader(rpc), world.engine, world.deployment)
    statuses = Counter(_status(world.desk.inbox, digest) for digest in world.desk.accepted)
    skips = Counter(Reason(each["reason"]).name.lower() for name, each in events if name == "CopySkipped")
    return Verdict(
        lost_orders=_lost(world, completed),
        duplicate_executions=sum(count - 1 for count in (*visits.values(), *completed.values())),
        stuck_fanouts=_stuck(world),
        unfinished_exits=_unfinished(world),
        ledger_mismatches=len(report.differences),
        orders=len(world.desk.accepted),
        filled=statuses[Status.FILLED],
        expired=statuses[Status.EXPIRED],
        cancelled=statuses[Status.CANCELLED],
        rejected=statuses[Status.REJECTED],
        refused_floods=world.desk.refused,
        trades=sum(each["kind"] == TradeKind.LEADER for name, each in events if name == "TradeOpened"),
        copies=len(copies),
        copies_in_leaders_transaction=sum(leading[each["tradeId"]] == each["transaction"] for each in copies),
        skips=dict(sorted(skips.items())),
        kills=sum(keeper.kills for keeper in world.keepers),
        reorgs=len(world.reorgs),
        deepest_reorg=max(world.reorgs, default=0),
        transactions_taken_back=world.dropped,
        bent_answers=sum(node.done.total() for node in world.nodes),
        indexer_restarts=world.restarts,
    )


def _events(world: World) -> Iterator[tuple[str, dict[str, Any]]]:
    """Everything the hub said on the chain as it is now, with the transaction it was said in."""
    hub, w3 = world.opened.contracts.hub, world.opened.chain.w3
    events: Any = hub.events
    by_topic = {Web3.keccak(text=event.signature): event for event in (each() for each in events)}
    for log in w3.eth.get_logs({"fromBlock": 0, "toBlock": "latest", "address": hub.address}):
        found = by_topic[log["topics"][0]].process_log(log)
        yield found["event"], {**found["args"], "transaction": log["transactionHash"].to_0x_hex()}


def _status(inbox: Orders, digest: str) -> str:
    found = inbox.find(digest)
    return "missing" if found is None else found.status


def _lost(world: World, completed: Mapping[str, int]) -> int:
    return sum(
        (status := _status(world.desk.inbox, digest)) in {"missing", *OPEN}
        or (status == Status.FILLED) != (digest in completed)
        for digest in world.desk.accepted
    )


def _stuck(world: World) -> int:
    hub = world.opened.contracts.hub.functions
    ids = range(1, hub.strategyCount().call() + 1)
    found = world.opened.chain.read([hub.strategyOf(each) for each in ids])
    at = [each["name"] for each in hub.strategyOf(1).abi["outputs"][0]["components"]].index("fanoutOpen")
    return sum(each[at] for each in found)


def _unfinished(world: World) -> int:
    """Vaults that are exiting and hold something else than base token that its pool would take."""
    hub, chain = world.opened.contracts.hub.functions, world.opened.chain
    ids = range(1, hub.vaultCount().call() + 1)
    names = [each["name"] for each in hub.vaultOf(1).abi["outputs"][0]["components"]]
    status, strategy = names.index("status"), names.index("strategyId")
    heads = chain.read([hub.vaultOf(each) for each in ids])
    exiting = {
        each: head[strategy]
        for each, head in zip(ids, heads, strict=True)
        if head[status] == VaultStatus.EXITING
    }
    tokens = {each: hub.tokensOf(each).call() for each in set(exiting.values())}
    pairs = [(vault, token) for vault, of in exiting.items() for token in tokens[of][1:]]
    held = chain.read([hub.vaultBalance(*pair) for pair in pairs]) if pairs else []
    return len({vault for (vault, _), units in zip(pairs, held, strict=True) if units})


def _hex(value: bytes) -> str:
    return "0x" + bytes(value).hex()
