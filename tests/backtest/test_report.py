"""A run from the file to the report: the same bytes for the same input, and figures that add up."""

import csv
import json
import random
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from backtest.forms import read_history
from backtest.market import RecordedMarket
from backtest.run import Question, answer
from cli.main import app
from demo.checkout import Checkout
from protocol.types import FeeTerms, Policy, StrategyLimits

SWAPS = Checkout.here().root / "../shared/data/usdc_weth_swaps_2024-01-05.csv.gz"
POLICIES = """
[fixed]
sizing = "fixed"
size = 300_000_000
max_slippage_bps = 10

[timid]
max_token_bps = 2_000
on_breach = "skip"
"""


def history(folder: Path, *, start: int = 1_700_000_000, price: float = 2_500.0) -> Path:
    rng, now = random.Random(5), start
    lines = ["time,token_in,token_out,portion,price_WETH"]
    for number in range(40):
        price *= 1 + rng.uniform(-0.02, 0.02)
        trade = ("USDC,WETH,0.5", "WETH,USDC,1", ",,")[number % 3]
        lines.append(f"{now},{trade},{price:.4f}")
        now += 1_800
    path = folder / "history.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["backtest", *map(str, arguments)])


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "policies.toml").write_text(POLICIES)
    contents = []
    for name in ("one", "two"):
        done = run(
            history(tmp_path),
            "--policy=plain",
            f"--policy={tmp_path / 'policies.toml'}",
            "--followers=25",
            f"--output={tmp_path / name}",
        )
        assert done.exit_code == 0, done.output
        contents.append({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()})
    assert contents[0] == contents[1]
    assert sorted(contents[0]) == [
        "costs.png",
        "drift.png",
        "equity.png",
        "followers.csv",
        "reasons.csv",
        "report.html",
        "skips.png",
        "summary.json",
    ]
    page = contents[0]["report.html"].decode()
    assert "http" not in page.replace("http-equiv", "")
    assert page.count("data:image/png;base64,") == 4


def test_the_tables_add_up(tmp_path: Path) -> None:
    (tmp_path / "policies.toml").write_text(POLICIES)
    arguments = ("--policy=plain", f"--policy={tmp_path / 'policies.toml'}", "--followers=10")
    assert run(history(tmp_path), *arguments, f"--output={tmp_path}").exit_code == 0
    summary = json.loads((tmp_path / "summary.json").read_text())
    followers = list(csv.DictReader((tmp_path / "followers.csv").read_text().splitlines()))
    reasons = list(csv.DictReader((tmp_path / "reasons.csv").read_text().splitlines()))
    assert summary["copied_trades"] + len(summary["refused_trades"]) == summary["trades"]
    for name, group in summary["groups"].items():
        mine = [row for row in followers if row["policy"] == name]
        assert len(mine) == group["followers"] == 10
        for key in ("copied", "reduced", "skipped"):
            assert sum(int(row[key]) for row in mine) == group[key]
        assert group["copied"] + group["skipped"] == 10 * summary["copied_trades"]
        assert sum(int(row["skipped"]) for row in reasons if row["policy"] == name) == group["skipped"]
        assert sum(Decimal(row["net_on_leaving"]) for row in mine) == Decimal(group["net_on_leaving"])
        for row in mine:
            parts = Decimal(row["equity"]) - Decimal(row["fees_on_leaving"])
            assert parts == Decimal(row["net_on_leaving"])
    assert summary["groups"]["timid"]["skipped"] > 0


@pytest.mark.parametrize(
    ("arguments", "said", "remedy"),
    [
        (["--policy=absent"], "There is no policy absent", "conservative"),
        (["--policy=plain", "--policy=plain"], "two policies plain", "name of its own"),
        (["--deposit=5:1"], "wrong way round", "LEAST:MOST"),
        (["--deposit=nothing"], "is no amount", "base tokens"),
        (["--decimals=WETH"], "is not SYMBOL=N", "WBTC=8"),
        (["--deposit=99000000"], "exact up to a limit", "smaller deposits"),
        (["--base=DAI"], "copied nothing", "refused"),
    ],
)
def test_what_cannot_work_says_what_to_do(
    tmp_path: Path, arguments: list[str], said: str, remedy: str
) -> None:
    done = run(history(tmp_path), *arguments, "--followers=2", f"--output={tmp_path / 'report'}")
    assert done.exit_code == 1, done.output
    assert "Traceback" not in done.output
    assert said in done.output
    assert remedy in done.output
    assert not (tmp_path / "report").exists()


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ("[a]\nmax_trad = 5\n", "nothing is known of max_trad"),
        ('[a]\non_stop = "flee"\n', "on_stop is 'flee'"),
        ("[a]\nmax_trade = -5\n", "max_trade is -5"),
        ("[a]\nmax_slippage_bps = 11\n", "would refuse policy a"),
        ("max_trade = 5\n", "outside of one"),
        ("[a", "cannot be read"),
    ],
)
def test_a_policy_that_the_hub_would_not_take_is_refused(tmp_path: Path, policy: str, said: str) -> None:
    (tmp_path / "p.toml").write_text(policy)
    done = run(history(tmp_path), f"--policy={tmp_path / 'p.toml'}", f"--output={tmp_path / 'report'}")
    assert done.exit_code == 1, done.output
    assert said in done.output.replace("\n", " ")


def test_leaving_costs_what_the_terms_say(tmp_path: Path) -> None:
    read = read_history(history(tmp_path), base="USDC")
    terms = FeeTerms(performance_bps=1_000, management_bps=500, withdrawal_bps=100)
    question = Question({"plain": Policy()}, 5, (10**9, 10**10), 10**10, terms, StrategyLimits(), 300)
    free = Question({"plain": Policy()}, 5, (10**9, 10**10), 10**10, FeeTerms(), StrategyLimits(), 300)
    dear, cheap = (answer(read, each, RecordedMarket(read.tokens)) for each in (question, free))
    for paid, unpaid in zip(dear.leaving, cheap.leaving, strict=True):
        assert unpaid.fees == 0
        assert paid.equity == unpaid.equity
        assert paid.fees >= paid.equity // 100 - 2


@pytest.mark.real_data
@pytest.mark.skipif(not SWAPS.is_file(), reason="the recorded day is not there")
def test_in_a_recorded_pool_larger_crowds_get_worse_prices(tmp_path: Path) -> None:
    file = history(tmp_path, start=1_704_414_000)
    text = "\n".join(line.rsplit(",", 1)[0] for line in file.read_text().splitlines())
    file.write_text(text + "\n")
    costs = []
    for followers in (1, 400):
        done = run(
            file,
            "--policy=plain",
            f"--followers={followers}",
            "--deposit=10000",
            f"--pool={SWAPS}",
            f"--output={tmp_path / str(followers)}",
        )
        assert done.exit_code == 0, done.output
        summary = json.loads((tmp_path / str(followers) / "summary.json").read_text())
        assert not summary["refused_trades"]
        costs.append(Decimal(summary["groups"]["plain"]["execution_cost"]) / followers)
    # The pool's fee is 5 bps of what is traded; the rest is the crowd's own push.
    assert 0 < costs[0] < costs[1]


def test_a_history_without_prices_cannot_be_run(tmp_path: Path) -> None:
    path = tmp_path / "h.csv"
    path.write_text("time,token_in,token_out,portion\n1700000000,USDC,WETH,0.5\n")
    done = run(path, "--followers=2", f"--output={tmp_path / 'report'}")
    assert done.exit_code == 1
    assert "price_" in done.output
