"""One flood of deliveries at one receiver, heard by a window's loop: `python -m benchmarks.receiving WAY RATE SECONDS` prints a `Run`."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import msgspec
import qasync
from PySide6.QtWidgets import QApplication

from app.domain.receiving import RATE, Counts, Plan, Route, Tidings
from app.domain.secret import Secret
from app.receiver_child import ReceiverProcess
from benchmarks.bare import PATH
from benchmarks.deliverer import EVENT, MATCHES, Delivered, Wish
from benchmarks.figures import Tail, tail
from benchmarks.watch import Beat

SECRET = "of-the-benchmark-alone"
EVERY = 5_000  # a second: more than come


class Way(StrEnum):
    OURS = "ours"
    ALL = "all"
    BARE = "bare"


class Run(msgspec.Struct, frozen=True):
    """`late` in milliseconds: by how much a timer of the hearing loop fired too late. Sizes in bytes; `cpu` is the share of a core."""

    way: Way
    delivered: Delivered
    late: Tail
    memory_before: int
    memory_after: int
    cpu: float
    file: int = 0
    tidings: int = 0
    matches: int = 0
    counts: Counts | None = None


class Heard:
    """What a window would be told."""

    def __init__(self) -> None:
        self.tidings = 0
        self.matches: set[tuple[str, int | None]] = set()
        self.counts = Counts()
        self.something = asyncio.Event()

    def note(self, tidings: Tidings) -> None:
        self.tidings += 1
        self.matches |= {(signal.event, signal.match_id) for signal in tidings.signals}
        self.counts = tidings.counts
        self.something.set()

    async def all_of(self, sent: int) -> None:
        """TimeoutError when some are never told of."""
        async with asyncio.timeout(20):
            while self.counts.received < sent or len(self.matches) < min(sent, MATCHES):
                self.something.clear()
                await self.something.wait()


class Place(msgspec.Struct):
    port: int
    pid: int
    heard: Heard | None = None


def memory(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def processor(pid: int) -> float:
    """Seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@asynccontextmanager
async def ours(folder: Path, rate: int) -> AsyncIterator[Place]:
    receiver, heard = ReceiverProcess(folder / "deliveries.db"), Heard()
    receiver.told.append(heard.note)
    await receiver.start(Plan(0, (Route(PATH, 1, EVENT, Secret(SECRET)),), rate=rate))
    assert receiver.pid is not None, receiver.words
    try:
        yield Place(receiver.port, receiver.pid, heard)
    finally:
        await receiver.stop()


@asynccontextmanager
async def bare() -> AsyncIterator[Place]:
    command = [sys.executable, "-m", "benchmarks.bare"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:  # noqa: ASYNC220 - before anything is measured
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(SECRET.encode() + b"\n")
        process.stdin.flush()
        port = int(await asyncio.to_thread(process.stdout.readline))
        yield Place(port, process.pid)
        process.stdin.close()
        await asyncio.to_thread(process.wait)


def size_of(folder: Path) -> int:
    return sum(each.stat().st_size for each in folder.iterdir())


def deliver(place: Place, rate: float, seconds: float) -> Delivered:
    wish = msgspec.json.encode(Wish(place.port, PATH, SECRET, rate, seconds)) + b"\n"
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.deliverer"], input=wish, capture_output=True, check=True, timeout=seconds * 4 + 60
    )
    return msgspec.json.decode(done.stdout, type=Delivered)


async def flood(way: Way, rate: float, seconds: float, folder: Path) -> Run:
    opened = bare() if way is Way.BARE else ours(folder, RATE if way is Way.OURS else EVERY)
    beat = Beat()
    async with opened as place:
        await asyncio.to_thread(deliver, place, 200, 0.5)  # for warming up
        before, cpu = memory(place.pid), processor(place.pid)
        beat.start()
        delivered = await asyncio.to_thread(deliver, place, rate, seconds)
        beat.stop()
        after, cpu = memory(place.pid), processor(place.pid) - cpu
        if place.heard is not None:
            await place.heard.all_of(delivered.sent + 100)
        size = await asyncio.to_thread(size_of, folder)
    run = Run(way, delivered, tail(beat.gaps), before, after, round(cpu / delivered.seconds, 3), size)
    heard = place.heard
    return run if heard is None else msgspec.structs.replace(run, tidings=heard.tidings, matches=len(heard.matches), counts=heard.counts)


def main(way: Way, rate: float, seconds: float) -> None:
    application = QApplication(sys.argv[:1])
    loop = qasync.QEventLoop(application)
    asyncio.set_event_loop(loop)
    with tempfile.TemporaryDirectory() as folder, loop:
        run = loop.run_until_complete(flood(way, rate, seconds, Path(folder)))
    print(msgspec.json.encode(run).decode())


if __name__ == "__main__":
    main(Way(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]))
