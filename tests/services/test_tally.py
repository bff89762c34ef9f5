"""The sums of what orders can lose, against the reckoning over the orders themselves."""

from __future__ import annotations

from decimal import Decimal

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.market import Market, MarketKey
from app.services.rules import worst_of_event
from app.services.tally import Tally, worst_of
from tests.services.fakes import AWAY, HOME, KEY, SPREAD, Desk, market, money, report

STATES = ("open", "canceled", "closed", "void")
TOLD = st.tuples(
    st.integers(0, 5),  # which order
    st.sampled_from(STATES),
    st.integers(1, 90),
    st.sampled_from((0, 5, 90)),
    st.sampled_from((HOME, AWAY, HOME, AWAY, "draw-id")),
    st.sampled_from((KEY, KEY, SPREAD)),
    st.sampled_from(("", "cust-1", "cust-2")),
)


def known(key: MarketKey) -> Market | None:
    return market(KEY) if key == KEY else None


@settings(max_examples=150, deadline=None)
@given(st.lists(TOLD, max_size=25))
def test_the_sums_say_what_the_orders_say(told: list[tuple[int, str, int, int, str, MarketKey, str]]) -> None:
    blotter = Desk().blotter
    for number, status, quantity, filled, selection_id, key, user in told:
        blotter.apply(
            msgspec.structs.replace(
                report(f"w{number}", status, order_id=f"v{number}", quantity=money(quantity), selection_id=selection_id),
                filled=money(min(filled, quantity)), market_id=key.market_id, strike=key.strike, user=user, winning="loss",
            )
        )  # fmt: skip
    orders = list(blotter.orders.values())
    assert worst_of(blotter.tallies(KEY.event_id), known) == worst_of_event(orders, lambda draft: known(draft.market))
    for user in ("cust-1", "cust-2"):
        own = [order for order in orders if order.draft.external_user == user]
        assert worst_of(blotter.tallies(KEY.event_id, user), known) == worst_of_event(own, lambda draft: known(draft.market))
        assert blotter.risk_of_user(user) == sum((order.at_risk for order in own), Decimal(0))


def test_what_is_matched_on_both_sides_pays_for_the_side_that_loses() -> None:
    tally = Tally()
    tally.add(HOME, Decimal(50), Decimal(75))
    tally.add(AWAY, Decimal(60), Decimal(20))
    assert tally.worst([HOME, AWAY]) == Decimal(30), "away wins: 50 are lost and 20 won"
    assert tally.worst([HOME]) == Decimal(110), "of a market with one known answer none of ours may win"
    assert tally.worst([HOME, AWAY, "draw-id"]) == Decimal(110)


def test_what_is_taken_away_again_leaves_nothing() -> None:
    tally = Tally()
    tally.add(HOME, Decimal(5), Decimal(7))
    tally.add(HOME, Decimal(-5), Decimal(-7))
    assert not tally
    assert tally.worst([HOME, AWAY]) == 0


def test_a_copy_is_apart_from_what_it_was_taken_from() -> None:
    tally = Tally()
    tally.add(HOME, Decimal(5), Decimal(0))
    tally.copy().add(AWAY, Decimal(9), Decimal(0))
    assert tally.worst([HOME, AWAY]) == 5
