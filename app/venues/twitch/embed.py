"""The address of the player that the feed tells: what it has to be, and the page that shows it.

Only two kinds are taken, read by two narrow patterns instead of a URL library: what two libraries could read differently matches neither.
The page asks for the player with an address written anew from its parts, so that nothing else of what was told reaches a web view.
"""

from __future__ import annotations

import re
import unicodedata
from html import escape
from typing import Final

import msgspec

from app.domain.cs2 import StreamPlace
from app.domain.errors import VenueError

LONGEST: Final = 2_048  # characters of an address
CHANNEL: Final = re.compile(r"[A-Za-z0-9_]{1,25}")
_PARENT: Final = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*")
_PORT: Final = r"(?P<port>:[0-9]{1,5})?"
_QUERY: Final = r"\?(?P<query>[A-Za-z0-9_.~=&+%-]*)"
_TWITCH: Final = re.compile(rf"https://player\.twitch\.tv/?{_QUERY}", re.IGNORECASE)
_PRACTICE: Final = re.compile(rf"(?P<origin>http://(127\.0\.0\.1|localhost){_PORT})/practice-stream/embed{_QUERY}")
_HEAD: Final = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):(//(?P<authority>[^/?#]*))?")

_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; frame-src {origin}; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
html, body {{ margin: 0; height: 100%; background: #000; overflow: hidden; }}
iframe {{ border: 0; width: 100%; height: 100%; min-width: 400px; min-height: 300px; }}
</style>
</head>
<body><iframe src="{source}" allow="autoplay; fullscreen" allowfullscreen title="{title}"></iframe></body>
</html>
"""


class EmbedError(VenueError):
    """This address is not used; the text is a sentence that says why."""


class Embed(msgspec.Struct, frozen=True):
    """A checked address. `page` is given to a web view together with `page_base`, whose host is the `parent` that the player asks for."""

    channel: str
    parent: str
    watch_url: str
    """For the system's browser."""
    page: str
    page_base: str
    chat_page: str = ""
    """Empty where there is no chat."""
    origin: str = ""
    """Of the practice exchange; empty for Twitch."""
    codec: str = ""
    """What the page's video needs where that is not H.264 with AAC; only the practice exchange has such a page."""

    @property
    def is_practice(self) -> bool:
        return bool(self.origin)


def checked(place: StreamPlace) -> Embed:
    """The place as it may be used. EmbedError for everything that is neither Twitch's player nor the practice exchange's."""
    url = place.embed_url
    _refuse_odd(url)
    if match := _TWITCH.fullmatch(url):
        return _of_twitch(*_named(match["query"], place.channel))
    if (match := _PRACTICE.fullmatch(url)) and _is_port(match["port"]):
        return _of_practice(match["origin"], *_named(match["query"], place.channel), _codec(match["query"]))
    raise EmbedError(_why_not(url))


def _of_twitch(channel: str, parent: str) -> Embed:
    source = f"https://player.twitch.tv/?channel={channel}&parent={parent}&muted=true&autoplay=true"
    chat = f"https://www.twitch.tv/embed/{channel}/chat?parent={parent}&darkpopout"
    return Embed(
        channel,
        parent,
        watch_url=f"https://www.twitch.tv/{channel}",
        page=_page("https://player.twitch.tv", source, channel),
        page_base=f"https://{parent}/",
        chat_page=_page("https://www.twitch.tv", chat, f"Chat of {channel}"),
    )


def _of_practice(origin: str, channel: str, parent: str, codec: str) -> Embed:
    if parent not in ("127.0.0.1", "localhost"):
        raise EmbedError(f"The practice stream is for this computer only, and its address names {parent} as its page")
    source = f"{origin}/practice-stream/embed?channel={channel}&parent={parent}" + (f"&codec={codec.lower()}" if codec else "")
    page = _page(origin, source, channel)
    return Embed(channel, parent, watch_url=source, page=page, page_base=f"http://{parent}/", origin=origin, codec=codec)


def _codec(query: str) -> str:
    told = [value for name, _, value in (part.partition("=") for part in query.split("&")) if name == "codec"]
    if told not in ([], ["vp9"]):
        raise EmbedError(f"The practice stream's address asks for the codec {_short(','.join(told))}, and only vp9 can be asked for")
    return "VP9" if told else ""


def _page(origin: str, source: str, title: str) -> str:
    return _PAGE.format(origin=escape(origin), source=escape(source), title=escape(title))


def _named(query: str, told: str) -> tuple[str, str]:
    """The channel and the parent in a query, both good, and the channel the one that was told beside the address."""
    parts = [part.partition("=") for part in query.split("&")]
    channels = [value for name, _, value in parts if name == "channel"]
    parents = [value for name, _, value in parts if name == "parent"]
    channel = _channel(channels)
    if channel.lower() != told.lower():
        raise EmbedError(
            f"The stream's address shows the channel {channel}, and the feed names {_short(told)}: which one is meant is not clear"
        )
    if not parents:
        raise EmbedError("The stream's address names no parent: the player refuses a page that it does not know")
    if not _PARENT.fullmatch(parents[0]) or "xn--" in parents[0].lower():
        raise EmbedError(f"The stream's address names {_short(parents[0])} as its page, which is no plain host name")
    return channel, parents[0].lower()


def _channel(told: list[str]) -> str:
    if len(told) != 1:
        raise EmbedError(f"The stream's address names {len(told)} channels: it has to be one")
    if not CHANNEL.fullmatch(told[0]):
        raise EmbedError(f"{_short(told[0])} is no channel's name: that has up to 25 letters, digits and underscores")
    return told[0]


def _refuse_odd(url: str) -> None:
    if not url:
        raise EmbedError("The feed names no address for the stream")
    if len(url) > LONGEST:
        raise EmbedError(f"The stream's address has {len(url)} characters: more than {LONGEST} are never right")
    for mark in url:
        if mark.isspace() or not mark.isprintable():
            raise EmbedError(f"The stream's address holds a space, a line end or another mark that is not printed (U+{ord(mark):04X})")
        if not mark.isascii():
            name = unicodedata.name(mark, "a character without a name")
            raise EmbedError(f"The stream's address holds {name} (U+{ord(mark):04X}), which is no ASCII letter and may only look like one")


def _why_not(url: str) -> str:
    """What is wrong with an address that matches neither pattern, the most telling first."""
    match = _HEAD.match(url)
    if match is None or match["authority"] is None:
        return f"{_short(url)} is no web address: the stream is only shown from https://player.twitch.tv"
    authority = match["authority"].lower()
    if "@" in authority or "\\" in url:
        return "The stream's address holds a user name or a backslash, which can hide the real host"
    host = authority.partition(":")[0]
    if host == "player.twitch.tv" and match["scheme"].lower() != "https":
        return f"The stream's address starts with {_short(match['scheme'])}://: Twitch's player is only shown over https"
    if host == "player.twitch.tv" and ":" in authority:
        return "The stream's address names a port: Twitch's player needs none"
    if host in ("player.twitch.tv", "127.0.0.1", "localhost"):
        return f"{_short(url)} is not the address of a player"
    return f"The stream is at {_short(host)}, which is neither player.twitch.tv nor the practice exchange: it is not shown"


def _is_port(text: str | None) -> bool:
    return text is None or 0 < int(text[1:]) < 65_536


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:57]}...")
