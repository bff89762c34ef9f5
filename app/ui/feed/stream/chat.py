"""Twitch's chat beside the video, where there is a web engine that starts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtWidgets import QPushButton, QWidget

from app.services.feed.video import Stage
from app.ui.feed.stream.backends import Able
from app.ui.feed.stream.director import Director
from app.ui.feed.stream.pane import Pane
from app.ui.feed.stream.probe import ABSENT, DEAD, NOT_TRIED
from app.ui.feed.stream.web import WebPages
from app.ui.feed.stream.words import CHAT_IS_AHEAD

WIDTH: Final = 320
OFFERED: Final = f"Twitch's chat beside the video. {CHAT_IS_AHEAD}"
NO_ENGINE: Final = "Chat needs Qt WebEngine, which is not installed. It can be read in the browser."
LIFELESS: Final = (DEAD, ABSENT, NOT_TRIED)


class ChatSide:
    """Behind one checkable button. The engine is tried in a program of its own first: one that cannot start takes this one with it."""

    def __init__(
        self,
        button: QPushButton,
        pane: Pane,
        director: Director,
        pages: WebPages,
        has_engine: Callable[[], bool],
        say: Callable[[str], None],
    ) -> None:
        self._button = button
        self._pane = pane
        self._director = director
        self._pages = pages
        self._has_engine = has_engine()
        self._say = say
        self._shown: QWidget | None = None
        button.toggled.connect(self._on_toggled)

    def refresh(self) -> None:
        reason = self._why_not(self._director.stage)
        self._button.setEnabled(not reason)
        self._button.setToolTip(reason or OFFERED)

    def close(self) -> None:
        shown, self._shown = self._shown, None
        self._button.setChecked(False)
        if shown is not None:
            self._pages.close(shown)

    def _why_not(self, stage: Stage | None) -> str:
        if not self._has_engine:
            return NO_ENGINE
        if self._director.official in LIFELESS:
            return f"Chat needs a web engine: {self._director.official.why}"
        return "" if stage is not None and stage.chat_page else "This stream has no chat"

    def _on_toggled(self, is_wanted: bool) -> None:
        if not is_wanted:
            self.close()
        elif self._shown is None:
            self._director.ask_engine(self._on_engine)

    def _on_engine(self, answer: Able) -> None:
        stage = self._director.stage
        if not self._button.isChecked() or self._shown is not None:
            return
        if answer in LIFELESS or stage is None or not stage.chat_page:
            self._button.setChecked(False)
            return
        try:
            self._shown = self._pages.build(stage.chat_page, stage.page_base, lambda sentence, _is_parent: self._say(sentence))
        except ImportError as problem:
            self._button.setChecked(False)
            self._say(f"The web engine cannot be loaded here ({problem})")
            return
        self._shown.setAccessibleName("Chat")
        self._shown.setFixedWidth(WIDTH)
        self._pane.put_beside(self._shown)
        self._say(CHAT_IS_AHEAD)
