"""Finds the ledger that a command is to work on, or says that there is none."""

from sqlalchemy import Engine

from indexer.ledger.checkpoint import find_deployment
from indexer.ledger.ledger import Ledger
from indexer.ledger.migrations import ensure_current
from indexer.sync.deployment import Deployment
from indexer.sync.errors import EmptyLedgerError


def require_ledger(engine: Engine, deployment: Deployment) -> int:
    """The id of the deployment in the database.

    Raises `SchemaMismatchError`, `WrongDeploymentError`, or `EmptyLedgerError` before it was indexed.
    """
    ensure_current(engine)
    deployment_id = find_deployment(engine, deployment.chain_id, deployment.hub)
    if deployment_id is None:
        raise EmptyLedgerError(
            "The database has no ledger of this hub yet.", remedy="Run `lockstep index` on it first."
        )
    return deployment_id


def open_ledger(engine: Engine, deployment: Deployment) -> Ledger:
    """The ledger of the deployment, for a writer."""
    deployment_id = require_ledger(engine, deployment)
    return Ledger(engine, deployment_id)
