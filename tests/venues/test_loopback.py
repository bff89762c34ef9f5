"""The poster reaches this computer and no other, sends exactly what it is given, and always comes back with an answer in words."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager

import pytest

from app.services.hooks.ports import Answer, Poster
from app.venues.loopback import LONGEST, LoopbackPoster

NO_CONTENT = b"HTTP/1.1 204 No Content\r\n\r\n"
BODY = bytes(range(256))
HEADERS = (("X-Rankacy-Event", "ODDS_UPDATED"), ("x-rankacy-SIGNATURE", "sha256=ABC é"), ("X-Twice", "1"), ("X-Twice", "2"))

Talk = Callable[[asyncio.StreamWriter], Awaitable[None]]


class Server:
    """Keeps each request's head and body as they came, and answers with `answer`; or as `talk` does."""

    def __init__(self, answer: bytes = NO_CONTENT, talk: Talk | None = None) -> None:
        self._answer, self._talk = answer, talk
        self.heads: list[bytes] = []
        self.bodies: list[bytes] = []
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            self.heads.append(head)
            self.bodies.append(await reader.readexactly(_length(head)))
            if self._talk is None:
                writer.write(self._answer)
            else:
                await self._talk(writer)
            await reader.read()  # until the other side leaves
        except ConnectionError:
            pass
        finally:
            writer.close()

    def headers(self) -> list[bytes]:
        return self.heads[-1].rstrip().split(b"\r\n")[1:]


def _length(head: bytes) -> int:
    (line,) = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return int(line.partition(b":")[2])


@asynccontextmanager
async def serving(answer: bytes = NO_CONTENT, talk: Talk | None = None, host: str = "127.0.0.1") -> AsyncIterator[Server]:
    server = Server(answer, talk)
    socket_of = await asyncio.start_server(server.serve, host, 0)
    server.port = socket_of.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        socket_of.close()


def answering(status: str, body: bytes = b"", *headers: str) -> bytes:
    lines = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers])
    return f"{lines}\r\n\r\n".encode() + body


def is_poster(poster: Poster) -> Poster:
    return poster


POSTER = is_poster(LoopbackPoster())


