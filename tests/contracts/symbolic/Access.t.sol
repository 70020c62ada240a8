// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {IHubExtension} from "../../../contracts/interfaces/IHubExtension.sol";
import {FeeTerms, Policy, Sizing, StrategyParams, VaultStatus} from "../../../contracts/interfaces/Types.sol";
import {NoOffers} from "./BookkeepingHarness.sol";
import {Deployer, PlainToken, Svm} from "./Harness.sol";
import {OffersHarness} from "./OffersHarness.sol";
import {OneVault} from "./OneVault.sol";

/// @notice What the proofs about the bookkeeping start from.
/// @dev Bounded: the hub knows one strategy and one vault, and arrays have up to two elements. `multicall` is left out: it
/// makes the same calls as the same caller.
abstract contract BookkeepingProof is Deployer {
    Svm private constant svm = Svm(address(uint160(uint256(keccak256("svm cheat code")))));
    address internal constant OWNER = address(0x0E);
    address internal constant LEADER = address(0x1EAD);
    uint32 internal constant VAULT = 7;
    /// @dev What the caller has in its account, in fees and in its wallet. A call may ask for any part of it.
    uint128 internal constant MONEY = 1 << 100;

    PlainToken internal token = new PlainToken();

    /// @dev Any function of `part` with any arguments; a call that fails changes nothing.
    function _anyCall(string memory part, address caller) internal returns (bytes memory data) {
        data = svm.createCalldata(part);
        vm.assume(bytes4(data) != Multicall.multicall.selector && caller != address(this) && caller != address(0));
    }

    function _call(OneVault hub, address caller, bytes memory data) internal {
        vm.prank(caller);
        (bool done,) = address(hub).call(data);
        vm.assume(done);
    }
}

