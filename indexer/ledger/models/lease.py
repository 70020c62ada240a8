"""Who writes a ledger now."""

from sqlalchemy import BigInteger, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from indexer.ledger.models.base import Address, Base


class Lease(Base):
    """The one indexer that may write a hub's ledger until `expires_us`, unless it renews the lease before.

    `holder_id` is drawn anew by every process; `host`, `pid` and `begun` (when the process began, in the
    kernel's own count) tell whether it still lives, to whoever is on the same machine.
    """

    __tablename__ = "leases"

    chain_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hub: Mapped[str] = mapped_column(Address, primary_key=True)
    holder_id: Mapped[str] = mapped_column(String(36))
    host: Mapped[str] = mapped_column(String(320))
    pid: Mapped[int] = mapped_column(Integer)
    begun: Mapped[str] = mapped_column(String(32))
    taken_us: Mapped[int] = mapped_column(BigInteger)
    renewed_us: Mapped[int] = mapped_column(BigInteger)
    expires_us: Mapped[int] = mapped_column(BigInteger)
