"""The decoder reads what eth_abi writes, for every event and every value, and refuses what is no encoding."""

from dataclasses import astuple, fields, is_dataclass, replace
from typing import Any, get_type_hints

import msgspec
import pytest
from eth_abi.abi import decode as abi_decode
from eth_abi.abi import encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from hypothesis import given
from hypothesis import strategies as st

from indexer.chain.types import BlockLogs, Header, Log
from indexer.decode import events
from indexer.decode.decoder import Decoder, canonical_type, word_of
from indexer.decode.errors import AbiMismatchError
from protocol import types
from protocol.identity import copy_id
from tests.indexer.encoding import ABI, encode_event, topic_of

DECODER = Decoder()
HEADER = Header(7, "0x" + "00" * 32, "0x" + "22" * 32, 1_700_000_000, 0, 1)


def log_of(topics: tuple[bytes, ...], data: bytes) -> Log:
    return Log(b"\1" * 20, 7, "0x" + "00" * 32, "0x" + "11" * 32, 0, 3, topics, data)


def decode(log: Log) -> events.Event | None:
    """The event of one log."""
    decoded = DECODER.decode([BlockLogs(HEADER, (log,))])
    [run] = decoded.runs
    if run.kind is None:
        return None
    [(found, event)] = decoded.events_of(run.kind)
    assert found == log
    return event


PLAIN: dict[str, st.SearchStrategy[Any]] = {
    "address": st.binary(min_size=20, max_size=20).map(to_checksum_address),
    "bool": st.booleans(),
    "bytes32": st.binary(min_size=32, max_size=32).map(lambda word: "0x" + word.hex()),
    "string": st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=64),
}


def values(part: dict[str, Any], hint: Any) -> st.SearchStrategy[Any]:
    kind = part["type"]
    if kind in PLAIN:
        return PLAIN[kind]
    if is_dataclass(hint):
        return structs(part, hint)
    if hint is not int:
        return st.sampled_from(list(hint))
    return st.integers(0, 2 ** int(kind.removeprefix("uint")) - 1)


def structs(part: dict[str, Any], make: Any) -> st.SearchStrategy[Any]:
    hints = get_type_hints(make)
    members = zip(part["components"], fields(make), strict=True)
    return st.builds(make, *(values(member, hints[field.name]) for member, field in members))


def any_event() -> st.SearchStrategy[events.Event]:
    def build(make: type[events.Event]) -> st.SearchStrategy[events.Event]:
        hints = get_type_hints(make)
        parts = zip(ABI[make.__name__]["inputs"], fields(make), strict=True)
        return st.builds(make, *(values(part, hints[field.name]) for part, field in parts))

    return st.one_of([build(make) for make in events.EVENTS])


@given(any_event())
def test_decoding_gives_back_what_was_encoded(event: events.Event) -> None:
    assert decode(log_of(*encode_event(event))) == event


def by_eth_abi(log: Log) -> tuple[str, list[Any]]:
    """Name and plain values of a log, read by eth_abi alone."""
    [entry] = [each for name, each in ABI.items() if topic_of(name) == log.topics[0]]
    topics, inputs = iter(log.topics[1:]), entry["inputs"]
    words = iter(abi_decode([canonical_type(part) for part in inputs if not part["indexed"]], log.data))
    values = [
        abi_decode([canonical_type(part)], next(topics))[0] if part["indexed"] else next(words)
        for part in inputs
    ]
    return entry["name"], [plain(value) for value in values]


def plain(value: Any) -> Any:
    """A value of either decoder, in the same shape."""
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if is_dataclass(value) and not isinstance(value, type):
        return tuple(int(each) for each in astuple(value))
    return value.lower() if isinstance(value, str) else value


def extremes() -> st.SearchStrategy[events.Event]:
    """Every event with nothing but zeros, nothing but the largest values, and anything between."""

    def word(part: dict[str, Any], hint: Any, *, largest: bool) -> Any:
        kind = part["type"]
        if is_dataclass(hint):
            hints = get_type_hints(hint)
            members = zip(part["components"], fields(hint), strict=True)
            return hint(*(word(each, hints[field.name], largest=largest) for each, field in members))
        if kind in ("address", "bytes32"):
            size = 20 if kind == "address" else 32
            text = "0x" + (b"\xff" if largest else b"\0").hex() * size
            return to_checksum_address(text) if kind == "address" else text
        if kind in ("bool", "string"):
            return largest if kind == "bool" else "\N{SNOWMAN}" * 40 * largest
        if hint is not int:
            return max(hint) if largest else min(hint)
        return 2 ** int(kind.removeprefix("uint")) - 1 if largest else 0

    made = []
    for make in events.EVENTS:
        hints = get_type_hints(make)
        parts = list(zip(ABI[make.__name__]["inputs"], fields(make), strict=True))
        for largest in (False, True):
            made += [make(*(word(part, hints[field.name], largest=largest) for part, field in parts))]
    return st.one_of(st.sampled_from(made), any_event())


