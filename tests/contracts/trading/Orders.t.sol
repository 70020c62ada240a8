// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {IHubLog} from "../../../contracts/interfaces/IHubLog.sol";
import {Order, OrderKind, Policy} from "../../../contracts/interfaces/Types.sol";
import {LeadersWallet} from "../support/LeadersWallet.sol";
import {TradingWorld} from "./TradingWorld.sol";

/// @notice Orders that the leader signs: who signs, when they fill, how far, and how often.
/// forge-config: default.isolate = true
contract OrdersTest is TradingWorld {
    Policy private none;

    function setUp() public override {
        super.setUp();
        lead(offer());
    }

    function test_anybody_carries_an_order_once() public {
        Order memory what = marketOrder(terms(usdc, weth, ALL / 2), 700);
        bytes memory signature = sign(what);
        vm.expectEmit(address(hub));
        emit IHubLog.OrderFilled(
            hub.orderDigest(what), (uint64(strategyId) << 32) | 1, leader, 700, ALL / 2, true, keeper
        );
        vm.prank(keeper);
        assertEq(hub.executeOrder(what, signature), (uint64(strategyId) << 32) | 1);
        assertEq(hub.closedNonces(leader, 2), 1 << (700 - 512));
        assertEq(hub.filledOf(leader, 700), 0);
        refuseOrder(what, abi.encodeWithSelector(IHubLog.OrderClosed.selector, leader, 700));
        what.nonce = 701;
        carry(what);
        assertEq(hub.closedNonces(leader, 2), 3 << (700 - 512));
        assertEq(cleared.keeper, keeper);
        what.nonce = 0;
        bytes memory own = sign(what);
        vm.recordLogs();
        vm.prank(leader);
        hub.executeOrder(what, own);
        listen();
        assertEq(cleared.keeper, address(0));
    }

    function test_the_digest_is_of_every_field() public {
        Order memory what = Order(terms(usdc, weth, ALL / 2), OrderKind.Limit, 1e17, 0, 5);
        what.trade.limitPrice = 1;
        bytes memory signature = sign(what);
        bytes32 digest = hub.orderDigest(what);
        bytes memory plainBytes = abi.encode(what);
        for (uint256 i; i < 11; ++i) {
            Order memory other = abi.decode(plainBytes, (Order));
            if (i == 0) other.trade.strategyId += 1;
            if (i == 1) other.trade.pool = usdcWeth;
            if (i == 2) other.trade.tokenIn = address(wbtc);
            if (i == 3) other.trade.tokenOut = address(wbtc);
            if (i == 4) other.trade.portion += 1;
            if (i == 5) other.trade.limitPrice += 1;
            if (i == 6) other.trade.deadline -= 1;
            if (i == 7) other.kind = OrderKind.Market;
            if (i == 8) other.minFill += 1;
            if (i == 9) other.triggerPrice += 1;
            if (i == 10) other.nonce += 1;
            assertNotEq(hub.orderDigest(other), digest);
            if (i == 0 || i == 9) continue;
            vm.expectRevert(IHubLog.BadSignature.selector);
            hub.executeOrder(other, signature);
        }
        hub.executeOrder(what, signature);
    }

    function test_the_digest_is_what_the_standard_says() public view {
        Order memory what = Order(terms(usdc, weth, ALL / 2), OrderKind.Limit, 1e17, 0, 5);
        bytes32 tradeType = keccak256(
            "TradeParams(uint32 strategyId,address pool,address tokenIn,address tokenOut,uint64 portion,uint256 limitPrice,uint40 deadline)"
        );
        bytes32 orderType = keccak256(
            "Order(TradeParams trade,uint8 kind,uint64 minFill,uint256 triggerPrice,uint256 nonce)TradeParams(uint32 strategyId,address pool,address tokenIn,address tokenOut,uint64 portion,uint256 limitPrice,uint40 deadline)"
        );
        bytes32 content = keccak256(
            abi.encode(
                orderType,
                keccak256(bytes.concat(tradeType, abi.encode(what.trade))),
                what.kind,
                what.minFill,
                what.triggerPrice,
                what.nonce
            )
        );
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Lockstep"),
                keccak256("1"),
                block.chainid,
                address(hub)
            )
        );
        assertEq(hub.orderDigest(what), keccak256(abi.encodePacked(hex"1901", domain, content)));
    }

    function test_only_the_leaders_signature_counts() public {
        Order memory what = marketOrder(terms(usdc, weth, ALL / 2), 1);
        (, uint256 key) = makeAddrAndKey("somebody");
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, hub.orderDigest(what));
        vm.expectRevert(IHubLog.BadSignature.selector);
        hub.executeOrder(what, abi.encodePacked(r, s, v));
        vm.expectRevert(IHubLog.BadSignature.selector);
        hub.executeOrder(what, "");
        what.trade.strategyId = 99;
        bytes memory signature = sign(what);
        vm.expectRevert(IHubLog.BadSignature.selector);
        hub.executeOrder(what, signature);
    }

    function test_a_leader_may_be_a_contract_or_a_key_that_became_one() public {
        Order memory what = marketOrder(terms(usdc, weth, ALL / 2), 1);
        bytes memory signature = sign(what);
        vm.etch(leader, hex"00");
        hub.executeOrder(what, signature);
        (address owner, uint256 key) = makeAddrAndKey("wallet's owner");
        vm.startPrank(owner);
        LeadersWallet wallet = new LeadersWallet();
        wallet.execute(address(hub), abi.encodeCall(hub.createStrategy, (offer())));
        vm.stopPrank();
        fund(address(wallet), STAKE);
        uint32 vault = hub.vaultCount();
        vm.prank(owner);
        wallet.execute(address(hub), abi.encodeCall(hub.allocate, (vault, STAKE)));
        what.trade.strategyId = hub.strategyCount();
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, hub.orderDigest(what));
        vm.prank(owner);
        wallet.lock(true);
        vm.expectRevert(IHubLog.BadSignature.selector);
        hub.executeOrder(what, abi.encodePacked(r, s, v));
        vm.prank(owner);
        wallet.lock(false);
        hub.executeOrder(what, abi.encodePacked(r, s, v));
        assertEq(hub.closedNonces(address(wallet), 0), 2);
    }

    function test_a_cancelled_nonce_fills_nothing() public {
        vm.expectEmit();
        emit IHubLog.OrdersCancelled(leader, 1, 6);
        vm.startPrank(leader);
        hub.cancelOrders(1, 6);
        hub.cancelOrders(1, 1);
        vm.stopPrank();
        assertEq(hub.closedNonces(leader, 1), 7);
        for (uint256 nonce = 256; nonce < 259; ++nonce) {
            Order memory what = marketOrder(terms(usdc, weth, ALL / 2), nonce);
            refuseOrder(what, abi.encodeWithSelector(IHubLog.OrderClosed.selector, leader, nonce));
        }
        carry(marketOrder(terms(usdc, weth, ALL / 2), 259));
        vm.prank(stranger);
        hub.cancelOrders(1, 16);
        carry(marketOrder(terms(usdc, weth, ALL / 2), 260));
    }

    // ------------------------------------------------------------------ kinds

    function test_orders_that_contradict_themselves_are_refused() public {
        for (uint256 flaw; flaw < 12; ++flaw) {
            Order memory what = marketOrder(terms(usdc, weth, ALL / 2), 1);
            what.trade.limitPrice = 1;
            if (flaw == 0) what.minFill = 0;
            if (flaw == 1) what.minFill = 1e18 + 1;
            if (flaw == 2) what.triggerPrice = 1;
            if (flaw == 3) (what.kind, what.triggerPrice) = (OrderKind.Limit, 1);
            if (flaw == 4) what.kind = OrderKind.StopLimit;
            if (flaw == 5) what.kind = OrderKind.StopLoss;
            if (flaw == 6) what.kind = OrderKind.TakeProfit;
            if (flaw > 6) what.trade.limitPrice = 0;
            if (flaw == 7) what.kind = OrderKind.Limit;
            if (flaw == 8) (what.kind, what.triggerPrice) = (OrderKind.StopLimit, 1);
            if (flaw == 9) what.minFill = 1e18 - 1;
            if (flaw == 10) (what.kind, what.triggerPrice, what.minFill) = (OrderKind.StopLoss, 1, 1);
            if (flaw == 11) (what.kind, what.triggerPrice, what.minFill) = (OrderKind.TakeProfit, 1, 1);
            refuseOrder(what, abi.encodeWithSelector(IHubLog.BadOrder.selector));
        }
        Order memory empty = marketOrder(terms(usdc, weth, 0), 1);
        refuseOrder(empty, abi.encodeWithSelector(IHubLog.BadPortion.selector, 0));
        empty.trade.portion = ALL + 1;
        refuseOrder(empty, abi.encodeWithSelector(IHubLog.BadPortion.selector, ALL + 1));
        empty.trade.portion = ALL;
        carry(empty);
    }

    function test_a_stop_waits_for_the_oracle_to_fall_and_a_profit_for_it_to_rise() public {
        trade(usdc, weth, ALL);
        uint256 price = 2_500 * 1e24;
        for (uint256 i = 2; i < 5; ++i) {
            Order memory what = marketOrder(terms(weth, usdc, ALL / 10), i);
            what.kind = OrderKind(i);
            what.trade.limitPrice = 1;
            bool rises = what.kind == OrderKind.TakeProfit;
            what.triggerPrice = rises ? price + 1 : price - 1;
            refuseOrder(what, abi.encodeWithSelector(IHubLog.NotTriggered.selector, price, what.triggerPrice));
            what.triggerPrice = price;
            carry(what);
            what.nonce += 10;
            what.triggerPrice = rises ? price - 1 : price + 1;
            carry(what);
        }
    }

    // ------------------------------------------------------------------ partial fills

    function test_a_partial_fill_is_shared_and_the_rest_stays_open() public {
        uint32 vault = follow(0, HELD + 7, none);
        Order memory what = _partial(ALL * 8 / 10);
        plain.setFilled(5e17);
        carry(what);
        // Each puts in its part of what was sold, rounded up; the dust is the treasury's.
        uint256 offered = STAKE * 8 / 10 + (HELD + 7) * 8 / 10;
        assertEq(cleared.amountIn, offered / 2);
        assertEq(cleared.portion, ALL * 8 / 10 * (offered / 2) / offered);
        assertEq(hub.filledOf(leader, 1), cleared.portion);
        assertEq(hub.closedNonces(leader, 0), 0);
        assertEq(told(vault).amountIn, ((HELD + 7) * 8 / 10 + 1) / 2);
        assertEq(told(leaderVault).amountIn + told(vault).amountIn, cleared.amountIn + cleared.dustIn);
        assertEq(fees(treasury, usdc), cleared.dustIn);
        assertEq(plain.lastPriceLimit(), what.trade.limitPrice);

        // The rest: (0.8 - 0.4) / (1 - 0.4) of what is held now.
        uint256 filled = hub.filledOf(leader, 1);
        uint256 left = (ALL * 8 / 10 - filled) * 1e18 / (1e18 - filled);
        uint256 before = inVault(leaderVault, usdc);
        plain.setFilled(1e18);
        carry(what);
        assertEq(told(leaderVault).amountIn, before * left / 1e18);
        assertApproxEqAbs(inVault(leaderVault, usdc), STAKE * 2 / 10, 1);
        assertEq(hub.filledOf(leader, 1), 0);
        assertEq(hub.closedNonces(leader, 0), 2);
        refuseOrder(what, abi.encodeWithSelector(IHubLog.OrderClosed.selector, leader, 1));
    }

    function test_a_second_partial_fill_adds_to_the_first() public {
        Order memory what = _partial(ALL);
        plain.setFilled(5e17);
        carry(what);
        assertEq(hub.filledOf(leader, 1), 5e17);
        carry(what);
        assertEq(hub.filledOf(leader, 1), 75e16);
        // A replacement that asks for no more than is filled is closed.
        what.trade.portion = 75e16;
        refuseOrder(what, abi.encodeWithSelector(IHubLog.OrderClosed.selector, leader, 1));
        what.trade.portion = 75e16 + 4;
        plain.setFilled(1e18);
        // What is left of the holding is 2,500 USDC, and 16 parts of 1e18 of it are nothing.
        refuseOrder(what, abi.encodeWithSelector(IHubLog.NothingToSell.selector));
        what.trade.portion = 8e17;
        carry(what);
        assertEq(told(leaderVault).amountIn, STAKE / 20);
        assertEq(hub.closedNonces(leader, 0), 2);
    }

    function test_a_fill_below_the_least_is_refused() public {
        Order memory what = _partial(ALL);
        what.minFill = 5e17;
        plain.setFilled(5e17 - 1e8);
        refuseOrder(what, abi.encodeWithSelector(IHubLog.FilledTooLittle.selector, STAKE / 2 - 1, STAKE / 2));
        plain.setFilled(0);
        what.minFill = 1;
        refuseOrder(what, abi.encodeWithSelector(IHubLog.FilledTooLittle.selector, 0, 1));
        what.minFill = 5e17;
        plain.setFilled(5e17);
        carry(what);
    }

    function _partial(uint64 portion) private view returns (Order memory what) {
        what = marketOrder(terms(usdc, weth, portion), 1);
        (what.kind, what.minFill, what.trade.limitPrice) = (OrderKind.Limit, 1, 39e43);
    }
}
