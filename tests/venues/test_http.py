"""The outcome of one request, row by row, against a real server on this computer that misbehaves on purpose."""

from __future__ import annotations

import asyncio
import socket
import time
import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from email.utils import formatdate
from secrets import token_hex

import pytest

from app.domain.errors import NotSentError, RefusedError, UnknownError
from app.domain.redact import Known
from app.domain.secret import Secret
from app.venues.http import OFFSETS, Http, Reply, accepted
from tests.venues.fakes import Line, Wire, faulty

DEADLINE = 0.4
ORDER = b'{"external_id":"ov-1"}'


@asynccontextmanager
async def client(base: str, deadline: float = DEADLINE) -> AsyncIterator[Http]:
    http = Http(base, deadline=deadline)
    try:
        yield http
    finally:
        await http.close()


async def post(script: Line) -> tuple[Reply, list[bytes]]:
    """POST one order; the reply if there is one, and what had reached the server."""
    async with faulty(script) as server, client(server.base) as http:
        return await http.send("POST", "v4/mm/submit_order", body=ORDER), [request.body for request in server.requests]


async def outcome(script: Line, *, reached: bool = True) -> UnknownError:
    """POST one order that must end unknown."""
    async with faulty(script) as server, client(server.base) as http:
        with pytest.raises(UnknownError) as raised:
            await http.send("POST", "v4/mm/submit_order", body=ORDER)
    assert [request.body for request in server.requests] == ([ORDER] if reached else [])
    return raised.value


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# Never reached the venue


async def test_a_refused_connection_is_not_sent() -> None:
    async with client(f"http://127.0.0.1:{free_port()}/partner/") as http:
        with pytest.raises(NotSentError, match="cannot be reached") as raised:
            await http.send("POST", "v4/mm/submit_order", body=ORDER)
    assert raised.value.status == 0


async def test_a_host_that_does_not_resolve_is_not_sent() -> None:
    async with client("http://venue.invalid/partner/", deadline=5) as http:
        with pytest.raises(NotSentError):
            await http.send("POST", "v4/mm/submit_order", body=ORDER)


async def test_a_host_that_does_not_take_the_connection_is_not_sent() -> None:
    with closing(socket.socket()) as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        crowd = [socket.socket() for _ in range(4)]
        for one in crowd:
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        async with client(f"http://127.0.0.1:{full.getsockname()[1]}/") as http:
            with pytest.raises(NotSentError):
                await http.send("POST", "v4/mm/submit_order", body=ORDER)
        for one in crowd:
            one.close()


async def test_a_server_without_tls_behind_an_https_address_is_not_sent() -> None:
    async def plain(line: Wire) -> None:
        await line.say(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    async with faulty(plain) as server, client(server.base.replace("http:", "https:")) as http:
        with pytest.raises(NotSentError):
            await http.send("POST", "v4/mm/submit_order", body=ORDER)


@pytest.mark.parametrize("base", ["ftp://127.0.0.1/", "127.0.0.1/", ""])
async def test_an_address_that_is_no_web_address_is_not_sent(base: str) -> None:
    async with client(base) as http:
        with pytest.raises(NotSentError):
            await http.send("POST", "v4/mm/submit_order", body=ORDER)


@pytest.mark.parametrize("path", ["v4/mm/get_order/a\nb", "v4/mm/get_order/\x00"])
async def test_a_path_that_cannot_be_sent_is_not_sent(path: str) -> None:
    async with client("http://127.0.0.1:9/") as http:
        with pytest.raises(NotSentError):
            await http.send("GET", path)


async def test_a_header_that_would_inject_another_is_not_sent() -> None:
    async with client("http://127.0.0.1:9/") as http:
        with pytest.raises(NotSentError):
            await http.send("GET", "x", headers={"Authorization": "Bearer a\r\nHost: evil"})


@pytest.mark.parametrize("key", ["canary\r\nHost: evil", "canary\x00", "canary-schlüssel"])
async def test_a_key_that_no_header_can_hold_is_in_no_text_of_the_failure(key: str) -> None:
    async with client("http://127.0.0.1:9/") as http:
        with pytest.raises(NotSentError) as raised:
            await http.send("GET", "x", headers={"X-API-Key": key})
    assert "canary" not in "".join(traceback.format_exception(raised.value))


# It may have reached the venue


async def test_a_reset_before_the_body_was_read_is_unknown() -> None:
    async def script(line: Wire) -> None:
        line.reset()

    await outcome(script, reached=False)


async def test_a_reset_after_the_body_was_read_is_unknown() -> None:
    async def script(line: Wire) -> None:
        await line.read()
        line.reset()

    await outcome(script)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"HTTP/1.1 20",
        b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n",
        b'HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n{"data":{"suc',
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"\x16\x03\x01garbage\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
        b"SSH-2.0-OpenSSH\r\n\r\n",
    ],
)
async def test_an_answer_that_breaks_off_or_makes_no_sense_is_unknown(raw: bytes) -> None:
    async def script(line: Wire) -> None:
        await line.read()
        await line.say(raw)

    assert "broke before the answer" in str(await outcome(script))


