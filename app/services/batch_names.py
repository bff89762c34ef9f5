"""What the rows of a batch call a selection, found in what has been read of the catalogue. Nothing is asked of the venue.

A name is taken as it stands where something is called just so. Else all its words must occur, and what the found name has beyond them
must hold no number: "Lakers" is never "Lakers -4.5". Of several in one event the plain one is meant, whose market has no word that the
others' lack: the spread before that of the first half. Else none is taken.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from functools import lru_cache
from typing import Final, NamedTuple

import msgspec

from app.domain.batch import BatchRow
from app.domain.market import Event, Market, MarketGroup, MarketKey, Selection
from app.services.catalogue import Catalogue

SLICE: Final = 400  # selections looked at before others have their turn
_MARKS: Final = str.maketrans({"\u2212": "-", "\u2013": "-", "\u00bd": ".5", ",": " ", "(": " ", ")": " ", ":": " ", "·": " ", "/": " "})


class Wish(NamedTuple):
    """What a row says of where it belongs, word by word; `text` is its selection as typed, which may be an id."""

    text: str
    selection: tuple[str, ...]
    market: tuple[str, ...]
    event: tuple[str, ...]


class Place(msgspec.Struct, frozen=True):
    """A selection that a name may mean. `market_name` is that of its group: the venue's own for one number is nothing that people say."""

    key: MarketKey
    selection: Selection
    market_name: str
    event_name: str

    @property
    def words(self) -> str:
        return f"{self.selection.name}, {self.market_name}, {self.event_name}"


class Found(msgspec.Struct, frozen=True):
    """All selections that fit as well as any does, and the events that a row names whose markets have not been read."""

    places: tuple[Place, ...] = ()
    unread: tuple[int, ...] = ()
    is_event_known: bool = True


@lru_cache(maxsize=65_536)
def words_of(text: str) -> tuple[str, ...]:
    """A name as words that can be compared: small letters, plain minus, numbers without a plus and without noughts at their end."""
    return tuple(map(_bare, text.casefold().translate(_MARKS).split()))


def wish_of(row: BatchRow) -> Wish:
    return Wish(row.selection, words_of(row.selection), words_of(row.market), words_of(row.event))


