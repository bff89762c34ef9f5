"""The B2B record: changes and single orders found in a list by the time of placing, and nothing said to be missing that may turn up."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.domain.errors import NotSentError, RefusedError, UnknownError, UnreadableError
from app.domain.events import FeedFault, VenueEvent
from app.domain.order import HistoryQuery, OrderReport
from app.venues.call import Call
from app.venues.omnibus import memory, record
from app.venues.omnibus.calls import Calls
from app.venues.omnibus.memory import Memory, Span, merged
from app.venues.omnibus.names import B2B
from app.venues.omnibus.record import OrderRecord
from app.venues.prophetx.reading import Readings
from tests.venues.omnibus.rows import page, row

NOW = 1_795_000_000
DAY = 86_400


def at(ago: float) -> datetime:
    return datetime.fromtimestamp(NOW - ago, UTC)


def iso(ago: float) -> str:
    return at(ago).isoformat().replace("+00:00", "Z")


def placed(ref: str, ago: float, **change: object) -> dict[str, Any]:
    return row(ref, created_at=iso(ago), **change)


def without_cursor(*rows: dict[str, Any]) -> bytes:
    return json.dumps({"data": {"orders": rows}, "last_synced_at": iso(0)}).encode()


class Venue:
    """A list of orders, asked as the guide says. `ignores`: parameters that do nothing there, `refuses`: statuses that it does not know."""

    def __init__(self, *rows: dict[str, Any], lag: float | None = 0) -> None:
        self.rows = list(rows)
        self.lag = lag
        self.ignores: set[str] = set()
        self.refuses: set[str] = set()
        self.instead: Callable[[], bytes] | None = None
        self.asked: list[dict[str, str]] = []
        self.now = float(NOW)
        self.news: list[VenueEvent] = []
        self.record = OrderRecord(Calls(B2B), self._ask, lambda: self.now, Readings(self.news.extend))

    async def _ask(self, call: Call) -> bytes:
        params = dict(call.params)
        self.asked.append(params)
        if self.instead:
            return self.instead()
        if params.get("status") in self.refuses:
            raise RefusedError("Invalid param: status", code="invalid_param", status=400)
        synced_at = iso(NOW - self.now + self.lag) if self.lag is not None else None
        found = sorted((one for one in self.rows if self._shows(one, params)), key=lambda one: one["created_at"], reverse=True)
        first = int(params.get("next_cursor", "0"))
        rest = found[first + 100 :]
        return page(*found[first : first + 100], cursor=str(first + 100) if rest else "", synced_at=synced_at)

    def _shows(self, one: dict[str, Any], params: dict[str, str]) -> bool:
        created = datetime.fromisoformat(one["created_at"]).timestamp()
        named = {"status": "status", "matching_status": "matching_status", "external_user_id": "external_user_id"}
        fits = all(one[word] == params[name] for name, word in named.items() if name in params and name not in self.ignores)
        return fits and float(params.get("from", 0)) <= created <= float(params.get("to", 10**11)) and created <= self.now - (self.lag or 0)


async def refs(venue: Venue, query: HistoryQuery) -> list[str]:
    return [report.ref for report in (await venue.record.orders(query)).reports]


# Lists


async def test_what_the_query_says_is_asked_in_the_guides_parameters() -> None:
    venue = Venue()
    await venue.record.orders(HistoryQuery(at(60), at(10), status="open", matching="unmatched", event_id=501, user="cust-1"))
    assert venue.asked == [
        {
            "from": str(NOW - 60),
            "to": str(NOW - 10),
            "status": "open",
            "matching_status": "unmatched",
            "external_user_id": "cust-1",
            "limit": "100",
        }
    ]


@pytest.mark.parametrize(
    ("ignored", "query"),
    [
        ("status", HistoryQuery(at(100), status="open")),
        ("matching_status", HistoryQuery(at(100), matching="unmatched")),
        ("external_user_id", HistoryQuery(at(100), user="cust-8841")),
        ("event_id", HistoryQuery(at(100), event_id=501)),
    ],
)
async def test_a_parameter_that_does_nothing_at_the_venue_lets_nothing_else_through(ignored: str, query: HistoryQuery) -> None:
    other = placed("b", 40, status="settled", matching_status="fully_matched", external_user_id="cust-2", sport_event_id=502)
    venue = Venue(placed("a", 50), other)
    venue.ignores = {ignored}
    assert await refs(venue, query) == ["a"]
    assert [report.ref for report in (await venue.record.orders_page(query, "")).reports] == ["a"]


async def test_a_cancelled_order_is_the_asked_for_one_in_either_spelling() -> None:
    venue = Venue(placed("a", 50, status="cancelled"))
    venue.ignores = {"status"}
    assert await refs(venue, HistoryQuery(at(100), status="canceled")) == ["a"]


async def test_an_order_that_names_nobody_is_told_and_nobodys_name_is_put_on_it() -> None:
    """The filter's name is not printed in the guide: at a venue that overlooks it, everybody's orders would become this user's."""
    venue = Venue(placed("a", 50, external_user_id=""))
    venue.ignores = {"external_user_id"}
    (report,) = (await venue.record.orders(HistoryQuery(at(100), user="cust-7"))).reports
    assert report.user == ""


