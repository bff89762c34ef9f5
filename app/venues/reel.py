"""One recording's file: what its lines are, and the thread that writes them.

The file, line by line: a `Header`, then what came as it came, an `End` at last. A recording that was cut off has no `End`.
"""

from __future__ import annotations

import gzip
import logging
import os
import queue
import threading
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO

import msgspec

from app.venues.http import NO_PARAMS
from app.venues.push import LOST
from app.venues.scrub import Scrubber

FORMAT = 1
MOST_BYTES = 2 * 1024**3  # of a file
MOST_SECONDS = 24 * 3600.0
MOST_WAITING = 64 * 1024**2  # bytes that wait to be written; what comes beyond them is dropped and counted
FLUSH = 2.0  # seconds at most between something that came and its being in the file
LEVEL = 3  # of compression: depth messages shrink to a third at half the work of the default
LONGEST_HEADER = 10_000  # bytes
log = logging.getLogger(__name__)
REDACTED = '{"redacted":true}'


class Bounds(msgspec.Struct, frozen=True):
    """How far a recording goes."""

    most_bytes: int = MOST_BYTES
    most_seconds: float = MOST_SECONDS
    most_waiting: int = MOST_WAITING


WIDE = Bounds()


class Header(msgspec.Struct, frozen=True):
    """The first line. `started` is Unix seconds; `spelling` names the paths that were used."""

    overround_recording: int
    program: str
    venue: str
    environment: str
    spelling: str
    started: float


def spelling_of(path: Path) -> str:
    """The spelling of a recording's paths; empty where its first line cannot be read."""
    try:
        with gzip.open(path, "rb") as file:
            return msgspec.json.decode(file.readline(LONGEST_HEADER), type=Header).spelling
    except (OSError, EOFError, zlib.error, msgspec.MsgspecError, UnicodeDecodeError):
        return ""


class Answer(msgspec.Struct, frozen=True, tag_field="kind", tag="answer"):
    """`at` is seconds since the start by the monotonic clock, `wall` Unix seconds, `seconds` what the call took."""

    at: float
    wall: float
    method: str
    path: str
    params: dict[str, str]
    status: int
    seconds: float
    body: str


class Frame(msgspec.Struct, frozen=True, tag_field="kind", tag="frame"):
    at: float
    wall: float
    socket: int
    text: str


class Lost(msgspec.Struct, frozen=True, tag_field="kind", tag="lost"):
    """The venue or the network ended a socket; one that the program let go leaves no line."""

    at: float
    wall: float
    socket: int


class End(msgspec.Struct, frozen=True, tag_field="kind", tag="end"):
    """The last line: why it ended, and how much came too fast to be written."""

    at: float
    wall: float
    words: str
    dropped: int


class Counted(msgspec.Struct, frozen=True):
    """How far a recording has come. Seconds, and bytes on the disk."""

    answers: int
    frames: int
    dropped: int
    bytes: int
    seconds: float

    def __str__(self) -> str:
        lost = f", {self.dropped:,} dropped because they came too fast" if self.dropped else ""
        size = f"{self.bytes / 1e6:,.1f} MB"
        return f"{self.frames:,} messages and {self.answers:,} answers in {self.seconds / 60:.0f} min, {size}{lost}"


class Came(msgspec.Struct, frozen=True):
    """Something as it came, with all that is in it; only the writer's thread holds it, and takes out what is secret."""

    at: float
    wall: float
    raw: bytes
    socket: int = 0
    method: str = ""
    path: str = ""
    params: Mapping[str, str] = NO_PARAMS
    status: int = 0
    seconds: float = 0.0
    is_secret: bool = False


