// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Fanout, Vault} from "../interfaces/Types.sol";
import {CopyLibrary} from "../libraries/Copy.sol";
import {MemberList} from "../libraries/MemberList.sol";
import {Batch} from "./Batch.sol";
import {VaultRecord} from "./HubState.sol";
import {Part} from "./Policies.sol";
import {Routes} from "./Routes.sol";

/// @notice Who carries a trade to the hub for the leader, and the gas that was left when the call began.
struct Carrier {
    address keeper;
    uint256 gasBefore;
}

/// @title Fan-outs
/// @notice Who is copied and in which order. The contract alone decides: every position once, from a start that moves
/// with each trade. Nobody picks, omits or reorders followers.
/// @dev A strategy has at most one trade that is still being copied, so a later trade reaches no vault first.
abstract contract Fanouts is Routes {
    using MemberList for MemberList.Members;

    /// @dev First transient slot of what callers expect; the caller's address is added.
    uint256 internal constant EXPECTATION_SLOT =
        uint256(keccak256("lockstep.expectation")) & ~uint256(type(uint192).max);

    function _takeExpectedSlippage() internal returns (uint256 bps) {
        uint256 slot = EXPECTATION_SLOT + uint160(msg.sender);
        assembly ("memory-safe") {
            bps := tload(slot)
            tstore(slot, 0)
        }
    }

    /// @dev Without the two tokens, which the caller knows or looks up.
    function _newCopies(uint32 strategyId, Fanout memory fanout, uint256 visits, Carrier memory carrier)
        internal
        returns (Batch memory batch)
    {
        batch = _newBatch(strategyId, Math.min(visits, fanout.count - fanout.cursor) + 1);
        batch.tradeId = _tradeId(strategyId, fanout.sequence);
        batch.indexIn = fanout.indexIn;
        batch.indexOut = fanout.indexOut;
        batch.venue = _routes[strategyId][fanout.pool].venue;
        batch.pool = fanout.pool;
        batch.portion = fanout.portion;
        batch.keeper = carrier.keeper;
        batch.gasBefore = carrier.gasBefore;
        batch.expectedBps = _takeExpectedSlippage();
    }

    function _visit(Batch memory batch, Fanout memory fanout, uint32 strategyId, uint256 visits) internal {
        MemberList.Members storage members = _members[strategyId];
        uint256 end = Math.min(fanout.cursor + visits, fanout.count);
        for (uint256 cursor = fanout.cursor; cursor < end; ++cursor) {
            uint32 vaultId = members.get(_position(fanout, cursor));
            if (vaultId != 0) _visitVault(batch, vaultId);
        }
        fanout.cursor = uint32(end);
        batch.cursor = uint32(end);
    }

    function _visitVault(Batch memory batch, uint32 vaultId) private {
        VaultRecord storage record = _vaults[vaultId];
        // Not a copy in memory: its second word, the owner, would be read for nothing.
        Vault storage head = record.head;
        (uint32 revision, uint16 feeBps) = (head.policyRevision, head.copyFeeBps);
        Part memory part = _size(batch, record, vaultId);
        if (part.gross == 0) {
            emit CopySkipped(batch.tradeId, vaultId, revision, part.reason);
            return;
        }
        _gather(batch, CopyLibrary.pack(vaultId, revision, feeBps, part.reason, part.equityShareBps, part.gross));
    }

    function _position(Fanout memory fanout, uint256 cursor) internal pure returns (uint256 position) {
        position = fanout.start + cursor;
        if (position >= fanout.count) position -= fanout.count;
    }
}
