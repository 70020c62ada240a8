"""Takes signed orders in: looked at here as far as ledger and signature go, then left to the keepers."""

import threading

from eth_typing import ChecksumAddress
from fastapi import Request
from sqlalchemy import Engine

from api.orders import repository, service
from api.orders.schemas import SignedOrder, Withdrawal
from api.problems import ApiError, InvalidRequestError, NodeAwayError
from api.snapshot import Snapshot
from inbox import intake
from inbox.clock import now_us
from inbox.errors import BadOrderError, BadSignatureError, FloodError, WalletAwayError
from inbox.migrations import upgrade
from inbox.orders import Orders
from indexer.ledger.models import Strategy
from orders.document import DocumentError, from_json
from orders.document import SignedOrder as Text
from orders.order import withdrawal_digest


class OrderRefusedError(ApiError):
    """The order is not for this hub, contradicts itself, or is over before it began."""

    status, slug, title = 422, "order-refused", "The order can never be filled here"


class OrderSignatureError(ApiError):
    """The leader did not sign this."""

    status, slug, title = 422, "bad-signature", "The leader did not sign this"


class TooManyOrdersError(ApiError):
    """The leader has too many orders open, or sends them too fast."""

    status, slug, title = 429, "too-many-orders", "The leader sends too many orders"


class Counter:
    """Where orders are handed in. Makes the inbox's tables when the first comes: reading needs none."""

    def __init__(self, engine: Engine, wallets: intake.ContractWallets | None) -> None:
        self._engine = engine
        self._wallets = wallets
        self._ready = False
        self._lock = threading.Lock()

    def take(self, snapshot: Snapshot, body: SignedOrder) -> str:
        """Check and store an order; its digest. Raises an `ApiError`."""
        seen_us = now_us()
        try:
            text = from_json(body.model_dump())
        except DocumentError as error:
            raise InvalidRequestError(f"{error}.", remedy="Mend the field that is named.") from error
        orders = self._orders(snapshot)
        try:
            intake.check(text, chain_id=orders.chain_id, hub=orders.hub, wallets=self._wallets)
            self._check_ledger(snapshot, text)
            orders.receive(text, seen_us=seen_us)
        except BadOrderError as error:
            raise OrderRefusedError(str(error), remedy=error.remedy) from error
        except BadSignatureError as error:
            raise OrderSignatureError(str(error), remedy=error.remedy) from error
        except FloodError as error:
            raise TooManyOrdersError(str(error), remedy=error.remedy) from error
        except WalletAwayError as error:
            raise NodeAwayError(str(error), remedy=error.remedy) from error
        return "0x" + text.digest.hex()

    def withdraw(self, snapshot: Snapshot, order_hash: str, body: Withdrawal) -> None:
        """Take an order out, by its leader's signature. Raises an `ApiError`."""
        orders = self._orders(snapshot)
        found = orders.find(order_hash)
        if found is None:
            raise service.OrderNotFoundError(
                f"No order {order_hash} was posted here.", remedy="List the orders with GET /v1/orders."
            )
        hub = ChecksumAddress(orders.hub)  # type: ignore[arg-type]  # stored as EIP-55
        digest = withdrawal_digest(bytes.fromhex(order_hash[2:]), chain_id=orders.chain_id, hub=hub)
        try:
            intake.check_signature(found.leader, digest, bytes.fromhex(body.signature[2:]), self._wallets)
        except BadSignatureError as error:
            raise OrderSignatureError(str(error), remedy=error.remedy) from error
        except WalletAwayError as error:
            raise NodeAwayError(str(error), remedy=error.remedy) from error
        orders.withdraw(order_hash)

    def _orders(self, snapshot: Snapshot) -> Orders:
        with self._lock:
            if not self._ready:
                upgrade(self._engine)
                self._ready = True
        deployment = snapshot.deployment
        return Orders(self._engine, chain_id=deployment.chain_id, hub=deployment.hub, by="api")

    @staticmethod
    def _check_ledger(snapshot: Snapshot, text: Text) -> None:
        """What the ledger knows spares the keepers; they ask the chain all the same."""
        trade, nonce = text.order.trade, (text.leader, text.order.nonce)
        strategy = snapshot.session.get(Strategy, (snapshot.deployment_id, trade.strategy_id))
        if strategy is None or strategy.leader != text.leader:
            who = "nobody" if strategy is None else strategy.leader
            raise OrderRefusedError(
                f"Strategy {trade.strategy_id} is led by {who} at block {snapshot.block.number}.",
                remedy="Only a strategy's leader can trade it. If it is new, try again in a moment.",
            )
        if trade.deadline < snapshot.time:
            raise OrderRefusedError("Its deadline has passed.", remedy="Sign it with a later one.")
        session, deployment_id = snapshot.session, snapshot.deployment_id
        done = any(
            row.fill.complete and (row.fill.leader, row.fill.nonce) == nonce
            for row in repository.list_fills(session, deployment_id, {nonce})
        )
        if done or repository.list_cancellations(session, deployment_id, {nonce}):
            raise OrderRefusedError(
                f"Its nonce {nonce[1]} is closed.", remedy="Sign it with a nonce that is not used yet."
            )


def counter(request: Request) -> Counter:
    """The app's counter."""
    found: Counter = request.app.state.counter
    return found
