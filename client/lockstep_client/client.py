"""The API's resources as methods. What each answers is in its model; docs/api.md explains by example."""

from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self, TypeVar, Unpack

import httpx

from lockstep_client import models as m
from lockstep_client import queries as q
from lockstep_client.base import Model
from lockstep_client.http import Http
from lockstep_client.live import Event, listen
from lockstep_client.rows import Rows

A = TypeVar("A", bound=Model)


class Lockstep:
    """A connection to an API, say ``Lockstep("http://127.0.0.1:8000")``. Use it in a `with` statement.

    ``deployment`` is chain id and hub, where the API holds several. ``headers`` go with every request.
    ``timeout`` is seconds for one answer, ``wait`` seconds for a server that asks to come back later.
    """

    def __init__(
        self,
        base_url: str = "http://127.0.0.1:8000",
        *,
        deployment: tuple[int, str] | None = None,
        headers: dict[str, str] | None = None,
        timeout: float = 200.0,
        wait: float = 60.0,
    ) -> None:
        client = httpx.Client(base_url=base_url, headers=headers, timeout=timeout)
        prefix = "" if deployment is None else f"/deployments/{deployment[0]}/{deployment[1]}"
        self._http = Http(client, prefix, wait=wait)
        self._base = Http(client, "", wait=wait)

    def __enter__(self) -> Self:
        """Use the connections."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close them."""
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.client.close()

    # -------------------------------------------------------------- the deployment

    def deployments(self) -> m.Deployments:
        """Return every hub that the API holds."""
        return m.Deployments.model_validate_json(self._base.get("/v1/deployments").content)

    def protocol(self) -> m.AnswerProtocol:
        """Return the hub as a whole."""
        return self._one("/v1/protocol", m.AnswerProtocol)

    def tokens(self) -> Rows[m.ListedToken]:
        """List the tokens."""
        return self._rows("/v1/tokens", m.AnswerListListedToken)

    def pools(self) -> Rows[m.Pool]:
        """List the pools."""
        return self._rows("/v1/pools", m.AnswerListPool)

    def reason_codes(self) -> Rows[m.Reason]:
        """List why copies are skipped, and what to do."""
        return self._rows("/v1/reason-codes", m.AnswerListReason)

    def metrics(self) -> Rows[m.Metric]:
        """List every figure with its unit, formula and version."""
        return self._rows("/v1/metrics", m.AnswerListMetric)

    # -------------------------------------------------------------- strategies and leaders

    def strategies(self, **query: Unpack[q.ListStrategiesQuery]) -> Rows[m.Strategy]:
        """List the strategies, by id."""
        return self._rows("/v1/strategies", m.PageStrategy, **query)

    def strategy(self, strategy_id: int) -> m.AnswerStrategyDetail:
        """Return a strategy."""
        return self._one(f"/v1/strategies/{strategy_id}", m.AnswerStrategyDetail)

    def strategy_trades(self, strategy_id: int, **query: Unpack[q.ListStrategyTradesQuery]) -> Rows[m.Trade]:
        """List a strategy's trades, newest first."""
        return self._rows(f"/v1/strategies/{strategy_id}/trades", m.PageTrade, **query)

    def strategy_fees(self, strategy_id: int) -> Rows[m.StrategyFees]:
        """List what a strategy's vaults have paid, by kind and token."""
        return self._rows(f"/v1/strategies/{strategy_id}/fees", m.AnswerListStrategyFees)

    def accrued_fees(self, strategy_id: int, **query: Unpack[q.ListAccruedFeesQuery]) -> Rows[m.AccruedFee]:
        """List what a strategy's vaults would owe for their gains if all left now."""
        return self._rows(f"/v1/strategies/{strategy_id}/accrued-fees", m.PageAccruedFee, **query)

    def leaders(self, **query: Unpack[q.ListLeadersQuery]) -> Rows[m.Leader]:
        """List the leaders by a metric over a window."""
        return self._rows("/v1/leaders", m.PageLeader, **query)

    def leader(self, strategy_id: int, **query: Unpack[q.GetLeaderQuery]) -> m.AnswerLeaderProfile:
        """Return a leader's profile."""
        return self._one(f"/v1/leaders/{strategy_id}", m.AnswerLeaderProfile, **query)

    def correlations(self, **query: Unpack[q.ListCorrelationsQuery]) -> Rows[m.Correlation]:
        """List how alike every two of some strategies are."""
        return self._rows("/v1/correlations", m.AnswerListCorrelation, **query)

    # -------------------------------------------------------------- trades and orders

    def trades(self, **query: Unpack[q.ListTradesQuery]) -> Rows[m.Trade]:
        """List the trades, newest first."""
        return self._rows("/v1/trades", m.PageTrade, **query)

    def candles(self, **query: Unpack[q.ListCandlesQuery]) -> Rows[m.Candle]:
        """List a pair's prices over time, newest first."""
        return self._rows("/v1/prices", m.PageCandle, **query)

    def transaction(self, tx_hash: str) -> m.AnswerTransaction:
        """Return who sent a transaction, and what gas it cost."""
        return self._one(f"/v1/transactions/{tx_hash}", m.AnswerTransaction)

    def trade(self, trade_id: str) -> m.AnswerTradeDetail:
        """Return a trade with its clearings."""
        return self._one(f"/v1/trades/{trade_id}", m.AnswerTradeDetail)

    def copies(self, trade_id: str, **query: Unpack[q.ListCopiesQuery]) -> Rows[m.Copy]:
        """List what a trade did in every vault."""
        return self._rows(f"/v1/trades/{trade_id}/copies", m.PageCopy, **query)

    def orders(self, **query: Unpack[q.ListOrdersQuery]) -> Rows[m.Order]:
        """List the signed orders, newest first."""
        return self._rows("/v1/orders", m.PageOrder, **query)

    def order(self, order_hash: str) -> m.AnswerOrder:
        """Return a signed order."""
        return self._one(f"/v1/orders/{order_hash}", m.AnswerOrder)

    def post_order(self, order: m.SignedOrder) -> m.AnswerOrder:
        """Hand in a signed order."""
        return self._post("/v1/orders", order, m.AnswerOrder)

    def withdraw_order(self, order_hash: str, withdrawal: m.Withdrawal) -> m.AnswerOrder:
        """Take a posted order out again."""
        return self._post(f"/v1/orders/{order_hash}/withdrawal", withdrawal, m.AnswerOrder)

    # -------------------------------------------------------------- vaults

    def vaults(self, **query: Unpack[q.ListVaultsQuery]) -> Rows[m.Vault]:
        """List the vaults, by id."""
        return self._rows("/v1/vaults", m.PageVault, **query)

    def vault(self, vault_id: int) -> m.AnswerVault:
        """Return a vault."""
        return self._one(f"/v1/vaults/{vault_id}", m.AnswerVault)

    def vault_copies(self, vault_id: int, **query: Unpack[q.ListVaultCopiesQuery]) -> Rows[m.Copy]:
        """List what every trade did in a vault, newest first."""
        return self._rows(f"/v1/vaults/{vault_id}/copies", m.PageCopy, **query)

    def vault_limits(self, vault_id: int) -> Rows[m.Limit]:
        """List each limit of a vault, with where it stands."""
        return self._rows(f"/v1/vaults/{vault_id}/limits", m.AnswerListLimit)

    def vault_equity(self, vault_id: int, **query: Unpack[q.GetVaultEquityQuery]) -> Rows[m.CurvePoint]:
        """List the points of a vault's curve."""
        return self._rows(f"/v1/vaults/{vault_id}/equity", m.AnswerListCurvePoint, **query)

    def statement(self, vault_id: int, **query: Unpack[q.GetStatementQuery]) -> m.StatementAnswer:
        """Return a vault's statement with its newest lines."""
        return self._one(f"/v1/vaults/{vault_id}/statement", m.StatementAnswer, **query)

    def statements(self, vault_id: int, **query: Unpack[q.GetStatementQuery]) -> Iterator[m.StatementAnswer]:
        """Give a vault's statement page by page, until its lines end."""
        path, asked = f"/v1/vaults/{vault_id}/statement", dict(query)
        while True:
            answer = m.StatementAnswer.model_validate_json(self._http.get(path, asked).content)
            yield answer
            if answer.next_cursor is None:
                return
            asked["cursor"] = answer.next_cursor

    def monthly_statement(self, vault_id: int, month: str, *, pdf: bool = False) -> bytes:
        """Return a month, such as `2024-01`, as CSV or as PDF."""
        accept = {"Accept": "application/pdf" if pdf else "text/csv"}
        return self._http.get(f"/v1/vaults/{vault_id}/statements/{month}", headers=accept).content

    def tax_lots(self, vault_id: int) -> bytes:
        """Return every lot that a vault sold, first in, first out, as CSV."""
        return self._http.get(f"/v1/vaults/{vault_id}/tax-lots").content

    # -------------------------------------------------------------- owners and fees

    def account(self, owner: str) -> m.AnswerAccount:
        """Return what an address holds in all."""
        return self._one(f"/v1/accounts/{owner}", m.AnswerAccount)

    def account_fees(self, owner: str, **query: Unpack[q.ListFeesQuery]) -> Rows[m.EarnedFee]:
        """List every fee that an address earned, newest first."""
        return self._rows(f"/v1/accounts/{owner}/fees", m.PageEarnedFee, **query)

    def account_transactions(
        self, owner: str, **query: Unpack[q.ListSentTransactionsQuery]
    ) -> Rows[m.Transaction]:
        """List what an address sent to the hub, newest first, and what gas it cost."""
        return self._rows(f"/v1/accounts/{owner}/transactions", m.PageTransaction, **query)

    def portfolio(self, owner: str) -> m.AnswerPortfolio:
        """Return all vaults of an owner."""
        return self._one(f"/v1/portfolios/{owner}", m.AnswerPortfolio)

    def fee_statements(self, **query: Unpack[q.ListFeeStatementsQuery]) -> Rows[m.FeeStatement]:
        """List everybody who was ever credited a fee."""
        return self._rows("/v1/fees", m.PageFeeStatement, **query)

    def fee_statement(self, recipient: str, **query: Unpack[q.GetFeeStatementQuery]) -> m.AnswerFeeStatement:
        """Return one recipient's fees."""
        return self._one(f"/v1/fees/{recipient}", m.AnswerFeeStatement, **query)

    def revenue(self, **query: Unpack[q.ListRevenueQuery]) -> Rows[m.Revenue]:
        """List what leaders, protocol, referrers and keepers earned, by period."""
        return self._rows("/v1/revenue", m.AnswerListRevenue, **query)

    # -------------------------------------------------------------- play money, live, operations

    def open_paper_vault(self, opening: m.PaperOpening) -> m.AnswerPaperStatement:
        """Open a vault of play money."""
        return self._post("/v1/paper/vaults", opening, m.AnswerPaperStatement)

    def paper_vault(self, paper_id: str) -> m.AnswerPaperStatement:
        """Return a vault of play money."""
        return self._one(f"/v1/paper/vaults/{paper_id}", m.AnswerPaperStatement)

    def events(
        self, *, after: str | None = None, patience: float = 60.0, **query: Unpack[q.StreamEventsQuery]
    ) -> Iterator[Event]:
        """Give what happens, as it happens, after the event with the id ``after``; see `live.listen`."""
        return listen(self._http, query, after=after, patience=patience)

    def annotations(self, **query: Unpack[q.ListAnnotationsQuery]) -> Rows[m.Annotation]:
        """Return what a leader wrote on own trades, of a strategy or of one trade, newest first."""
        return self._rows("/v1/annotations", m.PageAnnotation, **query)

    def comments(self, **query: Unpack[q.ListCommentsQuery]) -> m.Comments:
        """Return a page of what people say under a strategy, newest thread first."""
        return self._one("/v1/comments", m.Comments, **query)

    def reviews(self, **query: Unpack[q.ListReviewsQuery]) -> m.Reviews:
        """Return a page of a strategy's reviews, newest first."""
        return self._one("/v1/reviews", m.Reviews, **query)

    def profile(self, who: str) -> m.Profile:
        """Return the profile of a handle or an address. Raises `ProblemError` where there is none."""
        return self._one(f"/v1/profiles/{who}", m.Profile)

    def incidents(self, **query: Unpack[q.ListIncidentsQuery]) -> m.Incidents:
        """Return what operators told of this hub and server, newest first."""
        return self._one("/v1/incidents", m.Incidents, **query)

    def keepers(self) -> m.Keepers:
        """Return the keepers and operators' stops."""
        return self._one("/v1/keepers", m.Keepers)

    def health(self) -> m.Health:
        """Return whether the API answers."""
        return m.Health.model_validate_json(self._base.get("/health").content)

    def readiness(self) -> m.Readiness:
        """Return whether the ledger can be relied on. Raises `ProblemError` while it cannot."""
        return self._one("/ready", m.Readiness)

    # -------------------------------------------------------------- how it is asked

    def _one(self, path: str, model: type[A], **query: Any) -> A:
        return model.model_validate_json(self._http.get(path, query).content)

    def _post(self, path: str, body: Model, model: type[A]) -> A:
        document = body.model_dump(mode="json", exclude_unset=True)
        return model.model_validate_json(self._http.post(path, document).content)

    def _rows(self, path: str, page: type[Any], **query: Any) -> Rows[Any]:
        return Rows(self._http, path, page, query)
