from collections.abc import Iterator

import pytest
from eth_account import Account
from eth_account.signers.local import LocalAccount
from web3.contract import Contract

from demo.anvil import BLOCK_GAS_LIMIT, Anvil
from demo.chain import Chain, TransactionFailedError
from demo.checkout import Checkout
from demo.exchange import deploy_tokens

OWNER: LocalAccount = Account.from_key(b"\x01" * 32)
STRANGER: LocalAccount = Account.from_key(b"\x02" * 32)


@pytest.fixture
def chain(node: Anvil) -> Chain:
    found = Chain(node.http_url)
    for account in (OWNER, STRANGER):
        found.request("anvil_setBalance", account.address, hex(10**20))
    return found


@pytest.fixture
def token(chain: Chain, checkout: Checkout) -> Iterator[Contract]:
    with chain.automine():
        contract = deploy_tokens(chain.w3, checkout, OWNER.address)["USDC"].contract
    chain.contracts = (contract,)
    return contract


def now(chain: Chain) -> int:
    return int(chain.request("eth_getBlockByNumber", "latest", False)["timestamp"], 16)


def test_what_is_queued_goes_into_one_block_in_order_at_the_given_time(chain: Chain, token: Contract) -> None:
    time = now(chain) + 1_000
    chain.submit(OWNER, token.functions.mint(STRANGER.address, 5), gas=100_000, label="mint")
    for amount in (2, 2, 1):  # each only works after the mint
        chain.submit(STRANGER, token.functions.transfer(OWNER.address, amount), gas=100_000, label="send")
    receipts = chain.mine(time)
    assert [receipt.transaction.label for receipt in receipts] == ["mint", "send", "send", "send"]
    assert len({receipt.block_number for receipt in receipts}) == 1
    assert now(chain) == time
    balances = [token.functions.balanceOf(account.address) for account in (OWNER, STRANGER)]
    assert chain.read(balances) == [5, 0]


def test_what_a_block_has_no_room_for_goes_into_the_next_second(chain: Chain, token: Contract) -> None:
    time = now(chain) + 1_000
    for _ in range(4):
        mint = token.functions.mint(STRANGER.address, 1)
        chain.submit(OWNER, mint, gas=BLOCK_GAS_LIMIT // 4 - 1, label="mint")
    chain.submit(OWNER, token.functions.mint(STRANGER.address, 1), gas=100_000, label="mint")
    numbers = [receipt.block_number for receipt in chain.mine(time)]
    assert [number - numbers[0] for number in numbers] == [0, 0, 0, 0, 1]
    assert now(chain) == time + 1


def test_a_failure_that_nobody_expects_is_an_error_with_the_contracts_reason(
    chain: Chain, token: Contract
) -> None:
    chain.submit(STRANGER, token.functions.mint(STRANGER.address, 1), gas=100_000, label="a stranger mints")
    with pytest.raises(TransactionFailedError, match="a stranger mints: OwnableUnauthorizedAccount"):
        chain.mine(now(chain) + 12)


def test_a_failure_that_is_allowed_is_reported_with_its_arguments(chain: Chain, token: Contract) -> None:
    send = token.functions.transfer(OWNER.address, 7)
    chain.submit(STRANGER, send, gas=100_000, label="send", may_fail=True)
    [receipt] = chain.mine(now(chain) + 12)
    assert receipt.error == f"ERC20InsufficientBalance({STRANGER.address.lower()}, 0, 7)"


def test_nothing_queued_makes_no_block(chain: Chain) -> None:
    before = chain.request("eth_blockNumber")
    assert chain.mine(now(chain) + 12) == []
    assert chain.request("eth_blockNumber") == before
