"""The program's icon in the forms that desktops ask for, rendered from the one SVG."""

from __future__ import annotations

import os
from pathlib import Path

SIZES = (48, 128, 256)
"""Pixels of the PNGs that a Linux desktop looks for."""


class IconError(Exception):
    """The icon could not be rendered or written; the text says which."""


def render(svg: Path, folder: Path) -> dict[int, Path]:
    """Write overround-SIZE.png, overround.ico (Windows) and overround.icns (macOS); the PNGs by size."""
    if not svg.is_file():
        raise IconError(f"{svg} is missing")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    folder.mkdir(parents=True, exist_ok=True)
    pictures = {size: folder / f"overround-{size}.png" for size in SIZES}
    for size, picture in pictures.items():
        _write(svg, size, picture)
    _write(svg, 256, folder / "overround.ico")
    _write(svg, 512, folder / "overround.icns")
    return pictures


def _write(svg: Path, size: int, target: Path) -> None:
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    renderer = QSvgRenderer(str(svg))
    if not renderer.isValid():
        raise IconError(f"{svg} is not a picture")
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    if not image.save(str(target)):
        raise IconError(f"{target} could not be written")
