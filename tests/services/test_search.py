"""Finding out what became of an order whose answer was lost: when the venue is asked, what counts, and what ends it."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from app.domain.errors import NotSentError, RefusedError, UnknownError, UnreadableError, VenueError
from app.domain.order import ENOUGH, Cancel, HistoryQuery, Order, OrderReport, OrderState, Outcome
from app.domain.record import Looked, Presumed
from app.services.search import BEFORE, LONGEST, Look
from tests.services.fakes import HOME, NOON, Desk, draft, money, report, settle, turn


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.ready()
    return desk


async def lost(desk: Desk, **fields: object) -> str:
    """An order whose answer was lost, taken up by the search as the window's next frame finds it; its reference."""
    desk.venue.troubles["place"] = [UnknownError("No answer within 5 s")]
    order = await desk.trading.place(draft(**fields))  # type: ignore[arg-type]
    desk.blotter.take_dirty()
    desk.search.track()
    return order.ref


async def unclear_cancel(desk: Desk) -> str:
    """An open order of which nobody knows whether its cancel went through."""
    order = await desk.trading.place(draft())
    desk.blotter.apply(report(order.ref, "open", order_id=f"v-{order.ref}"))
    desk.venue.troubles["cancel"] = [UnknownError("No answer within 5 s")]
    await desk.trading.cancel(order.ref)
    desk.blotter.take_dirty()
    desk.search.track()
    return order.ref


async def pass_seconds(desk: Desk, seconds: int) -> None:
    """Time passes second by second, each with a beat of the watchdogs."""
    for _ in range(seconds):
        desk.clock.move(1)
        desk.watch.turn()
        await turn(10)


def ours(desk: Desk, ref: str = "ov-1") -> Order:
    return desk.blotter.orders[ref]


def look(desk: Desk, ref: str = "ov-1") -> Look:
    return desk.search.looks[ref]


def state(desk: Desk, ref: str = "ov-1") -> OrderState:
    return desk.blotter.orders[ref].state


# When it is asked for


async def test_an_unknown_order_is_taken_up_by_the_next_beat_without_a_window(desk: Desk) -> None:
    desk.venue.troubles["place"] = [UnknownError("The connection broke")]
    order = await desk.trading.place(draft())
    desk.watch.turn()
    assert list(desk.search.looks) == [order.ref], "a window takes what has changed once a frame: an answer can be faster than that"


async def test_a_second_unknown_order_is_taken_up_like_the_first(desk: Desk) -> None:
    await lost(desk)
    desk.clock.move(3)
    desk.venue.troubles["place"] = [UnknownError("No answer within 5 s")]
    other = await desk.trading.place(draft(151), frozenset({"UNKNOWN"}))
    desk.watch.turn()
    assert list(desk.search.looks) == ["ov-1", other.ref]


async def test_an_unknown_order_is_looked_up_after_2_5_10_20_40_80_seconds_and_then_each_minute(desk: Desk) -> None:
    await lost(desk)
    since = desk.clock.seconds
    asked = []
    for _ in range(260):
        desk.clock.move(1)
        if desk.search.is_due:
            asked.append(desk.clock.seconds - since)
            await desk.search.look_at_due()
    assert asked == [2, 5, 10, 20, 40, 80, 140, 200, 260]
    assert look(desk).tries == 9


async def test_the_watchdog_starts_one_look_and_no_second_one_beside_it(desk: Desk) -> None:
    await lost(desk)
    desk.venue.gates["history"] = asyncio.Event()
    desk.clock.move(2)
    desk.watch.turn()
    await settle(lambda: desk.venue.asked("history"))
    desk.clock.move(5)
    desk.watch.turn()
    await turn()
    assert len(desk.venue.asked("history")) == 1
    desk.venue.gates["history"].set()
    await settle(lambda: look(desk).tries == 1 and not desk.search.is_due)
    await desk.tasks.stop()


async def test_history_is_read_from_a_minute_before_the_sending_until_after_now(desk: Desk) -> None:
    await lost(desk)
    sent = desk.clock.now()
    desk.clock.move(2)
    await desk.search.look_at_due()
    assert desk.venue.asked("history") == [(HistoryQuery(sent - BEFORE, sent + timedelta(seconds=2) + BEFORE),)]


