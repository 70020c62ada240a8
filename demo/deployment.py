"""Deploys the protocol on the local chain through the project's own Brownie script, and reads where it is.

The same script with the same settings on the same chain makes the same blocks: a checkout that keeps
deployments has them made once.
"""

import contextlib
import fcntl
import hashlib
import json
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eth_typing import ChecksumAddress
from web3 import Web3
from web3.contract import Contract

from demo.anvil import CHAIN_ID, Anvil
from demo.chain import Chain
from demo.checkout import Checkout
from demo.children import running
from demo.errors import DemoError
from demo.exchange import Exchange

# Small enough that the most popular strategy of the demo needs a second batch.
BATCH_SIZE = 24
# Feeds are posted every step; the longest gap in a recorded market is a few hours.
_HEARTBEAT_S = 86_400
_LISTING_DELAY_S = 172_800
_PROTOCOL_BPS = 1_000
# Seconds over which a pool's average price is compared with the oracle's, and how far they may be apart. The
# demo's market moves in steps longer than the window, so a whole step's move is between the two.
PRICE_WINDOW_S = 300
_MAX_DEVIATION_BPS = 1_000
_PATIENCE_S = 300
_NETWORK = "lockstep-demo"
# Contracts whose code the hub's one address runs.
HUB_PARTS = ("Hub", "HubKeepers", "HubExtension", "HubOffers")


@dataclass(frozen=True, slots=True)
class Deployment:
    """The deployed protocol: its hub, and the file that tells everyone else where it is."""

    file: Path
    hub: Contract
    oracle: Contract


def compile_contracts(checkout: Checkout) -> None:
    """Brings Brownie's artifacts up to date.

    All of them, as soon as one source has changed: Brownie looks only one import deep for what that touches,
    and would deploy yesterday's code after a change in a library of a library.

    Raises:
        DemoError: the compiler refused.
    """
    stamp = checkout.root / "build" / "brownie" / "sources.sha256"
    sources = sources_digest(checkout)
    if stamp.is_file() and stamp.read_text() == sources:
        return
    _brownie(checkout, [checkout.brownie, "compile", "--all"], network=None, environment={})
    stamp.write_text(sources)


def sources_digest(checkout: Checkout) -> str:
    """What the contracts are compiled from, as one hash."""
    return _digest([checkout.root / "brownie-config.yaml", *sorted(checkout.root.glob("contracts/**/*.sol"))])


def _digest(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def deploy_protocol(
    chain: Anvil,
    w3: Web3,
    checkout: Checkout,
    exchange: Exchange,
    *,
    treasury: ChecksumAddress,
    batch_size: int = BATCH_SIZE,
    keepers_are_paid: bool = True,
) -> Deployment:
    """Runs `scripts/deploy.py` against the local chain, as it would run against any other.

    It goes on from what came of it before if the checkout has kept that: the node's clock then stands where
    it stood before.

    Raises:
        DemoError: the script failed.
    """
    config, file = checkout.build / "deploy-config.json", checkout.build / "deployment.json"
    settings = {
        "owner": w3.eth.accounts[0],
        "guardian": w3.eth.accounts[0],
        "treasury": treasury,
        "protocol_bps": _PROTOCOL_BPS,
        "wrapped_native": exchange.tokens["WETH"].address if keepers_are_paid else None,
        "gate": None,
        "listing_delay": _LISTING_DELAY_S,
        "max_deviation_bps": _MAX_DEVIATION_BPS,
        "window": PRICE_WINDOW_S,
        "sequencer": None,
        "grace_period": 3_600,
        "batch_size": batch_size,
        "factory": exchange.uniswap.factory.address,
        "tokens": {
            token.symbol: {"address": token.address, "feed": token.feed.address, "heartbeat": _HEARTBEAT_S}
            for token in exchange.tokens.values()
        },
        "pools": [pool.address for pool in exchange.pools.values()],
    }
    config.write_text(json.dumps(settings, indent=2))
    if checkout.deployments is None:
        _run_script(chain, checkout, config, file)
    else:
        kept = checkout.deployments / f"{_fingerprint(w3, checkout, config)}.json"
        with _alone(kept.with_suffix(".lock")):
            if kept.is_file():
                _go_on_from(kept, Chain(chain.http_url), file)
            else:
                _run_script(chain, checkout, config, file)
                _keep(kept, Chain(chain.http_url), file)
    addresses = json.loads(file.read_text())

    def contract(address: str, abi: list[dict[str, Any]]) -> Contract:
        found: Contract = w3.eth.contract(address=Web3.to_checksum_address(address), abi=abi)
        return found

    return Deployment(
        file,
        contract(addresses["hub"], hub_abi(checkout)),
        contract(addresses["oracle"], checkout.contract("ChainlinkOracle").abi),
    )


def _run_script(chain: Anvil, checkout: Checkout, config: Path, file: Path) -> None:
    file.unlink(missing_ok=True)
    environment = {"LOCKSTEP_DEPLOY_CONFIG": str(config), "LOCKSTEP_DEPLOYMENT": str(file)}
    python = checkout.brownie.parent / "python"
    script = checkout.root / "scripts" / "deploy.py"
    _brownie(checkout, [python, script, _NETWORK], network=chain, environment=environment)


def _fingerprint(w3: Web3, checkout: Checkout, config: Path) -> str:
    """Everything that the blocks of a deployment follow from, as one hash: the chain's last block stands for
    all that is on it.
    """
    programs = (checkout.root / "scripts" / "deploy.py", checkout.root / "package-lock.json", config)
    digest = hashlib.sha256(sources_digest(checkout).encode() + w3.eth.get_block("latest")["hash"])
    for program in programs:
        digest.update(program.read_bytes())
    return digest.hexdigest()


def _keep(kept: Path, chain: Chain, file: Path) -> None:
    document = {
        "head": _head(chain),
        "deployment": json.loads(file.read_text()),
        "state": chain.request("anvil_dumpState"),
    }
    unfinished = kept.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(document))
    unfinished.replace(kept)


