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


def test_events_that_are_logged_are_those_of_the_operations_guide() -> None:
    guide = (ROOT / "docs" / "operations.md").read_text()
    told = set(re.findall(r"^\| `(\w+)` \| (?:debug|info|warning|error) \|", guide, re.MULTILINE))
    sources = [
        path for package in ("api", "cli", "indexer", "notices") for path in (ROOT / package).rglob("*.py")
    ]
    logged = {
        (level, name)
        for source in sources
        for level, name in re.findall(r"\blog\.(debug|info|warning|error)\(\s*\"(\w+)\"", source.read_text())
    }
    assert len(logged) > 15
    assert {name for _, name in logged} == told
    for level, name in logged:
        assert f"| `{name}` | {level} |" in guide


def test_events_that_a_keeper_logs_are_those_of_its_guide() -> None:
    guide = (ROOT / "docs" / "keeper.md").read_text()
    told = set(re.findall(r"^\| `(\w+)` \| (debug|info|warning|error) \|", guide, re.MULTILINE))
    logged = {
        (name, level)
        for package in ("inbox", "keeper")
        for source in (ROOT / package).rglob("*.py")
        for level, name in re.findall(r"\blog\.(debug|info|warning|error)\(\s*\"(\w+)\",", source.read_text())
    }
    assert len(logged) > 10
    assert logged == told


def test_errors_of_the_indexer_are_those_of_the_operations_guide() -> None:
    guide = (ROOT / "docs" / "operations.md").read_text()
    told = set(re.findall(r"^\| `(\w+Error)` \|", guide, re.MULTILINE))
    named = {
        name
        for package in ("cli", "indexer")
        for source in (ROOT / package).rglob("*.py")
        for name in re.findall(r"^class (\w+Error)\(", source.read_text(), re.MULTILINE)
    }
    # What has others below it, and what `serve` says without a row of its own.
    bases = {"IndexerError", "ChainError", "LedgerError", "SyncError", "BusyNodeError", "CannotServeError"}
    bases.add("BadWordError")  # nobody sees it: the decoder says which log it was
    private = {name for name in named if name.startswith("_")}
    assert told == named - bases - private
