"""Every path of the Trading API, in the words of its spelling."""

from __future__ import annotations

from typing import Any

import pytest

from app.practice.wire.names import Vocabulary
from app.practice.wire.paths import ROOTED, ROWS, Row
from tests.practice.kit import Api, new_id, pre_match_strike

V4, SEED, LEGACY, BOTH = Vocabulary.V4, Vocabulary.SEED, Vocabulary.LEGACY, Vocabulary.BOTH


def rows(*names: str) -> list[Any]:
    return [pytest.param(row, id=row.path) for row in ROWS if row.name in names]


def words(row: Row) -> tuple[bool, bool]:
    """Whether the path's answers carry today's words, and the old ones."""
    return row.vocabulary is not LEGACY, row.vocabulary in (LEGACY, BOTH)


def order_request(api: Api, row: Row, quantity: float = 5) -> dict[str, object]:
    _, strike = pre_match_strike(api.exchange)
    strike_id = strike.outcomes[0].strike_id
    if row.vocabulary is LEGACY:
        return {"external_id": new_id(), "line_id": strike_id, "odds": 25_000, "stake": quantity}
    return {"external_id": new_id(), "strike_id": strike_id, "price": 25_000, "quantity": quantity}


def check_order(order: dict[str, Any], row: Row) -> None:
    has_new, has_old = words(row)
    assert {"order_id", "price", "quantity", "strike_id", "open_quantity"} <= order.keys() or not has_new
    assert {"id", "odds", "stake", "line_id", "unmatched_stake"} <= order.keys() or not has_old
    assert has_new or "order_id" not in order
    assert has_old or "odds" not in order
    assert ("id" in order) == (row.vocabulary is not V4)
    if row.vocabulary is SEED:
        assert order["id"] == order["order_id"]


def wrapper(row: Row, word: str) -> str:
    return word.replace("order", "wager") if row.vocabulary is LEGACY else word


def test_every_named_path_is_in_the_table_once() -> None:
    places = [(row.method, row.path) for row in ROWS]

    assert len(places) == len(set(places))
    assert len({row.name for row in ROWS}) == 28


@pytest.mark.parametrize("row", rows("submit"))
async def test_an_order_is_placed_in_the_words_of_the_path(api: Api, row: Row) -> None:
    reply = await api.post(row.path, order_request(api, row))

    data = reply.json()["data"]
    assert (reply.status_code, data["success"]) == (200, True)
    assert data[wrapper(row, "order")]["status"] == "inactive"
    check_order(data[wrapper(row, "order")], row)


@pytest.mark.parametrize("row", rows("submit"))
async def test_a_path_does_not_take_the_other_vocabulary(api: Api, row: Row) -> None:
    foreign = Row("POST", row.path, row.name, V4 if row.vocabulary is LEGACY else LEGACY)

    reply = await api.post(row.path, order_request(api, foreign))

    expected = "invalid_line_id" if row.vocabulary is LEGACY else "invalid_strike_id"
    assert (reply.status_code, reply.json()["error"]) == (400, expected)


@pytest.mark.parametrize("row", rows("submit_many"))
async def test_a_batch_reports_row_by_row(api: Api, row: Row) -> None:
    good, bad = order_request(api, row), order_request(api, row, quantity=0)

    reply = await api.post(row.path, {"data": [bad, good]})

    data = reply.json()["data"]
    assert reply.status_code == 200
    assert data.keys() == {wrapper(row, "succeed_orders"), wrapper(row, "failed_orders")}
    check_order(data[wrapper(row, "succeed_orders")][0], row)
    (failed,) = data[wrapper(row, "failed_orders")]
    assert failed.keys() == {"request", "error", "message", "index"}
    assert failed["request"] == bad
    assert failed["index"] == 0
    assert failed["error"] == ("invalid_stake" if row.vocabulary is LEGACY else "invalid_quantity")


