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

    def __init__(self, root: Path, forge: Path, folder: Path) -> None:
        self._root = root
        self._forge = forge
        self._folder = folder

    @classmethod
    def up_to_date(cls, folder: Path) -> "Builds":
        """Have both compile what has changed: stale output proves nothing. `folder` takes logs."""
        checkout = Checkout(Checkout.here().root, folder)
        # Beside anvil lies forge, in a package for the same platform.
        package = checkout.anvil.parent.parent.name.replace("anvil", "forge")
        forge = checkout.root / "node_modules" / "@foundry-rs" / package / "bin" / "forge"
        assert forge.is_file(), "Forge is missing: `make install` brings it."
        command = [forge, "build", "contracts"]
        done = subprocess.run(command, cwd=checkout.root, check=False, capture_output=True, text=True)
        assert done.returncode == 0, f"`forge build contracts` failed:\n{done.stdout}{done.stderr}"
        compile_contracts(checkout)
        return cls(checkout.root, forge, folder)

    def forge(self, name: str) -> Artifact:
        return self._read(f"build/forge/out/{name}.sol/{name}.json")

    def brownie(self, name: str) -> Artifact:
        return self._read(f"build/brownie/contracts/{name}.json")

    def layout(self, name: str) -> list[tuple[str, str, int, str]]:
        """A contract's storage variables: name, slot, byte in it, and type with all its members."""
        # Apart from the build: artifacts with a layout are others, and all would be compiled anew.
        apart = ["--out", self._folder / "out", "--cache-path", self._folder / "cache"]
        command = [
            self._forge,
            "inspect",
            f"contracts/core/{name}.sol:{name}",
            "storageLayout",
            "--json",
            *apart,
        ]
        done = subprocess.run(command, cwd=self._root, check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout)
        types = found["types"]
        return [
            (each["label"], each["slot"], each["offset"], _spelled(each["type"], types))
            for each in found["storage"]
        ]

    def _read(self, path: str) -> Artifact:
        file = self._root / path
        assert file.is_file(), f"{path} is missing: `make test` builds it."
        found: Artifact = json.loads(file.read_text())
        return found


def _spelled(name: str, types: dict[str, Any]) -> str:
    """A type in full: its own name has numbers of syntax nodes in it, which each compilation gives anew."""
    found = types[name]
    inner = [_spelled(found[part], types) for part in ("key", "value", "base") if part in found]
    inner += [
        f"{each['slot']}.{each['offset']} {each['label']} {_spelled(each['type'], types)}"
        for each in found.get("members", [])
    ]
    return f"{found['label']}[{found['numberOfBytes']}]" + (f"({', '.join(inner)})" if inner else "")
