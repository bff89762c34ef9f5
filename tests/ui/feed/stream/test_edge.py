"""How much published video is ahead of the picture, reckoned from playlists and positions; and FFmpeg's silence about addresses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from app.services.feed.video import Look, Piece
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
    edge.restart(101.0)
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
    edge.shown(13.0, 110.0)
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


def listed(first: float, count: int = 6, ads: tuple[float, float] = (0, 0), seams: tuple[float, ...] = ()) -> Look:
    """A look at segments of two seconds from `first` on."""
    starts = [first + 2.0 * number for number in range(count)]
    pieces = tuple(Piece(at, 2.0, is_ad=ads[0] <= at < ads[1], is_seam=at in seams) for at in starts)
    return Look(starts[-1] + 2.0, 2.0, pieces[-1].is_ad, pieces)


def test_where_the_list_was_at_opening_is_where_the_first_picture_is_however_late_it_comes() -> None:
    edge = Edge()
    edge.published(listed(500.0), 100.0)
    edge.published(listed(502.0), 101.5)
    edge.shown(0.0, 103.0)
    assert edge.at() == 506.0
    assert edge.ahead(103.0) == 8.0


def test_an_advertisement_is_told_when_the_picture_comes_to_it_and_not_when_it_is_published() -> None:
    edge = Edge()
    edge.published(listed(500.0), 100.0)
    edge.shown(0.0, 100.1)
    edge.published(listed(504.0, ads=(512.0, 520.0), seams=(512.0,)), 104.0)
    edge.shown(3.9, 104.0)
    assert (edge.at(), edge.is_ad()) == (509.9, False)
    edge.shown(5.95, 106.0)
    assert (edge.is_ad(), edge.is_at_seam()) == (False, True)
    edge.shown(6.0, 106.1)
    assert edge.is_ad()


def test_where_the_first_look_came_late_an_advertisement_is_claimed_only_when_the_picture_has_surely_come_to_it() -> None:
    edge = Edge()
    edge.restart(100.0)
    edge.published(listed(504.0, ads=(514.0, 530.0)), 104.0)
    edge.shown(0.0, 104.5)
    edge.published(listed(512.0, ads=(514.0, 530.0)), 112.0)
    edge.shown(6.0, 110.5)
    assert (edge.at(), edge.is_ad()) == (516.0, False), "the player may have read the list four seconds before we did"
    edge.shown(8.1, 112.6)
    assert edge.is_ad()
    edge.restart(113.0)
    edge.published(listed(512.0, ads=(514.0, 530.0)), 113.0)
    edge.shown(0.0, 113.5)
    assert edge.is_ad(), "opened again, with a look at once"


def test_a_segment_may_have_been_published_between_the_opening_and_the_first_look() -> None:
    edge = Edge()
    edge.restart(100.0)
    edge.published(listed(502.0, ads=(512.0, 530.0), seams=(512.0,)), 100.3)
    edge.shown(0.0, 100.5)
    edge.published(listed(506.0, ads=(512.0, 530.0), seams=(512.0,)), 104.0)
    edge.shown(5.5, 106.0)
    assert (edge.at(), edge.is_ad(), edge.is_at_seam()) == (513.5, False, True), "a segment behind, it stands before the advertisement"
    edge.restart(106.7)
    edge.published(listed(506.0, ads=(512.0, 530.0), seams=(512.0,)), 107.0)
    edge.shown(0.0, 107.1)
    edge.shown(0.1, 107.2)
    assert (edge.at(), edge.is_ad()) == (512.1, True), "it was opened again behind the seam"


def test_a_look_after_the_first_picture_is_in_doubt_by_the_time_of_the_opening() -> None:
    edge = Edge()
    edge.restart(100.0)
    edge.shown(0.0, 103.0)
    edge.published(listed(504.0, ads=(510.0, 520.0)), 103.0)
    edge.shown(2.0, 105.0)
    assert (edge.at(), edge.is_ad()) == (512.0, False)
    edge.shown(3.9, 106.9)
    assert not edge.is_ad(), "a whole number of segments"
    edge.shown(4.1, 107.1)
    assert edge.is_ad()


def test_an_advertisement_that_the_list_has_already_let_go_of_is_still_known() -> None:
    edge = Edge()
    edge.published(listed(500.0, ads=(506.0, 510.0)), 100.0)
    edge.shown(0.0, 100.1)
    edge.published(listed(512.0), 112.0)
    edge.shown(3.0, 112.0)
    assert edge.is_ad()
    edge.shown(4.1, 113.0)
    assert not edge.is_ad()


def test_a_count_that_begins_again_is_behind_the_next_seam() -> None:
    edge = Edge()
    edge.published(listed(500.0, ads=(510.0, 512.0), seams=(510.0,)), 100.0)
    edge.shown(90_000.0, 100.1)
    edge.shown(90_003.9, 104.0)
    edge.shown(0.0, 104.1)
    assert (edge.at(), edge.is_ad()) == (510.0, True)
    edge.shown(1.0, 105.1)
    edge.shown(70.0, 105.2)
    assert edge.at() is None, "a leap without a seam: nothing is claimed"


@pytest.mark.parametrize(("piece", "seconds", "is_quiet"), [(2.0, 5.0, False), (2.0, 5.1, True), (6.0, 15.0, False), (6.0, 15.1, True)])
def test_a_playlist_stands_still_after_four_seconds_and_two_and_a_half_segments(piece: float, seconds: float, is_quiet: bool) -> None:
    edge = Edge()
    edge.published(Look(500.0, piece), 100.0)
    edge.published(Look(500.0, piece), 100.0 + seconds)
    assert (edge.quiet_for(100.0 + seconds) is not None) is is_quiet
    edge.lost()
    assert edge.quiet_for(200.0) is None


def test_time_alone_says_nothing_of_a_list_that_was_not_looked_at_again() -> None:
    edge = Edge()
    edge.published(Look(500.0, 2.0), 100.0)
    assert edge.quiet_for(200.0) is None


def test_when_all_that_was_published_is_shown_there_is_nothing_to_open_again_for() -> None:
    edge = Edge()
    edge.published(listed(500.0), 100.0)
    edge.shown(0.0, 100.1)
    edge.published(listed(500.0), 103.0)
    edge.shown(2.0, 102.5)
    assert edge.quiet_for(103.0) is None, "four seconds are still to come"
    edge.shown(5.95, 106.0)
    edge.published(listed(500.0), 104.5)
    assert edge.quiet_for(104.6) == pytest.approx(4.6)


@pytest.mark.skipif(sys.platform != "linux", reason="the library lies where Linux wheels have it")
def test_ffmpeg_writes_no_address_to_the_standard_error() -> None:
    with Broadcast() as broadcast:
        told = subprocess.run(
            [sys.executable, "-c", PLAYS, broadcast.live()], cwd=Path(__file__).parents[4], capture_output=True, timeout=90, check=False
        )
    assert told.returncode == 0, told.stderr
    assert b"practice-stream" not in told.stderr
