"""Carries the followers' plans out on chain: joining, pausing, topping up, withdrawing, leaving."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from eth_account.signers.local import LocalAccount
from eth_typing import ChecksumAddress
from web3 import Web3
from web3.constants import ADDRESS_ZERO
from web3.contract import Contract

from demo.chain import Chain, Receipt
from demo.exchange import Exchange, Token
from demo.followers import Act, FollowerPlan
from demo.leaders import Leader
from demo.prices import Tick
from protocol.types import Policy

# Largest share of one's money with one leader that the hub lets an owner choose.
_LEADER_CAP_BPS = 5_000
# The first terms of a strategy.
_TERMS = 1


@dataclass(slots=True)
class Follower:
    """A follower on chain. `vault_id` is 0 until it has joined; `due` is what it has not done yet."""

    plan: FollowerPlan
    account: LocalAccount
    leader: Leader
    vault_id: int = 0
    gone: bool = False
    due: list[tuple[int, Act]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.due = list(self.plan.behaviour.acts)


class Crowd:
    """All followers, on one chain. `minter` owns the tokens and hands out what they bring.

    `may_fail`: what they do may come too late, as after a reorg.
    """

    def __init__(
        self,
        chain: Chain,
        exchange: Exchange,
        hub: Contract,
        minter: LocalAccount,
        followers: Sequence[Follower],
        *,
        may_fail: bool = False,
    ) -> None:
        self.all = followers
        self._may_fail = may_fail
        self._chain = chain
        self._exchange = exchange
        self._hub = hub
        self._minter = minter

    def act(self, step: int, tick: Tick) -> None:
        """Queues what the followers do at `step`. Call `joined` with the block's receipts."""
        for follower in self.all:
            if follower.vault_id == 0 and not follower.gone:
                if step >= follower.plan.behaviour.joins:
                    self._join(follower, tick)
                continue
            if follower.due and follower.due[0][0] <= step and self._do(follower, follower.due[0][1], tick):
                follower.due = follower.due[1:]

    def joined(self, receipts: Sequence[Receipt]) -> None:
        """Takes new vaults' ids from the events."""
        event = self._hub.events.VaultOpened.topic
        opened = {
            receipt.transaction.sender.address: int(topics[1], 16)
            for receipt in receipts
            for topics in receipt.topics(event)
        }
        for follower in self.all:
            follower.vault_id = opened.get(follower.account.address, follower.vault_id)

    def leave(self, follower: Follower) -> None:
        """Queues leaving, whatever else is going on: nobody can prevent it."""
        follower.gone = True
        follower.due.clear()
        self._submit(follower, self._hub.functions.leaveStrategy(follower.vault_id), "leaves")

    def _join(self, follower: Follower, tick: Tick) -> None:
        token = self._base(follower)
        amount = self._units(token, follower.plan.deposit, tick)
        hub = self._hub
        behaviour = follower.plan.behaviour
        policy = replace(
            behaviour.rules,
            min_trade=self._units(token, behaviour.min_trade, tick),
            max_trade=self._units(token, behaviour.max_trade, tick),
        )
        # As much again stays idle: no more than half of one's money may be with one leader.
        self._mint(follower, token, 2 * amount)
        terms = [follower.leader.strategy_id, policy.struct(), amount, _TERMS, self._referrer(follower)]
        join = (
            hub.encode_abi("setLeaderCap", [_LEADER_CAP_BPS]),
            hub.encode_abi("deposit", [token.address, 2 * amount, follower.account.address]),
            hub.encode_abi("openVault", terms),
        )
        self._submit(follower, hub.functions.multicall(join), "joins")

    def _do(self, follower: Follower, act: Act, tick: Tick) -> bool:
        """Queues an act, or answers False to try again at the next step."""
        functions = self._hub.functions
        vault = follower.vault_id
        match act:
            case Act.PAUSE:
                self._submit(follower, functions.pause(vault), act.value)
            case Act.RESUME:
                self._submit(follower, functions.resume(vault), act.value)
            case Act.LEAVE:
                self.leave(follower)
            case Act.TOP_UP:
                self._top_up(follower, tick)
            case Act.CHANGE_LIMITS:
                most = self._units(self._base(follower), follower.plan.deposit // 4, tick)
                self._submit(follower, functions.setPolicy(vault, Policy(max_trade=most).struct()), act.value)
            case Act.WITHDRAW_IN_KIND:
                return self._withdraw_in_kind(follower)
            case Act.EXIT:
                follower.gone = True
                tokens = [token.address for token in self._tokens(follower)]
                self._submit(follower, functions.exit(vault, tokens, follower.account.address), act.value)
        return True

    def _top_up(self, follower: Follower, tick: Tick) -> None:
        token = self._base(follower)
        amount = self._units(token, follower.plan.deposit // 2, tick)
        self._mint(follower, token, 2 * amount)
        calls = (
            self._hub.encode_abi("deposit", [token.address, 2 * amount, follower.account.address]),
            self._hub.encode_abi("allocate", [follower.vault_id, amount]),
        )
        self._submit(follower, self._hub.functions.multicall(calls), Act.TOP_UP.value)

    def _withdraw_in_kind(self, follower: Follower) -> bool:
        """Half of every token, once the vault holds more than its base token."""
        tokens = self._tokens(follower)
        questions = [self._hub.functions.vaultBalance(follower.vault_id, token.address) for token in tokens]
        halves = [
            (token, units // 2) for token, units in zip(tokens, self._chain.read(questions), strict=True)
        ]
        if not any(units for token, units in halves[1:]):
            return False
        taken = [(token, units) for token, units in halves if units]
        preview = self._hub.functions.previewOutflow
        fees = self._chain.read([preview(follower.vault_id, token.address, units) for token, units in taken])
        calls = []
        for (token, units), owed in zip(taken, fees, strict=True):
            calls.append(self._hub.encode_abi("deallocate", [follower.vault_id, token.address, units]))
            # Fees run on until the block: a hundredth stays behind rather than one unit too few be there.
            arrives = (units - sum(owed)) * 99 // 100
            payee = follower.account.address
            calls.append(self._hub.encode_abi("withdraw", [token.address, arrives, payee]))
        self._submit(follower, self._hub.functions.multicall(calls), Act.WITHDRAW_IN_KIND.value)
        return True

    def _mint(self, follower: Follower, token: Token, amount: int) -> None:
        """The money a follower comes with, and its permission for the hub to take it."""
        label = f"{follower.plan.name} is given {token.symbol}"
        mint = token.contract.functions.mint(follower.account.address, amount)
        self._chain.submit(self._minter, mint, gas=100_000, label=label)
        approve = token.contract.functions.approve(self._hub.address, amount)
        self._chain.submit(follower.account, approve, gas=100_000, label=label)

    def _submit(self, follower: Follower, call: object, what: str) -> None:
        label = f"{follower.plan.name} {what}"
        self._chain.submit(follower.account, call, gas=1_500_000, label=label, may_fail=self._may_fail)

    def _referrer(self, follower: Follower) -> ChecksumAddress:
        """Every third comes by word of the first of its leader's crowd."""
        crowd = [each for each in self.all if each.leader is follower.leader]
        place = crowd.index(follower)
        return crowd[0].account.address if place % 3 == 1 else Web3.to_checksum_address(ADDRESS_ZERO)

    def _base(self, follower: Follower) -> Token:
        return self._exchange.tokens[follower.leader.plan.base]

    def _tokens(self, follower: Follower) -> list[Token]:
        plan = follower.leader.plan
        return [self._exchange.tokens[symbol] for symbol in (plan.base, *plan.tokens)]

    def _units(self, token: Token, dollars: int, tick: Tick) -> int:
        return token.units(dollars, tick.price(token.symbol))
