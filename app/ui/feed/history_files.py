"""The odds history as a file: its points as CSV, its picture as PNG."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from heapq import merge
from pathlib import Path
from typing import Final

import msgspec
from PySide6.QtGui import QPixmap

from app.domain.sheet import MARK, csv_text
from app.services.feed.histories import Drawing, Line
from app.ui.views.table import free_path

TITLES: Final = ("Time (UTC)", "Time (local)", "Line", "Team id", "Side", "Decimal odds")


def copied(drawing: Drawing) -> Drawing:
    """Its lines go on growing while they are written."""
    lines = tuple(Line(line.name, line.team_id, line.side, line.times[:], line.odds[:]) for line in drawing.lines)
    return msgspec.structs.replace(drawing, lines=lines)


def points_as_csv(drawing: Drawing, until: float | None = None) -> str:
    """All prices in the order of time; nothing in it that a spreadsheet would run. `until`: none later than that.

    The side is the one that was priced; it is empty where nobody told which one a team was on.
    """
    told = merge(*(_points(place, line) for place, line in enumerate(drawing.lines)))
    rows = (_row(drawing, drawing.lines[place], at, odds) for at, place, odds in told if until is None or at <= until)
    return csv_text(TITLES, rows)


def _row(drawing: Drawing, line: Line, at: float, odds: float) -> tuple[str, ...]:
    utc = datetime.fromtimestamp(at, UTC)
    times = (each.isoformat(timespec="milliseconds") for each in (utc, utc.astimezone()))
    team = "" if line.team_id is None else str(line.team_id)
    return (*times, line.name, team, str(drawing.side_of(line, at) or ""), decimal_text(odds))


def decimal_text(odds: float) -> str:
    """As the feed wrote it, which is never longer than twelve digits; without an exponent."""
    return f"{Decimal(f'{odds:.12g}'):f}"


def _points(place: int, line: Line) -> Iterator[tuple[float, int, float]]:
    return ((at, place, odds) for at, odds in zip(line.times, line.odds, strict=True) if odds == odds)


def write_csv(path: str, drawing: Drawing, until: float | None) -> tuple[str, bool]:
    """Into a new file of that name; one that is there already stays, the next free name is taken. What became of it, and whether well."""
    try:
        free = free_path(Path(path))
        free.write_text(MARK + points_as_csv(drawing, until), "utf-8", newline="")
    except (OSError, ValueError) as problem:  # ValueError: a name with a NUL in it
        return f"The points were not saved: {getattr(problem, 'strerror', None) or problem}", False
    return f"Saved as {free}", True


def write_png(path: str, picture: QPixmap) -> tuple[str, bool]:
    try:
        free = free_path(Path(path))
        is_saved = picture.save(str(free), "PNG")
    except (OSError, ValueError) as problem:
        return f"The picture was not saved: {getattr(problem, 'strerror', None) or problem}", False
    return (f"Saved as {free}", True) if is_saved else (f"The picture was not saved: {free.parent} could not be written", False)
