"""The odds history pane: a question of the open match over time, by team; what the mouse points at in words; as a file or a picture."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from app.domain.cs2 import Match, OddsKey, Question
from app.domain.sheet import csv_text
from app.services.feed.histories import Drawing, Reading
from app.services.feed.session import FeedSession
from app.services.notices import Tone
from app.ui import formats
from app.ui.display import Display
from app.ui.feed.colours import colour_of
from app.ui.theme import Theme
from app.ui.views.chips import add_chips
from app.ui.views.elided import ElidedLabel
from app.ui.views.table import free_path, plain_file_dialog

if TYPE_CHECKING:
    from app.ui.feed.chart import OddsChart

NOTHING_OPEN: Final = "Choose a match: how its odds moved appears here."
NO_POINTS: Final = "No price of this is known yet."
READING: Final = "Reading the history…"
TITLE: Final = "Odds history"
SWAPPED: Final = "▮ sides swapped: lines follow the team and break here"
HINT: Final = "Wheel: zoom · drag: move · Home: all"


class HistoryView(QWidget):
    """`refresh` once a frame when the feed told something, `tick` each second. The chart is built when it is first seen."""

    said = Signal(str, Tone)

    def __init__(
        self, session: FeedSession, display: Display, theme: Theme, clock: Callable[[], float], now: Callable[[], datetime]
    ) -> None:
        super().__init__()
        self._session = session
        self._display = display
        self._theme = theme
        self._clock = clock
        self._now = now
        self._key: OddsKey | None = None
        self._drawing = Drawing()
        self._pointed: float | None = None
        self._is_stale = False
        self._round: int | None = None  # chosen by a person; None: the one that is played
        self.question = Question.MATCH
        self.chart: OddsChart | None = None
        self.title = ElidedLabel()
        self.title.setText(TITLE)
        self.title.setFont(theme.font(13, bold=True))
        self._row = QHBoxLayout()
        self._row.addWidget(self.title, 1)
        self.chips = add_chips(Question, self._row, self._choose, theme, self)
        self.chips[Question.NEXT_ROUND].setText("NEXT")
        self.rounds = QComboBox()
        self.rounds.setAccessibleName("Round")
        self.rounds.activated.connect(self._round_chosen)
        self.csv, self.png = QPushButton("CSV"), QPushButton("PNG")
        for button, tip, act in (
            (self.csv, "Save the points as CSV", self.ask_csv),
            (self.png, "Save the picture as PNG", self.ask_png),
        ):
            button.setObjectName("chip")
            button.setFont(theme.font(11))
            button.setToolTip(tip)
            button.clicked.connect(act)
        self.legend = QLabel()
        self.legend.setFont(theme.font(11))
        self.legend.setTextFormat(Qt.TextFormat.RichText)  # of our own making, with everything of the feed escaped
        self.legend.setWordWrap(True)
        self.empty = QLabel(NOTHING_OPEN)
        self.empty.setTextFormat(Qt.TextFormat.PlainText)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)
        self.again = QPushButton("Try again")
        self.again.clicked.connect(self._try_again)
        self.pages = QStackedWidget()
        self._lay_out()
        self._display.changed.connect(self.refresh)
        theme.changed.connect(self._dress)

    def _lay_out(self) -> None:
        self._row.insertWidget(self._row.count(), self.rounds)
        self._row.addWidget(self.csv)
        self._row.addWidget(self.png)
        self._row.setContentsMargins(10, 6, 8, 2)
        self._row.setSpacing(4)
        nothing = QWidget()
        column = QVBoxLayout(nothing)
        column.addStretch(1)
        column.addWidget(self.empty)
        column.addWidget(self.again, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        self.again.hide()
        self.pages.addWidget(nothing)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(self._row)
        layout.addWidget(self.pages, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(10, 0, 10, 4)
        foot.addWidget(self.legend, 1)
        layout.addLayout(foot)
        self.setMinimumWidth(300)

    # What is shown

    @property
    def match(self) -> Match | None:
        match_id = self._session.open_match_id
        return self._session.matches.matches.get(match_id) if match_id is not None else None

    def refresh(self) -> None:
        """Take over what the feed told; later, while nobody looks."""
        if not self.isVisible():
            self._is_stale = True
            return
        self._is_stale = False
        match = self.match
        self._list_rounds(match)
        key = self._key_of(match)
        if key != self._key:
            self._key, self._pointed = key, None
            if self.chart is not None:
                self.chart.show_all()
        if match is None or key is None:
            self._say(NOTHING_OPEN if match is None else "Which round is played is not known.")
            return
        self._session.histories.want(key)
        self._show(match, key)

    def tick(self) -> None:
        """A second went by: the newest price holds up to now."""
        if self.chart is not None and self.isVisible() and self.pages.currentIndex():
            self.chart.show_drawing(self._drawing, self._until())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_stale:
            self.refresh()

    def _show(self, match: Match, key: OddsKey) -> None:
        histories = self._session.histories
        state = histories.state(key)
        if state is not Reading.READ:
            is_failed = state is Reading.FAILED
            self._say(f"The history could not be read: {formats.plain(histories.words(key))}" if is_failed else READING, is_failed)
            return
        self._drawing = histories.drawing(match, self._session.matches.details.get(match.id), key)
        self.title.setText(f"{TITLE} · {key.question.replace('_', ' ')}{f' {key.round_number}' if key.round_number else ''}")
        if self._drawing.is_empty:
            self._say(NO_POINTS)
            return
        self._built().show_drawing(self._drawing, self._until())
        self.pages.setCurrentWidget(self._built())
        self._say_legend()
        self._allow_saving(is_allowed=True)

    def _built(self) -> OddsChart:
        if self.chart is None:
            from app.ui.feed.chart import OddsChart

            self.chart = OddsChart(self._display, self._theme)
            self.chart.pointed.connect(self._on_pointed)
            self.pages.addWidget(self.chart)
        return self.chart

    def _until(self) -> float | None:
        """Up to when the newest price holds: now, while the feed vouches for it."""
        if self._key is None or self._session.is_stale(self._key):
            return None
        return self._now().timestamp() + (self._session.figures.offset or 0.0)

    def _say(self, words: str, is_failed: bool = False) -> None:
        self._drawing = Drawing()
        self.empty.setText(words)
        self.again.setVisible(is_failed)
        self.pages.setCurrentIndex(0)
        self.legend.clear()
        self._allow_saving(is_allowed=False)

    def _allow_saving(self, *, is_allowed: bool) -> None:
        for button in (self.csv, self.png):
            button.setEnabled(is_allowed)

    def _say_legend(self) -> None:
        """Every line with its name, and its odds where the mouse points."""
        parts = [] if self._pointed is None else [datetime.fromtimestamp(self._pointed).strftime("%H:%M:%S")]
        for place, line in enumerate(self._drawing.lines):
            colour = colour_of(line, place, self._theme).name()
            mark = "╌" if place and not line.is_draw else "━"
            parts.append(f'<span style="color:{colour}">{mark}</span> {_escaped(line.name)}{self._price_at(place)}')
        if self._pointed is None:
            if self._drawing.swaps:
                parts.append(f'<span style="color:{self._theme.colours["mode.practice"].name()}">▮</span> {SWAPPED[2:]}')
            parts += [words for words in (_escaped(self._drawing.note), HINT) if words]
        self.legend.setText("&nbsp;&nbsp; ".join(parts))

    def _price_at(self, place: int) -> str:
        if self._pointed is None:
            return ""
        decimal = self._drawing.lines[place].at(self._pointed)
        if decimal is None:
            return f" {formats.NOTHING}"
        from app.ui.feed.chart import odds_of

        return f" <b>{self._display.odds(odds_of(decimal))}</b> ({100 / decimal:.1f} %)"

    def _on_pointed(self, moment: float | None) -> None:
        self._pointed = moment
        self._say_legend()

    def _dress(self) -> None:
        if self.chart is not None:
            self.chart.dress()
        if not self._drawing.is_empty:
            self._say_legend()

    # Which question, which round

    def _key_of(self, match: Match | None) -> OddsKey | None:
        if match is None:
            return None
        if self.question is Question.MATCH:
            return OddsKey(match.id, Question.MATCH)
        number = self._round if self._round is not None and self._is_of(match) else self._newest(match)
        return OddsKey(match.id, self.question, number) if number is not None else None

    def _is_of(self, match: Match) -> bool:
        """Whether what was chosen was chosen for this match."""
        return self._key is not None and self._key.match_id == match.id

    def _newest(self, match: Match) -> int | None:
        """The round that is played, or the one after it; of a match that is over the last one."""
        numbers = self._numbers(match)
        if match.round_number is None:
            return numbers[-1] if numbers else None
        following = self.question is Question.NEXT_ROUND and not match.is_settled
        return match.round_number + 1 if following else match.round_number

    def _numbers(self, match: Match) -> list[int]:
        detail = self._session.matches.details.get(match.id)
        return [each.number for each in detail.rounds] if detail is not None else []

    def _list_rounds(self, match: Match | None) -> None:
        self.rounds.setVisible(self.question is not Question.MATCH and match is not None)
        numbers = self._numbers(match) if match is not None else []
        wanted = [("Now", None), *((f"Round {number}", number) for number in reversed(numbers))]
        shown = [(self.rounds.itemText(place), self.rounds.itemData(place)) for place in range(self.rounds.count())]
        if match is None or not self._is_of(match):
            self._round = None
        if shown != wanted:
            self.rounds.clear()
            for words, number in wanted:
                self.rounds.addItem(words, number)
        self.rounds.setCurrentIndex(max(self.rounds.findData(self._round), 0))

    def _choose(self, question: Question) -> None:
        self.question = question
        self._round = None
        self.refresh()

    def _round_chosen(self, place: int) -> None:
        self._round = self.rounds.itemData(place)
        self.refresh()

    def _try_again(self) -> None:
        if self._key is not None:
            self._session.histories.again(self._key)
            self.refresh()

    # Files

    def to_csv(self) -> str:
        """All points in the order of time, in UTC; nothing in it that a spreadsheet would run."""
        rows = sorted(
            (at, place, odds) for place, line in enumerate(self._drawing.lines) for at, odds in zip(line.times, line.odds, strict=True)
        )
        lines = self._drawing.lines
        return csv_text(
            ["Time (UTC)", "Line", "Team id", "Decimal odds"],
            (
                [
                    datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds"),
                    lines[place].name,
                    str(lines[place].team_id or ""),
                    f"{odds:.10g}" if odds == odds else "",
                ]
                for at, place, odds in rows
            ),
        )

    def ask_csv(self) -> None:
        self._ask("Save the points as CSV", "CSV (*.csv)", "csv", self.save_csv)

    def ask_png(self) -> None:
        self._ask("Save the picture as PNG", "PNG (*.png)", "png", self.save_png)

    def _ask(self, title: str, kinds: str, suffix: str, save: Callable[[str], None]) -> None:
        dialog = plain_file_dialog(self, title, kinds)
        dialog.setDefaultSuffix(suffix)
        dialog.selectFile(f"odds-{self._key.match_id if self._key else 0}-{self.question.lower()}.{suffix}")
        dialog.fileSelected.connect(save)
        dialog.show()

    def save_csv(self, path: str) -> None:
        """Into a new file of that name; one that is there already stays, and the next free name is taken."""
        try:
            free = free_path(Path(path))
            free.write_text(self.to_csv(), "utf-8", newline="")
        except (OSError, ValueError) as problem:  # ValueError: a name with a NUL in it
            self.said.emit(f"The points were not saved: {getattr(problem, 'strerror', None) or problem}", Tone.BAD)
        else:
            self.said.emit(f"Saved as {free}", Tone.PLAIN)

    def save_png(self, path: str) -> None:
        """The pane as it is seen, with its title and legend."""
        try:
            free = free_path(Path(path))
            is_saved = self.grab().save(str(free), "PNG")
        except (OSError, ValueError) as problem:
            self.said.emit(f"The picture was not saved: {getattr(problem, 'strerror', None) or problem}", Tone.BAD)
            return
        words = f"Saved as {free}" if is_saved else f"The picture was not saved: {free.parent} could not be written"
        self.said.emit(words, Tone.PLAIN if is_saved else Tone.BAD)


def _escaped(text: str) -> str:
    """Text of the feed inside text of ours."""
    return escape(formats.plain(text))