class Ear:
    """Hears which names this process looks up and which addresses it dials, while `is_open`."""

    def __init__(self) -> None:
        self.is_open = False
        self.heard: list[tuple[str, object]] = []

    def hear(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.is_open and event in {"socket.getaddrinfo", "socket.gethostbyname", "socket.connect"}:
            self.heard.append((event, arguments[1 if event == "socket.connect" else 0]))


@pytest.fixture(scope="module")
def ear() -> Ear:
    """There is no way to take such a hook away: it is deaf while nobody listens."""
    made = Ear()
    sys.addaudithook(made.hear)
    return made


@contextmanager
def listening(ear: Ear) -> Iterator[list[tuple[str, object]]]:
    ear.heard.clear()
    ear.is_open = True
    try:
        yield ear.heard
    finally:
        ear.is_open = False


async def test_the_body_and_the_headers_arrive_as_they_are_and_nothing_of_a_clients_own_with_them() -> None:
    async with serving() as server:
        answer = await POSTER.post(f"http://127.0.0.1:{server.port}/hooks/odds?x=1", HEADERS, BODY)
    assert (answer.status, answer.words) == (204, "")
    assert answer.took > 0
    assert server.bodies == [BODY]
    assert server.heads[0].startswith(b"POST /hooks/odds?x=1 HTTP/1.1\r\n")
    assert sorted(server.headers()) == sorted(
        [
            f"Host: 127.0.0.1:{server.port}".encode(),
            b"X-Rankacy-Event: ODDS_UPDATED",
            b"x-rankacy-SIGNATURE: sha256=ABC \xe9",
            b"X-Twice: 1",
            b"X-Twice: 2",
            b"Connection: close",
            b"Content-Length: 256",
        ]
    )


async def test_what_belonged_to_another_connection_is_not_sent_again() -> None:
    told = [("Host", "hooks.example.com"), ("content-length", "9"), ("Transfer-Encoding", "chunked"), ("Connection", "upgrade"), ("A", "b")]
    async with serving() as server:
        assert (await POSTER.post(f"http://127.0.0.1:{server.port}/", told, b"body")).status == 204
    assert b"A: b" in server.headers()
    assert [line for line in server.headers() if line.lower().startswith(b"host")] == [f"Host: 127.0.0.1:{server.port}".encode()]
    assert not any(line.startswith((b"Transfer", b"Connection: upgrade")) for line in server.headers())
    assert server.bodies == [b"body"]


@pytest.mark.parametrize("size", [0, 1, 3_000_000])
async def test_a_body_of_any_size_arrives_whole(size: int) -> None:
    async with serving() as server:
        assert (await POSTER.post(f"http://127.0.0.1:{server.port}/", (), b"x" * size)).status == 204
    assert [len(body) for body in server.bodies] == [size]


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LocalHost"])
async def test_this_computer_is_reached_by_its_number_and_no_name_is_looked_up(name: str, ear: Ear) -> None:
    async with serving() as server:
        with listening(ear) as found:
            answer = await POSTER.post(f"http://{name}:{server.port}/h", (), b"")
        assert answer.status == 204
        assert found == [("socket.connect", ("127.0.0.1", server.port))]
        assert server.headers()[0].lower() == f"host: {name.lower()}:{server.port}".encode()


async def test_it_is_reached_by_its_number_of_six_too() -> None:
    try:
        async with serving(host="::1") as server:
            assert (await POSTER.post(f"http://[::1]:{server.port}/h", (), b"")).status == 204
            assert server.headers()[0] == f"Host: [::1]:{server.port}".encode()
    except OSError:
        pytest.skip("this computer has no IPv6")


ELSEWHERE = [
    "http://hooks.example.com/h",
    "http://93.184.216.34/h",
    "http://192.168.0.1/h",
    "http://0.0.0.0:8765/h",
    "http://127.0.0.2:8765/h",
    "http://127.1:8765/h",
    "http://2130706433/h",
    "http://0x7f000001/h",
    "http://[::ffff:127.0.0.1]:8765/h",
    "http://[::]/h",
    "http://localhost.:8765/h",
    "http://localhost.example.com/h",
    "http://127.0.0.1.example.com/h",
    "http://user@127.0.0.1:8765/h",
    "http://user:word@localhost:8765/h",
    "http://127.0.0.1:8765@hooks.example.com/h",
    "http://127.0.0.1:8765\\@hooks.example.com/h",
    "http://hooks.example.com#@127.0.0.1/h",
    "https://127.0.0.1:8765/h",
    "ftp://127.0.0.1/h",
    "file:///etc/passwd",
    "//127.0.0.1/h",
    "127.0.0.1:8765",
    "/h",
    "",
    "http://",
    "http://127.0.0.1:99999/h",
    "http://127.0.0.1:0/h",
    "http://[::1/h",
    "http://127.0.0.1:8765/\r\nX: y",
    "http://x" + "y" * 70_000,
]


@pytest.mark.parametrize("url", ELSEWHERE, ids=lambda url: url[:40])
async def test_any_other_address_is_refused_in_a_sentence_before_anything_is_looked_up_or_dialled(url: str, ear: Ear) -> None:
    with (
        listening(ear) as found,
        pytest.raises(ValueError, match=r"^(Only http:// addresses of this computer|This is no address)") as raised,
    ):
        await POSTER.post(url, HEADERS, BODY)
    assert str(raised.value).endswith(".")
    assert found == []


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"])
async def test_a_redirect_is_an_answer_and_is_not_followed(status: str) -> None:
    async with serving() as other, serving(answering(status, b"", f"Location: http://127.0.0.1:{other.port}/")) as server:
        answer = await POSTER.post(f"http://127.0.0.1:{server.port}/", HEADERS, BODY)
    assert answer.status == int(status[:3])
    assert other.heads == []


@pytest.mark.parametrize("name", ["HTTP_PROXY", "ALL_PROXY", "http_proxy"])
async def test_no_proxy_of_the_system_is_taken(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving() as proxy, serving() as server:
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        answer = await LoopbackPoster().post(f"http://127.0.0.1:{server.port}/", (), b"")
    assert (answer.status, proxy.heads, len(server.heads)) == (204, [], 1)


@pytest.mark.parametrize(
    ("told", "status", "words"),
    [
        (answering("401 Unauthorized", b" bad signature \n"), 401, "bad signature"),
        (answering("429 Too Many Requests", b""), 429, ""),
        (answering("500 Oops", b"\xff\xfe"), 500, "��"),
        (answering("200 OK", b"x" * 100_000), 200, "x" * LONGEST),
    ],
)
async def test_any_status_is_an_answer_with_the_beginning_of_its_words(told: bytes, status: int, words: str) -> None:
    async with serving(told) as server:
        answer = await POSTER.post(f"http://127.0.0.1:{server.port}/", HEADERS, BODY)
    assert (answer.status, answer.words) == (status, words)


async def test_an_answer_without_end_is_read_to_a_bound_only() -> None:
    async def pour(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")
        while True:
            writer.write(b"x" * 65_536)
            await writer.drain()

    async with serving(talk=pour) as server:
        answer = await POSTER.post(f"http://127.0.0.1:{server.port}/", (), b"")
    assert (answer.status, answer.words) == (200, "x" * LONGEST)


async def silent(writer: asyncio.StreamWriter) -> None:
    """Says nothing, and waits."""


async def dripping(writer: asyncio.StreamWriter) -> None:
    """A byte now and then, for ever: each keeps a deadline for one reading from coming."""
    writer.write(b"HTTP/1.1 200 OK\r\nX: ")
    while True:
        writer.write(b"y")
        await writer.drain()
        await asyncio.sleep(0.02)


@pytest.mark.parametrize("talk", [silent, dripping])
async def test_a_server_that_hangs_or_drips_costs_the_deadline_and_no_more(talk: Talk) -> None:
    async with serving(talk=talk) as server, asyncio.timeout(10):
        answer = await LoopbackPoster(deadline=0.2).post(f"http://127.0.0.1:{server.port}/", (), b"")
    assert (answer.status, answer.words) == (0, "Nothing answered within 0.2 s.")
    assert answer.took >= 190


async def hang_up(writer: asyncio.StreamWriter) -> None:
    raise ConnectionResetError


@pytest.mark.parametrize(
    ("told", "talk"), [(b"SSH-2.0-other\r\n\r\n", None), (b"", hang_up), (b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", None)]
)
async def test_what_is_no_answer_is_said_in_words(told: bytes, talk: Talk | None) -> None:
    async with serving(told, talk) as server:
        answer = await POSTER.post(f"http://127.0.0.1:{server.port}/", (), b"")
    assert answer.status == 0
    assert answer.words.startswith("It could not be delivered: ")


async def test_a_port_where_nobody_listens_is_said_in_words() -> None:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))  # bound, and not listening
        answer = await POSTER.post(f"http://127.0.0.1:{probe.getsockname()[1]}/", (), b"")
    assert answer.status == 0
    assert answer.words.startswith("It could not be delivered: ")


@pytest.mark.parametrize(
    "headers", [(("X-Signature", "šifra"),), (("X-Signature", "a\r\nInjected: b"),), (("Bad Name", "a"),), (("", "a"),)]
)
async def test_a_header_that_cannot_be_written_is_said_and_nothing_arrives(headers: tuple[tuple[str, str], ...]) -> None:
    async with serving() as server:
        answer = await POSTER.post(f"http://127.0.0.1:{server.port}/", headers, b"")
    assert answer.status == 0
    assert answer.words.startswith("It could not be delivered: ")
    assert server.heads == []


async def test_how_long_it_took_is_told_in_milliseconds_of_its_clock() -> None:
    times = iter([100.0, 100.25])
    async with serving() as server:
        answer = await LoopbackPoster(clock=lambda: next(times)).post(f"http://127.0.0.1:{server.port}/", (), b"")
    assert answer == Answer(204, 250.0, "")
