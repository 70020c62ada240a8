"""Who may import whom: the contracts of `[tool.importlinter]` hold, and each of them bites.

Import Linter reads every import, those inside functions included, and follows chains of them.
"""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from demo.checkout import Checkout

ROOT = Checkout.here().root
CONFIGURATION = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
PACKAGES = CONFIGURATION["root_packages"]
CLIENT = {"lockstep_client"}
"""Installed by itself: it has a folder, and a pyproject.toml, of its own."""

CONTRACTS = [contract["name"] for contract in CONFIGURATION["contracts"]]

AT_THE_TOP = "\nimport {}\n"
IN_A_FUNCTION = "\n\ndef planted() -> None:\n    import {}\n"

BREACHES = [
    ("arrows run one way", "indexer/ledger/postings.py", "api.events"),
    ("arrows run one way", "indexer/chain/types.py", "indexer.sync.errors"),
    ("arrows run one way", "indexer/decode/words.py", "indexer.ledger.rows"),
    ("arrows run one way", "accounting/rounding.py", "api.schemas"),
    ("arrows run one way", "api/events.py", "cli.options"),
    ("arrows run one way", "indexer/derived/facts.py", "indexer.sync.errors"),
    ("arrows run one way", "accounting/rounding.py", "protocol.types"),
    ("chain knows no domain", "indexer/chain/bloom.py", "indexer.decode.events"),
    ("chain knows no domain", "indexer/chain/bloom.py", "indexer.ledger.rows"),
    ("chain knows no domain", "indexer/chain/bloom.py", "indexer.sync.errors"),
    ("decode knows no database", "indexer/decode/words.py", "sqlalchemy"),
    ("decode knows no database", "indexer/decode/words.py", "indexer.ledger.models"),
    ("the ledger asks no node", "indexer/ledger/rows.py", "web3"),
    ("the ledger asks no node", "indexer/ledger/rows.py", "aiohttp"),
    ("the ledger asks no node", "indexer/ledger/rows.py", "indexer.chain.rpc"),
    ("the ledger asks no node", "indexer/ledger/rows.py", "indexer.chain.reader"),
    ("the ledger asks no node", "indexer/derived/facts.py", "indexer.chain.rpc"),
    ("the API asks no node", "api/events.py", "web3"),
    ("the API asks no node", "api/events.py", "urllib.request"),
    ("the API asks no node", "api/events.py", "indexer.chain.reader"),
    ("the API asks no node", "api/events.py", "indexer.sync.reconcile"),
    ("the API asks no node", "api/orders/intake.py", "inbox.wallets"),
    ("accounting is pure arithmetic", "accounting/rounding.py", "sqlalchemy"),
    ("accounting is pure arithmetic", "accounting/rounding.py", "indexer.decode.events"),
    ("accounting is pure arithmetic", "accounting/rounding.py", "os"),
    ("accounting is pure arithmetic", "accounting/rounding.py", "a_package_nobody_has_heard_of"),
    ("arrows run one way", "inbox/stops.py", "keeper.state"),
    ("arrows run one way", "inbox/stops.py", "access.audit"),
    ("arrows run one way", "keeper/gas.py", "api.schemas"),
    ("arrows run one way", "social/names.py", "api.schemas"),
    ("arrows run one way", "social/names.py", "notices.book.kinds"),
    ("arrows run one way", "paper/price.py", "backtest.forms"),
    ("arrows run one way", "practice/books.py", "api.schemas"),
    ("the paper hub is pure arithmetic", "paper/price.py", "time"),
    ("the paper hub is pure arithmetic", "paper/price.py", "indexer.ledger.models"),
    ("the planner is pure", "keeper/planner.py", "time"),
    ("the planner is pure", "keeper/planner.py", "inbox.models"),
    ("the planner is pure", "keeper/planner.py", "keeper.views"),
    ("the planner is pure", "keeper/state.py", "random"),
    ("lifecycles know no clock and no database", "inbox/lifecycle.py", "time"),
    ("lifecycles know no clock and no database", "inbox/lifecycle.py", "inbox.models"),
    ("the client stands alone", "lockstep_client/http.py", "api.schemas"),
    ("the client stands alone", "lockstep_client/frames.py", "sqlalchemy"),
    ("no package imports Brownie", "demo/deployment.py", "brownie"),
    ("no package imports Brownie", "indexer/sync/tokens.py", "brownie"),
]


def lint(folder: Path, *contracts: str) -> subprocess.CompletedProcess[str]:
    """Ask Import Linter about the contracts of these names, or about all."""
    program = Path(sys.executable).parent / "lint-imports"
    arguments = ["--no-cache", "--no-logo", *(f"--contract={CONTRACTS.index(each)}" for each in contracts)]
    return subprocess.run(
        [program, *arguments], cwd=folder, check=False, capture_output=True, text=True, timeout=60
    )


def broken(said: str) -> set[str]:
    return set(re.findall(r"^(.+) BROKEN\b", said, re.MULTILINE))


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the packages, to be spoilt, whose contracts have numbers to be asked for."""
    for package in PACKAGES:
        folder = ROOT / "client" if package in CLIENT else ROOT
        shutil.copytree(folder / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    numbers = iter(range(len(CONTRACTS)))
    text = (ROOT / "pyproject.toml").read_text()
    heading = "[[tool.importlinter.contracts]]\n"
    text = re.sub(re.escape(heading), lambda _: f'{heading}id = "{next(numbers)}"\n', text)
    (tmp_path / "pyproject.toml").write_text(text)
    return tmp_path


def test_every_import_keeps_the_rules(tree: Path) -> None:
    for folder in (ROOT, tree):
        done = lint(folder)
        assert done.returncode == 0, done.stdout
        assert f"Contracts: {len(CONTRACTS)} kept, 0 broken." in done.stdout


@pytest.mark.parametrize(("contract", "file", "module"), BREACHES)
def test_breach_is_found(tree: Path, contract: str, file: str, module: str) -> None:
    # Half of them hide in a function.
    form = IN_A_FUNCTION if len(module) % 2 else AT_THE_TOP
    with (tree / file).open("a") as source:
        source.write(form.format(module))
    done = lint(tree, contract)
    assert done.returncode == 1, done.stdout + done.stderr
    assert broken(done.stdout) == {contract}
    assert file.removesuffix(".py").replace("/", ".") in done.stdout


def test_breach_through_another_module_is_found(tree: Path) -> None:
    (tree / "indexer" / "planted.py").write_text("import web3\n")
    with (tree / "indexer/ledger/rows.py").open("a") as source:
        source.write(AT_THE_TOP.format("indexer.planted"))
    assert "the ledger asks no node" in broken(lint(tree, "the ledger asks no node").stdout)


def test_every_contract_has_a_planted_breach() -> None:
    assert {contract for contract, _, _ in BREACHES} == set(CONTRACTS)


def test_every_package_that_is_shipped_is_linted() -> None:
    shipped = set()
    for folder in (ROOT, ROOT / "client"):
        project = tomllib.loads((folder / "pyproject.toml").read_text())
        shipped |= set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
    assert sorted(shipped) == PACKAGES
