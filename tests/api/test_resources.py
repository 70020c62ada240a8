from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak
from fastapi.testclient import TestClient

from accounting.rounding import decimal_string
from indexer.decode import events as e
from protocol.types import FeeKind, OnBreach, Policy, Reason, Sizing, TradeKind, VaultStatus
from tests.api.world import (
    ALICE,
    BIG_NONCE,
    BOB,
    CAROL,
    CHAIN_ID,
    HALF_DONE,
    HUB,
    LEADER,
    NOBODY,
    POOL,
    START_TIME,
    TERMS,
    TOKENS,
    TREASURY,
    USD,
    USDC,
    VENUE,
    WBTC,
    WETH,
    Chain,
    block_hash,
    cleared,
    trade_id,
)

EVERY_PATH = [
    "/v1/protocol",
    "/v1/tokens",
    "/v1/pools",
    "/v1/reason-codes",
    "/v1/strategies",
    f"/v1/strategies?leader={LEADER}",
    "/v1/strategies/1",
    "/v1/strategies/1/trades",
    "/v1/vaults",
    f"/v1/vaults?owner={BOB}&status=Paused&strategy_id=1",
    "/v1/vaults/2",
    "/v1/vaults/2/statement",
    "/v1/vaults/3/statement?method=fifo",
    "/v1/trades",
    "/v1/trades/1-1",
    "/v1/trades/1-1/copies",
    "/v1/trades/1-1/copies?status=skipped&reason=paused",
    f"/v1/accounts/{LEADER}/transactions",
    "/v1/orders",
    f"/v1/orders?leader={LEADER}",
    f"/v1/orders/{HALF_DONE}",
    f"/v1/accounts/{ALICE}",
    f"/v1/accounts/{LEADER}/fees",
]


def get(client: TestClient, path: str) -> Any:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def nodes(value: Any) -> Iterator[Any]:
    yield value
    if isinstance(value, dict):
        for part in value.values():
            yield from nodes(part)
    elif isinstance(value, list):
        for part in value:
            yield from nodes(part)


@pytest.mark.parametrize("path", EVERY_PATH)
def test_every_answer_names_its_block_and_holds_no_float(client: TestClient, path: str) -> None:
    answer = get(client, path)
    assert answer["as_of_block"] == {"number": 18, "hash": block_hash(18), "time": "2024-01-05T12:01:36Z"}
    assert not [node for node in nodes(answer) if isinstance(node, float)]


def test_every_amount_says_the_same_in_units_and_in_whole_tokens(client: TestClient) -> None:
    amounts = [
        node
        for path in EVERY_PATH
        for node in nodes(get(client, path))
        if isinstance(node, dict) and "units" in node
    ]
    coins = [amount for amount in amounts if "token" not in amount]
    assert all(coin["decimal"] == decimal_string(int(coin["units"]), 18) for coin in coins)
    amounts = [amount for amount in amounts if "token" in amount]
    assert coins
    assert len(amounts) > 50
    for amount in amounts:
        facts = TOKENS[amount["token"]]
        assert amount["symbol"] == facts.symbol
        assert amount["decimal"] == decimal_string(int(amount["units"]), facts.decimals)


def test_strategies_are_listed_with_followers_and_trades(client: TestClient) -> None:
    first, second = get(client, "/v1/strategies")["data"]
    assert (first["name"], first["trades"]) == ("Momentum", 3)
    assert first["followers"] == {"active": 3, "paused": 1, "suspended": 0, "exiting": 0, "left": 0}
    assert (second["name"], second["trades"]) == ("Patience", 0)
    assert set(second["followers"].values()) == {0}
    assert [s["id"] for s in get(client, f"/v1/strategies?leader={CAROL}")["data"]] == [2]


def test_a_strategy_shows_what_it_may_trade_and_the_leaders_return(client: TestClient) -> None:
    found = get(client, "/v1/strategies/1")["data"]
    assert [token["symbol"] for token in found["tokens"]] == ["USDC", "WETH"]
    assert found["pools"][0]["token1"]["address"] == WETH
    leader = get(client, f"/v1/vaults/{found['leader_vault_id']}/statement")["data"]
    assert found["leader_equity"] == leader["profit"]["equity"]
    assert found["returns"] == leader["returns"]
    assert found["returns"]["time_weighted_return"].startswith("0.04")


