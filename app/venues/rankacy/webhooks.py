"""Readings of the feed's answers about webhooks: bytes in, values out. A secret goes into a `Secret` and into no sentence."""

from __future__ import annotations

from typing import Final

import httpx
import msgspec

from app.domain.errors import UnreadableError
from app.domain.hook_faults import HookFaults
from app.domain.secret import Secret
from app.domain.webhook import LONGEST_URL, Listed, NewSubscription, Subscription
from app.venues.rankacy import wire
from app.venues.rankacy.clock import told_time
from app.venues.rankacy.rows import BOM, MOST_FAULTS, ODD, each, most, whole
from app.venues.rankacy.values import text

_ROWS: Final = msgspec.json.Decoder(list[msgspec.Raw])
_ROW: Final = msgspec.json.Decoder(wire.WireWebhook)
_FAULTS: Final = msgspec.json.Decoder(HookFaults)
_LONGEST_SECRET: Final = 1_000
_LOST: Final = "The feed made a subscription, and its answer does not tell the secret"


def read_webhooks(body: bytes) -> Listed:
    """What the list holds; a row that cannot be read is a fault and discards no other."""
    faults: list[str] = []
    rows = whole(_ROWS, body)
    found = each(rows, _ROW, lambda row: _subscription(row, faults), "A webhook", faults)
    return Listed(tuple(found), most(faults, MOST_FAULTS))


def read_registered(body: bytes, event: str, target_url: str) -> NewSubscription:
    """UnreadableError says that it exists and what became of its secret; nothing of the answer is quoted, for the secret stands in it."""
    try:
        row = _ROW.decode(body.removeprefix(BOM))
        made = _subscription(row, [])
    except ODD as problem:
        raise UnreadableError(f"{_LOST}: it cannot be read ({type(problem).__name__}). Look for it in the list and delete it") from None
    secret = row.secret
    if not isinstance(secret, str) or not secret.strip() or len(secret) > _LONGEST_SECRET:
        raise UnreadableError(f"{_LOST}. It is subscription {made.id}: delete it and make another")
    if made.event != event or not _is_same(made.target_url, target_url):
        raise UnreadableError(f"The feed made subscription {made.id} of {made.event} for another target than was asked for: delete it")
    return NewSubscription(made, Secret(secret))


def read_faults(body: bytes) -> HookFaults:
    """How the switches of the practice exchange stand."""
    return whole(_FAULTS, body)


def _is_same(told: str, asked: str) -> bool:
    """Also where the feed writes an address in its own way: the host in small letters, a slash behind it, no :443."""
    try:
        return told == asked or _parts(told) == _parts(asked)
    except httpx.InvalidURL:
        return False


def _parts(address: str) -> tuple[str, bytes, int | None, bytes]:
    url = httpx.URL(address)
    return url.scheme, url.raw_host.lower(), url.port, url.raw_path


def _subscription(row: wire.WireWebhook, faults: list[str]) -> Subscription:
    if not isinstance(row.target_url, str) or not isinstance(row.event_type, str):
        raise ValueError("its event or its target is no text")
    if not isinstance(row.is_active, bool):
        faults.append(f"Whether webhook {row.id} is active is not told")
    url = row.target_url if row.target_url.isprintable() and len(row.target_url) <= LONGEST_URL else text(row.target_url, LONGEST_URL)
    created = told_time(row.created_at, f"The time of webhook {row.id}", faults)
    return Subscription(row.id, text(row.event_type), url, row.is_active is True, created)