/// @notice Proofs that no call by anyone but its owner lowers the balance of a vault that owes no fee, or takes the vault
/// away, and that none has the hub grant an allowance: any function, any arguments, any caller.
contract AccessProof is BookkeepingProof {
    bytes4[] private _told;

    /// @notice Of accounts: what is deposited, withdrawn and claimed.
    function check_no_account_lowers_anothers_vault(address caller, uint128 amount, uint8 status) external {
        _told = [
            IHubExtension.deposit.selector,
            IHubExtension.depositWithPermit.selector,
            IHubExtension.withdraw.selector,
            IHubExtension.claimFees.selector
        ];
        _assertUntouched(_books(), caller, amount, status, true);
    }

    /// @notice Putting into a vault and taking out of it is refused to whoever owns none.
    function check_no_other_puts_in_or_takes_out(address caller, uint128 amount, uint8 status) external {
        bytes memory data = _anyCall("HubExtension", caller);
        bytes4 told = bytes4(data);
        vm.assume(
            told == IHubExtension.allocate.selector || told == IHubExtension.deallocate.selector
                || told == IHubExtension.exit.selector
        );
        OneVault books = _books();
        vm.assume(caller != OWNER && status <= uint8(type(VaultStatus).max));
        books.openFor(OWNER, VAULT, address(token), amount, VaultStatus(status));
        books.creditTo(caller, address(token), MONEY, MONEY);
        vm.prank(caller);
        (bool done,) = address(books).call(data);
        assert(!done);
    }

    /// @notice Of opening a vault of one's own, under no limits, with nothing in it yet.
    function check_opening_a_vault_touches_no_other(address caller, uint128 amount, uint8 status, uint8 sizing)
        external
    {
        vm.assume(caller != address(this) && caller != address(0) && sizing <= uint8(type(Sizing).max));
        Policy memory policy;
        policy.sizing = Sizing(sizing);
        OneVault books = _books();
        bytes memory data = abi.encodeCall(IHubExtension.openVault, (1, policy, 0, 1, address(0)));
        _assertUntouchedBy(data, books, caller, amount, status);
    }

    /// @notice Of what an owner tells a vault.
    function check_no_other_rules_a_vault(address caller, uint128 amount, uint8 status) external {
        _told = [
            IHubExtension.setLeaderCap.selector,
            IHubExtension.setPolicy.selector,
            IHubExtension.pause.selector,
            IHubExtension.resume.selector,
            IHubExtension.requestExit.selector,
            IHubExtension.leaveStrategy.selector,
            IHubExtension.acceptTerms.selector
        ];
        _assertUntouched(_books(), caller, amount, status, true);
    }

    /// @notice Of what anybody may have done to anybody's vault.
    function check_no_charge_lowers_a_vault_that_owes_nothing(address caller, uint128 amount, uint8 status) external {
        _told = [
            IHubExtension.evict.selector,
            IHubExtension.prune.selector,
            IHubExtension.settle.selector,
            IHubExtension.settleEscrow.selector
        ];
        _assertUntouched(_books(), caller, amount, status, true);
    }

    /// @notice Of whatever else the bookkeeping answers to. What it runs from elsewhere is the proof below.
    function check_nothing_else_lowers_a_vault(address caller, uint128 amount, uint8 status) external {
        _told = [
            IHubExtension.deposit.selector,
            IHubExtension.depositWithPermit.selector,
            IHubExtension.withdraw.selector,
            IHubExtension.claimFees.selector,
            IHubExtension.openVault.selector,
            IHubExtension.allocate.selector,
            IHubExtension.deallocate.selector,
            IHubExtension.exit.selector,
            IHubExtension.setLeaderCap.selector,
            IHubExtension.setPolicy.selector,
            IHubExtension.pause.selector,
            IHubExtension.resume.selector,
            IHubExtension.requestExit.selector,
            IHubExtension.leaveStrategy.selector,
            IHubExtension.acceptTerms.selector,
            IHubExtension.evict.selector,
            IHubExtension.prune.selector,
            IHubExtension.settle.selector,
            IHubExtension.settleEscrow.selector
        ];
        _assertUntouched(_books(), caller, amount, status, false);
    }

    /// @notice Of registry and offers.
    function check_no_offer_lowers_a_vault(address caller, uint128 amount, uint8 status) external {
        OneVault offers = OneVault(_deploy("OffersHarness", abi.encode(address(0x02AC1E))));
        _assertUntouchedBy(_anyCall("HubOffers", caller), offers, caller, amount, status);
    }

    function _books() private returns (OneVault) {
        return OneVault(_deploy("BookkeepingHarness", abi.encode(new NoOffers())));
    }

    function _assertUntouched(OneVault books, address caller, uint128 amount, uint8 status, bool amongThem) private {
        bytes memory data = _anyCall("HubExtension", caller);
        bool isTold;
        for (uint256 i; i < _told.length; ++i) {
            if (bytes4(data) == _told[i]) isTold = true;
        }
        vm.assume(isTold == amongThem);
        _assertUntouchedBy(data, books, caller, amount, status);
    }

    function _assertUntouchedBy(bytes memory data, OneVault hub, address caller, uint128 amount, uint8 status) private {
        vm.assume(caller != OWNER && status <= uint8(type(VaultStatus).max));
        hub.openFor(OWNER, VAULT, address(token), amount, VaultStatus(status));
        hub.creditTo(caller, address(token), MONEY, MONEY);
        token.mint(caller, MONEY);
        token.mint(address(hub), 2 * uint256(MONEY) + amount);
        _call(hub, caller, data);
        assert(hub.holding(VAULT) >= amount);
        assert(hub.ownerOfVault(VAULT) == OWNER);
        assert(token.approvals() == 0);
    }
}

/// @notice Proofs about who changes what is listed and what is offered.
contract OfficesProof is BookkeepingProof {
    OffersHarness internal offers = OffersHarness(_deploy("OffersHarness", abi.encode(address(0x02AC1E))));

    /// @notice No call by anyone but the hub's owner and guardian changes who is owner, treasury, guardian or gate, the
    /// protocol's share, or what is listed.
    function check_only_the_hubs_owner_changes_the_registry(address caller, address any) external {
        offers.openFor(OWNER, VAULT, address(token), 0, VaultStatus.Active);
        vm.assume(caller != offers.owner() && caller != address(0x6A4));
        address owner = offers.owner();
        (uint40 usableFrom, address venue) = offers.listing(any);
        (address treasury, address guardian, address gate, uint16 protocolBps) = offers.offices();
        _call(offers, caller, _anyCall("HubOffers", caller));
        assert(offers.owner() == owner);
        (uint40 usableFromAfter, address venueAfter) = offers.listing(any);
        assert(usableFromAfter == usableFrom && venueAfter == venue);
        (address treasuryAfter, address guardianAfter, address gateAfter, uint16 protocolBpsAfter) = offers.offices();
        assert(treasuryAfter == treasury && guardianAfter == guardian);
        assert(gateAfter == gate && protocolBpsAfter == protocolBps);
    }
}

