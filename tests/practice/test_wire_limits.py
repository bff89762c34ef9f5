"""How often and how much one may ask."""

from __future__ import annotations

import pytest

from app.practice.clock import SECOND
from app.practice.model import RefusalError
from app.practice.wire.limits import BURST, SPACING, Limits
from tests.practice.kit import Api

NOW = 1_795_000_000 * SECOND


def is_admitted(limits: Limits, now: int, *, user: str = "u1", spaced: str = "") -> bool:
    try:
        limits.admit(user, now, spaced=spaced)
    except RefusalError as error:
        return error.code != "rate_limit_reached"
    return True


def test_fifty_requests_a_second_are_admitted_for_each_account() -> None:
    limits = Limits()

    admitted = [is_admitted(limits, NOW + i) for i in range(BURST + 1)]

    assert admitted == [True] * BURST + [False]
    assert is_admitted(limits, NOW, user="u2")
    assert is_admitted(limits, NOW + SECOND)


def test_a_query_path_is_admitted_once_a_second_by_itself() -> None:
    limits = Limits()

    assert is_admitted(limits, NOW, spaced="/a")
    assert not is_admitted(limits, NOW + SPACING - 1, spaced="/a")
    assert is_admitted(limits, NOW + 1, spaced="/b")
    assert is_admitted(limits, NOW + SPACING, spaced="/a")


def test_a_refused_request_does_not_push_the_next_one_back() -> None:
    limits = Limits()
    limits.admit("u1", NOW, spaced="/a")

    refused = is_admitted(limits, NOW + SECOND // 2, spaced="/a")

    assert not refused
    assert is_admitted(limits, NOW + SPACING, spaced="/a")


async def test_a_query_asked_too_soon_is_told_when_to_come_back(api: Api) -> None:
    await api.get("/v4/mm/get_balance")

    reply = await api.http.get("/v4/mm/get_balance")
    other_spelling = await api.http.get("/mm/get_balance")

    assert (reply.status_code, reply.json()["error"]) == (429, "rate_limit_reached")
    assert reply.headers["retry-after"] == "1"
    assert other_spelling.status_code == 200


async def test_orders_and_their_reads_are_not_spaced(api: Api) -> None:
    order = await api.rest_an_order()

    replies = [await api.http.get(f"/v4/mm/get_order/{order['order_id']}") for _ in range(3)]

    assert [reply.status_code for reply in replies] == [200, 200, 200]


@pytest.mark.parametrize(
    ("path", "query", "code"),
    [
        ("/v4/mm/get_multiple_markets", {"event_ids": ",".join(map(str, range(51)))}, "market_event_limit_exceeded"),
        ("/mm/get_sport_events", {"event_ids": ",".join(map(str, range(51)))}, "market_event_limit_exceeded"),
        ("/v4/mm/get_strikes", {"strike_ids": ",".join(["0" * 32] * 21)}, "invalid_param"),
        ("/v4/mm/get_order_matched_detail", {"order_ids": ",".join(["x"] * 101)}, "order_limit_exceeded"),
        ("/v4/mm/get_order_history", {"from": 1, "limit": 101}, "invalid_from_to_range"),
        ("/v4/mm/get_trades", {"limit": 101}, "invalid_param"),
        ("/v4/mm/get_trades", {"limit": 0}, "invalid_param"),
        ("/v4/mm/get_transactions", {"limit": 1001}, "invalid_param"),
    ],
)
async def test_too_many_at_once_are_refused(api: Api, path: str, query: dict[str, object], code: str) -> None:
    reply = await api.get(path, **query)

    assert (reply.status_code, reply.json()["error"]) == (400, code)


@pytest.mark.parametrize("path", ["/v4/mm/submit_multiple_orders", "/v4/mm/cancel_multiple_orders"])
async def test_a_batch_has_twenty_rows_at_most(api: Api, path: str) -> None:
    reply = await api.post(path, {"data": [{}] * 21})

    assert (reply.status_code, reply.json()["error"]) == (400, "order_limit_exceeded")


async def test_the_oldest_clients_may_ask_for_a_thousand_rows(api: Api) -> None:
    reply = await api.get("/v2/mm/get_wager_histories", **{"from": api.clock.now // SECOND - 5, "limit": 1000})

    assert reply.status_code == 200
