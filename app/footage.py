"""The league's video for its view: what the venues' folder finds, in the words that the view asks in."""

from __future__ import annotations

from collections.abc import Callable

from app.domain.cs2 import StreamPlace
from app.services.feed.video import Found, Look, MissingPartError, Offline, Piece, Stage
from app.venues.http import Http
from app.venues.proxies import no_proxy, system_proxy
from app.venues.twitch import playlists, resolve
from app.venues.twitch.embed import EmbedError, checked
from app.venues.twitch.plugin import MissingError, TwitchPlugin
from app.venues.twitch.resolve import Resolver


class Footage:
    """A `StreamFinder` and a `PlaylistReader`. One a profile; `close` when its window goes."""

    def __init__(self, connect: Callable[[str], Http] = Http, *, proxy: bool = False) -> None:
        self._resolver = Resolver(TwitchPlugin(find_proxy=system_proxy if proxy else no_proxy), connect)

    def stage(self, place: StreamPlace) -> Stage:
        """The place with what a view needs of it; `refused` where its address is not used."""
        try:
            embed = checked(place)
        except EmbedError as problem:
            return Stage(place, title=f"twitch.tv/{place.channel}", watch_url="", refused=str(problem))
        title = embed.channel if embed.is_practice else f"twitch.tv/{embed.channel}"
        return Stage(
            place, title, embed.watch_url, embed.page, embed.page_base, embed.chat_page, is_ours=embed.is_practice, codec=embed.codec
        )

    async def find(self, place: StreamPlace) -> Found | Offline:
        """What can be played now."""
        try:
            told = await self._resolver.resolve(place)
        except MissingError as problem:
            raise MissingPartError(str(problem)) from problem
        if isinstance(told, resolve.Offline):
            return Offline(told.words)
        return Found(tuple(told.urls.items()))

    async def look(self, url: str) -> Look:
        """One read of the playlist at an address that was found."""
        return told(await self._resolver.look(url))

    async def close(self) -> None:
        await self._resolver.close()


def told(look: playlists.Look) -> Look:
    """A playlist's reading in the words that the view asks in."""
    pieces = tuple(Piece(one.at, one.seconds, is_ad=one.is_ad, is_seam=one.is_seam) for one in look.pieces)
    return Look(look.edge, look.piece, look.is_ad, pieces)
