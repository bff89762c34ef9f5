"""The shapes of the Trading API's bodies, in v4 names: what msgspec checks at the edge.

Everything the venue may leave out has a default; what it may send as null is optional. Unknown fields are ignored.
"""

from __future__ import annotations

from decimal import Decimal

import msgspec

Number = int | float


class Login(msgspec.Struct):
    access_token: str
    access_expire_time: Number
    refresh_token: str = ""


class LoginBody(msgspec.Struct):
    data: Login


class WireBalance(msgspec.Struct):
    balance: Decimal
    matched_order_balance: Decimal = Decimal(0)
    unmatched_order_balance: Decimal = Decimal(0)
    unmatched_order_balance_status: str = ""
    unmatched_order_last_synced_at: str = ""


class BalanceBody(msgspec.Struct):
    data: WireBalance


class WireSport(msgspec.Struct, frozen=True):
    id: int = 0
    name: str = ""


class WireCategory(msgspec.Struct, frozen=True):
    name: str = ""


class WireTournament(msgspec.Struct):
    id: int
    name: str = ""
    sport: WireSport = WireSport()
    category: WireCategory = WireCategory()


class Tournaments(msgspec.Struct):
    tournaments: list[msgspec.Raw] | None = None


class TournamentsBody(msgspec.Struct):
    data: Tournaments


class WireCompetitor(msgspec.Struct):
    id: int = 0
    name: str = ""
    abbreviation: str = ""
    side: str = ""


class WireEvent(msgspec.Struct):
    event_id: int
    name: str = ""
    display_name: str = ""
    tournament_id: int = 0
    tournament_name: str = ""
    sport_name: str = ""
    scheduled: str = ""
    status: str = ""
    sub_type: str | None = None
    competitors: list[WireCompetitor] | None = None


class Events(msgspec.Struct):
    sport_events: list[msgspec.Raw] | None = None


class EventsBody(msgspec.Struct):
    data: Events


class WireLevel(msgspec.Struct):
    strike_id: str
    name: str = ""
    display_name: str = ""
    outcome_id: int = 0
    strike: Decimal | None = None
    price: Number | None = None
    quantity: Decimal = Decimal(0)
    value: Decimal = Decimal(0)


class WireMarket(msgspec.Struct):
    id: int
    name: str = ""
    type: str = ""
    sub_type: str = ""
    category_name: str = ""
    status: str = ""
    favourite: bool = False
    player_id: int = 0
    strike: Decimal | None = None
    selections: list[list[WireLevel] | None] | None = None
    market_strikes: list[WireMarket] | None = None
    total_filled_quantity: Decimal = Decimal(0)


class MarketsOf(msgspec.Struct):
    markets: list[msgspec.Raw] | None = None


class MarketsBody(msgspec.Struct):
    data: MarketsOf


class MultipleMarketsBody(msgspec.Struct):
    data: dict[str, list[msgspec.Raw] | None]


class WireFoundMarket(msgspec.Struct):
    id: int
    event_id: int
    event_name: str = ""
    name: str = ""
    type: str = ""
    sub_type: str = ""
    status: str = ""
    player_id: int = 0


class WirePlayer(msgspec.Struct):
    id: int
    name: str = ""
    event_id: int = 0


class Players(msgspec.Struct):
    players: list[msgspec.Raw] | None = None


class PlayersBody(msgspec.Struct):
    data: Players


class PlayerBody(msgspec.Struct):
    data: WirePlayer


class WireStrike(msgspec.Struct):
    strike_id: str
    event_id: int
    market_id: int
    type: str = ""
    sub_type: str = ""


class StrikesBody(msgspec.Struct):
    data: list[msgspec.Raw] | None = None


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


class Binding(msgspec.Struct):
    name: str = ""
    type: str = ""


class Scope(msgspec.Struct):
    event_id: int = 0
    sub_type: str = ""


class AuthorizedChannel(msgspec.Struct):
    channel_name: str
    auth: str = ""
    binding_events: list[Binding] | None = None
    scope: Scope | None = None


class Authenticated(msgspec.Struct):
    auth: str = ""
    user_data: str = ""


class Registration(msgspec.Struct):
    authorized_channel: list[AuthorizedChannel] | None = None
    authenticated: Authenticated | None = None
    channel_limit: int = 400


class RegistrationBody(msgspec.Struct):
    data: Registration


