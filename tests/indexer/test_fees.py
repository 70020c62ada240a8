"""What every event of fees, marks, terms and closes posts, that a rollback undoes it, and that other
arithmetic comes to the same.
"""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

import pytest
from sqlalchemy import Engine, select

from accounting.fees import divide
from accounting.marks import Marks
from indexer.decode import events as e
from indexer.ledger.errors import InvariantError
from indexer.ledger.models import (
    Balance,
    Base,
    Clearing,
    Copy,
    Escrow,
    Fee,
    LeaderCap,
    Posting,
    ProtocolShare,
    Strategy,
    StrategyLimits,
    Terms,
    TermsProposal,
    Trade,
    Vault,
    VaultState,
)
from indexer.ledger.models import Policy as PolicyRow
from protocol.types import FeeKind, FeeTerms, Policy, Reason, TradeKind, VaultStatus
from tests.indexer.blocks import TOKENS, block, header, write
from tests.indexer.paper_books import POOL, TREASURY, WAD
from tests.indexer.paper_fees import FIRST_TERMS
from tests.indexer.story import (
    FUTURE,
    KEEPER,
    LEADER,
    LIMITS,
    NOBODY,
    PAST,
    REFERRER,
    USDC,
    VENUE,
    WETH,
    address,
    tell,
)
from tests.indexer.tables import content
from tests.indexer.test_ledger import append, checkpoint_at, created, held, in_blocks, new_ledger

ALICE = address(0xE001)
TRADE, SOLO = 1 << 32 | 1, 1 << 32 | 1 << 31 | 1
FOUNDED: list[e.Event] = [
    e.TreasurySet(TREASURY),
    e.TokenListed(USDC, PAST),
    e.TokenListed(WETH, PAST),
    created(2_000),
    e.StrategyLimitsSet(1, LIMITS),
    e.TermsSet(1, 1, FIRST_TERMS),
    e.StrategyTokenAdded(1, USDC, 0),
    e.StrategyTokenAdded(1, WETH, 1),
    e.VaultOpened(1, 1, LEADER, 0, 2**32 - 1, 0, NOBODY),
    e.VaultOpened(2, 1, ALICE, 30, 0, 1, REFERRER),
    e.Deposited(ALICE, USDC, 1_000, ALICE),
    e.Allocated(2, ALICE, USDC, 1_000),
    e.VaultMarked(2, 1_000, 1_000),
]


def rows(engine: Engine, table: type[Base], *names: str) -> list[tuple[Any, ...]]:
    columns = [getattr(table, name) for name in names]
    with engine.connect() as connection:
        return [
            tuple(row) for row in connection.execute(select(*columns).order_by(*table.__table__.primary_key))
        ]


def posted(engine: Engine, number: int) -> dict[str, list[tuple[str, str, str, int]]]:
    """Purpose → lines of a block."""
    lines = defaultdict(list)
    query = (
        select(Posting.purpose, Balance.account_kind, Balance.account, Balance.token, Posting.amount)
        .join(Balance, Balance.account_id == Posting.account_id)
        .where(Posting.block_number == number)
        .order_by(Posting.log_index, Posting.line)
    )
    with engine.connect() as connection:
        for row in connection.execute(query):
            lines[row.purpose].append(tuple(row)[1:])
    return dict(lines)


def tell_and_take_back(engine: Engine, told: Sequence[e.Event]) -> dict[str, list[tuple[str, str, str, int]]]:
    """Post a block on top of a funded vault; that it can be rolled back without a trace is part of every
    test.
    """
    blocks = [block(1, [FOUNDED]), block(2, [told])]
    ledger = new_ledger(engine)
    write(ledger, blocks[:1], TOKENS, blocks[0].header)
    ledger.note_head(blocks[1].header)
    before = content(engine)
    write(ledger, blocks[1:], TOKENS, blocks[1].header)
    after = content(engine)
    ledger.roll_back(checkpoint_at(blocks, 1))
    assert content(engine) == before
    write(ledger, blocks[1:], TOKENS, blocks[1].header)
    assert content(engine) == after
    return posted(engine, 2)


