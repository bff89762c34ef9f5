"""Placing, cancelling and refusing through HTTP."""

from __future__ import annotations

import pytest

from app.practice.wire.errors import REFUSALS
from tests.practice.kit import Api, offered, pre_match_strike, sample, shape_faults


async def refusal(api: Api, body: dict[str, object], path: str = "/v4/mm/submit_order") -> tuple[int, str]:
    reply = await api.post(path, body)
    assert reply.json()["message"]
    return reply.status_code, reply.json()["error"]


def test_the_table_has_the_58_documented_codes_and_one_of_the_register_call() -> None:
    assert len(REFUSALS) == 59
    assert REFUSALS["order_is_placing"].status == 409
    assert REFUSALS["order_opened_retry"].status == 425
    assert {each.legacy for each in REFUSALS.values()} >= {"wager_invalid_odds", "market_line_invalid", "invalid_stake"}


async def test_an_order_and_a_wager_have_their_shapes(api: Api) -> None:
    _, strike = pre_match_strike(api.exchange)
    body = api.order_body(strike.outcomes[0].strike_id, 25_000)

    order = (await api.post("/v4/mm/submit_order", body)).json()["data"]["order"]
    wager_body = {"external_id": "w" + str(body["external_id"]), "line_id": body["strike_id"], "odds": 25_000, "stake": 5}
    wager = (await api.post("/mm/place_wager", wager_body)).json()["data"]["wager"]

    assert shape_faults(order, sample("shape_order")) == []
    assert shape_faults(wager, sample("shape_wager")) == []
    assert (order["quantity"], order["profit"]) == (5, 1250)


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"external_id": "no spaces"}, (400, "invalid_external_id")),
        ({"external_id": "x" * 101}, (400, "invalid_external_id")),
        ({"strike_id": "0" * 32}, (400, "invalid_strike_id")),
        ({"price": 131}, (400, "invalid_price")),
        ({"price": -100}, (400, "invalid_price")),
        ({"quantity": 0}, (400, "invalid_quantity")),
        ({"quantity": 0.99}, (400, "invalid_quantity")),
        ({"quantity": 100_000_001}, (400, "order_quantity_exceeds_max")),
        ({"quantity": 1e300}, (400, "order_quantity_exceeds_max")),
        ({"quantity": 10_001}, (403, "insufficient_amount")),
    ],
)
async def test_a_bad_order_is_refused(api: Api, change: dict[str, object], refused: tuple[int, str]) -> None:
    _, strike = pre_match_strike(api.exchange)
    body = {**api.order_body(strike.outcomes[0].strike_id, 25_000), **change}

    assert await refusal(api, body) == refused


async def test_an_external_id_is_taken_once(api: Api) -> None:
    _, strike = pre_match_strike(api.exchange)
    body = api.order_body(strike.outcomes[0].strike_id, 25_000)
    await api.post("/v4/mm/submit_order", body)

    assert await refusal(api, body) == (400, "order_external_id_existed")


async def test_an_old_path_refuses_in_old_words(api: Api) -> None:
    _, strike = pre_match_strike(api.exchange)
    body: dict[str, object] = {"external_id": "odd", "line_id": strike.outcomes[0].strike_id, "odds": 131, "stake": 5}

    assert await refusal(api, body, "/mm/place_wager") == (400, "wager_invalid_odds")


async def test_an_order_that_is_placing_cannot_be_cancelled(api: Api) -> None:
    _, strike = pre_match_strike(api.exchange)
    body = api.order_body(strike.outcomes[0].strike_id, 25_000)
    order = (await api.http.post("/v4/mm/submit_order", json=body)).json()["data"]["order"]

    reply = await api.http.post("/v4/mm/cancel_order", json={"order_id": order["order_id"]})

    assert (reply.status_code, reply.json()["error"]) == (409, "order_is_placing")


async def test_an_order_in_its_first_queue_wants_a_retry(api: Api) -> None:
    _, strike = pre_match_strike(api.exchange)
    body = api.order_body(strike.outcomes[0].strike_id, 25_000)
    order = (await api.http.post("/v4/mm/submit_order", json=body)).json()["data"]["order"]
    api.clock.move(0.1)

    reply = await api.http.post("/v4/mm/cancel_order", json={"order_id": order["order_id"]})
    api.clock.move(0.3)
    later = await api.http.post("/v4/mm/cancel_order", json={"order_id": order["order_id"]})

    assert (reply.status_code, reply.json()["error"]) == (425, "order_opened_retry")
    assert later.status_code == 200


async def test_each_final_state_refuses_a_cancel_in_its_words(api: Api) -> None:
    resting, filled = await api.rest_an_order(), await api.fill_an_order()
    path = "/v4/mm/cancel_order"
    await api.post(path, {"order_id": resting["order_id"]})

    assert await refusal(api, {"order_id": resting["order_id"]}, path) == (400, "order_already_cancelled")
    assert await refusal(api, {"order_id": filled["order_id"]}, path) == (400, "order_already_filled")
    assert await refusal(api, {"order_id": 7}, path) == (400, "invalid_order_id")


async def test_a_cancel_must_name_the_orders_own_external_id(api: Api) -> None:
    order = await api.rest_an_order()

    refused = await refusal(api, {"order_id": order["order_id"], "external_id": "other"}, "/v4/mm/cancel_order")

    assert refused == (400, "order_not_matching_external_id")


async def test_a_part_filled_order_is_cancelled_to_what_was_filled(api: Api) -> None:
    _, strike, level = offered(api.exchange)
    side = next(i for i, levels in enumerate(api.exchange.levels(strike)) if level in levels)
    body = api.order_body(strike.outcomes[side].strike_id, level.price, level.value / 100 + 10)
    order = (await api.post("/v4/mm/submit_order", body)).json()["data"]["order"]
    api.clock.move(2)

    cancelled = (await api.post("/v4/mm/cancel_order", {"order_id": order["order_id"]})).json()["data"]["order"]

    assert (cancelled["status"], cancelled["matching_status"]) == ("open", "fully_matched")
    assert cancelled["quantity"] == cancelled["filled_quantity"] == level.value / 100
    assert cancelled["open_quantity"] == 0


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"sport_event_id": 5}, "invalid_event_id"),
        ({"event_id": "x"}, "invalid_event_id"),
        ({"event_id": 5}, "invalid_market_id"),
        ({"event_id": 5, "market_id": "x"}, "invalid_market_id"),
        ({"event_id": 5, "market_id": 5, "strike_id": 5}, "invalid_strike_id"),
    ],
)
async def test_a_cancel_by_market_wants_its_ids(api: Api, body: dict[str, object], code: str) -> None:
    assert await refusal(api, body, "/v4/mm/cancel_orders_by_market") == (400, code)


async def test_a_cancel_by_market_may_be_held_to_one_strike(api: Api) -> None:
    order = await api.rest_an_order()
    body = {"event_id": order["sport_event_id"], "market_id": order["market_id"]}

    other = await refusal(api, {**body, "strike_id": "0" * 32}, "/v4/mm/cancel_orders_by_market")
    reply = await api.post("/v4/mm/cancel_orders_by_market", {**body, "strike_id": order["strike_id"]})

    assert other == (404, "no_cancellable_orders")
    assert [each["order_id"] for each in reply.json()["data"]["orders"]] == [order["order_id"]]


async def test_the_balance_says_what_rests_and_what_is_matched(api: Api) -> None:
    await api.rest_an_order()
    await api.fill_an_order()

    data = (await api.get("/v4/mm/get_balance")).json()["data"]

    assert (data["unmatched_order_balance"], data["matched_order_balance"]) == (5, 5)
