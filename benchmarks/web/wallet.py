"""A wallet for the browser: it announces itself as extensions do (EIP-6963) and signs with a local key."""

import json
from dataclasses import dataclass, field
from typing import Any

import requests
from eth_account import Account
from eth_account.messages import encode_defunct
from eth_account.signers.local import LocalAccount
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from playwright.sync_api import Page

_SCRIPT = """
(() => {
  const listeners = {};
  const provider = {
    async request({ method, params }) {
      const question = JSON.stringify({ method, params: params ?? [] });
      const { result, error } = JSON.parse(await window.askWallet(question));
      if (error) throw Object.assign(new Error(error.message), error);
      return result;
    },
    on(event, listener) { (listeners[event] ??= []).push(listener); },
    removeListener(event, listener) {
      listeners[event] = (listeners[event] ?? []).filter((each) => each !== listener);
    },
  };
  window.tellPage = (event, data) => (listeners[event] ?? []).forEach((listener) => listener(data));
  const icon = 'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg"/>';
  const uuid = '6c1f0a52-0000-4000-8000-000000000001';
  const info = { uuid, name: 'Test wallet', icon, rdns: 'org.lockstep.test' };
  const detail = Object.freeze({ info, provider });
  const announce = () => dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail }));
  addEventListener('eip6963:requestProvider', announce);
  announce();
})();
"""
_REJECTED = {"code": 4001, "message": "User rejected the request."}
_UNKNOWN = {"code": -32601, "message": "The wallet does not know this method."}
_GAS = 3_000_000


@dataclass
class Wallet:
    """A key, and how its owner behaves: `rejects` what is to be signed, or is on another `network`.

    `asked` lists what the page has asked to be signed. It mines each of its own transactions at once, unless
    it `waits`. With a `contract` it is that contract, which the key tells what to do; `batches` is whether it
    makes several calls one transaction when the page asks for it (EIP-5792).
    """

    account: LocalAccount
    node: str
    network: int
    rejects: bool = False
    waits: bool = False
    batches: bool = False
    contract: Any = None
    asked: list[str] = field(default_factory=list)
    _connected: bool = False
    _sent: list[dict[str, Any]] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Who it is to the page."""
        return str(self.contract.address) if self.contract else str(self.account.address)

    def switch(self, network: int) -> None:
        """Goes to another network, as its owner may in the wallet itself, and tells the page."""
        self.network = network
        self._page.evaluate(f"setTimeout(() => tellPage('chainChanged', '{hex(network)}'))")

    def replace(self, **changed: Any) -> str:
        """Sends its last transaction again at twice the price, with what is `changed`, and mines it."""
        last = self._sent[-1]
        prices = {name: last[name] * 2 for name in ("maxFeePerGas", "maxPriorityFeePerGas")}
        found = self._broadcast(last | prices | changed)
        self._ask_node("evm_mine", [])
        return found

    def join(self, page: Page) -> None:
        """Be there on every document that `page` opens from now on."""
        page.expose_function("askWallet", self._answer)
        page.add_init_script(_SCRIPT)
        self._page = page

    def _answer(self, question: str) -> str:
        asked = json.loads(question)
        try:
            return json.dumps({"result": self._do(asked["method"], asked["params"])})
        except _RefusedError as refused:
            return json.dumps({"error": refused.args[0]})

    def _do(self, method: str, params: list[Any]) -> Any:  # noqa: PLR0911 - a method of EIP-1193 each
        match method:
            case "eth_requestAccounts":
                self._consent(method)
                self._connected = True
                return [self.address]
            case "eth_accounts":
                return [self.address] if self._connected else []
            case "eth_chainId":
                return hex(self.network)
            case "wallet_switchEthereumChain":
                self._consent(method)
                self.switch(int(params[0]["chainId"], 16))
                return None
            case "eth_signTypedData_v4":
                self._consent(method)
                document = json.loads(params[1])
                return "0x" + self.account.sign_typed_data(full_message=document).signature.hex()
            case "personal_sign":
                self._consent(method)
                words = encode_defunct(hexstr=params[0])
                return "0x" + self.account.sign_message(words).signature.hex()
            case "eth_sendTransaction":
                self._consent(method)
                return self._send([params[0]])
            case "wallet_getCapabilities" if self.batches:
                return {hex(self.network): {"atomic": {"status": "supported"}}}
            case "wallet_sendCalls" if self.batches:
                self._consent(method)
                return {"id": self._send(params[0]["calls"])}
            case "wallet_getCallsStatus" if self.batches:
                return self._status(params[0])
            case _ if method.startswith("wallet_"):
                raise _RefusedError(_UNKNOWN)
            case _:
                return self._ask_node(method, params)

    def _consent(self, method: str) -> None:
        self.asked.append(method)
        if self.rejects:
            raise _RefusedError(_REJECTED)

    def _send(self, calls: list[dict[str, str]]) -> str:
        """One transaction: a key's of its only call, a contract's of all."""
        call = calls[0]
        if self.contract:
            parts = [(to_checksum_address(each["to"]), each.get("data", "0x")) for each in calls]
            call = {"to": self.contract.address, "data": self.contract.encode_abi("execute", args=[parts])}
        count = self._ask_node("eth_getTransactionCount", [self.account.address, "pending"])
        price = int(self._ask_node("eth_gasPrice", []), 16) * 2
        found = self._broadcast(
            {
                "to": to_checksum_address(call["to"]),
                "data": call.get("data", "0x"),
                "value": int(call.get("value", "0x0"), 16),
                "nonce": int(count, 16),
                "gas": _GAS,
                "maxFeePerGas": price,
                "maxPriorityFeePerGas": price // 10,
                "chainId": self.network,
            }
        )
        if not self.waits:
            self._ask_node("evm_mine", [])
        return found

    def _broadcast(self, transaction: dict[str, Any]) -> str:
        raw = self.account.sign_transaction(transaction).raw_transaction
        found: str = self._ask_node("eth_sendRawTransaction", ["0x" + raw.hex()])
        self._sent.append(transaction)
        return found

    def _status(self, batch: str) -> dict[str, Any]:
        """Of a batch, which goes by its transaction's hash."""
        receipt = self._ask_node("eth_getTransactionReceipt", [batch])
        status = 100 if receipt is None else 200 if int(receipt["status"], 16) else 500
        known = {"version": "2.0.0", "id": batch, "chainId": hex(self.network), "atomic": True}
        return known | {"status": status, "receipts": [receipt] if receipt else []}

    def _ask_node(self, method: str, params: list[Any]) -> Any:
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        answer = requests.post(self.node, json=body, timeout=30).json()
        if "error" in answer:
            raise _RefusedError(answer["error"])
        return answer["result"]


class _RefusedError(Exception):
    """What the page gets as an EIP-1193 error."""


def key_of(name: str) -> LocalAccount:
    """The account of somebody whose key follows from the name."""
    account: LocalAccount = Account.from_key(keccak(text=f"lockstep web {name}"))
    return account
