"""The test sender: signed deliveries of our own, good and broken on purpose, to the receiver or another address of this computer."""

from __future__ import annotations

import base64
import json
from datetime import UTC
from enum import StrEnum
from typing import Final

import msgspec

from app.domain.receiving import BODY_LIMIT
from app.domain.secret import Secret
from app.domain.signature import PREFIX, signed
from app.domain.webhook import EVENT_HEADER, SIGNATURE_HEADER, HookEvent
from app.services.hooks.ports import Answer, Poster
from app.services.ports import Now

OTHER_SECRET: Final = Secret("not the secret of any subscription")


class Flaw(StrEnum):
    """What is wrong with a delivery on purpose."""

    GOOD = "nothing: it is good"
    WRONG_SECRET = "signed with another secret"
    UNSIGNED = "no signature"
    UPPER_CASE = "hex in upper case"
    BASE64 = "base64 instead of hex"
    NO_PREFIX = "no sha256= before it"
    TRUNCATED = "the body is cut"
    NEWLINE = "a newline was added to the body"
    RESERIALISED = "the JSON was written anew"
    OTHER_EVENT = "the header names another event"
    NO_JSON = "the body is no JSON"
    TOO_LARGE = "the body is too large"
    TWICE = "sent twice"


class Sending(msgspec.Struct, frozen=True):
    """One POST as it leaves."""

    headers: tuple[tuple[str, str], ...]
    body: bytes


class Trials:
    """Nothing is sent but by `send`, and nothing leaves this computer."""

    def __init__(self, poster: Poster, now: Now) -> None:
        self._poster = poster
        self._now = now

    def made(self, event: str, match_id: int, flaw: Flaw, secret: Secret) -> Sending:
        """A delivery as the feed makes it, with this flaw in it."""
        at = self._now().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        fields = {"event": event, "match_id": match_id, "timestamp": at}
        good = json.dumps(fields, separators=(",", ":")).encode()
        if flaw is Flaw.NO_JSON:
            good = b"not JSON"
        elif flaw is Flaw.TOO_LARGE:
            good = json.dumps({**fields, "padding": " " * BODY_LIMIT}).encode()
        shown = next(str(each) for each in HookEvent if each != event) if flaw is Flaw.OTHER_EVENT else event
        headers = [("Content-Type", "application/json"), (EVENT_HEADER, shown)]
        if (signature := _signature(good, flaw, secret)) is not None:
            headers.append((SIGNATURE_HEADER, signature))
        return Sending(tuple(headers), _body(good, flaw, fields))

    async def send(self, url: str, event: str, match_id: int, flaw: Flaw, secret: Secret) -> list[Answer]:
        """To an address of this computer: ValueError, as a sentence, for any other. One answer for each time it was sent."""
        sending = self.made(event, match_id, flaw, secret)
        times = 2 if flaw is Flaw.TWICE else 1
        return [await self._poster.post(url, sending.headers, sending.body) for _ in range(times)]


def _signature(body: bytes, flaw: Flaw, secret: Secret) -> str | None:
    good = signed(body, OTHER_SECRET if flaw is Flaw.WRONG_SECRET else secret)
    digest = good.removeprefix(PREFIX)
    match flaw:
        case Flaw.UNSIGNED:
            return None
        case Flaw.UPPER_CASE:
            return PREFIX + digest.upper()
        case Flaw.BASE64:
            return PREFIX + base64.b64encode(bytes.fromhex(digest)).decode()
        case Flaw.NO_PREFIX:
            return digest
    return good


def _body(good: bytes, flaw: Flaw, fields: object) -> bytes:
    match flaw:
        case Flaw.TRUNCATED:
            return good[: len(good) // 2]
        case Flaw.NEWLINE:
            return good + b"\n"
        case Flaw.RESERIALISED:
            return json.dumps(fields, indent=2, sort_keys=True).encode()
    return good
