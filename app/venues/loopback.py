"""Sends deliveries to this computer, and to no other: for trying out a receiver, and for sending again what came."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Final

import httpx

from app.services.hooks.ports import Answer

DEADLINE: Final = 5.0  # seconds for the whole of it
HOSTS: Final = {"127.0.0.1": "127.0.0.1", "localhost": "127.0.0.1", "::1": "[::1]"}
LONGEST: Final = 2_000  # characters of an answer that are shown
READ: Final = 64 * 1024  # bytes of it that are read


class LoopbackPoster:
    """A `services.hooks.ports.Poster`: no name is looked up, no proxy is taken, no redirect is followed, and nothing is sent by https."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter, deadline: float = DEADLINE) -> None:
        self._clock = clock
        self._deadline = deadline

    async def post(self, url: str, headers: Sequence[tuple[str, str]], body: bytes) -> Answer:
        """ValueError, as a sentence, for an address that is not this computer's. What goes wrong on the way is the answer's words."""
        place = _place(url)
        told = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        began = self._clock()
        try:
            async with (
                httpx.AsyncClient(verify=False, trust_env=False, follow_redirects=False, timeout=self._deadline) as client,
                client.stream("POST", place, content=body, headers=[*told, (b"host", _named(url))]) as reply,
            ):
                words = await _beginning(reply)
        except httpx.TimeoutException:
            return Answer(0, self._took(began), f"Nothing answered within {self._deadline:g} s.")
        except httpx.HTTPError as problem:
            return Answer(0, self._took(began), f"It could not be delivered: {problem or type(problem).__name__}.")
        return Answer(reply.status_code, self._took(began), words)

    def _took(self, began: float) -> float:
        return round((self._clock() - began) * 1000, 1)


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
    return place.copy_with(host=number.strip("[]"))


def _named(url: str) -> bytes:
    """The host as it was written, with its port, as a client would ask for it."""
    return httpx.URL(url).netloc
