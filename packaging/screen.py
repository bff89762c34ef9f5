"""A screen without a monitor: Xvfb, the windows on it, and a picture of it."""

from __future__ import annotations

import os
import re
import select
import struct
import subprocess
from pathlib import Path
from types import TracebackType

import msgspec

SIZE = "1600x1000x24"
READY = 15.0  # seconds Xvfb may take


class ScreenError(Exception):
    """The screen could not be had; the text says why."""


class XWindow(msgspec.Struct, frozen=True):
    """A window as the X server knows it, in pixels."""

    title: str
    width: int
    height: int


class Picture(msgspec.Struct, frozen=True):
    """Rows of four bytes a pixel (blue, green, red, unused), `stride` bytes each."""

    width: int
    height: int
    stride: int
    pixels: bytes

    def colours(self) -> int:
        """How many different colours there are: an empty screen has one."""
        return len({self.pixels[at : at + 3] for at in range(0, len(self.pixels), 4)})


def windows(text: str) -> list[XWindow]:
    """The titled windows in what `xwininfo -tree` says."""
    rows = re.findall(r'0x[0-9a-f]+ "(.*?)": \(.*?\)\s+(\d+)x(\d+)\+', text)
    return [XWindow(title, int(width), int(height)) for title, width, height in rows]


def read_xwd(dump: bytes) -> Picture:
    """The picture in Xvfb's frame buffer file (format XWD, version 7). ScreenError when it is another kind of picture."""
    head = struct.unpack(">25I", dump[:100])
    size, version, width, height, order, bits, stride, colours = head[0], head[1], head[4], head[5], head[7], head[11], head[12], head[19]
    if (version, order, bits) != (7, 0, 32):
        raise ScreenError(f"a frame buffer of version {version}, byte order {order}, {bits} bits a pixel is not read here")
    start = size + 12 * colours
    return Picture(width, height, stride, dump[start : start + stride * height])


class Screen:
    """An Xvfb of our own for as long as the block lasts; it picks a free display number by itself."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.display = ""

    def __enter__(self) -> Screen:
        self._folder.mkdir(parents=True, exist_ok=True)
        reading, writing = os.pipe()
        command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", SIZE, "-nolisten", "tcp", "-fbdir", str(self._folder)]
        self._server = subprocess.Popen(command, pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(writing)
        with os.fdopen(reading) as answer:
            is_ready = bool(select.select([answer], [], [], READY)[0])
            number = answer.readline().strip() if is_ready else ""
        if not number:
            self._end()
            raise ScreenError("Xvfb did not start")
        self.display = f":{number}"
        return self

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None) -> None:
        self._end()

    def _end(self) -> None:
        self._server.terminate()
        self._server.wait(READY)

    def windows(self) -> list[XWindow]:
        env = {**os.environ, "LC_ALL": "C.UTF-8"}
        said = subprocess.run(
            ["xwininfo", "-display", self.display, "-root", "-tree"], capture_output=True, encoding="utf-8", env=env, check=False
        )
        return windows(said.stdout)

    def picture(self) -> Picture:
        return read_xwd((self._folder / "Xvfb_screen0").read_bytes())


def save(picture: Picture, target: Path) -> None:
    """Write it as a PNG. Raises ScreenError."""
    from PySide6.QtGui import QImage

    image = QImage(picture.pixels, picture.width, picture.height, picture.stride, QImage.Format.Format_RGB32)
    if not image.save(str(target)):
        raise ScreenError(f"{target} could not be written")
