"""A real QMediaPlayer on the stream: every picture over the loop's seam, and what each fault does to it.

All waits end with what is waited for; the clock is set so that the seam is near.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import pairwise
from time import monotonic

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QColor
from PySide6.QtMultimedia import QMediaPlayer, QVideoFrame, QVideoSink
from pytestqt.qtbot import QtBot

from app.practice.cs2_stream.faults import Wishes
from app.practice.cs2_stream.playlist import Break, reach
from tests.practice.cs2_stream.kit import CLIP, PATIENCE, Broadcast, before_seam

pytestmark = [
    pytest.mark.skipif(os.environ.get("QT_MEDIA_BACKEND", "ffmpeg") != "ffmpeg", reason="the stream is played by FFmpeg"),
    pytest.mark.qt_log_ignore("Cannot set loops for non-seekable source", "Could not open media", "No RHI backend", extend=True),
    pytest.mark.timeout(4 * int(PATIENCE)),
]

WAIT = int(PATIENCE * 1000)
FRAME = 1 / CLIP.rate
LEAGUE, ADVERTISEMENT = QColor("#14181f"), QColor("#2b1f33")
SEAM_AT = 2.0
"""Seconds after its first picture: a player begins three segments before the newest one's end."""


class Screen:
    """Plays one address and keeps when each picture was for (s) and the colours of two of its places."""

    def __init__(self, url: str) -> None:
        self.times: list[float] = []
        self.bars: list[QColor] = []
        self.corners: list[QColor] = []
        self.errors: list[QMediaPlayer.Error] = []
        self._shown_at = monotonic()
        self.sink = QVideoSink()
        self.player = QMediaPlayer()
        self.sink.videoFrameChanged.connect(self._shown)
        self.player.errorOccurred.connect(self._failed)
        self.player.setVideoSink(self.sink)
        self.play(url)

    def play(self, url: str) -> None:
        self.player.setSource(QUrl())
        self.times.clear()
        self.bars.clear()
        self.corners.clear()
        self.player.setSource(QUrl(url))
        self.player.play()

    def close(self) -> None:
        self.player.stop()
        self.player.setSource(QUrl())

    @property
    def is_playing(self) -> bool:
        return self.player.playbackState() is QMediaPlayer.PlaybackState.PlayingState

    def silence(self) -> float:
        """Seconds since the last picture."""
        return monotonic() - self._shown_at

    def _shown(self, frame: QVideoFrame) -> None:
        if frame.isValid():
            self._shown_at = monotonic()
            picture = frame.toImage()
            self.times.append(frame.startTime() / 1e6)
            self.bars.append(picture.pixelColor(picture.width() * 3 // 4, picture.height() - 3))
            self.corners.append(picture.pixelColor(2, 2))

    def _failed(self, error: QMediaPlayer.Error, _words: str) -> None:
        self.errors.append(error)


@pytest.fixture
def broadcast() -> Iterator[Broadcast]:
    with Broadcast(before_seam(-5)) as broadcast:
        yield broadcast


@pytest.fixture
def screen(broadcast: Broadcast, qapp: object) -> Iterator[Screen]:
    screen = Screen(broadcast.live())
    yield screen
    screen.close()


def test_every_picture_is_shown_over_the_seam_of_the_loop(qtbot: QtBot, screen: Screen) -> None:
    qtbot.waitUntil(lambda: screen.times[-1:] > [5.0], timeout=WAIT)

    assert screen.times[0] < 0.5
    assert len(screen.times) > 0.6 * 5 * CLIP.rate  # a busy machine leaves some out
    assert _gaps(screen) == []
    assert min(after - before for before, after in pairwise(screen.times)) > 0
    full = [bar.lightness() > 80 for time, bar in zip(screen.times, screen.bars, strict=True) if time < SEAM_AT - FRAME]
    empty = [bar.lightness() > 80 for time, bar in zip(screen.times, screen.bars, strict=True) if time > SEAM_AT + FRAME]
    assert all(full)
    assert not any(empty)
    assert len(full) > 20
    assert len(empty) > 30
    assert screen.is_playing
    assert screen.errors == []


def test_the_small_quality_plays_too_and_so_does_the_list_of_qualities(qtbot: QtBot, broadcast: Broadcast, screen: Screen) -> None:
    for url, width in ((broadcast.live("180p30"), 320), (broadcast.master, 640)):
        screen.play(url)
        qtbot.waitUntil(lambda: len(screen.times) >= CLIP.rate, timeout=WAIT)
        assert screen.sink.videoSize().width() == width


def test_a_stalled_stream_gives_no_sign_but_the_missing_pictures_and_goes_on_afterwards(
    qtbot: QtBot, broadcast: Broadcast, screen: Screen
) -> None:
    qtbot.waitUntil(lambda: len(screen.times) >= CLIP.rate, timeout=WAIT)
    broadcast.wish(Wishes(stall=True))
    qtbot.waitUntil(lambda: screen.silence() > 3, timeout=WAIT)
    assert screen.is_playing
    assert screen.errors == []

    before = screen.times[-1]
    broadcast.wish(Wishes(stall=False))

    qtbot.waitUntil(lambda: screen.times[-1] > before + 3, timeout=WAIT)
    assert screen.is_playing


def test_a_lost_segment_is_two_seconds_without_pictures_and_no_more(qtbot: QtBot, broadcast: Broadcast, screen: Screen) -> None:
    qtbot.waitUntil(lambda: len(screen.times) >= CLIP.rate // 2, timeout=WAIT)
    lost = reach(broadcast.clock.now_ns(), CLIP.segment_ns).last + 2
    broadcast.wish(Wishes(lose=[lost]))

    qtbot.waitUntil(lambda: _gaps(screen) != [], timeout=WAIT)
    count = len(screen.times)
    qtbot.waitUntil(lambda: len(screen.times) >= count + CLIP.rate, timeout=WAIT)

    assert _gaps(screen) == [pytest.approx(2 + FRAME, abs=2 * FRAME)]
    assert screen.is_playing
    assert screen.errors == []


def test_a_channel_that_goes_offline_ends_the_film_and_cannot_be_opened(qtbot: QtBot, broadcast: Broadcast, screen: Screen) -> None:
    qtbot.waitUntil(lambda: len(screen.times) >= CLIP.rate // 2, timeout=WAIT)
    broadcast.wish(Wishes(offline=True))
    qtbot.waitUntil(lambda: screen.player.mediaStatus() is QMediaPlayer.MediaStatus.EndOfMedia, timeout=WAIT)
    assert screen.errors == []

    screen.play(broadcast.live())
    qtbot.waitUntil(lambda: screen.errors != [], timeout=WAIT)
    assert screen.errors == [QMediaPlayer.Error.ResourceError]

    broadcast.wish(Wishes(offline=False))
    screen.play(broadcast.live())
    qtbot.waitUntil(lambda: len(screen.times) >= CLIP.rate // 2, timeout=WAIT)


def test_an_advertisement_is_played_and_the_league_again_when_it_is_opened_anew(qtbot: QtBot, broadcast: Broadcast, screen: Screen) -> None:
    """Its timestamps are its own, as at Twitch: a player that meets it on the way may stop, and has to be started again."""
    last = reach(broadcast.clock.now_ns(), CLIP.segment_ns).last
    broadcast.faults.breaks = (Break(last - 6),)
    screen.play(broadcast.live())
    qtbot.waitUntil(lambda: len(screen.times) >= CLIP.rate, timeout=WAIT)
    assert all(_is_near(corner, ADVERTISEMENT) for corner in screen.corners)

    broadcast.faults.breaks = (Break(last - 16, last - 12),)
    screen.play(broadcast.live())
    qtbot.waitUntil(lambda: len(screen.times) >= CLIP.rate, timeout=WAIT)
    assert all(_is_near(corner, LEAGUE) for corner in screen.corners)


def _gaps(screen: Screen) -> list[float]:
    return [after - before for before, after in pairwise(screen.times) if after - before > 0.5]


def _is_near(one: QColor, other: QColor) -> bool:
    return max(abs(one.red() - other.red()), abs(one.green() - other.green()), abs(one.blue() - other.blue())) < 12
