"""The Trading API as a venue, over HTTP to a server on this computer: sessions, orders, history, and what goes wrong."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app.domain.environment import Environment
from app.domain.errors import DeniedError, NotSentError, RefusedError, UnknownError, UnreadableError
from app.domain.events import FeedFault, Topic, VenueEvent
from app.domain.market import MarketKey
from app.domain.odds import from_american
from app.domain.order import HistoryQuery, OrderDraft
from app.domain.secret import Secret
from app.venues.hosts import HostError, practice
from app.venues.limits import Budget
from app.venues.prophetx.venue import Keys, ProphetX
from app.venues.record import PAGES
from tests.venues.fakes import FaultyServer, HandClock, Request, Wire, faulty
from tests.venues.samples import changed, document, sample

NOW = 1_788_000_000.0
RECENT = HistoryQuery(datetime.fromtimestamp(NOW - 60, UTC))


def let_pass(_ref: str, _draft: OrderDraft) -> None:
    """A last look that has nothing against it."""


DRAFT = OrderDraft(MarketKey(19458, 219, Decimal(0)), "83a36a34db56f26b1646942776d8d8c7", from_american(146), Decimal("10.00"))
LOGIN = {"access_token": "token", "access_expire_time": int(NOW) + 1200, "refresh_token": "refresh"}

Answer = tuple[int, bytes]
Route = Callable[[Request], Answer]


def in_turn(*routes: Route) -> Route:
    """Each of the routes once, in their order."""
    left = list(routes)

    def answer(request: Request) -> Answer:
        return left.pop(0)(request)

    return answer


def login(**change: object) -> Route:
    return lambda _request: (200, json.dumps({"data": LOGIN | change}).encode())


def always(status: int, body: bytes = b"{}") -> Route:
    return lambda _request: (status, body)


class Site:
    """A venue's server: one route a path, `auth/login` among them."""

    def __init__(self, **routes: Route) -> None:
        self.routes = {"auth/login": login()} | {path.replace("__", "/"): route for path, route in routes.items()}
        self.news: list[VenueEvent] = []
        self.clock = HandClock()
        self.server: FaultyServer | None = None

    async def script(self, line: Wire) -> None:
        request = await line.read()
        route = self.routes.get(request.path.removeprefix("/partner/").partition("?")[0], always(404, b'{"error":"no_such_path"}'))
        status, body = route(request)
        await line.answer(status, body, Connection="close", Retry_After="7")

    def asked(self, path: str) -> list[Request]:
        assert self.server is not None
        return [request for request in self.server.requests if request.path.startswith(f"/partner/{path}")]


@asynccontextmanager
async def venue(site: Site) -> AsyncIterator[ProphetX]:
    async with faulty(site.script) as site.server:
        client = ProphetX(clock=site.clock, wall=lambda: NOW, emit=site.news.extend)
        client.budget = Budget(site.clock, site.clock.sleep)
        await client.point(practice(site.server.base), Keys(Environment.PRACTICE, Secret("access"), Secret("secret")))
        try:
            yield client
        finally:
            await client.close()


async def test_a_first_request_logs_in_and_carries_the_token() -> None:
    site = Site(v4__mm__get_order=always(200), mm__get_tournaments=always(200, sample("tournaments")))
    async with venue(site) as client:
        tournaments = await client.tournaments()
    assert [one.id for one in tournaments] == [31, 1600000176, 233]
    (asked,) = site.asked("mm/get_tournaments")
    assert b"authorization: bearer token\r\n" in asked.head.lower()
    (logged_in,) = site.asked("auth/login")
    assert json.loads(logged_in.body) == {"access_key": "access", "secret_key": "secret"}
    assert b"authorization" not in logged_in.head.lower()
    assert client.latency is not None
    assert client.answered_at == site.clock()


async def test_an_order_is_one_post_and_comes_back_as_a_report() -> None:
    site = Site(v4__mm__submit_order=always(200, sample("order")))
    async with venue(site) as client:
        report = await client.place("ov-1", DRAFT, let_pass)
    assert (report.ref, report.status) == ("ov-1", "inactive")
    assert len(site.asked("v4/mm/submit_order")) == 1


