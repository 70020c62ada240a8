"""Where a benchmark's result goes: one JSON file a benchmark, written by its command and never by hand."""

import json
import platform
from collections.abc import Mapping
from pathlib import Path

RESULTS = Path(__file__).parent / "results"


def write(name: str, figures: Mapping[str, object]) -> Path:
    """Writes `results/<name>.json` with the figures and the machine they were measured on."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    machine = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    path.write_text(json.dumps({**figures, "machine": machine}, indent=2) + "\n")
    return path
