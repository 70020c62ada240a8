import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from demo.anvil import Anvil, anvil, free_port
from demo.checkout import Checkout
from demo.errors import DemoError

GENESIS = 1_767_225_600
HOLDER = f"""
import signal, sys, time
from pathlib import Path
from demo.anvil import anvil
from demo.checkout import Checkout
# A run that was itself started in the background has inherited a deaf ear for Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)
with anvil(Checkout.here().anvil, genesis_time={GENESIS}, log=Path(sys.argv[1])) as node:
    print(node.pid, flush=True)
    time.sleep(60)
"""


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")  # an orphan that nobody has reaped yet is dead too
    return not stat.exists() or stat.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def is_gone_within(pid: int, seconds: float) -> bool:
    give_up = time.monotonic() + seconds
    while is_alive(pid) and time.monotonic() < give_up:
        time.sleep(0.02)
    return not is_alive(pid)


def ask(node: Anvil, method: str, *params: object) -> object:
    question = {"jsonrpc": "2.0", "id": 1, "method": method, "params": list(params)}
    return requests.post(node.http_url, json=question, timeout=5).json()["result"]


def test_the_chain_starts_at_the_given_time_with_the_demos_chain_id(node: Anvil) -> None:
    block = ask(node, "eth_getBlockByNumber", "0x0", False)
    assert isinstance(block, dict)
    assert int(block["timestamp"], 16) == GENESIS
    assert ask(node, "eth_chainId") == hex(31_337)


def test_the_chain_ends_with_the_block_that_uses_it(tmp_path: Path) -> None:
    with anvil(Checkout.here().anvil, genesis_time=GENESIS, log=tmp_path / "log") as node:
        assert is_alive(node.pid)
    assert not is_alive(node.pid)
    with pytest.raises(requests.ConnectionError):
        ask(node, "eth_chainId")


def test_the_chain_ends_when_the_block_fails(tmp_path: Path) -> None:
    pid = 0
    with pytest.raises(ZeroDivisionError):  # noqa: PT012, SIM117
        with anvil(Checkout.here().anvil, genesis_time=GENESIS, log=tmp_path / "log") as node:
            pid = node.pid
            _ = 1 // 0
    assert pid
    assert not is_alive(pid)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_chain_ends_with_the_process_that_started_it(tmp_path: Path, how: signal.Signals) -> None:
    if sys.platform != "linux" and how != signal.SIGINT:
        pytest.skip("only Linux ends the children of a process that is killed")
    command = [sys.executable, "-c", HOLDER, str(tmp_path / "log")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as holder:
        assert holder.stdout is not None
        pid = int(holder.stdout.readline())
        assert is_alive(pid)
        holder.send_signal(how)
        holder.wait(10)
    assert is_gone_within(pid, 5)


def test_a_port_in_use_is_refused_with_a_remedy(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(DemoError, match=f"Port {port} is in use") as refused:  # noqa: SIM117
            with anvil(Checkout.here().anvil, genesis_time=GENESIS, log=tmp_path / "log", port=port):
                pass
    assert "choose another port" in refused.value.remedy


def test_a_wanted_port_is_used() -> None:
    port = free_port()
    assert free_port(port) == port


def test_a_program_that_is_no_chain_is_reported_with_what_it_said(tmp_path: Path) -> None:
    program = tmp_path / "not-anvil"
    program.write_text("#!/bin/sh\necho no such luck\nexit 3\n")
    program.chmod(0o755)
    with pytest.raises(DemoError, match="no such luck"):  # noqa: SIM117
        with anvil(program, genesis_time=GENESIS, log=tmp_path / "log"):
            pass


def test_a_missing_installation_says_make_install(tmp_path: Path) -> None:
    empty = Checkout(tmp_path, tmp_path)
    for ask_for in (lambda: empty.anvil, lambda: empty.brownie):
        with pytest.raises(DemoError, match="make install"):
            ask_for()
