"""One run of video beside prices in a process of its own: `python -m benchmarks.viewing WAY RATE SECONDS` prints a `Run` as JSON.

The window with the prices is that of `painting`, and so is the way of a message into it. The video stands in a window of its own, as when
it is detached: it comes from the practice exchange's broadcast in a process of its own, through the program's own finder.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import msgspec
import qasync
from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QApplication

from app.domain.cs2 import StreamPlace
from app.footage import Footage
from app.practice.cs2_stream.routes import BASE
from app.services.feed.delay import Delay
from app.store.paths import resources
from app.ui.feed.stream.backends import Able
from app.ui.feed.stream.probe import ABSENT
from app.ui.feed.stream.quiet import hush_ffmpeg
from app.ui.feed.stream.view import StreamTools, StreamView
from app.ui.feed.stream.web import EnginePages
from app.ui.theme import Theme
from benchmarks import painting
from benchmarks.desk import Desk
from benchmarks.figures import Tail, tail
from benchmarks.painting import Sender, sender, until
from benchmarks.watch import Beat, Watch

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QVideoFrame

SIZE = (640, 440)  # pixels of the video's window: 640 x 360 and its two rows
QUALITY = "360p30"
CHANNEL = "overround_practice"
SETTLED = 60  # pictures before anything counts
WARM_UP = 1.0  # seconds at the same rate


class Way(StrEnum):
    """What shows the video."""

    VIEW = "view"  # the program's stream view
    NONE = "none"  # nothing: the same window without video, the first peer
    WIDGET = "widget"  # Qt's own QVideoWidget on a QMediaPlayer, no Python in a picture's way but a counter: the second peer


class Run(msgspec.Struct, frozen=True):
    """`late` as in `Beat`, `each` as in `Watch` (None without prices); milliseconds.

    `cpu` is the process's share of one core with the decoder's threads, `loop_cpu` that of the thread with the window alone. `pictures`
    were counted at the sink, `drawn` those that the view painted; what Qt's own widget paints is not known. `stalls` are the view's.
    """

    way: Way
    rate: float
    seconds: float
    sent: int
    lost: int
    updates: int
    each: Tail | None
    late: Tail
    cpu: float
    loop_cpu: float
    pictures: int
    drawn: int
    stalls: int
    failures: int


class Picture(Protocol):
    """Whatever shows the video, and its counts so far."""

    @property
    def pictures(self) -> int: ...
    @property
    def drawn(self) -> int: ...
    @property
    def stalls(self) -> int: ...
    async def close(self) -> None: ...


class NoPicture:
    pictures = drawn = stalls = 0

    async def close(self) -> None:
        """There is nothing."""


class WidgetPicture:
    """Qt's own way. What it draws it does not tell."""

    drawn = stalls = 0

    def __init__(self, port: int) -> None:
        from PySide6.QtMultimedia import QMediaPlayer
        from PySide6.QtMultimediaWidgets import QVideoWidget

        self.pictures = 0
        self._widget = QVideoWidget()
        self._widget.resize(*SIZE)
        self._widget.show()
        self._player = QMediaPlayer(self._widget)
        hush_ffmpeg()
        self._player.setVideoOutput(self._widget)
        self._widget.videoSink().videoFrameChanged.connect(self._count)
        self._player.setSource(QUrl(f"http://127.0.0.1:{port}{BASE}/{QUALITY}/live.m3u8"))
        self._player.play()

    async def close(self) -> None:
        self._player.stop()
        self._player.setVideoOutput(None)  # type: ignore[arg-type]  # Qt takes null, its stubs do not say so
        self._widget.hide()

    def _count(self, _frame: QVideoFrame) -> None:
        self.pictures += 1


class NoEngine:
    """The probe for a web engine that costs nothing."""

    def ask(self, answer: Callable[[Able], None]) -> None:
        answer(ABSENT)


