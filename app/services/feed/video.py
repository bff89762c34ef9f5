"""Where the league's video is and who finds it, as protocols: views may not know how Twitch spells anything."""

from __future__ import annotations

from typing import Protocol

import msgspec

from app.domain.cs2 import StreamPlace


class Stage(msgspec.Struct, frozen=True):
    """A place whose address was checked, with all that a view needs of it.

    `page` and `page_base` are for the official player in a web view (both empty: there is none), `chat_page` likewise for the chat.
    `watch_url` opens in the system's browser. `is_ours`: the practice exchange's own stream, which no rule of Twitch's is about.
    `refused`: why the address may not be embedded (a sentence; empty: it may). `codec`: what the page's video needs, where that is not
    H.264 with AAC.
    """

    place: StreamPlace
    title: str
    watch_url: str
    page: str = ""
    page_base: str = ""
    chat_page: str = ""
    is_ours: bool = False
    refused: str = ""
    codec: str = ""


class Found(msgspec.Struct, frozen=True):
    """The stream is on: (name, address of its playlist) for each quality, the best first. Never empty."""

    qualities: tuple[tuple[str, str], ...]


class Offline(msgspec.Struct, frozen=True):
    """The channel is not live. `words` say so with what is known; empty where nothing more is."""

    words: str = ""


class MissingPartError(Exception):
    """A part of the program that finds the stream is not installed; the text says which one and how to get it."""


class StreamFinder(Protocol):
    async def find(self, place: StreamPlace) -> Found | Offline:
        """What can be played now. Raises the `VenueError`s of `domain.errors`, and MissingPartError; addresses found go stale."""


class Piece(msgspec.Struct, frozen=True):
    """A listed segment: `at` and `seconds` on the same line as a look's `edge`. `is_seam`: it does not go on where the one before ended."""

    at: float
    seconds: float
    is_ad: bool = False
    is_seam: bool = False


class Look(msgspec.Struct, frozen=True):
    """What a playlist says now. `edge`: seconds of video published since the stream began; `piece`: seconds of one of its segments.

    `is_ad` is about the newest segment, which no picture shows yet; `pieces` are all that are listed, the oldest first.
    """

    edge: float
    piece: float
    is_ad: bool = False
    pieces: tuple[Piece, ...] = ()


class PlaylistReader(Protocol):
    async def look(self, url: str) -> Look:
        """One read of the playlist at a found address. Raises the `VenueError`s of `domain.errors`."""


class Video(StreamFinder, PlaylistReader, Protocol):
    """The league's stream, as a whole account has it."""

    def stage(self, place: StreamPlace) -> Stage:
        """The place checked; `refused` where its address is not used."""
