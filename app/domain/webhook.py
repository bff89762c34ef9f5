"""Rankacy's webhooks: what is subscribed to, what was delivered, and what should have been.

A delivery is a signal that something changed: its event and match say what to read again, and no price is ever taken from it. It is
sent once, signed with HMAC-SHA256 over its raw bytes, with no time and no number in the signature: the signature of a replay is valid.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from urllib.parse import SplitResult, urlsplit

import msgspec

from app.domain.secret import Secret

SIGNATURE_HEADER: Final = "X-Rankacy-Signature"
EVENT_HEADER: Final = "X-Rankacy-Event"
SHORTEST_URL: Final = 8  # characters, by the feed's page
LONGEST_URL: Final = 2048


class HookEvent(StrEnum):
    """What can be subscribed to, one a subscription; a subscription with another word keeps it as text."""

    MATCH_CREATED = "MATCH_CREATED"
    MATCH_STARTED = "MATCH_STARTED"
    MATCH_FINISHED = "MATCH_FINISHED"
    ODDS_UPDATED = "ODDS_UPDATED"


class Subscription(msgspec.Struct, frozen=True):
    """`event` is the feed's own word. `created_at` is aware UTC, None where it cannot be read."""

    id: int
    event: str
    target_url: str
    is_active: bool = True
    created_at: datetime | None = None


def is_same_time(one: datetime | None, other: datetime | None) -> bool:
    """A venue may write the time of its answer and of its list with other fractions; one that is not known contradicts nothing."""
    return one is None or other is None or abs(one - other) <= timedelta(seconds=2)


class NewSubscription(msgspec.Struct, frozen=True):
    """What was just made: the only time that the feed tells the secret."""

    subscription: Subscription
    secret: Secret


class Listed(msgspec.Struct, frozen=True):
    """All subscriptions of a partner. `faults` are sentences about rows that could not be read."""

    subscriptions: tuple[Subscription, ...]
    faults: tuple[str, ...] = ()


class Verdict(StrEnum):
    """What became of a delivery. A `DUPLICATE` is valid, and its bytes had come before; `REFUSED` was not even looked at.

    `UNCHECKED` is signed, perhaps by a subscription whose secret is not here: nobody can say whether it is genuine.
    `MISSED` is no delivery: the poll told of a change that none came for. `LATE` came, after it had been listed as missed.
    """

    VALID = "valid"
    DUPLICATE = "duplicate"
    BAD = "bad"
    NONE = "none"
    UNCHECKED = "unchecked"
    REFUSED = "refused"
    MISSED = "missed"
    LATE = "late"


class Delivery(msgspec.Struct, frozen=True):
    """One line of the list. `id` is its number in the deliveries' file, 0 before it is in it; `at` (aware UTC) when its last byte was read,
    or when the poll told of what was missed; `noticed_at` when that was found missing, None for what was delivered.

    `size` in bytes of the body, `answer` the status it was given, `took` milliseconds until then; None for one that was missed.
    `reason`: what is wrong with it, as words; `copy_of`: the id of the first with the same bytes; `refetched`: what was read because of it.
    """

    at: datetime
    verdict: Verdict
    id: int = 0
    event: str = ""
    match_id: int | None = None
    subscription_id: int | None = None
    path: str = ""
    size: int | None = None
    answer: int | None = None
    took: float | None = None
    reason: str = ""
    copy_of: int = 0
    refetched: tuple[str, ...] = ()
    is_pinned: bool = False
    noticed_at: datetime | None = None

    @property
    def listed_at(self) -> datetime:
        """Where it stands in the list: what was missed stands where that was noticed."""
        return self.noticed_at or self.at


class Letter(msgspec.Struct, frozen=True):
    """A delivery as it came, to look at and to send again. `full_size` in bytes; `body` is shorter where not all of it was kept."""

    headers: tuple[tuple[str, str], ...]
    body: bytes
    full_size: int


