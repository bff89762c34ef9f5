"""The clip below resources/practice/stream: its qualities, and the segment of any moment (made by packaging/make_clip.py)."""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path

import msgspec

from app.practice.clock import SECOND
from app.practice.cs2_stream.transport import TICKS, counted, moved

COPY = "copy.webm"
"""The loop as VP9, for browsers without H.264."""

FOLDER = Path(__file__).parents[3] / "resources" / "practice" / "stream"


class Quality(msgspec.Struct, frozen=True):
    name: str
    width: int
    height: int
    codecs: str
    peak: int = 0
    """Bits a second of its largest segment."""
    average: int = 0


class Table(msgspec.Struct, frozen=True):
    """What is in clip.toml: lengths in seconds, pictures a second."""

    loop: int
    ad: int
    segment: int
    rate: int
    quality: list[Quality]


class Reel:
    """Segments that follow each other and then begin again, without a jump in time or in the packets' counters."""

    def __init__(self, parts: list[bytes], seconds: int) -> None:
        self.parts = parts
        self._seconds = seconds
        self._before: list[Counter[int]] = [Counter()]
        for part in parts:
            self._before.append(self._before[-1] + counted(part))

    def part(self, number: int) -> bytes:
        """The part shown as the `number`-th since the reel began to turn."""
        turn, place = divmod(number, len(self.parts))
        whole, before = self._before[-1], self._before[place]
        counters = {pid: (turn * count + before[pid]) % 16 for pid, count in whole.items()}
        return moved(self.parts[place], turn * len(self.parts) * self._seconds * TICKS, counters)


class Clip:
    """Read whole into memory (1.2 MB)."""

    def __init__(self, folder: Path = FOLDER) -> None:
        """Raises OSError when a file is missing, TransportError when one is no transport stream."""
        table = msgspec.convert(tomllib.loads((folder / "clip.toml").read_text(encoding="utf-8")), Table)
        self.rate, self.segment_ns = table.rate, table.segment * SECOND
        self.copy = folder / COPY
        self.count = table.loop // table.segment
        """Segments of a loop."""
        self._loops = {one.name: _reel(folder / one.name, self.count, table.segment) for one in table.quality}
        self._ads = {one.name: _reel(folder / "ad" / one.name, table.ad // table.segment, table.segment) for one in table.quality}
        self.qualities = tuple(_weighed(one, self._loops[one.name], table.segment) for one in table.quality)

    def has(self, quality: str) -> bool:
        return quality in self._loops

    def segment(self, quality: str, sequence: int) -> bytes:
        return self._loops[quality].part(sequence)

    def advertisement(self, quality: str, number: int) -> bytes:
        """The `number`-th segment of a break, on a line of time of its own: an advertisement comes out of another encoder."""
        return self._ads[quality].part(number)


def _reel(folder: Path, count: int, seconds: int) -> Reel:
    return Reel([(folder / f"{number}.ts").read_bytes() for number in range(count)], seconds)


def _weighed(quality: Quality, reel: Reel, seconds: int) -> Quality:
    sizes = [len(part) * 8 // seconds for part in reel.parts]
    return msgspec.structs.replace(quality, peak=max(sizes), average=sum(sizes) // len(sizes))
