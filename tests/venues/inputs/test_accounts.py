"""I-32 to I-38: balances, orders, registrations and cursors that are not what they should be."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from app.domain.errors import UnreadableError, VenueError
from app.domain.events import Topic
from app.domain.market import MarketKey
from app.domain.odds import from_american
from app.domain.order import HistoryQuery, Order, OrderState
from tests.services.fakes import turn
from tests.venues.inputs.kit import DRAFT, GAME, GOOD, HOME, NOW, Floor, floor, open_floor, outcome, packed
from tests.venues.samples import changed, document, sample

MONEYLINE = MarketKey(GAME, 219, Decimal(0))
WINDOW = HistoryQuery(datetime(2026, 9, 12, tzinfo=UTC), datetime(2026, 9, 13, tzinfo=UTC))
ABSENT = "@absent"


# I-32


def balance_with(**fields: object) -> bytes:
    told = json.loads(GOOD["v4/mm/get_balance"])
    told["data"] |= {name: "@raw" if isinstance(value, bytes) else value for name, value in fields.items()}
    for name in [name for name, value in fields.items() if value == ABSENT]:
        del told["data"][name]
    raw = [value for value in fields.values() if isinstance(value, bytes)]
    return packed(told).replace(b'"@raw"', raw[0]) if raw else packed(told)


ODD_MONEY: dict[str, object] = {
    "missing": ABSENT, "null": None, "negative": -1, "text": "1000", "words": "plenty", "empty": "", "1e15": 1e15, "three decimals": 10.005,
    "17 decimals": b"100.00000000000000001", "30 digits": 10**30, "true": True, "list": [1], "dict": {"amount": 1},
}  # fmt: skip
AMOUNTS = ("balance", "matched_order_balance", "unmatched_order_balance")


@pytest.mark.parametrize("value", ODD_MONEY.values(), ids=ODD_MONEY)
@pytest.mark.parametrize("field", AMOUNTS)
async def test_i32_a_balance_that_is_none_is_unknown_and_keeps_orders_off(field: str, value: object) -> None:
    async with open_floor() as one:
        assert one.offers()
        one.bodies["v4/mm/get_balance"] = balance_with(**{field: value})
        with pytest.raises(UnreadableError):
            await one.desk.account.read()
        assert len(one.faults) == 1
        assert one.desk.account.balance is None
        assert one.desk.account.free is None
        assert one.offers() == set()
        assert one.refuses(MONEYLINE, HOME, from_american(146)).startswith("BALANCE: The venue has not told the balance")


async def test_i32_a_balance_that_was_unknown_is_asked_for_again_and_opens_the_orders() -> None:
    async with open_floor() as one:
        one.bodies["v4/mm/get_balance"] = balance_with(balance=ABSENT)
        with pytest.raises(UnreadableError):
            await one.desk.account.read()
        one.bodies["v4/mm/get_balance"] = GOOD["v4/mm/get_balance"]
        watching = one.desk.tasks.start(one.desk.session._watch_money())
        one.desk.session._money_moved.set()
        await turn(200)
        watching.cancel()
        assert one.desk.account.balance is not None
        assert one.offers()


async def test_i32_a_venue_that_does_not_answer_takes_nothing_from_what_is_known() -> None:
    async with open_floor() as one:
        known = one.desk.account.balance
        one.bodies["v4/mm/get_balance"] = (503, b"")
        with pytest.raises(VenueError):
            await one.desk.account.read()
        assert one.desk.account.balance == known


@pytest.mark.parametrize("fields", [{"currency": "USD"}, {"currency": None}, {"gec_balance": ABSENT}, {"gec_balance": "x"}], ids=str)
async def test_i32_a_balance_with_or_without_a_currency_is_a_balance(fields: dict[str, object]) -> None:
    async with open_floor(v4__mm__get_balance=balance_with(**fields)) as one:
        assert one.desk.account.balance is not None
        assert one.desk.account.balance.cash == Decimal("10000.50")


@pytest.mark.parametrize("status", ["failed", "", None, ABSENT, "SUCCEED", "unheard_of"])
async def test_i32_an_unmatched_figure_whose_status_is_not_succeed_is_not_trusted(status: object) -> None:
    async with open_floor(v4__mm__get_balance=balance_with(unmatched_order_balance_status=status)) as one:
        assert one.desk.account.balance is not None
        assert not one.desk.account.balance.is_trusted


# I-33


def row(**fields: object) -> dict[str, Any]:
    """An order of ten on the home side, as the history has it."""
    told: dict[str, Any] = {
        "order_id": "9f1c0a5e-0001", "external_id": "", "sport_event_id": GAME, "market_id": 219, "outcome_id": 4, "strike": 0,
        "strike_id": HOME,
        "price": 146, "quantity": 10, "filled_quantity": 0, "open_quantity": 10, "profit": 14.6, "matching_status": "unmatched",
        "status": "open", "winning_status": "tbd", "created_at": 1788359521, "updated_at": 1788359521,
    }  # fmt: skip
    told |= fields
    return {name: value for name, value in told.items() if value != ABSENT}


async def read(one: Floor, *told: dict[str, Any]) -> list[Order]:
    """The blotter's orders after the venue's record was read."""
    one.bodies["v4/mm/get_order_history"] = packed({"data": {"orders": list(told), "next_cursor": ""}})
    history = await one.client.history(WINDOW)
    one.desk.blotter.apply_all(history.reports)
    return list(one.desk.blotter.orders.values())


def pushed_order(one: Floor, **fields: object) -> Order:
    """The same as a push: `filled_quantity` is this fill, `total_filled_quantity` all of it."""
    told = row(**fields)
    told |= {"total_filled_quantity": told.get("filled_quantity"), "filled_quantity": 0, "update_type": "status", "sequence_number": 1}
    one.push("order", {"info": told})
    (order,) = one.desk.blotter.orders.values()
    return order


PAIRS: list[tuple[dict[str, object], OrderState, int]] = [
    ({"status": "unheard_of"}, OrderState.UNRECOGNISED, 10),
    ({"status": "OPEN"}, OrderState.UNRECOGNISED, 10),
    ({"status": "<b>"}, OrderState.UNRECOGNISED, 10),
    ({"matching_status": "unheard_of"}, OrderState.OPEN, 10),
    ({"matching_status": ""}, OrderState.OPEN, 10),
    ({"status": "inactive", "matching_status": "fully_matched", "filled_quantity": 10, "open_quantity": 0}, OrderState.FILLED, 10),
    ({"status": "open", "matching_status": "unmatched", "filled_quantity": 4, "open_quantity": 6}, OrderState.PART, 10),
    ({"status": "open", "matching_status": "fully_matched", "filled_quantity": 0}, OrderState.OPEN, 10),
    ({"status": "canceled", "filled_quantity": 4, "open_quantity": 0}, OrderState.CANCELLED_REST, 4),
    ({"status": "open", "winning_status": "profit"}, OrderState.OPEN, 10),
    ({"status": "open", "winning_status": "unheard_of"}, OrderState.OPEN, 10),
]


@pytest.mark.parametrize(("fields", "state", "risk"), PAIRS, ids=[str(fields) for fields, _, _ in PAIRS])
@pytest.mark.parametrize("by", ["history", "push"])
async def test_i33_an_order_of_any_words_is_shown_and_counts_with_the_larger_reading(
    by: str, fields: dict[str, object], state: OrderState, risk: int
) -> None:
    async with open_floor() as one:
        order = pushed_order(one, **fields) if by == "push" else (await read(one, row(**fields)))[0]
        assert order.state is state
        assert order.at_risk == risk
        assert one.desk.blotter.risk_of_selection(HOME) == risk


@pytest.mark.parametrize("by", ["history", "push"])
async def test_i33_more_filled_than_asked_for_is_an_alarm_counted_in_full_and_halts_the_market(by: str) -> None:
    fields: dict[str, object] = {"filled_quantity": 12, "open_quantity": 0, "matching_status": "fully_matched"}
    async with open_floor() as one:
        order = pushed_order(one, **fields) if by == "push" else (await read(one, row(**fields)))[0]
        assert "12.00" in one.desk.blotter.orders[order.ref].alarm
        assert order.at_risk == 12
        assert 219 not in {offer.market.market_id for offer in one.offers()}


@pytest.mark.parametrize(
    ("open_quantity", "filled", "risk"), [(10, 4, 14), (0, 4, 10), (3, 4, 10), (100, 0, 100), (-1, 4, 10), (6, 4.01, "10.01")]
)
@pytest.mark.parametrize("by", ["history", "push"])
async def test_i33_open_and_filled_that_do_not_make_the_quantity_are_flagged_and_the_larger_reading_counts(
    by: str, open_quantity: float, filled: float, risk: float | str
) -> None:
    fields: dict[str, object] = {"open_quantity": open_quantity, "filled_quantity": filled, "matching_status": "partially_matched"}
    async with open_floor() as one:
        order = pushed_order(one, **fields) if by == "push" else (await read(one, row(**fields)))[0]
        assert one.desk.blotter.orders[order.ref].alarm
        assert order.at_risk == Decimal(str(risk))


@pytest.mark.parametrize(
    "fields",
    [
        {"quantity": 3, "filled_quantity": 3, "open_quantity": 0, "matching_status": "fully_matched"},  # a cancelled rest
        {"status": "canceled", "open_quantity": 0},
        {"open_quantity": ABSENT},
        {"open_quantity": None},
        {"status": "closed", "filled_quantity": 10, "open_quantity": 0, "matching_status": "fully_matched", "winning_status": "loss"},
    ],
    ids=str,
)
async def test_i33_figures_that_agree_or_are_not_told_are_nobodys_alarm(fields: dict[str, object]) -> None:
    async with open_floor() as one:
        (order,) = await read(one, row(**fields))
        assert order.alarm == ""


async def test_i33_the_same_odd_order_read_again_and_again_is_one_alarm() -> None:
    async with open_floor() as one:
        for _ in range(3):
            await read(one, row(open_quantity=10, filled_quantity=4))
        said = [notice.words for notice in one.desk.notices.lines if "do not make" in notice.words]
        assert len(said) == 1


@pytest.mark.parametrize("profit", [-14.6, "-14.6", -0.01])
async def test_i33_a_profit_of_the_wrong_sign_is_flagged_and_changes_no_figure(profit: object) -> None:
    async with open_floor() as one:
        (order,) = await read(one, row(profit=profit))
        assert order.alarm
        assert (order.at_risk, order.to_win) == (Decimal(10), Decimal("14.60"))


@pytest.mark.parametrize("field", ["quantity", "filled_quantity", "original_quantity"])
@pytest.mark.parametrize("value", [-10, 1e12, 10**30, "10,50"])
async def test_i33_an_amount_that_cannot_be_never_becomes_exposure_below_what_is_known(field: str, value: object) -> None:
    async with open_floor() as one:
        await read(one, row(order_id="other", price=150))
        await read(one, row(order_id="other", price=150), row(**{field: value}))
        held = one.desk.blotter.risk_of_selection(HOME)
        assert Decimal(0) <= held
        assert held >= 10
        assert held < 10**9


# I-34


async def ours(one: Floor) -> Order:
    """An order of this program that the venue has taken."""
    order = Order("ov-1", DRAFT, placed_at=one.clock.now(), quantity=DRAFT.stake)
    one.desk.blotter.add(order)
    await read(one, row(external_id="ov-1"))
    return one.desk.blotter.orders["ov-1"]


async def test_i34_an_order_without_a_reference_is_adopted_under_the_venues_id() -> None:
    async with open_floor() as one:
        (order,) = await read(one, row(external_id=ABSENT))
        assert order.is_elsewhere
        assert (order.ref, order.venue_ref) == ("9f1c0a5e-0001", "")


@pytest.mark.parametrize("external_id", ["OV-1", "ov-1 ", " ov-1", "ov-2", "ov-1\n", "somebody-7", "x" * 1000, "ov\u20101"])
async def test_i34_a_reference_that_is_not_exactly_ours_is_somebody_elses(external_id: str) -> None:
    async with open_floor() as one:
        mine = await ours(one)
        orders = await read(one, row(order_id="9f1c0a5e-0002", external_id=external_id))
        other = next(order for order in orders if order.venue_order_id == "9f1c0a5e-0002")
        assert other.is_elsewhere
        assert one.desk.blotter.orders["ov-1"] == mine


@pytest.mark.parametrize("external_id", [17, None, ["ov-1"], {"id": "ov-1"}, True])
async def test_i34_a_reference_that_is_no_text_never_becomes_ours(external_id: object) -> None:
    async with open_floor() as one:
        mine = await ours(one)
        await read(one, row(order_id="9f1c0a5e-0002", external_id=external_id))
        assert one.desk.blotter.orders["ov-1"] == mine


async def test_i34_another_order_under_our_reference_is_flagged_and_ours_stays() -> None:
    async with open_floor() as one:
        await ours(one)
        orders = await read(one, row(order_id="9f1c0a5e-0002", external_id="ov-1", price=-146))
        assert len(orders) == 2
        assert any(order.alarm and order.is_elsewhere for order in orders)
        assert one.desk.blotter.orders["ov-1"].odds.american == 146


@pytest.mark.parametrize(
    "other", [{"price": -146}, {"strike_id": "0" * 32}, {"quantity": 500, "original_quantity": 500}, {"sport_event_id": 7}]
)
async def test_i34_one_order_id_with_two_contents_keeps_what_we_asked_for(other: dict[str, object]) -> None:
    async with open_floor() as one:
        await ours(one)
        orders = await read(one, row(external_id="ov-1"), row(external_id="ov-1", **other))
        mine = one.desk.blotter.orders["ov-1"]
        assert (mine.odds.american, mine.stake, mine.draft.selection_id, mine.draft.market) == (146, Decimal(10), HOME, MONEYLINE)
        assert sum(order.at_risk for order in orders) >= 10


@pytest.mark.parametrize("order_id", ["", ABSENT, None, 10**30, 1.5, ["x"], True])
async def test_i34_an_order_without_an_id_of_its_own_is_said_and_takes_nothing_from_the_others(order_id: object) -> None:
    async with open_floor() as one:
        orders = await read(one, row(order_id=order_id), row(order_id="9f1c0a5e-0002"))
        assert [order.venue_order_id for order in orders] == ["9f1c0a5e-0002"]
        assert len(one.faults) == 1


@pytest.mark.parametrize(
    "change", [{"external_id": "OV-1"}, {"external_id": ""}, {"order_id": ""}, {"order_id": None, "id": None}], ids=str
)
async def test_i34_a_reply_to_an_order_that_is_not_about_it_leaves_it_unknown(change: dict[str, object]) -> None:
    told = document("order")
    told["data"]["order"] |= change
    async with floor(v4__mm__submit_order=packed(told)) as one:
        assert type(await outcome(one, "place")).__name__ == "UnknownError"


# I-37

CHANNELS = ("data", "authorized_channel")
TOPICS = [Topic(GAME), Topic(GAME, "player_total_passing_yards")]


async def granted(one: Floor, body: bytes) -> Any:
    one.bodies["v4/mm/websocket"] = body
    return await one.client.register("1.1", TOPICS)


@pytest.mark.parametrize("index", range(4))
@pytest.mark.parametrize(
    "change",
    [{"auth": ""}, {"auth": ABSENT}, {"auth": None}, {"auth": 7}, {"channel_name": None}, {"channel_name": 7}, {"channel_name": ABSENT}],
    ids=str,
)
async def test_i37_a_channel_without_a_name_or_auth_is_said_and_the_others_are_had(index: int, change: dict[str, object]) -> None:
    told = document("register")
    channel = told["data"]["authorized_channel"][index]
    channel |= change
    for name in [name for name, value in channel.items() if value == ABSENT]:
        del channel[name]
    async with floor() as one:
        full = await granted(one, sample("register"))
        less = await granted(one, packed(told))
        assert [grant.name for grant in less.grants] == [grant.name for place, grant in enumerate(full.grants) if place != index]
        assert len(less.faults) == 1


@pytest.mark.parametrize("channels", [None, []])
async def test_i37_no_channel_at_all_is_said(channels: object) -> None:
    async with floor() as one:
        told = await granted(one, changed("register", CHANNELS, channels))
        assert told.grants == ()
        assert told.faults


async def test_i37_a_channel_that_comes_twice_is_one() -> None:
    body = document("register")
    body["data"]["authorized_channel"] *= 2
    async with floor() as one:
        told = await granted(one, packed(body))
        assert len({grant.name for grant in told.grants}) == len(told.grants) == 4


@pytest.mark.parametrize("row", [None, 7, "x", [], {}], ids=str)
async def test_i37_a_channel_that_is_none_takes_nothing_from_the_others(row: object) -> None:
    body = document("register")
    body["data"]["authorized_channel"].insert(0, row)
    async with floor() as one:
        told = await granted(one, packed(body))
        assert len(told.grants) == 4
        assert len(told.faults) == 1


@pytest.mark.parametrize("rejected", [["x"], [{"type": "event", "id": "19458", "reason": "unknown"}], [None], [7]], ids=str)
async def test_i37_what_was_rejected_is_said(rejected: list[object]) -> None:
    async with floor() as one:
        told = await granted(one, changed("register", ("data", "rejected"), rejected))
        assert len(told.grants) == 4
        assert len(told.faults) == 1


@pytest.mark.parametrize("count", [0, 99, -1, "2", None, 10**30])
async def test_i37_a_count_that_disagrees_is_nobodys_trouble(count: object) -> None:
    async with floor() as one:
        told = await granted(one, changed("register", ("data", "channel_count"), count))
        assert len(told.grants) == 4
        assert told.faults == ()


@pytest.mark.parametrize("limit", [0, -1, None, "400", 1.5, [], True, 10**30])
async def test_i37_a_channel_limit_that_is_none_is_the_first_guess_or_said(limit: object) -> None:
    async with floor() as one:
        told = await granted(one, changed("register", ("data", "channel_limit"), limit))
        assert len(told.grants) == 4
        assert isinstance(told.channel_limit, int)
        assert told.channel_limit >= 1


@pytest.mark.parametrize("scope", [None, 7, [], {"event_id": "x"}, {"event_id": 10**30}, {"event_id": -5}, {"event_id": 7}], ids=str)
async def test_i37_a_channel_of_an_odd_scope_never_stands_for_an_event_that_was_asked_for(scope: object) -> None:
    async with floor() as one:
        told = await granted(one, changed("register", (*CHANNELS, 2, "scope"), scope))
        assert Topic(GAME) not in {grant.topic for grant in told.grants}
        assert Topic(GAME, "player_total_passing_yards") in {grant.topic for grant in told.grants}


# I-38

PAGED = {"history": "orders", "trades": "trades", "transactions": "transactions"}
CURSORS: dict[str, object] = {
    "1 MB": "x" * 1_000_000,
    "number": 17,
    "float": 1.5,
    "true": True,
    "list": ["a"],
    "dict": {"a": 1},
    "1,025": "x" * 1025,
}


def paged(name: str, cursor: object) -> bytes:
    path = {"history": "v4/mm/get_order_history", "trades": "v4/mm/get_trades", "transactions": "v4/mm/get_transactions"}[name]
    told = json.loads(GOOD[path])
    told["data"]["next_cursor"] = cursor
    return packed(told)


@pytest.mark.parametrize("cursor", CURSORS.values(), ids=CURSORS)
async def test_i38_a_history_whose_cursor_cannot_be_followed_is_said_and_not_whole(cursor: object) -> None:
    async with floor(v4__mm__get_order_history=paged("history", cursor)) as one:
        history = await one.client.history(WINDOW)
        assert len(history.reports) == 2
        assert not history.is_whole
        assert len(one.faults) == 1
        assert len(one.words) < 400
        assert sum(request.url.path.endswith("get_order_history") for request in one.asked) == 1


async def test_i38_the_same_cursor_again_ends_the_reading() -> None:
    async with floor(v4__mm__get_order_history=paged("history", "abc")) as one:
        history = await one.client.history(WINDOW)
        assert not history.is_whole
        assert len(one.faults) == 1
        assert sum(request.url.path.endswith("get_order_history") for request in one.asked) == 2


@pytest.mark.parametrize("cursor", ["", None])
async def test_i38_an_empty_cursor_is_the_end(cursor: object) -> None:
    async with floor(v4__mm__get_order_history=paged("history", cursor)) as one:
        assert (await one.client.history(WINDOW)).is_whole
        assert one.faults == []


@pytest.mark.parametrize("name", ["trades", "transactions"])
@pytest.mark.parametrize("cursor", CURSORS.values(), ids=CURSORS)
async def test_i38_a_page_whose_cursor_cannot_be_followed_is_shown_said_and_the_last(name: str, cursor: object) -> None:
    path = {"trades": "v4/mm/get_trades", "transactions": "v4/mm/get_transactions"}[name]
    async with floor() as one:
        one.bodies[path] = paged(name, cursor)
        since = datetime.fromtimestamp(NOW - 60, UTC)
        page = await (one.client.trades(since) if name == "trades" else one.client.transactions())
        assert len(page.rows) == 2
        assert page.next_cursor == ""
        assert len(one.faults) == 1
