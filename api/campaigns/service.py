"""Answers about campaigns."""

from datetime import datetime
from typing import Literal, cast

from api.access.caller import Caller
from api.campaigns import schemas
from api.notifications.schemas import Done
from api.schemas import utc_of_microseconds
from api.snapshot import Snapshot
from api.social.book import Social, address_of
from api.social.problems import CampaignNotFoundError, refusals
from api.strategies.existence import require_strategy
from api.vaults.service import VaultNotFoundError
from indexer.ledger.models import Vault
from social import models
from social.campaigns import OpenedVault, Wish, state_of


def add(of: Social, snapshot: Snapshot, caller: Caller, body: schemas.CampaignOrder) -> schemas.Campaign:
    """Make a campaign of the caller's. Raises `StrategyNotFoundError`."""
    if body.strategy_id is not None:
        require_strategy(snapshot, body.strategy_id)
    wish = Wish(body.code, body.title, body.strategy_id, _us(body.starts), _us(body.ends))
    with refusals():
        return present(snapshot, of.made(snapshot).campaigns.add(address_of(caller), wish))


def change(
    of: Social, snapshot: Snapshot, caller: Caller, code: str, body: schemas.CampaignWords
) -> schemas.Campaign:
    """Give one of the caller's campaigns another title and end."""
    campaigns = of.made(snapshot).campaigns
    with refusals():
        return present(snapshot, campaigns.change(address_of(caller), code, body.title, _us(body.ends)))


def end(of: Social, snapshot: Snapshot, caller: Caller, code: str) -> schemas.Campaign:
    """End one of the caller's campaigns."""
    with refusals():
        return present(snapshot, of.made(snapshot).campaigns.end(address_of(caller), code))


def get(of: Social, snapshot: Snapshot, code: str) -> schemas.Campaign:
    """Return the campaign of a code. Raises `CampaignNotFoundError`."""
    book = of.found(snapshot)
    if book is None:
        raise CampaignNotFoundError(f"There is no campaign {code}.", remedy="Ask who gave you the code.")
    with refusals():
        return present(snapshot, book.campaigns.get(code))


def list_own(of: Social, snapshot: Snapshot, caller: Caller) -> schemas.Campaigns:
    """Return the caller's campaigns."""
    book = of.found(snapshot)
    rows = [] if book is None else book.campaigns.of(address_of(caller))
    return schemas.Campaigns(campaigns=[present(snapshot, row) for row in rows])


def note(of: Social, snapshot: Snapshot, caller: Caller, body: schemas.CampaignNoteOrder) -> Done:
    """Keep which campaign brought a vault of the caller's. Raises `VaultNotFoundError`."""
    row = snapshot.session.get(Vault, (snapshot.deployment_id, body.vault_id))
    if row is None or row.owner != address_of(caller):
        raise VaultNotFoundError(
            f"No vault {body.vault_id} of yours is known at block {snapshot.block.number}.",
            remedy="Try again when the block that opened it is indexed.",
        )
    opened = OpenedVault(row.vault_id, row.strategy_id, row.referrer, row.tx_hash, row.block_time)
    with refusals():
        of.made(snapshot).campaigns.note(body.code, opened)
    return Done()


def present(snapshot: Snapshot, row: models.Campaign) -> schemas.Campaign:
    """Return a campaign as it stands at the snapshot's block."""
    state = state_of(row, snapshot.time * 1_000_000)
    return schemas.Campaign(
        code=row.code,
        title=row.title,
        referrer=row.referrer,
        strategy_id=row.strategy_id,
        starts=utc_of_microseconds(row.starts_us),
        ends=None if row.ends_us is None else utc_of_microseconds(row.ends_us),
        created=utc_of_microseconds(row.created_us),
        state=cast(Literal["upcoming", "open", "ended"], state),
    )


def _us(at: datetime | None) -> int | None:
    return None if at is None else round(at.timestamp() * 1_000_000)