@pytest.mark.parametrize("row", rows("cancel"))
async def test_an_order_is_cancelled_in_the_words_of_the_path(api: Api, row: Row) -> None:
    order = await api.rest_an_order()
    name = "wager_id" if row.vocabulary is LEGACY else "order_id"

    reply = await api.post(row.path, {name: order["order_id"], "external_id": order["external_id"]})

    data = reply.json()["data"]
    assert (reply.status_code, data["success"]) == (200, True)
    assert data[wrapper(row, "order")]["status"] == "canceled"
    check_order(data[wrapper(row, "order")], row)


@pytest.mark.parametrize("row", rows("cancel_many"))
async def test_a_batch_of_cancels_reports_row_by_row(api: Api, row: Row) -> None:
    order = await api.rest_an_order()
    name = "wager_id" if row.vocabulary is LEGACY else "order_id"
    known = {name: order["order_id"], "external_id": order["external_id"]}

    reply = await api.post(row.path, {"data": [known, {name: "nothing", "external_id": "x"}]})

    data = reply.json()["data"]
    check_order(data[wrapper(row, "succeed_orders")][0], row)
    assert data[wrapper(row, "failed_orders")][0]["index"] == 1
    assert data[wrapper(row, "failed_orders")][0]["error"] == f"invalid_{wrapper(row, 'order')}_id"


@pytest.mark.parametrize("row", rows("cancel_all", "cancel_by_event", "cancel_by_market"))
async def test_many_orders_are_cancelled_at_once(api: Api, row: Row) -> None:
    order = await api.rest_an_order()
    body = {"event_id": order["sport_event_id"], "market_id": str(order["market_id"])}

    reply = await api.post(row.path, b"" if row.name == "cancel_all" else body)
    again = await api.post(row.path, b"{}" if row.name == "cancel_all" else body)

    check_order(reply.json()["data"][wrapper(row, "orders")][0], row)
    assert again.status_code == 404
    assert again.json()["error"] == f"no_cancellable_{wrapper(row, 'orders')}"


@pytest.mark.parametrize("row", rows("order"))
async def test_an_order_is_read_back(api: Api, row: Row) -> None:
    order = await api.rest_an_order()

    reply = await api.get(row.path.replace("{id}", order["order_id"]))

    document = reply.json()
    check_order(document["data"], row)
    assert document["data"]["status"] == "open"
    assert document["data"]["created_at"].endswith("Z")
    assert document["last_synced_at"].endswith("Z")
    assert ("original_stake" in document["data"]) == (row.vocabulary is LEGACY)


