"""What can be played of a stream's place right now: Twitch's qualities by streamlink's plugin, the practice exchange's by its own list."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

import msgspec

from app.domain.cs2 import StreamPlace
from app.domain.errors import NotSentError, UnknownError, UnreadableError
from app.venues.http import Http, accepted
from app.venues.proxies import is_here
from app.venues.twitch.embed import Embed, checked
from app.venues.twitch.playlists import Look, look, qualities
from app.venues.twitch.plugin import NO_PLAYLIST, TwitchPlugin, is_playable

DEADLINE: Final = 20.0  # seconds for all of a channel's qualities: the plugin asks for each
LONGEST_PLAYLIST: Final = 1_000_000
MASTER: Final = "/practice-stream/master.m3u8"


class Qualities(msgspec.Struct, frozen=True):
    """Name and address of a live playlist for each, the best first. Never empty; Twitch's addresses hold a token and go stale."""

    urls: dict[str, str]

    def __repr__(self) -> str:
        return f"Qualities({', '.join(self.urls)})"


class Offline(msgspec.Struct, frozen=True):
    """Nothing can be played; `words` say so."""

    words: str


class Resolver:
    """One a profile; `close` when its window goes."""

    def __init__(self, plugin: TwitchPlugin | None = None, connect: Callable[[str], Http] = Http, deadline: float = DEADLINE) -> None:
        """`connect` makes the client of one origin: as the profile's others, with or without the system's proxy."""
        self._plugin = plugin or TwitchPlugin()
        self._connect = connect
        self._deadline = deadline
        self._origin = ""
        self._http: Http | None = None
        self._is_closed = False

    async def resolve(self, place: StreamPlace) -> Qualities | Offline:
        """EmbedError for an address that is not used, MissingError without streamlink; NotSentError, UnknownError, RefusedError and
        UnreadableError when nothing could be learned: that says nothing about the channel."""
        embed = checked(place)
        return await (self._ours(embed) if embed.is_practice else self._twitchs(embed))

    async def look(self, url: str) -> Look:
        """One reading of the playlist at an address that `resolve` gave. The VenueErrors of a request; UnreadableError."""
        return look(await self._text(url))

    async def close(self) -> None:
        self._is_closed = True
        self._plugin.close()
        if self._http is not None:
            await self._http.close()

    async def _twitchs(self, embed: Embed) -> Qualities | Offline:
        """A call that takes too long is left to itself; the next one has a session of its own."""
        try:
            async with asyncio.timeout(self._deadline):
                told = await asyncio.to_thread(self._plugin.ask, embed.channel)
        except TimeoutError as problem:
            raise UnknownError(f"Twitch did not name the stream's qualities within {self._deadline:g} s") from problem
        if told.urls:
            return Qualities(told.urls)
        return Offline(NO_PLAYLIST if told.is_live else f"{embed.channel} is not live on Twitch")

    async def _ours(self, embed: Embed) -> Qualities | Offline:
        reply = await (await self._client(embed.origin)).send("GET", MASTER)
        if reply.status == 404:
            return Offline("The practice stream is switched off")
        found = qualities(_decoded(accepted(reply).body), embed.origin + MASTER)
        if any(_origin(url) != embed.origin for url in found.values()):
            raise UnreadableError("The practice stream's list of qualities leads away from it")
        return Qualities(found)

    async def _text(self, url: str) -> str:
        parts = urlsplit(url)
        if not is_playable(url) and not (parts.scheme == "http" and is_here(parts.hostname or "")):
            raise NotSentError("This is no address that a stream was found at")
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        return _decoded(accepted(await (await self._client(_origin(url))).send("GET", path)).body)

    async def _client(self, origin: str) -> Http:
        """The last origin's is kept: one stream is played at a time."""
        if self._is_closed:
            raise NotSentError("The connection to the stream was closed")
        if self._http is None or origin != self._origin:
            old, self._http, self._origin = self._http, self._connect(origin), origin
            if old is not None:
                await old.close()
        return self._http


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _decoded(body: bytes) -> str:
    if len(body) > LONGEST_PLAYLIST:
        raise UnreadableError(f"The stream's playlist has {len(body)} bytes: none is so long")
    try:
        return body.decode()
    except UnicodeDecodeError as problem:
        raise UnreadableError("The stream's playlist is no text") from problem