async def test_a_page_for_somebody_who_waits_passes_over_what_is_not_meant() -> None:
    others = [placed(f"other-{number}", 50 + number, sport_event_id=502) for number in range(150)]
    venue = Venue(*others, placed("meant", 900))
    told = await venue.record.orders_page(HistoryQuery(at(1000), event_id=501), "")
    assert [report.ref for report in told.reports] == ["meant"]
    assert told.next_cursor == ""


@pytest.mark.parametrize(("lag", "behind"), [(0, 0), (35, 35), (None, 600)])
async def test_how_far_the_record_had_kept_up_is_believed_and_else_reckoned_with_the_lag_it_warns_of(
    lag: float | None, behind: int
) -> None:
    read = await Venue(lag=lag).record.orders(HistoryQuery(at(60)))
    assert read.synced_at == at(behind)


# What changed


async def test_what_is_over_is_told_where_it_changed_in_the_span_and_no_other() -> None:
    venue = Venue(
        placed("live", 20_000),
        placed("over-now", 5_000, status="canceled", updated_at=iso(100)),
        placed("over-long", 5_000, status="settled", updated_at=iso(4_000)),
        placed("new-and-over", 200, status="canceled"),
        placed("old-and-over", 5_000, status="canceled"),
    )
    assert await refs(venue, HistoryQuery(at(600), is_touched=True)) == ["new-and-over", "over-now", "live"]


async def test_an_older_order_that_lived_when_last_seen_is_looked_at_again_in_its_own_span_only() -> None:
    old = placed("old", 5 * DAY)
    venue = Venue(old)
    await venue.record.orders(HistoryQuery(at(6 * DAY)))
    venue.rows = [old | {"status": "settled"}]
    venue.asked.clear()
    assert await refs(venue, HistoryQuery(at(600), is_touched=True)) == ["old"]
    assert {(one["from"], one.get("to")) for one in venue.asked} == {
        (str(NOW - 600 - DAY), None),
        (str(NOW - 5 * DAY - memory.AROUND), str(NOW - 5 * DAY + memory.AROUND)),
    }
    venue.asked.clear()
    assert await refs(venue, HistoryQuery(at(600), is_touched=True)) == []
    assert len(venue.asked) == 1, "it is over and known to be"


async def test_more_older_orders_than_one_reading_may_ask_for_have_their_turn_in_the_next() -> None:
    count = record.MOST_SPANS + 40
    venue = Venue(*(placed(f"old-{number}", 3 * DAY + number * 1000) for number in range(count)))
    await venue.record.orders(HistoryQuery(at(30 * DAY)))
    seen: set[str] = set()
    for _ in range(2):
        venue.asked.clear()
        seen |= set(await refs(venue, HistoryQuery(at(600), is_touched=True)))
        assert len(venue.asked) == 1 + record.MOST_SPANS
    assert len(seen) == count


