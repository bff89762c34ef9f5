"""Guards: what a person asks the program to watch for, and to do once when it comes.

A guard's plan says what; its state says how it stands. What a maker's order is worth is judged from the taker's side of the book, for
that is all a venue shows: with two selections an order resting on one of them *is* what takers of the other are offered, at the opposite
odds. So for an order of ours resting on Home at +150:

* `AWAY -150` on the screen is (among others) our order.
* `HOME +140` is what somebody gets who takes Home now. It never reaches +150 while our order stands: whoever offered that would match
  with us first.
* The market moves *against* us when Home becomes less likely: Home pays more, +140, +143, +146. Our +150 was ten steps longer than what a
  taker got and is only four now; soon it is matched by somebody who knows why. Six steps against us.
* Home at +135 or +120 is a move *for* us, however far: our order pays better than ever against the market, and is merely further from
  being matched.
* What takers of Away get says nothing of it: there our own -150 stands first, whatever the others do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal

import msgspec

from app.domain.book import Level, Side
from app.domain.ladder import Ladder
from app.domain.lookout import Lookout
from app.domain.market import MarketKey
from app.domain.money import CENT, ZERO, money_words
from app.domain.odds import Odds
from app.domain.order import Order, OrderDraft, short_ref

OddsText = Callable[[Odds], str]


def american(odds: Odds) -> str:
    return odds.words


class Place(msgspec.Struct, frozen=True):
    """A selection, with the names that were on the screen."""

    market: MarketKey
    selection_id: str
    event_name: str = ""
    market_name: str = ""
    selection_name: str = ""

    @property
    def words(self) -> str:
        event = self.event_name or f"event {self.market.event_id}"
        return " · ".join(filter(None, (event, self.market_name, self.selection_name or self.selection_id[:8])))


def place_of(draft: OrderDraft) -> Place:
    return Place(draft.market, draft.selection_id, draft.event_name, draft.market_name, draft.selection_name)


class PriceAlert(msgspec.Struct, frozen=True, tag="price alert"):
    """Say so when the best odds are `odds` or longer (`is_longer`), or `odds` or shorter."""

    place: Place
    odds: Odds
    is_longer: bool = True
    title = "Price alert"
    is_trading = False

    @property
    def scope(self) -> str:
        return self.place.words

    def condition(self, odds: OddsText = american, word: str = "odds") -> str:
        return f"best {word} {odds(self.odds)} or {'longer' if self.is_longer else 'shorter'}"

    def is_met(self, side: Side) -> bool:
        if not side:
            return False
        return side[0].odds >= self.odds if self.is_longer else side[0].odds <= self.odds


class LiquidityAlert(msgspec.Struct, frozen=True, tag="liquidity alert"):
    """Say so when `stake` or more can be taken at `odds` or longer."""

    place: Place
    odds: Odds
    stake: Decimal
    title = "Liquidity alert"
    is_trading = False

    @property
    def scope(self) -> str:
        return self.place.words

    def condition(self, odds: OddsText = american, word: str = "odds") -> str:
        return f"{money_words(self.stake)} to take at {odds(self.odds)} or longer"


class CancelMoved(msgspec.Struct, frozen=True, tag="cancel if it moves against"):
    """Cancel one order (`ref`), or every order on the selection (`user`: of one external user), when it pays `steps` ladder steps more
    than when this was armed.
    """

    place: Place
    steps: int
    ref: str = ""
    user: str = ""
    title = "Cancel if it moves"
    is_trading = True

    @property
    def scope(self) -> str:
        return _of_user(f"{self.place.words} · {f'order {short_ref(self.ref)}' if self.ref else 'all orders'}", self.user)

    def condition(self, odds: OddsText = american, word: str = "odds") -> str:
        return f"{word} {self.steps} {_steps(self.steps)} longer"


class CancelBeforeStart(msgspec.Struct, frozen=True, tag="cancel before start"):
    """Cancel all orders of an event (`user`: of one external user) so many minutes before its start, whenever that is by then."""

    event_id: int
    event_name: str
    minutes: int
    user: str = ""
    title = "Cancel before start"
    is_trading = True

    @property
    def scope(self) -> str:
        return _of_user(f"{self.event_name or f'event {self.event_id}'} · all orders", self.user)

    def condition(self, odds: OddsText = american, word: str = "odds") -> str:
        return f"{self.minutes} min before its start"

    def due_at(self, start: datetime) -> datetime:
        return start - timedelta(minutes=self.minutes)


class KeepAtBest(msgspec.Struct, frozen=True, tag="keep at best"):
    """Keep an order at the best odds that others ask for on its selection: never shorter than `limit`, and never longer than `home`, where
    a person had put it. `ref`: the one that stands now.
    """

    place: Place
    ref: str
    limit: Odds
    home: Odds
    user: str = ""
    title = "Keep at best"
    is_trading = True

    @property
    def scope(self) -> str:
        return _of_user(f"{self.place.words} · order {short_ref(self.ref)}", self.user)

    def condition(self, odds: OddsText = american, word: str = "odds") -> str:
        return f"best {word}, {odds(self.home)} down to {odds(self.limit)}"


PricePlan = PriceAlert | LiquidityAlert | CancelMoved | KeepAtBest
Plan = PricePlan | CancelBeforeStart


def scope_words(plan: Plan, called: Callable[[str], str]) -> str:
    """What it is about; its orders' user as `called` says that they are."""
    if isinstance(plan, CancelMoved | CancelBeforeStart | KeepAtBest) and plan.user:
        return msgspec.structs.replace(plan, user=called(plan.user)).scope
    return plan.scope