def _go_on_from(kept: Path, chain: Chain, file: Path) -> None:
    document = json.loads(kept.read_text())
    chain.request("anvil_loadState", document["state"])
    if _head(chain) != document["head"]:
        raise DemoError(f"{kept} does not bring its chain back.", "Delete that file, then try again.")
    file.write_text(json.dumps(document["deployment"], indent=2) + "\n")


def _head(chain: Chain) -> str:
    return str(chain.request("eth_getBlockByNumber", "latest", False)["hash"])  # noqa: FBT003 - no names there


def hub_abi(checkout: Checkout) -> list[dict[str, Any]]:
    """What the hub's one address answers: the ABIs of all parts of its code, each entry once."""
    entries = (entry for name in HUB_PARTS for entry in checkout.contract(name).abi)
    return list({json.dumps(entry, sort_keys=True): entry for entry in entries}.values())


def _brownie(
    checkout: Checkout, command: Sequence[str | Path], *, network: Anvil | None, environment: dict[str, str]
) -> None:
    """Brownie keeps its networks below the home directory: it gets one of its own."""
    home, log = checkout.build / "home", checkout.build / "brownie.log"
    (home / ".brownie").mkdir(parents=True, exist_ok=True)
    if network is not None:
        (home / ".brownie" / "network-config.yaml").write_text(json.dumps(_networks(network), indent=2))
    environment = {
        **environment,
        "HOME": str(home),
        "SOLCX_BINARY_PATH": str(checkout.root / "toolchain" / "solc"),
    }
    with (
        _brownie_alone(checkout),
        log.open("wb") as output,
        running(command, output=output, environment=environment) as child,
    ):
        try:
            code = child.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            code = -1
    if code != 0:
        said = log.read_text(errors="replace")[-2_000:]
        raise DemoError(f"`{' '.join(map(str, command))}` failed.", f"Read {log}, which ends:\n{said}")


@contextlib.contextmanager
def _brownie_alone(checkout: Checkout) -> Iterator[None]:
    """Brownie writes into one folder of the checkout, whoever runs it, and stumbles over what it finds there
    of another local chain with the same id.
    """
    build = checkout.root / "build"
    with _alone(build / "brownie.lock"):
        try:
            yield
        finally:
            shutil.rmtree(build / "brownie" / "deployments" / str(CHAIN_ID), ignore_errors=True)


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One process at a time for each file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _networks(chain: Anvil) -> dict[str, Any]:
    """A live network to Brownie, whoever mines it: nothing is reset or unlocked behind the script's back."""
    network = {"id": _NETWORK, "name": "Demo", "chainid": CHAIN_ID, "host": chain.http_url}
    return {"live": [{"name": "Lockstep", "networks": [network]}], "development": []}
