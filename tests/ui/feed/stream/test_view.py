"""The stream view: words for every state, the ways out, the window of its own, and the clock beside the video."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec
import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtMultimedia import QVideoFrame
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.domain.errors import NotSentError
from app.services.feed.delay import Delay
from app.services.feed.video import MissingPartError, Offline
from app.ui.feed.stream.backends import Able, BackEnd
from app.ui.feed.stream.probe import ABSENT, DEAD, HAS, LACKS
from app.ui.feed.stream.states import PlayState, Trouble
from app.ui.feed.stream.told import ACCEPT, BACK, BROWSER, DECLINE, IN_APP, PLAY, TRY
from app.ui.feed.stream.view import StreamView
from app.ui.feed.stream.words import sentence
from app.ui.theme import Theme
from tests.ui.feed.stream.kit import OURS, STAGE, World

# Windows on a screen that is none, a machine without graphics and without sound, and addresses of nothing.
pytestmark = pytest.mark.qt_log_ignore(
    "This plugin does not support", "No RHI backend", "PulseAudioService", "Could not open media", "Couldn't", extend=True
)

REFUSED = msgspec.structs.replace(STAGE, refused="the address is on evil.example", watch_url="", page="", chat_page="")

PANE = QSize(560, 330)
Build = Callable[..., StreamView]


@pytest.fixture
def build(theme: Theme, qtbot: QtBot) -> Iterator[Build]:
    built: list[StreamView] = []

    def make(world: World, size: QSize = PANE) -> StreamView:
        view = StreamView(world.tools(), theme, Delay(world.time))
        built.append(view)
        view.resize(size)
        view.show()
        return view

    yield make
    for view in built:
        view.shut()
        view.hide()


def picture() -> QVideoFrame:
    image = QImage(64, 36, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    return QVideoFrame(image)


def told(view: StreamView) -> tuple[str, str, tuple[str, ...]]:
    message = view.screen_view.message
    return message.title.text(), message.words.text(), tuple(message.buttons)


def press(view: StreamView, text: str) -> None:
    view.screen_view.message.buttons[text].click()


def playing(build: Build, world: World) -> StreamView:
    """A view whose player has just shown a frame; nothing is decoded for it."""
    view = build(world)
    view.show_stage(OURS)
    playback = view.player.playback
    playback.start(world.time.seconds)
    playback.opened(world.time.seconds)
    view.player._on_frame(picture())
    return view


def test_without_a_stream_it_says_so(build: Build) -> None:
    view = build(World())
    assert told(view)[0] == "The feed names no stream"
    assert view.screen_view.message.isVisible()
    assert not view.bar.browser.isEnabled()


@pytest.mark.parametrize(
    ("answer", "title", "part"),
    [
        (
            Offline("twitch.tv/north_bots is not live"),
            "The channel is offline",
            "twitch.tv/north_bots is not live. It is asked again every 30 s.",
        ),
        (NotSentError("connection refused"), "The network blocks the video", "Connection refused. The video's servers cannot be reached"),
        (MissingPartError("Streamlink is not installed"), "The video cannot be played", "Streamlink is not installed."),
    ],
)
def test_each_trouble_has_words_and_a_way_out(build: Build, answer: Offline | NotSentError, title: str, part: str) -> None:
    view = build(World(answer))
    view.show_stage(OURS)
    assert told(view)[0] == title
    assert told(view)[1].startswith(part)
    assert told(view)[2] == (TRY, BROWSER)


def test_a_missing_codec_says_what_to_install(build: Build) -> None:
    world = World()
    view = playing(build, world)
    view.player.playback.trouble(Trouble.FORMAT, world.time.seconds)
    view.player.changed.emit()
    assert told(view)[0] == "A codec is missing"
    assert "libavcodec-extra" in told(view)[1]


def test_try_again_looks_for_the_stream_anew(build: Build) -> None:
    world = World(Offline())
    view = build(world)
    view.show_stage(OURS)
    press(view, TRY)
    assert len(world.finder.asked) == 2


def test_the_same_place_told_again_changes_nothing(build: Build) -> None:
    world = World(Offline())
    view = build(world)
    view.show_stage(OURS)
    view.show_stage(msgspec.structs.replace(OURS))
    assert len(world.finder.asked) == 1


def test_twitchs_rules_are_asked_about_before_anything_is_looked_for(build: Build) -> None:
    world = World(Offline())
    view = build(world)
    view.show_stage(STAGE)
    assert (told(view)[0], told(view)[2], world.finder.asked) == ("Twitch's rules", (ACCEPT, DECLINE), [])
    press(view, ACCEPT)
    assert len(world.finder.asked) == 1
    assert world.kept["stream.consent"] == "accepted"


def test_who_declines_is_shown_the_browser_and_may_change_their_mind(build: Build) -> None:
    world = World(Offline())
    view = build(world)
    view.show_stage(STAGE)
    press(view, DECLINE)
    assert told(view) == ("Watch it in the browser", "It is not played here: playing it inside was declined.", (BROWSER, IN_APP))
    press(view, BROWSER)
    assert (world.opened, world.finder.asked) == ([STAGE.watch_url], [])
    press(view, IN_APP)
    assert told(view)[2] == (ACCEPT, DECLINE)


def test_a_machine_without_a_browser_is_told_the_address(build: Build) -> None:
    world = World(Offline())
    world.has_browser = False
    view = build(world)
    view.show_stage(OURS)
    view.bar.browser.click()
    assert OURS.watch_url in view.screen_view.said


def test_a_refused_address_is_shown_nowhere(build: Build) -> None:
    world = World(probe=HAS)
    view = build(world)
    view.show_stage(REFUSED)
    assert told(view) == ("Twitch refused to be embedded", "The address is on evil.example. It is not shown.", ())
    assert (world.finder.asked, world.pages.built) == ([], [])
    assert not view.bar.browser.isEnabled()


def test_while_the_probe_is_silent_it_says_what_it_waits_for(build: Build) -> None:
    world = World(Offline(), probe=None)
    view = build(world)
    view.show_stage(OURS)
    assert told(view)[1] == "Finding out who can play the stream here."
    world.probe.tell(LACKS)
    assert told(view)[0] == "The channel is offline"


def test_the_official_player_is_built_with_its_page_where_the_codecs_are(build: Build) -> None:
    world = World(probe=HAS)
    view = build(world)
    view.show_stage(STAGE)
    assert world.pages.built == [(STAGE.page, STAGE.page_base)]
    assert view.pane.web is not None
    assert not view.screen_view.isVisible()
    assert not view.controls.play.isEnabled()
    assert world.finder.asked == []


@pytest.mark.parametrize(("is_parent", "title"), [(True, "Twitch refused to be embedded"), (False, "The network blocks the video")])
def test_what_the_official_player_complains_of_is_a_state_of_its_own(build: Build, is_parent: bool, title: str) -> None:
    world = World(Offline(), probe=HAS)
    view = build(world)
    view.show_stage(STAGE)
    world.pages.complaints[0]("The page was refused", is_parent)
    assert told(view)[0] == title
    assert (view.pane.web, world.pages.closed, len(world.pages.built)) == (None, 1, 1)
    view.tick()
    assert len(world.pages.built) == 1, "it is not built again by itself"
    view.bar.actions_of[BackEnd.IN_APP].trigger()
    press(view, ACCEPT)
    assert told(view)[0] == "The channel is offline"


def test_the_back_end_and_its_reason_stand_in_the_corner(build: Build) -> None:
    view = build(World(Offline()))
    view.show_stage(OURS)
    assert view.bar.player.text() == "In-app"
    assert view.screen_view.bottom == "in-app player (H.264 by Qt Multimedia)"
    view.resize(1000, 330)
    view.tick()
    assert view.bar.player.text() == "in-app player (H.264 by Qt Multimedia)"
    assert view.screen_view.bottom == ""
    assert LACKS.why in view.bar.actions_of[BackEnd.OFFICIAL].text()


def test_a_machine_without_multimedia_runs_and_says_why(build: Build) -> None:
    world = World(in_app=Able(is_able=False, why="Qt Multimedia cannot be loaded (no libpulse)"))
    view = build(world)
    view.show_stage(OURS)
    assert told(view)[:2] == ("Watch it in the browser", "It is not played here: Qt Multimedia cannot be loaded (no libpulse).")


def test_a_frame_is_painted_in_its_own_shape_with_what_is_known_in_the_corners(build: Build) -> None:
    world = World()
    view = playing(build, world)
    view.player.qualities = (("360p30", "x"),)
    for _ in range(60):
        world.time.seconds += 1 / 30
        view.player._on_frame(picture())
    view._delay.set_by_hand(9)
    view.tick()
    screen = view.screen_view
    assert told(view)[0] == "Starting" or not screen.message.isVisible()
    assert not screen.message.isVisible()
    assert (screen.left, screen.right) == ("LIVE 360p30 · 30 fps", "odds ≈ 9 s ahead of video")
    shown = screen.grab().toImage()
    width = round(screen.height() * 64 / 36)
    assert width < screen.width()
    middle = screen.width() // 2
    assert shown.pixelColor(middle, screen.height() // 2).red() > 200
    assert shown.pixelColor(middle - width // 2 + 4, screen.height() // 2).red() > 200
    assert shown.pixelColor(4, screen.height() // 2).red() < 100


def test_a_stall_dims_the_last_picture_and_says_that_the_odds_are_not_affected(build: Build) -> None:
    world = World()
    view = playing(build, world)
    world.time.seconds += 3.5
    view.player._on_watch()
    assert told(view)[:2] == ("Stalled", "No picture for 4 s. The stream is opened again by itself. The odds are not affected.")
    assert view.screen_view.is_dimmed
    assert view.screen_view.has_picture


def test_what_is_not_at_hand_is_not_decoded(build: Build) -> None:
    world = World()
    view = playing(build, world)
    view.set_active(False)
    assert view.player.state is PlayState.IDLE
    asked = len(world.finder.asked)
    view.set_active(True)
    assert len(world.finder.asked) == asked + 1


def test_a_hidden_view_asks_for_nothing_and_loads_nothing(theme: Theme, qtbot: QtBot) -> None:
    world = World()
    view = StreamView(world.tools(), theme, Delay(world.time))
    view.show_stage(OURS)
    assert (world.probe.asked, world.finder.asked) == (0, [])
    view.show()
    assert (world.probe.asked, len(world.finder.asked)) == (1, 1)
    view.hide()
    assert view.player.state is PlayState.IDLE
    view.shut()


def test_pause_and_play_are_one_button(build: Build) -> None:
    world = World()
    view = playing(build, world)
    view.controls.play.click()
    assert (view.player.state, told(view)[0], told(view)[2]) == (PlayState.IDLE, "Paused", (PLAY,))
    view.set_active(False)
    view.set_active(True)
    assert view.player.state is PlayState.IDLE, "what a person paused stays so"
    view.controls.play.click()
    assert view.player.state is not PlayState.IDLE


def test_a_detached_video_plays_on_and_comes_back_when_its_window_closes(build: Build) -> None:
    world = World()
    view = playing(build, world)
    asked = len(world.finder.asked)
    view.bar.detach.click()
    assert view.placing.window.isVisible()
    assert view.pane.window() is view.placing.window
    assert view.placing.away.isVisible()
    view.set_active(False)
    assert view.player.state is PlayState.PLAYING, "a window of its own is looked at wherever the desk is"
    view.set_active(True)
    view.placing.window.close()
    assert view.pane.window() is view.window()
    assert not view.placing.window.isVisible()
    assert (view.player.state, len(world.finder.asked)) == (PlayState.PLAYING, asked)


def test_the_placeholder_brings_the_video_back(build: Build) -> None:
    view = playing(build, World())
    view.toggle_detached()
    buttons = {button.text(): button for button in view.placing.away.findChildren(QPushButton)}
    buttons[BACK].click()
    assert view.pane.isVisibleTo(view)
    assert not view.placing.is_detached


def test_a_detached_window_can_be_kept_on_top(build: Build) -> None:
    view = playing(build, World())
    assert not view.controls.on_top.isVisible()
    view.toggle_detached()
    view.controls.on_top.click()
    assert view.placing.window.windowFlags() & Qt.WindowType.WindowStaysOnTopHint
    assert view.placing.window.isVisible()
    assert view.player.state is PlayState.PLAYING


def test_escape_leaves_the_whole_screen_to_where_it_was(build: Build) -> None:
    view = playing(build, World())
    QTest.keyClick(view.screen_view, Qt.Key.Key_F)
    assert view.placing.window.isFullScreen()
    QTest.keyClick(view.screen_view, Qt.Key.Key_Escape)
    assert not view.placing.is_detached
    view.toggle_detached()
    QTest.keyClick(view.screen_view, Qt.Key.Key_F)
    QTest.keyClick(view.screen_view, Qt.Key.Key_Escape)
    assert view.placing.is_detached
    assert not view.placing.window.isFullScreen()


def test_space_calibrates_by_the_newest_bomb_plant(build: Build) -> None:
    world = World()
    view = playing(build, world)
    said: list[str] = []
    view.said.connect(said.append)
    view._delay.heard("plant", "Bomb planted at B")
    world.time.seconds += 9
    QTest.keyClick(view.screen_view, Qt.Key.Key_Space)
    assert said == ["Matched with “Bomb planted at B”, heard 9.0 s ago."]
    assert view.controls.delay.text() == "Delay ≈ 9 s"
    view.tick()
    assert view.screen_view.said == said[0]
    world.time.seconds += 9
    view.tick()
    assert view.screen_view.said == ""


def test_the_delay_box_sets_and_shows_the_delay(build: Build) -> None:
    view = playing(build, World())
    box = view.delay_box
    box.slider.setValue(12)
    assert view._delay.estimate == 12
    assert box.estimate.text() == "Odds ≈ 12 s ahead of video"
    box.safe.click()
    assert view._delay.is_spoiler_safe
    assert view.controls.delay.text() == "Spoiler-safe ≈ 12 s"


def test_volume_sound_and_quality_are_remembered_and_reachable_by_keys(build: Build) -> None:
    world = World()
    view = playing(build, world)
    QTest.keyClick(view.screen_view, Qt.Key.Key_Up)
    assert (view.controls.volume.value(), world.kept["stream.volume"]) == (75, "0.75")
    view.player.qualities = (("720p60", "a"), ("480p30", "b"))
    view.tick()
    assert [view.controls.quality.itemText(row) for row in range(3)] == ["Best for here", "720p60", "480p30"]
    view.controls.quality.activated.emit(2)
    assert (world.kept["stream.quality"], view.player.wanted_quality) == ("480p30", "480p30")
    QTest.keyClick(view.screen_view, Qt.Key.Key_M)
    assert not view.player.is_muted
    again = build(world)
    assert (again.player.volume, again.player.wanted_quality) == (0.75, "480p30")


@pytest.mark.parametrize(("has_engine", "answer", "why"), [(False, ABSENT, "not installed"), (True, DEAD, "does not start")])
def test_chat_is_not_offered_where_there_is_no_web_engine(build: Build, has_engine: bool, answer: Able, why: str) -> None:
    view = build(World(Offline(), probe=answer, has_engine=has_engine))
    view.show_stage(STAGE)
    assert not view.bar.chat.isEnabled()
    assert why in view.bar.chat.toolTip()


def test_chat_stands_beside_the_video_and_needs_no_codec(build: Build) -> None:
    world = World(Offline(), probe=LACKS)
    view = build(world)
    view.show_stage(STAGE)
    view.bar.chat.click()
    assert world.pages.built == [(STAGE.chat_page, STAGE.page_base)]
    view.bar.chat.click()
    assert world.pages.closed == 1


def test_after_the_last_call_nothing_is_asked_any_more(build: Build) -> None:
    world = World(Offline())
    view = build(world)
    view.show_stage(OURS)
    view.shut()
    asked = len(world.finder.asked)
    view.director.want(BackEnd.IN_APP)
    view.hide()
    view.show()
    assert len(world.finder.asked) == asked


def test_a_hosts_name_keeps_its_small_letters_in_a_sentence() -> None:
    assert sentence("twitch.tv/x is not live") == "twitch.tv/x is not live."
    assert sentence("no picture for 3 s") == "No picture for 3 s."
