"""Where people come in: a signed message becomes a session, all in one commit. Holds its parts together."""

from sqlalchemy import Engine

from access.audit import Actor, Audit
from access.errors import BlockedError
from access.keys import Keys
from access.migrations import upgrade
from access.models import Session
from access.nonces import Nonces
from access.office import Office
from access.proposals import NO_TIMELOCK, Governance
from access.sealing import Seal
from access.second_factor import SecondFactors
from access.sessions import LIFE_US, STAFF_LIFE_US, Opened, Sessions
from access.sign_in import Place, SignIn, Site, check_signed, message_for, read
from access.users import Person, Users
from inbox import migrations as inbox
from inbox.clock import Clock, now_us
from inbox.intake import ContractWallets
from inbox.writing import writing


class Desk:
    """The access tables of a database, made when they are not there.

    `seal` keeps second factors; without it there are none. `wallets` asks contract wallets; without it only
    keys can sign in.
    """

    def __init__(
        self,
        engine: Engine,
        site: Site,
        *,
        seal: Seal | None = None,
        wallets: ContractWallets | None = None,
        governance: Governance = NO_TIMELOCK,
        clock: Clock = now_us,
    ) -> None:
        upgrade(engine)
        self.site = site
        self.wallets = wallets
        self.audit = Audit(engine, clock=clock)
        self.users = Users(engine, self.audit, clock=clock)
        self.sessions = Sessions(engine, clock=clock)
        self.keys = Keys(engine, clock=clock)
        self.second_factors = SecondFactors(engine, self.audit, seal, clock=clock)
        self._nonces = Nonces(engine, clock=clock)
        self._engine = engine
        self._governance = governance
        self._clock = clock

    def message(self, address: str, place: Place, *, host: str) -> str:
        """A message with a new nonce for an address to sign; for `host` where that is one of the site's."""
        domain = host if host in self.site.domains else self.site.domains[0]
        now_s, nonce = self._clock() / 1_000_000, self._nonces.issue()
        return message_for(address, nonce, site=self.site, domain=domain, place=place, now_s=now_s)

    def sign_in(self, message: str, signature: bytes, place: Place, *, agent: str) -> tuple[SignIn, Opened]:
        """Open a session for who signed. Raises `SignInRefusedError`, `BlockedError` or `NodeAwayError`."""
        now_us = self._clock()
        signed = read(message, site=self.site, place=place, now_s=now_us / 1_000_000)
        self._nonces.check(signed.nonce)
        check_signed(signed.address, message, signature, self.wallets)
        person = self.users.find(signed.address)
        if person.blocked_us is not None:
            raise BlockedError(
                f"{signed.address} is shut out here.", remedy="Ask the operator why; exits go on, on chain."
            )
        until_us = now_us + (STAFF_LIFE_US if person.granted else LIFE_US)
        if signed.expires_s is not None:
            until_us = min(until_us, int(signed.expires_s * 1_000_000))
        with writing(self._engine) as connection:
            self._nonces.spend(connection, signed.nonce)
            self.users.seen(connection, signed.address)
            opened = self.sessions.open(connection, signed.address, place, agent=agent, until_us=until_us)
        return signed, opened

    def holder(self, token: str, place: Place) -> tuple[Session, Person] | None:
        """Whose session on this hub a token is; None where it is no open one of it."""
        session = self.sessions.find(token)
        if session is None or (session.chain_id, session.hub) != (place.chain_id, place.hub):
            return None
        person = self.users.find(session.address)
        return None if person.blocked_us is not None else (session, person)

    def office(self, place: Place) -> Office:
        """What staff does about a hub. Makes the inbox's tables if they are not there."""
        inbox.upgrade(self._engine)
        return Office.of(self._engine, self.audit, place, self._governance, self._clock)

    def end_sessions(self, address: str, *, by: Actor, why: str) -> None:
        """End every session of somebody else."""
        with writing(self._engine) as connection:
            before = {"sessions": self.sessions.revoke_all(connection, address)}
            act, after = "sessions.ended", {"sessions": 0}
            self.audit.append(connection, by, act, address, before=before, after=after, why=why)

    def sign_out_everywhere(self, address: str) -> int:
        """End every session of an address; how many there were."""
        with writing(self._engine) as connection:
            return self.sessions.revoke_all(connection, address)
