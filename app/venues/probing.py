"""What trying a request proves, at whatever venue: a verdict and a sentence for a person."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable
from typing import Protocol, TypeVar

import msgspec

from app.domain.errors import NotSentError, RedirectedError, RefusedError, UnknownError, UnreadableError, VenueError
from app.domain.link import Verdict
from app.venues.call import Call
from app.venues.http import Reply, error_of

Value = TypeVar("Value", int, str)

NOT_THERE = frozenset({404, 405})
NO_SUCH_THING = frozenset({"sport_event_not_found", "wallet_not_found"})  # a 404 that speaks of what was asked about
NOT_ALLOWED = frozenset({401, 403})
STRAY = frozenset({"", "data_not_found", "not_found", "path_not_found", "route_not_found"})  # what a 404 says to a path nobody serves
OUT_OF_ORDER = frozenset({502, 503, 504})  # statuses of what stands before the venue

NOBODYS = "overround-test-connection"  # an order's reference and id, and a refresh token, that nobody has
NONE_SUCH = "none"  # no socket's id, which is two numbers, and no service's name

_VERSION = re.compile(r"v[0-9]+/")


class Touch(msgspec.Struct, frozen=True):
    """One such request: the call's name, what it carries in words, and whether it goes without a session."""

    name: str
    call: Call
    carries: str
    is_open: bool = False


class Touchable(Protocol):
    """A venue that can be sent what can do nothing."""

    async def touch(self, call: Call, *, is_open: bool = False) -> Reply: ...


class SkippedError(Exception):
    """The request was not sent; the text says why."""


async def verdict_of(ask: Callable[[], Awaitable[str]], path: str) -> tuple[Verdict, str]:
    """What came of asking, which returns what was found in words."""
    try:
        return Verdict.GOOD, await ask()
    except SkippedError as skipped:
        return Verdict.NOT_TRIED, f"not tried: {skipped}"
    except UnreadableError as problem:
        return Verdict.UNREADABLE, str(problem)
    except (RefusedError, NotSentError) as problem:
        return _refusal(problem, path)
    except RedirectedError as problem:
        return Verdict.REFUSED, str(problem)
    except UnknownError as problem:
        return _wrong_name(path) if problem.status in NOT_THERE else (Verdict.SILENT, str(problem))
    except VenueError as problem:
        return Verdict.SILENT, str(problem)


def _refusal(problem: RefusedError | NotSentError, path: str) -> tuple[Verdict, str]:
    if problem.status in NOT_THERE and problem.code not in NO_SUCH_THING:
        return _wrong_name(path)
    if problem.status in NOT_ALLOWED:
        return Verdict.REFUSED, f"The venue does not let these keys use {path}: {problem}"
    if problem.status:
        return Verdict.REFUSED, str(problem)
    return Verdict.SILENT, str(problem)


def _wrong_name(path: str) -> tuple[Verdict, str]:
    return Verdict.WRONG_NAME, f"The venue does not know {path}: choose another spelling in the profile"


def asked(value: Value | None, why_not: str) -> Value:
    """What to ask about; SkippedError where there is nothing."""
    if not value:
        raise SkippedError(why_not)
    return value


def count(found: int, what: str) -> str:
    return f"{found:,} {what}{'' if found == 1 else 's'}"


async def touched(venue: Touchable, touch: Touch, doubt: str) -> tuple[Verdict, str]:
    """`doubt` says why it may not be sent; empty where nothing speaks against it."""
    if doubt:
        return Verdict.WRONG_NAME, f"Not tried: {doubt}. Choose another name in the profile"
    try:
        return proof(await venue.touch(touch.call, is_open=touch.is_open), touch)
    except VenueError as problem:
        return Verdict.SILENT, str(problem)


def misnamed(path: str, name: str, writing: Iterable[tuple[str, str]]) -> str:
    """Why nothing may be sent to the path of `name`, because it may be another's; `writing` are names and paths of the calls that write."""
    if "all" in path.rpartition("/")[2].lower():
        return f"the name {path} speaks of all orders, and a cancel of all must not be tried by mistake"
    others = sorted({other for other, known in writing if other != name and _bare(known) == _bare(path)})
    return f"{path} is the name of {others[0]}, to which nothing may be sent by mistake" if others else ""


def _bare(path: str) -> str:
    return _VERSION.sub("", path.lower(), count=1) if _VERSION.match(path.lower()) else path.lower()


def proof(reply: Reply, touch: Touch) -> tuple[Verdict, str]:
    """What an answer says of the path, in a verdict and a sentence."""
    code, told = error_of(reply.body)
    path, status = touch.call.path, reply.status
    if status == 405 or (status == 404 and code in STRAY):
        return Verdict.WRONG_NAME, f"The venue does not know {path}: choose another spelling in the profile"
    if 300 <= status < 400:
        return Verdict.REFUSED, f"The venue's host answered with a redirect ({status}), which is not followed"
    if status == 403:
        return Verdict.REFUSED, f"The venue does not let these keys use {path}: {told or 'it gave no reason'}"
    if status == 429:
        return Verdict.REFUSED, told or "Too many requests"
    if status in OUT_OF_ORDER or not (status < 500 or code):
        return Verdict.SILENT, f"{told or 'The venue gave no clear answer'} ({status})"
    if status < 300 and not _is_object(reply.body):
        return Verdict.UNREADABLE, f"The answer of {path} is not one of the venue's"
    return Verdict.GOOD, f"{touch.carries} was {'refused as it should be: ' + (told or str(status)) if status >= 300 else 'answered'}"


def _is_object(body: bytes) -> bool:
    try:
        return isinstance(msgspec.json.decode(body), dict)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False
