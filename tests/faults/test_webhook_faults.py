"""Hostile and broken deliveries at the receiver's own process: each is answered as said, counted, and holds nobody up (F-R05, I-50)."""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.domain.receiving import Plan
from app.domain.signature import signed
from app.domain.webhook import Verdict
from app.receiver.connection import MOST
from app.receiver.door import HEADERS
from benchmarks import receiver, receiving
from benchmarks.deliverer import MATCHES
from tests.receiver.kit import ODDS, OTHER, PATH, ROUTE, SECRET, Station, body_of, station, status


@pytest.fixture
async def found(tmp_path: Path) -> AsyncIterator[Station]:
    async with station(tmp_path) as one:
        yield one


async def refused(found: Station, answer: int | None, raw: bytes, *, is_ended: bool = False) -> None:
    """It is answered so, counted as refused, and the next genuine one is taken."""
    before, shown = found.counts.refused, len(found.newest)
    said = await found.say(raw, is_ended=is_ended)
    assert status(said) == (answer or 0), (raw[:100], said[:200])
    await found.until(lambda: found.counts.refused > before and len(found.newest) > shown)
    assert [(each.verdict, each.answer) for each in found.newest[shown:]] == [(Verdict.REFUSED, answer)], raw[:100]
    await still_takes(found)


async def turned_away(found: Station, answer: int, words: str, raw: bytes) -> None:
    """It is answered so, with these words, counted as bad or unsigned, and heard by nobody."""
    before, shown, heard = found.counts, len(found.newest), len(found.signals)
    said = await found.say(raw)
    assert (status(said), words in said.decode("latin-1")) == (answer, True), (raw, said)
    await found.until(lambda: len(found.newest) > shown)
    assert found.counts.received == before.received + 1
    assert found.counts.bad + found.counts.unsigned == before.bad + before.unsigned + 1
    assert len(found.signals) == heard
    assert words in found.newest[shown].reason
    await still_takes(found)


async def still_takes(found: Station) -> None:
    valid, shown = found.counts.valid, len(found.newest)
    assert status(await found.say(found.request(body_of(valid, at=valid)))) == 204
    await found.until(lambda: found.counts.valid == valid + 1 and len(found.newest) > shown)


# Too much


async def test_f_r05_ten_megabytes_by_their_length(found: Station) -> None:
    await refused(found, 413, found.request(b"x" * 10_000_000))


async def test_f_r05_ten_megabytes_in_chunks_without_an_end(found: Station) -> None:
    chunks = b"".join(b"10000\r\n" + b"x" * 65536 + b"\r\n" for _ in range(160))
    await refused(found, 413, found.request(b"", "Transfer-Encoding: chunked", has_length=False) + chunks)


async def test_f_r05_the_answer_to_ten_megabytes_is_read_and_the_line_stays(found: Station) -> None:
    said = await found.say(found.request(b"x" * 10_000_000) + found.request(), answers=2)

    assert (status(said), b"HTTP/1.1 204" in said) == (413, True)


async def test_f_r05_ten_thousand_headers(found: Station) -> None:
    said = await found.say(found.request(None, *(f"X-{number}: 1" for number in range(10_000))))

    # 431 where they came at once; otherwise it is closed while they still come, and the system may then drop the answer
    assert status(said) in (431, 400, 0)
    await found.until(lambda: found.counts.refused == 1)
    await still_takes(found)


async def test_f_r05_one_header_without_an_end(found: Station) -> None:
    await refused(found, 400, b"POST /hook HTTP/1.1\r\nX: " + b"x" * (2 * HEADERS))


# Too slow


