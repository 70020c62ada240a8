"""Ids that chain and ledger compute alike."""

from eth_utils.crypto import keccak


def copy_id(chain_id: int, hub: str, trade_id: int, vault_id: int, policy_revision: int) -> str:
    """keccak256(abi.encode(chainId, hub, tradeId, vaultId, policyRevision)) as lower-case 0x text."""
    encoded = (
        chain_id.to_bytes(32)
        + bytes.fromhex(hub[2:]).rjust(32, b"\0")
        + trade_id.to_bytes(32)
        + vault_id.to_bytes(32)
        + policy_revision.to_bytes(32)
    )
    return "0x" + keccak(encoded).hex()
