"""Play money gets what real money gets: copies, skips with reasons, balances and figures, to the unit."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from api.app import create_app
from cli.main import app
from demo.deployment import BATCH_SIZE
from indexer.ledger.database import open_engine
from indexer.ledger.models import Deployment
from indexer.sync.service import open_indexer
from practice.books import PaperBooks, PaperVault, UnknownPaperVaultError
from practice.statement import PaperStatement, statement_of
from protocol.types import FeeTerms, OnBreach, Policy, Sizing, StrategyLimits
from tests.e2e.stage import Stage
from tests.paper.mirror import USDC, Mirror

WAD = 10**18
POLICIES = (
    Policy(),
    Policy(Sizing.FIXED, size=250 * USDC),
    Policy(max_token_bps=2_500, max_exposure_bps=3_000, loss_budget_bps=50),
    Policy(max_slippage_bps=10, min_trade=100 * USDC),
    # A stop with Suspend or Exit would be carried out on paper as soon as it shows, and here nobody keeps.
    Policy(max_daily_loss_bps=100, on_stop=OnBreach.SKIP),
)


@dataclass
class Told:
    """What really happened, and the ledger of it."""

    stage: Stage
    mirror: Mirror
    engine: Engine
    opened: dict[int, tuple[int, int]]


@pytest.fixture
async def told(stage: Stage, tmp_path: Path) -> Any:
    """Five followers through entries, exits and a fall, all of it indexed."""
    limits = StrategyLimits(min_stake=100 * USDC, stop_bps=500)
    terms = FeeTerms(copy_bps=50, performance_bps=1_000)
    mirror = Mirror(stage, terms=terms, limits=limits, batch_size=BATCH_SIZE)
    opened = {}
    for number, (who, policy) in enumerate(zip(mirror.followers, POLICIES, strict=True)):
        assert mirror.open(who, policy, (1_000 + 333 * number) * USDC) is None
        opened[mirror.paper.vault_count] = (mirror.market.block, stage.time)
    for thousandths, pair, portion in (
        (1_000, (0, 1), WAD // 3),
        (1_010, (0, 1), WAD // 2),
        (960, (1, 0), WAD // 4),
        (1_020, (0, 1), WAD // 3),
        (1_060, (1, 0), WAD),
        (1_000, (0, 1), WAD // 5),
    ):
        mirror.move_price(thousandths)
        if portion == WAD // 5:
            # The feed is ahead of the pool: whoever buys now pays more than it says.
            stage.tick = replace(stage.tick, weth=stage.tick.weth * 997 // 1_000)
            stage.market.post(stage.tick)
            stage.play()
        refused = mirror.trade(*pair, portion)
        if refused == "PriceBelowOracle":
            refused = mirror.trade(*pair, portion, expected_bps=20)
        assert refused is None
    engine = open_engine(f"sqlite:///{tmp_path / 'ledger.db'}")
    async with open_indexer(stage.node.http_url, engine, stage.deployment) as indexer:
        await indexer.backfill_to_head()
    yield Told(stage, mirror, engine, opened)
    engine.dispose()


def statement(told: Told, vault: PaperVault) -> PaperStatement:
    with Session(told.engine) as session:
        key = session.query(Deployment.id).scalar()
        assert key is not None
        return statement_of(session, key, vault, now=told.stage.time)


def shadow_of(told: Told, vault_id: int) -> PaperVault:
    real = told.mirror.paper.vaults.look(vault_id)
    block, time = told.opened[vault_id]
    amount = (1_000 + 333 * (vault_id - 2)) * USDC
    place = told.stage.deployment
    return PaperVault("id", place.chain_id, place.hub, 1, real.policy, amount, block, time)


async def test_a_paper_vault_gets_what_a_real_one_got(told: Told) -> None:
    with TestClient(create_app(told.engine)) as client:
        reasons = set()
        for vault_id in told.opened:
            real = told.mirror.paper.vaults.look(vault_id)
            found = statement(told, shadow_of(told, vault_id))
            assert found.state.balances == real.balances
            assert (found.state.status, found.state.marks) == (real.status, real.marks)
            page = client.get(f"/v1/vaults/{vault_id}/statement", params={"limit": 100}).json()["data"]
            reasons |= page["skipped_by_reason"].keys()
            profit = found.history.profit
            for name, units in (
                ("equity", profit.equity),
                ("net_pnl", profit.net),
                ("realized_pnl", profit.realized),
                ("unrealized_pnl", profit.unrealized),
            ):
                assert int(page["profit"][name]["units"]) == units, name
            for kind, cost in profit.costs.items():
                assert int(page["profit"]["costs"][kind]["units"]) == cost, kind
            assert same_lines(found) == [line for line in map(line_of, reversed(page["lines"])) if line]
        assert {"daily_loss", "slippage", "token_cap"} <= reasons


def same_lines(found: PaperStatement) -> list[tuple[Any, ...]]:
    return [
        (each.trade_id & 0xFFFF, each.amount_in, each.fee, each.amount_out)
        if each.filled
        else (each.trade_id & 0xFFFF, each.reason.snake)
        for each in found.copies
    ]


def line_of(line: dict[str, Any]) -> tuple[Any, ...] | None:
    if line["kind"] == "skip":
        return int(line["trade"].split("-")[1]), line["reason"]["name"]
    if line["kind"] != "fill":
        return None
    fill = line["fill"]
    amounts = (int(fill[name]["units"]) for name in ("sold", "fee", "bought"))
    return int(line["trade"].split("-")[1]), *amounts


async def test_a_stopped_vault_is_sold_out_at_the_next_clearing(told: Told) -> None:
    stops = Policy(max_daily_loss_bps=100, on_stop=OnBreach.EXIT)
    found = statement(told, replace(shadow_of(told, 2), policy=stops))
    assert found.state.status.name == "EXITING"
    assert found.state.balances[1] == 0
    assert found.history.book.positions[told.mirror.tokens[1]].quantity == 0
    assert found.history.profit.equity == found.state.balances[0]


async def test_a_vault_copies_only_what_comes_after_it(told: Told) -> None:
    late = replace(shadow_of(told, 2), opened_block=told.mirror.market.block, opened_time=told.stage.time)
    found = statement(told, late)
    assert found.copies == []
    assert found.history.profit.equity == late.amount


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


@pytest.fixture
def places(told: Told, tmp_path: Path) -> list[str]:
    return [
        f"--database-url=sqlite:///{tmp_path / 'ledger.db'}",
        f"--deployment={told.stage.contracts.file}",
    ]


async def test_the_commands_open_watch_and_show(told: Told, places: list[str], tmp_path: Path) -> None:
    own = f"--paper-database-url=sqlite:///{tmp_path / 'paper.db'}"
    opened = run("paper", "open", "1", "--policy=balanced", "--deposit=500", *places, own)
    assert opened.exit_code == 0, opened.output
    vault_id = opened.output.strip()
    assert len(vault_id) == 32
    assert vault_id in run("paper", "list", *places, own).output
    told.mirror.move_price(1_005)
    assert told.mirror.trade(0, 1, WAD // 5) is None
    async with open_indexer(told.stage.node.http_url, told.engine, told.stage.deployment) as indexer:
        await indexer.backfill_to_head()
    watched = run("paper", "watch", vault_id, "--looks=1", *places, own)
    assert "1-7 copied" in watched.output, watched.output
    shown = run("paper", "show", vault_id, *places, own)
    assert "500 USDC" in shown.output
    assert "1-7 copied" in shown.output


async def test_what_cannot_be_followed_says_what_to_do(told: Told, places: list[str], tmp_path: Path) -> None:
    own = f"--paper-database-url=sqlite:///{tmp_path / 'paper.db'}"
    for arguments, said in (
        (["open", "9"], "no strategy 9"),
        (["open", "1", "--deposit=1"], "least deposit"),
        (["open", "1", "--policy=absent"], "no policy absent"),
        (["show", "0" * 32], "no paper vault"),
    ):
        done = run("paper", *arguments, *places, own)
        assert done.exit_code == 1, done.output
        assert said in done.output.replace("\n", " ")


async def test_a_strategy_is_replayed_through_other_policies(
    told: Told, places: list[str], tmp_path: Path
) -> None:
    done = run("replay", "1", "--policy=plain", "--followers=3", *places, f"--output={tmp_path / 'out'}")
    assert done.exit_code == 0, done.output
    assert '"copied_trades": 6' in (tmp_path / "out" / "summary.json").read_text()


def test_the_oldest_vaults_make_room(engine: Engine) -> None:
    books = PaperBooks(engine, most=3)
    ids = [books.open((1, "0x"), 1, Policy(size=n), 10**30, block=n, at=n).id for n in range(5)]
    assert [vault.id for vault in books.all()] == ids[2:]
    assert books.find(ids[4]).policy == Policy(size=4)
    assert books.find(ids[4]).amount == 10**30
    with pytest.raises(UnknownPaperVaultError):
        books.find(ids[0])


async def test_the_api_opens_a_vault_and_says_what_became_of_it(told: Told) -> None:
    with TestClient(create_app(told.engine)) as client:
        policy = {"sizing": "fixed", "size": str(150 * USDC), "on_stop": "exit", "max_drawdown_bps": 5_000}
        body = {"strategy_id": 1, "deposit": str(1_000 * USDC), "policy": policy}
        answer = client.post("/v1/paper/vaults", json=body)
        assert answer.status_code == 200, answer.text
        opened = answer.json()["data"]
        assert (opened["filled"], opened["lines"]) == (0, [])
        assert opened["profit"]["equity"]["units"] == str(1_000 * USDC)
        told.mirror.move_price(1_003)
        assert told.mirror.trade(0, 1, WAD // 5) is None
        async with open_indexer(told.stage.node.http_url, told.engine, told.stage.deployment) as indexer:
            await indexer.backfill_to_head()
        found = client.get(f"/v1/paper/vaults/{opened['id']}").json()["data"]
    (line,) = found["lines"]
    assert (line["kind"], line["trade"]) == ("fill", "1-7")
    sold = int(line["sold"]["units"]) + int(line["fee"]["units"])
    assert sold == 150 * USDC
    vault = PaperBooks(told.engine).find(opened["id"])
    same = statement(told, vault)
    assert found["profit"]["net_pnl"]["units"] == str(same.history.profit.net)
    assert found["balances"][1]["amount"]["units"] == str(same.state.balances[1])


async def test_the_api_refuses_what_the_hub_would_and_floods(told: Told) -> None:
    good: dict[str, Any] = {"strategy_id": 1, "deposit": str(1_000 * USDC), "policy": {}}
    with TestClient(create_app(told.engine)) as client:
        for changes, slug in (
            ({"strategy_id": 99}, "paper-refused"),
            ({"deposit": "1"}, "paper-refused"),
            ({"policy": {"max_slippage_bps": 11}}, "paper-refused"),
            ({"policy": {"sizing": "fixed"}}, "paper-refused"),
            ({"policy": {"size": str(2**88), "sizing": "fixed"}}, "paper-refused"),
            ({"policy": {"max_trad": "1"}}, "invalid-request"),
            ({"policy": {"cooldown": True}}, "invalid-request"),
            ({"deposit": "-5"}, "invalid-request"),
            ({"strategy_id": 2**40}, "invalid-request"),
        ):
            refused = client.post("/v1/paper/vaults", json=good | changes)
            assert (refused.status_code, refused.json()["type"]) == (422, f"urn:lockstep:problem:{slug}")
            assert refused.json()["remedy"]
        assert client.get(f"/v1/paper/vaults/{'0' * 32}").status_code == 404
        assert client.get("/v1/paper/vaults/1").status_code == 422
        answers = [client.post("/v1/paper/vaults", json=good).status_code for _ in range(61)]
    assert answers == [200] * 60 + [429]