async def test_a_row_that_cannot_be_read_leaves_changes_not_whole() -> None:
    venue = Venue(placed("good", 50), placed("odd", 60, price="?"))
    read = await venue.record.orders(HistoryQuery(at(600), is_touched=True))
    assert [report.ref for report in read.reports] == ["good"]
    assert not read.is_whole
    assert any(isinstance(news, FeedFault) for news in venue.news)


# One order


async def test_an_order_that_was_told_of_costs_one_request() -> None:
    venue = Venue(*(placed(f"n-{number}", 1000 + 10 * number) for number in range(30)))
    await venue.record.orders(HistoryQuery(at(2000)))
    venue.asked.clear()
    assert (await venue.record.order("v-n-7")).ref == "n-7"
    assert venue.asked == [{"from": str(NOW - 1072), "to": str(NOW - 1068), "limit": "100"}]


async def test_an_order_that_was_placed_just_now_is_found_around_now_whatever_time_the_answer_left_out() -> None:
    venue = Venue(placed("mine", 1))
    venue.record.note_placed(OrderReport("mine", "v-mine", "inactive"))
    assert (await venue.record.order("v-mine")).ref == "mine"
    assert venue.asked == [{"from": str(NOW - memory.UNSURE), "to": str(NOW + memory.UNSURE), "limit": "100"}]


async def test_an_order_of_which_nothing_is_known_is_looked_for_newest_first_and_no_further_than_it_stands() -> None:
    venue = Venue(placed("elsewhere", 10 * DAY), placed("older", 20 * DAY))
    assert (await venue.record.order("v-elsewhere")).ref == "elsewhere"
    assert len(venue.asked) == 2, "weeks"
    venue.asked.clear()
    assert (await venue.record.order("v-elsewhere")).ref == "elsewhere"
    assert len(venue.asked) == 1, "by now it is known when it was placed"


async def test_a_status_that_is_listed_only_when_it_is_asked_for_is_asked_for() -> None:
    venue = Venue(placed("gone", 1000))
    await venue.record.orders(HistoryQuery(at(2000)))
    cancelled = placed("gone", 1000, status="canceled")

    async def succeeded_only(call: Call) -> bytes:
        return page(*([cancelled] if call.params.get("status") == "canceled" else []), synced_at=iso(0))

    hidden = OrderRecord(Calls(B2B), succeeded_only, lambda: float(NOW), Readings(venue.news.extend))
    hidden.note_placed(OrderReport("gone", "v-gone", "open", placed_at=at(1000)))
    assert (await hidden.order("v-gone")).status == "canceled"


async def test_a_status_that_the_venue_does_not_know_is_asked_for_once_and_hides_nothing() -> None:
    venue = Venue()
    venue.refuses = set(record.APART)
    for order_id in ("v-1", "v-2"):
        venue.record.note_placed(OrderReport("x", order_id, "open", placed_at=at(1000)))
        with pytest.raises(RefusedError) as missing:
            await venue.record.order(order_id)
        assert missing.value.status == 404
    assert [one["status"] for one in venue.asked if "status" in one] == list(record.APART)


@pytest.mark.parametrize("status", [403, 404, 409])
async def test_a_status_that_is_refused_for_another_reason_is_asked_for_again_and_proves_nothing_meanwhile(status: int) -> None:
    refused = [record.APART[0]]

    async def ask(call: Call) -> bytes:
        if call.params.get("status") in refused:
            raise RefusedError("not now", status=status)
        rows = [placed("gone", 1000, status=record.APART[0])] if call.params.get("status") == record.APART[0] else []
        return page(*rows, synced_at=iso(0))

    news: list[VenueEvent] = []
    one = OrderRecord(Calls(B2B), ask, lambda: float(NOW), Readings(news.extend))
    one.note_placed(OrderReport("gone", "v-gone", "open", placed_at=at(1000)))
    with pytest.raises(UnreadableError, match="read whole"):
        await one.order("v-gone")
    assert not (await one.orders(HistoryQuery(at(2000)))).is_whole
    assert all("refused: not now" in fault.words for fault in news if isinstance(fault, FeedFault))
    assert len(news) == 2
    refused.clear()
    assert (await one.order("v-gone")).status == record.APART[0]


