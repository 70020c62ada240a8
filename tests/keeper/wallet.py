"""A leader that is a contract: it does what its owner tells it, and signs by its owner's key (ERC-1271)."""

import json
from dataclasses import dataclass
from typing import Any

from eth_account.signers.local import LocalAccount
from eth_typing import ChecksumAddress, HexStr
from web3 import Web3
from web3.contract import Contract

from demo.checkout import Checkout
from tests.e2e.stage import Stage


@dataclass(frozen=True)
class LeadersWallet:
    stage: Stage
    owner: LocalAccount
    contract: Contract

    @classmethod
    def deploy(cls, stage: Stage, owner: LocalAccount, *, usdc: int) -> "LeadersWallet":
        """A wallet of `owner` with `usdc` units that the hub may take."""
        built = Checkout.here().root / "build/forge/out/LeadersWallet.sol/LeadersWallet.json"
        assert built.is_file(), "`make compile-forge` writes it."
        artifact = json.loads(built.read_text())
        w3 = stage.chain.w3
        code = w3.eth.contract(abi=artifact["abi"], bytecode=artifact["bytecode"]["object"])
        stage.order(owner, _Creation(code.constructor().data_in_transaction))
        [*_, creation] = stage.play()[0]
        created = w3.eth.get_transaction_receipt(HexStr(creation.hash))["contractAddress"]
        contract = w3.eth.contract(Web3.to_checksum_address(str(created)), abi=artifact["abi"])
        wallet = cls(stage, owner, contract)
        token = stage.usdc.contract.functions
        mint = token.mint(wallet.address, usdc)
        stage.chain.submit(stage.market.trader, mint, gas=100_000, label="mint")
        wallet.does(token.approve(stage.contracts.hub.address, usdc))
        return wallet

    @property
    def address(self) -> ChecksumAddress:
        return self.contract.address

    def does(self, call: Any) -> None:
        """Queues a call that the wallet makes, for the next block."""
        data = call._encode_transaction_data()
        self.stage.order(self.owner, self.contract.functions.execute(call.address, data))

    def lock(self) -> None:
        """From the next block on no signature is good."""
        self.stage.order(self.owner, self.contract.functions.lock(True))
        self.stage.play()


@dataclass(frozen=True)
class _Creation:
    """What a chain is told as if it were a call."""

    data: str
    address: str = ""
    fn_name: str = "create"

    def _encode_transaction_data(self) -> str:
        return self.data
