"""`lockstep replay`: a strategy's real trades through other policies."""

from pathlib import Path
from typing import Annotated

import typer

from api.snapshot import DeploymentKey, Snapshots
from backtest.choices import read_policies
from backtest.forms import BASE_DECIMALS, OTHER_DECIMALS
from backtest.history import Tokens
from backtest.ledger import history_of
from backtest.market import RecordedMarket
from cli.backtest import Deposits, Followers, Output, Policies, amount_of, deposits_of, say
from cli.failure import told
from cli.options import DATABASE_URL, DEPLOYMENT, DatabaseUrl, DeploymentPath
from indexer.ledger.database import open_engine
from indexer.sync.deployment import read_deployment
from practice.recorded import read_clearings, read_offer
from protocol.types import StrategyLimits


def replay(
    strategy_id: Annotated[int, typer.Argument(help="The strategy whose trades are replayed.", min=1)],
    policy: Policies = ["plain", "balanced"],  # noqa: B006 - typer copies it
    followers: Followers = 1_000,
    deposit: Deposits = "1000:100000",
    output: Output = Path("build/replay"),
    *,
    stake: Annotated[str, typer.Option(help="Base tokens that the leader begins with.")] = "50000",
    cost_bps: Annotated[
        int, typer.Option(min=0, max=1_000, help="How much worse than the oracle stopped vaults sell.")
    ] = 5,
    database_url: DatabaseUrl = DATABASE_URL,
    deployment: DeploymentPath = DEPLOYMENT,
) -> None:
    """Run the trades that a strategy made, as the ledger has them, through other policies and deposits.

    What would I have got with these limits? The same report as of `lockstep backtest`, at the price of each
    trade's first batch and under the strategy's newest terms.
    """
    with told():
        place = read_deployment(deployment)
        engine = open_engine(database_url, must_exist=True)
        try:
            with Snapshots(engine, DeploymentKey(place.chain_id, place.hub)).open() as snapshot:
                offer = read_offer(snapshot.session, snapshot.deployment_id, strategy_id)
                clearings = read_clearings(snapshot.session, snapshot.deployment_id, strategy_id)
        finally:
            engine.dispose()
        usual = [BASE_DECIMALS] + [OTHER_DECIMALS] * len(offer.tokens)
        decimals = [min(token.decimals, most) for token, most in zip(offer.tokens, usual, strict=False)]
        tokens = Tokens(tuple(token.symbol for token in offer.tokens), tuple(decimals))
        history = history_of(offer, clearings, tokens)
        from backtest.run import Question, answer  # noqa: PLC0415 - as in `lockstep backtest`

        question = Question(
            read_policies(policy),
            followers,
            deposits_of(deposit, decimals[0]),
            amount_of("--stake", stake, decimals[0]),
            offer.terms,
            # The hub let the leader's trades pass: what else bound the leader has had its say.
            StrategyLimits(loss_budget_bps=offer.limits.loss_budget_bps, stop_bps=offer.limits.stop_bps),
            offer.max_slippage_bps,
        )
        report = answer(history, question, RecordedMarket(tokens, cost_bps))
        files = report.write(output)
    say(report.summary(), files)
