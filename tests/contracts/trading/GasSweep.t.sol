// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {Policy} from "../../../contracts/interfaces/Types.sol";
import {World} from "../support/World.sol";

/// @notice Whatever gas a keeper sends, a batch happens whole or not at all.
abstract contract GasSweep is World {
    /// @dev EIP-7825.
    uint256 private constant TRANSACTION_GAS = 16_777_216;
    /// @dev Members that are opened in one call.
    uint256 private constant AT_ONCE = 50;

    uint32 private _strategyId;
    uint32 private _first;

    /// @dev A strategy with a member more than two batches have.
    function openMembers(uint32 batchSize) internal {
        deployWorld(batchSize);
        address leader = makeAddr("leader");
        (_strategyId,) = openStrategy(leader, 50, 10_000e6);
        _first = hub.vaultCount() + 1;
        uint256 members = 2 * batchSize + 1;
        fund(address(this), members * 20e6 * 4);
        Policy memory policy;
        bytes memory call = abi.encodeCall(hub.openVault, (_strategyId, policy, 20e6, 1, address(0)));
        for (uint256 opened; opened < members; opened += AT_ONCE) {
            uint256 size = members - opened < AT_ONCE ? members - opened : AT_ONCE;
            bytes[] memory calls = new bytes[](size);
            for (uint256 i; i < size; ++i) {
                calls[i] = call;
            }
            Multicall(address(hub)).multicall(calls);
        }
    }

    function openTrade() internal {
        vm.prank(makeAddr("leader"));
        hub.trade(tradeParams(_strategyId, address(usdc), address(weth), ALL / 2));
        assertTrue(hub.strategyOf(_strategyId).fanoutOpen);
    }

    /// @dev The next `size` positions, with gas from next to nothing to more than enough in so many steps.
    function sweep(uint32 size, uint256 steps) internal {
        bytes memory call = abi.encodeCall(hub.continueTrade, (_strategyId, size));
        bytes32 before = this.stateOf(size);
        uint256 kept = vm.snapshotState();
        uint256 enough = gasleft();
        (bool ok,) = address(hub).call(call);
        enough -= gasleft();
        assertTrue(ok, "with all the gas there is");
        assertLt(enough, TRANSACTION_GAS, "EIP-7825");
        bytes32 whole = this.stateOf(size);
        assertNotEq(whole, before);
        vm.revertToState(kept);
        uint256 times;
        for (uint256 i = 1; i <= steps + 2; ++i) {
            kept = vm.snapshotState();
            (ok,) = address(hub).call{gas: enough * i / steps}(call);
            assertEq(this.stateOf(size), ok ? whole : before, "whole or not at all");
            if (ok) ++times;
            vm.revertToState(kept);
        }
        assertGt(times, 0);
        assertLt(times, steps);
    }

    /// @dev What the batch could have changed. Called from outside, so that its memory is given back.
    function stateOf(uint32 size) external view returns (bytes32 state) {
        state = keccak256(
            abi.encode(
                hub.fanoutOf(_strategyId),
                hub.strategyOf(_strategyId),
                hub.stateOf(_strategyId),
                usdc.balanceOf(address(hub)),
                weth.balanceOf(address(hub))
            )
        );
        uint32 start = hub.fanoutOf(_strategyId).start;
        uint32 count = hub.strategyOf(_strategyId).memberCount;
        for (uint32 i; i <= size; ++i) {
            uint32 vault = _first + (start + count / 2 + i) % count;
            state = keccak256(
                abi.encode(state, hub.vaultBalance(vault, address(usdc)), hub.vaultBalance(vault, address(weth)))
            );
        }
    }
}

/// @notice At every size up to 32.
contract GasSweepTest is GasSweep {
    function setUp() public {
        openMembers(32);
    }

    function test_a_batch_of_up_to_32_happens_whole_or_not_at_all_whatever_gas_there_is() public {
        openTrade();
        for (uint32 size = 1; size <= 32; ++size) {
            sweep(size, 16);
        }
    }
}

/// @notice `make test-deep`: beyond 32, in steps up to the most that fit a transaction.
/// @dev Each further vault does what the one before did, so what a larger batch could show is where it grows in another
/// way: at the words of the member list, eight vaults each, and in memory, whose price rises with its square.
contract DeepGasSweepTest is GasSweep {
    function setUp() public {
        openMembers(700);
    }

    function test_a_batch_of_up_to_700_happens_whole_or_not_at_all_whatever_gas_there_is() public {
        openTrade();
        for (uint32 size = 33; size <= 128; ++size) {
            sweep(size, 4);
        }
        uint32[8] memory sizes = [uint32(160), 255, 256, 257, 400, 512, 600, 700];
        for (uint256 i; i < 8; ++i) {
            sweep(sizes[i], 32);
        }
    }
}