async def test_one_reading_of_history_never_spans_more_than_the_venue_allows(desk: Desk) -> None:
    await lost(desk)
    desk.clock.move(30 * 86_400)
    await desk.search.look_at_due()
    ((query,),) = desk.venue.asked("history")
    assert isinstance(query, HistoryQuery)
    assert query.until is not None
    assert query.until - query.since == LONGEST < timedelta(days=7)


async def test_a_resend_is_still_looked_for_from_the_first_sending_on(desk: Desk) -> None:
    ref = await lost(desk)
    first = desk.clock.now()
    desk.clock.move(600)
    desk.venue.troubles["place"] = [RefusedError("it exists", code="order_external_id_existed", status=400)]
    await desk.trading.place_again(ref)
    desk.blotter.take_dirty()
    desk.search.track()
    desk.clock.move(2)
    await desk.search.look_at_due()
    ((query,),) = desk.venue.asked("history")
    assert isinstance(query, HistoryQuery)
    assert query.since <= first - BEFORE, "what exists under this reference is the order of the first attempt"


# What counts


async def test_a_not_found_counts_only_when_the_record_reaches_a_minute_past_the_sending(desk: Desk) -> None:
    ref = await lost(desk)
    sent = desk.clock.now()
    for seconds, counted in ((0, 0), (59, 0), (60, 0), (61, 1), (62, 2)):
        desk.venue.synced_at = sent + timedelta(seconds=seconds)
        await desk.search.look([ref])
        assert ours(desk).not_seen == counted


async def test_a_lagging_record_is_never_counted_however_late_it_is_by_our_clock(desk: Desk) -> None:
    await lost(desk)
    desk.venue.synced_at = desk.clock.now() + timedelta(seconds=30)
    for _ in range(10):
        desk.clock.move(60)
        await desk.search.look_at_due()
    assert (look(desk).tries, ours(desk).not_seen, ours(desk).may_be_presumed) == (10, 0, False)
    assert look(desk).words == "not there, but the venue's record does not reach that far yet"


async def test_without_the_venues_word_our_own_clock_decides(desk: Desk) -> None:
    ref = await lost(desk)
    desk.clock.move(60)
    await desk.search.look([ref])
    assert ours(desk).not_seen == 0
    desk.clock.move(1)
    await desk.search.look([ref])
    assert ours(desk).not_seen == 1


async def test_a_record_read_before_the_minute_was_over_does_not_count_because_its_answer_was_slow(desk: Desk) -> None:
    ref = await lost(desk)
    desk.clock.move(59)
    desk.venue.gates["history"] = asyncio.Event()
    looking = asyncio.create_task(desk.search.look([ref]))
    await settle(lambda: desk.venue.asked("history"))
    desk.clock.move(5)
    desk.venue.gates["history"].set()
    await looking
    assert ours(desk).not_seen == 0, "what was asked for before the minute was over may be of before it"


async def test_five_counted_are_enough_and_the_order_still_counts_as_exposure(desk: Desk) -> None:
    ref = await lost(desk)
    desk.clock.move(61)
    for number in range(1, ENOUGH + 1):
        assert not ours(desk).may_be_presumed
        await desk.search.look([ref])
        assert ours(desk).not_seen == number
    assert ours(desk).may_be_presumed
    assert look(desk).words == "not seen at the venue (5 times)"
    assert state(desk) is OrderState.UNKNOWN
    assert desk.blotter.orders[ref].at_risk == money(10)


@pytest.mark.parametrize(
    "problem", [UnknownError("no"), NotSentError("no", status=429), RefusedError("no", status=403), UnreadableError("no")]
)
async def test_a_look_that_fails_is_said_and_neither_counted_nor_the_last(desk: Desk, problem: VenueError) -> None:
    ref = await lost(desk)
    desk.clock.move(100)
    desk.venue.troubles["history"] = [problem]
    await desk.search.look([ref])
    assert (look(desk).tries, ours(desk).not_seen) == (1, 0)
    assert look(desk).words == "could not be looked up: no"
    assert look(desk).next_at > desk.clock.seconds
    await desk.search.look([ref])
    assert ours(desk).not_seen == 1


