"""The rounds of the match and what happened in them, newest first: the important things, or all of them."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QPalette
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QLabel, QListView, QVBoxLayout, QWidget

from app.domain.cs2 import Match, MatchDetail, MatchStatus
from app.ui.delegates.feed_rounds import RoundLineDelegate
from app.ui.feed.match_words import truth
from app.ui.models.feed_rounds import RoundsModel, Wanted, important_count, lines_of
from app.ui.theme import Theme
from app.ui.views.chips import add_chips
from app.ui.views.header import ink

NOTHING_OPEN = "Choose a match in the lobby or in the tree: its rounds appear here."
READING = "The rounds are being read."
NOT_STARTED = "No round has been played yet."
NO_ROUNDS = "The feed tells no rounds of this match."


class RoundList(QListView):
    """Keeps what is chosen and what is in view; at its top it shows what comes. Ctrl+C copies the chosen line."""

    def __init__(self, model: RoundsModel, theme: Theme) -> None:
        super().__init__()
        self._rounds = model
        self.setModel(model)
        self.setItemDelegate(RoundLineDelegate(model, theme, self))
        self.setResizeMode(QListView.ResizeMode.Adjust)  # a narrower pane has higher lines
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setMouseTracking(True)
        self.setObjectName("rounds")
        self.setAccessibleName("Rounds and events, newest first. Ctrl+C copies the chosen line.")

    def hold(self) -> tuple[str, int]:
        """The uppermost line in view and how much of it is above; no key while the list stands at its beginning."""
        if not self.verticalScrollBar().value():
            return "", 0
        index = self.indexAt(QPoint(0, 0))
        return (self._rounds.lines[index.row()].key, -self.visualRect(index).top()) if index.isValid() else ("", 0)

    def scroll_back(self, held: tuple[str, int]) -> None:
        """As held; where the line is left out now, the head of its round comes on top."""
        row, above = (self._rounds.row_of(held[0]) if held[0] else None), held[1]
        if row is None:
            row, above = self._rounds.row_of(held[0].partition("e")[0]), 0
        if row is None:
            return
        self.doItemsLayout()  # the scroll bar's range is that of the lines before otherwise
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + self.visualRect(self._rounds.index(row)).top() + above)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index: QModelIndex = self.currentIndex()
        if event.matches(QKeySequence.StandardKey.Copy) and index.isValid():
            QGuiApplication.clipboard().setText(self._rounds.lines[index.row()].words)
            return
        super().keyPressEvent(event)


class RoundsView(QWidget):
    """Passive: `show_match` says all that is shown."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._match: Match | None = None
        self._detail: MatchDetail | None = None
        self._told: tuple[Match | None, MatchDetail | None, str] = (None, None, "")
        self._wanted = Wanted.IMPORTANT
        self.model = RoundsModel()
        self.title = QLabel("Rounds and events")
        self.title.setFont(theme.font(13, bold=True))
        self._row = QHBoxLayout()
        self._row.addWidget(self.title)
        self._row.addStretch(1)
        self.chips = add_chips(Wanted, self._row, self._use_chip, theme, self)
        self.empty = QLabel(NOTHING_OPEN)
        self.list = RoundList(self.model, theme)
        self._lay_out()
        theme.changed.connect(self._dress)
        self._dress()
        self.show_nothing()

    def show_nothing(self, sentence: str = NOTHING_OPEN) -> None:
        """No match is open, or none can be read: say why."""
        self._match = self._detail = None
        self._told = (None, None, "")
        self._fill(sentence)

    def show_match(self, match: Match, detail: MatchDetail | None, why: str = "") -> None:
        """The detail of the match as it is, or as it was at the time that may be shown; at no cost where that is what is shown.

        `why`: a sentence that says why the detail cannot be read now; empty while nothing speaks against it.
        """
        if (match, detail, why) == self._told:
            return
        self._told = (match, detail, why)
        if self._match is not None and self._match.id != match.id:
            self.model.show_lines(())
            self.list.scrollToTop()
        self._match, self._detail = truth(match, detail), detail if detail is not None and detail.match.id == match.id else None
        self._fill(self._why_empty())

    def _why_empty(self) -> str:
        if self._detail is None or self._match is None:
            return self._told[2] or READING
        return NOT_STARTED if self._match.status in {MatchStatus.PREGAME, MatchStatus.WARMUP} else NO_ROUNDS

    def _fill(self, why_empty: str) -> None:
        is_told = self._match is not None and self._detail is not None
        lines = []
        if self._match is not None and self._detail is not None:
            lines = lines_of(self._match, self._detail, self._wanted, is_read=not self._told[2])
        held = self.list.hold()
        if self.model.show_lines(lines):
            self.list.scroll_back(held)
        important, all_of_them = important_count(self._detail) if self._detail is not None else (0, 0)
        self.chips[Wanted.IMPORTANT].setToolTip(f"{important} of {all_of_them} events" if is_told else "")
        self.chips[Wanted.ALL].setToolTip(f"{all_of_them} events" if is_told else "")
        self.empty.setText(why_empty)
        self.empty.setVisible(not lines)
        self.list.setVisible(bool(lines))

    def _use_chip(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._fill(self._why_empty() if self._match is not None else self.empty.text())

    def _lay_out(self) -> None:
        self.setObjectName("rounds pane")
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        self.setAccessibleName("Rounds and events")
        self.empty.setWordWrap(True)
        self.empty.setTextFormat(Qt.TextFormat.PlainText)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setMargin(12)
        self._row.setContentsMargins(10, 4, 8, 4)
        self._row.setSpacing(4)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._row)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.empty, 1)

    def _dress(self) -> None:
        ink(self.title, self._theme.colours["text.strong"])
        ink(self.empty, self._theme.colours["text.dim"])
        self.list.viewport().update()
