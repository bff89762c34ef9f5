"""Requests to the paths that write, which can do nothing there: what `Test connection` sends, and what an answer to it proves.

An order is asked for with nothing in it. A cancel names an order, an event, a market that nobody has, and is never empty: a server that
takes a missing field, a nought or an empty list for "no limit" would take everything off the book. For the same reason nothing is sent to
a path whose name speaks of all orders, or is that of another call.
"""

from __future__ import annotations

from collections.abc import Iterator

from app.venues import probing
from app.venues.probing import NOBODYS, NONE_SUCH, Touch
from app.venues.prophetx.calls import Calls
from app.venues.prophetx.names import Paths, Spelling, paths_for

NOWHERE = 2**31 - 1  # an event's and a market's id: not nought, which may mean none, and it fits whatever a server keeps ids in

WRITING = ("submit", "submit_many", "cancel", "cancel_many", "cancel_all", "cancel_event", "cancel_market", "register", "refresh", "keys")
NEVER_SENT = {
    "cancel_all": "it takes every order of yours off the book, whatever it is sent",
    "keys": "it makes a pair of keys, of which an account may have 20",
}


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
    return probing.misnamed(getattr(paths, name), name, _names(paths))


def _names(paths: Paths) -> Iterator[tuple[str, str]]:
    """What the calls that write are called, in every spelling and in the profile."""
    for table in (*(paths_for(spelling, {}) for spelling in Spelling), paths):
        for name in WRITING:
            yield name, getattr(table, name)
