"""One deployed protocol for the folder, with small batches."""

from collections.abc import Iterator

import pytest

from tests.e2e.stage import Stage, open_stage
from tests.paper.mirror import BATCH_SIZE


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with open_stage(tmp_path_factory.mktemp("paper"), batch_size=BATCH_SIZE) as stage:
        yield stage