class ViewPicture:
    """The program's stream view, muted as it starts."""

    def __init__(self, port: int, desk: Desk, theme: Theme) -> None:
        self._footage = Footage()
        place = StreamPlace(CHANNEL, f"http://127.0.0.1:{port}{BASE}/embed?channel={CHANNEL}&parent=127.0.0.1")
        tools = StreamTools(
            finder=self._footage,
            reader=self._footage,
            probe=NoEngine(),
            pages=EnginePages(),
            start=desk.tasks.start,
            clock=time.monotonic,
            open_link=lambda _address: False,
            recall=lambda name: QUALITY if name.endswith("quality") else "",
            remember=lambda _name, _value: None,
            has_engine=lambda: False,
        )
        self._view = StreamView(tools, theme, Delay(time.monotonic))
        self._view.resize(*SIZE)
        self._view.show()
        self._view.show_stage(self._footage.stage(place))
        desk.pulse.on_beat(self._view.tick)

    @property
    def pictures(self) -> int:
        return self._view.player.figures().frames

    @property
    def drawn(self) -> int:
        return self._view.screen_view.painted

    @property
    def stalls(self) -> int:
        return self._view.player.figures().stalls

    async def close(self) -> None:
        self._view.shut()
        self._view.hide()
        await self._footage.close()


@contextlib.contextmanager
def projector() -> Iterator[int]:
    """The broadcast's port; leaving the block ends it."""
    command = [sys.executable, "-m", "benchmarks.projector"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def show(way: Way, port: int, desk: Desk, theme: Theme) -> Picture:
    if way is Way.NONE:
        return NoPicture()
    return WidgetPicture(port) if way is Way.WIDGET else ViewPicture(port, desk, theme)


async def pump(source: Sender, watch: Watch, rate: float, seconds: float) -> int:
    """Messages sent, all of them painted or given up; without a rate the time passes."""
    if not rate:
        await asyncio.sleep(seconds)
        return 0
    sent = await source.pump(rate, seconds)
    with contextlib.suppress(TimeoutError):  # what is lost then shows in the counts
        await until(lambda: watch.received >= sent.messages and not watch.waiting, "all to be painted")
    return sent.messages


async def measure(desk: Desk, watch: Watch, source: Sender, picture: Picture, way: Way, rate: float, seconds: float) -> Run:
    """Wait until the video plays, warm up, then count."""
    await painting.prepare(desk, watch, painting.Way.SHIPPED)
    if way is not Way.NONE:
        await until(lambda: picture.pictures >= SETTLED, "the video to play")
    await pump(source, watch, rate, WARM_UP)
    watch.forget()
    beat, pictures, drawn = Beat(), picture.pictures, picture.drawn
    beat.start()
    cpu, loop_cpu, begun = time.process_time(), time.thread_time(), time.perf_counter()
    sent = await pump(source, watch, rate, seconds)
    took = time.perf_counter() - begun
    beat.stop()
    return Run(
        way=way,
        rate=rate,
        seconds=round(took, 3),
        sent=sent,
        lost=sent - len(watch.each),
        updates=watch.updates,
        each=tail(watch.each) if rate else None,
        late=tail(beat.gaps),
        cpu=round((time.process_time() - cpu) / took, 4),
        loop_cpu=round((time.thread_time() - loop_cpu) / took, 4),
        pictures=picture.pictures - pictures,
        drawn=picture.drawn - drawn,
        stalls=picture.stalls,
        failures=len(desk.failures) + desk.session.faults,
    )


def main(way: Way, rate: float, seconds: float) -> Run:
    """Everything built, measured and put away."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication(["bench"])
    application.setQuitOnLastWindowClosed(False)
    loop = qasync.QEventLoop(application)
    asyncio.set_event_loop(loop)
    watch = Watch()
    with tempfile.TemporaryDirectory(prefix="overround-bench-") as home, sender() as source, projector() as port, contextlib.closing(loop):
        desk = Desk(application, Path(home), source.port, watch.heard)

        async def run() -> Run:
            picture = show(way, port, desk, Theme(application, resources()))
            try:
                return await measure(desk, watch, source, picture, way, rate, seconds)
            finally:
                await picture.close()
                await desk.close()

        result: Run = loop.run_until_complete(run())
    return result


if __name__ == "__main__":
    print(msgspec.json.encode(main(Way(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]))).decode())
