"""The nouns of the practice exchange: fixtures, markets, orders, accounts and what changes are announced.

Units: money is an `int` of cents, a price is an `int` of American odds (what the backer of that outcome gets), a strike is a
`float` as the venue sends it, times are `int` nanoseconds since 1970 (UTC) unless a name says otherwise.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec


class EventStatus(StrEnum):
    """The venue documents the words as open text; these are the ones the practice exchange uses."""

    NOT_STARTED = "not_started"
    LIVE = "live"
    FINISHED = "finished"


class MarketStatus(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class OrderStatus(StrEnum):
    """Contract section 5.1."""

    INACTIVE = "inactive"
    OPEN = "open"
    INVALID = "invalid"
    CANCELED = "canceled"
    WIPED = "wiped"
    VOID = "void"
    SETTLED = "settled"
    CLOSED = "closed"
    MANUALLY_SETTLED = "manually_settled"


class Matching(StrEnum):
    UNMATCHED = "unmatched"
    PARTIALLY = "partially_matched"
    FULLY = "fully_matched"


class Winning(StrEnum):
    TBD = "tbd"
    PROFIT = "profit"
    LOSS = "loss"
    NO_RESULT = "no_result"
    DRAW = "draw"
    PUSH = "push"


class Sport(msgspec.Struct, frozen=True):
    id: int
    name: str


class Category(msgspec.Struct, frozen=True):
    id: int
    name: str
    country_code: str


class Tournament(msgspec.Struct, frozen=True):
    id: int
    name: str
    sport: Sport
    category: Category
    updated_at: int


class Competitor(msgspec.Struct, frozen=True):
    id: int
    name: str
    abbreviation: str
    side: str  # "home", "away" or "" where there are no sides (an outright)
    country: str = ""


class Event(msgspec.Struct):
    """A contest as listed. `clock` and `score` are for people; the venue's wire has no such fields."""

    id: int
    tournament_id: int
    name: str
    competitors: tuple[Competitor, ...]
    scheduled: int  # ns, wall clock
    status: EventStatus
    updated_at: int
    sub_type: str | None = None  # "outrights" for futures
    listed: bool = True


class Level(msgspec.Struct, frozen=True, gc=False):
    """One price a taker of this outcome may have: `value` can be taken now, `quantity` is what its makers put there at first."""

    price: int
    quantity: int  # cents: the makers' own original stakes of the orders resting here
    value: int  # cents a taker can stake here now
    updated_at: int


class Outcome(msgspec.Struct, gc=False):
    """One answer of one strike. `strike_id` (32 hex) is what an order names."""

    strike_id: str
    outcome_id: int
    competitor_id: int  # 0 where there is none (totals)
    name: str
    strike: float  # this side's own: +1.5 for one team is -1.5 for the other


class Strike(msgspec.Struct):
    """One question with two or more outcomes: a moneyline, or one number of a spread or a total."""

    event_id: int
    market_id: int
    strike: float
    name: str
    outcomes: tuple[Outcome, ...]
    status: MarketStatus = MarketStatus.ACTIVE
    favourite: bool = False
    filled: int = 0  # cents matched so far, both sides
    updated_at: int = 0


class Market(msgspec.Struct):
    """A market of an event. Moneylines have one strike (0) and no `market_strikes` on the wire; spreads and totals have several."""

    event_id: int
    id: int
    name: str
    type: str  # moneyline | spread | total | sup_moneyline
    sub_type: str
    category: str
    group: str
    strikes: list[Strike]
    status: MarketStatus = MarketStatus.ACTIVE
    player_id: int = 0
    updated_at: int = 0

    @property
    def is_main(self) -> bool:
        """Main markets travel on the event channel, the others (player props) on `event=..-subtype=..`."""
        return self.player_id == 0


class NewOrder(msgspec.Struct, frozen=True):
    external_id: str
    strike_id: str
    price: int
    quantity: int  # cents of own stake
    strategy: str = ""  # "" | "fillOrKill" | "ALO"
    external_user_id: str = ""  # for whom a partner places it; "" for a trader's own


class Fill(msgspec.Struct, frozen=True):
    """One match of an order: `stake` of the order's own money at `price` against `win` of the other side's, to the cent."""

    id: int
    order_id: str
    price: int  # as the order's owner reads it; never worse than the order's price
    stake: int
    win: int
    matched_at: int
    against: str = ""  # the other side's order id; empty for the exchange's own makers


