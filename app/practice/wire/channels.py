"""The Pusher channels of the exchange: their names, and the signatures that open them (contract 4.3, 4.4)."""

from __future__ import annotations

import hashlib
import hmac
import re

MAIN_CHANNEL = "private-broadcast-service=3-device_type=5"
PRIVATE_PREFIX = "private-service=3-device_type=5-user="

_SCOPED = re.compile(re.escape(MAIN_CHANNEL) + r"-event=([0-9]{1,18})(?:-subtype=([a-z0-9_]+))?")


def user_channel(user_id: str) -> str:
    return PRIVATE_PREFIX + user_id


def event_channel(event_id: int) -> str:
    return f"{MAIN_CHANNEL}-event={event_id}"


def sub_market_channel(event_id: int, sub_type: str) -> str:
    return f"{MAIN_CHANNEL}-event={event_id}-subtype={canonical(sub_type)}"


def canonical(sub_type: str) -> str:
    """Lower case; space, slash and dash become `_`; every other character that is no letter or digit is dropped."""
    return re.sub(r"[^a-z0-9_]", "", re.sub(r"[ /-]", "_", sub_type.lower()))


def is_scoped(channel: str) -> bool:
    """Whether it is the channel of one event or one kind of its markets: those count against a socket's limit."""
    return _SCOPED.fullmatch(channel) is not None


class Signer:
    """The application's key and secret: signs what a socket may subscribe and who it may be, and checks it again."""

    def __init__(self, key: str, secret: str) -> None:
        self.key = key
        self._secret = secret.encode()

    def sign_channel(self, socket_id: str, channel: str) -> str:
        return self._sign(f"{socket_id}:{channel}")

    def sign_user(self, socket_id: str, user_data: str) -> str:
        return self._sign(f"{socket_id}::user::{user_data}")

    def opens_channel(self, auth: object, socket_id: str, channel: str) -> bool:
        return _is_same(auth, self.sign_channel(socket_id, channel))

    def proves_user(self, auth: object, socket_id: str, user_data: str) -> bool:
        return _is_same(auth, self.sign_user(socket_id, user_data))

    def _sign(self, subject: str) -> str:
        return f"{self.key}:{hmac.new(self._secret, subject.encode(), hashlib.sha256).hexdigest()}"


def _is_same(auth: object, expected: str) -> bool:
    return isinstance(auth, str) and hmac.compare_digest(auth.encode(errors="replace"), expected.encode())
