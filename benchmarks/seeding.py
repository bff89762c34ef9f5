"""Reading 500 events from a venue that answers each path once a second, against the venue's own floor and against one event a request.

The venue is the practice exchange with made-up leagues beside its own, over HTTP on this computer. The floor is max(tournaments,
events / 50) seconds: a tournament's events a request, fifty events' markets a request, both paths at once. The peer asks for the markets
of one event after the other, as samples do that know only `get_markets`: a few are measured, the rest reckoned from them, and labelled so.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from app.child import Ready, command, read_ready
from app.domain.environment import Environment
from app.domain.secret import Secret
from app.services.catalogue import Loading
from app.services.desk import Desk, Outside
from app.services.notices import Notices
from app.services.ports import Signal
from app.services.tasks import Tasks
from app.venues.hosts import practice
from app.venues.prophetx.venue import Keys, ProphetX
from benchmarks import bulk
from benchmarks.figures import Tail, tail
from benchmarks.orders import NoJournal

TOURNAMENTS, EVENTS = 25, 500  # the exchange's own included
OWN = (13, 60)  # what it has by itself
SELECTIONS = 80  # of a made-up event
SAMPLE = 5  # events that the peer really asks for
PATIENCE = 180.0
BEAT = 0.005  # seconds between two looks at how late the loop is
LATE = timedelta(days=30)  # made-up events start after the exchange's own


class Seeded(msgspec.Struct, frozen=True):
    """Seconds, but for `stall`: how late the event loop was while everything was read, in milliseconds."""

    tournaments: int
    events: int
    selections: int
    first_events: float
    events_read: float
    all_read: float
    floor: float
    floor_ratio: float
    one_by_one: float
    one_by_one_sample: int
    one_by_one_ratio: float
    stall: Tail


def measure(tournaments: int = TOURNAMENTS, events: int = EVENTS, sample: int = SAMPLE) -> Seeded:
    """TimeoutError when the exchange does not answer; what it says goes to stderr."""
    with tempfile.TemporaryDirectory(prefix="overround-bench-") as folder:
        write_fixture(Path(folder), max(tournaments - OWN[0], 1), max(events - OWN[1], 1))
        with exchange(Path(folder)) as ready:
            return asyncio.run(_seed(ready, sample))


def write_fixture(folder: Path, tournaments: int, events: int) -> None:
    """Leagues and events in the venue's shapes, for the exchange to load."""
    leagues = [_row(one.id, one.name, one.sport.name) for one in bulk.tournaments()[:tournaments]]
    _write_file(folder / "tournaments.json", {"tournaments": leagues})
    listed = [bulk.event(number, tournaments) for number in range(events)]
    start = datetime.now(UTC) + LATE
    _write_file(folder / "sport_events.json", {"sport_events": [_event_row(one, start) for one in listed]})
    _write_file(folder / "multiple_markets.json", {str(one.id): bulk.markets(one, SELECTIONS // 2) for one in listed})


def _row(number: int, name: str, sport: str) -> dict[str, Any]:
    return {"id": 9_000_000 + number, "name": name, "sport": {"id": number % 5 + 1, "name": sport}, "category": {"name": "Bench"}}


def _event_row(event: Any, start: datetime) -> dict[str, Any]:
    teams = [{"id": one.id, "name": one.name, "display_name": one.name, "side": one.side} for one in event.competitors]
    when = (start + (event.scheduled - bulk.START)).isoformat(timespec="seconds").replace("+00:00", "Z")
    return {
        "event_id": event.id, "name": event.name, "tournament_id": 9_000_000 + event.tournament_id, "scheduled": when,
        "sport_name": event.sport_name, "tournament_name": event.tournament_name, "status": "not_started", "competitors": teams,
    }  # fmt: skip


def _write_file(path: Path, data: object) -> None:
    path.write_text(json.dumps({"data": data}), "utf-8")


@contextlib.contextmanager
def exchange(folder: Path) -> Iterator[Ready]:
    """An exchange that has loaded `folder`; it ends with the block."""
    arguments = command(("--load", str(folder), "--rate", "1"))
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            yield read_ready(process.stdout.readline())
        finally:
            process.stdin.close()  # which ends it
            process.wait(PATIENCE)


async def _seed(ready: Ready, sample: int) -> Seeded:
    told, clock = ready.trading, time.monotonic
    venue = ProphetX(clock=clock)
    await venue.point(practice(told.url), Keys(Environment.PRACTICE, Secret(told.access_key), Secret(told.secret_key)))
    tasks = Tasks(_fail)
    desk = Desk(Outside(venue, NoJournal(), Environment.PRACTICE, clock, lambda: datetime.now(UTC), lambda: "bench"), Notices(_now), tasks)
    desk.seeder.room = 10**7
    await venue.balance()  # logged in
    late: list[float] = []
    beat = tasks.start(_beat(late))
    begun = clock()
    await desk.catalogue.read_tournaments()
    desk.seeder.start()
    first = await _until(desk.catalogue.changed, lambda: Loading.READ in desk.catalogue.loading.values(), begun)
    listed = await _until(desk.catalogue.changed, lambda: set(desk.catalogue.loading.values()) == {Loading.READ}, begun)
    done = await _until(desk.catalogue.changed, lambda: desk.seeder.progress.is_done, begun)
    beat.cancel()
    tournaments, events = len(desk.catalogue.tournaments), len(desk.catalogue.events)
    each = await _one_by_one(venue, list(desk.catalogue.events)[:sample])
    floor = max(tournaments, events / 50)
    reckoned = listed + each * events
    await tasks.stop()
    await venue.close()
    return Seeded(
        tournaments, events, desk.catalogue.selection_count, first, listed, done, floor, round(done / floor, 3),
        reckoned, sample, round(reckoned / done, 1), tail(late),
    )  # fmt: skip


async def _one_by_one(venue: ProphetX, event_ids: list[int]) -> float:
    """Seconds an event."""
    begun = time.monotonic()
    for event_id in event_ids:
        await venue.markets(event_id)
    return (time.monotonic() - begun) / max(len(event_ids) - 1, 1)  # the first one does not wait for one before


async def _until(changed: Signal, condition: Callable[[], bool], begun: float) -> float:
    """Seconds since `begun` when it holds. TimeoutError when it never does."""
    has_changed = asyncio.Event()
    changed.connect(has_changed.set)
    async with asyncio.timeout(PATIENCE):
        while not condition():
            has_changed.clear()
            await has_changed.wait()
    return time.monotonic() - begun


async def _beat(late: list[float]) -> None:
    while True:
        due = time.monotonic() + BEAT
        await asyncio.sleep(BEAT)
        late.append((time.monotonic() - due) * 1000)


def _now() -> datetime:
    return datetime.now(UTC)


def _fail(problem: BaseException) -> None:
    raise problem


def table(found: Seeded) -> list[tuple[str, str, str]]:
    """Rows of way, seconds and how they compare with the floor."""
    return [
        (f"floor: {found.tournaments} tournaments, {found.events} events at one a second", f"{found.floor:.1f} s", "1"),
        ("ours: every event and its markets read", f"{found.all_read:.1f} s", f"{found.floor_ratio:.2f} × the floor"),
        ("  the first league's events in the tree", f"{found.first_events:.2f} s", ""),
        ("  every league's events in the tree", f"{found.events_read:.1f} s", ""),
        (
            f"peer: one event's markets a request, reckoned from {found.one_by_one_sample}",
            f"{found.one_by_one:.0f} s",
            f"{found.one_by_one_ratio:.1f} × ours",
        ),
        ("  meanwhile our event loop was late by p99 / at most", f"{found.stall.p99:.0f} / {found.stall.max:.0f} ms", ""),
    ]
