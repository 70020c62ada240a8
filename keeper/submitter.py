"""Brings transactions into the chain: leases a nonce, signs, sends, follows, pays more, gives way.

Each step is in the journal before it is taken. After a crash the journal says what may have happened:

    leased, no attempt   nothing was sent: done now if it still makes sense, else the nonce is given back
    attempt, not sent    may have been sent: sent again, which a pool that has it answers with "known"
    sent, not mined      followed; after some blocks replaced by the same for more, or by nothing at all
    mined                watched until it is deep: a reorg makes it sent again
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import structlog
from eth_utils.crypto import keccak

from inbox.clock import Clock, now_us
from inbox.journal import Journal, Purpose
from inbox.models import Attempt, Transaction
from indexer.chain.errors import ChainError, NodeRefusedError
from indexer.chain.rpc import RpcClient
from keeper.gas import Fee, GasPolicy
from keeper.keys import Signer, refuse_what_no_keeper_signs
from keeper.relays import PublicRelay, Relay
from keeper.simulator import Simulator
from keeper.state import Urgency
from keeper.views import Head

log = structlog.get_logger()

_CLEARING_GAS = 21_000


class _WireReceipt(msgspec.Struct, rename="camel"):
    transaction_hash: str
    block_number: str
    block_hash: str
    status: str


@dataclass(frozen=True, slots=True)
class Patience:
    """In blocks: unmined until it is paid more for; unmined in private until it goes public; deep enough to
    be forgotten.
    """

    bump_after: int = 3
    private_for: int = 5
    confirmations: int = 12


@dataclass(frozen=True, slots=True)
class Outcome:
    """What has become of a transaction since the last look: mined well or reverted, taken back, void."""

    transaction: Transaction
    what: str


class Submitter:
    """Submits for one key. `private` is tried first where there is one; `public` always works."""

    def __init__(
        self,
        rpc: RpcClient,
        journal: Journal,
        signer: Signer,
        *,
        chain_id: int,
        hub_address: str,
        simulator: Simulator,
        public: PublicRelay,
        private: Relay | None,
        gas: GasPolicy,
        patience: Patience,
        clock: Clock = now_us,
    ) -> None:
        self._rpc = rpc
        self._journal = journal
        self._signer = signer
        self._chain_id = chain_id
        self._hub = hub_address
        self._simulator = simulator
        self._public = public
        self._private = private
        self._gas = gas
        self._patience = patience
        self._clock = clock

    async def submit(self, purpose: Purpose, head: Head) -> str | None:
        """Send a call and return its hash; None where somebody else has claimed it.

        Raises `ChainError`; then it is sent at the next look, or its nonce given back.
        """
        transaction = self._journal.lease(purpose, chain_nonce=await self._chain_nonce("latest"))
        if transaction is None:
            return None
        fee = self._gas.first(head.base_fee, Urgency(purpose.urgency))
        return await self._send(transaction, 0, fee, head, clears=False)

    async def follow(self, head: Head, *, given_up: frozenset[str] = frozenset()) -> list[Outcome]:
        """Look after everything that is on its way. `given_up`: digests of orders to get rid of."""
        live = self._journal.live()
        attempts = self._journal.attempts(live)
        receipts = await self._receipts([each for of_one in attempts.values() for each in of_one])
        used = await self._chain_nonce("latest") if live else 0
        outcomes = []
        for transaction in live:
            own = attempts[transaction.id]
            receipt = next((receipts[each.hash] for each in own if each.hash in receipts), None)
            if receipt is not None:
                outcomes += self._mined(transaction, own, receipt, head)
            elif transaction.state == "mined":
                self._journal.unmined(transaction)
                log.warning("transaction_taken_back", **_named(transaction), block=transaction.block_number)
                outcomes.append(Outcome(transaction, "taken_back"))
                await self._again(own[-1], head)
            elif transaction.nonce < used:
                self._journal.void(transaction)
                log.warning("nonce_used_elsewhere", **_named(transaction))
                outcomes.append(Outcome(transaction, "void"))
            else:
                await self._push(transaction, own, head, give_up=transaction.digest in given_up)
        return outcomes

    # ------------------------------------------------------------ one transaction

    def _mined(
        self, transaction: Transaction, attempts: Sequence[Attempt], receipt: _WireReceipt, head: Head
    ) -> list[Outcome]:
        number, block_hash = int(receipt.block_number, 16), receipt.block_hash.lower()
        final = head.number - number >= self._patience.confirmations
        place = (transaction.block_number, transaction.block_hash)
        if place == (number, block_hash) and transaction.state == "mined" and not final:
            return []
        succeeded = int(receipt.status, 16) == 1
        self._journal.mined(
            transaction, succeeded=succeeded, block_number=number, block_hash=block_hash, final=final
        )
        if place == (number, block_hash):
            return []
        cleared = any(each.clears and each.hash == receipt.transaction_hash.lower() for each in attempts)
        what = "cleared" if cleared else "succeeded" if succeeded else "reverted"
        log.info("transaction_mined", **_named(transaction), block=number, outcome=what)
        return [Outcome(transaction, what)]

    async def _push(
        self, transaction: Transaction, attempts: Sequence[Attempt], head: Head, *, give_up: bool
    ) -> None:
        if not attempts:
            await self._begin_again(transaction, head)
            return
        last = attempts[-1]
        if last.sent_us is None:
            await self._again(last, head)
            self._journal.sent(transaction, last)
            return
        if give_up and not last.clears:
            await self._replace(transaction, attempts, head, clears=True)
            return
        if head.number - last.at_block < self._patience.bump_after:
            return
        passes = last.clears or await self._simulator.still_passes(transaction.data)
        await self._replace(transaction, attempts, head, clears=last.clears or not passes)

    async def _begin_again(self, transaction: Transaction, head: Head) -> None:
        """A leased nonce that nothing was signed for: a crash came between."""
        if await self._simulator.still_passes(transaction.data):
            fee = self._gas.first(head.base_fee, Urgency(transaction.urgency))
            await self._send(transaction, 0, fee, head, clears=False)
        elif not self._journal.give_back(transaction):
            fee = self._gas.first(head.base_fee, Urgency.EXIT)
            await self._send(transaction, 0, fee, head, clears=True)

    async def _replace(
        self, transaction: Transaction, attempts: Sequence[Attempt], head: Head, *, clears: bool
    ) -> None:
        last = attempts[-1]
        # A nonce that is used up for nothing lets all later ones go on: worth what the later ones are.
        urgency = Urgency.EXIT if clears else Urgency(transaction.urgency)
        fee = self._gas.bumped(Fee(last.max_fee, last.tip), head.base_fee, urgency)
        if fee is None:
            await self._again(last, head)
            return
        log.info("transaction_replaced", **_named(transaction), max_fee=fee.most, tip=fee.tip, clears=clears)
        await self._send(transaction, last.number + 1, fee, head, clears=clears)

    async def _send(
        self, transaction: Transaction, number: int, fee: Fee, head: Head, *, clears: bool
    ) -> str | None:
        sender = self._signer.address
        fields: dict[str, Any] = {
            "type": 2,
            "chainId": self._chain_id,
            "nonce": transaction.nonce,
            "to": sender if clears else self._hub,
            "value": 0,
            "data": "0x" if clears else transaction.data,
            "gas": _CLEARING_GAS if clears else transaction.gas,
            "maxFeePerGas": fee.most,
            "maxPriorityFeePerGas": fee.tip,
        }
        refuse_what_no_keeper_signs(fields, sender=sender, hub_address=self._hub)
        raw = await self._signer.sign(fields)
        relay = self._relay(number)
        attempt = Attempt(
            transaction_id=transaction.id,
            number=number,
            hash="0x" + keccak(raw).hex(),
            raw="0x" + raw.hex(),
            max_fee=fee.most,
            tip=fee.tip,
            relay=relay.name,
            clears=clears,
            at_block=head.number,
            signed_us=self._clock(),
            sent_us=None,
        )
        if not self._journal.attempt(attempt):
            return None  # a process with the same key was quicker
        try:
            await self._hand_over(attempt, head)
        except NodeRefusedError as error:
            # Too little ether, or something else has this nonce: looked at again, and no reason to stop here.
            log.warning("transaction_refused", **_named(transaction), reason=str(error))
            return None
        self._journal.sent(transaction, attempt)
        log.info(
            "transaction_sent", **_named(transaction), hash=attempt.hash, relay=relay.name, attempt=number
        )
        return attempt.hash

    def _relay(self, number: int) -> Relay:
        """In private, and after some replacements in public: a relay may lose what it was given."""
        private_attempts = max(1, self._patience.private_for // self._patience.bump_after)
        return self._private if self._private is not None and number < private_attempts else self._public

    async def _again(self, attempt: Attempt, head: Head) -> None:
        """The same signed form once more: harmless where it is known, needed where it was lost."""
        try:
            await self._hand_over(attempt, head)
        except NodeRefusedError as error:
            # Its nonce has been used, or it pays too little beside what replaced it: the receipts will tell.
            log.info("transaction_not_taken_again", hash=attempt.hash, reason=str(error))

    async def _hand_over(self, attempt: Attempt, head: Head) -> None:
        raw = bytes.fromhex(attempt.raw[2:])
        relay = self._private if attempt.relay == "private" else self._public
        if relay is not None and relay is not self._public:
            try:
                await relay.submit(raw, until_block=head.number + self._patience.private_for)
            except ChainError as error:
                log.warning("private_relay_failed", hash=attempt.hash, reason=str(error))
            else:
                return
        await self._public.submit(raw, until_block=0)

    async def _chain_nonce(self, block: str) -> int:
        return int(await self._rpc.call("eth_getTransactionCount", [self._signer.address, block], str), 16)

    async def _receipts(self, attempts: Sequence[Attempt]) -> dict[str, _WireReceipt]:
        shape: Any = _WireReceipt | None
        found = await self._rpc.batch("eth_getTransactionReceipt", [[each.hash] for each in attempts], shape)
        return {receipt.transaction_hash.lower(): receipt for receipt in found if receipt is not None}


def _named(transaction: Transaction) -> dict[str, object]:
    return {"key": transaction.key, "nonce": transaction.nonce, "strategy": transaction.strategy_id}
