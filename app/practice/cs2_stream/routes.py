"""The video over HTTP: playlists, segments, the page that stands for Twitch's player, and the switches of what goes wrong."""

from __future__ import annotations

import ipaddress
import re

import msgspec
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from app.practice.clock import SECOND, Clock
from app.practice.cs2_stream.clip import COPY, Clip
from app.practice.cs2_stream.faults import MOST_LOST, StreamFaults, Wishes
from app.practice.cs2_stream.page import SCRIPT_SOURCE, embed_page
from app.practice.cs2_stream.playlist import Reach, break_of, live, master, reach

BASE = "/practice-stream"
PLAYLIST = "application/vnd.apple.mpegurl"
SEGMENT = "video/mp2t"
LONGEST_BODY = 20_000
VP9 = "vp9"

_CHANNEL = re.compile(r"[A-Za-z0-9_]{1,25}")
_PARENT = re.compile(r"[A-Za-z0-9.-]{1,253}")


def stream_routes(clock: Clock, faults: StreamFaults | None = None, clip: Clip | None = None) -> list[Route]:
    """All below /practice-stream. Without `faults` it has its own, switched over HTTP; the clip is read from the disk here, once."""
    return Broadcast(clock, faults or StreamFaults(), clip or Clip()).routes()


class Broadcast:
    def __init__(self, clock: Clock, faults: StreamFaults, clip: Clip) -> None:
        self._clock = clock
        self._faults = faults
        self._clip = clip

    def routes(self) -> list[Route]:
        return [
            Route(f"{BASE}/master.m3u8", self._master),
            Route(f"{BASE}/embed", _embed),
            Route(f"{BASE}/{COPY}", self._copy),
            Route(f"{BASE}/faults", self._status),
            Route(f"{BASE}/faults", self._switch, methods=["POST"]),
            Route(f"{BASE}/{{quality}}/live.m3u8", self._live),
            Route(f"{BASE}/{{quality}}/{{sequence:int}}.ts", self._segment),
        ]

    async def _master(self, request: Request) -> Response:
        if self._faults.is_offline:
            return _missing("The channel is offline")
        return _playlist(master(self._clip.qualities, self._clip.rate))

    async def _live(self, request: Request) -> Response:
        if self._faults.is_offline or not self._clip.has(request.path_params["quality"]):
            return _missing("The channel is offline" if self._faults.is_offline else "There is no such quality")
        now = self._faults.moment(self._clock.now_ns())
        return _playlist(live(now, self._clip.segment_ns, self._clip.count, self._faults.breaks))

    async def _copy(self, request: Request) -> Response:
        """Whole and by ranges, so that a browser can begin in the middle of it."""
        if self._faults.is_offline:
            return _missing("The channel is offline")
        return FileResponse(self._clip.copy, media_type="video/webm", headers={"Cache-Control": "max-age=60"})

    async def _segment(self, request: Request) -> Response:
        quality, sequence = request.path_params["quality"], request.path_params["sequence"]
        if not self._clip.has(quality) or not self._serves(sequence):
            return _missing("There is no such segment, or no longer")
        return Response(self._cut(quality, sequence), media_type=SEGMENT, headers={"Cache-Control": "max-age=60"})

    def _serves(self, sequence: int) -> bool:
        return not self._faults.is_offline and sequence not in self._faults.lost and self._reach().serves(sequence)

    def _reach(self) -> Reach:
        return reach(self._faults.moment(self._clock.now_ns()), self._clip.segment_ns)

    def _cut(self, quality: str, sequence: int) -> bytes:
        inside = break_of(sequence, self._faults.breaks)
        if inside is None:
            return self._clip.segment(quality, sequence)
        return self._clip.advertisement(quality, sequence - inside.first)

    async def _status(self, request: Request) -> Response:
        return _document(self._told())

    async def _switch(self, request: Request) -> Response:
        """Only for programs of this computer: a page in a browser cannot send JSON here without being asked first, and nobody answers."""
        if not _is_from_here(request):
            return _document({"detail": "Faults are switched from this computer only"}, 403)
        body = await request.body()
        try:
            wishes = _read_wishes(body)
        except (msgspec.MsgspecError, UnicodeDecodeError) as problem:
            return _document({"detail": f"This is no wish: {problem}"}, 422)
        self._faults.apply(wishes, self._clock.now_ns(), self._clip.segment_ns)
        return _document(self._told())

    def _told(self) -> dict[str, object]:
        faults, shown = self._faults, self._reach()
        return {
            "stall": faults.stalled_at is not None,
            "lose": sorted(faults.lost),
            "offline": faults.is_offline,
            "ad": faults.is_advertising,
            "first": shown.first,
            "last": shown.last,
            "segment_seconds": self._clip.segment_ns / SECOND,
        }


async def _embed(request: Request) -> Response:
    """Twitch's player, too, does without a channel or the name of the page that holds it only by saying so."""
    channel, parent = request.query_params.get("channel", ""), request.query_params.get("parent", "")
    if not _CHANNEL.fullmatch(channel) or not _PARENT.fullmatch(parent):
        return Response("The player needs a channel, and as parent the host of the page that holds it.", 400, media_type="text/plain")
    codec = request.query_params.get("codec", "")
    if codec not in ("", VP9):
        return Response(f"The player has H.264 and, asked for as codec={VP9}, VP9.", 400, media_type="text/plain")
    holders = " ".join((f"http://{parent}", f"http://{parent}:*", f"https://{parent}", f"https://{parent}:*"))
    policy = f"default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; script-src {SCRIPT_SOURCE}; frame-ancestors {holders}"
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
    return Response(embed_page(channel, is_copy_only=codec == VP9), media_type="text/html", headers=headers)


def _read_wishes(body: bytes) -> Wishes:
    if len(body) > LONGEST_BODY:
        raise msgspec.ValidationError(f"{len(body)} bytes are too many")
    wishes = msgspec.json.decode(body, type=Wishes)
    if isinstance(wishes.lose, list) and len(wishes.lose) > MOST_LOST:
        raise msgspec.ValidationError(f"{len(wishes.lose)} lost segments are more than {MOST_LOST}")
    return wishes


def _is_from_here(request: Request) -> bool:
    is_json = request.headers.get("content-type", "").split(";")[0].strip() == "application/json"
    return is_json and request.client is not None and _is_loopback(request.client.host) and _is_loopback(request.url.hostname or "")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _playlist(text: str) -> Response:
    return Response(text, media_type=PLAYLIST, headers={"Cache-Control": "no-store"})


def _document(document: dict[str, object], status: int = 200) -> Response:
    return Response(msgspec.json.encode(document), status, media_type="application/json", headers={"Cache-Control": "no-store"})


def _missing(words: str) -> Response:
    return Response(words, 404, media_type="text/plain", headers={"Cache-Control": "no-store"})
