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
HEAD, SECOND, FLAW, TILE, ROW, BELOW, BELOW_ROWS = 23, 15, 17, 43, 22, 7, 5
BESIDE_LABEL: Final = 14  # pixels of a tile that its label cannot have


class Place(NamedTuple):
    """Where a question stands: all of it, its words, its flaws (empty where none has any), and its tiles."""

    whole: QRect
    head: QRect
    flaw: QRect
    tiles: tuple[QRect, ...]


def is_side_by_side(width: int) -> bool:
    return width >= WIDE


def places(faces: Sequence[MarketFace], width: int, label: int = 0) -> tuple[Place, ...]:
    """A place for each question. Side by side they keep one line: where one has flaws, all leave room for them.

    `label`: pixels of the widest name with its side. Where a tile is narrower, all stand as rows, one under the other.
    """
    if not faces:
        return ()
    each = _each(len(faces), width)
    has_rows = any(_tile_width(len(face.tiles), each) < label + BESIDE_LABEL for face in faces)
    if not is_side_by_side(width):
        return _stacked(faces, width, has_rows=has_rows)
    has_flaws = any(face.flaws for face in faces)
    most = max(len(face.tiles) for face in faces)
    return tuple(
        _place(face, QRect(PAD + at * (each + 2 * PAD), 0, each, 0), has_flaws=has_flaws, rows=most if has_rows else 0)
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


def _stacked(faces: Sequence[MarketFace], width: int, *, has_rows: bool) -> tuple[Place, ...]:
    found: list[Place] = []
    for face in faces:
        top = found[-1].whole.bottom() + 1 if found else 0
        at = QRect(PAD, top, width - 2 * PAD, 0)
        found.append(_place(face, at, has_flaws=bool(face.flaws), rows=len(face.tiles) if has_rows else 0))
    return tuple(found)


def _place(face: MarketFace, at: QRect, *, has_flaws: bool, rows: int) -> Place:
    """`rows`: for how many rows there is to be room; 0: the tiles stand beside each other."""
    left, top, width = at.left(), at.top(), at.width()
    head = QRect(left, top, width, HEAD + (SECOND if width < NARROW else 0))
    flaw = QRect(left, head.bottom() + 1, width, FLAW if has_flaws else 0)
    y = flaw.top() + flaw.height() + 1
    count = len(face.tiles)
    tiles = _rows(count, left, y, width) if rows else _beside(count, left, y, width)
    high = rows * ROW + (rows - 1) * ROW_GAP if rows else TILE
    below = BELOW_ROWS if rows else BELOW
    return Place(QRect(left, top, width, y + high + below - top), head, flaw, tiles)


def _beside(count: int, left: int, y: int, width: int) -> tuple[QRect, ...]:
    each = _tile_width(count, width)
    edges = [(left + round(at * (each + GAP)), left + round(at * (each + GAP) + each)) for at in range(count)]
    return tuple(QRect(start, y, end - start, TILE) for start, end in edges)


def _rows(count: int, left: int, y: int, width: int) -> tuple[QRect, ...]:
    return tuple(QRect(left, y + at * (ROW + ROW_GAP), width, ROW) for at in range(count))
