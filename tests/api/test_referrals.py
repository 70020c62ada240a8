"""What a referrer's people came to: to the unit what the ledger has, and nobody's address."""

import csv
import io
import json
from collections import Counter
from importlib.resources import files
from typing import Any

import pytest
from eth_abi.abi import decode
from eth_utils.crypto import keccak
from fastapi.testclient import TestClient
from sqlalchemy import Engine, func, select

from indexer.decode import abi
from indexer.decode import events as e
from indexer.ledger.models import Balance, Fee, Posting, amount_sum
from protocol.types import FeeKind, Reason, TradeKind, VaultStatus
from tests.api.people import Person, wallet
from tests.api.saying import DAY_S, joined, ok, refused, roll_back
from tests.api.world import (
    CHAIN_ID,
    ETH,
    HUB,
    POOL,
    START_TIME,
    USD,
    USDC,
    WETH,
    Chain,
    cleared,
    strategy,
    trade_id,
)

LENA, RITA = wallet("lena"), wallet("rita")
OWNERS = [wallet(f"owner {number}") for number in range(6)]
CAMPAIGN = {"code": "winter24", "title": "Winter newsletter"}


@pytest.fixture
def rita(client: TestClient, chain: Chain) -> Person:
    """She refers; strategy 3 is there to be followed, and her campaign runs."""
    chain.mine(strategy(3, LENA.address, 7, "Signed"))
    person = Person(client, RITA).sign_in()
    ok(person, "POST", "/campaigns", CAMPAIGN)
    return person


def open_vaults(chain: Chain, *numbers: int, referrer: str = RITA.address) -> None:
    """Owners open vault 20, 21, … with 1,000, 1,001, … USDC."""
    events = [
        event
        for number in numbers
        for event in joined(20 + number, 3, OWNERS[number].address, number, 1_000 + number, referrer)
    ]
    chain.mine(events)


