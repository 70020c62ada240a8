"""Proposals: a transaction that one drew up and another has read and confirmed. Never sent from here."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update
from sqlalchemy.orm import Session as Reading

from access.audit import Actor, Audit
from access.calls import FORMS, GUARDIANS, Act, Transaction, call_of, operation_id, through_timelock
from access.errors import BadProposalError, ProposalClosedError, SamePersonError, UnknownProposalError
from access.models import Proposal
from access.sign_in import Place
from inbox.clock import Clock, now_us
from inbox.writing import writing

LIFE_US = 7 * 86_400_000_000
"""How long a proposal waits for a second person."""


@dataclass(frozen=True, slots=True)
class Governance:
    """How the hub is governed: the timelock that owns it and its delay, and the oracle's address.

    Without a timelock the owner makes the calls; without an oracle no feed can be proposed.
    """

    timelock: str | None = None
    delay_s: int = 0
    oracle: str | None = None


NO_TIMELOCK = Governance()


class Proposals:
    """The proposals of one hub."""

    def __init__(
        self, engine: Engine, audit: Audit, place: Place, governance: Governance, *, clock: Clock = now_us
    ) -> None:
        self._engine = engine
        self._audit = audit
        self._place = place
        self._key: dict[str, Any] = {"chain_id": place.chain_id, "hub": place.hub}
        self._governance = governance
        self._clock = clock

    def propose(self, act: Act, arguments: Sequence[Any], *, by: Actor, why: str) -> Proposal:
        """Draw a call up. Raises `BadProposalError`."""
        data, words = call_of(act, arguments)
        governed = self._governance
        values: dict[str, Any] = {
            "act": act,
            "arguments": json.dumps(list(arguments)),
            "words": words,
            "target": self._target(act),
            "data": data,
            # The guardian halts and vetoes at once: a timelock would be too late for either.
            "timelock": None if act in GUARDIANS else governed.timelock,
            "delay_s": 0 if act in GUARDIANS or governed.timelock is None else governed.delay_s,
            "salt": "0x" + secrets.token_hex(32),
            "why": why,
            "proposed_by": by.name,
            "proposed_us": self._clock(),
        }
        with writing(self._engine) as connection:
            made = connection.execute(insert(Proposal).returning(Proposal.id).values(**self._key, **values))
            number = int(made.scalar_one())
            noted = {"words": words, "target": values["target"], "data": data}
            after = noted | {"state": "proposed"}
            self._note(connection, by, "proposed", number, before=None, after=after, why=why)
        return self.find(number)

    def confirm(self, number: int, *, by: Actor) -> Proposal:
        """Confirm what somebody else proposed. Raises `SamePersonError`, `ProposalClosedError`."""
        row = self.find(number)
        if row.proposed_by == by.name:
            raise SamePersonError("You have proposed this.", remedy="Somebody else must read and confirm it.")
        self._end(row, by, "confirmed", {"confirmed_by": by.name, "confirmed_us": self._clock()})
        return self.find(number)

    def withdraw(self, number: int, *, by: Actor, why: str) -> Proposal:
        """Take a proposal back, one's own or another's. Raises `ProposalClosedError`."""
        ended = {"withdrawn_by": by.name, "withdrawn_us": self._clock(), "withdrawn_why": why}
        self._end(self.find(number), by, "withdrawn", ended, why)
        return self.find(number)

    def find(self, number: int) -> Proposal:
        """One proposal. Raises `UnknownProposalError`."""
        with Reading(self._engine, expire_on_commit=False) as reading:
            found = reading.scalars(select(Proposal).filter_by(**self._key, id=number)).one_or_none()
        if found is None:
            raise UnknownProposalError(
                f"There is no proposal {number}.", remedy="List them with GET /v1/admin/proposals."
            )
        return found

    def list(self, *, limit: int, before: int | None = None) -> Sequence[Proposal]:
        """Proposals, the newest first, below the number `before`."""
        query = select(Proposal).filter_by(**self._key).order_by(Proposal.id.desc()).limit(limit)
        if before is not None:
            query = query.where(Proposal.id < before)
        with Reading(self._engine, expire_on_commit=False) as reading:
            return reading.scalars(query).all()

    def state(self, row: Proposal) -> str:
        """Where a proposal stands: proposed, ready, withdrawn or expired."""
        if row.withdrawn_us is not None:
            return "withdrawn"
        if row.confirmed_us is not None:
            return "ready"
        return "expired" if row.proposed_us + LIFE_US <= self._clock() else "proposed"

    def transactions(self, row: Proposal) -> Sequence[Transaction]:
        """What is to be sent, by the timelock's proposers and executors, the owner or the guardian."""
        if row.timelock is None:
            return [Transaction("call", row.target, row.data)]
        eta = self._clock() // 1_000_000 + row.delay_s
        return through_timelock(row.timelock, row.target, row.data, row.salt, delay_s=row.delay_s, eta=eta)

    @staticmethod
    def operation(row: Proposal) -> str | None:
        """The timelock's id of a proposal's operation; None without a timelock."""
        return None if row.timelock is None else operation_id(row.target, row.data, row.salt)

    def _target(self, act: Act) -> str:
        if not FORMS[act].on_oracle:
            return self._place.hub
        if self._governance.oracle is None:
            raise BadProposalError(
                "This server was not told where the oracle is.", remedy="Start it with `--oracle`."
            )
        return self._governance.oracle

    def _end(self, row: Proposal, by: Actor, act: str, values: dict[str, Any], why: str = "") -> None:
        state = self.state(row)
        open_to = {"confirmed": {"proposed"}, "withdrawn": {"proposed", "ready"}}[act]
        mine = (Proposal.id == row.id) & Proposal.withdrawn_us.is_(None)
        if act == "confirmed":
            mine &= Proposal.confirmed_us.is_(None)
        with writing(self._engine) as connection:
            done = state in open_to and connection.execute(update(Proposal).where(mine).values(**values))
            if not done or done.rowcount != 1:
                raise ProposalClosedError(
                    f"Proposal {row.id} is {self.state(self.find(row.id))}.", remedy="Propose it anew."
                )
            after = {"state": "ready" if act == "confirmed" else act}
            self._note(connection, by, act, row.id, before={"state": state}, after=after, why=why)

    def _note(
        self, connection: Connection, by: Actor, act: str, number: int, *, before: Any, after: Any, why: str
    ) -> None:
        name, subject = f"proposal.{act}", f"proposal:{number}"
        self._audit.append(connection, by, name, subject, before=before, after=after, why=why)
