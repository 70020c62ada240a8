"""eth-wake with the compiler of this checkout, which is newer than those that eth-wake knows.

    python tests/contracts/analysis/wake_here.py COMPILER ARGUMENTS-OF-WAKE...

Runs in the environment that eth-wake is installed in. Nothing is downloaded.
"""

import sys
from pathlib import Path

from wake.cli.__main__ import main
from wake.compiler import SolcOutputSelectionEnum, SolidityCompiler
from wake.config import WakeConfig
from wake.core.solidity_version import SolidityVersion
from wake.ir.ast import AstNodeId
from wake.svm import SolcVersionManager

COMPILER = Path(sys.argv.pop(1)).resolve()
VERSION = SolidityVersion.fromstring(COMPILER.name.removeprefix("solc-v"))


def signed(number: int) -> int:
    """A number in a syntax tree as a native compiler writes it.

    The WebAssembly compiler numbers what the language itself declares (`msg`, `require`) just below 2^32
    instead of just below 0.
    """
    return number - 2**32 if number >= 2**31 else number


WakeConfig.max_solidity_version = property(lambda _: VERSION)
SolcVersionManager.get_path = lambda *_: COMPILER
SolcVersionManager.installed = lambda *_: True
SolcVersionManager.list_all = lambda *_, **__: (VERSION,)
AstNodeId.validate = staticmethod(signed)
# Detectors read the syntax tree alone; without bytecode the compiler needs seconds instead of minutes.
settings = SolidityCompiler.create_build_settings
SolidityCompiler.create_build_settings = lambda compiler, _, part: settings(
    compiler, [SolcOutputSelectionEnum.AST], part
)

main()
