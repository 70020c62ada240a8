"""The deployment file that `scripts/deploy.py` writes: where the hub is, and since when."""

from pathlib import Path

import msgspec
from eth_utils.address import is_address, to_checksum_address

from indexer.sync.errors import DeploymentFileError


class Deployment(msgspec.Struct, frozen=True):
    """What the indexer needs of the file.

    `extension` has a part of the hub's code, which names the others; `block` is the block in which the hub
    was deployed.
    """

    chain_id: int
    hub: str
    extension: str
    block: int


def read_deployment(path: Path) -> Deployment:
    """Read the file. Raises `DeploymentFileError`."""
    try:
        found = msgspec.json.decode(path.read_bytes(), type=Deployment)
    except OSError as error:
        raise DeploymentFileError(
            f"The deployment file {path} cannot be read: {error.strerror}.",
            remedy="Give the file that scripts/deploy.py wrote with --deployment or LOCKSTEP_DEPLOYMENT; "
            "`make demo` writes build/demo/deployment.json.",
        ) from error
    except msgspec.DecodeError as error:
        raise DeploymentFileError(
            f"The deployment file {path} is not what scripts/deploy.py writes: {error}.",
            remedy="Deploy again, or give the right file with --deployment.",
        ) from error
    for name, value in (("hub", found.hub), ("extension", found.extension)):
        if not is_address(value):
            raise DeploymentFileError(
                f"The {name} in {path} is no address: '{value}'.",
                remedy="Deploy again, or give the right file with --deployment.",
            )
    return msgspec.structs.replace(
        found, hub=to_checksum_address(found.hub), extension=to_checksum_address(found.extension)
    )