@given(st.lists(st.lists(extremes(), max_size=12), max_size=4))
def test_many_logs_at_once_are_what_eth_abi_reads_of_each(blocks: list[list[events.Event]]) -> None:
    told = [
        BlockLogs(
            replace(HEADER, number=number),
            tuple(
                msgspec.structs.replace(log_of(*encode_event(event)), block_number=number, log_index=index)
                for index, event in enumerate(block)
            ),
        )
        for number, block in enumerate(blocks)
    ]
    decoded = DECODER.decode(told)
    assert list(decoded.logs) == [log for block in told for log in block.logs]
    assert list(decoded.headers) == [block.header for block in told]
    found = []
    for run in decoded.runs:
        assert run.kind is not None
        for log, values in zip(
            decoded.logs[run.first : run.last], zip(*decoded.values(run), strict=True), strict=True
        ):
            assert log.block_number == run.header.number
            assert by_eth_abi(log) == (run.kind.__name__, [plain(value) for value in values])
            found.append(run.kind(*values))
    assert found == [event for block in blocks for event in block]


@given(any_event(), st.integers(0, 4), st.data())
def test_malformed_log_among_good_ones_is_named(
    event: events.Event, before: int, data: st.DataObject
) -> None:
    topics, encoded = encode_event(event)
    good = [msgspec.structs.replace(log_of(topics, encoded), log_index=index) for index in range(before)]
    short = msgspec.structs.replace(log_of(topics[:-1], encoded), log_index=before)
    if len(topics) == 1:
        short = msgspec.structs.replace(log_of((*topics, topics[0]), encoded), log_index=before)
    last = [msgspec.structs.replace(log_of(topics, encoded), log_index=before + 1)]
    with pytest.raises(AbiMismatchError, match=f"Log {before}, block 7, is no {type(event).__name__}: "):
        DECODER.decode([BlockLogs(HEADER, (*good, short, *last))])
    unsigned = [
        (at, part)
        for at, part in enumerate(part for part in ABI[type(event).__name__]["inputs"] if part["indexed"])
        if part["type"] != "bytes32"
    ]
    if unsigned:
        at, _ = data.draw(st.sampled_from(unsigned))
        dirty = [*topics]
        dirty[at + 1] = b"\xff" + topics[at + 1][1:]
        bad = msgspec.structs.replace(log_of(tuple(dirty), encoded), log_index=before)
        with pytest.raises(
            AbiMismatchError, match=f"Log {before}, block 7, is no {type(event).__name__}: .* (no|valid) "
        ):
            DECODER.decode([BlockLogs(HEADER, (*good, bad, *last))])


@given(any_event(), st.data())
def test_cut_or_dirty_data_is_refused(event: events.Event, data: st.DataObject) -> None:
    topics, encoded = encode_event(event)
    if len(encoded) >= 32:
        cut = data.draw(st.integers(1, 32))
        with pytest.raises(AbiMismatchError):
            decode(log_of(topics, encoded[:-cut] if not isinstance(event, events.StrategyCreated) else b""))
    with pytest.raises(AbiMismatchError, match="topics"):
        decode(log_of((*topics, b"\0" * 32), encoded))


def test_bits_above_the_type_are_refused() -> None:
    topics, data = encode_event(events.TradeCopied(1, 2, 3, 4, 5, 6, types.Reason.NONE))
    dirty = data[:32] + (2**128).to_bytes(32) + data[64:]
    with pytest.raises(AbiMismatchError, match="uint128"):
        decode(log_of(topics, dirty))
    high_address = b"\1" + topics[1][1:]
    with pytest.raises(AbiMismatchError, match="uint64"):
        decode(log_of((topics[0], high_address, topics[2]), data))


def test_word_that_is_neither_true_nor_false_is_refused() -> None:
    who = "0x" + "00" * 20
    topics, data = encode_event(events.OrderFilled("0x" + "ab" * 32, 1, who, 2, 3, True, who))
    with pytest.raises(AbiMismatchError, match="no bool"):
        decode(log_of(topics, data[:64] + (2).to_bytes(32) + data[96:]))


