"""The Rankacy feed over HTTP: who may read it, and the markets it prices."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.practice.faults.stage import Cue, Outcome, Path, Stage
from app.practice.model import RefusalError
from app.practice.wire.errors import refusal_status
from app.practice.wire.feed import Feed
from app.practice.wire.names import Document
from app.practice.wire.paths import Row
from app.practice.wire.rankacy_paths import ROWS
from app.practice.wire.shapes import iso_seconds

PARTNER_ID = 1
PARTNER_NAME = "Practice desk"
KEY_PREFIX = "rksb_practice_"

MARKETS: list[Document] = [
    {
        "code": "MATCH",
        "name": "Match winner",
        "description": "Which team wins the match, or a draw",
        "sides": ["CT", "T", "DRAW"],
    },
    {"code": "ROUND", "name": "Round winner", "description": "Which side wins the round being played", "sides": ["CT", "T"]},
    {"code": "NEXT_ROUND", "name": "Next round winner", "description": "Which side wins the round after it", "sides": ["CT", "T"]},
]

Answer = Document | list[Document]


def new_api_key() -> str:
    return KEY_PREFIX + secrets.token_hex(16)


def refuse(error: RefusalError, status: int = 0) -> Response:
    """`status` overrides the code's own."""
    body = msgspec.json.encode(fault_body(error.code, error.detail))
    return Response(body, status or refusal_status(error.code), media_type="application/json")


def fault_body(code: str, message: str) -> Document:
    """The feed's only envelope."""
    return {"detail": message or code}


class Rankacy:
    """Serves whoever has `api_key`; nobody where it is empty."""

    def __init__(self, feed: Feed, stage: Stage, api_key: str) -> None:
        self._feed = feed
        self._stage = stage
        self._api_key = api_key
        self._calls: dict[str, Callable[[int], Answer]] = {"rankacy.ping": _ping, "rankacy.markets": lambda _now: MARKETS}

    def routes(self) -> list[Route]:
        return [Route(row.path, self._stage.endpoint(self._path(row)), methods=[row.method]) for row in ROWS]

    def _path(self, row: Row) -> Path:
        async def act(request: Request, cue: Cue) -> Outcome:
            try:
                now = self._feed.step()
                self._check_key(request.headers.get("x-api-key", ""))
            except RefusalError as error:
                return Outcome(error=error)
            return Outcome(PARTNER_NAME, document=self._calls[row.name](now) if cue.is_done else None)

        return Path(row, act, _reply, fault_body)

    def _check_key(self, key: str) -> None:
        if not key:
            raise RefusalError("unauthorized", "Missing API key")
        if not secrets.compare_digest(key.encode(), self._api_key.encode()):
            raise RefusalError("unauthorized", "Invalid API key")


def _ping(now: int) -> Document:
    return {"status": "ok", "partner_id": PARTNER_ID, "partner_name": PARTNER_NAME, "server_time": iso_seconds(now)}


def _reply(outcome: Outcome) -> Response:
    if outcome.error is not None:
        return refuse(outcome.error)
    return Response(msgspec.json.encode(outcome.document), media_type="application/json")
