"""The list of a partner's orders: each filter alone and with others, pages, limits, and how far it lags behind."""

from __future__ import annotations

import base64
import itertools
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

import pytest

from app.practice.clock import SECOND
from app.practice.faults import CallFault, Faults, Lag
from app.practice.model import Matching, OrderStatus
from app.practice.wire.limits import BURST
from app.practice.wire.omnibus_record import Cursors
from app.practice.wire.shapes import iso_ns
from tests.practice.bourse import OPENING, Bourse
from tests.practice.partner import ORDERS, REGISTER, told

STATUSES = [each for each in OrderStatus if each is not OrderStatus.INACTIVE]
USERS = ("ann", "bob")


@pytest.fixture
async def bourse() -> AsyncIterator[Bourse]:
    one = await Bourse().open()
    yield one
    await one.close()


async def late_bourse(delay: float, faults: Faults | None = None) -> Bourse:
    return await Bourse(delay=delay, faults=faults).open()


async def place_several(bourse: Bourse, count: int, user: str = "ann") -> list[str]:
    """Order ids, the oldest first, placed a second apart and all of them open."""
    placed = []
    for _ in range(count):
        placed.append((await bourse.submit(user=user, stake=1))["order_id"])
        bourse.wait(1)
    return placed


async def fill_the_record(bourse: Bourse) -> dict[str, tuple[OrderStatus, Matching, str]]:
    """An order of every status, matching and user, a second apart."""
    known: dict[str, tuple[OrderStatus, Matching, str]] = {}
    for status, matching, user in itertools.product(STATUSES, Matching, USERS):
        order = bourse.order(await bourse.submit(user=user, stake=1))
        bourse.wait(1)
        order.status, order.matching = status, matching
        known[order.id] = (status, matching, user)
    return known


# Rows


async def test_a_row_says_what_the_order_is_now_in_both_spellings(bourse: Bourse) -> None:
    order = await bourse.place(user="ann", outcome=0, odds=150, stake=10)
    await bourse.trade(1, -150, 6)
    bourse.wait(OPENING)
    await bourse.cancel(order)

    (row,) = (await bourse.record())["data"]["orders"]

    assert (row["id"], row["order_id"], row["external_user_id"]) == (order["id"], order["id"], "ann")
    assert row["original_stake"] == row["original_quantity"] == 10
    assert row["stake"] == row["quantity"] == row["matched_stake"] == row["filled_quantity"] == 4
    assert (row["status"], row["matching_status"], row["unmatched_stake"]) == ("open", "fully_matched", 0)
    assert row["created_at"] < row["updated_at"]


async def test_a_settled_order_says_who_won_in_the_words_of_today(bourse: Bourse) -> None:
    await bourse.place(outcome=0, odds=150, stake=10)
    await bourse.trade(1, -150, 15)
    bourse.floor.wait(3_600)
    bourse.clock.now = bourse.floor.exchange.now

    (row,) = (await bourse.record("status=closed"))["data"]["orders"]

    assert (row["winning_status"], row["profit"]) == ("profit", 15)
    assert row["settled_at"] > row["created_at"]


async def test_an_order_is_listed_once_it_has_succeeded_and_not_while_it_is_placed(bourse: Bourse) -> None:
    order = await bourse.submit()
    placing = await bourse.listed()
    bourse.wait(OPENING)

    assert (placing, await bourse.listed()) == ([], [order["order_id"]])


async def test_a_traders_orders_are_not_in_the_partners_record(bourse: Bourse) -> None:
    await bourse.trade(0, 200)

    assert await bourse.listed() == []


async def test_the_newest_comes_first(bourse: Bourse) -> None:
    placed = await place_several(bourse, 4)

    assert await bourse.listed() == placed[::-1]


# Filters


@pytest.mark.parametrize("status", ["", *STATUSES])
@pytest.mark.parametrize("matching", ["", *Matching])
@pytest.mark.parametrize("user", ["", *USERS])
async def test_filters_hold_alone_and_together(bourse: Bourse, status: str, matching: str, user: str) -> None:
    known = await fill_the_record(bourse)
    words = {"status": status, "matching_status": matching, "external_user_id": user, "limit": "100"}

    found = await bourse.listed(urlencode({name: word for name, word in words.items() if word}))

    fitting = [
        order_id for order_id, (its, its_matching, its_user) in known.items()
        if status in ("", its) and matching in ("", its_matching) and user in ("", its_user)
    ]  # fmt: skip
    assert found == fitting[::-1] != []


async def test_a_cancelled_order_is_kept_under_its_status(bourse: Bourse) -> None:
    order = await bourse.place()
    await bourse.cancel(order)

    assert await bourse.listed("status=canceled") == [order["order_id"]]
    assert await bourse.listed("status=open") == []
    assert await bourse.listed() == [order["order_id"]]


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        (None, None, [3, 2, 1, 0]),
        (1, None, [3, 2, 1]),
        (None, 1, [1, 0]),
        (1, 2, [2, 1]),
        (2, 2, [2]),
        (4, None, []),
        (None, -1, []),
    ],
)
async def test_the_time_of_creation_is_bounded_on_either_side_and_both_ends_count(
    bourse: Bourse, first: int | None, last: int | None, found: list[int]
) -> None:
    placed = await place_several(bourse, 4)
    second = bourse.order({"order_id": placed[0]}).created_at // SECOND
    bounds = {"from": first, "to": last}

    listed = await bourse.listed(urlencode({name: second + bound for name, bound in bounds.items() if bound is not None}))

    assert listed == [placed[n] for n in found]


