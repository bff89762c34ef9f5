"""Where the tiles of a match's questions stand at a width: beside each other, or under each other where there is little room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from PySide6.QtCore import QRect

from app.ui.feed.market_face import MarketFace

WIDE: Final = 760  # pixels from which the questions stand side by side
NARROW: Final = 460  # pixels of a question below which its figures stand under its name
PAD: Final = 10
GAP, ROW_GAP = 6, 2
HEAD, FLAW, TILE, ROW = 23, 17, 43, 22
NOTE: Final = 17  # pixels of the line that names what has no room
BESIDE_LABEL: Final = 14  # pixels of a tile that its label cannot have


class Heights(NamedTuple):
    """Pixels of a question's name, of its figures below it, of a row, and of what is free below tiles and below rows."""

    head: int
    second: int
    row: int
    below: int
    below_rows: int


ROOMY: Final = Heights(HEAD, 15, ROW, 7, 5)
CLOSE: Final = Heights(20, 15, 17, 4, 3)
TIGHT: Final = Heights(19, 0, 16, 4, 3)


class Place(NamedTuple):
    """Where a question stands: all of it, its words, its flaws (empty where none has any), and its tiles."""

    whole: QRect
    head: QRect
    flaw: QRect
    tiles: tuple[QRect, ...]

    @property
    def is_hidden(self) -> bool:
        """There is no room for it."""
        return self.whole.isEmpty()


def is_side_by_side(width: int) -> bool:
    return width >= WIDE


def places(faces: Sequence[MarketFace], width: int, label: int = 0, room: int | None = None) -> tuple[Place, ...]:
    """A place for each question. Side by side they keep one line: where one has flaws, all leave room for them.

    `label`: pixels of the widest name with its side. Where a tile is narrower, all stand as rows, one under the other. `room`: pixels of
    height; where there are fewer than wanted all of it is lower, figures that find no place beside a question's name are left out, and of
    questions under each other the last are hidden rather than cut, but never the first.
    """
    if not faces:
        return ()
    graded = (_places(faces, width, label, high) for high in (ROOMY, CLOSE))
    fitting = next((found for found in graded if room is None or height(found) <= room), None)
    if fitting is not None or room is None:
        return fitting or ()
    tight = _places(faces, width, label, TIGHT)
    return tight if is_side_by_side(width) else _hide_last(tight, room)


def height(found: Sequence[Place]) -> int:
    """With the line that names what is hidden."""
    return max((place.whole.bottom() + 1 for place in found), default=0) + (NOTE if any(place.is_hidden for place in found) else 0)


def _hide_last(found: tuple[Place, ...], room: int) -> tuple[Place, ...]:
    """As many as have room; what is hidden has its place nowhere."""
    graded = (found[:count] + tuple(_nowhere(place) for place in found[count:]) for count in range(len(found), 0, -1))
    return next((shown for shown in graded if height(shown) <= room), (found[0], *map(_nowhere, found[1:])))


def _nowhere(place: Place) -> Place:
    return Place(QRect(), QRect(), QRect(), tuple(QRect() for _tile in place.tiles))


def _places(faces: Sequence[MarketFace], width: int, label: int, high: Heights) -> tuple[Place, ...]:
    each = _each(len(faces), width)
    has_rows = any(_tile_width(len(face.tiles), each) < label + BESIDE_LABEL for face in faces)
    if not is_side_by_side(width):
        return _stacked(faces, width, high, has_rows=has_rows)
    has_flaws = any(face.flaws for face in faces)
    most = max(len(face.tiles) for face in faces)
    return tuple(
        _place(face, QRect(PAD + at * (each + 2 * PAD), 0, each, 0), high, has_flaws=has_flaws, rows=most if has_rows else 0)
        for at, face in enumerate(faces)
    )


def is_row(tile: QRect) -> bool:
    """Whether the price stands beside the name."""
    return tile.height() <= ROW


def _each(count: int, width: int) -> int:
    """Pixels of one question."""
    return (width - 2 * PAD - (count - 1) * 2 * PAD) // count if is_side_by_side(width) else width - 2 * PAD


def _tile_width(count: int, width: int) -> float:
    count = max(count, 1)
    return (width - (count - 1) * GAP) / count


def _stacked(faces: Sequence[MarketFace], width: int, high: Heights, *, has_rows: bool) -> tuple[Place, ...]:
    found: list[Place] = []
    for face in faces:
        top = found[-1].whole.bottom() + 1 if found else 0
        at = QRect(PAD, top, width - 2 * PAD, 0)
        found.append(_place(face, at, high, has_flaws=bool(face.flaws), rows=len(face.tiles) if has_rows else 0))
    return tuple(found)


def _place(face: MarketFace, at: QRect, high: Heights, *, has_flaws: bool, rows: int) -> Place:
    """`rows`: for how many rows there is to be room; 0: the tiles stand beside each other."""
    left, top, width = at.left(), at.top(), at.width()
    head = QRect(left, top, width, high.head + (high.second if width < NARROW else 0))
    flaw = QRect(left, head.bottom() + 1, width, FLAW if has_flaws else 0)
    y = flaw.top() + flaw.height() + 1
    count = len(face.tiles)
    tiles = _rows(count, left, y, width, high.row) if rows else _beside(count, left, y, width)
    tall = rows * high.row + (rows - 1) * ROW_GAP if rows else TILE
    below = high.below_rows if rows else high.below
    return Place(QRect(left, top, width, y + tall + below - top), head, flaw, tiles)


def _beside(count: int, left: int, y: int, width: int) -> tuple[QRect, ...]:
    each = _tile_width(count, width)
    edges = [(left + round(at * (each + GAP)), left + round(at * (each + GAP) + each)) for at in range(count)]
    return tuple(QRect(start, y, end - start, TILE) for start, end in edges)


def _rows(count: int, left: int, y: int, width: int, row: int) -> tuple[QRect, ...]:
    return tuple(QRect(left, y + at * (row + ROW_GAP), width, row) for at in range(count))
