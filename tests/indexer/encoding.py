"""Events as logs, encoded by eth_abi: a second opinion on the decoder's own reading of the ABI."""

from dataclasses import astuple

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from indexer.decode.decoder import canonical_type, hub_abi
from indexer.decode.events import Event

ABI = {entry["name"]: entry for entry in hub_abi() if entry["type"] == "event"}


def topic_of(name: str) -> bytes:
    types = ",".join(canonical_type(part) for part in ABI[name]["inputs"])
    return bytes(keccak(text=f"{name}({types})"))


def encode_event(event: Event) -> tuple[tuple[bytes, ...], bytes]:
    """Topics and data."""
    name = type(event).__name__
    values = zip(ABI[name]["inputs"], astuple(event), strict=True)
    parts = [(part, bytes.fromhex(each[2:]) if part["type"] == "bytes32" else each) for part, each in values]
    topics = [encode([canonical_type(part)], [value]) for part, value in parts if part["indexed"]]
    plain = [(canonical_type(part), value) for part, value in parts if not part["indexed"]]
    data = encode([kind for kind, _ in plain], [value for _, value in plain])
    return (topic_of(name), *topics), data