async def test_every_look_is_written_down(desk: Desk) -> None:
    ref = await lost(desk)
    desk.clock.move(61)
    await desk.search.look([ref])
    desk.venue.rows = [report(ref)]
    await desk.search.look([ref])
    assert [(seen.is_found, seen.is_counted) for seen in desk.journal.of(Looked)] == [(False, True), (True, False)]


async def test_looking_never_sends_the_order_again(desk: Desk) -> None:
    await lost(desk)
    await pass_seconds(desk, 200)
    assert len(desk.venue.asked("place")) == 1
    assert state(desk) is OrderState.UNKNOWN
    assert desk.failures == []
    await desk.tasks.stop()


# What ends it


@pytest.mark.parametrize(
    ("status", "found"), [("open", OrderState.OPEN), ("inactive", OrderState.ACCEPTED), ("invalid", OrderState.INVALID)]
)
async def test_a_row_of_the_history_resolves_it_and_says_so(desk: Desk, status: str, found: OrderState) -> None:
    ref = await lost(desk)
    desk.venue.rows = [report(ref, status)]
    desk.clock.move(2)
    await desk.search.look_at_due()
    assert state(desk) is found
    assert desk.search.looks == {}
    assert desk.words[-1] == f"Harbor Pilots: found out, it is {found}"


async def test_a_push_resolves_it_between_two_looks(desk: Desk) -> None:
    ref = await lost(desk)
    desk.blotter.apply(report(ref))
    assert desk.search.looks == {}
    assert not desk.search.is_due
    desk.clock.move(100)
    await desk.search.look_at_due()
    assert desk.venue.asked("history") == []


async def test_other_orders_in_the_same_history_are_taken_in_too(desk: Desk) -> None:
    ref = await lost(desk)
    desk.venue.rows = [report("web-7", order_id="v-7")]
    await desk.search.look([ref])
    assert desk.blotter.orders["web-7"].is_elsewhere
    assert state(desk) is OrderState.UNKNOWN


async def test_an_order_of_anothers_under_our_reference_is_not_what_was_looked_for(desk: Desk) -> None:
    ref = await lost(desk)
    desk.venue.rows = [report(ref, selection_id="another", order_id="v-theirs")]
    await desk.search.look([ref])
    ours, theirs = desk.blotter.orders.values()
    assert not ours.status
    assert not ours.venue_order_id
    assert (theirs.is_elsewhere, theirs.is_live) == (True, True)
    assert "our reference ov-1, but it is on something else" in theirs.alarm


async def test_only_a_person_presumes_and_what_comes_later_undoes_it(desk: Desk) -> None:
    ref = await lost(desk)
    desk.clock.move(61)
    for _ in range(ENOUGH + 5):
        await desk.search.look([ref])
    assert state(desk) is OrderState.UNKNOWN
    desk.trading.presume_not_placed(ref)
    assert state(desk) is OrderState.PRESUMED
    assert desk.blotter.orders[ref].at_risk == 0
    assert desk.journal.of(Presumed) == [Presumed(ref)]
    order = desk.blotter.apply(report(ref), "history")
    assert (order.state, order.outcome, order.at_risk) == (OrderState.OPEN, Outcome.SENT, money(10))
    assert order.alarm == "it was presumed not placed, and the venue has it as open"


@pytest.mark.parametrize("status", ["open", "inactive", "canceled"])
async def test_an_order_that_the_venue_knows_cannot_be_presumed_away(desk: Desk, status: str) -> None:
    ref = await lost(desk)
    desk.blotter.apply(report(ref, status))
    before = state(desk)
    desk.trading.presume_not_placed(ref)
    assert state(desk) is before
    assert desk.journal.of(Presumed) == []


