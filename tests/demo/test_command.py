import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from demo.checkout import Checkout

COMMAND = [sys.executable, "-c", "import typer; from cli.demo import demo; typer.run(demo)"]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=60, check=False)


def test_a_missing_recording_ends_with_one_sentence_and_a_remedy(tmp_path: Path) -> None:
    ended = run("--once", "--market", str(tmp_path / "nothing.csv.gz"))
    assert ended.returncode == 1
    assert "There is no file" in ended.stderr
    assert "Give MARKET" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_an_api_port_in_use_is_reported_before_anything_is_started() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = run("--once", "--port", port)
    assert ended.returncode == 1
    assert f"Port {port} is in use." in ended.stderr
    assert "--port" in ended.stderr
    assert "Compiling" not in ended.stderr


def test_a_chain_port_in_use_is_reported() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = run("--once", "--rpc-port", port)
    assert ended.returncode == 1
    assert f"Port {port} is in use." in ended.stderr
    assert "Traceback" not in ended.stderr


def test_ending_it_early_leaves_no_process_behind(checkout: Checkout) -> None:
    with subprocess.Popen(
        [*COMMAND, "--once"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as demo:
        give_up = time.monotonic() + 60
        while not (children := _children(demo.pid)) and time.monotonic() < give_up:
            time.sleep(0.02)
        assert children
        os.kill(demo.pid, signal.SIGINT)
        assert demo.wait(20) == 130
    assert not [pid for pid in children if Path(f"/proc/{pid}").exists()]


def _children(pid: int) -> list[int]:
    ended = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False)
    return [int(line) for line in ended.stdout.split()]
