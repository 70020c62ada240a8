"""The Python structs are the contract's: the same members in the same order."""

import json
import re
from dataclasses import fields
from typing import Any

import pytest

from demo.checkout import Checkout
from protocol.types import FeeTerms, OnBreach, Policy, Sizing, StrategyLimits, StrategyParams

ROOT = Checkout.here().root
ABI: list[dict[str, Any]] = json.loads((ROOT / "indexer" / "decode" / "abi" / "IHub.json").read_text())
TYPES = (ROOT / "contracts" / "interfaces" / "Types.sol").read_text()


def argument(function: str, name: str) -> dict[str, Any]:
    [entry] = [each for each in ABI if each["type"] == "function" and each["name"] == function]
    [found] = [each for each in entry["inputs"] if each["name"] == name]
    return dict(found)


def members(component: dict[str, Any]) -> list[str]:
    return [re.sub(r"(?=[A-Z])", "_", each["name"]).lower() for each in component["components"]]


@pytest.mark.parametrize(
    ("struct", "function", "name"),
    [
        (Policy, "setPolicy", "policy"),
        (FeeTerms, "proposeTerms", "terms"),
        (StrategyParams, "createStrategy", "params"),
    ],
)
def test_struct_has_the_contracts_members_in_its_order(struct: type, function: str, name: str) -> None:
    of_contract = members(argument(function, name))
    assert sorted(field.name for field in fields(struct)) == sorted(of_contract)
    if struct is not StrategyParams:
        assert [field.name for field in fields(struct)] == of_contract


def test_strategy_is_encoded_in_the_contracts_order() -> None:
    offer = StrategyParams("base", ("token",), ("pool",), "name", copy_window=7, min_deposit=8)
    by_name = dict(zip(members(argument("createStrategy", "params")), offer.struct(), strict=True))
    assert by_name == {
        "base_token": "base",
        "tokens": ["token"],
        "pools": ["pool"],
        "terms": FeeTerms().struct(),
        "limits": StrategyLimits().struct(),
        "max_slippage_bps": 300,
        "max_drift_bps": 100,
        "copy_window": 7,
        "min_deposit": 8,
        "name": "name",
    }


def test_limits_have_the_contracts_members_in_its_order() -> None:
    [limits] = [
        each for each in argument("createStrategy", "params")["components"] if each["name"] == "limits"
    ]
    assert [field.name for field in fields(StrategyLimits)] == members(limits)


@pytest.mark.parametrize("kind", [Sizing, OnBreach])
def test_enum_has_the_contracts_members(kind: type[Sizing] | type[OnBreach]) -> None:
    match = re.search(rf"enum {kind.__name__} \{{([^}}]*)\}}", TYPES)
    assert match
    assert [member.name for member in kind] == [name.upper() for name in re.findall(r"\w+", match[1])]


def test_policy_is_encoded_as_plain_numbers() -> None:
    encoded = Policy(sizing=Sizing.FIXED, on_stop=OnBreach.EXIT, size=5).struct()
    assert encoded[:3] == (2, 0, 3)
    assert encoded[-1] == 5
    assert all(type(each) is int for each in encoded)
