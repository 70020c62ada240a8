"""The compiled contracts, as Forge and as Brownie wrote them."""

import json
import subprocess
from pathlib import Path
from typing import Any

from demo.checkout import Checkout
from demo.deployment import compile_contracts

Artifact = dict[str, Any]


class Builds:
    """Artifacts by contract name."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @classmethod
    def up_to_date(cls, folder: Path) -> "Builds":
        """Have both compile what has changed: stale output proves nothing. `folder` takes Brownie's log."""
        checkout = Checkout(Checkout.here().root, folder)
        # Beside anvil lies forge, in a package for the same platform.
        package = checkout.anvil.parent.parent.name.replace("anvil", "forge")
        forge = checkout.root / "node_modules" / "@foundry-rs" / package / "bin" / "forge"
        assert forge.is_file(), "Forge is missing: `make install` brings it."
        command = [forge, "build", "contracts"]
        done = subprocess.run(command, cwd=checkout.root, check=False, capture_output=True, text=True)
        assert done.returncode == 0, f"`forge build contracts` failed:\n{done.stdout}{done.stderr}"
        compile_contracts(checkout)
        return cls(checkout.root)

    def forge(self, name: str) -> Artifact:
        return self._read(f"build/forge/out/{name}.sol/{name}.json")

    def brownie(self, name: str) -> Artifact:
        return self._read(f"build/brownie/contracts/{name}.json")

    def _read(self, path: str) -> Artifact:
        file = self._root / path
        assert file.is_file(), f"{path} is missing: `make test` builds it."
        found: Artifact = json.loads(file.read_text())
        return found
