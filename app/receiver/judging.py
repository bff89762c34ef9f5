"""What a delivery is worth: whose secret signed it, what it is about, and what is wrong with it."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from typing import Annotated, Final

import msgspec

from app.domain.receiving import Route
from app.domain.signature import PREFIX, is_valid
from app.domain.webhook import HookEvent, Verdict

NAMES: Final = ("event", "event_type", "type")  # under which a body may name its event; the feed's page shows no body
GUESSED: Final = 16 * 1024  # bytes of the longest body whose mistake is looked for: each guess reads all of them
OTHERS: Final = 32  # secrets of other paths that are tried for it

_SIGNATURE: Final = re.compile(rb"sha256=[0-9a-f]{64}")

MatchId = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]


class Judged(msgspec.Struct, frozen=True):
    """`answer` is the status it is given; `reason` what is wrong with it; `event` its subscription's."""

    verdict: Verdict
    answer: int
    reason: str = ""
    subscription_id: int | None = None
    event: str = ""


class About(msgspec.Struct, frozen=True):
    """What a body says."""

    event: str = ""
    match_id: int | None = None
    reason: str = ""


def judged(body: bytes, signatures: Sequence[bytes], event: str, routes: Sequence[Route]) -> Judged:
    """By the raw bytes and the secrets of `routes`, which are received at its path; without a reason where just the signature is wrong.

    What is bad, too, belongs to the one subscription that its path and header name, if they name just one.
    """
    named = [route.subscription_id for route in routes if route.event == event]
    whose = named[0] if len(named) == 1 else None
    if not signatures:
        return Judged(Verdict.NONE, 401, "no signature", whose)
    if len(signatures) > 1:
        return Judged(Verdict.BAD, 400, f"the signature came {len(signatures)} times", whose)
    signed_by = [route for route in routes if is_valid(body, signatures[0], route.secret)]
    for route in signed_by:
        if not event or route.event == event:
            return Judged(Verdict.VALID, 204, subscription_id=route.subscription_id, event=route.event)
    if signed_by:
        route = signed_by[0]
        words = f"signed as subscription {route.subscription_id} ({route.event}), and the header says {event[:40]!r}"
        return Judged(Verdict.BAD, 401, words, route.subscription_id)
    unknown = [route.subscription_id for route in routes if not route.secret and event in {route.event, ""}]
    if unknown and _SIGNATURE.fullmatch(signatures[0]):
        return Judged(Verdict.UNCHECKED, 401, _not_here(unknown), unknown[0] if len(unknown) == 1 else None)
    return Judged(Verdict.BAD, 401, subscription_id=whose)


def _not_here(subscription_ids: Sequence[int]) -> str:
    if len(subscription_ids) == 1:
        return f"the secret of subscription {subscription_ids[0]} is not here"
    named = ", ".join(map(str, subscription_ids[:5])) + (" and others" if len(subscription_ids) > 5 else "")
    return f"the secrets of subscriptions {named} are not here"


def about(body: bytes, event: str) -> About:
    """Of a body whose signature is valid. What is signed counts: an event that the feed knows before the header's or subscription's."""
    try:
        told = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return About(event, reason="its body is not the JSON it should be")
    words = [word for name in NAMES if isinstance(word := _read(told, name, str), str)]
    own = next((word for word in words if word in HookEvent.__members__), event)
    match_id = _read(told, "match_id", MatchId)
    reasons = []
    if own != event and event:
        reasons.append(f"its body says {own!r}, and its header {event[:40]!r}")
    if match_id is None:
        reasons.append("its body names no match")
    return About(own[:100], match_id if isinstance(match_id, int) else None, "; ".join(reasons))


def mistake(body: bytes, header: bytes, routes: Sequence[Route], elsewhere: Sequence[Route]) -> str:
    """Why a signature is wrong, as far as it is cheap to know. `elsewhere` are the routes of other paths."""
    if known := of_another(body, header, elsewhere):
        return known
    prefix = PREFIX.encode()
    if len(body) <= GUESSED:
        if any(is_valid(body, header.strip().lower(), route.secret) for route in routes):
            return "its hex is in upper case, or spaces stand round it"
        if any(is_valid(body, prefix + header, route.secret) for route in routes):
            return "sha256= is missing before its hex"
    if not header.startswith(prefix):
        return "it does not begin with sha256="
    return "another secret, or other bytes than were signed"


def of_another(body: bytes, header: bytes, elsewhere: Sequence[Route]) -> str:
    """Whose secret signed it, of those that are received at other paths; empty where none of them did."""
    for route in elsewhere[:OTHERS] if len(body) <= GUESSED else ():
        if is_valid(body, header, route.secret):
            return f"signed with the secret of subscription {route.subscription_id}, which is received at {route.path[:60]}"
    return ""


def _read(told: dict[str, msgspec.Raw], name: str, kind: object) -> object:
    """None where it is not there, or of another kind."""
    with contextlib.suppress(msgspec.MsgspecError, UnicodeError, RecursionError):
        return msgspec.json.decode(told.get(name, b"null"), type=kind)
    return None
