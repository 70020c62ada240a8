"""Proves that ledger and chain agree: every balance, and what each vault is measured and ruled by, against
the hub's own books, at one block, to the wei.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, insert

from indexer.chain.reader import ChainReader
from indexer.chain.types import Call
from indexer.ledger.checkpoint import Checkpoint, read_checkpoint
from indexer.ledger.database import snapshot
from indexer.ledger.models import Reconciliation, ReconciliationDifference
from indexer.sync.checks import HUB, Check, every_check
from indexer.sync.deployment import Deployment
from indexer.sync.errors import EmptyLedgerError
from indexer.sync.existing import require_ledger
from indexer.sync.rules import rule_checks

_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure that differs; balances are in token units. Kind `hub`: it holds fewer tokens than it owes.

    Beside the kinds of balances there are `outflow` (what left a vault without a price) and those of a vault
    itself: `mark` and `invested` in base token units, `policy_revision`, `terms_version`, `copy_fee_bps`, and
    `status` by its number; and `policy` (account: the vault), `terms` (strategy-version) and `limits`
    (strategy) with the member's name for a token.
    """

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

    That is: each vault in each token of its strategy, each account, fee and escrow balance that was ever
    posted to, and for each token in use the hub's own holding, which must cover the sum of these. A token
    whose listing still waits, or was vetoed, is left alone: the hub takes none of it yet. Also compared are
    what left vaults without a price, each vault's marks, status, policy and terms, and each strategy's terms
    and limits. `on_progress` gets figures checked and figures to check.
    """
    await reader.require_chain(deployment.chain_id)
    deployment_id = require_ledger(engine, deployment)
    with snapshot(engine) as connection:
        block = read_checkpoint(connection, deployment_id)
        checks = every_check(connection, deployment_id, deployment.hub, block.time)
        checks += rule_checks(connection, deployment_id, deployment.hub)
    if not checks:
        raise EmptyLedgerError(
            f"The ledger is at block {block.number} and has nothing to compare yet.",
            remedy="Let `lockstep index` go on.",
        )
    differences: list[Difference] = []
    for at in range(0, len(checks), _CHUNK):
        part = checks[at : at + _CHUNK]
        calls = list(dict.fromkeys(check.call for check in part))
        answers = dict(zip(calls, await reader.call_all(calls, block.hash), strict=True))
        differences += _compare(part, answers)
        if on_progress is not None:
            on_progress(at + len(part), len(checks))
    report = Report(block, len(checks), tuple(differences))
    _store(engine, deployment_id, report)
    return report


def _compare(checks: Sequence[Check], answers: Mapping[Call, bytes]) -> list[Difference]:
    differences = []
    for check in checks:
        word = answers[check.call][32 * check.word : 32 * check.word + 32]
        found = int.from_bytes(word)
        agrees = found >= check.amount if check.key[0] == HUB else found == check.amount
        if len(word) != 32 or not agrees:
            differences.append(Difference(*check.key, ledger_amount=check.amount, chain_amount=found))
    return differences


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
