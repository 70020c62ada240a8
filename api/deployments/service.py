"""Answers which hubs a database holds."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.deployments.schemas import Deployed, Deployments
from api.schemas import BlockRef, utc
from indexer.ledger.models import Deployment


def list_deployments(session: Session) -> Deployments:
    """Return the deployments in the order they were added."""
    rows = session.scalars(select(Deployment).order_by(Deployment.id)).all()
    return Deployments(data=[_deployed(row) for row in rows])


def _deployed(row: Deployment) -> Deployed:
    block = None
    if row.checkpoint_number is not None and row.checkpoint_hash and row.checkpoint_time is not None:
        block = BlockRef(
            number=row.checkpoint_number, hash=row.checkpoint_hash, time=utc(row.checkpoint_time)
        )
    return Deployed(
        chain_id=row.chain_id,
        hub=row.hub,
        path=f"/deployments/{row.chain_id}/{row.hub}",
        start_block=row.start_block,
        as_of_block=block,
    )
