"""The shapes of the Trading API's bodies, in v4 names: what msgspec checks at the edge.

What the venue may leave out has a default; what it may send as null is optional; unknown fields are ignored. What an object is about
(ids, prices, amounts, the lists themselves) has no default: under another name it would otherwise be a silent zero or an empty list.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

import msgspec

from app.venues.prophetx.spelling import ABSENT

Number = int | float


def said(*texts: object) -> None:
    """ValueError where one of them says that there is no text: the body is read the slow way then, which takes it for a null."""
    if not ABSENT.isdisjoint(texts):
        raise ValueError("a text says that it is none")


Id = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
"""What names something: exact, and of nineteen digits at most."""


class Login(msgspec.Struct):
    access_token: str
    access_expire_time: Number
    refresh_token: str = ""
    refresh_expire_time: Number | None = None

    def __post_init__(self) -> None:
        said(self.access_token, self.refresh_token)


class LoginBody(msgspec.Struct):
    data: Login


class Pair(msgspec.Struct):
    """Keys that were made; the venue's page shows them without `data` around them."""

    access_key: str
    secret_key: str

    def __post_init__(self) -> None:
        said(self.access_key, self.secret_key)

    def __repr__(self) -> str:
        return "Pair(…)"


class PairBody(msgspec.Struct):
    data: Pair


class WireBalance(msgspec.Struct):
    balance: msgspec.Raw
    matched_order_balance: msgspec.Raw
    unmatched_order_balance: msgspec.Raw
    unmatched_order_balance_status: str | None = None
    unmatched_order_last_synced_at: str | None = None


class BalanceBody(msgspec.Struct):
    data: WireBalance


class WireSport(msgspec.Struct, frozen=True):
    id: Id | None = 0
    name: str | None = ""


class WireCategory(msgspec.Struct, frozen=True):
    name: str | None = ""


class WireTournament(msgspec.Struct):
    id: Id
    name: str = ""
    sport: WireSport | None = None
    category: WireCategory | None = None


class Tournaments(msgspec.Struct):
    tournaments: list[msgspec.Raw] | None


class TournamentsBody(msgspec.Struct):
    data: Tournaments


class WireCompetitor(msgspec.Struct):
    id: Id = 0
    name: str = ""
    abbreviation: str = ""
    side: str = ""

    def __post_init__(self) -> None:
        said(self.name, self.abbreviation, self.side)


class WireEvent(msgspec.Struct):
    event_id: Id
    name: str = ""
    display_name: str = ""
    tournament_id: Id = 0
    tournament_name: str = ""
    sport_name: str = ""
    scheduled: str = ""
    status: str = ""
    sub_type: str | None = None
    competitors: list[WireCompetitor] | None = None

    def __post_init__(self) -> None:
        said(self.name, self.display_name, self.tournament_name, self.sport_name, self.status, self.sub_type)


class Events(msgspec.Struct):
    sport_events: list[msgspec.Raw] | None


class EventsBody(msgspec.Struct):
    data: Events


class WireLevel(msgspec.Struct, kw_only=True):
    strike_id: str
    name: str = ""
    display_name: str = ""
    outcome_id: Id = 0
    strike: Decimal | None = None
    price: Number | None
    quantity: Decimal
    value: Decimal


class WireMarket(msgspec.Struct):
    id: Id
    name: str = ""
    type: str = ""
    sub_type: str = ""
    category_name: str = ""
    status: str = ""
    favourite: bool = False
    player_id: Id = 0
    strike: Decimal | None = None
    selections: list[list[WireLevel] | None] | msgspec.UnsetType | None = msgspec.UNSET
    market_strikes: list[WireMarket] | msgspec.UnsetType | None = msgspec.UNSET
    total_filled_quantity: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        if self.selections is msgspec.UNSET and self.market_strikes is msgspec.UNSET:
            raise ValueError("it has neither selections nor market_strikes")


class MarketsOf(msgspec.Struct):
    markets: list[msgspec.Raw] | None


class MarketsBody(msgspec.Struct):
    data: MarketsOf


class MultipleMarketsBody(msgspec.Struct):
    data: dict[str, list[msgspec.Raw] | None]


class WireFoundMarket(msgspec.Struct):
    id: Id
    event_id: Id
    event_name: str = ""
    name: str = ""
    type: str = ""
    sub_type: str = ""
    status: str = ""
    player_id: Id = 0

    def __post_init__(self) -> None:
        said(self.type, self.sub_type, self.status)


class WirePlayer(msgspec.Struct):
    id: Id
    name: str = ""
    event_id: Id | None = 0


class Players(msgspec.Struct):
    players: list[msgspec.Raw] | None


class PlayersBody(msgspec.Struct):
    data: Players