def test_reason_that_this_version_does_not_know_is_refused() -> None:
    topics, data = encode_event(events.CopySkipped(1, 2, 3, types.Reason.EXPIRED))
    with pytest.raises(AbiMismatchError, match="99 is not a valid Reason"):
        decode(log_of(topics, data[:-1] + b"\x63"))


def test_event_outside_the_abi_is_unknown_not_an_error() -> None:
    assert decode(log_of((keccak(text="Paused(address)"),), b"")) is None
    assert decode(log_of((), b"")) is None


def test_change_of_owner_is_a_known_event() -> None:
    old, new = "0x" + "00" * 12 + "11" * 20, "0x" + "00" * 12 + "22" * 20
    told = [bytes.fromhex(word[2:]) for word in (old, new)]
    for name in ("OwnershipTransferStarted", "OwnershipTransferred"):
        event = decode(log_of((keccak(text=f"{name}(address,address)"), *told), b""))
        assert type(event).__name__ == name
        assert astuple(event) == tuple(to_checksum_address(word[12:]) for word in told)


def test_strategy_name_that_is_not_text_is_kept_readable() -> None:
    event = events.StrategyCreated(1, "0x" + "00" * 20, 1, "0x" + "00" * 20, 1, 1, 1, 1, 1, "abcd")
    topics, data = encode_event(event)
    decoded = decode(log_of(topics, data.replace(b"abcd", b"a\0\xffd")))
    assert isinstance(decoded, events.StrategyCreated)
    assert decoded.name == "a��d"


def test_bytecode_without_one_of_the_events_in_either_half_is_refused() -> None:
    names = sorted(ABI)
    halves = [b"\x7f".join(topic_of(name).lstrip(b"\0") for name in part) for part in (names[:9], names[9:])]
    DECODER.require_deployed(halves)
    for at, name in enumerate((names[0], names[-1])):
        without = list(halves)
        without[at] = halves[at].replace(topic_of(name).lstrip(b"\0"), b"")
        with pytest.raises(AbiMismatchError, match=f"cannot emit {name} as") as caught:
            DECODER.require_deployed(without)
        assert "install" in caught.value.remedy


def test_topic_across_the_border_of_the_halves_is_in_neither() -> None:
    code = b"\x7f".join(topic_of(name).lstrip(b"\0") for name in ABI)
    middle = code.index(topic_of("TradeCopied")) + 7
    with pytest.raises(AbiMismatchError, match="cannot emit TradeCopied as"):
        DECODER.require_deployed((code[:middle], code[middle:]))


def test_struct_with_a_dirty_or_unknown_member_is_refused() -> None:
    topics, data = encode_event(events.PolicySet(1, 2, types.Policy()))
    for word, what in ((2, "9 is not a valid OnBreach"), (4, "no uint8"), (17, "no uint88")):
        bits = 9 if word == 2 else 2**200
        dirty = data[: 32 * word] + bits.to_bytes(32) + data[32 * (word + 1) :]
        with pytest.raises(AbiMismatchError, match=what):
            decode(log_of(topics, dirty))


def test_topic_of_an_event_with_a_struct_spells_its_members() -> None:
    signature = "TermsProposed(uint32,(uint16,uint16,uint16,uint16,uint16,uint32,uint32,uint96),uint40)"
    assert topic_of("TermsProposed") == keccak(text=signature)
    assert topic_of("TermsProposed") in DECODER.topics


def test_word_of_a_views_answer_is_found_by_name() -> None:
    assert (word_of("marksOf", "mark"), word_of("marksOf", "invested")) == (0, 1)
    assert (word_of("escrowOf", "held"), word_of("feeBalance", "")) == (1, 0)
    assert (word_of("vaultOf", "policyRevision"), word_of("vaultOf", "status")) == (2, 4)


def test_labels_are_the_contracts_own_words() -> None:
    labels = [reason.label for reason in types.Reason]
    assert labels[:5] == ["None", "Paused", "NothingToSell", "BelowMinimumTrade", "Expired"]
    assert types.VaultStatus.LEFT.label == "Left"
    assert types.Reason.BELOW_MINIMUM_TRADE.snake == "below_minimum_trade"


def test_copy_id_is_the_hash_of_the_abi_encoding() -> None:
    hub = "0x" + "ab" * 20
    encoded = encode(["uint256", "address", "uint64", "uint32", "uint32"], [8453, hub, (3 << 32) | 17, 5, 2])
    assert copy_id(8453, hub, (3 << 32) | 17, 5, 2) == "0x" + keccak(encoded).hex()