/// @notice Proofs about what a leader may ask.
contract TermsProof is BookkeepingProof {
    OffersHarness internal offers = OffersHarness(_deploy("OffersHarness", abi.encode(address(0x02AC1E))));

    /// @notice What passes the check of terms is below every cap.
    function check_terms_that_pass_are_below_the_caps(FeeTerms calldata terms, uint96 minDeposit) external view {
        offers.checkTerms(terms, minDeposit);
        assert(terms.copyBps <= 100 && terms.performanceBps <= 3_000 && terms.managementBps <= 500);
        assert(terms.withdrawalBps <= 100 && terms.referrerBps <= 5_000);
        assert(terms.performancePeriod == 0 || terms.performancePeriod >= 7 days);
        assert(terms.subscription == 0 || terms.subscriptionPeriod >= 7 days);
    }

    /// @notice Thirty days of subscriptions that pass the check cost no more than two hundredths of the smallest deposit.
    /// @custom:halmos --solver-command ".venv-proofs/bin/python tests/contracts/symbolic/integers.py"
    function check_a_subscription_that_passes_is_below_its_cap(uint96 subscription, uint32 period, uint96 minDeposit)
        external
        view
    {
        FeeTerms memory terms;
        (terms.subscription, terms.subscriptionPeriod) = (subscription, period);
        offers.checkTerms(terms, minDeposit);
        unchecked {
            assert(uint256(subscription) * 10_000 * 30 days <= uint256(minDeposit) * 200 * period);
        }
    }

    /// @notice A strategy's slippage, drift, copy window, limits and first terms are at most their caps, and its stake is
    /// at least the smallest deposit.
    function check_no_strategy_is_above_a_cap(StrategyParams calldata params) external {
        offers.openFor(OWNER, VAULT, params.baseToken, 0, VaultStatus.Active);
        (uint32 strategyId,) = offers.createStrategy(params);
        assert(offers.strategyOf(strategyId).maxSlippageBps <= 1_000);
        assert(offers.strategyOf(strategyId).maxDriftBps <= 1_000);
        assert(offers.strategyOf(strategyId).copyWindow <= 1 days);
        assert(offers.limitsOf(strategyId).lossBudgetBps <= 2_000);
        assert(offers.limitsOf(strategyId).maxDrawdownBps <= 5_000);
        assert(offers.limitsOf(strategyId).minStake >= params.minDeposit);
        FeeTerms memory terms = offers.termsOf(strategyId, 1);
        assert(terms.copyBps <= 100 && terms.performanceBps <= 3_000 && terms.managementBps <= 500);
        assert(terms.withdrawalBps <= 100 && terms.referrerBps <= 5_000);
    }

    /// @notice Terms that a leader proposes are those that passed the check, or nothing changes; they are in force at once
    /// or wait a day, and dearer ones wait.
    function check_only_checked_terms_come_into_force(
        FeeTerms calldata terms,
        uint96 minDeposit,
        uint40 proposedAt,
        uint40 time
    ) external {
        offers.openFor(OWNER, VAULT, address(token), 0, VaultStatus.Active);
        offers.requireDeposit(minDeposit);
        vm.warp(proposedAt);
        vm.prank(LEADER);
        offers.proposeTerms(1, terms);
        offers.checkTerms(terms, minDeposit);
        bool atOnce = offers.strategyOf(1).termsVersion == 2;
        bool isFree = terms.copyBps | terms.performanceBps | terms.managementBps | terms.withdrawalBps == 0;
        assert(!atOnce || (isFree && terms.subscription == 0));
        vm.warp(time);
        (bool applied,) = address(offers).call(abi.encodeCall(offers.applyTerms, (1)));
        assert(!applied || (!atOnce && time >= uint256(proposedAt) + 1 days));
        uint16 version = offers.strategyOf(1).termsVersion;
        assert(version == (atOnce || applied ? 2 : 1));
        if (version == 2) assert(keccak256(abi.encode(offers.termsOf(1, 2))) == keccak256(abi.encode(terms)));
    }
}
