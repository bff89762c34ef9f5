"""Rankacy's feed as far as a key is tried: the header, the partner's name, and errors in words."""

from __future__ import annotations

import json
import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx
import pytest

from app.domain.environment import Environment
from app.domain.errors import NotSentError, RefusedError, UnknownError, UnreadableError, VenueError
from app.domain.feed import FeedMarket, Partner
from app.domain.link import Rank
from app.domain.secret import Secret
from app.venues.hosts import HostError, practice
from app.venues.http import Http
from app.venues.rankacy.codec import read_markets, read_ping
from app.venues.rankacy.venue import Keys, Rankacy
from tests.venues.fakes import HandClock

ADDRESS = practice("http://127.0.0.1:9")
KEY = "feed-key-of-nobody"
PING = {"status": "ok", "partner_id": 7, "partner_name": "Example Book", "server_time": "2026-11-21T10:22:03Z"}
MARKETS = [{"code": "MATCH", "name": "Winner", "description": "of the match", "sides": ["CT", "T", "DRAW"]}, {"code": "ROUND"}]

Answer = Callable[[httpx.Request], httpx.Response]


def answering(status: int, body: object) -> Answer:
    return lambda _request: httpx.Response(status, stream=httpx.ByteStream(json.dumps(body).encode()))


@asynccontextmanager
async def pointed(answer: Answer, key: str = KEY) -> AsyncIterator[Rankacy]:
    venue = Rankacy(connect=lambda url: Http(url, transport=httpx.MockTransport(answer)))
    await venue.point(ADDRESS, Keys(Environment.PRACTICE, Secret(key)))
    try:
        yield venue
    finally:
        await venue.close()


async def test_the_key_goes_into_its_header_and_nowhere_else() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return answering(200, PING)(request)

    async with pointed(answer) as venue:
        ping = await venue.ping()
    assert ping == Partner("Example Book", 7, datetime(2026, 11, 21, 10, 22, 3, tzinfo=UTC))
    (request,) = asked
    assert request.headers["X-API-Key"] == KEY
    assert "Authorization" not in request.headers
    assert str(request.url) == "http://127.0.0.1:9/api/b2b/ping"


async def test_the_markets_are_read() -> None:
    async with pointed(answering(200, MARKETS)) as venue:
        assert await venue.markets() == [
            FeedMarket("MATCH", "Winner", "of the match", ("CT", "T", "DRAW")),
            FeedMarket("ROUND", "ROUND", "", ()),
        ]


async def test_a_request_counts_until_a_second_after_its_answer() -> None:
    clock, left = HandClock(), []

    def answer(request: httpx.Request) -> httpx.Response:
        clock.now += 2  # as long as it was on its way
        left.append(venue.budget.left_for(Rank.ROUTINE))
        return answering(200, PING)(request)

    venue = Rankacy(connect=lambda url: Http(url, transport=httpx.MockTransport(answer)), clock=clock, sleep=clock.sleep)
    await venue.point(ADDRESS, Keys(Environment.PRACTICE, Secret(KEY)))
    await venue.ping()
    await venue.close()
    left.append(venue.budget.left_for(Rank.ROUTINE))
    clock.now += 1
    assert [*left, venue.budget.left_for(Rank.ROUTINE)] == [39, 39, 40]


@pytest.mark.parametrize(
    ("status", "detail", "kind", "words"),
    [
        (401, "Invalid API key", NotSentError, "Invalid API key"),
        (404, "Match not found", RefusedError, "Match not found"),
        (422, [{"loc": ["query", "limit"], "msg": "too large", "input": KEY}], RefusedError, "too large"),
        (503, "later", UnknownError, "later"),
    ],
)
async def test_a_detail_is_the_words_and_what_was_sent_is_not_repeated(
    status: int, detail: object, kind: type[VenueError], words: str
) -> None:
    async with pointed(answering(status, {"detail": detail})) as venue:
        with pytest.raises(kind, match=words) as problem:
            await venue.ping()
    assert KEY not in str(problem.value)


@pytest.mark.parametrize("key", ["", "two words of it", "line-of-it\nX-Other: 1", "schlüssel-davon"])
async def test_what_can_be_no_key_is_not_sent_and_not_quoted(key: str) -> None:
    async with pointed(answering(200, PING), key) as venue:
        with pytest.raises(NotSentError, match="no API key") as problem:
            await venue.ping()
    assert not key or key not in "".join(traceback.format_exception(problem.value))


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"<html>", b'{"status":"down","partner_id":1,"partner_name":"x","server_time":""}'])
def test_an_answer_that_is_no_ping_is_said(body: bytes) -> None:
    with pytest.raises(UnreadableError):
        read_ping(body)


def test_a_time_that_is_none_takes_nothing_from_the_partner() -> None:
    assert read_ping(json.dumps({**PING, "server_time": "now"}).encode()) == Partner("Example Book", 7, None)


def test_markets_of_another_shape_are_said() -> None:
    with pytest.raises(UnreadableError):
        read_markets(b'{"markets":[]}')


async def test_f_k09_i_64_a_key_of_another_environment_is_never_sent() -> None:
    venue = Rankacy()
    with pytest.raises(HostError, match="key for SANDBOX"):
        await venue.point(ADDRESS, Keys(Environment.SANDBOX, Secret(KEY)))


async def test_before_an_account_there_is_nothing_to_ask() -> None:
    with pytest.raises(NotSentError, match="Not connected"):
        await Rankacy().ping()
