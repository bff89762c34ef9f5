"""The matches pane: search, chips, and the tree of the league. Choosing a match opens it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QVBoxLayout, QWidget

from app.services.feed.session import FeedSession
from app.ui import formats
from app.ui.delegates.match_line import MatchLineDelegate
from app.ui.feed.alert_wish import ALERT, KEYS, AlertWish, is_alert_key
from app.ui.feed.filter_field import FilterField
from app.ui.feed.words import as_last_told, trouble_words
from app.ui.models.columns import counted
from app.ui.models.feed_tree import LEAGUE_KEY, Branch, Chip, LeagueTreeModel
from app.ui.theme import Theme
from app.ui.views.chips import add_chips
from app.ui.views.star_tree import StarTree

PROMPTS = ("Search teams, maps, seasons   /", "Search matches   /", "Search   /")
NO_MATCH = "Nothing matches this search."
EMPTY = {
    Chip.ALL: "Nothing is listed yet.",
    Chip.LIVE: "No match is live.",
    Chip.SOON: "No match starts within the hour.",
    Chip.TODAY: "No match is played today.",
    Chip.STARRED: "No match is starred. Space stars the chosen one.",
}


class MatchTree(StarTree):
    """What is open, chosen and scrolled to stays so by key. `match_chosen` when a person chose one, not when it was put back."""

    match_chosen = Signal(object)
    alert_wanted = Signal(object)  # an AlertWish

    def __init__(self, model: LeagueTreeModel, theme: Theme) -> None:
        super().__init__(model, "matches", 10)
        self._tree = model
        self.setItemDelegate(MatchLineDelegate(model, theme, self))
        self.setAccessibleName("Matches of the league")
        self.selectionModel().currentChanged.connect(self._chosen)
        self.clicked.connect(self._clicked)
        self.restore("")

    def key_of(self, index: QModelIndex) -> str:
        return self._tree.node(index).key

    def place_of(self, key: str) -> QModelIndex:
        return self._tree.find(key)

    def starred_by(self, index: QModelIndex) -> int | None:
        match = self._tree.node(index).match
        return match.id if match is not None else None

    def keep_through(self, change: Callable[[], None]) -> None:
        """What is open, chosen and on top stays so through a change of the lines."""
        chosen, top = self.chosen_key, self.top_key()
        self._is_restoring = True
        change()
        self.restore(chosen)
        self.scroll_back(top)
        self._is_restoring = False

    def restore(self, chosen: str) -> None:
        was, self._is_restoring = self._is_restoring, True
        for node in self._tree.nodes():
            if node.match is None:
                self.setExpanded(self._tree.index_of(node), self._is_to_be_open(node))
        self.choose_again(chosen)
        self._is_restoring = was

    def show_match(self, match_id: int) -> None:
        """Mark a match opened from elsewhere."""
        index = self._tree.find(f"m{match_id}")
        if index.isValid() and index != self.currentIndex():
            was, self._is_restoring = self._is_restoring, True
            self.setCurrentIndex(index)
            self._is_restoring = was

    # What a person does

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match = self._tree.node(self.currentIndex()).match
        if match is not None and event.key() == Qt.Key.Key_Space:
            self.star_pressed.emit(match.id)
        elif match is not None and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.match_chosen.emit(match.id)
        elif match is not None and is_alert_key(event):
            self.alert_wanted.emit(AlertWish(match.id))
        else:
            super().keyPressEvent(event)

    def menu_at(self, point: QPoint) -> QMenu | None:
        """The context menu for a point; None where there is no match."""
        match = self._tree.node(self.indexAt(point)).match
        if match is None:
            return None
        menu, match_id = QMenu(self), match.id
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Open", lambda: self.match_chosen.emit(match_id))
        starred = self._tree.is_starred(self._tree.node(self.indexAt(point)))
        menu.addAction("Take the star off" if starred else "Star", lambda: self.star_pressed.emit(match_id))
        menu.addAction(f"{ALERT}\t{KEYS}", lambda: self.alert_wanted.emit(AlertWish(match_id)))
        return menu

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if (menu := self.menu_at(event.pos())) is not None:
            menu.popup(event.globalPos())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.RightButton:  # that asks for the menu and opens nothing
            super().mousePressEvent(event)

    def _clicked(self, index: QModelIndex) -> None:
        if self._tree.node(index).match is None:
            self.setExpanded(index, not self.isExpanded(index))

    def _chosen(self, index: QModelIndex, _before: QModelIndex) -> None:
        match = self._tree.node(index).match
        if match is not None and not self._is_restoring:
            self.match_chosen.emit(match.id)

    # What stays

    def _is_to_be_open(self, node: Branch) -> bool:
        """As the person left it; else the league and its active seasons, and all where a search or a chip leaves few."""
        if node.key in self._shut:
            return False
        return node.key in self._open or node.key == LEAGUE_KEY or node.is_active or self._tree.is_narrowed


class LeagueTree(QWidget):
    """`match_chosen` and `star_wanted` with a match's id, `alert_wanted` with an AlertWish. `refresh` once a frame when the feed told
    something, `tick` each second.
    """

    match_chosen = Signal(object)
    star_wanted = Signal(object)
    alert_wanted = Signal(object)

    def __init__(self, session: FeedSession, theme: Theme, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._session = session
        self.model = LeagueTreeModel(session, now)
        self.search = FilterField(PROMPTS, name="Search matches", tip="Teams, maps and seasons. The key / leads here.")
        self._chip_row = QHBoxLayout()
        self.chips = add_chips(Chip, self._chip_row, self._use_chip, theme, self)
        self.chips[Chip.STARRED].setToolTip("Starred matches. Space stars the match that is chosen.")
        self.empty = QLabel()
        self.empty.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.empty.setWordWrap(True)
        self.count = QLabel()
        self.count.setFont(theme.font(11))
        for label in (self.empty, self.count):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.tree = MatchTree(self.model, theme)
        self._lay_out()
        self.search.textChanged.connect(self._search)
        self.search.left.connect(self.tree.setFocus)
        self.tree.match_chosen.connect(self.match_chosen)
        self.tree.star_pressed.connect(self.star_wanted)
        self.tree.alert_wanted.connect(self.alert_wanted)
        self._say()

    def refresh(self) -> None:
        """Take over what changed."""
        self.tree.keep_through(self.model.refresh)
        self._say()

    def tick(self) -> None:
        """A second went by: countdowns move."""
        if self.isVisible():
            self.tree.keep_through(self.model.times_changed)
            self._say()

    def show_match(self, match_id: int) -> None:
        """Mark a match opened from elsewhere."""
        self.tree.show_match(match_id)

    def focus_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def _lay_out(self) -> None:
        self._chip_row.setSpacing(4)
        self._chip_row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 4, 4)
        layout.setSpacing(6)
        layout.addWidget(self.search)
        layout.addLayout(self._chip_row)
        layout.addWidget(self.empty)
        layout.addWidget(self.tree, 1)
        layout.addWidget(self.count)

    def _use_chip(self, chip: Chip) -> None:
        self.tree.keep_through(lambda: self.model.choose(chip))
        self._say()

    def _search(self, text: str) -> None:
        self.tree.keep_through(lambda: self.model.search(text))
        self._say()

    def _say(self) -> None:
        """Counts, and words where there is nothing to see."""
        counts = self.model.counts
        for chip, button in self.chips.items():
            button.setText(str(chip) if chip is Chip.ALL else f"{chip} {counts[chip]:,}")
        seasons = len(self._session.matches.seasons)
        words = f"{counted(counts[Chip.ALL], 'match').replace('matchs', 'matches')} · {counted(seasons, 'season')}"
        self.count.setText(words if seasons or counts[Chip.ALL] else "")
        is_empty = self.model.is_empty
        self.empty.setVisible(is_empty)
        if is_empty:
            self.empty.setText(formats.plain(self._why_empty()))

    def _why_empty(self) -> str:
        if not self._session.matches.matches:
            return trouble_words(self._session) or EMPTY[self.model.chip]
        if self.model.is_searched:
            return NO_MATCH
        words = EMPTY[self.model.chip]
        return words if self.model.chip is Chip.STARRED else as_last_told(self._session, words)
