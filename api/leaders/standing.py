"""What the operator says of leaders: verified, suspended, stopped. No chain data; public all the same."""

from collections.abc import Iterable

from eth_utils.address import to_checksum_address
from sqlalchemy import select

from access.models import LeaderStanding
from api.leaders.schemas import Standing, StandingFact
from api.schemas import utc_of_microseconds
from api.snapshot import Snapshot
from inbox.models import Stop
from inbox.stops import Scope

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


def suspended_leaders(snapshot: Snapshot) -> frozenset[str]:
    """Return suspended leaders' addresses, lower-case."""
    if LeaderStanding.__tablename__ not in snapshot.beside:
        return frozenset()
    query = select(LeaderStanding.address).where(
        LeaderStanding.chain_id == snapshot.deployment.chain_id,
        LeaderStanding.hub == snapshot.deployment.hub,
        LeaderStanding.suspended_us.is_not(None),
    )
    return frozenset(snapshot.session.scalars(query))


def _said(snapshot: Snapshot, leaders: list[str]) -> dict[str, Standing]:
    if LeaderStanding.__tablename__ not in snapshot.beside:
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
    if Stop.__tablename__ not in snapshot.beside:
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
