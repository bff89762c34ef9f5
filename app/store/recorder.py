"""What happens to orders, put into the journal's words and read back from them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol

import msgspec

from app.domain.errors import HaltedError, JournalDownError
from app.domain.order import Order
from app.domain.record import Entry, Halted, Intended, Remarked, Resent, Resumed, ref_of
from app.store.journal.errors import HaltedError as FileHaltedError
from app.store.journal.errors import JournalError
from app.store.journal.file import JournalFile
from app.store.journal.lines import Kept, Line
from app.store.journal.opening import Opened
from app.store.journal.rows import HALT
from app.store.journal.writer import Writer


class MakeWriter(Protocol):
    """What stands between the services and the file; tests have one without a thread."""

    def __call__(self, open: Callable[[], Opened], *, heard: Callable[[str], None]) -> Writer: ...


EARLY = 10_000  # lines kept while there is no journal to write them into

_ENCODER = msgspec.json.Encoder()
_ORDER = msgspec.json.Decoder(Order)


class Recorder:
    """One profile's journal as the services need it. `heard` is told, in a sentence, of what a person should know."""

    def __init__(
        self,
        open_file: Callable[[], Opened],
        *,
        now: Callable[[], datetime],
        heard: Callable[[str], None],
        writer: MakeWriter = Writer,
        is_guest: bool = False,
        marker: Path | None = None,
    ) -> None:
        """`marker` is a file that stands for the halt beside the journal's own flag: every program of the profile sees it at once, and it
        holds where the journal is locked, damaged or gone. `is_guest`: the orders in the journal are another program's.
        """
        self._writer = writer(open_file, heard=heard)
        self._now = now
        self._heard = heard
        self._version = 0
        self._is_newer = False
        self._is_open = False
        self._failure = ""
        self._flagged = 0
        self._is_guest = is_guest
        self._early: list[Line] = []
        self._halt = ""
        self._marker = marker
        self.is_rebuilt = False

    @property
    def halt(self) -> str:
        """Why orders are halted; empty while they are not."""
        if not self._halt and self._marker is not None and self._marker.exists():
            self._halt = _read(self._marker)
        return self._halt

    @property
    def trouble(self) -> str:
        """Why nothing can be written; empty while it can."""
        if not self._is_open:
            return self._failure or "it is not open yet"
        if self._is_newer:
            return "it was written by a later version of this program"
        return self._writer.trouble

    async def open(self, since: datetime) -> list[Order]:
        """Open the file and give the orders that are live or were touched since a moment. JournalDownError with the reason otherwise.

        What was noted before is written first: a halt that was pulled while there was no journal holds for every program from here on, and
        no order of theirs is missed.
        """
        try:
            opened = await self._writer.start()
            self._is_newer, self.is_rebuilt, self._is_open = opened.file.is_newer, opened.is_rebuilt, True
            self._write_early()
            kept = await self._writer.ask(lambda file: _orders(file, since))
            await self._read_flags()
        except JournalError as problem:
            self._is_open, self._failure = False, str(problem)
            raise JournalDownError(str(problem)) from problem
        for words in opened.notes:
            self._heard(words)
        return [order for order in map(self._decoded, kept) if order is not None]

    def note(self, entry: Entry, order: Order | None = None) -> None:
        """A guest writes what happened, and leaves the states of orders to the program whose journal it is."""
        self._write(_line(entry, None if self._is_guest else order))

    async def halt_is_kept(self) -> None:
        """Return when the halt is durable. JournalDownError with the reason why it is not."""
        if self._marker is not None and self._marker.exists():
            return
        if self.trouble:
            raise JournalDownError(self.trouble)
        try:
            await self._writer.commit(msgspec.structs.replace(_line(Halted(self.halt), None), flag=(HALT, self.halt)))
        except JournalError as problem:
            raise JournalDownError(str(problem)) from problem

    def _write(self, line: Line) -> None:
        if self._is_newer:
            return
        if self._is_open:
            self._writer.note(line)
        elif len(self._early) < EARLY:
            self._early.append(line)

    def _write_early(self) -> None:
        early, self._early = self._early, []
        for line in early:
            self._write(line)

    async def intend(self, entry: Intended | Resent, order: Order) -> None:
        """Durable when it returns; `HaltedError` and `JournalDownError` say why it is not, and then nothing may be sent."""
        if self.halt:
            raise HaltedError(self.halt)
        if self.trouble:
            raise JournalDownError(self.trouble)
        try:
            await self._writer.intend(_line(entry, order), is_new=isinstance(entry, Intended))
        except FileHaltedError as problem:
            self._halt = str(problem)
            raise HaltedError(self._halt) from problem
        except JournalError as problem:
            raise JournalDownError(str(problem)) from problem

    def halt_for(self, words: str) -> None:
        self._halt = self.halt or words
        self._flag(Halted(words), self._halt)
        if self._marker is not None:
            self._mark(self._marker)

    def _mark(self, marker: Path) -> None:
        try:
            marker.parent.mkdir(parents=True, exist_ok=True)
            marker.write_text(self._halt, encoding="utf-8")
        except OSError as problem:
            self._heard(f"The halt could not be marked beside the journal: {problem.strerror or problem}")

    def resume(self, words: str) -> None:
        if self._marker is not None:
            try:
                self._marker.unlink(missing_ok=True)
            except OSError as problem:
                self._heard(f"The halt cannot be lifted: {problem.strerror or problem}")
                return
        self._halt = ""
        self._flag(Resumed(words), "")

    def remark(self, words: str) -> None:
        """Write down something about the program itself."""
        self.note(Remarked(words))

    async def look(self) -> None:
        """Take up a halt that another program of this profile has written."""
        if not self._is_open or self._writer.trouble:
            return
        try:
            version = await self._writer.ask(JournalFile.data_version)
            if version != self._version:
                self._version = version
                await self._read_flags()
        except JournalError as problem:
            self._heard(f"The journal cannot be read: {problem}")

    async def close(self) -> None:
        """Write what still waits, then let go of the file."""
        self._is_open = False
        await self._writer.close()

    async def _read_flags(self) -> None:
        asked_at = self._flagged
        halt = await self._writer.ask(lambda file: file.flag(HALT))
        if self._flagged == asked_at:  # else somebody pulled or lifted it here meanwhile, and the file has that next
            self._halt = halt

    def _flag(self, entry: Halted | Resumed, value: str) -> None:
        self._flagged += 1
        self._write(msgspec.structs.replace(_line(entry, None), flag=(HALT, value)))

    def _decoded(self, kept: Kept) -> Order | None:
        try:
            return _ORDER.decode(kept.body)
        except (msgspec.MsgspecError, UnicodeDecodeError) as problem:
            self._heard(f"The journal's record of {kept.ref} cannot be read ({problem}): the venue's own will be asked for")
            return None


def _read(marker: Path) -> str:
    try:
        return marker.read_text(encoding="utf-8", errors="replace")[:500] or "no reason was written down"
    except OSError as problem:
        return f"the mark of a halt cannot be read ({problem.strerror or problem})"


def _orders(file: JournalFile, since: datetime) -> list[Kept]:
    found = {kept.ref: kept for kept in (*file.touched_since(since), *file.live())}
    return list(found.values())


def _line(entry: Entry, order: Order | None) -> Line:
    kind = str(type(entry).__struct_config__.tag)
    return Line(kind, ref_of(entry), _ENCODER.encode(entry).decode(), _kept(order) if order else None)


def _kept(order: Order) -> Kept:
    body = _ENCODER.encode(order).decode()
    is_open = order.is_live or order.at_risk > 0  # what has matched and is not settled must be there at the next start, however late
    return Kept(order.ref, order.venue_order_id, is_open, order.updated_at or order.placed_at, body)