class Show(StrEnum):
    """The chips over the list of deliveries: all, those of one verdict, the pinned ones."""

    ALL = "All"
    VALID = "Valid"
    DUPLICATE = "Duplicate"
    BAD = "Bad"
    NONE = "None"
    UNCHECKED = "Unchecked"
    REFUSED = "Refused"
    MISSED = "Missed"
    LATE = "Late"
    PINNED = "Pinned"

    @property
    def verdict(self) -> Verdict | None:
        """The only one that it shows; None where it asks for none."""
        return Verdict.__members__.get(self.name)


class DeliveryQuery(msgspec.Struct, frozen=True):
    """`before` is an id: older ones than that; 0 for the newest. `text` is looked for in verdict, event, match, reason and path.

    `subscription_id`: only those of this one; None for all.
    """

    show: Show = Show.ALL
    text: str = ""
    before: int = 0
    limit: int = 200
    subscription_id: int | None = None


class Tally(msgspec.Struct, frozen=True):
    """How many deliveries of one subscription (or of all) there were in a span of time.

    `limited` came too fast and were answered with 429: counted here and nowhere else, and not in the list.
    `last_at` and `valid_at`, aware UTC: when the last one came, and the last valid one.
    """

    ok: int = 0
    bad: int = 0
    missed: int = 0
    duplicates: int = 0
    late: int = 0
    last_at: datetime | None = None
    unchecked: int = 0
    valid_at: datetime | None = None
    limited: int = 0


def why_no_target(url: str, *, takes_loopback: bool = False) -> str:
    """Why the feed would not deliver there, or should not be told of it, as a sentence; empty where nothing is wrong.

    `takes_loopback`: a practice exchange's own rule.
    """
    if url != url.strip() or any(sign.isspace() or not sign.isprintable() for sign in url):
        return "The address holds a space or a sign that cannot be seen."
    if not SHORTEST_URL <= len(url) <= LONGEST_URL:
        return f"The address has {len(url):,} characters; the feed takes {SHORTEST_URL} to {LONGEST_URL:,}."
    split = _split(url)
    if split is None or (split.scheme and not split.hostname):
        return "The address names no host, or no port that there is."
    if "@" in split.netloc:
        return "The address holds a name or a password before its host, and would stand so in every list."
    if split.scheme == "https" or (takes_loopback and _is_here(split)):
        return ""
    return "The feed delivers to https:// only" + (", and practice to http:// on 127.0.0.1 as well." if takes_loopback else ".")


def shown(url: str) -> str:
    """A target without whoever logs in there: one that was made elsewhere may hold a password."""
    scheme, mark, rest = url.partition("://")
    place = rest.partition("/")[0].partition("?")[0].partition("#")[0]
    login, at, _host = place.rpartition("@")
    return f"{scheme}{mark}…@{rest[len(login) + 1 :]}" if at else url


LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


def path_of(url: str) -> str:
    """The path of a target, by which the receiver knows whose delivery it is; `/` where there is none."""
    split = _split(url)
    return "/" + split.path.removeprefix("/") if split else "/"


def leads_to(url: str, port: int) -> bool:
    """Whether a target is this port of this computer, without any tunnel."""
    split = _split(url)
    return split is not None and split.port == port and split.hostname == "127.0.0.1" and _is_here(split)


def port_here(url: str) -> int | None:
    """Which port of this computer a target is, without any tunnel; None where it leads elsewhere."""
    split = _split(url)
    return (split.port or 80) if split is not None and _is_here(split) else None


def _split(url: str) -> SplitResult | None:
    """None for what cannot be read, and for a port that is none."""
    try:
        split = urlsplit(url)
        return split if split.port != 0 else None
    except ValueError:
        return None


def _is_here(split: SplitResult) -> bool:
    """Who would log in there, by a name before the host, is sent nowhere."""
    return split.scheme == "http" and split.hostname in LOOPBACK and "@" not in split.netloc
