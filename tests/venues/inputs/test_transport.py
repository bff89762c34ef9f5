"""I-11: real httpx and real sockets against a server on this computer whose answers lie about their length, form and packing."""

from __future__ import annotations

import asyncio
import base64
import gc
import gzip
import hashlib
import json
import sys
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest

from app.domain.environment import Environment
from app.domain.errors import TooLargeError, UnknownError, UnreadableError
from app.domain.events import VenueEvent
from app.domain.secret import Secret
from app.venues.hosts import practice
from app.venues.http import BODY_LIMIT, Http
from app.venues.inbox import Inbox
from app.venues.prophetx.venue import Keys, ProphetX
from app.venues.push import FRAME_LIMIT, PushAddress, PushSocket
from tests.venues.fakes import Line, Wire, faulty
from tests.venues.inputs.kit import GOOD, LOGIN, NOW, packed
from tests.venues.samples import sample

BODY = sample("tournaments")
DEADLINE = 0.4
MB = 1024 * 1024
PEAK = 5 * BODY_LIMIT  # bytes at most while an answer is refused: what was unpacked, its growth, and the packed chunk


def answered(*parts: bytes) -> Line:
    """Those bytes, and then the end of the connection."""

    async def script(line: Wire) -> None:
        await line.read()
        for part in parts:
            await line.say(part)

    return script


def head(*fields: str, length: int | None = None) -> bytes:
    told = ["HTTP/1.1 200 OK", *fields, *([f"Content-Length: {length}"] if length is not None else [])]
    return ("\r\n".join(told) + "\r\n\r\n").encode()


async def fetched(script: Line, deadline: float = DEADLINE) -> bytes:
    async with faulty(script) as server:
        http = Http(server.base, deadline=deadline)
        try:
            return (await http.send("GET", "mm/get_tournaments")).body
        finally:
            await http.close()


GOOD_ANSWERS = {
    "exact length": (head(length=len(BODY)), BODY),
    "no length": (head("Connection: close"), BODY),
    "chunked": (head("Transfer-Encoding: chunked"), b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY)),
    "chunk by chunk": (head("Transfer-Encoding: chunked"), *(b"1\r\n%b\r\n" % BODY[at : at + 1] for at in range(len(BODY))), b"0\r\n\r\n"),
    "text/html": (head("Content-Type: text/html", length=len(BODY)), BODY),
    "image/png": (head("Content-Type: image/png", length=len(BODY)), BODY),
    "a charset that is none": (head("Content-Type: application/json; charset=x-none", length=len(BODY)), BODY),
    "utf-16 by its word": (head("Content-Type: application/json; charset=utf-16", length=len(BODY)), BODY),
    "no content type": (head(length=len(BODY)), BODY),
    "gzip": (head("Content-Encoding: gzip", "Connection: close"), gzip.compress(BODY)),
    "deflate": (head("Content-Encoding: deflate", "Connection: close"), zlib.compress(BODY)),
    "GZIP": (head("Content-Encoding: GZIP", "Connection: close"), gzip.compress(BODY)),
    "identity": (head("Content-Encoding: identity", "Connection: close"), BODY),
}


@pytest.mark.parametrize("parts", GOOD_ANSWERS.values(), ids=GOOD_ANSWERS)
async def test_i11_an_answer_is_read_by_its_bytes_whatever_it_calls_itself(parts: tuple[bytes, ...]) -> None:
    assert await fetched(answered(*parts)) == BODY


BROKEN = {
    "length too large": (head(length=len(BODY) + 10), BODY),
    "length of 1 TB": (head(length=10**12), BODY),
    "length of 400 digits": (head(f"Content-Length: {'9' * 400}"), BODY),
    "length that is none": (head("Content-Length: many"), BODY),
    "negative length": (head("Content-Length: -1"), BODY),
    "two lengths": (head("Content-Length: 5", length=len(BODY)), BODY),
    "garbage for a chunk": (head("Transfer-Encoding: chunked"), b"zz\r\n" + BODY),
    "chunk of 1 TB": (head("Transfer-Encoding: chunked"), b"ffffffffff\r\n" + BODY),
    "chunked without an end": (head("Transfer-Encoding: chunked"), b"%x\r\n%b\r\n" % (len(BODY), BODY)),
    "gzip that is none": (head("Content-Encoding: gzip", length=len(BODY)), BODY),
    "gzip of gzip": (head("Content-Encoding: gzip, gzip", "Connection: close"), gzip.compress(gzip.compress(BODY))),
    "packing that was not asked for": (head("Content-Encoding: br", length=len(BODY)), BODY),
}


@pytest.mark.parametrize("parts", BROKEN.values(), ids=BROKEN)
async def test_i11_an_answer_that_breaks_its_own_word_is_unknown(parts: tuple[bytes, ...]) -> None:
    with pytest.raises(UnknownError):
        await fetched(answered(*parts))


@pytest.mark.parametrize(
    "parts",
    [(head(length=10), BODY), (head("Content-Encoding: gzip", "Connection: close"), gzip.compress(BODY)[:-60])],
    ids=["length", "gzip"],
)
async def test_i11_an_answer_that_is_cut_short_is_never_read_as_whole(parts: tuple[bytes, ...]) -> None:
    news: list[VenueEvent] = []

    async def script(line: Wire) -> None:
        request = await line.read()
        if request.path.endswith("auth/login"):
            await line.answer(body=packed({"data": LOGIN}), Connection="close")
            return
        for part in parts:
            await line.say(part)

    async with faulty(script) as server:
        client = ProphetX(wall=lambda: NOW, emit=news.extend)
        await client.point(practice(server.base), Keys(Environment.PRACTICE, Secret("access"), Secret("secret")))
        with pytest.raises((UnreadableError, UnknownError)):
            await client.tournaments()
        await client.close()


