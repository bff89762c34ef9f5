"""The B2B client on the real practice exchange: every call, in every spelling, checked by code that shares none with it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import get_args

import msgspec
import pytest

from app.domain.errors import DeniedError, NotSentError, RefusedError, UnknownError
from app.domain.events import Topic
from app.domain.link import Verdict
from app.domain.order import HistoryQuery, OrderDraft
from app.venues.omnibus.names import Words
from app.venues.omnibus.record import APART
from app.venues.omnibus.trial import probes
from tests.venues.exchange import let_pass, placed
from tests.venues.omnibus.floor import PartnerFloor

WORDS = get_args(Words)


@pytest.fixture
def floor() -> PartnerFloor:
    return PartnerFloor()


def since(floor: PartnerFloor, seconds: float = 3600) -> datetime:
    return datetime.fromtimestamp(floor.seconds() - seconds, UTC)


@pytest.mark.parametrize("words", WORDS)
async def test_an_order_is_placed_for_its_user_and_comes_back_as_that_users(floor: PartnerFloor, words: Words) -> None:
    async with floor.desk(fields=words) as venue:
        draft = floor.resting_for("cust-8841")
        report = await venue.place("b2b-1", draft, let_pass)
        floor.pass_time()
        (listed,) = (await venue.history(HistoryQuery(since(floor)))).reports
        one = await venue.order(report.venue_order_id)
    assert (report.ref, report.user, report.odds, report.quantity) == ("b2b-1", "cust-8841", draft.odds, draft.stake)
    assert (listed.ref, listed.user, listed.status, listed.selection_id) == ("b2b-1", "cust-8841", "open", draft.selection_id)
    assert one == listed
    assert not floor.faults


@pytest.mark.parametrize("batches", [True, False])
async def test_each_row_of_several_has_an_outcome_of_its_own(floor: PartnerFloor, batches: bool) -> None:
    async with floor.desk(batches=batches) as venue:
        await floor.rested(venue, "taken")
        good, other = floor.resting_for("cust-1"), floor.resting_for("cust-2")
        rows = [("new-1", good), ("taken", good), ("new-2", other), ("for-nobody", floor.resting()), ("new-3", other)]
        floor.asked.clear()
        told = await venue.place_many(rows, let_pass)
        floor.pass_time()
        again = placed(told["new-1"])
        reports, failed = await venue.cancel_many(
            [("new-1", again.venue_order_id), ("none", "nobodys"), ("new-2", placed(told["new-2"]).venue_order_id)]
        )
    assert sorted(told) == sorted(ref for ref, _ in rows)
    assert [placed(told[ref]).user for ref in ("new-1", "new-2", "new-3")] == ["cust-1", "cust-2", "cust-2"]
    assert isinstance(told["taken"], RefusedError)
    assert told["taken"].code == "order_external_id_existed"
    assert isinstance(told["for-nobody"], NotSentError)
    assert [report.status for report in reports] == ["canceled", "canceled"]
    assert len(failed) == 1
    assert len([request for request in floor.asked if request.method == "POST"]) == (2 if batches else 4 + 3)


async def test_a_row_that_the_last_look_stops_is_not_sent_and_stops_no_other(floor: PartnerFloor) -> None:
    def look(ref: str, _draft: OrderDraft) -> None:
        if ref == "stopped":
            raise DeniedError("above the limit of a user")

    async with floor.desk(batches=False) as venue:
        draft = floor.resting_for("cust-1")
        told = await venue.place_many([("one", draft), ("stopped", draft), ("two", draft)], look)
    assert placed(told["one"]).ref == "one"
    assert placed(told["two"]).ref == "two"
    assert isinstance(told["stopped"], NotSentError)
    assert str(told["stopped"]) == "above the limit of a user"


async def test_a_cancel_takes_the_order_off_and_a_second_one_is_refused_by_its_code(floor: PartnerFloor) -> None:
    async with floor.desk() as venue:
        order_id = (await floor.rested(venue, "b2b-1")).venue_order_id
        cancelled = await venue.cancel("b2b-1", order_id)
        with pytest.raises(RefusedError) as refused:
            await venue.cancel("b2b-1", order_id)
        shown = await venue.order(order_id)
    assert cancelled is not None
    assert (cancelled.status, cancelled.user) == ("canceled", "cust-1")
    assert refused.value.code == "order_already_cancelled"
    assert shown.status == "canceled"


async def test_the_record_is_asked_by_user_status_and_matching(floor: PartnerFloor) -> None:
    async with floor.desk() as venue:
        await floor.rested(venue, "one", "cust-1")
        two = await floor.rested(venue, "two", "cust-2")
        await venue.cancel("two", two.venue_order_id)
        await venue.place("three", floor.taking_for("cust-2"), let_pass)
        floor.pass_time()
        start = since(floor)
        told = {
            "user": HistoryQuery(start, user="cust-2"),
            "status": HistoryQuery(start, status="canceled"),
            "matching": HistoryQuery(start, matching="unmatched", status="open"),
            "nobody": HistoryQuery(start, user="cust-9"),
        }
        found = {name: {report.ref for report in (await venue.history(query)).reports} for name, query in told.items()}
        event_id = floor.resting().market.event_id
        on_event = (await venue.history(HistoryQuery(start, event_id=event_id))).reports
        page = await venue.history_page(HistoryQuery(start, user="cust-1"))
    assert found == {"user": {"two", "three"}, "status": {"two"}, "matching": {"one"}, "nobody": set()}
    assert {report.event_id for report in on_event} == {event_id}
    assert [report.ref for report in page.reports] == ["one"]


async def test_two_hundred_and_fifty_orders_are_read_to_the_last_a_hundred_at_a_time(floor: PartnerFloor) -> None:
    async with floor.desk() as venue:
        draft = floor.resting_for("cust-1")
        for first in range(0, 250, 20):
            refs = [f"many-{number}" for number in range(first, min(first + 20, 250))]
            await venue.place_many([(ref, draft) for ref in refs], let_pass)
            floor.pass_time(1)
        floor.pass_time()
        floor.asked.clear()
        read = await venue.history(HistoryQuery(since(floor)))
    assert len({report.ref for report in read.reports}) == 250
    assert read.is_whole
    assert [request.url.params["limit"] for request in floor.asked] == ["100"] * (3 + len(APART)), "and each status that is listed apart"


async def test_an_order_that_the_record_does_not_have_yet_is_not_said_to_be_missing() -> None:
    floor = PartnerFloor(delay=120)
    async with floor.desk() as venue:
        report = await floor.rested(venue, "late")
        with pytest.raises(UnknownError, match="does not have order"):
            await venue.order(report.venue_order_id)
        floor.pass_time(150)
        assert (await venue.order(report.venue_order_id)).status == "open"


async def test_an_order_that_nobody_placed_is_missing_only_once_the_record_had_kept_up(floor: PartnerFloor) -> None:
    async with floor.desk() as venue:
        with pytest.raises(UnknownError):
            await venue.order("0" * 20)
        floor.pass_time(61)
        with pytest.raises(RefusedError) as missing:
            await venue.order("0" * 20)
    assert missing.value.status == 404


async def test_what_was_touched_tells_of_an_old_order_that_was_cancelled_meanwhile(floor: PartnerFloor) -> None:
    async with floor.desk() as venue:
        report = await floor.rested(venue, "old")
        await floor.rested(venue, "older-and-untouched")
        await venue.history(HistoryQuery(since(floor)))
        floor.pass_time(3 * 86_400)
        await venue.cancel("old", report.venue_order_id)
        read = await venue.history(HistoryQuery(since(floor, 600), is_touched=True))
    assert {one.ref: one.status for one in read.reports} == {"old": "canceled", "older-and-untouched": "open"}


async def test_what_was_over_before_the_span_is_not_told_as_touched(floor: PartnerFloor) -> None:
    async with floor.desk() as venue:
        report = await floor.rested(venue, "over")
        await venue.cancel("over", report.venue_order_id)
    floor.pass_time(3600)
    async with floor.desk() as another_start:
        read = await another_start.history(HistoryQuery(since(floor, 600), is_touched=True))
        earlier = await another_start.history(HistoryQuery(since(floor, 7200), is_touched=True))
    assert read.reports == []
    assert [one.ref for one in earlier.reports] == ["over"]


async def test_what_was_changed_cannot_be_paged_and_that_is_said(floor: PartnerFloor) -> None:
    async with floor.desk() as venue:
        with pytest.raises(RefusedError, match="by when they were placed"):
            await venue.history_page(HistoryQuery(since(floor), is_touched=True))


@pytest.mark.parametrize("many_events", [True, False])
async def test_the_catalogue_is_read_in_domain_values(floor: PartnerFloor, many_events: bool) -> None:
    async with floor.desk(many_events=many_events) as venue:
        tournament = (await venue.tournaments())[0]
        events = await venue.events(tournament.id)
        ids = [event.id for event in events[:3]]
        by_id = await venue.events_by_id(ids)
        floor.asked.clear()
        seeded = await venue.multiple_markets(ids)
        requests = len(floor.asked)
        one = await venue.markets(ids[0])
    assert {event.tournament_id for event in events} == {tournament.id}
    assert {event.id for event in by_id} == set(ids)
    assert [each.event_id for each in seeded] == ids
    assert requests == (1 if many_events else len(ids))
    assert one.books
    assert one.groups == seeded[0].groups
    assert not floor.faults


async def test_a_socket_is_granted_its_channels(floor: PartnerFloor) -> None:
    async with floor.desk() as venue:
        event_id = floor.resting().market.event_id
        config = await venue.config()
        granted = await venue.register("123.456", [Topic(event_id)])
    assert config.ws_host == "127.0.0.1"
    assert granted.own >= 1
    assert Topic(event_id) in {grant.topic for grant in granted.grants}


@pytest.mark.parametrize("has_all", [True, False])
@pytest.mark.parametrize("words", WORDS)
async def test_every_request_is_tried_once_and_nothing_is_ordered_cancelled_or_subscribed(
    floor: PartnerFloor, words: Words, has_all: bool
) -> None:
    async with floor.desk(fields=words, batches=has_all, many_events=has_all) as venue:
        await floor.rested(venue, "resting")
        before = {order.id: (order.status, order.updated_at) for order in floor.exchange.accounts.orders.values()}
        floor.asked.clear()
        found = {probe.name: probe async for probe in probes(venue, floor.seconds, floor.seconds)}
        floor.pass_time()
    verdicts = {name: probe.verdict for name, probe in found.items()}
    spared = {"keys"} | (set() if has_all else {"submit_many", "cancel_many"})
    assert {name for name, verdict in verdicts.items() if verdict is not Verdict.GOOD} == spared
    assert {verdicts[name] for name in spared} == {Verdict.NOT_TRIED}
    assert len(floor.asked) == len(found) - len(spared)
    assert {order.id: (order.status, order.updated_at) for order in floor.exchange.accounts.orders.values()} == before
    assert floor.wire.hub.sockets == {}
    cancels = [json.loads(request.content) for request in floor.asked if "cancel" in request.url.path]
    assert all(cancels)
    assert all(row for body in cancels for row in body.get("data", [body]))


async def test_each_request_is_measured_under_its_own_name(floor: PartnerFloor) -> None:
    async with floor.desk() as venue:
        report = await floor.rested(venue, "one")
        await venue.cancel("one", report.venue_order_id)
        await venue.history(HistoryQuery(since(floor)))
        await venue.balance()
    assert {figures.name for figures in venue.meter.figures()} == {"submit", "cancel", "history", "balance"}


async def test_stake_and_odds_leave_exactly_and_the_look_sees_the_bytes(floor: PartnerFloor) -> None:
    seen: list[tuple[str, OrderDraft]] = []
    async with floor.desk() as venue:
        draft = msgspec.structs.replace(floor.resting_for("cust-1"), stake=floor.resting().stake + floor.resting().stake / 100)
        await venue.place("exact", draft, lambda ref, sent: seen.append((ref, sent)))
    (request,) = floor.asked
    assert json.loads(request.content, parse_float=str)["stake"] == f"{draft.stake:f}"
    assert seen == [("exact", draft)]
    assert seen[0][1].external_user == "cust-1"


async def test_an_unknown_orders_page_leads_back_in_time(floor: PartnerFloor) -> None:
    async with floor.desk() as venue:
        for number in range(3):
            await floor.rested(venue, f"page-{number}")
        floor.pass_time(20 * 86_400)
        start = datetime.fromtimestamp(floor.seconds(), UTC) - timedelta(days=30)
        page = await venue.history_page(HistoryQuery(start))
    assert [report.ref for report in page.reports] == ["page-2", "page-1", "page-0"]