def test_vaults_are_found_by_owner_strategy_and_status(client: TestClient) -> None:
    def ids(query: str) -> list[int]:
        return [vault["id"] for vault in get(client, f"/v1/vaults?{query}")["data"]]

    assert ids("") == [1, 2, 3, 4, 5, 6]
    assert ids(f"owner={BOB}") == ids(f"owner={BOB.lower()}") == [3, 4]
    assert ids(f"owner={BOB}&status=Paused") == [4]
    assert ids("strategy_id=2") == [5]
    assert ids(f"owner={NOBODY}") == []


def test_a_vault_shows_policy_balances_and_counts(client: TestClient) -> None:
    vault = get(client, "/v1/vaults/3")["data"]
    assert vault["owner"] == BOB
    assert vault["policy"]["min_trade"]["decimal"] == "1000"
    assert vault["policy"]["max_trade"] is None
    assert [amount["units"] for amount in vault["balances"]] == [str(150 * USD)]
    assert (vault["filled"], vault["skipped"]) == (0, 2)
    assert get(client, "/v1/vaults/1")["data"]["policy"] is None


def test_trades_are_newest_first_and_tell_how_far_they_are(client: TestClient) -> None:
    trades = get(client, "/v1/trades")["data"]
    assert [(trade["id"], trade["status"]) for trade in trades] == [
        ("1-3", "copying"),
        ("1-2", "completed"),
        ("1-1", "completed"),
    ]
    assert [(trade["filled"], trade["skipped"]) for trade in trades] == [(1, 0), (3, 2), (3, 2)]
    assert get(client, "/v1/strategies/1/trades")["data"] == trades
    assert get(client, "/v1/trades?strategy_id=1")["data"] == trades
    assert get(client, "/v1/trades?strategy_id=2")["data"] == []


def test_a_trade_has_its_clearings_and_both_forms_of_its_id(client: TestClient) -> None:
    trade = get(client, "/v1/trades/1-1")["data"]
    assert trade == get(client, f"/v1/trades/{trade_id(1, 1)}")["data"]
    assert trade["number"] == str(trade_id(1, 1))
    assert trade["portion"] == "0.5"
    # 4e44 / 1e36 units of WETH for a unit of USDC, in whole tokens.
    assert trade["limit_price"] == "0.0004"
    assert trade["skipped_by_reason"] == {"below_minimum_trade": 1, "paused": 1}
    first, second = trade["clearings"]
    assert (first["dust"]["units"], second["dust"]["units"]) == ("2", "0")
    assert (trade["portion_sold"], first["portion"], second["portion"]) == ("0.5", "0.5", "0.5")
    assert trade["order"] is None
    assert first["oracle_value"]["decimal"] == "3.75"
    assert first["against_oracle"]["bps"] == "-24"
    assert second["price"] == "0.000496306"


def test_a_trade_that_stopped_at_its_limit_shows_what_was_sold_and_the_order_it_came_from(
    client: TestClient,
) -> None:
    trade = get(client, "/v1/trades/1-3")["data"]
    assert (trade["portion"], trade["portion_sold"]) == ("0.25", "0.1")
    assert trade["order"] == {
        "hash": HALF_DONE,
        "nonce": str(BIG_NONCE),
        "filled": "0.1",
        "complete": False,
        "keeper": BOB,
    }
    [clearing] = trade["clearings"]
    assert clearing["portion"] == "0.1"
    assert (clearing["sold"]["units"], clearing["dust_in"]["units"]) == (str(1_000 * USD - 1), "1")
    [fill] = [copy["fill"] for copy in get(client, "/v1/trades/1-3/copies")["data"]]
    assert int(fill["sold"]["units"]) == 1_000 * USD
    listed = get(client, "/v1/trades")["data"]
    assert [each["order"] and each["order"]["complete"] for each in listed] == [False, True, None]
    assert listed[0] == {key: value for key, value in trade.items() if key in listed[0]}