class Guard(Lookout[Plan], frozen=True):
    """`base` is what its selection paid when it was armed, `moves` how often its order was moved."""

    base: Odds | None = None
    moves: int = 0

    @property
    def event_id(self) -> int:
        return event_of(self.plan)


def event_of(plan: Plan) -> int:
    return plan.event_id if isinstance(plan, CancelBeforeStart) else plan.place.market.event_id


def is_about(plan: Plan, order: Order) -> bool:
    """Whether it would cancel or move this order."""
    draft = order.draft
    match plan:
        case CancelMoved(ref=ref) | KeepAtBest(ref=ref) if ref:
            return order.ref == ref
        case CancelMoved(place=place, user=user):
            return (draft.market, draft.selection_id) == (place.market, place.selection_id) and user in {"", draft.external_user}
        case CancelBeforeStart(event_id=event_id, user=user):
            return draft.market.event_id == event_id and user in {"", draft.external_user}
    return False


def market_of(plan: Plan) -> MarketKey | None:
    """The market whose prices it goes by; None for one that goes by the clock."""
    return None if isinstance(plan, CancelBeforeStart) else plan.place.market


def steps_against(ladder: Ladder, base: Odds, best: Odds) -> int:
    """How many ladder steps the market has moved against a maker since `base`; negative: for him. See the head of this module."""
    return ladder.steps(base, best)


def own_offers(orders: Iterable[Order]) -> dict[Odds, Decimal]:
    """What takers of the other selection are offered by these orders: money to take, by the odds they see it at."""
    offers: dict[Odds, Decimal] = {}
    for order in orders:
        if order.rest > 0:
            seen_at = order.odds.opposite
            offers[seen_at] = offers.get(seen_at, ZERO) + order.odds.profit(order.rest)
    return offers


def others_in(side: Side, own: Mapping[Odds, Decimal]) -> Side:
    """What somebody else offers there. Beside our own a cent is left to rounding."""
    return tuple(left for level in side if (left := _less(level, own.get(level.odds, ZERO))) is not None)


def best_of_others(side: Side, own: Mapping[Odds, Decimal]) -> Odds | None:
    """The best odds at which somebody else offers, None where nobody does."""
    others = others_in(side, own)
    return others[0].odds if others else None


def kept_at(best: Odds, plan: KeepAtBest) -> Odds:
    """Where an order is kept: at the best that others ask for, at its limit where they ask for less, at home where they ask for more."""
    return min(max(best, plan.limit), plan.home)


def _less(level: Level, own: Decimal) -> Level | None:
    left = level.takeable - own
    if not own:
        return level
    return msgspec.structs.replace(level, takeable=left) if left > CENT else None


def _of_user(words: str, user: str) -> str:
    return f"{words} of {user}" if user else words


def _steps(number: int) -> str:
    return "step" if number == 1 else "steps"
