"""A desk that streams one game, for guards on it."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from app.domain.events import BookChanged, ChannelsFollowed, EventChanged, HealthBeat, Topic, VenueEvent
from app.domain.guard import Guard, Place, PriceAlert
from app.domain.odds import from_american
from tests.services.fakes import GAME, HOME, KEY, NOON, Desk, book, event, report, seeded, turn

PLACE = Place(KEY, HOME, "Game", "Moneyline", "Harbor Pilots")
START = NOON + timedelta(hours=1)


def streaming(desk: Desk) -> Desk:
    desk.ready(book(140, -160))
    desk.session.is_streaming = True
    tell(desk, ChannelsFollowed(frozenset({Topic(GAME)})), HealthBeat(), EventChanged(event(start=START)))
    tell(desk, seeded(desk.clock.monotonic(), book(140, -160)))
    return desk


def tell(desk: Desk, *events: VenueEvent) -> None:
    desk.session.emit(events)


def alert(american: int = 150, *, is_longer: bool = True) -> PriceAlert:
    return PriceAlert(PLACE, from_american(american), is_longer)


def only(desk: Desk) -> Guard:
    [guard] = desk.desk.guards.all.values()
    return guard


async def quote(desk: Desk, home: int | None, away: int | None = -160, sequence: int = 0) -> None:
    """The stream says another book, and what hears it may run."""
    tell(desk, BookChanged(book(home, away, sequence=sequence)))
    await turn()


async def beat(desk: Desk, seconds: int = 1) -> None:
    for _ in range(seconds):
        desk.clock.move(1)
        tell(desk, HealthBeat())
        desk.watch.turn()
        await turn(5)


def hold(desk: Desk, ref: str = "ov-1", american: int = 150, selection_id: str = HOME, **more: object) -> None:
    told = report(ref, order_id=f"v-{ref}", odds=from_american(american), selection_id=selection_id)
    desk.blotter.apply(msgspec.structs.replace(told, **more), "history")


def cancels(desk: Desk) -> list[str]:
    """References in every request for a cancel."""
    singly = [str(ref) for ref, _ in desk.venue.asked("cancel")]
    together = [str(row[0]) for rows in desk.venue.asked("cancel_many") for row in rows if isinstance(row, tuple)]
    return singly + together


def takes_cancels(desk: Desk, ref: str = "ov-1") -> None:
    desk.venue.answers["cancel"] = report(ref, "canceled", order_id=f"v-{ref}")