class Names:
    """Remembers what each event had for each wish, and looks again only at events whose markets are others now."""

    def __init__(self, catalogue: Catalogue, sleep: Callable[[float], Awaitable[None]]) -> None:
        self._catalogue = catalogue
        self._sleep = sleep
        self._wishes: dict[Wish, dict[int, tuple[int, list[Place]]]] = {}  # by event, how well it fits there and what
        self._seen: dict[int, object] = {}
        self._events: dict[tuple[str, ...], set[int]] = {}  # by the words for an event, those that are meant

    async def look(self, rows: Iterable[BatchRow]) -> None:
        """Find what these rows mean; wishes of other rows are forgotten. The loop turns meanwhile."""
        wanted = {wish_of(row) for row in rows if row.selection}
        new = wanted - self._wishes.keys()
        self._wishes = {wish: self._wishes.get(wish, {}) for wish in wanted}
        before, self._seen, count = self._seen, {}, 0
        if not wanted:
            return
        if before.keys() != self._catalogue.events.keys():
            self._events = {}
        for words in {wish.event for wish in wanted} - self._events.keys():
            self._events[words] = self._meant(words)
        for event_id in list(self._catalogue.events):
            state = self._state(event_id)
            wishes = wanted if before.get(event_id) is not state else new
            self._seen[event_id] = state
            if wishes and (event := self._catalogue.events.get(event_id)):
                count += self._look_at(event, wishes)
            if count > SLICE:
                count = 0
                await self._sleep(0)
        for gone in before.keys() - self._seen.keys():
            for found in self._wishes.values():
                found.pop(gone, None)

    def find(self, row: BatchRow) -> Found:
        """What was found for a row the last time."""
        wish = wish_of(row)
        known = self._wishes.get(wish, {})
        best = max((fit for fit, _ in known.values()), default=0)
        places = [place for fit, found in known.values() if fit == best for place in found]
        running = [place for place in places if not self._is_over(place.key.event_id)]
        events = self._events.get(wish.event, set()) if wish.event else set()
        unread = () if places else tuple(sorted(one for one in events if not self._catalogue.has_markets(one)))
        return Found(_plainest(running or places), unread, is_event_known=bool(events) or not wish.event)

    def _state(self, event_id: int) -> object:
        """Another one after the markets of an event were read anew; no more than whether there are any while nobody looks at them."""
        return self._catalogue.groups.get(event_id) or (event_id in self._catalogue.shelf)

    def _is_over(self, event_id: int) -> bool:
        event = self._catalogue.events.get(event_id)
        return event is None or event.is_over

    def _meant(self, words: tuple[str, ...]) -> set[int]:
        """The events that a row may mean: those that are called just so, else those that have all its words."""
        events = self._catalogue.events
        fitting = {event_id for event_id in events if self._catalogue.matches_by_name(event_id, words)}
        return {one for one in fitting if words in (words_of(events[one].name), (str(one),))} or fitting

    def _look_at(self, event: Event, wishes: Iterable[Wish]) -> int:
        """Find these wishes among an event's selections; how many of those were looked at."""
        by_id: dict[str, list[Wish]] = {}
        by_word: dict[str, list[Wish]] = {}
        for wish in wishes:
            self._wishes[wish].pop(event.id, None)
            if event.id in self._events[wish.event]:
                by_id.setdefault(wish.text, []).append(wish)
                if wish.selection:
                    by_word.setdefault(_rarest(wish.selection), []).append(wish)
        if not by_id:
            return 0
        about = words_of(event.name)
        count = 0
        for group in self._catalogue.groups_of(event.id):
            for market in group.markets:
                for selection in market.selections:
                    count += 1
                    for wish in by_id.get(selection.id, ()):
                        self._keep(wish, _BY_ID, event, group, market, selection)
                    if not by_word:
                        continue
                    names = _Names(words_of(selection.name), words_of(market.name), words_of(group.name), about)
                    for wish in (wish for word in names.words for wish in by_word.get(word, ())):
                        if wish.text != selection.id and (fit := _fit(wish, names)):
                            self._keep(wish, fit, event, group, market, selection)
        return count

    def _keep(self, wish: Wish, fit: int, event: Event, group: MarketGroup, market: Market, selection: Selection) -> None:
        place = Place(market.key, selection, group.name, event.name)
        best, places = self._wishes[wish].get(event.id, (0, []))
        if fit > best:
            self._wishes[wish][event.id] = (fit, [place])
        elif fit == best:
            places.append(place)


class _Names(NamedTuple):
    """What a selection is called, with all that it belongs to."""

    selection: tuple[str, ...]
    market: tuple[str, ...]
    group: tuple[str, ...]
    event: tuple[str, ...]

    @property
    def words(self) -> set[str]:
        return {*self.selection, *self.market, *self.group, *self.event}


_BY_ID: Final = 100


def _fit(wish: Wish, names: _Names) -> int:
    """How well a selection fits: 0 not at all. A market that is called just as the row says counts before one that has its words."""
    about = {*names.market, *names.group}
    if not set(wish.market) <= about:
        return 0
    named = 5 * (bool(wish.market) and wish.market in (names.market, names.group))
    if wish.selection == names.selection:
        return named + 4
    typed = set(wish.selection)
    if not _has_no_number(names.selection, typed):
        return 0
    if typed <= set(names.selection):
        return named + 3
    if not typed & set(names.selection):
        return 0
    if typed <= {*names.selection, *about}:
        return named + 2
    return named + 1 if typed <= names.words else 0


def _plainest(places: list[Place]) -> tuple[Place, ...]:
    """All of them, or the one whose market has only words that each of the others has too, and fewer."""
    words = [set(words_of(place.market_name)) for place in places]
    if len({place.key.event_id for place in places}) == 1:
        for at, place in enumerate(places):
            if all(words[at] < other for number, other in enumerate(words) if number != at):
                return (place,)
    return tuple(places)


def _rarest(words: tuple[str, ...]) -> str:
    """The word by which a selection is looked for: few have one number in common, and few a long word."""
    return max(words, key=lambda word: (any(sign.isdigit() for sign in word), len(word)))


def _has_no_number(name: Iterable[str], typed: Iterable[str]) -> bool:
    """Whether a name has no number beyond the words typed."""
    return not any(any(sign.isdigit() for sign in word) for word in set(name) - set(typed))


def _bare(word: str) -> str:
    number = word.removeprefix("+")
    if number.replace(".", "", 1).removeprefix("-").isdigit():
        return number.rstrip("0").rstrip(".") if "." in number else number
    return word
