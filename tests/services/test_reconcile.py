"""Bringing what we believe in line with the venue: at the start, after a crash, after an outage, every few minutes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from typing import cast

import msgspec
import pytest

from app.domain.errors import DeniedError, NotSentError, RefusedError, UnknownError, UnreadableError, VenueError
from app.domain.events import StreamUp
from app.domain.odds import from_american
from app.domain.offer import Offer
from app.domain.order import Cancel, HistoryQuery, Order, OrderState, Outcome
from app.domain.record import CancelEnded, Ended
from app.services.account import midnight
from app.services.reconcile import DETAILS, EVERY, LONGEST_UPDATED, OVERLAP, remembered_since
from tests.services.fakes import AWAY, HOME, KEY, NOON, Desk, draft, money, report, settle, turn


@pytest.fixture
def desk() -> Desk:
    """As it is at a start: trading is on, the venue was not asked for orders yet."""
    desk = Desk()
    desk.ready()
    desk.controls.is_reconciled = False
    return desk


def kept(ref: str = "ov-1", **change: object) -> Order:
    """An order as the journal held it."""
    order = Order(ref=ref, draft=draft(), placed_at=NOON - timedelta(minutes=5), sent_at=NOON - timedelta(minutes=5), quantity=money(10))
    return msgspec.structs.replace(order, **change)


def standing(ref: str = "ov-1", **change: object) -> Order:
    """One that the venue had on its book when the program ended."""
    return kept(ref, outcome=Outcome.SENT, status="open", matching="unmatched", venue_order_id=f"v-{ref}", **change)


async def restart(journal: dict[str, Order]) -> Desk:
    """A new program on what the last one had written down."""
    desk = Desk()
    desk.ready()
    desk.controls.is_reconciled = False
    desk.reconciliation.restore(list(journal.values()))
    return desk


def states(orders: Iterable[Order]) -> dict[str, OrderState]:
    return {order.ref: order.state for order in orders}


# What the journal held


def test_an_order_that_was_being_sent_when_the_program_ended_is_unknown_and_counts_in_full(desk: Desk) -> None:
    desk.reconciliation.restore([kept()])
    order = desk.blotter.orders["ov-1"]
    assert (order.state, order.at_risk) == (OrderState.UNKNOWN, money(10))
    assert desk.journal.of(Ended) == [Ended("ov-1", Outcome.UNKNOWN, "the program ended before the answer came")]


def test_a_cancel_that_was_being_sent_is_unclear(desk: Desk) -> None:
    desk.reconciliation.restore([standing(cancel=Cancel.SENT)])
    order = desk.blotter.orders["ov-1"]
    assert (order.state, order.cancel, order.cancelling) == (OrderState.OPEN, Cancel.UNKNOWN, False)
    assert desk.journal.of(CancelEnded)[0].cancel is Cancel.UNKNOWN
    assert order.is_cancellable


@pytest.mark.parametrize("outcome", [Outcome.UNKNOWN, Outcome.NOT_SENT, Outcome.DENIED, Outcome.REJECTED, Outcome.PRESUMED])
def test_an_order_whose_sending_had_ended_is_taken_up_as_it_was(desk: Desk, outcome: Outcome) -> None:
    order = kept(outcome=outcome, reason="as it was")
    desk.reconciliation.restore([order])
    assert desk.blotter.orders == {"ov-1": order}
    assert desk.journal.entries == []


def test_an_order_that_stood_on_the_book_is_taken_up_as_it_was(desk: Desk) -> None:
    desk.reconciliation.restore([standing(filled=money(4))])
    assert states(desk.blotter.live()) == {"ov-1": OrderState.PART}


# At the start


async def test_orders_are_off_until_the_venue_has_been_asked(desk: Desk) -> None:
    with pytest.raises(DeniedError) as denied:
        await desk.trading.place(draft())
    assert denied.value.code == "RECONCILING"
    await desk.reconciliation.run()
    assert desk.controls.is_reconciled
    await desk.trading.place(draft())
    assert len(desk.venue.asked("place")) == 1


@pytest.mark.parametrize("method", ["history", "order"])
@pytest.mark.parametrize("problem", [UnknownError("No answer"), NotSentError("offline")])
async def test_a_start_that_fails_half_way_keeps_orders_off(desk: Desk, method: str, problem: VenueError) -> None:
    desk.reconciliation.restore([standing()])
    desk.venue.troubles[method] = [problem]
    with pytest.raises(VenueError):
        await desk.reconciliation.run()
    assert not desk.controls.is_reconciled
    await desk.reconciliation.run()
    assert desk.controls.is_reconciled


async def test_every_unknown_order_of_the_journal_is_looked_up_before_orders_are_on(desk: Desk) -> None:
    desk.reconciliation.restore([kept(f"ov-{number}", placed_at=NOON - timedelta(days=2, minutes=number)) for number in (1, 2, 3)])
    await desk.reconciliation.run()
    assert {ref: look.tries for ref, look in desk.search.looks.items()} == {"ov-1": 1, "ov-2": 1, "ov-3": 1}
    assert desk.controls.is_reconciled


async def test_an_unknown_order_that_could_not_be_looked_up_keeps_orders_off(desk: Desk) -> None:
    desk.reconciliation.restore([kept()])
    desk.search.track()
    desk.venue.spared["history"] = 2  # what was touched and what is open can be read, the look for the unknown one fails
    desk.venue.troubles["history"] = [UnknownError("No answer within 5 s")]
    with suppress(VenueError):
        await desk.reconciliation.run()
    assert not desk.controls.is_reconciled, "nobody has looked for it yet"


async def test_orders_stay_off_while_another_look_is_still_under_way(desk: Desk) -> None:
    desk.reconciliation.restore([kept()])
    desk.search.track()
    desk.venue.gates["history"] = asyncio.Event()
    looking = asyncio.create_task(desk.search.look(["ov-1"]))
    await settle(lambda: desk.venue.asked("history"))
    gate = desk.venue.gates.pop("history")
    running = asyncio.create_task(desk.reconciliation.run())
    await turn()
    assert not desk.controls.is_reconciled, "the one unknown order has not been looked up yet"
    gate.set()
    await asyncio.gather(looking, running)
    assert desk.controls.is_reconciled


def queries(desk: Desk) -> list[HistoryQuery]:
    return [cast("HistoryQuery", call[0]) for call in desk.venue.asked("history")]


async def test_the_first_reading_takes_what_was_touched_in_two_days_and_what_is_open_of_eight_weeks(desk: Desk) -> None:
    await desk.reconciliation.run()
    assert queries(desk) == [
        HistoryQuery(NOON - timedelta(days=2, seconds=-120), is_touched=True),
        HistoryQuery(NOON - timedelta(weeks=8), status="open"),
    ]


async def test_later_readings_look_back_a_week_or_to_the_last_one(desk: Desk) -> None:
    await desk.reconciliation.run()
    desk.venue.calls.clear()
    await desk.reconciliation.run()
    assert queries(desk)[1:] == [HistoryQuery(NOON - timedelta(days=7, seconds=-120), status="open")]


@pytest.mark.parametrize("hours", [1, 30])
def test_a_start_remembers_all_that_the_record_may_speak_of_again(hours: int) -> None:
    now = midnight(NOON) + timedelta(hours=hours)
    assert remembered_since(now) <= midnight(now)
    assert remembered_since(now) <= now - LONGEST_UPDATED - OVERLAP


async def test_a_row_of_the_history_resolves_what_the_crash_left_unknown(desk: Desk) -> None:
    desk.reconciliation.restore([kept()])
    desk.venue.rows = [report("ov-1", "open", filled=money(3), matching="partially_matched")]
    await desk.reconciliation.run()
    assert states(desk.blotter.orders.values()) == {"ov-1": OrderState.PART}
    assert desk.search.looks == {}


async def test_a_live_order_that_history_does_not_tell_of_is_read_singly(desk: Desk) -> None:
    desk.reconciliation.restore([standing("ov-1"), standing("ov-2"), kept("ov-3", outcome=Outcome.REJECTED)])
    desk.venue.rows = [report("ov-1", "open", order_id="v-ov-1")]
    desk.venue.answers["order"] = report("ov-2", "canceled", order_id="v-ov-2")
    await desk.reconciliation.run()
    assert desk.venue.asked("order") == [("v-ov-2",)]
    assert states(desk.blotter.live()) == {"ov-1": OrderState.OPEN}


async def test_an_order_that_the_venue_does_not_show_goes_on_counting_is_alarmed_and_does_not_end_the_run(desk: Desk) -> None:
    desk.reconciliation.restore([standing("ov-1"), standing("ov-2")])
    desk.venue.troubles["order"] = [RefusedError("no such order", status=404)]
    desk.venue.answers["order"] = report("ov-2", "canceled", order_id="v-ov-2")
    await desk.reconciliation.run()
    missed = desk.blotter.orders["ov-1"]
    assert (missed.state, missed.at_risk) == (OrderState.OPEN, money(10))
    assert missed.alarm == "it is Open here, but the venue does not show it: no such order"
    assert states(desk.blotter.orders.values())["ov-2"] is OrderState.CANCELLED
    assert desk.controls.is_reconciled


async def test_an_order_that_the_venue_shows_again_is_missed_no_longer(desk: Desk) -> None:
    desk.reconciliation.restore([standing()])
    desk.venue.troubles["order"] = [RefusedError("no such order", status=404)]
    await desk.reconciliation.run()
    assert desk.reconciliation.not_shown == {"ov-1"}
    desk.venue.rows = [report("ov-1", "open", order_id="v-ov-1")]
    await desk.reconciliation.run()
    assert desk.reconciliation.not_shown == set(), "the kill switch leaves out what the venue does not show"


async def test_match_prices_that_cannot_be_read_do_not_keep_orders_off(desk: Desk) -> None:
    desk.venue.rows = [report("web-7", "open", order_id="v-7", filled=money(4))]
    desk.venue.troubles["matches"] = [RefusedError("not for you", status=403)]
    with suppress(VenueError):
        await desk.reconciliation.run()
    assert desk.controls.is_reconciled, "every open and unknown order has been looked up"


async def test_where_the_venue_has_no_list_of_matches_it_is_not_asked_and_nothing_is_said_to_be_unlearned(desk: Desk) -> None:
    desk.venue.offers -= {Offer.MATCHES}
    desk.venue.rows = [report("web-7", "open", order_id="v-7", filled=money(4))]
    await desk.reconciliation.run()
    assert desk.venue.asked("matches") == []
    assert desk.reconciliation.unlearned == ""
    assert desk.blotter.orders["web-7"].filled == money(4)


async def test_match_prices_are_asked_for_in_batches(desk: Desk) -> None:
    desk.venue.rows = [report(f"web-{number}", order_id=f"v-{number}", filled=money(10)) for number in range(DETAILS + 1)]
    desk.venue.matched = {"v-0": [(from_american(160), money(10))]}
    await desk.reconciliation.run()
    assert [len(call) for call in desk.venue.asked("matches")] == [DETAILS, 1]
    assert desk.blotter.orders["web-0"].wins == money(16)


async def test_a_reading_that_a_sleep_came_into_speaks_of_when_it_began(desk: Desk) -> None:
    desk.venue.gates["history"] = asyncio.Event()
    reading, began = asyncio.ensure_future(desk.reconciliation.run()), desk.clock.now()
    await turn()
    desk.clock.move(timedelta(days=3).total_seconds())
    desk.venue.gates["history"].set()
    await reading
    assert desk.reconciliation.done_at == began


# A record that is not read whole


async def test_a_start_whose_reading_of_the_book_is_not_whole_keeps_orders_off_and_says_so(desk: Desk) -> None:
    desk.venue.is_whole = False
    with pytest.raises(UnreadableError, match="Orders wait: the venue's record could not be read whole"):
        await desk.reconciliation.run()
    assert (desk.controls.is_reconciled, desk.reconciliation.done_at) == (False, None)
    desk.venue.is_whole = True
    await desk.reconciliation.run()
    assert desk.controls.is_reconciled


async def test_what_is_wrong_with_the_record_later_does_not_switch_orders_off(desk: Desk) -> None:
    await desk.reconciliation.run()
    desk.venue.is_whole = False
    await desk.reconciliation.run()
    assert desk.controls.is_reconciled


async def test_changes_that_were_not_read_whole_are_read_again_from_where_they_began(desk: Desk) -> None:
    await desk.reconciliation.run()
    worked = desk.clock.now()
    desk.venue.is_whole = False
    desk.clock.move(3600)
    await desk.reconciliation.run()
    desk.venue.is_whole = True
    desk.venue.calls.clear()
    desk.clock.move(60)
    await desk.reconciliation.run()
    assert queries(desk)[0] == HistoryQuery(worked - OVERLAP, is_touched=True)


async def test_a_journal_that_knows_nothing_is_filled_from_a_whole_week_of_the_record(desk: Desk) -> None:
    await desk.reconciliation.run()
    desk.reconciliation.is_blind = True
    desk.venue.is_whole = False
    await desk.reconciliation.run()
    assert desk.reconciliation.is_blind
    desk.venue.is_whole = True
    await desk.reconciliation.run()
    assert not desk.reconciliation.is_blind


# Orders placed elsewhere


async def test_an_order_placed_elsewhere_is_adopted_marked_counted_and_cancellable(desk: Desk) -> None:
    desk.venue.rows = [report("web-7", "open", order_id="v-7", quantity=money(2400), filled=money(0))]
    await desk.reconciliation.run()
    (theirs,) = desk.blotter.live()
    assert (theirs.is_elsewhere, theirs.is_cancellable, theirs.at_risk) == (True, True, money(2400))
    objection = desk.trading.objection(draft(150, "100.01"))
    assert objection is not None
    assert (objection.code, objection.words) == (
        "SELECTION",
        "2,500.01 would be at risk on this selection, above the limit of 2,500.00",
    )


async def test_an_order_placed_elsewhere_counts_on_its_selection_though_the_venue_left_out_its_strike(desk: Desk) -> None:
    row = report("web-7", "open", order_id="v-7", quantity=money(2400))
    desk.venue.rows = [msgspec.structs.replace(row, market_id=0)]
    await desk.reconciliation.run()
    objection = desk.trading.objection(draft(150, "101"))
    assert objection is not None, "the selection's id names it, whatever else the row leaves out"
    assert objection.code == "SELECTION"


async def test_an_order_of_the_journal_is_not_adopted_a_second_time(desk: Desk) -> None:
    desk.reconciliation.restore([standing()])
    desk.venue.rows = [report("", "open", order_id="v-ov-1"), report("ov-1", "open", order_id="v-ov-1")]
    await desk.reconciliation.run()
    (order,) = desk.blotter.orders.values()
    assert not order.is_elsewhere


async def test_an_order_of_anothers_under_our_reference_is_shown_as_theirs(desk: Desk) -> None:
    desk.reconciliation.restore([standing()])
    desk.venue.rows = [report("ov-1", "open", order_id="v-theirs", selection_id=AWAY)]
    await desk.reconciliation.run()
    ours, theirs = desk.blotter.orders.values()
    assert (ours.draft.selection_id, ours.venue_order_id, ours.is_elsewhere) == (HOME, "v-ov-1", False)
    assert (theirs.draft.selection_id, theirs.venue_order_id, theirs.is_elsewhere) == (AWAY, "v-theirs", True)


async def test_reading_the_same_again_writes_nothing_down(desk: Desk) -> None:
    desk.reconciliation.restore([standing()])
    desk.venue.rows = [report("ov-1", "open", order_id="v-ov-1"), report("web-7", order_id="v-7")]
    await desk.reconciliation.run()
    written = len(desk.journal.entries)
    desk.clock.move(EVERY)
    await desk.reconciliation.run()
    assert len(desk.journal.entries) == written


# A record that is older than what we know


async def test_a_row_without_a_time_does_not_bring_a_cancelled_order_back(desk: Desk) -> None:
    desk.reconciliation.restore([standing()])
    desk.blotter.apply(report("ov-1", "canceled", order_id="v-ov-1"))
    desk.clock.move(5)
    desk.venue.rows = [report("ov-1", "open", order_id="v-ov-1")]
    await desk.reconciliation.run()
    order = desk.blotter.orders["ov-1"]
    assert (order.state, order.alarm) == (OrderState.CANCELLED, ""), "nothing says that the row is newer than the push"


async def test_a_row_of_before_the_cancel_does_not_bring_it_back_because_our_clock_is_behind(desk: Desk) -> None:
    desk.reconciliation.restore([standing()])
    desk.blotter.apply(report("ov-1", "canceled", order_id="v-ov-1"))  # a push has no time of the venue's
    desk.venue.rows = [report("ov-1", "open", order_id="v-ov-1", updated_at=NOON + timedelta(seconds=30))]
    await desk.reconciliation.run()
    assert desk.blotter.orders["ov-1"].state is OrderState.CANCELLED, "times of two clocks cannot be compared"


async def test_the_venues_own_newer_word_is_adopted_though_no_order_should_go_that_way(desk: Desk) -> None:
    desk.reconciliation.restore([standing()])
    desk.blotter.apply(report("ov-1", "canceled", order_id="v-ov-1", updated_at=NOON))
    desk.venue.rows = [report("ov-1", "open", order_id="v-ov-1", updated_at=NOON + timedelta(seconds=5))]
    await desk.reconciliation.run()
    order = desk.blotter.orders["ov-1"]
    assert (order.state, order.alarm) == (OrderState.OPEN, "it was canceled, and the venue has it as open")


# After an outage and in between


async def test_the_stream_coming_back_reconciles(desk: Desk) -> None:
    desk.venue.rows = [report("web-7", order_id="v-7")]
    desk.session.emit([StreamUp()])
    await settle(lambda: desk.controls.is_reconciled)
    assert states(desk.blotter.live()) == {"web-7": OrderState.OPEN}
    await desk.tasks.stop()


async def test_it_runs_again_every_few_minutes_and_reads_back_to_before_the_last_run(desk: Desk) -> None:
    await desk.reconciliation.run()
    first = desk.clock.now()
    desk.venue.calls.clear()
    desk.clock.move(EVERY - 1)
    desk.watch.turn()
    await turn()
    assert desk.venue.asked("history") == []
    desk.clock.move(1)
    desk.watch.turn()
    await settle(lambda: len(desk.venue.asked("history")) == 2)
    assert queries(desk)[0] == HistoryQuery(first - timedelta(seconds=600), is_touched=True)
    await desk.tasks.stop()


async def test_a_reconciliation_that_fails_is_said_and_tried_at_the_next_turn(desk: Desk) -> None:
    await desk.reconciliation.run()
    desk.clock.move(EVERY)
    desk.venue.troubles["history"] = [UnknownError("No answer within 5 s")]
    desk.watch.turn()
    await settle(lambda: "Comparing orders with the venue: No answer within 5 s" in desk.words)
    desk.clock.move(EVERY)
    desk.venue.rows = [report("web-7", order_id="v-7")]
    desk.watch.turn()
    await settle(lambda: "web-7" in desk.blotter.orders)
    assert desk.failures == []
    await desk.tasks.stop()


async def test_after_an_outage_the_reading_goes_back_to_the_last_one_that_worked(desk: Desk) -> None:
    await desk.reconciliation.run()
    worked = desk.clock.now()
    desk.clock.move(3600)
    desk.venue.troubles["history"] = [UnknownError("No answer")]
    with pytest.raises(UnknownError):
        await desk.reconciliation.run()
    desk.venue.calls.clear()
    desk.clock.move(3600)
    await desk.reconciliation.run()
    assert queries(desk)[0] == HistoryQuery(worked - timedelta(seconds=600), is_touched=True)


# A crash at any moment


async def test_after_a_crash_between_the_commit_and_the_answer_the_order_is_unknown() -> None:
    before = Desk()
    before.ready()
    before.venue.gates["place"] = asyncio.Event()
    placing = asyncio.create_task(before.trading.place(draft()))
    await settle(lambda: before.venue.asked("place"))
    after = await restart(before.journal.kept)
    placing.cancel()
    assert states(after.blotter.live()) == {"ov-1": OrderState.UNKNOWN}


async def test_after_a_crash_between_a_resends_commit_and_its_first_byte_the_order_is_unknown() -> None:
    before = Desk()
    before.ready()
    before.venue.troubles["place"] = [NotSentError("offline")]
    await before.trading.place(draft())
    on_the_disk: list[Order] = []
    intend = before.journal.intend

    async def intend_and_crash(entry: object, order: Order) -> None:
        await intend(entry, order)  # type: ignore[arg-type]
        on_the_disk.append(before.journal.kept["ov-1"])

    before.journal.intend = intend_and_crash  # type: ignore[method-assign]
    before.clock.move(3)
    await before.trading.place_again("ov-1")
    after = await restart({"ov-1": on_the_disk[0]})
    assert states(after.blotter.live()) == {"ov-1": OrderState.UNKNOWN}, "its bytes may have left: it counts and is looked up"


async def test_after_a_crash_in_mid_cancel_the_cancel_is_unclear_and_looked_up() -> None:
    before = Desk()
    before.ready()
    await before.trading.place(draft())
    before.blotter.apply(report("ov-1", "open", order_id="v-ov-1"))
    before.venue.gates["cancel"] = asyncio.Event()
    cancelling = asyncio.create_task(before.trading.cancel("ov-1"))
    await settle(lambda: before.venue.asked("cancel"))
    after = await restart(before.journal.kept)
    cancelling.cancel()
    assert [order.cancel for order in after.blotter.unclear()] == [Cancel.UNKNOWN]
    after.venue.answers["order"] = report("ov-1", "canceled", order_id="v-ov-1")
    await after.reconciliation.run()
    assert after.blotter.live() == []
    assert after.blotter.of_market(KEY)[0].state is OrderState.CANCELLED
