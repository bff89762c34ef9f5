"""The stream view: the league's video beside its odds, played by whoever can, with words for every other state."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.services.feed.delay import OFFERED, Delay
from app.services.feed.video import PlaylistReader, Stage, StreamFinder
from app.services.ports import Monotonic
from app.ui.feed.stream.backends import Able, BackEnd
from app.ui.feed.stream.bar import StreamBar
from app.ui.feed.stream.chat import ChatSide
from app.ui.feed.stream.delay_box import DelayBox
from app.ui.feed.stream.director import Director, Recall, Remember
from app.ui.feed.stream.face import Face
from app.ui.feed.stream.pane import Pane
from app.ui.feed.stream.placing import Placing
from app.ui.feed.stream.player import AUTO, LivePlayer, Start, able
from app.ui.feed.stream.probe import Probe, is_engine_there
from app.ui.feed.stream.states import PlayState
from app.ui.feed.stream.told import ACCEPT, BROWSER, DECLINE, HIDDEN, IN_APP, PLAY, TRY
from app.ui.feed.stream.web import WebPages
from app.ui.theme import Theme

QUALITY: Final = "stream.quality"
VOLUME: Final = "stream.volume"
SOUND: Final = "stream.sound"
ON_TOP: Final = "stream.on_top"
PLACE: Final = "stream.window"
ON: Final = "on"
OFF: Final = "off"
SAID: Final = OFFERED  # seconds a line at the lower edge stays: as long as it may be answered
STEP: Final = 0.05  # of the volume, for a key


class StreamTools(msgspec.Struct, frozen=True):
    """What the view needs from outside. `open_link` answers whether a browser took the address; `clock` is monotonic seconds.

    `are_odds_late`: whether nothing of the feed is vouched for, so that the video may say nothing of the odds.
    """

    finder: StreamFinder
    probe: Probe
    pages: WebPages
    start: Start
    clock: Monotonic
    open_link: Callable[[str], bool]
    recall: Recall
    remember: Remember
    reader: PlaylistReader | None = None
    in_app: Callable[[], Able] = able
    has_engine: Callable[[], bool] = is_engine_there
    are_odds_late: Callable[[], bool] = lambda: False


class StreamView(QWidget):
    """`show_stage` says which stream, `set_active` whether the view is at hand; call `tick` each second, `shut` at the end."""

    said = Signal(str)  # what a calibration was matched with, and the like

    def __init__(self, tools: StreamTools, theme: Theme, delay: Delay) -> None:
        super().__init__()
        self._tools = tools
        self._theme = theme
        self._delay = delay
        self.director = Director(tools.probe, tools.in_app, tools.recall, tools.remember)
        self.player = LivePlayer(tools.finder, tools.start, tools.clock, tools.reader)
        self.player.wanted_quality = tools.recall(QUALITY) or AUTO
        self.player.set_volume(_volume(tools.recall(VOLUME)))
        self.player.set_muted(tools.recall(SOUND) != ON)
        self.bar = StreamBar(theme)
        self.pane = Pane(theme)
        self.screen_view = self.pane.screen_view
        self.controls = self.pane.controls
        self.face = Face(self.player, self.director, delay, self.bar, self.pane, tools.are_odds_late)
        self.placing = Placing(self.pane, theme)
        self.placing.restore(tools.recall(PLACE))
        self.controls.on_top.setChecked(tools.recall(ON_TOP) == ON)
        self.chat = ChatSide(self.bar.chat, self.pane, self.director, tools.pages, tools.has_engine, self._say)
        self.delay_box = DelayBox(delay, theme, self)
        self._is_active = True
        self._is_paused = False
        self._is_shut = False
        self._said_until = 0.0
        self._web_stage: Stage | None = None
        self._is_web_refused = False
        self._lay_out()
        self._connect()
        self._show_delay()
        self._apply()

    def show_stage(self, stage: Stage | None) -> None:
        """Which stream it is; None: the feed names none. The same one again changes nothing."""
        if stage == self.director.stage:
            return
        self.chat.close()
        self.bar.show_title(stage.title if stage else "")
        self._is_paused = False
        self.player.pause()
        self.screen_view.show_frame(None)
        self.director.show_stage(stage)

    def show_live(self, matches: Sequence[str]) -> None:
        """The matches that are live now, by name: where it is one alone, the video's corner names it beside what is known."""
        self.face.live = tuple(matches)
        self.face.show_corners()

    def set_active(self, is_active: bool) -> None:
        """False: it is not at hand, and nothing is decoded unless it is in a window of its own."""
        if is_active is not self._is_active:
            self._is_active = is_active
            self._apply()

    def tick(self) -> None:
        """Once a second: figures, and lines that have been there long enough."""
        if self.screen_view.said and self._tools.clock() >= self._said_until:
            self.screen_view.say("")
        self._show()

    def dress(self) -> None:
        """Another theme was put on."""
        for message in (self.screen_view.message, self.placing.away, self.pane.note):
            message.dress()
        self.pane.update()

    def shut(self) -> None:
        """The last call: nothing is played, asked or shown any more."""
        if self._is_shut:
            return
        self.placing.attach()
        self._is_shut = True
        self._delay.changed.disconnect(self._show_delay)
        self.chat.close()
        self._close_web()
        self.player.close()
        self.delay_box.hide()
        self.placing.end()

    def calibrate(self) -> None:
        """A person sees the bomb planted in the video now."""
        self._say(self._delay.press())

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        layout.addLayout(self.placing.stack, 1)

    def _connect(self) -> None:
        controls = self.controls
        self.director.changed.connect(self._apply)
        self._delay.changed.connect(self._show_delay)
        self.player.changed.connect(self._show)
        self.player.frame_came.connect(self._on_frame)
        self.pane.seen.connect(self._apply)
        self.pane.key.connect(self._on_key)
        self.screen_view.double_clicked.connect(self.toggle_whole_screen)
        self.screen_view.message.chosen.connect(self._on_button)
        self.placing.moved.connect(self._on_moved)
        self.pane.note.chosen.connect(self._on_button)
        controls.on_top.toggled.connect(self._remember_on_top)
        self.bar.back_end_chosen.connect(self.director.want)
        self.bar.detach.clicked.connect(self.toggle_detached)
        self.bar.browser.clicked.connect(self._open_browser)
        controls.play.clicked.connect(self.toggle_play)
        controls.sound.clicked.connect(self.toggle_sound)
        controls.whole.clicked.connect(self.toggle_whole_screen)
        controls.volume.valueChanged.connect(lambda percent: self._set_volume(percent / 100))
        controls.delay.clicked.connect(partial(self.delay_box.open_below, controls.delay))
        controls.quality_chosen.connect(self._choose_quality)

    # What plays

    @property
    def is_seen(self) -> bool:
        return self.pane.isVisible() and (self._is_active or self.placing.is_detached) and not self._is_shut

    def _apply(self) -> None:
        """Play what is to be played now, and nothing else."""
        if self._is_shut:
            return
        stage, choice = self.director.stage, self.director.choice
        if stage is not None and choice is None and self.is_seen and not self.director.has_begun:
            self.director.begin()
            return  # it calls here again
        back_end = choice.back_end if choice and stage and not choice.must_ask and not stage.refused else None
        self._is_web_refused = self._is_web_refused and back_end is BackEnd.OFFICIAL
        if not self._is_web_refused:
            self._run_web(stage if back_end is BackEnd.OFFICIAL and self.is_seen else None)
            self._run_player(stage if back_end is BackEnd.IN_APP and not self._is_paused else None)
        self.bar.show_choice(choice, self.director.official, self.director.in_app)
        self._show()

    def _run_player(self, stage: Stage | None) -> None:
        if stage is None or not self.is_seen:
            if self.player.playback.is_wanted:
                self.player.pause(HIDDEN if stage is not None else "")
        elif not self.player.is_at(stage.place):
            self.player.play(stage.place, is_ours=stage.is_ours)

    def _run_web(self, stage: Stage | None) -> None:
        if stage == self._web_stage:
            return
        self._close_web()
        if stage is None:
            return
        try:
            self.pane.put_web(self._tools.pages.build(stage.page, stage.page_base, self._on_complaint))
        except ImportError as problem:
            self._say(f"The web engine cannot be loaded here ({problem})")
            return
        self._web_stage = stage

    def _close_web(self) -> None:
        web, self._web_stage = self.pane.web, None
        if web is not None:
            self.pane.put_web(None)
            self._tools.pages.close(web)

    def _on_complaint(self, sentence: str, is_parent: bool) -> None:
        """The official player's page was refused, or found no network. The first complaint is the one that is told."""
        if self._is_web_refused:
            return
        self._is_web_refused = True
        self._close_web()
        playback = self.player.playback
        playback.is_ours = self.director.stage is not None and self.director.stage.is_ours
        playback.end(PlayState.PARENT_REFUSED if is_parent else PlayState.BLOCKED, self._tools.clock(), sentence)
        self._show()

    # What is shown

    def _on_frame(self) -> None:
        self.screen_view.show_frame(self.player.frame)

    def _show(self) -> None:
        self.face.show()
        self.chat.refresh()

    def _show_delay(self) -> None:
        self.controls.show_delay(self._delay.estimate, is_spoiler_safe=self._delay.is_spoiler_safe)
        self.delay_box.refresh()
        self.face.show_corners()

    def _say(self, sentence: str) -> None:
        self._said_until = self._tools.clock() + SAID
        self.screen_view.say(sentence)
        self.said.emit(sentence)

    # What a person does

    def toggle_play(self) -> None:
        self._is_paused = self.player.playback.is_wanted
        self._apply()

    def retry(self) -> None:
        """Begin again from the search for the stream."""
        self._is_paused = self._is_web_refused = False
        self.player.pause()
        self._apply()

    def toggle_sound(self) -> None:
        self.player.set_muted(not self.player.is_muted)
        self._tools.remember(SOUND, OFF if self.player.is_muted else ON)
        if self.player.audio_words:
            self._say(self.player.audio_words)

    def toggle_detached(self) -> None:
        """Into a window of its own, or back; it plays on."""
        if self.director.stage is not None:
            self.placing.toggle(self._window_title())

    def toggle_whole_screen(self) -> None:
        if self.director.stage is not None:
            self.placing.toggle_whole_screen(self._window_title())

    def _remember_on_top(self, is_on_top: bool) -> None:
        self._tools.remember(ON_TOP, ON if is_on_top else OFF)

    def _on_moved(self) -> None:
        if place := self.placing.place:
            self._tools.remember(PLACE, place)
        self.bar.detach.setText("Attach" if self.placing.is_detached else "Detach")
        self._apply()

    def _window_title(self) -> str:
        return f"Stream · {self.director.stage.title}" if self.director.stage else "Stream"

    def _on_key(self, key: int) -> None:
        acts: dict[int, Callable[[], None]] = {
            Qt.Key.Key_Space: self.calibrate,
            Qt.Key.Key_P: self.toggle_play,
            Qt.Key.Key_M: self.toggle_sound,
            Qt.Key.Key_F: self.toggle_whole_screen,
            Qt.Key.Key_D: self.toggle_detached,
            Qt.Key.Key_Up: lambda: self._set_volume(self.player.volume + STEP),
            Qt.Key.Key_Down: lambda: self._set_volume(self.player.volume - STEP),
            Qt.Key.Key_Escape: self.placing.escape,
        }
        acts[key]()

    def _on_button(self, text: str) -> None:
        acts: dict[str, Callable[[], None]] = {
            TRY: self.retry,
            PLAY: self.retry,
            BROWSER: self._open_browser,
            IN_APP: partial(self.director.want, BackEnd.IN_APP),
            ACCEPT: partial(self.director.answer_notice, is_accepted=True),
            DECLINE: partial(self.director.answer_notice, is_accepted=False),
        }
        acts[text]()

    def _set_volume(self, volume: float) -> None:
        self.player.set_volume(volume)
        self._tools.remember(VOLUME, f"{self.player.volume:.2f}")
        self._show()

    def _choose_quality(self, name: str) -> None:
        self._tools.remember(QUALITY, name)
        self.player.choose_quality(name)

    def _open_browser(self) -> None:
        stage = self.director.stage
        if stage is not None and not self._tools.open_link(stage.watch_url):
            self._say(f"No browser could be started. The address is {stage.watch_url}")


def _volume(kept: str) -> float:
    """What was kept, where it is a figure."""
    try:
        return min(max(float(kept), 0.0), 1.0)
    except ValueError:
        return 0.7
