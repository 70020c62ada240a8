"""What the compiler answered before is its answer still, while everything it was asked about is the same."""

import gzip
import json
import os
import subprocess
import tomllib
from pathlib import Path
from typing import Any

from demo.checkout import Checkout

ROOT = Checkout.here().root
SOLC = ROOT / tomllib.loads((ROOT / "foundry.toml").read_text())["profile"]["default"]["solc"]
LIBRARY = "// SPDX-License-Identifier: MIT\npragma solidity 0.8.37;\nuint256 constant PRICE = {};\n"
CONTRACT = """// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;
import {{PRICE}} from "{}";
contract Shop {{ function price() external pure returns (uint256) {{ return PRICE; }} }}
"""


def asked(question: object, answers: Path | None) -> Any:
    environment = {**os.environ, "LOCKSTEP_SOLC_ANSWERS": "" if answers is None else str(answers)}
    done = subprocess.run(
        [SOLC, "--standard-json"],
        input=json.dumps(question),
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(done.stdout)


def code(answer: Any) -> str:
    return str(answer["contracts"]["Shop.sol"]["Shop"]["evm"]["deployedBytecode"]["object"])


def test_kept_answer_is_the_compilers_until_a_file_it_read_has_changed(tmp_path: Path) -> None:
    library, answers = tmp_path / "Library.sol", tmp_path / "answers"
    question = {
        "language": "Solidity",
        "sources": {"Shop.sol": {"content": CONTRACT.format(library)}},
        "settings": {"outputSelection": {"*": {"*": ["evm.deployedBytecode.object"]}}},
    }
    library.write_text(LIBRARY.format("0x1234"))
    first = asked(question, answers)
    assert "1234" in code(first)
    assert first == asked(question, None)

    library.write_text(LIBRARY.format("0x5678"))
    changed = asked(question, answers)
    assert "5678" in code(changed)

    # It is the kept answer that is given, and one that is cut short is none.
    [kept] = answers.iterdir()
    entry = json.loads(gzip.decompress(kept.read_bytes()))
    kept.write_bytes(gzip.compress(json.dumps({**entry, "answer": '{"told": "before"}'}).encode()))
    assert asked(question, answers) == {"told": "before"}
    kept.write_bytes(kept.read_bytes()[:20])
    assert asked(question, answers) == changed
