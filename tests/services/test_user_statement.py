"""One user's record by the venue's filter: all pages, what is left out, where it stopped; and taking all of a user's orders off."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import msgspec
import pytest

from app.domain.errors import NotSentError, UnknownError
from app.domain.offer import EVERYTHING
from app.domain.order import HistoryPage, HistoryQuery, OrderReport
from app.domain.user import User
from app.services.user_statement import LOOKED_BACK, UserRecord
from tests.services.fakes import AWAY, NOON, SPREAD, Desk, draft, group, market, money, report, seeded, turn

ANN = "cust-8841"
SINCE, UNTIL = NOON - timedelta(days=7), NOON - timedelta(days=1)


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.ready()
    return desk


@pytest.fixture
def record(desk: Desk) -> UserRecord:
    return desk.desk.user_record


def row(number: int, status: str = "open", user: str = ANN, **more: object) -> OrderReport:
    placed = SINCE + timedelta(hours=number)
    return report(f"b2b-{number}", status, order_id=f"v-{number}", user=user, placed_at=placed, original=money(10), **more)


async def test_the_venues_filter_is_asked_for_the_period_and_every_page_is_read(desk: Desk, record: UserRecord) -> None:
    desk.venue.pages = {"": HistoryPage((row(3), row(2)), "p2", NOON - timedelta(seconds=4)), "p2": HistoryPage((row(1),))}
    found = await record.read(ANN, SINCE, UNTIL)
    query = HistoryQuery(SINCE, UNTIL, user=ANN)
    assert desk.venue.asked("history_page") == [(query, ""), (query, "p2")]
    assert found is not None
    assert [order.venue_order_id for order in found.orders] == ["v-1", "v-2", "v-3"]
    assert (found.trouble, found.synced_at, found.read_at) == ("", NOON - timedelta(seconds=4), NOON)


async def test_a_period_that_lasts_until_now_is_asked_without_an_end(desk: Desk, record: UserRecord) -> None:
    await record.read(ANN, SINCE, NOON + timedelta(hours=12))
    assert desk.venue.asked("history_page") == [(HistoryQuery(SINCE, user=ANN), "")]


async def test_a_row_of_another_user_is_left_out_counted_and_never_shown_as_this_ones(desk: Desk, record: UserRecord) -> None:
    desk.venue.pages = {"": HistoryPage((row(1), row(2, user="cust-8842"), row(3, user="")))}
    found = await record.read(ANN, SINCE, UNTIL)
    assert found is not None
    assert [order.venue_order_id for order in found.orders] == ["v-1"]
    assert (found.progress.rows, found.progress.foreign, found.progress.nameless) == (1, 1, 1)
    assert desk.blotter.by_venue_id("v-2") is None
    assert desk.blotter.by_venue_id("v-3") is None


async def test_a_row_without_a_name_is_whose_the_order_is_known_to_be_here(desk: Desk, record: UserRecord) -> None:
    desk.blotter.apply_all([row(1), row(2, user="cust-8842")])
    desk.venue.pages = {"": HistoryPage((row(1, user=""), row(2, user="")))}
    found = await record.read(ANN, SINCE, UNTIL)
    assert found is not None
    assert [order.venue_order_id for order in found.orders] == ["v-1"]
    assert (found.progress.foreign, found.progress.nameless) == (1, 0)


async def test_an_order_known_here_for_another_user_is_not_this_ones_whatever_the_row_says(desk: Desk, record: UserRecord) -> None:
    desk.blotter.apply(row(2, user="cust-8842"))
    desk.venue.pages = {"": HistoryPage((row(2),))}
    found = await record.read(ANN, SINCE, UNTIL)
    assert found is not None
    assert (found.orders, found.progress.foreign) == ((), 1)


async def test_another_order_under_a_reference_that_is_known_here_is_whose_its_row_says(desk: Desk, record: UserRecord) -> None:
    desk.blotter.apply(row(2, user="cust-8842"))
    desk.venue.pages = {"": HistoryPage((msgspec.structs.replace(row(2), venue_order_id="v-other"),))}
    found = await record.read(ANN, SINCE, UNTIL)
    assert found is not None
    assert [order.venue_order_id for order in found.orders] == ["v-other"]


async def test_a_row_that_shifted_to_the_next_page_counts_once(desk: Desk, record: UserRecord) -> None:
    desk.venue.pages = {"": HistoryPage((row(2), row(1)), "p2"), "p2": HistoryPage((row(1), row(0)))}
    found = await record.read(ANN, SINCE, UNTIL)
    assert found is not None
    assert (len(found.orders), found.progress.rows) == (3, 3)


async def test_a_failure_in_the_middle_keeps_what_was_read_and_says_how_far_it_went(desk: Desk, record: UserRecord) -> None:
    desk.venue.pages = {"": HistoryPage((row(3), row(2)), "p2")}
    desk.venue.spared["history_page"], desk.venue.troubles["history_page"] = 1, [UnknownError("No answer within 5 s")]
    found = await record.read(ANN, SINCE, UNTIL)
    assert found is not None
    assert len(found.orders) == 2
    assert found.trouble == (
        f"It could not be read to the end: No answer within 5 s after 2 orders, "
        f"back to {(SINCE + timedelta(hours=2)).astimezone():%d %b %Y %H:%M:%S}"
    )
    assert record.reading == ""


async def test_a_first_page_that_fails_says_that_nothing_was_read(desk: Desk, record: UserRecord) -> None:
    desk.venue.troubles["history_page"] = [NotSentError("offline")]
    found = await record.read(ANN, SINCE, UNTIL)
    assert found is not None
    assert found.trouble == "It could not be read to the end: offline, and nothing was read"


async def test_a_cursor_that_comes_again_ends_the_reading_and_is_told(desk: Desk, record: UserRecord) -> None:
    desk.venue.pages = {"": HistoryPage((row(2),), "p2"), "p2": HistoryPage((row(1),), "p2")}
    found = await record.read(ANN, SINCE, UNTIL)
    assert found is not None
    assert found.trouble.startswith("The venue gave the same page again after 2 orders")


async def test_rows_that_could_not_be_read_keep_a_statement_from_being_whole_and_the_others_in_it(desk: Desk, record: UserRecord) -> None:
    desk.venue.pages = {"": HistoryPage((row(2),), "p2", trouble="the venue's record lacks a row"), "p2": HistoryPage((row(1),))}
    found = await record.read(ANN, SINCE, UNTIL)
    assert found is not None
    assert (len(found.orders), found.trouble) == (2, "The venue's record lacks a row")


async def test_what_stopped_a_reading_and_what_it_lacks_are_both_told(desk: Desk, record: UserRecord) -> None:
    desk.venue.pages = {"": HistoryPage((row(2),), "p2", trouble="1 row lost")}
    desk.venue.spared["history_page"], desk.venue.troubles["history_page"] = 1, [UnknownError("No answer within 5 s")]
    found = await record.read(ANN, SINCE, UNTIL)
    assert found is not None
    assert found.trouble.startswith("It could not be read to the end: No answer within 5 s after 1 order")
    assert found.trouble.endswith("; 1 row lost")


async def test_orders_adopted_from_pages_with_gaps_are_not_said_to_be_all(desk: Desk, record: UserRecord) -> None:
    desk.venue.pages = {"": HistoryPage((row(2),), trouble="the venue's record lacks a row")}
    adopted = await record.adopt(ANN)
    assert (adopted.is_whole, adopted.words) == (False, "The venue's record lacks a row")
    assert desk.blotter.by_venue_id("v-2") is not None


async def test_a_person_stops_it_and_what_was_read_stays(desk: Desk, record: UserRecord) -> None:
    desk.venue.pages = {"": HistoryPage((row(2),), "p2"), "p2": HistoryPage((row(1),))}
    record.changed.connect(lambda: record.stop() if record.progress.pages else None)
    found = await record.read(ANN, SINCE, UNTIL)
    assert found is not None
    assert (len(found.orders), found.trouble.partition(" after")[0]) == (1, "It was stopped")
    assert len(desk.venue.asked("history_page")) == 1


async def test_one_reading_at_a_time_and_a_stop_of_the_last_does_not_stop_the_next(desk: Desk, record: UserRecord) -> None:
    gate = desk.venue.gates["history_page"] = asyncio.Event()
    first = asyncio.create_task(record.read(ANN, SINCE, UNTIL))
    await turn(3)
    assert record.reading == ANN
    assert await record.read("cust-8842", SINCE, UNTIL) is None
    adopted = await record.adopt("cust-8842")
    assert (adopted.is_whole, adopted.words) == (False, f"The record of {ANN} is being read: wait for its end or stop it")
    record.stop()
    gate.set()
    assert await first is not None
    desk.venue.pages = {"": HistoryPage((row(2),), "p2"), "p2": HistoryPage((row(1),))}
    again = await record.read(ANN, SINCE, UNTIL)
    assert again is not None
    assert again.trouble == ""


async def test_it_may_be_read_again_after_the_reading_was_given_up(desk: Desk, record: UserRecord) -> None:
    desk.venue.gates["history_page"] = asyncio.Event()
    given_up = asyncio.create_task(record.read(ANN, SINCE, UNTIL))
    await turn(3)
    given_up.cancel()
    await asyncio.gather(given_up, return_exceptions=True)
    desk.venue.gates.clear()
    assert await record.read(ANN, SINCE, UNTIL) is not None


async def test_open_orders_of_a_statement_stand_on_the_blotter_and_settled_ones_of_long_ago_do_not(desk: Desk, record: UserRecord) -> None:
    settled = row(2, "settled", matching="fully_matched", filled=money(10), winning="profit")
    desk.venue.pages = {"": HistoryPage((row(1), settled))}
    await record.read(ANN, SINCE, UNTIL)
    open_one = desk.blotter.by_venue_id("v-1")
    assert open_one is not None
    assert (open_one.is_elsewhere, open_one.draft.external_user) == (True, ANN)
    assert desk.blotter.by_venue_id("v-2") is None


async def test_a_row_of_an_order_that_stands_here_is_told_to_the_blotter(desk: Desk, record: UserRecord) -> None:
    desk.venue.offers = EVERYTHING
    desk.desk.users.put([User(ANN, "Ann Lee")])
    order = await desk.trading.place(msgspec.structs.replace(draft(), external_user=ANN))
    settled = report(order.ref, "settled", order_id=order.venue_order_id, matching="fully_matched", filled=money(10), winning="profit")
    desk.venue.pages = {"": HistoryPage((settled,))}
    found = await record.read(ANN, SINCE, UNTIL)
    assert desk.blotter.orders[order.ref].realised == money(15)
    assert found is not None
    assert found.orders == (desk.blotter.orders[order.ref],)


async def test_an_order_that_is_not_here_has_the_names_that_were_read_of_its_event(desk: Desk, record: UserRecord) -> None:
    desk.venue.pages = {"": HistoryPage((row(1, "closed", winning="loss", filled=money(10), matching="fully_matched"),))}
    found = await record.read(ANN, SINCE, UNTIL)
    assert found is not None
    assert (found.orders[0].draft.event_name, found.orders[0].draft.selection_name) == ("Game 19458", "Harbor Pilots")


async def test_names_of_a_statement_are_filled_in_when_the_markets_are_read(desk: Desk, record: UserRecord) -> None:
    told = row(1, "closed", winning="loss", market_id=SPREAD.market_id, strike=-SPREAD.strike, selection_id=AWAY)
    desk.venue.pages = {"": HistoryPage((told,))}
    found = await record.read(ANN, SINCE, UNTIL)
    assert found is not None
    assert found.orders[0].draft.selection_name == ""
    heard: list[str] = []
    record.renamed.connect(lambda: heard.append("renamed"))
    desk.session.emit([seeded(desk.clock.monotonic() + 1, groups=(group(market(SPREAD)),))])
    assert record.statement is not None
    assert record.statement.orders[0].draft.selection_name == "Night Herons"
    desk.session.emit([seeded(desk.clock.monotonic() + 2, groups=(group(market(SPREAD)),))])
    assert heard == ["renamed"], "once: there is nothing more to be named"


def lost(number: int) -> OrderReport:
    return row(number, "closed", winning="loss", filled=money(10), matching="fully_matched")


async def test_a_users_orders_of_the_last_month_appear_wherever_they_were_placed(desk: Desk, record: UserRecord) -> None:
    desk.venue.pages = {"": HistoryPage((row(1), row(2)))}
    adopted = await record.adopt(ANN)
    assert desk.venue.asked("history_page") == [(HistoryQuery(NOON - LOOKED_BACK, user=ANN), "")]
    assert adopted.words == "the venue's record of the last 30 days has 2 orders, 2 of them new here"
    assert len(desk.blotter.orders) == 2


async def test_what_was_over_before_it_was_ever_seen_is_not_taken_onto_the_blotter(desk: Desk, record: UserRecord) -> None:
    desk.blotter.apply(row(3))
    desk.venue.pages = {"": HistoryPage((row(1), lost(2), lost(3)))}
    await record.adopt(ANN)
    assert desk.blotter.by_venue_id("v-2") is None
    known = desk.blotter.by_venue_id("v-3")
    assert known is not None
    assert known.realised == money(-10)


async def test_rows_without_a_name_are_left_out_of_what_is_taken_and_counted_in_words(desk: Desk, record: UserRecord) -> None:
    desk.venue.pages = {"": HistoryPage((row(1), row(2, user="")))}
    adopted = await record.adopt(ANN)
    assert adopted.words == (
        "the venue's record of the last 30 days has 1 order, 1 of them new here; 1 order of which it names no user is left out"
    )
    assert len(desk.blotter.orders) == 1


# Taking everything of a user off the book


@pytest.fixture
def named(desk: Desk) -> Desk:
    desk.desk.users.put([User(ANN, "Ann Lee")])
    return desk


def adopt_two(desk: Desk) -> None:
    desk.blotter.apply_all([row(1), row(2), row(3, user="cust-8842")])


async def test_all_open_orders_of_a_user_are_cancelled_and_of_nobody_else(named: Desk) -> None:
    adopt_two(named)
    words = await named.desk.user_cancels.everything(ANN)
    assert [set(call) for call in named.venue.asked("cancel_many")] == [{("b2b-1", "v-1"), ("b2b-2", "v-2")}]
    assert "Ann Lee (cust-8841): " in words


async def test_orders_that_only_the_record_has_are_found_by_its_filter_and_cancelled_too(named: Desk) -> None:
    adopt_two(named)
    named.venue.pages = {"": HistoryPage((row(1), row(8), row(9, user="cust-8842")))}
    await named.desk.user_cancels.everything(ANN)
    assert named.venue.asked("history_page") == [(HistoryQuery(NOON - LOOKED_BACK, status="open", user=ANN), "")]
    cancelled = {order_id for _, order_id in named.venue.asked("cancel")}
    assert "v-8" in cancelled
    assert "v-9" not in cancelled


async def test_what_came_of_it_is_counted_in_words(named: Desk) -> None:
    adopt_two(named)
    named.venue.answers["order"] = None
    words = await named.desk.user_cancels.everything(ANN)
    assert words.startswith("Ann Lee (cust-8841): 0 orders off the book; 2 orders still standing or unclear")


async def test_a_record_that_could_not_be_read_is_told_and_stops_no_cancel(named: Desk) -> None:
    adopt_two(named)
    named.venue.troubles["history_page"] = [NotSentError("offline")]
    words = await named.desk.user_cancels.everything(ANN)
    assert named.venue.asked("cancel_many")
    assert words.endswith("orders placed elsewhere may still stand, as it could not be read to the end: offline, and nothing was read")


async def test_a_filter_that_the_venue_overlooks_takes_nobody_elses_order_off(named: Desk) -> None:
    """Its rows name no user: one is on the blotter from a push, one is known here for another user, one is unknown."""
    named.blotter.apply_all([row(1, user=""), row(2, user="cust-8842")])
    named.venue.pages = {"": HistoryPage((row(1, user=""), row(2, user=""), row(3, user="")))}
    words = await named.desk.user_cancels.everything(ANN)
    assert named.venue.asked("cancel_many") == []
    assert named.venue.asked("cancel") == []
    assert words.startswith("Ann Lee (cust-8841): no open order was found; left alone: 2 orders in the venue's record that name no user; ")


async def test_a_record_with_gaps_is_told(named: Desk) -> None:
    named.venue.pages = {"": HistoryPage((row(1),), synced_at=NOON, trouble="1 row of the venue's record could not be read")}
    words = await named.desk.user_cancels.everything(ANN)
    assert "; orders placed elsewhere may still stand, as 1 row of the venue's record could not be read; " in words


async def test_nothing_to_cancel_is_said_as_such_and_by_what_record(named: Desk) -> None:
    named.venue.pages = {"": HistoryPage((), synced_at=NOON - timedelta(seconds=42))}
    assert await named.desk.user_cancels.everything(ANN) == (
        "Ann Lee (cust-8841): no open order was found; "
        f"by the venue's record as of {(NOON - timedelta(seconds=42)).astimezone():%H:%M:%S}, the last 30 days"
    )


async def test_a_record_that_does_not_say_how_far_it_had_kept_up_is_told_as_such(named: Desk) -> None:
    named.venue.pages = {"": HistoryPage(())}
    assert await named.desk.user_cancels.everything(ANN) == (
        "Ann Lee (cust-8841): no open order was found; by the venue's record, which does not say as of when, the last 30 days"
    )
