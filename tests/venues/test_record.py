"""The venue's record read window by window: nothing between two of them, no cursor followed for ever, each order once."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import UnreadableError
from app.domain.events import FeedFault, VenueEvent
from app.domain.order import HistoryQuery
from app.venues.prophetx.calls import Call, Calls
from app.venues.prophetx.names import V4
from app.venues.prophetx.reading import Readings
from app.venues.prophetx.record import Record
from app.venues.record import (
    DAY,
    LONGEST_CREATED,
    LONGEST_CURSOR,
    LONGEST_TOUCHED,
    MOST_REQUESTS,
    MOST_WINDOWS,
    PAGES,
    Window,
    windows,
)
from tests.venues.exchange import Floor, let_pass
from tests.venues.samples import document

NOW = 1_788_000_000


def at(seconds_ago: float) -> datetime:
    return datetime.fromtimestamp(NOW - seconds_ago, UTC)


def order(name: str, **change: object) -> dict[str, Any]:
    return {**document("history")["data"]["orders"][0], "order_id": name, **change}


def page(*orders: dict[str, Any], cursor: object = "", synced_at: str = "2026-09-12T01:20:00Z") -> bytes:
    return json.dumps({"data": {"orders": orders, "next_cursor": cursor}, "last_synced_at": synced_at}).encode()


class Desk:
    """A record whose answers a test gives by a function of the parameters."""

    def __init__(self, answer: Callable[[dict[str, str]], bytes]) -> None:
        self._answer = answer
        self.asked: list[dict[str, str]] = []
        self.news: list[VenueEvent] = []
        self.record = Record(Calls(V4), self._ask, lambda: float(NOW), Readings(self.news.extend))

    async def _ask(self, call: Call) -> bytes:
        self.asked.append(dict(call.params))
        return self._answer(dict(call.params))

    @property
    def words(self) -> list[str]:
        return [news.words for news in self.news if isinstance(news, FeedFault)]


@pytest.mark.parametrize("name", ["trades", "transactions"])
async def test_rows_of_money_that_cannot_be_read_are_left_out_and_counted(name: str) -> None:
    told = document(name)
    rows = told["data"][name]
    told["data"][name] = [*rows, "no row", {"id": []}]
    desk = Desk(lambda _params: json.dumps(told).encode())
    read = await (desk.record.trades(at(DAY), "") if name == "trades" else desk.record.transactions("", ""))
    assert len(read.rows) == len(rows)
    assert read.trouble.startswith("2 rows of the venue's record could not be read")


# Windows


def test_a_short_span_is_one_open_window() -> None:
    assert windows(HistoryQuery(at(3600)), NOW) == [Window(NOW - 3600, None)]
    assert windows(HistoryQuery(at(3600), at(60)), NOW) == [Window(NOW - 3600, NOW - 60)]


@pytest.mark.parametrize(("is_touched", "longest"), [(False, LONGEST_CREATED), (True, LONGEST_TOUCHED)])
def test_exactly_the_longest_span_is_one_window_and_a_second_more_is_two(is_touched: bool, longest: int) -> None:
    assert len(windows(HistoryQuery(at(longest), is_touched=is_touched), NOW)) == 1
    newest, older = windows(HistoryQuery(at(longest + 1), is_touched=is_touched), NOW)
    assert newest == Window(NOW - longest, None)
    assert older == Window(NOW - longest - 1, NOW - longest + 1)


@given(
    st.integers(0, 100 * DAY),
    st.none() | st.integers(-DAY, 100 * DAY),
    st.booleans(),
)
def test_windows_join_cover_the_span_and_are_never_too_long(since: int, until: int | None, is_touched: bool) -> None:
    query = HistoryQuery(at(since), None if until is None else at(until), is_touched)
    spans = windows(query, NOW)
    longest = LONGEST_TOUCHED if is_touched else LONGEST_CREATED
    assert spans[-1].since <= NOW - since
    assert spans[0].until == (None if until is None else NOW - until)
    for newer, older in pairwise(spans):
        assert older.until == newer.since + 1
    assert all((span.until if span.until is not None else NOW) - span.since <= longest for span in spans)


def test_a_fraction_of_a_second_is_never_cut_off() -> None:
    query = HistoryQuery(at(10.5), at(5.5))
    assert windows(query, NOW) == [Window(NOW - 11, NOW - 5)]


async def test_the_venue_is_asked_for_what_the_query_says() -> None:
    desk = Desk(lambda _params: page())
    await desk.record.orders(HistoryQuery(at(60), at(0), is_touched=True, status="open", matching="unmatched", event_id=19458))
    assert desk.asked == [
        {
            "updated_at_from": str(NOW - 60),
            "updated_at_to": str(NOW),
            "status": "open",
            "matching_status": "unmatched",
            "event_id": "19458",
            "limit": "100",
        }
    ]


async def test_what_was_touched_is_read_from_the_oldest_window_on_and_told_newest_first() -> None:
    desk = Desk(lambda params: page(order(params["updated_at_from"])))
    read = await desk.record.orders(HistoryQuery(at(5 * DAY), is_touched=True))
    starts = [int(params["updated_at_from"]) for params in desk.asked]
    assert starts == sorted(starts)
    assert [report.venue_order_id for report in read.reports] == [str(start) for start in reversed(starts)]


async def test_what_was_placed_is_read_newest_first() -> None:
    desk = Desk(lambda _params: page())
    await desk.record.orders(HistoryQuery(at(15 * DAY)))
    starts = [int(params["from"]) for params in desk.asked]
    assert starts == sorted(starts, reverse=True)
    assert "to" not in desk.asked[0]


async def test_an_order_of_two_windows_is_told_once_as_the_newer_one_has_it() -> None:
    desk = Desk(lambda params: page(order("v-1", status="closed" if "to" not in params else "open"), order(params["from"])))
    read = await desk.record.orders(HistoryQuery(at(10 * DAY)))
    assert len(desk.asked) == 2
    assert [report.status for report in read.reports if report.venue_order_id == "v-1"] == ["closed"]
    assert len(read.reports) == 3


async def test_the_record_has_kept_up_as_far_as_the_oldest_answer_says() -> None:
    stated = iter(["2026-09-12T01:20:00Z", "2026-09-12T01:10:00Z", "2026-09-12T01:30:00Z"])
    desk = Desk(lambda _params: page(synced_at=next(stated)))
    read = await desk.record.orders(HistoryQuery(at(20 * DAY)))
    assert read.synced_at == datetime(2026, 9, 12, 1, 10, tzinfo=UTC)


async def test_a_span_beyond_all_sense_is_read_in_part_and_said_not_to_be_whole() -> None:
    desk = Desk(lambda _params: page())
    read = await desk.record.orders(HistoryQuery(datetime(1970, 1, 1, tzinfo=UTC), is_touched=True))
    assert (len(desk.asked), read.is_whole) == (MOST_WINDOWS, False)


# Cursors


@pytest.mark.parametrize(
    ("cursor", "words"),
    [
        ("same", "the same cursor again"),
        ("x" * (LONGEST_CURSOR + 1), "1025 characters"),
        (7, "no text"),
        (["a"], "no text"),
        (True, "no text"),
        ({}, "no text"),
    ],
)
async def test_a_cursor_that_cannot_be_followed_ends_the_reading_which_is_not_whole(cursor: object, words: str) -> None:
    desk = Desk(lambda _params: page(order("v-1"), cursor=cursor))
    read = await desk.record.orders(HistoryQuery(at(60)))
    assert not read.is_whole
    assert [report.venue_order_id for report in read.reports] == ["v-1"]
    assert len(desk.asked) <= 2
    (said,) = desk.words
    assert words in said


@pytest.mark.parametrize("cursor", ["", None])
async def test_an_empty_cursor_ends_the_reading_and_all_is_well(cursor: object) -> None:
    desk = Desk(lambda _params: page(order("v-1"), cursor=cursor))
    assert (await desk.record.orders(HistoryQuery(at(60)))).is_whole
    assert desk.words == []


async def test_a_cursor_that_is_always_new_is_given_up() -> None:
    desk = Desk(lambda params: page(cursor=params.get("next_cursor", "") + "x"))
    read = await desk.record.orders(HistoryQuery(at(60)))
    assert (len(desk.asked), read.is_whole) == (PAGES, False)


def full(count: int, **rest: object) -> bytes:
    return json.dumps({"data": {"orders": [order(f"v-{number}") for number in range(count)], **rest}}).encode()


@pytest.mark.parametrize(
    ("answer", "is_whole"),
    [
        (full(100), False),
        (full(100, cursor="more"), False),
        (full(99), True),
        (full(100, next_cursor=""), True),
        (full(100, next_cursor=None), True),
    ],
)
async def test_a_full_page_without_a_cursor_is_not_taken_for_the_whole(answer: bytes, is_whole: bool) -> None:
    desk = Desk(lambda _params: answer)
    read = await desk.record.orders(HistoryQuery(at(60)))
    assert read.is_whole is is_whole
    assert [words for words in desk.words if "full page of 100 rows and no cursor" in words] == desk.words
    assert bool(desk.words) is not is_whole


async def test_a_row_without_the_field_of_its_reference_makes_the_record_not_whole() -> None:
    row = order("v-1")
    del row["external_id"]
    read = await Desk(lambda _params: page(row)).record.orders(HistoryQuery(at(60)))
    assert ([report.venue_order_id for report in read.reports], read.is_whole) == (["v-1"], False)


async def test_an_odd_row_makes_the_record_not_whole_and_costs_no_other() -> None:
    desk = Desk(lambda _params: page({"order_id": "v-0"}, order("v-1")))
    read = await desk.record.orders(HistoryQuery(at(60)))
    assert ([report.venue_order_id for report in read.reports], read.is_whole, len(desk.words)) == (["v-1"], False, 1)


async def test_an_answer_that_cannot_be_read_is_a_fault_with_a_sample_and_no_history() -> None:
    desk = Desk(lambda _params: b'{"data":{"bets":[],"access_token":"private"}}')
    with pytest.raises(UnreadableError):
        await desk.record.orders(HistoryQuery(at(60)))
    (fault,) = desk.news
    assert isinstance(fault, FeedFault)
    assert '"bets":[]' in fault.sample
    assert "private" not in fault.sample


# Page by page


async def test_pages_go_on_over_windows_and_an_empty_window_is_passed_over() -> None:
    def answer(params: dict[str, str]) -> bytes:
        if "to" not in params:
            return page(order("v-2"), cursor="" if params.get("next_cursor") else "more")
        return page(order("v-1")) if int(params["from"]) <= NOW - 20 * DAY else page()

    desk = Desk(answer)
    query = HistoryQuery(at(20 * DAY))
    first = await desk.record.orders_page(query, "")
    second = await desk.record.orders_page(query, first.next_cursor)
    third = await desk.record.orders_page(query, second.next_cursor)
    assert [[report.venue_order_id for report in one.reports] for one in (first, second, third)] == [["v-2"], ["v-2"], ["v-1"]]
    assert third.next_cursor == ""
    assert len(desk.asked) == 4
    assert [params.get("next_cursor") for params in desk.asked] == [None, "more", None, None]


async def test_one_page_is_never_more_than_so_many_requests_and_goes_on_where_it_stopped() -> None:
    desk = Desk(lambda params: page(order("v-1")) if int(params["from"]) <= NOW - 364 * DAY else page())
    query = HistoryQuery(at(365 * DAY))
    told = await desk.record.orders_page(query, "")
    assert (told.reports, len(desk.asked)) == ((), MOST_REQUESTS)
    assert told.next_cursor
    while not told.reports:
        told = await desk.record.orders_page(query, told.next_cursor)
    starts = [params["from"] for params in desk.asked]
    assert len(set(starts)) == len(starts) == len(windows(query, NOW))
    assert told.next_cursor == ""


async def test_a_cursor_that_is_always_new_is_followed_no_further_for_one_page() -> None:
    desk = Desk(lambda params: page(cursor=params.get("next_cursor", "") + "x"))
    told = await desk.record.orders_page(HistoryQuery(at(60)), "")
    assert (told.reports, len(desk.asked)) == ((), MOST_REQUESTS)


async def test_a_page_whose_cursor_comes_again_ends_its_window_and_is_said() -> None:
    desk = Desk(lambda params: page(order("v-1"), cursor="same"))
    query = HistoryQuery(at(60))
    first = await desk.record.orders_page(query, "")
    second = await desk.record.orders_page(query, first.next_cursor)
    assert second.next_cursor == ""
    assert len(desk.words) == 1
    assert (first.trouble, second.trouble) == ("", "the venue's record gave the same cursor again: the rest was not read")


async def test_a_page_with_rows_that_cannot_be_read_says_how_many() -> None:
    desk = Desk(lambda _params: page(order("v-1"), order("v-2", price="soon"), order("v-3", price="later")))
    told = await desk.record.orders_page(HistoryQuery(at(60)), "")
    assert [report.venue_order_id for report in told.reports] == ["v-1"]
    assert told.trouble == "2 rows of the venue's record could not be read"


async def test_a_row_that_cannot_be_read_is_said_though_its_window_held_nothing_else() -> None:
    desk = Desk(lambda params: page(order("v-2", price="soon")) if "to" not in params else page(order("v-1")))
    told = await desk.record.orders_page(HistoryQuery(at(20 * DAY)), "")
    assert [report.venue_order_id for report in told.reports] == ["v-1"]
    assert told.trouble == "1 row of the venue's record could not be read"


async def test_an_order_told_without_a_reference_is_read_all_the_same() -> None:
    bare = {name: value for name, value in order("v-1").items() if name != "external_id"}
    told = await Desk(lambda _params: page(bare)).record.orders_page(HistoryQuery(at(60)), "")
    assert [report.venue_order_id for report in told.reports] == ["v-1"]
    assert told.trouble == ""


@pytest.mark.parametrize("cursor", ["x", "1", "1:", "a:b:c", "1:x:y", "-1:2:c"])
async def test_a_place_in_the_record_that_was_never_given_is_refused(cursor: str) -> None:
    desk = Desk(lambda _params: page())
    with pytest.raises(UnreadableError, match="not one that was given"):
        await desk.record.orders_page(HistoryQuery(at(60)), cursor)
    assert desk.asked == []


# Against the practice exchange, whose own rules are the venue's


@pytest.mark.parametrize("is_touched", [False, True])
async def test_the_venue_accepts_windows_of_every_length(is_touched: bool) -> None:
    floor = Floor()
    async with floor.client() as venue:
        report = await venue.place(f"record-{is_touched}", floor.resting(), let_pass)
        floor.pass_time()
        now = datetime.fromtimestamp(floor.seconds(), UTC)
        for days in (0.5, 2, 7, 8, 30):
            read = await venue.history(HistoryQuery(now - timedelta(days=days), is_touched=is_touched))
            assert [one.venue_order_id for one in read.reports] == [report.venue_order_id]
            assert read.is_whole
        paged = await venue.history_page(HistoryQuery(now - timedelta(days=30), is_touched=is_touched))
        assert [one.venue_order_id for one in paged.reports] == [report.venue_order_id]
        assert (await venue.trades(now - timedelta(days=30))).rows == ()


async def test_pages_of_many_orders_hold_each_once() -> None:
    floor = Floor()
    async with floor.client() as venue:
        for first in range(0, 120, 20):
            await venue.place_many([(f"many-{number}", floor.resting()) for number in range(first, first + 20)], let_pass)
            floor.pass_time()
        since = HistoryQuery(datetime.fromtimestamp(floor.seconds() - 3600, UTC))
        whole = await venue.history(since)
        assert len({report.ref for report in whole.reports}) == len(whole.reports) == 120
        first_page = await venue.history_page(since)
        second_page = await venue.history_page(since, first_page.next_cursor)
        assert (len(first_page.reports), len(second_page.reports), second_page.next_cursor) == (100, 20, "")
