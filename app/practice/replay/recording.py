"""A recorded session's file: its lines in order, and in words what is wrong with it. What is whole is played."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

FORMAT = 1
LONGEST = 128 * 1024 * 1024
"""Bytes of a line; a longer one is not of our making."""


class Header(msgspec.Struct, frozen=True):
    """The first line. `started` is Unix seconds."""

    overround_recording: int
    program: str = ""
    venue: str = ""
    environment: str = ""
    spelling: str = ""
    started: float = 0.0


class Answer(msgspec.Struct, frozen=True, tag_field="kind", tag="answer"):
    """What a request was answered with, `at` seconds after the start, and `seconds` after it was asked."""

    at: float
    method: str
    path: str
    params: dict[str, str]
    status: int
    body: str
    seconds: float = 0.0

    @property
    def asked_at(self) -> float:
        """What the stream told after this may be missing in the body."""
        return self.at - self.seconds


class Frame(msgspec.Struct, frozen=True, tag_field="kind", tag="frame"):
    at: float
    text: str


class Lost(msgspec.Struct, frozen=True, tag_field="kind", tag="lost"):
    """A socket broke."""

    at: float


class End(msgspec.Struct, frozen=True, tag_field="kind", tag="end"):
    at: float
    words: str = ""
    dropped: int = 0


Line = Answer | Frame | Lost | End

_HEADER = msgspec.json.Decoder(Header)
_LINE = msgspec.json.Decoder(Line)


class RecordingError(Exception):
    """This file cannot be played at all; the text is a sentence that says why."""


class Recording:
    """One file, opened anew for each reading. RecordingError when it is not a recording of ours."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.faults: list[str] = []
        """Sentences about what the last whole reading could not use."""
        with self._open() as file:
            self.header = self._read_header(file)

    def lines(self) -> Iterator[Line]:
        """Every line that can be read, in order; damage ends it or is passed over, and is said in `faults`."""
        self.faults = []
        unreadable = 0
        is_ended = False
        with self._open() as file:
            for raw in self._raw_lines(file):
                try:
                    line = _LINE.decode(raw)
                except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
                    unreadable += 1
                    continue
                is_ended = isinstance(line, End)
                yield line
        if unreadable:
            self.faults.append(f"{unreadable:,} lines of {self.path.name} cannot be read and are left out.")
        if not is_ended and not self.faults:
            self.faults.append(f"{self.path.name} was cut off: its last line is missing. What is there is played.")

    def _raw_lines(self, file: BinaryIO) -> Iterator[bytes]:
        """The lines after the header, up to the first damage."""
        try:
            file.readline(LONGEST)
            while raw := file.readline(LONGEST):
                yield raw
        except (OSError, EOFError, zlib.error) as problem:
            self.faults.append(f"{self.path.name} is damaged from some place on ({problem}). What comes before is played.")

    def _open(self) -> BinaryIO:
        try:
            return gzip.open(self.path, "rb")  # type: ignore[return-value]  # a GzipFile reads like any binary file
        except OSError as problem:
            raise RecordingError(f"{self.path} cannot be opened: {problem.strerror or problem}.") from problem

    def _read_header(self, file: BinaryIO) -> Header:
        try:
            header = _HEADER.decode(file.readline(LONGEST))
        except (OSError, EOFError, zlib.error, msgspec.MsgspecError, UnicodeDecodeError) as problem:
            raise RecordingError(f"{self.path.name} is not a recording of this program: its first line is another.") from problem
        if header.overround_recording != FORMAT:
            told = header.overround_recording
            raise RecordingError(f"{self.path.name} is a recording of format {told}; this program plays format {FORMAT}.")
        return header
