// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {IHubLog} from "../../../contracts/interfaces/IHubLog.sol";
import {FeeTerms, VaultStatus} from "../../../contracts/interfaces/Types.sol";
import {TestnetToken} from "../../../contracts/testnet/TestnetToken.sol";
import {FeesWorld} from "./FeesWorld.sol";

/// @notice All fees at once, prices that come and go, in any order: nothing is lost or made, no exit fails, and nothing
/// fails in another way than it says.
contract SequencesTest is FeesWorld {
    uint32 private vault;

    function setUp() public override {
        super.setUp();
        offers.setProtocolShare(1_500);
        openStrategy(FeeTerms(100, 3_000, 500, 100, 3_000, 7 days, 7 days, 0.4e6));
        vault = openVault(DEPOSIT);
    }

    function testFuzz_any_order_conserves(uint256 seed) public {
        for (uint256 i; i < 15; ++i) {
            _act(uint256(keccak256(abi.encode(seed, i))));
            assertSolvent();
            assertLe(investedIn(vault), markOf(vault));
            (uint256 total, uint256 withLeader) = offers.investedOf(follower, address(usdc), leader);
            assertEq(total, investedIn(vault));
            assertEq(withLeader, total);
        }
        exitAll(vault);
        for (uint256 t; t < 3; ++t) {
            assertEq(inVault(vault, tokens[t]), 0, "everything leaves");
        }
        assertSolvent();
        // With every price back, all that was held back is divided.
        for (uint256 t; t < 3; ++t) {
            feedOf[tokens[t]].post(100e8);
        }
        if (offers.riskOf(vault).escrowed) hub.settleEscrow(vault);
        for (uint256 t; t < 3; ++t) {
            (uint256 outflow, uint256 held) = offers.escrowOf(vault, t);
            assertEq(outflow + held, 0);
        }
        assertSolvent();
        assertEq(investedIn(vault), 0, "nothing is left to count");
    }

    /// @dev A gain is never charged twice: with one price rise, fees on it are at most its rate.
    function testFuzz_a_rise_pays_at_most_its_rate(uint256 seed, uint256 price) public {
        FeeTerms memory terms = FeeTerms(0, 2_000, 0, 0, 0, 7 days, 0, 0);
        openStrategy(terms);
        vault = openVault(DEPOSIT);
        buy(vault, weth, 1_000e6);
        price = bound(price, 1_000, 50_000);
        setPrice(weth, price);
        for (uint256 i; i < 8; ++i) {
            uint256 random = uint256(keccak256(abi.encode(seed, i)));
            uint256 balance = inVault(vault, weth);
            if (random % 4 == 0) pass(random % 8 days);
            if (random % 4 == 1) hub.settle(vault);
            if (random % 4 == 2 && balance > 1) deallocate(vault, weth, (random >> 9) % balance + 1);
            if (random % 4 == 3) {
                killFeed(weth);
                if (balance > 1) deallocate(vault, weth, (random >> 9) % balance + 1);
                setPrice(weth, price);
                if (offers.riskOf(vault).escrowed) hub.settleEscrow(vault);
            }
        }
        exitAll(vault);
        uint256 rate = uint256(1e18) * 2_000 * (price - 1_000) / (price * 10_000);
        assertLe(fees(leader, weth), rate + 8 * (1e18 / (price * 1e6) + 1));
        assertSolvent();
    }

    function _act(uint256 random) private {
        uint256 kind = random % 9;
        random >>= 8;
        VaultStatus status = offers.vaultOf(vault).status;
        TestnetToken token = tokens[random % 3];
        uint256 balance = inVault(vault, token);
        if (kind == 0) pass(random % 40 days);
        if (kind == 1) killFeed(token);
        if (kind == 2) setPrice(token, token == usdc ? 1 : random % 50_000 + 1);
        if (kind == 3 && balance != 0) {
            (,, uint256 held) = hub.previewOutflow(vault, address(token), 1);
            assertLe(held, 1);
            deallocate(vault, token, _some(token, random));
        }
        if (kind == 4 && status != VaultStatus.Left) allocate(vault, random % 1_000e6 + 1);
        if (kind == 5) _try(abi.encodeCall(hub.settle, (vault)));
        if (kind == 6) _try(abi.encodeCall(hub.settleEscrow, (vault)));
        if (kind == 7 && inVault(vault, usdc) > 10e6) _buySome(random);
        if (kind == 8 && random % 8 == 0 && status != VaultStatus.Left) {
            vm.prank(follower);
            hub.leaveStrategy(vault);
        }
    }

    /// @dev At least one unit, and not what the fees of time would take first.
    function _some(TestnetToken token, uint256 random) private view returns (uint256) {
        return (inVault(vault, token) * (random % 40)) / 100 + 1;
    }

    /// @dev At whatever the feeds last said.
    function _buySome(uint256 random) private {
        uint256 amountIn = inVault(vault, usdc) / 2;
        uint256 amountOut = random % 1e18 + 1;
        deal(address(usdc), address(hub), usdc.balanceOf(address(hub)) - amountIn);
        weth.mint(address(hub), amountOut);
        bench.swap(vault, 0, amountIn, 1, amountOut);
    }

    function _try(bytes memory call) private {
        vm.prank(anybody);
        (bool done, bytes memory why) = address(hub).call(call);
        bytes4 reason = bytes4(why);
        bool said = reason == IHubLog.PriceNeeded.selector || reason == IHubLog.NothingEscrowed.selector
            || reason == IHubLog.BadStatus.selector;
        assertTrue(done || said, "a reason of its own");
    }
}
