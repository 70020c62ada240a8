"""From what a person asks for to a finished run: followers laid out, policies checked, the history played."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backtest.engine import Engine, Setting, offer
from backtest.errors import BacktestError
from backtest.exact import TooLargeError
from backtest.history import History
from backtest.leaving import leave
from backtest.market import RecordedMarket
from backtest.report import Report
from paper import policies as rules
from paper.refused import RefusedError
from protocol.types import FeeTerms, Policy, StrategyLimits


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be tried: each policy with so many followers, whose deposits (base token units) go evenly
    from the least to the most; with a leader of ``stake``.
    """

    policies: Mapping[str, Policy]
    followers: int
    deposits: tuple[int, int]
    stake: int
    terms: FeeTerms
    limits: StrategyLimits
    max_slippage_bps: int


def answer(history: History, question: Question, market: RecordedMarket) -> Report:
    """Run the history. Raises `BacktestError`."""
    setting = _setting(question)
    try:
        _check(history, question, setting, market)
        engine = Engine(history, setting, market)
        for moment in history.moments:
            engine.play(moment)
        if not engine.record.trades:
            line, _, why = engine.record.refused[0]
            raise BacktestError(
                f"{history.source}: the hub would have copied nothing.",
                remedy=f"Line {line} is refused with {why}. What is traded needs a price_ column or fills; "
                "for the rest see docs/specification.md.",
            )
        if not engine.record.curves.time:
            remedy = "Give price_ columns, or fills with amount_in and amount_out."
            raise BacktestError(f"{history.source} never prices what is held.", remedy=remedy)
        start, end = history.moments[0].time, history.moments[-1].time
        return Report(history, setting, engine, leave(engine, question.terms, since=start, now=end))
    except TooLargeError as error:
        remedy = "Use smaller deposits, or count tokens in fewer --decimals."
        raise BacktestError(
            f"The arithmetic is exact up to a limit, and met {error}.", remedy=remedy
        ) from None


def _setting(question: Question) -> Setting:
    least, most = question.deposits
    each = question.followers
    spread = [least + (most - least) * at // max(each - 1, 1) for at in range(each)]
    chosen: Sequence[Policy] = list(question.policies.values())
    return Setting(
        question.stake,
        question.terms,
        question.limits,
        question.max_slippage_bps,
        [policy for policy in chosen for _ in range(each)],
        spread * len(chosen),
        [number for number in range(len(chosen)) for _ in range(each)],
        list(question.policies),
    )


def _check(history: History, question: Question, setting: Setting, market: RecordedMarket) -> None:
    strategy = offer(history, setting, market).strategies.look(1)
    for name, policy in question.policies.items():
        try:
            rules.check(policy, strategy, history.moments[0].time)
        except RefusedError:
            remedy = "docs/limits.md says what goes together; sizing by risk needs --stop-bps."
            raise BacktestError(f"The hub would refuse policy {name}.", remedy=remedy) from None
