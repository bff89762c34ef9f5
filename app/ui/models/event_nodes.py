"""The lines of the event tree as values of their own, and what stands under each: laid out when somebody looks, not before."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Container, Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import count, pairwise

from app.domain.fixture import is_start_clear
from app.domain.market import Event, MarketGroup, Tournament
from app.services.catalogue import Catalogue, Loading
from app.ui import formats

SOON = timedelta(hours=1)
PAGE = 200  # markets of one event that are laid out at a time

_numbers = count(1)


class Chip(StrEnum):
    ALL = "All"
    LIVE = "Live"
    SOON = "< 1 h"
    MINE = "Mine"
    STARRED = "★"


class Node:
    """One line. `key` outlives it, so that what was open stays open; `children` is None until somebody looked under it."""

    __slots__ = ("children", "event", "group", "key", "number", "parent", "revision", "row", "tally", "text", "tournament", "twins")

    def __init__(self, key: str, text: str) -> None:
        self.key = key
        self.text = text
        self.number = next(_numbers)
        self.parent: Node | None = None
        self.row = 0
        self.children: list[Node] | None = None
        self.revision = -1
        self.tally = 0
        self.tournament: Tournament | None = None
        self.event: Event | None = None
        self.group: MarketGroup | None = None
        self.twins = 0

    @property
    def is_words(self) -> bool:
        """A sentence in place of lines."""
        return self.key.startswith("w")

    @property
    def is_more(self) -> bool:
        """The line behind a page, which shows the next one."""
        return self.key.startswith("m")

    @property
    def is_event(self) -> bool:
        return self.event is not None and self.group is None and self.key.startswith("e")

    def adopt(self, fresh: Node) -> bool:
        """Take over what another laying out says of the same line; True when it reads otherwise now."""
        is_other = (self.text, self.event, self.group, self.tally, self.twins) != (
            fresh.text, fresh.event, fresh.group, fresh.tally, fresh.twins,
        )  # fmt: skip
        self.text, self.event, self.group, self.tally, self.twins = fresh.text, fresh.event, fresh.group, fresh.tally, fresh.twins
        self.tournament = fresh.tournament
        return is_other


class Layout:
    """What stands under a line, for a search and a chip."""

    def __init__(
        self, catalogue: Catalogue, mine: Callable[[], Collection[int]], starred: Container[int], now: Callable[[], datetime]
    ) -> None:
        self._catalogue = catalogue
        self._mine = mine
        self._starred = starred
        self._now = now
        self._words: tuple[str, ...] = ()
        self._shown: dict[int, tuple[int, list[tuple[Event, ...]]]] = {}
        self._pages: dict[str, int] = {}
        self.filter = ""
        self.chip = Chip.ALL

    def search(self, text: str) -> None:
        self.filter = text
        self._words = tuple(text.casefold().split())
        self._shown.clear()

    def choose(self, chip: Chip) -> None:
        self.chip = chip
        self._shown.clear()

    def turn(self, node: Node) -> None:
        """Show a page more under a line."""
        self._pages[node.key] = self._pages.get(node.key, 1) + 1

    @property
    def is_narrowed(self) -> bool:
        return bool(self._words) or self.chip is not Chip.ALL

    def renew(self) -> None:
        """What a chip shows depends on more than the catalogue: on the clock, on own orders, on stars."""
        if self.chip is not Chip.ALL:
            self._shown.clear()

    def counts(self) -> dict[Chip, int]:
        """How many events each chip shows."""
        mine, now = self._mine(), self._now()
        found = dict.fromkeys(Chip, 0)
        for event in self._catalogue.events.values():
            found[Chip.ALL] += 1
            found[Chip.LIVE] += event.is_live
            found[Chip.SOON] += _is_soon(event, now)
            found[Chip.MINE] += event.id in mine
            found[Chip.STARRED] += event.id in self._starred
        return found

    # What stands under what

    def sports(self) -> list[Node]:
        tallies: dict[str, int] = {}
        for tournament in self._catalogue.tournaments.values():
            shown = self._fixtures(tournament.id)
            if shown or not self.is_narrowed:
                tallies[tournament.sport.name] = tallies.get(tournament.sport.name, 0) + sum(map(len, shown))
        return [self._sport(name, tallies[name]) for name in sorted(tallies)]

    def under(self, node: Node) -> list[Node]:
        """The lines under a line."""
        if node.group is not None or node.is_more:
            return []
        if node.tournament is not None:
            return self._events(node.tournament)
        if node.event is not None:
            return self._under_event(node)
        return self._tournaments(node)

    def revision_of(self, node: Node) -> int:
        """What tells whether the lines under a tournament, or an event in it, may be others than before."""
        tournament_id = node.tournament.id if node.tournament else node.event.tournament_id if node.event else None
        return -1 if tournament_id is None else self._catalogue.revisions.get(tournament_id, 0)

    def has_more(self, node: Node) -> bool:
        """Whether anything stands under a line, without laying it out."""
        if node.group is not None or node.is_words or node.is_more:
            return False
        return not node.is_event or node.event is None or not self._catalogue.is_leaving(node.event.id)

    def _sport(self, name: str, tally: int) -> Node:
        node = Node(f"s{name}", formats.plain(name) or "No sport")
        node.tally = tally
        return node

    def _tournaments(self, sport: Node) -> list[Node]:
        found = []
        for tournament in self._catalogue.tournaments.values():
            if f"s{tournament.sport.name}" != sport.key:
                continue
            shown = self._fixtures(tournament.id)
            if shown or not self.is_narrowed:
                node = Node(f"t{tournament.id}", formats.plain(tournament.name) or f"tournament {tournament.id}")
                node.tournament = tournament
                node.tally = sum(map(len, shown))
                found.append(node)
        return found

    def _events(self, tournament: Tournament) -> list[Node]:
        shown = self._fixtures(tournament.id)
        if not shown:
            return [Node(f"w{tournament.id}", _WORDS[self._catalogue.loading.get(tournament.id, Loading.NOT_READ)])]
        return [_event(twins[0], event_name(twins[0])) if len(twins) == 1 else _twins(twins) for twins in shown]

    def _under_event(self, node: Node) -> list[Node]:
        event = node.event
        assert event is not None
        if node.twins > 1:
            twins = next((twins for twins in self._fixtures(event.tournament_id) if twins[0].id == event.id), ())
            return [_event(one, f"event {one.id}") for one in twins]
        groups = self._groups(event)
        if not groups:
            return [Node(f"we{event.id}", "its markets are read when it is opened")]
        if not node.is_event:
            return self._paged(node, [group for group in groups if group.is_prop and _kind(group) == node.key.partition(".")[2]])
        return [*self._paged(node, [group for group in groups if not group.is_prop]), *_kinds(event, groups)]

    def _paged(self, node: Node, groups: Sequence[MarketGroup]) -> list[Node]:
        """A line for each group, as far as the pages go that were asked for, and one that says how many are left."""
        assert node.event is not None
        shown = self._pages.get(node.key, 1) * PAGE
        lines = _distinct(_group(node.event, group) for group in groups[:shown])
        left = len(groups) - shown
        return lines if left <= 0 else [*lines, _more(node, left)]

    def _groups(self, event: Event) -> Sequence[MarketGroup]:
        """An event's groups; where a search found it by them and not by its own name, those alone that it found."""
        groups = self._catalogue.groups_of(event.id)
        if not self._words or self._catalogue.matches_by_name(event.id, self._words):
            return groups
        return [group for group in groups if self._finds(event, group)] or groups

    def _finds(self, event: Event, group: MarketGroup) -> bool:
        names = [group.name, *(selection.name for market in group.markets for selection in market.selections)]
        text = " ".join(names).casefold()
        return all(word in text or self._catalogue.matches_by_name(event.id, [word]) for word in self._words)

    # What is shown

    def _fixtures(self, tournament_id: int) -> list[tuple[Event, ...]]:
        """A tournament's shown events, what is listed twice together."""
        revision = self._catalogue.revisions.get(tournament_id, 0)
        known = self._shown.get(tournament_id)
        if known is None or known[0] != revision:
            mine, now = self._mine() if self.chip is Chip.MINE else (), self._now()
            found = [twins for twins in self._catalogue.fixtures_of(tournament_id) if any(self._shows(one, mine, now) for one in twins)]
            found.sort(key=lambda twins: not is_start_clear(twins[0], now))  # the others stay in their order
            known = self._shown[tournament_id] = (revision, found)
        return known[1]

    def _shows(self, event: Event, mine: Collection[int], now: datetime) -> bool:
        match self.chip:
            case Chip.LIVE if not event.is_live:
                return False
            case Chip.SOON if not _is_soon(event, now):
                return False
            case Chip.MINE if event.id not in mine:
                return False
            case Chip.STARRED if event.id not in self._starred:
                return False
        return not self._words or self._catalogue.matches(event.id, self._words)


