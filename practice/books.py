"""The small database of play money: which vaults were opened, when, with which policy and how much.

Nothing else is kept: what became of a vault follows from the ledger (`practice.statement`), so a reorganised
chain changes it by itself. Ids are unguessable and the only identity there is; the number of vaults is
bounded, and the oldest make room.
"""

import json
import secrets
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
)

from indexer.errors import IndexerError
from protocol.types import OnBreach, Policy, Sizing

MOST_VAULTS = 10_000
MOST_A_MINUTE = 60
_ID_BYTES = 16
_METADATA = MetaData()
_VAULTS = Table(
    "paper_vaults",
    _METADATA,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("id", String(32), unique=True, nullable=False),
    Column("chain_id", BigInteger, nullable=False),
    Column("hub", String(42), nullable=False),
    Column("strategy_id", BigInteger, nullable=False),
    Column("policy", Text, nullable=False),
    Column("amount", String(40), nullable=False),
    Column("opened_block", BigInteger, nullable=False),
    Column("opened_time", BigInteger, nullable=False),
    Column("created_us", BigInteger, nullable=False),
)


class UnknownPaperVaultError(IndexerError):
    """There is no such vault of play money."""


class TooManyPaperVaultsError(IndexerError):
    """So many are opened that others would be driven out."""


@dataclass(frozen=True, slots=True)
class PaperVault:
    """A vault of ``amount`` base token units that copies what happens after ``opened_block``."""

    id: str
    chain_id: int
    hub: str
    strategy_id: int
    policy: Policy
    amount: int
    opened_block: int
    opened_time: int


class PaperBooks:
    """Vaults of play money in a database, which is made when it is not there."""

    def __init__(self, engine: Engine, *, most: int = MOST_VAULTS, a_minute: int = MOST_A_MINUTE) -> None:
        self._engine = engine
        self._most = most
        self._a_minute = a_minute
        _METADATA.create_all(engine)

    def open(
        self,
        place: tuple[int, str],
        strategy_id: int,
        policy: Policy,
        amount: int,
        *,
        block: int,
        at: int,
    ) -> PaperVault:
        """Open a vault at the ledger's ``block`` of unix second ``at``; ``place`` is chain and hub.

        Raises `TooManyPaperVaultsError`.
        """
        (chain_id, hub), now_us = place, time.time_ns() // 1_000
        vault = PaperVault(
            secrets.token_hex(_ID_BYTES), chain_id, hub, strategy_id, policy, amount, block, at
        )
        values = asdict(vault) | {
            "policy": json.dumps(asdict(policy)),
            "amount": str(amount),
            "created_us": now_us,
        }
        lately = select(func.count()).where(_VAULTS.c.created_us > now_us - 60_000_000)
        with self._engine.begin() as connection:
            if connection.execute(lately).scalar_one() >= self._a_minute:
                raise TooManyPaperVaultsError(
                    f"{self._a_minute} paper vaults were opened within a minute.",
                    remedy="Try again in a minute.",
                )
            connection.execute(insert(_VAULTS).values(values))
            newest = connection.execute(select(func.max(_VAULTS.c.number))).scalar_one()
            connection.execute(delete(_VAULTS).where(_VAULTS.c.number <= newest - self._most))
        return vault

    def find(self, vault_id: str) -> PaperVault:
        """Return a vault. Raises `UnknownPaperVaultError`."""
        with self._engine.connect() as connection:
            row = connection.execute(select(_VAULTS).where(_VAULTS.c.id == vault_id)).mappings().first()
        if row is None:
            remedy = "Open one with `lockstep paper open`; the oldest make room for new ones."
            raise UnknownPaperVaultError(f"There is no paper vault {vault_id}.", remedy=remedy)
        return _vault(row)

    def all(self) -> Sequence[PaperVault]:
        """Return every vault, the oldest first."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(_VAULTS).order_by(_VAULTS.c.number)).mappings().all()
        return [_vault(row) for row in rows]


def _vault(row: Any) -> PaperVault:
    fields = json.loads(row["policy"])
    enums = {
        "sizing": Sizing(fields["sizing"]),
        "on_breach": OnBreach(fields["on_breach"]),
        "on_stop": OnBreach(fields["on_stop"]),
    }
    return PaperVault(
        row["id"],
        row["chain_id"],
        row["hub"],
        row["strategy_id"],
        Policy(**(fields | enums)),
        int(row["amount"]),
        row["opened_block"],
        row["opened_time"],
    )
