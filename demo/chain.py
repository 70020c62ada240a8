"""Signs transactions for many accounts and puts them into one block at a chosen time, in one round trip each.

Times are unix seconds, gas is in units, addresses are checksummed. A transaction that fails and was not meant
to is an error that names the contract's reason.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from eth_abi.abi import decode
from eth_account.signers.local import LocalAccount
from eth_typing import ChecksumAddress
from web3 import HTTPProvider, Web3
from web3.contract import Contract
from web3.types import RPCEndpoint

from demo.anvil import BLOCK_GAS_LIMIT

# The node works off a round trip in no particular order, but puts who pays more first: each transaction
# offers one wei less for gas than the one before. Both are far above the local chain's price.
_HIGHEST_FEE = 10**11
_HIGHEST_TIP = 10**9


class TransactionFailedError(Exception):
    """A transaction that was meant to succeed was reverted."""


@dataclass(frozen=True, slots=True)
class Transaction:
    """One call to be signed by `sender`. `label` names it for people, `may_fail` allows a revert."""

    sender: LocalAccount
    to: ChecksumAddress
    data: str
    gas: int
    label: str
    may_fail: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a transaction. `logs` are the node's own, `error` is the reason for a revert."""

    transaction: Transaction
    hash: str
    block_number: int
    gas_used: int
    logs: list[dict[str, Any]]
    error: str | None

    def topics(self, event_topic: str) -> list[list[str]]:
        """The topics of each log of the event whose topic 0 is `event_topic`, in order."""
        return [log["topics"] for log in self.logs if log["topics"][0] == event_topic]