class Order(msgspec.Struct, kw_only=True):
    id: str
    external_id: str
    user_id: str
    strike_id: str
    event_id: int
    market_id: int
    outcome_id: int
    strike: float
    price: int
    original_quantity: int  # cents, as submitted
    quantity: int  # cents; a partial cancel lowers it to what was filled
    filled: int = 0
    win: int = 0  # cents to be won by what is filled
    status: OrderStatus = OrderStatus.INACTIVE
    matching: Matching = Matching.UNMATCHED
    winning: Winning = Winning.TBD
    strategy: str = ""
    created_at: int = 0
    opened_at: int = 0  # 0 until activation
    updated_at: int = 0
    settled_at: int = 0
    profit_settled: int = 0  # cents, signed: what settlement paid beyond the stake
    priority: int = 0  # its place in the queue among equal prices: the sequence of its activation
    sequence: int = 0  # the sequence_number of its last push
    external_user_id: str = ""  # omnibus orders only
    source: str = "trading"  # which API placed it: "trading" or "omnibus"
    fills: list[Fill] = []

    @property
    def open_quantity(self) -> int:
        """Cents that may still match; 0 once the order is off the book."""
        on_book = self.status is OrderStatus.OPEN and self.matching is not Matching.FULLY
        return self.quantity - self.filled if on_book or self.status is OrderStatus.INACTIVE else 0


class Transaction(msgspec.Struct, frozen=True):
    """A line of an account's statement. `kind` in v4 words: TRADE, PAY, REFUND, VOID, PUSH, DEPOSIT."""

    id: int
    kind: str
    amount: int  # signed cents
    balance: int  # cents after it
    order_id: str
    created_at: int


class Account(msgspec.Struct):
    """One trading account. `balance` is cash and includes what is reserved; `matched` and `unmatched` say how much of it is."""

    user_id: str
    access_key: str
    secret_key: str
    balance: int
    deduct: str = "match"  # "match": only matched stakes are reserved; "placement": resting ones too
    matched: int = 0
    unmatched: int = 0
    further_keys: dict[str, str] = {}  # secret by access key, of the pairs made later

    @property
    def pairs(self) -> dict[str, str]:
        """Secret by access key, of every pair that logs in; a partner's account has none."""
        return {self.access_key: self.secret_key, **self.further_keys} if self.access_key else {}


class Balance(msgspec.Struct, frozen=True):
    balance: int
    matched: int
    unmatched: int
    synced_at: int


# What the exchange announces. The wire turns each into a Pusher message in the vocabulary of the socket.


class TournamentChange(msgspec.Struct, frozen=True, tag=True):
    op: str  # c | u | d
    tournament: Tournament


class EventChange(msgspec.Struct, frozen=True, tag=True):
    """`op` d means unlisted: the wire then sends ids only."""

    op: str
    event: Event
    at: int


class MarketChange(msgspec.Struct, frozen=True, tag=True):
    op: str
    market: Market
    at: int


class StrikeChange(msgspec.Struct, frozen=True, tag=True):
    op: str
    market: Market
    strike: Strike
    at: int


class DepthChange(msgspec.Struct, frozen=True, tag=True, gc=False):
    """The full two (or more) sides of one strike after a change: `levels[i]` belongs to `strike.outcomes[i]`, best price first."""

    market: Market
    strike: Strike
    levels: tuple[tuple[Level, ...], ...]
    at: int
    sequence: int


class TradeChange(msgspec.Struct, frozen=True, tag=True):
    """A match, as everybody hears it: taker's outcome and price."""

    market: Market
    strike: Strike
    outcome: Outcome
    price: int  # the taker's limit
    fill_price: int
    stake: int  # cents, the taker's
    at: int
    sequence: int


class OrderChange(msgspec.Struct, frozen=True, tag=True):
    """Private. `order` is a copy made at that moment; `fill` is given when update_type is "matching"."""

    order: Order
    update_type: str  # status | matching
    fill: Fill | None
    at: int
    sequence: int


Change = TournamentChange | EventChange | MarketChange | StrikeChange | DepthChange | TradeChange | OrderChange


class RefusalError(Exception):
    """The exchange says no: `code` is the v4 code of the documented error table; the wire finds status, message, legacy spelling."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(detail or code)
        self.code = code
        self.detail = detail
