"""A flood of webhooks at the receiver's process: what it answers, how soon, what it takes, and how late the window's loop is meanwhile.

The peer is the least that could be built (benchmarks/bare.py): it checks a signature, answers, and neither limits nor keeps anything.
Each run is a process of its own, with the receiver and the sender beside it.
"""

from __future__ import annotations

import subprocess
import sys

import msgspec

from benchmarks.figures import Spread, ratio
from benchmarks.receiving import Run, Way

RATE = 1_000.0  # deliveries a second
SECONDS = 60.0
WORDS = {Way.OURS: "ours, as it comes (200/s)", Way.ALL: "ours, every one written", Way.BARE: "peer: bare Starlette"}


class Flooded(msgspec.Struct, frozen=True):
    """Ratios say how many times our figure (of the receiver as it comes) the peer has."""

    rate: float
    seconds: float
    runs: tuple[Run, ...]
    p50_ratio: Spread
    p99_ratio: Spread
    cpu_ratio: Spread


class FloodError(Exception):
    """A run ended badly; the text is what it said."""


def run(way: Way, rate: float, seconds: float) -> Run:
    command = [sys.executable, "-m", "benchmarks.receiving", way, str(rate), str(seconds)]
    done = subprocess.run(command, capture_output=True, check=False, timeout=seconds * 5 + 120)
    if done.returncode:
        raise FloodError(done.stderr.decode(errors="replace"))
    return msgspec.json.decode(done.stdout, type=Run)


def measure(rate: float = RATE, seconds: float = SECONDS) -> Flooded:
    runs = {way: run(way, rate, seconds) for way in (Way.BARE, Way.OURS, Way.ALL)}
    peer, own = runs[Way.BARE], runs[Way.OURS]
    return Flooded(
        rate,
        seconds,
        tuple(runs.values()),
        ratio([peer.delivered.took.p50], [own.delivered.took.p50]),
        ratio([peer.delivered.took.p99], [own.delivered.took.p99]),
        ratio([peer.cpu], [own.cpu]),
    )


def table(flooded: Flooded) -> list[tuple[str, ...]]:
    head = ("receiver", "answered/s", "204", "429", "p50 ms", "p99 ms", "max", "CPU", "memory MB", "file MB", "loop late p99 ms", "max")
    return [head, *map(_line, flooded.runs)]


def _line(one: Run) -> tuple[str, ...]:
    told = one.delivered
    return (
        WORDS[one.way],
        f"{sum(told.answers.values()) / told.seconds:,.0f}",
        f"{told.answers.get(204, 0):,}",
        f"{told.answers.get(429, 0):,}",
        f"{told.took.p50:.2f}",
        f"{told.took.p99:.1f}",
        f"{told.took.max:.0f}",
        f"{one.cpu:.0%}",
        f"{one.memory_before / 1e6:.1f} → {one.memory_after / 1e6:.1f}",
        f"{one.file / 1e6:.1f}" if one.file else "",
        f"{one.late.p99:.1f}",
        f"{one.late.max:.0f}",
    )