@pytest.mark.parametrize("kind", list(FeeKind))
def test_fee_leaves_the_vault_for_leader_protocol_and_referrer(engine: Engine, kind: FeeKind) -> None:
    lines = tell_and_take_back(engine, [e.FeeCharged(2, USDC, kind, 101, 20, 24)])
    assert lines == {
        f"{kind.snake}_fee": [
            ("vault", "2", USDC, -101),
            ("fee", LEADER, USDC, 57),
            ("fee", TREASURY, USDC, 20),
            ("fee", REFERRER, USDC, 24),
        ]
    }
    assert rows(
        engine,
        Fee,
        "vault_id",
        "strategy_id",
        "kind",
        "amount",
        "to_leader",
        "leader",
        "treasury",
        "referrer",
    ) == [(2, 1, kind.snake, 101, 57, LEADER, TREASURY, REFERRER)]


@pytest.mark.parametrize(
    ("fee", "problem"),
    [
        (e.FeeCharged(9, USDC, FeeKind.WITHDRAWAL, 1, 0, 0), "before it was opened"),
        (e.FeeCharged(2, USDC, FeeKind.WITHDRAWAL, 9, 5, 5), "not its own"),
        (e.FeeCharged(1, USDC, FeeKind.WITHDRAWAL, 9, 0, 1), "not its own"),
        (e.FeeCharged(2, USDC, FeeKind.WITHDRAWAL, 1_001, 0, 0), "would become -1"),
    ],
)
def test_fee_that_contradicts_the_vault_is_refused(engine: Engine, fee: e.FeeCharged, problem: str) -> None:
    with pytest.raises(InvariantError, match=problem):
        write(new_ledger(engine), [block(1, [FOUNDED, [fee]])], TOKENS, header(1))


def test_what_is_held_back_waits_in_the_vaults_escrow_until_it_is_divided(engine: Engine) -> None:
    left = [e.FeeEscrowed(2, USDC, 500, 100), e.Deallocated(2, ALICE, USDC, 400)]
    settled = [
        e.EscrowSettled(2, ALICE, USDC, 30, 70),
        e.FeeCharged(2, USDC, FeeKind.PERFORMANCE, 30, 6, 0),
        e.VaultMarked(2, 500, 500),
    ]
    lines = tell_and_take_back(engine, [*left, *settled])
    assert lines["escrow_hold"] == [("vault", "2", USDC, -100), ("escrow", "2", USDC, 100)]
    assert lines["escrow_fee"] == [("escrow", "2", USDC, -30), ("vault", "2", USDC, 30)]
    assert lines["escrow_release"] == [("escrow", "2", USDC, -70), ("account", ALICE, USDC, 70)]
    assert held(engine) == {
        ("vault", "2", USDC): 500,
        ("account", ALICE, USDC): 470,
        ("fee", LEADER, USDC): 24,
        ("fee", TREASURY, USDC): 6,
    }
    names = ("event", "outflow", "held", "to_fees", "to_owner")
    assert rows(engine, Escrow, *names) == [("FeeEscrowed", 500, 100, 0, 0), ("EscrowSettled", 0, 0, 30, 70)]
    assert rows(engine, Vault, "mark", "invested") == [(0, 0), (500, 500)]


def test_escrow_that_never_was_cannot_be_settled(engine: Engine) -> None:
    settled = e.EscrowSettled(2, ALICE, USDC, 0, 1)
    with pytest.raises(InvariantError, match=r"escrow balance of 2 .* would become -1"):
        write(new_ledger(engine), [block(1, [FOUNDED, [settled]])], TOKENS, header(1))


