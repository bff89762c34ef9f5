"""Many orders judged ahead: the same verdicts as one after the other, and an account that notices nothing of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.odds import from_american
from app.domain.offer import EVERYTHING
from app.domain.order import Order, OrderDraft
from app.services.ahead import Ahead
from app.services.batch_judge import PASSING
from tests.services.fakes import AWAY, HOME, KEY, OTHER, Clock, Desk, FakeVenue, book, draft, money, seeded

RATES = {"orders_in_ten_seconds": 300, "orders_a_minute": 1800, "duplicate_seconds": 1}
LIMITS: dict[str, Any] = {
    "selection": money(120), "event": money(150), "user": money(140), "user_event": money(110), "user_day": money(130), "day": money(300),
}  # fmt: skip


def desk() -> Desk:
    clock = Clock()
    venue = FakeVenue(clock)
    venue.offers = EVERYTHING
    house = Desk(venue, clock)
    house.ready(book(), book(key=KEY._replace(strike=Decimal(2))))
    house.session.emit([seeded(clock.monotonic(), book(key=KEY._replace(event_id=OTHER)), event_id=OTHER)])
    house.account.balance = msgspec.structs.replace(venue.money, cash=money(700))
    house.controls.limit_to(msgspec.structs.replace(house.controls.limits, **RATES, **LIMITS))
    return house


DRAFTS = st.lists(
    st.builds(
        OrderDraft,
        market=st.sampled_from([KEY, KEY._replace(strike=Decimal(2))]),
        selection_id=st.sampled_from([HOME, AWAY]),
        odds=st.sampled_from([from_american(150), from_american(-170)]),
        stake=st.integers(1, 6000).map(lambda cents: Decimal(cents) / 100 + Decimal(20)),
        external_user=st.sampled_from(["cust-1", "cust-2"]),
    ),
    max_size=12,
    unique_by=lambda one: (one.external_user, one.selection_id, one.odds, one.stake),
)


@settings(max_examples=60, deadline=None)
@given(DRAFTS, st.lists(st.integers(1, 3000), max_size=3))
def test_what_is_judged_ahead_is_what_the_controls_say_of_them_in_turn(drafts: list[OrderDraft], held: list[int]) -> None:
    house = desk()
    house.desk.users.accept(["cust-1", "cust-2"])
    for number, cents in enumerate(held):
        wish = msgspec.structs.replace(draft(stake="1"), stake=Decimal(cents) / 100, external_user="cust-1")
        house.blotter.add(Order(f"held-{number}", wish, placed_at=house.clock.now(), quantity=wish.stake))
    ahead, found = Ahead(house.controls, house.clock.now(), PASSING), []
    for one in drafts:
        found.append(ahead.objection(one, frozenset({"LEAP", "UNKNOWN"})))
        if found[-1] is None:
            ahead.add(one)
    assert found == house.controls.objections(drafts, frozenset({"LEAP", "UNKNOWN"}))


def test_nothing_of_it_stays_with_the_account() -> None:
    house = desk()
    house.desk.users.accept(["cust-1"])
    wish = msgspec.structs.replace(draft(stake="100"), external_user="cust-1")
    before = house.controls.risk_today, house.controls.in_flight, house.controls.sent_within(60), house.controls.objection(wish)
    ahead = Ahead(house.controls, house.clock.now())
    ahead.add(wish)
    assert ahead.objection(wish) is not None
    assert (house.controls.risk_today, house.controls.in_flight, house.controls.sent_within(60), house.controls.objection(wish)) == before


def test_what_happens_to_the_account_meanwhile_is_seen() -> None:
    house = desk()
    house.desk.users.accept(["cust-1"])
    wish = msgspec.structs.replace(draft(), external_user="cust-1")
    ahead = Ahead(house.controls, house.clock.now())
    assert ahead.objection(wish) is None
    house.journal.halt = "enough"
    told = ahead.objection(wish)
    assert told is not None
    assert told.code == "HALTED"


@pytest.mark.parametrize(("sent", "count", "wait"), [(0, 20, 0.0), (19, 1, 0.0), (20, 1, 8.0), (20, 20, 8.0), (5, 20, 8.0), (5, 15, 0.0)])
def test_how_long_so_many_orders_must_wait_for_the_rate(sent: int, count: int, wait: float) -> None:
    house = desk()
    house.controls.limit_to(msgspec.structs.replace(house.controls.limits, orders_in_ten_seconds=20, orders_a_minute=60))
    for number in range(sent):
        house.controls.begin(Order(f"o-{number}", draft(), placed_at=house.clock.now()))
    house.clock.move(2.0)
    assert house.controls.wait_for(count) == pytest.approx(wait)
    house.clock.move(wait + 0.001)
    assert house.controls.wait_for(count) == 0.0
    assert house.controls.sent_within(10) + count <= 20


def test_the_slower_rate_and_the_venues_pause_decide() -> None:
    house = desk()
    house.controls.limit_to(msgspec.structs.replace(house.controls.limits, orders_in_ten_seconds=300, orders_a_minute=3))
    assert house.controls.most_at_once == 3
    for number in range(3):
        house.controls.begin(Order(f"o-{number}", draft(), placed_at=house.clock.now()))
        house.clock.move(4.0)
    assert house.controls.wait_for(1) == pytest.approx(48.0)
    assert house.controls.wait_for(3) == pytest.approx(56.0)
    house.controls.pause_for(90.0)
    assert house.controls.wait_for(1) == pytest.approx(90.0)
