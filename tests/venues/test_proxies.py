"""Proxies and authorities that the environment names: without effect, but where a person turned the system's proxy on (F-K02)."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trustme
from websockets.asyncio.server import serve

from app.domain.errors import DistrustedError, NotSentError
from app.venues.http import Http
from app.venues.proxies import Proxy, ProxyError, is_here, system_proxy
from app.venues.push import LOST, PushAddress, PushSocket, proxied
from app.venues.tape import Tape
from app.venues.trust import trusted, trusted_by_system
from tests.venues.fakes import Wire, faulty
from tests.venues.recorder import asked, recording
from tests.venues.test_push import Peer

HOST = "api.venue.example"
KEY = "a-key-that-nobody-else-may-see"
VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*VARIABLES, "NO_PROXY", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "SSLKEYLOGFILE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def everywhere(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    for name in VARIABLES:
        monkeypatch.setenv(name, url)


def believing(monkeypatch: pytest.MonkeyPatch, authority: trustme.CA, folder: Path) -> None:
    """Every variable that could make a program believe another authority."""
    bundle = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(bundle))
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "WEBSOCKET_CLIENT_CA_BUNDLE"):
        monkeypatch.setenv(name, str(bundle))
    monkeypatch.setenv("SSL_CERT_DIR", str(folder))


def server_side(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    return context


@asynccontextmanager
async def venue(authority: trustme.CA) -> AsyncIterator[tuple[int, list[bytes]]]:
    """A venue's https server: its port, and the heads of the requests that it was sent."""
    heads: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            heads.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass  # a client that does not believe us says nothing
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=server_side(authority, HOST, "127.0.0.1", "localhost"))
    async with server:
        yield server.sockets[0].getsockname()[1], heads


# F-K02: not turned on


async def test_f_k02_requests_take_no_proxy_that_the_environment_names(monkeypatch: pytest.MonkeyPatch) -> None:
    async with recording() as other:
        everywhere(monkeypatch, other.url)
        with pytest.raises(NotSentError):
            await asked(Http("https://no-such-host.invalid/"), KEY)
        assert other.connections == 0


async def test_f_k02_requests_believe_no_authority_that_the_environment_names(
    monkeypatch: pytest.MonkeyPatch, authority: trustme.CA, tmp_path: Path
) -> None:
    believing(monkeypatch, authority, tmp_path)
    async with venue(authority) as (port, heads):
        with pytest.raises(DistrustedError):
            await asked(Http(f"https://localhost:{port}/"), KEY)
        assert not heads


async def test_f_k02_the_stream_takes_no_proxy_that_the_environment_names(monkeypatch: pytest.MonkeyPatch) -> None:
    peer = Peer()
    async with recording() as other, serve(peer.handle, "127.0.0.1", 0) as server:
        everywhere(monkeypatch, other.url)
        port = server.sockets[0].getsockname()[1]
        socket = PushSocket(PushAddress("app-key", host="127.0.0.1", port=port, is_secure=False), peer.post)
        socket.open()
        assert await peer.next() == b"hello"
        socket.close()
        assert other.connections == 0


async def test_f_k02_the_stream_of_a_venue_takes_no_proxy_either(monkeypatch: pytest.MonkeyPatch) -> None:
    peer = Peer()
    async with recording() as other:
        everywhere(monkeypatch, other.url)
        socket = PushSocket(PushAddress("app-key", host="no-such-host.invalid"), peer.post)
        socket.open()
        assert await peer.next() == LOST
        socket.close()
        assert other.connections == 0


async def test_f_k02_the_stream_believes_no_authority_that_the_environment_names(
    monkeypatch: pytest.MonkeyPatch, authority: trustme.CA, tmp_path: Path
) -> None:
    believing(monkeypatch, authority, tmp_path)
    peer = Peer()
    async with serve(peer.handle, "127.0.0.1", 0, ssl=server_side(authority, "localhost")) as server:
        port = server.sockets[0].getsockname()[1]
        socket = PushSocket(PushAddress("app-key", host="localhost", port=port), peer.post)
        socket.open()
        assert await peer.next() == LOST
        socket.close()
    assert not peer.paths


@pytest.mark.parametrize("make", [trusted.__wrapped__, trusted_by_system], ids=["own", "system"])
def test_no_connections_keys_are_written_to_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, make: object) -> None:
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys.log"))
    assert callable(make)
    context = make()
    assert context.keylog_filename is None
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


# Turned on


async def test_turned_on_a_request_goes_through_the_systems_proxy_and_believes_its_authority(
    monkeypatch: pytest.MonkeyPatch, authority: trustme.CA, tmp_path: Path
) -> None:
    believing(monkeypatch, authority, tmp_path)
    async with venue(authority) as (port, heads), recording(through=port) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://desk:pass%20word@127.0.0.1:{proxy.port}")
        assert await asked(Http(f"https://{HOST}/", proxy=True), KEY) == 204
        assert proxy.received.startswith(f"CONNECT {HOST}:443 HTTP/1.1\r\n".encode())
        assert b"proxy-authorization: basic zgvzazpwyxnzihdvcmq=" in proxy.received.lower()
        assert KEY.encode() not in proxy.received
        assert KEY.encode() in heads[0]


