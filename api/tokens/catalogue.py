"""Looks tokens up by address, to give amounts their symbol and decimals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.listings import listing_of
from api.schemas import Amount, Token
from api.tokens.schemas import ListedToken
from indexer.ledger import models


@dataclass(frozen=True, slots=True)
class TokenCatalogue:
    """The tokens of a deployment, in the order they were listed.

    ``by_address`` has those whose listing was vetoed, too: a pool that was listed meanwhile may name one.
    ``nothing`` is 0 of each.
    """

    by_address: Mapping[str, Token]
    listed: Sequence[ListedToken]
    nothing: Mapping[str, Amount]

    @classmethod
    def load(cls, session: Session, deployment_id: int) -> Self:
        """Read the tokens of a deployment; there are few, and nearly every answer needs them."""
        rows = session.scalars(
            select(models.Token)
            .where(models.Token.deployment_id == deployment_id)
            .order_by(models.Token.block_number, models.Token.log_index)
        ).all()
        tokens = [Token.model_validate(row, from_attributes=True) for row in rows]
        listed = [
            ListedToken(**dict(token), **dict(listing_of(row)))
            for token, row in zip(tokens, rows, strict=True)
            if row.vetoed_block is None
        ]
        by_address = {token.address: token for token in tokens}
        return cls(by_address, listed, {each: Amount.of(token, 0) for each, token in by_address.items()})

    def amount(self, address: str, units: int) -> Amount:
        """Return ``units`` of the token at ``address``: whatever moved in the hub was listed before."""
        return Amount.of(self.by_address[address], units) if units else self.nothing[address]

    def decimals(self, address: str) -> int:
        """Return the decimals of the token at ``address``."""
        return self.by_address[address].decimals
