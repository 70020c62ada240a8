// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Batch} from "../../../contracts/core/Batch.sol";
import {Clearing, Swapped} from "../../../contracts/core/Clearing.sol";
import {HubState} from "../../../contracts/core/HubState.sol";
import {KeeperFee} from "../../../contracts/core/KeeperFee.sol";
import {Policies} from "../../../contracts/core/Policies.sol";
import {Reason} from "../../../contracts/interfaces/Types.sol";
import {Copy, CopyLibrary} from "../../../contracts/libraries/Copy.sol";
import {VaultBalances} from "../../../contracts/libraries/VaultBalances.sol";

/// @notice Proofs about how one swap is shared among any number of copies, by induction over them.
/// @custom:halmos --solver-command ".venv-proofs/bin/python tests/contracts/symbolic/integers.py"
contract SharesProof is Clearing {
    uint256 private constant MOST = type(uint128).max >> 1;

    constructor() HubState(address(1), address(1), 1, 0) KeeperFee(address(0)) {}

    /// @notice A copy gets its part of what was bought, rounded down, and puts in its part of what was sold, rounded up:
    /// never more than it offered.
    function check_output_rounds_down_and_input_up(uint128 offered, uint128 all, uint128 sold, uint128 bought)
        external
        pure
    {
        if (offered > all || sold > all || all == 0) return;
        (uint256 amountIn, uint256 amountOut,) = _shareOf(offered, 0, all, sold, bought);
        unchecked {
            assert(amountIn <= offered);
            assert(amountOut * all <= uint256(offered) * bought);
            assert(uint256(offered) * bought < amountOut * all + all);
            assert(amountIn * all >= uint256(offered) * sold);
            assert(amountIn * all < uint256(offered) * sold + all);
        }
    }

    /// @notice A copy fee is no more than the fee's part of what was sold, nor than the leader's rate of the gross.
    function check_copy_fee_rounds_down(uint128 gross, uint16 feeBps, uint128 all, uint128 sold) external pure {
        if (feeBps > 100 || sold > all || all == 0) return;
        (,, uint256 fee) = _shareOf(gross, feeBps, all, sold, 0);
        unchecked {
            assert(fee * 10_000 <= uint256(gross) * feeBps);
        }
    }

    /// @notice One more copy's output, of which only what the first proof says is known, keeps the sum of outputs to the
    /// part that was bought for what these copies offered: no more, and less than one unit a copy less. `slack` is what
    /// the copies before may have left over: for each, one below `all`. Bounded: amounts below 2^127.
    function check_one_more_output_keeps_the_sum(
        uint128 offered,
        uint128 before,
        uint128 all,
        uint128 bought,
        uint128 amountOut,
        uint128 sumOut,
        uint160 slack
    ) external pure {
        if (uint256(before) + offered > all || all > MOST || bought > MOST) return;
        unchecked {
            (uint256 part, uint256 partBefore) = (uint256(offered) * bought, uint256(before) * bought);
            (uint256 product, uint256 sum) = (uint256(amountOut) * all, uint256(sumOut) * all);
            if (product > part || part >= product + all) return;
            if (sum > partBefore || partBefore - sum > slack) return;
            uint256 next = (uint256(sumOut) + amountOut) * all;
            uint256 wanted = (uint256(before) + offered) * bought;
            assert(next <= wanted && wanted - next <= uint256(slack) + all - 1);
        }
    }

    /// @notice One more copy's input, likewise, keeps the sum of inputs to the part that was sold of what these copies
    /// offered: no less, and less than one unit a copy more. Bounded: as above.
    function check_one_more_input_keeps_the_sum(
        uint128 offered,
        uint128 before,
        uint128 all,
        uint128 sold,
        uint128 amountIn,
        uint128 sumIn,
        uint160 slack
    ) external pure {
        if (uint256(before) + offered > all || all > MOST || sold > all) return;
        unchecked {
            (uint256 part, uint256 partBefore) = (uint256(offered) * sold, uint256(before) * sold);
            (uint256 product, uint256 sum) = (uint256(amountIn) * all, uint256(sumIn) * all);
            if (product < part || product >= part + all) return;
            if (sum < partBefore || sum - partBefore > slack) return;
            uint256 next = (uint256(sumIn) + amountIn) * all;
            uint256 wanted = (uint256(before) + offered) * sold;
            assert(next >= wanted && next - wanted <= uint256(slack) + all - 1);
        }
    }

    /// @notice So when all have been added, what is left over is nothing less than 0, and less than one unit a copy.
    function check_left_over_is_less_than_a_unit_a_copy(
        uint128 all,
        uint128 sold,
        uint128 bought,
        uint128 sumIn,
        uint128 sumOut,
        uint32 count
    ) external pure {
        if (all == 0 || count == 0) return;
        unchecked {
            if (uint256(sumOut) * all > uint256(all) * bought) return;
            if (uint256(all) * bought > uint256(sumOut) * all + uint256(count) * (uint256(all) - 1)) return;
            if (uint256(sumIn) * all < uint256(all) * sold) return;
            if (uint256(sumIn) * all > uint256(all) * sold + uint256(count) * (uint256(all) - 1)) return;
            assert(sumOut <= bought && bought - sumOut < count);
            assert(sumIn >= sold && sumIn - sold < count);
        }
    }

    function _shareOf(uint256 gross, uint16 feeBps, uint256 all, uint256 sold, uint256 bought)
        private
        pure
        returns (uint256 amountIn, uint256 amountOut, uint256 fee)
    {
        Batch memory batch;
        Swapped memory swapped;
        batch.amountIn = all;
        (swapped.amountIn, swapped.amountOut) = (sold, bought);
        return _share(batch, CopyLibrary.pack(1, 0, feeBps, Reason.None, 0, gross), swapped);
    }
}

