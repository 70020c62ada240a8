"""Proves that ledger and chain agree: every balance against the hub's own books, at one block, to the wei."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from eth_abi.abi import encode
from eth_utils.crypto import keccak
from sqlalchemy import Connection, Engine, insert, select

from indexer.chain.reader import ChainReader
from indexer.chain.types import Call
from indexer.ledger import postings
from indexer.ledger.checkpoint import Checkpoint, find_deployment, read_checkpoint
from indexer.ledger.database import snapshot
from indexer.ledger.migrations import ensure_current
from indexer.ledger.models import (
    Balance,
    Posting,
    Reconciliation,
    ReconciliationDifference,
    StrategyToken,
    Token,
    Vault,
)
from indexer.ledger.rows import BalanceKey
from indexer.sync.deployment import Deployment
from indexer.sync.errors import EmptyLedgerError

_CHUNK = 1000

HUB = "hub"


def _selector(signature: str) -> bytes:
    return bytes(keccak(text=signature)[:4])


_VIEWS = {
    postings.VAULT: (_selector("vaultBalance(uint32,address)"), ["uint32", "address"]),
    postings.ACCOUNT: (_selector("accountBalance(address,address)"), ["address", "address"]),
    postings.FEE: (_selector("feeBalance(address,address)"), ["address", "address"]),
}
_BALANCE_OF = _selector("balanceOf(address)")


@dataclass(frozen=True, slots=True)
class Difference:
    """A balance that differs, in token units. Kind `hub`: the tokens it holds are fewer than what it owes."""

    account_kind: str
    account: str
    token: str
    ledger_amount: int
    chain_amount: int


@dataclass(frozen=True, slots=True)
class Report:
    """One reconciliation. It holds when there are no differences."""

    block: Checkpoint
    balances_checked: int
    differences: tuple[Difference, ...]


async def reconcile(
    reader: ChainReader,
    engine: Engine,
    deployment: Deployment,
    *,
    on_progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Compare every balance that can be other than zero with the chain at the ledger's checkpoint; store the
    report.

    That is: each vault in each token of its strategy, each account and fee balance that was ever posted to,
    and for each token in use the hub's own holding, which must cover the sum of the three. A token whose
    listing still waits, or was vetoed, is left alone: the hub takes none of it yet. `on_progress` gets
    balances checked and balances to check.
    """
    await reader.require_chain(deployment.chain_id)
    ensure_current(engine)
    deployment_id = find_deployment(engine, deployment.chain_id, deployment.hub)
    if deployment_id is None:
        raise EmptyLedgerError(
            "The database has no ledger of this hub yet.", remedy="Run `lockstep index` on it first."
        )
    with snapshot(engine) as connection:
        block = read_checkpoint(connection, deployment_id)
        ledger = _ledger_balances(connection, deployment_id, block.time)
    keys = sorted(ledger)
    differences: list[Difference] = []
    for at in range(0, len(keys), _CHUNK):
        part = keys[at : at + _CHUNK]
        answers = await reader.call_all([_call(deployment.hub, key) for key in part], block.hash)
        chain = [int.from_bytes(answer) for answer in answers]
        differences += _compare(ledger, part, chain)
        if on_progress is not None:
            on_progress(at + len(part), len(keys))
    report = Report(block, len(keys), tuple(differences))
    _store(engine, deployment_id, report)
    return report


def _ledger_balances(connection: Connection, deployment_id: int, time: int) -> dict[BalanceKey, int]:
    """Every balance to check, zeros included: a zero in the ledger must be one on the chain."""
    keys: set[BalanceKey] = set()
    vaults = connection.execute(
        select(Vault.vault_id, StrategyToken.token)
        .join(
            StrategyToken,
            (StrategyToken.deployment_id == Vault.deployment_id)
            & (StrategyToken.strategy_id == Vault.strategy_id),
        )
        .where(Vault.deployment_id == deployment_id)
    )
    keys.update((postings.VAULT, str(vault_id), token) for vault_id, token in vaults)
    posted = connection.execute(
        select(Posting.account_kind, Posting.account, Posting.token)
        .distinct()
        .where(
            Posting.deployment_id == deployment_id,
            Posting.account_kind.in_(sorted(postings.HELD_BY_HUB)),
        )
    )
    keys.update((kind, account, token) for kind, account, token in posted)
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


def _call(hub: str, key: BalanceKey) -> Call:
    kind, account, token = key
    if kind == HUB:
        return Call(token, _BALANCE_OF + encode(["address"], [hub]))
    selector, types = _VIEWS[kind]
    return Call(hub, selector + encode(types, [int(account) if kind == postings.VAULT else account, token]))


def _compare(ledger: dict[BalanceKey, int], keys: list[BalanceKey], chain: list[int]) -> list[Difference]:
    return [
        Difference(*key, ledger_amount=ledger[key], chain_amount=held)
        for key, held in zip(keys, chain, strict=True)
        if (held < ledger[key] if key[0] == HUB else held != ledger[key])
    ]


def _store(engine: Engine, deployment_id: int, report: Report) -> None:
    with engine.begin() as connection:
        reconciliation_id = connection.execute(
            insert(Reconciliation)
            .values(
                deployment_id=deployment_id,
                checked_us=time.time_ns() // 1000,
                block_number=report.block.number,
                block_hash=report.block.hash,
                balances_checked=report.balances_checked,
                mismatches=len(report.differences),
            )
            .returning(Reconciliation.id)
        ).scalar_one()
        if report.differences:
            connection.execute(
                insert(ReconciliationDifference),
                [
                    {
                        "reconciliation_id": reconciliation_id,
                        "account_kind": each.account_kind,
                        "account": each.account,
                        "token": each.token,
                        "ledger_amount": each.ledger_amount,
                        "chain_amount": each.chain_amount,
                    }
                    for each in report.differences
                ],
            )
