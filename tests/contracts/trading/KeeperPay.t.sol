// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Hub} from "../../../contracts/core/Hub.sol";
import {HubKeepers} from "../../../contracts/core/HubKeepers.sol";
import {IHub} from "../../../contracts/interfaces/IHub.sol";
import {ManualParams, Policy, TradeParams} from "../../../contracts/interfaces/Types.sol";
import {TradingWorld} from "./TradingWorld.sol";

/// @notice A hub that pays keepers.
/// @dev Tests are not isolated, or there would be no base fee: what is traded was funded in the set-up, which is a transaction of
/// its own.
abstract contract PayingWorld is TradingWorld {
    Policy private none;
    uint32[5] internal vaults;

    /// @dev A hub in the world's place that pays for gas by the price of this token, a leader and five followers.
    function payBy(address wrappedNative) internal {
        address extension = HubKeepers(Hub(payable(address(hub))).keepers()).extension();
        HubKeepers keepers = new HubKeepers(extension, wrappedNative);
        hub = IHub(address(new Hub(address(this), treasury, address(keepers))));
        relist();
        lead(offer());
        for (uint256 i; i < 5; ++i) {
            vaults[i] = follow(i, HELD, none);
        }
    }
}

/// @notice What whoever carries a batch gets for its gas: measured, capped, and nothing for nothing.
contract KeeperPayTest is PayingWorld {
    function setUp() public override {
        super.setUp();
        payBy(address(weth));
    }

    function test_a_keeper_is_paid_for_gas_at_the_base_fee_up_to_a_cap() public {
        plain.setCost(1e6);
        vm.fee(2 gwei);
        carry(marketOrder(terms(usdc, weth, ALL / 2), 1));
        uint256 fee = cleared.keeperFee;
        assertEq(cleared.amountOut + fee, (STAKE + 3 * HELD) / 2 * WETH_A_UNIT * 999 / 1_000);
        assertEq(fees(keeper, weth), fee);
        // Measured, and what is reckoned beyond: 60,000 and 11,000 for each of four.
        assertGt(fee, (60_000 + 4 * 11_000 + 100_000) * 2 gwei);
        assertLt(fee, 1_500_000 * 2 gwei);
        uint256 shared = inVault(leaderVault, weth) + cleared.dust;
        for (uint256 i; i < 5; ++i) {
            shared += inVault(vaults[i], weth);
        }
        assertEq(shared, cleared.amountOut);
        goOn(3);
        vm.fee(2_000 gwei);
        carry(marketOrder(terms(usdc, weth, ALL / 2), 2));
        assertEq(cleared.keeperFee, (cleared.amountOut + cleared.keeperFee) * 20 / 10_000);
    }

    function test_pay_follows_the_gas_that_was_measured() public {
        vm.fee(1 gwei);
        uint256 first = _carried(1);
        vm.fee(3 gwei);
        uint256 second = _carried(2);
        // What is cold the first time is warm the second.
        assertLt(second, 3 * first);
        assertGt(second, first);
        vm.fee(0);
        assertEq(_carried(3), 0);
    }

    function test_pay_is_in_what_is_bought_by_the_oracle() public {
        vm.fee(1 gwei);
        trade(usdc, weth, ALL);
        assertEq(cleared.keeperFee, 0);
        goOn(3);
        uint256 inWeth = cleared.keeperFee;
        carry(marketOrder(terms(weth, usdc, ALL), 1));
        assertEq(cleared.keeperFee, fees(keeper, usdc));
        assertApproxEqRel(cleared.keeperFee, inWeth / WETH_A_UNIT, 0.8e18);
        assertGt(cleared.keeperFee, 0);
    }

    function test_pay_is_only_out_of_what_is_above_the_floor() public {
        vm.fee(2_000 gwei);
        TradeParams memory params = terms(usdc, weth, ALL / 2);
        params.limitPrice = 4e44;
        carry(marketOrder(params, 1));
        assertEq(cleared.keeperFee, 0);
        goOn(3);
        params.limitPrice = 4e44 - 4e41;
        carry(marketOrder(params, 2));
        // A thousandth of what was received, half of the cap.
        assertEq(cleared.keeperFee, (cleared.amountOut + cleared.keeperFee) / 1_000);
    }

    function test_later_batches_and_closes_pay_and_leaders_and_owners_pay_nothing() public {
        vm.fee(1 gwei);
        trade(usdc, weth, ALL / 2);
        assertEq(cleared.keeperFee, 0);
        goOn(3);
        assertGt(cleared.keeperFee, 0);
        assertEq(fees(keeper, weth), cleared.keeperFee);
        vm.prank(followers[0]);
        hub.requestExit(vaults[0]);
        close(weth, vaults[0]);
        assertGt(cleared.keeperFee, 0);
        assertEq(fees(keeper, usdc), cleared.keeperFee);
        vm.recordLogs();
        vm.prank(followers[1]);
        hub.manualTrade(
            ManualParams(
                vaults[1], plainPool(address(usdc), address(weth)), address(usdc), address(weth), 1e6, 0, FOREVER
            )
        );
        listen();
        assertEq(cleared.amountIn, 1e6);
        assertEq(cleared.keeperFee, 0);
    }

    function test_empty_work_pays_nothing() public {
        vm.fee(1 gwei);
        trade(usdc, weth, ALL / 2);
        for (uint256 i; i < 5; ++i) {
            vm.prank(followers[i]);
            hub.pause(vaults[i]);
        }
        goOn(3);
        assertTrue(completed);
        assertEq(fees(keeper, weth), 0);
    }

    function _carried(uint256 nonce) private returns (uint256 fee) {
        carry(marketOrder(terms(usdc, weth, ALL / 10), nonce));
        fee = cleared.keeperFee;
        goOn(3);
    }
}

/// @notice Where gas has no price, trades go on unpaid.
contract KeeperWithoutPayTest is PayingWorld {
    function setUp() public override {
        super.setUp();
        payBy(makeAddr("no feed"));
    }

    function test_a_trade_goes_on_unpaid() public {
        vm.fee(10 gwei);
        carry(marketOrder(terms(usdc, weth, ALL / 2), 1));
        assertEq(cleared.keeperFee, 0);
        assertEq(cleared.keeper, keeper);
        assertGt(cleared.amountOut, 0);
    }
}
