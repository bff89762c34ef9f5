"""What the rows of a batch come to now: each row's order, or one sentence why it is none. Earlier rows count for later ones."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from decimal import Decimal
from typing import Final

import msgspec

from app.domain.batch import BatchRow, off_ladder, typed_odds, typed_stake
from app.domain.book import Match
from app.domain.market import MarketKey
from app.domain.money import ZERO
from app.domain.odds import Odds
from app.domain.offer import Offer
from app.domain.order import OrderDraft
from app.domain.split import match_in_turn
from app.services.ahead import Ahead
from app.services.batch_names import Found, Names, Place
from app.services.catalogue import Catalogue
from app.services.controls import Controls
from app.services.ports import Monotonic, Now, TradingVenue
from app.services.prices import Prices
from app.services.users import Users

SLICE: Final = 0.008  # seconds of judging before others have their turn
CANDIDATES: Final = 3  # named where a name is ambiguous
SHOWN: Final = 60  # characters of a cell that a sentence repeats
PASSING: Final = frozenset({"RATE", "MINUTE", "BUDGET", "WAIT"})
"""Rules that an order passes by waiting: rows are never called bad for them."""


class Judged(msgspec.Struct, frozen=True):
    """A row as it stands now. `draft` is None while it makes no order; `objection` is empty where the order may leave.

    `may_confirm`: a person may insist against it, by `code`; `confirmed` are the rules that one insists against. `unread` are events that
    must be read before its name can be found.
    """

    row: BatchRow
    draft: OrderDraft | None = None
    place: Place | None = None
    objection: str = ""
    code: str = ""
    may_confirm: bool = False
    is_new_user: bool = False
    confirmed: frozenset[str] = frozenset()
    unread: tuple[int, ...] = ()
    best: Odds | None = None
    match: Match | None = None

    @property
    def is_good(self) -> bool:
        return self.draft is not None and not self.objection

    @property
    def wins(self) -> Decimal:
        return self.draft.odds.profit(self.draft.stake) if self.draft else ZERO


class _BadRowError(ValueError):
    """A row makes no order; what is known of it all the same."""

    def __init__(self, words: str, *, unread: tuple[int, ...] = (), place: Place | None = None) -> None:
        super().__init__(words)
        self.unread = unread
        self.place = place


Twin = tuple[str, str, Odds, Decimal]
Insisted = Mapping[int, Mapping[str, str]]
"""By a row's id: the rules that a person overrules for it, and what each of them said then."""


