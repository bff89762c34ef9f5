"""The B2B venue: each request signed for its very bytes, by the budget, by the venue's clock; and a key registered."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from decimal import Decimal

import httpx
import jwt
import pytest

from app.domain.environment import Environment
from app.domain.errors import NotSentError, RefusedError, UnknownError, UnreadableError, VenueError
from app.domain.events import Topic
from app.domain.keys import PemError
from app.domain.proof import Registered
from app.domain.secret import Secret
from app.venues.hosts import HostError, partner, practice
from app.venues.http import OFFSETS
from app.venues.omnibus.keys import register_key
from app.venues.omnibus.names import B2B
from app.venues.omnibus.signing import Keys, Signs
from app.venues.omnibus.venue import Omnibus
from tests.venues.fakes import HandClock, Wire, faulty
from tests.venues.omnibus.desk import ADDRESS, ISSUER, Answer, Desk, keys, public_pem, saying, told

TOKEN = "partner-token-of-nobody"


@pytest.fixture
def desk() -> Desk:
    return Desk()


@asynccontextmanager
async def pointed(desk: Desk, with_keys: Keys | None = None) -> AsyncIterator[Omnibus]:
    clock = HandClock()
    venue = Omnibus(connect=desk.connect, clock=clock, sleep=clock.sleep)
    await venue.point(ADDRESS, with_keys or keys())
    try:
        yield venue
    finally:
        await venue.close()


async def test_the_balance_is_read_with_a_token_for_that_request(desk: Desk) -> None:
    async with pointed(desk) as venue:
        balance = await venue.balance()
    assert (balance.cash, balance.matched, balance.unmatched) == (Decimal("9000.50"), Decimal("100.00"), Decimal("230.00"))
    (request,) = desk.asked
    assert (request.method, request.url.path, request.content) == ("GET", "/api/v1/balance", b"")


async def test_each_request_has_a_token_of_its_own(desk: Desk) -> None:
    async with pointed(desk) as venue:
        await venue.config()
        await venue.config()
    assert len(set(desk.tokens)) == 2


async def test_the_hash_is_of_the_bytes_that_reach_the_server() -> None:
    async def script(line: Wire) -> None:
        await line.read()
        await line.answer(body=b'{"data":{"authorized_channel":[]}}')

    async with faulty(script) as server:
        venue = Omnibus()
        await venue.point(practice(server.base.removesuffix("/partner/")), keys())
        await venue.register("12.34", [Topic(19458, ""), Topic(19458, "total é / x")])
        await venue.close()
        (request,) = server.requests
    (bearer,) = [line for line in request.head.split(b"\r\n") if line.lower().startswith(b"authorization:")]
    claims = jwt.decode(bearer.split(b" ")[2], options={"verify_signature": False})
    assert claims["digest"] == base64.b64encode(hashlib.sha256(request.body).digest()).decode()
    assert json.loads(request.body)["socket_id"] == "12.34"


async def test_the_token_is_made_when_the_budget_lets_the_request_go_and_not_before(desk: Desk) -> None:
    made: list[float] = []

    class Noting:
        def __init__(self, clock: HandClock) -> None:
            self._clock = clock

        def token(self, body: bytes | None) -> Secret:
            made.append(self._clock.now)
            return Secret("a.b.c")

    clock = HandClock()

    def make(_keys: Keys, _now: Callable[[], float]) -> Signs:
        return Noting(clock)

    venue = Omnibus(connect=desk.connect, clock=clock, sleep=clock.sleep, make_signer=make)
    await venue.point(ADDRESS, keys())
    for _ in range(2):
        with pytest.raises(NotSentError):
            await venue.balance()
    await venue.close()
    assert made[1] - made[0] == pytest.approx(1.05)  # one query a second


async def test_a_token_is_dated_by_the_venues_clock(desk: Desk) -> None:
    desk.ahead, desk.leeway = 3600.0, 2.0
    async with pointed(desk) as venue:
        await venue.balance()  # refused once, and then dated as the venue's own answer told
        assert venue.clock_offset == pytest.approx(3600, abs=2)
        await venue.config()
    assert [request.url.path for request in desk.asked] == ["/api/v1/balance"] * 2 + ["/api/v1/websocket/connection-config"]


@pytest.mark.parametrize("jump", [-7200.0, 7200.0])
async def test_after_this_computers_clock_has_jumped_the_next_requests_are_answered_all_the_same(desk: Desk, jump: float) -> None:
    desk.leeway = 2.0
    async with pointed(desk) as venue:
        for _ in range(OFFSETS):
            await venue.config()
        desk.ahead = jump
        for _ in range(3):
            await venue.config()
        assert venue.clock_offset == pytest.approx(jump, abs=2)
    assert len(desk.asked) == OFFSETS + 1 + 3, "one was refused, and told the time"


async def test_a_refused_token_is_not_sent_again_where_the_clock_is_no_reason(desk: Desk) -> None:
    async with pointed(desk, keys(number=1)) as venue:
        with pytest.raises(NotSentError) as problem:
            await venue.balance()
    assert problem.value.status == 401
    assert len(desk.asked) == 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [(403, RefusedError), (404, RefusedError), (429, NotSentError), (500, UnknownError), (307, UnknownError)],
)
async def test_a_refusal_is_sorted_as_everywhere(desk: Desk, status: int, kind: type[VenueError]) -> None:
    desk.instead["/api/v1/balance"] = saying(status)
    async with pointed(desk) as venue:
        with pytest.raises(kind):
            await venue.balance()


async def test_a_pause_that_the_venue_asks_for_is_kept(desk: Desk) -> None:
    answers: list[Answer] = [lambda _request: httpx.Response(429, headers={"Retry-After": "7"}, stream=httpx.ByteStream(b"{}"))]
    desk.instead["/api/v1/balance"] = lambda request: answers.pop()(request) if answers else told(200, {"data": {}})
    clock = HandClock()
    venue = Omnibus(connect=desk.connect, clock=clock, sleep=clock.sleep)
    await venue.point(ADDRESS, keys())
    with pytest.raises(NotSentError):
        await venue.balance()
    before = clock.now
    with pytest.raises(UnreadableError):
        await venue.balance()
    await venue.close()
    assert clock.now - before >= 7


async def test_requests_are_measured_by_name(desk: Desk) -> None:
    async with pointed(desk) as venue:
        await venue.balance()
        await venue.config()
        assert {figure.name for figure in venue.meter.figures()} == {"balance", "config"}


async def test_a_stream_elsewhere_is_not_followed(desk: Desk) -> None:
    desk.instead["/api/v1/websocket/connection-config"] = saying(200, {"key": "k", "ws_host": "ws.elsewhere.example"})
    async with pointed(desk) as venue:
        with pytest.raises(UnreadableError):
            await venue.config()


async def test_f_k09_keys_of_another_environment_are_never_pointed_anywhere(desk: Desk) -> None:
    venue = Omnibus(connect=desk.connect)
    with pytest.raises(HostError, match="keys for PRACTICE"):
        await venue.point(partner(Environment.SANDBOX, "api.partner.example"), keys())
    assert not desk.asked


async def test_without_a_key_that_signs_there_is_no_account(desk: Desk) -> None:
    venue = Omnibus(connect=desk.connect)
    with pytest.raises(PemError):
        await venue.point(ADDRESS, Keys(Environment.PRACTICE, Secret("nothing"), ISSUER))
    with pytest.raises(NotSentError, match="Not connected"):
        await venue.balance()


async def test_another_account_ends_the_connections_of_the_one_before(desk: Desk) -> None:
    async with pointed(desk) as venue:
        await venue.point(ADDRESS, keys(number=1))
        assert desk.closed == 1


# Registering a key


async def registering(answer: Answer, token: str = TOKEN) -> Registered:
    desk = Desk()
    desk.instead["/api/v1/internal/b2b/keys"] = answer
    return await register_key(ADDRESS, B2B, Secret(token), "Desk one", public_pem(), desk.connect)


async def test_a_public_key_is_registered_with_the_partners_token() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return told(201, {"data": {"issuer_id": ISSUER, "key_id": "key-1", "name": "Desk one"}})

    assert await registering(answer, f" Bearer {TOKEN}\n") == Registered(ISSUER, "key-1")
    (request,) = asked
    assert request.headers["Authorization"] == f"Bearer {TOKEN}"
    assert json.loads(request.content) == {"name": "Desk one", "public_key": public_pem()}


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (401, NotSentError, "does not know this partner token"),
        (404, RefusedError, "takes no keys at api/v1/internal/b2b/keys"),
        (403, RefusedError, "not for you"),
        (500, UnknownError, "500"),
    ],
)
async def test_each_refusal_of_a_key_has_its_words(status: int, kind: type[VenueError], words: str) -> None:
    with pytest.raises(kind, match=words):
        await registering(saying(status, {"error": "no", "message": "not for you"}))


@pytest.mark.parametrize("token", ["", "  ", "Bearer ", "two words", "zwölf"])
async def test_what_is_no_token_is_not_sent(token: str) -> None:
    with pytest.raises(NotSentError, match="no partner token") as problem:
        await registering(saying(500), token)
    assert token.strip() in {"", "Bearer"} or token not in str(problem.value)
