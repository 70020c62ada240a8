// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {FeeTerms, StrategyParams, VaultStatus} from "../../../contracts/interfaces/Types.sol";
import {BookkeepingHarness, Cheats, OffersHarness, OneVault, PlainToken, Svm} from "./Harness.sol";

/// @notice What the proofs about the bookkeeping start from.
/// @dev Bounded: the hub knows one strategy and one vault, and arrays have up to two elements. `multicall` is left out: it
/// makes the same calls as the same caller.
abstract contract BookkeepingProof {
    Cheats internal constant vm = Cheats(address(uint160(uint256(keccak256("hevm cheat code")))));
    Svm private constant svm = Svm(address(uint160(uint256(keccak256("svm cheat code")))));
    address internal constant OWNER = address(0x0E);
    address internal constant LEADER = address(0x1EAD);
    uint32 internal constant VAULT = 7;

    PlainToken internal token = new PlainToken();
    OffersHarness internal offers = new OffersHarness(address(0x02AC1E));
    BookkeepingHarness internal books = new BookkeepingHarness(address(offers));

    function _callAnything(OneVault hub, string memory functionsOf, address caller) internal {
        bytes memory data = svm.createCalldata(functionsOf);
        vm.assume(bytes4(data) != Multicall.multicall.selector && caller != address(this) && caller != address(0));
        vm.prank(caller);
        (bool done,) = address(hub).call(data);
        vm.assume(done);
    }
}

/// @notice Proofs about who may do what: any function, any arguments, any caller.
contract AccessProof is BookkeepingProof {
    /// @notice No call by anyone but its owner lowers the balance of a vault that owes no fee, or takes the vault away, and
    /// the hub never grants an allowance: accounts, vaults and fees.
    function check_only_its_owner_lowers_a_vault(address caller, uint128 amount, uint8 status) external {
        _assertUntouched(books, "HubExtension", caller, amount, status);
    }

    /// @notice The same of registry and offers.
    function check_no_offer_lowers_a_vault(address caller, uint128 amount, uint8 status) external {
        _assertUntouched(offers, "HubOffers", caller, amount, status);
    }

    /// @notice No call by anyone but the hub's owner changes who is owner, treasury, guardian or gate, the protocol's
    /// share, or lists anything.
    function check_only_the_hubs_owner_changes_the_registry(address caller, address any) external {
        offers.openFor(OWNER, VAULT, address(token), 0, VaultStatus.Active);
        vm.assume(caller != offers.owner() && caller != address(0x6A4));
        address owner = offers.owner();
        (uint40 usableFrom, address venue) = offers.listing(any);
        (address treasury, address guardian, address gate, uint16 protocolBps) = offers.offices();
        _callAnything(offers, "HubOffers", caller);
        assert(offers.owner() == owner);
        (uint40 usableFromAfter, address venueAfter) = offers.listing(any);
        assert(usableFromAfter == usableFrom && venueAfter == venue);
        (address treasuryAfter, address guardianAfter, address gateAfter, uint16 protocolBpsAfter) = offers.offices();
        assert(treasuryAfter == treasury && guardianAfter == guardian);
        assert(gateAfter == gate && protocolBpsAfter == protocolBps);
    }

    function _assertUntouched(OneVault hub, string memory functionsOf, address caller, uint128 amount, uint8 status)
        private
    {
        vm.assume(caller != OWNER && status <= uint8(type(VaultStatus).max));
        hub.openFor(OWNER, VAULT, address(token), amount, VaultStatus(status));
        _callAnything(hub, functionsOf, caller);
        assert(hub.holding(VAULT) >= amount);
        assert(hub.ownerOfVault(VAULT) == OWNER);
        assert(token.approvals() == 0);
    }
}

/// @notice Proofs about what a leader may ask.
contract TermsProof is BookkeepingProof {
    /// @notice A strategy's slippage, drift, copy window and limits are at most their caps, and its stake is at least the
    /// smallest deposit.
    function check_no_strategy_is_above_a_cap(StrategyParams calldata params) external {
        offers.openFor(OWNER, VAULT, params.baseToken, 0, VaultStatus.Active);
        (uint32 strategyId,) = offers.createStrategy(params);
        assert(offers.strategyOf(strategyId).maxSlippageBps <= 1_000);
        assert(offers.strategyOf(strategyId).maxDriftBps <= 1_000);
        assert(offers.strategyOf(strategyId).copyWindow <= 1 days);
        assert(offers.limitsOf(strategyId).lossBudgetBps <= 2_000);
        assert(offers.limitsOf(strategyId).maxDrawdownBps <= 5_000);
        assert(offers.limitsOf(strategyId).minStake >= params.minDeposit);
        _assertCapped(offers.termsOf(strategyId, 1));
    }

    /// @notice Whatever a leader proposes, no terms that a vault can join with are above a cap, now or after any wait, and
    /// those that wait, wait a day.
    function check_no_terms_are_above_a_cap(FeeTerms calldata terms, uint96 minDeposit, uint40 proposedAt, uint40 time)
        external
    {
        offers.openFor(OWNER, VAULT, address(token), 0, VaultStatus.Active);
        offers.requireDeposit(minDeposit);
        vm.warp(proposedAt);
        vm.prank(LEADER);
        offers.proposeTerms(1, terms);
        vm.warp(time);
        (bool applied,) = address(offers).call(abi.encodeCall(offers.applyTerms, (1)));
        assert(!applied || time >= uint256(proposedAt) + 1 days);
        FeeTerms memory current = offers.termsOf(1, offers.strategyOf(1).termsVersion);
        _assertCapped(current);
        uint256 most = uint256(minDeposit) * 200 * current.subscriptionPeriod;
        assert(uint256(current.subscription) * 10_000 * 30 days <= most);
    }

    function _assertCapped(FeeTerms memory terms) private pure {
        assert(terms.copyBps <= 100 && terms.performanceBps <= 3_000 && terms.managementBps <= 500);
        assert(terms.withdrawalBps <= 100 && terms.referrerBps <= 5_000);
        assert(terms.performancePeriod == 0 || terms.performancePeriod >= 7 days);
        assert(terms.subscription == 0 || terms.subscriptionPeriod >= 7 days);
    }
}
