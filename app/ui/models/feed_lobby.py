"""The lobby's rows: matches the feed lists and what waits in its queue, through the filters a person chose."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from PySide6.QtCore import Qt

from app.domain.cs2 import Match, OddsKey, Question, Upcoming
from app.services.feed.session import FeedSession
from app.ui import formats
from app.ui.display import Display
from app.ui.models.event_nodes import kept_in_order
from app.ui.models.feed_lobby_row import (
    EPOCH,
    NOT_CREATED,
    LobbyRow,
    brief_statuses,
    plain_map,
    plain_score,
    plain_status,
    plain_time,
    score,
    star,
)
from app.ui.models.feed_wish import Chip, Wish
from app.ui.models.feed_words import (
    FLAWED,
    LATE,
    NO_ODDS,
    VEILED,
    ago,
    decimals_of,
    exact,
    map_name,
    match_name,
    odds_words,
    status_use,
    status_words,
    team_odds,
    veiled,
)
from app.ui.models.table import ROOT, Column, Index, TableModel
from app.ui.theme import Theme

FEW = 40  # lines that come and go one by one; of more all is laid out anew
NAME, MAP, SCORE, STATUS, HOME, DRAW, AWAY, UPDATED, STAR = range(9)
PRICES = (HOME, DRAW, AWAY)


class LobbyModel(TableModel[LobbyRow]):
    """`refresh` once something changed or a second went by. Lines that stay are not touched: what is chosen and scrolled to stays so."""

    def __init__(self, session: FeedSession, display: Display, theme: Theme, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._session = session
        self._display = display
        self._theme = theme
        self._now = now
        self._decimals = 2
        self.wish = Wish()
        self.counts: dict[Chip, int] = dict.fromkeys(Chip, 0)
        self.columns = self._columns()

    @property
    def feed_now(self) -> datetime:
        """The feed's own time, as far as its clock is known."""
        return self._now() + timedelta(seconds=self._session.figures.offset or 0.0)

    def refresh(self) -> None:
        """Take over what is listed now, line by line."""
        rows = self._listed()
        self.counts = _counted(rows)
        shown = [row for row in rows if self.wish.chip is Chip.ALL or row.chip is self.wish.chip]
        decimals = decimals_of(odds for row in shown for odds in row.odds)
        self._decimals, was = decimals, self._decimals
        self._bring_up(shown)
        if decimals != was:
            self.odds_changed()

    def times_changed(self) -> None:
        """A second went by: countdowns and ages are to be painted again."""
        if self.rows:
            self.dataChanged.emit(self.index(0, STATUS), self.index(len(self.rows) - 1, UPDATED))

    def odds_changed(self) -> None:
        """Odds are written otherwise."""
        self.times_changed()

    def place_of(self, key: str) -> int | None:
        return next((place for place, row in enumerate(self.rows) if row.key == key), None)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._theme.colours[self._use(row, index.column())]
        if role == Qt.ItemDataRole.ToolTipRole:
            return formats.tip(self.explained(row))
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == STAR:
            return Qt.AlignmentFlag.AlignCenter
        return super().data(index, role)

    def explained(self, row: LobbyRow) -> str:
        """Everything about a line, for a tip."""
        if row.match is None:
            return f"{row.name}\n{self._status(row)}: it can be opened once the feed gives it a number"
        match = row.match
        first = f"#{match.id} {row.name} on {map_name(match)}, {formats.plain(match.season_name) or 'no season told'}"
        stale = "The feed has not vouched for these odds lately" if row.is_stale and row.odds != NO_ODDS else ""
        stale = LATE if row.is_late else stale
        lines = [first, self._status(row), stale, f"Told last {formats.moment(row.updated_at)}", *match.flaws]
        if row.odds != NO_ODDS:
            lines.insert(2, "MATCH odds: " + ", ".join(exact(odds) if odds else formats.NOTHING for odds in row.odds))
        return "\n".join(filter(None, lines))

    def statuses(self, row: LobbyRow) -> tuple[str, ...]:
        """The words of its status, the whole of them first, then ever shorter ones."""
        return brief_statuses(row, self._status(row))

    # Laying out

    def _listed(self) -> list[LobbyRow]:
        """What the filters beside the chip leave: matches in the lobby's order, the queue before what is finished."""
        wish, matches = self.wish, self._session.matches
        now, words = self.feed_now, wish.text.casefold().split()
        since = wish.since.begins(now)
        found = matches.listed(season_id=wish.season_id, updated_since=since)
        rows = [self._row(match, now) for match in found if not words or _has_words(_searched(match), words)]
        rows.sort(key=lambda row: not row.is_veiled)  # where it stands would tell how it stands
        queue = [LobbyRow(waiting=each, updated_at=each.queued_at) for each in matches.upcoming if _is_meant(each, wish, since, words)]
        place = next((at for at, row in enumerate(rows) if row.chip is Chip.FINISHED), len(rows))
        return rows[:place] + queue + rows[place:]

    def _row(self, match: Match, now: datetime) -> LobbyRow:
        is_starred, is_late = match.id in self._session.stars, self._session.is_late and not match.is_settled
        if (hidden := veiled(self._session, match, now)) is not None:
            return LobbyRow(hidden, is_late=is_late, is_starred=is_starred, is_veiled=True)
        key = OddsKey(match.id, Question.MATCH)
        quote = self._session.board.quote(key)
        odds = team_odds(match, quote.snapshot) if quote and not match.is_settled else NO_ODDS
        times = [at for at in (match.updated_at, quote.snapshot.updated_at if quote else None) if at is not None]
        is_stale = odds != NO_ODDS and self._session.is_stale(key)
        return LobbyRow(match, None, odds, is_stale, is_late, is_starred, False, max(times, default=None))

    def _bring_up(self, fresh: Sequence[LobbyRow]) -> None:
        old, new = [row.key for row in self.rows], [row.key for row in fresh]
        if old != new:
            stay = kept_in_order(old, new)
            if len(old) + len(new) - 2 * len(stay) > FEW:
                self.beginResetModel()
                self.rows = list(fresh)
                self.endResetModel()
                return
            self._move(fresh, stay)
        for place, row in enumerate(fresh):
            if self.rows[place] != row:
                self.rows[place] = row
                self.row_changed(place)

    def _move(self, fresh: Sequence[LobbyRow], stay: set[str]) -> None:
        """Take out what is gone or stands elsewhere now, and put in what is new."""
        for place in reversed(range(len(self.rows))):
            if self.rows[place].key not in stay:
                self.beginRemoveRows(ROOT, place, place)
                del self.rows[place]
                self.endRemoveRows()
        for place, row in enumerate(fresh):
            if row.key not in stay:
                self.beginInsertRows(ROOT, place, place)
                self.rows.insert(place, row)
                self.endInsertRows()

    # Cells

    def _status(self, row: LobbyRow) -> str:
        if row.is_veiled:
            return VEILED
        if row.match is not None:
            flawed = f"{FLAWED} " if row.match.flaws else ""
            return flawed + status_words(row.match, self.feed_now)
        return NOT_CREATED

    def _age(self, row: LobbyRow) -> float | None:
        return (self.feed_now - row.updated_at).total_seconds() if row.updated_at else None

    def _use(self, row: LobbyRow, column: int) -> str:
        if row.is_late and column in {SCORE, STATUS}:
            return "text.dim"
        if column == STATUS and row.is_veiled:
            return "text.dim"
        if column == STATUS:
            return "state.warning" if row.match and row.match.flaws else status_use(row.match) if row.match else "text.dim"
        if column == STAR:
            return "state.warning" if row.is_starred else "text.faint"
        if column in PRICES:
            return "text.faint" if row.odds[column - HOME] is None else "text.dim" if row.is_stale else "text.strong"
        return "text.dim" if column in {MAP, UPDATED} else "text.normal"

    def _columns(self) -> list[Column[LobbyRow]]:
        return [
            Column("Match", lambda row: row.name, None, 160),
            Column("Map", lambda row: map_name(row.match) if row.match else formats.NOTHING, None, 84, plain=plain_map),
            Column("Score", score, None, 58, is_number=True, plain=plain_score),
            Column("Status", self._status, None, 204, plain=plain_status),
            self._price("Home", 0, "MATCH odds of the team named first"),
            self._price("Draw", 1, "MATCH odds of a draw"),
            self._price("Away", 2, "MATCH odds of the team named second"),
            Column(
                "Updated", lambda row: ago(self._age(row)), None, 74, is_number=True, plain=plain_time,
                tip="How long ago the feed last told something new of it",
            ),
            Column("★", star, None, 26, plain=lambda row: "yes" if row.is_starred else "", tip="Space or a click stars the match"),
        ]  # fmt: skip

    def _price(self, title: str, place: int, tip: str) -> Column[LobbyRow]:
        return Column(
            title, lambda row: odds_words(self._display, row.odds[place], self._decimals), None, 56, is_number=True,
            plain=lambda row: "" if row.is_stale or (odds := row.odds[place]) is None else str(odds.decimal), tip=tip,
        )  # fmt: skip


def _counted(rows: Iterable[LobbyRow]) -> dict[Chip, int]:
    counts = dict.fromkeys(Chip, 0)
    for row in rows:
        counts[Chip.ALL] += 1
        if row.chip is not Chip.ALL:
            counts[row.chip] += 1
    return counts


def _searched(match: Match) -> str:
    return f"{match_name(match)} {match.map_name} {match.season_name} #{match.id} {match.status}".casefold()


def _has_words(text: str, words: Sequence[str]) -> bool:
    return all(word in text for word in words)


def _is_meant(each: Upcoming, wish: Wish, since: datetime | None, words: Sequence[str]) -> bool:
    if wish.season_id is not None and each.season_id != wish.season_id:
        return False
    if since is not None and (each.queued_at or EPOCH) < since:
        return False
    return _has_words(f"{match_name(each)} {each.season_name} {each.status}".casefold(), words)
