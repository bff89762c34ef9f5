"""The Rankacy feed over HTTP: who may read it, and its one envelope for all that goes wrong."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from functools import partial
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.practice.faults.stage import Cue, Outcome, Path, Stage
from app.practice.model import RefusalError
from app.practice.webhooks.hooks import Hooks
from app.practice.wire.errors import refusal_status
from app.practice.wire.feed import Feed
from app.practice.wire.names import Document
from app.practice.wire.rankacy_answers import PARTNER_NAME, Answers, Source
from app.practice.wire.rankacy_openapi import openapi
from app.practice.wire.rankacy_paths import ENDPOINTS, OPENAPI, Endpoint
from app.practice.wire.rankacy_reading import Visit, read_fields

KEY_PREFIX = "rksb_practice_"

STATUSES: Mapping[str, int] = {"invalid_param": 422}
"""Where this API differs from the Trading API."""

_PLACE = re.compile(r"(?P<host>[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?")


def new_api_key() -> str:
    return KEY_PREFIX + secrets.token_hex(16)


def refuse(error: RefusalError, status: int = 0) -> Response:
    """`status` overrides the code's own."""
    body = msgspec.json.encode(fault_body(error.code, error.detail))
    return Response(body, status or STATUSES.get(error.code) or refusal_status(error.code), media_type="application/json")


def fault_body(code: str, message: str) -> Document:
    """The feed's only envelope."""
    return {"detail": message or code}


class Rankacy:
    """Serves whoever has `api_key`; nobody where it is empty, and no league is needed then. Its description is open to all."""

    def __init__(self, feed: Feed, stage: Stage, api_key: str, source: Source | None = None, hooks: Hooks | None = None) -> None:
        self._feed = feed
        self._stage = stage
        self._api_key = api_key
        self._answers = Answers(source, hooks or Hooks()) if source is not None else None

    def routes(self) -> list[Route]:
        described = Path(OPENAPI, self._describe, _reply, fault_body)
        served = [(OPENAPI, described), *((endpoint.row, self._path(endpoint)) for endpoint in ENDPOINTS)]
        return [Route(row.path, self._stage.endpoint(path), methods=[row.method]) for row, path in served]

    def _path(self, endpoint: Endpoint[Any]) -> Path:
        row = endpoint.row

        async def act(request: Request, cue: Cue) -> Outcome:
            try:
                now = self._feed.step()
                answers = self._admit(request.headers.get("x-api-key", ""))
                values = await read_fields(request) if endpoint.has_body else _values(request)
                document = answers.answer(row.name, values, _visit(request, now)) if cue.is_done else None
            except RefusalError as error:
                return Outcome(error=error)
            return Outcome(PARTNER_NAME, document=document)

        return Path(row, act, partial(_reply, status=endpoint.status), fault_body)

    def _admit(self, key: str) -> Answers:
        """Raises RefusalError("unauthorized"): nothing else is looked at without the key."""
        if not key:
            raise RefusalError("unauthorized", "Missing API key")
        if self._answers is None or not secrets.compare_digest(key.encode(), self._api_key.encode()):
            raise RefusalError("unauthorized", "Invalid API key")
        return self._answers

    async def _describe(self, _request: Request, cue: Cue) -> Outcome:
        return Outcome(document=openapi() if cue.is_done else None)


def _values(request: Request) -> dict[str, str]:
    """Of a repeated name the last is read."""
    return {**request.query_params, **request.path_params}


def _visit(request: Request, now: int) -> Visit:
    """The address the client says it asked; the socket's own where that cannot be read."""
    told = _PLACE.fullmatch(request.headers.get("host", ""))
    if told is not None:
        return Visit(now, f"http://{told[0]}", told["host"].strip("[]"))
    host, port = request.scope.get("server") or ("127.0.0.1", 80)
    base = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    return Visit(now, base, host)


def _reply(outcome: Outcome, status: int = 200) -> Response:
    if outcome.error is not None:
        return refuse(outcome.error)
    return Response(msgspec.json.encode(outcome.document), status, media_type="application/json")
