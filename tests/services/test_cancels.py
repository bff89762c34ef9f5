"""Taking several orders off: in one request, each with a result of its own, by market, by event, and where the venue has no such call."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from app.domain.errors import NotSentError, RefusedError, UnknownError, VenueError
from app.domain.events import OrderReported
from app.domain.offer import Offer
from app.domain.order import Cancel, HistoryQuery, Order, OrderReport, OrderState, Outcome
from app.domain.record import CancelEnded, CancelSent
from app.services.cancels import BATCH, CANCEL_AGAIN, NAMED
from app.services.notices import Tone
from app.services.sight import REACH
from tests.services.fakes import AWAY, GAME, HOME, KEY, NOON, SPREAD, Desk, book, draft, money, report, settle


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.ready(book(), book(key=SPREAD))
    return desk


def stand(desk: Desk, *refs: str, **more: object) -> list[str]:
    """Orders that wait at the venue."""
    return [desk.blotter.apply(report(ref, "open", order_id=f"v-{ref}", **more)).ref for ref in refs]


def answer(desk: Desk, *taken: str) -> None:
    """The venue's batch takes these off, and leaves the others."""
    inner = desk.venue.cancel_many

    async def cancel_many(orders: Sequence[tuple[str, str]]) -> tuple[list[OrderReport], list[str]]:
        await inner(orders)
        off = [report(ref, "canceled", order_id=venue_id) for ref, venue_id in orders if ref in taken]
        return off, ["cannot be cancelled"] * (len(orders) - len(off))

    desk.venue.cancel_many = cancel_many  # type: ignore[method-assign]


def batched(desk: Desk) -> list[object]:
    """The references of the first batch."""
    return [row[0] for row in desk.venue.asked("cancel_many")[0] if isinstance(row, tuple)]


def states(desk: Desk, refs: list[str]) -> list[OrderState]:
    return [desk.blotter.orders[ref].state for ref in refs]


async def test_several_orders_go_in_one_request(desk: Desk) -> None:
    refs = stand(desk, "a", "b", "c")
    answer(desk, "a", "b", "c")
    await desk.trading.cancel_many(refs)
    assert desk.venue.asked("cancel_many") == [(("a", "v-a"), ("b", "v-b"), ("c", "v-c"))]
    assert (desk.venue.asked("cancel"), states(desk, refs)) == ([], [OrderState.CANCELLED] * 3)
    assert desk.words[-1] == "Cancelled what was left of 3 orders"


async def test_a_request_holds_no_more_than_the_venue_takes(desk: Desk) -> None:
    refs = stand(desk, *(f"o{number}" for number in range(BATCH + 3)))
    answer(desk, *refs)
    await desk.trading.cancel_many(refs)
    assert [len(batch) for batch in desk.venue.asked("cancel_many")] == [BATCH, 3]


async def test_one_order_needs_no_batch(desk: Desk) -> None:
    await desk.trading.cancel_many(stand(desk, "a"))
    assert (desk.venue.asked("cancel_many"), desk.venue.asked("cancel")) == ([], [("a", "v-a")])


async def test_an_order_named_twice_and_one_that_is_over_are_not_asked_for(desk: Desk) -> None:
    refs = stand(desk, "a", "b", "c")
    desk.blotter.apply(report("c", "canceled", order_id="v-c"))
    answer(desk, "a", "b")
    await desk.trading.cancel_many([*refs, *refs])
    assert desk.venue.asked("cancel_many") == [(("a", "v-a"), ("b", "v-b"))]


async def test_a_row_that_the_batch_left_is_cancelled_alone_and_says_why_it_was_refused(desk: Desk) -> None:
    refs = stand(desk, "a", "b", "c")
    answer(desk, "a", "c")
    desk.venue.troubles["cancel"] = [RefusedError("It is not yours", code="order_not_belongs_to_user", status=400)]
    await desk.trading.cancel_many(refs)
    assert desk.venue.asked("cancel") == [("b", "v-b")]
    assert [desk.blotter.cancel_refusal(desk.blotter.orders[ref]) for ref in refs] == ["", "It is not yours", ""]
    assert states(desk, refs) == [OrderState.CANCELLED, OrderState.OPEN, OrderState.CANCELLED]
    assert "Cancelled 2 of 3 orders; 1 still stand or are unclear" in desk.words


