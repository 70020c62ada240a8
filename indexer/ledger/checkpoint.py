"""Which deployments a database holds, and each up to which block: moved only with the rows, by one writer."""

from dataclasses import dataclass

from sqlalchemy import Connection, Engine, bindparam, insert, select, update

from indexer.chain.types import Header
from indexer.ledger.errors import ConcurrentWriterError, WrongDeploymentError
from indexer.ledger.models import Block, Deployment

# Statements are made once: to make one takes longer than to run it for a block.
_THIS = Deployment.id == bindparam("deployment")
_MOVE = (
    update(Deployment)
    .where(
        _THIS,
        Deployment.checkpoint_number == bindparam("from_number"),
        Deployment.checkpoint_hash == bindparam("from_hash"),
    )
    .values(
        checkpoint_number=bindparam("number"),
        checkpoint_hash=bindparam("hash"),
        checkpoint_time=bindparam("time"),
    )
)
_NOTE_HEAD = (
    update(Deployment)
    .where(_THIS)
    .values(head_number=bindparam("number"), head_time=bindparam("time"), head_seen_us=bindparam("seen_us"))
)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The last block whose rows are in the database. `time` is its unix seconds."""

    number: int
    hash: str
    time: int


def find_deployment(engine: Engine, chain_id: int, hub: str, *, beside_others: bool = False) -> int | None:
    """The id of the deployment; None if the database does not have it yet.

    Raises `WrongDeploymentError` if the database holds others and this one is not to be put beside them.
    """
    with engine.connect() as connection:
        rows = connection.execute(select(Deployment.id, Deployment.chain_id, Deployment.hub)).all()
    for row in rows:
        if (row.chain_id, row.hub) == (chain_id, hub):
            return int(row.id)
    if rows and not beside_others:
        held = ", ".join(f"hub {row.hub} on chain {row.chain_id}" for row in rows)
        raise WrongDeploymentError(
            f"The database holds {held}, not hub {hub} on chain {chain_id}.",
            remedy="Give another --database-url, or the deployment file that the database was filled from. "
            "To keep this hub in the same database, index it with --beside-others.",
        )
    return None


def add_deployment(engine: Engine, chain_id: int, hub: str, anchor: Header) -> int:
    """Enter a deployment whose first block is the child of `anchor`; the checkpoint starts there."""
    with engine.begin() as connection:
        deployment_id = connection.execute(
            insert(Deployment)
            .values(
                chain_id=chain_id,
                hub=hub,
                start_block=anchor.number + 1,
                checkpoint_number=anchor.number,
                checkpoint_hash=anchor.hash,
                checkpoint_time=anchor.time,
            )
            .returning(Deployment.id)
        ).scalar_one()
        connection.execute(
            insert(Block).values(
                deployment_id=deployment_id,
                number=anchor.number,
                hash=anchor.hash,
                time=anchor.time,
                log_count=0,
                seen_us=anchor.seen_us,
                processed_us=anchor.seen_us,
            )
        )
    return deployment_id


def read_checkpoint(connection: Connection, deployment_id: int) -> Checkpoint:
    """The checkpoint as of the connection's transaction."""
    row = connection.execute(
        select(Deployment.checkpoint_number, Deployment.checkpoint_hash, Deployment.checkpoint_time).where(
            Deployment.id == deployment_id
        )
    ).one()
    return Checkpoint(row.checkpoint_number, row.checkpoint_hash, row.checkpoint_time)


def read_start(connection: Connection, deployment_id: int) -> int:
    """The first block that is read: the one in which the hub was deployed."""
    return connection.execute(
        select(Deployment.start_block).where(Deployment.id == deployment_id)
    ).scalar_one()


def move_checkpoint(
    connection: Connection, deployment_id: int, expected: Checkpoint, target: Checkpoint
) -> None:
    """Move the checkpoint if nobody else has. The first statement of every writing transaction: it takes the
    row's lock on PostgreSQL and the database's on SQLite, so two indexers on one database do no harm.
    """
    moved = connection.execute(
        _MOVE,
        {
            "deployment": deployment_id,
            "from_number": expected.number,
            "from_hash": expected.hash,
            "number": target.number,
            "hash": target.hash,
            "time": target.time,
        },
    )
    if moved.rowcount != 1:
        raise ConcurrentWriterError(
            f"Another indexer moved the checkpoint away from block {expected.number}.",
            remedy="Let one indexer write to a database: stop the other one, then start this one again.",
        )


def note_head(connection: Connection, deployment_id: int, head: Header) -> None:
    """Record the chain's newest block, from which readers of the database compute the lag."""
    known = {"number": head.number, "time": head.time, "seen_us": head.seen_us}
    connection.execute(_NOTE_HEAD, {"deployment": deployment_id, **known})