/// @notice Proofs about the books after a swap.
/// @custom:halmos --solver-command ".venv-proofs/bin/python tests/contracts/symbolic/integers.py"
contract DistributionProof is Clearing {
    using VaultBalances for uint256[8];

    /// @dev Known to the compiler, a number would have it reckon hashes of storage keys that Halmos must see.
    uint32 private immutable _one = 1;
    uint32 private immutable _two = 2;
    address private immutable _leader = address(0x1EAD);
    address private immutable _sold = address(0x501D);
    address private immutable _bought = address(0xB0);

    constructor() HubState(address(1), address(1), 1, 0) KeeperFee(address(0)) {}

    /// @notice Whatever part is sold and whatever it brings, what two vaults put in is what was sold, fees and what is left
    /// over, and what they get is what was bought and what is left over, which is the treasury's. Nothing overflows.
    /// Bounded: two vaults with holdings of two sizes, one of which pays a copy fee of a hundredth.
    function check_the_books_conserve(bool dust, uint128 sold, uint128 bought) external {
        (uint256 first, uint256 second) = dust ? (1, 2) : (333_333_333, 777_777_777);
        uint256 offered = first + second - second / 100;
        if (sold > offered) return;
        _treasury = address(0x7EA);
        _vaults[_one].balances.add(1, first);
        _vaults[_two].balances.add(1, second);
        Batch memory batch;
        (batch.indexIn, batch.tokenIn, batch.tokenOut) = (1, _sold, _bought);
        (batch.amountIn, batch.size, batch.copies) = (offered, 2, new Copy[](2));
        batch.leader = _leader;
        batch.copies[0] = CopyLibrary.pack(_one, 0, 0, Reason.None, 0, first);
        batch.copies[1] = CopyLibrary.pack(_two, 0, 100, Reason.None, 0, second);
        Swapped memory swapped;
        (swapped.amountIn, swapped.amountOut) = (sold, bought);
        _distribute(batch, swapped);

        uint256 left = _vaults[_one].balances.get(1) + _vaults[_two].balances.get(1);
        assert(left + sold + _feeBalance[_leader][_sold] + _feeBalance[_treasury][_sold] == first + second);
        uint256 got = _vaults[_one].balances.get(0) + _vaults[_two].balances.get(0);
        assert(got + _feeBalance[_treasury][_bought] == bought);
        assert(_feeBalance[_treasury][_sold] < 2 && _feeBalance[_treasury][_bought] < 2);
    }
}
