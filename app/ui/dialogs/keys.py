"""The page of keys."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from app.ui.dialogs.box import Box
from app.ui.theme import Theme

KEYS = (
    ("F12", "kill switch: halt all orders and cancel until nothing is left"),
    ("Ctrl+Shift+X", "cancel all orders, except while typing in a field; trading goes on"),
    ("Delete", "cancel the chosen orders"),
    ("Ctrl+1 to Ctrl+9", "bring another account of this window to hand"),
    ("/, Ctrl+K", "search the events"),
    ("Esc, ↓ in the search", "empty it, and then go to the events; go to them at once"),
    ("Space in the events", "star the chosen event: it is followed like an open one"),
    ("Enter, Space", "write an order at the price under the cursor"),
    ("Ctrl+click", "write an order for what can be taken there"),
    ("↑ ↓ in the odds", "one rung up or down the venue's ladder"),
    ("← → in the prices", "the stake over more or fewer prices, each next one paying more"),
    ("Enter, Enter", "arm the ticket, then send it"),
    ("Esc", "disarm"),
    ("F2 in the limits", "set the limit under the cursor"),
    ("Ctrl+V in the batch", "add the rows that were copied"),
    ("F5 in the record", "read it again"),
    ("Ctrl+H", "the account's trades and movements of money, where its venue lists them"),
    ("Ctrl+I", "the connection: channels, requests, a test of it all"),
    ("Ctrl+P", "profiles and keys: accounts, their keys, the idle lock"),
    ("Ctrl+L", "light or dark"),
    ("Ctrl+M", "sounds on or off"),
    ("Ctrl+Q", "quit; over open orders you are asked first"),
    ("F1", "this page"),
)

WIDTH = 660  # pixels, so that no line is cut


class KeysBox(Box):
    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent, theme, "Keys", "Close", WIDTH)
        self.words.hide()
        grid = QGridLayout()
        grid.setHorizontalSpacing(18)
        grid.setColumnStretch(1, 1)
        for row, (keys, words) in enumerate(KEYS):
            key = QLabel(keys)
            key.setFont(theme.font(13, bold=True))
            what = QLabel(words)
            grid.addWidget(key, row, 0)
            grid.addWidget(what, row, 1)
        self.body.addLayout(grid)