async def test_a_batch_that_is_refused_as_a_whole_is_tried_one_by_one(desk: Desk) -> None:
    refs = stand(desk, "a", "b")
    desk.venue.troubles["cancel_many"] = [RefusedError("no such path", status=404)]
    await desk.trading.cancel_many(refs)
    assert [ref for ref, _ in desk.venue.asked("cancel")] == refs


async def test_a_batch_that_never_left_is_said_and_may_be_tried_again(desk: Desk) -> None:
    refs = stand(desk, "a", "b")
    desk.venue.troubles["cancel_many"] = [NotSentError("offline")]
    await desk.trading.cancel_many(refs)
    assert "Cancel of 2 orders was not sent: offline" in desk.words
    assert [desk.blotter.orders[ref].cancel for ref in refs] == [Cancel.NONE, Cancel.NONE]
    assert desk.venue.asked("cancel") == []


async def test_a_batch_whose_answer_is_lost_leaves_every_row_unclear(desk: Desk) -> None:
    refs = stand(desk, "a", "b")
    desk.venue.troubles["cancel_many"] = [UnknownError("No answer within 5 s")]
    await desk.trading.cancel_many(refs)
    assert [desk.blotter.orders[ref].cancel for ref in refs] == [Cancel.UNKNOWN, Cancel.UNKNOWN]
    assert "Cancelled 0 of 2 orders; 2 still stand or are unclear" in desk.words


async def test_a_batch_that_is_given_up_leaves_every_row_unclear(desk: Desk) -> None:
    refs = stand(desk, "a", "b")
    desk.venue.gates["cancel_many"] = asyncio.Event()
    cancelling = asyncio.create_task(desk.trading.cancel_many(refs))
    await settle(lambda: desk.venue.asked("cancel_many"))
    assert [desk.blotter.orders[ref].cancel for ref in refs] == [Cancel.SENT, Cancel.SENT]
    cancelling.cancel()
    await asyncio.gather(cancelling, return_exceptions=True)
    assert [desk.blotter.orders[ref].cancel for ref in refs] == [Cancel.UNKNOWN, Cancel.UNKNOWN]
    assert len(desk.journal.of(CancelEnded)) == 2


async def test_a_refusal_stands_until_the_cancel_is_tried_again(desk: Desk) -> None:
    (ref,) = stand(desk, "a")
    desk.venue.troubles["cancel"] = [RefusedError("not now", code="odd", status=400)]
    await desk.trading.cancel(ref)
    assert desk.blotter.cancel_refusal(desk.blotter.orders[ref]) == "not now"
    assert ref in desk.blotter.dirty
    desk.venue.gates["cancel"] = asyncio.Event()
    again = asyncio.create_task(desk.trading.cancel(ref))
    await settle(lambda: len(desk.venue.asked("cancel")) == 2)
    assert desk.blotter.cancel_refusal(desk.blotter.orders[ref]) == ""
    desk.venue.gates["cancel"].set()
    await again


async def test_a_mistake_below_ends_a_cancel_so_that_it_can_be_tried_again(desk: Desk) -> None:
    (ref,) = stand(desk, "a")
    desk.venue.troubles["cancel"] = [asyncio.InvalidStateError("invalid state")]
    with pytest.raises(asyncio.InvalidStateError):
        await desk.trading.cancel(ref)
    assert desk.blotter.orders[ref].cancel is Cancel.UNKNOWN
    await desk.trading.cancel(ref)
    assert len(desk.venue.asked("cancel")) == 2


async def test_a_mistake_below_ends_every_cancel_of_a_batch(desk: Desk) -> None:
    refs = stand(desk, "a", "b")
    desk.venue.troubles["cancel_many"] = [asyncio.InvalidStateError("invalid state")]
    with pytest.raises(asyncio.InvalidStateError):
        await desk.trading.cancel_many(refs)
    assert [desk.blotter.orders[ref].cancel for ref in refs] == [Cancel.UNKNOWN, Cancel.UNKNOWN]