def zeros(megabytes: int, layers: int = 1) -> bytes:
    """Packed nothing: a thousandth of its size a layer."""
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    block = bytes(MB)
    packed_up = b"".join([packer.compress(block) for _ in range(megabytes)]) + packer.flush()
    for _ in range(layers - 1):
        packed_up = gzip.compress(packed_up, 9)
    return packed_up


BOMBS = {
    "128 kB to 128 MB": ("gzip", 128, 1),
    "1 kB to 1 GB, packed three times": ("gzip, gzip, gzip", 1024, 3),
    "deflate": ("deflate", 64, 1),
}


@pytest.mark.parametrize(("coding", "megabytes", "layers"), BOMBS.values(), ids=BOMBS)
async def test_i11_a_packed_bomb_ends_at_32_mb(coding: str, megabytes: int, layers: int) -> None:
    bomb = zeros(megabytes, layers)
    tracemalloc.start()
    try:
        with pytest.raises(UnknownError):
            await fetched(answered(head(f"Content-Encoding: {coding}", length=len(bomb)), bomb), deadline=5)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < PEAK


async def test_i11_an_answer_of_more_than_32_mb_is_given_up_before_its_end() -> None:
    sent = 0

    async def script(line: Wire) -> None:
        nonlocal sent
        await line.read()
        await line.say(head(length=100 * MB))
        for _ in range(100):
            await line.say(bytes(MB))
            sent += 1

    with pytest.raises(UnknownError, match="larger than 32 MB"):
        await fetched(script, deadline=5)
    assert sent < 60


@contextmanager
def unseen() -> Iterator[list[str]]:
    """What went wrong while objects ended, with nobody to close a generator later: so it is in the program, whose loop is Qt's."""
    words: list[str] = []
    before, finders = sys.unraisablehook, sys.get_asyncgen_hooks()
    sys.unraisablehook = lambda told: words.append(f"{told.err_msg} {told.exc_value!r}")
    sys.set_asyncgen_hooks(None, None)
    try:
        yield words
        gc.collect()
    finally:
        sys.set_asyncgen_hooks(*finders)
        sys.unraisablehook = before


@pytest.mark.parametrize("is_packed", [False, True])
async def test_i11_an_answer_that_is_given_up_leaves_nothing_half_closed(is_packed: bool) -> None:
    async def script(line: Wire) -> None:
        await line.read()
        if is_packed:
            await line.say(head("Content-Encoding: gzip", length=2 * MB) + b"this is not packed at all" * 1000)
        else:
            await line.say(head(length=100 * MB) + bytes(BODY_LIMIT + MB))
        await line.gone()

    with unseen() as troubles:
        with pytest.raises(UnknownError) as problem:
            await fetched(script, deadline=5)
        assert isinstance(problem.value, TooLargeError) is not is_packed
        del problem
    assert troubles == []


async def test_i11_an_answer_of_exactly_32_mb_is_read() -> None:
    body = b" " * (BODY_LIMIT - 2) + b"{}"
    assert len(await fetched(answered(head(length=len(body)), body), deadline=5)) == BODY_LIMIT


async def test_i11_a_large_answer_of_a_call_is_a_fault_of_that_call_alone() -> None:
    assert json.loads(GOOD["mm/get_tournaments"])
    rows = [{"id": number, "name": "x" * 1000} for number in range(40_000)]
    body = packed({"data": {"tournaments": rows}})
    assert len(body) > BODY_LIMIT
    with pytest.raises(UnknownError):
        await fetched(answered(head(length=len(body)), body), deadline=5)


# Frames


@asynccontextmanager
async def pushed(*frames: bytes) -> AsyncIterator[asyncio.Queue[bytes]]:
    """A real socket that is sent these frames; what reaches the loop of them."""
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    inbox = Inbox(asyncio.get_running_loop(), heard.put_nowait, lambda: None)

    async def script(line: Wire) -> None:
        request = await line.read()
        key = next(row.partition(b":")[2].strip() for row in request.head.split(b"\r\n") if row.lower().startswith(b"sec-websocket-key"))
        await line.say(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
            + accept(key)
            + b"\r\n\r\n"
        )
        for frame in frames:
            await line.say(b"\x81\x7f" + len(frame).to_bytes(8, "big") + frame)

    async with faulty(script) as server:
        port = int(server.base.split(":")[2].split("/")[0])
        socket = PushSocket(PushAddress("app-key", host="127.0.0.1", port=port, is_secure=False), inbox.post)
        socket.open()
        try:
            yield heard
        finally:
            socket.close()


def accept(key: bytes) -> bytes:
    return base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11", usedforsecurity=False).digest())


async def test_i11_a_frame_above_1_mb_is_not_taken_and_the_next_one_is() -> None:
    large, largest, small = b"x" * (FRAME_LIMIT + 1), b"y" * FRAME_LIMIT, b'{"event":"z"}'
    async with pushed(large, largest, small) as heard:
        async with asyncio.timeout(10):
            assert await heard.get() == largest
            assert await heard.get() == small
