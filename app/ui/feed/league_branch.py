"""The league's matches below a trading account's events: what is searched for and chosen there narrows them too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.services.feed.session import FeedSession
from app.ui.feed.league_tree import MatchTree
from app.ui.models.event_tree import Chip
from app.ui.models.feed_tree import Chip as LeagueChip
from app.ui.models.feed_tree import LeagueTreeModel
from app.ui.theme import Theme

LINE: Final = 26  # pixels of a line of the tree
MOST_LINES: Final = 8  # before it scrolls: the account's own events have the larger part
_CHIPS: Final = {
    Chip.ALL: LeagueChip.ALL,
    Chip.LIVE: LeagueChip.LIVE,
    Chip.SOON: LeagueChip.SOON,
    Chip.STARRED: LeagueChip.STARRED,
}


class LeagueBranch(QWidget):
    """`match_chosen` with the id of a match that a person chose, `alert_wanted` with an AlertWish, `counted` when `counts` or `is_empty`
    are others. It takes no room where nothing of the league fits.
    """

    match_chosen = Signal(object)
    alert_wanted = Signal(object)
    counted = Signal()

    def __init__(self, session: FeedSession, theme: Theme, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._session = session
        self._is_among = True
        self._told: object = None  # what `counted` last told of
        self.model = LeagueTreeModel(session, now)
        self.tree = MatchTree(self.model, theme)
        self.tree.match_chosen.connect(self.match_chosen)
        self.tree.alert_wanted.connect(self.alert_wanted)
        self.tree.star_pressed.connect(self._star)
        self.tree.expanded.connect(self._fit)
        self.tree.collapsed.connect(self._fit)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.tree)
        self._fit()

    @property
    def counts(self) -> dict[Chip, int]:
        """How many matches each chip of the events shows."""
        return {chip: self.model.counts[own] for chip, own in _CHIPS.items()}

    @property
    def is_empty(self) -> bool:
        """No match is shown for what is searched for and chosen."""
        return not self._is_among or self.model.is_empty

    def refresh(self) -> None:
        """Take over what the feed told."""
        self.tree.keep_through(self.model.refresh)
        self._fit()

    def tick(self) -> None:
        """A second went by: countdowns move."""
        if self.isVisible():
            self.tree.keep_through(self.model.times_changed)

    def search(self, text: str) -> None:
        self.tree.keep_through(lambda: self.model.search(text))
        self._fit()

    def choose(self, chip: Chip) -> None:
        """The league's own counterpart of a chip of the events; nobody has an order on a match, so `Mine` shows none."""
        self._is_among = chip in _CHIPS
        self.tree.keep_through(lambda: self.model.choose(_CHIPS.get(chip, LeagueChip.ALL)))
        self._fit()

    def _star(self, match_id: int) -> None:
        self._session.toggle_star(match_id)
        self.refresh()

    def _fit(self) -> None:
        """As high as its lines, to a bound."""
        self.setVisible(not self.is_empty)
        lines = sum(1 for node in self.model.nodes() if self._is_seen(node.key))
        self.tree.setFixedHeight(min(max(lines, 1), MOST_LINES) * LINE + 4)
        if self._told != (told := (self.counts, self.is_empty)):
            self._told = told
            self.counted.emit()

    def _is_seen(self, key: str) -> bool:
        index = self.model.find(key)
        parent = index.parent()
        while parent.isValid():
            if not self.tree.isExpanded(parent):
                return False
            parent = parent.parent()
        return True
