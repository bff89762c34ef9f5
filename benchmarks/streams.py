"""The stream against its peers: messages a second from the socket to the store, the way back after a loss, how soon a dead line is missed.

Peers are the `websockets` library in the event loop with our decoding, and pysher as it comes with `json`. Each run is a process of its
own with a server beside it; the ways take turns. How long a dead line goes unnoticed does not depend on the processor: all wait together.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from benchmarks.figures import Spread, ratio, spread
from benchmarks.streaming import PATIENCE, Run, Way, What

MESSAGES: Mapping[Way, int] = {Way.OURS: 20_000, Way.LIBRARY: 20_000, Way.SHIPPED: 4_000}
ROUNDS = 5
RECONNECTS = 3
CAP = 60.0  # seconds after which nobody waits any longer for a dead line to be missed

PEERS = (Way.LIBRARY, Way.SHIPPED)


class Plan(msgspec.Struct, frozen=True):
    """How much is measured. Without a `cap` no line dies."""

    messages: Mapping[Way, int] = msgspec.field(default_factory=lambda: dict(MESSAGES))
    rounds: int = ROUNDS
    reconnects: int = RECONNECTS
    cap: float = CAP


WHOLE = Plan()
QUICK = Plan(dict.fromkeys(Way, 200), 1, 1, 0.0)


class Missed(msgspec.Struct, frozen=True):
    """Seconds until a line that died was noticed; `is_capped`: it was not by then."""

    seconds: float
    is_capped: bool

    def text(self) -> str:
        return f"> {self.seconds:.0f} s" if self.is_capped else f"{self.seconds:.1f} s"


class Followed(msgspec.Struct, frozen=True):
    """Everything by way. A rate's ratio says how many times the peer's rate ours is, a time's how many times our time the peer takes."""

    frame_bytes: int
    messages: dict[Way, int]
    rate: dict[Way, Spread]
    reconnect: dict[Way, Spread]
    dead: dict[Way, Missed]
    rate_ratio: dict[Way, Spread]
    reconnect_ratio: dict[Way, Spread]
    runs: tuple[Run, ...]


def begin(way: Way, what: What, size: float) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "benchmarks.streaming", way, what, str(size)]
    return subprocess.Popen(command, stdout=subprocess.PIPE)


def finish(process: subprocess.Popen[bytes], seconds: float) -> Run:
    """Its run. CalledProcessError, with its words on stderr, when it failed; TimeoutExpired when it does not end."""
    with process:
        try:
            told, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args)
    return msgspec.json.decode(told, type=Run)


def run(way: Way, what: What, size: float = 0.0) -> Run:
    """One run in a process of its own, alone on the machine."""
    return finish(begin(way, what, size), 3 * PATIENCE)


def measure(plan: Plan = WHOLE) -> Followed:
    """Rounds in turn, then the dead lines of all ways at once."""
    rates = [run(way, What.THROUGHPUT, plan.messages[way]) for _ in range(plan.rounds) for way in Way]
    returns = [run(way, What.RECONNECT) for _ in range(plan.reconnects) for way in Way]
    deaths = _die(plan.cap) if plan.cap else []
    rate, back = _by_way(rates), _by_way(returns) if returns else {}
    return Followed(
        frame_bytes=rates[0].frame_bytes,
        messages=dict(plan.messages),
        rate={way: spread(figures) for way, figures in rate.items()},
        reconnect={way: spread(figures) for way, figures in back.items()},
        dead={one.way: Missed(one.figure, one.is_capped) for one in deaths},
        rate_ratio={peer: ratio(rate[Way.OURS], rate[peer]) for peer in PEERS},
        reconnect_ratio={peer: ratio(back[peer], back[Way.OURS]) for peer in PEERS if back},
        runs=(*rates, *returns, *deaths),
    )


def _die(cap: float) -> list[Run]:
    waiting = [begin(way, What.DEAD, cap) for way in Way]
    return [finish(process, cap + 3 * PATIENCE) for process in waiting]


def _by_way(runs: Iterable[Run]) -> dict[Way, list[float]]:
    found: dict[Way, list[float]] = {way: [] for way in Way}
    for one in runs:
        found[one.way].append(one.figure)
    return found


WORDS = {
    Way.OURS: "ours: pysher wrapped, exact, typed",
    Way.LIBRARY: "websockets library, our decoding",
    Way.SHIPPED: "pysher as shipped, json to dicts",
}


def table(followed: Followed) -> Sequence[tuple[str, ...]]:
    """A line a way."""
    head = ("way", "messages/s", "ours is", "back to a price", "takes", "dead line missed after")
    return [head, *(_line(followed, way) for way in Way)]


def _line(followed: Followed, way: Way) -> tuple[str, ...]:
    faster, longer = followed.rate_ratio.get(way), followed.reconnect_ratio.get(way)
    back, missed = followed.reconnect.get(way), followed.dead.get(way)
    return (
        WORDS[way],
        followed.rate[way].text(places=0),
        faster.text(" ×", 2) if faster else "1",
        back.text(" s", 2) if back else "",
        longer.text(" ×", 2) if longer else "1",
        missed.text() if missed else "",
    )
