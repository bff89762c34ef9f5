"""The wire of a recorded session: anybody with a practice key logs in, reads and follows; nothing can be ordered."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute

from app.practice.clock import SECOND, Clock
from app.practice.model import RefusalError
from app.practice.replay.player import Player
from app.practice.replay.recording import Recording, RecordingError
from app.practice.replay.survey import Survey
from app.practice.wire.application import Keys, new_keys
from app.practice.wire.bodies import MOST_BYTES, decode_body, read_text
from app.practice.wire.channels import Signer, canonical
from app.practice.wire.names import Document
from app.practice.wire.paths import ROWS
from app.practice.wire.prophetx import BASE, refuse
from app.practice.wire.pusher import CHANNEL_LIMIT, Hub
from app.practice.wire.sessions import Sessions
from app.practice.wire.sockets import PusherEndpoint

WATCHER = "replay"
CLOSED = {"error": "err_order_placement_disabled", "message": "This is a recording: nothing can be ordered or cancelled in it"}
_NAMES = {(row.method, row.path): row.name for row in ROWS}


def prepare(path: Path, speed: float, clock: Clock, *, host: str, port: int) -> tuple[ReplayWire, list[str]]:
    """A recording ready to be served, and sentences about what is wrong with it. RecordingError when it cannot be played."""
    recording = Recording(path)
    survey = Survey(recording)
    if not survey.frames and not survey.calls:
        raise RecordingError(f"{path.name} holds nothing to play.")
    return ReplayWire(recording, survey, new_keys(), clock, speed=speed, host=host, port=port), survey.notes


class ReplayWire:
    """`player.step()` has to be called often; `app` serves."""

    def __init__(
        self,
        recording: Recording,
        survey: Survey,
        keys: Keys,
        clock: Clock,
        *,
        speed: float,
        host: str,
        port: int,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.hub = Hub(Signer(keys.pusher_key, keys.pusher_secret), _new_socket_id)
        self.player = Player(recording.lines(), survey, self.hub, speed, monotonic)
        self._survey = survey
        self.keys = keys
        self._clock = clock
        self._gateway = (host, port)
        self._sessions = Sessions(lambda: secrets.token_urlsafe(48), lambda _saved: None)
        self.app = Starlette(
            routes=[
                Route(BASE + "/{path:path}", self._serve, methods=["GET", "POST"]),
                WebSocketRoute("/app/{key}", PusherEndpoint(self.hub, clock)),
            ]
        )
        self.app.router.redirect_slashes = False

    def step(self) -> None:
        self.player.step()
        self.hub.watch_silence(self._clock.now_ns())

    def close(self) -> None:
        self.hub.close_all()

    async def _serve(self, request: Request) -> Response:
        path = str(request.path_params["path"])
        name = _NAMES.get((request.method, f"/{path}"), "")
        try:
            if name == "login":
                return _reply(self._login(await _fields(request)))
            if name == "refresh":
                return _reply(self._refresh(await _fields(request)))
            self._admit(request)
            if name == "connection_config":
                return _reply(self._connection_config())
            if name == "register":
                return _reply(self._register(await _fields(request)))
        except RefusalError as error:
            return refuse(error)
        return self._closed() if request.method == "POST" else self._recorded(request, path)

    def _closed(self) -> Response:
        return Response(msgspec.json.encode(CLOSED), 403, media_type="application/json")

    def _recorded(self, request: Request, path: str) -> Response:
        query = request.query_params
        params = {name: ",".join(query.getlist(name)) for name in query}
        found = self.player.answers.find("GET", path, params)
        if found is None:
            told = {"error": "data_not_found", "message": f"This recording has no answer about that to {path}"}
            return Response(msgspec.json.encode(told), 404, media_type="application/json")
        return Response(found.body, found.status, media_type="application/json")

    # The session of whoever watches

    def _admit(self, request: Request) -> None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise RefusalError("unauthorized")
        self._sessions.user_of(token.strip(), self._clock.now_ns())

    def _login(self, fields: Document) -> Document:
        """Any pair of keys: there is no account to be guarded."""
        for name in ("access_key", "secret_key"):
            read_text(fields.get(name), "unauthorized")
        grant = self._sessions.login(WATCHER, self._clock.now_ns())
        return {
            "data": {
                "access_token": grant.access_token,
                "access_expire_time": grant.access_expires // SECOND,
                "refresh_token": grant.refresh_token,
                "refresh_expire_time": grant.refresh_expires // SECOND,
            }
        }

    def _refresh(self, fields: Document) -> Document:
        grant = self._sessions.refresh(read_text(fields.get("refresh_token"), "unauthorized"), self._clock.now_ns())
        return {"data": {"access_token": grant.access_token, "access_expire_time": grant.access_expires // SECOND}}

    def _connection_config(self) -> Document:
        host, port = self._gateway
        where = {"ws_host": host, "ws_port": port, "ws_secure": False}
        return {"app_id": self.keys.app_id, "key": self.keys.pusher_key, "cluster": "mt1", "service": "pusher", **where}

    # The stream

    def _register(self, fields: Document) -> Document:
        """The channels that were recorded, as far as they are asked for; the general ones always."""
        socket_id = read_text(fields.get("socket_id"), "invalid_param")
        granted, rejected = self._granted(fields.get("subscriptions") or [])
        signer = self.hub.signer
        single = fields.get("channel_name")
        channels = [{**one, "auth": signer.sign_channel(socket_id, one["channel_name"])} for one in [*self._survey.general, *granted]]
        self.player.expect(socket_id, frozenset(one["channel_name"] for one in channels))
        user_data = msgspec.json.encode({"id": WATCHER}).decode()
        return {
            "auth": signer.sign_channel(socket_id, single) if isinstance(single, str) else "",
            "data": {
                "success": True,
                "status": "CONNECTED",
                "updated_at": self._clock.now_ns() // SECOND,
                "subscriptions": fields.get("subscriptions") or [],
                "authorized_channel": channels,
                "channel_count": len(granted),
                "channel_limit": CHANNEL_LIMIT,
                "authenticated": {"auth": signer.sign_user(socket_id, user_data), "user_data": user_data},
                "rejected": rejected or None,
            },
        }

    def _granted(self, subscriptions: object) -> tuple[list[Document], list[Document]]:
        granted: list[Document] = []
        rejected: list[Document] = []
        scopes = self._survey.scopes
        for kind, each in _asked(subscriptions):
            event_id, _, sub_type = each.partition(":")
            channel = scopes.get((int(event_id), canonical(sub_type))) if event_id.isdecimal() else None
            if channel is not None:
                granted.append(channel)
            elif kind != "tournament":
                rejected.append({"type": kind, "id": each, "reason": "not_in_recording"})
        return granted, rejected


def _asked(subscriptions: object) -> list[tuple[str, str]]:
    """Each id that is asked for, with its kind. Raises invalid_param."""
    if not isinstance(subscriptions, list):
        raise RefusalError("invalid_param", "subscriptions")
    found: list[tuple[str, str]] = []
    for subscription in subscriptions:
        if not isinstance(subscription, dict):
            raise RefusalError("invalid_param", "subscriptions")
        found += [(str(subscription.get("type")), str(each)) for each in subscription.get("ids") or []]
    return found


async def _fields(request: Request) -> Document:
    """The body as an object. Raises invalid_request."""
    raw = await request.body()
    if len(raw) > MOST_BYTES:
        raise RefusalError("invalid_request")
    body = decode_body(raw, request.headers.get("content-type", "").lower())
    if not isinstance(body, dict):
        raise RefusalError("invalid_request")
    return body


def _reply(document: Document) -> Response:
    return Response(msgspec.json.encode(document), media_type="application/json")


def _new_socket_id() -> str:
    return f"{secrets.randbelow(10**9)}.{secrets.randbelow(10**9)}"
