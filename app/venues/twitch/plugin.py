"""Streamlink's own plugin for Twitch, called in a thread: it blocks, and it takes most of a second to import.

What it would do besides is turned off: no browser is started for a token, nothing is kept on the disk, and neither proxies nor names and
passwords of the environment are taken (`.netrc`). Addresses and texts of it may hold the token of the stream: none is repeated in an error.
"""

from __future__ import annotations

import base64
import logging
import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

import msgspec

from app.domain.errors import DistrustedError, NotSentError, RefusedError, UnknownError, UnreadableError, VenueError
from app.venues.proxies import FindProxy, Proxy, ProxyError, no_proxy
from app.venues.redact import cut
from app.venues.twitch.hearing import Hearing

if TYPE_CHECKING:
    from streamlink.exceptions import StreamlinkError
    from streamlink.session.session import Streamlink
    from streamlink.stream.stream import Stream

LEVELS: Final = (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL, logging.NOTSET)
REQUEST_SECONDS: Final = 5.0
IDLE: Final = 2
"""Sessions kept for the next call, each with its connections."""

MISSING: Final = "Install overround[video] to play Twitch inside: the part that finds the video (streamlink) is not there"
NO_PLAYLIST: Final = "Twitch lists the channel as live, and none of its video is there: it has just begun, or is just over"
_HOST: Final = "gql.twitch.tv"
_SYNONYMS: Final = ("best", "worst", "best-unfiltered", "worst-unfiltered")

Load = Callable[[], "type[Streamlink]"]
Prepare = Callable[["Streamlink"], None]


class MissingError(VenueError):
    """The program that finds the video is not installed."""


class Told(msgspec.Struct, frozen=True):
    """Addresses by quality, the best first; empty when the channel is not live, or (`is_live`) when none of its video is to be had."""

    urls: dict[str, str]
    is_live: bool = False


def installed() -> type[Streamlink]:
    """ImportError where it is not. The program's own logging stays as it was: the library puts its class and level names in its place."""
    names = {level: logging.getLevelName(level) for level in LEVELS}
    kind = logging.getLoggerClass()
    try:
        import_module("streamlink.plugins.twitch")  # its loggers are made as it is loaded, while the library's class is in place
        from streamlink.session.session import Streamlink
    finally:
        logging.setLoggerClass(kind)
        for level, name in names.items():
            logging.addLevelName(level, name)
    return Streamlink


class TwitchPlugin:
    """Safe to call from several threads: each call has a session to itself, kept for the next one."""

    def __init__(self, prepare: Prepare = lambda session: None, load: Load = installed, find_proxy: FindProxy = no_proxy) -> None:
        """`prepare` is shown each new session (tests mount a Twitch of their own there); `find_proxy` names the way out."""
        self._prepare = prepare
        self._load = load
        self._find_proxy = find_proxy
        self._idle: deque[Streamlink] = deque()
        self._is_closed = False

    def ask(self, channel: str) -> Told:
        """Blocks for up to REQUEST_SECONDS a request, of which there are about one a quality. VenueErrors; MissingError."""
        with self._session() as session, _mapped():
            from streamlink.options import Options

            heard = Hearing(channel)
            session.http.hooks["response"] = [heard]
            _name, plugin_class, url = session.resolve_url_no_redirect(f"https://www.twitch.tv/{channel}")
            plugin = plugin_class(session, url, Options({"low-latency": True}))
            urls = _addresses(plugin.streams())
            if urls:
                return Told(urls)
            is_live = bool(plugin.get_id())
            if heard.refusal is not None:
                raise heard.refusal
            return Told({}, is_live=is_live)

    def close(self) -> None:
        """Sessions in use are closed when they come back."""
        self._is_closed = True
        while self._idle:
            self._idle.popleft().http.close()

    @contextmanager
    def _session(self) -> Iterator[Streamlink]:
        try:
            session = self._idle.pop()
        except IndexError:
            session = self._made()
        try:
            yield session
        finally:
            if self._is_closed or len(self._idle) >= IDLE:
                session.http.close()
            else:
                self._idle.append(session)

    def _made(self) -> Streamlink:
        try:
            session = self._load()(plugins_builtin=True)
        except ImportError as problem:
            raise MissingError(MISSING) from problem
        session.set_option("http-trust-env", value=False)
        session.set_option("http-timeout", REQUEST_SECONDS)
        session.set_option("no-plugin-cache", value=True)
        session.set_option("webbrowser", value=False)
        self._point_at_proxy(session)
        self._prepare(session)
        return session

    def _point_at_proxy(self, session: Streamlink) -> None:
        try:
            proxy = self._find_proxy(_HOST)
        except ProxyError as problem:
            raise NotSentError(str(problem)) from problem
        if proxy is not None:
            session.set_option("http-proxy", _with_name(proxy))
            if authorities := os.environ.get("SSL_CERT_FILE", ""):
                session.set_option("http-ssl-verify", authorities)


