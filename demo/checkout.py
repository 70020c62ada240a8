"""Where the demo finds its programs and compiled contracts, and what to do when they are missing."""

import json
import platform
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo.errors import DemoError

_ARCHITECTURES = {"x86_64": "amd64", "amd64": "amd64", "arm64": "arm64", "aarch64": "arm64"}


@dataclass(frozen=True, slots=True)
class Artifact:
    """A compiled contract: its ABI and its creation bytecode as 0x-prefixed hex."""

    abi: list[dict[str, Any]]
    bytecode: str


@dataclass(frozen=True, slots=True)
class Checkout:
    """The repository on disk, and the folder `build` in it for everything that a demo writes.

    `deployments` is where chains with the protocol on them are kept: whoever deploys the same on the same
    chain again gets the kept one. Without it everything is deployed anew.
    """

    root: Path
    build: Path
    deployments: Path | None = None

    @classmethod
    def here(cls) -> "Checkout":
        """The checkout this module is part of."""
        root = Path(__file__).resolve().parent.parent
        return cls(root, root / "build" / "demo")

    @property
    def anvil(self) -> Path:
        """Anvil itself: its npm launcher would leave the chain running when it is killed."""
        machine = platform.machine().lower()
        name = f"anvil-{sys.platform}-{_ARCHITECTURES.get(machine, machine)}"
        return self._program(self.root / "node_modules" / "@foundry-rs" / name / "bin" / "anvil")

    @property
    def brownie(self) -> Path:
        """Brownie, which lives in an environment of its own."""
        return self._program(self.root / ".venv-brownie" / "bin" / "brownie")

    def contract(self, name: str) -> Artifact:
        """One of the project's contracts, as Brownie compiled it."""
        return self._artifact(self.root / "build" / "brownie" / "contracts" / f"{name}.json")

    @property
    def web(self) -> Path | None:
        """The built dApp, or None before `make web`."""
        folder = self.root / "build" / "web"
        return folder if (folder / "index.html").is_file() else None

    @property
    def uniswap(self) -> Path:
        """The npm scope folder that holds Uniswap's packages."""
        return self.root / "node_modules" / "@uniswap"

    def _program(self, path: Path) -> Path:
        if not path.is_file():
            raise DemoError(
                f"{path.relative_to(self.root)} is missing.", "Run `make install`, then try again."
            )
        return path

    def _artifact(self, path: Path) -> Artifact:
        try:
            document = json.loads(path.read_text())
        except FileNotFoundError:
            where = path.relative_to(self.root)
            raise DemoError(f"{where} is missing.", "Run `make install`, then `brownie compile`.") from None
        return Artifact(document["abi"], "0x" + document["bytecode"].removeprefix("0x"))
