"""Reading back: ranges, filters, pages."""

from __future__ import annotations

import pytest

from app.practice.clock import SECOND
from tests.practice.kit import Api, pre_match_strike

DAY = 86_400


async def history(api: Api, **query: object) -> dict[str, object]:
    reply = await api.get("/v4/mm/get_order_history", **query)
    assert reply.status_code == 200, reply.text
    return dict(reply.json()["data"])


def ids(rows: object) -> list[str]:
    assert isinstance(rows, list)
    return [row["order_id"] for row in rows]


async def three_orders(api: Api) -> list[str]:
    return [(await api.rest_an_order())["order_id"] for _ in range(3)]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({}, "missing_date_range"),
        ({"status": "open"}, "missing_date_range"),
        ({"from": "soon"}, "invalid_from"),
        ({"to": "1.5"}, "invalid_to"),
        ({"updated_at_from": "x"}, "invalid_updated_at_from"),
        ({"updated_at_to": ""}, "invalid_updated_at_to"),
        ({"from": 20, "to": 10}, "from_date_greater_than_to_date"),
        ({"updated_at_from": 20, "updated_at_to": 10}, "from_date_greater_than_to_date"),
        ({"from": 0, "to": 7 * DAY + 1}, "invalid_from_to_range"),
        ({"updated_at_from": 0, "updated_at_to": 2 * DAY + 1}, "invalid_updated_at_range"),
        ({"to": 10, "limit": "many"}, "invalid_param"),
        ({"to": 10, "status": "lost"}, "invalid_param"),
        ({"to": 10, "matching_status": "half"}, "invalid_param"),
        ({"to": 10, "event_id": "x"}, "invalid_event_id"),
        ({"to": 10, "market_id": "x"}, "invalid_market_id"),
        ({"to": 10, "next_cursor": "nonsense"}, "invalid_cursor"),
        ({"to": 10, "next_cursor": "YmVsb3c6OTk5OTk5"}, "invalid_cursor"),
    ],
)
async def test_a_bad_question_has_its_documented_refusal(api: Api, query: dict[str, object], code: str) -> None:
    reply = await api.get("/v4/mm/get_order_history", **query)

    assert (reply.status_code, reply.json()["error"]) == (400, code)


async def test_the_longest_ranges_are_allowed(api: Api) -> None:
    await history(api, **{"from": 0, "to": 7 * DAY})
    await history(api, updated_at_from=0, updated_at_to=2 * DAY)


async def test_the_newest_comes_first(api: Api) -> None:
    placed = await three_orders(api)

    data = await history(api, **{"from": api.clock.now // SECOND - 60})

    assert ids(data["orders"]) == placed[::-1]
    assert data["next_cursor"] == ""


async def test_pages_follow_each_other_while_new_orders_arrive(api: Api) -> None:
    placed = await three_orders(api)
    since = api.clock.now // SECOND - 60

    first = await history(api, **{"from": since, "limit": 2})
    await api.rest_an_order()
    second = await history(api, **{"from": since, "limit": 2, "next_cursor": first["next_cursor"]})

    assert ids(first["orders"]) + ids(second["orders"]) == placed[::-1]
    assert second["next_cursor"] == ""


async def test_a_last_page_that_is_full_has_no_next(api: Api) -> None:
    await three_orders(api)

    data = await history(api, **{"from": api.clock.now // SECOND - 60, "limit": 3})

    assert data["next_cursor"] == ""


async def test_filters_narrow_the_history(api: Api) -> None:
    placed = await three_orders(api)
    await api.post("/v4/mm/cancel_order", {"order_id": placed[0]})
    market, _ = pre_match_strike(api.exchange)
    since = api.clock.now // SECOND - 60

    cancelled = await history(api, **{"from": since, "status": "canceled"})
    unmatched = await history(api, **{"from": since, "matching_status": "unmatched", "status": "open"})
    elsewhere = await history(api, **{"from": since, "event_id": market.event_id + 1})
    here = await history(api, **{"from": since, "market_id": str(market.id), "event_id": market.event_id})

    assert ids(cancelled["orders"]) == placed[:1]
    assert ids(unmatched["orders"]) == placed[:0:-1]
    assert ids(elsewhere["orders"]) == []
    assert ids(here["orders"]) == placed[::-1]


async def test_bounds_are_whole_seconds_and_inclusive(api: Api) -> None:
    order = await api.rest_an_order()
    created = api.exchange.order(api.account.user_id, order["order_id"])
    assert created is not None
    second = created.created_at // SECOND

    inside = await history(api, **{"from": second, "to": second})
    before = await history(api, to=second - 1)
    after = await history(api, **{"from": second + 1})

    assert (len(ids(inside["orders"])), ids(before["orders"]), ids(after["orders"])) == (1, [], [])


async def test_a_cancel_shows_in_the_updated_range(api: Api) -> None:
    order = await api.rest_an_order()
    api.clock.move(30)
    await api.post("/v4/mm/cancel_order", {"order_id": order["order_id"]})

    data = await history(api, updated_at_from=api.clock.now // SECOND - 5)

    assert ids(data["orders"]) == [order["order_id"]]


async def test_another_accounts_order_is_not_found(api: Api) -> None:
    order = await api.rest_an_order()
    stranger = await Api(api.wire, api.exchange, api.clock).login()

    reply = await stranger.get(f"/v4/mm/get_order/{order['order_id']}")

    assert (reply.status_code, reply.json()["error"]) == (404, "data_not_found")
    await stranger.http.aclose()


async def test_details_of_several_orders_leave_out_what_does_not_exist(api: Api) -> None:
    first, second = await api.fill_an_order(), await api.fill_an_order()

    reply = await api.get("/v4/mm/get_order_matched_detail", order_ids=f"{first['order_id']},{second['order_id']},nothing")
    missing = await api.get("/v4/mm/get_order_matched_detail", order_id="nothing")
    neither = await api.get("/v4/mm/get_order_matched_detail")

    details = reply.json()["data"]["matching_details"]
    assert {each["order_id"] for each in details} == {first["order_id"], second["order_id"]}
    assert (missing.status_code, neither.json()["error"]) == (404, "invalid_order_id")
