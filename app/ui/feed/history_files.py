"""The odds history as a file: its points as CSV, its chart as a picture with title and time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from heapq import merge
from pathlib import Path
from typing import Final

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from app.domain.sheet import MARK, csv_text
from app.services.feed.histories import Line
from app.ui.theme import Theme
from app.ui.views.table import free_path

TITLES: Final = ("Time (UTC)", "Line", "Team id", "Decimal odds")
HEAD: Final = 44  # pixels above the picture for its title and words


def copied(lines: Iterable[Line]) -> tuple[Line, ...]:
    """They go on growing while they are written."""
    return tuple(Line(line.name, line.team_id, line.side, line.times[:], line.odds[:]) for line in lines)


def points_as_csv(lines: Sequence[Line], until: float | None = None) -> str:
    """All prices in the order of time, in UTC; nothing in it that a spreadsheet would run. `until`: none later than that."""
    rows = merge(*(_points(place, line) for place, line in enumerate(lines)))
    return csv_text(
        TITLES,
        (
            (
                datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds"),
                lines[place].name,
                str(lines[place].team_id or ""),
                f"{odds:.10g}",
            )
            for at, place, odds in rows
            if until is None or at <= until
        ),
    )


def _points(place: int, line: Line) -> Iterator[tuple[float, int, float]]:
    return ((at, place, odds) for at, odds in zip(line.times, line.odds, strict=True) if odds == odds)


def write_csv(path: str, lines: Sequence[Line], until: float | None) -> tuple[str, bool]:
    """Into a new file of that name; one that is there already stays, the next free name is taken. What became of it, and whether well."""
    try:
        free = free_path(Path(path))
        free.write_text(MARK + points_as_csv(lines, until), "utf-8", newline="")
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


def picture_of(parts: Sequence[QWidget], title: str, words: str, theme: Theme) -> QPixmap:
    """The parts one below the other, under a title and a line of words."""
    grabs = [part.grab() for part in parts]
    ratio = parts[0].devicePixelRatioF()
    width = max(part.width() for part in parts)
    picture = QPixmap(round(width * ratio), round((HEAD + sum(part.height() for part in parts)) * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(theme.colours["surface.panel"])
    painter = QPainter(picture)
    painter.setFont(theme.font(12, bold=True))
    painter.setPen(theme.colours["text.strong"])
    lines = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
    painter.drawText(QRect(10, 4, width - 20, HEAD // 2 - 2), lines, _elided(painter, title, width - 20))
    painter.setFont(theme.font(11))
    painter.setPen(theme.colours["text.dim"])
    painter.drawText(QRect(10, HEAD // 2, width - 20, HEAD // 2 - 4), lines, _elided(painter, words, width - 20))
    top = HEAD
    for part, grab in zip(parts, grabs, strict=True):
        painter.drawPixmap(QPoint(0, top), grab)
        top += part.height()
    painter.end()
    return picture


def _elided(painter: QPainter, words: str, width: int) -> str:
    return painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, width)
