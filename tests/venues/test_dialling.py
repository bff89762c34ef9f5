"""The first address that answers wins, whatever the others do."""

from __future__ import annotations

import errno
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
import trustme
from websockets.asyncio.server import serve

from app.venues.dialling import STAGGER, Place, _alternating, connected, resolved
from app.venues.push import LOST, PushAddress, PushSocket
from tests.venues.test_push import Peer


def place(port: int, host: str = "127.0.0.1") -> Place:
    return socket.AF_INET, socket.SOCK_STREAM, 0, "", (host, port)


@contextmanager
def listening() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@contextmanager
def black_hole() -> Iterator[int]:
    """A port whose queue is full: the system drops what knocks, as a network does that swallows packets."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server, ExitStack() as knockers:
        port = server.getsockname()[1]
        for _ in range(8):
            knocker = knockers.enter_context(socket.socket())
            knocker.setblocking(False)
            knocker.connect_ex(("127.0.0.1", port))
        yield port


def closed() -> int:
    with listening() as port:
        return port


def test_f_s29_an_address_that_swallows_everything_holds_up_the_next_for_less_than_a_second() -> None:
    with black_hole() as hole, listening() as port:
        began = time.monotonic()
        with connected("venue.example", 443, lambda _host, _port: [place(hole), place(port)]) as link:
            assert link.getpeername() == ("127.0.0.1", port)
        assert STAGGER <= time.monotonic() - began < 1


def test_an_address_that_refuses_holds_up_nobody() -> None:
    with listening() as port:
        places = [place(closed()) for _ in range(20)] + [place(port)]
        began = time.monotonic()
        with connected("venue.example", 443, lambda _host, _port: places) as link:
            assert link.getpeername() == ("127.0.0.1", port)
            assert link.getblocking()
        assert time.monotonic() - began < 20 * STAGGER / 2


NOWHERE: Place = (socket.AF_INET6, socket.SOCK_STREAM, 0, "", ("fe80::1", 443, 0, 0))  # of no network card: the system refuses at once


def test_an_address_without_a_way_to_it_never_wins() -> None:
    with listening() as port, connected("venue.example", 443, lambda _host, _port: [NOWHERE, place(port)]) as link:
        assert link.getpeername() == ("127.0.0.1", port)


def test_an_address_without_a_way_to_it_ends_no_attempt_that_still_waits() -> None:
    with black_hole() as hole, listening() as port:
        places = [place(hole), NOWHERE, place(port)]
        with connected("venue.example", 443, lambda _host, _port: places) as link:
            assert link.getpeername() == ("127.0.0.1", port)


def test_when_no_address_has_a_way_to_it_that_is_known_at_once() -> None:
    began = time.monotonic()
    with pytest.raises(OSError, match=r".") as told:
        connected("venue.example", 443, lambda _host, _port: [NOWHERE, NOWHERE])
    assert told.value.errno in {errno.EINVAL, errno.ENETUNREACH, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}
    assert time.monotonic() - began < 1


def test_when_all_refuse_it_says_so() -> None:
    with pytest.raises(OSError, match="refused"):
        connected("venue.example", 443, lambda _host, _port: [place(closed())])


def test_a_host_without_an_address_is_said() -> None:
    with pytest.raises(OSError, match="no address"):
        connected("venue.example", 443, lambda _host, _port: [])


def test_the_host_and_port_that_are_resolved_are_those_asked_for() -> None:
    with listening() as port, connected("127.0.0.1", port) as link:
        assert link.getpeername() == ("127.0.0.1", port)
        assert resolved("127.0.0.1", port)[0][4] == ("127.0.0.1", port)


def test_families_alternate() -> None:
    four, six = place(4), (socket.AF_INET6, socket.SOCK_STREAM, 0, "", ("::1", 6, 0, 0))
    assert _alternating([six, six, four, four, four]) == [six, four, six, four, four]


# Over TLS


async def greeting(trust: trustme.CA, shown: trustme.CA) -> bytes:
    """The first that comes from a server that shows a certificate of `shown`, where `trust` is trusted."""
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    shown.issue_cert("localhost").configure_cert(server)
    trust.configure_trust(client)
    peer = Peer()
    async with serve(peer.handle, "127.0.0.1", 0, ssl=server) as serving:
        port = serving.sockets[0].getsockname()[1]
        pushed = PushSocket(
            PushAddress("app-key", host="localhost", port=port), peer.post, lambda _host, _port: [place(port)], lambda: client
        )
        pushed.open()
        try:
            return await peer.next()
        finally:
            pushed.close()


async def test_a_socket_of_a_host_that_proves_itself_is_used() -> None:
    authority = trustme.CA()
    assert await greeting(authority, authority) == b"hello"


async def test_a_socket_of_a_host_that_cannot_prove_itself_is_lost_before_a_byte_is_said() -> None:
    assert await greeting(trustme.CA(), trustme.CA()) == LOST
