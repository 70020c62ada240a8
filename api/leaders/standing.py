"""What the operator says of leaders: verified, suspended, stopped. No chain data; public all the same."""

from collections.abc import Iterable

from eth_utils.address import to_checksum_address
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from access.models import LeaderStanding
from api.beside import is_there
from api.leaders.schemas import Standing, StandingFact
from api.orders.repository import has_inbox
from api.schemas import utc_of_microseconds
from api.snapshot import Snapshot
from inbox.models import Stop
from inbox.stops import Scope
from indexer.ledger.models import Deployment

NOTHING = Standing(verified=None, suspended=None, stopped=None)


def standings(snapshot: Snapshot, leaders: Iterable[str]) -> dict[str, Standing]:
    """Return what is said of each leader (EIP-55)."""
    wanted = list(dict.fromkeys(leaders))
    said = _said(snapshot, wanted)
    stopped = _stopped(snapshot, wanted)
    return {
        leader: said.get(leader, NOTHING).model_copy(update={"stopped": stopped.get(leader)})
        for leader in wanted
    }


def suspended_leaders(session: Session, deployment: Deployment) -> Select[str] | None:
    """Return a query of suspended leaders' addresses, lower-case; None where there has never been one."""
    if not _has_standings(session):
        return None
    return select(LeaderStanding.address).where(
        LeaderStanding.chain_id == deployment.chain_id,
        LeaderStanding.hub == deployment.hub,
        LeaderStanding.suspended_us.is_not(None),
    )


def _said(snapshot: Snapshot, leaders: list[str]) -> dict[str, Standing]:
    if not _has_standings(snapshot.session):
        return {}
    query = select(LeaderStanding).where(
        LeaderStanding.chain_id == snapshot.deployment.chain_id,
        LeaderStanding.hub == snapshot.deployment.hub,
        LeaderStanding.address.in_([leader.lower() for leader in leaders]),
    )
    return {
        to_checksum_address(row.address): Standing(
            verified=_fact(row.verified_us, row.verified_why),
            suspended=_fact(row.suspended_us, row.suspended_why),
            stopped=None,
        )
        for row in snapshot.session.scalars(query)
    }


def _stopped(snapshot: Snapshot, leaders: list[str]) -> dict[str, StandingFact | None]:
    if not has_inbox(snapshot.session):
        return {}
    query = select(Stop).where(
        Stop.chain_id == snapshot.deployment.chain_id,
        Stop.hub == snapshot.deployment.hub,
        Stop.scope == Scope.LEADER,
        Stop.subject.in_(leaders),
        Stop.lifted_us.is_(None),
    )
    return {row.subject: _fact(row.since_us, row.why) for row in snapshot.session.scalars(query)}


def _fact(since_us: int | None, why: str | None) -> StandingFact | None:
    return None if since_us is None else StandingFact(since=utc_of_microseconds(since_us), why=why or "")


def _has_standings(session: Session) -> bool:
    return is_there(session.connection(), LeaderStanding)
