"""Wallets of other kinds, and transactions that come otherwise than they were sent."""

import json
import subprocess
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from web3 import Web3

from benchmarks.web.place import Place
from benchmarks.web.wallet import Wallet
from demo.checkout import Checkout
from tests.web.people import OpenPage, connect

ROOT = Checkout.here().root
SOURCE = ROOT / "tests" / "contracts" / "support" / "FollowersWallet.sol"
DEPOSIT = 3_333_333_334
"""What 1,000 USDC with one leader take, by the cap of 30%."""


@pytest.fixture(scope="module")
def compiled() -> Any:
    settings = {
        "evmVersion": "prague",
        "outputSelection": {"*": {"*": ["abi", "evm.bytecode.object"]}},
    }
    sources = {SOURCE.name: {"content": SOURCE.read_text()}}
    asked = {"language": "Solidity", "sources": sources, "settings": settings}
    compiler = ROOT / "toolchain" / "solc" / "solc-v0.8.37"
    said = subprocess.run(
        [compiler, "--standard-json"], input=json.dumps(asked), capture_output=True, text=True, check=True
    )
    return json.loads(said.stdout)["contracts"][SOURCE.name]["FollowersWallet"]


def contract_wallet(place: Place, compiled: Any, name: str, *, batches: bool) -> Wallet:
    """A contract with 5,000 USDC that somebody with ether for gas has deployed and owns."""
    wallet = place.wallet(name)
    w3 = Web3(Web3.HTTPProvider(place.node))
    made = w3.eth.contract(abi=compiled["abi"], bytecode=compiled["evm"]["bytecode"]["object"])
    data = made.constructor(wallet.account.address).data_in_transaction
    price = w3.eth.gas_price * 2
    raw = wallet.account.sign_transaction(
        {
            "data": data,
            "nonce": 0,
            "gas": 2_000_000,
            "maxFeePerGas": price,
            "maxPriorityFeePerGas": price,
            "chainId": wallet.network,
            "value": 0,
        }
    )
    sent = w3.eth.send_raw_transaction(raw.raw_transaction)
    place.request("evm_mine")
    address = w3.eth.wait_for_transaction_receipt(sent)["contractAddress"]
    assert address is not None
    wallet.contract = w3.eth.contract(address=address, abi=compiled["abi"])
    wallet.batches = batches
    place.mint(address, DEPOSIT)
    return wallet


def copy(page: Page) -> None:
    page.get_by_label("Copy with").fill("1000")
    page.get_by_role("checkbox", name="I can bear losing").check()
    page.get_by_role("button", name="Copy with").click()


def vaults_of(place: Place, owner: str) -> list[Any]:
    found: list[Any] = place.get(f"/v1/vaults?owner={owner}")["data"]
    return found


def test_a_contract_that_batches_allows_and_copies_in_one_transaction(
    place: Place, open_page: OpenPage, compiled: Any
) -> None:
    wallet = contract_wallet(place, compiled, "batching", batches=True)
    page = open_page("/leaders/1/copy", wallet)
    connect(page)
    copy(page)
    expect(page.get_by_text("You now copy Ether momentum with 1,000 USDC.")).to_be_visible()
    assert wallet.asked == ["eth_requestAccounts", "wallet_sendCalls"]
    (vault,) = vaults_of(place, wallet.address)
    assert vault["balances"][0]["units"] == "1000000000"
    # What is signed behind the data is there in a batch, too.
    page.goto(f"/vaults/{vault['id']}")
    assert place.request("eth_getTransactionByHash", vault["opened"]["transaction"])["to"] is not None
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused by you")).to_be_visible()


def test_a_contract_that_does_not_batch_allows_first_and_exactly_the_amount(
    place: Place, open_page: OpenPage, compiled: Any
) -> None:
    wallet = contract_wallet(place, compiled, "plain contract", batches=False)
    page = open_page("/leaders/1/copy", wallet)
    connect(page)
    copy(page)
    expect(page.get_by_text("You now copy")).to_be_visible()
    assert wallet.asked == ["eth_requestAccounts", "eth_sendTransaction", "eth_sendTransaction"]
    assert len(vaults_of(place, wallet.address)) == 1
    usdc = place.world.market.exchange.tokens["USDC"].contract.functions
    hub = place.world.deployment.hub.address
    assert place.do(lambda: usdc.allowance(wallet.address, hub).call()) == 0


def test_a_transaction_that_was_sped_up_counts_by_what_replaced_it(place: Place, open_page: OpenPage) -> None:
    wallet = place.wallet("impatient", usdc=5_000)
    page = open_page("/leaders/1/copy", wallet)
    connect(page)
    wallet.waits = True
    copy(page)
    expect(page.get_by_text("Sent. Waiting for a block")).to_be_visible()
    page.wait_for_timeout(2_000)  # until the page has seen the transaction that will be replaced
    mined = wallet.replace()
    expect(page.get_by_text("You now copy")).to_be_visible()
    expect(page.get_by_text(f"Transaction {mined[:10]}")).to_be_visible()
    assert len(vaults_of(place, wallet.address)) == 1


def test_a_transaction_that_was_cancelled_in_the_wallet_is_said_and_can_be_made_again(
    place: Place, open_page: OpenPage
) -> None:
    wallet = place.wallet("fickle", usdc=5_000)
    page = open_page("/leaders/1/copy", wallet)
    connect(page)
    wallet.waits = True
    copy(page)
    expect(page.get_by_text("Sent. Waiting for a block")).to_be_visible()
    page.wait_for_timeout(2_000)
    wallet.replace(to=wallet.address, data="0x", value=0)
    expect(page.get_by_role("alert")).to_contain_text("It was cancelled or replaced")
    assert vaults_of(place, wallet.address) == []
    wallet.waits = False
    page.get_by_role("button", name="Copy with").click()
    expect(page.get_by_text("You now copy")).to_be_visible()


def test_a_wallet_that_changes_its_network_is_asked_back_before_anything_is_signed(
    place: Place, open_page: OpenPage
) -> None:
    wallet = place.wallet("wanderer", usdc=5_000)
    page = open_page("/desk", wallet)
    connect(page)
    wallet.switch(10)
    expect(page.get_by_text("Your wallet is on another network (10)")).to_be_visible()
    page.get_by_role("button", name="Switch to Local test chain").click()
    expect(page.get_by_text("Your wallet is on another network")).to_be_hidden()
    assert wallet.asked[-1] == "wallet_switchEthereumChain"
