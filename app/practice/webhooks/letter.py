"""One delivery: a body that says what happened, and its signature. It tells no price; who hears it reads the feed again.

The contract shows no body, only that a `match_id` comes in it, so that the other two words are ours.
"""

from __future__ import annotations

import hashlib
import hmac

import msgspec

from app.practice.cs2.model import Happened, Kind
from app.practice.faults.script import Corrupt
from app.practice.webhooks.hooks import Hook
from app.practice.wire.rankacy_reading import moment_text

PREFIX = "sha256="


class Told(msgspec.Struct, frozen=True):
    event: Kind
    match_id: int
    occurred_at: str


class Letter(msgspec.Struct, frozen=True):
    """Ready to be sent; `fault` names what was done to it on purpose."""

    hook: Hook
    happened: Happened
    body: bytes
    signature: str
    fault: str = ""

    @property
    def head(self) -> list[tuple[str, str]]:
        return [
            ("Content-Type", "application/json"),
            ("X-Rankacy-Event", self.happened.kind.value),
            ("X-Rankacy-Signature", self.signature),
        ]


def write(hook: Hook, happened: Happened, *, corrupt: Corrupt | None = None, is_upper: bool = False, fault: str = "") -> Letter:
    """An honest letter, or one that is damaged after it was signed."""
    body = body_of(happened)
    digest = hmac.new(hook.secret.encode(), body, hashlib.sha256).hexdigest()
    told = body if corrupt is None else damaged(body, corrupt)
    return Letter(hook, happened, told, PREFIX + (digest.upper() if is_upper else digest), fault)


def body_of(happened: Happened) -> bytes:
    """Compact JSON."""
    return msgspec.json.encode(Told(happened.kind, happened.match_id, moment_text(happened.at)))


def damaged(body: bytes, corrupt: Corrupt) -> bytes:
    """One bit of it turned over, or cut in half."""
    middle = len(body) // 2
    if corrupt.part == "frame":
        return body[:middle]
    return body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :]
