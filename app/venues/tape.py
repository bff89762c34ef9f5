"""Records what a venue sends, answers and frames, into a file: one line of JSON each, compressed, without its secrets."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import BinaryIO

import httpx
import msgspec

from app.venues.http import NO_PARAMS, Http, Reply
from app.venues.prophetx import location
from app.venues.proxies import system_proxy
from app.venues.push import PushAddress, PushSocket
from app.venues.reel import FORMAT, WIDE, Bounds, Came, Counted, Header, Reel, created
from app.venues.scrub import Scrubber
from app.venues.trust import trusted_by_system

SUFFIX = ".tape.gz"


class TapeError(Exception):
    """The recording cannot begin; the text says why."""


class About(msgspec.Struct, frozen=True):
    """What a recording is of."""

    program: str
    venue: str
    environment: str
    spelling: str


class Tape:
    """What everything of one venue passes by. It costs next to nothing until `start`, and never holds anything up.

    `said` is called in the loop's thread with a sentence when a recording ends by itself.
    """

    def __init__(
        self,
        said: Callable[[str], None] = lambda _words: None,
        *,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
        bounds: Bounds = WIDE,
        create: Callable[[Path], BinaryIO] = created,
        proxy: bool = False,
    ) -> None:
        """`proxy`: what passes by here takes the system's proxy."""
        self._said = said
        self._clock = clock
        self._wall = wall
        self._bounds = bounds
        self._create = create
        self._scrubber = Scrubber(secrets.token_bytes(16))
        self._reel: Reel | None = None
        self._sockets = 0
        self.is_proxied = proxy

    @property
    def path(self) -> Path | None:
        """The file that is being written; None while nothing is."""
        return self._reel.path if self._reel and self._reel.is_open else None

    @property
    def counted(self) -> Counted | None:
        return self._reel.counted() if self._reel else None

    async def start(self, path: Path, about: About) -> None:
        """Begin a file that does not exist yet. TapeError when it cannot be made."""
        if self.path:
            raise TapeError(f"{self.path.name} is being recorded already")
        header = Header(FORMAT, about.program, about.venue, about.environment, about.spelling, self._wall())
        loop = asyncio.get_running_loop()
        self._scrubber.begin(secrets.token_bytes(16))

        def ended(words: str) -> None:
            try:
                loop.call_soon_threadsafe(self._said, words)
            except RuntimeError:  # the program ends before its recording does
                return

        reel = Reel(path, header, self._scrubber, self._clock, self._wall, self._bounds, ended)
        try:
            await asyncio.to_thread(reel.begin, self._create)
        except OSError as problem:
            raise TapeError(f"Nothing is recorded: {path} cannot be written ({problem.strerror or problem})") from problem
        self._reel = reel

    async def stop(self) -> Counted | None:
        """End the file and say what is in it; None when there is none."""
        reel, self._reel = self._reel, None
        if reel is None:
            return None
        await asyncio.to_thread(reel.finish, "stopped")
        return reel.counted()

    def hide(self, *texts: str) -> None:
        """Keys, which are never written whatever the venue makes of them."""
        for text in texts:
            self._scrubber.hide(text, is_lasting=True)

    # What passes by

    def connect(self, base_url: str) -> Http:
        """An HTTP client whose answers pass by here."""
        return _TapedHttp(base_url, self)

    def dial(self, address: PushAddress, post: Callable[[bytes], None]) -> _TapedSocket:
        """A socket whose frames pass by here."""
        self._sockets += 1
        return _TapedSocket(address, post, self, self._sockets)

    def answered(self, method: str, path: str, params: Mapping[str, str], body: bytes | None, bearer: str, reply: Reply) -> None:
        """An answer. A request without a token asks for one: both its sides are secret. Where somebody is is secret, too."""
        self._scrubber.hide(bearer)
        if not bearer:
            granted = reply.body if reply.status < 300 else b""
            for secret in (*_texts(body or b""), *_texts(granted)):
                self._scrubber.hide(secret)
        if self._reel:
            is_secret = not bearer or path.endswith(location.PATH)
            came = Came(self._clock(), self._wall(), reply.body, 0, method, path, params, reply.status, reply.seconds, is_secret)
            self._reel.put(came, len(reply.body))

    def framed(self, raw: bytes, socket: int) -> None:
        """A frame, from any thread."""
        reel = self._reel
        if reel:
            reel.put(Came(self._clock(), self._wall(), raw, socket), len(raw))


class _TapedHttp(Http):
    def __init__(self, base_url: str, tape: Tape) -> None:
        super().__init__(base_url, proxy=tape.is_proxied)
        self._tape = tape

    async def send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] = NO_PARAMS,
        body: bytes | None = None,
        headers: Mapping[str, str] = NO_PARAMS,
        auth: httpx.Auth | None = None,
        deadline: float | None = None,
    ) -> Reply:
        seen = _Seen(auth, headers)
        reply = await super().send(method, path, params=params, body=body, headers=headers, auth=seen, deadline=deadline)
        self._tape.answered(method, path, params, body, seen.bearer, reply)
        return reply


class _Seen(httpx.Auth):
    """Lets another open the door, or nobody, and remembers by which token."""

    requires_request_body = True

    def __init__(self, auth: httpx.Auth | None, headers: Mapping[str, str]) -> None:
        self._auth = auth or httpx.Auth()
        self.bearer = _bearer_in(headers)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        for opened in self._auth.auth_flow(request):
            self.bearer = _bearer_in(opened.headers)
            yield opened


def _bearer_in(headers: Mapping[str, str]) -> str:
    return headers.get("Authorization", "").removeprefix("Bearer ")


class _TapedSocket(PushSocket):
    def __init__(self, address: PushAddress, post: Callable[[bytes], None], tape: Tape, number: int) -> None:
        if tape.is_proxied:
            super().__init__(address, self._pass, trust=trusted_by_system, find_proxy=system_proxy)
        else:
            super().__init__(address, self._pass)
        self._post = post
        self._tape = tape
        self._number = number
        self._is_closed = False

    def close(self) -> None:
        self._is_closed = True
        super().close()

    def _pass(self, raw: bytes) -> None:
        if not self._is_closed:  # what comes after is nobody's, and the end of it is no loss
            self._tape.framed(raw, self._number)
        self._post(raw)


def _texts(body: bytes) -> list[str]:
    """All texts in the fields of a small JSON object and of the objects in it."""
    try:
        told = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return []
    found, waiting = [], [told]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += one.values()
        elif isinstance(one, str):
            found.append(one)
    return found
