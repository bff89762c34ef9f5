"""The stream view: the league's video beside its odds, played by whoever can, with words for every other state."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from app.services.feed.delay import Delay
from app.services.feed.video import PlaylistReader, Stage, StreamFinder
from app.services.ports import Monotonic
from app.ui.feed.stream import words
from app.ui.feed.stream.backends import Able, BackEnd
from app.ui.feed.stream.bar import NO_ENGINE, StreamBar
from app.ui.feed.stream.delay_box import DelayBox
from app.ui.feed.stream.detached import DetachedWindow
from app.ui.feed.stream.director import Director, Recall, Remember
from app.ui.feed.stream.message import Message
from app.ui.feed.stream.pane import Pane
from app.ui.feed.stream.player import AUTO, LivePlayer, Start, able
from app.ui.feed.stream.probe import ABSENT, DEAD, Probe, is_engine_there
from app.ui.feed.stream.states import MOVING, PlayState
from app.ui.feed.stream.web import WebPages
from app.ui.theme import Theme

TRY: Final = "Try again"
PLAY: Final = "Play"
BROWSER: Final = "Browser ↗"
IN_APP: Final = "Use the in-app player"
ACCEPT: Final = "Play it here"
DECLINE: Final = "Do not play it here"
BACK: Final = "Bring it back"
NOTICE: Final = "Twitch's rules"
NOTICE_WORDS: Final = (
    "Twitch asks that its streams are watched in its own player, which cannot run here. The in-app player reads the stream directly. "
    "Whether you do that is your decision; it is asked once and remembered."
)
QUALITY: Final = "stream.quality"
VOLUME: Final = "stream.volume"
SAID: Final = 8.0  # seconds a line at the lower edge stays
STEP: Final = 0.05  # of the volume, for a key
CHAT_WIDTH: Final = 320
HIDDEN: Final = "Nobody looks at it, so nothing is decoded"


class StreamTools(msgspec.Struct, frozen=True):
    """What the view needs from outside. `open_link` answers whether a browser took the address; `clock` is monotonic seconds."""

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
        self.bar = StreamBar(theme)
        self.pane = Pane(theme)
        self.screen_view = self.pane.screen_view
        self.controls = self.pane.controls
        self.away = Message(theme)
        self.window_of_its_own = DetachedWindow("Stream")
        self.delay_box = DelayBox(delay, theme, self)
        self.is_detached = False
        self._was_docked = True  # before it filled the screen
        self._is_active = True
        self._is_paused = False
        self._is_shut = False
        self._chat: QWidget | None = None
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
        self._close_chat()
        self.bar.show_title(stage.title if stage else "")
        self._is_paused = False
        self.player.pause()
        self.screen_view.show_frame(None)
        self.director.show_stage(stage)

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
        for message in (self.screen_view.message, self.away):
            message.dress()
        self.pane.update()

    def shut(self) -> None:
        """The last call: nothing is played, asked or shown any more."""
        self._is_shut = True
        self._delay.changed.disconnect(self._show_delay)
        self._close_chat()
        self._close_web()
        self.player.close()
        self.delay_box.hide()
        self.window_of_its_own.hide()

    def calibrate(self) -> None:
        """A person sees the bomb planted in the video now."""
        self._say(self._delay.press())

    def _lay_out(self) -> None:
        self._stack = QStackedLayout()
        self._stack.addWidget(self.pane)
        holder = QWidget()
        self.away.setParent(holder)
        self.away.setMinimumWidth(200)
        column = QVBoxLayout(holder)
        column.addStretch(1)
        column.addWidget(self.away)
        column.addStretch(1)
        self.away.say("The video is in a window of its own", "Closing that window brings it back.", (BACK,))
        self._stack.addWidget(holder)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        layout.addLayout(self._stack, 1)

    def _connect(self) -> None:
        self.director.changed.connect(self._apply)
        self._delay.changed.connect(self._show_delay)
        self.player.changed.connect(self._show)
        self.player.frame_came.connect(self._on_frame)
        self.pane.seen.connect(self._apply)
        self.pane.key.connect(self._on_key)
        self.screen_view.double_clicked.connect(self.toggle_whole_screen)
        self.screen_view.message.chosen.connect(self._on_button)
        self.away.chosen.connect(self._on_button)
        self.window_of_its_own.closed.connect(self.attach)
        self.bar.back_end_chosen.connect(self.director.want)
        self.bar.chat.toggled.connect(self._on_chat)
        self.bar.detach.clicked.connect(self.toggle_detached)
        self.bar.browser.clicked.connect(self._open_browser)
        controls = self.controls
        controls.play.clicked.connect(self.toggle_play)
        controls.sound.clicked.connect(self.toggle_sound)
        controls.whole.clicked.connect(self.toggle_whole_screen)
        controls.volume.valueChanged.connect(lambda percent: self._set_volume(percent / 100))
        controls.delay.clicked.connect(partial(self.delay_box.open_below, controls.delay))
        controls.quality_chosen.connect(self._choose_quality)
        controls.on_top.toggled.connect(self.window_of_its_own.keep_on_top)

    # What plays

    @property
    def is_seen(self) -> bool:
        return self.pane.isVisible() and (self._is_active or self.is_detached) and not self._is_shut

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
            self.player.play(stage.place)

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
        """The official player's page was refused, or found no network."""
        self._is_web_refused = True
        self._close_web()
        state = PlayState.PARENT_REFUSED if is_parent else PlayState.BLOCKED
        self.player.playback.end(state, self._tools.clock(), sentence)
        self._show()

    # What is shown

    def _on_frame(self) -> None:
        self.screen_view.show_frame(self.player.frame)

    def _show(self) -> None:
        stage, choice, state = self.director.stage, self.director.choice, self.player.state
        is_playing = self.player.playback.is_wanted and choice is not None and choice.back_end is BackEnd.IN_APP
        self.controls.show_playing(is_playing=is_playing, is_muted=self.player.is_muted, volume=self.player.volume)
        self.controls.show_qualities([name for name, _url in self.player.qualities], self.player.wanted_quality)
        self._show_exits(stage)
        self._show_corners(state)
        title, text, buttons = self._message(stage, state)
        if title:
            self.screen_view.show_message(title, text, buttons)
        else:
            self.screen_view.hide_message()

    def _show_corners(self, state: PlayState) -> None:
        figures = self.player.figures()
        is_moving = state in MOVING
        self.screen_view.show_corners(
            words.badge(state, self.player.quality, figures) if is_moving else "",
            self._delay.words if is_moving else "",
            "" if self.bar.is_roomy else self.bar.reason,
            is_lively=state is PlayState.PLAYING,
            is_dimmed=not is_moving,
        )
        self.screen_view.setToolTip(words.in_full(figures) if figures.frames else "")

    def _show_exits(self, stage: Stage | None) -> None:
        has_place = stage is not None
        self.bar.browser.setEnabled(stage is not None and bool(stage.watch_url))
        self.bar.detach.setEnabled(has_place)
        self.controls.play.setEnabled(has_place and self.pane.web is None)
        reason = self._why_no_chat(stage)
        self.bar.chat.setEnabled(not reason)
        self.bar.chat.setToolTip(reason or "Twitch's chat beside the video")

    def _why_no_chat(self, stage: Stage | None) -> str:
        if not self._tools.has_engine():
            return NO_ENGINE
        if self.director.official in {DEAD, ABSENT}:
            return f"Chat needs a web engine: {self.director.official.why}"
        return "" if stage is not None and stage.chat_page else "This stream has no chat"

    def _message(self, stage: Stage | None, state: PlayState) -> tuple[str, str, tuple[str, ...]]:
        """Title, words and buttons; no title: the picture speaks for itself."""
        choice = self.director.choice
        if stage is None:
            return words.NO_STREAM, words.NO_STREAM_HELP, ()
        if stage.refused:
            return (
                words.TITLES[PlayState.PARENT_REFUSED],
                f"{words.sentence(stage.refused)} It is not shown.",
                (BROWSER,) if stage.watch_url else (),
            )
        if choice is None:
            return "Starting", "Finding out who can play the stream here.", (BROWSER,)
        if choice.must_ask:
            return NOTICE, NOTICE_WORDS, (ACCEPT, DECLINE)
        if choice.back_end is BackEnd.BROWSER:
            return "Watch it in the browser", words.sentence(f"It is not played here: {choice.reason}"), (BROWSER, IN_APP)
        if choice.back_end is BackEnd.OFFICIAL and state is PlayState.IDLE:
            return ("", "", ()) if self.pane.web is not None else ("Paused", words.sentence(HIDDEN), ())
        if state in MOVING:
            return "", "", ()
        return words.TITLES[state], words.help_for(state, self.player.words), _BUTTONS[state]

    def _show_delay(self) -> None:
        self.controls.show_delay(self._delay.estimate, is_spoiler_safe=self._delay.is_spoiler_safe)
        self.delay_box.refresh()
        self._show_corners(self.player.state)

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
        if self.player.audio_words:
            self._say(self.player.audio_words)

    def toggle_detached(self) -> None:
        if self.is_detached:
            self.attach()
        else:
            self.detach()

    def detach(self) -> None:
        """Into a window of its own; it plays on."""
        if self.is_detached or self.director.stage is None:
            return
        self.is_detached = True
        self._move(lambda: self.window_of_its_own.take(self.pane, f"Stream · {self.bar.title.text().removeprefix('Stream · ')}"))
        self._stack.setCurrentIndex(0)

    def attach(self) -> None:
        """Back into the desk."""
        if not self.is_detached:
            return
        self.is_detached = False
        self._was_docked = True
        self._move(lambda: self._stack.insertWidget(0, self.pane))
        self._stack.setCurrentWidget(self.pane)
        self.window_of_its_own.hide()

    def toggle_whole_screen(self) -> None:
        if self.is_detached and self.window_of_its_own.isFullScreen():
            self._leave_whole_screen()
            return
        self._was_docked = not self.is_detached
        self.detach()
        if self.is_detached:
            self.window_of_its_own.use_whole_screen(True)
            self.screen_view.setFocus()

    def _leave_whole_screen(self) -> None:
        was_docked = self._was_docked
        self.window_of_its_own.use_whole_screen(False)
        if was_docked:
            self.attach()

    def _move(self, move: Callable[[], object]) -> None:
        """Moving hides and shows the pane: the stream is not stopped for that."""
        self.pane.is_moving = True
        move()
        self.pane.show()
        self.pane.is_moving = False
        self.controls.on_top.setVisible(self.is_detached)
        self.bar.detach.setText("Attach" if self.is_detached else "Detach")
        self._apply()

    def _on_key(self, key: int) -> None:
        acts: dict[int, Callable[[], None]] = {
            Qt.Key.Key_Space: self.calibrate,
            Qt.Key.Key_P: self.toggle_play,
            Qt.Key.Key_M: self.toggle_sound,
            Qt.Key.Key_F: self.toggle_whole_screen,
            Qt.Key.Key_D: self.toggle_detached,
            Qt.Key.Key_Up: lambda: self._set_volume(self.player.volume + STEP),
            Qt.Key.Key_Down: lambda: self._set_volume(self.player.volume - STEP),
            Qt.Key.Key_Escape: self._on_escape,
        }
        acts[key]()

    def _on_escape(self) -> None:
        if self.window_of_its_own.isFullScreen():
            self._leave_whole_screen()
        else:
            self.attach()

    def _on_button(self, text: str) -> None:
        acts: dict[str, Callable[[], None]] = {
            TRY: self.retry,
            PLAY: self.retry,
            BROWSER: self._open_browser,
            IN_APP: partial(self.director.want, BackEnd.IN_APP),
            ACCEPT: partial(self.director.answer_notice, is_accepted=True),
            DECLINE: partial(self.director.answer_notice, is_accepted=False),
            BACK: self.attach,
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

    # Chat

    def _on_chat(self, is_wanted: bool) -> None:
        if not is_wanted:
            self._close_chat()
        elif self._chat is None:
            self.director.ask_engine(self._on_engine)

    def _on_engine(self, answer: Able) -> None:
        """The engine was tried in a program of its own, because one that cannot start takes this one with it."""
        stage = self.director.stage
        if answer in {DEAD, ABSENT} or stage is None or not stage.chat_page or self._is_shut:
            self.bar.chat.setChecked(False)
            return
        if not self.bar.chat.isChecked() or self._chat is not None:
            return
        try:
            self._chat = self._tools.pages.build(stage.chat_page, stage.page_base, lambda sentence, _is_parent: self._say(sentence))
        except ImportError as problem:
            self.bar.chat.setChecked(False)
            self._say(f"The web engine cannot be loaded here ({problem})")
            return
        self._chat.setAccessibleName("Chat")
        self._chat.setFixedWidth(CHAT_WIDTH)
        self.pane.put_beside(self._chat)

    def _close_chat(self) -> None:
        chat, self._chat = self._chat, None
        self.bar.chat.setChecked(False)
        if chat is not None:
            self._tools.pages.close(chat)


_BUTTONS: Final = {
    PlayState.IDLE: (PLAY,),
    PlayState.STARTING: (BROWSER,),
    PlayState.STALLED: (TRY, BROWSER),
    PlayState.RECOVERING: (TRY, BROWSER),
    PlayState.OFFLINE: (TRY, BROWSER),
    PlayState.NO_CODEC: (TRY, BROWSER),
    PlayState.PARENT_REFUSED: (IN_APP, BROWSER),
    PlayState.BLOCKED: (TRY, BROWSER),
    PlayState.FAILED: (TRY, BROWSER),
}


def _volume(kept: str) -> float:
    """What was kept, where it is a figure."""
    try:
        return min(max(float(kept), 0.0), 1.0)
    except ValueError:
        return 0.7
