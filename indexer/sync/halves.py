"""Checks the hub's code before anything is read: both halves, and that the deployment file names them."""

from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from indexer.chain.errors import NodeRefusedError
from indexer.chain.reader import ChainReader
from indexer.chain.types import Call
from indexer.decode.decoder import Decoder
from indexer.decode.errors import AbiMismatchError
from indexer.sync.deployment import Deployment
from indexer.sync.errors import DeploymentFileError

_EXTENSION = bytes(keccak(text="extension()")[:4])


async def require_halves(reader: ChainReader, deployment: Deployment) -> None:
    """Raise unless hub and extension are those of the file and can emit every event of the ABI.

    Raises `NoContractError`, `AbiMismatchError`, and `DeploymentFileError` when the file names another
    extension than the hub does.
    """
    code = await reader.code(deployment.hub)
    extension = await _extension_of(reader, deployment.hub)
    if extension != deployment.extension:
        raise DeploymentFileError(
            f"The deployment file names {deployment.extension} as the hub's extension; the hub at "
            f"{deployment.hub} names {extension}.",
            remedy="Give the file of this very deployment with --deployment: one of its addresses is of "
            "another.",
        )
    Decoder().require_deployed((code, await reader.code(extension)))


async def _extension_of(reader: ChainReader, hub: str) -> str:
    try:
        [answer] = await reader.call_all([Call(hub, _EXTENSION)], "latest")
    except NodeRefusedError:
        answer = b""
    if len(answer) != 32 or any(answer[:12]):
        raise AbiMismatchError(
            f"The contract at {hub} does not say where the other half of its code is.",
            remedy="Check the hub's address in the deployment file, or install the Lockstep it was deployed "
            "with.",
        )
    return str(to_checksum_address(answer[12:]))
