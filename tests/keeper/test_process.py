"""The commands as an operator runs them: a keeper that is killed and started again, orders, stops."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from typer.testing import CliRunner

from cli.main import app
from inbox.intake import check
from orders.document import loads
from orders.order import WAD
from tests.e2e.stage import account
from tests.keeper.world import World, all_different

ARGUMENTS = ["-W", "ignore", "-c", "from cli.main import main; main()", "keeper", "--stale-after", "0"]


def start(world: World, log: Path, *, key: str | None = None) -> subprocess.Popen[bytes]:
    who = world.stage.person("process")
    environment = os.environ | {
        "LOCKSTEP_RPC_URL": world.stage.node.http_url,
        "LOCKSTEP_DATABASE_URL": str(world.engine.url),
        "LOCKSTEP_DEPLOYMENT": str(world.stage.contracts.file),
        "LOCKSTEP_KEEPER_NAME": "process",
        "LOCKSTEP_KEEPER_KEY": who.key.to_0x_hex() if key is None else key,
    }
    with log.open("ab") as output:
        return subprocess.Popen([sys.executable, *ARGUMENTS], stdout=output, stderr=output, env=environment)


def wait(condition: Callable[[], bool], what: str, world: World | None = None) -> None:
    give_up = time.monotonic() + 90
    while not condition():
        assert time.monotonic() < give_up, what
        if world is not None:
            world.seal()
        time.sleep(0.2)


async def test_killed_keeper_is_started_again_and_ends_on_sigterm(world: World, tmp_path: Path) -> None:
    vaults = world.join(*(f"follower {at}" for at in range(7)))
    digest = world.post(world.order(nonce=1))
    log = tmp_path / "log"
    first = start(world, log)
    try:
        wait(lambda: world.states(digest)[-1] == "working", "the order is not carried")
    finally:
        first.kill()
        first.wait(10)
    second = start(world, log)
    try:
        wait(lambda: len(world.said("TradeCompleted")) == 1, "the fan-out is not finished", world)
        wait(lambda: world.states(digest)[-1] == "filled", "the order is not filled", world)
        second.send_signal(signal.SIGTERM)
        assert second.wait(20) == 0
    finally:
        second.kill()
        second.wait(10)
    assert all_different(world.copies())
    assert {vault for _, vault in world.copies()} == {1, *vaults}
    said = log.read_text()
    assert "keeper_stopped" in said
    assert account("process").key.hex() not in said


def run(world: World, *arguments: str, **environment: str) -> tuple[int, str]:
    place = {
        "LOCKSTEP_DATABASE_URL": str(world.engine.url),
        "LOCKSTEP_DEPLOYMENT": str(world.stage.contracts.file),
        "COLUMNS": "200",
    }
    done = CliRunner().invoke(app, arguments, env=place | environment)
    return done.exit_code, done.output


async def test_order_is_signed_on_the_command_line_as_the_hub_wants_it(world: World) -> None:
    stage = world.stage
    options = [
        "--strategy",
        "1",
        "--pool",
        stage.pool,
        "--sell",
        stage.usdc.address,
        "--buy",
        stage.weth.address,
    ]
    key = {"LOCKSTEP_LEADER_KEY": world.leader.key.to_0x_hex()}
    code, said = run(world, "order", "sign", *options, "--portion", str(WAD // 2), **key)
    assert code == 0, said
    signed = loads(said)
    check(signed, chain_id=stage.deployment.chain_id, hub=stage.deployment.hub, wallets=None)
    assert stage.hub.orderDigest(signed.order.struct()).call() == signed.digest
    assert json.loads(said)["kind"] == "market"
    for bad, word in ((["--kind", "maybe"], "kind must be"), (["--portion", "-1"], "portion must be")):
        code, said = run(world, "order", "sign", *options, *bad, **key)
        assert code == 1
        assert word in said
    code, said = run(world, "order", "sign", *options, LOCKSTEP_LEADER_KEY="secret stuff")
    assert code == 1
    assert "secret stuff" not in said


async def test_stop_button_is_pressed_listed_and_lifted_on_the_command_line(world: World) -> None:
    why = ["--why", "key stolen", "--who", "ann"]
    assert run(world, "stop", "set", "--leader", world.leader.address.lower(), *why)[0] == 0
    [stop] = world.stops.all(lifted=False)
    assert (stop.scope, stop.subject, stop.who) == ("leader", world.leader.address, "ann")
    assert "key stolen" in run(world, "stop", "list")[1]
    assert run(world, "stop", "lift", str(stop.id), "--why", "new key")[0] == 0
    assert list(world.stops.all(lifted=False)) == []
    assert "new key" in run(world, "stop", "list", "--all")[1]
    for bad in ([], ["--entries", "--strategy", "1"], ["--leader", "0x12"]):
        code, said = run(world, "stop", "set", *bad, *why)
        assert code == 1, said


async def test_keeper_without_a_key_says_which_there_may_be(world: World, tmp_path: Path) -> None:
    keeper = start(world, tmp_path / "log", key="")
    assert keeper.wait(60) == 1
    assert "--keystore" in (tmp_path / "log").read_text()


async def test_keeper_without_ether_says_so_and_works_when_it_has_some(world: World) -> None:
    world.join("ann")
    poor = world.stage.person("poor")
    keeper = await world.keeper("poor")
    world.stage.chain.request("anvil_setBalance", poor.address, "0x1")
    digest = world.post(world.order(nonce=1))
    assert (await keeper.step()).sent == 0
    world.seal()
    await keeper.step()
    assert world.said("TradeOpened") == []
    world.stage.chain.request("anvil_setBalance", poor.address, hex(10**21))
    for _ in range(6):
        await keeper.step()
        world.seal()
    assert world.states(digest)[-1] == "filled"
    assert len(world.said("OrderFilled")) == 1
