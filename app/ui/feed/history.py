"""The odds history pane: a question of the open match over time, by team; what the mouse points at in words; as a file or a picture."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from app.domain.cs2 import Match, OddsKey, Question
from app.services.feed.histories import MANY, Drawing, Line, Reading
from app.services.feed.session import FeedSession
from app.services.notices import Tone
from app.ui import formats
from app.ui.display import Display
from app.ui.feed.colours import colour_of
from app.ui.feed.history_files import copied, picture_of, write_csv, write_png
from app.ui.theme import Theme
from app.ui.views.chips import add_chips
from app.ui.views.elided import ElidedLabel
from app.ui.views.table import plain_file_dialog

if TYPE_CHECKING:
    from app.ui.feed.chart import OddsChart

NOTHING_OPEN: Final = "Choose a match: how its odds moved appears here."
NO_POINTS: Final = "No price of this is known yet."
READING: Final = "Reading the history…"
TITLE: Final = "Odds"
NOT_KNOWN: Final = "Which round is played is not known."
SWAPPED: Final = "▮ sides swapped: lines follow the team and break here"
HINT: Final = "wheel: zoom, drag: move, Home: all"
BEFORE: Final = 300.0  # seconds before the start with which the chart of a match begins
LONGEST: Final = 22  # letters of a name in the legend


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
        self.earlier = QPushButton("Earlier")
        self.earlier.setObjectName("chip")
        self.earlier.setFont(theme.font(11))
        self.earlier.setCheckable(True)
        self.earlier.setToolTip("Begin with the first price there was, not shortly before the start of the match")
        self.earlier.clicked.connect(self._begin_chosen)
        self.earlier.hide()
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
        self.legend.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.legend.setContentsMargins(10, 0, 10, 0)
        self.hint = ElidedLabel()
        self.hint.setFont(theme.font(11))
        self.empty = QLabel(NOTHING_OPEN)
        self.empty.setTextFormat(Qt.TextFormat.PlainText)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)
        self.again = QPushButton("Try again")
        self.again.clicked.connect(self._try_again)
        self.pages = QStackedWidget()
        self._lay_out()
        self._display.changed.connect(self._use_format)
        theme.changed.connect(self._dress)

    def _lay_out(self) -> None:
        self._row.addWidget(self.rounds)
        self._row.addWidget(self.earlier)
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
        layout.addWidget(self.legend)
        foot = QHBoxLayout()
        foot.setContentsMargins(10, 0, 10, 4)
        foot.addWidget(self.hint, 1)
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
            self._say(
                NOT_KNOWN if match is not None else NOTHING_OPEN if self._session.open_match_id is None else "The match is being read."
            )
            return
        self._session.histories.want(key)
        self._show(match, key)

    def tick(self) -> None:
        """A second went by: the newest price holds up to now, and what is due is read again."""
        if self._key is None or not self.isVisible():
            return
        self._session.histories.want(self._key)
        if self.chart is not None and self.pages.currentIndex():
            self.chart.show_drawing(self._drawing, self._until(), self._begin())
            self._say_legend()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_stale:
            self.refresh()

    def _show(self, match: Match, key: OddsKey) -> None:
        histories = self._session.histories
        state = histories.state(key)
        self.title.setText(f"{TITLE} · {self._question_words()}")
        if state is not Reading.READ:
            self._say_unread(state, histories.words(key))
            return
        self._drawing = histories.drawing(match, self._session.matches.details.get(match.id), key)
        if self._drawing.is_empty:
            self._say(READING if not self._drawing.lines else self._drawing.note if histories.words(key) else NO_POINTS)
            return
        self.earlier.setVisible(self._has_earlier(match))
        chart = self._built()
        self.pages.setCurrentWidget(chart)
        chart.show_drawing(self._drawing, self._until(), self._begin())
        self._say_legend()
        self._allow_saving(is_allowed=True)

    def _say_unread(self, state: Reading, words: str) -> None:
        if self._session.is_venue_gone:
            self._say(f"The feed is not reachable: {formats.plain(self._session.gone_because)}")
        elif state is Reading.FAILED:
            self._say(f"The history could not be read: {formats.plain(words)}", is_failed=True)
        else:
            self._say(READING)

    def _question_words(self) -> str:
        if self._key is None:
            return self.question.replace("_", " ")
        number = self._key.round_number
        return self._key.question.replace("_", " ") + (f" {number}" if number is not None else "")

    def _built(self) -> OddsChart:
        if self.chart is None:
            from app.ui.feed.chart import OddsChart

            self.chart = OddsChart(self._display, self._theme)
            self.chart.pointed.connect(self._on_pointed)
            self.pages.addWidget(self.chart)
        return self.chart

    # From when, until when

    def _feed_time(self) -> float:
        return self._now().timestamp() + (self._session.figures.offset or 0.0)

    def _hidden_after(self) -> float | None:
        """With the panel as late as the video, what is newer is not shown (seconds since 1970)."""
        now = self._clock()
        late = now - self._session.delay.visible_before(now)
        return self._feed_time() - late if late > 0 else None

    def _until(self) -> float | None:
        """Up to when the newest price holds: now, while the feed vouches for it."""
        hidden_after = self._hidden_after()
        if hidden_after is not None:
            return hidden_after
        if self._key is None or self._session.is_stale(self._key):
            return None
        newest = max((line.times[-1] for line in self._drawing.lines if line.times), default=0.0)
        return max(self._feed_time(), newest)  # how far the feed's clock is ahead is an estimate

    def _begin(self) -> float | None:
        """The few prices of the hours before the match would squeeze it."""
        match = self.match
        if match is None or self.earlier.isChecked() or not self._has_earlier(match):
            return None
        return self._start(match)

    def _start(self, match: Match) -> float | None:
        if self.question is not Question.MATCH or match.starts_at is None or not (match.is_live or match.is_settled):
            return None
        return match.starts_at.timestamp() - BEFORE

    def _has_earlier(self, match: Match) -> bool:
        start = self._start(match)
        ends = [(line.times[0], line.times[-1]) for line in self._drawing.lines if line.times]
        return start is not None and any(first < start - BEFORE for first, _ in ends) and any(last > start + BEFORE for _, last in ends)

    def _begin_chosen(self) -> None:
        if self.chart is not None and self._key is not None:
            self.chart.show_drawing(self._drawing, self._until(), self._begin())
            self.chart.show_all()

    # Words

    def _say(self, words: str, is_failed: bool = False) -> None:
        self._drawing = Drawing()
        self._pointed = None
        self.empty.setText(words)
        self.again.setVisible(is_failed)
        self.pages.setCurrentIndex(0)
        self.legend.clear()
        self.hint.setText("")
        self.earlier.hide()
        self._allow_saving(is_allowed=False)

    def _allow_saving(self, *, is_allowed: bool) -> None:
        for button in (self.csv, self.png):
            button.setEnabled(is_allowed)

    def _say_legend(self) -> None:
        """Every line with its name and its odds: the newest ones, or those where the mouse points."""
        parts = []
        for place, line in enumerate(self._drawing.lines):
            colour = colour_of(line, place, self._theme).name()
            mark = "╌" if place and not line.is_draw else "━"
            parts.append(f'<span style="color:{colour}">{mark}</span> {_escaped(line.name)}{self._price_of(line)}')
        self.legend.setText("&nbsp;&nbsp; ".join(parts))
        if self._pointed is not None:
            self.hint.setText(f"{datetime.fromtimestamp(self._pointed):%H:%M:%S}")
            return
        swapped = SWAPPED if self._drawing.swaps else ""
        self.hint.setText(" · ".join(words for words in (formats.plain(self._drawing.note), swapped, HINT) if words))

    def _price_of(self, line: Line) -> str:
        until = self._until()
        moment = self._pointed if self._pointed is not None else until if until is not None else line.times[-1] if line.times else 0.0
        decimal = line.at(moment) if until is None or moment <= until else None
        if decimal is None or self.chart is None:
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

    def _use_format(self) -> None:
        if self.chart is not None:
            self.chart.rename()
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
        now = self._newest(match) if match is not None else None
        wanted = [(f"Now ({now})" if now is not None else "Now", None), *((f"Round {number}", number) for number in reversed(numbers))]
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

    def ask_csv(self) -> None:
        self._ask("Save the points as CSV", "CSV (*.csv)", "csv", self.save_csv)

    def ask_png(self) -> None:
        self._ask("Save the picture as PNG", "PNG (*.png)", "png", self.save_png)

    def _ask(self, title: str, kinds: str, suffix: str, save: Callable[[str], None]) -> None:
        dialog = plain_file_dialog(self, title, kinds)
        dialog.setDefaultSuffix(suffix)
        number = f"-{self._key.round_number}" if self._key is not None and self._key.round_number is not None else ""
        dialog.selectFile(f"odds-{self._key.match_id if self._key else 0}-{self.question.lower()}{number}.{suffix}")
        dialog.fileSelected.connect(save)
        dialog.show()

    def save_csv(self, path: str) -> None:
        lines, until = copied(self._drawing.lines), self._hidden_after()
        if sum(len(line.times) for line in lines) < MANY:
            self._tell(write_csv(path, lines, until))
        else:
            self._session.histories.beside(lambda: write_csv(path, lines, until), self._tell)

    def save_png(self, path: str) -> None:
        """The chart with its legend, under a title with its time."""
        match = self.match
        name = formats.plain(match.name) if match is not None else TITLE
        swaps = [f"sides swapped at {datetime.fromtimestamp(at):%H:%M:%S}" for at in self._drawing.swaps if at < float("inf")]
        words = " · ".join([f"{self._now().astimezone():%Y-%m-%d %H:%M:%S}", *swaps, *filter(None, [formats.plain(self._drawing.note)])])
        picture = picture_of((self._built(), self.legend), f"{name} · {self._question_words()}", words, self._theme)
        self._tell(write_png(path, picture))

    def _tell(self, told: tuple[str, bool]) -> None:
        words, is_good = told
        self.said.emit(words, Tone.PLAIN if is_good else Tone.BAD)


def _escaped(text: str) -> str:
    """Text of the feed inside text of ours."""
    words = formats.plain(text)
    return escape(words if len(words) <= LONGEST else words[: LONGEST - 1].rstrip() + "…")
