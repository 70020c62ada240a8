"""What Forge tests is what Brownie deploys, and it fits on a chain."""

import pytest

from demo.deployment import HUB_PARTS
from tests.structure.builds import Builds

EIP_170_LIMIT = 24_576


def code(hexadecimal: str) -> bytes:
    return bytes.fromhex(hexadecimal.removeprefix("0x"))


def without_metadata(runtime: bytes) -> bytes:
    """The code without solc's note behind it: Brownie has a hash of the sources put there, Forge has not.

    Source: Solidity documentation, "Contract Metadata": the last two bytes are the note's length.
    """
    return runtime[: -2 - int.from_bytes(runtime[-2:])]


@pytest.mark.parametrize("name", [*HUB_PARTS, "HubLens", "UniswapV3Venue", "ChainlinkOracle"])
def test_forge_and_brownie_compile_the_same_runtime_code(builds: Builds, name: str) -> None:
    forge = without_metadata(code(builds.forge(name)["deployedBytecode"]["object"]))
    brownie = without_metadata(code(builds.brownie(name)["deployedBytecode"]))
    assert len(forge) > 500
    # Brownie does not compile a contract anew when a library changed that only a base contract of it uses.
    assert forge == brownie, "one of the two is stale or set up differently: try `brownie compile --all`"


def test_one_changed_byte_of_code_is_a_difference(builds: Builds) -> None:
    runtime = code(builds.forge("Hub")["deployedBytecode"]["object"])
    kept = without_metadata(runtime)
    assert 0 < len(runtime) - len(kept) < 100
    changed = bytearray(runtime)
    changed[len(kept) - 1] ^= 1
    assert without_metadata(bytes(changed)) != kept


def test_all_parts_of_the_hub_have_one_storage(builds: Builds) -> None:
    hub, *others = builds.layouts(*HUB_PARTS)
    assert hub[0][0] == "_owner"
    assert hub[1][0] == "_pendingOwner"
    for part in others:
        assert len(part) > 20
        # Behind what they share, the hub has what only EIP-712 uses.
        assert hub[: len(part)] == part
        assert {variable[0] for variable in hub[len(part) :]} == {"_nameFallback", "_versionFallback"}


@pytest.mark.parametrize("name", HUB_PARTS)
def test_each_part_of_the_hub_is_below_the_limit_of_eip_170(builds: Builds, name: str) -> None:
    for runtime in (
        code(builds.brownie(name)["deployedBytecode"]),
        code(builds.forge(name)["deployedBytecode"]["object"]),
    ):
        assert 0 < len(runtime) <= EIP_170_LIMIT