async def test_a_401_renews_the_session_and_sends_the_same_order_once_more() -> None:
    site = Site(
        v4__mm__submit_order=in_turn(always(401, b'{"error":"unauthorized"}'), always(200, sample("order"))),
        auth__refresh=always(200, json.dumps({"data": LOGIN | {"access_token": "token-2"}}).encode()),
    )
    async with venue(site) as client:
        report = await client.place("ov-1", DRAFT, let_pass)
    first, second = site.asked("v4/mm/submit_order")
    assert report.ref == "ov-1"
    assert first.body == second.body
    assert b"bearer token-2\r\n" in second.head.lower()


async def test_a_cancel_of_no_order_is_never_sent_because_it_may_be_taken_for_everything() -> None:
    site = Site(v4__mm__cancel_multiple_orders=always(200))
    async with venue(site) as client:
        assert await client.cancel_many([]) == ([], [])
    assert not site.asked("")


async def test_a_second_401_is_not_sent_and_not_tried_again() -> None:
    site = Site(v4__mm__submit_order=always(401, b'{"error":"unauthorized"}'), auth__refresh=login(access_token="token-2"))
    async with venue(site) as client:
        with pytest.raises(NotSentError):
            await client.place("ov-1", DRAFT, let_pass)
    assert len(site.asked("v4/mm/submit_order")) == 2
    assert len(site.asked("auth/login")) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408, 307])
async def test_an_order_without_a_clear_answer_is_unknown_and_never_sent_again(status: int) -> None:
    site = Site(v4__mm__submit_order=always(status, b"<html></html>"))
    async with venue(site) as client:
        with pytest.raises(UnknownError):
            await client.place("ov-1", DRAFT, let_pass)
    assert len(site.asked("v4/mm/submit_order")) == 1


async def test_a_refused_order_says_why_in_the_venues_words() -> None:
    site = Site(v4__mm__submit_order=always(400, b'{"error":"invalid_price","message":"odds not in ladder"}'))
    async with venue(site) as client:
        with pytest.raises(RefusedError, match="odds not in ladder"):
            await client.place("ov-1", DRAFT, let_pass)


async def test_a_429_on_an_order_is_not_sent_and_not_tried_again() -> None:
    site = Site(v4__mm__submit_order=always(429))
    async with venue(site) as client:
        with pytest.raises(NotSentError) as raised:
            await client.place("ov-1", DRAFT, let_pass)
    assert raised.value.retry_after == 7
    assert len(site.asked("v4/mm/submit_order")) == 1


async def test_a_429_on_a_query_holds_its_path_for_as_long_as_the_venue_asks() -> None:
    site = Site(mm__get_tournaments=in_turn(always(429), always(200, sample("tournaments"))))
    async with venue(site) as client:
        with pytest.raises(NotSentError):
            await client.tournaments()
        before = site.clock.now
        await client.tournaments()
    assert site.clock.now - before == pytest.approx(7)


@pytest.mark.parametrize(
    "route",
    [
        always(200, b"{}"),
        always(200, b"<html></html>"),
        always(502),
        login(access_token=""),
        login(access_token="a\nb"),
        login(access_token="t\u00f6ken"),
        login(access_token="x" * 100_000),
    ],
)
async def test_an_order_that_could_not_get_a_session_was_not_sent(route: Route) -> None:
    site = Site(v4__mm__submit_order=always(200, sample("order")), auth__login=route)
    async with venue(site) as client:
        with pytest.raises(NotSentError):
            await client.place("ov-1", DRAFT, let_pass)
    assert site.asked("v4/mm/submit_order") == []


async def test_a_refused_login_means_that_what_wanted_it_was_not_sent_in_the_venues_words() -> None:
    site = Site(auth__login=always(403, b'{"error":"session_num_exceed","message":"too many sessions"}'))
    async with venue(site) as client:
        with pytest.raises(NotSentError, match="All 20 sessions"):
            await client.balance()


async def test_an_expiry_of_four_hundred_digits_is_survived() -> None:
    body = json.dumps({"data": LOGIN}).encode().replace(str(int(NOW) + 1200).encode(), b"1" * 400)
    site = Site(auth__login=always(200, body), mm__get_tournaments=always(200, sample("tournaments")))
    async with venue(site) as client:
        await client.tournaments()
        assert client.tokens.expires_at == NOW + 600


async def test_nothing_is_sent_before_a_venue_is_chosen() -> None:
    client = ProphetX()
    with pytest.raises(NotSentError, match="Not connected"):
        await client.place("ov-1", DRAFT, let_pass)