async def test_f_r05_slowloris_of_every_kind_holds_nobody_up(found: Station) -> None:
    """More of them than there are connections, and a genuine delivery gets in beside them."""
    whole = found.request()
    beginnings = [
        b"",
        b"P",
        whole[:60],
        whole[:-4],
        found.request(has_length=False, line="POST /hook HTTP/1.1")[:-4] + b"\r\n",
        whole + whole[:-4],
    ]
    lines = [await asyncio.open_connection("127.0.0.1", found.receiver.port) for _ in range(MOST + 60)]
    dripping: asyncio.Task[None] | None = None
    try:
        for number, (_, writer) in enumerate(lines):
            with contextlib.suppress(ConnectionError):
                writer.write(beginnings[number % len(beginnings)])
        assert status(await found.say(found.request(body_of(5)))) == 204
        dripping = asyncio.create_task(drip([writer for _, writer in lines]))  # noqa: RUF006 - it is cancelled below
        await found.until(lambda: found.counts.refused > 60, 30)
        assert status(await found.say(found.request(body_of(6)))) == 204
        async with asyncio.timeout(30):  # every one of them is closed, whatever it sends
            for reader, _ in lines:
                with contextlib.suppress(ConnectionError):
                    await reader.read()
    finally:
        if dripping is not None:
            dripping.cancel()
        for _, writer in lines:
            writer.close()
    assert {each.answer for each in found.newest if each.verdict is Verdict.REFUSED} <= {None, 400}


async def drip(writers: list[asyncio.StreamWriter]) -> None:
    """A byte each, now and then."""
    while True:
        await asyncio.sleep(0.5)
        for writer in writers:
            with contextlib.suppress(ConnectionError):
                writer.write(b"x")


async def test_f_r05_a_request_that_is_never_whole_is_closed_though_one_went_before_it(found: Station) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", found.receiver.port)
    writer.write(found.request() + found.request()[:-4])

    async with asyncio.timeout(20):
        with contextlib.suppress(ConnectionError):
            await reader.read()

    writer.close()
    await found.until(lambda: found.counts.refused == 1)


async def test_f_r05_a_line_that_rests_between_two_deliveries_is_kept(found: Station) -> None:
    """Its first is refused, with a body that comes after the answer: whatever timed it must not cut the line off later."""
    reader, writer = await asyncio.open_connection("127.0.0.1", found.receiver.port)
    nowhere = found.request(line="POST /nowhere HTTP/1.1")
    writer.write(nowhere[:-10])
    assert b" 404 " in await reader.readuntil(b"\r\n\r\n")
    await reader.readuntil(b"\n")
    writer.write(nowhere[-10:])

    await asyncio.sleep(5.5)  # longer than a request may take: it is this rest that is tested
    writer.write(found.request())

    assert b" 204 " in await reader.readuntil(b"\r\n\r\n")
    writer.close()


# By whom, how and where


async def test_f_r05_a_foreign_host(found: Station) -> None:
    for host in ("evil.example", "evil.example:8765", "127.0.0.1", "127.0.0.1:1", "169.254.169.254", "0.0.0.0"):
        await refused(found, 421, found.request(host=host))


async def test_f_r05_a_page_whose_name_was_rebound_to_this_computer(found: Station) -> None:
    await refused(found, 421, found.request(None, "Origin: http://evil.example:8765", host="evil.example:8765"))


