"""The rules that reconciliation compares beside the money: policies, terms and limits, member by member.

A difference names the member where one of a balance names the token.
"""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from eth_abi.abi import encode
from eth_utils.crypto import keccak
from sqlalchemy import Connection, RowMapping, select

from indexer.chain.types import Call
from indexer.ledger.models import Policy, StrategyLimits, Terms, Vault
from indexer.sync.checks import Check
from protocol import types

POLICY, TERMS, LIMITS = "policy", "terms", "limits"

_ENUMS: Mapping[str, type[types.Member]] = {
    "sizing": types.Sizing,
    "on_breach": types.OnBreach,
    "on_stop": types.OnBreach,
}


def rule_checks(connection: Connection, deployment_id: int, hub: str) -> Iterator[Check]:
    """What each vault's policy, each version of terms, and each strategy's limits are in the ledger."""
    policies = select(Policy.__table__).join(
        Vault,
        (Vault.deployment_id == Policy.deployment_id)
        & (Vault.vault_id == Policy.vault_id)
        & (Vault.policy_revision == Policy.revision),
    )
    for row in connection.execute(policies.where(Policy.deployment_id == deployment_id)).mappings():
        call = _call(hub, "policyOf(uint32)", row["vault_id"])
        yield from _members(types.Policy, row, (POLICY, str(row["vault_id"])), call)
    terms = select(Terms.__table__).where(Terms.deployment_id == deployment_id)
    for row in connection.execute(terms).mappings():
        call = _call(hub, "termsOf(uint32,uint16)", row["strategy_id"], row["version"])
        yield from _members(types.FeeTerms, row, (TERMS, f"{row['strategy_id']}-{row['version']}"), call)
    limits = select(StrategyLimits.__table__).where(StrategyLimits.deployment_id == deployment_id)
    for row in connection.execute(limits).mappings():
        call = _call(hub, "limitsOf(uint32)", row["strategy_id"])
        yield from _members(types.StrategyLimits, row, (LIMITS, str(row["strategy_id"])), call)


def _members(struct: type[Any], row: RowMapping, name: tuple[str, str], call: Call) -> Iterator[Check]:
    """The members are in the order of the contract's struct, a word each."""
    for word, member in enumerate(fields(struct)):
        value = row[member.name]
        amount = _ENUMS[member.name][value.upper()] if member.name in _ENUMS else value
        yield Check((*name, member.name), int(amount), call, word)


def _call(hub: str, signature: str, *arguments: int) -> Call:
    kinds = signature[signature.index("(") + 1 : -1].split(",")
    return Call(hub, bytes(keccak(text=signature)[:4]) + encode(kinds, arguments))
