"""The in-app player with the exchange's real stream: frames are counted at the sink, and what breaks it is seen and cured.

Nothing is slept for: each test waits for what is to happen, with bounds for a machine that many share.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from urllib.request import urlopen

import pytest
from pytestqt.qtbot import QtBot

from app.domain.errors import NotSentError, UnknownError, VenueError
from app.footage import told
from app.practice.cs2_stream.faults import Wishes
from app.services.feed.video import Found, Look, MissingPartError, Offline
from app.ui.feed.stream.player import LivePlayer
from app.ui.feed.stream.states import MOVING, PlayState
from app.venues.twitch.playlists import look
from tests.practice.cs2_stream.kit import CLIP, Broadcast
from tests.ui.feed.stream.kit import PLACE, FakeFinder, FakeReader, Started, Time, found

PATIENCE = 60_000  # ms

# What Qt's FFmpeg says of every live stream, of a machine without sound, and of an address that gives nothing.
pytestmark = pytest.mark.qt_log_ignore(
    "Cannot set loops for non-seekable source",
    "PulseAudioService",
    "Could not open media",
    "Couldn't load pipewire",
    "Couldn't resolve",
    "No RHI backend",
    extend=True,
)


class LoopbackReader:
    """Reads the playlist as the resolver does, with the answer there at once."""

    async def look(self, url: str) -> Look:
        try:
            with urlopen(url, timeout=10) as reply:  # noqa: ASYNC210  (of this computer, and the server has a thread of its own)
                return told(look(reply.read().decode()))
        except OSError as problem:
            raise NotSentError("nobody is there") from problem


@pytest.fixture
def broadcast() -> Iterator[Broadcast]:
    with Broadcast() as broadcast:
        yield broadcast


@pytest.fixture
def watch(qtbot: QtBot) -> Iterator[Callable[..., LivePlayer]]:
    players: list[LivePlayer] = []

    def build(*answers: Found | Offline | VenueError | MissingPartError, reader: object = None) -> LivePlayer:
        finder = FakeFinder(*answers)
        player = LivePlayer(finder, Started(), time.monotonic, reader)  # type: ignore[arg-type]  # any of the readers here
        players.append(player)
        return player

    yield build
    for player in players:
        player.close()


def until(qtbot: QtBot, is_so: Callable[[], bool]) -> None:
    qtbot.waitUntil(is_so, timeout=PATIENCE)


def test_it_plays_the_live_stream_muted_and_tells_its_figures(broadcast: Broadcast, watch: Callable[..., LivePlayer], qtbot: QtBot) -> None:
    player = watch(found(broadcast.live(), broadcast.live("180p30")), reader=LoopbackReader())
    states: list[PlayState] = []
    player.changed.connect(lambda: states.append(player.state))
    player.play(PLACE)
    until(qtbot, lambda: player.figures().frames >= 90 and player.figures().behind is not None)
    figures = player.figures()
    assert states[0] is PlayState.STARTING
    assert player.state is PlayState.PLAYING
    assert (player.quality, figures.size) == ("360p30", (640, 360))
    assert figures.fps > 10
    assert figures.behind is not None
    assert 0 <= figures.behind < 30
    assert player.is_muted
    assert player._player is not None
    assert player._player.audioOutput() is None, "no sound is decoded before somebody wants to hear it"


def test_another_quality_is_opened_at_the_live_edge(broadcast: Broadcast, watch: Callable[..., LivePlayer], qtbot: QtBot) -> None:
    player = watch(found(broadcast.live(), broadcast.live("180p30")))
    player.play(PLACE)
    until(qtbot, lambda: player.figures().size == (640, 360))
    player.choose_quality("180p30")
    until(qtbot, lambda: player.figures().size == (320, 180))
    assert (player.quality, player.playback.stalls) == ("180p30", 0)


def test_a_stall_is_seen_by_the_silence_and_ends_with_frames(broadcast: Broadcast, watch: Callable[..., LivePlayer], qtbot: QtBot) -> None:
    player = watch(found(broadcast.live()), reader=LoopbackReader())
    player.play(PLACE)
    until(qtbot, lambda: player.state is PlayState.PLAYING)
    broadcast.wish(Wishes(stall=True))
    until(qtbot, lambda: player.state is PlayState.STALLED)
    assert player.figures().stalls == 1
    until(qtbot, lambda: "nothing new" in player.words)
    broadcast.wish(Wishes(stall=False))
    until(qtbot, lambda: player.state is PlayState.PLAYING)
    frames = player.figures().frames
    until(qtbot, lambda: player.figures().frames > frames + 60)
    assert player.figures().recoveries >= 1


def test_a_lost_segment_is_survived(broadcast: Broadcast, watch: Callable[..., LivePlayer], qtbot: QtBot) -> None:
    player = watch(found(broadcast.live()))
    player.play(PLACE)
    until(qtbot, lambda: player.state is PlayState.PLAYING)
    following = broadcast.clock.now_ns() // CLIP.segment_ns + 1
    broadcast.wish(Wishes(lose=[following]))
    until(qtbot, lambda: broadcast.clock.now_ns() // CLIP.segment_ns > following + 3)  # whatever it did is done
    until(qtbot, lambda: player.state is PlayState.PLAYING)
    frames = player.figures().frames
    until(qtbot, lambda: player.figures().frames > frames + 60)


def test_the_badge_of_an_ad_break_says_what_the_picture_shows_and_is_survived(
    broadcast: Broadcast, watch: Callable[..., LivePlayer], qtbot: QtBot
) -> None:
    """The list is some six seconds ahead of the picture: a badge that followed it would be wrong in every picture between."""
    player = watch(found(broadcast.live()), reader=LoopbackReader())
    player.play(PLACE, is_ours=True)
    until(qtbot, lambda: player.state is PlayState.PLAYING)
    shown: list[tuple[bool, bool]] = []

    def note() -> None:
        assert player.frame is not None
        corner = player.frame.toImage().pixelColor(2, 2)
        shown.append((corner.red() > 32, player.state is PlayState.AD_BREAK))

    player.frame_came.connect(note)
    broadcast.wish(Wishes(ad=True))
    until(qtbot, lambda: player.state is PlayState.AD_BREAK)
    broadcast.wish(Wishes(ad=False))
    until(qtbot, lambda: player.state is PlayState.PLAYING)
    frames = player.figures().frames
    until(qtbot, lambda: player.figures().frames > frames + 60)
    assert {is_ad for is_ad, _is_told in shown} == {False, True}
    wrong = [row for row in shown if row[0] is not row[1]]
    assert len(wrong) <= 0.02 * len(shown), f"{len(wrong)} of {len(shown)} pictures had another badge"


def test_the_end_of_a_stall_shows_no_picture_twice(broadcast: Broadcast, watch: Callable[..., LivePlayer], qtbot: QtBot) -> None:
    """Opening the address again while nothing new is published would show the last six seconds once more, as if they were live."""
    player = watch(found(broadcast.live()), reader=LoopbackReader())
    player.play(PLACE, is_ours=True)
    until(qtbot, lambda: player.state is PlayState.PLAYING)
    broadcast.wish(Wishes(stall=True))
    until(qtbot, lambda: player.state is PlayState.STALLED)
    frames = player.figures().frames
    until(qtbot, lambda: "nothing new for 12" in player.words)
    assert player.figures().frames == frames
    assert player.playback.is_held


def test_a_channel_that_goes_offline_is_found_offline(broadcast: Broadcast, watch: Callable[..., LivePlayer], qtbot: QtBot) -> None:
    player = watch(found(broadcast.live()), Offline("it went off"))
    player.play(PLACE)
    until(qtbot, lambda: player.state is PlayState.PLAYING)
    broadcast.wish(Wishes(offline=True))
    until(qtbot, lambda: player.state is PlayState.OFFLINE)
    assert player.words == "it went off"


def test_a_channel_that_comes_back_plays_within_some_seconds(broadcast: Broadcast, watch: Callable[..., LivePlayer], qtbot: QtBot) -> None:
    player = watch(Offline("off"), Offline("off"), found(broadcast.live()))
    player.play(PLACE, is_ours=True)
    assert player.state is PlayState.OFFLINE
    started = time.monotonic()
    until(qtbot, lambda: player.state is PlayState.PLAYING)
    assert time.monotonic() - started < 15, "two questions, 2.5 s apart, and what a busy machine takes to open it"


def test_an_exchange_that_is_ended_is_said_to_give_no_answer(watch: Callable[..., LivePlayer], qtbot: QtBot) -> None:
    with Broadcast() as broadcast:
        player = watch(found(broadcast.live()), NotSentError("Connection refused"), reader=LoopbackReader())
        player.play(PLACE, is_ours=True)
        until(qtbot, lambda: player.state is PlayState.PLAYING)
    until(qtbot, lambda: player.state is PlayState.UNANSWERED)
    assert player.words == "Connection refused"
    assert player.playback.is_retried


def test_what_is_paused_decodes_nothing_and_goes_on_at_the_live_edge(
    broadcast: Broadcast, watch: Callable[..., LivePlayer], qtbot: QtBot
) -> None:
    player = watch(found(broadcast.live()))
    player.play(PLACE)
    until(qtbot, lambda: player.state is PlayState.PLAYING)
    player.pause("nobody looks")
    frames = player.figures().frames
    assert player._player is not None
    assert player._player.source().isEmpty()
    assert not player._watch.isActive()
    player.play(PLACE)
    until(qtbot, lambda: player.figures().frames > frames + 30)
    assert (player.state, player.playback.stalls) == (PlayState.PLAYING, 0)


def test_a_machine_without_an_audio_device_says_so_and_plays_on(
    broadcast: Broadcast, watch: Callable[..., LivePlayer], qtbot: QtBot
) -> None:
    from PySide6.QtMultimedia import QMediaDevices

    if QMediaDevices.audioOutputs():
        pytest.skip("this machine has an audio device")
    player = watch(found(broadcast.live()))
    player.play(PLACE)
    until(qtbot, lambda: player.state is PlayState.PLAYING)
    player.set_muted(False)
    assert player.audio_words == "This computer has no audio device"
    frames = player.figures().frames
    until(qtbot, lambda: player.figures().frames > frames + 30)


def test_an_address_that_gives_nothing_is_tried_again_and_looked_for_anew(
    broadcast: Broadcast, watch: Callable[..., LivePlayer], qtbot: QtBot
) -> None:
    player = watch(found(broadcast.live("none")), found(broadcast.live()))
    player.play(PLACE)
    until(qtbot, lambda: player.state is PlayState.STALLED)
    until(qtbot, lambda: player.state in MOVING)
    assert player.figures().recoveries == 1


@pytest.mark.parametrize(
    ("answer", "state", "words"),
    [
        (Offline("not live"), PlayState.OFFLINE, "not live"),
        (Found(()), PlayState.OFFLINE, ""),
        (NotSentError("connection refused"), PlayState.BLOCKED, "connection refused"),
        (UnknownError("no answer within 5 s"), PlayState.UNANSWERED, "no answer within 5 s"),
        (MissingPartError("Streamlink is not installed"), PlayState.FAILED, "Streamlink is not installed"),
        (VenueError("the answer made no sense"), PlayState.FAILED, "the answer made no sense"),
    ],
)
def test_each_answer_of_the_finder_is_a_state_of_its_own(
    watch: Callable[..., LivePlayer], answer: Found | Offline | VenueError, state: PlayState, words: str
) -> None:
    player = watch(answer)
    player.play(PLACE)
    assert (player.state, player.words) == (state, words)
    assert player._player is None, "nothing is loaded where nothing is played"


def test_the_best_quality_is_the_best_that_a_pane_can_show(watch: Callable[..., LivePlayer]) -> None:
    player = watch(Offline())
    player.qualities = (("1080p60", "a"), ("720p60", "b"), ("480p30", "c"))
    assert player.quality == "720p60"
    player.wanted_quality = "1080p60"
    assert player.quality == "1080p60"
    player.wanted_quality = "best"
    player.qualities = (("chunked", "a"), ("1080p60", "b"))
    assert player.quality == "1080p60"


def test_a_playlist_that_stands_still_is_not_opened_again_to_show_old_pictures(qtbot: QtBot) -> None:
    clock = Time()
    reader = FakeReader(Look(1000.0, 2.0))
    player = LivePlayer(FakeFinder(Offline()), Started(), clock, reader)
    player.qualities = (("360p30", "http://127.0.0.1:9/x"),)
    player.playback.start(clock.seconds)
    player.playback.opened(clock.seconds)
    for _ in range(24):  # the pictures of what was published last
        player.playback.frame(clock.seconds)
        player._on_watch()
        clock.seconds += 0.25
    for _ in range(60):
        clock.seconds += 0.25
        player._on_watch()
    assert (player.state, player._player) == (PlayState.STALLED, None), "opening it would have built a player"
    assert player.words.startswith("the broadcaster has sent nothing new for 2")
    reader.answer = Look(1002.0, 2.0)
    for _ in range(30):
        clock.seconds += 0.25
        player._on_watch()
        if player._player is not None:
            break
    assert player.state is PlayState.RECOVERING
    player.close()


def test_a_playlist_that_cannot_be_read_hurts_nothing(qtbot: QtBot) -> None:
    clock = Time()
    reader = FakeReader(VenueError("no"))
    player = LivePlayer(FakeFinder(Offline()), Started(), clock, reader)
    player.qualities = (("360p30", "http://127.0.0.1:9/x"),)
    player.playback.start(clock.seconds)
    player.playback.opened(clock.seconds)
    player.playback.frame(clock.seconds)
    for _ in range(3):
        player._on_watch()
    assert (reader.asked, player.state) == (1, PlayState.PLAYING)
    clock.seconds += 2.0
    player.playback.frame(clock.seconds)
    clock.seconds += 2.0
    player._on_watch()
    assert reader.asked == 2
    player.close()
