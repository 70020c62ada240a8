"""What the documentation says is tested, is tested."""

import re
from pathlib import Path

from api.reasons.catalogue import all_reasons

ROOT = Path(__file__).resolve().parents[2]


def test_every_test_that_the_documentation_names_exists() -> None:
    named = {
        name
        for page in (ROOT / "docs").rglob("*.md")
        for name in re.findall(r"`((?:test|check|invariant)_\w+)`", page.read_text())
    }
    sources = [*(ROOT / "tests").rglob("*.py"), *(ROOT / "tests").rglob("*.sol")]
    written = {
        name
        for source in sources
        for name in re.findall(r"(?:def|function) ((?:test|check|invariant)_\w+)\(", source.read_text())
    }
    assert len(named) > 30
    assert named - written == set()


def test_every_file_that_the_documentation_names_exists() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    named = {
        path for page in pages for path in re.findall(r"`(tests/[\w/.]+\.(?:py|sol))`", page.read_text())
    }
    assert len(named) > 3
    assert {path for path in named if not (ROOT / path).is_file()} == set()


def test_reasons_in_the_guide_are_those_of_the_api() -> None:
    guide = (ROOT / "docs" / "api.md").read_text()
    told = re.findall(r"^\| (\d+) \| `(\w+)` \| (.+) \| (.+) \|$", guide, re.MULTILINE)
    assert told == [
        (str(reason.code), reason.name, reason.meaning, reason.what_to_do) for reason in all_reasons()
    ]
