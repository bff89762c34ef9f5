"""What the log says of orders: on what, for whom, and who wished it where that was no hand of this desk."""

from __future__ import annotations

import msgspec
import pytest

from app.domain.events import EventChanged
from app.domain.odds import from_american
from app.domain.offer import EVERYTHING
from app.domain.user import User
from app.services.order_words import filled_words, for_whom, label
from tests.services.fakes import AWAY, KEY, Desk, book, draft, event, money, report

ANN = "cust-8841"


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.ready(book(150, -170))
    return desk


async def test_an_order_by_hand_names_its_user_and_nobody_else(desk: Desk) -> None:
    desk.venue.offers = EVERYTHING
    desk.desk.users.put([User(ANN)])
    order = await desk.trading.place(msgspec.structs.replace(draft(), external_user=ANN))
    assert desk.words[-1] == "Placed 10.00 on Harbor Pilots +150 for cust-8841"
    assert filled_words(order, money(4), from_american(152), desk.trading.by(order.ref)) == (
        "Filled 4.00 of Harbor Pilots at +152 for cust-8841"
    )


async def test_an_order_that_no_hand_placed_says_who_wished_it_until_its_end(desk: Desk) -> None:
    order = await desk.trading.place(draft(), by="Keep at best")
    assert desk.words[-1] == "Placed 10.00 on Harbor Pilots +150 (Keep at best)"
    assert filled_words(order, money(4), order.odds, desk.trading.by(order.ref)) == "Filled 4.00 of Harbor Pilots at +150 (Keep at best)"
    desk.venue.answers["cancel"] = report(order.ref, "canceled", order_id=order.venue_order_id)
    desk.blotter.apply(report(order.ref, "open", order_id=order.venue_order_id))
    await desk.trading.cancel(order.ref, by="Cancel if it moves")
    assert desk.words[-1] == "Cancelled what was left of Harbor Pilots +150 (Cancel if it moves)"


async def test_orders_of_a_batch_say_so_each(desk: Desk) -> None:
    await desk.trading.place_many([draft(), draft(stake="11")], by="Batch")
    assert desk.words[-2:] == ["Placed 10.00 on Harbor Pilots +150 (Batch)", "Placed 11.00 on Harbor Pilots +150 (Batch)"]


def test_odds_below_evens_are_written_with_a_true_minus(desk: Desk) -> None:
    order = desk.blotter.apply(report("web-7", selection_id=AWAY, odds=from_american(-170), user=ANN))
    assert label(order) == "Night Herons −170 for cust-8841"


def test_an_order_placed_elsewhere_is_named_as_such_and_never_by_a_reference_alone(desk: Desk) -> None:
    named = desk.blotter.apply(report("web-7", order_id="v-7", user=ANN))
    assert filled_words(named, money("1.45"), named.odds) == "Filled 1.45 of Harbor Pilots at +150 for cust-8841 (placed elsewhere)"
    nameless = desk.blotter.apply(report("api-96041941a665", order_id="0123456789abcdef", selection_id="somebody"))
    words = filled_words(nameless, money("1.45"), nameless.odds)
    assert words == f"Filled 1.45 of an order on Game {KEY.event_id} (0123456789ab) at +150 (placed elsewhere)"
    lost = desk.blotter.apply(report("api-2", order_id="v-9", event_id=1, selection_id="somebody"))
    assert label(lost) == "an order (v-9) +150"


async def test_several_orders_are_cancelled_for_whom_they_were(desk: Desk) -> None:
    desk.session.emit([EventChanged(event())])
    refs = [desk.blotter.apply(report(ref, order_id=f"v-{ref}", user=user)).ref for ref, user in (("a", ANN), ("b", ANN), ("c", "cust-2"))]
    told = {f"v-{ref}": report(ref, "canceled", order_id=f"v-{ref}") for ref in refs}

    async def cancel_many(orders: object) -> tuple[list[object], list[str]]:
        return [told[venue_id] for _, venue_id in orders], []  # type: ignore[attr-defined]

    desk.venue.cancel_many = cancel_many  # type: ignore[method-assign, assignment]
    await desk.trading.cancel_many(refs[:2], by="Cancel before start")
    assert desk.words[-1] == "Cancelled what was left of 2 orders for cust-8841 (Cancel before start)"


def test_nobody_is_named_for_orders_of_which_one_is_of_nobody_known(desk: Desk) -> None:
    ann, bob = (desk.blotter.apply(report(f"web-{user}", order_id=f"v-{user}", user=user)) for user in (ANN, "cust-2"))
    nobody = desk.blotter.apply(report("web-9", order_id="v-9"))
    assert for_whom([ann, ann]) == " for cust-8841"
    assert for_whom([ann, bob]) == " for 2 users"
    assert for_whom([ann, nobody]) == ""
