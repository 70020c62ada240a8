# ruff: noqa: S608 (the text of a view is of this file's own words alone)
"""Views for BI tools, with names instead of numbers: `v1_…`.

What a view of version 1 has stays as it is; a change that would break a report makes a `v2_…` beside it.
Amounts are there twice: `…_units`, the exact integer, and the same in whole tokens; on SQLite, which has no
such numbers, both are text. docs/analysts.md says what the columns are.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_TRADE = """({0} / 4294967296) || '-' ||
    CASE WHEN {0} % 4294967296 >= 2147483648 THEN 's' ELSE '' END || ({0} % 2147483648)"""
"""A trade as the API calls it: `1-9`, or `1-s2` where the leader did not give it."""

_PLACE = "{0}.block_number, {0}.log_index, {time} AS block_time, {0}.tx_hash"
_DEPLOYMENT = "d.chain_id, d.hub"
_OF_DEPLOYMENT = "JOIN deployments d ON d.id = {0}.deployment_id"
_OF_STRATEGY = "s.deployment_id = {0}.deployment_id AND s.strategy_id = {0}.strategy_id"
_OF_VAULT = "v.deployment_id = {0}.deployment_id AND v.vault_id = {0}.vault_id"


class Words(NamedTuple):
    """How a database says what views need: a scaled integer, seconds as time and as day."""

    whole: Callable[[str, str], str]
    time: Callable[[str], str]
    day: Callable[[str], str]
    number: Callable[[str], str]


def _sqlite_whole(units: str, digits: str) -> str:
    """Exact by the digits themselves: SQLite counts to 64 bits."""
    bare = f"ltrim({units}, '-')"
    padded = f"(substr(hex(zeroblob(128)), 1, max({digits} + 1 - length({bare}), 0)) || {bare})"
    whole = f"substr({padded}, 1, length({padded}) - {digits})"
    part = f"rtrim(substr({padded}, length({padded}) - {digits} + 1), '0')"
    sign = f"CASE WHEN {units} LIKE '-%' THEN '-' ELSE '' END"
    return f"({sign} || {whole} || CASE WHEN {part} = '' THEN '' ELSE '.' || {part} END)"


_SQLITE = Words(
    whole=_sqlite_whole,
    time=lambda seconds: f"strftime('%Y-%m-%dT%H:%M:%SZ', {seconds}, 'unixepoch')",
    day=lambda seconds: f"date({seconds}, 'unixepoch')",
    number=lambda text: text,
)
_POSTGRESQL = Words(
    whole=lambda units, digits: f"trim_scale({units} * ('1e-' || {digits})::numeric)",
    time=lambda seconds: f"to_timestamp({seconds})",
    day=lambda seconds: f"(to_timestamp({seconds}) AT TIME ZONE 'UTC')::date",
    number=lambda text: f"{text}::numeric",
)


def upgrade() -> None:
    """Create the views."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    for name, (about, query) in _views(_POSTGRESQL if postgresql else _SQLITE).items():
        op.execute(f"CREATE VIEW {name} AS {query}")
        if postgresql:
            op.execute(f"COMMENT ON VIEW {name} IS '{about}'")


def downgrade() -> None:
    """Drop the views."""
    for name in reversed(list(_views(_SQLITE))):
        op.execute(f"DROP VIEW {name}")


def _views(words: Words) -> Mapping[str, tuple[str, str]]:
    """View → what its rows are, and its query; one may read those before it."""
    return {
        "v1_tokens": ("A token of a hub, as last listed.", _tokens()),
        "v1_trades": ("A trade: one instruction, of a leader, a keeper or an owner.", _trades(words)),
        "v1_copies": ("What a trade did in one vault: filled, or skipped with the reason.", _copies(words)),
        "v1_fills": ("A filled copy with its amounts.", _fills(words)),
        "v1_fees": ("A fee that a vault paid, and its parts.", _fees(words)),
        "v1_positions": ("What a vault holds of a token now, and its average cost.", _positions(words)),
        "v1_daily_equity": ("A vault after its last event of a day (UTC).", _daily_equity(words)),
        "v1_postings": ("A line of the books: lines of a token sum to zero.", _postings(words)),
    }


def _tokens() -> str:
    return f"""
SELECT {_DEPLOYMENT}, t.deployment_id, t.address AS token, t.symbol, t.decimals
FROM tokens t {_OF_DEPLOYMENT.format("t")}
WHERE NOT EXISTS (
    SELECT 1 FROM tokens later WHERE later.deployment_id = t.deployment_id AND later.address = t.address
    AND (later.block_number > t.block_number
        OR later.block_number = t.block_number AND later.log_index > t.log_index)
)"""


