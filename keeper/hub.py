"""The hub's interface as a keeper uses it: calls encoded, answers and errors decoded.

Nothing else than `ALLOWED` can be encoded for a transaction: none of it moves money to whoever calls.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from eth_abi.abi import decode, encode
from eth_abi.exceptions import DecodingError
from eth_utils.crypto import keccak

ALLOWED = frozenset(
    {
        "applyTerms",
        "closeVaults",
        "continueTrade",
        "executeOrder",
        "expectSlippage",
        "prune",
        "settle",
        "settleEscrow",
    }
)
"""Functions that a keeper's transaction may call, alone or several in one `multicall`."""

_ORACLE = """FeedMissing(address) FeedStale(address,uint256) FeedAnswerInvalid(address,int256) SequencerDown()
SequencerStarting(uint256) PoolTooYoung(address) NotAPool(address)"""


@dataclass(frozen=True, slots=True)
class _Function:
    selector: bytes
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    fields: tuple[str, ...] | None = None
    """Names of the fields, where a struct is all that is returned."""
    words: tuple[str, ...] | None = None
    """Types of one value or one struct's fields, where each is a word of its own and none has a sign."""


@dataclass(frozen=True, slots=True)
class HubError:
    """Why a call was reverted: the error's name and arguments. The name is empty where there was none."""

    name: str
    arguments: tuple[Any, ...] = ()

    def __str__(self) -> str:
        return f"{self.name or 'reverted'}({', '.join(map(str, self.arguments))})"


def _type(entry: dict[str, Any]) -> str:
    if not entry["type"].startswith("tuple"):
        return str(entry["type"])
    inner = ",".join(_type(each) for each in entry["components"])
    return f"({inner}){entry['type'].removeprefix('tuple')}"


def _abi() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(files("indexer.decode.abi").joinpath("IHub.json").read_text())
    return found


def _types(entries: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(_type(each) for each in entries)


def _fields(outputs: Sequence[dict[str, Any]]) -> tuple[str, ...] | None:
    if len(outputs) != 1 or outputs[0]["type"] != "tuple":
        return None
    return tuple(each["name"] for each in outputs[0]["components"])


def _words(outputs: Sequence[dict[str, Any]]) -> tuple[str, ...] | None:
    if len(outputs) != 1:
        return None
    parts = outputs[0]["components"] if outputs[0]["type"] == "tuple" else outputs
    kinds = tuple(str(each["type"]) for each in parts)
    plain = all(re.fullmatch(r"address|bool|uint[0-9]+", kind) for kind in kinds)
    return kinds if plain else None


def _selector(name: str, types: Sequence[str]) -> bytes:
    return bytes(keccak(text=f"{name}({','.join(types)})")[:4])


_ABI = _abi()
_FUNCTIONS = {
    entry["name"]: _Function(
        _selector(entry["name"], _types(entry["inputs"])),
        _types(entry["inputs"]),
        _types(entry["outputs"]),
        _fields(entry["outputs"]),
        _words(entry["outputs"]),
    )
    for entry in _ABI
    if entry["type"] == "function"
} | {
    "multicall": _Function(_selector("multicall", ["bytes[]"]), ("bytes[]",), ("bytes[]",)),
    "priceDown": _Function(
        _selector("priceDown", ["address", "address"]), ("address", "address"), ("uint256",)
    ),
}
_ERRORS = {
    _selector(entry["name"], _types(entry["inputs"])): (entry["name"], _types(entry["inputs"]))
    for entry in _ABI
    if entry["type"] == "error"
} | {
    bytes(keccak(text=text)[:4]): (
        text.split("(")[0],
        tuple(filter(None, text.split("(")[1].rstrip(")").split(","))),
    )
    for text in _ORACLE.split()
}
TOPICS = {
    entry["name"]: "0x" + keccak(text=f"{entry['name']}({','.join(_types(entry['inputs']))})").hex()
    for entry in _ABI
    if entry["type"] == "event"
}
"""Topic 0 of each of the hub's events."""
_PLACES = {
    TOPICS[entry["name"]]: tuple(
        (place, each["name"])
        for place, each in enumerate([each for each in entry["inputs"] if each["indexed"]], start=1)
        if each["name"] in {"strategyId", "tradeId", "vaultId"}
    )
    for entry in _ABI
    if entry["type"] == "event"
}
_UNPACKED = {
    entry["name"]: _types([each for each in entry["inputs"] if not each["indexed"]])
    for entry in _ABI
    if entry["type"] == "event"
}
_NAMES = {function.selector: name for name, function in _FUNCTIONS.items()}


def call(name: str, *arguments: object) -> str:
    """The call's data, 0x-prefixed."""
    function = _FUNCTIONS[name]
    return "0x" + (function.selector + encode(function.inputs, arguments)).hex()


def together(calls: Sequence[str]) -> str:
    """Several calls in one."""
    return call("multicall", [bytes.fromhex(each[2:]) for each in calls])


def result(name: str, data: str | bytes) -> Any:
    """What a view returned: a struct as a dict by its fields' names, another single value bare.

    Raises `ValueError` where it is no answer of that view.
    """
    raw = bytes.fromhex(data[2:]) if isinstance(data, str) else data
    function = _FUNCTIONS[name]
    if function.words is not None and len(raw) == 32 * len(function.words):
        values = [_word(kind, raw[32 * at : 32 * at + 32]) for at, kind in enumerate(function.words)]
        return values[0] if function.fields is None else dict(zip(function.fields, values, strict=True))
    try:
        found = decode(function.outputs, raw)
    except DecodingError as error:
        raise ValueError(f"{name} does not answer {len(raw)} bytes like these: {error}") from error
    if function.fields is not None:
        return dict(zip(function.fields, found[0], strict=True))
    return found[0] if len(found) == 1 else found


def _word(kind: str, word: bytes) -> Any:
    """One value of one word: a keeper reads thousands of them, and a general decoder takes its time."""
    if kind == "address":
        return "0x" + word[12:].hex()
    return word[31] == 1 if kind == "bool" else int.from_bytes(word)


def concerned(topics: Sequence[str]) -> tuple[set[int], set[int]]:
    """The strategies and the vaults that an event is about. No event hides one among its data."""
    found: dict[str, set[int]] = {"strategyId": set(), "vaultId": set()}
    for place, name in _PLACES.get(topics[0], ()):
        value = int(topics[place], 16)
        if name == "tradeId":  # the strategy's id before its count of trades
            name, value = "strategyId", value >> 32  # noqa: PLW2901
        found[name].add(value)
    return found["strategyId"], found["vaultId"]


def event_data(name: str, data: str) -> tuple[Any, ...]:
    """The fields of an event that are not indexed."""
    return tuple(decode(_UNPACKED[name], bytes.fromhex(data[2:])))


def error(data: bytes | None) -> HubError:
    """What a revert says."""
    if not data or data[:4] not in _ERRORS:
        return HubError("" if not data else f"0x{data[:4].hex()}")
    name, types = _ERRORS[data[:4]]
    try:
        return HubError(name, decode(types, data[4:]))
    except DecodingError:
        return HubError(name)


def names(data: str) -> tuple[str, ...]:
    """The functions that a transaction's data calls; an unknown one by its selector."""
    raw = bytes.fromhex(data[2:])
    name = _NAMES.get(raw[:4], f"0x{raw[:4].hex()}")
    if name != "multicall":
        return (name,)
    (inner,) = decode(("bytes[]",), raw[4:])
    return tuple(_NAMES.get(each[:4], f"0x{each[:4].hex()}") for each in inner)
