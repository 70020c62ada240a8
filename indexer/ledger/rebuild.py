"""Makes every derived table anew from the raw logs, in one transaction and without a node.

What cannot be derived stays: the raw logs, the blocks with their clocks, what tokens said of themselves, what
transactions cost, and the memory of rollbacks and reports.
"""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, delete, func, select

from indexer.chain.types import BlockLogs, BlockRef, Log
from indexer.decode.decoder import Decoder
from indexer.ledger.beside import Beside
from indexer.ledger.checkpoint import move_checkpoint
from indexer.ledger.content import MEMORIES
from indexer.ledger.errors import InvariantError
from indexer.ledger.ledger import Ledger
from indexer.ledger.models import Base, Block, RawLog, Token
from indexer.ledger.projection import TokenFacts

_BLOCKS = 500
_WORD = 32
_KEPT = MEMORIES | {"blocks", "raw_logs", "transactions"}

Listed = tuple[int, str]
"""A block, and a token that is listed in it."""


def rebuild(ledger: Ledger, hub: str, *, on_progress: Callable[[int, int], None] | None = None) -> int:
    """Rebuild a ledger's tables and say from how many logs. Readers see the old ones until all is done.

    `on_progress` gets logs done and logs to do. Raises what `Ledger.append` does; nothing has changed then.
    """
    deployment_id, at, decoder = ledger.deployment_id, ledger.checkpoint, Decoder()
    done, above = 0, -1
    with ledger.transaction() as connection:
        move_checkpoint(connection, deployment_id, at, at)  # takes the lock, and no other writer's checkpoint
        facts = _token_facts(connection, deployment_id)
        counted = select(func.count()).where(RawLog.deployment_id == deployment_id)
        total = connection.scalar(counted) or 0
        ledger.forget()
        for name, table in Base.metadata.tables.items():
            if name not in _KEPT:
                connection.execute(delete(table).where(table.c.deployment_id == deployment_id))
        while blocks := _next_blocks(connection, deployment_id, hub, above):
            first, above = blocks[0].header.number, blocks[-1].header.number
            tokens = {token: told for (number, token), told in facts.items() if first <= number <= above}
            decoded = decoder.decode(blocks)
            ledger.cover(connection, decoded)
            with Beside(connection, len(decoded.logs)) as beside:
                ledger.post(beside, decoded, tokens)
            done += len(decoded.logs)
            if on_progress is not None:
                on_progress(done, total)
    return done


def _token_facts(connection: Connection, deployment_id: int) -> dict[Listed, TokenFacts]:
    rows = connection.execute(
        select(Token.block_number, Token.address, Token.symbol, Token.decimals).where(
            Token.deployment_id == deployment_id
        )
    )
    return {(number, address): TokenFacts(symbol, decimals) for number, address, symbol, decimals in rows}


def _next_blocks(connection: Connection, deployment_id: int, hub: str, above: int) -> Sequence[BlockLogs]:
    """The next blocks with logs, and these, in order."""
    found = connection.execute(
        select(Block.number, Block.hash, Block.time, Block.seen_us, Block.log_count)
        .where(Block.deployment_id == deployment_id, Block.number > above, Block.log_count > 0)
        .order_by(Block.number)
        .limit(_BLOCKS)
    ).all()
    if not found:
        return []
    # The bloom was checked when the block was read, and is not kept.
    headers = [BlockRef(row.number, row.hash, row.time, row.seen_us) for row in found]
    logs: dict[int, list[Log]] = {header.number: [] for header in headers}
    address = bytes.fromhex(hub[2:])
    for row in connection.execute(
        select(RawLog.__table__)
        .where(
            RawLog.deployment_id == deployment_id,
            RawLog.block_number.between(headers[0].number, headers[-1].number),
        )
        .order_by(RawLog.block_number, RawLog.log_index)
    ):
        topics = tuple(row.topics[at : at + _WORD] for at in range(0, len(row.topics), _WORD))
        place = (row.block_number, row.block_hash, row.tx_hash, row.tx_index, row.log_index)
        logs[row.block_number].append(Log(address, *place, topics, row.data))
    for row in found:
        if len(logs[row.number]) != row.log_count:
            raise InvariantError(
                f"Block {row.number} had {row.log_count} logs, and {len(logs[row.number])} are here.",
                remedy="Attach the detached parts of raw_logs, then start again. Nothing has changed.",
            )
    return [BlockLogs(header, tuple(logs[header.number])) for header in headers]
