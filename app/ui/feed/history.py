"""The odds history pane: a question of the open match over time, by team; what is pointed at in words; as a file or a picture."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from app.domain.cs2 import Match, MatchDetail, OddsKey, Question
from app.services.feed.extents import Extent, extent_of
from app.services.feed.feed_time import FeedTime
from app.services.feed.histories import Drawing, Reading
from app.services.feed.live_part import live_part, went_live
from app.services.feed.session import FeedSession
from app.services.notices import Tone
from app.ui import formats
from app.ui.display import Display
from app.ui.feed.history_empty import EmptyPage
from app.ui.feed.history_legend import Legend
from app.ui.feed.history_picture import Sheet, range_words
from app.ui.feed.history_rounds import OpenRounds
from app.ui.feed.history_saving import HistorySaving
from app.ui.feed.history_words import no_points, no_round, question_words
from app.ui.feed.pane_title import PaneTitle
from app.ui.feed.round_choice import RoundChoice
from app.ui.feed.words import nothing_open, trouble_words, why_unread
from app.ui.theme import Theme
from app.ui.views.chips import add_chips
from app.ui.views.elided import ElidedLabel

if TYPE_CHECKING:
    from app.ui.feed.chart import OddsChart

NOTHING_OPEN: Final = "Choose a match: how its odds moved appears here."
BEING_READ: Final = "The match is being read."
NOT_YET: Final = "The chart is delayed with the panel: it begins as late as the video."
READING: Final = "Reading the history…"
TITLE: Final = "Odds"
SWAPPED: Final = "▮ sides swapped: lines follow the team and break here"
BRIEF_SWAPPED: Final = "▮ sides swapped"
HINT: Final = "wheel or + −: zoom, drag: move, ← →: read out, Home: all"
BRIEF_HINT: Final = "wheel: zoom, drag: move, Home: all"
ROOMY: Final = 460  # pixels of width in which every chip has room beside the choice of a round
WHOLE_NAMES: Final = 60  # letters of a team's name in a picture


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
        self._time = FeedTime(session.figures, clock, now)
        self._marks = OpenRounds(session)
        self._key: OddsKey | None = None
        self._drawing = Drawing()
        self._is_stale = False
        self.question = Question.MATCH
        self.chart: OddsChart | None = None
        self.title = PaneTitle(brief=TITLE)
        self.title.setText(TITLE)
        self.title.setFont(theme.font(13, bold=True))
        self.all = QPushButton("All")
        self.all.setObjectName("chip")
        self.all.setFont(theme.font(11))
        self.all.setCheckable(True)
        self.all.setToolTip("All of the time there are prices of, also before the match; once more: the live part")
        self.all.clicked.connect(self._choose_all)
        self.all.hide()
        self.rounds = RoundChoice()
        self.rounds.activated.connect(self.refresh)
        self.saving = HistorySaving(self, session.histories, theme, self._told, self._sheet)
        self.saving.said.connect(self.said)
        self.legend = Legend(display, theme)
        self.hint = ElidedLabel()
        self.hint.setFont(theme.font(11))
        self.empty = EmptyPage(NOTHING_OPEN)
        self.empty.again.clicked.connect(self._try_again)
        self.pages = QStackedWidget()
        self._lay_out()
        self._display.changed.connect(self._use_format)
        theme.changed.connect(self._dress)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self.title, 1)
        self.chips = add_chips(Question, row, self._choose, self._theme, self)
        self.chips[Question.NEXT_ROUND].setText("NEXT")
        for part in (self.rounds, self.all, self.saving.csv, self.saving.png):
            row.addWidget(part)
        row.setContentsMargins(10, 6, 8, 2)
        row.setSpacing(4)
        self.pages.addWidget(self.empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(row)
        layout.addWidget(self.pages, 1)
        layout.addWidget(self.legend)
        foot = QHBoxLayout()
        foot.setContentsMargins(10, 0, 10, 4)
        foot.addWidget(self.hint, 1)
        layout.addLayout(foot)
        self.setMinimumWidth(300)

    # What is shown

    def refresh(self) -> None:
        """Take over what the feed told, as far as it may be shown; later, while nobody looks."""
        if not self.isVisible():
            self._is_stale = True
            return
        self._is_stale = False
        match, detail = self._match(), self._detail()
        self.rounds.list_rounds(match, detail, self.question)
        key = self.rounds.key_of(match, detail, self.question) if match is not None else None
        if key != self._key:
            self._key = key
            if self.chart is not None:
                self.chart.point_at(None)
                self.chart.follow()
        if key is None:
            self._say(self._why_nothing(match))
            return
        self._session.histories.want(key)
        self._show(key)

    def tick(self) -> None:
        """A second went by: the newest price holds up to now, and what is due is read again."""
        if self._key is None or not self.isVisible():
            return
        self._session.histories.want(self._key)
        if self.pages.currentIndex():
            self._marks.want(self._key, self._detail())
            self._draw()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_stale:
            self.refresh()

    def _match(self) -> Match | None:
        """As it may be told now."""
        match_id = self._session.open_match_id
        return self._session.told.match(match_id) if match_id is not None else None

    def _detail(self) -> MatchDetail | None:
        match_id = self._session.open_match_id
        return self._session.told.detail(match_id) if match_id is not None else None

    def _why_nothing(self, match: Match | None) -> str:
        match_id = self._session.open_match_id
        if match is not None or match_id is None:
            return no_round(match) if match is not None else nothing_open(self._session, NOTHING_OPEN)
        return NOT_YET if self._session.told.is_held(match_id) else why_unread(self._session, match_id, BEING_READ)

    def _show(self, key: OddsKey) -> None:
        histories, matches = self._session.histories, self._session.matches
        state = histories.state(key)
        self.title.setText(f"{TITLE} · {question_words(self.question, self._key)}")
        if state is not Reading.READ:
            self._say_unread(state, histories.words(key))
            return
        match = matches.matches[key.match_id]  # as it is: what of it is later than may be told is not drawn
        self._drawing = histories.drawing(match, matches.details.get(match.id), key)
        if self._drawing.is_empty:
            why = self._drawing.note if histories.words(key) else no_points(self._match(), self.question)
            self._say(why if self._drawing.lines else READING)
            return
        self.saving.allow(is_allowed=True)
        self._draw()

    def _draw(self) -> None:
        self.pages.setCurrentWidget(self._built())
        self._built().show_drawing(self._drawing, self._extent(), self._begin(), self._marks.starts(self._key))
        self._mark_all()
        self._say_legend()

    def _say_unread(self, state: Reading, words: str) -> None:
        if self._session.is_venue_gone:
            self._say(formats.plain(trouble_words(self._session)))
        elif state is Reading.FAILED:
            self._say(f"The history could not be read: {formats.plain(words)}", is_failed=True)
        else:
            self._say(READING)

    def _built(self) -> OddsChart:
        if self.chart is None:
            from app.ui.feed.chart import OddsChart

            self.chart = OddsChart(self._display, self._theme)
            self.chart.pointed.connect(self._say_legend)
            self.chart.zoomed.connect(self._mark_all)
            self.pages.addWidget(self.chart)
        return self.chart

    # From when, until when

    def _extent(self) -> Extent:
        return Extent(self._time.now()) if self._key is None else extent_of(self._session, self._key, self._time, self._drawing.lines)

    def _begin(self) -> float | None:
        """The prices of the hours before the match would squeeze it."""
        match = self._match()
        if self.question is not Question.MATCH or match is None:
            return None
        return live_part(went_live(match, self._marks.starts(self._key)), [line.times for line in self._drawing.lines])

    def _mark_all(self) -> None:
        """It is there where all is more than what is shown; beside the choice of a round only where it has room."""
        if self.chart is not None:
            is_zoomed = self.chart.is_zoomed and (self.question is Question.MATCH or self.width() >= ROOMY)
            self.all.setVisible(not self._drawing.is_empty and (is_zoomed or self._begin() is not None))
            self.all.setChecked(self.chart.is_whole)

    def _choose_all(self) -> None:
        if self.chart is not None and self._key is not None:
            self.chart.follow(is_whole=not self.chart.is_whole)

    # Words

    def _say(self, words: str, is_failed: bool = False) -> None:
        self._drawing = Drawing()
        if self.chart is not None:
            self.chart.point_at(None)
        self.empty.say(words, is_failed=is_failed)
        self.pages.setCurrentIndex(0)
        self.legend.show_nothing()
        self.hint.say("", "")
        self.all.hide()
        self.saving.allow(is_allowed=False)

    def _say_legend(self) -> None:
        if self._drawing.is_empty:
            return
        pointed = self.chart.pointed_at if self.chart is not None else None
        self.legend.show_lines(self._drawing, self._extent(), pointed)
        if pointed is not None:
            self.hint.say(f"{datetime.fromtimestamp(pointed):%H:%M:%S}", "")
            return
        note, swaps = formats.plain(self._drawing.note), bool(self._swaps())
        self.hint.say(_joined(note, SWAPPED if swaps else "", HINT), _joined(note, BRIEF_SWAPPED if swaps else "", BRIEF_HINT))

    def _swaps(self) -> list[float]:
        """Those that may be told."""
        last = self._extent().last(self._drawing.newest)
        return [at for at in self._drawing.swaps if at <= last]

    def _dress(self) -> None:
        if self.chart is not None:
            self.chart.dress()
        self._say_legend()

    def _use_format(self) -> None:
        if self.chart is not None:
            self.chart.rename()
        self._say_legend()

    # What a person does

    def _choose(self, question: Question) -> None:
        self.question = question
        self.refresh()

    def _try_again(self) -> None:
        if self._key is not None:
            self._session.histories.again(self._key)
            self.refresh()

    # Files

    def _told(self) -> tuple[OddsKey | None, Drawing, float | None]:
        return self._key, self._drawing, self._extent().hidden_after

    def _sheet(self) -> Sheet:
        match, chart, extent = self._match(), self._built(), self._extent()
        name = formats.plain(match.name) if match is not None else TITLE
        swaps = [f"sides swapped at {datetime.fromtimestamp(at):%H:%M:%S}" for at in self._swaps()]
        lacks = filter(None, [self._marks.unread(self._key, self._detail()), formats.plain(self._drawing.note)])
        words = " · ".join([range_words(*chart.view), *swaps, *lacks])
        legend = self.legend.written(self._drawing, extent, None, WHOLE_NAMES, has_share=True)
        return Sheet(chart, f"{name} · {TITLE} · {question_words(self.question, self._key)}", words, legend)


def _joined(*words: str) -> str:
    return " · ".join(filter(None, words))
