"""Makes an alert on the league: what to watch for, with the sentence that it comes to and what speaks against it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QWidget

from app.domain.cs2 import Match, MatchStatus, Question
from app.domain.feed_alert import DRAW, FeedOpenAlert, FeedPlan, FeedPriceAlert, FeedStatusAlert, next_odds_words, parse_feed_odds
from app.domain.odds import Odds
from app.services.feed.desk import FeedDesk
from app.ui.dialogs.box import Box
from app.ui.dialogs.plan_form import PlanForm, choice, figure
from app.ui.display import Display
from app.ui.feed.alert_wish import AlertWish
from app.ui.models.feed_alerts import reading_text
from app.ui.models.feed_words import match_name, team_name
from app.ui.theme import Theme

WIDTH: Final = 460


class Kind(StrEnum):
    """What a person chooses between."""

    PRICE = FeedPriceAlert.title
    MARKET = FeedOpenAlert.title
    MATCH = FeedStatusAlert.title


EXPLAINED: Final = {
    Kind.PRICE: "Says so, once, as soon as the feed tells these odds on the team, whichever side it plays then.",
    Kind.MARKET: "Says so, once, as soon as there is a price, or none any more.",
    Kind.MATCH: "Says so, once, as soon as the match is live, or finished.",
}
_ROWS: Final = {Kind.PRICE: ("question", "team", "odds", "way"), Kind.MARKET: ("question", "opens"), Kind.MATCH: ("status",)}
_QUESTIONS: Final = {Question.MATCH: "The match", Question.ROUND: "The round being played", Question.NEXT_ROUND: "The next round"}
NO_MATCH: Final = "No match is listed that is not over"


class NewAlertBox(Box):
    """`begin` with what is known already. Arming is refused in the box, with the sentence, and then it stays; else `armed`."""

    armed = Signal()

    def __init__(self, parent: QWidget, feed: FeedDesk, display: Display, theme: Theme) -> None:
        super().__init__(parent, theme, "New alert", "Cancel", WIDTH)
        self._session = feed.session
        self._alerts = feed.alerts
        self._display = display
        self._theme = theme
        self.kind, self.match, self.team = choice("Kind", *((str(kind), kind) for kind in Kind)), choice("Match"), choice("Team")
        self.question = choice("Odds on", *((words, question) for question, words in _QUESTIONS.items()))
        self.way = choice("Direction", ("or longer", True), ("or shorter", False))
        self.opens = choice("What to wait for", ("has a price", True), ("has no price any more", False))
        self.status = choice("State of the match", ("is live", MatchStatus.LIVE), ("is finished", MatchStatus.FINISHED))
        self.odds = figure("Odds")
        self.odds.setPlaceholderText("2.10")
        self._stood: Odds | None = None  # from which the odds in the field were proposed
        self._proposed = ""
        self.form = PlanForm(
            self, theme, self._rows(),
            read=lambda: self.plan, sentence=self._sentence, objection=feed.alerts.objection, add=feed.alerts.add,
        )  # fmt: skip
        self._connect()

    def _rows(self) -> Sequence[tuple[str, str, QWidget]]:
        return (
            ("", "Kind", self.kind), ("", "Match", self.match), ("question", "Odds on", self.question), ("team", "Team", self.team),
            ("odds", "Odds", self.odds), ("way", "", self.way), ("opens", "When it", self.opens), ("status", "When it", self.status),
        )  # fmt: skip

    # Beginning

    def begin(self, wish: AlertWish | None = None) -> None:
        """Ask anew, on a match or a price of it; without a wish on the match that is open."""
        match_id = wish.match_id if wish is not None else self._session.open_match_id
        self._fill_matches(match_id)
        match = self._match()
        is_priced = wish is not None and wish.question is not None
        with QSignalBlocker(self.kind):
            is_waited_for = match is not None and match.status in {MatchStatus.PREGAME, MatchStatus.WARMUP}
            self.kind.setCurrentText(Kind.MATCH if is_waited_for and not is_priced else Kind.PRICE)
        with QSignalBlocker(self.question), QSignalBlocker(self.status):
            self.question.setCurrentIndex(self.question.findData(wish.question if wish and wish.question else Question.MATCH))
            self.status.setCurrentIndex(0 if match is None or not match.is_live else 1)
        with QSignalBlocker(self.team):
            self.team.clear()
        self._fill_teams()
        if wish is not None and wish.question is not None:
            with QSignalBlocker(self.team):
                self.team.setCurrentIndex(max(self.team.findData(wish.team_id), 0))
        self._suggest()
        if wish is not None and wish.odds is not None:
            self._propose(wish.odds)
        self._look()
        self.bring()
        (self.odds if is_priced else self.kind).setFocus()

    def refresh(self) -> None:
        """Prices moved while it is open."""
        if self.isVisible():
            self._look()

    @property
    def plan(self) -> FeedPlan:
        """What the fields say; ValueError with a sentence where they say nothing."""
        match = self._match()
        if match is None:
            raise ValueError(NO_MATCH)
        match Kind(self.kind.currentText()), match:
            case Kind.MARKET, chosen:
                return FeedOpenAlert(chosen.id, match_name(chosen), self._question(), bool(self.opens.currentData()))
            case Kind.MATCH, chosen:
                return FeedStatusAlert(chosen.id, match_name(chosen), MatchStatus(self.status.currentData()))
            case _, chosen:
                odds = parse_feed_odds(self.odds.text())
                team_id, name = self.team.currentData(), self.team.currentText()
                return FeedPriceAlert(chosen.id, match_name(chosen), self._question(), team_id, name, odds, bool(self.way.currentData()))

    # Filling in

    def _fill_matches(self, chosen: int | None) -> None:
        """What is not over, and what was pointed at whatever it is: why that cannot be is said then."""
        shown = self._session.told.unsettled()
        if chosen is not None and all(each.id != chosen for each in shown):
            shown += [each] if (each := self._session.matches.matches.get(chosen)) is not None else []
        with QSignalBlocker(self.match):
            self.match.clear()
            for each in shown:
                self.match.addItem(f"{match_name(each)} · #{each.id}", each.id)
            self.match.setCurrentIndex(max(self.match.findData(chosen), 0) if shown else -1)

    def _fill_teams(self) -> None:
        """The teams of the match, and the draw where there can be one."""
        match, was, is_chosen = self._match(), self.team.currentData(), self.team.currentIndex() >= 0
        with QSignalBlocker(self.team):
            self.team.clear()
            for team in match.teams if match is not None else ():
                self.team.addItem(team_name(team), team.id)
            if self._question() is Question.MATCH:
                self.team.addItem(DRAW, None)
            self.team.setCurrentIndex(max(self.team.findData(was), 0) if is_chosen else 0)  # None is the draw, and nothing chosen too

    def _suggest(self) -> None:
        """A step from the odds that stand there now, as far as they may be told, to be changed; and whether to wait for a price."""
        match, team_id = self._match(), self.team.currentData()
        self._propose(None)
        if match is None or self.team.currentIndex() < 0:
            return
        trial = FeedPriceAlert(match.id, "", self._question(), team_id, "", parse_feed_odds("2"))
        odds = self._alerts.reading(trial).odds
        self._propose(odds)
        with QSignalBlocker(self.opens):  # what is not so now
            self.opens.setCurrentIndex(0 if odds is None else 1)

    def _propose(self, stood: Odds | None) -> None:
        """What is not so now, in the direction that is waited for."""
        self._stood = stood
        self._proposed = "" if stood is None else next_odds_words(stood, is_longer=bool(self.way.currentData()))
        self.odds.setText(self._proposed)

    # Saying

    def _look(self) -> None:
        """What the fields come to."""
        kind = Kind(self.kind.currentText())
        self.form.show_rows(_ROWS[kind])
        self.words.setText(EXPLAINED[kind])
        self.form.look()

    def _sentence(self, plan: FeedPlan) -> str:
        now = reading_text(self._alerts.reading(plan), self._display)
        said = f"Waits for: {plan.condition(self._display.odds)}. Now: {now}."
        return f"{said} It is so already: this would fire at once." if self._alerts.is_there(plan) else said

    def _match(self) -> Match | None:
        match = self._session.matches.matches.get(self.match.currentData() or 0)
        return None if match is None else self._session.told.as_told(match)

    def _question(self) -> Question:
        return Question(self.question.currentData())

    def _connect(self) -> None:
        for each in (self.match, self.question):
            each.currentIndexChanged.connect(self._subject_changed)
        self.team.currentIndexChanged.connect(self._team_changed)
        self.way.currentIndexChanged.connect(self._way_changed)
        for each in (self.kind, self.opens, self.status):
            each.currentIndexChanged.connect(self._look)
        self.odds.textEdited.connect(self._look)
        self.form.arm.clicked.connect(self._arm)
        self._theme.changed.connect(self.refresh)

    def _subject_changed(self) -> None:
        """What hangs on the match and the question is filled in anew."""
        self._fill_teams()
        self._suggest()
        self._look()

    def _team_changed(self) -> None:
        self._suggest()
        self._look()

    def _way_changed(self) -> None:
        """What a person typed stays."""
        if self.odds.text() == self._proposed:
            self._propose(self._stood)
        self._look()

    def _arm(self) -> None:
        if self.form.is_armed():
            self.accept()
            self.armed.emit()
