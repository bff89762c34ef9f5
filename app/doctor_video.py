"""The doctor's look at video: whether it plays here, and what finds and shows the league's stream. Trading needs none of it."""

from __future__ import annotations

import importlib.metadata
import subprocess
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

import msgspec

from app.venues.twitch.plugin import MISSING, installed

if TYPE_CHECKING:
    from PySide6.QtCore import QUrl
    from PySide6.QtMultimedia import QMediaPlayer
    from streamlink.session.session import Streamlink

CLIP: Final = "practice/stream/360p30/0.ts"  # below the resources
WANTED: Final = 30
"""Pictures that prove it: a second of the clip."""

PATIENCE: Final = 15.0
"""Seconds they may take."""

TWITCH: Final = "https://www.twitch.tv/overround"
"""Only read as an address: nothing is asked there."""


class Shown(msgspec.Struct, frozen=True):
    """What came of playing something. `trouble` is a sentence's part, empty when all wanted pictures came."""

    pictures: int
    seconds: float
    codec: str = ""
    trouble: str = ""

    def words(self) -> str:
        if self.trouble:
            return f"does not play: {self.trouble} ({self.pictures} pictures in {self.seconds:.1f} s)"
        return f"plays {self.codec} ({self.pictures} pictures in {self.seconds:.1f} s)"


def play(address: QUrl, wanted: int = WANTED, patience: float = PATIENCE) -> Shown:
    """Play it without a screen and without sound until that many pictures came. Needs a QCoreApplication; ImportError without
    Qt Multimedia. What could not be shown is told, never raised."""
    from PySide6.QtCore import QEventLoop, QTimer
    from PySide6.QtMultimedia import QMediaPlayer, QVideoFrame, QVideoSink

    from app.ui.feed.stream.quiet import hush_ffmpeg

    loop, limit, player, sink = QEventLoop(), QTimer(singleShot=True), QMediaPlayer(), QVideoSink()
    stamps: set[int] = set()
    troubles: list[str] = []

    def on_frame(frame: QVideoFrame) -> None:
        if frame.isValid():
            stamps.add(frame.startTime())
        if len(stamps) >= wanted:
            loop.quit()

    def on_error(error: QMediaPlayer.Error, words: str) -> None:
        troubles.append(words or error.name)
        loop.quit()

    def on_status(status: QMediaPlayer.MediaStatus) -> None:
        if status is QMediaPlayer.MediaStatus.EndOfMedia:
            loop.quit()

    hush_ffmpeg()
    player.setVideoSink(sink)
    sink.videoFrameChanged.connect(on_frame)
    player.errorOccurred.connect(on_error)
    player.mediaStatusChanged.connect(on_status)
    limit.timeout.connect(loop.quit)
    started = time.monotonic()
    limit.start(round(patience * 1000))
    player.setSource(address)
    player.play()
    if not troubles and len(stamps) < wanted:
        loop.exec()
    seconds, codec = time.monotonic() - started, _codec(player)
    player.stop()
    player.setVideoSink(None)  # type: ignore[arg-type]  # Qt takes null, its stubs do not say so
    if len(stamps) < wanted and not troubles:
        troubles.append(f"fewer than {wanted} pictures came")
    return Shown(len(stamps), seconds, codec, "" if len(stamps) >= wanted else troubles[0])


def _codec(player: QMediaPlayer) -> str:
    """The name of the video's codec, as the player reads it."""
    from PySide6.QtMultimedia import QMediaFormat, QMediaMetaData

    for told in (player.metaData(), *player.videoTracks()):
        codec = told.value(QMediaMetaData.Key.VideoCodec)
        if isinstance(codec, QMediaFormat.VideoCodec) and codec is not QMediaFormat.VideoCodec.Unspecified:
            return str(QMediaFormat.videoCodecName(codec)).replace("H26", "H.26")
    return "video"


def finder_words(load: Callable[[], type[Streamlink]] = installed) -> tuple[bool, str]:
    """Whether streamlink is there and knows Twitch, and its version; nothing is asked of the network."""
    try:
        session = load()(plugins_builtin=True)
        version = importlib.metadata.version("streamlink")
        from streamlink.exceptions import NoPluginError
    except ImportError:
        return False, MISSING
    try:
        name, _plugin, _url = session.resolve_url_no_redirect(TWITCH)
    except NoPluginError:
        return False, f"streamlink {version} is there and does not know Twitch: its plug-in is missing"
    finally:
        session.http.close()
    return name == "twitch", f"streamlink {version} is there and knows Twitch"


def engine_words(
    has_engine: Callable[[], bool] | None = None, command: Sequence[str] = (), *, is_packaged: bool | None = None
) -> tuple[bool, str]:
    """Whether Qt WebEngine is there with H.264 and AAC. A program of its own is asked, for an engine may die of it."""
    from app.ui.feed.stream import probe

    if probe.IS_PACKAGED if is_packaged is None else is_packaged:
        return True, "not part of the packaged program: the official player opens in the browser"
    if not (has_engine or probe.is_engine_there)():
        return False, f"{probe.ABSENT.why}: the official player opens in the browser"
    try:
        said = subprocess.run(
            command or probe.COMMAND, cwd=probe.ROOT, capture_output=True, encoding="utf-8", timeout=probe.LONGEST / 1000, check=False
        ).stdout.split()
    except (OSError, subprocess.TimeoutExpired):
        said = []
    able = probe.read_answer(said)
    return able.is_able, able.why if able.is_able else f"{able.why}: the official player opens in the browser"
