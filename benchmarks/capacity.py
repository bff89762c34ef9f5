"""How much catalogue fits: bytes a selection against plain dicts and pydantic models, and the events pane with very many of them.

Every figure comes from a process of its own. The answers that are read are the same for all ways: markets in the venue's shapes, three
levels a side. Ours is what the program keeps of an event that nobody looks at (packed, searchable) and of one that is open (values).
"""

from __future__ import annotations

import subprocess
import sys
from typing import TypeVar

import msgspec

from benchmarks.crowd import Crowd
from benchmarks.figures import Spread, ratio, spread
from benchmarks.shelves import Kept

ROUNDS = 2
EVENTS, SELECTIONS = 300, 400  # a busy Saturday: 120,000 selections
MOST_EVENTS, MOST_SELECTIONS = 1500, 500  # everything there is: 750,000
WAYS = ("packed", "open", "dicts", "pydantic")
PATIENCE = 600.0

T = TypeVar("T")


class Capacity(msgspec.Struct, frozen=True):
    """Bytes a selection by way, and how many times ours (packed) the peers take; µs a selection for reading and keeping it."""

    selections: int
    bytes: dict[str, Spread]
    micros: dict[str, Spread]
    dicts_ratio: Spread
    pydantic_ratio: Spread
    open_dicts_ratio: Spread
    busy: Crowd
    whole: Crowd


def measure(
    rounds: int = ROUNDS, busy: tuple[int, int] = (EVENTS, SELECTIONS), whole: tuple[int, int] = (MOST_EVENTS, MOST_SELECTIONS)
) -> Capacity:
    """CalledProcessError when a way fails. AssertionError when two ways kept not the same number of selections."""
    kept: dict[str, list[Kept]] = {way: [] for way in WAYS}
    for _ in range(rounds):
        for way in WAYS:
            kept[way].append(_run("benchmarks.shelves", Kept, way, *busy))
    sizes = {way: [one.bytes / one.selections for one in found] for way, found in kept.items()}
    counts = {one.selections for found in kept.values() for one in found}
    assert len(counts) == 1, f"the ways kept different numbers of selections: {counts}"
    return Capacity(
        selections=counts.pop(),
        bytes={way: spread(found) for way, found in sizes.items()},
        micros={way: spread([one.seconds / one.selections * 1e6 for one in found]) for way, found in kept.items()},
        dicts_ratio=ratio(sizes["dicts"], sizes["packed"]),
        pydantic_ratio=ratio(sizes["pydantic"], sizes["packed"]),
        open_dicts_ratio=ratio(sizes["dicts"], sizes["open"]),
        busy=_run("benchmarks.crowd", Crowd, *busy),
        whole=_run("benchmarks.crowd", Crowd, *whole),
    )


def _run(module: str, kind: type[T], *arguments: object) -> T:
    command = [sys.executable, "-m", module, *map(str, arguments)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=PATIENCE)
    return msgspec.json.decode(done.stdout, type=kind)


def table(found: Capacity) -> list[tuple[str, ...]]:
    """A line a way."""
    rows = {
        "ours, nobody looks at it: packed": ("packed", "1"),
        "ours, open: every level a value": ("open", f"{found.bytes['open'].median / found.bytes['packed'].median:.1f} ×"),
        "json to plain dicts": ("dicts", found.dicts_ratio.text(" ×")),
        "pydantic models of what is used": ("pydantic", found.pydantic_ratio.text(" ×")),
    }
    head = ("bytes a selection", "memory", "read and kept", "memory, peer over ours")
    return [head, *((words, found.bytes[way].text(" B", 0), found.micros[way].text(" µs"), over) for words, (way, over) in rows.items())]


def crowd_table(found: Capacity) -> list[tuple[str, ...]]:
    """The events pane at both sizes."""
    head = ("events pane", "lines", "process", "first paint", "open a line p50 / max", "filter p50 / max", "loaded in")
    return [head, *(_crowd_row(one) for one in (found.busy, found.whole))]


def _crowd_row(one: Crowd) -> tuple[str, ...]:
    return (
        f"{one.selections:,} selections, {one.events:,} events",
        f"{one.lines:,}",
        f"{one.bytes / 1e6:,.0f} MB",
        f"{one.first_paint:.0f} ms",
        f"{one.expand.p50:.0f} / {one.expand.max:.0f} ms",
        f"{one.filter.p50:.0f} / {one.filter.max:.0f} ms",
        f"{one.loaded:.1f} s",
    )
