"""The compiled contracts, as Forge and as Brownie wrote them."""

import hashlib
import json
import subprocess
import tomllib
from pathlib import Path
from typing import Any

from demo.checkout import Checkout
from demo.deployment import compile_contracts

Artifact = dict[str, Any]
STAMP = "build/forge/sources.sha256"
"""Of what Forge has compiled: `make compile-forge` writes it down when it is done."""


class Builds:
    """Artifacts by contract name."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @classmethod
    def up_to_date(cls, folder: Path) -> "Builds":
        """Have both compile what has changed: stale output proves nothing. `folder` takes logs."""
        checkout = Checkout(Checkout.here().root, folder)
        if not _is_what_make_compiled(checkout.root):
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

    def layouts(self, *names: str) -> list[list[tuple[str, str, int, str]]]:
        """Each contract's storage variables: name, slot, byte in it, and type with all its members.

        Asked of the compiler itself: it tells them without making any code.
        """
        settings = tomllib.loads((self._root / "foundry.toml").read_text())["profile"]["default"]
        files = [f"contracts/core/{name}.sol" for name in names]
        question = {
            "language": "Solidity",
            "sources": {file: {"content": (self._root / file).read_text()} for file in files},
            "settings": {
                "remappings": settings["remappings"],
                "evmVersion": settings["evm_version"],
                "viaIR": settings["via_ir"],
                "outputSelection": {"*": {"*": ["storageLayout"]}},
            },
        }
        done = subprocess.run(
            [self._root / settings["solc"], "--standard-json"],
            input=json.dumps(question),
            check=True,
            capture_output=True,
            text=True,
        )
        found = json.loads(done.stdout)
        assert not [each for each in found.get("errors", ()) if each["severity"] == "error"], found["errors"]
        layouts = [
            found["contracts"][file][name]["storageLayout"] for file, name in zip(files, names, strict=True)
        ]
        return [
            [
                (each["label"], each["slot"], each["offset"], _spelled(each["type"], layout["types"]))
                for each in layout["storage"]
            ]
            for layout in layouts
        ]

    def _read(self, path: str) -> Artifact:
        file = self._root / path
        assert file.is_file(), f"{path} is missing: `make test` builds it."
        found: Artifact = json.loads(file.read_text())
        return found


def _is_what_make_compiled(root: Path) -> bool:
    """Whether Forge's output is of these sources and settings.

    Forge would say so too, but writes its cache anew to say it, and its tests may be running just then.
    """
    stamp = root / STAMP
    return stamp.is_file() and stamp.read_text() == _digest(root)


def _digest(root: Path) -> str:
    files = [root / "foundry.toml", *sorted(root.glob("contracts/**/*.sol"))]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _spelled(name: str, types: dict[str, Any]) -> str:
    """A type in full: its own name has numbers of syntax nodes in it, which each compilation gives anew."""
    found = types[name]
    inner = [_spelled(found[part], types) for part in ("key", "value", "base") if part in found]
    inner += [
        f"{each['slot']}.{each['offset']} {each['label']} {_spelled(each['type'], types)}"
        for each in found.get("members", [])
    ]
    return f"{found['label']}[{found['numberOfBytes']}]" + (f"({', '.join(inner)})" if inner else "")


if __name__ == "__main__":
    here = Checkout.here().root
    (here / STAMP).write_text(_digest(here))