async def test_a_span_of_years_is_allowed(bourse: Bourse) -> None:
    (placed,) = await place_several(bourse, 1)

    assert await bourse.listed("from=0&to=4000000000") == [placed]


async def test_times_go_together_with_every_other_filter(bourse: Bourse) -> None:
    old = await place_several(bourse, 2, "ann")
    since = bourse.clock.now // SECOND
    new = [*await place_several(bourse, 2, "ann"), *await place_several(bourse, 1, "bob")]
    await bourse.cancel({"order_id": new[0]})

    query = f"from={since}&status=open&matching_status=unmatched&external_user_id=ann&limit=5"

    assert await bourse.listed(query) == [new[1]]
    assert await bourse.listed(f"to={since - 1}&external_user_id=ann") == old[::-1]


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("from=soon", 400, "invalid_from"),
        ("from=", 400, "invalid_from"),
        ("to=1.5", 400, "invalid_to"),
        ("from=20&to=10", 400, "from_date_greater_than_to_date"),
        ("status=lost", 400, "invalid_param"),
        ("status=inactive", 400, "invalid_param"),
        ("status=open,void", 400, "invalid_param"),
        ("matching_status=half", 400, "invalid_param"),
        ("external_user_id=", 400, "invalid_external_user_id"),
        ("external_user_id=%20", 400, "invalid_external_user_id"),
        ("external_user_id=a%0Ab", 400, "invalid_external_user_id"),
        (f"external_user_id={'u' * 101}", 400, "invalid_external_user_id"),
        ("limit=0", 422, "invalid_limit"),
        ("limit=-1", 422, "invalid_limit"),
        ("limit=101", 422, "invalid_limit"),
        ("limit=1000", 422, "invalid_limit"),
        ("limit=", 422, "invalid_limit"),
        ("limit=many", 422, "invalid_limit"),
        ("limit=2.0", 422, "invalid_limit"),
        ("limit=5&limit=6", 422, "invalid_limit"),
    ],
)
async def test_a_bad_question_is_refused(bourse: Bourse, query: str, status: int, code: str) -> None:
    assert told(await bourse.partner.ask(f"{ORDERS}?{query}")) == (status, code)


# Pages


async def test_twenty_rows_are_usual_one_is_the_least_and_a_hundred_the_most(bourse: Bourse) -> None:
    placed = [row["order_id"] for _ in range(6) for row in await twenty(bourse)][::-1]

    assert await bourse.listed() == placed[:20]
    assert await bourse.listed("limit=1") == placed[:1]
    assert await bourse.listed("limit=100") == placed[:100]


async def twenty(bourse: Bourse) -> list[dict[str, Any]]:
    rows = (await bourse.batch([bourse.body(stake=1) for _ in range(20)]))["succeed_orders"]
    bourse.wait(1)
    return list(rows)


async def test_a_walk_meets_each_order_once_while_others_arrive_and_change(bourse: Bourse) -> None:
    placed = await place_several(bourse, 7)
    met: list[str] = []
    cursor = ""
    for _ in range(10):
        data = (await bourse.record(urlencode({"limit": 2, "next_cursor": cursor})))["data"]
        met += [row["order_id"] for row in data["orders"]]
        cursor = data["next_cursor"]
        if not cursor:
            break
        (newer,) = await place_several(bourse, 1)
        await bourse.cancel({"order_id": newer})

    assert met == placed[::-1]


async def test_a_walk_keeps_to_its_filter(bourse: Bourse) -> None:
    placed = []
    for _ in range(3):
        placed += await place_several(bourse, 1, "ann")
        await place_several(bourse, 1, "bob")

    first = (await bourse.record("external_user_id=ann&limit=2"))["data"]
    second = (await bourse.record(urlencode({"external_user_id": "ann", "limit": 2, "next_cursor": first["next_cursor"]})))["data"]

    assert [row["order_id"] for row in first["orders"] + second["orders"]] == placed[::-1]
    assert second["next_cursor"] == ""


async def test_the_last_page_has_no_cursor_even_when_it_is_full(bourse: Bourse) -> None:
    await place_several(bourse, 2)

    assert (await bourse.record("limit=2"))["data"]["next_cursor"] == ""


async def test_a_cursor_does_not_say_what_it_holds_and_cannot_be_changed(bourse: Bourse) -> None:
    await place_several(bourse, 3)
    cursor = (await bourse.record("limit=1"))["data"]["next_cursor"]
    raw = base64.urlsafe_b64decode(cursor)

    changed = [raw[:n] + bytes([raw[n] ^ 1]) + raw[n + 1 :] for n in range(len(raw))]

    for forged in [*changed, raw[:8], raw[:-1], raw + b"\0", b"\0"]:
        query = urlencode({"next_cursor": base64.urlsafe_b64encode(forged).decode()})
        bourse.clock.move(0.1)
        assert told(await bourse.partner.ask(f"{ORDERS}?{query}")) == (400, "invalid_cursor")


