"""Fees on gains that have accrued and are not charged: what vaults would owe if all left now.

Only gains: what is owed for the time since the last charge does not follow from events, which do not tell
when that was.
"""

from accounting.fees import divide, performance_fee
from accounting.marks import Marks
from api.fees.schemas import AccruedFee
from api.paging import cut, decode_cursor
from api.schemas import Amount, Page
from api.snapshot import Snapshot
from api.statements.standing import Standing, standings_of
from api.strategies.existence import require_strategy
from api.terms.repository import list_terms
from api.terms.schemas import VersionedTerms
from api.tokens.catalogue import TokenCatalogue
from api.vaults import repository
from api.vaults.repository import VaultRow
from api.vaults.service import terms_of


def list_accrued(snapshot: Snapshot, strategy_id: int, *, limit: int, cursor: str | None) -> Page[AccruedFee]:
    """Return a page of the vaults of a strategy, by id; those whose worth is unknown are left out.

    Raises `StrategyNotFoundError`.
    """
    require_strategy(snapshot, strategy_id)
    name = f"accrued fees of {strategy_id}"
    after = decode_cursor(name, 1, cursor)
    rows = repository.list_vaults(
        snapshot.session,
        snapshot.deployment_id,
        strategy_id=strategy_id,
        after=None if after is None else after[0],
        limit=limit + 1,
    )
    page, next_cursor = cut(name, limit, rows, lambda row: (row.vault.vault_id,))
    followers = [row for row in page if not row.vault.is_leader]
    standings = standings_of(snapshot, [row.vault for row in followers], "average_cost")
    known = list_terms(snapshot.session, snapshot.deployment_id, [strategy_id])
    found = (
        _accrued(row, standings[row.vault.vault_id], terms_of(snapshot, row, known), snapshot.tokens)
        for row in followers
    )
    data = [each for each in found if each is not None]
    return Page(as_of_block=snapshot.block, data=data, next_cursor=next_cursor)


def _accrued(
    row: VaultRow, standing: Standing, terms: VersionedTerms, tokens: TokenCatalogue
) -> AccruedFee | None:
    vault, strategy, equity = row.vault, row.strategy, standing.profit.equity
    if equity is None:
        return None
    due = performance_fee(equity, terms.performance_bps, equity, vault.mark)
    parts = divide(due, strategy.protocol_bps, terms.referrer_bps if vault.referrer else 0)
    base = tokens.by_address[strategy.base_token]
    return AccruedFee(
        vault_id=vault.vault_id,
        gain=Amount.of(base, Marks(mark=vault.mark).gain(equity)),
        due=Amount.of(base, due),
        leader=strategy.leader,
        to_leader=Amount.of(base, parts.to_leader),
        to_protocol=Amount.of(base, parts.to_protocol),
        referrer=vault.referrer,
        to_referrer=Amount.of(base, parts.to_referrer),
    )