def test_batch_divides_copy_fees_and_pays_its_keeper(engine: Engine) -> None:
    lines = tell_and_take_back(
        engine,
        [
            e.TradeOpened(TRADE, LEADER, TradeKind.LEADER, POOL, USDC, WETH, WAD, 0, 0, 1, 99),
            # 500 go in and buy 250, of which 3 are the keeper's and 1 is dust; a fifth of the 9 is the
            # protocol's.
            e.BatchCleared(TRADE, VENUE, USDC, WETH, 1, WAD, 500, 0, 247, 1, 9, 3, KEEPER, 251),
            e.TradeCopied(TRADE, 2, 1, 500, 9, 246, Reason.MAXIMUM_TRADE),
        ],
    )
    assert lines == {
        "dust": [("venue", VENUE, WETH, -1), ("fee", TREASURY, WETH, 1)],
        "protocol_share": [("fee", LEADER, USDC, -1), ("fee", TREASURY, USDC, 1)],
        "keeper_fee": [("venue", VENUE, WETH, -3), ("fee", KEEPER, WETH, 3)],
        "sold": [("venue", VENUE, USDC, 500), ("vault", "2", USDC, -500)],
        "copy_fee": [("vault", "2", USDC, -9), ("fee", LEADER, USDC, 9)],
        "bought": [("venue", VENUE, WETH, -246), ("vault", "2", WETH, 246)],
    }
    names = ("amount_out", "copy_fees", "protocol_fees", "keeper_fee", "keeper")
    assert rows(engine, Clearing, *names) == [(247, 9, 1, 3, KEEPER)]
    assert rows(engine, Copy, "status", "reason", "reduced_by") == [("filled", None, "maximum_trade")]
    assert rows(engine, Trade, "kind", "by", "completed_block") == [("leader", LEADER, None)]


@pytest.mark.parametrize(("kind", "by"), [(TradeKind.CLOSE, KEEPER), (TradeKind.MANUAL, ALICE)])
def test_trade_that_no_leader_gave_is_complete_at_once_and_says_who_began_it(
    engine: Engine, kind: TradeKind, by: str
) -> None:
    tell_and_take_back(
        engine,
        [
            e.TradeOpened(SOLO, by, kind, POOL, USDC, WETH, WAD, 0, 0, 0, 0),
            e.BatchCleared(SOLO, VENUE, USDC, WETH, 0, WAD, 1_000, 0, 400, 0, 0, 0, NOBODY, 0),
            e.TradeCopied(SOLO, 2, 1, 1_000, 0, 400, Reason.NONE),
        ],
    )
    names = ("strategy_id", "sequence", "kind", "by", "completed_block")
    assert rows(engine, Trade, *names) == [(1, 1 << 31 | 1, kind.snake, by, 2)]
    assert rows(engine, Clearing, "keeper", "keeper_fee", "oracle_out") == [(None, 0, 0)]
    assert held(engine) == {("vault", "2", WETH): 400}


def test_errors_call_a_trade_that_no_leader_gave_by_its_own_count(engine: Engine) -> None:
    lost = e.CopySkipped(SOLO, 2, 1, Reason.EXITING)
    with pytest.raises(InvariantError, match="trade 1-s1 went on before it was opened"):
        write(new_ledger(engine), [block(1, [FOUNDED, [lost]])], TOKENS, header(1))


def test_vault_keeps_status_with_reason_terms_and_marks_through_its_life(engine: Engine) -> None:
    told: list[e.Event] = [
        e.VaultStatusSet(2, VaultStatus.SUSPENDED, Reason.DAILY_LOSS),
        e.VaultStatusSet(2, VaultStatus.ACTIVE, Reason.NONE),
        e.TermsAccepted(2, 2, 10),
        e.VaultMarked(2, 1_300, 900),
    ]
    assert tell_and_take_back(engine, told) == {}
    names = ("event", "status", "status_reason", "terms_version", "copy_fee_bps", "mark", "invested")
    assert rows(engine, VaultState, *names)[3:] == [
        ("VaultStatusSet", "Suspended", "daily_loss", 1, 30, 1_000, 1_000),
        ("VaultStatusSet", "Active", None, 1, 30, 1_000, 1_000),
        ("TermsAccepted", "Active", None, 2, 10, 1_000, 1_000),
        ("VaultMarked", "Active", None, 2, 10, 1_300, 900),
    ]
    assert rows(engine, Vault, *names[1:])[1] == ("Active", None, 2, 10, 1_300, 900)


def test_policy_is_kept_whole(engine: Engine) -> None:
    policy = Policy(*(at % 4 for at in range(3)), *range(3, 18))
    assert tell_and_take_back(engine, [e.PolicySet(2, 1, policy)]) == {}
    names = list(asdict(policy))
    kept = dict(zip(names, rows(engine, PolicyRow, *names)[0], strict=True))
    assert kept == asdict(policy) | {"sizing": "proportional", "on_breach": "skip", "on_stop": "suspend"}