@pytest.mark.parametrize("cursor", ["nonsense", "YmVsb3c6MQ==", "%C3%A9", "A", "2"])
async def test_a_cursor_of_ones_own_making_is_refused(bourse: Bourse, cursor: str) -> None:
    await place_several(bourse, 3)

    assert told(await bourse.partner.ask(f"{ORDERS}?next_cursor={cursor}")) == (400, "invalid_cursor")


def test_a_cursor_is_good_for_one_account_and_over_restarts() -> None:
    cursor = Cursors("secret").write("ann", 5)

    assert Cursors("secret").read("ann", cursor, 9) == 5
    assert Cursors("secret").read("ann", cursor, 3) == 3
    for cursors, user_id in ((Cursors("secret"), "bob"), (Cursors("another"), "ann")):
        with pytest.raises(Exception, match="invalid_cursor"):
            cursors.read(user_id, cursor, 9)


async def test_the_record_may_be_asked_as_often_as_anything_else(bourse: Bourse) -> None:
    bourse.clock.move(1)

    statuses = [told(await bourse.partner.ask(ORDERS)) for _ in range(BURST)]

    assert statuses == [(200, "")] * BURST
    assert told(await bourse.partner.ask(ORDERS)) == (429, "rate_limit_reached")


# Delay


async def test_without_a_delay_the_record_is_as_of_now(bourse: Bourse) -> None:
    order = await bourse.place()

    record = await bourse.record()

    assert record["last_synced_at"] == iso_ns(bourse.clock.now)
    assert record["data"]["orders"][0]["order_id"] == order["order_id"]


async def test_a_delayed_record_has_an_order_when_its_time_has_come() -> None:
    bourse = await late_bourse(30)
    order = await bourse.place()
    bourse.wait(29)
    early = await bourse.record()
    bourse.wait(1)
    late = await bourse.record()

    assert early["data"]["orders"] == []
    assert early["last_synced_at"] == iso_ns(bourse.clock.now - 31 * SECOND)
    assert [row["order_id"] for row in late["data"]["orders"]] == [order["order_id"]]
    await bourse.close()


async def test_a_delayed_record_shows_an_order_as_it_was() -> None:
    bourse = await late_bourse(30)
    order = await bourse.place()
    bourse.wait(40)
    await bourse.cancel(order)
    then = await bourse.listed("status=open"), await bourse.listed("status=canceled")
    bourse.wait(30)

    assert then == ([order["order_id"]], [])
    assert await bourse.listed("status=canceled") == [order["order_id"]]
    await bourse.close()


async def test_orders_from_before_the_start_are_delayed_too() -> None:
    first = await Bourse().open()
    order = await first.place()
    first.wait(60)
    again = Bourse(delay=30, start=first)
    await again.open()
    await again.cancel(order)

    assert await again.listed("status=open") == [order["order_id"]]
    await again.close()
    await first.close()


async def test_a_delay_is_of_the_list_alone() -> None:
    bourse = await late_bourse(600)
    await bourse.place(stake=10)

    assert (await bourse.partner.ask("/api/v1/balance")).json()["unmatched_balance"] == 10
    registered = (await bourse.partner.ask(REGISTER, {"socket_id": "1.2"})).json()["data"]
    assert registered["updated_at"] == bourse.clock.now // SECOND
    assert len((await bourse.trader.get("/v4/mm/get_order_history", to=bourse.clock.now // SECOND)).json()["data"]["orders"]) == 0
    await bourse.trade(0, 200)
    history = await bourse.trader.get("/v4/mm/get_order_history", to=bourse.clock.now // SECOND)
    assert len(history.json()["data"]["orders"]) == 1
    await bourse.close()


async def test_a_walk_through_a_delayed_record_is_steady() -> None:
    bourse = await late_bourse(2)
    placed = await place_several(bourse, 5)
    bourse.wait(2)
    first = (await bourse.record("limit=3"))["data"]
    await place_several(bourse, 3)
    second = (await bourse.record(urlencode({"limit": 3, "next_cursor": first["next_cursor"]})))["data"]

    assert [row["order_id"] for row in first["orders"] + second["orders"]] == placed[::-1]
    await bourse.close()


@pytest.mark.parametrize(("delay", "lag", "behind"), [(0, 20, 20), (30, 20, 30), (10, 20, 20)])
async def test_a_rehearsed_lag_counts_where_it_is_longer_than_the_delay(delay: int, lag: int, behind: int) -> None:
    faults = Faults([CallFault("omnibus.orders", Lag(lag))])
    bourse = await late_bourse(delay, faults)

    assert (await bourse.record())["last_synced_at"] == iso_ns(bourse.clock.now - behind * SECOND)
    assert (await bourse.record())["last_synced_at"] == iso_ns(bourse.clock.now - delay * SECOND)
    await bourse.close()
