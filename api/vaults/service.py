"""Answers about vaults."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar, cast

from sqlalchemy.orm import Session

from api.events import event_of
from api.paging import cut, decode_cursor
from api.problems import ApiError
from api.reasons.catalogue import reason_or_none
from api.schemas import Amount, Answer, Page, utc_or_none
from api.snapshot import Snapshot
from api.statements.repository import list_strategy_tokens
from api.terms.repository import TermsCells, list_terms
from api.terms.schemas import VersionedTerms
from api.terms.service import no_fees, present_terms
from api.vaults import repository
from api.vaults.repository import VaultCells, VaultOfTerms, VaultRow
from api.vaults.schemas import Action, FeeKind, FeesPaid, Marks, Policy, Sizing, Vault, VaultStatus
from indexer.ledger import models

T = TypeVar("T")


class VaultNotFoundError(ApiError):
    """No such vault."""

    status, slug, title = 404, "vault-not-found", "No such vault"


def list_vaults(
    snapshot: Snapshot,
    *,
    owner: str | None,
    strategy_id: int | None,
    status: VaultStatus | None,
    limit: int,
    cursor: str | None,
) -> Page[Vault]:
    """Return a page of vaults by id."""
    after = decode_cursor("vaults", 1, cursor)
    rows = repository.list_vaults(
        snapshot.session,
        snapshot.deployment_id,
        owner=owner,
        strategy_id=strategy_id,
        status=status,
        after=None if after is None else after[0],
        limit=limit + 1,
    )
    page, next_cursor = cut("vaults", limit, rows, lambda row: (row.vault.vault_id,))
    return Page(as_of_block=snapshot.block, data=_present(snapshot, page), next_cursor=next_cursor)


def get_vault(snapshot: Snapshot, vault_id: int) -> Answer[Vault]:
    """Return a vault. Raises `VaultNotFoundError`."""
    row = require_vault(snapshot, vault_id)
    return Answer(as_of_block=snapshot.block, data=_present(snapshot, [row])[0])


def require_vault(snapshot: Snapshot, vault_id: int) -> VaultRow:
    """Return a vault with its strategy and policy. Raises `VaultNotFoundError`."""
    return _known(snapshot, vault_id, repository.find_vault)


def require_cells(snapshot: Snapshot, vault_id: int) -> VaultOfTerms:
    """Return of a vault what a statement says of it. Raises `VaultNotFoundError`."""
    return _known(snapshot, vault_id, repository.find_cells)


def _known(snapshot: Snapshot, vault_id: int, find: Callable[[Session, int, int], T | None]) -> T:
    block = snapshot.block
    found = find(snapshot.session, snapshot.deployment_id, vault_id)
    if found is None:
        raise VaultNotFoundError(
            f"No vault {vault_id} is known at block {block.number}.",
            remedy="List the vaults of an owner with GET /v1/vaults?owner=0x…",
        )
    return found


@dataclass(frozen=True, slots=True)
class _Found:
    """What is shown beside the vaults' own rows."""

    balances: Mapping[int, Mapping[str, int]]
    held_back: Mapping[int, Mapping[str, int]]
    fees: Mapping[int, Mapping[tuple[str, str], int]]
    copies: Mapping[tuple[int, str], int]
    terms: Mapping[tuple[int, int], TermsCells]
    tokens: Mapping[int, Sequence[str]]


def _present(snapshot: Snapshot, rows: Sequence[VaultRow]) -> list[Vault]:
    session, deployment_id = snapshot.session, snapshot.deployment_id
    ids = [row.vault.vault_id for row in rows]
    strategy_ids = {row.strategy.strategy_id for row in rows}
    found = _Found(
        repository.list_balances(session, deployment_id, "vault", ids),
        repository.list_balances(session, deployment_id, "escrow", ids),
        repository.sum_fees(session, deployment_id, ids),
        repository.count_copies(session, deployment_id, ids),
        list_terms(session, deployment_id, strategy_ids),
        {each: list_strategy_tokens(session, deployment_id, each) for each in strategy_ids},
    )
    return [_vault(snapshot, row, found) for row in rows]


