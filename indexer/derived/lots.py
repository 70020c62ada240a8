"""Reads lots as they were bought: of many positions in one statement that asks for each by its key, so that a
range costs what it sells, not what was ever bought.
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import BigInteger, Connection, String, TextualSelect, column, text

from accounting.position import Lot as Bought
from indexer.ledger.models import Amount

AHEAD = 4
"""Lots of each position that are read before any is asked for."""


class Wanted(NamedTuple):
    """Lots of a vault's position from number `first` up to `end`, which is left out."""

    vault_id: int
    token: str
    first: int
    end: int


_FIND = """
SELECT lot.vault_id, lot.token, lot.quantity, lot.cost, lot.block_time FROM {wanted} {lots}
ORDER BY lot.vault_id, lot.token, lot.number
"""
_OF_WANTED = """
lots.deployment_id = :deployment AND lots.vault_id = wanted.vault_id AND lots.token = wanted.token
AND lots.number >= wanted.first AND lots.number < wanted.last
"""

# Both fix the order of the join: from what is wanted to the lots' key. A planner without fresh statistics of
# a table that is being filled would rather go through all lots of a vault, or of all vaults.
_POSTGRESQL = _FIND.format(
    wanted="unnest(CAST(:vaults AS bigint[]), CAST(:tokens AS text[]), CAST(:firsts AS integer[]), "
    "CAST(:ends AS integer[])) AS wanted (vault_id, token, first, last)",
    lots=f"CROSS JOIN LATERAL (SELECT * FROM lots WHERE {_OF_WANTED} OFFSET 0) AS lot",  # noqa: S608 - our own text
)
_SQLITE = _FIND.format(
    wanted="(SELECT value ->> 0 AS vault_id, value ->> 1 AS token, value ->> 2 AS first, value ->> 3 AS last "
    "FROM json_each(:wanted)) AS wanted",
    lots=f"CROSS JOIN lots AS lot WHERE {_OF_WANTED.replace('lots.', 'lot.')}",
)


def _typed(statement: str) -> TextualSelect:
    amounts = (column("quantity", Amount), column("cost", Amount))
    place = (column("vault_id", BigInteger), column("token", String))
    return text(statement).columns(*place, *amounts, column("block_time", BigInteger))


_STATEMENTS = {"postgresql": _typed(_POSTGRESQL), "sqlite": _typed(_SQLITE)}


def read_lots(
    connection: Connection, deployment_id: int, wanted: Sequence[Wanted]
) -> dict[tuple[int, str], list[Bought]]:
    """Return vault and token → the lots wanted of it, oldest first; a position without any is not there."""
    found: defaultdict[tuple[int, str], list[Bought]] = defaultdict(list)
    if not wanted:
        return found
    values: dict[str, object] = {"deployment": deployment_id}
    if connection.dialect.name == "postgresql":
        names = ("vaults", "tokens", "firsts", "ends")
        values |= zip(names, map(list, zip(*wanted, strict=True)), strict=True)
    else:
        values["wanted"] = json.dumps(wanted)
    for vault_id, token, *lot in connection.execute(_STATEMENTS[connection.dialect.name], values):
        found[vault_id, token].append(Bought(*lot))
    return found
