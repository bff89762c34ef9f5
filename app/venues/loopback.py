"""Sends deliveries to this computer, and to no other: for trying out a receiver, and for sending again what came."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Final

import httpx

from app.services.hooks.ports import Answer

DEADLINE: Final = 5.0  # seconds for the whole of it
HOSTS: Final = {"127.0.0.1": "127.0.0.1", "localhost": "127.0.0.1", "::1": "[::1]"}
LAST_PORT: Final = 65_535
LONGEST: Final = 2_000  # characters of an answer that are shown
OF_CONNECTION: Final = {"host", "content-length", "transfer-encoding", "connection", "keep-alive", "expect", "upgrade", "te", "trailer"}
READ: Final = 64 * 1024  # bytes of it that are read


class LoopbackPoster:
    """A `services.hooks.ports.Poster`: no name is looked up, no proxy is taken, no redirect is followed, and nothing is sent by https."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter, deadline: float = DEADLINE) -> None:
        self._clock = clock
        self._deadline = deadline

    async def post(self, url: str, headers: Sequence[tuple[str, str]], body: bytes) -> Answer:
        """ValueError, as a sentence, for an address that is not this computer's. What goes wrong on the way is the answer's words."""
        place = _place(url)
        try:
            request = httpx.Request("POST", place, headers=_written(headers, place_named=_named(url)), content=body)
        except UnicodeEncodeError:
            return Answer(0, 0.0, "It could not be delivered: a header holds a sign that may stand in none.")
        began = self._clock()
        try:
            async with asyncio.timeout(self._deadline), _client(self._deadline) as client:
                status, words = await _sent(client, request)
        except (TimeoutError, httpx.TimeoutException):
            return Answer(0, self._took(began), f"Nothing answered within {self._deadline:g} s.")
        except httpx.HTTPError as problem:
            return Answer(0, self._took(began), f"It could not be delivered: {problem or type(problem).__name__}.")
        return Answer(status, self._took(began), words)

    def _took(self, began: float) -> float:
        return round((self._clock() - began) * 1000, 1)


def _client(deadline: float) -> httpx.AsyncClient:
    return httpx.AsyncClient(verify=False, trust_env=False, follow_redirects=False, timeout=deadline)


async def _sent(client: httpx.AsyncClient, request: httpx.Request) -> tuple[int, str]:
    reply = await client.send(request, stream=True)
    try:
        return reply.status_code, await _beginning(reply)
    finally:
        await reply.aclose()


def _written(headers: Sequence[tuple[str, str]], place_named: bytes) -> list[tuple[bytes, bytes]]:
    """The given ones as they are, but for those that belong to one connection; nothing of a client's own but its host."""
    told = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers if name.lower() not in OF_CONNECTION]
    return [(b"Host", place_named), *told, (b"Connection", b"close")]


async def _beginning(reply: httpx.Response) -> str:
    read = bytearray()
    async for chunk in reply.aiter_raw():
        read += chunk
        if len(read) >= READ:
            break
    return bytes(read[:LONGEST]).decode(errors="replace").strip()


def _place(url: str) -> httpx.URL:
    """The address with this computer's number in it. ValueError for any other."""
    try:
        place = httpx.URL(url)
    except httpx.InvalidURL as problem:
        raise ValueError(f"This is no address: {problem}.") from None
    number = HOSTS.get(place.host)
    if place.scheme != "http" or number is None or place.userinfo:
        raise ValueError("Only http:// addresses of this computer are sent to: 127.0.0.1, localhost or [::1].")
    if place.port is not None and not 0 < place.port <= LAST_PORT:
        raise ValueError(f"This is no address: there is no port {place.port}.")
    return place.copy_with(host=number.strip("[]"))


def _named(url: str) -> bytes:
    """The host as it was written, with its port, as a client would ask for it."""
    return httpx.URL(url).netloc