class WireOrder(msgspec.Struct):
    """An order in a reply, in history or in a push; a push adds this fill's `fill_price` and `filled_quantity`."""

    order_id: str = ""
    id: str = ""
    external_id: str = ""
    sport_event_id: int = 0
    market_id: int = 0
    outcome_id: int = 0
    strike: Decimal | None = None
    strike_id: str = ""
    price: Number | None = None
    quantity: Decimal | None = None
    original_quantity: Decimal | None = None
    filled_quantity: Decimal | None = None
    total_filled_quantity: Decimal | None = None
    fill_price: Number | None = None
    status: str = ""
    matching_status: str = ""
    winning_status: str = ""
    update_type: str = ""
    sequence_number: int = 0
    created_at: str | int | None = None
    updated_at: str | int | None = None


class Submission(msgspec.Struct):
    """A submit as it leaves, read back."""

    external_id: str
    strike_id: str
    price: int
    quantity: Decimal


class OrderReply(msgspec.Struct):
    order: WireOrder | None = None
    success: bool | None = None


class OrderReplyBody(msgspec.Struct):
    data: OrderReply


class OrderBody(msgspec.Struct):
    data: WireOrder


class Orders(msgspec.Struct):
    orders: list[msgspec.Raw] | None = None
    next_cursor: object = ""


class HistoryBody(msgspec.Struct):
    data: Orders
    last_synced_at: str | int | None = None


class WireTrade(msgspec.Struct):
    id: str | int
    order_id: str = ""
    price: Number | None = None
    fill_price: Number | None = None
    quantity: Decimal | None = None
    profit: Decimal | None = None
    status: str = ""
    winning_status: str = ""
    strike: Decimal | None = None
    matched_at: str | int | None = None


class Trades(msgspec.Struct):
    trades: list[msgspec.Raw] | None = None
    next_cursor: object = ""


class TradesBody(msgspec.Struct):
    data: Trades
    last_synced_at: str | int | None = None


class WireTransaction(msgspec.Struct):
    id: str | int
    transaction_type: str
    amount: Decimal | None = None
    balance: Decimal | None = None
    order_id: str = ""
    trade_id: str | int | None = None
    created_at: str | int | None = None


class Transactions(msgspec.Struct):
    transactions: list[msgspec.Raw] | None = None
    next_cursor: object = ""


class TransactionsBody(msgspec.Struct):
    data: Transactions
    last_synced_at: str | int | None = None


class FailedRow(msgspec.Struct):
    request: dict[str, object] = {}
    error: str = ""
    message: str = ""
    index: int = 0


class Submissions(msgspec.Struct):
    """A batch as it leaves, read back."""

    data: list[Submission]


class FailedRequest(msgspec.Struct):
    external_id: str = ""


class FailedSubmit(msgspec.Struct):
    """A row that was not placed: which one it says it is, twice."""

    error: str = ""
    message: str = ""
    index: int | None = None
    request: FailedRequest | None = None


class BatchSubmit(msgspec.Struct):
    succeed_orders: list[WireOrder] | None = None
    failed_orders: list[FailedSubmit] | None = None


class BatchSubmitBody(msgspec.Struct):
    data: BatchSubmit


class BatchCancel(msgspec.Struct):
    succeed_orders: list[WireOrder] | None = None
    failed_orders: list[FailedRow] | None = None


class BatchCancelBody(msgspec.Struct):
    data: BatchCancel | list[OrderReply]


class MatchedDetail(msgspec.Struct):
    order_id: str = ""
    price: Number | None = None
    fill_price: Number | None = None
    quantity: Decimal = Decimal(0)


class MatchedDetails(msgspec.Struct):
    matching_details: list[MatchedDetail] | None = None


class MatchedDetailsBody(msgspec.Struct):
    data: MatchedDetails


# Pushes


class Frame(msgspec.Struct):
    event: str = ""
    channel: str = ""
    data: msgspec.Raw = msgspec.Raw(b"null")


class Envelope(msgspec.Struct):
    change_type: str = ""
    op: str = ""
    payload: str = ""


class DepthInfo(msgspec.Struct):
    type: str = ""
    selections: list[list[WireLevel] | None] | None = None
    strike: Decimal | None = None
    sequence_number: int = 0


class DepthPush(msgspec.Struct):
    sport_event_id: int
    market_id: int
    info: DepthInfo


class OrderPush(msgspec.Struct):
    info: WireOrder


class EventPush(msgspec.Struct):
    """`info` is left out, or its event_id is 0, when the event was unlisted."""

    id: str | int = ""
    info: msgspec.Raw = msgspec.Raw(b"{}")


class MarketInfo(msgspec.Struct):
    id: int = 0
    sport_event_id: int = 0
    market_id: int = 0
    status: str = ""


class MarketPush(msgspec.Struct):
    info: MarketInfo


class TournamentPush(msgspec.Struct):
    info: WireTournament


class Established(msgspec.Struct):
    socket_id: str


class PusherError(msgspec.Struct):
    code: int | None = None
    message: str = ""
