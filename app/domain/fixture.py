"""One contest that a venue lists twice, under two ids with books of their own (contract 1.3)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from app.domain.market import Event

APART = timedelta(minutes=5)  # starts that may be one contest's
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
FURTHEST = timedelta(days=3 * 365)
"""A start before the one, or further ahead than the other, is a mistake of the venue's (1970, 9999) and no time to go by."""


def by_start(event: Event) -> tuple[bool, datetime | None, int]:
    """Soonest first; one without a start stands last."""
    return (event.scheduled is None, event.scheduled, event.id)


def is_start_clear(event: Event, now: datetime) -> bool:
    """Whether its start can be meant; one that is not told is not odd, and one that is live or over has proved that it started."""
    return event.scheduled is None or event.is_live or event.is_over or EARLIEST <= event.scheduled <= now + FURTHEST


def fixtures(events: Iterable[Event]) -> list[tuple[Event, ...]]:
    """A tournament's events, soonest first, those of the same teams at the same time together. Nothing is merged: each stays an event."""
    found: list[list[Event]] = []
    last: dict[frozenset[str], list[Event]] = {}
    for event in sorted(events, key=by_start):
        teams = _teams(event)
        known = last.get(teams) if teams else None
        if known and _is_close(known[0].scheduled, event.scheduled):
            known.append(event)
            continue
        found.append([event])
        if teams:
            last[teams] = found[-1]
    return [tuple(one) for one in found]


def _teams(event: Event) -> frozenset[str]:
    """Who plays, however it is written; empty where it is not two who play (a golf field, an event without names)."""
    names = frozenset(_bare(competitor.name) for competitor in event.competitors)
    return names if len(names) == 2 and all(names) and event.scheduled is not None else frozenset()


def _bare(name: str) -> str:
    return "".join(sign for sign in name.casefold() if sign.isalnum())


def _is_close(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and other is not None and abs(other - one) <= APART