async def test_a_span_is_read_with_the_statuses_that_are_listed_apart() -> None:
    """An unknown order that was refused or has ended meanwhile would count as not there without them."""

    async def succeeded_only(call: Call) -> bytes:
        status = call.params.get("status", "")
        return page(placed(status or "open", 1000, status=status or "open"), synced_at=iso(7 if status == "void" else 0))

    one = OrderRecord(Calls(B2B), succeeded_only, lambda: float(NOW), Readings(lambda _news: None))
    read = await one.orders(HistoryQuery(at(2000)))
    assert {report.ref for report in read.reports} == {"open", *record.APART}
    assert (read.is_whole, read.synced_at, read.read_at) == (True, at(7), at(0))


async def test_what_has_ended_while_the_record_was_read_is_told_as_it_is_now() -> None:
    async def moves(call: Call) -> bytes:
        return page(placed("a", 1000, status=call.params.get("status", "open")) | {"status": call.params.get("status", "open")})

    one = OrderRecord(Calls(B2B), moves, lambda: float(NOW), Readings(lambda _news: None))
    (report,) = (await one.orders(HistoryQuery(at(2000)))).reports
    assert report.is_over


async def test_a_status_that_the_venue_does_not_know_leaves_a_span_whole() -> None:
    venue = Venue()
    venue.refuses = set(record.APART)
    assert [(await venue.record.orders(HistoryQuery(at(60)))).is_whole for _ in range(2)] == [True, True]
    assert [one["status"] for one in venue.asked if "status" in one] == list(record.APART)


async def test_what_stands_on_the_book_is_asked_for_without_a_beginning() -> None:
    venue = Venue(placed("old", 60 * DAY), placed("new", 10))
    assert await refs(venue, HistoryQuery(at(56 * DAY), status="open")) == ["new", "old"]
    assert venue.asked == [{"status": "open", "limit": "100"}]


async def test_what_stands_on_the_book_without_a_time_is_looked_for_within_the_reach() -> None:
    venue = Venue()
    venue.instead = lambda: page(placed("a", 10) | {"created_at": ""})
    await venue.record.orders(HistoryQuery(at(DAY), status="open"))
    venue.asked.clear()
    await venue.record.order("v-a")
    assert venue.asked[0]["from"] == str(NOW - int(record.REACH.total_seconds()))


@pytest.mark.parametrize(("count", "is_whole"), [(19, True), (20, False), (100, False)])
async def test_a_page_as_long_as_the_venues_usual_one_and_without_a_cursor_is_not_taken_for_the_whole(count: int, is_whole: bool) -> None:
    """What the parameter is called that asks for more rows is not printed: the venue may not know it."""
    venue = Venue()
    venue.instead = lambda: page(*(placed(f"n-{number}", 10 + number, status="settled") for number in range(count)), cursor=None)
    read = await venue.record.orders(HistoryQuery(at(60), status="settled"))
    assert (len(read.reports), read.is_whole) == (count, True), "an empty cursor is one"
    venue.instead = lambda: without_cursor(*(placed(f"n-{number}", 10 + number, status="settled") for number in range(count)))
    read = await venue.record.orders(HistoryQuery(at(60), status="settled"))
    assert (len(read.reports), read.is_whole) == (count, is_whole)


async def test_an_order_counts_as_missing_only_in_a_record_that_had_kept_up_past_its_placing() -> None:
    venue = Venue(lag=120)
    venue.record.note_placed(OrderReport("mine", "v-mine", "open", placed_at=at(100)))
    with pytest.raises(UnknownError, match="had kept up to"):
        await venue.record.order("v-mine")
    venue.now += 60
    with pytest.raises(UnknownError):
        await venue.record.order("v-mine")
    venue.now += 30
    with pytest.raises(RefusedError) as missing:
        await venue.record.order("v-mine")
    assert missing.value.status == 404