async def test_another_account_gets_a_session_of_its_own() -> None:
    site = Site(mm__get_tournaments=always(200, sample("tournaments")))
    async with venue(site) as client:
        await client.tournaments()
        assert site.server is not None
        await client.point(practice(site.server.base), Keys(Environment.PRACTICE, Secret("other"), Secret("secret")))
        await client.tournaments()
    assert [json.loads(request.body)["access_key"] for request in site.asked("auth/login")] == ["access", "other"]


async def test_history_reads_every_page_until_the_cursor_is_empty() -> None:
    pages = {"": "a", "a": "b", "b": ""}

    def page(request: Request) -> Answer:
        cursor = request.path.partition("next_cursor=")[2]
        return 200, changed("history", ("data", "next_cursor"), pages[cursor])

    site = Site(v4__mm__get_order_history=page)
    async with venue(site) as client:
        read = await client.history(RECENT)
    assert (len(read.reports), read.is_whole) == (2, True)
    assert len(site.asked("v4/mm/get_order_history")) == 3


async def test_a_cursor_that_comes_again_ends_the_reading() -> None:
    site = Site(v4__mm__get_order_history=always(200, sample("history")))
    async with venue(site) as client:
        read = await client.history(RECENT)
    assert (len(read.reports), read.is_whole, len(site.asked("v4/mm/get_order_history"))) == (2, False, 2)
    assert [news.words for news in site.news if isinstance(news, FeedFault)] == [
        "the venue's record gave the same cursor again: the rest was not read"
    ]


async def test_a_cursor_that_never_ends_is_given_up() -> None:
    count = 0

    def page(_request: Request) -> Answer:
        nonlocal count
        count += 1
        return 200, changed("history", ("data", "next_cursor"), f"page-{count}")

    site = Site(v4__mm__get_order_history=page)
    async with venue(site) as client:
        await client.history(RECENT)
    assert count == PAGES


async def test_markets_are_seeded_with_the_time_before_they_were_asked_for() -> None:
    body = json.dumps({"data": {"markets": document("markets")["data"]["19458"] + ["odd"]}}).encode()
    site = Site(v4__mm__get_markets=always(200, body))
    async with venue(site) as client:
        await client.markets(19458)
        site.clock.now += 0.5
        seeded = await client.markets(19458)
    assert seeded.asked_at == pytest.approx(1001.05)
    assert [group.id for group in seeded.groups] == [219, 66, 901]
    assert isinstance(site.news[0], FeedFault)


async def test_an_event_the_answer_leaves_out_is_left_out() -> None:
    site = Site(v4__mm__get_multiple_markets=always(200, sample("markets")))
    async with venue(site) as client:
        seeded = await client.multiple_markets([19458, 19459, 19460])
    assert [(one.event_id, len(one.books)) for one in seeded] == [(19458, 4), (19459, 0)]


async def test_an_answer_of_another_shape_is_unreadable() -> None:
    site = Site(v4__mm__get_balance=always(200, b'{"data":[]}'))
    async with venue(site) as client:
        with pytest.raises(UnreadableError):
            await client.balance()


@pytest.mark.parametrize("path", ["v4__mm__get_balance", "v4__mm__get_price_ladder", "mm__get_players", "v4__mm__get_order_history"])
async def test_an_answer_of_another_shape_is_a_visible_fault_with_a_sample_that_holds_no_secret(path: str) -> None:
    site = Site(**{path: always(200, b'{"data":{"odd":[]},"auth":"very-private"}')})
    asks: dict[str, Callable[[ProphetX], Awaitable[object]]] = {
        "v4__mm__get_balance": ProphetX.balance,
        "v4__mm__get_price_ladder": ProphetX.ladder,
        "mm__get_players": ProphetX.players,
        "v4__mm__get_order_history": lambda client: client.history(RECENT),
    }
    async with venue(site) as client:
        with pytest.raises(UnreadableError):
            await asks[path](client)
    (fault,) = site.news
    assert isinstance(fault, FeedFault)
    assert '"odd":[]' in fault.sample
    assert "very-private" not in fault.sample


async def test_an_order_that_is_answered_unreadably_is_unknown_and_a_visible_fault() -> None:
    site = Site(v4__mm__submit_order=always(200, b'{"data":{"play":{}}}'))
    async with venue(site) as client:
        with pytest.raises(UnknownError):
            await client.place("ov-1", DRAFT, let_pass)
    assert [type(news) for news in site.news] == [FeedFault]


