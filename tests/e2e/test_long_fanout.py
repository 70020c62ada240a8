"""More followers than fit into one batch: a stranger goes on with the copying, or the window closes first."""

from typing import Any

import pytest
from eth_account.signers.local import LocalAccount

from demo.deployment import BATCH_SIZE
from tests.e2e import events
from tests.e2e.by_hand import BPS, SCALE
from tests.e2e.records import Vault
from tests.e2e.stage import BLOCK_S, START, Stage, account
from tests.e2e.story import COPY_WINDOW_S, DRIFT_BPS, Story, percent
from tests.e2e.witnesses import Witnesses

USDC = 10**6
LATE = 6
"""Followers beyond the first batch."""


@pytest.fixture
async def story(stage: Stage, witnesses: Witnesses) -> Story:
    """A leader with six followers too many for one batch; no two have the same money."""
    story = await Story.begin(stage, witnesses, leaders_usdc=20_000 * USDC)
    said = []
    for number in range(BATCH_SIZE + LATE):
        _, told = story.join(f"follower {number}", 1_000 * USDC + 37 * number**3 + number)
        said += told
    await story.says(*said)
    return story


def owner(vault: Vault) -> LocalAccount:
    """The leader has the first vault, follower 0 the second."""
    return account(f"follower {vault.id - 2}")


def outcomes(witnesses: Witnesses, trade: str) -> dict[int, str]:
    """Vault → batch of its fill, or the reason for none, as the API tells it."""
    copies = witnesses.get(f"/v1/trades/{trade}/copies", limit=100)
    return {copy["vault_id"]: told(copy) for copy in copies}


def told(copy: dict[str, Any]) -> str:
    return f"batch {copy['fill']['batch']}" if copy["fill"] else copy["reason"]["name"]


def floor_price(amount_in: int, amount_out: int) -> int:
    """The worst price of a later batch: the leader's own, rounded down, less the drift, rounded up."""
    price = amount_out * SCALE // amount_in
    return -(-price * (BPS - DRIFT_BPS) // BPS)


async def test_stranger_goes_on_within_the_drift_and_each_follower_is_told_the_batch_and_its_price(
    story: Story, stage: Stage, witnesses: Witnesses
) -> None:
    books, usdc, weth = story.books, story.books.base, story.books.asset
    trade = await story.trade(usdc, weth, percent(50), visits=BATCH_SIZE)
    assert len(trade.batches[0].parts) == BATCH_SIZE + 1
    waiting = trade.order[BATCH_SIZE:]
    assert len(waiting) == LATE
    assert outcomes(witnesses, trade.name).keys() == {1, *trade.order[:BATCH_SIZE]}

    # The price moves against those who wait, by less than the strategy's drift. One of them pauses.
    story.move_price(START.weth * 1_003 // 1_000)
    sleeper = books.vaults[waiting[4]]
    stage.order(owner(sleeper), stage.hub.pause(sleeper.id))
    sleeper.status = "Paused"
    await story.says(events.status_set(sleeper))

    stranger = stage.person("stranger")
    second = await story.go_on(stranger, trade, 2)
    third = await story.go_on(stranger, trade, BATCH_SIZE)
    assert [part.vault.id for part in (*second.parts, *third.parts)] == waiting[:4] + waiting[5:]
    first = trade.batches[0]
    floor = floor_price(first.amount_in, first.amount_out)
    for batch in (second, third):
        price = batch.amount_out * SCALE // batch.amount_in
        assert floor <= price < first.amount_out * SCALE // first.amount_in
    expected = {1: "batch 0"} | dict.fromkeys(trade.order[:BATCH_SIZE], "batch 0")
    expected |= dict.fromkeys(waiting[:2], "batch 1") | dict.fromkeys(waiting[2:], "batch 2")
    assert outcomes(witnesses, trade.name) == expected | {sleeper.id: "paused"}
    assert witnesses.get(f"/v1/trades/{trade.name}")["completed"] is not None
    # Whoever waited paid more than the leader, and the statement says how much.
    for number in waiting[:2]:
        execution = witnesses.get(f"/v1/vaults/{number}/statement")["execution"]
        assert int(execution["against_leader"]["units"]) < 0


async def test_beyond_the_drift_nobody_goes_on_and_after_the_window_each_is_told_that_it_expired(
    story: Story, stage: Stage, witnesses: Witnesses
) -> None:
    books, usdc, weth = story.books, story.books.base, story.books.asset
    trade = await story.trade(usdc, weth, percent(50), visits=BATCH_SIZE)
    opened = stage.time
    waiting = trade.order[BATCH_SIZE:]
    story.move_price(START.weth * 102 // 100)
    stranger = stage.person("stranger")
    stage.order(stranger, stage.hub.continueTrade(1, BATCH_SIZE), may_fail=True)
    [refused], said = stage.play()
    assert refused.error is not None
    assert refused.error.startswith("PriceBelowLimit(")
    assert said == []
    await witnesses.agree(books)

    # The next block is the first after the window.
    stage.time = opened + COPY_WINDOW_S + 1 - BLOCK_S
    for visits in (4, BATCH_SIZE):
        stage.order(stranger, stage.hub.continueTrade(1, visits))
        before = len(trade.skips)
        books.expire(trade, visits)
        done = [events.completed(trade)] if trade.cursor == len(trade.order) else []
        await story.says(*events.skipped(trade, trade.skips[before:]), *done)
    assert outcomes(witnesses, trade.name) == (
        {1: "batch 0"}
        | dict.fromkeys(trade.order[:BATCH_SIZE], "batch 0")
        | dict.fromkeys(waiting, "expired")
    )
    listed = witnesses.get(f"/v1/trades/{trade.name}/copies", reason="expired", limit=100)
    assert [copy["vault_id"] for copy in listed] == waiting
    assert all("continueTrade" in copy["reason"]["what_to_do"] for copy in listed)

    # The leader may trade again. Who was passed over has nothing to sell, and still has all of its money.
    close = await story.trade(weth, usdc, percent(100), visits=BATCH_SIZE)
    await story.go_on(stranger, close, BATCH_SIZE)
    assert {(vault.id, reason) for vault, reason in close.skips} == {(n, "nothing_to_sell") for n in waiting}
    for number in waiting:
        vault = books.vaults[number]
        assert vault.skipped["expired"] == 1
        assert books.held(vault, usdc) == vault.deposited
