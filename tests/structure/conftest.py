import pytest

from tests.structure.builds import Builds


@pytest.fixture(scope="session")
def builds(tmp_path_factory: pytest.TempPathFactory) -> Builds:
    return Builds.up_to_date(tmp_path_factory.mktemp("build"))
