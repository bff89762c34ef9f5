"""Orders of our own that wait for a match, in every account of a window: two of them on opposite sides may match each other."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from heapq import merge
from itertools import takewhile
from typing import NamedTuple

import msgspec

from app.domain.book import Level, Side, match
from app.domain.environment import Environment
from app.domain.market import Market, MarketKey
from app.domain.odds import Odds
from app.domain.order import Order, OrderState
from app.domain.split import left_of, match_in_turn
from app.services.blotter import Blotter
from app.services.ports import TradingVenue
from app.services.users import Users

SideOf = Callable[[MarketKey, str], Side]
GOING = frozenset({OrderState.SENDING, OrderState.ACCEPTED})
_STANDING = frozenset({OrderState.OPEN, OrderState.PART})
_TWO = 2  # with three answers or more, two backers do not cover each other


class OwnOrder(msgspec.Struct, frozen=True):
    """One that waits. `account` says where, if that is not the account which asks."""

    order: Order
    user: str = ""
    account: str = ""


class _Run(NamedTuple):
    """Orders of one holder, the shortest odds first."""

    orders: Sequence[Order]
    called: Callable[[Order], str]
    account: str = ""

    def each(self) -> Iterator[tuple[Order, _Run]]:
        return ((order, self) for order in self.orders)


class OwnOrders:
    """Those of one account. `beside` are those of the other accounts of its window; a floor sets it, and `name` with it."""

    def __init__(
        self, venue: TradingVenue, blotter: Blotter, users: Users, side: SideOf, let_through: Callable[[], Iterable[Order]]
    ) -> None:
        """`side` is what the live book offers on a selection, `let_through` are orders that count and are not on the blotter yet."""
        self._venue = venue
        self._blotter = blotter
        self._users = users
        self._side = side
        self._let_through = let_through
        self._sorted: dict[tuple[int, int, str], tuple[int, Sequence[Order], Sequence[Order]]] = {}
        self.name = ""
        self.beside: Callable[[], Iterable[OwnOrders]] = tuple

    @property
    def environment(self) -> Environment:
        return self._venue.environment

    def offered(self, market: Market, selection_id: str, ahead: Sequence[Order] = ()) -> Iterator[OwnOrder]:
        """Orders of every account whose money can be taken by an order on this selection, the first to be met first: they wait on the other
        one. `ahead` are rows of a batch that would wait there by then, in that order too.
        """
        other_id = opposite(market, selection_id)
        if not other_id:
            return iter(())
        runs = [_Run(self._waiting(market.key, other_id), self._called), _Run(ahead, self._called)]
        return _each_once(runs + [one._run(market.key, other_id) for one in self._others()])

    def met(self, market: Market, selection_id: str, odds: Odds, ahead: Sequence[Order] = ()) -> Iterator[OwnOrder]:
        """Those among them that an order at `odds` may be matched with."""
        return takewhile(lambda own: own.order.odds.crosses(odds), self.offered(market, selection_id, ahead))

    def stands(self, key: MarketKey, selection_id: str, odds: Odds) -> bool:
        """Whether the venue has an order of some account there on its book. Asked for each price that is painted."""
        return any(order.state in _STANDING for one in self._all() for order in one._at(key, selection_id, odds))

    def standing(self, key: MarketKey, selection_id: str, odds: Odds) -> list[OwnOrder]:
        """Which orders those are."""
        here = _Run(self._at(key, selection_id, odds), self._called)
        beside = [_Run(one._at(key, selection_id, odds), one._called, one._shown) for one in self._others()]
        return [own for own in _each_once([here, *beside]) if own.order.state in _STANDING]

    def _others(self) -> list[OwnOrders]:
        """Of the same environment: each is a world of its own."""
        return [one for one in self.beside() if one.environment is self.environment]

    def _all(self) -> list[OwnOrders]:
        return [self, *self._others()]

    def _at(self, key: MarketKey, selection_id: str, odds: Odds) -> Sequence[Order]:
        known = self._known(key, selection_id)
        if not known:
            return known
        return known[bisect_left(known, odds, key=_odds) : bisect_right(known, odds, key=_odds)]

    @property
    def _shown(self) -> str:
        return self.name or "another account"

    def _run(self, key: MarketKey, selection_id: str) -> _Run:
        """As another account of the window sees them."""
        return _Run(self._waiting(key, selection_id), self._called, self._shown)

    def left(self, key: MarketKey, selection_id: str) -> Sequence[Level]:
        """What the book still offers on this selection when this account's orders on their way have taken what they will."""
        side = self._side(key, selection_id)
        for order in self._going(key, selection_id):
            side = tuple(left_of(side, match(side, order.odds, order.rest).fills))
        return side

    def _waiting(self, key: MarketKey, selection_id: str) -> Sequence[Order]:
        """Of this account, what others may take at its shortest odds first; of an order on its way that is what the book leaves of it."""
        known, going = self._known(key, selection_id), self._going(key, selection_id)
        if not going:
            return known
        drafts = [msgspec.structs.replace(order.draft, stake=order.rest) for order in going]
        found = zip(going, match_in_turn(self._side(key, selection_id), drafts), strict=True)
        resting = [msgspec.structs.replace(order, quantity=order.filled + one.rests) for order, one in found if one.rests > 0]
        return sorted([*known, *resting], key=_odds)

    def _going(self, key: MarketKey, selection_id: str) -> list[Order]:
        """Those that are not on the book yet, in the order in which they will come there."""
        known = self._kept(key, selection_id)[1]
        fresh = [order for order in self._let_through() if _is_on(order, key, selection_id)]
        return [*known, *fresh]

    def _known(self, key: MarketKey, selection_id: str) -> Sequence[Order]:
        return self._kept(key, selection_id)[0]

    def _kept(self, key: MarketKey, selection_id: str) -> tuple[Sequence[Order], Sequence[Order]]:
        """Those that are on the book or may be, by their odds, and those on their way. Looked up once for as long as nothing moves on the
        event: this is asked for each row of a batch and each price that is painted.
        """
        if not self._blotter.has_waiting_on(selection_id):
            return (), ()
        place, version = (*key[:2], selection_id), self._blotter.versions[key.event_id]
        kept = self._sorted.get(place)
        if kept is None or kept[0] != version:
            orders = sorted((order for order in self._blotter.waiting_on(selection_id) if _is_on(order, key, selection_id)), key=_by_age)
            going = [order for order in orders if order.state in GOING]
            kept = self._sorted[place] = version, sorted((order for order in orders if order.state not in GOING), key=_odds), going
        return kept[1:]

    def _called(self, order: Order) -> str:
        return self._users.called(order.draft.external_user) if order.draft.external_user else ""


def opposite(market: Market, selection_id: str) -> str:
    """The one other selection; empty where there is none, or more than one."""
    ids = [selection.id for selection in market.selections]
    return next((one for one in ids if one != selection_id), "") if len(ids) == _TWO and selection_id in ids else ""


def _each_once(runs: Iterable[_Run]) -> Iterator[OwnOrder]:
    """Two profiles may be two pairs of keys of one account: what the venue has under one id is one order."""
    seen: set[str] = set()
    for order, run in merge(*[run.each() for run in runs], key=_by_odds):
        name = order.venue_order_id or order.ref
        if name not in seen:
            seen.add(name)
            yield OwnOrder(order, run.called(order), run.account)


def _by_age(order: Order) -> tuple[datetime, str]:
    return order.asked_at, order.ref


def _odds(order: Order) -> Odds:
    return order.odds


def _by_odds(each: tuple[Order, _Run]) -> Odds:
    return each[0].odds


def _is_on(order: Order, key: MarketKey, selection_id: str) -> bool:
    """The venue tells the number of an order's own side, which on a spread is not that of the market: the selection says it all."""
    draft = order.draft
    return draft.selection_id == selection_id and draft.market.event_id == key.event_id and draft.market.market_id in {key.market_id, 0}
