"""The app's book of what people say: its tables are made when the first writes; who only reads makes none."""

import threading
from typing import Annotated

from eth_utils.address import to_checksum_address
from fastapi import Depends, Request
from sqlalchemy import Engine

from access import migrations as access
from access.keyring import shared_key
from api.access.caller import Caller
from api.access.door import place_of
from api.beside import is_there
from api.snapshot import Snapshot
from social.book import Book
from social.migrations import upgrade
from social.models import Post


class Social:
    """Opens the book of a snapshot's hub."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._secret: bytes | None = None
        self._lock = threading.Lock()

    def made(self, snapshot: Snapshot) -> Book:
        """The book, made if it is not there."""
        with self._lock:
            if self._secret is None:
                access.upgrade(self._engine)
                upgrade(self._engine)
                self._secret = shared_key(self._engine, "pseudonyms")
        time_us = snapshot.time * 1_000_000
        return Book.of(self._engine, place_of(snapshot), self._secret, chain_clock=lambda: time_us)

    def found(self, snapshot: Snapshot) -> Book | None:
        """The book; None where nobody has ever written."""
        if self._secret is None and not is_there(snapshot.session.connection(), Post):
            return None
        return self.made(snapshot)


def social(request: Request) -> Social:
    """The app's book."""
    found: Social = request.app.state.social
    return found


TheBook = Annotated[Social, Depends(social)]


def address_of(caller: Caller) -> str:
    """The caller's address as the ledger has it: EIP-55."""
    return str(to_checksum_address(caller.address))
