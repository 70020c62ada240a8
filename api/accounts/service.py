"""Answers about accounts."""

from collections.abc import Mapping

from api.accounts import repository
from api.accounts.schemas import Account
from api.schemas import Amount, Answer
from api.snapshot import Snapshot


def get_account(snapshot: Snapshot, owner: str) -> Answer[Account]:
    """Return what an address holds; every address has an account, most are empty."""
    session, deployment_id = snapshot.session, snapshot.deployment_id

    def amounts(balances: Mapping[str, int]) -> list[Amount]:
        listed = snapshot.tokens.by_address
        return [Amount.of(token, balances[at]) for at, token in listed.items() if balances.get(at)]

    account = Account(
        owner=owner,
        idle=amounts(repository.list_balances(session, deployment_id, "account", owner)),
        in_vaults=amounts(repository.sum_vaults(session, deployment_id, owner)),
        claimable_fees=amounts(repository.list_balances(session, deployment_id, "fee", owner)),
        vault_ids=list(repository.list_vault_ids(session, deployment_id, owner)),
    )
    return Answer(as_of_block=snapshot.block, data=account)
