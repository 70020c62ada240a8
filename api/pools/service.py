"""Answers about pools."""

from api.listings import listing_of
from api.pools import repository
from api.pools.schemas import Pool
from api.schemas import Answer
from api.snapshot import Snapshot
from indexer.ledger import models


def list_pools(snapshot: Snapshot) -> Answer[list[Pool]]:
    """Return all listed pools."""
    rows = repository.list_pools(snapshot.session, snapshot.deployment_id)
    return Answer(as_of_block=snapshot.block, data=[present_pool(snapshot, row) for row in rows])


def present_pool(snapshot: Snapshot, row: models.Pool) -> Pool:
    """Return a pool as the API shows it."""
    tokens = snapshot.tokens.by_address
    return Pool(
        **dict(listing_of(row)),
        address=row.address,
        venue=row.venue,
        token0=tokens[row.token0],
        token1=tokens[row.token1],
    )
