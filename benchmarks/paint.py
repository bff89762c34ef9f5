"""Send to paint: how long after a message left its sender the real window has painted it, at several rates.

The peer is the same window without its frame timer: `dataChanged` at every message, so that Qt repaints whenever the loop is free. Each
run is a process of its own, with a sender beside it; runs of the ways take turns.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Sequence

import msgspec

from benchmarks.figures import Spread, ratio, spread
from benchmarks.painting import Run, Way

PLAN = (  # messages a second, ways, rounds
    (2_000.0, (Way.SHIPPED, Way.EACH, Way.SIXTY), 3),
    (200.0, (Way.SHIPPED, Way.EACH), 1),
    (5_000.0, (Way.SHIPPED, Way.EACH), 1),
)
SECONDS = 4.0
PATIENCE = 90.0

Plan = Sequence[tuple[float, Sequence[Way], int]]


class Load(msgspec.Struct, frozen=True):
    """The rounds of one way at one rate, put together."""

    way: Way
    rate: float
    rounds: int
    each_p50_ms: Spread
    each_p99_ms: Spread
    each_max_ms: float
    own_p50_ms: Spread
    own_p99_ms: Spread
    late_p99_ms: Spread
    late_max_ms: float
    cpu: Spread
    updates_a_second: Spread
    messages: int
    superseded: int
    lost: int
    sender_behind_ms: float
    failures: int


class Painted(msgspec.Struct, frozen=True):
    """Ratios say how many times the shipped way's figure the peer has, at each rate."""

    rows: int
    loads: tuple[Load, ...]
    cpu_ratio: dict[str, Spread]
    p99_ratio: dict[str, Spread]
    runs: tuple[Run, ...]


def run(way: Way, rate: float, seconds: float) -> Run:
    """One run in a process of its own. CalledProcessError, with its words on stderr, when it fails."""
    command = [sys.executable, "-m", "benchmarks.painting", way, str(rate), str(seconds)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=PATIENCE)
    return msgspec.json.decode(done.stdout, type=Run)


def measure(plan: Plan = PLAN, seconds: float = SECONDS) -> Painted:
    """All of a plan; the ways of a rate take turns."""
    runs = [run(way, rate, seconds) for rate, ways, rounds in plan for _ in range(rounds) for way in ways]
    pairs = {rate: (_of(runs, Way.EACH, rate), _of(runs, Way.SHIPPED, rate)) for rate, _, _ in plan}
    return Painted(
        rows=min(one.rows for one in runs),
        loads=tuple(_load(_of(runs, way, rate)) for rate, ways, _ in plan for way in ways),
        cpu_ratio={f"{rate:g}": ratio([one.cpu for one in peer], [one.cpu for one in ours]) for rate, (peer, ours) in pairs.items()},
        p99_ratio={
            f"{rate:g}": ratio([one.each.p99 for one in peer], [one.each.p99 for one in ours]) for rate, (peer, ours) in pairs.items()
        },
        runs=tuple(runs),
    )


def _of(runs: Iterable[Run], way: Way, rate: float) -> list[Run]:
    return [one for one in runs if one.way is way and one.rate == rate]


def _load(runs: Sequence[Run]) -> Load:
    return Load(
        way=runs[0].way,
        rate=runs[0].rate,
        rounds=len(runs),
        each_p50_ms=spread([one.each.p50 for one in runs]),
        each_p99_ms=spread([one.each.p99 for one in runs]),
        each_max_ms=max(one.each.max for one in runs),
        own_p50_ms=spread([one.own.p50 for one in runs]),
        own_p99_ms=spread([one.own.p99 for one in runs]),
        late_p99_ms=spread([one.late.p99 for one in runs]),
        late_max_ms=max(one.late.max for one in runs),
        cpu=spread([one.cpu for one in runs]),
        updates_a_second=spread([one.updates / one.seconds for one in runs]),
        messages=sum(one.sent for one in runs),
        superseded=sum(one.superseded for one in runs),
        lost=sum(one.sent - one.painted - one.superseded for one in runs),
        sender_behind_ms=max(one.sender_behind_ms for one in runs),
        failures=sum(one.failures for one in runs),
    )


WORDS = {
    Way.SHIPPED: "ours, frame timer as shipped",
    Way.SIXTY: "ours, frame of 16 ms",
    Way.EACH: "peer: dataChanged a message",
}


def table(painted: Painted) -> list[tuple[str, ...]]:
    """A line a rate and way."""
    head = ("messages/s, way", "each p50 ms", "each p99 ms", "max", "own p50", "own p99", "CPU", "loop late p99", "max", "fps", "lost")
    return [head, *(_line(load) for load in painted.loads)]


def _line(load: Load) -> tuple[str, ...]:
    return (
        f"{load.rate:,.0f} {WORDS[load.way]}",
        load.each_p50_ms.text(),
        load.each_p99_ms.text(),
        f"{load.each_max_ms:.0f}",
        f"{load.own_p50_ms.median:.1f}",
        f"{load.own_p99_ms.median:.1f}",
        f"{load.cpu.median:.0%}",
        f"{load.late_p99_ms.median:.1f}",
        f"{load.late_max_ms:.0f}",
        f"{load.updates_a_second.median:.0f}",
        f"{load.lost:,} of {load.messages:,}",
    )
