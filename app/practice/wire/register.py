"""Registration of a socket: which channels it may subscribe, each with its signature (contract 4.2)."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from app.practice.clock import SECOND
from app.practice.exchange import Exchange
from app.practice.model import RefusalError
from app.practice.wire.bodies import Call, decode_json
from app.practice.wire.channels import (
    MAIN_CHANNEL,
    canonical,
    event_channel,
    is_scoped,
    sub_market_channel,
    user_channel,
)
from app.practice.wire.names import Document, Vocabulary, frame_word
from app.practice.wire.pusher import Hub

_SOCKET_ID = re.compile(r"[0-9]{1,20}\.[0-9]{1,20}")
_ID = re.compile(r"[0-9]{1,18}")


class Wanted(msgspec.Struct):
    """A declared set of subscriptions, sorted into what is granted and what is not."""

    accepted: list[Document] = []
    tournaments: list[str] = []
    scopes: dict[str, Document] = {}
    """Scoped channel names with the scope each stands for."""
    rejected: list[Document] = []


class Register:
    def __init__(self, exchange: Exchange, hub: Hub) -> None:
        self._exchange = exchange
        self._hub = hub

    def register(self, call: Call) -> Document:
        """Grant the declared set. The main and the private channel always come; the limit counts all a socket ever got.

        A client library's own call for one channel names it in `channel_name` and reads the top-level `auth`.
        Raises invalid_request, invalid_param, exceed_subscription_count.
        """
        fields = call.fields()
        socket_id = fields.get("socket_id")
        if not isinstance(socket_id, str) or _SOCKET_ID.fullmatch(socket_id) is None:
            raise RefusalError("invalid_param", "socket_id")
        if fields.get("service", "pusher") != "pusher":
            raise RefusalError("invalid_param", "service")
        wanted = _sort(_subscriptions(call, fields))
        single = _single_channel(call, fields)
        count = self._remember(call, socket_id, {*wanted.scopes, *filter(is_scoped, [single])})
        return self._answer(call, socket_id, wanted, single, count)

    def _remember(self, call: Call, socket_id: str, channels: set[str]) -> int:
        """How many scoped channels the socket has been given by now; an unknown socket has no past."""
        socket = self._hub.sockets.get(socket_id)
        union = channels | socket.authorised if socket else channels
        if len(union) > self._hub.channel_limit:
            raise RefusalError("exceed_subscription_count")
        if socket is not None:
            socket.authorised = union
            socket.vocabulary = Vocabulary.V4 if call.vocabulary is Vocabulary.V4 else Vocabulary.BOTH
        return len(union)

    def _answer(self, call: Call, socket_id: str, wanted: Wanted, single: str, count: int) -> Document:
        signer = self._hub.signer
        user_data = msgspec.json.encode({"id": call.user_id}).decode()
        channels = [self._main_channel(wanted), _private_channel(call), *_scoped_channels(wanted)]
        for channel in channels:
            channel["auth"] = signer.sign_channel(socket_id, channel["channel_name"])
        return {
            "auth": signer.sign_channel(socket_id, single or MAIN_CHANNEL),
            "data": {
                "success": True,
                "status": "CONNECTED",
                "updated_at": call.now // SECOND,
                "subscriptions": wanted.accepted,
                "authorized_channel": channels,
                "channel_count": count,
                "channel_limit": self._hub.channel_limit,
                "authenticated": {"auth": signer.sign_user(socket_id, user_data), "user_data": user_data},
                "rejected": wanted.rejected or None,
            },
        }

    def _main_channel(self, wanted: Wanted) -> Document:
        """Bound to the tournaments asked for, to all of them when none was named."""
        ids = wanted.tournaments or [str(each.id) for each in self._exchange.tournaments()]
        events = [{"name": f"tournament_{each}", "type": "tournament"} for each in ids]
        return {"channel_name": MAIN_CHANNEL, "binding_events": [*events, {"name": "general", "type": "general"}]}


def _private_channel(call: Call) -> Document:
    orders = frame_word("orders", call.vocabulary)
    events = [{"name": orders, "type": orders}, {"name": "health_check", "type": "private_system_signal"}]
    return {"channel_name": user_channel(call.user_id), "binding_events": events}


def _scoped_channels(wanted: Wanted) -> list[Document]:
    depth = {"name": "market_selections", "type": "market_selections"}
    return [{"channel_name": name, "binding_events": [depth], "scope": scope} for name, scope in wanted.scopes.items()]


def _single_channel(call: Call, fields: Document) -> str:
    """The channel of a per-channel call, "" when there is none. Another user's is never signed."""
    name = fields.get("channel_name", "")
    if name in ("", MAIN_CHANNEL, user_channel(call.user_id)) or (isinstance(name, str) and is_scoped(name)):
        return str(name)
    raise RefusalError("invalid_param", "channel_name")


def _subscriptions(call: Call, fields: Document) -> list[Any]:
    """From the body, where a form carries them as JSON text, else from the sample clients' header."""
    declared = fields.get("subscriptions", call.headers.get("header-subscriptions"))
    if isinstance(declared, str):
        declared = decode_json(declared.encode()) if declared.strip() else None
    if declared is None:
        return []
    if not isinstance(declared, list):
        raise RefusalError("invalid_param", "subscriptions")
    return declared


def _sort(subscriptions: list[Any]) -> Wanted:
    wanted = Wanted()
    for subscription in subscriptions:
        if not isinstance(subscription, dict):
            raise RefusalError("invalid_param", "subscriptions")
        kind, ids = subscription.get("type"), subscription.get("ids") or []
        if not isinstance(kind, str) or not isinstance(ids, list):
            raise RefusalError("invalid_param", "subscriptions")
        _sort_one(wanted, kind, ids)
    return wanted


def _sort_one(wanted: Wanted, kind: str, ids: list[Any]) -> None:
    if kind not in ("tournament", "event", "event_subtype"):
        wanted.rejected.extend(_rejected(kind, each, "unknown_type") for each in ids or [""])
        return
    granted: list[str] = []
    for each in ids:
        reason = _fault(kind, each)
        if reason:
            wanted.rejected.append(_rejected(kind, each, reason))
            continue
        granted.append(each)
        _grant(wanted, kind, each)
    if granted or not ids:
        wanted.accepted.append({"type": kind, "ids": granted})


def _fault(kind: str, each: Any) -> str:
    if not isinstance(each, str):
        return "malformed_id"
    if "*" in each:
        return "wildcard_not_allowed"
    event_id, colon, sub_type = each.partition(":")
    if _ID.fullmatch(event_id) is None:
        return "malformed_id"
    is_whole = bool(canonical(sub_type)) if kind == "event_subtype" else not colon
    return "" if is_whole else "malformed_id"


def _grant(wanted: Wanted, kind: str, each: str) -> None:
    if kind == "tournament":
        wanted.tournaments.append(each)
        return
    event_id, _, sub_type = each.partition(":")
    scope: Document = {"event_id": int(event_id)}
    if kind == "event":
        wanted.scopes[event_channel(int(event_id))] = scope
        return
    scope["sub_type"] = canonical(sub_type)
    wanted.scopes[sub_market_channel(int(event_id), sub_type)] = scope


def _rejected(kind: str, each: Any, reason: str) -> Document:
    return {"type": kind, "id": each if isinstance(each, str) else str(each), "reason": reason}
