"""A TCP connection by whichever of a host's addresses answers first (RFC 8305): a network that swallows one kind must not be waited for."""

from __future__ import annotations

import errno
import os
import selectors
import socket
import time
from collections import deque
from collections.abc import Callable, Sequence
from itertools import zip_longest
from typing import Any, TypeAlias

STAGGER = 0.25  # seconds between two attempts that go on beside each other
PATIENCE = 10.0  # seconds for all of them
BEGUN = frozenset({0, errno.EINPROGRESS, errno.EWOULDBLOCK})

Place: TypeAlias = tuple[int, int, int, str, Any]
"""As `socket.getaddrinfo` gives it: family, type, protocol, canonical name, address."""
Resolve: TypeAlias = Callable[[str, int], Sequence[Place]]


def resolved(host: str, port: int) -> Sequence[Place]:
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)


def connected(host: str, port: int, resolve: Resolve = resolved) -> socket.socket:
    """A blocking socket. OSError when no address answers in time, in the words of the last one. Blocks: for a thread of its own."""
    with _Race(_alternating(resolve(host, port))) as race:
        return race.won()


def _alternating(places: Sequence[Place]) -> list[Place]:
    """In the resolver's order, but never twice the same family while there is another."""
    first = [place for place in places if place[0] == places[0][0]]
    others = [place for place in places if place[0] != places[0][0]]
    return [place for pair in zip_longest(first, others) for place in pair if place]


class _Race:
    """Attempts that go on beside each other; all but the winner are closed at the end."""

    def __init__(self, places: Sequence[Place]) -> None:
        self._waiting = deque(places)
        self._trying: set[socket.socket] = set()
        self._selector = selectors.DefaultSelector()
        self._until = time.monotonic() + PATIENCE
        self._next_at = 0.0
        self._problem = OSError("The host has no address")

    def __enter__(self) -> _Race:
        return self

    def __exit__(self, *_: object) -> None:
        self._selector.close()
        for one in self._trying:
            one.close()

    def won(self) -> socket.socket:
        while self._waiting or self._trying:
            now = time.monotonic()
            if now >= self._until:
                raise TimeoutError(f"No address of the host answered within {PATIENCE:g} s")
            if self._waiting and (now >= self._next_at or not self._trying):
                self._begin(self._waiting.popleft(), now)
                if not self._trying:
                    continue  # nothing to wait for
            for key, _ in self._selector.select(max(0.0, (self._next_at if self._waiting else self._until) - now)):
                assert isinstance(key.fileobj, socket.socket)
                if self._is_there(key.fileobj):
                    return key.fileobj
        raise self._problem

    def _begin(self, place: Place, now: float) -> None:
        family, kind, protocol, _, address = place
        try:
            one = socket.socket(family, kind, protocol)
        except OSError as problem:  # a computer without IPv6 knows no such family
            self._problem = problem
            return
        one.setblocking(False)
        number = one.connect_ex(address)
        if number not in BEGUN:  # there is no way to it: the system says so here, and nowhere again
            self._lose(one, number)
            return
        self._next_at = now + STAGGER
        self._trying.add(one)
        self._selector.register(one, selectors.EVENT_WRITE)

    def _is_there(self, one: socket.socket) -> bool:
        """Whether an attempt that ended has a connection; it is the winner then, and else the next may begin at once."""
        self._selector.unregister(one)
        self._trying.discard(one)
        number = one.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if number:
            self._lose(one, number)
            return False
        try:
            one.getpeername()
        except OSError as problem:  # it is writable, and still connected to nobody
            self._lose(one, problem.errno or errno.ENOTCONN)
            return False
        one.setblocking(True)
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return True

    def _lose(self, one: socket.socket, number: int) -> None:
        """The next may begin at once."""
        self._problem = OSError(number, os.strerror(number))
        one.close()
        self._next_at = 0.0