def created(path: Path) -> BinaryIO:
    """A new file that only its owner may read. OSError when it cannot be made, or is there already."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb")


class Reel:
    """One file and the thread that writes it."""

    def __init__(
        self,
        path: Path,
        header: Header,
        scrubber: Scrubber,
        clock: Callable[[], float],
        wall: Callable[[], float],
        bounds: Bounds,
        ended: Callable[[str], None],
    ) -> None:
        self.path = path
        self.is_open = True
        self._header = header
        self._scrubber = scrubber
        self._clock = clock
        self._wall = wall
        self._bounds = bounds
        self._ended = ended
        self._begun = clock()
        self._queue: queue.SimpleQueue[tuple[Came | str, int]] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._waiting = self._answers = self._frames = self._dropped = self._bytes = 0
        self._at = 0.0
        self._thread = threading.Thread(target=self._work, name="tape", daemon=True)

    def begin(self, create: Callable[[Path], BinaryIO]) -> None:
        """OSError when the file cannot be made, or is there already."""
        self._file = create(self.path)
        self._press = zlib.compressobj(LEVEL, zlib.DEFLATED, 31)  # 31: with a header and a sum, as gzip has them
        try:
            self._write(self._header)
            self._flush()
        except OSError:
            self._abandon()
            raise
        self._thread.start()

    def put(self, came: Came, size: int) -> None:
        """Take it if there is room for it; from any thread."""
        with self._lock:
            if not self.is_open:
                return
            if self._waiting + size > self._bounds.most_waiting:
                self._dropped += 1
                return
            self._waiting += size
        self._queue.put((came, size))

    def finish(self, words: str) -> None:
        """Write what waits, and the end; returns when it is on the disk."""
        self._queue.put((words, 0))
        self._thread.join()

    def counted(self) -> Counted:
        return Counted(self._answers, self._frames, self._dropped, self._bytes, self._at)

    # The thread

    def _work(self) -> None:
        try:
            words = self._take_all()
            self._write(End(round(self._clock() - self._begun, 6), self._wall(), words, self._dropped))
            self._shut()
        except OSError as problem:
            words = f"{self.path.name} cannot be written any more ({problem.strerror or problem})"
            self._abandon()
        except Exception as problem:  # whatever it is, nobody may believe that it still records
            log.exception("The recording %s broke", self.path.name)
            words = f"{self.path.name} broke by a mistake of the program's ({type(problem).__name__})"
            self._abandon()
        if words != "stopped":
            self._ended(f"The recording has ended: {words}. It holds {self.counted()}")

    def _take_all(self) -> str:
        """Write until told to stop, in these words, or full."""
        flushed = self._clock()
        while True:
            try:
                came, size = self._queue.get(timeout=FLUSH)
            except queue.Empty:
                self._flush()
                continue
            if isinstance(came, str):
                return came
            self._record(came)
            with self._lock:
                self._waiting -= size
            now = self._clock()
            if now - flushed >= FLUSH:
                flushed = now
                self._flush()
            if full := self._is_full():
                return full

    def _is_full(self) -> str:
        if self._bytes >= self._bounds.most_bytes:
            return f"the file has reached {self._bounds.most_bytes / 1024**3:g} GB"
        if self._at >= self._bounds.most_seconds:
            return f"it has run for {self._bounds.most_seconds / 3600:g} h"
        return ""

    def _record(self, came: Came) -> None:
        at = self._at = round(came.at - self._begun, 6)
        if came.socket and came.raw == LOST:
            self._write(Lost(at, came.wall, came.socket))
        elif came.socket:
            self._write(Frame(at, came.wall, came.socket, self._scrubber.frame(came.raw)))
            self._frames += 1
        else:
            body = REDACTED if came.is_secret else self._scrubber.body(came.raw)
            self._write(Answer(at, came.wall, came.method, came.path, dict(came.params), came.status, round(came.seconds, 6), body))
            self._answers += 1

    def _write(self, line: Header | Answer | Frame | Lost | End) -> None:
        self._keep(self._press.compress(msgspec.json.encode(line) + b"\n"))

    def _flush(self) -> None:
        self._keep(self._press.flush(zlib.Z_SYNC_FLUSH))
        self._file.flush()

    def _keep(self, pressed: bytes) -> None:
        self._bytes += len(pressed)
        self._file.write(pressed)

    def _shut(self) -> None:
        with self._lock:
            self.is_open = False
        self._keep(self._press.flush())
        self._file.close()

    def _abandon(self) -> None:
        """The disk is full or gone: what is in the file stays, nothing more goes in."""
        with self._lock:
            self.is_open = False
        try:
            self._file.close()
        except OSError:  # the same once more
            return
