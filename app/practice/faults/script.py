"""The words of a fault script: what a fault hits and what it does, as typed values, and their reading from a file."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

import msgspec

from app.practice.wire.omnibus_paths import ROWS as OMNIBUS_ROWS
from app.practice.wire.paths import ROWS
from app.practice.wire.rankacy_paths import ROWS as RANKACY_ROWS

EVERY = "*"
CALLS = frozenset(row.name for row in (*ROWS, *OMNIBUS_ROWS, *RANKACY_ROWS))
PUSHES = frozenset({"order", "market_selections", "matched_order", "tournament", "sport_event", "market", "market_strike", "health_check"})
CONFIRMATION = "subscribed"
"""What a push fault calls the confirmation of a subscription."""
DELIVERY = "rankacy.delivery"
"""What a push fault calls the delivery of a webhook."""
BY_NAME = frozenset({CONFIRMATION, DELIVERY})
"""What no push fault strikes that does not name it."""
REGISTERING = frozenset({"register", "omnibus.register"})
LAGGING = frozenset({"order", "orders", "matched_details", "trades", "transactions", "omnibus.orders"})
"""The calls that read history, and so can lag."""

LARGEST_FILE = 1_000_000

Seconds: TypeAlias = Annotated[float, msgspec.Meta(ge=0, le=86_400)]
Status: TypeAlias = Annotated[int, msgspec.Meta(ge=200, le=599)]
Count: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
AtLeastOne: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]


class FaultsError(Exception):
    """A script that cannot be used; the text is a sentence that names the entry."""


class Verb(msgspec.Struct, frozen=True, tag_field="verb", forbid_unknown_fields=True):
    """What a fault does. `is_done` says whether the exchange does what it was asked, `verdict` what stands in the truth log if not."""

    @property
    def word(self) -> str:
        """How the script calls it."""
        return str(self.__struct_config__.tag)

    @property
    def is_done(self) -> bool:
        return True

    @property
    def verdict(self) -> str:
        return "not_done"


# What can happen to a call


class Error(Verb, tag="error", frozen=True):
    """The error body is told; `after` the exchange has done what it was asked, or instead of it."""

    status: Status
    code: str
    message: str = "A rehearsed fault"
    after: bool = False

    @property
    def is_done(self) -> bool:
        return self.after

    @property
    def verdict(self) -> str:
        return self.code


class Body(Verb, tag="body", frozen=True):
    """Other bytes than the honest ones are told: `text`, or `base64` where they are no text."""

    text: str = ""
    base64: str = ""
    status: Status = 200
    content_type: str = "application/json"
    after: bool = True

    def __post_init__(self) -> None:
        if self.text and self.base64:
            raise ValueError("a body is given as text or as base64, not as both")
        try:
            base64.b64decode(self.base64, validate=True)
        except binascii.Error as error:
            raise ValueError(f"the base64 of the body cannot be read ({error})") from error

    @property
    def is_done(self) -> bool:
        return self.after

    @property
    def raw(self) -> bytes:
        return base64.b64decode(self.base64) if self.base64 else self.text.encode()


class Lost(Verb, tag="lost", frozen=True):
    """Done; then the connection is closed without a byte of an answer."""


class Hang(Verb, tag="hang", frozen=True):
    """Done; the answer never comes. Ends when the client leaves."""


class Drip(Verb, tag="drip", frozen=True):
    """Done; the honest answer comes `bytes` at a time, `gap` seconds apart."""

    bytes: AtLeastOne = 1
    gap: Seconds = 0.4


class Delay(Verb, tag="delay", frozen=True):
    """The exchange acts `seconds` late (`when` is "before"), or it acts at once and answers late ("after")."""

    seconds: Seconds
    when: Literal["before", "after"] = "after"


class RetryAfter(Verb, tag="retry_after", frozen=True):
    """Not done: too many requests. `value` is the text of the header; none is sent when it is null."""

    value: str | None = "1"
    status: Status = 429

    @property
    def is_done(self) -> bool:
        return False

    @property
    def verdict(self) -> str:
        return "rate_limit_reached"


class Redirect(Verb, tag="redirect", frozen=True):
    """Not done: the client is sent elsewhere."""

    location: str
    status: Status = 307

    @property
    def is_done(self) -> bool:
        return False


class Unauthorized(Verb, tag="unauthorized", frozen=True):
    """Not done: 401. The access token it hit stays refused; another one, from a refresh or a login, is good."""

    @property
    def is_done(self) -> bool:
        return False

    @property
    def verdict(self) -> str:
        return "unauthorized"


class Lag(Verb, tag="lag", frozen=True):
    """A history call answers as of `seconds` ago: younger rows are not there, and `last_synced_at` says so."""

    seconds: Seconds


class Limit(Verb, tag="limit", frozen=True):
    """Done; from this call on a socket may be given so many channels in its life."""

    channels: AtLeastOne


# What can happen to a push


class Drop(Verb, tag="drop", frozen=True):
    """Never published."""


class Hold(Verb, tag="hold", frozen=True):
    """Published when released, or after `seconds`; what comes behind overtakes it."""

    seconds: Seconds | None = None


class Duplicate(Verb, tag="duplicate", frozen=True):
    """Published once, and `copies` times again."""

    copies: AtLeastOne = 1


class Reorder(Verb, tag="reorder", frozen=True):
    """Published right behind the next one of its channel."""


class Late(Verb, tag="delay", frozen=True):
    """Published `seconds` later."""

    seconds: Seconds


class Corrupt(Verb, tag="corrupt", frozen=True):
    """Published damaged: the venue's payload cannot be decoded, or the Pusher frame around it is cut in half.

    Of a webhook, after it was signed: a bit of the body is turned over (`payload`), or half the body is sent (`frame`).
    """

    part: Literal["payload", "frame"] = "payload"


class Upper(Verb, tag="upper", frozen=True):
    """Of a webhook: its signature's hex comes in capitals."""