def _trades(words: Words) -> str:
    portion = words.whole("CAST(t.portion AS text)" if words is _SQLITE else "t.portion", "18")
    completed = words.time("t.completed_time")
    return f"""
SELECT {_DEPLOYMENT}, {_TRADE.format("t.trade_id")} AS trade, t.trade_id, t.strategy_id, s.name AS strategy,
    t.kind, t.by AS begun_by, t.pool, t.token_in, i.symbol AS symbol_in, t.token_out, o.symbol AS symbol_out,
    {portion} AS portion, CASE WHEN t.completed_block IS NULL THEN 'copying' ELSE 'completed' END AS status,
    t.completed_block, {completed} AS completed_time, {words.time("t.copy_deadline")} AS copy_deadline,
    {_place(words, "t")}
FROM trades t {_OF_DEPLOYMENT.format("t")}
JOIN strategies s ON {_OF_STRATEGY.format("t")}
{_token("i", "t", "t.token_in")} {_token("o", "t", "t.token_out")}"""


def _copies(words: Words) -> str:
    return f"""
SELECT {_DEPLOYMENT}, {_TRADE.format("c.trade_id")} AS trade, c.trade_id, c.strategy_id, s.name AS strategy,
    c.vault_id, v.owner, v.is_leader, c.policy_revision, c.status, c.reason, c.reduced_by,
    {_place(words, "c")}
FROM copies c {_OF_DEPLOYMENT.format("c")}
JOIN strategies s ON {_OF_STRATEGY.format("c")}
JOIN vaults v ON {_OF_VAULT.format("c")}"""


def _fills(words: Words) -> str:
    return f"""
SELECT {_DEPLOYMENT}, {_TRADE.format("c.trade_id")} AS trade, c.trade_id, c.strategy_id, s.name AS strategy,
    c.vault_id, v.owner, v.is_leader, l.batch, l.token_in, i.symbol AS symbol_in, l.token_out,
    o.symbol AS symbol_out, c.amount_in AS sold_units, {words.whole("c.amount_in", "i.decimals")} AS sold,
    c.fee AS fee_units, {words.whole("c.fee", "i.decimals")} AS fee,
    c.amount_out AS bought_units, {words.whole("c.amount_out", "o.decimals")} AS bought,
    c.reduced_by, {_place(words, "c")}
FROM copies c {_OF_DEPLOYMENT.format("c")}
JOIN strategies s ON {_OF_STRATEGY.format("c")}
JOIN vaults v ON {_OF_VAULT.format("c")}
JOIN clearings l ON l.deployment_id = c.deployment_id AND l.block_number = c.block_number
    AND l.log_index = c.clearing_log_index
{_token("i", "l", "l.token_in")} {_token("o", "l", "l.token_out")}
WHERE c.status = 'filled'"""


def _fees(words: Words) -> str:
    parts = ("amount", "to_leader", "to_protocol", "to_referrer")
    of_fee = ", ".join(
        f"f.{each} AS {each}_units, {words.whole(f'f.{each}', 't.decimals')} AS {each}" for each in parts
    )
    nothing = ", ".join(f"NULL AS {each}_units, NULL AS {each}" for each in parts[1:])
    if words is _POSTGRESQL:
        nothing = nothing.replace("NULL", "NULL::numeric")
    return f"""
SELECT {_DEPLOYMENT}, f.kind, f.vault_id, v.owner, f.strategy_id, s.name AS strategy, f.token, t.symbol,
    {of_fee}, f.leader, f.treasury, f.referrer, NULL AS trade, {_place(words, "f")}
FROM fees f {_OF_DEPLOYMENT.format("f")}
JOIN strategies s ON {_OF_STRATEGY.format("f")}
JOIN vaults v ON {_OF_VAULT.format("f")}
{_token("t", "f", "f.token")}
UNION ALL
SELECT {_DEPLOYMENT}, 'copy', c.vault_id, v.owner, c.strategy_id, s.name, l.token_in, t.symbol,
    c.fee, {words.whole("c.fee", "t.decimals")}, {nothing}, s.leader, NULL, NULL,
    {_TRADE.format("c.trade_id")}, {_place(words, "c")}
FROM copies c {_OF_DEPLOYMENT.format("c")}
JOIN strategies s ON {_OF_STRATEGY.format("c")}
JOIN vaults v ON {_OF_VAULT.format("c")}
JOIN clearings l ON l.deployment_id = c.deployment_id AND l.block_number = c.block_number
    AND l.log_index = c.clearing_log_index
{_token("t", "l", "l.token_in")}
WHERE c.status = 'filled' AND c.fee <> {"'0'" if words is _SQLITE else "0"}"""


