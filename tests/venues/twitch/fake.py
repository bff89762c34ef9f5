"""A Twitch of our own on loopback, as far as streamlink's real plugin asks one: GQL, the list of qualities, and their playlists."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.responses import Response as Answer
from starlette.routing import Route

from tests.practice.cs2_stream.kit import PATIENCE, Server

if TYPE_CHECKING:
    from streamlink.session.session import Streamlink

CHANNEL = "coldbrew_league"
SIGNATURE = "not-a-signature"
CDN = "https://edge7.playlist.ttvnw.net"

LIVE = """#EXTM3U
#EXT-X-VERSION:3
#EXT-X-TARGETDURATION:6
#EXT-X-MEDIA-SEQUENCE:4100
#EXT-X-PROGRAM-DATE-TIME:2026-11-22T10:00:00.000Z
#EXTINF:2.000,live
https://edge7.hls.ttvnw.net/v1/segment/one.ts
#EXT-X-PROGRAM-DATE-TIME:2026-11-22T10:00:02.000Z
#EXTINF:2.000,live
https://edge7.hls.ttvnw.net/v1/segment/two.ts
"""

REFUSALS = {
    "blocked": ("Content Geoblocked", "content_geoblocked", 403),
    "subscribers": ("Unauthorized Entitlements", "unauthorized_entitlements", 403),
    "proxied": ("Anonymizer Blocked", "anonymizer_blocked", 403),
    "banned": ("Something New", "something_new", 403),
    "fallen": ("", "", 503),
}
"""What the list of qualities is refused with: words, code, status."""

VARIANTS = (("1080p60", "1920x1080", 60, 6_500_000), ("720p30", "1280x720", 30, 2_400_000), ("160p30", "284x160", 30, 230_000))


class FakeTwitch(Server):
    """`mood` says how it answers; `asked` lists the host and path of every request, `operations` what GQL was asked for,
    `queries` what stood behind the addresses of playlists."""

    def __init__(self, mood: str = "live") -> None:
        self.mood = mood
        self.asked: list[tuple[str, str]] = []
        self.operations: list[str] = []
        self.queries: list[str] = []
        self.let_go = threading.Event()
        routes = [
            Route("/gql", self._gql, methods=["POST"]),
            Route("/api/v2/channel/hls/{channel}.m3u8", self._usher),
            Route("/v1/playlist/{name}.m3u8", self._playlist),
        ]
        super().__init__([*routes])

    def __enter__(self) -> FakeTwitch:
        super().__enter__()
        return self

    def mount(self, session: Streamlink) -> None:
        """Whatever the plugin asks for over https comes here."""
        session.http.mount("https://", _Redirected(self))

    def transport(self) -> httpx.AsyncBaseTransport:
        """The same for our own client."""
        return _Transport(self.url)

    async def _gql(self, request: Request) -> Answer:
        told: Any = await request.json()
        names = [one["operationName"] for one in told] if isinstance(told, list) else [told["operationName"]]
        self.operations += names
        if "PlaybackAccessToken" in names:
            return self._token()
        if self.mood == "nobody":
            return JSONResponse([{"data": {"userOrError": {"__typename": "UserDoesNotExist"}}}, {"data": {"user": None}}])
        return JSONResponse(_metadata(is_live=self.mood not in ("offline", "ended")))

    def _token(self) -> Answer:
        match self.mood:
            case "offline" | "nobody":
                return JSONResponse({"data": {"streamPlaybackAccessToken": None}})
            case "integrity":
                return JSONResponse({"errors": [{"message": "failed integrity check"}]})
            case "garbage":
                return PlainTextResponse("<html>come back later</html>")
            case "renamed":
                return JSONResponse({"data": {"somethingElse": {"value": "{}", "signature": SIGNATURE}}})
            case "broken":
                return PlainTextResponse("oops", 502)
            case "slow":
                self.let_go.wait(PATIENCE)
        token = {"value": '{"chansub":{"restricted_bitrates":[]}}', "signature": SIGNATURE}
        return JSONResponse({"data": {"streamPlaybackAccessToken": token}})

    async def _usher(self, request: Request) -> Answer:
        if self.mood in REFUSALS:
            error, code, status = REFUSALS[self.mood]
            return JSONResponse([{"type": "error", "error": error, "error_code": code}], status)
        if self.mood in ("gone", "ended") or request.query_params.get("sig") != SIGNATURE:
            return JSONResponse([{"type": "error", "error": "Can not find channel"}], 404)
        return PlainTextResponse(_usher_text(request.path_params["channel"]))

    async def _playlist(self, request: Request) -> Answer:
        self.queries.append(request.url.query)
        if self.mood == "thin" and "1080p60" in request.path_params["name"]:
            return PlainTextResponse("", 404)
        return PlainTextResponse(LIVE)


def _usher_text(channel: str) -> str:
    lines = ["#EXTM3U", '#EXT-X-TWITCH-INFO:NODE="edge7",BROADCAST-ID="7",SERVER-TIME="1795000000.00"']
    for name, size, rate, bandwidth in VARIANTS:
        lines += [
            f'#EXT-X-STREAM-INF:BANDWIDTH={bandwidth},RESOLUTION={size},CODECS="avc1.4D401F,mp4a.40.2",FRAME-RATE={rate}.000,'
            f'STABLE-VARIANT-ID="{name}"',
            f"{CDN}/v1/playlist/{channel}-{name}.m3u8?k=opaque%2Bvalue",
        ]
    return "\n".join(lines)


def _metadata(*, is_live: bool) -> list[dict[str, Any]]:
    stream = {"id": "77", "game": {"name": "Counter-Strike"}} if is_live else None
    user = {"lastBroadcast": {"title": "Week 3"}, "stream": stream}
    return [{"data": {"userOrError": {"displayName": "Cold Brew"}}}, {"data": {"user": user}}]


class _Redirected(HTTPAdapter):
    def __init__(self, twitch: FakeTwitch) -> None:
        super().__init__()
        self._twitch = twitch

    def send(self, request: PreparedRequest, *args: Any, **options: Any) -> Response:
        asked = request.url or ""
        parts = urlsplit(asked)
        self._twitch.asked.append((parts.netloc, parts.path))
        here = request.copy()
        here.url = f"{self._twitch.url}{parts.path}?{parts.query}"
        answer = super().send(here, *args, **options)
        answer.url = asked
        return answer


class _Transport(httpx.AsyncBaseTransport):
    def __init__(self, url: str) -> None:
        self._url = httpx.URL(url)
        self._inner = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(scheme="http", host=self._url.host, port=self._url.port)
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()