@pytest.mark.parametrize("row", rows("orders"))
async def test_the_history_has_the_order(api: Api, row: Row) -> None:
    order = await api.rest_an_order()

    reply = await api.get(row.path, **{"from": api.clock.now // 10**9 - 60})

    document = reply.json()
    assert document.keys() == {"data", "last_synced_at"}
    (read,) = document["data"][wrapper(row, "orders")]
    check_order(read, row)
    assert order["order_id"] == read["id" if row.vocabulary is LEGACY else "order_id"]


@pytest.mark.parametrize("row", rows("matched_details"))
async def test_matched_details_list_the_fills_of_an_order(api: Api, row: Row) -> None:
    order = await api.fill_an_order()
    name = "wager_id" if row.vocabulary is LEGACY else "order_id"

    reply = await api.get(row.path, **{name: order["order_id"]})

    (detail,) = reply.json()["data"]["matching_details"]
    assert detail[name] == order["order_id"]
    assert detail["stake" if row.vocabulary is LEGACY else "quantity"] == 5


@pytest.mark.parametrize("row", rows("trades"))
async def test_trades_list_the_fills_of_the_account(api: Api, row: Row) -> None:
    order = await api.fill_an_order()

    data = (await api.get(row.path)).json()["data"]

    (trade,) = data["matched_bets" if row.vocabulary is LEGACY else "trades"]
    assert isinstance(trade["id"], int)
    assert trade["wager_id" if row.vocabulary is LEGACY else "order_id"] == order["order_id"]


@pytest.mark.parametrize("row", rows("transactions"))
async def test_the_statement_calls_a_match_by_the_words_of_the_path(api: Api, row: Row) -> None:
    await api.fill_an_order()
    kind = "BET" if row.vocabulary is LEGACY else "TRADE"

    reply = await api.get(row.path, transaction_type=kind)

    (transaction,) = reply.json()["data"]["transactions"]
    assert transaction["transaction_type"] == kind
    assert transaction["amount"] == -5


@pytest.mark.parametrize("row", rows("balance"))
async def test_the_balance_has_the_words_of_the_path(api: Api, row: Row) -> None:
    data = (await api.get(row.path)).json()["data"]

    assert data["balance"] == 10_000
    assert data["gec_balance"] == 0
    assert data["matched_order_balance"] == 0
    assert data["unmatched_order_balance_status"] == "succeed"
    assert ("matched_wager_balance" in data) == (row.vocabulary is BOTH)
    assert ("unmatched_wager_last_synced_at" in data) == (row.vocabulary is BOTH)


@pytest.mark.parametrize("row", rows("markets", "multiple_markets"))
async def test_markets_have_the_words_of_the_path(api: Api, row: Row) -> None:
    market, _ = pre_match_strike(api.exchange)
    event_id = market.event_id

    reply = await api.get(row.path, **{"event_id" if row.name == "markets" else "event_ids": event_id})

    data = reply.json()["data"]
    markets = data["markets"] if row.name == "markets" else data[str(event_id)]
    has_new, has_old = words(row)
    spread = next(each for each in markets if each["type"] == "spread")
    moneyline = next(each for each in markets if each["type"] == "moneyline")
    level = moneyline["selections"][0][0]
    assert ("market_strikes" in spread, "market_lines" in spread) == (has_new, has_old)
    assert ("strike_id" in level, "line_id" in level) == (has_new, has_old)
    assert ("display_price" in level, "display_odds" in level) == (has_new, has_old)
    assert ("price" in level, "odds" in level) == (has_new, has_old)


@pytest.mark.parametrize("row", rows("price_ladder"))
async def test_every_ladder_is_the_555_prices(api: Api, row: Row) -> None:
    ladder = (await api.get(row.path)).json()["data"]

    assert len(ladder) == 555
    assert ladder == sorted(ladder)
    assert -100 not in ladder


@pytest.mark.parametrize("row", rows("register"))
async def test_registration_binds_the_private_channel_to_the_words_of_the_path(api: Api, row: Row) -> None:
    reply = await api.post(row.path, {"socket_id": "123.456"})

    channels = reply.json()["data"]["authorized_channel"]
    private = next(each for each in channels if each["channel_name"].endswith(f"user={api.account.user_id}"))
    assert private["binding_events"][0]["name"] == ("orders" if row.vocabulary is V4 else "wagers")


@pytest.mark.parametrize("row", rows("tournaments", "search_markets", "players", "connection_config", "sport_events", "strikes", "player"))
async def test_the_paths_of_one_spelling_answer(api: Api, row: Row) -> None:
    market, strike = pre_match_strike(api.exchange)
    player = (await api.get("/mm/get_players")).json()["data"]["players"][0]
    query = {"event_ids": market.event_id, "strike_ids": strike.outcomes[0].strike_id}

    reply = await api.get(row.path.replace("{id}", str(player["id"])), **query)

    assert reply.status_code == 200


@pytest.mark.parametrize("row", [pytest.param(row, id=row.path) for row in ROWS if row.name not in ("login", "refresh")])
async def test_every_path_wants_a_token(api: Api, row: Row) -> None:
    del api.http.headers["Authorization"]

    host = "http://practice" if row.name in ROOTED else ""
    reply = await api.http.request(row.method, host + row.path.replace("{id}", "1"))

    assert (reply.status_code, reply.json()) == (401, {"error": "unauthorized", "message": "Unauthorized"})


async def test_an_unknown_path_answers_in_the_shape_of_errors(api: Api) -> None:
    reply = await api.get("/v4/mm/submit_orders")

    assert (reply.status_code, reply.json()) == (404, {"error": "data_not_found", "message": "Data not found"})


async def test_a_wrong_method_answers_in_the_shape_of_errors(api: Api) -> None:
    reply = await api.get("/v4/mm/submit_order")

    assert (reply.status_code, reply.json()["error"]) == (405, "invalid_request")
