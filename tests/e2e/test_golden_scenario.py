"""Deposit, copy, profit, loss, stop, withdrawal, exit, fees: to the wei, across contract, ledger and API."""

from protocol.types import OnBreach, Policy
from tests.e2e import events
from tests.e2e.records import WAD
from tests.e2e.stage import START, Stage, account
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

    # Deposit and open. Ann copies in proportion and came by word of Rae, Ben copies within limits, Cyd will
    # be away once, Eve wants to be sold out when she has lost a fiftieth.
    rae, keeper = stage.person("rae"), stage.person("keeper")
    anns, said = story.join("ann", 12_345_678_901, referrer=rae.address)
    limits = Policy(min_trade=1_000 * USDC, max_trade=2_000 * USDC)
    bens, more = story.join("ben", 7_777_777_777, policy=limits, cap_bps=5_000)
    cyds, most = story.join("cyd", 3_141_592_653)
    stop = Policy(stop_loss_bps=200, on_stop=OnBreach.EXIT)
    eves, last = story.join("eve", 2_718_281_828, policy=stop)
    ann, ben, cyd, dan, eve = (account(name) for name in ("ann", "ben", "cyd", "dan", "eve"))
    await story.says(*said, *more, *most, *last)

    # Nobody may have more with one leader than the part of their money that they chose.
    for who, vault in ((ann, anns), (ben, bens)):
        refusal = f"LeaderCapExceeded({vault.invested + 1}, {vault.invested})"
        await story.fails(who, hub.allocate(vault.id, 1), refusal)

    # The leader buys: all are copied, Ben no more than his limit.
    entry = await story.trade(usdc, weth, percent(60))
    [batch] = entry.batches
    bens_part = next(part for part in batch.parts if part.vault is bens)
    assert bens_part.amount_in + bens_part.fee == 2_000 * USDC
    assert {part.vault.id for part in batch.parts} == {1, anns.id, bens.id, cyds.id, eves.id}

    # Dan joins after the entry, Cyd pauses, the price rises: everybody is in profit on paper.
    dans, said = story.join("dan", 999_999_999)
    stage.order(cyd, hub.pause(cyds.id))
    cyds.status = "Paused"
    await story.says(*said, events.status_set(cyds))
    story.move_price(START_PRICE * 112 // 100)
    stage.settle()

    # The leader sells a part: a profit is realised. Cyd is away, Dan has nothing to sell.
    exit_ = await story.trade(weth, usdc, percent(37))
    assert {(vault.id, reason) for vault, reason in exit_.skips} == {
        (cyds.id, "paused"),
        (dans.id, "nothing_to_sell"),
    }
    assert anns.realized > 0
    assert books.equity(anns) > anns.deposited
    assert cyds.realized == dans.realized == 0

    # Ann takes some of both tokens out while she is in profit: each pays for leaving and for its share of the
    # gain, and Rae has a part of both.
    mark, invested = anns.mark, anns.invested
    assert books.equity_now(anns) > mark == invested
    outflows = await story.take_out(
        ann, anns, (weth, books.held(anns, weth) // 2), (usdc, books.held(anns, usdc) // 3)
    )
    for outflow in outflows:
        assert [charge.kind for charge in outflow.charges] == ["withdrawal", "performance"]
        for charge in outflow.charges:
            assert min(charge.to_leader, charge.to_protocol, charge.to_referrer) > 0
    assert 0 < anns.invested == anns.mark < mark
    assert books.equity_now(anns) > anns.mark

    # Cyd is back. The leader buys again, too little for Ben's smallest trade.
    stage.order(cyd, hub.resume(cyds.id))
    cyds.status = "Active"
    await story.says(events.status_set(cyds))
    again = await story.trade(usdc, weth, percent(10))
    assert [(vault.id, reason) for vault, reason in again.skips] == [(bens.id, "below_minimum_trade")]
    assert {part.vault.id for part in again.batches[0].parts} == {1, anns.id, cyds.id, eves.id, dans.id}

    # Nobody can sell Eve out while she has not lost, nor ever Ann, who has not asked for it. When the price
    # falls, a keeper sells Eve out before the leader sells anything.
    await story.fails(keeper, story.closing([eves]), f"NotClosable({eves.id})")
    story.move_price(START_PRICE * 88 // 100)
    stage.settle()
    await story.fails(keeper, story.closing([anns, eves]), f"NotClosable({anns.id})")
    stopped = await story.close(keeper, [eves])
    assert [(part.vault, part.fee) for part in stopped.batches[0].parts] == [(eves, 0)]
    assert (eves.status, eves.stopped_by, books.held(eves, weth)) == ("Exiting", "stop_loss", 0)
    assert eves.realized < 0

    # Dan pauses and so keeps what he has; the leader closes at a loss.
    stage.order(dan, hub.pause(dans.id))
    dans.status = "Paused"
    await story.says(events.status_set(dans))
    realized = anns.realized
    close = await story.trade(weth, usdc, WAD)
    assert {(vault.id, reason) for vault, reason in close.skips} == {
        (dans.id, "paused"),
        (eves.id, "exiting"),
    }
    assert anns.realized < realized
    assert cyds.realized < 0
    for vault in (books.vaults[1], anns, bens, cyds, eves):
        assert books.held(vault, weth) == 0
        assert vault.cost == 0

    # Ann withdraws a part of her vault, at a loss now: there is no gain to pay for, only the withdrawal.
    assert books.equity_now(anns) < anns.mark
    [outflow] = await story.take_out(ann, anns, (usdc, books.held(anns, usdc) // 3))
    assert [charge.kind for charge in outflow.charges] == ["withdrawal"]
    stage.order(ann, hub.withdraw(usdc, outflow.paid, ann.address))
    books.withdraw(ann.address, usdc, outflow.paid)
    await story.says(events.withdrawn(ann.address, usdc, outflow.paid))

    # Eve leaves with what she was sold out for; Dan, who takes her place, in kind with both tokens. What they
    # have lost stays of their marks.
    for who, vault, kinds in ((eve, eves, [usdc]), (dan, dans, [usdc, weth])):
        lost = vault.mark - books.equity_now(vault)
        outflows = await story.leave(who, vault)
        assert [outflow.token for outflow in outflows] == kinds
        owned = [token.contract.functions.balanceOf(who.address) for token in (stage.usdc, stage.weth)]
        taken = {outflow.token: outflow.paid for outflow in outflows}
        assert stage.chain.read(owned) == [taken[usdc], taken.get(weth, 0)]
        assert (vault.mark, vault.invested) == (lost, 0)
        assert lost > 0
    assert books.members == [anns.id, bens.id, cyds.id]

    # The leader, the treasury and Rae take what they have earned in both tokens: the leader nine tenths of
    # the copy fees and most of the others, the treasury a tenth of all and the dust.
    followers = (anns, bens, cyds, dans, eves)
    owed = {
        (who.address, token): books.balances["fee", who.address, token]
        for who in (story.leader, stage.treasury, rae)
        for token in (usdc, weth)
    }
    said = []
    for who in (story.leader, stage.treasury, rae):
        for token in (usdc, weth):
            stage.order(who, hub.claimFees(token))
            assert books.claim(who.address, token) > 0
            said.append(events.claimed(who.address, token, owed[who.address, token]))
    await story.says(*said)
    for token, trades in ((usdc, (entry, again)), (weth, (exit_, close))):
        copy_fees = [trade.batches[0].copy_fees for trade in trades]
        charges = [charge for vault in followers for charge in vault.charges if charge.token == token]
        to_leader = sum(fee - fee // 10 for fee in copy_fees) + sum(charge.to_leader for charge in charges)
        assert owed[books.leader, token] == to_leader
        assert owed[rae.address, token] == sum(charge.to_referrer for charge in charges)
        dust = sum(
            batch.dust if trade.token_out == token else batch.dust_in
            for trade in books.trades
            for batch in trade.batches
        )
        shares = sum(fee // 10 for fee in copy_fees) + sum(charge.to_protocol for charge in charges)
        assert owed[books.treasury, token] == shares + dust
    assert books.vaults[1].costs.total() == 0
    assert {vault.id for vault in followers if vault.costs["performance"]} == {anns.id}
    assert {vault.id for vault in followers if vault.costs["withdrawal"]} == {anns.id, dans.id, eves.id}

    # At the end each follower's statement adds up, and what was put in is there or was taken out.
    for vault in followers:
        statement = witnesses.get(f"/v1/vaults/{vault.id}/statement", limit=100)
        profit = {name: int(statement["profit"][name]["units"]) for name in ("equity", "net_pnl")}
        flows = {name: int(statement["flows"][name]["units"]) for name in ("deposited", "withdrawn")}
        assert flows["deposited"] - flows["withdrawn"] + profit["net_pnl"] == profit["equity"]
        costs = statement["profit"]["costs"]
        assert int(costs["copy"]["units"]) == vault.costs["copy"] > 0
        paid = sum(int(costs[kind]["units"]) for kind in ("copy", "performance", "withdrawal"))
        assert int(costs["total"]["units"]) == paid
        assert not statement["profit"]["unavailable"]
    assert {vault.id: dict(vault.skipped) for vault in followers} == {
        anns.id: {},
        bens.id: {"below_minimum_trade": 1},
        cyds.id: {"paused": 1},
        dans.id: {"nothing_to_sell": 1, "paused": 1},
        eves.id: {"exiting": 1},
    }
    ready = witnesses.client.get("/ready").json()
    assert ready["reconciliation"]["mismatches"] == 0
    assert ready["lag_blocks"] == 0
