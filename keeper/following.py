"""Keeps the inbox's orders true to the chain: accepts or rejects new ones, and writes what has happened."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import structlog
from eth_utils.address import to_checksum_address

from inbox.lifecycle import OPEN, Change, Facts, Place, Status, change
from inbox.models import InboxOrder
from inbox.orders import Orders, signed
from inbox.wallets import is_valid_call, says_yes
from indexer.chain.errors import NodeRefusedError
from keeper import hub
from keeper.state import OrderState, StrategyState, Trigger
from keeper.views import Head, HubLog, Views
from orders.order import OrderKind, signer_of

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Fill:
    """A part of an order that the chain has filled."""

    digest: str
    leader: str
    nonce: int
    complete: bool
    place: Place


class Following:
    """The orders of one hub, which was deployed in block `since`. `confirmations`: depth of an end."""

    def __init__(self, orders: Orders, views: Views, *, since: int, confirmations: int) -> None:
        self._orders = orders
        self._views = views
        self._since = since
        self._confirmations = confirmations

    async def update(
        self,
        head: Head,
        seen_us: int,
        in_flight: Mapping[str, str | None],
        strategies: Sequence[StrategyState],
    ) -> tuple[Sequence[InboxOrder], list[Change]]:
        """Bring every watched order up to date; the orders that can be filled, and what has changed.

        `in_flight`: digests of orders that are on their way, with the hash of the transaction.
        """
        watched = self._orders.watched()
        if not watched:
            self._orders.set_scanned(head.number)
            return (), []
        facts = await self._facts(watched, head, in_flight)
        leaders = {strategy.id: strategy.leader for strategy in strategies}
        changes = []
        for order in watched:
            if order.status == Status.RECEIVED:
                found = await self._first_look(order, leaders.get(order.strategy_id), facts[order.id])
            else:
                found = change(
                    Status(order.status),
                    portion=order.portion,
                    filled=order.filled,
                    deadline=order.deadline,
                    withdrawn=order.withdrawn,
                    facts=facts[order.id],
                )
            if found is not None:
                if self._apply(order, found, seen_us):
                    changes.append(found)
            elif self._is_settled(order, head):
                self._orders.settle(order)
        self._orders.set_scanned(head.number)
        return [
            each for each in self._orders.watched() if each.status in OPEN and not each.withdrawn
        ], changes

    def reject(self, order: InboxOrder, why: str, seen_us: int) -> Change | None:
        """The chain will never take it."""
        found = Change(Status.REJECTED, why, order.filled, None)
        return found if self._apply(order, found, seen_us) else None

    def working(self, order: InboxOrder, tx_hash: str | None, head: Head, seen_us: int) -> Change | None:
        """It is on its way."""
        place = Place(head.number, head.hash, head.time, tx_hash)
        found = Change(Status.WORKING, None, order.filled, place)
        return found if self._apply(order, found, seen_us) else None

    async def states(
        self, orders: Sequence[InboxOrder], oracle: str, bases: Mapping[int, str]
    ) -> tuple[OrderState, ...]:
        """Orders as the planner sees them, with the oracle's prices."""
        pairs = sorted({(order.token_in, order.token_out) for order in orders})
        prices = dict(zip(pairs, await self._views.prices(oracle, pairs), strict=True))
        return tuple(
            OrderState(
                order.digest,
                order.id,
                order.strategy_id,
                order.leader,
                order.nonce,
                bases.get(order.strategy_id) == order.token_out,
                _trigger(order),
                order.deadline,
                prices[order.token_in, order.token_out],
            )
            for order in orders
        )

    # ------------------------------------------------------------ facts

    async def _facts(
        self, orders: Sequence[InboxOrder], head: Head, in_flight: Mapping[str, str | None]
    ) -> dict[int, Facts]:
        scanned = self._orders.scanned()
        newest = head.number if scanned is None else min(scanned, head.number)
        first = max(self._since, newest - self._confirmations - 1)
        fills = [
            _fill(each) for each in await self._views.logs([hub.TOPICS["OrderFilled"]], first, head.number)
        ]
        by_digest: dict[str, list[Fill]] = defaultdict(list)
        completed: dict[tuple[str, int], str] = {}
        for fill in fills:
            by_digest[fill.digest].append(fill)
            if fill.complete:
                completed[fill.leader, fill.nonce] = fill.digest
        words = sorted({(order.leader, order.nonce >> 8) for order in orders})
        nonces = sorted({(order.leader, order.nonce) for order in orders})
        at = hex(head.number)
        closed = dict(
            zip(words, await self._views.many([("closedNonces", word) for word in words], at), strict=True)
        )
        filled = dict(
            zip(nonces, await self._views.many([("filledOf", nonce) for nonce in nonces], at), strict=True)
        )
        here = Place(head.number, head.hash, head.time)
        found = {}
        for order in orders:
            nonce = (order.leader, order.nonce)
            is_closed = bool(closed[order.leader, order.nonce >> 8] >> (order.nonce & 255) & 1)
            own = by_digest[order.digest]
            if is_closed and not own and self._may_have_filled(order, first):
                own = await self._all_fills(order, head)
            end = next((fill.place for fill in own if fill.complete), None)
            other = completed.get(nonce)
            found[order.id] = Facts(
                here,
                is_closed,
                filled[nonce],
                end if is_closed else None,
                own[-1].place if own else None,
                other is not None and other != order.digest,
                order.digest in in_flight,
            )
        return found

    @staticmethod
    def _may_have_filled(order: InboxOrder, first: int) -> bool:
        """Whether its end may lie before the blocks that were read."""
        ended = order.status in {Status.FILLED, Status.CANCELLED}
        return not ended or (order.changed_block is not None and order.changed_block < first)

    async def _all_fills(self, order: InboxOrder, head: Head) -> list[Fill]:
        topics = [hub.TOPICS["OrderFilled"], order.digest]
        return [_fill(each) for each in await self._views.logs(topics, self._since, head.number)]

    # ------------------------------------------------------------ transitions

    async def _first_look(self, order: InboxOrder, leader: str | None, facts: Facts) -> Change | None:
        if leader is None:
            return Change(Status.REJECTED, f"there is no strategy {order.strategy_id}", 0, None)
        if leader != order.leader:
            return Change(Status.REJECTED, f"strategy {order.strategy_id} is led by {leader}", 0, None)
        if not await self._is_signed(order):
            return Change(Status.REJECTED, "BadSignature()", 0, None)
        accepted = Change(Status.ACCEPTED, None, 0, None)
        return (
            change(
                Status.RECEIVED,
                portion=order.portion,
                filled=0,
                deadline=order.deadline,
                withdrawn=order.withdrawn,
                facts=facts,
            )
            or accepted
        )

    async def _is_signed(self, order: InboxOrder) -> bool:
        """By key, or by the leader's contract: whoever stored the order need not have looked."""
        text = signed(order)
        if signer_of(text.digest, text.signature) == order.leader:
            return True
        ask = {"to": order.leader, "data": is_valid_call(text.digest, text.signature)}
        [answer] = await self._views.rpc.outcomes("eth_call", [[ask, "latest"]], str)
        return not isinstance(answer, NodeRefusedError) and says_yes(answer)

    def _apply(self, order: InboxOrder, found: Change, seen_us: int) -> bool:
        settled = found.status is Status.REJECTED
        if not self._orders.apply(order, found, seen_us=seen_us, settled=settled):
            return False
        log.info("order_" + found.status, order=order.digest, strategy=order.strategy_id, why=found.why)
        return True

    def _is_settled(self, order: InboxOrder, head: Head) -> bool:
        return (
            order.status not in OPEN
            and order.changed_block is not None
            and head.number - order.changed_block >= self._confirmations
        )


def _fill(entry: HubLog) -> Fill:
    nonce, _, complete, _ = hub.event_data("OrderFilled", entry.data)
    place = Place(
        entry.block_number, entry.block_hash, entry.block_time, entry.tx_hash, int(entry.topics[2], 16)
    )
    leader = to_checksum_address("0x" + entry.topics[3][-40:])
    return Fill(entry.topics[1].lower(), leader, nonce, complete, place)


def _trigger(order: InboxOrder) -> Trigger | None:
    if order.trigger_price == 0:
        return None
    return Trigger(order.trigger_price, rises=OrderKind(order.kind) is OrderKind.TAKE_PROFIT)