async def test_a_row_that_was_left_out_is_a_fault_with_its_own_sample() -> None:
    told = document("players")
    told["data"]["players"].append({"id": "x", "name": "somebody", "token": "very-private"})
    site = Site(mm__get_players=always(200, json.dumps(told).encode()))
    async with venue(site) as client:
        assert len(await client.players()) == 2
    (fault,) = site.news
    assert isinstance(fault, FeedFault)
    assert "somebody" in fault.sample
    assert "very-private" not in fault.sample


@pytest.mark.parametrize("code", ["no_cancellable_orders", "no_cancellable_wagers"])
async def test_a_cancel_of_an_event_or_a_market_on_which_nothing_stands_is_no_error(code: str) -> None:
    nothing = always(404, json.dumps({"error": code, "message": "nothing"}).encode())
    site = Site(v4__mm__cancel_orders_by_event=nothing, v4__mm__cancel_orders_by_market=nothing)
    async with venue(site) as client:
        await client.cancel_event(19458)
        await client.cancel_market(19458, 219)
    assert [json.loads(request.body) for request in site.asked("v4/mm/cancel_orders_by")] == [
        {"event_id": 19458},
        {"event_id": 19458, "market_id": 219},
    ]


async def test_a_cancel_of_an_event_that_is_refused_for_another_reason_says_so() -> None:
    site = Site(v4__mm__cancel_orders_by_event=always(400, b'{"error":"invalid_event_id","message":"no such event"}'))
    async with venue(site) as client:
        with pytest.raises(RefusedError, match="no such event"):
            await client.cancel_event(1)


async def test_the_config_and_the_registration_are_read() -> None:
    site = Site(websocket__connection_config=always(200), v4__mm__websocket=always(200, sample("register")))
    site.routes["websocket/connection-config"] = always(
        200, b'{"app_id":"1","key":"app-key","cluster":"mt1","ws_host":"127.0.0.1","service":"pusher"}'
    )
    async with venue(site) as client:
        config = await client.config()
        registration = await client.register("1.1", [Topic(19458), Topic(19458, "a"), Topic(19458, "b")])
    assert (config.key, config.ws_host, config.ws_port, config.ws_secure) == ("app-key", "127.0.0.1", 0, True)
    assert [bool(grant.topic) for grant in registration.grants] == [False, False, True, True]
    (asked,) = site.asked("v4/mm/websocket")
    assert json.loads(asked.body)["subscriptions"][1]["ids"] == ["19458:a", "19458:b"]


def test_keys_do_not_print_themselves() -> None:
    keys = Keys(Environment.PRACTICE, Secret("one-of-two"), Secret("two-of-two"))
    assert "of-two" not in f"{keys!r} {keys}"


@pytest.mark.parametrize(
    "named", ['"ws_host":"ws.elsewhere.example"', '"cluster":"mt1"', '"cluster":"x.elsewhere.example/"', '"service":"pusher"']
)
async def test_a_stream_that_is_not_on_this_computer_is_refused_in_practice(named: str) -> None:
    site = Site(websocket__connection_config=always(200))
    site.routes["websocket/connection-config"] = always(200, b'{"app_id":"1","key":"app-key",' + named.encode() + b"}")
    async with venue(site) as client:
        with pytest.raises(UnreadableError, match=r"loopback|host"):
            await client.config()


async def test_f_k09_keys_of_another_environment_are_never_sent() -> None:
    client = ProphetX()
    with pytest.raises(HostError, match="keys for PRODUCTION"):
        await client.point(practice("http://127.0.0.1:1/partner"), Keys(Environment.PRODUCTION, Secret("access"), Secret("secret")))


async def test_what_the_last_look_refuses_does_not_leave() -> None:
    def refuse(_ref: str, _draft: OrderDraft) -> None:
        raise DeniedError("no", code="OFF")

    site = Site(v4__mm__submit_order=always(200, sample("order")))
    async with venue(site) as client:
        with pytest.raises(DeniedError):
            await client.place("ov-1", DRAFT, refuse)
    assert site.asked("v4/mm/submit_order") == []


async def test_the_last_look_sees_what_the_bytes_say() -> None:
    seen: list[tuple[str, OrderDraft]] = []

    def look(ref: str, draft: OrderDraft) -> None:
        seen.append((ref, draft))
        raise DeniedError("seen", code="OFF")

    async with venue(Site()) as client:
        with pytest.raises(DeniedError):
            await client.place("ov-1", DRAFT, look)
    assert seen == [("ov-1", DRAFT)]
