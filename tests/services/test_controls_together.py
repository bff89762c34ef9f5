"""What the rules say of several orders that would be sent together: each counts for those after it, and asking leaves no trace."""

from __future__ import annotations

import msgspec
import pytest

from app.domain.account import Balance
from app.domain.errors import DeniedError
from app.domain.order import Order, OrderDraft
from app.services.controls import Objection
from tests.services.fakes import Desk, draft, money

CODE = "SELECTION"


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.ready()
    desk.account.balance = Balance(money(1_000_000), money(0), money(0))
    return desk


def limited(desk: Desk, **limits: object) -> None:
    desk.controls.limit_to(msgspec.structs.replace(desk.controls.limits, **limits))


def wishes(count: int) -> list[OrderDraft]:
    """Orders of ten each that differ by a cent, so that none is another one's duplicate."""
    return [draft(stake=f"{10 + place / 100:.2f}") for place in range(count)]


def codes(objections: list[Objection | None]) -> list[str]:
    return [one.code if one else "" for one in objections]


def test_each_counts_for_those_after_it(desk: Desk) -> None:
    limited(desk, selection=money("25.00"))
    found = desk.controls.objections(wishes(3))
    assert codes(found) == ["", "", CODE]
    assert found[2] is not None
    assert found[2].words == "30.03 would be at risk on this selection, above the limit of 25.00"


def test_one_that_is_stopped_does_not_count_for_those_after_it(desk: Desk) -> None:
    limited(desk, selection=money("25.00"), stake=money("11.00"))
    large = msgspec.structs.replace(wishes(1)[0], stake=money("20.00"))
    assert codes(desk.controls.objections([large, *wishes(2)])) == ["STAKE", "", ""]


def test_they_count_for_the_rate_as_they_would(desk: Desk) -> None:
    limited(desk, orders_in_ten_seconds=2)
    assert codes(desk.controls.objections(wishes(4))) == ["", "", "RATE", "RATE"]


def test_the_same_order_twice_is_a_duplicate(desk: Desk) -> None:
    assert codes(desk.controls.objections([draft(), draft()])) == ["", "DUPLICATE"]


def test_asking_leaves_no_trace(desk: Desk) -> None:
    limited(desk, selection=money("25.00"), orders_in_ten_seconds=2)
    first = codes(desk.controls.objections(wishes(2)))
    assert codes(desk.controls.objections(wishes(2))) == first == ["", ""]
    assert (desk.controls.in_flight, desk.controls.sent_within(10)) == (money(0), 0)
    assert not desk.controls.recent(10)
    assert desk.controls.objection(wishes(1)[0]) is None


async def test_what_is_said_before_is_what_happens_when_they_are_sent(desk: Desk) -> None:
    limited(desk, selection=money("45.00"), orders_in_ten_seconds=3)
    drafts = wishes(6)
    before = codes(desk.controls.objections(drafts))
    results = await desk.trading.place_many(drafts)
    assert [one.code if isinstance(one, DeniedError) else "" for one in results] == before
    assert [isinstance(one, Order) for one in results] == [True, True, True, False, False, False]
