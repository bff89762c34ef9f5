"""Where the tiles of a match's questions stand at a width: side by side where there is room, else one under the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from PySide6.QtCore import QRect

from app.ui.feed.market_face import MarketFace

WIDE: Final = 760  # pixels from which the questions stand side by side
NARROW: Final = 460  # pixels of a question below which its figures stand under its name
PAD: Final = 10
GAP: Final = 6
HEAD, SECOND, FLAW, TILE, BELOW = 23, 16, 17, 43, 7


class Place(NamedTuple):
    """Where a question stands: all of it, its words, its flaws (empty where none has any), and its tiles."""

    whole: QRect
    head: QRect
    flaw: QRect
    tiles: tuple[QRect, ...]


def is_side_by_side(width: int) -> bool:
    return width >= WIDE


def places(faces: Sequence[MarketFace], width: int) -> tuple[Place, ...]:
    """A place for each question. Side by side they keep one line: where one has flaws, all leave room for them."""
    if not faces:
        return ()
    if not is_side_by_side(width):
        return _stacked(faces, width)
    each = (width - 2 * PAD - (len(faces) - 1) * 2 * PAD) // len(faces)
    has_flaws = any(face.flaws for face in faces)
    return tuple(_place(face, PAD + at * (each + 2 * PAD), 0, each, has_flaws) for at, face in enumerate(faces))


def _stacked(faces: Sequence[MarketFace], width: int) -> tuple[Place, ...]:
    found: list[Place] = []
    for face in faces:
        top = found[-1].whole.bottom() + 1 if found else 0
        found.append(_place(face, PAD, top, width - 2 * PAD, bool(face.flaws)))
    return tuple(found)


def _place(face: MarketFace, left: int, top: int, width: int, has_flaws: bool) -> Place:
    head = QRect(left, top, width, HEAD + (SECOND if width < NARROW else 0))
    flaw = QRect(left, head.bottom() + 1, width, FLAW if has_flaws else 0)
    y = flaw.top() + flaw.height() + 1
    count = max(len(face.tiles), 1)
    each = (width - (count - 1) * GAP) / count
    edges = [(left + round(at * (each + GAP)), left + round(at * (each + GAP) + each)) for at in range(len(face.tiles))]
    tiles = tuple(QRect(start, y, end - start, TILE) for start, end in edges)
    return Place(QRect(left, top, width, y + TILE + BELOW - top), head, flaw, tiles)