async def test_what_ended_while_an_earlier_batch_was_answered_is_not_asked_for(desk: Desk) -> None:
    refs = stand(desk, *(f"o{number}" for number in range(BATCH + 2)))
    answer(desk, *refs)
    desk.venue.gates["cancel_many"] = asyncio.Event()
    cancelling = asyncio.create_task(desk.trading.cancel_many(refs))
    await settle(lambda: desk.venue.asked("cancel_many"))
    desk.session.emit([OrderReported(report(refs[-1], "canceled", order_id=f"v-{refs[-1]}"))])
    desk.venue.gates["cancel_many"].set()
    await cancelling
    assert desk.venue.asked("cancel_many")[1] == ((refs[-2], f"v-{refs[-2]}"),)
    assert [entry.ref for entry in desk.journal.of(CancelSent)] == refs[:-1]
    assert desk.words[-1] == f"Cancelled what was left of {BATCH + 2} orders"


# By event and by market


def everywhere(desk: Desk) -> None:
    stand(desk, "money-1", "money-2", selection_id=HOME)
    stand(desk, "spread", market_id=SPREAD.market_id, strike=SPREAD.strike, selection_id=AWAY)
    stand(desk, "elsewhere", event_id=GAME + 1)


async def test_an_event_is_cancelled_by_the_venue_and_then_what_it_left(desk: Desk) -> None:
    everywhere(desk)
    answer(desk, "money-1", "money-2", "spread")
    await desk.trading.cancel_event(GAME)
    assert (desk.venue.asked("cancel_event"), desk.naps) == ([(GAME,)], [CANCEL_AGAIN])
    assert batched(desk) == ["money-1", "money-2", "spread"]
    assert desk.blotter.orders["elsewhere"].state is OrderState.OPEN


async def test_a_market_is_cancelled_with_all_its_numbers_and_no_other(desk: Desk) -> None:
    everywhere(desk)
    answer(desk, "money-1", "money-2")
    await desk.trading.cancel_market(GAME, KEY.market_id)
    assert desk.venue.asked("cancel_market") == [(GAME, KEY.market_id)]
    assert batched(desk) == ["money-1", "money-2"]


async def test_without_such_calls_the_orders_are_cancelled_by_their_ids(desk: Desk) -> None:
    everywhere(desk)
    answer(desk, "money-1", "money-2", "spread")
    desk.venue.offers -= {Offer.CANCEL_ALL}
    await desk.trading.cancel_event(GAME)
    await desk.trading.cancel_market(GAME + 1, KEY.market_id)
    assert (desk.venue.asked("cancel_event"), desk.venue.asked("cancel_market"), desk.naps) == ([], [], [])
    assert (len(desk.venue.asked("cancel_many")[0]), desk.venue.asked("cancel")) == (3, [("elsewhere", "v-elsewhere")])


@pytest.mark.parametrize("problem", [RefusedError("no", code="odd", status=400), UnknownError("No answer"), NotSentError("offline")])
async def test_a_failing_call_is_said_by_name_and_the_orders_are_cancelled_all_the_same(desk: Desk, problem: VenueError) -> None:
    everywhere(desk)
    order = await desk.trading.place(draft())
    desk.venue.troubles["cancel_event"] = [problem]
    await desk.trading.cancel_event(GAME)
    assert any(words.startswith("Cancel all on Game") for words in desk.words)
    assert order.ref in batched(desk)


async def test_without_such_a_call_what_the_record_has_beside_what_is_known_is_cancelled_too(desk: Desk) -> None:
    stand(desk, "a", "b")
    answer(desk, "a", "b")
    desk.venue.offers -= {Offer.CANCEL_ALL}
    desk.venue.rows = [report("web-7", order_id="v-web-7")]
    desk.venue.synced_at = NOON - timedelta(seconds=5)
    desk.venue.answers["cancel"] = report("web-7", "canceled", order_id="v-web-7")
    await desk.trading.cancel_all()
    assert desk.venue.calls[0][0] == "cancel_many", "what is known does not wait for the record"
    assert desk.venue.asked("history") == [(HistoryQuery(NOON - REACH, status="open"),)]
    assert desk.venue.asked("cancel") == [("web-7", "v-web-7")]
    assert desk.words[-1] == "Cancel all: 3 orders off the book; as of 11:59:55 UTC by the venue's record"


async def test_without_such_a_call_nothing_to_cancel_is_said_as_of_when_the_record_is(desk: Desk) -> None:
    desk.venue.offers -= {Offer.CANCEL_ALL}
    await desk.trading.cancel_all()
    assert desk.words == ["Cancel all: no order known here was left to cancel; as of 12:00:00 UTC by the venue's record"]


