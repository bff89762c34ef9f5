"""Video beside prices: what the league's video costs a window that takes prices, in processor and in lateness of its loop.

Peers are the same run without video, and Qt's own QVideoWidget on a QMediaPlayer in the stream view's place. Each run is a process of its
own, with the sender of prices and the broadcast beside it; runs of the ways take turns.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from benchmarks.figures import Spread, ratio, spread
from benchmarks.viewing import Run, Way

PLAN = ((2_000.0, tuple(Way), 5), (0.0, tuple(Way), 2))  # messages a second, ways, rounds
SECONDS = 5.0
PATIENCE = 90.0
PEERS = (Way.NONE, Way.WIDGET)

Plan = Sequence[tuple[float, Sequence[Way], int]]


class Load(msgspec.Struct, frozen=True):
    """The rounds of one way at one rate, put together. Milliseconds; `cpu` and `loop_cpu` are shares of a core."""

    way: Way
    rate: float
    rounds: int
    each_p99_ms: Spread | None
    late_p50_ms: Spread
    late_p99_ms: Spread
    late_max_ms: float
    cpu: Spread
    loop_cpu: Spread
    updates_a_second: Spread
    pictures_a_second: Spread
    drawn_a_second: Spread
    stalls: int
    messages: int
    lost: int
    failures: int


class Shown(msgspec.Struct, frozen=True):
    """Ratios say how many times the view's figure the peer has, by peer, at the rate of `rate` messages a second."""

    rate: float
    loads: tuple[Load, ...]
    cpu_ratio: dict[str, Spread]
    late_ratio: dict[str, Spread]
    runs: tuple[Run, ...]


class RunError(Exception):
    """A run ended badly; the text is what it said."""


def run(way: Way, rate: float, seconds: float) -> Run:
    """One run in a process of its own. RunError when it fails; what the decoder says otherwise is nobody's business."""
    command = [sys.executable, "-m", "benchmarks.viewing", way, str(rate), str(seconds)]
    done = subprocess.run(command, capture_output=True, check=False, timeout=PATIENCE)
    if done.returncode:
        raise RunError(done.stderr.decode(errors="replace"))
    return msgspec.json.decode(done.stdout, type=Run)


def measure(plan: Plan = PLAN, seconds: float = SECONDS) -> Shown:
    """All of a plan; the ways of a rate take turns. The ratios are those of its first rate."""
    runs = [run(way, rate, seconds) for rate, ways, rounds in plan for _ in range(rounds) for way in ways]
    rate = plan[0][0]
    by_way = {way: _of(runs, way, rate) for way in Way}
    return Shown(
        rate=rate,
        loads=tuple(_load(_of(runs, way, rate)) for rate, ways, _ in plan for way in ways),
        cpu_ratio=_ratios({way: [one.cpu for one in found] for way, found in by_way.items()}),
        late_ratio=_ratios({way: [one.late.p99 for one in found] for way, found in by_way.items()}),
        runs=tuple(runs),
    )


def _ratios(figures: Mapping[Way, Sequence[float]]) -> dict[str, Spread]:
    return {peer: ratio(figures[peer], figures[Way.VIEW]) for peer in PEERS}


def _of(runs: Iterable[Run], way: Way, rate: float) -> list[Run]:
    return [one for one in runs if one.way is way and one.rate == rate]


def _load(runs: Sequence[Run]) -> Load:
    waits = [one.each.p99 for one in runs if one.each is not None]
    return Load(
        way=runs[0].way,
        rate=runs[0].rate,
        rounds=len(runs),
        each_p99_ms=spread(waits) if waits else None,
        late_p50_ms=spread([one.late.p50 for one in runs]),
        late_p99_ms=spread([one.late.p99 for one in runs]),
        late_max_ms=max(one.late.max for one in runs),
        cpu=spread([one.cpu for one in runs]),
        loop_cpu=spread([one.loop_cpu for one in runs]),
        updates_a_second=spread([one.updates / one.seconds for one in runs]),
        pictures_a_second=spread([one.pictures / one.seconds for one in runs]),
        drawn_a_second=spread([one.drawn / one.seconds for one in runs]),
        stalls=sum(one.stalls for one in runs),
        messages=sum(one.sent for one in runs),
        lost=sum(one.lost for one in runs),
        failures=sum(one.failures for one in runs),
    )


WORDS = {
    Way.VIEW: "ours, the stream view",
    Way.NONE: "peer: no video",
    Way.WIDGET: "peer: QVideoWidget",
}


def table(shown: Shown) -> list[tuple[str, ...]]:
    """A line a rate and way."""
    head = (
        "prices/s, video",
        "loop late p50 ms",
        "p99 ms",
        "max",
        "CPU",
        "its loop",
        "pictures/s",
        "drawn/s",
        "price p99 ms",
        "fps",
        "lost",
    )
    return [head, *(_line(load) for load in shown.loads)]


def _line(load: Load) -> tuple[str, ...]:
    return (
        f"{load.rate:,.0f} {WORDS[load.way]}",
        load.late_p50_ms.text(),
        load.late_p99_ms.text(),
        f"{load.late_max_ms:.0f}",
        f"{load.cpu.median:.0%}",
        f"{load.loop_cpu.median:.0%}",
        f"{load.pictures_a_second.median:.0f}",
        f"{load.drawn_a_second.median:.0f}" if load.way is Way.VIEW else "",
        load.each_p99_ms.text() if load.each_p99_ms else "",
        f"{load.updates_a_second.median:.0f}",
        f"{load.lost:,} of {load.messages:,}" if load.messages else "",
    )
