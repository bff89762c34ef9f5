"""The Pusher protocol's server side without any I/O: sockets, their subscriptions, and who hears what (contract 4)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

import msgspec

from app.practice.clock import SECOND
from app.practice.wire.channels import PRIVATE_PREFIX, Signer
from app.practice.wire.names import Vocabulary

ACTIVITY_TIMEOUT = 30
"""Seconds a client may be silent before it should ping; told to it at the handshake."""

PING_AFTER = 60 * SECOND
CLOSE_AFTER = 90 * SECOND
CHANNEL_LIMIT = 400
"""Scoped channels one socket may be given in its life."""

MOST_WAITING = 20_000
"""Messages a socket may be behind."""

PROTOCOLS = ("5", "6", "7")

# Close codes: 4000-4099 do not come back, 4100-4199 come back later, 4200-4299 come back at once.
NO_SUCH_APPLICATION = 4001
UNSUPPORTED_PROTOCOL = 4007
NOT_AUTHORISED = 4009
OVER_CAPACITY = 4100
NO_PONG = 4201
GOING_AWAY = 1001
CLIENT_EVENT_REJECTED = 4301


class Message(Protocol):
    """Something to be announced: one frame per channel and vocabulary, encoded once however many hear it."""

    def frame(self, channel: str, vocabulary: Vocabulary) -> str: ...


class Socket:
    """One connection: what it subscribed, which words it speaks, what waits to be sent. `wake` is called when there is more."""

    def __init__(self, socket_id: str, now: int, wake: Callable[[], None]) -> None:
        self.id = socket_id
        self.vocabulary = Vocabulary.V4
        self.channels: set[str] = set()
        self.authorised: set[str] = set()
        self.outbox: deque[str] = deque()
        self.close_code = 0
        self.last_heard = now
        self.is_pinged = False
        self._wake = wake

    def send(self, frame: str) -> None:
        if self.close_code:
            return
        self.outbox.append(frame)
        self._wake()

    def close(self, code: int) -> None:
        """Close once what waits has gone out."""
        if not self.close_code:
            self.close_code = code
            self._wake()


class Hub:
    """All sockets of the application. `make_socket_id` supplies ids ("123.456"); times are ns."""

    def __init__(self, signer: Signer, make_socket_id: Callable[[], str]) -> None:
        self.signer = signer
        self.sockets: dict[str, Socket] = {}
        self.malformed = 0
        """Frames that could not be read, since the start."""
        self._make_socket_id = make_socket_id
        self._heard: dict[str, set[Socket]] = {}
        self._handlers: dict[str, Callable[[Socket, Any], None]] = {
            "pusher:ping": self._on_ping,
            "pusher:pong": lambda socket, data: None,
            "pusher:subscribe": self._on_subscribe,
            "pusher:unsubscribe": self._on_unsubscribe,
            "pusher:signin": self._on_signin,
        }

    def connect(self, key: str, protocol: str, now: int, wake: Callable[[], None]) -> Socket:
        """A new socket, greeted; or told why not, and closed, when the key or the protocol version is wrong."""
        socket = Socket(self._make_socket_id(), now, wake)
        if key != self.signer.key:
            _refuse(socket, NO_SUCH_APPLICATION, f"Could not find app by key {key}")
        elif protocol not in PROTOCOLS:
            _refuse(socket, UNSUPPORTED_PROTOCOL, "Unsupported protocol version")
        else:
            self.sockets[socket.id] = socket
            greeting = _text({"socket_id": socket.id, "activity_timeout": ACTIVITY_TIMEOUT})
            socket.send(_text({"event": "pusher:connection_established", "data": greeting}))
        return socket

    def disconnect(self, socket: Socket) -> None:
        self.sockets.pop(socket.id, None)
        for channel in list(socket.channels):
            self._leave(socket, channel)

    def receive(self, socket: Socket, text: str, now: int) -> None:
        """One frame of the client's. What cannot be read is counted and otherwise ignored, as real servers do."""
        socket.last_heard, socket.is_pinged = now, False
        frame = _read_object(text)
        event = frame.get("event")
        if not isinstance(event, str):
            self.malformed += 1
            return
        if event.startswith("client-"):
            socket.send(_error(CLIENT_EVENT_REJECTED, "Client events are not enabled for this app"))
            return
        handler = self._handlers.get(event)
        if handler is None:
            self.malformed += 1
            return
        handler(socket, frame.get("data"))

    def is_heard(self, channel: str) -> bool:
        return channel in self._heard

    def private_channels(self) -> list[str]:
        """Users' channels with somebody on them."""
        return [channel for channel in self._heard if channel.startswith(PRIVATE_PREFIX)]

    def publish(self, channel: str, message: Message) -> None:
        """Give `message` to everybody on `channel`, each in the words of its last registration."""
        frames: dict[Vocabulary, str] = {}
        for socket in tuple(self._heard.get(channel, ())):
            frame = frames.get(socket.vocabulary)
            if frame is None:
                frame = frames[socket.vocabulary] = message.frame(channel, socket.vocabulary)
            socket.send(frame)
            if len(socket.outbox) > MOST_WAITING:
                self._drop_behind(socket)

    @property
    def channel_limit(self) -> int:
        return CHANNEL_LIMIT

    def confirm(self, socket: Socket, channel: str) -> None:
        """Tell a socket that it is on a channel."""
        socket.send(_text({"event": "pusher_internal:subscription_succeeded", "channel": channel}))

    def let_go(self, now: int) -> None:
        """Publish what was kept back and is due by `now` (ns). This hub keeps nothing back."""

    def watch_silence(self, now: int) -> None:
        """Ping who has said nothing for a minute, close who did not answer within half a minute more."""
        for socket in list(self.sockets.values()):
            silence = now - socket.last_heard
            if silence >= CLOSE_AFTER:
                self._end(socket, NO_PONG, "Pong reply not received")
            elif silence >= PING_AFTER and not socket.is_pinged:
                socket.is_pinged = True
                socket.send(_text({"event": "pusher:ping", "data": {}}))

    def close_all(self) -> None:
        """The server is going away."""
        for socket in list(self.sockets.values()):
            self.disconnect(socket)
            socket.close(GOING_AWAY)

    def _drop_behind(self, socket: Socket) -> None:
        socket.outbox.clear()
        self._end(socket, OVER_CAPACITY, f"Over capacity: more than {MOST_WAITING} messages behind")

    def _end(self, socket: Socket, code: int, message: str) -> None:
        self.disconnect(socket)
        _refuse(socket, code, message)

    def _on_ping(self, socket: Socket, data: Any) -> None:
        socket.send('{"event":"pusher:pong","data":"{}"}')

    def _on_subscribe(self, socket: Socket, data: Any) -> None:
        asked = _read_object(data)
        channel = asked.get("channel")
        if not isinstance(channel, str):
            self.malformed += 1
            return
        if not channel.startswith("private-") or not self.signer.opens_channel(asked.get("auth"), socket.id, channel):
            socket.send(_subscription_error(channel))
            return
        socket.channels.add(channel)
        self._heard.setdefault(channel, set()).add(socket)
        self.confirm(socket, channel)

    def _on_unsubscribe(self, socket: Socket, data: Any) -> None:
        channel = _read_object(data).get("channel")
        if isinstance(channel, str):
            self._leave(socket, channel)

    def _on_signin(self, socket: Socket, data: Any) -> None:
        asked = _read_object(data)
        user_data = asked.get("user_data")
        if not isinstance(user_data, str) or not self.signer.proves_user(asked.get("auth"), socket.id, user_data):
            self._end(socket, NOT_AUTHORISED, "Connection not authorized")
            return
        socket.send(_text({"event": "pusher:signin_success", "data": _text({"user_data": user_data})}))

    def _leave(self, socket: Socket, channel: str) -> None:
        socket.channels.discard(channel)
        listeners = self._heard.get(channel, set())
        listeners.discard(socket)
        if not listeners:
            self._heard.pop(channel, None)


def _refuse(socket: Socket, code: int, message: str) -> None:
    socket.send(_error(code, message))
    socket.close(code)


def _error(code: int, message: str) -> str:
    # The data is an object: clients ignore a pusher:error whose data is a text.
    return _text({"event": "pusher:error", "data": {"code": code, "message": message}})


def _subscription_error(channel: str) -> str:
    reason = {"type": "AuthError", "error": "The connection is unauthorized.", "status": 401}
    return _text({"event": "pusher:subscription_error", "channel": channel, "data": reason})


def _text(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _read_object(value: object) -> dict[str, Any]:
    """An object, or the object in a JSON text (clients send `data` both ways); empty for anything else."""
    if isinstance(value, dict):
        return value
    if not isinstance(value, str):
        return {}
    try:
        decoded = msgspec.json.decode(value)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return {}
    return decoded if isinstance(decoded, dict) else {}
