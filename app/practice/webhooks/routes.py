"""What practice has beside the venue's own webhooks, all behind the feed's key: the log of deliveries, their faults, and floods."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from itertools import islice
from typing import TypeVar

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from app.practice.clock import Clock
from app.practice.model import RefusalError
from app.practice.webhooks.burst import Burst, BurstWish
from app.practice.webhooks.dispatch import Dispatcher
from app.practice.webhooks.record import KEPT
from app.practice.webhooks.switches import Wishes
from app.practice.wire.reading import read_raw

BASE = "/practice-webhooks"
SHOWN = 100

Wish = TypeVar("Wish")
Serve = Callable[[Request], Awaitable[Response]]


def webhook_routes(dispatcher: Dispatcher, clock: Clock, api_key: str) -> list[Route]:
    """All below /practice-webhooks."""
    return Desk(dispatcher, Burst(dispatcher, clock), api_key).routes()


class Desk:
    def __init__(self, dispatcher: Dispatcher, burst: Burst, api_key: str) -> None:
        self._dispatcher, self._burst, self._api_key = dispatcher, burst, api_key

    def routes(self) -> list[Route]:
        return [
            Route(f"{BASE}/log", self._for_partner(self._log)),
            Route(f"{BASE}/faults", self._for_partner(self._status)),
            Route(f"{BASE}/faults", self._for_partner(self._switch), methods=["POST"]),
            Route(f"{BASE}/burst", self._for_partner(self._start), methods=["POST"]),
        ]

    def _for_partner(self, serve: Serve) -> Serve:
        async def answer(request: Request) -> Response:
            key = request.headers.get("x-api-key", "")
            if not key or not secrets.compare_digest(key.encode(), self._api_key.encode()):
                return _document({"detail": "Invalid API key" if key else "Missing API key"}, 401)
            return await serve(request)

        return answer

    async def _log(self, request: Request) -> Response:
        """The newest, oldest first; `limit` says how many."""
        asked = request.query_params.get("limit", str(SHOWN))
        if not asked.isascii() or not asked.isdecimal() or not 1 <= int(asked[:9]) <= KEPT:
            return _document({"detail": f"limit cannot be used: expected a whole number from 1 to {KEPT}"}, 422)
        record, burst = self._dispatcher.record, self._burst
        counts = {word: record.counts[word] for word in ("delivered", "failed", "dropped")}
        shown = list(islice(record.entries, max(0, len(record.entries) - int(asked)), None))
        flood = {"wanted": burst.wish.count, "sent": burst.sent, "is_running": burst.is_running} if burst.wish is not None else None
        return _document({"counts": {**counts, "waiting": self._dispatcher.waiting}, "burst": flood, "deliveries": shown})

    async def _status(self, request: Request) -> Response:
        return _document(self._dispatcher.switches.told)

    async def _switch(self, request: Request) -> Response:
        wishes = await _read(request, Wishes)
        if isinstance(wishes, Response):
            return wishes
        self._dispatcher.switches.apply(wishes)
        return await self._status(request)

    async def _start(self, request: Request) -> Response:
        wish = await _read(request, BurstWish)
        if isinstance(wish, Response):
            return wish
        if self._burst.is_running and self._burst.wish is not None:
            return _document({"detail": f"{self._burst.sent:,} of {self._burst.wish.count:,} are sent: one flood at a time"}, 409)
        self._burst.start(wish)
        return _document({"count": wish.count, "rate": wish.rate, "webhooks": len(self._dispatcher.hooks.hearing(wish.event))}, 202)


async def _read(request: Request, kind: type[Wish]) -> Wish | Response:
    try:
        return msgspec.json.decode(await read_raw(request), type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as problem:
        return _document({"detail": f"This is no wish: {problem}"}, 422)
    except (RefusalError, ClientDisconnect):
        return _document({"detail": "This is no wish: the body is too long, or was cut off"}, 422)


def _document(document: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(document), status, media_type="application/json", headers={"Cache-Control": "no-store"})