async def test_an_answer_that_never_comes_is_unknown_at_the_deadline() -> None:
    async def script(line: Wire) -> None:
        await line.read()
        await line.gone()

    started = time.monotonic()
    await outcome(script)
    assert time.monotonic() - started < DEADLINE + 1


async def test_an_answer_that_drips_is_unknown_at_the_total_deadline() -> None:
    async def script(line: Wire) -> None:
        await line.read()
        await line.say(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        dripping = asyncio.create_task(line.gone())
        while not dripping.done():
            await line.say(b" ")
            await asyncio.wait({dripping}, timeout=0.05)

    started = time.monotonic()
    assert "No answer within 0.4 s" in str(await outcome(script))
    assert time.monotonic() - started < DEADLINE + 1


async def test_a_single_call_may_be_given_longer_than_the_client() -> None:
    async def script(line: Wire) -> None:
        await line.read()
        waited = asyncio.create_task(line.gone())
        await asyncio.wait({waited}, timeout=2 * DEADLINE)
        waited.cancel()
        await line.answer()

    async with faulty(script) as server, client(server.base) as http:
        assert (await http.send("POST", "v4/mm/websocket", body=b"{}", deadline=10)).status == 200


async def test_an_answer_too_large_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.venues.http.BODY_LIMIT", 1000)

    async def script(line: Wire) -> None:
        await line.read()
        await line.answer(body=b" " * 1001)

    assert "larger than" in str(await outcome(script))


async def test_an_idle_connection_that_the_server_closed_is_replaced_and_the_order_sent_once() -> None:
    async def script(line: Wire) -> None:
        await line.read()
        await line.answer()

    async with faulty(script) as server, client(server.base) as http:
        await http.send("GET", "mm/get_tournaments")
        reply = await http.send("POST", "v4/mm/submit_order", body=ORDER)
    assert reply.status == 200
    assert [request.body for request in server.requests] == [b"", ORDER]


async def test_giving_up_waiting_closes_the_connection() -> None:
    hung_up = asyncio.Event()
    arrived = asyncio.Event()

    async def script(line: Wire) -> None:
        await line.read()
        arrived.set()
        await line.gone()
        hung_up.set()

    async with faulty(script) as server, client(server.base, deadline=30) as http:
        asking = asyncio.create_task(http.send("POST", "v4/mm/submit_order", body=ORDER))
        await arrived.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        await asyncio.wait_for(hung_up.wait(), 5)


# It was answered


async def test_a_good_answer_comes_back_whole_with_its_time() -> None:
    async def script(line: Wire) -> None:
        await line.read()
        await line.answer(201, b'{"data":1}')

    reply, bodies = await post(script)
    assert (reply.status, reply.body) == (201, b'{"data":1}')
    assert reply.seconds > 0
    assert bodies == [ORDER]
    assert accepted(reply) is reply


async def test_requests_without_an_answer_keep_no_connection_from_the_next_one() -> None:
    many, answered = asyncio.Barrier(61), asyncio.Event()

    async def script(line: Wire) -> None:
        request = await line.read()
        if "get_order" in request.path:
            await many.wait()
            await answered.wait()
        await line.answer(Connection="close")

    async with faulty(script) as server, client(server.base, deadline=10) as http, asyncio.timeout(10):
        hanging = [asyncio.ensure_future(http.send("GET", f"v4/mm/get_order/{number}")) for number in range(60)]
        await many.wait()
        cancelled = await http.send("POST", "v4/mm/cancel_all_orders", body=b"{}")
        answered.set()
        await asyncio.gather(*hanging)
    assert cancelled.status == 200


async def test_a_redirect_is_not_followed_and_its_outcome_is_unknown() -> None:
    async def script(line: Wire) -> None:
        await line.read()
        await line.answer(307, Location="http://127.0.0.1:9/elsewhere")

    reply, bodies = await post(script)
    assert reply.status == 307
    assert len(bodies) == 1
    with pytest.raises(UnknownError, match="307"):
        accepted(reply)


# What time the host has

NOON = 1_795_000_000.0


def dated(*seconds: float | str) -> Line:
    """A host whose answers are dated so many seconds from noon; a text is sent as it is."""
    moments = iter(seconds)

    async def script(line: Wire) -> None:
        await line.read()
        moment = next(moments)
        await line.answer(Connection="close", Date=moment if isinstance(moment, str) else formatdate(NOON + moment, usegmt=True))

    return script


async def offset_after(*seconds: float | str, wall: Callable[[], float] = lambda: NOON) -> float | None:
    async with faulty(dated(*seconds)) as server:
        http = Http(server.base, deadline=DEADLINE, wall=wall)
        for _ in seconds:
            await http.send("GET", "mm/get_tournaments")
        await http.close()
    return http.offset


@pytest.mark.parametrize("ahead", [0, 420, -420, 3600])
async def test_the_clock_of_the_host_is_told_by_its_answers(ahead: int) -> None:
    assert await offset_after(ahead) == pytest.approx(ahead + 0.5, abs=DEADLINE)


async def test_an_answer_that_was_held_up_does_not_move_the_clock_of_the_host() -> None:
    assert await offset_after(7, 7, 7, 7, -600) == pytest.approx(7.5, abs=DEADLINE)


async def test_after_a_change_of_this_clock_the_newest_answers_count() -> None:
    assert await offset_after(*[0] * OFFSETS, *[-3600] * OFFSETS) == pytest.approx(-3599.5, abs=DEADLINE)


async def test_a_clock_that_is_taken_anew_is_that_of_the_newest_answer_and_of_those_that_follow() -> None:
    offsets: list[float | None] = []
    async with faulty(dated(7, 7, 7, -600, -600, 7)) as server:
        http = Http(server.base, deadline=DEADLINE, wall=lambda: NOON)
        http.restart_clock()
        for number in range(6):
            await http.send("GET", "mm/get_tournaments")
            if number == 3:
                http.restart_clock()
            offsets.append(http.offset)
        await http.close()
    assert offsets == pytest.approx([7.5] * 3 + [-599.5] * 3, abs=DEADLINE)


@pytest.mark.parametrize("text", ["", "soon", "Wed, 32 Oct 2099 07:28:00 GMT", "Wed, 21 Oct 2099 07:28:00"])
async def test_an_answer_without_a_date_tells_nothing(text: str) -> None:
    assert await offset_after(text) is None


async def test_environment_proxies_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")

    async def script(line: Wire) -> None:
        await line.read()
        await line.answer()

    assert (await post(script))[0].status == 200


def reply(status: int, body: bytes = b"", retry_after: str = "") -> Reply:
    return Reply(status, body, 0.01, retry_after)


def test_a_401_is_not_sent() -> None:
    with pytest.raises(NotSentError, match="expired") as raised:
        accepted(reply(401, b'{"error":"unauthorized","message":"token is expired"}'))
    assert raised.value.status == 401


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("3", 3.0),
        ("0.5", 0.5),
        ("0", 0.0),
        ("-5", 0.0),
        ("1000000000", 60.0),
        ("1e400", 60.0),
        ("nan", None),
        ("", None),
        ("soon", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        ("Wed, 21 Oct 2099 07:28:00 GMT", 60.0),
        ("Wed, 32 Oct 2099 07:28:00 GMT", None),
        ("Wed, 21 Oct 99999999999 07:28:00 GMT", None),
    ],
)
def test_a_429_is_not_sent_and_says_how_long_to_wait(header: str, seconds: float | None) -> None:
    with pytest.raises(NotSentError) as raised:
        accepted(reply(429, b'{"error":"rate_limit_reached","message":""}', header))
    assert raised.value.status == 429
    assert raised.value.retry_after == seconds
    assert (str(raised.value), raised.value.code) == ("rate_limit_reached", "rate_limit_reached")


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "invalid_price"),
        (403, "insufficient_amount"),
        (404, "no_cancellable_orders"),
        (409, "order_is_placing"),
        (422, "whatever"),
        (425, "order_opened_retry"),
        (500, "opened_retry"),
    ],
)
def test_a_no_of_the_venue_is_refused_in_its_words(status: int, code: str) -> None:
    with pytest.raises(RefusedError, match="It cannot be") as raised:
        accepted(reply(status, b'{"error":"%s","message":"It cannot be"}' % code.encode()))
    assert (raised.value.code, raised.value.status) == (code, status)


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504, 301, 302, 308, 100, 418])
def test_a_failure_of_the_server_is_unknown(status: int) -> None:
    with pytest.raises(UnknownError, match=str(status)):
        accepted(reply(status, b'{"error":"order_unable_to_place","message":"try later"}'))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>Bad gateway</body></html>",
        b'{"error":{}}',
        b'{"error":null,"message":null}',
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"error":[1],"message":{"a":1}}',
    ],
)
@pytest.mark.parametrize(("status", "kind"), [(400, RefusedError), (401, NotSentError), (429, NotSentError), (502, UnknownError)])
def test_an_error_body_of_any_shape_still_says_which_failure_it_is(status: int, kind: type[Exception], body: bytes) -> None:
    with pytest.raises(kind) as raised:
        accepted(reply(status, body))
    assert str(raised.value)


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        (b'"Match not found"', "Match not found"),
        (b'[{"msg":"too large","input":"canary"},{"msg":"odd"},7]', "too large; odd"),
        (b'{"x":"canary"}', "The venue refused (400)"),
    ],
)
def test_a_detail_alone_is_the_words(detail: bytes, words: str) -> None:
    with pytest.raises(RefusedError) as raised:
        accepted(reply(400, b'{"detail":' + detail + b"}"))
    assert str(raised.value) == words


def test_a_code_without_words_is_the_words() -> None:
    with pytest.raises(RefusedError, match="invalid_price"):
        accepted(reply(400, b'{"error":"invalid_price","message":null}'))


def test_words_of_the_venue_are_cut_to_a_line() -> None:
    with pytest.raises(RefusedError) as raised:
        accepted(reply(400, b'{"error":"x","message":"%s"}' % (b"w" * 100_000)))
    assert len(str(raised.value)) <= 300


@pytest.mark.parametrize("place", range(250, 300, 7))
def test_a_key_that_the_venue_echoes_is_there_as_a_whole_or_not_at_all(place: int) -> None:
    """What cleans notices and the log knows it by heart; the half of it, it would not."""
    known, key = Known(), token_hex(24)
    known.hide(Secret(key))
    told = (b"no " * 100)[:place] + b" " + key.encode()
    for body in (b'{"error":"bad","message":"%s"}' % told, b'{"detail":[{"msg":"%s"}]}' % told, b'{"error":"%s"}' % told):
        with pytest.raises(RefusedError) as raised:
            accepted(reply(422, body))
        shown = known.clean(f"{raised.value} {raised.value.code}")
        assert not any(key[:length] in shown for length in range(4, len(key)))
