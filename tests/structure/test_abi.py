"""The hub's interface is the same everywhere: in what the indexer decodes, the ledger posts, the API explains
and the invariants exercise.
"""

import inspect
import json
import re
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from eth_utils.crypto import keccak

from api.reasons.catalogue import SkipCode, all_reasons
from api.vaults.schemas import VaultStatus as ShownStatus
from demo.checkout import Checkout
from indexer.decode import events
from indexer.decode.decoder import Decoder, hub_abi
from indexer.decode.errors import AbiMismatchError
from indexer.ledger import postings
from tests.structure.builds import Builds

ROOT = Checkout.here().root
ABI_FOLDER = ROOT / "indexer" / "decode" / "abi"
HANDLER = ROOT / "tests" / "contracts" / "invariant" / "Handler.sol"
TYPES = ROOT / "contracts" / "interfaces" / "Types.sol"

HALVES = ("Hub", "HubExtension")

# ERC-5267 has it for contracts whose EIP-712 domain can change. The hub's cannot: no code emits it.
NEVER_EMITTED = "EIP712DomainChanged"

# Events that move no money: the ledger keeps what they say, and posts nothing.
WITHOUT_POSTING = {
    "CopySkipped",
    "GateSet",
    "GuardianSet",
    "ListingVetoed",
    "MemberMoved",
    "OrderFilled",
    "OrdersCancelled",
    "OwnershipTransferStarted",
    "OwnershipTransferred",
    "PolicySet",
    "PoolListed",
    "StrategyCreated",
    "StrategyPoolAdded",
    "StrategyTokenAdded",
    "TokenListed",
    "TradeCompleted",
    "TradeOpened",
    "TradingHalted",
    "TradingResumed",
    "TreasurySet",
    "VaultOpened",
    "VaultStatusSet",
}

# What the invariants' world cannot let succeed: all its genuine pools are listed from the start, and a hub
# without an owner would end every other action of the owner. Both are called all the same, and must refuse.
ONLY_REFUSED = {"listPool", "renounceOwnership"}


def in_order(abi: list[dict[str, Any]]) -> list[str]:
    return sorted(json.dumps(entry, sort_keys=True) for entry in abi)


def of_hub(builds: Builds) -> list[dict[str, Any]]:
    """What the hub's one address answers and emits: the entries of both halves, each once."""
    entries = {json.dumps(entry, sort_keys=True) for half in HALVES for entry in builds.forge(half)["abi"]}
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
    encoded = set(re.findall(r"abi\.encodeCall\(\w+\.(\w+),", handler))
    acted = set(re.findall(r'_act\(\s*"(\w+)"', handler)) & encoded
    refused = set(re.findall(r"_refuse\(\s*abi\.encodeCall\(\w+\.(\w+),", handler)) & ONLY_REFUSED
    return changing - acted - refused


def test_packaged_interface_is_the_compiled_one(builds: Builds) -> None:
    packaged = json.loads((ABI_FOLDER / "IHub.json").read_text())
    assert in_order(packaged) == in_order(builds.forge("IHub")["abi"]), "`make abi` writes it anew"


def test_packaged_events_are_all_that_the_hub_can_emit(builds: Builds) -> None:
    packaged = [entry for entry in hub_abi() if entry["type"] == "event"]
    assert in_order(packaged) == in_order([e for e in of_hub(builds) if e["type"] == "event"])


def test_every_event_is_decoded_and_one_half_of_the_hub_can_emit_it(builds: Builds) -> None:
    halves = [bytes.fromhex(builds.forge(half)["deployedBytecode"]["object"][2:]) for half in HALVES]
    assert {event.__name__ for event in events.EVENTS} == event_names(of_hub(builds))
    Decoder().require_deployed(halves)
    for half in halves:
        with pytest.raises(AbiMismatchError, match="cannot emit"):
            Decoder().require_deployed([half])
        assert keccak(text=f"{NEVER_EMITTED}()") not in half


def test_every_function_of_the_interface_is_answered_by_exactly_one_half(builds: Builds) -> None:
    interface = functions(builds.forge("IHub"))
    ours, theirs = (functions(builds.forge(half)) for half in HALVES)
    assert interface <= ours ^ theirs
    # What both have, the hub answers itself: it asks its extension for nothing that it knows.
    ownership = functions(builds.forge("Ownable2Step"))
    assert ours & theirs == ownership


def test_every_event_is_posted_or_known_to_move_nothing(builds: Builds) -> None:
    posted = {
        get_type_hints(function)["event"].__name__
        for _, function in inspect.getmembers(postings, inspect.isfunction)
        if "event" in get_type_hints(function)
    }
    assert posted == {
        "Allocated",
        "BatchCleared",
        "Deallocated",
        "Deposited",
        "FeesClaimed",
        "TradeCopied",
        "Withdrawn",
    }
    assert not posted & WITHOUT_POSTING
    assert posted | WITHOUT_POSTING == event_names(of_hub(builds))


def test_every_function_that_changes_state_is_exercised_by_the_invariants(builds: Builds) -> None:
    changing = state_changing(of_hub(builds))
    assert {"trade", "exit", "multicall", "transferOwnership", "acceptOwnership"} <= changing
    assert state_changing(builds.forge("IHub")["abi"]) < changing
    assert not_exercised(changing, HANDLER.read_text()) == set()


def test_function_without_a_handler_is_found() -> None:
    handler = HANDLER.read_text()
    assert not_exercised({"pause", "settleEverything"}, handler) == {"settleEverything"}
    assert not_exercised({"pause"}, handler.replace('_act("pause"', '_act("stop"')) == {"pause"}
    assert not_exercised(
        {"listPool"}, handler.replace("_refuse(abi.encodeCall(IHubExtension.listPool", "")
    ) == {"listPool"}


def test_every_skip_reason_of_the_interface_is_decoded_and_explained() -> None:
    members = enum_members(TYPES.read_text(), "SkipReason")
    assert members[0] == "None"
    assert [reason.label for reason in events.SkipReason] == members
    assert [(reason.number, reason.code) for reason in all_reasons()] == list(enumerate(members))[1:]
    assert list(get_args(SkipCode)) == members[1:]
    assert all(reason.meaning and reason.what_to_do for reason in all_reasons())


def test_every_vault_status_of_the_interface_is_decoded_and_shown() -> None:
    members = enum_members(TYPES.read_text(), "VaultStatus")
    assert [status.label for status in events.VaultStatus] == members
    assert list(get_args(ShownStatus)) == members[1:]


def test_new_enum_member_is_seen(tmp_path: Path) -> None:
    longer = TYPES.read_text().replace("    Expired\n", "    Expired,\n    OutOfLuck\n")
    assert enum_members(longer, "SkipReason")[-1] == "OutOfLuck"
