"""Checks the hub's code before anything is read: all its parts, and that the file is of this hub."""

from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from indexer.chain.errors import NodeRefusedError
from indexer.chain.reader import ChainReader
from indexer.chain.types import Call
from indexer.decode.decoder import Decoder
from indexer.decode.errors import AbiMismatchError
from indexer.sync.deployment import Deployment
from indexer.sync.errors import DeploymentFileError

_EXTENSION = "extension"

_OTHERS = ("keepers", "offers")
"""What else the hub may run from another contract. One that it does not name is in a part that it does."""


async def require_parts(reader: ChainReader, deployment: Deployment) -> None:
    """Raise unless the extension is that of the file, and the hub's parts can emit every event of the ABI.

    Raises `NoContractError`, `AbiMismatchError`, and `DeploymentFileError` when the file names another
    extension than the hub does.
    """
    code = await reader.code(deployment.hub)
    extension = await _named(reader, deployment.hub, _EXTENSION)
    if extension is None:
        raise AbiMismatchError(
            f"The contract at {deployment.hub} does not say where the other parts of its code are.",
            remedy="Check the hub's address in the deployment file, or install the Lockstep it was deployed "
            "with.",
        )
    if extension != deployment.extension:
        raise DeploymentFileError(
            f"The deployment file names {deployment.extension} as the hub's extension; the hub at "
            f"{deployment.hub} names {extension}.",
            remedy="Give the file of this very deployment with --deployment: one of its addresses is of "
            "another.",
        )
    named = [await _named(reader, deployment.hub, part) for part in _OTHERS]
    others = {extension, *(address for address in named if address is not None)}
    Decoder().require_deployed((code, *[await reader.code(address) for address in sorted(others)]))


async def _named(reader: ChainReader, hub: str, part: str) -> str | None:
    """The address that the hub gives for a part of its code."""
    try:
        [answer] = await reader.call_all([Call(hub, bytes(keccak(text=f"{part}()")[:4]))], "latest")
    except NodeRefusedError:
        return None
    if len(answer) != 32 or any(answer[:12]):
        return None
    return str(to_checksum_address(answer[12:]))