CallVerb: TypeAlias = Error | Body | Lost | Hang | Drip | Delay | RetryAfter | Redirect | Unauthorized | Lag | Limit
PushVerb: TypeAlias = Drop | Hold | Duplicate | Reorder | Late | Corrupt | Upper


class CallFault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Strikes calls of the row `on`: not the first `skip`, then `times` of them (all when None), each with the probability `chance`."""

    on: str
    do: CallVerb
    skip: Count = 0
    times: AtLeastOne | None = 1
    chance: Annotated[float, msgspec.Meta(gt=0, le=1)] = 1.0

    def __post_init__(self) -> None:
        _check_name(self.on, CALLS, "call")
        if isinstance(self.do, Lag) and self.on not in LAGGING:
            raise ValueError(f"only {', '.join(sorted(LAGGING))} can lag, not {self.on}")
        if isinstance(self.do, Limit) and self.on not in REGISTERING:
            raise ValueError(f"only register has a limit of channels, not {self.on}")


class PushFault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Strikes pushes of the kind `push`; the rest as for calls. A confirmation can be dropped only, a webhook's delivery not held."""

    push: str
    do: PushVerb
    skip: Count = 0
    times: AtLeastOne | None = 1
    chance: Annotated[float, msgspec.Meta(gt=0, le=1)] = 1.0

    def __post_init__(self) -> None:
        _check_name(self.push, PUSHES | BY_NAME, "push")
        if self.push == CONFIRMATION and not isinstance(self.do, Drop):
            raise ValueError(f"{CONFIRMATION} can only be dropped")
        if self.push == DELIVERY and isinstance(self.do, Hold | Reorder):
            raise ValueError(f"{DELIVERY} cannot be held or put behind the next one, only delayed")
        if self.push != DELIVERY and isinstance(self.do, Upper):
            raise ValueError(f"only {DELIVERY} has a signature in hex, not {self.push}")


Fault: TypeAlias = CallFault | PushFault


def read_script(path: Path) -> list[Fault]:
    """The faults of a JSON file. Raises FaultsError."""
    try:
        raw = path.read_bytes() if path.stat().st_size <= LARGEST_FILE else None
    except OSError as error:
        raise FaultsError(f"The fault script {path} cannot be read: {error.strerror or error}.") from error
    if raw is None:
        raise FaultsError(f"The fault script {path} is too long: more than {LARGEST_FILE} bytes.")
    return parse_script(raw, str(path))


def parse_script(raw: bytes, source: str) -> list[Fault]:
    """The faults of a JSON list; `source` is what a complaint calls it. Raises FaultsError."""
    try:
        entries = msgspec.json.decode(raw, type=list[dict[str, Any]])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FaultsError(f"The fault script {source} is no list of faults: {error}.") from error
    return [_parse_entry(entry, f"Entry {number} of the fault script {source}") for number, entry in enumerate(entries, 1)]


def _parse_entry(entry: dict[str, Any], place: str) -> Fault:
    if ("on" in entry) == ("push" in entry):
        raise FaultsError(f'{place} cannot be used: it needs either "on" (a call) or "push" (a kind of push).')
    kind: type[Fault] = CallFault if "on" in entry else PushFault
    try:
        return msgspec.convert(entry, kind)
    except msgspec.ValidationError as error:
        raise FaultsError(f"{place} cannot be used: {error}.") from error


def _check_name(name: str, known: frozenset[str], what: str) -> None:
    if name != EVERY and name not in known:
        raise ValueError(f"there is no {what} called {name!r}; known are {', '.join(sorted(known))} and {EVERY}")
