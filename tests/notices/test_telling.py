"""What happens in ledger and inbox becomes notices to who asked, once, and is taken back with its block."""

from typing import Any

import pytest
from sqlalchemy import select, update

from api.holdings.limits import get_limits
from api.snapshot import Snapshots
from inbox.journal import Journal
from inbox.lifecycle import Change, Status
from inbox.orders import Orders
from inbox.stops import Scope, Stops
from indexer.decode import events as e
from indexer.ledger.models import Deployment
from notices.book.kinds import Kind
from notices.book.models import Delivery, Notice
from notices.book.quiet import QuietHours
from notices.book.targets import ChannelKind
from notices.telling.teller import Teller
from protocol.types import FeeKind, OnBreach, Policy, Reason, TradeKind, VaultStatus
from tests.api.test_inbox import LEADER as SIGNER
from tests.api.test_inbox import signed
from tests.api.test_live import a_busy_block, roll_back
from tests.api.world import (
    ALICE,
    BOB,
    CAROL,
    CHAIN_ID,
    ETH,
    HUB,
    LEADER,
    POOL,
    TERMS,
    USD,
    USDC,
    WETH,
    Chain,
    cleared,
    strategy,
    trade_id,
)
from tests.notices.conftest import OK, STAFF, Office


def a_trade(sequence: int = 4) -> list[e.Event]:
    """Strategy 1 buys: copied into Alice's vault 2, skipped in Bob's 3."""
    trade = trade_id(1, sequence)
    return [
        e.TradeOpened(trade, LEADER, TradeKind.LEADER, POOL, USDC, WETH, ETH // 10, 0, 0, 4, 1_704_457_000),
        cleared(
            trade,
            (USDC, 300 * USD),
            (WETH, ETH // 8),
            ETH // 8,
            cursor=4,
            portion=ETH // 10,
            fees=USD // 10,
        ),
        e.TradeCopied(trade, 1, 0, 200 * USD, 0, ETH // 12, Reason.NONE),
        e.TradeCopied(trade, 2, 1, 100 * USD, USD // 10, ETH // 8 - ETH // 12, Reason.NONE),
        e.CopySkipped(trade, 3, 1, Reason.BELOW_MINIMUM_TRADE),
        e.TradeCompleted(trade),
    ]


def notices(office: Office) -> list[Any]:
    with office.engine.connect() as connection:
        return list(connection.execute(select(Notice.__table__).order_by(Notice.id)).mappings())


def states(office: Office) -> list[str]:
    with office.engine.connect() as connection:
        return list(connection.scalars(select(Delivery.state).order_by(Delivery.id)))


def test_who_asked_is_told_what_happened_with_reason_remedy_block_and_page(
    office: Office, chain: Chain
) -> None:
    alices, bobs = office.confirmed(ALICE), office.confirmed(BOB)
    office.wish(alices, Kind.TRADE_COPIED, Kind.FEE_CHARGED)
    office.wish(bobs, Kind.COPY_SKIPPED, Kind.TRADE_COPIED, Kind.FEE_CHARGED)
    chain.mine([*a_trade(), e.FeeCharged(2, USDC, FeeKind.PERFORMANCE, 10 * USD, 2 * USD, 0)])
    office.tell()
    copied, skipped, fee = notices(office)[2:]
    assert (copied["kind"], copied["vault_id"], copied["path"]) == ("trade_copied", 2, "/vaults/2")
    assert copied["text"].startswith("Sold 100 USDC for 0.0416")
    assert "the copy fee was 0.1 USDC" in copied["text"]
    assert (copied["block_number"], copied["log_index"]) == (chain.number, 3)
    assert copied["tx_hash"].startswith("0x")
    assert (skipped["kind"], skipped["vault_id"]) == ("copy_skipped", 3)
    assert "smaller than the policy's smallest trade" in skipped["text"]
    assert "Lower `minTrade`" in skipped["text"]
    assert (fee["kind"], fee["text"].split(".")[0]) == (
        "fee_charged",
        "10 USDC, of which 8 USDC are the leader's",
    )
    sent = [(each.channel.id, each.notice.kind) for each in office.outbox.claim(9)]
    assert sent == [(alices.id, "trade_copied"), (bobs.id, "copy_skipped"), (alices.id, "fee_charged")]


def test_what_happened_before_is_not_told_and_nothing_is_told_twice(office: Office, chain: Chain) -> None:
    chain.mine(a_trade())
    office.tell()
    office.wish(office.confirmed(), Kind.TRADE_COPIED)
    office.tell()
    assert office.due() == []
    chain.mine(a_trade(5))
    other = Teller(office.engine, Snapshots(office.engine, None), lambda _: frozenset(), clock=office.clock)
    for _ in range(3):
        office.tell()
        while other.step():
            pass
    assert [kind for kind, _ in office.due()] == ["trade_copied"]


def test_two_that_read_the_same_write_it_once(office: Office, chain: Chain) -> None:
    office.wish(office.confirmed(), Kind.TRADE_COPIED)
    snapshots = Snapshots(office.engine, None)
    chain.mine(a_trade())
    tellers = [Teller(office.engine, snapshots, lambda _: frozenset(), clock=office.clock) for _ in range(2)]
    found = []
    for each in tellers:
        with snapshots.open() as snapshot:
            found.append(each._read(snapshot))
    for each, step in zip(tellers, found, strict=True):
        assert step is not None
        with office.engine.begin() as connection:
            each._write(connection, step)
    assert [kind for kind, _ in office.due()] == ["trade_copied"]


def test_vaults_and_strategies_narrow_a_rule_and_leaders_can_be_watched_without_money(
    office: Office, chain: Chain
) -> None:
    channel = office.confirmed(CAROL)
    office.wish(channel, Kind.TRADE_COPIED, vaults=frozenset({99}))
    office.wish(channel, Kind.TRADE_COPIED, strategies=frozenset({1}))
    office.wish(channel, Kind.LEADER_TRADED, strategies=frozenset({2}))
    chain.mine(a_trade(), a_busy_block())
    office.tell()
    assert office.due() == [("leader_traded", "Strategy 2 trades: 2-1")]


def test_terms_are_told_to_followers_and_not_to_others(office: Office, chain: Chain) -> None:
    for owner in (ALICE, LEADER):
        office.wish(office.confirmed(owner), Kind.TERMS_CHANGED)
    chain.mine([e.TermsProposed(1, TERMS, 1_704_500_000), e.TermsSet(1, 2, TERMS)])
    office.tell()
    assert [each.channel.owner for each in office.outbox.claim(9)] == [ALICE, ALICE]
    assert [each["title"] for each in notices(office)[2:]] == [
        "Strategy 1 announces other terms",
        "Strategy 1 has other terms",
    ]


def test_stop_that_was_hit_is_urgent_and_what_the_owner_wished_is_no_stop(
    office: Office, chain: Chain
) -> None:
    hours = QuietHours(0, 1_439, "UTC")
    office.wish(office.confirmed(quiet=hours), Kind.STOP_HIT, Kind.TRADE_COPIED)
    chain.mine(
        [
            *a_trade(),
            e.VaultStatusSet(2, VaultStatus.EXITING, Reason.REQUESTED),
            e.VaultStatusSet(2, VaultStatus.SUSPENDED, Reason.STOP_LOSS),
        ]
    )
    office.tell()
    assert office.due() == [("stop_hit", "Vault 2 has reached its stop loss")]
    assert states(office)[1:] == ["quiet", "sent"]


def falling(office: Office, chain: Chain, sequence: int, usd: int) -> None:
    """Sell a little of what strategy 2's leader holds at a price, so that this is the latest."""
    trade = trade_id(1, sequence)
    sold = ETH // 1_000
    chain.mine(
        [
            e.TradeOpened(
                trade, LEADER, TradeKind.LEADER, POOL, WETH, USDC, ETH // 100, 0, 0, 4, 1_704_459_000
            ),
            cleared(trade, (WETH, sold), (USDC, usd * USD // 1_000), usd * USD // 1_000, cursor=4),
            e.TradeCopied(trade, 1, 0, sold, 0, usd * USD // 1_000, Reason.NONE),
            e.TradeCompleted(trade),
        ]
    )
    office.tell()


def entered(chain: Chain) -> None:
    """Alice's vault puts 2,000 of its dollars into ether at 2,000."""
    trade = trade_id(1, 4)
    policy = Policy(stop_loss_bps=2_000, max_drawdown_bps=2_500, on_stop=OnBreach.SUSPEND)
    chain.mine(
        [
            e.PolicySet(2, 2, policy),
            e.TradeOpened(
                trade, LEADER, TradeKind.LEADER, POOL, USDC, WETH, ETH // 2, 0, 0, 4, 1_704_457_000
            ),
            cleared(trade, (USDC, 4_000 * USD), (WETH, 2 * ETH), 2 * ETH, cursor=4, portion=ETH // 2),
            e.TradeCopied(trade, 1, 0, 2_000 * USD, 0, ETH, Reason.NONE),
            e.TradeCopied(trade, 2, 2, 2_000 * USD, 0, ETH, Reason.NONE),
            e.TradeCompleted(trade),
        ]
    )


def test_near_stops_and_falls_are_told_once_and_again_after_it_was_well(office: Office, chain: Chain) -> None:
    channel = office.confirmed()
    office.wish(channel, Kind.STOP_NEAR, Kind.DRAWDOWN, stop_left_bps=3_000, drawdown_bps=1_500)
    entered(chain)
    office.tell()
    assert office.due() == []
    with Snapshots(office.engine, None).open() as snapshot:
        [stop] = [each for each in get_limits(snapshot, 2).data if each.name == "stop_loss"]
    assert stop.now is not None
    assert stop.now < 1_000
    falling(office, chain, 5, 1_150)
    told = office.due()
    falling(office, chain, 6, 1_151)
    assert told
    assert {kind for kind, _ in told} <= {"stop_near", "drawdown"}
    assert office.due() == []
    falling(office, chain, 7, 2_050)
    assert office.due() == []
    falling(office, chain, 8, 1_150)
    assert office.due() == told


def test_out_of_step_with_the_leader(office: Office, chain: Chain) -> None:
    office.wish(office.confirmed(), Kind.OUT_OF_SYNC, sync_bps=9_900)
    trade = trade_id(1, 4)
    chain.mine(
        [
            e.TradeOpened(
                trade, LEADER, TradeKind.LEADER, POOL, USDC, WETH, ETH // 2, 0, 0, 4, 1_704_457_000
            ),
            cleared(trade, (USDC, 4_000 * USD), (WETH, 2 * ETH), 2 * ETH, cursor=4, portion=ETH // 2),
            e.TradeCopied(trade, 1, 0, 4_000 * USD, 0, 2 * ETH, Reason.NONE),
            e.CopySkipped(trade, 2, 1, Reason.SLIPPAGE),
            e.TradeCompleted(trade),
        ]
    )
    office.tell()
    assert office.due() == [("out_of_sync", "Vault 2 is out of step with its leader")]


def test_leader_hears_of_own_orders_and_staff_of_stops_and_trouble(office: Office, chain: Chain) -> None:
    chain.mine(strategy(3, SIGNER.address, 7, "Signed"))
    office.wish(office.confirmed(SIGNER.address), Kind.ORDER_CHANGED)
    staff = office.confirmed(STAFF)
    office.wish(staff, Kind.OPERATOR_STOP, Kind.KEEPER_TROUBLE, Kind.INDEXER_TROUBLE)
    office.wish(office.confirmed(BOB), Kind.OPERATOR_STOP, Kind.KEEPER_TROUBLE, Kind.INDEXER_TROUBLE)
    with office.engine.begin() as connection:  # the world's clock is years behind
        connection.execute(update(Deployment).values(head_seen_us=None))
    orders = Orders(office.engine, chain_id=CHAIN_ID, hub=HUB, by="api", clock=office.clock)
    orders.receive(signed(1))
    [row] = orders.watched()
    orders.apply(row, Change(Status.REJECTED, "TokenNotAllowed(…)", 0, None), seen_us=1)
    Stops(office.engine, chain_id=CHAIN_ID, hub=HUB).set(Scope.ENTRIES, "", who="ann", why="odd <prices>")
    office.tell()
    told = office.outbox.claim(9)
    assert [(each.channel.owner, each.notice.kind) for each in told] == [
        (SIGNER.address, "order_changed"),
        (SIGNER.address, "order_changed"),
        (STAFF, "operator_stop"),
    ]
    for each in told:
        office.outbox.note(each, OK)
    assert "Why: TokenNotAllowed()." in told[1].notice.text
    assert told[2].notice.text == "By ann: odd prices."
    keeper = Journal(
        office.engine, chain_id=CHAIN_ID, hub=HUB, keeper="k1", sender=LEADER, clock=office.clock
    )
    keeper.alive(started_us=1, head=None, carries=2, breakers="{}", in_flight=0, held=0)
    with office.engine.begin() as connection:
        connection.execute(update(Deployment).values(head_number=chain.number + 50))
    office.tell()
    office.tell()
    assert sorted(office.due()) == [
        ("indexer_trouble", "The ledger is not to be relied on now"),
        ("keeper_trouble", "Keeper k1 gives no sign of life"),
    ]


def test_what_a_reorg_took_back_is_taken_back_where_it_was_said_and_dropped_where_not(
    office: Office, chain: Chain
) -> None:
    said, unsaid = office.confirmed(ALICE), office.confirmed(BOB)
    office.wish(said, Kind.TRADE_COPIED)
    office.wish(unsaid, Kind.COPY_SKIPPED)
    block = chain.number
    chain.mine(a_trade())
    office.tell()
    [first] = office.outbox.claim(1)
    roll_back(chain, block)
    office.tell()
    assert states(office)[2:] == ["dropped", "dropped", "waiting"]
    [back] = office.outbox.claim(9)
    assert (back.notice.kind, back.notice.of, back.channel.id) == ("taken_back", first.notice.id, said.id)
    assert back.notice.title == "Taken back: Trade 1-4 was copied into vault 2"
    chain.mine(a_trade())  # the very same block again
    office.tell()
    assert [kind for kind, _ in office.due()] == ["trade_copied", "copy_skipped"]


def test_quiet_hours_gather_what_is_not_urgent_into_one_digest(office: Office, chain: Chain) -> None:
    # It is noon in the test.
    channel = office.confirmed(quiet=QuietHours(11 * 60, 13 * 60, "UTC"))
    office.wish(channel, Kind.TRADE_COPIED)
    for sequence in range(4, 7):
        chain.mine(a_trade(sequence))
        office.tell()
    assert office.outbox.digest() == 0
    assert office.due() == []
    office.clock.pass_s(3_600)
    assert office.outbox.digest() == 1
    [digest] = office.outbox.claim(9)
    assert (digest.notice.kind, digest.notice.title) == ("digest", "3 notices")
    assert digest.notice.text.count("was copied into vault 2") == 3
    assert states(office)[1:] == ["digested"] * 3 + ["waiting"]
    assert office.outbox.digest() == 0


def test_a_flood_goes_to_people_as_a_digest_and_to_webhooks_one_by_one(office: Office, chain: Chain) -> None:
    hook = office.confirmed()
    mail = office.confirmed(address="ann@example.org", kind=ChannelKind.EMAIL)
    for channel in (hook, mail):
        office.wish(channel, Kind.FEE_CHARGED)
    chain.mine([e.FeeCharged(2, USDC, FeeKind.WITHDRAWAL, USD, 0, 0)] * 30)
    office.tell()
    assert office.outbox.digest() == 1
    kinds = [(each.channel.id, each.notice.kind) for each in office.outbox.claim(100)]
    assert kinds.count((hook.id, "fee_charged")) == 30
    assert kinds.count((mail.id, "fee_charged")) == 20
    assert kinds.count((mail.id, "digest")) == 1


@pytest.mark.parametrize("state", ["pending", "removed"])
def test_nothing_goes_to_a_channel_that_is_not_confirmed(office: Office, chain: Chain, state: str) -> None:
    channel = office.confirmed()
    office.wish(channel, Kind.TRADE_COPIED)
    with office.engine.begin() as connection:
        connection.execute(update(type(channel)).where(type(channel).id == channel.id).values(state=state))
    chain.mine(a_trade())
    office.tell()
    assert notices(office)[1:] == []


def test_what_was_near_is_told_again_when_the_vault_copies_again(office: Office, chain: Chain) -> None:
    office.wish(office.confirmed(), Kind.DRAWDOWN, drawdown_bps=1_000)
    entered(chain)
    falling(office, chain, 5, 1_150)
    told = office.due()
    assert told
    chain.mine([e.VaultStatusSet(2, VaultStatus.PAUSED, Reason.NONE)])
    office.tell()
    assert office.due() == []
    chain.mine([e.VaultStatusSet(2, VaultStatus.ACTIVE, Reason.NONE)])
    office.tell()
    assert office.due() == told