async def test_what_the_record_shows_on_another_event_is_left_there(desk: Desk) -> None:
    desk.venue.offers -= {Offer.CANCEL_ALL}
    desk.venue.rows = [report("web-7", order_id="v-web-7", event_id=GAME + 1)]
    await desk.trading.cancel_event(GAME)
    assert desk.venue.asked("cancel") == []
    assert desk.blotter.orders["web-7"].state is OrderState.OPEN


async def test_a_record_that_cannot_be_read_is_said_and_what_is_known_is_off_all_the_same(desk: Desk) -> None:
    refs = stand(desk, "a", "b")
    answer(desk, *refs)
    desk.venue.offers -= {Offer.CANCEL_ALL}
    desk.venue.troubles["history"] = [UnknownError("No answer within 5 s")]
    await desk.trading.cancel_all()
    assert desk.words == [
        "Cancel all: orders placed elsewhere may still stand, as the venue's record could not be read: No answer within 5 s",
        "Cancel all: 2 orders off the book",
    ]
    assert desk.notices.lines[0].tone is Tone.BAD


async def test_a_record_that_was_not_read_whole_is_said(desk: Desk) -> None:
    desk.venue.offers -= {Offer.CANCEL_ALL}
    desk.venue.is_whole = False
    await desk.trading.cancel_all()
    assert desk.words[0] == "Cancel all: orders placed elsewhere may still stand, as the venue's record could not be read whole"


# What came of it


async def test_orders_that_the_venues_pushes_took_off_are_counted(desk: Desk) -> None:
    stand(desk, "a", "b")

    async def cancel_event(event_id: int) -> None:
        desk.session.emit([OrderReported(report(ref, "canceled", order_id=f"v-{ref}")) for ref in ("a", "b")])

    desk.venue.cancel_event = cancel_event  # type: ignore[method-assign]
    await desk.trading.cancel_event(GAME)
    assert desk.words == [f"Cancel all on Game {GAME}: 2 orders off the book"]


async def test_orders_that_may_still_turn_up_are_named(desk: Desk) -> None:
    stand(desk, "a")
    for ref, outcome in (("sent", Outcome.SENDING), ("lost", Outcome.UNKNOWN)):
        desk.blotter.add(Order(ref=ref, draft=draft(), placed_at=NOON, sent_at=NOON, quantity=money(10), outcome=outcome))
    answer(desk, "a")
    desk.venue.answers["cancel"] = report("a", "canceled", order_id="v-a")
    await desk.trading.cancel_event(GAME)
    told = f"Cancel all on Game {GAME}: 1 order off the book; 2 orders under way or unclear, which may still turn up: "
    assert desk.words[-1] == f"{told}Harbor Pilots +150, Harbor Pilots +150"
    assert desk.notices.lines[-1].tone is Tone.WARNING


async def test_orders_that_no_cancel_took_off_are_named_and_only_the_first(desk: Desk) -> None:
    refs = stand(desk, *(f"o{number}" for number in range(NAMED + 2)))
    answer(desk, refs[0])
    desk.venue.troubles["cancel"] = [RefusedError("no", code="odd", status=400) for _ in refs]
    await desk.trading.cancel_event(GAME)
    pilots = ", ".join(["Harbor Pilots +150"] * NAMED)
    assert desk.words[-1] == f"Cancel all on Game {GAME}: 1 order off the book; 4 orders still standing or unclear: {pilots} and 1 more"


async def test_where_nothing_is_known_to_be_cancelled_that_is_said(desk: Desk) -> None:
    await desk.trading.cancel_event(GAME)
    assert desk.words == [f"Cancel all on event {GAME}: no order known here was left to cancel"]


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (NotSentError("offline"), "was not sent: offline"),
        (RefusedError("no", code="odd", status=400), "was refused: no"),
        (UnknownError("No answer"), ": outcome unknown (No answer)"),
    ],
)
async def test_a_call_that_fails_says_how_and_claims_nothing(desk: Desk, problem: VenueError, words: str) -> None:
    desk.venue.troubles["cancel_all"] = [problem]
    await desk.trading.cancel_all()
    assert len(desk.words) == 1
    assert desk.words[0].removeprefix("Cancel all").strip() == words
