"""Histories a vault can really have: every withdrawal and sale is covered by what is held."""

from hypothesis import strategies as st

from accounting.book import Book, CostMethod, Deposit, Event, Fill, Withdrawal
from accounting.valuation import Price

BASE = "0xusdc"
TOKENS = (BASE, "0xweth", "0xwbtc")
METHODS: tuple[CostMethod, ...] = ("average_cost", "fifo")
amounts = st.integers(1, 10**30)


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    events: list[Event] = [Deposit(0, draw(amounts))]
    book = Book.empty(BASE, "average_cost").apply(events[0])
    for time in range(1, draw(st.integers(0, 12)) + 1):
        held = [token for token, units in book.balances().items() if units]
        kind = draw(st.sampled_from(["deposit", "withdraw", "fill", "fill", "fill"])) if held else "deposit"
        event: Event
        if kind == "deposit":
            event = Deposit(time, draw(amounts))
        else:
            token = draw(st.sampled_from(held))
            units = draw(st.integers(1, book.balances()[token]) | st.just(book.balances()[token]))
            if kind == "withdraw":
                event = Withdrawal(time, token, units, draw(st.none() | amounts))
            else:
                out = draw(st.sampled_from([other for other in TOKENS if other != token]))
                fee = draw(st.integers(0, units - 1))
                event = Fill(time, token, out, units - fee, fee, draw(amounts))
        events.append(event)
        book = book.apply(event)
    return events


@st.composite
def price_maps(draw: st.DrawFn) -> dict[str, Price]:
    return {token: Price(draw(amounts), draw(amounts)) for token in TOKENS if token != BASE}
