"""The tree league → season → match of a feed. Lines that stay are not touched when the feed tells more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import count

from PySide6.QtCore import QAbstractItemModel, QModelIndex, Qt

from app.domain.cs2 import Match, MatchStatus
from app.services.feed.session import FeedSession
from app.ui import formats
from app.ui.models.event_nodes import kept_in_order
from app.ui.models.feed_words import LATE, VEILED, map_name, match_name, score_words, starts_words, status_words, veiled
from app.ui.models.table import ROOT, Index

LEAGUE = "CS2 bot league"
LEAGUE_KEY = "league"
SOON = timedelta(hours=1)

_numbers = count(1)


class Chip(StrEnum):
    ALL = "All"
    LIVE = "Live"
    SOON = "< 1 h"
    TODAY = "Today"
    STARRED = "★"


class Branch:
    """One line: the league, a season or a match. `key` outlives it, so that what was open stays open."""

    __slots__ = ("children", "is_active", "key", "match", "number", "parent", "row", "tally", "text")

    def __init__(self, key: str, text: str, match: Match | None = None) -> None:
        self.key = key
        self.text = text
        self.match = match
        self.number = next(_numbers)
        self.parent: Branch | None = None
        self.row = 0
        self.children: list[Branch] = []
        self.tally = 0
        self.is_active = True

    def adopt(self, fresh: Branch) -> bool:
        """Take over what another laying out says of the same line; True when it reads otherwise now."""
        is_other = (self.text, self.match, self.tally) != (fresh.text, fresh.match, fresh.tally)
        self.text, self.match, self.tally, self.is_active = fresh.text, fresh.match, fresh.tally, fresh.is_active
        return is_other


class LeagueTreeModel(QAbstractItemModel):
    """`refresh` brings the lines up to date. An index carries its line's number: one that outlived its line leads to the root."""

    def __init__(self, session: FeedSession, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._session = session
        self._now = now
        self._words: tuple[str, ...] = ()
        self._veiled: frozenset[int] = frozenset()
        self._root = Branch("", "")
        self._nodes: dict[int, Branch] = {}
        self.told = 0  # how often the lines were brought up to date
        self.chip = Chip.ALL
        self.counts: dict[Chip, int] = dict.fromkeys(Chip, 0)
        self.refresh()

    @property
    def feed_now(self) -> datetime:
        return self._now() + timedelta(seconds=self._session.figures.offset or 0.0)

    @property
    def is_narrowed(self) -> bool:
        """Whether a search or a chip leaves something out."""
        return bool(self._words) or self.chip is not Chip.ALL

    @property
    def is_searched(self) -> bool:
        return bool(self._words)

    @property
    def is_empty(self) -> bool:
        """No match is shown."""
        return not any(node.match for node in self.nodes())

    def search(self, text: str) -> None:
        self._words = tuple(text.casefold().split())
        self.refresh()

    def choose(self, chip: Chip) -> None:
        self.chip = chip
        self.refresh()

    def refresh(self) -> None:
        """Take over what the feed lists now, line by line."""
        now, listed = self.feed_now, self._session.matches.listed()
        hidden = {match.id: told for match in listed if (told := veiled(self._session, match, now)) is not None}
        self._veiled = frozenset(hidden)
        found = [*hidden.values(), *(match for match in listed if match.id not in hidden)]
        kinds = {match.id: self._kinds(match, now) for match in found}
        self.counts = {chip: sum(chip in told for told in kinds.values()) for chip in Chip}
        shown = [match for match in found if self.chip in kinds[match.id] and (not self._words or _fits(match, self._words))]
        self.told += 1
        self._bring_up(self._root, self._league(shown))

    def times_changed(self) -> None:
        """A second went by: countdowns are to be painted again, and what starts within the hour may be others."""
        if self.chip in {Chip.SOON, Chip.TODAY}:
            self.refresh()
        for node in self._nodes.values():
            if node.children and node.children[0].match is not None:
                self.dataChanged.emit(self.index_of(node.children[0]), self.index_of(node.children[-1]))

    # Laying out

    def _kinds(self, match: Match, now: datetime) -> set[Chip]:
        """Where a match stands."""
        kinds, at = {Chip.ALL}, match.starts_at
        if match.is_live:
            kinds.add(Chip.LIVE)
        if match.id in self._session.stars:
            kinds.add(Chip.STARRED)
        is_waiting = match.status in {MatchStatus.PREGAME, MatchStatus.WARMUP}
        if is_waiting and (match.status == MatchStatus.WARMUP or (at is not None and at - now <= SOON)):
            kinds.add(Chip.SOON)
        if match.is_live or (at is not None and at.astimezone().date() == now.astimezone().date()):
            kinds.add(Chip.TODAY)
        return kinds

    def _league(self, shown: Sequence[Match]) -> list[Branch]:
        seasons = self._seasons(shown)
        if not seasons:
            return []
        league = Branch(LEAGUE_KEY, LEAGUE)
        league.children, league.tally = seasons, len(shown)
        return [league]

    def _seasons(self, shown: Sequence[Match]) -> list[Branch]:
        """Active ones first, then the newest; one that no list of seasons names is shown by what its matches say."""
        told = {season.id: season for season in self._session.matches.seasons}
        under: dict[int | None, list[Match]] = {} if self.is_narrowed else {season_id: [] for season_id in told}
        for match in shown:
            under.setdefault(match.season_id, []).append(match)
        lines = []
        for season_id, matches in under.items():
            season = told.get(season_id) if season_id is not None else None
            name = season.name if season else matches[0].season_name
            line = Branch(f"s{season_id}", formats.plain(name) or (f"season {season_id}" if season_id is not None else "No season"))
            line.is_active = season is None or season.is_active
            line.children = [Branch(f"m{match.id}", match_name(match), match) for match in matches]
            line.tally = len(matches)
            lines.append((not line.is_active, -(season_id or 0), line))
        return [line for *_, line in sorted(lines, key=lambda each: each[:2])]

    def _bring_up(self, node: Branch, fresh: Sequence[Branch]) -> None:
        """Remove what is gone or stands elsewhere now, put in what is new, and go on below what stays."""
        old, new = [child.key for child in node.children], [child.key for child in fresh]
        if old != new:
            stay = kept_in_order(old, new)
            self._remove(node, stay)
            self._insert(node, fresh, stay)
        for child, told in zip(node.children, fresh, strict=True):
            if child is not told:
                if child.adopt(told):
                    self.dataChanged.emit(self.index_of(child), self.index_of(child))
                self._bring_up(child, told.children)

    def _remove(self, node: Branch, stay: set[str]) -> None:
        for place in reversed(range(len(node.children))):
            if node.children[place].key not in stay:
                self.beginRemoveRows(self.index_of(node), place, place)
                self._forget(node.children.pop(place))
                self._number(node)
                self.endRemoveRows()

    def _insert(self, node: Branch, fresh: Sequence[Branch], stay: set[str]) -> None:
        """Lines that came together are put in together."""
        first = 0
        while first < len(fresh):
            if fresh[first].key in stay:
                first += 1
                continue
            end = first
            while end < len(fresh) and fresh[end].key not in stay:
                end += 1
            self.beginInsertRows(self.index_of(node), first, end - 1)
            node.children[first:first] = fresh[first:end]
            self._number(node)
            self.endInsertRows()
            first = end

    def _number(self, node: Branch) -> None:
        """Tell the lines under a line where they are, and know them."""
        for row, child in enumerate(node.children):
            child.parent, child.row = node, row
            if child.number not in self._nodes:
                self._nodes[child.number] = child
                self._number(child)

    def _forget(self, node: Branch) -> None:
        self._nodes.pop(node.number, None)
        for child in node.children:
            self._forget(child)

    # Asking

    def node(self, index: Index) -> Branch:
        return self._nodes.get(index.internalId(), self._root) if index.isValid() else self._root

    def index_of(self, node: Branch) -> QModelIndex:
        return ROOT if node.parent is None else self.createIndex(node.row, 0, node.number)

    def nodes(self, node: Branch | None = None) -> Iterator[Branch]:
        for child in (node or self._root).children:
            yield child
            yield from self.nodes(child)

    def find(self, key: str) -> QModelIndex:
        return next((self.index_of(node) for node in self.nodes() if node.key == key), ROOT)

    def is_late(self, node: Branch) -> bool:
        """Whether how the match stands may be other by now: nothing of the feed is heard."""
        return node.match is not None and not node.match.is_settled and self._session.is_late

    def is_starred(self, node: Branch) -> bool:
        return node.match is not None and node.match.id in self._session.stars

    def side_text(self, node: Branch) -> str:
        """What stands at a line's right: the score or the countdown of a match, else how many matches are under it."""
        if node.match is None:
            return f"{node.tally:,}" if node.tally else ""
        if node.match.id in self._veiled:
            return "delayed"
        if node.match.status == MatchStatus.PREGAME:
            return starts_words(node.match.starts_at, self.feed_now) if node.match.starts_at else ""
        return score_words(node.match)

    def explained(self, node: Branch) -> str:
        match = node.match
        if match is None:
            return node.text
        told = [VEILED] if match.id in self._veiled else [status_words(match, self.feed_now), score_words(match), *match.flaws]
        late = [LATE] if self.is_late(node) else []
        return "\n".join([f"#{match.id} {node.text}", map_name(match), *told, *late])

    # What Qt asks

    def index(self, row: int, column: int, parent: Index = ROOT) -> QModelIndex:
        children = self.node(parent).children
        return self.createIndex(row, 0, children[row].number) if column == 0 and 0 <= row < len(children) else ROOT

    def parent(self, child: Index = ROOT) -> QModelIndex:  # type: ignore[override]  # QObject.parent() without an index is never asked
        above = self.node(child).parent
        return self.index_of(above) if above is not None else ROOT

    def rowCount(self, parent: Index = ROOT) -> int:
        return len(self.node(parent).children)

    def columnCount(self, parent: Index = ROOT) -> int:
        return 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        node = self.node(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return node.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(self.explained(node).splitlines())
        return formats.tip(self.explained(node)) if role == Qt.ItemDataRole.ToolTipRole else None


def _fits(match: Match, words: Sequence[str]) -> bool:
    text = f"{match_name(match)} {match.map_name} {match.season_name} #{match.id}".casefold()
    return all(word in text for word in words)
