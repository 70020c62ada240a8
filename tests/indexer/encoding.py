"""Events as logs, encoded by eth_abi: a second opinion on the decoder's own reading of the ABI."""

from dataclasses import astuple
from typing import Any

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from indexer.decode.decoder import hub_abi
from indexer.decode.events import Event

ABI = {entry["name"]: entry for entry in hub_abi() if entry["type"] == "event"}


def topic_of(name: str) -> bytes:
    types = ",".join(part["type"] for part in ABI[name]["inputs"])
    return bytes(keccak(text=f"{name}({types})"))


def encode_event(event: Event) -> tuple[tuple[bytes, ...], bytes]:
    """Topics and data."""
    name = type(event).__name__
    parts: list[tuple[dict[str, Any], Any]] = list(zip(ABI[name]["inputs"], astuple(event), strict=True))
    topics = [encode([part["type"]], [value]) for part, value in parts if part["indexed"]]
    plain = [(part["type"], value) for part, value in parts if not part["indexed"]]
    data = encode([kind for kind, _ in plain], [value for _, value in plain])
    return (topic_of(name), *topics), data
