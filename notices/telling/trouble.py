"""What is wrong with keepers and indexer, for whoever runs the place."""

import json

from sqlalchemy import select

from api.beside import is_there
from api.health.service import NotReadyError, get_readiness
from api.snapshot import Snapshot
from inbox.models import Keeper
from notices.book.kinds import Audience, Draft, Kind
from notices.telling.facts import plain
from notices.telling.measures import Measured

SILENT_US = 60_000_000


def look(snapshot: Snapshot, alarms: frozenset[str], *, now_us: int) -> Measured:
    """Compare what is wrong now with the alarms that hold."""
    found = _indexer(snapshot, now_us) | _keepers(snapshot, now_us)
    held = {key for key in alarms if key.startswith((Kind.INDEXER_TROUBLE, Kind.KEEPER_TROUBLE))}
    return Measured({key: draft for key, draft in found.items() if key not in held}, held - found.keys())


def _indexer(snapshot: Snapshot, now_us: int) -> dict[str, Draft]:
    try:
        get_readiness(snapshot)
    except NotReadyError as error:
        key = str(Kind.INDEXER_TROUBLE)
        title = "The ledger is not to be relied on now"
        return {key: _draft(key, Kind.INDEXER_TROUBLE, title, f"{error.detail} {error.remedy}", now_us)}
    return {}


def _keepers(snapshot: Snapshot, now_us: int) -> dict[str, Draft]:
    if not is_there(snapshot.session.connection(), Keeper):
        return {}
    deployment = snapshot.deployment
    query = select(Keeper).where(Keeper.chain_id == deployment.chain_id, Keeper.hub == deployment.hub)
    found = {}
    for row in snapshot.session.scalars(query):
        name, breakers = plain(row.name), sorted(json.loads(row.breakers))
        if row.seen_us < now_us - SILENT_US:
            title = f"Keeper {name} gives no sign of life"
            silent_s = (now_us - row.seen_us) // 1_000_000
            text = f"The last was {silent_s} s ago. Orders and stops wait for another."
        elif breakers:
            title = f"Keeper {name} holds back"
            text = f"Its breakers: {', '.join(map(plain, breakers))}. It does less until they close."
        else:
            continue
        key = f"{Kind.KEEPER_TROUBLE} {row.name} {'silent' if 'sign' in title else 'breakers'}"
        found[key] = _draft(key, Kind.KEEPER_TROUBLE, title, text, now_us)
    return found


def _draft(key: str, kind: Kind, title: str, text: str, now_us: int) -> Draft:
    return Draft(
        key=f"{key} {now_us}",
        kind=kind,
        audience=Audience.STAFF,
        subject="",
        title=title,
        text=text,
        facts={"alarm": key},
        path="/operator",
        at=now_us // 1_000_000,
    )
