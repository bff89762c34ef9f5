"""The line above the video: what is shown, who plays it and why, and the ways out."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QSizePolicy, QToolButton, QWidget

from app.ui import formats
from app.ui.feed.stream.backends import Able, BackEnd, Choice
from app.ui.theme import Theme
from app.ui.views.elided import ElidedLabel

ROOMY = 600  # pixels from which the reason stands in this line; below it is in the lower corner of the picture
SHORT = {BackEnd.OFFICIAL: "Official", BackEnd.IN_APP: "In-app", BackEnd.BROWSER: "In browser"}


class StreamBar(QWidget):
    back_end_chosen = Signal(BackEnd)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.title = ElidedLabel()
        self.title.setFont(theme.font(12, bold=True))
        self.player = QToolButton()
        self.player.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.player.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.player.setMinimumWidth(70)
        self.player.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.player.setAccessibleName("Who plays the video")
        self._menu = QMenu(self)
        self._menu.setToolTipsVisible(True)
        self.player.setMenu(self._menu)
        self.actions_of: dict[BackEnd, QAction] = {}
        for back_end in BackEnd:
            action = self._menu.addAction(back_end.capitalize())
            action.setCheckable(True)
            action.triggered.connect(partial(self._on_chosen, back_end))
            self.actions_of[back_end] = action
        self.chat = _chip("Chat", "")
        self.chat.setCheckable(True)
        self.detach = _chip("Detach", "Show the video in a window of its own (D)")
        self.browser = _chip("Browser ↗", "Open the stream in the system's browser")
        self._choice: Choice | None = None
        self._name = ""
        self.player.setFont(theme.font(11))
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 4, 6, 4)
        row.setSpacing(6)
        row.addWidget(self.title, 1)
        row.addWidget(self.player)
        for button in (self.chat, self.detach, self.browser):
            button.setFont(theme.font(11))
            row.addWidget(button)

    @property
    def reason(self) -> str:
        """Who plays and why, for the corner of the picture where this line has no room for it."""
        return f"{self._choice.back_end} ({self._choice.reason})" if self._choice else ""

    @property
    def is_roomy(self) -> bool:
        return self.width() >= ROOMY

    def show_title(self, name: str) -> None:
        self._name = name
        self._lay()

    def show_choice(self, choice: Choice | None, official: Able, in_app: Able) -> None:
        self._choice = choice
        for back_end, action in self.actions_of.items():
            able = {BackEnd.OFFICIAL: official, BackEnd.IN_APP: in_app}.get(back_end)
            action.setChecked(choice is not None and choice.back_end is back_end)
            action.setText(f"{back_end.capitalize()}: {able.why}" if able else back_end.capitalize())
        self.player.setEnabled(choice is not None)
        self.player.setToolTip(formats.tip(f"Played by: {self.reason}" if choice else "Nothing plays"))
        self._lay()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay()

    def _lay(self) -> None:
        whole = f"Stream · {self._name}" if self._name else "Stream"
        self.title.setText(whole if self.width() >= 460 or not self._name else self._name)
        self.browser.setText("Browser ↗" if self.width() >= 460 else "↗")
        self.browser.setAccessibleName("Browser")
        if self._choice is None:
            self.player.setText("—")
        else:
            room = self.width() - 420
            text = self.reason if self.is_roomy else SHORT[self._choice.back_end]
            self.player.setText(self.player.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, max(room, 80)))

    def _on_chosen(self, back_end: BackEnd, _is_checked: bool = False) -> None:
        self.back_end_chosen.emit(back_end)


def _chip(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName("chip")
    button.setToolTip(tip)
    return button