async def test_turned_on_the_stream_goes_through_the_systems_proxy(
    monkeypatch: pytest.MonkeyPatch, authority: trustme.CA, tmp_path: Path
) -> None:
    believing(monkeypatch, authority, tmp_path)
    peer = Peer()
    async with (
        serve(peer.handle, "127.0.0.1", 0, ssl=server_side(authority, HOST)) as server,
        recording(through=server.sockets[0].getsockname()[1]) as proxy,
    ):
        monkeypatch.setenv("HTTPS_PROXY", f"127.0.0.1:{proxy.port}")
        socket = proxied(PushAddress("app-key", host=HOST), peer.post)
        socket.open()
        assert await peer.next() == b"hello"
        socket.send("pusher:signin", {"auth": KEY})
        assert (await peer.heard())["data"] == {"auth": KEY}
        socket.close()
        assert proxy.received.startswith(f"CONNECT {HOST}:443 HTTP/1.1\r\n".encode())
        assert b"app-key" not in proxy.received
        assert KEY.encode() not in proxy.received


async def test_turned_on_a_recording_takes_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    peer = Peer()
    async with recording(answer=b"HTTP/1.1 407 Who are you\r\n\r\n") as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        tape = Tape(proxy=True)
        with pytest.raises(NotSentError):
            await asked(tape.connect(f"https://{HOST}/"), KEY)
        socket = tape.dial(PushAddress("app-key", host=HOST), peer.post)
        socket.open()
        assert await peer.next() == LOST
        socket.close()
        assert proxy.connections == 2
        assert KEY.encode() not in proxy.received


async def test_turned_on_this_computers_own_addresses_are_spoken_to_without(monkeypatch: pytest.MonkeyPatch) -> None:
    async def script(line: Wire) -> None:
        await line.read()
        await line.answer()

    async with recording() as other, faulty(script) as server:
        everywhere(monkeypatch, other.url)
        assert await asked(Http(server.base, proxy=True), KEY) == 200
        assert other.connections == 0


async def test_turned_on_this_computers_own_addresses_prove_themselves_to_the_programs_authorities(
    monkeypatch: pytest.MonkeyPatch, authority: trustme.CA, tmp_path: Path
) -> None:
    believing(monkeypatch, authority, tmp_path)
    async with venue(authority) as (port, heads):
        with pytest.raises(DistrustedError):
            await asked(Http(f"https://127.0.0.1:{port}/", proxy=True), KEY)
        assert not heads


@pytest.mark.parametrize("named", ["socks5://127.0.0.1:9", "https://127.0.0.1:9", "http://[::1", "http://127.0.0.1:notaport"])
async def test_a_proxy_that_cannot_be_used_is_said_and_nothing_goes_past_it(monkeypatch: pytest.MonkeyPatch, named: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", named)
    with pytest.raises(NotSentError, match="The system names a proxy"):
        await asked(Http("https://no-such-host.invalid/", proxy=True), KEY)


async def test_a_proxy_that_says_no_is_a_loss_of_the_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    peer = Peer()
    async with recording(answer=b"HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n") as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        socket = proxied(PushAddress("app-key", host=HOST), peer.post)
        socket.open()
        assert await peer.next() == LOST
        socket.close()


@pytest.mark.parametrize(
    ("named", "found"),
    [
        ({}, None),
        ({"http": "http://p.example:1"}, None),
        ({"https": "http://p.example:3128"}, Proxy("p.example", 3128)),
        ({"all": "p.example:3128"}, Proxy("p.example", 3128)),
        ({"https": "http://p.example", "all": "http://q.example"}, Proxy("p.example", 80)),
        ({"https": "http://me:a%3Ab@p.example:1"}, Proxy("p.example", 1, "Basic bWU6YTpi")),
    ],
    ids=["none", "http only", "https", "all", "https first", "with a password"],
)
def test_what_the_system_names_is_read(named: Mapping[str, str], found: Proxy | None) -> None:
    assert system_proxy("api.venue.example", lambda: named, lambda _host: False) == found


def test_a_host_that_the_system_exempts_is_spoken_to_without() -> None:
    assert system_proxy("api.venue.example", lambda: {"https": "http://p.example:1"}, lambda host: host == "api.venue.example") is None


def test_neither_a_proxys_password_nor_its_name_is_in_any_text() -> None:
    found = system_proxy("api.venue.example", lambda: {"https": "http://me:canary@p.example:1"}, lambda _host: False)
    assert "bWU6" not in f"{found!r} {found}"
    with pytest.raises(ProxyError) as problem:
        system_proxy("api.venue.example", lambda: {"https": "socks4://me:canary@p.example:1"}, lambda _host: False)
    assert "canary" not in str(problem.value)


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "::1", "[::1]"])
def test_addresses_of_this_computer_are_known(host: str) -> None:
    assert is_here(host)


@pytest.mark.parametrize("host", ["localhost.example.com", "10.0.0.1", "127.0.0.1.example.com", "venue.example", ""])
def test_others_are_others(host: str) -> None:
    assert not is_here(host)
