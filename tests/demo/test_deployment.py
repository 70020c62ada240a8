"""The project's deployment script, run by Brownie against a real chain."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from eth_account import Account
from eth_account.signers.local import LocalAccount

from demo.anvil import Anvil, anvil
from demo.chain import Chain
from demo.checkout import Checkout
from demo.deployment import BATCH_SIZE, deploy_protocol
from demo.errors import DemoError
from demo.exchange import Exchange, deploy_tokens, mint_supply, open_exchange
from demo.opening import Opened, open_market
from demo.prices import synthetic
from tests.demo.conftest import GENESIS

MINTER: LocalAccount = Account.from_key(b"\x01" * 32)
TREASURY: LocalAccount = Account.from_key(b"\x02" * 32)


@pytest.fixture
def exchange(node: Anvil, checkout: Checkout) -> Exchange:
    chain = Chain(node.http_url)
    chain.request("anvil_setBalance", MINTER.address, hex(10**20))
    start = synthetic(7, 1).ticks[0]
    with chain.automine():
        tokens = deploy_tokens(chain.w3, checkout, MINTER.address)
    mint_supply(chain, tokens, MINTER, start)
    with chain.automine():
        return open_exchange(chain.w3, checkout, tokens, start)


def test_the_file_says_what_is_on_the_chain(node: Anvil, checkout: Checkout, exchange: Exchange) -> None:
    chain = Chain(node.http_url)
    with chain.automine():
        deployment = deploy_protocol(node, chain.w3, checkout, exchange, treasury=TREASURY.address)
    w3 = chain.w3
    file = json.loads(deployment.file.read_text())
    hub = deployment.hub.functions
    assert file["chain_id"] == w3.eth.chain_id
    assert w3.eth.get_code(file["hub"], file["block"])
    assert not w3.eth.get_code(file["hub"], file["block"] - 1)
    assert (hub.oracle().call(), hub.treasury().call()) == (file["oracle"], file["treasury"])
    assert hub.batchSize().call() == file["batch_size"] == BATCH_SIZE
    assert file["treasury"] == TREASURY.address
    for symbol, token in file["tokens"].items():
        assert token["address"] == exchange.tokens[symbol].address
        assert token["decimals"] == exchange.tokens[symbol].decimals
        assert deployment.oracle.functions.feedOf(token["address"]).call()[0] == token["feed"]
        assert hub.isListedToken(token["address"]).call()
    assert {pool["address"] for pool in file["pools"]} == {pool.address for pool in exchange.pools.values()}
    for pool in file["pools"]:
        assert hub.venueOf(pool["address"]).call() == file["venue"]
        assert int(pool["token0"], 16) < int(pool["token1"], 16)


def test_a_deployment_that_was_kept_is_gone_on_from_as_if_the_script_had_run(
    tmp_path: Path, checkout: Checkout
) -> None:
    start, deployments = synthetic(7, 1).ticks[0], tmp_path / "deployments"

    @contextmanager
    def opened(name: str) -> Iterator[Opened]:
        own = Checkout(checkout.root, tmp_path / name, deployments)
        with anvil(own.anvil, genesis_time=GENESIS, log=own.build / "anvil.log") as node:
            yield open_market(node, own, start, trader=MINTER, treasury=TREASURY.address)

    blocks, documents = [], []
    for name in ("script", "kept"):
        with opened(name) as market:
            assert len(market.chain.mine()) >= 3
            latest = market.chain.w3.eth.get_block("latest")
            blocks.append((latest["number"], latest["parentHash"], latest["hash"]))
            documents.append(json.loads(market.contracts.file.read_text()))
            assert market.contracts.hub.functions.batchSize().call() == BATCH_SIZE
        assert (tmp_path / name / "brownie.log").exists() == (name == "script")
    assert blocks[0] == blocks[1]
    assert documents[0] == documents[1]

    [kept] = deployments.glob("*.json")
    kept.write_text(json.dumps({**json.loads(kept.read_text()), "head": "0x" + "00" * 32}))
    with pytest.raises(DemoError, match="does not bring its chain back"), opened("spoilt"):
        pass


def test_a_script_without_its_settings_says_which_one_is_missing(node: Anvil, tmp_path: Path) -> None:
    network = {"id": "here", "name": "Here", "chainid": 31_337, "host": node.http_url}
    networks = {"live": [{"name": "Here", "networks": [network]}], "development": []}
    (tmp_path / ".brownie").mkdir()
    (tmp_path / ".brownie" / "network-config.yaml").write_text(json.dumps(networks))
    here = Checkout.here()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LOCKSTEP_")}
    environment |= {"HOME": str(tmp_path), "SOLCX_BINARY_PATH": str(here.root / "toolchain" / "solc")}
    ended = subprocess.run(
        [here.brownie.parent / "python", "scripts/deploy.py", "here"],
        env=environment,
        cwd=here.root,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 1
    assert "LOCKSTEP_DEPLOY_CONFIG is not set" in ended.stderr
