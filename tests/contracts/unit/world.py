"""The hub on the real Uniswap V3, with three tokens, three deep pools, and people who hold the tokens.

Amounts are token units: USDC has 6 decimals, WETH 18, WBTC 8. A price is units bought
per unit sold, scaled by 1e36.
"""

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import brownie
import pytest
from brownie import ZERO_ADDRESS, Contract, accounts, chain, web3
from brownie.exceptions import VirtualMachineError

from demo.uniswap import Pool, Uniswap
from protocol.types import FeeTerms, Policy, Reason, StrategyLimits, StrategyParams

ROOT = Path(__file__).resolve().parents[3]
PACKAGES = ROOT / "node_modules/@uniswap"
# Small, so that a handful of followers needs a second batch.
BATCH_SIZE = 3
ALL = 10**18
USDC, WETH, WBTC = 10**6, 10**18, 10**8
PRICE_SCALE = 10**36
BPS = 10_000
NO_POSITION = 2**32 - 1
MAX_BALANCE = 2**128 - 1
HEARTBEAT = 7 * 86_400
LISTING_DELAY = 2 * 86_400
# How far the oracle and a pool's average may be apart, and the seconds that the average is over.
MAX_DEVIATION_BPS = 500
WINDOW = 600
# Seconds after an outage of the sequencer; shorter than the window that every pool lets pass anyway.
GRACE_PERIOD = 300
# Least stake of a leader, in base token units, whatever the smallest deposit is.
MIN_STAKE = 10_000
DAY = 86_400
# Contracts whose code the hub's one address runs.
PARTS = ("Hub", "HubKeepers", "HubExtension", "HubOffers")
ACTIVE, PAUSED, LEFT, SUSPENDED, EXITING = range(1, 6)
LEADERS, CLOSE, MANUAL = range(3)
PERFORMANCE, MANAGEMENT, SUBSCRIPTION, WITHDRAWAL = range(4)
NO_LIMITS = Policy().struct()
MARKET, LIMIT, STOP_LIMIT, STOP_LOSS, TAKE_PROFIT = range(5)
# What an order is to EIP-712, as wallets are told.
ORDER_TYPES = {
    "EIP712Domain": {
        "name": "string",
        "version": "string",
        "chainId": "uint256",
        "verifyingContract": "address",
    },
    "Order": {
        "trade": "TradeParams",
        "kind": "uint8",
        "minFill": "uint64",
        "triggerPrice": "uint256",
        "nonce": "uint256",
    },
    "TradeParams": {
        "strategyId": "uint32",
        "pool": "address",
        "tokenIn": "address",
        "tokenOut": "address",
        "portion": "uint64",
        "limitPrice": "uint256",
        "deadline": "uint40",
    },
}


