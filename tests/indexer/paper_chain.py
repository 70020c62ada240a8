"""A real chain whose hub says whatever a test wants: real blocks, blooms and reorgs around events made on
paper.

The hub's code emits the logs that its calldata spells out: for each log a word with the number of topics, a
word with the length of the data, the topics, the data. Calldata of four bytes is taken for `extension()`, or,
where it is another selector, for `keepers()`. Behind the code of hub, extension and keepers lie the topics of
the events, a third each, so that they pass for the parts of the real hub.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import httpx
from eth_utils.crypto import keccak

from indexer.decode.events import Event
from tests.indexer.encoding import ABI, encode_event, topic_of
from tests.indexer.story import EXTENSION, HUB, KEEPERS

SENDER = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
PARTS = [sorted(ABI)[at::3] for at in range(3)]
"""Events of the hub's own code, of its extension's, and of its keepers' part."""
GENESIS_TIME = 1_700_000_000


def emitter(topics: Iterable[bytes], extension: str = EXTENSION) -> bytes:
    """The hub's code. The stack holds the place in the calldata (p) between two logs."""
    named = bytes.fromhex("5f5260205ff3")
    both = b"\x73" + bytes.fromhex(KEEPERS[2:]) + b"\x73" + bytes.fromhex(extension[2:])
    # keepers xor (selector is extension()) * (keepers xor extension)
    chosen = bytes.fromhex("8118" + "5f3560e01c63") + keccak(text="extension()")[:4] + bytes.fromhex("140218")
    answer = both + chosen + named
    # Four bytes of calldata: answer; otherwise on to the loop.
    start = bytes.fromhex("3660041415") + b"\x60" + bytes([8 + len(answer)]) + b"\x57" + answer + b"\x5b"
    loop = start + bytes.fromhex("5f") + bytes.fromhex("5b803614") + b"\x61\0\0\x57" + bytes.fromhex("8035")
    again = len(start) + 1
    head = len(loop) + 5 * 8 + 1
    code, targets, body = loop, [], b""
    for count in range(5):
        targets.append(head + len(body))
        body += bytes.fromhex("5b5080602001358082") + _add(64 + 32 * count) + bytes.fromhex("5f37")
        for topic in reversed(range(count)):
            body += bytes([0x80 + count - topic]) + _add(64 + 32 * topic) + b"\x35"
        body += bytes([0x80 + count, 0x5F, 0xA0 + count]) + _add(64 + 32 * count)
        body += b"\x01\x60" + bytes([again]) + b"\x56"
    end = head + len(body)
    code = code.replace(b"\x61\0\0\x57", b"\x61" + end.to_bytes(2) + b"\x57")
    for count, target in enumerate(targets):
        code += bytes([0x80, 0x60, count, 0x14, 0x61]) + target.to_bytes(2) + b"\x57"
    return code + b"\0" + body + bytes.fromhex("5b00") + b"".join(topics)


def _add(value: int) -> bytes:
    return b"\x61" + value.to_bytes(2) + b"\x01"


def calldata(events: Iterable[Event]) -> bytes:
    said = b""
    for event in events:
        topics, data = encode_event(event)
        said += len(topics).to_bytes(32) + len(data).to_bytes(32) + b"".join(topics) + data
    return said


class PaperChain:
    """Drives anvil. Block times are 12 seconds apart, so the same blocks have the same hashes."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._client = httpx.Client(base_url=url, timeout=60)
        self.request("evm_setAutomine", False)
        for_hub, for_extension, for_keepers = PARTS
        self.set_code(emitter(topic_of(name) for name in for_hub))
        self.set_code(b"\0" + b"".join(topic_of(name) for name in for_extension), EXTENSION)
        self.set_code(b"\0" + b"".join(topic_of(name) for name in for_keepers), KEEPERS)

    def request(self, method: str, *params: Any) -> Any:
        answer = self._client.post(
            "", json={"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        ).json()
        assert "error" not in answer, answer
        return answer["result"]

    def set_code(self, code: bytes, address: str = HUB) -> None:
        self.request("anvil_setCode", address, "0x" + code.hex())

    @property
    def height(self) -> int:
        return int(self.request("eth_blockNumber"), 16)

    def mine(self, transactions: Sequence[Sequence[Event]] = (), *, later: int = 0) -> None:
        """One block with a transaction for each sequence of events, `later` seconds after its usual time."""
        for events in transactions:
            fields = {
                "from": SENDER,
                "to": HUB,
                "data": "0x" + calldata(events).hex(),
                "gas": hex(25_000_000 // max(1, len(transactions))),
            }
            self.request("eth_sendTransaction", fields)
        self.request("evm_mine", GENESIS_TIME + 12 * (self.height + 1) + later)

    def mine_all(
        self, told: Sequence[Sequence[Event]], *, each: int = 2, gap: int = 1, later: int = 0
    ) -> None:
        """Blocks of `each` transactions with `gap` empty blocks after every one."""
        for at in range(0, len(told), each):
            self.mine(told[at : at + each], later=later)
            for _ in range(gap):
                self.mine(later=later)

    def snapshot(self) -> str:
        return str(self.request("evm_snapshot"))

    def revert(self, snapshot: str) -> None:
        assert self.request("evm_revert", snapshot)

    def close(self) -> None:
        self._client.close()