class PlayerBody(msgspec.Struct):
    data: WirePlayer


class WireStrike(msgspec.Struct):
    strike_id: str
    event_id: Id
    market_id: Id
    type: str = ""
    sub_type: str = ""

    def __post_init__(self) -> None:
        said(self.strike_id, self.type, self.sub_type)


class StrikesBody(msgspec.Struct):
    data: list[msgspec.Raw] | None


class LadderBody(msgspec.Struct):
    data: list[int]


class WireConfig(msgspec.Struct):
    """Flat. `ws_port` and `ws_secure` come from a practice exchange only, and count for loopback hosts only."""

    key: str
    cluster: str = ""
    ws_host: str = ""
    service: str = ""
    ws_port: int = 0
    ws_secure: bool = True

    def __post_init__(self) -> None:
        said(self.key, self.cluster, self.ws_host, self.service)


class Scope(msgspec.Struct):
    """The venue's guide shows the id as a number, and sends ids as text elsewhere on the stream."""

    event_id: int | Annotated[str, msgspec.Meta(pattern="^[0-9]{1,18}$")] = 0
    sub_type: str | None = None


class AuthorizedChannel(msgspec.Struct):
    channel_name: str
    auth: str = ""
    scope: Scope | None = None


class Authenticated(msgspec.Struct):
    auth: str = ""
    user_data: str = ""


class Registration(msgspec.Struct):
    """Its parts are read one by one: an odd one takes nothing from the others."""

    authorized_channel: list[msgspec.Raw] | None = None
    authenticated: Authenticated | None = None
    channel_limit: object = 0
    rejected: list[object] | None = None


class RegistrationBody(msgspec.Struct):
    data: Registration


class WireOrder(msgspec.Struct, kw_only=True):
    """An order in a reply, in history or in a push; a push adds this fill's `fill_price` and `filled_quantity`.

    `profit_status` and `update_status` are what a page of the guide between two versions calls `winning_status` and `update_type`.
    `external_user_id` is for whom an order of a B2B account is; one that is told in other letters is not read as an order for nobody.
    """

    order_id: str = ""
    id: str = ""
    external_id: str | msgspec.UnsetType | None = ""
    external_user_id: str | None = ""
    user_in_other_letters: object = msgspec.field(default=None, name="externalUserId")
    sport_event_id: Id = 0
    market_id: Id = 0
    outcome_id: Id = 0
    strike: Decimal | None = None
    strike_id: str
    price: Number | None
    quantity: Decimal | None
    original_quantity: Decimal | None = None
    filled_quantity: Decimal | None = None
    total_filled_quantity: Decimal | None = None
    open_quantity: Decimal | None = None
    profit: Decimal | None = None
    fill_price: Number | None = None
    status: str
    matching_status: str | None = ""
    winning_status: str = ""
    profit_status: str = ""
    update_type: str = ""
    update_status: str = ""
    sequence_number: Id = 0
    created_at: str | int | None = None
    updated_at: str | int | None = None

    def __post_init__(self) -> None:
        if not (self.order_id or self.id):
            raise ValueError("an order has no id")
        if self.user_in_other_letters is not None:
            raise ValueError("it is told in other words")
        said(self.order_id, self.id, self.external_id, self.external_user_id, self.strike_id)
        said(self.status, self.matching_status, self.winning_status, self.profit_status, self.update_type, self.update_status)


class WireOrderRow(WireOrder, kw_only=True):
    """An order in history: there how far it is matched is told, if only as null; and that it has no reference is noticed."""

    external_id: str | msgspec.UnsetType | None = msgspec.UNSET
    matching_status: str | None


class LocationCheck(msgspec.Struct):
    success: bool


class Submission(msgspec.Struct):
    """A submit as it leaves, read back."""

    external_id: str
    strike_id: str
    price: int
    quantity: Decimal


class OrderReply(msgspec.Struct):
    """A `wager` or a `Success` is what it was called before: it is not read as an answer without an order."""

    order: WireOrder | None = None
    success: bool | None = None
    wager: object = None
    old_success: object = msgspec.field(default=None, name="Success")

    def __post_init__(self) -> None:
        if (self.wager is not None and self.order is None) or (self.old_success is not None and self.success is None):
            raise ValueError("it is told in other words")


class OrderReplyBody(msgspec.Struct):
    data: OrderReply


class OrderBody(msgspec.Struct):
    data: WireOrder


class Orders(msgspec.Struct):
    orders: list[msgspec.Raw] | None
    next_cursor: object = msgspec.UNSET


class HistoryBody(msgspec.Struct):
    data: Orders
    last_synced_at: str | int | None = None


