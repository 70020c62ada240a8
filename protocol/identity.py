"""Ids that chain and ledger compute alike."""

from functools import lru_cache

from eth_hash.auto import keccak


def copy_id(chain_id: int, hub: str, trade_id: int, vault_id: int, policy_revision: int) -> str:
    """keccak256(abi.encode(chainId, hub, tradeId, vaultId, policyRevision)) as lower-case 0x text."""
    own = b"".join(number.to_bytes(32) for number in (trade_id, vault_id, policy_revision))
    return "0x" + keccak(_place(chain_id, hub) + own).hex()


@lru_cache(maxsize=64)
def _place(chain_id: int, hub: str) -> bytes:
    return chain_id.to_bytes(32) + bytes.fromhex(hub[2:]).rjust(32, b"\0")