def charge(chain: Chain, vault: int, kind: FeeKind, amount: int, to_referrer: int) -> None:
    chain.mine([e.FeeCharged(vault, USDC, kind, amount, amount // 5, to_referrer)])


def units(amounts: list[Any] | None) -> dict[str, int]:
    assert amounts is not None
    return {each["symbol"]: int(each["units"]) for each in amounts}


def referrals(person: Person) -> Any:
    return ok(person, "GET", "/referrals")["data"]


def test_figures_are_those_of_the_chain(rita: Person, chain: Chain) -> None:
    open_vaults(chain, 0, 1, 2, 3, 4)
    open_vaults(chain, 5, referrer=wallet("another").address)
    trade = trade_id(3, 1)
    swap = (POOL, USDC, WETH, ETH // 2, 4 * 10**44, 0, 6, START_TIME + 9_999)
    chain.mine(
        [
            e.TradeOpened(trade, LENA.address, TradeKind.LEADER, *swap),
            cleared(
                trade,
                (USDC, 5_500 * USD),
                (WETH, 275 * ETH // 100),
                275 * ETH // 100,
                cursor=1,
                portion=ETH // 2,
                fees=500_000,
            ),
            e.TradeCopied(trade, 7, 0, 5_000 * USD, 0, 250 * ETH // 100, Reason.NONE),
            e.TradeCopied(trade, 20, 1, 500 * USD, 500_000, 25 * ETH // 100, Reason.NONE),
        ]
    )
    charge(chain, 20, FeeKind.PERFORMANCE, 10 * USD, 2_400_001)
    charge(chain, 25, FeeKind.PERFORMANCE, 10 * USD, 2_400_001)
    chain.mine([e.VaultStatusSet(21, VaultStatus.LEFT, Reason.NONE)])
    total = referrals(rita)["total"]
    assert (total["vaults"], total["open_vaults"], total["people"]) == (5, 4, 5)
    assert units(total["first_deposits"]) == {"USDC": 5_010 * USD}
    assert units(total["volume"]) == {"USDC": 500 * USD + 500_000}
    assert units(total["income"]) == {"USDC": 2_400_001}


def test_of_fewer_than_five_people_nothing_of_theirs_is_told(rita: Person, chain: Chain) -> None:
    open_vaults(chain, 0, 1, 2, 3)
    charge(chain, 20, FeeKind.MANAGEMENT, 100, 30)
    found = referrals(rita)
    total = found["total"]
    assert (total["vaults"], total["people"], total["first_deposits"], total["volume"]) == (
        4,
        None,
        None,
        None,
    )
    assert units(total["income"]) == {"USDC": 30}
    open_vaults(chain, 4)
    assert referrals(rita)["total"]["people"] == 5
    for owner in OWNERS:
        assert owner.address[2:].lower() not in json.dumps(referrals(rita)).lower()


def test_campaign_gets_a_vault_by_its_owners_word_alone(
    rita: Person, client: TestClient, chain: Chain
) -> None:
    ok(rita, "POST", "/campaigns", {"code": "summer", "title": "Summer", "strategy_id": 1})
    open_vaults(chain, 0, 1, 2, 3, 4, 5)
    people = [Person(client, owner).sign_in() for owner in OWNERS]
    note = {"code": "winter24", "vault_id": 20}
    refused(people[1], "POST", "/campaign-notes", note, 404, "vault-not-found")
    refused(people[0], "POST", "/campaign-notes", note | {"code": "autumn"}, 404, "campaign-not-found")
    refused(people[0], "POST", "/campaign-notes", note | {"code": "summer"}, 409, "note-refused")
    ok(people[0], "POST", "/campaign-notes", note)
    refused(people[0], "POST", "/campaign-notes", note, 409, "note-refused")
    charge(chain, 20, FeeKind.SUBSCRIPTION, 100, 30)
    charge(chain, 21, FeeKind.SUBSCRIPTION, 100, 31)

    def by_code() -> dict[str | None, Any]:
        found = referrals(rita)
        told = {each["campaign"]["code"]: each["result"] for each in found["campaigns"]}
        return told | {None: found["of_no_campaign"]}

    told = by_code()
    assert {code: each["vaults"] for code, each in told.items()} == {"winter24": 1, "summer": 0, None: 5}
    assert units(told["winter24"]["income"]) == {"USDC": 30}
    assert units(told[None]["income"]) == {"USDC": 31}
    # One of winter's would be what is missing of the total: no part is told.
    assert told[None]["people"] is None
    assert referrals(rita)["total"]["people"] == 6
    number = chain.number
    roll_back(chain, number - 3)
    chain.mine([])
    open_vaults(chain, 0, 1, 2, 3, 4, 5)
    assert by_code()["winter24"]["vaults"] == 0
    ok(people[0], "POST", "/campaign-notes", note)
    assert by_code()["winter24"]["vaults"] == 1


def test_note_comes_within_a_week_of_an_opening_while_the_campaign_runs(
    rita: Person, client: TestClient, chain: Chain
) -> None:
    open_vaults(chain, 0)
    late = Person(client, OWNERS[0]).sign_in()
    chain.late += 8 * DAY_S
    chain.mine([])
    refused(late, "POST", "/campaign-notes", {"code": "winter24", "vault_id": 20}, 409, "note-refused")
    ended = ok(rita, "DELETE", "/campaigns/winter24")
    assert ended["state"] == "ended"
    chain.mine([])
    open_vaults(chain, 1)
    after = Person(client, OWNERS[1]).sign_in()
    refused(after, "POST", "/campaign-notes", {"code": "winter24", "vault_id": 21}, 409, "note-refused")


def test_statement_is_what_the_ledger_credited_month_by_month(
    rita: Person, client: TestClient, chain: Chain, engine: Engine
) -> None:
    open_vaults(chain, 0, 1)
    charge(chain, 20, FeeKind.PERFORMANCE, 10 * USD, 2_400_001)
    charge(chain, 21, FeeKind.PERFORMANCE, 10 * USD, 7)
    charge(chain, 20, FeeKind.MANAGEMENT, 100, 30)
    charge(chain, 20, FeeKind.MANAGEMENT, 2, 0)
    chain.late += 40 * DAY_S
    charge(chain, 21, FeeKind.WITHDRAWAL, 100, 31)
    lines = ok(rita, "GET", "/referrals/statement")["data"]
    assert [(each["month"], each["source"], each["amount"]["units"], each["charges"]) for each in lines] == [
        ("2024-02", "withdrawal", "31", 1),
        ("2024-01", "performance", "2400008", 2),
        ("2024-01", "management", "30", 1),
    ]
    with engine.connect() as connection:
        postings: Counter[str] = Counter()
        for purpose, amount in connection.execute(
            select(Posting.purpose, Posting.amount)
            .join(Balance, Balance.account_id == Posting.account_id)
            .where(Balance.account_kind == "fee", Balance.account == RITA.address)
        ):
            postings[purpose] += amount
        fees = connection.scalar(select(amount_sum(Fee.to_referrer)).where(Fee.referrer == RITA.address))
        rows = connection.scalar(select(func.count()).where(Fee.referrer == RITA.address))
    told: Counter[str] = Counter()
    for each in lines:
        told[f"{each['source']}_fee"] += int(each["amount"]["units"])
    assert told == postings
    assert (sum(told.values()), rows) == (fees, 5)
    month = ok(rita, "GET", "/referrals/statement?month=2024-01&limit=1")
    more = ok(rita, "GET", f"/referrals/statement?month=2024-01&limit=1&cursor={month['next_cursor']}")
    assert [*month["data"], *more["data"]] == lines[1:]
    assert more["next_cursor"] is None
    assert ok(rita, "GET", "/referrals/statement?strategy_id=1")["data"] == []
    refused(rita, "GET", "/referrals/statement?strategy_id=77", None, 404, "strategy-not-found")
    refused(rita, "GET", "/referrals/statement?month=2024-13", None, 422, "invalid-request")
    table = rita.call("GET", "/v1/referrals/statement", headers={"Accept": "text/csv"})
    assert (table.headers["content-type"].partition(";")[0], table.headers["Cache-Control"]) == (
        "text/csv",
        "no-store",
    )
    rows_of = list(csv.DictReader(io.StringIO(table.text)))
    assert [(row["month"], row["amount.units"]) for row in rows_of] == [
        (each["month"], each["amount"]["units"]) for each in lines
    ]


def test_claim_is_the_call_that_the_hub_takes_and_what_it_takes_is_told(rita: Person, chain: Chain) -> None:
    open_vaults(chain, 0)
    charge(chain, 20, FeeKind.PERFORMANCE, 10 * USD, 100)
    [balance] = referrals(rita)["balances"]
    assert [int(balance[name]["units"]) for name in ("earned", "unclaimed", "claimable")] == [100, 100, 100]
    claim = balance["claim"]
    assert (claim["chain_id"], claim["to"], claim["value"]) == (CHAIN_ID, HUB, "0")
    assert any(each.get("name") == "claimFees" for each in hub_interface())
    assert claim["data"][:10] == "0x" + keccak(text="claimFees(address)")[:4].hex()
    assert decode(["address"], bytes.fromhex(claim["data"][10:])) == (USDC.lower(),)
    chain.mine([e.FeesClaimed(RITA.address, USDC, 100)])
    [balance] = referrals(rita)["balances"]
    assert [int(balance[name]["units"]) for name in ("earned", "unclaimed", "claimable")] == [100, 0, 0]
    assert balance["claim"] is None
    charge(chain, 20, FeeKind.PERFORMANCE, 10 * USD, 11)
    [balance] = referrals(rita)["balances"]
    assert [int(balance[name]["units"]) for name in ("earned", "unclaimed", "claimable")] == [111, 11, 11]


def hub_interface() -> list[dict[str, Any]]:
    """Every function that the hub is declared to answer."""
    found: list[dict[str, Any]] = json.loads((files(abi) / "IHub.json").read_text())
    return found


def test_campaigns_are_their_referrers_own_and_codes_are_for_everybody(
    rita: Person, client: TestClient, chain: Chain
) -> None:
    other = Person(client, wallet("other")).sign_in()
    public = client.get("/v1/campaigns/WINTER24").json()
    assert (public["referrer"], public["state"], public["strategy_id"]) == (RITA.address, "open", None)
    refused(other, "POST", "/campaigns", CAMPAIGN | {"code": "Winter_24"}, 409, "name-taken")
    refused(other, "POST", "/campaigns", CAMPAIGN | {"code": "lockstep"}, 422, "name-refused")
    refused(other, "POST", "/campaigns", CAMPAIGN | {"code": "x1", "title": "x"}, 422, "invalid-request")
    refused(
        other, "POST", "/campaigns", CAMPAIGN | {"code": "xyz", "strategy_id": 77}, 404, "strategy-not-found"
    )
    past = {"code": "xyz", "ends": "2024-01-01T00:00:00Z"}
    refused(other, "POST", "/campaigns", CAMPAIGN | past, 409, "campaign-refused")
    for wrong in (1_704_456_000, "1704456000", "2024-03-01", "2024-03-01T00:00:00"):
        refused(
            other, "POST", "/campaigns", CAMPAIGN | {"code": "xyz", "ends": wrong}, 422, "invalid-request"
        )
    refused(other, "DELETE", "/campaigns/winter24", None, 404, "campaign-not-found")
    assert ok(other, "GET", "/campaigns") == {"campaigns": []}
    words = {"title": "Spring", "ends": "2024-03-01T00:00:00Z"}
    changed = ok(rita, "PUT", "/campaigns/winter24", words)
    assert (changed["title"], changed["ends"]) == ("Spring", "2024-03-01T00:00:00Z")
    assert ok(rita, "GET", "/campaigns") == {"campaigns": [changed]}
    chain.late += 90 * DAY_S
    chain.mine([])
    assert client.get("/v1/campaigns/winter24").json()["state"] == "ended"
    refused(rita, "PUT", "/campaigns/winter24", words, 409, "campaign-refused")
    assert client.get("/v1/campaigns/autumn").status_code == 404
    assert referrals(other)["total"]["vaults"] == 0
