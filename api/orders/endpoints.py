"""Paths of signed orders."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import Field

from api.addresses import Address
from api.orders import service
from api.orders.intake import Counter, counter
from api.orders.schemas import Order, SignedOrder, Withdrawal
from api.paging import PageQuery
from api.problems import responses
from api.schemas import HASH_EXAMPLE, Answer, Page
from api.snapshot import DeploymentKey, OpenSnapshot, Snapshot, Snapshots

router = APIRouter(prefix="/v1/orders", tags=["trades"])

OrderHash = Annotated[
    str,
    Path(
        pattern=r"^0x[0-9a-fA-F]{64}$",
        description="The EIP-712 digest that the leader signed.",
        examples=[HASH_EXAMPLE],
    ),
]
TheCounter = Annotated[Counter, Depends(counter)]


class OrdersQuery(PageQuery):
    """Parameters of the list of orders."""

    leader: Annotated[Address | None, Field(description="Only this leader's.")] = None


@router.get("", operation_id="listOrders", summary="Signed orders, newest first", responses=responses())
def list_orders(snapshot: OpenSnapshot, query: Annotated[OrdersQuery, Query()]) -> Page[Order]:
    """Signed orders that were posted here, and those that the chain has filled, each with all its fills.

    The newest first, by when they were posted, or where they were not, by their first fill.
    """
    return service.list_orders(snapshot, leader=query.leader, limit=query.limit, cursor=query.cursor)


@router.post("", operation_id="postOrder", summary="Hand in a signed order", responses=responses(429))
def post_order(
    request: Request, snapshot: OpenSnapshot, counter: TheCounter, body: SignedOrder
) -> Answer[Order]:
    """Stores an order that its leader has signed; keepers carry it to the hub when it may fill.

    Form, signature, leader and nonce are looked at now, the rest by the keepers, on chain: follow `posted`.
    The same order twice is one order. What is refused here is not stored.
    """
    digest = counter.take(snapshot, body)
    return _fresh(request, snapshot, digest)


@router.get("/{order_hash}", operation_id="getOrder", summary="A signed order", responses=responses(404))
def get_order(snapshot: OpenSnapshot, order_hash: OrderHash) -> Answer[Order]:
    """One signed order: its life in the inbox, each part that was filled, and whether more can be."""
    return service.get_order(snapshot, order_hash.lower())


@router.post(
    "/{order_hash}/withdrawal",
    operation_id="withdrawOrder",
    summary="Take an order out of the inbox",
    responses=responses(404),
)
def withdraw_order(
    request: Request, snapshot: OpenSnapshot, counter: TheCounter, order_hash: OrderHash, body: Withdrawal
) -> Answer[Order]:
    """Tells the keepers of this inbox to leave an order alone, by its leader's signature, without gas.

    Whoever else has the order can still carry it: only `cancelOrders` on chain ensures that it never fills.
    """
    counter.withdraw(snapshot, order_hash.lower(), body)
    return _fresh(request, snapshot, order_hash.lower())


def _fresh(request: Request, before: Snapshot, digest: str) -> Answer[Order]:
    """The request's own snapshot is from before what it has just written."""
    snapshots: Snapshots = request.app.state.snapshots
    place = DeploymentKey(before.deployment.chain_id, before.deployment.hub)
    with snapshots.open(place) as after:
        return service.get_order(after, digest)
