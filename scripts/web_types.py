"""Writes what the dApp's types are made from: the API's OpenAPI document and the hub's interface."""

import json
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine

from api.app import create_app

ROOT = Path(__file__).resolve().parent.parent
ABI = ROOT / "indexer" / "decode" / "abi" / "IHub.json"

# What the page calls. All of the interface would be three times as much to load.
CALLED = (
    *("accountBalance", "allocate", "batchSize", "cancelOrders", "claimFees", "createStrategy"),
    *("deallocate", "deposit", "depositWithPermit", "exit", "haltTrading", "investedOf", "leaderCapOf"),
    *("manualTrade", "memberAt", "openVault", "oracle", "pause", "previewOutflow", "requestExit", "resume"),
    *("resumeTrading", "setLeaderCap", "setPolicy", "strategyOf", "tokensOf", "trade", "vaultBalance"),
    *("vaultOf", "withdraw"),
)
# How a wallet's vaults are found when the API does not answer.
EVENTS = ("VaultOpened",)
# OpenZeppelin's, which no interface of the hub names.
MULTICALL: dict[str, Any] = {
    "type": "function",
    "name": "multicall",
    "inputs": [{"name": "data", "type": "bytes[]"}],
    "outputs": [{"name": "results", "type": "bytes[]"}],
    "stateMutability": "nonpayable",
}


def main(folder: Path) -> None:
    """Fill ``folder`` with openapi.json and hub.ts."""
    folder.mkdir(parents=True, exist_ok=True)
    document = create_app(create_engine("sqlite://")).openapi()
    (folder / "openapi.json").write_text(json.dumps(document))
    (folder / "hub.ts").write_text(f"export const hubAbi = {json.dumps(_interface(), indent=1)} as const;\n")


def _interface() -> list[dict[str, Any]]:
    """The functions and events that the page uses, and every error: it says each in words."""
    wanted = {"function": CALLED, "event": EVENTS}
    found = json.loads(ABI.read_text())
    kept = [part for part in found if part["type"] == "error" or part["name"] in wanted[part["type"]]]
    missing = {*CALLED, *EVENTS} - {part["name"] for part in kept}
    if missing:
        names = ", ".join(sorted(missing))
        raise SystemExit(f"The hub's interface has no {names}: mend scripts/web_types.py.")
    for part in kept:
        _lean(part)
    return [*kept, MULTICALL]


def _lean(part: object) -> None:
    """The compiler's own names of types are of no use to a caller."""
    if isinstance(part, dict):
        part.pop("internalType", None)
        for inner in part.values():
            _lean(inner)
    elif isinstance(part, list):
        for inner in part:
            _lean(inner)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
