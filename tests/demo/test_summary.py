"""The checks behind the verdict, on answers that a right contract and a right ledger never give."""

from typing import Any

import pytest

from demo.api_reader import ApiReader
from demo.summary import Summary, check_prices


class Answers(ApiReader):
    """Two clearings of one trade, as the API tells of them."""

    def __init__(self) -> None:
        super().__init__("http://nowhere.invalid")

    def get(self, path: str, **query: str | int) -> Any:
        assert (path, query) == ("/v1/trades/1-1", {})
        clearings = ((0, 400, 1_001), (1, 100, 240))
        return {
            "data": {
                "clearings": [
                    {"batch": batch, "sold": amount(sold), "bought": amount(bought)}
                    for batch, sold, bought in clearings
                ]
            }
        }


def amount(units: int) -> dict[str, str]:
    return {"units": str(units)}


def fill(batch: int, sold: int, bought: int, bps: str = "0") -> dict[str, Any]:
    against_leader = {"bps": bps}
    return {
        "fill": {
            "batch": batch,
            "sold": amount(sold),
            "bought": amount(bought),
            "against_leader": against_leader,
        }
    }


@pytest.mark.parametrize(("got", "difference"), [(750, 0), (749, 1), (751, 1), (748, 2), (900, 150)])
def test_each_fill_is_held_against_its_clearings_price(got: int, difference: int) -> None:
    copies = {"1-1": [fill(0, 100, 250), fill(0, 300, got), {"fill": None}]}
    prices = check_prices(Answers(), copies)
    assert (prices.copies_checked, prices.max_difference_units) == (2, difference)
    assert (prices.later_fills, prices.worst_later_bps) == (0, None)


def test_a_later_batch_has_its_own_price_and_is_told_apart() -> None:
    copies = {"1-1": [fill(0, 100, 250), fill(1, 60, 144, "-41.2"), fill(1, 40, 96, "-39")]}
    prices = check_prices(Answers(), copies)
    assert prices.max_difference_units == 0
    assert (prices.later_fills, prices.worst_later_bps) == (2, "-41.2")


@pytest.mark.parametrize(
    ("difference", "mismatches", "holds"), [(0, 0, True), (1, 0, True), (2, 0, False), (0, 1, False)]
)
def test_the_verdict_needs_one_price_and_an_equal_ledger(
    difference: int, mismatches: int, *, holds: bool
) -> None:
    summary = Summary(
        seed=7,
        market="none",
        block=9,
        block_hash="0x09",
        seconds=1,
        leaders=1,
        followers=1,
        trades=1,
        signed_orders=0,
        copies_filled=1,
        copies_skipped={},
        max_price_difference_units=difference,
        ledger_mismatches=mismatches,
        balances_checked=5,
        prices=check_prices(Answers(), {}),
        strategies=(),
        follower_sample=(),
        refused_orders=(),
    )
    assert summary.holds is holds
