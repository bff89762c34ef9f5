"""The page of keys: those of the whole window, those of an account that trades, those of the CS2 league."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QGridLayout, QLabel, QTabWidget, QVBoxLayout, QWidget

from app.ui.dialogs.box import Box
from app.ui.feed.alert_wish import KEYS as ALERT_KEYS
from app.ui.theme import Theme

Lines = Sequence[tuple[str, str]]

EVERYWHERE: Lines = (
    ("F12", "kill switch: halt all orders and cancel until nothing is left"),
    ("Ctrl+Shift+X", "cancel all orders, except while typing in a field; trading goes on"),
    ("Ctrl+1 to Ctrl+9", "bring another account of this window to hand"),
    ("/, Ctrl+K", "search the events, or the matches of the league"),
    ("Esc, ↓ in the search", "empty it, and then go to the list; go there at once"),
    ("Ctrl+C in a table", "copy the chosen lines, where the table copies"),
    ("Ctrl+I", "the connection: channels or polls, requests, a test of it all"),
    ("Ctrl+P", "profiles and keys: accounts, their keys, the idle lock"),
    ("Ctrl+L", "light or dark"),
    ("Ctrl+M", "sounds on or off"),
    ("Ctrl+Q", "quit; over open orders you are asked first"),
    ("F1", "this page"),
)
DESK: Lines = (
    ("Enter, Space", "write an order at the price under the cursor"),
    ("Ctrl+click", "write an order for what can be taken there"),
    ("↑ ↓ in the odds or price", "one rung up or down the price ladder"),
    ("← → in the prices", "the stake or quantity over more or fewer prices, each next one paying more"),
    ("Enter, Enter", "arm the ticket, then send it"),
    ("Esc", "disarm"),
    ("Delete", "cancel the chosen orders"),
    ("Space in the events", "star the chosen event: it is followed like an open one"),
    ("F2 in the limits", "set the limit under the cursor"),
    ("Ctrl+V in the batch", "add the rows that were copied"),
    ("F5 in the record", "read it again"),
    ("Ctrl+H", "the account's trades and movements of money, where its venue lists them"),
)
LEAGUE: Lines = (
    ("Enter in a list", "open the chosen match"),
    ("Space in a list", "star the chosen match"),
    (f"{ALERT_KEYS} on a match", "a new alert on it"),
    ("Ctrl+C on the odds", "copy them; in the rounds, the chosen line"),
    ("Space on the video", "the bomb is planted in the video now: how late it is follows"),
    ("P on the video", "play, or stop"),
    ("M on the video", "its sound on or off"),
    ("↑ ↓ on the video", "louder, or quieter"),
    ("F, D on the video", "over the whole screen; in a window of its own"),
    ("Esc on the video", "back into its place"),
    ("← → in the chart", "read the odds out; with Ctrl from price to price, with Shift move"),
    ("+ − Home in the chart", "nearer, or farther; all of it"),
    ("Delete in the alerts", "remove the chosen ones"),
)
HOOKS: Lines = (
    ("Ctrl+Shift+W", "webhooks and HMAC of the league's feed, in a window of their own"),
    ("Ctrl+N", "a new subscription"),
    ("F5", "read the subscriptions again"),
    ("Ctrl+F", "filter the deliveries"),
    ("↑ ↓ in a list", "choose another line; a delivery's bytes are shown below it"),
    ("Delete in the subscriptions", "end the chosen one; you are asked first"),
    ("Enter in To", "send the chosen delivery there again"),
    ("Tab, Shift+Tab", "the next field or list, the one before"),
    ("Esc", "empty the filter, or go from it to the list; close the window"),
)
SECTIONS = {"Everywhere": EVERYWHERE, "An account that trades": DESK, "The CS2 league": LEAGUE, "Webhooks": HOOKS}
KEYS = tuple(line for lines in SECTIONS.values() for line in lines)

WIDTH = 700  # pixels, so that no line is cut


class KeysBox(Box):
    """A page for each place, so that all of it fits on a small screen."""

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent, theme, "Keys", "Close", WIDTH)
        self.words.hide()
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        for title, lines in SECTIONS.items():
            self.tabs.addTab(_page(lines, theme), title)
        self.body.addWidget(self.tabs)


def _page(lines: Lines, theme: Theme) -> QWidget:
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(2, 10, 2, 4)
    grid = QGridLayout()
    grid.setHorizontalSpacing(18)
    grid.setColumnStretch(1, 1)
    for row, (keys, words) in enumerate(lines):
        key = QLabel(keys)
        key.setFont(theme.font(13, bold=True))
        grid.addWidget(key, row, 0)
        grid.addWidget(QLabel(words), row, 1)
    column.addLayout(grid)
    column.addStretch(1)
    return page
