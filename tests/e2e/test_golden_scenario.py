"""Deposit, copy, profit, loss, withdrawal, exit, fees: to the wei, across contract, ledger and API."""

from tests.e2e import events
from tests.e2e.by_hand import WAD
from tests.e2e.stage import START, Stage
from tests.e2e.story import Story, percent
from tests.e2e.witnesses import Witnesses

USDC = 10**6
START_PRICE = START.weth


async def test_one_story_is_the_same_to_the_wei_by_hand_on_chain_in_the_ledger_and_in_the_api(
    stage: Stage, witnesses: Witnesses
) -> None:
    story = await Story.begin(stage, witnesses, leaders_usdc=50_000 * USDC + 1)
    books, hub = story.books, stage.hub
    usdc, weth = books.base, books.asset

    # Deposit and open. Ann copies in proportion, Ben within limits, Cyd will be away once.
    ann = stage.person("ann", usdc=12_345_678_901)
    ben = stage.person("ben", usdc=7_777_777_777)
    cyd = stage.person("cyd", usdc=3_141_592_653)
    dan = stage.person("dan", usdc=999_999_999)
    anns, said = story.join(ann, 12_345_678_901)
    bens, more = story.join(ben, 7_777_777_777, min_trade=1_000 * USDC, max_trade=2_000 * USDC)
    cyds, most = story.join(cyd, 3_141_592_653)
    await story.says(*said, *more, *most)

    # The leader buys: all are copied, Ben no more than his limit.
    entry = await story.trade(usdc, weth, percent(60))
    [batch] = entry.batches
    bens_part = next(part for part in batch.parts if part.vault is bens)
    assert bens_part.amount_in + bens_part.fee == 2_000 * USDC
    assert {part.vault.id for part in batch.parts} == {1, anns.id, bens.id, cyds.id}

    # Dan joins after the entry, Cyd pauses, the price rises: everybody is in profit on paper.
    dans, said = story.join(dan, 999_999_999)
    stage.order(cyd, hub.pause(cyds.id))
    cyds.paused = True
    await story.says(*said, ("VaultStatusSet", {"vaultId": cyds.id, "status": 2}))
    story.move_price(START_PRICE * 112 // 100)
    stage.settle()

    # The leader sells a part: a profit is realised. Cyd is away, Dan has nothing to sell.
    exit_ = await story.trade(weth, usdc, percent(37))
    assert {(vault.id, reason) for vault, reason in exit_.skips} == {
        (cyds.id, "Paused"),
        (dans.id, "NothingToSell"),
    }
    assert anns.realized > 0
    assert books.equity(anns) > anns.deposited
    assert cyds.realized == dans.realized == 0

    # Cyd is back. The leader buys again, too little for Ben's smallest trade.
    stage.order(cyd, hub.resume(cyds.id))
    cyds.paused = False
    await story.says(("VaultStatusSet", {"vaultId": cyds.id, "status": 1}))
    again = await story.trade(usdc, weth, percent(10))
    assert [(vault.id, reason) for vault, reason in again.skips] == [(bens.id, "BelowMinimumTrade")]
    assert {part.vault.id for part in again.batches[0].parts} == {1, anns.id, cyds.id, dans.id}

    # The price falls. Dan pauses and so keeps what he has; the leader closes at a loss.
    story.move_price(START_PRICE * 88 // 100)
    stage.settle()
    stage.order(dan, hub.pause(dans.id))
    dans.paused = True
    await story.says(("VaultStatusSet", {"vaultId": dans.id, "status": 2}))
    realized = anns.realized
    close = await story.trade(weth, usdc, WAD)
    assert [(vault.id, reason) for vault, reason in close.skips] == [(dans.id, "Paused")]
    assert anns.realized < realized
    assert cyds.realized < 0
    for vault in (books.vaults[1], anns, bens, cyds):
        assert books.held(vault, weth) == 0
        assert vault.cost == 0

    # Ann withdraws a part of her vault.
    part = books.held(anns, usdc) // 3
    stage.order(ann, hub.deallocate(anns.id, usdc, part))
    stage.order(ann, hub.withdraw(usdc, part, ann.address))
    books.deallocate(anns, usdc, part)
    books.withdraw(ann.address, usdc, part)
    await story.says(events.deallocated(anns, usdc, part), events.withdrawn(ann.address, usdc, part))

    # Dan leaves in kind with both tokens; the last member is he himself, so nobody moves.
    dollars, ether = books.held(dans, usdc), books.held(dans, weth)
    assert dollars
    assert ether
    stage.order(dan, hub.exit(dans.id, [usdc, weth], dan.address))
    books.leave(dans)
    said = []
    for token, amount in ((usdc, dollars), (weth, ether)):
        books.deallocate(dans, token, amount)
        books.withdraw(dan.address, token, amount)
        said += [events.deallocated(dans, token, amount), events.withdrawn(dan.address, token, amount)]
    await story.says(
        ("VaultStatusSet", {"vaultId": dans.id, "status": 3}),
        ("MemberMoved", {"strategyId": 1, "vaultId": 0, "position": 3}),
        *said,
    )
    owned = [token.contract.functions.balanceOf(dan.address) for token in (stage.usdc, stage.weth)]
    assert stage.chain.read(owned) == [dollars, ether]
    assert books.equity(dans) == 0

    # The leader takes the copy fees, the treasury the dust, in both tokens.
    fees = {token: books.balances["fee", books.leader, token] for token in (usdc, weth)}
    dust = {token: books.balances["fee", books.treasury, token] for token in (usdc, weth)}
    assert all(fees.values())
    assert all(dust.values())
    said = []
    for who, owed in ((story.leader, fees), (stage.treasury, dust)):
        for token, amount in owed.items():
            stage.order(who, hub.claimFees(token))
            assert books.claim(who.address, token) == amount
            said.append(events.claimed(who.address, token, amount))
    await story.says(*said)
    followers = (anns, bens, cyds, dans)
    entries = [batch.copy_fees for trade in (entry, again) for batch in trade.batches]
    assert fees[usdc] == sum(entries)
    assert fees[weth] == exit_.batches[0].copy_fees + close.batches[0].copy_fees
    assert books.vaults[1].copy_fees == 0

    # At the end each follower's statement adds up, and what was put in is there or was taken out.
    for vault in followers:
        statement = witnesses.get(f"/v1/vaults/{vault.id}/statement", limit=100)
        profit = {
            name: int(statement["profit"][name]["units"]) for name in ("equity", "net_pnl", "copy_fees")
        }
        flows = {name: int(statement["flows"][name]["units"]) for name in ("deposited", "withdrawn")}
        assert flows["deposited"] - flows["withdrawn"] + profit["net_pnl"] == profit["equity"]
        assert profit["copy_fees"] == vault.copy_fees > 0
        assert not statement["profit"]["unavailable"]
    assert {vault.id: dict(vault.skipped) for vault in followers} == {
        anns.id: {},
        bens.id: {"BelowMinimumTrade": 1},
        cyds.id: {"Paused": 1},
        dans.id: {"NothingToSell": 1, "Paused": 1},
    }
    ready = witnesses.client.get("/ready").json()
    assert ready["reconciliation"]["mismatches"] == 0
    assert ready["lag_blocks"] == 0
