"""A history that lags: without the youngest rows, and the others as they were."""

from __future__ import annotations

from typing import Any

import pytest

from app.practice.clock import SECOND
from app.practice.faults import (
    CallFault,
    Faults,
    Lag,
)
from tests.practice.kit import Api, HandClock

HISTORY = "/v4/mm/get_order_history"


async def history(api: Api) -> dict[str, Any]:
    reply = await api.get(HISTORY, **{"from": api.clock.now // SECOND - 3600})
    return dict(reply.json())


async def test_a_lagging_history_does_not_have_the_youngest_rows(api: Api, faults: Faults, clock: HandClock) -> None:
    old = await api.rest_an_order()
    clock.move(50)
    await api.rest_an_order()
    faults.add(CallFault("orders", Lag(30)))

    lagging, honest = await history(api), await history(api)

    assert [row["order_id"] for row in lagging["data"]["orders"]] == [old["order_id"]]
    assert len(honest["data"]["orders"]) == 2
    assert lagging["last_synced_at"] < honest["last_synced_at"]


async def test_a_lagging_history_shows_an_order_as_it_was_then(api: Api, faults: Faults, clock: HandClock) -> None:
    order = await api.rest_an_order()
    clock.move(20)
    await api.post("/v4/mm/cancel_order", {"order_id": order["order_id"]})
    path = f"/v4/mm/get_order/{order['order_id']}"
    faults.add(CallFault("order", Lag(10)))

    lagging, honest = await api.get(path), await api.get(path)

    assert (lagging.json()["data"]["status"], honest.json()["data"]["status"]) == ("open", "canceled")


async def test_an_order_is_not_found_by_a_read_that_lags_behind_it(api: Api, faults: Faults) -> None:
    order = await api.rest_an_order()
    faults.add(CallFault("order", Lag(60)))

    reply = await api.get(f"/v4/mm/get_order/{order['order_id']}")

    assert (reply.status_code, reply.json()["error"]) == (404, "data_not_found")


@pytest.mark.parametrize(("path", "rows"), [("get_trades", "trades"), ("get_transactions", "transactions")])
async def test_trades_and_statements_can_lag(api: Api, faults: Faults, clock: HandClock, path: str, rows: str) -> None:
    clock.move(40)
    await api.fill_an_order()
    faults.add(CallFault(rows, Lag(30)))

    lagging, honest = [(await api.get(f"/v4/mm/{path}")).json()["data"][rows] for _ in range(2)]

    assert len(honest) > len(lagging)
    assert honest[-len(lagging) or len(honest) :] == lagging