async def test_f_r05_a_web_page_though_signed(found: Station) -> None:
    for header in ("Origin: null", "Origin: http://127.0.0.1", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Dest: empty"):
        await refused(found, 403, found.request(None, header))


async def test_f_r05_another_method(found: Station) -> None:
    for method in ("GET", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT"):
        await refused(found, 405, found.request(line=f"{method} {PATH} HTTP/1.1"))


PATHS = (
    "/", "/nowhere", "/hook/", "//hook", "/./hook", "/x/../hook", "/%2e%2e/hook", "/hook%00", "/hook%0a", "/hook%3Fa", "/hook;a",
    "http://127.0.0.1/hook", "[::1", "*",
)  # fmt: skip


async def test_f_r05_a_wrong_path_and_its_tricks(found: Station) -> None:
    for path in PATHS:
        await refused(found, 404, found.request(line=f"POST {path} HTTP/1.1"))


async def test_f_r05_a_query_is_no_other_path(found: Station) -> None:
    assert status(await found.say(found.request(line=f"POST {PATH}?a=b HTTP/1.1"))) == 204


# Signatures


async def test_f_r05_no_signature(found: Station) -> None:
    await turned_away(found, 401, "no signature", found.request(signature=""))


SIGNATURES = (
    ("sha256=" + "é" * 64, "other bytes"),
    (signed(body_of(), SECRET).upper(), "upper case"),
    ("sha256=" + signed(body_of(), SECRET).removeprefix("sha256=").upper(), "upper case"),
    ("sha512=" + "0" * 128, "does not begin with sha256="),
    ("hmac-" + signed(body_of(), SECRET), "does not begin with sha256="),
    (signed(body_of(), SECRET).removeprefix("sha256="), "sha256= is missing"),
    (signed(body_of(), OTHER), "subscription 19"),
    (signed(body_of(2), SECRET), "other bytes"),
    (signed(b"", SECRET), "other bytes"),
    (signed(body_of(), SECRET)[:-1], "other bytes"),
    ("sha256=", "other bytes"),
)


async def test_f_r05_i_50_a_signature_that_is_none_of_these_bytes(found: Station) -> None:
    for signature, words in SIGNATURES:
        await turned_away(found, 401, words, found.request(signature=signature))


async def test_i_50_the_signature_came_twice(found: Station) -> None:
    await turned_away(found, 400, "came 2 times", found.request(None, f"X-Rankacy-Signature: {signed(body_of(), SECRET)}"))


async def test_i_50_the_empty_body_has_a_signature_like_any_other(found: Station) -> None:
    """Whoever signs it has the secret: valid, and about no match."""
    assert status(await found.say(found.request(b""))) == 204
    await found.until(lambda: bool(found.signals))
    assert (found.signals[0].event, found.signals[0].match_id) == (ODDS, None)


BODIES = (
    body_of() + b"{}",
    body_of() + b"\n\0",
    b"[" * 60_000,
    b'{"match_id":' + b"9" * 5000 + b"}",
    b'{"match_id":9223372036854775808}',
    b"\xff\xfe{",
)


async def test_i_50_a_signed_body_that_is_not_the_json_it_should_be_is_heard_and_about_no_match(found: Station) -> None:
    for body in BODIES:
        heard, shown = len(found.signals), len(found.newest)
        assert status(await found.say(found.request(body))) == 204
        await found.until(functools.partial(_has_more, found, heard))
        assert found.signals[heard].match_id is None
        assert found.newest[shown].verdict is Verdict.VALID
        assert found.newest[shown].reason
        await still_takes(found)
    assert found.counts.unwritten == 0


def _has_more(found: Station, heard: int) -> bool:
    return len(found.signals) > heard


async def test_f_r05_a_replay_is_a_duplicate_of_its_first(found: Station) -> None:
    raw = found.request(body_of(1, id="one"))
    for _ in range(2):
        assert status(await found.say(raw)) == 204
    await found.until(lambda: len(found.newest) == 2)

    first, second = found.newest
    assert (first.verdict, second.verdict, second.copy_of) == (Verdict.VALID, Verdict.DUPLICATE, first.id)
    assert len(found.signals) == 1


# HTTP itself


async def test_f_r05_a_length_that_lies_short_leaves_no_second_request(found: Station) -> None:
    body = body_of()
    raw = found.request(body[:-5]).replace(b"\r\n\r\n" + body[:-5], b"\r\n\r\n" + body)
    said = await found.say(raw + found.request(), answers=2)

    assert (status(said), said.count(b"HTTP/1.1 4")) == (204, 1)
    await found.until(lambda: found.counts.received == 2)
    assert (found.counts.valid, found.counts.refused) == (1, 1)


async def test_f_r05_a_length_that_lies_long_breaks_off(found: Station) -> None:
    raw = found.request().replace(b"Content-Length: ", b"Content-Length: 1")
    await refused(found, None, raw, is_ended=True)


async def test_f_r05_lengths_that_are_none(found: Station) -> None:
    for length in ("Content-Length: 5\r\nContent-Length: 6", "Content-Length: -1", "Content-Length: +5", "Content-Length: 0x5"):
        await refused(found, 400, found.request(b"", length, has_length=False))


async def test_f_r05_a_request_smuggled_behind_two_lengths(found: Station) -> None:
    inner = found.request()
    outer = found.request(b"0\r\n\r\n", "Transfer-Encoding: chunked", has_length=False)
    raw = outer.replace(b"Transfer", b"Content-Length: %d\r\nTransfer" % (5 + len(inner))) + inner
    said = await found.say(raw, answers=2)

    assert status(said) == 400
    assert b"HTTP/1.1 204" not in said
    await found.until(lambda: found.counts.refused == 1)
    assert found.counts.valid == 0


async def test_f_r05_another_transfer_coding(found: Station) -> None:
    for coding in ("gzip", "chunked, chunked", "identity", "xchunked"):
        await refused(found, 400, found.request(b"", f"Transfer-Encoding: {coding}", has_length=False))


async def test_f_r05_what_is_no_http(found: Station) -> None:
    for raw in (b"nonsense\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00", b"\r\n\r\n\r\n", b"POST /\xff HTTP/1.1\r\n\r\n"):
        await refused(found, 400, raw)


async def test_f_r05_http_1_0_is_answered_and_closed(found: Station) -> None:
    said = await found.say(found.request(line=f"POST {PATH} HTTP/1.0"), answers=2)

    assert status(said) == 204


async def test_f_r05_requests_in_one_go_are_answered_in_their_order(found: Station) -> None:
    raws = [found.request(body_of(1)), found.request(line="GET /hook HTTP/1.1"), found.request(signature=""), found.request(body_of(2))]
    said = await found.say(b"".join(raws), answers=4)

    assert [int(part[:3]) for part in said.split(b"HTTP/1.1 ")[1:]] == [204, 405, 401, 204]
    await found.until(lambda: found.counts.received == 4)


async def test_f_r05_a_websocket_is_a_get_like_any_other(found: Station) -> None:
    upgrade = ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==")
    await refused(found, 405, found.request(b"", *upgrade, line=f"GET {PATH} HTTP/1.1"))


async def test_f_r05_the_answer_tells_nothing_about_the_server(found: Station) -> None:
    said = (await found.say(found.request())).lower()

    assert b"server:" not in said
    assert b"date:" not in said


async def test_f_r05_it_listens_on_this_computer_only(found: Station) -> None:
    lines = [line for name in ("tcp", "tcp6") for line in await asyncio.to_thread(lines_of, Path("/proc/net") / name)]
    port = f":{found.receiver.port:04X}"
    listening = [line.split()[1] for line in lines if f"{port} " in line and line.split()[3] == "0A"]

    assert listening == ["0100007F" + port]


def lines_of(path: Path) -> list[str]:
    return path.read_text("ascii").splitlines()


async def test_f_r05_garbage_fills_no_log(found: Station, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    for _ in range(30):
        await found.say(b"nonsense\r\n\r\n")
        await found.say(found.request(None, "Connection: Upgrade", "Upgrade: websocket", line="GET / HTTP/1.1"))
    await found.until(lambda: found.counts.refused == 60)

    assert [line for line in caplog.messages if "receiver" in line] == []


async def test_f_r05_several_subscriptions_and_a_full_second(tmp_path: Path) -> None:
    async with station(tmp_path, Plan(0, (ROUTE,), rate=5)) as found:
        raws = b"".join(found.request(body_of(number)) for number in range(40))
        said = await found.say(raws, answers=40)
        answers = [int(part[:3]) for part in said.split(b"HTTP/1.1 ")[1:]]
        await found.until(lambda: {signal.match_id for signal in found.signals} == set(range(40)))

    assert set(answers) == {204, 429}
    assert (found.counts.received, found.counts.valid, found.counts.limited) == (40, 40, answers.count(429))


async def test_f_r05_a_flood_is_answered_counted_and_bounded() -> None:
    """1,000 a second for five seconds: no answer but 204 and 429, nothing uncounted, no match unheard."""
    run = await asyncio.to_thread(receiver.run, receiving.Way.OURS, 1000.0, 5.0)

    answers, counts = run.delivered.answers, run.counts
    assert counts is not None
    assert set(answers) == {204, 429}
    assert sum(answers.values()) == run.delivered.sent == 5000
    warm = 100  # sent before, with bodies that come again
    assert (counts.received, counts.valid, counts.duplicates) == (5000 + warm, 5000, warm)
    assert counts.limited == answers[429]
    assert counts.unwritten == 0
    assert run.matches == MATCHES
    assert run.memory_after - run.memory_before < 30_000_000
    assert run.file < 30_000_000
