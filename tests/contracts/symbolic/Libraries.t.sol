// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Reason} from "../../../contracts/interfaces/Types.sol";
import {Copy, CopyLibrary} from "../../../contracts/libraries/Copy.sol";
import {MemberList} from "../../../contracts/libraries/MemberList.sol";
import {Price} from "../../../contracts/libraries/Price.sol";
import {VaultBalances} from "../../../contracts/libraries/VaultBalances.sol";

/// @notice Proofs about balances, two a word.
contract VaultBalancesProof {
    using VaultBalances for uint256[8];

    uint256[8] private balances;

    /// @notice Adding raises one balance by exactly the amount, and touches no other, its neighbour in the word included.
    function check_add_touches_one_balance(uint256[8] calldata before, uint256 amount) external {
        for (uint256 index; index < VaultBalances.MAX_TOKENS; ++index) {
            balances = before;
            uint256 had = balances.get(index);
            balances.add(index, amount);
            assert(balances.get(index) == had + amount);
            _assertOthers(before, index);
        }
    }

    /// @notice Taking lowers one balance by exactly the amount, and touches no other.
    function check_sub_touches_one_balance(uint256[8] calldata before, uint256 amount) external {
        for (uint256 index; index < VaultBalances.MAX_TOKENS; ++index) {
            balances = before;
            uint256 had = balances.get(index);
            balances.sub(index, amount);
            assert(amount <= had && balances.get(index) == had - amount);
            _assertOthers(before, index);
        }
    }

    function _assertOthers(uint256[8] calldata before, uint256 touched) private view {
        for (uint256 word; word < 8; ++word) {
            uint256 changed = balances[word] ^ before[word];
            if (word != touched >> 1) assert(changed == 0);
            else if (touched & 1 == 0) assert(changed >> 128 == 0);
            else assert(uint128(changed) == 0);
        }
    }
}

/// @notice Proofs about members, eight a word.
contract MemberListProof {
    using MemberList for MemberList.Members;

    MemberList.Members private members;

    /// @notice Setting a position sets that position and leaves every other as it was, whatever was there.
    function check_set_touches_one_position(uint256 position, uint256 other, uint32 vaultId, uint256 word) external {
        members.words[position >> 3] = word;
        members.words[other >> 3] = word;
        uint32 before = members.get(other);
        members.set(position, vaultId);
        assert(members.get(position) == vaultId);
        if (other != position) assert(members.get(other) == before);
    }
}

/// @notice Proofs about a copy in one memory word.
contract CopyProof {
    /// @notice What is packed into a copy comes out of it again, field by field.
    function check_what_is_packed_comes_out(
        uint32 vaultId,
        uint32 revision,
        uint16 feeBps,
        Reason reason,
        uint16 shareBps,
        uint128 gross
    ) external pure {
        Copy copy = CopyLibrary.pack(vaultId, revision, feeBps, reason, shareBps, gross);
        assert(copy.vaultId() == vaultId && copy.revision() == revision && copy.gross() == gross);
        assert(copy.reducedBy() == reason && copy.equityShareBps() == shareBps);
    }

    /// @notice Cutting a copy leaves its gross at the level, or below as it was, and changes nothing but gross and reason.
    function check_a_cut_changes_gross_and_reason_alone(uint256 word, uint128 level, Reason reason) external pure {
        Copy copy = Copy.wrap(word);
        Copy cut = copy.reducedTo(level, reason);
        if (copy.gross() <= level) assert(Copy.unwrap(cut) == word);
        else assert(cut.gross() == level && uint8(Copy.unwrap(cut) >> 168) == uint8(reason));
        uint256 rest = ~((uint256(type(uint8).max) << 168) | type(uint128).max);
        assert(Copy.unwrap(cut) & rest == word & rest);
    }

    /// @notice A copy's fee is its rate of the gross, rounded down.
    /// @custom:halmos --solver-command ".venv-proofs/bin/python tests/contracts/symbolic/integers.py"
    function check_fee_rounds_down(uint16 feeBps, uint128 gross) external pure {
        uint256 fee = CopyLibrary.pack(1, 1, feeBps, Reason.None, 0, gross).fee();
        unchecked {
            uint256 exact = uint256(gross) * feeBps;
            assert(fee * 10_000 <= exact);
            assert(exact < (fee + 1) * 10_000);
        }
    }
}

/// @notice Proofs about the direction in which prices round.
/// @custom:halmos --solver-command ".venv-proofs/bin/python tests/contracts/symbolic/integers.py"
contract PriceProof {
    /// @notice The price of a fill rounds down, by less than one unit: a floor is never met by rounding.
    function check_price_rounds_down(uint128 amountOut, uint128 amountIn) external pure {
        uint256 price = Price.ofDown(amountOut, amountIn);
        uint256 exact = uint256(amountOut) * Price.SCALE;
        assert(price * amountIn <= exact && exact - price * amountIn < amountIn);
    }
}