async def test_where_the_venue_does_not_say_how_far_its_record_is_a_new_order_is_never_missing() -> None:
    venue = Venue(lag=None)
    venue.record.note_placed(OrderReport("mine", "v-mine", "open", placed_at=at(300)))
    with pytest.raises(UnknownError):
        await venue.record.order("v-mine")


async def test_an_order_in_a_record_that_could_not_be_read_whole_is_not_missing() -> None:
    venue = Venue(placed("odd", 1000, price="?"))
    venue.record.note_placed(OrderReport("odd", "v-odd", "open", placed_at=at(1000)))
    with pytest.raises(UnreadableError, match="read whole"):
        await venue.record.order("v-odd")


@pytest.mark.parametrize("status", [400, 403, 404])
async def test_a_refusal_of_the_list_says_nothing_about_an_order(status: int) -> None:
    async def refused(_call: Call) -> bytes:
        raise RefusedError("not this path", status=status)

    one = OrderRecord(Calls(B2B), refused, lambda: float(NOW), Readings(lambda _news: None))
    with pytest.raises(UnknownError, match="not this path"):
        await one.order("v-1")


async def test_that_nothing_was_sent_passes_through() -> None:
    async def unsent(_call: Call) -> bytes:
        raise NotSentError("no connection")

    one = OrderRecord(Calls(B2B), unsent, lambda: float(NOW), Readings(lambda _news: None))
    with pytest.raises(NotSentError):
        await one.order("v-1")


async def test_several_orders_of_which_nothing_is_known_are_looked_for_in_one_reading_of_the_reach() -> None:
    venue = Venue()
    for number in range(3):
        with pytest.raises(UnknownError):
            await venue.record.order(f"v-{number}")
    once = len(venue.asked)
    venue.now += record.FRESH
    with pytest.raises(UnknownError):
        await venue.record.order("v-3")
    assert len(venue.asked) == 2 * once
    assert once == (1 + len(record.APART)) * 9, "weeks, for each list that is asked for by itself"


async def test_a_cursor_that_comes_again_is_not_followed_for_ever() -> None:
    venue = Venue()
    venue.instead = lambda: page(placed("a", 10), cursor="again")
    read = await venue.record.orders(HistoryQuery(at(60), status="settled"))
    assert len(venue.asked) == 2
    assert not read.is_whole


async def test_a_cursor_that_is_always_new_is_given_up() -> None:
    venue = Venue()
    venue.instead = lambda: page(cursor=f"c-{len(venue.asked)}")
    read = await venue.record.orders(HistoryQuery(at(60), status="settled"))
    assert len(venue.asked) == OrderRecord.pages
    assert not read.is_whole


# What is remembered


def test_spans_that_lie_close_together_are_asked_for_with_one_request() -> None:
    near = memory.TOGETHER
    spans = [Span(2000, 2010), Span(0, 10), Span(10 + near, 20 + near), Span(5, 7)]
    assert merged(spans) == [Span(2000, 2010), Span(0, 20 + near)]


def test_what_is_over_is_forgotten_first_and_what_lives_never() -> None:
    kept = Memory()
    kept.see([OrderReport("a", "living", "open", placed_at=at(0))])
    kept.see(OrderReport("a", f"over-{number}", "canceled", placed_at=at(0)) for number in range(memory.MOST + 2))
    assert kept.span("living") is not None
    assert kept.span("over-0") is None
    assert kept.span(f"over-{memory.MOST + 1}") is not None
    assert kept.living == {"living"}


def test_an_order_that_ended_lives_no_more() -> None:
    kept = Memory()
    kept.see([OrderReport("a", "v-1", "open", placed_at=at(0))])
    kept.see([OrderReport("a", "v-1", "closed")])
    assert not kept.living
    assert kept.living_before(NOW + int(timedelta(days=1).total_seconds())) == []


def test_an_order_without_a_time_was_placed_in_the_span_that_was_asked_for() -> None:
    kept = Memory()
    kept.see([OrderReport("a", "v-1", "open")], Span(5, 9))
    assert kept.span("v-1") == Span(5, 9)