class World:
    """One deployment, and the shortest way to the states that the tests start from."""

    def __init__(self, project: Any) -> None:
        self.owner, self.treasury, self.leader, self.keeper, self.stranger = accounts[:5]
        self.followers = list(accounts[5:10])
        self.contracts = project
        own = {"from": self.owner}
        self.sequencer = project.TestnetFeed.deploy(0, "sequencer's uptime", self.owner, own)
        self.sequencer.post(0, own)
        self.oracle = project.ChainlinkOracle.deploy(self.owner, self.sequencer, GRACE_PERIOD, own)
        self.offers = project.HubOffers.deploy(self.oracle, BATCH_SIZE, MAX_DEVIATION_BPS, LISTING_DELAY, own)
        self.extension = project.HubExtension.deploy(self.offers, own)
        # No keeper's fee, except where a test is about it: with a price for gas nothing is exact to the unit.
        self.keepers = self.deploy_keepers(ZERO_ADDRESS)
        self.hub = self.deploy_hub(self.keepers)
        self.feeds: dict[str, Any] = {}
        self.usdc = self._token("USD Coin", "USDC", 6, 1)
        self.weth = self._token("Wrapped Ether", "WETH", 18, 2_500)
        self.wbtc = self._token("Wrapped Bitcoin", "WBTC", 8, 50_000)
        self.uniswap = Uniswap.deploy(
            web3, packages=PACKAGES, weth=self.weth.address, deployer=self.owner.address
        )
        self._quoter = self._deploy_quoter()
        self.venue = project.UniswapV3Venue.deploy(self.hub, self.uniswap.factory.address, WINDOW, own)
        self._pools: dict[frozenset[str], Pool] = {}
        self._pool(self.usdc, 50_000_000 * USDC, self.weth, 20_000 * WETH, 500)
        self._pool(self.usdc, 50_000_000 * USDC, self.wbtc, 1_000 * WBTC, 3_000)
        self._pool(self.weth, 20_000 * WETH, self.wbtc, 1_000 * WBTC, 500)
        self.let_pass(WINDOW)

    # What is there

    @property
    def tokens(self) -> list[Any]:
        """USDC, WETH and WBTC."""
        return [self.usdc, self.weth, self.wbtc]

    def deploy_keepers(self, wrapped_native: Any) -> Any:
        """The keepers' part of a hub that has the world's extension."""
        return self.contracts.HubKeepers.deploy(self.extension, wrapped_native, {"from": self.owner})

    def deploy_hub(self, keepers: Any) -> Any:
        """A hub of the world's owner that runs this keepers' part and what that names."""
        hub = self.contracts.Hub.deploy(self.owner, self.treasury, keepers, {"from": self.owner})
        return self.at_one_address(hub)

    def at_one_address(self, hub: Any) -> Any:
        """A hub with all that its address answers: the code of its four parts, each entry once."""
        entries = (entry for part in PARTS for entry in getattr(self.contracts, part).abi)
        abi = {
            json.dumps(entry, sort_keys=True): entry for entry in entries if entry["type"] != "constructor"
        }
        return Contract.from_abi("Hub", hub.address, list(abi.values()), persist=False)

    def deep(self, one: Any, other: Any) -> Pool:
        """The deep pool of two tokens."""
        return self._pools[frozenset((one.address, other.address))]

    @property
    def pools(self) -> list[str]:
        """The addresses of all three."""
        return [pool.address for pool in self._pools.values()]

    def pool(self, one: Any, other: Any) -> str:
        """Its address."""
        return self.deep(one, other).address

    def next_price(self, token_in: Any, token_out: Any) -> Fraction:
        """What the next unit sold in the deep pool buys after its fee, scaled by 1e36, exactly."""
        pool = self.deep(token_in, token_out)
        root = Fraction(self.uniswap.contract(pool).functions.slot0().call()[0], 2**96)
        price = root**2 if token_in.address == pool.token0 else 1 / root**2
        return price * PRICE_SCALE * (10**6 - pool.fee) / 10**6

    def average_out(self, pool: Any, token_in: Any, token_out: Any, amount_in: int) -> int:
        """What `amount_in` would have bought at the pool's average price, as the venue says."""
        return int(self.venue.market(pool, token_in, token_out, amount_in, 1)[0])

    def limit_price(self, token_in: Any, token_out: Any, *, millionths: int) -> int:
        """A limit price so far below what the next unit sold would get."""
        return int(self.next_price(token_in, token_out) * (10**6 - millionths) / 10**6)

    def is_closed(self, nonce: int, leader: Any = None) -> bool:
        """Whether a leader's orders with this nonce can no longer be filled."""
        word = self.hub.closedNonces(leader or self.leader, nonce >> 8)
        return bool(word >> (nonce & 255) & 1)

    def bought(self, token_in: Any, token_out: Any, amount_in: int) -> int:
        """What the pool gives for `amount_in` now, as Uniswap's own quoter says."""
        fee = self.deep(token_in, token_out).fee
        question = self._quoter.functions.quoteExactInputSingle(
            token_in.address, token_out.address, fee, amount_in, 0
        )
        return int(question.call())

    # People at work

    def deposit(self, owner: Any, amount: int, token: Any = None) -> Any:
        """Puts `amount` of a token, USDC unless said otherwise, into the owner's account."""
        return self.hub.deposit(token or self.usdc, amount, owner, {"from": owner})

    def offer(self, **changes: Any) -> tuple[Any, ...]:
        """A strategy on all three tokens and pools with USDC as base, as the hub takes it.

        `limits` are changes of the widest that the hub accepts; the least stake is the smallest deposit.
        """
        copy_fee_bps, fees = changes.pop("copy_fee_bps", 0), changes.pop("fees", FeeTerms())
        base, limits = changes.pop("base", self.usdc), changes.pop("limits", {})
        min_deposit = changes.pop("min_deposit", 10 * USDC)
        offer = StrategyParams(
            base_token=base.address,
            tokens=tuple(token.address for token in changes.pop("tokens", [self.weth, self.wbtc])),
            pools=tuple(_plain(pool) for pool in changes.pop("pools", self.pools)),
            name=changes.pop("name", "Test strategy"),
            terms=replace(fees, copy_bps=copy_fee_bps) if copy_fee_bps else fees,
            limits=StrategyLimits(**{"min_stake": max(min_deposit, MIN_STAKE)} | limits),
            min_deposit=min_deposit,
            **changes,
        )
        return offer.struct()

    def create_strategy(self, stake: int = 10_000 * USDC, **changes: Any) -> tuple[int, int]:
        """Creates a strategy of the leader with `stake` in the leader's vault: their two ids."""
        self.hub.createStrategy(self.offer(**changes), {"from": self.leader})
        strategy, vault = self.hub.strategyCount(), self.hub.vaultCount()
        if stake:
            self.deposit(self.leader, stake)
            self.hub.allocate(vault, stake, {"from": self.leader})
        return strategy, vault

    def open_vault(
        self,
        owner: Any,
        strategy: int,
        amount: int,
        policy: Policy | None = None,
        *,
        terms_version: int = 1,
        referrer: Any = ZERO_ADDRESS,
    ) -> int:
        """Opens a vault with new money: its id. Nothing more is in the account afterwards than before."""
        opening = self.hub.openVault.encode_input(
            strategy, (policy or Policy()).struct(), amount, terms_version, referrer
        )
        self._with_other_money(owner, strategy, amount, opening)
        return int(self.hub.vaultCount())

    def add_money(self, owner: Any, vault: int, amount: int) -> Any:
        """Puts new money into a vault: the transaction. The account has nothing more than before."""
        strategy = self.hub.vaultOf(vault)["strategyId"]
        return self._with_other_money(owner, strategy, amount, self.hub.allocate.encode_input(vault, amount))

    def _with_other_money(self, owner: Any, strategy: int, amount: int, entry: str) -> Any:
        """Enters with so much other money in the account that the cap on a leader's share lets it pass."""
        hub, base = self.hub, self.hub.tokensOf(strategy)[0]
        leader = hub.strategyOf(strategy)["leader"]
        beside = 4 * (hub.investedOf(owner, base, leader)["withLeader"] + amount)
        calls = [hub.deposit.encode_input(base, beside + amount, owner), entry]
        calls.append(hub.withdraw.encode_input(base, beside, owner))
        return hub.multicall(calls if beside else [entry], {"from": owner})

    def trade_params(self, strategy: int, token_in: Any, token_out: Any, **changes: Any) -> tuple[Any, ...]:
        """A trade that sells all without a limit of its own, as the hub takes it."""
        params: dict[str, Any] = {
            "strategy": strategy,
            "pool": changes.get("pool") or self.pool(token_in, token_out),
            "token_in": token_in,
            "token_out": token_out,
            "portion": ALL,
            "limit_price": 0,
            "deadline": chain.time() + 3_600,
        }
        assert changes.keys() <= params.keys()
        return tuple({**params, **changes}.values())

    def trade(self, strategy: int, token_in: Any, token_out: Any, **changes: Any) -> Any:
        """The leader trades."""
        params = self.trade_params(strategy, token_in, token_out, **changes)
        return self.hub.trade(params, {"from": self.leader})

    def order(
        self, strategy: int, token_in: Any, token_out: Any, kind: int = MARKET, **changes: Any
    ) -> tuple[Any, ...]:
        """An order for such a trade, all or nothing, with nonce 0, as the hub takes it."""
        own = {"min_fill": ALL, "trigger_price": 0, "nonce": 0}
        terms = {name: changes.pop(name, value) for name, value in own.items()}
        return (self.trade_params(strategy, token_in, token_out, **changes), kind, *terms.values())

    def typed(self, order: tuple[Any, ...], **domain: Any) -> dict[str, Any]:
        """An order as EIP-712 typed data, for this hub unless `domain` says otherwise."""

        def named(kind: str, values: tuple[Any, ...]) -> dict[str, Any]:
            fields = zip(ORDER_TYPES[kind].items(), values, strict=True)
            return {
                name: named(type_, value) if type_ in ORDER_TYPES else _plain(value)
                for (name, type_), value in fields
            }

        here = {
            "name": "Lockstep",
            "version": "1",
            "chainId": chain.id,
            "verifyingContract": self.hub.address,
        }
        types = {
            kind: [{"name": name, "type": type_} for name, type_ in fields.items()]
            for kind, fields in ORDER_TYPES.items()
        }
        return {
            "types": types,
            "primaryType": "Order",
            "domain": here | domain,
            "message": named("Order", order),
        }

    def sign(self, order: tuple[Any, ...], signer: Any = None, **domain: Any) -> str:
        """The signature of an order by the leader or another account, made by the node as by a wallet."""
        who = (signer or self.leader).address
        typed = _in_words(self.typed(order, **domain))
        answer = web3.provider.make_request("eth_signTypedData_v4", [who, typed])
        return str(answer["result"])

    def carry(self, order: tuple[Any, ...], signature: str | None = None) -> Any:
        """The keeper brings an order, signed by the leader unless a signature is given."""
        return self.hub.executeOrder(order, signature or self.sign(order), {"from": self.keeper})

    def move_market(self, token_in: Any, token_out: Any, amount_in: int, fee: int | None = None) -> None:
        """Somebody else sells `amount_in` in the deep pool, or in the pool of another fee."""
        call = self.push(token_in, token_out, amount_in, fee)
        receipt = web3.eth.wait_for_transaction_receipt(call.transact({"from": self.stranger.address}))
        assert receipt["status"] == 1

    def push(self, token_in: Any, token_out: Any, amount_in: int, fee: int | None = None) -> Any:
        """The call by which the stranger, who is given the money, would sell `amount_in`."""
        fee = fee or self.deep(token_in, token_out).fee
        token_in.mint(self.stranger, amount_in, {"from": self.owner})
        token_in.approve(self.uniswap.router.address, amount_in, {"from": self.stranger})
        deadline = chain.time() + 3_600
        order = (token_in.address, token_out.address, fee, self.stranger.address, deadline, amount_in, 0, 0)
        return self.uniswap.router.functions.exactInputSingle(order)

    def expect_disagreement(self, trade: Any, token_in: Any, token_out: Any, amount_in: int) -> None:
        """Expects a trade of `amount_in` in the deep pool to be refused for the prices of its block."""
        with pytest.raises(VirtualMachineError) as refusal:
            trade()
        amount_out = self.oracle.quote(token_in, token_out, amount_in)
        average = self.average_out(self.pool(token_in, token_out), token_in, token_out, amount_in)
        assert refusal.value.revert_msg == f"PricesDisagree: {amount_out}, {average}"

    def list_token(self, token: Any) -> Any:
        """Lists a token at one dollar: the listing's transaction."""
        self.price(token)
        return self.hub.listToken(token, {"from": self.owner})

    def price(self, token: Any) -> None:
        """Gives a token a feed that says one dollar."""
        own = {"from": self.owner}
        feed = self.contracts.TestnetFeed.deploy(8, "one dollar", self.owner, own)
        feed.post(10**8, own)
        self.oracle.setFeed(token, feed, HEARTBEAT, own)

    def new_token(self) -> Any:
        """A token of 18 decimals that has neither a feed nor a listing."""
        return self.contracts.TestnetToken.deploy("New", "NEW", 18, self.owner, {"from": self.owner})

    def open_market(self, token: Any) -> str:
        """Lists a token of 18 decimals at one dollar, and a deep pool of it with USDC: the pool's address."""
        own, deep = {"from": self.owner}, (10**6 * USDC, 10**6 * 10**18)
        self.list_token(token)
        token.mint(self.owner, deep[1], own)
        pool = self.uniswap.create_pool(
            self.usdc.address, token.address, 500, amount_a=deep[0], amount_b=deep[1]
        )
        self.uniswap.add_liquidity(pool, {self.usdc.address: deep[0], token.address: deep[1]})
        self.hub.listPool(pool.address, self.venue, own)
        self.let_pass(WINDOW)
        return pool.address

    def kill_oracle(self) -> None:
        """Every feed falls silent for longer than it may."""
        self.let_pass(HEARTBEAT + 1)

    def let_pass(self, seconds: int) -> None:
        """Nothing happens for so long."""
        chain.sleep(seconds)
        chain.mine()

    # Building

    def _token(self, name: str, symbol: str, decimals: int, dollars: int) -> Any:
        own = {"from": self.owner}
        token = self.contracts.TestnetToken.deploy(name, symbol, decimals, self.owner, own)
        feed = self.contracts.TestnetFeed.deploy(8, f"{symbol} / USD", self.owner, own)
        feed.post(dollars * 10**8, own)
        self.oracle.setFeed(token, feed, HEARTBEAT, own)
        self.hub.listToken(token, own)
        token.mint(self.owner, 10**9 * 10**decimals, own)
        for person in (self.leader, *self.followers):
            token.mint(person, 10**6 * 10**decimals, own)
            token.approve(self.hub, 2**256 - 1, {"from": person})
        self.feeds[token.address] = feed
        return token

    def _pool(self, one: Any, amount_one: int, other: Any, amount_other: int, fee: int) -> None:
        pool = self.uniswap.create_pool(
            one.address, other.address, fee, amount_a=amount_one, amount_b=amount_other
        )
        self.uniswap.add_liquidity(pool, {one.address: amount_one, other.address: amount_other})
        self._pools[frozenset((one.address, other.address))] = pool
        self.hub.listPool(pool.address, self.venue, {"from": self.owner})

    def _deploy_quoter(self) -> Any:
        file = PACKAGES / "v3-periphery/artifacts/contracts/lens/Quoter.sol/Quoter.json"
        artifact = json.loads(file.read_text())
        code = web3.eth.contract(abi=artifact["abi"], bytecode=artifact["bytecode"])
        hash_ = code.constructor(self.uniswap.factory.address, self.weth.address).transact(
            {"from": self.owner.address}
        )
        receipt = web3.eth.wait_for_transaction_receipt(hash_)
        return web3.eth.contract(address=receipt["contractAddress"], abi=artifact["abi"])


