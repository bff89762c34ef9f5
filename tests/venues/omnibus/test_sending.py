"""What leaves the B2B venue and what does not: orders with a user only, one look before each sending, no call that the API has not."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec
import pytest

from app.domain.environment import Environment
from app.domain.errors import HaltedError, NotSentError, RefusedError, UnknownError, UnreadableError, VenueError
from app.domain.events import FeedFault, VenueEvent
from app.domain.ladder import Ladder
from app.domain.link import LinkFacts, Probe, Rank, Verdict
from app.domain.offer import Offer
from app.domain.order import OrderDraft, OrderReport
from app.services.notices import Notices
from app.services.ports import Link, TradingVenue
from app.services.together import Together
from app.venues.call import Call
from app.venues.follow import Follower
from app.venues.omnibus.link import OmnibusLink
from app.venues.omnibus.names import B2B, paths_for
from app.venues.omnibus.singly import AT_ONCE, common, singly
from app.venues.omnibus.trial import misnamed, probes
from app.venues.omnibus.venue import Omnibus
from app.venues.prophetx.pushes import parse_push
from tests.venues.exchange import let_pass
from tests.venues.fakes import HandClock
from tests.venues.omnibus.desk import ADDRESS, BALANCE, Answer, Desk, keys, saying, told
from tests.venues.omnibus.rows import DRAFT, row

ORDERS, CANCEL, MARKETS, EVENTS = "/api/v1/orders", "/api/v1/orders/cancel", "/api/v1/markets", "/api/v1/sport-events"


@pytest.fixture
def desk() -> Desk:
    return Desk()


@asynccontextmanager
async def pointed(desk: Desk, news: list[VenueEvent] | None = None, **settings: Any) -> AsyncIterator[Omnibus]:
    clock = HandClock()
    venue = Omnibus(connect=desk.connect, clock=clock, sleep=clock.sleep, emit=(news if news is not None else []).extend, **settings)
    await venue.point(ADDRESS, keys())
    try:
        yield venue
    finally:
        await venue.close()


def placing(**change: object) -> Answer:
    """An answer with the order that was asked for in it."""

    def answer(request: httpx.Request) -> httpx.Response:
        asked = json.loads(request.content)
        return told(200, {"data": {"order": row(asked["external_id"], external_user_id=asked["external_user_id"], **change)}})

    return answer


def test_it_is_a_whole_trading_venue_and_says_what_it_offers() -> None:
    venue: TradingVenue = Omnibus()
    assert venue.offers == {Offer.USERS}
    assert venue.environment is Environment.PRACTICE
    assert (venue.latency, venue.answered_at) == (None, None)


UNOFFERED: list[Callable[[Omnibus], Awaitable[object]]] = [
    lambda venue: venue.cancel_all(),
    lambda venue: venue.cancel_event(501),
    lambda venue: venue.cancel_market(501, 219),
    lambda venue: venue.search_markets("hawks"),
    lambda venue: venue.players(),
    lambda venue: venue.player(1),
    lambda venue: venue.strikes(["a"]),
    lambda venue: venue.trades(datetime.now(UTC)),
    lambda venue: venue.transactions(),
    lambda venue: venue.matches(["v-1"]),
]


@pytest.mark.parametrize("call", UNOFFERED)
async def test_what_the_api_has_no_call_for_is_refused_in_words_and_nothing_is_sent(
    desk: Desk, call: Callable[[Omnibus], Awaitable[object]]
) -> None:
    async with pointed(desk) as venue:
        with pytest.raises(RefusedError, match="The B2B API has no ") as refused:
            await call(venue)
    assert (refused.value.code, refused.value.status) == ("not_offered", 0), "a 404 would say that something is not there"
    assert not desk.asked


async def test_the_ladder_is_built_in_and_asks_nobody(desk: Desk) -> None:
    async with pointed(desk) as venue:
        assert isinstance(await venue.ladder(), Ladder)
    assert not desk.asked


# Orders


@pytest.mark.parametrize("user", ["", "   ", "two words", "cust-1 ", "x" * 101, "a\nb"])
async def test_an_order_that_names_nobody_it_could_be_for_is_not_sent(desk: Desk, user: str) -> None:
    looked: list[str] = []
    async with pointed(desk) as venue:
        with pytest.raises(NotSentError, match="external user"):
            await venue.place("b2b-1", msgspec.structs.replace(DRAFT, external_user=user), lambda ref, _draft: looked.append(ref))
    assert not desk.asked
    assert not looked


@pytest.mark.parametrize("batches", [True, False])
async def test_a_row_that_names_nobody_keeps_no_other_from_leaving(desk: Desk, batches: bool) -> None:
    desk.instead[ORDERS] = placing()
    desk.instead["/api/v1/orders/batch"] = lambda request: told(
        200, {"data": {"succeed_orders": [row(one["external_id"]) for one in json.loads(request.content)["data"]], "failed_orders": []}}
    )
    nobodys = msgspec.structs.replace(DRAFT, external_user="")
    async with pointed(desk, batches=batches) as venue:
        answers = await venue.place_many([("nobodys", nobodys), ("mine", DRAFT)], let_pass)
        alone = await venue.place_many([("nobodys", nobodys)], let_pass)
    assert isinstance(answers["mine"], OrderReport)
    assert isinstance(answers["nobodys"], NotSentError)
    assert isinstance(alone["nobodys"], NotSentError)
    assert len(desk.asked) == 1


async def test_the_last_look_sees_the_user_in_the_bytes_and_can_stop_them(desk: Desk) -> None:
    def look(_ref: str, sent: OrderDraft) -> None:
        raise HaltedError(f"{sent.external_user} {sent.stake} {sent.odds.american:+d}")

    async with pointed(desk) as venue:
        with pytest.raises(HaltedError, match=r"cust-8841 12\.50 -110"):
            await venue.place("b2b-1", DRAFT, look)
    assert not desk.asked


async def test_an_order_signed_by_a_clock_that_was_wrong_is_looked_at_again_before_it_leaves_again(desk: Desk) -> None:
    desk.ahead, desk.leeway = 3600.0, 2.0
    seen: list[str] = []
    desk.instead[ORDERS] = lambda request: (
        placing()(request)
        if desk.knows(request.headers["Authorization"].removeprefix("Bearer "), request.content)
        else told(401, {"error": "token_expired"})
    )
    async with pointed(desk) as venue:
        report = await venue.place("b2b-1", DRAFT, lambda ref, _draft: seen.append(ref))
    assert report.ref == "b2b-1"
    assert seen == ["b2b-1", "b2b-1"]
    first, second = desk.asked
    assert first.content == second.content
    assert first.headers["Authorization"] != second.headers["Authorization"]


async def test_a_look_that_objects_the_second_time_keeps_the_order_here(desk: Desk) -> None:
    desk.ahead, desk.leeway = 3600.0, 2.0
    desk.instead[ORDERS] = saying(401)
    looks: list[str] = []

    def look(ref: str, _draft: OrderDraft) -> None:
        looks.append(ref)
        if len(looks) == 2:
            raise HaltedError("the kill switch")

    async with pointed(desk) as venue:
        with pytest.raises(HaltedError):
            await venue.place("b2b-1", DRAFT, look)
    assert len(desk.asked) == 1


@pytest.mark.parametrize("status", [500, 502, 408, 307])
async def test_an_order_without_a_clear_answer_is_unknown_and_never_sent_again(desk: Desk, status: int) -> None:
    desk.instead[ORDERS] = saying(status)
    async with pointed(desk) as venue:
        with pytest.raises(UnknownError):
            await venue.place("b2b-1", DRAFT, let_pass)
    assert len(desk.asked) == 1


@pytest.mark.parametrize("is_touch", [False, True])
async def test_a_request_counts_until_a_second_after_its_answer(desk: Desk, is_touch: bool) -> None:
    clock, left = HandClock(), []
    venue = Omnibus(connect=desk.connect, clock=clock, sleep=clock.sleep)

    def answer(_request: httpx.Request) -> httpx.Response:
        clock.now += 2  # as long as it was on its way
        left.append(venue.budget.left_for(Rank.ROUTINE))
        return told(200, BALANCE)

    desk.instead["/api/v1/balance"] = answer
    await venue.point(ADDRESS, keys())
    await (venue.touch(Call("GET", B2B.balance)) if is_touch else venue.balance())
    await venue.close()
    left.append(venue.budget.left_for(Rank.ROUTINE))
    clock.now += 1
    assert [*left, venue.budget.left_for(Rank.ROUTINE)] == [39, 39, 40]


@pytest.mark.parametrize(("code", "is_held"), [("slow_down", True), ("", True), ("too_many_delayed_requests", False)])
async def test_too_many_requests_hold_everything_but_cancels_whatever_the_reason_is_called(desk: Desk, code: str, is_held: bool) -> None:
    desk.instead[ORDERS] = saying(429, {"error": code, "message": "slower"})
    async with pointed(desk) as venue:
        with pytest.raises(NotSentError) as problem:
            await venue.place("b2b-1", DRAFT, let_pass)
        assert problem.value.status == 429
        assert (venue.budget.left_for(Rank.ORDER) == 0) is is_held
        assert venue.budget.left_for(Rank.CANCEL) > 0


async def test_a_refusal_comes_in_todays_code(desk: Desk) -> None:
    desk.instead[ORDERS] = saying(400, {"error": "wager_external_id_existed", "message": "twice"})
    async with pointed(desk) as venue:
        with pytest.raises(RefusedError) as refused:
            await venue.place("b2b-1", DRAFT, let_pass)
    assert refused.value.code == "order_external_id_existed"


async def test_a_cancel_that_is_answered_with_another_order_is_unknown(desk: Desk) -> None:
    desk.instead[CANCEL] = saying(200, {"data": {"success": True, "order": row("b2b-2")}})
    async with pointed(desk) as venue:
        with pytest.raises(UnknownError, match="another order"):
            await venue.cancel("b2b-1", "v-b2b-1")


async def test_cancels_one_by_one_tell_each_and_raise_only_where_none_went_through(desk: Desk) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        order_id = json.loads(request.content)["order_id"]
        if order_id == "v-odd":
            return told(400, {"error": "order_already_filled", "message": "It is filled"})
        return told(200, {"success": True} if order_id == "v-quiet" else {"order": row("good", status="canceled")})

    desk.instead[CANCEL] = answer
    async with pointed(desk) as venue:
        reports, failed = await venue.cancel_many([("good", "v-good"), ("odd", "v-odd"), ("quiet", "v-quiet")])
        with pytest.raises(RefusedError, match="It is filled"):
            await venue.cancel_many([("odd", "v-odd")])
    assert [report.status for report in reports] == ["canceled"]
    assert failed == ["It is filled"]


async def test_a_list_of_nothing_is_never_sent_because_it_may_be_taken_for_everything(desk: Desk) -> None:
    async with pointed(desk, batches=True) as venue:
        assert await venue.cancel_many([]) == ([], [])
        assert await venue.place_many([], let_pass) == {}
    assert not desk.asked


def test_of_what_failed_for_all_the_least_certain_is_told() -> None:
    refused, unsent, unknown = RefusedError("no"), NotSentError("not out"), UnknownError("who knows")
    assert common([unsent, refused, unknown]) is unknown
    assert common([unsent, refused]) is refused
    assert common([unsent, NotSentError("again")]) is unsent


async def test_so_many_go_at_once_and_answers_keep_their_order() -> None:
    running, most = 0, 0

    async def ask(number: int) -> int:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        if number == 3:
            raise RefusedError("not this one")
        return number

    answers = await singly(range(30), ask)
    assert most == AT_ONCE
    assert isinstance(answers[3], VenueError)
    assert [answer for answer in answers if isinstance(answer, int)] == [number for number in range(30) if number != 3]


# Reading


async def test_events_of_other_tournaments_are_left_out_where_the_parameter_does_nothing(desk: Desk) -> None:
    rows = [{"event_id": number, "tournament_id": tournament} for number, tournament in ((1, 31), (2, 32), (3, 31))]
    desk.instead[EVENTS] = saying(200, {"sport_events": rows})
    async with pointed(desk) as venue:
        assert [event.id for event in await venue.events(31)] == [1, 3]
        assert [event.id for event in await venue.events_by_id([2, 9])] == [2]


async def test_one_event_that_is_refused_keeps_the_others_of_many_and_is_said(desk: Desk) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        odd = request.url.params["event_id"] == "2"
        return told(400, {"error": "market_invalid_event", "message": "No such event"}) if odd else told(200, {"markets": None})

    desk.instead[MARKETS] = answer
    news: list[VenueEvent] = []
    async with pointed(desk, news) as venue:
        assert [seeded.event_id for seeded in await venue.multiple_markets([1, 2, 3])] == [1, 3]
        with pytest.raises(RefusedError):
            await venue.multiple_markets([2])
    assert [fault.words for fault in news if isinstance(fault, FeedFault)] == ["markets of event 2 are left out: No such event"]


async def test_a_refusal_of_whoever_asks_is_not_taken_for_an_event_without_markets(desk: Desk) -> None:
    desk.instead[MARKETS] = saying(403)
    async with pointed(desk) as venue:
        with pytest.raises(RefusedError):
            await venue.multiple_markets([1, 2, 3])
    assert len(desk.asked) == 1


async def test_markets_of_many_without_data_around_them_are_read(desk: Desk) -> None:
    desk.instead[MARKETS] = saying(200, {"1": None, "2": None, "7": None})
    async with pointed(desk, many_events=True) as venue:
        assert [seeded.event_id for seeded in await venue.multiple_markets([2, 1])] == [2, 1]
    (request,) = desk.asked
    assert request.url.params["event_ids"] == "2,1"


async def test_the_markets_of_many_events_are_asked_for_ten_at_a_time(desk: Desk) -> None:
    ids = [*range(1, 26)]
    desk.instead[MARKETS] = lambda request: told(200, dict.fromkeys(request.url.params["event_ids"].split(",")))
    async with pointed(desk, many_events=True) as venue:
        together = Together(venue, Notices(lambda: datetime.now(UTC)))
        assert [one.event_id async for seeded in together.read(ids) for one in seeded] == ids
    assert [len(request.url.params["event_ids"].split(",")) for request in desk.asked] == [10, 10, 5]


async def test_a_registration_without_data_around_it_is_read(desk: Desk) -> None:
    bare = {"authorized_channel": [{"channel_name": "main", "auth": "a"}], "authenticated": {"auth": "b", "user_data": "{}"}}
    desk.instead["/api/v1/websocket/register"] = saying(200, bare)
    async with pointed(desk) as venue:
        granted = await venue.register("1.2", [])
    assert (granted.own, granted.sign_in) == (1, "b")


async def test_an_answer_of_another_kind_is_unreadable_and_said_with_a_sample(desk: Desk) -> None:
    desk.instead["/api/v1/tournaments"] = saying(200, {"error": "maintenance"})
    news: list[VenueEvent] = []
    async with pointed(desk, news) as venue:
        with pytest.raises(UnreadableError):
            await venue.tournaments()
    assert [fault for fault in news if isinstance(fault, FeedFault) and fault.sample]


# The line


async def nothing_tried(_venue: Omnibus) -> AsyncIterator[Probe]:
    yield Probe("balance", B2B.balance, Verdict.GOOD, "the balance was read", 0.1)


async def test_the_line_is_told_without_a_session(desk: Desk) -> None:
    async with pointed(desk) as venue:
        link: Link = OmnibusLink(venue, Follower(venue, parse_push, lambda _events: None, clock=HandClock()), nothing_tried)
        before = link.facts()
        await venue.balance()
        facts = link.facts()
        probed = [probe.name async for probe in link.test()]
    assert before == LinkFacts(sessions=0)
    assert (facts.token_left, facts.sessions, facts.budget_left) == (None, 0, 49)
    assert [figures.name for figures in facts.calls] == ["balance"]
    assert probed == ["balance"]


async def test_without_a_key_that_the_venue_knows_every_request_is_tried_and_says_so(desk: Desk) -> None:
    clock = HandClock()
    venue = Omnibus(connect=desk.connect, clock=clock, sleep=clock.sleep)
    await venue.point(ADDRESS, keys(number=1))
    found = {probe.name: probe.verdict async for probe in probes(venue, clock, lambda: 1_795_000_000.0)}
    await venue.close()
    assert found["balance"] is Verdict.REFUSED
    assert found["events"] is Verdict.NOT_TRIED
    assert "cancel_all" not in found


@pytest.mark.parametrize(
    ("name", "path"),
    [("cancel", "api/v1/orders/cancel-all"), ("orders", "api/v1/orders/cancel"), ("cancel", "api/v1/orders"), ("register", B2B.keys)],
)
def test_nothing_is_tried_on_a_path_that_may_be_another_calls(name: str, path: str) -> None:
    assert misnamed(paths_for({name: path}), name)


def test_every_path_of_the_guide_is_its_own() -> None:
    assert not any(misnamed(B2B, name) for name in ("orders", "cancel", "submit_many", "cancel_many", "register"))