def test_terms_proposals_limits_caps_and_the_protocols_share_are_kept(engine: Engine) -> None:
    dearer = replace(FIRST_TERMS, performance_bps=3_000)
    told: list[e.Event] = [
        e.TermsProposed(1, dearer, FUTURE),
        e.TermsSet(1, 2, dearer),
        e.LeaderCapSet(ALICE, 5_000),
        e.ProtocolShareSet(700),
    ]
    assert tell_and_take_back(engine, told) == {}
    names = list(asdict(dearer))
    assert [FeeTerms(*row) for row in rows(engine, Terms, *names)] == [FIRST_TERMS, dearer]
    assert rows(engine, TermsProposal, "strategy_id", "usable_from", *names) == [
        (1, FUTURE, *asdict(dearer).values())
    ]
    assert rows(engine, StrategyLimits, *asdict(LIMITS)) == [tuple(asdict(LIMITS).values())]
    assert rows(engine, LeaderCap, "owner", "cap_bps") == [(ALICE, 5_000)]
    assert rows(engine, ProtocolShare, "protocol_bps") == [(700,)]


@pytest.mark.parametrize("seed", range(50, 54))
def test_what_the_hub_on_paper_offers_and_is_told_is_kept(engine: Engine, seed: int) -> None:
    told, hub = tell(seed, 150)
    append(new_ledger(engine), in_blocks(told, random.Random(seed)), random.Random(seed))
    names = list(asdict(FIRST_TERMS))
    assert [FeeTerms(*row) for row in rows(engine, Terms, *names)] == hub.terms[1:]
    assert dict(rows(engine, LeaderCap, "owner", "cap_bps")) == hub.caps
    assert rows(engine, ProtocolShare, "protocol_bps")[-1] == (hub.share,)
    newest = {
        row[0]: row[1:] for row in rows(engine, PolicyRow, "vault_id", "min_trade", "max_trade", "size")
    }
    assert newest == {
        each: (vault.policy.min_trade, vault.policy.max_trade, vault.policy.size)
        for each, vault in hub.vaults.items()
        if vault.revision
    }


@pytest.mark.parametrize("seed", range(60, 64))
def test_marks_are_those_that_follow_from_what_went_in_out_and_was_charged(engine: Engine, seed: int) -> None:
    told, hub = tell(seed, 300)
    append(new_ledger(engine), in_blocks(told, random.Random(seed)), random.Random(seed))
    marks: defaultdict[int, Marks] = defaultdict(Marks)
    history: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for vault_id, what, *amounts in hub.facts:
        before = marks[vault_id]
        match what:
            case "put_in":
                marks[vault_id] = before.put_in(amounts[0])
            case "taken_out":
                marks[vault_id] = before.taken_out(*amounts)
            case "charged":
                marks[vault_id] = before.charged(amounts[0])
        if marks[vault_id] != before:
            history[vault_id].append((marks[vault_id].mark, marks[vault_id].invested))
    said: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for vault_id, event, *pair in rows(engine, VaultState, "vault_id", "event", "mark", "invested"):
        if event == "VaultMarked":
            said[vault_id].append((pair[0], pair[1]))
    assert said == history
    assert {what for _, what, *_ in hub.facts} == {"put_in", "taken_out", "charged"}


@pytest.mark.parametrize("seed", range(60, 64))
def test_every_fee_is_divided_as_strategy_and_terms_say(engine: Engine, seed: int) -> None:
    told, _ = tell(seed, 300)
    append(new_ledger(engine), in_blocks(told, random.Random(seed)), random.Random(seed))
    [(protocol_bps,)] = rows(engine, Strategy, "protocol_bps")
    fees = rows(engine, Fee, "amount", "to_leader", "to_protocol", "to_referrer", "referrer", "kind")
    for amount, to_leader, to_protocol, to_referrer, referrer, _ in fees:
        parts = divide(amount, protocol_bps, FIRST_TERMS.referrer_bps if referrer else 0)
        assert (to_leader, to_protocol, to_referrer) == (
            parts.to_leader,
            parts.to_protocol,
            parts.to_referrer,
        )
    assert {row[-1] for row in fees} == {kind.snake for kind in FeeKind}
    batches = rows(engine, Clearing, "copy_fees", "protocol_fees")
    assert all(share == divide(copy_fees, protocol_bps, 0).to_protocol for copy_fees, share in batches)
