"""The proof run of a Rankacy account."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import time
from contextlib import closing
from email.utils import formatdate

import httpx
import pytest
import trustme

from app.domain.environment import Environment
from app.domain.proof import ProofRow, ProofState
from app.domain.secret import Secret
from app.venues.hosts import practice
from app.venues.http import Http
from app.venues.rankacy.proof import ROWS, prove
from app.venues.rankacy.venue import Keys
from tests.venues.fakes import Wire, faulty
from tests.venues.proofs import ended, rows_of, texts
from tests.venues.rankacy.test_venue import ADDRESS, KEY, MARKETS, PING


class Feed:
    def __init__(self, ping: tuple[int, object] = (200, PING), markets: tuple[int, object] = (200, MARKETS), ahead: float = 0.0) -> None:
        self._answers = {"/api/b2b/ping": ping, "/api/b2b/markets": markets}
        self._ahead = ahead
        self.asked: list[httpx.Request] = []
        self.closed = 0

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        status, body = self._answers[request.url.path] if request.headers.get("X-API-Key") == KEY else (401, {"detail": "Missing key"})
        date = formatdate(time.time() + self._ahead, usegmt=True)
        return httpx.Response(status, headers={"Date": date}, stream=httpx.ByteStream(json.dumps(body).encode()))

    async def proven(self, key: str = KEY) -> dict[str, ProofRow]:
        keys = Keys(Environment.PRACTICE, Secret(key))
        told = await rows_of(prove(ADDRESS, keys, connect=lambda url: Http(url, transport=httpx.MockTransport(self.answer))))
        assert key not in texts(told)
        return ended(told)


async def test_a_good_key_shows_whose_it_is_and_that_the_feed_answers() -> None:
    feed = Feed()
    rows = await feed.proven()
    assert tuple(rows) == ROWS
    assert {row.state for row in rows.values()} == {ProofState.GOOD}
    assert rows["Partner"].words == "The key is Example Book's, partner 7, its time is 21 Nov 2026 10:22:03 UTC"
    assert rows["Feed"].words == "Markets: MATCH, ROUND"
    assert "X-API-Key" not in feed.asked[0].headers


@pytest.mark.parametrize(
    ("feed", "title", "words"),
    [
        (Feed(ahead=-90), "Clock", "ahead of the venue's"),
        (Feed(ping=(401, {"detail": f"Invalid key {KEY}"})), "Partner", "does not know this key in PRACTICE"),
        (Feed(ping=(403, {"detail": "no"})), "Partner", "does not let it in"),
        (Feed(ping=(404, {"detail": "Not Found"})), "Partner", "does not know this API's addresses"),
        (Feed(ping=(422, {"detail": [{"msg": f"odd {KEY}"}]})), "Partner", "refuses (422)"),
        (Feed(ping=(502, "<html>")), "Partner", "trouble of its own (502)"),
        (Feed(ping=(200, {"status": "ok"})), "Partner", "is not this API's"),
        (Feed(markets=(200, [])), "Feed", "names no market"),
        (Feed(markets=(500, {"detail": "later"})), "Feed", "trouble of its own (500)"),
    ],
    ids=["clock", "401", "403", "404", "422", "502", "odd", "empty", "500"],
)
async def test_each_failure_has_its_row_its_words_and_a_remedy(feed: Feed, title: str, words: str) -> None:
    rows = await feed.proven()
    assert rows[title].state is ProofState.FAILED
    assert words in rows[title].words
    assert rows[title].remedy
    assert [row.state for row in list(rows.values())[ROWS.index(title) + 1 :]] == [ProofState.SKIPPED] * (len(ROWS) - ROWS.index(title) - 1)


async def test_a_partners_name_that_holds_the_key_does_not_show_it() -> None:
    rows = await Feed(ping=(200, {**PING, "partner_name": f"Owner of {KEY}"})).proven()
    assert "Owner of …" in rows["Partner"].words


async def test_a_key_that_can_be_none_is_not_sent() -> None:
    feed = Feed()
    rows = await feed.proven("a key in words")
    assert "no API key" in rows["Partner"].words
    assert len(feed.asked) == 1


# With real sockets


async def tried(url: str) -> ProofRow:
    keys = Keys(Environment.PRACTICE, Secret(KEY))
    rows = await rows_of(prove(practice(url), keys, connect=lambda base: Http(base, deadline=1.0)))
    assert KEY not in texts(rows)
    return ended(rows)["Clock"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_a_host_without_a_server_takes_no_connection(host: str) -> None:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert (await tried(f"http://{host}:{port}")).words == "The host is there and takes no connection"


async def test_a_server_that_never_answers_is_not_waited_for_long() -> None:
    async def script(line: Wire) -> None:
        await line.gone()

    async with faulty(script) as server:
        assert (await tried(server.base.rstrip("/"))).words == "The host did not answer in time"


async def test_a_server_without_tls_is_said() -> None:
    async def script(line: Wire) -> None:
        await line.say(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    async with faulty(script) as server:
        assert (await tried(server.base.replace("http:", "https:").rstrip("/"))).words == "The host does not speak https"


async def test_a_server_that_cannot_prove_who_it_is_is_said() -> None:
    shown = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("localhost").configure_cert(shown)

    def accept(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=shown)
    async with server:
        row = await tried(f"https://localhost:{server.sockets[0].getsockname()[1]}")
    assert row.words == "The host cannot prove who it is (TLS): nothing was sent to it"


async def test_half_a_key_that_the_feed_echoes_is_in_no_row() -> None:
    filler = ("the request is odd " * 20)[: 300 - len(KEY) + 3]
    feed = Feed(ping=(422, {"detail": [{"msg": f"{filler} {KEY}"}]}))
    rows = await feed.proven()
    told = texts(rows.values())
    assert "the request is odd" in told
    assert KEY[: len(KEY) // 4] not in told
