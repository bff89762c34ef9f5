"""The markets of events that nobody looks at, packed: a twentieth of what they take as values, and searchable all the same."""

from __future__ import annotations

import zlib
from collections import OrderedDict
from collections.abc import Iterable

import msgspec

from app.domain.book import Book
from app.domain.events import MarketsSeeded
from app.domain.market import MarketGroup

OPENED = 8  # events whose packs stay opened, for who asks again

_ENCODER = msgspec.msgpack.Encoder()


class _Pack(msgspec.Struct, frozen=True, array_like=True):
    """Each group beside its books: what repeats stands near each other, which is what packs well."""

    rows: list[tuple[MarketGroup, tuple[Book, ...]]]


_DECODER = msgspec.msgpack.Decoder(_Pack)


class _Kept(msgspec.Struct, gc=False):
    data: bytes
    selections: int
    asked_at: float


class Shelf:
    """By event id. Statuses told meanwhile are remembered beside the packs."""

    def __init__(self) -> None:
        self._kept: dict[int, _Kept] = {}
        self._told: dict[int, dict[int, str]] = {}
        self._opened: OrderedDict[int, _Pack] = OrderedDict()
        self.selections = 0

    def __contains__(self, event_id: object) -> bool:
        return event_id in self._kept

    def __len__(self) -> int:
        return len(self._kept)

    def put(self, seeded: MarketsSeeded) -> None:
        self.drop(seeded.event_id)
        data = zlib.compress(_ENCODER.encode(_Pack(_rows(seeded))), 1)
        kept = _Kept(data, selections_in(seeded.groups), seeded.asked_at)
        self._kept[seeded.event_id] = kept
        self.selections += kept.selections

    def groups(self, event_id: int) -> tuple[MarketGroup, ...]:
        """An event's groups; none where it is not kept."""
        if event_id not in self._kept:
            return ()
        told = self._told.get(event_id, {})
        return tuple(with_status(group, told[group.id]) if group.id in told else group for group, _ in self._open(event_id).rows)

    def take(self, event_id: int) -> MarketsSeeded | None:
        """Everything of an event, which is not kept here any more."""
        kept = self._kept.get(event_id)
        if kept is None:
            return None
        groups = self.groups(event_id)
        books = tuple(book for _, books in self._open(event_id).rows for book in books)
        self.drop(event_id)
        return MarketsSeeded(event_id, groups, books, kept.asked_at, is_kept=True)

    def restate(self, event_id: int, market_id: int, status: str) -> None:
        """The status of a market of a kept event is another one now."""
        if event_id in self._kept and status:
            self._told.setdefault(event_id, {})[market_id] = status

    def drop(self, event_id: int) -> None:
        kept = self._kept.pop(event_id, None)
        self._opened.pop(event_id, None)
        self._told.pop(event_id, None)
        if kept is not None:
            self.selections -= kept.selections

    def _open(self, event_id: int) -> _Pack:
        pack = self._opened.get(event_id)
        if pack is None:
            pack = self._opened[event_id] = _DECODER.decode(zlib.decompress(self._kept[event_id].data))
            if len(self._opened) > OPENED:
                self._opened.popitem(last=False)
        self._opened.move_to_end(event_id)
        return pack


def _rows(seeded: MarketsSeeded) -> list[tuple[MarketGroup, tuple[Book, ...]]]:
    books: dict[int, list[Book]] = {}
    for book in seeded.books:
        books.setdefault(book.key.market_id, []).append(book)
    return [(group, tuple(books.pop(group.id, ()))) for group in seeded.groups]


def selections_in(groups: Iterable[MarketGroup]) -> int:
    return sum(len(market.selections) for group in groups for market in group.markets)


def words_in(groups: Iterable[MarketGroup]) -> str:
    """What the markets and selections are called, for searching: each word once, casefolded."""
    words: set[str] = set()
    for group in groups:
        words.update(group.name.casefold().split())
        for market in group.markets:
            for selection in market.selections:
                words.update(selection.name.casefold().split())
    return " ".join(sorted(words))


def with_status(group: MarketGroup, status: str) -> MarketGroup:
    """A group that is suspended, open or closed with all its markets."""
    markets = tuple(msgspec.structs.replace(market, status=status) for market in group.markets)
    return msgspec.structs.replace(group, status=status, markets=markets)
