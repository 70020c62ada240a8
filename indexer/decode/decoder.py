"""Decodes logs by the hub's ABI, all logs of an event at once: each event's readers are laid out once, from
the ABI, when the decoder is made.

The ABI is `IHub.json`, the hub's own interface, and `Ownable2Step.json`, the events the hub inherits from
OpenZeppelin.
"""

import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from enum import IntEnum
from importlib.resources import files
from itertools import groupby
from typing import Any

import numpy as np
from eth_utils.crypto import keccak
from numpy.typing import NDArray

from indexer.chain.types import BlockLogs, BlockRef, Header, Log
from indexer.decode import events
from indexer.decode.errors import AbiMismatchError
from indexer.decode.ranges import DecodedRange, Run
from indexer.decode.words import (
    BadWordError,
    Reader,
    column_of,
    read_addresses,
    read_bools,
    read_enums,
    read_hashes,
    read_string,
    read_uints,
    structs,
)
from protocol import types

_ABI_FILES = ("IHub.json", "Ownable2Step.json")

_READERS: dict[str, Reader] = {
    "address": read_addresses,
    "bool": read_bools,
    "bytes32": read_hashes,
}

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
class _Field:
    """Where a field is, and how it is read: a word of the topics or of the data's head, or several words.

    A field with neither `read` nor `members` is a string, whose word says where in the data it is.
    """

    indexed: bool
    word: int
    read: Reader | None
    make: type[Any] | None = None
    members: tuple["_Field", ...] = ()


@dataclass(frozen=True, slots=True, eq=False)  # each is one of its kind, and a key
class _Layout:
    """How all logs of one event are read, a field of all of them at a time."""

    make: type[events.Event]
    topic_count: int
    head_words: int
    fields: tuple[_Field, ...]

    @property
    def name(self) -> str:
        return self.make.__name__

    def read(self, logs: Sequence[Log]) -> list[list[Any]]:
        """One list of values for each field. Raises `BadWordError`."""
        size = 32 * self.head_words
        for row, log in enumerate(logs):
            if len(log.topics) != self.topic_count:
                raise BadWordError(row, f"{len(log.topics)} topics instead of {self.topic_count}")
            if len(log.data) < size:
                raise BadWordError(row, f"the data ends after {len(log.data)} of {size} bytes")
        topics = column_of(b"".join([topic for log in logs for topic in log.topics]), self.topic_count)
        data = column_of(b"".join([log.data[:size] for log in logs]), self.head_words) if size else topics
        return [self._field(each, logs, topics if each.indexed else data) for each in self.fields]

    def _field(self, field: _Field, logs: Sequence[Log], words: NDArray[np.uint8]) -> list[Any]:
        if field.make is not None:
            return structs(field.make, [self._field(each, logs, words) for each in field.members])
        column = words[:, field.word]
        if field.read is not None:
            return field.read(column)
        strings = []
        for row, log in enumerate(logs):
            try:
                strings.append(read_string(log.data, column[row].tobytes()))
            except ValueError as error:
                raise BadWordError(row, str(error)) from error
        return strings


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

    def decode(self, blocks: Iterable[BlockLogs]) -> DecodedRange:
        """The events of the logs of consecutive blocks; a log that the ABI does not have belongs to none.

        Raises `AbiMismatchError` for a log with an event's topic that is not encoded as the ABI says.
        """
        headers: list[Header | BlockRef] = []
        logs: list[Log] = []
        runs: list[Run] = []
        of_layout: defaultdict[_Layout, list[Log]] = defaultdict(list)
        layouts = self._layouts
        for block in blocks:
            headers.append(block.header)
            first = len(logs)
            logs += block.logs
            found = (layouts.get(log.topics[0]) if log.topics else None for log in block.logs)
            for layout, group in groupby(found):
                last = first + sum(1 for _ in group)
                if layout is None:
                    runs.append(Run(None, block.header, first, last, 0))
                else:
                    read = of_layout[layout]
                    runs.append(Run(layout.make, block.header, first, last, len(read)))
                    read += logs[first:last]
                first = last
        columns = {layout.make: _read(layout, read) for layout, read in of_layout.items()}
        return DecodedRange(headers, logs, runs, columns)

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


def _read(layout: _Layout, logs: Sequence[Log]) -> list[list[Any]]:
    try:
        return layout.read(logs)
    except BadWordError as error:
        log = logs[error.row]
        raise AbiMismatchError(
            f"Log {log.log_index}, block {log.block_number}, is no {layout.name}: {error}.",
            remedy="The hub is of another version; install the Lockstep that it was deployed with.",
        ) from error


def _layout(entry: dict[str, Any], make: type[events.Event]) -> _Layout:
    _require_fields(entry["name"], entry["inputs"], make)
    found = []
    topic, word = 1, 0
    for part in entry["inputs"]:
        if part["indexed"]:
            found.append(_field(part, topic, indexed=True))
            topic += 1
        else:
            found.append(_field(part, word, indexed=False))
            word += len(part.get("components", [part]))
    return _Layout(make, topic, word, tuple(found))


def _require_fields(name: str, parts: list[dict[str, Any]], make: type[Any]) -> None:
    names = [re.sub(r"(?<!^)(?=[A-Z])", "_", part["name"]).lower() for part in parts]
    names = [f"{each}_" if each in _KEYWORDS else each for each in names]
    if names != [field.name for field in fields(make)]:
        raise RuntimeError(f"the ABI and this package differ in the fields of {name}: {names}")


def _field(part: dict[str, Any], word: int, *, indexed: bool) -> _Field:
    internal = part["internalType"]
    if internal in _STRUCTS:
        make, members = _STRUCTS[internal], part["components"]
        _require_fields(internal, members, make)
        read = (_field(member, word + at, indexed=indexed) for at, member in enumerate(members))
        return _Field(indexed, word, None, make, tuple(read))
    if part["type"] == "string" and not indexed:
        return _Field(indexed, word, None)
    return _Field(indexed, word, _reader(part))


def _reader(part: dict[str, Any]) -> Reader:
    if part["internalType"] in _ENUMS:
        return read_enums(_ENUMS[part["internalType"]])
    if part["type"] in _READERS:
        return _READERS[part["type"]]
    if match := re.fullmatch(r"uint(\d+)", part["type"]):
        return read_uints(int(match[1]))
    raise RuntimeError(f"no reader for {part['type']}")