def event_name(event: Event) -> str:
    return formats.plain(event.name) or f"event {event.id}"


def _event(event: Event, text: str) -> Node:
    node = Node(f"e{event.id}", text)
    node.event = event
    return node


def _twins(twins: Sequence[Event]) -> Node:
    """One line for a contest that is listed more than once; each of its books is opened by itself."""
    node = Node(f"f{twins[0].id}", event_name(twins[0]))
    node.event = twins[0]
    node.twins = len(twins)
    return node


def _kinds(event: Event, groups: Iterable[MarketGroup]) -> list[Node]:
    """What is asked about players, by kind."""
    found: list[Node] = []
    kinds: dict[str, int] = {}
    for group in groups:
        if group.is_prop:
            kinds[_kind(group)] = kinds.get(_kind(group), 0) + 1
    for kind in sorted(kinds):
        node = Node(f"p{event.id}.{kind}", formats.plain(kind.replace("_", " ").capitalize()))
        node.event = event
        node.tally = kinds[kind]
        found.append(node)
    return found


def _distinct(nodes: Iterable[Node]) -> list[Node]:
    """A key stands for one line: of two markets with one id the second is called otherwise."""
    found: dict[str, Node] = {}
    for node in nodes:
        while node.key in found:
            node.key += "'"
        found[node.key] = node
    return list(found.values())


