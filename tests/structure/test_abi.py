"""The hub's interface is the same everywhere: in what the indexer decodes, the ledger posts, the API explains
and the invariants exercise.
"""

import inspect
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from eth_utils.crypto import keccak

from api.reasons.catalogue import ReasonName, all_reasons
from api.trades.schemas import TradeKind as ShownKind
from api.vaults.schemas import Action, Sizing
from api.vaults.schemas import VaultStatus as ShownStatus
from demo.checkout import Checkout
from indexer.decode import events
from indexer.decode.decoder import Decoder, hub_abi
from indexer.decode.errors import AbiMismatchError
from indexer.ledger import postings
from protocol import types
from tests.structure.builds import Builds

ROOT = Checkout.here().root
ABI_FOLDER = ROOT / "indexer" / "decode" / "abi"
HANDLERS = sorted((ROOT / "tests" / "contracts" / "invariant").glob("*Handler.sol"))
TYPES = ROOT / "contracts" / "interfaces" / "Types.sol"

PARTS = sorted(
    path.stem for path in (ROOT / "contracts" / "core").glob("Hub*.sol") if path.stem != "HubState"
)
"""The contracts that the hub's code is in; one address answers for all."""

# ERC-5267 has it for contracts whose EIP-712 domain can change. The hub's cannot: no code emits it.
NEVER_EMITTED = "EIP712DomainChanged"

# Events that move no money: the ledger keeps what they say, and posts nothing.
WITHOUT_POSTING = {
    "CopySkipped",
    "GateSet",
    "GuardianSet",
    "LeaderCapSet",
    "ListingVetoed",
    "MemberMoved",
    "OrderFilled",
    "OrdersCancelled",
    "OwnershipTransferStarted",
    "OwnershipTransferred",
    "PolicySet",
    "PoolListed",
    "ProtocolShareSet",
    "StrategyCreated",
    "StrategyLimitsSet",
    "StrategyPoolAdded",
    "StrategyTokenAdded",
    "TermsAccepted",
    "TermsProposed",
    "TermsSet",
    "TokenListed",
    "TradeCompleted",
    "TradeOpened",
    "TradingHalted",
    "TradingResumed",
    "TreasurySet",
    "VaultMarked",
    "VaultOpened",
    "VaultStatusSet",
}

# What the invariants' world cannot let succeed: all its genuine pools are listed from the start, and a hub
# without an owner would end every other action of the owner. Both are called all the same, and must refuse.
ONLY_REFUSED = {"listPool", "renounceOwnership"}


def in_order(abi: list[dict[str, Any]]) -> list[str]:
    return sorted(json.dumps(entry, sort_keys=True) for entry in abi)


def of_hub(builds: Builds) -> list[dict[str, Any]]:
    """What the hub's one address answers and emits: the entries of all its parts, each once."""
    entries = {json.dumps(entry, sort_keys=True) for part in PARTS for entry in builds.forge(part)["abi"]}
    abi = [json.loads(entry) for entry in sorted(entries)]
    return [entry for entry in abi if entry.get("name") != NEVER_EMITTED]


def event_names(abi: list[dict[str, Any]]) -> set[str]:
    return {entry["name"] for entry in abi if entry["type"] == "event"}


def enum_members(source: str, name: str) -> list[str]:
    match = re.search(rf"enum {name} \{{([^}}]*)\}}", source)
    assert match, f"there is no enum {name}"
    return re.findall(r"\w+", match[1])


def functions(artifact: dict[str, Any]) -> set[str]:
    return set(artifact["methodIdentifiers"])


def state_changing(abi: list[dict[str, Any]]) -> set[str]:
    entries = (entry for entry in abi if entry["type"] == "function")
    return {entry["name"] for entry in entries if entry["stateMutability"] not in ("view", "pure")}


def not_exercised(changing: set[str], handler: str) -> set[str]:
    """What the handler neither performs under its name nor, if only that is possible, has refused."""
    encoded = set(re.findall(r"abi\.encodeCall\(\s*\w+\.(\w+),", handler))
    acted = set(re.findall(r'_act(?:On)?\(\s*(?:vaultId,\s*)?"(\w+)"', handler)) & encoded
    refused = set(re.findall(r"_refuse\(\s*abi\.encodeCall\(\w+\.(\w+),", handler)) & ONLY_REFUSED
    return changing - acted - refused


def handler_text() -> str:
    """All that the invariants' handlers say."""
    return "".join(path.read_text() for path in HANDLERS)


def test_packaged_interface_is_the_compiled_one(builds: Builds) -> None:
    packaged = json.loads((ABI_FOLDER / "IHub.json").read_text())
    assert in_order(packaged) == in_order(builds.forge("IHub")["abi"]), "`make abi` writes it anew"


