"""How much published video is ahead of the picture, reckoned from playlists and positions; and FFmpeg's silence about addresses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from app.services.feed.video import Look
from app.ui.feed.stream.edge import Edge
from tests.practice.cs2_stream.kit import Broadcast

PLAYS = """
import sys, time
from PySide6.QtCore import QCoreApplication, QTimer, QUrl
from PySide6.QtMultimedia import QMediaPlayer, QVideoSink
from app.ui.feed.stream.quiet import hush_ffmpeg
application = QCoreApplication([])
player, sink = QMediaPlayer(), QVideoSink()
player.setVideoSink(sink)
hush_ffmpeg()
left = [20]
def on_frame(frame):
    left[0] -= 1
    if not left[0]:
        application.quit()
sink.videoFrameChanged.connect(on_frame)
QTimer.singleShot(60_000, lambda: sys.exit(3))
player.setSource(QUrl(sys.argv[1]))
player.play()
application.exec()
player.stop()
sys.exit(0 if left[0] <= 0 else 4)
"""


def test_nothing_is_claimed_before_a_playlist_was_read() -> None:
    edge = Edge()
    edge.shown(0.0, 100.0)
    assert edge.ahead(101.0) is None
    edge.restart()
    edge.published(Look(500.0, 2.0), 101.0)
    assert edge.ahead(101.0) is None, "and none before a picture was shown"


def test_a_stream_begins_three_segments_behind_and_what_is_published_and_not_shown_is_ahead() -> None:
    edge = Edge()
    edge.shown(0.0, 100.0)
    edge.published(Look(500.0, 2.0), 100.0)
    assert edge.ahead(100.0) == 6.0
    edge.shown(4.0, 104.0)
    edge.published(Look(502.0, 2.0), 104.0)
    assert edge.ahead(104.0) == 4.0
    edge.shown(30.0, 110.0)
    assert edge.ahead(110.0) == 0.0


def test_a_look_that_comes_late_is_not_taken_for_the_start() -> None:
    edge = Edge()
    edge.shown(0.0, 100.0)
    edge.shown(4.0, 104.0)
    edge.published(Look(504.0, 2.0), 104.0)
    assert edge.ahead(104.0) == 6.0


def test_a_position_of_another_line_of_time_is_no_buffer() -> None:
    edge = Edge()
    edge.shown(90_000.0, 100.0)
    edge.published(Look(500.0, 2.0), 100.0)
    edge.shown(0.0, 101.0)
    assert edge.ahead(101.0) is None


@pytest.mark.parametrize(("piece", "seconds", "is_quiet"), [(2.0, 8.0, False), (2.0, 8.1, True), (6.0, 18.0, False), (6.0, 18.1, True)])
def test_a_playlist_stands_still_after_eight_seconds_and_three_segments(piece: float, seconds: float, is_quiet: bool) -> None:
    edge = Edge()
    edge.published(Look(500.0, piece), 100.0)
    edge.published(Look(500.0, piece), 104.0)
    assert (edge.quiet_for(100.0 + seconds) is not None) is is_quiet
    edge.lost()
    assert edge.quiet_for(200.0) is None


@pytest.mark.skipif(sys.platform != "linux", reason="the library lies where Linux wheels have it")
def test_ffmpeg_writes_no_address_to_the_standard_error() -> None:
    with Broadcast() as broadcast:
        told = subprocess.run(
            [sys.executable, "-c", PLAYS, broadcast.live()], cwd=Path(__file__).parents[4], capture_output=True, timeout=90, check=False
        )
    assert told.returncode == 0, told.stderr
    assert b"practice-stream" not in told.stderr
