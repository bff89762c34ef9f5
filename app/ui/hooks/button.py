"""The way to the page of webhooks, with how it stands: a dot for the receiver, and what was bad or missed within 24 h."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton

from app.services.hooks.desk import HookDesk
from app.ui import formats
from app.ui.hooks.head import TONES, figures_tip
from app.ui.theme import Theme


class HooksButton(QPushButton):
    """`refresh` after something changed."""

    def __init__(self, desk: HookDesk, theme: Theme) -> None:
        super().__init__()
        self._desk = desk
        self._theme = theme
        self._style = ""
        self.setAccessibleName("Webhooks and HMAC")
        self.setAutoDefault(False)
        self.refresh()

    def refresh(self) -> None:
        reception, tally = self._desk.reception, self._desk.deliveries.tally
        told = ((tally.bad, "bad"), (tally.missed, "missed"), (tally.limited, "too fast"))
        wrong = [f"{number:,} {word}" for number, word in told if number]
        self.setText(" · ".join(["Webhooks", *wrong]))
        self.setToolTip(formats.tip(f"{reception.words}\n{figures_tip(tally)}\nCtrl+Shift+W"))
        style = f"HooksButton {{ border-bottom: 2px solid {self._theme.colours.css(TONES[reception.state])}; }}"
        if style != self._style:
            self._style = style
            self.setStyleSheet(style)