class WireTrade(msgspec.Struct, kw_only=True):
    id: str | int
    order_id: str
    price: Number | None
    fill_price: Number | None = None
    quantity: Decimal | None
    profit: Decimal | None = None
    status: str = ""
    winning_status: str = ""
    strike: Decimal | None = None
    matched_at: str | int | None = None

    def __post_init__(self) -> None:
        said(self.id, self.order_id, self.status, self.winning_status)


class Trades(msgspec.Struct):
    trades: list[msgspec.Raw] | None
    next_cursor: object = msgspec.UNSET


class TradesBody(msgspec.Struct):
    data: Trades
    last_synced_at: str | int | None = None


class WireTransaction(msgspec.Struct):
    id: str | int
    transaction_type: str
    amount: Decimal | None
    balance: Decimal | None = None
    order_id: str | None = None
    wager_id: object = None
    trade_id: str | int | None = None
    created_at: str | int | None = None

    def __post_init__(self) -> None:
        if self.wager_id is not None and self.order_id is None:
            raise ValueError("it is told in other words")
        said(self.id, self.transaction_type, self.order_id, self.trade_id)


class Transactions(msgspec.Struct):
    transactions: list[msgspec.Raw] | None
    next_cursor: object = msgspec.UNSET


class TransactionsBody(msgspec.Struct):
    data: Transactions
    last_synced_at: str | int | None = None


class Submissions(msgspec.Struct):
    """A batch as it leaves, read back."""

    data: list[Submission]


class FailedRequest(msgspec.Struct):
    external_id: str = ""


class FailedRow(msgspec.Struct):
    """A row that was not placed or not cancelled: which one it says it is, twice."""

    error: str | int | None = None
    message: str | None = None
    index: int | None = None
    request: FailedRequest | None = None

    def __post_init__(self) -> None:
        said(self.error, self.message)


class Batch(msgspec.Struct):
    succeed_orders: list[msgspec.Raw] | msgspec.UnsetType | None = msgspec.UNSET
    failed_orders: list[msgspec.Raw] | msgspec.UnsetType | None = msgspec.UNSET

    def __post_init__(self) -> None:
        if self.succeed_orders is msgspec.UNSET and self.failed_orders is msgspec.UNSET:
            raise ValueError("a batch was answered without its rows")


class BatchSubmitBody(msgspec.Struct):
    data: Batch


class BatchCancelBody(msgspec.Struct):
    data: Batch | list[msgspec.Raw]


class MatchedDetail(msgspec.Struct, kw_only=True):
    order_id: str
    price: Number | msgspec.UnsetType | None = msgspec.UNSET
    fill_price: Number | None = None
    quantity: Decimal

    def __post_init__(self) -> None:
        if self.price is msgspec.UNSET and self.fill_price is None:
            raise ValueError("a match has no price")


class MatchedDetails(msgspec.Struct):
    matching_details: list[msgspec.Raw] | None


class MatchedDetailsBody(msgspec.Struct):
    data: MatchedDetails


# Pushes


class Frame(msgspec.Struct):
    event: str = ""
    channel: str = ""
    data: msgspec.Raw = msgspec.Raw(b"null")


class Envelope(msgspec.Struct):
    change_type: str
    op: str = ""
    payload: str = ""


class DepthInfo(msgspec.Struct, kw_only=True):
    type: str = ""
    selections: list[list[WireLevel] | None] | None
    strike: Decimal | None = None
    sequence_number: Id = 0


class DepthAbout(msgspec.Struct):
    """What of a depth push says which event it is about, where the rest of it cannot be read."""

    sport_event_id: Id


class DepthPush(msgspec.Struct):
    sport_event_id: Id
    market_id: Id
    info: DepthInfo


class OrderPush(msgspec.Struct):
    info: WireOrder


class EventPush(msgspec.Struct):
    """`info` is left out, or its event_id is 0, when the event was unlisted."""

    id: str | int = ""
    info: msgspec.Raw = msgspec.Raw(b"{}")


class MarketInfo(msgspec.Struct):
    id: Id
    sport_event_id: Id
    status: str


class MarketPush(msgspec.Struct):
    info: MarketInfo


class StrikeInfo(msgspec.Struct):
    sport_event_id: Id


class StrikePush(msgspec.Struct):
    info: StrikeInfo


class MatchInfo(msgspec.Struct):
    """What was matched on a market, by whomever."""

    sport_event_id: Id
    market_id: Id
    strike_id: str
    price: Number | None
    filled_quantity: Decimal | None


class MatchPush(msgspec.Struct):
    info: MatchInfo


class TournamentPush(msgspec.Struct):
    info: WireTournament


class Established(msgspec.Struct):
    socket_id: str


class PusherError(msgspec.Struct):
    code: int | None = None
    message: str = ""
