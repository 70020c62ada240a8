"""The ledger's rows that must agree with the hand to the wei."""

from sqlalchemy import Engine, select

from indexer.ledger.models import Balance, Fee, OrderFill
from indexer.ledger.models import Vault as VaultRow
from tests.e2e.by_hand import Books


def agree(engine: Engine, books: Books) -> None:
    """Balances, vaults, fees and fills of orders: these rows, and no others."""
    with engine.connect() as connection:
        rows = connection.execute(
            select(Balance.account_kind, Balance.account, Balance.token, Balance.amount).where(
                Balance.amount != 0
            )
        )
        found = {(kind, account, token): amount for kind, account, token, amount in rows}
    assert found == {key: amount for key, amount in books.balances.items() if amount}
    for token in (books.base, books.asset):
        assert sum(amount for key, amount in found.items() if key[2] == token) == 0
    _vaults_agree(engine, books)
    _fees_agree(engine, books)
    _order_fills_agree(engine, books)


def _vaults_agree(engine: Engine, books: Books) -> None:
    columns = (
        VaultRow.vault_id,
        VaultRow.owner,
        VaultRow.mark,
        VaultRow.invested,
        VaultRow.status,
        VaultRow.status_reason,
        VaultRow.referrer,
    )
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(select(*columns).order_by(VaultRow.vault_id))]
    assert found == [
        (
            vault.id,
            vault.owner,
            vault.mark,
            vault.invested,
            vault.status,
            vault.stopped_by,
            vault.referrer,
        )
        for vault in books.vaults.values()
    ]


def _fees_agree(engine: Engine, books: Books) -> None:
    """Each fee and its three parts, in the order in which a vault paid them."""
    columns = (
        Fee.vault_id,
        Fee.kind,
        Fee.token,
        Fee.amount,
        Fee.to_leader,
        Fee.to_protocol,
        Fee.to_referrer,
        Fee.leader,
        Fee.treasury,
        Fee.referrer,
    )
    order = (Fee.vault_id, Fee.block_number, Fee.log_index)
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(select(*columns).order_by(*order))]
    assert found == [
        (
            vault.id,
            charge.kind,
            charge.token,
            charge.amount,
            charge.to_leader,
            charge.to_protocol,
            charge.to_referrer,
            books.leader,
            books.treasury,
            vault.referrer,
        )
        for vault in books.vaults.values()
        for charge in vault.charges
    ]


def _order_fills_agree(engine: Engine, books: Books) -> None:
    with engine.connect() as connection:
        rows = connection.execute(
            select(
                OrderFill.order_hash,
                OrderFill.part,
                OrderFill.trade_id,
                OrderFill.leader,
                OrderFill.nonce,
                OrderFill.filled,
                OrderFill.complete,
                OrderFill.keeper,
            ).order_by(OrderFill.trade_id)
        )
        found = [tuple(row) for row in rows]
    fills = [
        (
            order.hash,
            part,
            fill.trade.id,
            books.leader,
            order.nonce,
            fill.filled,
            fill.complete,
            fill.keeper,
        )
        for order in books.orders
        for part, fill in enumerate(order.fills)
    ]
    assert found == sorted(fills, key=lambda row: row[2])