def refused(error: str, *arguments: object) -> Any:
    """Expects a call to revert with exactly this custom error and these arguments."""
    said = (_as_reported(argument) for argument in arguments)
    return brownie.reverts(f"{error}: {', '.join(said)}")


def events(tx: Any, contract: Any) -> list[tuple[str, dict[str, Any]]]:
    """All events that `contract` emitted in a transaction, in order, with their arguments by name."""
    return [(event.name, _bare(event)) for event in tx.events if event.address == contract.address]


def named(tx: Any, name: str) -> list[dict[str, Any]]:
    """The arguments of all events of one name in a transaction, in order."""
    return [_bare(event) for event in tx.events if event.name == name]


def copies(tx: Any) -> dict[int, dict[str, Any]]:
    """What a transaction copied, by vault."""
    return {copy["vaultId"]: copy for copy in named(tx, "TradeCopied")}


def skips(tx: Any) -> dict[int, Reason]:
    """Why a transaction passed vaults over, by vault."""
    return {skip["vaultId"]: Reason(skip["reason"]) for skip in named(tx, "CopySkipped")}


def ceil(number: int, divisor: int) -> int:
    """A quotient rounded up."""
    return -(-number // divisor)


def cost(cleared: dict[str, Any], *, units: int = 0) -> int:
    """How much less than by the oracle a batch got, scaled by 1e9, rounded up.

    `units` of each token are the exchange's to round: 0 in a leader's batch, 1 in all others.
    """
    oracle_out = cleared["oracleOut"]
    rounded = units * (1 + ceil(oracle_out, cleared["amountIn"]))
    return max(0, ceil((oracle_out - cleared["amountOut"] - rounded) * 10**9, oracle_out))


def expected_cost(amount_in: int, amount_out: int, oracle_out: int, *, units: int = 0) -> int:
    """The same of a batch that has not happened."""
    cleared = {"amountIn": amount_in, "amountOut": amount_out, "oracleOut": oracle_out}
    return cost(cleared, units=units)


def weth_price(value: int, held: int) -> int:
    """The least price in a feed of 8 decimals at which `held` of WETH are worth `value` of USDC, in units."""
    return ceil(value * 10**20, held)


def next_block_at(timestamp: int) -> None:
    """Dates the next block, in unix seconds."""
    web3.provider.make_request("evm_setNextBlockTimestamp", [timestamp])


def mine_at(timestamp: int) -> None:
    """Mines a block with this date, in unix seconds."""
    next_block_at(timestamp)
    chain.mine()


def average_tick(pool: Any) -> int:
    """The mean of a pool's ticks over the window up to now, rounded down."""
    before, now = pool.functions.observe([WINDOW, 0]).call()[0]
    return int((now - before) // WINDOW)


def in_one_block(*calls: tuple[Any, Any]) -> list[Any]:
    """Sends calls, each with its sender, so that one block has them all in this order: their receipts."""
    request = web3.provider.make_request
    request("evm_setAutomine", [False])
    try:
        hashes = []
        for place, (call, sender) in enumerate(calls):
            # The node takes the better paid first.
            price = hex((len(calls) - place) * 10**11)
            terms = {"from": sender.address, "gas": hex(3 * 10**6), "gasPrice": price} | call
            hashes.append(request("eth_sendTransaction", [terms])["result"])
        request("evm_mine", [])
    finally:
        request("evm_setAutomine", [True])
    receipts = [web3.eth.wait_for_transaction_receipt(hash_) for hash_ in hashes]
    assert [receipt["transactionIndex"] for receipt in receipts] == list(range(len(calls)))
    assert len({receipt["blockNumber"] for receipt in receipts}) == 1
    return receipts


def start_of(sequence: int, count: int) -> int:
    """Where the copies of a trade begin: multiples of the golden ratio, spread over the members."""
    return (sequence * 2_654_435_769 % 2**32) * count >> 32


def _bare(event: Any) -> dict[str, Any]:
    """Without Brownie's own kind of tuple, which compares types too."""
    return {name: tuple(value) if isinstance(value, tuple) else value for name, value in event.items()}


def _plain(value: Any) -> Any:
    return getattr(value, "address", value)


def _in_words(value: Any) -> Any:
    """JSON has no integers of 256 bits that all readers agree on: a wallet is given strings."""
    if isinstance(value, dict):
        return {name: _in_words(part) for name, part in value.items()}
    return str(value) if isinstance(value, int) else value


def _as_reported(argument: object) -> str:
    text = str(getattr(argument, "address", argument))
    return text.lower() if text.startswith("0x") else text
