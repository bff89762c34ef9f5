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

from app.domain.errors import NotSentError, RefusedError, UnknownError
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
            "twitch.tv/north_bots is not live. It is asked again every 3 s and plays when it is back.",
        ),
        (
            NotSentError("connection refused"),
            "The network blocks the video",
            "Connection refused. The video's servers cannot be reached: a firewall, a proxy or no network. "
            "It is tried again by itself after 5 s.",
        ),
        (
            UnknownError("Twitch gave no answer within 5 s"),
            "Twitch gives no answer",
            "Twitch gave no answer within 5 s. The odds are not affected. It is tried again by itself after 5 s.",
        ),
        (
            RefusedError("Twitch shows north_bots to its subscribers only"),
            "The video cannot be played",
            "Twitch shows north_bots to its subscribers only. Choose Try again, or Browser.",
        ),
        (MissingPartError("Streamlink is not installed"), "The video cannot be played", "Streamlink is not installed."),
    ],
)
def test_each_trouble_has_words_and_a_way_out(build: Build, answer: Offline | NotSentError, title: str, part: str) -> None:
    world = World(answer)
    world.kept["stream.consent"] = "accepted"
    view = build(world)
    view.show_stage(STAGE)
    assert told(view)[0] == title
    assert told(view)[1].startswith(part)
    assert told(view)[2] == (TRY, BROWSER)


@pytest.mark.parametrize(
    ("answer", "title", "part"),
    [
        (NotSentError("connection refused"), "The practice exchange does not answer", "It is tried again by itself after 2.5 s."),
        (UnknownError("no clear answer"), "The practice exchange does not answer", "It is tried again by itself after 2.5 s."),
        (Offline("The practice stream is switched off"), "The practice stream is off", "It is asked again every 2.5 s"),
    ],
)
def test_trouble_with_the_practice_stream_names_the_exchange_and_not_the_network(
    build: Build, answer: Offline | NotSentError, title: str, part: str
) -> None:
    view = build(World(answer))
    view.show_stage(OURS)
    assert told(view)[0] == title
    assert part in told(view)[1]
    assert "network" not in told(view)[1]


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
    assert told(view) == ("The stream's address is not used", "The address is on evil.example. It is not shown.", ())
    assert (world.finder.asked, world.pages.built) == ([], [])
    assert not view.bar.browser.isEnabled()


