"""What a delivery is worth: whose secret signed it, what it is about, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from app.domain.receiving import Route
from app.domain.signature import PREFIX, is_valid
from app.domain.webhook import Verdict

PLAIN: Final = frozenset({"event", "event_type", "type", "match_id"})


class Judged(msgspec.Struct, frozen=True):
    """`answer` is the status it is given; `reason` what is wrong with it, or odd about it."""

    verdict: Verdict
    answer: int
    reason: str = ""
    subscription_id: int | None = None


class About(msgspec.Struct, frozen=True):
    """What a body says. `is_plain`: nothing in it tells one delivery from the next, so that the same bytes may well mean another change."""

    event: str = ""
    match_id: int | None = None
    is_plain: bool = False
    reason: str = ""


class _Body(msgspec.Struct):
    """The feed's page names `match_id` and an event, and shows no body."""

    match_id: int | None = None
    event: str | None = None
    event_type: str | None = None
    type: str | None = None


def judged(body: bytes, signatures: Sequence[bytes], event: str, routes: Sequence[Route], elsewhere: Sequence[Route]) -> Judged:
    """By the raw bytes. `routes` are received at its path, `elsewhere` all others, which only serve to name the mistake."""
    if not signatures:
        return Judged(Verdict.NONE, 401, "no signature")
    if len(signatures) > 1:
        return Judged(Verdict.BAD, 400, f"the signature came {len(signatures)} times")
    header = signatures[0]
    signed_by = [route for route in routes if is_valid(body, header, route.secret)]
    for route in signed_by:
        if not event or route.event == event:
            return Judged(Verdict.VALID, 204, subscription_id=route.subscription_id)
    if signed_by:
        route = signed_by[0]
        return Judged(
            Verdict.BAD, 401, f"signed as subscription {route.subscription_id} ({route.event}), and the header says {event[:40]!r}"
        )
    return Judged(Verdict.BAD, 401, _mistake(body, header, routes, elsewhere))


def about(body: bytes, event: str) -> About:
    """Of a body whose signature is valid. What is signed counts: its own event before the header's."""
    try:
        told = msgspec.json.decode(body, type=_Body)
        names = msgspec.json.decode(body, type=dict[str, msgspec.Raw]).keys()
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return About(event, reason="its body is not the JSON it should be")
    own = told.event or told.event_type or told.type or event
    reasons = []
    if own != event and event:
        reasons.append(f"its body says {own[:40]!r}, and its header {event[:40]!r}")
    if told.match_id is None:
        reasons.append("its body names no match")
    return About(own[:100], told.match_id, PLAIN.issuperset(names), "; ".join(reasons))


def _mistake(body: bytes, header: bytes, routes: Sequence[Route], elsewhere: Sequence[Route]) -> str:
    prefix = PREFIX.encode()
    if any(is_valid(body, header.strip().lower(), route.secret) for route in routes):
        return "its hex is in upper case, or spaces stand round it"
    if any(is_valid(body, prefix + header, route.secret) for route in routes):
        return "sha256= is missing before its hex"
    for route in elsewhere:
        if is_valid(body, header, route.secret):
            return f"signed with the secret of subscription {route.subscription_id}, which is received at {route.path[:60]}"
    if not header.startswith(prefix):
        return "it does not begin with sha256="
    return "another secret, or other bytes than were signed"
