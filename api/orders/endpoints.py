"""Paths of signed orders."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field

from api.addresses import Address
from api.orders import service
from api.orders.schemas import Order
from api.paging import PageQuery
from api.problems import responses
from api.schemas import HASH_EXAMPLE, Answer, Page
from api.snapshot import OpenSnapshot

router = APIRouter(prefix="/v1/orders", tags=["trades"])

OrderHash = Annotated[
    str,
    Path(
        pattern=r"^0x[0-9a-fA-F]{64}$",
        description="The EIP-712 digest that the leader signed.",
        examples=[HASH_EXAMPLE],
    ),
]


class OrdersQuery(PageQuery):
    """Parameters of the list of orders."""

    leader: Annotated[Address | None, Field(description="Only this leader's.")] = None


@router.get("", operation_id="listOrders", summary="Signed orders, newest first", responses=responses())
def list_orders(snapshot: OpenSnapshot, query: Annotated[OrdersQuery, Query()]) -> Page[Order]:
    """The signed orders that were filled, in whole or in part, by their first fill, each with all its fills.

    An order that nobody has carried to the hub yet is unknown to the chain, and so to this list.
    """
    return service.list_orders(snapshot, leader=query.leader, limit=query.limit, cursor=query.cursor)


@router.get("/{order_hash}", operation_id="getOrder", summary="A signed order", responses=responses(404))
def get_order(snapshot: OpenSnapshot, order_hash: OrderHash) -> Answer[Order]:
    """One signed order: each part that was filled, who carried it, and whether it can be filled further."""
    return service.get_order(snapshot, order_hash.lower())
