"""Taking several orders off at the exchange itself: in one request, by event, by market, and each row with a result of its own."""

from __future__ import annotations

from app.domain.order import Cancel, OrderState
from app.practice.faults import Error, Lost
from app.practice.truth import ACCEPTED
from tests.faults.floor import Floor
from tests.practice.floor import EVENT

STAKES = ("10.00", "11.00", "12.00")


async def resting(floor: Floor) -> list[str]:
    """Three orders on the moneyline that can be cancelled by now."""
    return [(await floor.rest(floor.draft(stake=stake))).ref for stake in STAKES]


async def test_chosen_orders_are_taken_off_in_one_request(floor: Floor) -> None:
    refs = await resting(floor)
    await floor.while_passing(floor.desk.trading.cancel_many(refs))
    assert [floor.state(ref) for ref in refs] == [OrderState.CANCELLED] * 3
    assert (floor.house.verdicts("cancel_many"), floor.house.told("cancel")) == ([ACCEPTED] * 3, [])


async def test_an_order_that_filled_meanwhile_is_read_and_does_not_keep_the_others_on_the_book(floor: Floor) -> None:
    refs = await resting(floor)
    floor.deafen()
    floor.house.bob_bets(-150, 15_00)  # all of the first one
    await floor.pass_(0.5)

    await floor.while_passing(floor.desk.trading.cancel_many(refs))

    assert [floor.state(ref) for ref in refs] == [OrderState.FILLED, OrderState.CANCELLED, OrderState.CANCELLED]
    assert [floor.order(ref).cancel for ref in refs] == [Cancel.NONE] * 3
    assert floor.house.verdicts("cancel") == ["order_already_filled"]


async def test_orders_that_are_still_being_placed_are_tried_again_one_by_one(floor: Floor) -> None:
    refs = [(await floor.place(floor.draft(stake=stake))).ref for stake in STAKES[:2]]
    await floor.while_passing(floor.desk.trading.cancel_many(refs))
    assert [floor.state(ref) for ref in refs] == [OrderState.CANCELLED] * 2
    assert set(floor.house.verdicts("cancel")) == {"order_is_placing", ACCEPTED}


async def test_a_batch_whose_answer_is_lost_is_unclear_until_the_venue_shows_it_gone(floor: Floor) -> None:
    refs = await resting(floor)
    floor.deafen()
    floor.fault("cancel_many", Lost())

    await floor.desk.trading.cancel_many(refs)
    unclear = [floor.order(ref).cancel for ref in refs]
    await floor.pass_(3)

    assert unclear == [Cancel.UNKNOWN] * 3
    assert [floor.state(ref) for ref in refs] == [OrderState.CANCELLED] * 3


async def test_a_market_is_taken_off_in_one_request_and_no_other(floor: Floor) -> None:
    refs = await resting(floor)
    other = await floor.rest(floor.draft(stake="13.00", market_id=225))

    await floor.while_passing(floor.desk.trading.cancel_market(EVENT, 219))

    assert [floor.state(ref) for ref in refs] == [OrderState.CANCELLED] * 3
    assert floor.state(other.ref) is OrderState.OPEN
    assert (floor.house.verdicts("cancel_by_market"), floor.house.told("cancel"), floor.house.told("cancel_many")) == (
        [ACCEPTED] * 3,
        [],
        [],
    )


async def test_an_event_is_taken_off_with_what_was_placed_elsewhere(floor: Floor) -> None:
    await resting(floor)
    floor.house.elsewhere(200, 40_00)
    await floor.pass_(0.5)
    await floor.while_passing(floor.desk.trading.cancel_event(EVENT))
    assert [order.status for order in floor.house.orders] == ["canceled"] * 4
    assert floor.desk.blotter.live() == []


async def test_where_the_venue_fails_to_cancel_by_event_the_orders_are_taken_off_by_their_ids(floor: Floor) -> None:
    refs = await resting(floor)
    floor.fault("cancel_by_event", Error(503, "unknown_error", after=False))
    await floor.while_passing(floor.desk.trading.cancel_event(EVENT))
    assert [floor.state(ref) for ref in refs] == [OrderState.CANCELLED] * 3
    assert any("Cancel all on Away at Home: outcome unknown" in words for words in floor.station.said)
