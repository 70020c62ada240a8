"""One deployed protocol for the folder, in which a trade is one batch."""

from collections.abc import Iterator

import pytest

from tests.e2e.stage import Stage, open_stage


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with open_stage(tmp_path_factory.mktemp("practice")) as stage:
        yield stage


@pytest.fixture
def stage(deployed: Stage) -> Iterator[Stage]:
    with deployed.story() as story:
        yield story
