"""Presents terms."""

from api.schemas import utc_or_none
from api.terms.repository import TermsCells
from api.terms.schemas import FeeTerms, PendingTerms, VersionedTerms
from api.tokens.catalogue import TokenCatalogue
from indexer.ledger import models


def present_terms(row: models.Terms | TermsCells, base: str, tokens: TokenCatalogue) -> VersionedTerms:
    """Return a version of terms; subscriptions are in the token at ``base``."""
    return VersionedTerms(version=row.version, **dict(_fees(row, base, tokens)))


def present_pending(row: models.TermsProposal, base: str, tokens: TokenCatalogue) -> PendingTerms:
    """Return terms that wait."""
    return PendingTerms(usable_from=utc_or_none(row.usable_from), **dict(_fees(row, base, tokens)))


def no_fees() -> VersionedTerms:
    """Return what a leader's own vault pays."""
    return VersionedTerms(
        version=0,
        copy_bps=0,
        performance_bps=0,
        management_bps=0,
        withdrawal_bps=0,
        referrer_bps=0,
        performance_period_seconds=None,
        subscription=None,
        subscription_period_seconds=None,
    )


def _fees(row: models.FeeTerms | TermsCells, base: str, tokens: TokenCatalogue) -> FeeTerms:
    return FeeTerms(
        copy_bps=row.copy_bps,
        performance_bps=row.performance_bps,
        management_bps=row.management_bps,
        withdrawal_bps=row.withdrawal_bps,
        referrer_bps=row.referrer_bps,
        performance_period_seconds=row.performance_period or None,
        subscription=tokens.amount(base, row.subscription) if row.subscription else None,
        subscription_period_seconds=row.subscription_period or None,
    )