def test_copies_come_in_the_contracts_order_and_can_be_filtered(client: TestClient) -> None:
    copies = get(client, "/v1/trades/1-1/copies")["data"]
    assert [(copy["vault_id"], copy["status"]) for copy in copies] == [
        (1, "filled"),
        (2, "filled"),
        (3, "skipped"),
        (4, "skipped"),
        (6, "filled"),
    ]
    assert copies[0]["is_leader"]
    assert copies[2]["reason"]["name"] == "below_minimum_trade"
    assert copies[2]["fill"] is None
    paused = get(client, "/v1/trades/1-1/copies?reason=paused")["data"]
    assert [copy["vault_id"] for copy in paused] == [4]
    filled = get(client, "/v1/trades/1-1/copies?status=filled")["data"]
    assert [copy["vault_id"] for copy in filled] == [1, 2, 6]


def test_a_copy_id_is_the_contracts(client: TestClient) -> None:
    copy = get(client, "/v1/trades/1-1/copies")["data"][1]
    words = encode(
        ["uint256", "address", "uint64", "uint32", "uint32"], [CHAIN_ID, HUB, trade_id(1, 1), 2, 1]
    )
    assert copy["copy_id"] == "0x" + keccak(words).hex()


def test_an_account_shows_idle_vault_and_fee_balances(client: TestClient) -> None:
    alice = get(client, f"/v1/accounts/{ALICE}")["data"]
    assert (alice["idle"], alice["claimable_fees"], alice["vault_ids"]) == ([], [], [2])
    assert alice["in_vaults"] == get(client, "/v1/vaults/2")["data"]["balances"]
    leader = get(client, f"/v1/accounts/{LEADER}")["data"]
    # Ten thousand never allocated, and the USDC fees claimed; the WETH fees wait.
    assert [amount["units"] for amount in leader["idle"]] == [str(10_000 * USD + 3_200000)]
    # A fifth of every copy fee is the protocol's.
    in_weth = 1_147 * 10**12 + 744_459 * 10**9
    assert [amount["units"] for amount in leader["claimable_fees"]] == [str(in_weth - in_weth // 5)]
    dust = get(client, f"/v1/accounts/{TREASURY}")["data"]["claimable_fees"]
    assert [amount["units"] for amount in dust] == ["800001", str(in_weth // 5 + 2)]
    empty = get(client, f"/v1/accounts/{NOBODY}")["data"]
    assert empty["idle"] == empty["in_vaults"] == empty["vault_ids"] == []


def test_the_protocol_counts_and_holds_what_came_in_less_what_left(client: TestClient) -> None:
    found = get(client, "/v1/protocol")["data"]
    assert (found["chain_id"], found["hub"], found["treasury"]) == (CHAIN_ID, HUB, TREASURY)
    assert found["vaults_by_status"] == {"Active": 5, "Paused": 1}
    assert (found["strategies"], found["trades"], found["copies_filled"]) == (2, 3, 7)
    assert found["copies_skipped_by_reason"] == {"below_minimum_trade": 1, "nothing_to_sell": 1, "paused": 2}
    for holding in found["holdings"]:
        parts = sum(int(holding[part]["units"]) for part in ("in_vaults", "idle", "fees", "held_back"))
        assert parts == int(holding["total"]["units"])
    usdc = next(h["total"] for h in found["holdings"] if h["total"]["token"] == USDC)
    bought = [copy["fill"]["bought"] for copy in get(client, "/v1/trades/1-2/copies?status=filled")["data"]]
    came_in = 40_000 * USD + 5_000 * USD + 150 * USD + 700 * USD + 3_000 * USD
    went_out = 7_500 * USD + 1_500 * USD + 1_000 * USD - 1  # a unit of dust stayed
    assert int(usdc["units"]) == came_in - went_out + sum(int(amount["units"]) for amount in bought)


def test_tokens_and_pools_say_from_when_on_they_may_be_used(client: TestClient) -> None:
    tokens, pools = get(client, "/v1/tokens")["data"], get(client, "/v1/pools")["data"]
    assert [(token["symbol"], token["usable_from"]) for token in tokens] == [
        ("USDC", "2024-01-05T12:00:00Z"),
        ("WETH", "2024-01-05T12:00:00Z"),
    ]
    [pool] = pools
    assert (pool["address"], pool["venue"], pool["token0"]["symbol"]) == (POOL, VENUE, "USDC")
    assert pool["usable_from"] == "2024-01-05T12:00:00Z"
    assert pool["listed"]["block"] == tokens[0]["listed"]["block"] == 10
    assert get(client, "/v1/strategies/1")["data"]["pools"] == pools


def test_a_vetoed_listing_vanishes_and_one_that_comes_again_is_there_once(
    client: TestClient, chain: Chain
) -> None:
    def listed(path: str) -> list[tuple[str, str | None]]:
        return [(each["address"], each["usable_from"]) for each in get(client, path)["data"]]

    tokens, pools = listed("/v1/tokens"), listed("/v1/pools")
    later = chain.number * 12 + START_TIME + 172_800
    waiting: list[e.Event] = [e.TokenListed(WBTC, later), e.PoolListed(CAROL, VENUE, USDC, WBTC, later)]
    chain.mine(waiting)
    assert [token for token, _ in listed("/v1/tokens")[2:]] == [WBTC]
    assert [pool for pool, _ in listed("/v1/pools")[1:]] == [CAROL]
    # The token goes first: the pool, still listed, goes on to name it.
    chain.mine([e.ListingVetoed(WBTC, NOBODY)])
    assert listed("/v1/tokens") == tokens
    assert get(client, "/v1/pools")["data"][1]["token1"]["symbol"] == "WBTC"
    assert [holding["total"]["symbol"] for holding in get(client, "/v1/protocol")["data"]["holdings"]] == [
        "USDC",
        "WETH",
    ]
    chain.mine([e.ListingVetoed(CAROL, NOBODY)])
    assert listed("/v1/pools") == pools
    # Again, and so far away that no calendar has the day.
    chain.mine([e.TokenListed(WBTC, 2**40 - 1), e.PoolListed(CAROL, VENUE, USDC, WBTC, later)])
    assert listed("/v1/tokens") == [*tokens, (WBTC, None)]
    assert len(listed("/v1/pools")) == 2


def test_halts_guardian_and_gate_are_as_last_set(client: TestClient, chain: Chain) -> None:
    def halted() -> list[bool]:
        strategies = get(client, "/v1/strategies")["data"]
        alone = [get(client, f"/v1/strategies/{each['id']}")["data"]["halted"] for each in strategies]
        assert alone == [each["halted"] for each in strategies]
        return [get(client, "/v1/protocol")["data"]["halted"], *alone]

    def roles() -> tuple[str | None, str | None]:
        found = get(client, "/v1/protocol")["data"]
        return found["guardian"], found["gate"]

    assert (halted(), roles()) == ([False, False, False], (None, None))
    chain.mine([e.GuardianSet(BOB), e.GateSet(VENUE), e.TradingHalted(1, LEADER)])
    assert (halted(), roles()) == ([False, True, False], (BOB, VENUE))
    chain.mine([e.TradingHalted(0, BOB), e.TradingResumed(1)])
    assert halted() == [True, False, False]
    nobody = "0x" + "00" * 20
    chain.mine([e.TradingResumed(0), e.TradingHalted(2, CAROL), e.GuardianSet(nobody), e.GateSet(nobody)])
    assert (halted(), roles()) == ([False, False, True], (None, None))


def test_reasons_cover_the_contracts_enumeration(client: TestClient) -> None:
    reasons = get(client, "/v1/reason-codes")["data"]
    known = [(int(reason), reason.snake) for reason in Reason if reason is not Reason.NONE]
    assert [(reason["code"], reason["name"]) for reason in reasons] == known
    assert all(reason["meaning"] and reason["what_to_do"] for reason in reasons)


def test_a_new_block_shows_in_the_next_answer(client: TestClient, chain: Chain) -> None:
    chain.mine([e.VaultStatusSet(2, VaultStatus.LEFT, Reason.NONE)])
    answer = get(client, "/v1/vaults/2")
    assert answer["as_of_block"]["number"] == 19
    assert answer["data"]["status"] == "Left"


def test_a_strategy_shows_fees_limits_and_terms_that_wait(client: TestClient, chain: Chain) -> None:
    found = get(client, "/v1/strategies/1")["data"]
    fees = found["terms"]["fees"]
    assert (fees["version"], fees["copy_bps"], fees["performance_bps"]) == (1, 10, 2_000)
    assert (fees["subscription"]["decimal"], fees["performance_period_seconds"]) == ("1", 30 * 86_400)
    assert (found["terms"]["protocol_bps"], found["terms"]["pending"]) == (2_000, None)
    assert (found["limits"]["loss_budget_bps"], found["limits"]["stop_bps"]) == (300, None)
    assert found["limits"]["min_stake"]["decimal"] == "100"
    dearer = replace(TERMS, performance_bps=3_000, subscription=0, subscription_period=0)
    chain.mine([e.TermsProposed(1, dearer, START_TIME + 86_400)])
    pending = get(client, "/v1/strategies")["data"][0]["terms"]["pending"]
    assert (pending["performance_bps"], pending["subscription"]) == (3_000, None)
    assert pending["usable_from"] == "2024-01-06T12:00:00Z"
    chain.mine([e.TermsSet(1, 2, dearer)])
    terms = get(client, "/v1/strategies/1")["data"]["terms"]
    assert (terms["fees"]["version"], terms["pending"]) == (2, None)
    assert get(client, "/v1/vaults/2")["data"]["terms"]["version"] == 1
    assert get(client, "/v1/vaults/1")["data"]["terms"]["version"] == 0


def test_a_vault_shows_marks_fees_escrow_and_why_it_stopped(client: TestClient, chain: Chain) -> None:
    chain.mine(
        [
            e.FeeCharged(2, USDC, FeeKind.PERFORMANCE, 100, 20, 0),
            e.FeeCharged(2, USDC, FeeKind.PERFORMANCE, 10, 2, 0),
            e.FeeEscrowed(2, USDC, 50, 10),
            e.Deallocated(2, ALICE, USDC, 40),
            e.VaultMarked(2, 4_000 * USD, 3_000 * USD),
            e.VaultStatusSet(2, VaultStatus.EXITING, Reason.STOP_LOSS),
        ]
    )
    vault = get(client, "/v1/vaults/2")["data"]
    assert (vault["status"], vault["status_reason"]["name"]) == ("Exiting", "stop_loss")
    assert vault["marks"]["high_water_mark"]["decimal"] == "4000"
    assert vault["marks"]["invested"]["decimal"] == "3000"
    fees = {
        kind["kind"]: [(each["symbol"], each["units"]) for each in kind["paid"]] for kind in vault["fees"]
    }
    assert fees["performance"] == [("USDC", "110")]
    assert sorted(fees["copy"]) == [("USDC", "2500000"), ("WETH", str(1_147 * 10**12))]
    assert [each["units"] for each in vault["held_back"]] == ["10"]
    usdc = next(h for h in get(client, "/v1/protocol")["data"]["holdings"] if h["total"]["token"] == USDC)
    assert usdc["held_back"]["units"] == "10"
    assert get(client, "/v1/strategies/1")["data"]["followers"]["exiting"] == 1


def test_a_policy_is_shown_whole(client: TestClient, chain: Chain) -> None:
    policy = Policy(
        sizing=Sizing.RISK, on_stop=OnBreach.EXIT, excluded_tokens=2, size=150, expiry=2**40 - 1, cooldown=60
    )
    chain.mine([e.PolicySet(2, 2, policy)])
    found = get(client, "/v1/vaults/2")["data"]["policy"]
    assert (found["sizing"], found["risk_bps"], found["fixed"]) == ("risk", 150, None)
    assert (found["on_breach"], found["on_stop"]) == ("reduce", "exit")
    assert [token["symbol"] for token in found["excluded_tokens"]] == ["WETH"]
    assert (found["cooldown_seconds"], found["expiry"], found["stop_loss_bps"]) == (60, None, None)


def test_closes_and_manual_trades_say_who_began_them_and_compare_with_no_leader(
    client: TestClient, chain: Chain
) -> None:
    close, manual = trade_id(1, 2**31 + 1), trade_id(1, 2**31 + 2)
    bought = (WETH, 10**15)
    chain.mine(
        [
            e.TradeOpened(close, BOB, TradeKind.CLOSE, POOL, USDC, WETH, 10**18, 0, 0, 0, 0),
            cleared(close, (USDC, 2 * USD), bought, 10**15, cursor=0, keeper_fee=7, keeper=BOB),
            e.TradeCopied(close, 2, 1, 2 * USD, 0, 10**15, Reason.POOL_DEPTH),
            e.TradeOpened(manual, ALICE, TradeKind.MANUAL, POOL, USDC, WETH, 10**17, 0, 0, 0, 0),
            cleared(manual, (USDC, 2 * USD), bought, 0, cursor=0),
            e.TradeCopied(manual, 2, 1, 2 * USD, 0, 10**15, Reason.NONE),
        ]
    )
    first, second = get(client, "/v1/trades?limit=2")["data"]
    assert (first["id"], first["kind"], first["by"], first["sequence"]) == ("1-s2", "manual", ALICE, 2)
    assert (second["id"], second["kind"], second["by"]) == ("1-s1", "close", BOB)
    assert (second["status"], second["copy_deadline"]) == ("completed", None)
    assert get(client, f"/v1/trades/{close}")["data"] == get(client, "/v1/trades/1-s1")["data"]
    assert [each["id"] for each in get(client, "/v1/trades?kind=close")["data"]] == ["1-s1"]
    [clearing] = get(client, "/v1/trades/1-s1")["data"]["clearings"]
    assert (clearing["keeper"], clearing["keeper_fee"]["units"]) == (BOB, "7")
    [closed] = [copy["fill"] for copy in get(client, "/v1/trades/1-s1/copies")["data"]]
    assert (closed["reduced_by"]["name"], closed["keeper_fee"]["units"]) == ("pool_depth", "7")
    assert (closed["against_leader"], closed["against_oracle"]["bps"]) == (None, "0")
    [alone] = [copy["fill"] for copy in get(client, "/v1/trades/1-s2/copies")["data"]]
    assert alone["against_leader"] is alone["against_oracle"] is alone["reduced_by"] is None
    protocol = get(client, "/v1/protocol")["data"]
    assert (protocol["trades"], protocol["closes"], protocol["manual_trades"]) == (3, 1, 1)
    assert get(client, "/v1/strategies")["data"][0]["trades"] == 3


@pytest.mark.parametrize("who", [LEADER, TREASURY, BOB])
def test_fees_of_an_address_add_up_to_what_it_can_claim(client: TestClient, chain: Chain, who: str) -> None:
    chain.mine([e.FeeCharged(2, USDC, FeeKind.WITHDRAWAL, 101, 20, 0), e.LeaderCapSet(BOB, 4_000)])
    fees = get(client, f"/v1/accounts/{who}/fees")["data"]
    sums: Counter[str] = Counter()
    for fee in fees:
        sums[fee["amount"]["token"]] += int(fee["amount"]["units"])
    account = get(client, f"/v1/accounts/{who}")["data"]
    assert dict(sums) == {each["token"]: int(each["units"]) for each in account["claimable_fees"]}
    assert account["leader_cap_bps"] == (4_000 if who == BOB else None)
    if who == LEADER:
        assert {fee["source"] for fee in fees} == {
            "copy_fee",
            "protocol_share",
            "withdrawal_fee",
            "fee_claim",
        }
        newest = fees[0]
        assert (newest["source"], newest["vault_id"]) == ("withdrawal_fee", 2)
        assert newest["amount"]["units"] == "81"
