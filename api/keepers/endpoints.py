"""Paths of keepers."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from fastapi import APIRouter
from sqlalchemy import select

from api.keepers.schemas import Breaker, Carries, Keeper, Keepers, Scope, Stop
from api.orders.repository import has_inbox
from api.problems import responses
from api.schemas import utc_of_microseconds
from api.snapshot import OpenSnapshot
from api.transactions.schemas import GasCost
from api.transactions.service import gas_of_senders
from inbox import models

router = APIRouter(tags=["operations"])

_SILENCE = timedelta(seconds=15)
_CARRIES: dict[int, Carries] = {-1: "nothing", 0: "exits", 1: "stops", 2: "entries", 3: "everything"}
_WORDS: dict[str, Carries] = {
    "nothing": "nothing", "exit": "exits", "stop": "stops", "entry": "entries", "upkeep": "everything"
}  # fmt: skip


@router.get(
    "/v1/keepers", operation_id="listKeepers", summary="Keepers and operators' stops", responses=responses()
)
def list_keepers(snapshot: OpenSnapshot) -> Keepers:
    """Which keepers work on this inbox, what they carry at the moment and why not everything."""
    if not has_inbox(snapshot.session):
        return Keepers(keepers=[], stops=[])
    deployment = snapshot.deployment
    of_hub: dict[str, Any] = {"chain_id": deployment.chain_id, "hub": deployment.hub}
    keepers = select(models.Keeper).filter_by(**of_hub).order_by(models.Keeper.name)
    stops = select(models.Stop).filter_by(**of_hub, lifted_us=None).order_by(models.Stop.id)
    rows = snapshot.session.scalars(keepers).all()
    gas = gas_of_senders(snapshot, {row.sender for row in rows}) if rows else {}
    return Keepers(
        keepers=[_keeper(row, gas[row.sender]) for row in rows],
        stops=[_stop(row) for row in snapshot.session.scalars(stops)],
    )


def _keeper(row: models.Keeper, gas: GasCost) -> Keeper:
    seen = utc_of_microseconds(row.seen_us)
    breakers = json.loads(row.breakers)
    return Keeper(
        name=row.name,
        address=row.sender,
        alive=datetime.now(UTC) - seen < _SILENCE,
        started=utc_of_microseconds(row.started_us),
        seen=seen,
        head_block=row.head_number,
        carries=_CARRIES[row.carries],
        breakers=[Breaker(name=name, carries=_WORDS[allowed]) for name, allowed in breakers.items()],
        in_flight=row.in_flight,
        held=row.held,
        gas=gas,
    )


def _stop(row: models.Stop) -> Stop:
    return Stop(
        id=row.id,
        scope=cast(Scope, row.scope),
        subject=row.subject or None,
        who=row.who,
        why=row.why,
        since=utc_of_microseconds(row.since_us),
    )