def test_packaged_events_are_all_that_the_hub_can_emit(builds: Builds) -> None:
    packaged = [entry for entry in hub_abi() if entry["type"] == "event"]
    assert in_order(packaged) == in_order([e for e in of_hub(builds) if e["type"] == "event"])


def test_every_event_is_decoded_and_one_part_of_the_hub_can_emit_it(builds: Builds) -> None:
    parts = [bytes.fromhex(builds.forge(part)["deployedBytecode"]["object"][2:]) for part in PARTS]
    assert {event.__name__ for event in events.EVENTS} == event_names(of_hub(builds))
    Decoder().require_deployed(parts)
    for part in parts:
        with pytest.raises(AbiMismatchError, match="cannot emit"):
            Decoder().require_deployed([part])
        assert keccak(text=f"{NEVER_EMITTED}()") not in part


def test_every_function_of_the_interface_is_answered_by_exactly_one_part(builds: Builds) -> None:
    answered = Counter(function for part in PARTS for function in functions(builds.forge(part)))
    assert {function: answered[function] for function in functions(builds.forge("IHub"))} == dict.fromkeys(
        functions(builds.forge("IHub")), 1
    )
    # What several have, the first that is asked answers: the hub itself, or the extension before the offers.
    shared = {function for function, times in answered.items() if times > 1}
    assert (
        functions(builds.forge("Ownable2Step"))
        <= shared
        <= functions(builds.forge("Hub")) | functions(builds.forge("HubExtension"))
    )


def test_every_event_is_posted_or_known_to_move_nothing() -> None:
    posted = {
        get_type_hints(function)["event"].__name__
        for _, function in inspect.getmembers(postings, inspect.isfunction)
        if "event" in get_type_hints(function)
    }
    posted.add("TradeCopied")  # a run at a time, by TradeProjection
    assert posted == {
        "Allocated",
        "BatchCleared",
        "Deallocated",
        "Deposited",
        "EscrowSettled",
        "FeeCharged",
        "FeeEscrowed",
        "FeesClaimed",
        "TradeCopied",
        "Withdrawn",
    }
    assert not posted & WITHOUT_POSTING
    assert posted | WITHOUT_POSTING == event_names(hub_abi())


def test_every_function_that_changes_state_is_exercised_by_the_invariants(builds: Builds) -> None:
    changing = state_changing(of_hub(builds))
    assert {"trade", "exit", "multicall", "transferOwnership", "acceptOwnership"} <= changing
    assert state_changing(builds.forge("IHub")["abi"]) < changing
    assert not_exercised(changing, handler_text()) == set()


def test_function_without_a_handler_is_found() -> None:
    handler = handler_text()
    assert not_exercised({"pause", "settleEverything"}, handler) == {"settleEverything"}
    assert not_exercised({"pause"}, handler.replace('_act("pause"', '_act("stop"')) == {"pause"}
    assert not_exercised({"listPool"}, handler.replace("_refuse(abi.encodeCall(IHubOffers.listPool", "")) == {
        "listPool"
    }


@pytest.mark.parametrize(
    "kind", [types.FeeKind, types.OnBreach, types.Reason, types.Sizing, types.TradeKind, types.VaultStatus]
)
def test_every_enum_that_events_carry_is_the_contracts(kind: type[types.Member]) -> None:
    members = enum_members(TYPES.read_text(), kind.__name__)
    assert [(member.label, member) for member in kind] == [(name, at) for at, name in enumerate(members)]


def test_every_reason_of_the_contract_is_explained_by_its_name_in_snake_case() -> None:
    members = enum_members(TYPES.read_text(), "Reason")
    assert members[0] == "None"
    names = [re.sub(r"(?<!^)(?=[A-Z])", "_", member).lower() for member in members]
    assert [(reason.code, reason.name) for reason in all_reasons()] == list(enumerate(names))[1:]
    assert list(get_args(ReasonName)) == names[1:]
    assert all(reason.meaning.endswith(".") and reason.what_to_do.endswith(".") for reason in all_reasons())


@pytest.mark.parametrize(
    ("shown", "name"), [(Sizing, "Sizing"), (Action, "OnBreach"), (ShownKind, "TradeKind")]
)
def test_every_choice_of_the_contract_is_shown_in_snake_case(shown: Any, name: str) -> None:
    assert list(get_args(shown)) == [member.lower() for member in enum_members(TYPES.read_text(), name)]


def test_every_vault_status_of_the_contract_is_shown() -> None:
    assert list(get_args(ShownStatus)) == enum_members(TYPES.read_text(), "VaultStatus")[1:]


def test_new_enum_member_is_seen(tmp_path: Path) -> None:
    longer = TYPES.read_text().replace("    Requested\n", "    Requested,\n    OutOfLuck\n")
    assert enum_members(longer, "Reason")[-1] == "OutOfLuck"
