"""Who sent transactions and what gas they cost: on trades, accounts, profiles and, apart, in statements."""

from collections.abc import Callable

from fastapi.testclient import TestClient
from sqlalchemy import Engine

from api.exports.month import month_of
from api.snapshot import Snapshots
from indexer.chain.types import Receipt
from indexer.decode import events as e
from indexer.ledger.gas import Sent
from tests.api.test_problems import check
from tests.api.world import ALICE, LEADER, NOBODY, USD, USDC, Chain

GAS, PRICE, DATA_FEE = 300_000, 2 * 10**9, 7
PAID = GAS * PRICE + DATA_FEE


def read_gas(chain: Chain, sender_of: Callable[[int], str]) -> None:
    """Take receipts for all blocks; each has one transaction, whose sender is its block's."""
    while blocks := chain.ledger.without_gas(1_000):
        found = [(block, [receipt(block, sender_of(block.number))]) for block in blocks]
        chain.ledger.note_gas(found, blocks[-1].number)


def receipt(block: Sent, sender: str) -> Receipt:
    [tx_hash] = block.logs
    return Receipt(block.hash, tx_hash, 0, sender, GAS, GAS, PRICE, DATA_FEE, free=False, logs=())


def test_before_receipts_are_read_nothing_is_said_of_gas(client: TestClient) -> None:
    trade = client.get("/v1/trades/1-1").json()["data"]
    assert (trade["transactions"], trade["gas_paid"]) == ([], None)
    gas = client.get(f"/v1/accounts/{LEADER}").json()["data"]["gas"]
    assert (gas["transactions"], gas["paid"]["units"]) == (0, "0")
    assert gas["up_to_block"] == 9
    check(client.get(f"/v1/transactions/{trade['opened']['transaction']}"), 404, "transaction-not-found")


def test_trade_says_who_sent_it_and_what_gas_it_cost(client: TestClient, chain: Chain) -> None:
    read_gas(chain, lambda _: LEADER)
    trade = client.get("/v1/trades/1-1").json()["data"]
    hashes = {trade["opened"]["transaction"], *(each["event"]["transaction"] for each in trade["clearings"])}
    if trade["completed"]:
        hashes.add(trade["completed"]["transaction"])
    assert {each["hash"] for each in trade["transactions"]} == hashes
    assert trade["gas_paid"]["units"] == str(PAID * len(hashes))
    [first, *_] = trade["transactions"]
    assert first == client.get(f"/v1/transactions/{first['hash'].upper().replace('X', 'x')}").json()["data"]
    assert (first["sender"], first["gas_used"]) == (LEADER, GAS)
    assert first["gas_price"] == {"units": str(PRICE), "decimal": "0.000000002"}
    assert (first["data_fee"]["units"], first["paid"]["units"]) == (str(DATA_FEE), str(PAID))


def test_statement_shows_the_owners_own_gas_apart_from_the_result(client: TestClient, chain: Chain) -> None:
    before = client.get("/v1/vaults/2/statement").json()["data"]
    owner = before["owner"]
    chain.mine([e.Deposited(owner, USDC, 50 * USD, owner)], [e.Allocated(2, owner, USDC, 50 * USD)])
    mine = chain.number
    read_gas(chain, lambda number: owner if number >= mine - 1 else LEADER)
    after = client.get("/v1/vaults/2/statement").json()["data"]
    assert after["gas"] == {
        "transactions": 1,
        "gas_used": GAS,
        "paid": {"units": str(PAID), "decimal": "0.000600000000000007"},
        "up_to_block": mine,
    }
    for figure in ("realized_pnl", "costs", "net_pnl"):
        assert after["profit"][figure] == before["profit"][figure]
    account = client.get(f"/v1/accounts/{owner}").json()["data"]
    assert (account["gas"]["transactions"], account["gas"]["gas_used"]) == (2, 2 * GAS)


def test_month_counts_the_gas_of_its_own_days_only(client: TestClient, chain: Chain, engine: Engine) -> None:
    read_gas(chain, lambda _: ALICE)

    def gas(month: str) -> tuple[int, str]:
        with Snapshots(engine, None).open() as snapshot:
            found = month_of(snapshot, 2, month).gas
        return found.transactions, found.paid.units

    whole = client.get("/v1/vaults/2/statement").json()["data"]["gas"]
    assert whole["transactions"] > 1
    assert gas("2024-01") == (whole["transactions"], whole["paid"]["units"])
    chain.late += 40 * 86_400
    chain.mine([e.Deposited(ALICE, USDC, 50 * USD, ALICE), e.Allocated(2, ALICE, USDC, 50 * USD)])
    read_gas(chain, lambda _: ALICE)
    assert gas("2024-01") == (whole["transactions"], whole["paid"]["units"])
    assert gas("2024-02") == (1, str(PAID))


def test_leaders_profile_and_account_say_what_the_leader_spent(client: TestClient, chain: Chain) -> None:
    read_gas(chain, lambda number: LEADER if number % 2 else NOBODY)
    sent = client.get(f"/v1/accounts/{LEADER}/transactions?limit=100").json()["data"]
    assert len(sent) > 2
    assert [each["block"] for each in sent] == sorted((each["block"] for each in sent), reverse=True)
    gas = client.get("/v1/leaders/1").json()["data"]["gas"]
    assert gas == client.get(f"/v1/accounts/{LEADER}").json()["data"]["gas"]
    assert (gas["transactions"], gas["paid"]["units"]) == (len(sent), str(PAID * len(sent)))


def test_what_an_address_sent_comes_in_pages(client: TestClient, chain: Chain) -> None:
    read_gas(chain, lambda _: LEADER)
    path, found, cursor = f"/v1/accounts/{LEADER}/transactions?limit=3", [], ""
    while True:
        page = client.get(path + cursor).json()
        found += [each["block"] for each in page["data"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert found == sorted(set(found), reverse=True)
    assert len(found) == int(client.get(f"/v1/accounts/{LEADER}").json()["data"]["gas"]["transactions"])


def test_client_that_knows_the_block_reads_again_when_its_gas_is_known(
    client: TestClient, chain: Chain
) -> None:
    first = client.get("/v1/trades/1-1")
    read_gas(chain, lambda _: LEADER)
    again = client.get("/v1/trades/1-1", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.headers["etag"] != first.headers["etag"]) == (200, True)


def test_what_is_no_transaction_is_not_found(client: TestClient, chain: Chain) -> None:
    read_gas(chain, lambda _: LEADER)
    for other in ("0x" + "00" * 32, "0x12", "nonsense"):
        check(client.get(f"/v1/transactions/{other}"), 404, "transaction-not-found")