async def test_a_resend_and_a_decision_are_not_said_to_be_findings(desk: Desk) -> None:
    ref = await lost(desk)
    desk.clock.move(3)
    desk.venue.gates["place"] = asyncio.Event()
    sending = asyncio.create_task(desk.trading.place_again(ref))
    await settle(lambda: len(desk.venue.asked("place")) == 2)
    desk.search.track()
    assert not any("found out" in words for words in desk.words)
    desk.venue.troubles["place"] = [UnknownError("No answer within 5 s")]
    desk.venue.gates["place"].set()
    await sending
    desk.search.track()
    desk.trading.presume_not_placed(ref)
    desk.search.track()
    assert not any("found out" in words for words in desk.words)


# A cancel of unknown outcome


@pytest.mark.parametrize(
    ("told", "found"),
    [
        (report(status="canceled", order_id="v-ov-1"), OrderState.CANCELLED),
        (report(status="open", order_id="v-ov-1"), OrderState.OPEN),
        (report(status="open", order_id="v-ov-1", matching="fully_matched", filled=money(10)), OrderState.FILLED),
        (
            report(status="open", order_id="v-ov-1", matching="fully_matched", filled=money(4), quantity=money(4)),
            OrderState.CANCELLED_REST,
        ),
    ],
)
async def test_an_unclear_cancel_is_looked_up_by_the_order_and_resolved_either_way(
    desk: Desk, told: OrderReport, found: OrderState
) -> None:
    ref = await unclear_cancel(desk)
    assert desk.blotter.orders[ref].cancel is Cancel.UNKNOWN
    desk.venue.answers["order"] = told
    desk.clock.move(2)
    await desk.search.look_at_due()
    assert desk.venue.asked("order") == [("v-ov-1",)]
    assert desk.venue.asked("history") == []
    assert (state(desk), desk.blotter.orders[ref].cancel) == (found, Cancel.NONE)
    assert desk.search.looks == {}


async def test_a_push_that_ends_the_order_ends_its_unclear_cancel(desk: Desk) -> None:
    ref = await unclear_cancel(desk)
    desk.blotter.apply(report(ref, "open", order_id="v-ov-1", matching="fully_matched", filled=money(10)))
    assert desk.blotter.orders[ref].cancel is Cancel.NONE, "what is filled is not being cancelled any more"
    assert desk.blotter.unclear() == []


@pytest.mark.parametrize("problem", [RefusedError("gone", status=404), UnknownError("No answer"), NotSentError("offline")])
async def test_an_unclear_cancel_stays_unclear_while_the_order_cannot_be_read(desk: Desk, problem: VenueError) -> None:
    ref = await unclear_cancel(desk)
    desk.venue.troubles["order"] = [problem]
    desk.clock.move(2)
    await desk.search.look_at_due()
    assert desk.blotter.orders[ref].cancel is Cancel.UNKNOWN
    assert look(desk).next_at > desk.clock.seconds
    assert str(problem) in look(desk).words


async def test_an_unclear_cancel_counts_in_full_and_can_be_pressed_again(desk: Desk) -> None:
    ref = await unclear_cancel(desk)
    assert desk.blotter.orders[ref].at_risk == money(10)
    desk.venue.answers["cancel"] = report(ref, "canceled", order_id="v-ov-1")
    await desk.trading.cancel(ref)
    assert state(desk) is OrderState.CANCELLED
    assert desk.search.looks == {}


async def test_a_cancelled_order_of_another_market_does_not_end_the_search(desk: Desk) -> None:
    ref = await lost(desk)
    desk.blotter.apply(report("web-7", "canceled", order_id="v-7", updated_at=NOON))
    assert list(desk.search.looks) == [ref]
    assert desk.blotter.orders[ref].draft.selection_id == HOME


async def test_a_row_of_an_order_that_was_over_before_this_start_is_not_adopted_in_passing(desk: Desk) -> None:
    await lost(desk)
    desk.venue.rows = [report("ov-77", "canceled", order_id="v-77"), report("web-5", "open", order_id="v-5")]
    await desk.search.look(list(desk.search.looks))
    assert "ov-77" not in desk.blotter.orders
    assert "web-5" in desk.blotter.orders, "what stands on the book counts, whoever placed it"