def _with_name(proxy: Proxy) -> str:
    """With the name and password in the address, where this library looks for them."""
    if not proxy.authorization:
        return proxy.url
    name, _, password = base64.b64decode(proxy.authorization.removeprefix("Basic ")).decode().partition(":")
    return proxy.url.replace("http://", f"http://{quote(name, safe='')}:{quote(password, safe='')}@", 1)


def _addresses(streams: Mapping[str, Stream]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in reversed(list(streams)):
        with suppress(TypeError):  # one without an address of its own
            url: str = streams[name].to_url()  # type: ignore[no-untyped-call]  # the library's own has no types
            if name not in _SYNONYMS and is_playable(url):
                found[name] = url
    return found


def is_playable(url: str) -> bool:
    """Whether a player may be sent there: https, a name with a domain, nobody's name or password."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    is_name = "." in host and not host.rpartition(".")[2].isdecimal() and ":" not in host
    return parts.scheme == "https" and is_name and parts.username is None and host.isascii() and not host.endswith(".local")


@contextmanager
def _mapped() -> Iterator[None]:
    """The one border where the library's exceptions become ours."""
    from streamlink.exceptions import StreamlinkError

    try:
        yield
    except StreamlinkError as problem:
        raise _ours(problem) from None  # the original's text, and its cause's, holds addresses with tokens


def _ours(problem: StreamlinkError) -> VenueError:
    from requests import exceptions

    cause = getattr(problem, "err", None) or _inner(problem)
    if isinstance(cause, exceptions.SSLError):
        return DistrustedError("Twitch cannot prove who it is: its certificate is not believed, and nothing is played from it")
    if isinstance(cause, exceptions.Timeout):
        return UnknownError(f"Twitch gave no answer within {REQUEST_SECONDS:g} s")
    if isinstance(cause, exceptions.HTTPError) and cause.response is not None:
        return UnknownError(f"Twitch gave no clear answer ({cause.response.status_code})", status=cause.response.status_code)
    if isinstance(cause, exceptions.RequestException):
        return NotSentError("Twitch cannot be reached: check the connection of this computer")
    return _refusal(str(problem))


def _refusal(text: str) -> VenueError:
    """The plugin's own words: either it could not read an answer, or Twitch said no."""
    if text.startswith(("Unable to parse", "Unable to validate", "Failed to parse")):
        return UnreadableError("Twitch's answer does not read as it used to: a newer streamlink may know it")
    return RefusedError(f"Twitch does not hand out this video: {cut(text, 120)}")


def _inner(problem: BaseException) -> BaseException | None:
    """What the library wrapped twice: an OSError made of a failed request."""
    for each in (problem.__cause__, problem.__context__, *problem.args):
        if isinstance(each, BaseException):
            return getattr(each, "err", None) or _inner(each) or each
    return None
