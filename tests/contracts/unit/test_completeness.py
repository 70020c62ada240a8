"""Every error, event and function of the contracts appears in a test of this folder, by name at least."""

import re
from pathlib import Path

import pytest
from world import PARTS

SOURCES = "\n".join(file.read_text() for file in sorted(Path(__file__).parent.glob("test_*.py")))
INTERFACES = ["IHub", "IVenue", "IPriceOracle"]
CONTRACTS = ["UniswapV3Venue", "ChainlinkOracle", "TestnetFeed"]


def _names(abi, kind):
    return {entry["name"] for entry in abi if entry["type"] == kind}


def _abis(world, interface):
    return [getattr(interface, name).abi for name in INTERFACES] + [
        getattr(world.contracts, name).abi for name in CONTRACTS
    ]


def test_every_error_of_the_interfaces_is_provoked(world, interface):
    errors = set().union(*(_names(abi, "error") for abi in _abis(world, interface)))
    provoked = set(re.findall(r"""refused\(\s*"(\w+)\"""", SOURCES))
    assert errors - provoked == set()
    assert len(errors) > 75


@pytest.mark.parametrize("kind", [*PARTS, "UniswapV3Venue", "ChainlinkOracle", "TestnetFeed", "TestnetToken"])
def test_every_function_of_the_contracts_is_called(world, kind):
    functions = _names(getattr(world.contracts, kind).abi, "function")
    called = set(re.findall(r"""\.(\w+)\(""", SOURCES)) | set(re.findall(r'"([A-Z_]+)"', SOURCES))
    assert functions - called == set()


def test_every_event_of_the_interfaces_is_told_of(world, interface):
    emitted = set().union(*(_names(abi, "event") for abi in _abis(world, interface)))
    assert emitted - set(re.findall(r'"(\w+)"', SOURCES)) == set()