def _vault(snapshot: Snapshot, row: VaultRow, found: _Found) -> Vault:
    vault = row.vault

    def amounts(units: Mapping[str, int]) -> list[Amount]:
        listed = snapshot.tokens.by_address
        return [Amount.of(token, units[at]) for at, token in listed.items() if units.get(at)]

    return Vault(
        id=vault.vault_id,
        strategy_id=vault.strategy_id,
        owner=vault.owner,
        is_leader=vault.is_leader,
        status=cast(VaultStatus, vault.status),
        status_reason=reason_or_none(vault.status_reason),
        referrer=vault.referrer,
        terms=terms_of(snapshot, row, found.terms),
        marks=marks_of(snapshot, row.strategy.base_token, vault),
        policy=_policy(snapshot, row, found.tokens[vault.strategy_id]),
        balances=amounts(found.balances.get(vault.vault_id, {})),
        held_back=amounts(found.held_back.get(vault.vault_id, {})),
        fees=_fees(snapshot, found.fees.get(vault.vault_id, {})),
        filled=found.copies.get((vault.vault_id, "filled"), 0),
        skipped=found.copies.get((vault.vault_id, "skipped"), 0),
        opened=event_of(vault),
    )


def terms_of(
    snapshot: Snapshot, row: VaultRow, terms: Mapping[tuple[int, int], TermsCells]
) -> VersionedTerms:
    """Return what a vault pays."""
    found = terms.get((row.vault.strategy_id, row.vault.terms_version))
    return no_fees() if found is None else present_terms(found, row.strategy.base_token, snapshot.tokens)


def marks_of(snapshot: Snapshot, base: str, vault: models.Vault | VaultCells) -> Marks:
    """Return what a vault's results are measured against, in the token at ``base``."""
    return Marks(
        high_water_mark=snapshot.tokens.amount(base, vault.mark),
        invested=snapshot.tokens.amount(base, vault.invested),
    )


def _fees(snapshot: Snapshot, paid: Mapping[tuple[str, str], int]) -> list[FeesPaid]:
    kinds: dict[str, list[Amount]] = {}
    for purpose in repository.FEE_PURPOSES:
        for (found, token), units in paid.items():
            if found == purpose:
                kinds.setdefault(purpose, []).append(snapshot.tokens.amount(token, units))
    return [
        FeesPaid(kind=cast(FeeKind, purpose.removesuffix("_fee")), paid=amounts)
        for purpose, amounts in kinds.items()
    ]


def _policy(snapshot: Snapshot, row: VaultRow, tokens: Sequence[str]) -> Policy | None:
    policy, base = row.policy, row.strategy.base_token
    if policy is None:
        return None

    def amount(units: int) -> Amount | None:
        return snapshot.tokens.amount(base, units) if units else None

    return Policy(
        revision=policy.revision,
        sizing=cast(Sizing, policy.sizing),
        multiplier_bps=policy.size if policy.sizing == "multiplier" else None,
        fixed=amount(policy.size) if policy.sizing == "fixed" else None,
        risk_bps=policy.size if policy.sizing == "risk" else None,
        on_breach=cast(Action, policy.on_breach),
        on_stop=cast(Action, policy.on_stop),
        min_trade=amount(policy.min_trade),
        max_trade=amount(policy.max_trade),
        max_positions=policy.max_positions or None,
        excluded_tokens=[
            snapshot.tokens.by_address[token]
            for index, token in enumerate(tokens)
            if policy.excluded_tokens >> index & 1
        ],
        max_slippage_bps=policy.max_slippage_bps or None,
        max_token_bps=policy.max_token_bps or None,
        max_exposure_bps=policy.max_exposure_bps or None,
        max_daily_loss_bps=policy.max_daily_loss_bps or None,
        max_drawdown_bps=policy.max_drawdown_bps or None,
        stop_loss_bps=policy.stop_loss_bps or None,
        take_profit_bps=policy.take_profit_bps or None,
        loss_budget_bps=policy.loss_budget_bps or None,
        cooldown_seconds=policy.cooldown or None,
        expiry=utc_or_none(policy.expiry) if policy.expiry else None,
    )
