"""Finds out who asks: a session by bearer token or cookie, or a key. Refuses pages of other sites."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from eth_utils.address import to_checksum_address
from fastapi import Request
from sqlalchemy import Engine

from access.desk import Desk
from access.keys import scopes_of
from access.office import Office
from access.proposals import NO_TIMELOCK, Governance
from access.roles import STAFF, Role, Scope
from access.sealing import Seal
from access.secrets import KEY
from access.sign_in import Place, Site, local_domains
from api.access.problems import SIGN_IN, ForeignOriginError, NotSignedInError
from api.access.repository import chain_roles
from api.snapshot import DeploymentKey, Snapshot, Snapshots, wanted_of
from inbox.intake import ContractWallets

COOKIE = "lockstep_session"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
LOCAL = Site(local_domains(8_000), secure=False)
"""Where a server is that was told nothing else."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. ``address`` is lower-case 0x text; ``roles`` are those on the request's hub.

    ``second_factor``: a code was given in this session, lately. ``session`` is the session's id, None for a
    key; ``scopes`` are a key's own, all of them in a session.
    """

    address: str
    roles: frozenset[Role]
    scopes: frozenset[Scope]
    second_factor: bool
    session: str | None = field(default=None, compare=False)


class Door:
    """The app's desk, opened when the first comes, and the look at each request's credentials."""

    def __init__(
        self,
        engine: Engine,
        snapshots: Snapshots,
        *,
        site: Site = LOCAL,
        seal: Seal | None = None,
        wallets: ContractWallets | None = None,
        governance: Governance = NO_TIMELOCK,
    ) -> None:
        self.site = site
        self._engine = engine
        self._snapshots = snapshots
        self._seal = seal
        self._wallets = wallets
        self._governance = governance
        self._desk: Desk | None = None
        self._lock = threading.Lock()

    @property
    def desk(self) -> Desk:
        """The desk."""
        with self._lock:
            if self._desk is None:
                self._desk = Desk(
                    self._engine,
                    self.site,
                    seal=self._seal,
                    wallets=self._wallets,
                    governance=self._governance,
                )
            return self._desk

    @contextmanager
    def again(self, snapshot: Snapshot) -> Iterator[Snapshot]:
        """A new snapshot of the same hub, which has what was written since."""
        at = snapshot.deployment
        with self._snapshots.open(DeploymentKey(at.chain_id, at.hub)) as after:
            yield after

    def office(self, snapshot: Snapshot) -> Office:
        """What staff does about the hub of a snapshot."""
        return self.desk.office(place_of(snapshot))

    def caller(self, request: Request) -> Caller | None:
        """Who sent a request; None for nobody. Raises `NotSignedInError` and `ForeignOriginError`."""
        token = _bearer(request)
        if token is None and (cookie := request.cookies.get(COOKIE)):
            self.check_origin(request)
            token = cookie
        if token is None:
            return None
        with self._snapshots.open(wanted_of(request.path_params)) as snapshot:
            place = place_of(snapshot)
            is_key = token.startswith(f"{KEY}_")
            found = self._by_key(token, snapshot) if is_key else self._by_session(token, place, snapshot)
        if found is None:
            raise NotSignedInError(
                "The session or key is unknown, over, or of another hub.",
                remedy=f"{SIGN_IN} Public paths ask for neither.",
            )
        return found

    def check_origin(self, request: Request) -> None:
        """Refuse what would change something and comes from a page of another site.

        A browser names the page's origin with every request that is not GET; where a cookie says who asks,
        one without is refused, too. Raises `ForeignOriginError`.
        """
        origin = request.headers.get("origin")
        if request.method not in SAFE and origin not in self.site.origins:
            raise ForeignOriginError(
                f"The request's Origin is {origin or 'missing'}.",
                remedy=f"Send it from {' or '.join(sorted(self.site.origins))}, or with a bearer token.",
            )

    def _by_session(self, token: str, place: Place, snapshot: Snapshot) -> Caller | None:
        held = self.desk.holder(token, place)
        if held is None:
            return None
        session, person = held
        roles = _chain_roles(snapshot, person.address)
        # Whose money is here works for nobody: staff roles sleep at an address that has a vault on this hub.
        roles = roles or (person.effective & STAFF)
        raised = self.desk.sessions.has_second_factor(session)
        return Caller(person.address, roles, frozenset(Scope), raised, session.id)

    def _by_key(self, token: str, snapshot: Snapshot) -> Caller | None:
        key = self.desk.keys.find(token)
        if key is None:
            return None
        return Caller(key.address, _chain_roles(snapshot, key.address), scopes_of(key), second_factor=False)


def place_of(snapshot: Snapshot) -> Place:
    """The hub of a snapshot."""
    return Place(snapshot.deployment.chain_id, snapshot.deployment.hub)


def _chain_roles(snapshot: Snapshot, address: str) -> frozenset[Role]:
    return chain_roles(snapshot.session, snapshot.deployment_id, to_checksum_address(address))


def _bearer(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None
