"""The one path from a click to the venue: what is denied, how each sending ends, and how cancels are seen through."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import msgspec
import pytest

from app.domain.errors import DeniedError, NotSentError, RefusedError, UnknownError, UnreadableError, VenueError
from app.domain.events import EventChanged, OrderReported, StreamDown
from app.domain.market import MarketKey
from app.domain.order import Order, OrderDraft, OrderState, Outcome
from app.services.cancels import CANCEL_AGAIN, CANCEL_TRIES
from app.services.notices import Tone
from tests.services.fakes import GAME, HOME, KEY, Desk, book, draft, event, group, market, money, report, seeded, settle, turn


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.ready()
    return desk


async def place(desk: Desk, **fields: object) -> str:
    """An open order of ours; its reference."""
    desk.clock.move(3)
    order = await desk.trading.place(msgspec.structs.replace(draft(), **fields))
    desk.session.emit([OrderReported(report(order.ref, "open", order_id=f"v-{order.ref}"))])
    return order.ref


# What is denied


async def denial(desk: Desk, wish: OrderDraft) -> str:
    with pytest.raises(DeniedError) as denied:
        await desk.trading.place(wish)
    assert desk.venue.asked("place") == []
    assert desk.blotter.orders == {}
    return str(denied.value)


async def test_a_good_draft_meets_no_objection(desk: Desk) -> None:
    assert desk.trading.objection(draft()) is None


async def test_nothing_is_sent_before_the_ladder_is_read(desk: Desk) -> None:
    desk.controls.ladder = None
    assert "ladder has not been read" in await denial(desk, draft())


@pytest.mark.parametrize("key", [MarketKey(GAME, 999, Decimal(0)), MarketKey(7, 219, Decimal(0)), MarketKey(GAME, 219, Decimal("7.5"))])
async def test_a_market_that_is_not_listed_is_denied(desk: Desk, key: MarketKey) -> None:
    assert "no longer listed" in await denial(desk, draft(key=key))


async def test_a_selection_that_its_market_no_longer_has_is_denied(desk: Desk) -> None:
    assert "no longer offered" in await denial(desk, draft(selection_id="gone"))


@pytest.mark.parametrize("status", ["ended", "finished", "closed"])
async def test_an_event_that_is_over_is_denied(desk: Desk, status: str) -> None:
    desk.session.emit([EventChanged(event(status=status))])
    assert "is over" in await denial(desk, draft())


@pytest.mark.parametrize("status", ["suspended", "", "unheard_of"])
async def test_a_market_that_is_not_open_is_denied_with_its_status(desk: Desk, status: str) -> None:
    desk.session.emit([seeded(desk.clock.monotonic(), book(), groups=(group(market(status=status)),))])
    assert (status or "not open") in await denial(desk, draft())


async def test_odds_off_the_ladder_are_denied_with_their_number(desk: Desk) -> None:
    assert "+1234 is not on" in await denial(desk, draft(1234))


@pytest.mark.parametrize("stake", ["0", "-5"])
async def test_a_stake_of_nothing_is_denied(desk: Desk, stake: str) -> None:
    assert "more than nothing" in await denial(desk, draft(stake=stake))


async def test_a_stake_that_wins_less_than_a_cent_is_denied(desk: Desk) -> None:
    desk.ready(book(-25000, 20000))
    assert "less than a cent" in await denial(desk, draft(-25000, "1"))


async def test_unverified_prices_are_denied(desk: Desk) -> None:
    desk.session.emit([StreamDown("lost")])
    assert "not verified" in await denial(desk, draft())


async def test_prices_read_too_long_ago_are_denied(desk: Desk) -> None:
    desk.session.emit([EventChanged(event(status="live"))])
    desk.clock.move(121)
    assert "not verified" in await denial(desk, draft())


# How a sending ends


async def test_an_order_is_on_the_blotter_before_its_first_byte_leaves(desk: Desk) -> None:
    desk.venue.gates["place"] = asyncio.Event()
    placing = asyncio.create_task(desk.trading.place(draft()))
    await settle(lambda: desk.venue.asked("place"))
    assert desk.blotter.orders["ov-1"].state is OrderState.SENDING
    desk.venue.gates["place"].set()
    await placing


async def test_exactly_what_was_confirmed_is_sent_once(desk: Desk) -> None:
    wish = draft(145, "12.50")
    await desk.trading.place(wish)
    assert desk.venue.asked("place") == [("ov-1", wish)]


async def test_an_accepted_order_is_inactive_and_knows_how_long_the_answer_took(desk: Desk) -> None:
    desk.venue.gates["place"] = asyncio.Event()
    placing = asyncio.create_task(desk.trading.place(draft()))
    await settle(lambda: desk.venue.asked("place"))
    desk.clock.move(0.25)
    desk.venue.gates["place"].set()
    order = await placing
    assert (order.state, order.outcome, order.venue_order_id) == (OrderState.ACCEPTED, Outcome.SENT, "v-ov-1")
    assert order.ack_ms == 250


@pytest.mark.parametrize(
    ("problem", "state"),
    [
        (RefusedError("odds not in ladder", code="invalid_price", status=400), OrderState.REJECTED),
        (NotSentError("The venue cannot be reached"), OrderState.NOT_SENT),
        (UnknownError("No answer within 5 s"), OrderState.UNKNOWN),
        (UnreadableError("The answer is odd"), OrderState.UNKNOWN),
    ],
)
async def test_each_failure_has_its_own_state_and_keeps_its_words(desk: Desk, problem: VenueError, state: OrderState) -> None:
    desk.venue.troubles["place"] = [problem]
    order = await desk.trading.place(draft())
    assert (order.state, order.reason) == (state, str(problem))
    assert len(desk.venue.asked("place")) == 1, "no order is ever sent again by the program"


async def test_giving_up_waiting_leaves_an_unknown_order(desk: Desk) -> None:
    desk.venue.gates["place"] = asyncio.Event()
    placing = asyncio.create_task(desk.trading.place(draft()))
    await settle(lambda: desk.venue.asked("place"))
    placing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await placing
    assert desk.blotter.orders["ov-1"].state is OrderState.UNKNOWN


@pytest.mark.parametrize("problem", [UnknownError("No answer"), RefusedError("no"), NotSentError("no")])
async def test_a_push_that_came_first_stands_above_a_failed_answer(desk: Desk, problem: VenueError) -> None:
    desk.venue.gates["place"] = asyncio.Event()
    desk.venue.troubles["place"] = [problem]
    placing = asyncio.create_task(desk.trading.place(draft()))
    await settle(lambda: desk.venue.asked("place"))
    desk.session.emit([OrderReported(report("ov-1", "open", order_id="v-ov-1"))])
    desk.venue.gates["place"].set()
    assert (await placing).state is OrderState.OPEN


async def test_a_fill_that_beats_the_answer_is_one_order_filled(desk: Desk) -> None:
    desk.venue.gates["place"] = asyncio.Event()
    placing = asyncio.create_task(desk.trading.place(draft()))
    await settle(lambda: desk.venue.asked("place"))
    desk.session.emit([OrderReported(report("ov-1", "open", order_id="v-ov-1", matching="fully_matched", filled=money(10)))])
    desk.venue.gates["place"].set()
    assert (await placing).state is OrderState.FILLED
    assert list(desk.blotter.orders) == ["ov-1"]


async def test_evidence_that_comes_later_resolves_an_unknown_order(desk: Desk) -> None:
    desk.venue.troubles["place"] = [UnknownError("No answer")]
    await desk.trading.place(draft())
    desk.session.emit([OrderReported(report("ov-1", "open"))])
    order = desk.blotter.orders["ov-1"]
    assert (order.state, order.reason) == (OrderState.OPEN, "")


async def test_two_clicks_at_once_are_one_order_and_the_other_is_denied(desk: Desk) -> None:
    one, other = await asyncio.gather(desk.trading.place(draft()), desk.trading.place(draft()), return_exceptions=True)
    assert isinstance(one, Order)
    assert isinstance(other, DeniedError)
    assert other.code == "DUPLICATE"
    assert len(desk.venue.asked("place")) == 1


async def test_the_same_order_again_a_while_later_is_another_one_with_a_reference_of_its_own(desk: Desk) -> None:
    await desk.trading.place(draft())
    desk.clock.move(2.1)
    await desk.trading.place(draft())
    assert [ref for ref, _ in desk.venue.asked("place")] == ["ov-1", "ov-2"]


# Cancelling


def retry_later(code: str = "order_is_placing", status: int = 409) -> RefusedError:
    return RefusedError("Cannot cancel yet", code=code, status=status)


async def test_a_cancel_is_applied_from_its_answer(desk: Desk) -> None:
    ref = await place(desk)
    desk.venue.answers["cancel"] = report(ref, "canceled", order_id=f"v-{ref}")
    await desk.trading.cancel(ref)
    assert desk.venue.asked("cancel") == [(ref, f"v-{ref}")]
    assert desk.blotter.orders[ref].state is OrderState.CANCELLED


async def test_an_order_is_shown_as_being_cancelled_only_while_it_is(desk: Desk) -> None:
    ref = await place(desk)
    desk.venue.gates["cancel"] = asyncio.Event()
    cancelling = asyncio.create_task(desk.trading.cancel(ref))
    await settle(lambda: desk.venue.asked("cancel"))
    assert desk.blotter.orders[ref].cancelling
    desk.venue.gates["cancel"].set()
    await cancelling
    assert not desk.blotter.orders[ref].cancelling
    assert desk.blotter.orders[ref].state is OrderState.OPEN, "an answer without the order proves nothing yet"


async def test_a_second_cancel_of_the_same_order_is_not_sent(desk: Desk) -> None:
    ref = await place(desk)
    await asyncio.gather(desk.trading.cancel(ref), desk.trading.cancel(ref))
    assert len(desk.venue.asked("cancel")) == 1


@pytest.mark.parametrize(
    ("code", "status"), [("order_is_placing", 409), ("wager_is_placing", 409), ("order_opened_retry", 425), ("opened_retry", 500)]
)
async def test_a_cancel_is_tried_again_while_the_venue_is_placing_the_order(desk: Desk, code: str, status: int) -> None:
    ref = await place(desk)
    desk.venue.troubles["cancel"] = [retry_later(code, status) for _ in range(3)]
    desk.venue.answers["cancel"] = report(ref, "canceled", order_id=f"v-{ref}")
    await desk.trading.cancel(ref)
    assert desk.naps == [CANCEL_AGAIN] * 3
    assert desk.blotter.orders[ref].state is OrderState.CANCELLED


async def test_a_cancel_that_is_never_let_through_is_given_up_and_said(desk: Desk) -> None:
    ref = await place(desk)
    desk.venue.troubles["cancel"] = [retry_later() for _ in range(CANCEL_TRIES)]
    await desk.trading.cancel(ref)
    assert len(desk.venue.asked("cancel")) == CANCEL_TRIES
    assert "refused: Cannot cancel yet" in desk.words[-1]
    assert not desk.blotter.orders[ref].cancelling


@pytest.mark.parametrize(
    ("code", "status"), [("order_already_filled", 400), ("order_already_cancelled", 400), ("order_is_invalid", 400), ("not_found", 404)]
)
async def test_a_cancel_that_comes_too_late_reads_the_order_again(desk: Desk, code: str, status: int) -> None:
    ref = await place(desk)
    desk.venue.troubles["cancel"] = [RefusedError("too late", code=code, status=status)]
    desk.venue.answers["order"] = report(ref, "open", order_id=f"v-{ref}", matching="fully_matched", filled=money(10))
    await desk.trading.cancel(ref)
    assert desk.venue.asked("order") == [(f"v-{ref}",)]
    assert desk.blotter.orders[ref].state is OrderState.FILLED


async def test_a_late_cancel_whose_order_cannot_be_read_is_said_not_raised(desk: Desk) -> None:
    ref = await place(desk)
    desk.venue.troubles["cancel"] = [RefusedError("too late", code="order_already_filled", status=400)]
    desk.venue.troubles["order"] = [UnknownError("No answer within 5 s")]
    await desk.trading.cancel(ref)
    assert "No answer within 5 s" in desk.words[-1]
    assert not desk.blotter.orders[ref].cancelling


async def test_any_other_refusal_of_a_cancel_is_said(desk: Desk) -> None:
    ref = await place(desk)
    desk.venue.troubles["cancel"] = [RefusedError("It is not yours", code="order_not_belongs_to_user", status=400)]
    await desk.trading.cancel(ref)
    assert "Harbor Pilots +150 refused: It is not yours" in desk.words[-1]
    assert desk.blotter.orders[ref].is_cancellable


@pytest.mark.parametrize("problem", [UnknownError("No answer"), UnreadableError("odd")])
async def test_a_cancel_of_unknown_outcome_is_said_and_may_be_tried_again(desk: Desk, problem: VenueError) -> None:
    ref = await place(desk)
    desk.venue.troubles["cancel"] = [problem]
    await desk.trading.cancel(ref)
    assert "outcome unknown" in desk.words[-1]
    await desk.trading.cancel(ref)
    assert len(desk.venue.asked("cancel")) == 2


@pytest.mark.parametrize("status", ["canceled", "closed", "void", "invalid", "wiped"])
async def test_an_order_that_is_over_is_not_cancelled(desk: Desk, status: str) -> None:
    ref = await place(desk)
    desk.session.emit([OrderReported(report(ref, status, order_id=f"v-{ref}"))])
    await desk.trading.cancel(ref)
    assert desk.venue.asked("cancel") == []


async def test_several_cancels_have_each_their_own_result(desk: Desk) -> None:
    first, second = await place(desk), await place(desk)
    desk.venue.troubles["cancel"] = [RefusedError("no", code="odd", status=400)]
    await desk.trading.cancel_many([first, second])
    assert [ref for ref, _ in desk.venue.asked("cancel")] == [first, second]


async def test_cancelling_all_asks_the_venue_first_and_then_takes_what_it_left(desk: Desk) -> None:
    first, second = await place(desk), await place(desk)
    desk.venue.gates["cancel_all"] = asyncio.Event()
    cancelling = asyncio.create_task(desk.trading.cancel_all())
    await settle(lambda: desk.venue.asked("cancel_all"))
    assert desk.venue.asked("cancel") == []
    desk.session.emit([OrderReported(report(first, "canceled", order_id=f"v-{first}"))])
    desk.venue.gates["cancel_all"].set()
    await cancelling
    assert [ref for ref, _ in desk.venue.asked("cancel")] == [second]
    assert desk.naps == [CANCEL_AGAIN]


async def test_nothing_to_cancel_is_no_complaint(desk: Desk) -> None:
    desk.venue.troubles["cancel_all"] = [RefusedError("none", code="no_cancellable_orders", status=404)]
    await desk.trading.cancel_all()
    assert [(notice.words, notice.tone) for notice in desk.notices.lines] == [
        ("Cancel all: no order known here was left to cancel", Tone.PLAIN)
    ]


@pytest.mark.parametrize("problem", [RefusedError("no", code="odd", status=400), UnknownError("No answer"), NotSentError("offline")])
async def test_a_cancel_all_that_fails_is_said_and_the_orders_are_cancelled_one_by_one(desk: Desk, problem: VenueError) -> None:
    ref = await place(desk)
    desk.venue.troubles["cancel_all"] = [problem]
    await desk.trading.cancel_all()
    assert any("Cancel all" in words for words in desk.words)
    assert [cancelled for cancelled, _ in desk.venue.asked("cancel")] == [ref]


async def test_cancelling_all_leaves_an_order_whose_outcome_is_unknown_alone(desk: Desk) -> None:
    desk.venue.troubles["place"] = [UnknownError("No answer")]
    await desk.trading.place(draft())
    await desk.trading.cancel_all()
    await turn()
    assert desk.venue.asked("cancel") == []
    assert [order.ref for order in desk.blotter.unknown()] == ["ov-1"]
    assert desk.blotter.of_market(KEY)[0].draft.selection_id == HOME
