from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.anvil import Anvil, anvil
from demo.checkout import Checkout
from demo.deployment import compile_contracts

GENESIS = 1_767_225_600


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """The real checkout with its contracts compiled, and a folder of the tests' own to write to."""
    found = Checkout(Checkout.here().root, tmp_path_factory.mktemp("build"))
    compile_contracts(found)
    return found


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Anvil]:
    with anvil(Checkout.here().anvil, genesis_time=GENESIS, log=tmp_path / "anvil.log") as running:
        yield running


@pytest.fixture
def recorded() -> Path:
    """The folder with the real recordings; they are not part of the repository."""
    folder = Checkout.here().root.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the recordings in ../shared/data are not here")
    return folder