def _kind(group: MarketGroup) -> str:
    return group.sub_type or "players"


def _group(event: Event, group: MarketGroup) -> Node:
    node = Node(f"g{event.id}.{group.id}", formats.plain(group.name) or f"market {group.id}")
    node.event = event
    node.group = group
    return node


def _more(above: Node, left: int) -> Node:
    node = Node(f"m{above.key}", more_words(left))
    node.event = above.event
    return node


def more_words(left: int) -> str:
    """How many the next page has, and how many are left without it: `show 200 more (4,800 left)`."""
    return f"show {min(PAGE, left)} more ({left:,} left)"


def _is_soon(event: Event, now: datetime) -> bool:
    if event.scheduled is None or event.is_live or event.is_over:
        return False
    return timedelta(0) <= event.scheduled - now <= SOON


_WORDS = {
    Loading.NOT_READ: "not read yet",
    Loading.READING: "reading…",
    Loading.READ: "no events listed",
    Loading.FAILED: "could not be read; trying again",
}


def kept_in_order(old: Sequence[str], fresh: Sequence[str]) -> set[str]:
    """The keys of both that need not move: the longest run of them that stands in the same order in both."""
    places = {key: place for place, key in enumerate(fresh)}
    both = [key for key in old if key in places]
    if all(places[one] < places[other] for one, other in pairwise(both)):
        return set(both)
    ends: list[int] = []  # the lowest last place of a rising run of each length
    last: list[str] = []
    before: dict[str, str | None] = {}
    for key in both:
        at = bisect_left(ends, places[key])
        before[key] = last[at - 1] if at else None
        ends[at : at + 1] = [places[key]]
        last[at : at + 1] = [key]
    kept: set[str] = set()
    one = last[-1] if last else None
    while one is not None:
        kept.add(one)
        one = before[one]
    return kept
