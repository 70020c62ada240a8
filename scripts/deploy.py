"""Deploys the protocol on the network Brownie is connected to, and writes down where it is.

    LOCKSTEP_DEPLOY_CONFIG=config.json LOCKSTEP_DEPLOYMENT=deployment.json \
        .venv-brownie/bin/python scripts/deploy.py NETWORK

`brownie run scripts/deploy.py --network NETWORK` does the same, unless a folder above has a dot in its name:
Brownie imports the script by its whole path then, and fails.

The configuration says who owns the protocol and what it starts with:

    {"owner": "0x…", "guardian": "0x…", "treasury": "0x…", "gate": null,
     "protocol_bps": 1000, "wrapped_native": "0x…", "batch_size": 24, "listing_delay": 172800,
     "max_deviation_bps": 500, "window": 600,
     "sequencer": null, "grace_period": 3600, "factory": "0x…",
     "tokens": {"USDC": {"address": "0x…", "feed": "0x…", "heartbeat": 86400}, …},
     "pools": ["0x…", …]}

`factory` is Uniswap V3's. Times are in seconds: `listing_delay` before a listing can be used, `window` over
which the pools' average price is compared with the oracle's (their observations must reach back that far),
`grace_period` after an outage of the chain's `sequencer`, whose uptime feed is null on chains that have none,
and each feed's `heartbeat`. `protocol_bps` is the protocol's share of every fee; keepers' gas is paid by the
price of `wrapped_native`, or not at all where that is null. `gate` is null where everybody may enter.

The Brownie account named by LOCKSTEP_DEPLOYER signs; without it, the node's first unlocked account does. It
registers tokens and pools, then offers the protocol to `owner`, who takes it with `acceptOwnership` on the
oracle and on the hub.
"""

import json
import os
import sys
from pathlib import Path

from brownie import ZERO_ADDRESS, accounts, network, project, web3


def main() -> None:
    config, target = _settings()
    deployer = _deployer()

    (contracts,) = project.get_loaded_projects()
    oracle = contracts.ChainlinkOracle.deploy(
        deployer, config["sequencer"] or ZERO_ADDRESS, config["grace_period"], {"from": deployer}
    )
    offers = contracts.HubOffers.deploy(
        oracle,
        config["batch_size"],
        config["max_deviation_bps"],
        config["listing_delay"],
        {"from": deployer},
    )
    extension = contracts.HubExtension.deploy(offers, {"from": deployer})
    keepers = contracts.HubKeepers.deploy(
        extension, config["wrapped_native"] or ZERO_ADDRESS, {"from": deployer}
    )
    core = contracts.Hub.deploy(deployer, config["treasury"], keepers, {"from": deployer})
    hub = contracts.interface.IHub(core.address)
    venue = contracts.UniswapV3Venue.deploy(hub, config["factory"], config["window"], {"from": deployer})
    for token in config["tokens"].values():
        oracle.setFeed(token["address"], token["feed"], token["heartbeat"], {"from": deployer})
        hub.listToken(token["address"], {"from": deployer})
    for pool in config["pools"]:
        hub.listPool(pool, venue, {"from": deployer})
    hub.setGuardian(config["guardian"], {"from": deployer})
    hub.setProtocolShare(config["protocol_bps"], {"from": deployer})
    if config["gate"] is not None:
        hub.setGate(config["gate"], {"from": deployer})
    if config["owner"] != deployer.address:
        for contract in (oracle, core):
            contract.transferOwnership(config["owner"], {"from": deployer})

    deployment = {
        "chain_id": web3.eth.chain_id,
        "block": core.tx.block_number,
        "hub": core.address,
        "extension": extension.address,
        "oracle": oracle.address,
        "venue": venue.address,
        "treasury": config["treasury"],
        "batch_size": config["batch_size"],
        "tokens": {symbol: _token(token, oracle) for symbol, token in config["tokens"].items()},
        "pools": [_pool(contracts.interface.IUniswapV3Pool(pool)) for pool in config["pools"]],
    }
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(deployment, indent=2) + "\n")
    print(f"Deployed. {target} says where.")


def _settings() -> tuple[dict, Path]:
    config = _path("LOCKSTEP_DEPLOY_CONFIG", "the JSON file that says what to deploy")
    return json.loads(config.read_text()), _path("LOCKSTEP_DEPLOYMENT", "the file to write the deployment to")


def _path(variable: str, meaning: str) -> Path:
    value = os.environ.get(variable)
    if not value:
        raise SystemExit(f"{variable} is not set. Set it to {meaning}.")
    return Path(value)


def _deployer():
    name = os.environ.get("LOCKSTEP_DEPLOYER")
    if name:
        return accounts.load(name)
    if len(accounts) == 0:
        raise SystemExit("The node has no unlocked account. Name a Brownie account in LOCKSTEP_DEPLOYER.")
    return accounts[0]


def _token(token: dict, oracle) -> dict:
    decimals = oracle.feedOf(token["address"])[2]
    return {"address": token["address"], "decimals": decimals, "feed": token["feed"]}


def _pool(pool) -> dict:
    return {"address": pool.address, "token0": pool.token0(), "token1": pool.token1(), "fee": pool.fee()}


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("Name one of Brownie's networks: `brownie networks list` shows them.")
    _settings()  # says what is missing before anything is loaded or connected
    project.load(Path(__file__).parent.parent)
    network.connect(sys.argv[1])
    main()
