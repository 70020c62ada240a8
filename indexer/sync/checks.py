"""What there is to compare with the chain: each figure of the ledger, and the view of the hub that must say
the same.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from eth_abi.abi import encode
from eth_utils.crypto import keccak
from sqlalchemy import Connection, select

from indexer.chain.types import Call
from indexer.decode.decoder import word_of
from indexer.decode.events import EscrowSettled
from indexer.ledger import postings
from indexer.ledger.books import BalanceKey
from indexer.ledger.models import Balance, Escrow, Strategy, StrategyToken, Token, Vault
from protocol.types import VaultStatus

HUB = "hub"
OUTFLOW = "outflow"


def _selector(signature: str) -> bytes:
    return bytes(keccak(text=signature)[:4])


_VIEWS = {
    postings.VAULT: (_selector("vaultBalance(uint32,address)"), ["uint32", "address"]),
    postings.ACCOUNT: (_selector("accountBalance(address,address)"), ["address", "address"]),
    postings.FEE: (_selector("feeBalance(address,address)"), ["address", "address"]),
}
_BALANCE_OF = _selector("balanceOf(address)")
_ESCROW_OF = _selector("escrowOf(uint32,uint256)")
_OUTFLOW_WORD, _HELD_WORD = word_of("escrowOf", "outflow"), word_of("escrowOf", "held")

_FIGURES = {
    "mark": ("marksOf", "mark"),
    "invested": ("marksOf", "invested"),
    "status": ("vaultOf", "status"),
    "policy_revision": ("vaultOf", "policyRevision"),
    "terms_version": ("vaultOf", "termsVersion"),
    "copy_fee_bps": ("vaultOf", "copyFeeBps"),
}
"""What a vault has beside balances: the column's name, and the view and its member that say the same."""


@dataclass(frozen=True, slots=True)
class Check:
    """What the ledger says, and the word of a view's answer that must say the same."""

    key: BalanceKey
    amount: int
    call: Call
    word: int = 0


def every_check(connection: Connection, deployment_id: int, hub: str, time: int) -> list[Check]:
    """Everything to check, in order of vaults, accounts and tokens."""
    indices = _token_indices(connection, deployment_id)
    balances = _ledger_balances(connection, deployment_id, time, indices)
    checks = [_balance_check(hub, key, amount, indices) for key, amount in balances.items()]
    checks += _outflow_checks(connection, deployment_id, hub, indices)
    checks += _vault_checks(connection, deployment_id, hub)
    return sorted(checks, key=lambda check: check.key)


def _token_indices(connection: Connection, deployment_id: int) -> dict[tuple[str, str], int]:
    """(Vault id as text, token) → the token's index in the vault's strategy."""
    rows = connection.execute(
        select(Vault.vault_id, StrategyToken.token, StrategyToken.token_index)
        .join(
            StrategyToken,
            (StrategyToken.deployment_id == Vault.deployment_id)
            & (StrategyToken.strategy_id == Vault.strategy_id),
        )
        .where(Vault.deployment_id == deployment_id)
    )
    return {(str(vault_id), token): index for vault_id, token, index in rows}


def _outflow_checks(
    connection: Connection, deployment_id: int, hub: str, indices: Mapping[tuple[str, str], int]
) -> list[Check]:
    """What left each vault without a price since its escrow was last settled."""
    rows = connection.execute(
        select(Escrow.vault_id, Escrow.token, Escrow.event, Escrow.outflow)
        .where(Escrow.deployment_id == deployment_id)
        .order_by(Escrow.block_number, Escrow.log_index)
    )
    left: defaultdict[tuple[str, str], int] = defaultdict(int)
    for vault_id, token, event, outflow in rows:
        key = (str(vault_id), token)
        left[key] = 0 if event == EscrowSettled.__name__ else left[key] + outflow
    return [
        Check((OUTFLOW, *key), amount, _escrow_call(hub, key[0], indices[key]), _OUTFLOW_WORD)
        for key, amount in left.items()
    ]


def _vault_checks(connection: Connection, deployment_id: int, hub: str) -> list[Check]:
    rows = connection.execute(
        select(Vault.__table__, Strategy.base_token)
        .join(
            Strategy,
            (Strategy.deployment_id == Vault.deployment_id) & (Strategy.strategy_id == Vault.strategy_id),
        )
        .where(Vault.deployment_id == deployment_id)
    )
    checks = []
    for row in rows:
        for name, (view, member) in _FIGURES.items():
            value = getattr(row, name)
            amount = VaultStatus[value.upper()] if name == "status" else value
            call = Call(hub, _selector(f"{view}(uint32)") + encode(["uint32"], [row.vault_id]))
            key = (name, str(row.vault_id), row.base_token if view == "marksOf" else "")
            checks.append(Check(key, int(amount), call, word_of(view, member)))
    return checks


def _escrow_call(hub: str, vault_id: str, index: int) -> Call:
    return Call(hub, _ESCROW_OF + encode(["uint32", "uint256"], [int(vault_id), index]))


def _ledger_balances(
    connection: Connection, deployment_id: int, time: int, vault_tokens: Iterable[tuple[str, str]]
) -> dict[BalanceKey, int]:
    """Every balance to check, zeros included: a zero in the ledger must be one on the chain."""
    keys: set[BalanceKey] = {(postings.VAULT, *of_vault) for of_vault in vault_tokens}
    tokens = connection.scalars(
        select(Token.address).where(
            Token.deployment_id == deployment_id, Token.vetoed_block.is_(None), Token.usable_from <= time
        )
    ).all()
    balances = dict.fromkeys(keys, 0) | {(HUB, "", token): 0 for token in tokens}
    found = connection.execute(
        select(Balance.account_kind, Balance.account, Balance.token, Balance.amount).where(
            Balance.deployment_id == deployment_id,
            Balance.account_kind.in_(sorted(postings.HELD_BY_HUB)),
        )
    )
    for kind, account, token, amount in found:
        balances[kind, account, token] = amount
        balances[HUB, "", token] = balances.get((HUB, "", token), 0) + amount
    return balances


def _balance_check(hub: str, key: BalanceKey, amount: int, indices: Mapping[tuple[str, str], int]) -> Check:
    kind, account, token = key
    if kind == HUB:
        return Check(key, amount, Call(token, _BALANCE_OF + encode(["address"], [hub])))
    if kind == postings.ESCROW:
        return Check(key, amount, _escrow_call(hub, account, indices[account, token]), _HELD_WORD)
    selector, types = _VIEWS[kind]
    arguments = [int(account) if kind == postings.VAULT else account, token]
    return Check(key, amount, Call(hub, selector + encode(types, arguments)))
