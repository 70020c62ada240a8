"""The columns of copies and clearings that answers are made of: whole rows are several times as dear."""

from typing import NamedTuple


class CopyCells(NamedTuple):
    """What a trade did in a vault; names are those of the table's columns."""

    block_number: int
    log_index: int
    block_time: int
    tx_hash: str
    trade_id: int
    vault_id: int
    policy_revision: int
    reason: str | None
    reduced_by: str | None
    amount_in: int
    fee: int
    amount_out: int


class ClearingCells(NamedTuple):
    """The swap that a fill was part of; names are those of the table's columns."""

    token_in: str
    token_out: str
    batch: int
    amount_in: int
    amount_out: int
    keeper_fee: int
    oracle_out: int
