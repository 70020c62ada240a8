"""A local chain that lives exactly as long as the block that uses it.

Block times are decided here and by the caller, never by the wall clock: a seed gives the same chain twice.
"""

import contextlib
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import requests

from demo.children import running
from demo.errors import DemoError

CHAIN_ID = 31_337
# Ethereum mainnet's, so that what fits here fits there.
BLOCK_GAS_LIMIT = 60_000_000
_START_TIMEOUT_S = 120.0


@dataclass(frozen=True, slots=True)
class Anvil:
    """A running chain: where to reach it, and the process behind it."""

    port: int
    pid: int

    @property
    def http_url(self) -> str:
        """JSON-RPC over HTTP."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def ws_url(self) -> str:
        """JSON-RPC over WebSocket."""
        return f"ws://127.0.0.1:{self.port}"


@contextlib.contextmanager
def anvil(
    program: Path,
    *,
    genesis_time: int,
    log: Path,
    port: int = 0,
    state: Path | None = None,
    states_in_memory: int | None = None,
) -> Iterator[Anvil]:
    """Runs anvil on `port` (0: any free one) with the genesis block at `genesis_time`, in unix seconds.

    It goes on from `state`, a chain that it dumped before, if one is given. `states_in_memory`: keep so many
    blocks' states there and none on disk, from where anvil 1.7 brings them back without contracts' code in a
    reorg that deep; older blocks' states are gone then.

    Raises:
        DemoError: the port is taken, or the chain does not come up.
    """
    port = free_port(port)
    command: list[str | Path] = [program, "--host", "127.0.0.1", "--port", str(port)]
    command += ["--chain-id", str(CHAIN_ID), "--timestamp", str(genesis_time), "--order", "fees"]
    command += ["--gas-limit", str(BLOCK_GAS_LIMIT), "--quiet"]
    if state is not None:
        command += ["--load-state", state]
    if states_in_memory is not None:
        command += ["--prune-history", str(states_in_memory)]
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output, running(command, output=output) as child:
        chain = Anvil(port, child.pid)
        _wait_until_up(chain, child, log)
        yield chain


def free_port(wanted: int = 0) -> int:
    """The wanted TCP port on loopback, or any free one for 0.

    Raises:
        DemoError: the port is in use.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            raise DemoError(
                f"Port {wanted} is in use.", "Stop the program that listens there or choose another port."
            ) from None
        chosen: int = probe.getsockname()[1]
        return chosen


def _wait_until_up(chain: Anvil, child: subprocess.Popen[bytes], log: Path) -> None:
    question = {"jsonrpc": "2.0", "id": 1, "method": "eth_chainId", "params": []}
    give_up = time.monotonic() + _START_TIMEOUT_S
    while child.poll() is None and time.monotonic() < give_up:
        with contextlib.suppress(requests.ConnectionError):
            if requests.post(chain.http_url, json=question, timeout=5).ok:
                return
        time.sleep(0.05)
    said = log.read_text(errors="replace").strip() or "it said nothing"
    raise DemoError(f"The local chain did not start on port {chain.port}: {said}.", "Choose another port.")
