"""Decodes logs by the hub's ABI: each event's readers are laid out once, from the ABI, when the decoder is
made.

The ABI is `IHub.json`, the hub's own interface, and `Ownable2Step.json`, the events the hub inherits from
OpenZeppelin.
"""

import json
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from enum import IntEnum
from importlib.resources import files
from typing import Any

from eth_utils.crypto import keccak

from indexer.chain.types import BlockLogs, BlockRef, Header, Log
from indexer.decode import events
from indexer.decode.errors import AbiMismatchError
from indexer.decode.words import (
    Reader,
    read_address,
    read_bool,
    read_enum,
    read_hash,
    read_string,
    read_struct,
    read_uint,
)
from protocol import types

_ABI_FILES = ("IHub.json", "Ownable2Step.json")

_READERS: dict[str, Reader] = {"address": read_address, "bool": read_bool, "bytes32": read_hash}

_ENUMS: dict[str, type[IntEnum]] = {
    f"enum {kind.__name__}": kind
    for kind in (
        types.FeeKind,
        types.OnBreach,
        types.Reason,
        types.Sizing,
        types.TradeKind,
        types.VaultStatus,
    )
}

_STRUCTS: dict[str, type[Any]] = {
    f"struct {kind.__name__}": kind for kind in (types.FeeTerms, types.Policy, types.StrategyLimits)
}

_KEYWORDS = {"from"}


@dataclass(frozen=True, slots=True)
class _Layout:
    """How one event is read: a reader for each field, from the topics or from the data at an offset."""

    make: type[events.Event]
    topic_count: int
    parts: tuple[tuple[bool, int, Reader], ...]

    @property
    def name(self) -> str:
        return self.make.__name__

    def read(self, log: Log) -> events.Event:
        if len(log.topics) != self.topic_count:
            raise ValueError(f"{len(log.topics)} topics instead of {self.topic_count}")
        values = [
            read(log.topics[at], 0) if indexed else read(log.data, at) for indexed, at, read in self.parts
        ]
        return self.make(*values)


@dataclass(frozen=True, slots=True)
class DecodedBlock:
    """A block and the hub's logs in it, in order, each with its event; None: not in the ABI."""

    header: Header | BlockRef
    logs: tuple[tuple[Log, events.Event | None], ...]


class Decoder:
    """Decodes every event of the hub's ABI."""

    def __init__(self) -> None:
        classes = {event.__name__: event for event in events.EVENTS}
        entries = {entry["name"]: entry for entry in hub_abi() if entry["type"] == "event"}
        if entries.keys() != classes.keys():
            raise RuntimeError(
                f"the ABI and events.py name other events: {sorted(entries.keys() ^ classes.keys())}"
            )
        self._layouts = {_topic(entry): _layout(entry, classes[name]) for name, entry in entries.items()}

    @property
    def topics(self) -> tuple[bytes, ...]:
        """The first topic of every event in the ABI."""
        return tuple(self._layouts)

    def decode(self, log: Log) -> events.Event | None:
        """The event of a log, or None if the ABI does not have it.

        Raises `AbiMismatchError` for a log with the event's topic that is not encoded as the ABI says.
        """
        layout = self._layouts.get(log.topics[0]) if log.topics else None
        if layout is None:
            return None
        try:
            return layout.read(log)
        except ValueError as error:
            raise AbiMismatchError(
                f"Log {log.log_index}, block {log.block_number}, is no {layout.name}: {error}.",
                remedy="The hub is of another version; install the Lockstep that it was deployed with.",
            ) from error

    def decode_blocks(self, blocks: Iterable[BlockLogs]) -> list[DecodedBlock]:
        """Decode the logs of several blocks."""
        return [
            DecodedBlock(block.header, tuple((log, self.decode(log)) for log in block.logs))
            for block in blocks
        ]

    def require_deployed(self, parts: Collection[bytes]) -> None:
        """Raise `AbiMismatchError` unless the parts of the hub's bytecode can emit every event of the ABI.

        An event's topic is a constant in the code that emits it, so a signature that differs in one type is
        missed here at start and not as money that never arrives in the ledger.
        """
        # The optimizer pushes constants without their leading zero bytes.
        missing = [
            layout.name
            for topic, layout in self._layouts.items()
            if not any(topic.lstrip(b"\0") in code for code in parts)
        ]
        if missing:
            raise AbiMismatchError(
                f"The deployed hub cannot emit {', '.join(sorted(missing))} as this Lockstep knows them.",
                remedy="Check the hub's address in the deployment file, or install the Lockstep it was "
                "deployed with.",
            )


def hub_abi() -> list[dict[str, Any]]:
    """Every entry of the packaged ABI."""
    folder = files("indexer.decode.abi")
    return [entry for name in _ABI_FILES for entry in json.loads(folder.joinpath(name).read_text())]


def word_of(view: str, member: str) -> int:
    """Which word of a view's answer a member is: of the struct that it gives, or of its several values."""
    [entry] = [each for each in hub_abi() if each["type"] == "function" and each["name"] == view]
    members = entry["outputs"]
    if len(members) == 1 and "components" in members[0]:
        members = members[0]["components"]
    return [each["name"] for each in members].index(member)


def canonical_type(part: dict[str, Any]) -> str:
    """A parameter's type as signatures and the ABI encoding spell it: a struct is its members in brackets."""
    if "components" not in part:
        return str(part["type"])
    return f"({','.join(canonical_type(member) for member in part['components'])})"


def _topic(entry: dict[str, Any]) -> bytes:
    types_ = ",".join(canonical_type(part) for part in entry["inputs"])
    return bytes(keccak(text=f"{entry['name']}({types_})"))


def _layout(entry: dict[str, Any], make: type[events.Event]) -> _Layout:
    _require_fields(entry["name"], entry["inputs"], make)
    parts = []
    topic, offset = 1, 0
    for part in entry["inputs"]:
        if part["indexed"]:
            parts.append((True, topic, _reader(part)))
            topic += 1
        else:
            parts.append((False, offset, _reader(part)))
            offset += 32 * len(part.get("components", [part]))
    return _Layout(make, topic, tuple(parts))


def _require_fields(name: str, parts: list[dict[str, Any]], make: type[Any]) -> None:
    names = [re.sub(r"(?<!^)(?=[A-Z])", "_", part["name"]).lower() for part in parts]
    names = [f"{each}_" if each in _KEYWORDS else each for each in names]
    if names != [field.name for field in fields(make)]:
        raise RuntimeError(f"the ABI and this package differ in the fields of {name}: {names}")


def _reader(part: dict[str, Any]) -> Reader:
    internal = part["internalType"]
    if internal in _STRUCTS:
        make, members = _STRUCTS[internal], part["components"]
        _require_fields(internal, members, make)
        return read_struct(make, [_reader(member) for member in members])
    if internal in _ENUMS:
        return read_enum(_ENUMS[internal])
    if part["type"] in _READERS:
        return _READERS[part["type"]]
    if part["type"] == "string" and not part["indexed"]:
        return read_string
    if match := re.fullmatch(r"uint(\d+)", part["type"]):
        return read_uint(int(match[1]))
    raise RuntimeError(f"no reader for {part['type']}")