@dataclass(slots=True)
class Chain:
    """A node that mines when told to. `contracts` are asked for the names of their errors."""

    url: str
    contracts: Sequence[Contract] = ()
    _queue: list[Transaction] = field(default_factory=list)
    _nonces: dict[str, int] = field(default_factory=dict)
    _provider: HTTPProvider = field(init=False)
    _chain_id: int = field(init=False)

    def __post_init__(self) -> None:
        self._provider = HTTPProvider(self.url, request_kwargs={"timeout": 60})
        self._chain_id = int(self.request("eth_chainId"), 16)

    @property
    def w3(self) -> Web3:
        """The same node through web3's interface."""
        return Web3(self._provider)

    def request(self, method: str, *params: object) -> Any:
        """One JSON-RPC call.

        Raises:
            RuntimeError: the node answers with an error.
        """
        return _result(self._provider.make_request(RPCEndpoint(method), list(params)), method)

    @contextmanager
    def automine(self) -> Iterator[None]:
        """The node mines each transaction at once while the block runs, for tools that wait for receipts."""
        self.request("evm_setAutomine", True)  # noqa: FBT003 - JSON-RPC knows no names
        yield
        self.request("evm_setAutomine", False)  # noqa: FBT003

    def batch(self, requests: Sequence[tuple[str, list[object]]]) -> list[Any]:
        """Several JSON-RPC calls in one round trip, answered in order."""
        if not requests:
            return []
        calls = [(RPCEndpoint(method), params) for method, params in requests]
        answers = self._provider.make_batch_request(calls)
        if not isinstance(answers, list):
            raise RuntimeError(f"the node refused a batch: {answers}")
        return [_result(answer, method) for answer, (method, _) in zip(answers, requests, strict=True)]

    def read(self, calls: Sequence[Any]) -> list[Any]:
        """Calls contract functions (`contract.functions.name(…)`) in one round trip at the latest block.

        A single return value comes bare, several come as a tuple; a struct is a tuple of its fields.
        """
        params = [({"to": call.address, "data": call._encode_transaction_data()}, "latest") for call in calls]
        answers = self.batch([("eth_call", list(each)) for each in params])
        return [_decoded(call, answer) for call, answer in zip(calls, answers, strict=True)]

    def submit(
        self, sender: LocalAccount, call: Any, *, gas: int, label: str, may_fail: bool = False
    ) -> None:
        """Queues a contract function call for the next block, in the order of submission."""
        data = call._encode_transaction_data()
        self._queue.append(Transaction(sender, call.address, data, gas, label, may_fail))

    def mine(self, timestamp: int | None = None) -> list[Receipt]:
        """Mines what is queued into a block at `timestamp`, what finds no room there into the next second's.

        Without a timestamp the node dates the blocks. Nothing queued makes no block.

        Raises:
            TransactionFailedError: a transaction failed that was not meant to.
        """
        queue, self._queue = self._queue, []
        receipts: list[Receipt] = []
        for seconds, block in enumerate(_blocks(queue)):
            hashes = self.batch(
                [("eth_sendRawTransaction", [self._sign(each, rank)]) for rank, each in enumerate(block)]
            )
            if timestamp is not None:
                self.request("evm_setNextBlockTimestamp", timestamp + seconds)
            self.request("evm_mine")
            answers = self.batch([("eth_getTransactionReceipt", [each]) for each in hashes])
            receipts += [self._receipt(each, answer) for each, answer in zip(block, answers, strict=True)]
        return receipts

    def recount(self, sender: ChecksumAddress) -> None:
        """Goes on from what the node has of an account for which others send, too; nothing of it waits."""
        self._nonces[sender] = int(self.request("eth_getTransactionCount", sender, "latest"), 16)

    def seal(self, timestamp: int) -> None:
        """Mines a block at `timestamp` of what others have sent to the node, or an empty one."""
        self.request("evm_setNextBlockTimestamp", timestamp)
        self.request("evm_mine")

    def _sign(self, transaction: Transaction, rank: int) -> str:
        sender = transaction.sender
        nonce = self._nonces.get(sender.address, 0)
        self._nonces[sender.address] = nonce + 1
        fields: dict[str, Any] = {
            "type": 2,
            "chainId": self._chain_id,
            "nonce": nonce,
            "to": transaction.to,
            "value": 0,
            "data": transaction.data,
            "gas": transaction.gas,
            "maxFeePerGas": _HIGHEST_FEE - rank,
            "maxPriorityFeePerGas": _HIGHEST_TIP - rank,
        }
        return sender.sign_transaction(fields).raw_transaction.to_0x_hex()

    def _receipt(self, transaction: Transaction, answer: dict[str, Any]) -> Receipt:
        error = None
        if int(answer["status"], 16) != 1:
            error = self._reason(answer["transactionHash"])
            if not transaction.may_fail:
                raise TransactionFailedError(f"{transaction.label}: {error}")
        return Receipt(
            transaction,
            answer["transactionHash"],
            int(answer["blockNumber"], 16),
            int(answer["gasUsed"], 16),
            answer["logs"],
            error,
        )

    def _reason(self, transaction_hash: str) -> str:
        """A receipt does not say why; the node's trace of the transaction does."""
        trace = self.request("debug_traceTransaction", transaction_hash, {"tracer": "callTracer"})
        output = trace.get("output", "0x")
        return str(trace["error"]) if output == "0x" else self._error_name(bytes.fromhex(output[2:]))

    def _error_name(self, data: bytes) -> str:
        for contract in self.contracts:
            for entry in contract.abi:
                if entry["type"] != "error":
                    continue
                types = [each["type"] for each in entry.get("inputs", ())]
                if Web3.keccak(text=f"{entry['name']}({','.join(types)})")[:4] == data[:4]:
                    return f"{entry['name']}({', '.join(map(str, decode(types, data[4:])))})"
        return f"0x{data.hex()}"


def _blocks(queue: Sequence[Transaction]) -> Iterator[list[Transaction]]:
    """Cuts the queue, in order, where a block's gas limit would be passed."""
    block: list[Transaction] = []
    for transaction in queue:
        if sum(each.gas for each in block) + transaction.gas > BLOCK_GAS_LIMIT:
            yield block
            block = []
        block.append(transaction)
    if block:
        yield block


def _result(answer: Any, method: str) -> Any:
    if "error" in answer:
        raise RuntimeError(f"{method}: {answer['error'].get('message', answer['error'])}")
    return answer["result"]


def _decoded(call: Any, answer: str) -> Any:
    types = [_type(output) for output in call.abi["outputs"]]
    values = decode(types, bytes.fromhex(answer[2:]))
    return values[0] if len(values) == 1 else values


def _type(output: dict[str, Any]) -> str:
    if not output["type"].startswith("tuple"):
        return str(output["type"])
    inner = ",".join(_type(each) for each in output["components"])
    return f"({inner}){output['type'].removeprefix('tuple')}"