def _positions(words: Words) -> str:
    none = "'0'" if words is _SQLITE else "0"
    cost = words.whole("p.average_cost", "k.decimals")
    return f"""
SELECT {_DEPLOYMENT}, v.vault_id, v.owner, v.is_leader, v.status, v.strategy_id, s.name AS strategy, b.token,
    t.symbol, b.amount AS amount_units, {words.whole("b.amount", "t.decimals")} AS amount, s.base_token,
    k.symbol AS base_symbol, p.average_cost AS cost_basis_units, {cost} AS cost_basis
FROM balances b {_OF_DEPLOYMENT.format("b")}
JOIN vaults v ON v.deployment_id = b.deployment_id AND CAST(v.vault_id AS varchar(42)) = b.account
JOIN strategies s ON {_OF_STRATEGY.format("v")}
{_token("t", "b", "b.token")} {_token("k", "s", "s.base_token")}
LEFT JOIN vault_positions p ON p.deployment_id = v.deployment_id AND p.vault_id = v.vault_id
    AND p.token = b.token AND p.hour = (
        SELECT max(q.hour) FROM vault_positions q WHERE q.deployment_id = v.deployment_id
        AND q.vault_id = v.vault_id AND q.token = b.token
    )
WHERE b.account_kind = 'vault' AND b.amount <> {none}"""


def _daily_equity(words: Words) -> str:
    amounts = {"equity": "equity", "cash": "cash", "deposited": "deposited", "withdrawn": "average_withdrawn"}
    shown = ", ".join(
        f"h.{column} AS {name}_units, {words.whole(f'h.{column}', 't.decimals')} AS {name}"
        for name, column in amounts.items()
    )
    return f"""
SELECT {_DEPLOYMENT}, {words.day("h.hour")} AS day, h.vault_id, v.owner, v.is_leader, v.strategy_id,
    s.name AS strategy, s.base_token, t.symbol AS base_symbol, {shown},
    CASE WHEN h.returns_defined THEN {words.number("h.growth")} END AS growth,
    CASE WHEN h.returns_defined THEN {words.number("h.drawdown")} END AS max_drawdown,
    h.last_block AS block_number, h.last_log_index AS log_index, {words.time("h.last_time")} AS block_time
FROM vault_hours h {_OF_DEPLOYMENT.format("h")}
JOIN vaults v ON {_OF_VAULT.format("h")}
JOIN strategies s ON {_OF_STRATEGY.format("v")}
{_token("t", "s", "s.base_token")}
WHERE NOT EXISTS (
    SELECT 1 FROM vault_hours later WHERE later.deployment_id = h.deployment_id
    AND later.vault_id = h.vault_id AND later.hour > h.hour
    AND later.hour < h.hour - h.hour % 86400 + 86400
)"""


def _postings(words: Words) -> str:
    return f"""
SELECT {_DEPLOYMENT}, p.block_number, p.log_index, p.line, {words.time("e.block_time")} AS block_time,
    e.tx_hash, p.entry_log_index, e.kind AS event, p.purpose,
    CASE WHEN e.trade_id IS NOT NULL THEN {_TRADE.format("e.trade_id")} END AS trade,
    b.account_kind, b.account, CASE WHEN b.account_kind IN ('vault', 'escrow') THEN v.owner
        WHEN b.account_kind IN ('account', 'fee') THEN b.account END AS owner,
    v.strategy_id, b.token, t.symbol, p.amount AS amount_units,
    {words.whole("p.amount", "t.decimals")} AS amount
FROM postings p {_OF_DEPLOYMENT.format("p")}
JOIN entries e ON e.deployment_id = p.deployment_id AND e.block_number = p.block_number
    AND e.log_index = p.entry_log_index
JOIN balances b ON b.deployment_id = p.deployment_id AND b.account_id = p.account_id
LEFT JOIN vaults v ON b.account_kind IN ('vault', 'escrow') AND v.deployment_id = b.deployment_id
    AND CAST(v.vault_id AS varchar(42)) = b.account
{_token("t", "b", "b.token")}"""


def _place(words: Words, table: str) -> str:
    return _PLACE.format(table, time=words.time(f"{table}.block_time"))


def _token(alias: str, table: str, address: str) -> str:
    return (
        f"JOIN v1_tokens {alias} ON {alias}.deployment_id = {table}.deployment_id "
        f"AND {alias}.token = {address}"
    )
