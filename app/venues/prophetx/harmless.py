"""Requests to the paths that write, which can do nothing there: what `Test connection` sends, and what an answer to it proves.

An order is asked for with nothing in it. A cancel names an order, an event, a market that nobody has, and is never empty: a server that
takes a missing field, a nought or an empty list for "no limit" would take everything off the book. For the same reason nothing is sent to
a path whose name speaks of all orders, or is that of another call.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from app.domain.link import Verdict
from app.venues.http import Reply, error_of
from app.venues.prophetx.calls import Call, Calls
from app.venues.prophetx.names import Paths, Spelling, paths_for

NOBODYS = "overround-test-connection"  # an order's reference and id, and a refresh token, that nobody has
NOWHERE = 2**31 - 1  # an event's and a market's id: not nought, which may mean none, and it fits whatever a server keeps ids in
NONE_SUCH = "none"  # no socket's id, which is two numbers, and no service's name

WRITING = ("submit", "submit_many", "cancel", "cancel_many", "cancel_all", "cancel_event", "cancel_market", "register", "refresh", "keys")
NEVER_SENT = {
    "cancel_all": "it takes every order of yours off the book, whatever it is sent",
    "keys": "it makes a pair of keys, of which an account may have 20",
}
STRAY = frozenset({"", "data_not_found", "not_found", "path_not_found", "route_not_found"})  # what a 404 says to a path nobody serves
OUT_OF_ORDER = frozenset({502, 503, 504})  # statuses of what stands before the venue

_VERSION = re.compile(r"v[0-9]+/")


class Touch(msgspec.Struct, frozen=True):
    """One such request: the call's name, what it carries in words, and whether it goes without a session."""

    name: str
    call: Call
    carries: str
    is_open: bool = False


def touches(calls: Calls) -> list[Touch]:
    return [
        Touch("refresh", calls.refresh(NOBODYS), "a token that is none", is_open=True),
        Touch("register", calls.register_nothing(NONE_SUCH), "a socket that cannot be"),
        Touch("submit", calls.submit_nothing(), "an order with nothing in it"),
        Touch("submit_many", calls.submit_many(()), "a list without orders"),
        Touch("cancel", calls.cancel(NOBODYS, NOBODYS), "a cancel of an order that nobody has"),
        Touch("cancel_many", calls.cancel_many([(NOBODYS, NOBODYS)]), "a list with a cancel of an order that nobody has"),
        Touch("cancel_event", calls.cancel_event(NOWHERE), "a cancel on an event that is not there"),
        Touch("cancel_market", calls.cancel_market(NOWHERE, NOWHERE), "a cancel on a market that is not there"),
    ]


def misnamed(paths: Paths, name: str) -> str:
    """Why nothing may be sent to this call's path, because it may be another's; empty where nothing speaks against it."""
    path = getattr(paths, name)
    if "all" in path.rpartition("/")[2].lower():
        return f"the name {path} speaks of all orders, and a cancel of all must not be tried by mistake"
    others = sorted({other for other, known in _names(paths) if other != name and _bare(known) == _bare(path)})
    return f"{path} is the name of {others[0]}, to which nothing may be sent by mistake" if others else ""


def _names(paths: Paths) -> Iterator[tuple[str, str]]:
    """What the calls that write are called, in every spelling and in the profile."""
    for table in (*(paths_for(spelling, {}) for spelling in Spelling), paths):
        for name in WRITING:
            yield name, getattr(table, name)


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
