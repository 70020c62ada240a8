"""One world for the whole run; each test starts from it and leaves no trace."""

import pytest
from brownie import project
from brownie.project.main import TempProject
from world import ROOT, World


@pytest.fixture(scope="session")
def world():
    return World(project.get_loaded_projects()[0])


@pytest.fixture(scope="session")
def hostile():
    """The contracts that mean harm, compiled as the hub is."""
    files = ("HostileTokens", "DishonestVenue", "LeadersPool")
    sources = {f"tests/contracts/support/{file}.sol": "" for file in files}
    for path in sources:
        sources[path] = (ROOT / path).read_text()
    return TempProject("Hostile", sources, project.get_loaded_projects()[0]._compiler_config)


@pytest.fixture(scope="module")
def module_isolation(world):
    """Keeps the world from module to module, where Brownie would start each on an empty chain."""


@pytest.fixture(autouse=True)
def isolated(world, fn_isolation):
    """Whatever a test does is undone."""
