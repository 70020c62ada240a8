"""What is made from the API's description is what it makes now."""

from pathlib import Path

import lockstep_client

from scripts import client_types


def test_models_and_queries_are_those_of_the_api(tmp_path: Path) -> None:
    client_types.main(tmp_path)
    kept = Path(lockstep_client.__file__).parent
    for name in ("models.py", "queries.py"):
        assert (kept / name).read_text() == (tmp_path / name).read_text(), f"{name}: run `make client`"
