// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Batch} from "../../../contracts/core/Batch.sol";
import {Fanouts} from "../../../contracts/core/Fanouts.sol";
import {HubState} from "../../../contracts/core/HubState.sol";
import {KeeperFee} from "../../../contracts/core/KeeperFee.sol";
import {Fanout, VaultStatus} from "../../../contracts/interfaces/Types.sol";
import {Copy} from "../../../contracts/libraries/Copy.sol";
import {MemberList} from "../../../contracts/libraries/MemberList.sol";
import {VaultBalances} from "../../../contracts/libraries/VaultBalances.sol";

/// @notice Proofs about the order in which a fan-out meets its members: any start, any number of them.
contract CursorProof is Fanouts {
    using MemberList for MemberList.Members;
    using VaultBalances for uint256[8];

    /// @dev Known to the compiler, a number would have it reckon hashes of storage keys that Halmos must see.
    uint32 private immutable _strategyId = 1;
    uint32 private immutable _one = 7;
    uint32 private immutable _two = 8;

    constructor() HubState(address(1), address(1), 1, 0) KeeperFee(address(0)) {}

    /// @notice Cursors and positions are the same in number and belong to each other one to one: every position has exactly
    /// one cursor, the one as far from 0 as the position is from the start, around the end.
    function check_every_position_has_exactly_one_cursor(
        uint32 start,
        uint32 count,
        uint32 cursor,
        uint32 other,
        uint32 position
    ) external pure {
        if (start >= count || cursor >= count || other >= count || position >= count) return;
        Fanout memory fanout = _fanout(start, count, 0);
        uint256 met = _position(fanout, cursor);
        assert(met < count);
        if (cursor != other) assert(met != _position(fanout, other));
        uint256 distance = position >= start ? position - start : uint256(position) + count - start;
        assert(distance < count && _position(fanout, distance) == position);
    }

    /// @notice A batch of any size begins at the cursor, ends that many further or at the end, and never goes back.
    /// Bounded: nobody is a member, up to three visits.
    function check_a_batch_moves_the_cursor_on(uint32 start, uint32 count, uint32 cursor, uint8 visits) external {
        if (start >= count || cursor >= count || visits > 3) return;
        Batch memory batch;
        Fanout memory fanout = _fanout(start, count, cursor);
        _visit(batch, fanout, _strategyId, visits);
        uint256 end = uint256(cursor) + visits;
        assert(fanout.cursor == (end < count ? end : count) && batch.cursor == fanout.cursor);
    }

    /// @notice A batch takes in the member at its first cursor, then the one at the next, and nobody else.
    /// Bounded: two visits.
    /// @custom:halmos --storage-layout generic
    function check_members_are_met_in_the_order_of_cursors(
        uint32 start,
        uint32 count,
        uint32 cursor,
        uint32 position,
        uint32 other
    ) external {
        if (start >= count || uint256(cursor) + 1 >= count || position == other) return;
        _join(position, _one);
        _join(other, _two);
        Batch memory batch;
        (batch.copies, batch.portion, batch.indexIn) = (new Copy[](2), 1e18, 1);
        Fanout memory fanout = _fanout(start, count, cursor);
        _visit(batch, fanout, _strategyId, 2);

        uint256 size;
        for (uint256 each = cursor; each <= uint256(cursor) + 1; ++each) {
            uint256 met = _position(fanout, each);
            if (met == position) assert(batch.copies[size++].vaultId() == _one);
            else if (met == other) assert(batch.copies[size++].vaultId() == _two);
        }
        assert(batch.size == size);
    }

    function _fanout(uint32 start, uint32 count, uint32 cursor) private pure returns (Fanout memory fanout) {
        (fanout.start, fanout.count, fanout.cursor) = (start, count, cursor);
    }

    function _join(uint32 position, uint32 vaultId) private {
        _members[_strategyId].set(position, vaultId);
        _vaults[vaultId].head.status = VaultStatus.Active;
        _vaults[vaultId].balances.add(1, 1_000);
    }
}
