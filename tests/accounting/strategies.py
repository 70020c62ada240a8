"""Histories a vault can really have: every withdrawal and sale is covered by what is held."""

from hypothesis import strategies as st

from accounting.book import COST_KINDS, Charge, CostMethod, Deposit, Event, Fill, Return, Withdrawal, keep
from accounting.valuation import Price

BASE = "0xusdc"
TOKENS = (BASE, "0xweth", "0xwbtc")
METHODS: tuple[CostMethod, ...] = ("average_cost", "fifo")
amounts = st.integers(1, 10**30)


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    events: list[Event] = [Deposit(0, draw(amounts))]
    book = keep(BASE, "average_cost", events)
    for time in range(1, draw(st.integers(0, 12)) + 1):
        held = [token for token, units in book.balances().items() if units]
        kind = (
            draw(st.sampled_from(["deposit", "withdraw", "return", "charge", "fill", "fill", "fill"]))
            if held
            else "deposit"
        )
        event: Event
        if kind == "deposit":
            event = Deposit(time, draw(amounts))
        else:
            token = draw(st.sampled_from(held))
            units = draw(st.integers(1, book.balances()[token]) | st.just(book.balances()[token]))
            value = draw(st.none() | amounts)
            if kind == "withdraw":
                event = Withdrawal(time, token, units, value)
            elif kind == "return":
                event = Return(time, token, units, value)
            elif kind == "charge":
                event = Charge(time, draw(st.sampled_from(COST_KINDS)), token, units, value)
            else:
                out = draw(st.sampled_from([other for other in TOKENS if other != token]))
                fee = draw(st.integers(0, units - 1))
                keeper_fee = draw(st.just(0) | amounts)
                event = Fill(time, token, out, units - fee, fee, draw(amounts), keeper_fee)
        events.append(event)
        book.apply(event)
    return events


@st.composite
def price_maps(draw: st.DrawFn) -> dict[str, Price]:
    return {token: Price(draw(amounts), draw(amounts)) for token in TOKENS if token != BASE}