def test_while_the_probe_is_silent_it_says_what_it_waits_for(build: Build) -> None:
    world = World(Offline(), probe=None)
    view = build(world)
    view.show_stage(OURS)
    assert told(view)[1] == "Finding out who can play the stream here."
    world.probe.tell(LACKS)
    assert told(view)[0] == "The practice stream is off"


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
    world.pages.complaints[0]("The other thing, which follows from it", not is_parent)
    assert told(view)[0] == title, "the first complaint is the one that is told"
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
    for theme in ("light", "dark"):
        view._theme.use(theme)
        assert screen.grab().toImage().pixelColor(4, screen.height() // 2).name() == "#000000", theme


def test_on_a_small_picture_the_corners_cover_little(build: Build) -> None:
    world = World()
    view = playing(build, world)
    view.player.qualities = (("360p30", "x"),)
    for _ in range(60):
        world.time.seconds += 1 / 30
        view.player._on_frame(picture())
    view.resize(360, 260)
    view.tick()
    screen = view.screen_view
    assert (screen.left, screen.right, screen.bottom) == ("LIVE", "", "")  # the button of the delay says that it is not set
    assert "odds ahead of video: not known" in screen.toolTip()
    view._delay.set_by_hand(9)
    view.resize(450, 330)  # wider, but the corners would lie on the picture
    view.tick()
    assert (screen.left, screen.right) == ("LIVE", "≈ 9 s ahead")
    view.resize(450, 420)  # there is room above it
    view.tick()
    assert (screen.left, screen.right) == ("LIVE 360p30 · 30 fps", "odds ≈ 9 s ahead of video")
    view.resize(560, 330)
    view.tick()
    assert view.screen_view.left == "LIVE 360p30 · 30 fps"
    assert view.screen_view.bottom


def test_a_stall_dims_the_last_picture_and_says_that_the_odds_are_not_affected(build: Build) -> None:
    world = World()
    view = playing(build, world)
    world.time.seconds += 2.1
    view.player._on_watch()
    title, words, _buttons = told(view)
    assert title == "Stalled"
    assert words == "No new picture for 2 s. The stream is opened again by itself after 1 s. The odds are not affected."
    assert view.screen_view.is_dimmed
    assert view.screen_view.has_picture
    assert (view.screen_view.left, view.screen_view.shows) == ("", "")


def test_a_stream_with_nothing_new_is_not_said_to_be_opened_again(build: Build) -> None:
    world = World()
    view = playing(build, world)
    world.time.seconds += 2.1
    for _ in range(2):
        view.player.playback.tick(world.time.seconds, 6.0)
        world.time.seconds += 0.25
    view.player.changed.emit()
    assert told(view)[1] == (
        "The broadcaster has sent nothing new for 6 s. It goes on by itself when there is new video. The odds are not affected."
    )


def test_while_the_whole_feed_is_silent_the_video_says_nothing_of_the_odds_and_guesses_no_advertisement(build: Build) -> None:
    world = World()
    view = playing(build, world)
    world.time.seconds += 0.6
    view.player.playback.tick(world.time.seconds, is_at_seam=True)
    view.player.changed.emit()
    assert told(view)[1] == (
        "The stream changes over, as where an advertisement begins or ends. Opening the stream again. The odds are not affected."
    )
    world.are_odds_late = True
    view.tick()
    assert told(view)[1] == "No new picture comes, and the feed is silent too. Opening the stream again."
    for state in (PlayState.STALLED, PlayState.OFFLINE, PlayState.UNANSWERED, PlayState.RECOVERING):
        view.player.playback._turn(state, world.time.seconds)
        view.tick()
        assert "odds" not in told(view)[1], state
    view.show_stage(None)
    assert told(view)[1] == "When it names one, it is shown here."
    world.are_odds_late = False
    view.tick()
    assert told(view)[1] == "When it names one, it is shown here. The odds go on without it."


def test_while_it_waits_for_pictures_nothing_is_called_live(build: Build) -> None:
    world = World()
    view = playing(build, world)
    view.player.playback.frame(world.time.seconds, stamp=1)
    world.time.seconds += 0.04
    view.player.playback.frame(world.time.seconds, stamp=2)
    view.tick()
    assert view.screen_view.left.startswith("LIVE")
    assert view.screen_view.is_lively
    view.player.playback._arrivals.clear()
    view.tick()
    assert view.screen_view.left.startswith("Waiting for pictures")
    assert not view.screen_view.is_lively


def test_a_search_for_the_stream_and_an_opening_of_it_are_told_apart(build: Build) -> None:
    world = World()
    view = playing(build, world)
    playback = view.player.playback
    playback.trouble(Trouble.SOURCE, world.time.seconds)
    playback.tick(world.time.seconds + 1)
    view.player.changed.emit()
    assert told(view)[1] == "Attempt 1. Opening the stream again. The odds are not affected."
    playback.trouble(Trouble.STALE, world.time.seconds + 2)
    playback.next_try = 0.0
    playback.trouble(Trouble.STALE, world.time.seconds + 2)
    playback.tick(world.time.seconds + 60)
    view.player.changed.emit()
    assert told(view)[1] == "Attempt 2. Looking for the stream anew. The odds are not affected."


def test_which_match_the_video_shows_is_said_as_far_as_it_is_known(build: Build) -> None:
    world = World()
    view = playing(build, world)
    view.tick()
    assert view.screen_view.shows == "practice clip, of no match"
    view.director.stage = STAGE
    view.tick()
    assert view.screen_view.shows == "the channel's own choice of match"
    view.show_live(["Fox – Kestrel", "Owl – Crow"])
    assert view.screen_view.shows == "the channel's own choice of match"
    view.show_live(["Fox – Kestrel"])
    assert view.screen_view.shows == "the channel's own choice of match; live is only Fox – Kestrel"
    view._delay.set_spoiler_safe(True)
    assert view.screen_view.shows == "the channel's own choice of match", "that the others are over is not told before it is shown"


def test_a_calibration_names_no_event_that_the_video_may_not_have_come_to(build: Build) -> None:
    world = World()
    view = playing(build, world)
    said: list[str] = []
    view.said.connect(said.append)
    view._delay.set_spoiler_safe(True)
    view._delay.heard("plant", "Bomb planted at B in round 23")
    world.time.seconds += 9
    view.calibrate()
    assert said == ["Noted: odds ≈ 9 s ahead of video."]


def test_what_a_person_chose_of_sound_and_window_is_there_in_the_next_run(build: Build) -> None:
    world = World()
    view = playing(build, world)
    assert view.player.is_muted
    view.toggle_sound()
    view.toggle_detached()
    view.controls.on_top.click()
    view.placing.window.resize(640, 400)
    view.toggle_detached()
    assert (world.kept["stream.sound"], world.kept["stream.on_top"]) == ("on", "on")
    again = playing(build, world)
    assert not again.player.is_muted
    again.toggle_detached()
    assert again.placing.window.windowFlags() & Qt.WindowType.WindowStaysOnTopHint
    assert again.placing.window.size() == QSize(640, 400)
    again.toggle_detached()


@pytest.mark.parametrize("kept", ["nonsense", "AAAA", "é"])
def test_a_place_that_was_kept_and_is_none_changes_nothing(build: Build, kept: str) -> None:
    world = World()
    world.kept["stream.window"] = kept
    view = playing(build, world)
    view.toggle_detached()
    assert view.placing.window.size() == QSize(720, 450)
    view.toggle_detached()


def test_the_official_player_chosen_by_hand_is_shown_and_the_missing_codec_said_below_it(build: Build) -> None:
    world = World(Offline(), probe=LACKS)
    view = build(world)
    view.show_stage(STAGE)
    assert (view.pane.web, view.pane.note.isVisible()) == (None, False), "by itself it is not chosen"
    view.bar.actions_of[BackEnd.OFFICIAL].trigger()
    assert world.pages.built == [(STAGE.page, STAGE.page_base)]
    assert view.pane.note.isVisible()
    assert view.pane.note.title.text() == "A codec is missing"
    assert view.pane.note.words.text() == (
        "This web engine has no H.264 and no AAC, as in the PyPI wheels. Twitch's player loads and shows no video in it."
    )
    view.pane.note.buttons[IN_APP].click()
    assert (view.pane.web, view.pane.note.isVisible()) == (None, False)
    assert told(view)[2] == (ACCEPT, DECLINE)


def test_a_dead_engine_shows_no_page_even_to_whoever_asks_for_it(build: Build) -> None:
    world = World(Offline(), probe=DEAD)
    view = build(world)
    view.show_stage(STAGE)
    view.bar.actions_of[BackEnd.OFFICIAL].trigger()
    assert world.pages.built == []


def test_a_page_that_offers_a_codec_of_the_engine_is_shown_by_itself(build: Build) -> None:
    world = World(Offline(), probe=msgspec.structs.replace(LACKS, codecs=("VP9",)))
    view = build(world)
    view.show_stage(msgspec.structs.replace(OURS, page="<p>player", codec="VP9"))
    assert len(world.pages.built) == 1
    assert view.bar.reason == "official player (this web engine has VP9, which the page offers)"
    assert not view.pane.note.isVisible()
    view.show_stage(msgspec.structs.replace(OURS, page="<p>player"))
    assert view.director.choice is not None
    assert view.director.choice.back_end is BackEnd.IN_APP


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


def test_the_option_to_spoil_nothing_says_that_without_a_delay_nothing_is_held_back(build: Build) -> None:
    box = playing(build, World()).delay_box
    assert box.unsafe.isHidden()
    box.safe.click()
    assert not box.unsafe.isHidden()
    assert box.unsafe.text().startswith("No delay is known: nothing is held back yet.")
    assert box.safe.accessibleDescription() == box.unsafe.text()
    box.slider.setValue(200)
    assert box.unsafe.isHidden()
    assert box.safe.accessibleDescription() == ""
    assert box.estimate.text() == "Odds ≈ 200 s ahead of video"


def test_a_press_that_contradicts_the_delay_is_confirmed_by_a_second_one_while_the_line_stands(build: Build) -> None:
    world = World()
    view = playing(build, world)
    view._delay.set_by_hand(50)
    view._delay.heard("plant", "Bomb planted at B")
    world.time.seconds += 10
    QTest.keyClick(view.screen_view, Qt.Key.Key_Space)
    assert view.screen_view.said.startswith("Not taken: that is 10 s, not 50 s.")
    assert view._delay.estimate == 50
    world.time.seconds += 7.9
    view.tick()
    assert view.screen_view.said
    QTest.keyClick(view.screen_view, Qt.Key.Key_Space)
    assert view._delay.estimate == 10


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
