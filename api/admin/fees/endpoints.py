"""Paths of the protocol's fees, for administrators. Changing the share takes a proposal."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from api.access.caller import ADMINISTRATORS
from api.fees import service
from api.fees.endpoints import FeeQuery
from api.fees.schemas import FeeStatement
from api.problems import responses
from api.protocol import repository
from api.schemas import ADDRESS_EXAMPLE, Answer, Schema
from api.snapshot import OpenSnapshot
from indexer.ledger.models import TREASURY

router = APIRouter(prefix="/v1/admin/fees", tags=["staff"], dependencies=ADMINISTRATORS)


class ProtocolFees(Schema):
    """What the protocol takes, and what it has earned."""

    protocol_bps: int = Field(
        description="The protocol's share of every fee, of strategies created from now on.", examples=[1_000]
    )
    treasury: str | None = Field(description="Who gets it, EIP-55.", examples=[ADDRESS_EXAMPLE])
    statement: FeeStatement | None = Field(
        description="What the treasury was credited, claimed, and can claim; null without a treasury."
    )


@router.get("", operation_id="getProtocolFees", summary="The protocol's fees", responses=responses(401, 403))
def get_protocol_fees(snapshot: OpenSnapshot, query: Annotated[FeeQuery, Query()]) -> Answer[ProtocolFees]:
    """The protocol's share and the treasury's statement, by period; for administrators.

    Who else was credited is public at `/v1/fees`. Only the treasury's own key can claim.
    """
    treasury = repository.appointed(snapshot.session, snapshot.deployment_id, TREASURY)
    statement = None
    if treasury is not None:
        statement = service.get_statement(
            snapshot, treasury, period=query.period, since=query.since, until=query.until
        ).data
    bps = repository.protocol_share(snapshot.session, snapshot.deployment_id)
    fees = ProtocolFees(protocol_bps=bps, treasury=treasury, statement=statement)
    return Answer(as_of_block=snapshot.block, data=fees)
