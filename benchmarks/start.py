"""Cold start, from spawning the process: to the first window, and to the first live price painted, practice exchange included.

Peers: for the window, a bare PySide6 QMainWindow of the same size in the same Python (what nobody can be faster than); for the price, the
same terminal on a practice exchange that already runs (what starting the exchange costs on top). Runs take turns; file caches are warm.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence

import msgspec

from app.child import command
from benchmarks.figures import Spread, ratio, spread
from benchmarks.first import Marks

ROUNDS = 5
PATIENCE = 60.0
WAYS = ("bare", "own", "running")


class Took(msgspec.Struct, frozen=True):
    """Seconds from spawning, by way; `bare` has a window only."""

    window: Spread
    balance: Spread | None = None
    price: Spread | None = None
    streamed: Spread | None = None


class Started(msgspec.Struct, frozen=True):
    """Ratios of seconds: the terminal's window over the bare one, the first live price with an own exchange over one that runs."""

    rounds: int
    bare: Took
    own: Took
    running: Took
    window_ratio: Spread
    price_ratio: Spread


def measure(rounds: int = ROUNDS) -> Started:
    """CalledProcessError when a start fails."""
    taken: dict[str, list[Marks]] = {way: [] for way in WAYS}
    for _ in range(rounds):
        taken["bare"].append(_start("bare"))
        taken["own"].append(_start("own"))
        with _exchange() as ready:
            taken["running"].append(_start("running", ready))
    return Started(
        rounds=rounds,
        bare=_took(taken["bare"]),
        own=_took(taken["own"]),
        running=_took(taken["running"]),
        window_ratio=ratio(_seconds(taken["own"], "window"), _seconds(taken["bare"], "window")),
        price_ratio=ratio(_seconds(taken["own"], "price"), _seconds(taken["running"], "price")),
    )


def _start(way: str, ready: str = "") -> Marks:
    """One start; its marks counted from the spawn."""
    with tempfile.TemporaryDirectory(prefix="overround-bench-") as home:
        arguments = [sys.executable, "-m", "benchmarks.first", way, home, ready]
        spawned = time.monotonic_ns()
        done = subprocess.run(arguments, stdout=subprocess.PIPE, check=True, timeout=PATIENCE)
    marks = msgspec.json.decode(done.stdout, type=Marks)
    return Marks(**{name: max(at - spawned, 0) for name, at in msgspec.structs.asdict(marks).items()})


@contextlib.contextmanager
def _exchange() -> Iterator[str]:
    """A practice exchange's ready line; it ends with the block."""
    with subprocess.Popen(command(()), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            ready = process.stdout.readline()
            if not ready:
                raise RuntimeError("the practice exchange did not start")
            yield ready
        finally:
            process.stdin.close()  # which ends it
            process.wait(PATIENCE)


def _seconds(marks: Sequence[Marks], name: str) -> list[float]:
    return [getattr(one, name) / 1e9 for one in marks]


def _took(marks: Sequence[Marks]) -> Took:
    if not marks[0].streamed:
        return Took(spread(_seconds(marks, "window")))
    return Took(*(spread(_seconds(marks, name)) for name in ("window", "balance", "price", "streamed")))


def table(started: Started) -> list[tuple[str, ...]]:
    """A line a way."""
    head = ("seconds from spawn", "window", "balance", "first live price", "first change by stream")
    rows = {
        "ours, starting its own exchange": started.own,
        "peer for the price: exchange already runs": started.running,
        "peer for the window: bare QMainWindow": started.bare,
    }
    return [head, *((words, *_cells(took)) for words, took in rows.items())]


def _cells(took: Took) -> tuple[str, ...]:
    return tuple("" if one is None else one.text(" s", 2) for one in (took.window, took.balance, took.price, took.streamed))