class Judge:
    """`judge` is the one way in. It keeps what each row's selection was when it was first found, so that another one is noticed."""

    def __init__(
        self, venue: TradingVenue, catalogue: Catalogue, prices: Prices, controls: Controls, users: Users, *,
        clock: Monotonic, now: Now, sleep: Callable[[float], Awaitable[None]],
    ) -> None:  # fmt: skip
        self._catalogue = catalogue
        self._prices = prices
        self._controls = controls
        self._labels = controls.labels
        self._users = users
        self._clock = clock
        self._now = now
        self._sleep = sleep
        self.has_users = Offer.USERS in venue.offers
        self.names = Names(catalogue, sleep)

    async def judge(self, rows: Sequence[tuple[int, BatchRow]], insisted: Insisted, taken: Mapping[Twin, int]) -> dict[int, Judged]:
        """What is to be said of each row, by its id. `rows` have the numbers that a person sees; `taken` are orders that stand already."""
        await self.names.look(row for _, row in rows)
        ahead, twins, judged = Ahead(self._controls, self._now(), PASSING), dict(taken), dict[int, Judged]()
        began = self._clock()
        for number, row in rows:
            judged[row.id] = self._judged(row, number, ahead, insisted.get(row.id, {}), twins)
            if self._clock() - began > SLICE:
                await self._sleep(0)
                began = self._clock()
        return self._with_books(judged)

    def _judged(self, row: BatchRow, number: int, ahead: Ahead, insisted: Mapping[str, str], twins: dict[Twin, int]) -> Judged:
        try:
            place, draft = self._draft(row)
        except _BadRowError as bad:
            return Judged(row, place=bad.place, objection=str(bad), unread=bad.unread)
        is_new = self.has_users and self._users.is_new(draft.external_user)
        if (first := twins.setdefault(twin(draft), number)) != number:
            words = f"This is the same order as row {first:,}: change its {self._labels.stake_low} or remove it"
            return Judged(row, draft, place, words, "TWIN", is_new_user=is_new)
        confirmed = _confirmed(ahead, draft, insisted)
        said = ahead.objection(draft, confirmed)
        if said is not None:
            del twins[twin(draft)]
            return Judged(row, draft, place, said.words, said.code, said.may_confirm, is_new, confirmed)
        ahead.add(draft)
        return Judged(row, draft, place, is_new_user=is_new, confirmed=confirmed)

    def _draft(self, row: BatchRow) -> tuple[Place, OrderDraft]:
        """The order that a row asks for; _BadRowError with the first thing that is wrong with it."""
        try:
            user = self._user(row.user)
        except ValueError as problem:
            raise _BadRowError(str(problem), place=self._lone(self.names.find(row))) from problem
        place = self._place(row)
        try:
            odds = typed_odds(row.odds, self._labels)
            ladder = self._controls.ladder
            if ladder is not None and (words := off_ladder(odds, ladder)):
                raise ValueError(words)
            stake = typed_stake(row.stake, self._labels)
        except ValueError as problem:
            raise _BadRowError(str(problem), place=place) from problem
        names = {"event_name": place.event_name, "market_name": place.market_name, "selection_name": place.selection.name}
        return place, OrderDraft(place.key, place.selection.id, odds, stake, **names, external_user=user)

    def _user(self, text: str) -> str:
        """The id that is meant. ValueError with a sentence."""
        if not self.has_users:
            if text:
                raise ValueError("This account has no external users: leave the user empty")
            return ""
        return self._users.meant(text)

    def _place(self, row: BatchRow) -> Place:
        if not row.selection:
            raise _BadRowError(f"Type a {self._labels.selection_low}: its id or its name")
        found = self.names.find(row)
        if len(found.places) > 1:
            first = "; ".join(place.words for place in found.places[:CANDIDATES])
            more = f"; and {len(found.places) - CANDIDATES:,} more" if len(found.places) > CANDIDATES else ""
            called = f"{len(found.places):,} {self._labels.selections} are called so"
            raise _BadRowError(f"{called}: {first}{more}. Name the event or the market too")
        if found.places:
            return found.places[0]
        if not found.is_event_known:
            raise _BadRowError(f"No event here is called {_short(row.event)}")
        if found.unread:
            raise _BadRowError(self._unread_words(found.unread), unread=found.unread)
        where = f" on {_short(row.event)}" if row.event else ""
        none = f"No {self._labels.selection_low}{where} is called {_short(row.selection)}"
        raise _BadRowError(none if row.event else f"{none}: name its event too")

    def _unread_words(self, event_ids: Sequence[int]) -> str:
        event = self._catalogue.events.get(event_ids[0])
        name = event.name if event else f"event {event_ids[0]}"
        others = f" and {len(event_ids) - 1} more events" if len(event_ids) > 1 else ""
        return f"The markets of {name}{others} have not been read yet: press Read markets"

    def _lone(self, found: Found) -> Place | None:
        return found.places[0] if len(found.places) == 1 else None

    def _with_books(self, judged: dict[int, Judged]) -> dict[int, Judged]:
        """The same with what the books would do: rows on one selection meet what those before them left."""
        together: dict[tuple[MarketKey, str], list[Judged]] = {}
        for one in judged.values():
            if one.draft is not None:
                together.setdefault((one.draft.market, one.draft.selection_id), []).append(one)
        for key, rows in together.items():
            side = self._prices.side(*key)
            best = side[0].odds if side else None
            going = iter(match_in_turn(side, [one.draft for one in rows if one.draft and one.is_good]))
            for one in rows:
                judged[one.row.id] = msgspec.structs.replace(one, best=best, match=next(going) if one.is_good else None)
        return judged


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _confirmed(ahead: Ahead, draft: OrderDraft, insisted: Mapping[str, str]) -> frozenset[str]:
    """What was insisted on counts only while its words, figures and all, are still the same."""
    codes = frozenset(insisted)
    for code, words in insisted.items():
        told = ahead.objection(draft, codes - {code})
        if told is not None and told.code == code and told.words != words:
            codes -= {code}
    return codes


def twin(draft: OrderDraft) -> Twin:
    """What two rows that are the same order have in common."""
    return draft.external_user, draft.selection_id, draft.odds, draft.stake
