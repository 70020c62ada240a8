"""Random keys that all processes on a database share, each made when the first asks for it."""

import secrets

from sqlalchemy import Engine, select

from access.models import Keyring
from inbox.writing import insert_new, writing


def shared_key(engine: Engine, name: str) -> bytes:
    """Return the key of a name."""
    query = select(Keyring.secret).where(Keyring.name == name)
    with engine.connect() as connection:
        found = connection.scalar(query)
    if found is None:
        with writing(engine) as connection:
            insert_new(connection, Keyring, name=name, secret=secrets.token_hex(32))
            found = connection.scalar(query)
    return bytes.fromhex(str(found))
