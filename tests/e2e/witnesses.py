"""The three that must agree with the hand to the wei: the hub's views, the ledger's rows, the API."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import Engine

from indexer.chain.reader import ChainReader
from indexer.sync.reconcile import reconcile
from indexer.sync.service import Indexer
from protocol.types import FeeTerms
from tests.e2e import ledger_rows
from tests.e2e.by_hand import BPS, Books
from tests.e2e.events import NOBODY
from tests.e2e.records import REASONS, STATUSES, WAD, Batch, Order, Part, Trade, Vault
from tests.e2e.stage import Stage

COSTS = ("copy", "keeper", "performance", "management", "subscription", "withdrawal")


@dataclass
class Witnesses:
    """Ask them after every step."""

    stage: Stage
    engine: Engine
    client: TestClient
    indexer: Indexer
    reader: ChainReader

    async def agree(self, books: Books) -> None:
        """Index what has happened, and compare everything that the books know with all three."""
        await self.indexer.backfill_to_head()
        self._hub_agrees(books)
        self._orders_agree(books)
        ledger_rows.agree(self.engine, books)
        self._api_agrees(books)
        report = await reconcile(self.reader, self.engine, self.stage.deployment)
        assert report.differences == ()
        assert report.balances_checked > 0
        assert self.indexer.unknown_logs == 0

    def get(self, path: str, **query: Any) -> Any:
        answer = self.client.get(path, params=query)
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert found["as_of_block"]["number"] == self.stage.chain.w3.eth.block_number
        return found["data"]

    # ---------------------------------------------------------------- the hub

    def _hub_agrees(self, books: Books) -> None:
        hub, tokens = self.stage.hub, (books.base, books.asset)
        people = {who for kind, who, _ in books.balances if kind in ("account", "fee")}
        questions = {
            ("vault", str(number), token): hub.vaultBalance(number, token)
            for number in books.vaults
            for token in tokens
        }
        for who in people:
            for token in tokens:
                questions["account", who, token] = hub.accountBalance(who, token)
                questions["fee", who, token] = hub.feeBalance(who, token)
        answers = dict(zip(questions, self.stage.chain.read(list(questions.values())), strict=True))
        assert answers == {key: books.balances[key] for key in questions}
        for token, contract in ((books.base, self.stage.usdc), (books.asset, self.stage.weth)):
            held = contract.contract.functions.balanceOf(self.stage.contracts.hub.address).call()
            assert held == sum(answers[key] for key in answers if key[2] == token)
        vaults = books.vaults.values()
        assert self.stage.chain.read([hub.marksOf(vault.id) for vault in vaults]) == [
            (vault.mark, vault.invested) for vault in vaults
        ]
        names = [entry["name"] for entry in hub.vaultOf(1).abi["outputs"][0]["components"]]
        heads = [
            dict(zip(names, head, strict=True))
            for head in self.stage.chain.read([hub.vaultOf(vault.id) for vault in vaults])
        ]
        assert [head["status"] for head in heads] == [STATUSES[vault.status] for vault in vaults]

    def _orders_agree(self, books: Books) -> None:
        """The hub's nonces."""
        for order in books.orders:
            closed = self.stage.hub.closedNonces(books.leader, order.nonce >> 8).call()
            assert closed >> (order.nonce & 255) & 1 == (order.status != "open")
            # The hub keeps what an order in parts has sold until it is complete.
            parts = [fill.filled for fill in order.fills if not fill.complete]
            sold = parts[-1] if parts and not order.complete else 0
            assert self.stage.hub.filledOf(books.leader, order.nonce).call() == sold

    # ---------------------------------------------------------------- the API

    def _api_agrees(self, books: Books) -> None:
        self._protocol_agrees(books)
        for vault in books.vaults.values():
            self._vault_agrees(books, vault)
            self._statement_agrees(books, vault)
        for who in {who for kind, who, _ in books.balances if kind in ("account", "fee")}:
            found = self.get(f"/v1/accounts/{who}")
            assert units(found["idle"]) == self._held(books, "account", who)
            assert units(found["claimable_fees"]) == self._held(books, "fee", who)
        for trade in books.trades:
            self._trade_agrees(trade)
        for order in books.orders:
            self._order_agrees(order)
        known = [order.hash for order in reversed(books.orders) if order.fills]
        assert [order["hash"] for order in self.get("/v1/orders", leader=books.leader)] == known

    def _protocol_agrees(self, books: Books) -> None:
        found = self.get("/v1/protocol")
        hub = self.stage.hub
        for role, who in (("treasury", hub.treasury()), ("guardian", hub.guardian()), ("gate", hub.gate())):
            assert (found[role] or NOBODY) == who.call()
        assert found["halted"] == hub.halted().call()
        for holding in found["holdings"]:
            token = holding["total"]["token"]
            for name, kind in (
                ("in_vaults", "vault"),
                ("idle", "account"),
                ("fees", "fee"),
                ("held_back", "escrow"),
            ):
                sums = [amount for key, amount in books.balances.items() if (key[0], key[2]) == (kind, token)]
                assert int(holding[name]["units"]) == sum(sums)
        assert found["protocol_bps"] == books.protocol_bps
        assert (found["trades"], found["closes"]) == (books.count("leader"), books.count("close"))
        assert found["vaults_by_status"] == Counter(vault.status for vault in books.vaults.values())
        assert found["copies_filled"] == sum(vault.filled for vault in books.vaults.values())
        skipped = sum((vault.skipped for vault in books.vaults.values()), Counter[str]())
        assert found["copies_skipped_by_reason"] == skipped

    def _vault_agrees(self, books: Books, vault: Vault) -> None:
        found = self.get(f"/v1/vaults/{vault.id}")
        assert units(found["balances"]) == self._held(books, "vault", str(vault.id))
        assert found["held_back"] == []
        assert (found["filled"], found["skipped"]) == (vault.filled, vault.skipped.total())
        assert found["referrer"] == vault.referrer
        paid = {fees["kind"]: units(fees["paid"]) for fees in found["fees"]}
        expected = {"copy": {token: amount for token, amount in vault.copied.items() if amount}}
        for charge in vault.charges:
            tokens = expected.setdefault(charge.kind, {})
            tokens[charge.token] = tokens.get(charge.token, 0) + charge.amount
        assert paid == {kind: tokens for kind, tokens in expected.items() if tokens}
        self._standing_agrees(vault, found)

    def _standing_agrees(self, vault: Vault, found: Any) -> None:
        """What a vault and its statement say alike: status, terms and marks."""
        assert (found["status"], _reason(found["status_reason"])) == (vault.status, vault.stopped_by)
        marks = {name: int(amount["units"]) for name, amount in found["marks"].items()}
        assert marks == {"high_water_mark": vault.mark, "invested": vault.invested}
        terms = found["terms"]
        assert terms["version"] == (0 if vault.id == 1 else 1)
        assert vault.terms == FeeTerms(
            copy_bps=terms["copy_bps"],
            performance_bps=terms["performance_bps"],
            management_bps=terms["management_bps"],
            withdrawal_bps=terms["withdrawal_bps"],
            referrer_bps=terms["referrer_bps"],
        )
        assert terms["subscription"] is terms["performance_period_seconds"] is None

    def _statement_agrees(self, books: Books, vault: Vault) -> None:
        found = self.get(f"/v1/vaults/{vault.id}/statement", limit=100)
        profit = found["profit"]
        costs = {kind: int(amount["units"]) for kind, amount in profit.pop("costs").items()}
        assert costs == {kind: vault.costs[kind] for kind in COSTS} | {"total": vault.costs.total()}
        assert profit.pop("unavailable") is None
        said = {name: int(amount["units"]) for name, amount in (found["flows"] | profit).items()}
        equity = books.equity(vault)
        unrealized = equity - books.held(vault, books.base) - vault.cost
        assert said == {
            "deposited": vault.deposited,
            "withdrawn": vault.withdrawn,
            "net_deposits": vault.deposited - vault.withdrawn,
            "equity": equity,
            "realized_pnl": vault.realized,
            "unrealized_pnl": unrealized,
            "net_pnl": vault.realized + unrealized - vault.costs.total(),
        }
        assert said["deposited"] - said["withdrawn"] + said["net_pnl"] == said["equity"]
        gain = max(0, equity - vault.mark)
        owed = {name: int(amount["units"]) for name, amount in found["gain_fee"].items()}
        assert owed == {"gain": gain, "due": gain * vault.terms.performance_bps // BPS}
        assert (found["filled"], found["skipped_by_reason"]) == (vault.filled, vault.skipped)
        self._standing_agrees(vault, found)
        self._tracking_agrees(books, vault, found["tracking"], said["net_pnl"])
        self._lines_agree(books, vault, found["lines"])
        self._fifo_agrees(books, vault, said)

    def _tracking_agrees(self, books: Books, vault: Vault, found: Any, net: int) -> None:
        """Five parts, to the wei, and no rest."""
        if vault.id == 1:
            assert found is None
            return
        parts = vault.papers.parts(net, books.recorded)
        assert {name: int(found[name]["units"]) for name in parts} == parts
        assert found["unavailable"] is None
        mine, leaders = (
            {token: books.held(each, token) for token in (books.base, books.asset)}
            for each in (vault, books.vaults[1])
        )
        for held in (mine, leaders):
            held[books.asset] = books.worth(held[books.asset])
        if not sum(mine.values()) or not sum(leaders.values()):
            assert found["sync_score"] is None
            return
        shared = sum(
            min(Fraction(mine[token], sum(mine.values())), Fraction(leaders[token], sum(leaders.values())))
            for token in mine
        )
        assert Decimal(found["sync_score"]) == Decimal(int(shared * WAD)).scaleb(-18)

    def _fifo_agrees(self, books: Books, vault: Vault, average: dict[str, int]) -> None:
        found = self.get(f"/v1/vaults/{vault.id}/statement", limit=1, method="fifo")
        held = sum(quantity for quantity, _ in vault.lots.left)
        assert held == books.held(vault, books.asset)
        assert int(found["profit"]["realized_pnl"]["units"]) == vault.lots.realized
        assert int(found["profit"]["net_pnl"]["units"]) == average["net_pnl"]
        lots = [
            [int(lot[name]["units"]) for name in ("amount", "cost_basis")]
            for balance in found["balances"]
            for lot in balance["lots"] or []
        ]
        assert lots == vault.lots.left

    def _lines_agree(self, books: Books, vault: Vault, lines: list[Any]) -> None:
        """Oldest first, the statement tells every trade's outcome for the vault and every fee, and the flows
        add up.
        """
        copies = [line for line in reversed(lines) if line["kind"] in ("fill", "skip")]
        assert [(line["trade"], _outcome(line)) for line in copies] == [
            (trade.name, outcome)
            for trade in books.trades
            if (outcome := _expected(trade, vault)) is not None
        ]
        fees = [line for line in reversed(lines) if line["kind"] == "fee"]
        assert [
            (line["fee"], line["amount"]["token"], int(line["amount"]["units"]), int(line["value"]["units"]))
            for line in fees
        ] == [(charge.kind, charge.token, charge.amount, charge.value) for charge in vault.charges]
        assert {line["kind"] for line in lines} <= {"fill", "skip", "fee", "deposit", "withdrawal"}
        flows = Counter[str]()
        for line in lines:
            if line["kind"] in ("deposit", "withdrawal"):
                flows[line["kind"]] += int(line["value"]["units"])
        assert (flows["deposit"], flows["withdrawal"]) == (vault.deposited, vault.withdrawn)

    def _trade_agrees(self, trade: Trade) -> None:
        found = self.get(f"/v1/trades/{trade.name}")
        assert [_sums(clearing) for clearing in found["clearings"]] == [
            (
                batch.amount_in,
                batch.dust_in,
                batch.amount_out,
                batch.dust,
                batch.copy_fees,
                batch.protocol_fees,
                0,
                batch.oracle_out,
            )
            for batch in trade.batches
        ]
        assert [clearing["keeper"] for clearing in found["clearings"]] == [
            batch.keeper for batch in trade.batches
        ]
        assert (found["kind"], found["by"]) == (trade.kind, trade.by)
        assert [portion(clearing["portion"]) for clearing in found["clearings"]] == [
            batch.portion for batch in trade.batches
        ]
        assert (portion(found["portion"]), portion(found["portion_sold"])) == (
            trade.portion,
            trade.batches[0].portion,
        )
        assert found["status"] == ("completed" if trade.cursor == len(trade.order) else "copying")
        assert found["skipped_by_reason"] == Counter(reason for _, reason in trade.skips)
        copies = self.get(f"/v1/trades/{trade.name}/copies", limit=100)
        filled = {copy["vault_id"]: copy for copy in copies if copy["status"] == "filled"}
        skipped = [
            (copy["vault_id"], _reason(copy["reason"])) for copy in copies if copy["status"] == "skipped"
        ]
        assert len(copies) == len(filled) + len(skipped) == found["filled"] + found["skipped"]
        assert skipped == [(vault.id, reason) for vault, reason in trade.skips]
        for number, batch in enumerate(trade.batches):
            for part in batch.parts:
                fill = filled.pop(part.vault.id)["fill"]
                assert fill["batch"] == number
                assert _fill(fill) == (part.amount_in, part.fee, part.amount_out)
                assert _reason(fill["reduced_by"]) == part.reduced_by
                if trade.is_close:
                    assert fill["against_leader"] is None
                    continue
                difference = part.amount_out - _at(trade.batches[0], part)
                assert int(fill["against_leader"]["amount"]["units"]) == difference
        assert not filled

    def _order_agrees(self, order: Order) -> None:
        if not order.fills:
            assert self.client.get(f"/v1/orders/{order.hash}").status_code == 404
            return
        found = self.get(f"/v1/orders/{order.hash}")
        assert (found["status"], found["closed"]) == (order.status, order.status != "open")
        assert (int(found["nonce"]), portion(found["filled"])) == (order.nonce, order.filled)
        assert (found["cancelled"] is not None) == order.cancelled
        assert [
            (fill["trade"], portion(fill["portion_sold"]), portion(fill["filled"]), fill["keeper"])
            for fill in found["fills"]
        ] == [
            (fill.trade.name, fill.trade.batches[0].portion, fill.filled, fill.keeper) for fill in order.fills
        ]
        for fill in order.fills:
            assert self.get(f"/v1/trades/{fill.trade.name}")["order"] == {
                "hash": order.hash,
                "nonce": str(order.nonce),
                "filled": found["fills"][order.fills.index(fill)]["filled"],
                "complete": fill.complete,
                "keeper": fill.keeper,
            }

    def _held(self, books: Books, kind: str, account: str) -> dict[str, int]:
        held = {token: books.balances[kind, account, token] for token in (books.base, books.asset)}
        return {token: amount for token, amount in held.items() if amount}


def units(amounts: list[Any]) -> dict[str, int]:
    """Token → units of a list of the API's amounts."""
    return {amount["token"]: int(amount["units"]) for amount in amounts}


def portion(shown: str) -> int:
    """A portion as the hub has it."""
    exact = Decimal(shown) * WAD
    assert exact == int(exact)
    return int(exact)


def _at(batch: Batch, part: Part) -> int:
    """What a part's input gets at a batch's price, rounded down."""
    return part.amount_in * batch.amount_out // batch.amount_in


def _sums(clearing: Any) -> tuple[int, ...]:
    names = (
        "sold",
        "dust_in",
        "bought",
        "dust",
        "copy_fees",
        "protocol_fees",
        "keeper_fee",
        "oracle_value",
    )
    return tuple(int(clearing[name]["units"]) for name in names)


def _fill(fill: Any) -> tuple[int, ...]:
    return tuple(int(fill[name]["units"]) for name in ("sold", "fee", "bought"))


def _outcome(line: Any) -> tuple[int, ...] | str:
    return _fill(line["fill"]) if line["kind"] == "fill" else _reason(line["reason"]) or ""


def _reason(shown: Any) -> str | None:
    """The name of a reason, which must have the number that the hub gives it."""
    if shown is None:
        return None
    name: str = shown["name"]
    assert shown["code"] == REASONS[name]
    return name


def _expected(trade: Trade, vault: Vault) -> tuple[int, ...] | str | None:
    """A vault's outcome in a trade; None while its turn has not come, or when the trade does not visit it."""
    for skipped, reason in trade.skips:
        if skipped is vault:
            return reason
    for batch in trade.batches:
        for part in batch.parts:
            if part.vault is vault:
                return part.amount_in, part.fee, part.amount_out
    return None
