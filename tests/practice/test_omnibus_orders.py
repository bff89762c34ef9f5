"""Orders of a partner's users: what is asked, what is answered, one or twenty at a time, and whom they meet."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.practice.faults import CallFault, Error, Faults, SeveredError
from app.practice.faults.script import Lost
from app.practice.model import OrderStatus
from app.practice.truth import ACCEPTED, accepted_orders
from app.practice.wire.channels import user_channel
from tests.practice.bourse import OPENING, Bourse
from tests.practice.floor import money_of
from tests.practice.kit import new_id, payload_of
from tests.practice.partner import BATCH, BATCH_CANCEL, CANCEL, ORDERS, REGISTER, told


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
async def bourse(faults: Faults) -> AsyncIterator[Bourse]:
    one = await Bourse(faults=faults).open()
    yield one
    await one.close()


# Placing


async def test_an_order_is_answered_in_the_words_of_the_guide_and_of_today(bourse: Bourse) -> None:
    body = bourse.body("cust-7", stake=12.5, odds=-110)

    reply = await bourse.partner.ask(ORDERS, body)

    answer = reply.json()["data"]
    order = answer["order"]
    assert answer["success"] is True
    assert order["order_id"] == order["id"]
    assert (order["external_id"], order["external_user_id"]) == (body["external_id"], "cust-7")
    assert order["user_id"] == bourse.partner.partner.user_id
    assert order["line_id"] == order["strike_id"] == body["line_id"]
    assert order["odds"] == order["price"] == -110
    assert order["stake"] == order["quantity"] == order["unmatched_stake"] == order["open_quantity"] == 12.5
    assert order["matched_stake"] == order["filled_quantity"] == 0
    assert (order["status"], order["matching_status"], order["winning_status"]) == ("inactive", "unmatched", "tbd")


async def test_an_order_in_the_words_of_today_is_taken_too(bourse: Bourse) -> None:
    body = bourse.body(odds=120, stake=3)
    for word, alias in (("line_id", "strike_id"), ("stake", "quantity"), ("odds", "price")):
        body[alias] = body.pop(word)

    order = (await bourse.partner.ask(ORDERS, body)).json()["data"]["order"]

    assert (order["odds"], order["stake"], order["line_id"]) == (120, 3, body["strike_id"])


async def test_both_names_of_a_field_may_be_sent_as_long_as_they_agree(bourse: Bourse) -> None:
    body = bourse.body(stake=5)

    assert told(await bourse.partner.ask(ORDERS, {**body, "quantity": 5})) == (200, "")
    assert told(await bourse.partner.ask(ORDERS, {**body, "external_id": new_id(), "quantity": 6})) == (400, "invalid_request")
    assert len(bourse.floor.exchange.orders(bourse.partner.partner.user_id)) == 1


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"external_id": None}, 400, "invalid_external_id"),
        ({"external_id": ""}, 400, "invalid_external_id"),
        ({"external_id": "a b"}, 400, "invalid_external_id"),
        ({"external_id": "a" * 101}, 400, "invalid_external_id"),
        ({"line_id": None}, 400, "invalid_strike_id"),
        ({"line_id": "0" * 32}, 400, "invalid_strike_id"),
        ({"stake": None}, 400, "invalid_quantity"),
        ({"stake": "5"}, 400, "invalid_quantity"),
        ({"stake": 0.99}, 400, "invalid_quantity"),
        ({"stake": 1.001}, 400, "invalid_quantity"),
        ({"stake": 60_000}, 403, "insufficient_amount"),
        ({"odds": None}, 400, "invalid_price"),
        ({"odds": 1.5}, 400, "invalid_price"),
        ({"odds": -100}, 400, "invalid_price"),
        ({"order_strategy": "fillOrKill"}, 400, "invalid_param"),
        ({"wager_strategy": "ALO"}, 400, "invalid_param"),
        ({"fill_or_kill": True}, 400, "invalid_param"),
    ],
)
async def test_an_order_that_cannot_be_taken_has_its_refusal(bourse: Bourse, changed: dict[str, Any], status: int, code: str) -> None:
    body = {name: value for name, value in (bourse.body() | changed).items() if value is not None}

    assert told(await bourse.partner.ask(ORDERS, body)) == (status, code)
    assert bourse.floor.exchange.orders(bourse.partner.partner.user_id) == []


@pytest.mark.parametrize("user", [None, "", "  ", "u" * 101, "a\nb", "a\u0000b", "a\u0085b", "a\u202eb", 7, ["a"], True])
async def test_an_order_for_nobody_in_particular_is_refused(bourse: Bourse, user: object) -> None:
    reply = await bourse.partner.ask(ORDERS, {**bourse.body(), "external_user_id": user})

    assert told(reply) == (400, "invalid_external_user_id")
    assert "1 to 100" in reply.json()["message"]


@pytest.mark.parametrize("user", ["x", "u" * 100, "Ann Lee", "cust:8841@desk", "Zoë-Ωμέγα"])
async def test_a_user_need_not_exist_before_its_first_order(bourse: Bourse, user: str) -> None:
    assert (await bourse.submit(user=user))["external_user_id"] == user


async def test_a_reference_is_used_once_by_all_users_of_the_account(bourse: Bourse) -> None:
    body = bourse.body("cust-1")
    await bourse.partner.ask(ORDERS, body)

    assert told(await bourse.partner.ask(ORDERS, {**body, "external_user_id": "cust-2"})) == (400, "order_external_id_existed")


async def test_a_reference_of_the_partner_is_free_for_a_trader(bourse: Bourse) -> None:
    body = bourse.body()
    await bourse.partner.ask(ORDERS, body)

    words = {"external_id": body["external_id"], "strike_id": body["line_id"], "price": 200, "quantity": 5}
    reply = await bourse.trader.post("/v4/mm/submit_order", words)

    assert reply.status_code == 200
    assert "external_user_id" not in reply.json()["data"]["order"]


async def test_the_balance_follows_the_orders_of_all_users(bourse: Bourse) -> None:
    await bourse.place(user="cust-1", stake=10)
    await bourse.place(user="cust-2", stake=5.25)

    balance = (await bourse.partner.ask("/api/v1/balance")).json()

    assert (balance["unmatched_balance"], balance["matched_balance"]) == (15.25, 0)


# The body's hash


@pytest.mark.parametrize("path", [ORDERS, CANCEL, BATCH, BATCH_CANCEL])
@pytest.mark.parametrize("is_strict", [True, False])
async def test_a_body_other_than_the_signed_one_does_nothing(path: str, is_strict: bool) -> None:
    bourse = await Bourse(is_strict=is_strict).open()
    signed = json.dumps(bourse.body()).encode()
    respaced = signed.replace(b": ", b":")

    reply = await bourse.partner.send(bourse.partner.token(signed), path, respaced)

    assert told(reply) == (401, "body_hash_mismatch")
    assert bourse.floor.exchange.orders(bourse.partner.partner.user_id) == []
    await bourse.close()


@pytest.mark.parametrize(("is_strict", "status"), [(True, 401), (False, 200)])
async def test_another_name_of_the_hash_is_taken_by_the_tolerant_only(is_strict: bool, status: int) -> None:
    bourse = await Bourse(is_strict=is_strict).open()
    raw = json.dumps(bourse.body()).encode()
    claims = bourse.partner.claims(raw)
    token = bourse.partner.token(raw, digest=None, body_hash=claims["digest"])

    assert (await bourse.partner.send(token, ORDERS, raw)).status_code == status
    await bourse.close()


# Cancelling


async def test_an_order_is_cancelled_by_its_id_alone(bourse: Bourse) -> None:
    order = await bourse.place()

    cancelled = await bourse.cancel(order)

    assert (cancelled["order_id"], cancelled["status"], cancelled["unmatched_stake"]) == (order["order_id"], "canceled", 0)
    assert cancelled["external_user_id"] == "cust-1"


async def test_the_id_may_be_called_id_and_the_reference_be_sent_along(bourse: Bourse) -> None:
    order = await bourse.place()

    wrong = await bourse.partner.ask(CANCEL, {"id": order["id"], "external_id": "another"})
    right = await bourse.partner.ask(CANCEL, {"id": order["id"], "external_id": order["external_id"]})

    assert told(wrong) == (400, "order_not_matching_external_id")
    assert told(right) == (200, "")


async def test_a_cancel_that_comes_too_early_is_told_to_come_again(bourse: Bourse) -> None:
    order = await bourse.submit()
    placing = await bourse.partner.ask(CANCEL, {"order_id": order["order_id"]})
    bourse.wait(0.1)
    queued = await bourse.partner.ask(CANCEL, {"order_id": order["order_id"]})

    assert (told(placing), told(queued)) == ((409, "order_is_placing"), (425, "order_opened_retry"))


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (OrderStatus.CANCELED, "order_already_cancelled"),
        (OrderStatus.WIPED, "order_already_cancelled"),
        (OrderStatus.VOID, "order_already_cancelled"),
        (OrderStatus.INVALID, "order_is_invalid"),
        (OrderStatus.SETTLED, "order_already_filled"),
        (OrderStatus.CLOSED, "order_already_filled"),
    ],
)
async def test_an_order_that_is_over_says_how_it_ended(bourse: Bourse, status: OrderStatus, code: str) -> None:
    order = await bourse.place()
    bourse.order(order).status = status

    assert told(await bourse.partner.ask(CANCEL, {"order_id": order["order_id"]})) == (400, code)


async def test_an_order_cancelled_twice_says_so(bourse: Bourse) -> None:
    order = await bourse.place()
    await bourse.cancel(order)

    assert told(await bourse.partner.ask(CANCEL, {"order_id": order["order_id"]})) == (400, "order_already_cancelled")


@pytest.mark.parametrize("body", [{}, {"order_id": ""}, {"order_id": 7}, {"order_id": "nothing"}, {"external_id": "x"}])
async def test_a_cancel_of_no_order_is_refused(bourse: Bourse, body: object) -> None:
    assert told(await bourse.partner.ask(CANCEL, body)) == (400, "invalid_order_id")


async def test_a_traders_order_is_not_the_partners_to_cancel(bourse: Bourse) -> None:
    order = await bourse.trade(0, 200)

    assert told(await bourse.partner.ask(CANCEL, {"order_id": order["order_id"]})) == (500, "order_not_belongs_to_user")


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (f"{ORDERS}/cancel-all", {}, 404),
        (f"{ORDERS}/cancel_all", {}, 404),
        (f"{ORDERS}/9d3b0000-0000-4000-8000-000000000000", None, 404),
        (CANCEL, None, 405),
    ],
)
async def test_no_order_by_id_and_no_cancel_of_all_exist(bourse: Bourse, path: str, body: object, status: int) -> None:
    order = await bourse.place()

    assert told(await bourse.partner.ask(path, body))[0] == status
    assert bourse.order(order).status is OrderStatus.OPEN


# Batches


async def test_a_batch_is_answered_row_by_row(bourse: Bourse) -> None:
    good, other = bourse.body("cust-1"), bourse.body("cust-2", stake=4)
    rows = [good, {**bourse.body(), "external_user_id": ""}, other, good, 17]

    answer = await bourse.batch(rows)

    assert [(row["external_id"], row["external_user_id"], row["stake"]) for row in answer["succeed_orders"]] == [
        (good["external_id"], "cust-1", 10),
        (other["external_id"], "cust-2", 4),
    ]
    assert [(row["index"], row["error"]) for row in answer["failed_orders"]] == [
        (1, "invalid_external_user_id"),
        (3, "order_external_id_existed"),
        (4, "invalid_request"),
    ]
    assert [row["request"] for row in answer["failed_orders"]] == [rows[1], rows[3], rows[4]]
    assert all(len(row["message"]) > 10 for row in answer["failed_orders"])


async def test_twenty_rows_are_taken_and_one_more_is_too_much(bourse: Bourse) -> None:
    assert len((await bourse.batch([bourse.body(stake=1) for _ in range(20)]))["succeed_orders"]) == 20

    reply = await bourse.partner.ask(BATCH, {"data": [bourse.body(stake=1) for _ in range(21)]})

    assert told(reply) == (400, "order_limit_exceeded")
    assert len(bourse.floor.exchange.orders(bourse.partner.partner.user_id)) == 20


@pytest.mark.parametrize("path", [BATCH, BATCH_CANCEL])
@pytest.mark.parametrize("body", [{}, {"data": []}, {"data": {}}, {"data": "all"}, []])
async def test_a_batch_without_rows_is_refused(bourse: Bourse, path: str, body: object) -> None:
    assert told(await bourse.partner.ask(path, body)) == (400, "invalid_request")


async def test_a_batch_of_cancels_says_what_became_of_each(bourse: Bourse) -> None:
    first, second = await bourse.place(), await bourse.place()
    bourse.wait(OPENING)
    await bourse.cancel(second)

    answer = await bourse.cancel_batch([{"order_id": first["order_id"]}, {"id": second["id"]}, {}])

    assert [(row["order_id"], row["status"]) for row in answer["succeed_orders"]] == [(first["order_id"], "canceled")]
    assert [(row["index"], row["error"]) for row in answer["failed_orders"]] == [(1, "order_already_cancelled"), (2, "invalid_order_id")]


# Whom they meet


async def test_a_trader_fills_an_order_of_a_partners_user(bourse: Bourse) -> None:
    mine = await bourse.place(outcome=0, odds=150, stake=10)

    theirs = await bourse.trade(1, -150, 15)

    order, other = bourse.order(mine), bourse.order(theirs)
    assert (order.matching, order.win, order.external_user_id, order.source) == ("fully_matched", 15_00, "cust-1", "omnibus")
    assert (other.matching, other.win, other.external_user_id, other.source) == ("fully_matched", 10_00, "", "trading")
    assert order.fills[0].against == other.id


async def test_an_order_of_a_partners_user_fills_a_traders(bourse: Bourse) -> None:
    theirs = await bourse.trade(1, -150, 30)

    mine = await bourse.place(outcome=0, odds=150, stake=10)

    assert (bourse.order(mine).matching, bourse.order(theirs).matching) == ("fully_matched", "partially_matched")
    assert bourse.order(theirs).fills[0].against == mine["order_id"]


async def test_money_between_partner_and_trader_adds_up_to_the_end_of_the_game(bourse: Bourse) -> None:
    before = money_of(bourse.floor.exchange)
    mine = await bourse.place(outcome=0, odds=150, stake=10)
    await bourse.trade(1, -150, 15)

    bourse.floor.wait(3_600)

    assert bourse.order(mine).status is OrderStatus.CLOSED
    balance = bourse.floor.exchange.balance(bourse.partner.partner.user_id).balance
    assert balance == 50_000_00 + 15_00
    assert money_of(bourse.floor.exchange) == before


async def test_two_users_of_one_partner_meet_each_other(bourse: Bourse) -> None:
    first = await bourse.place(user="cust-1", outcome=0, odds=150, stake=10)
    second = await bourse.place(user="cust-2", outcome=1, odds=-150, stake=15)

    assert bourse.order(first).fills[0].against == second["order_id"]


# What the partner's socket hears


def listen(bourse: Bourse, answer: dict[str, Any], socket: Any) -> None:
    hub, now = bourse.partner.wire.hub, bourse.clock.now
    private = answer["authorized_channel"][1]
    frames = [
        ("pusher:signin", answer["authenticated"]),
        ("pusher:subscribe", {"auth": private["auth"], "channel": private["channel_name"]}),
    ]
    for event, data in frames:
        hub.receive(socket, json.dumps({"event": event, "data": data}), now)
    socket.outbox.clear()


async def test_the_partner_hears_of_its_own_orders_with_their_users_and_of_no_others(bourse: Bourse) -> None:
    socket = bourse.partner.wire.hub.connect("app-key", "7", bourse.clock.now, lambda: None)
    answer = (await bourse.partner.ask(REGISTER, {"socket_id": socket.id})).json()["data"]
    listen(bourse, answer, socket)

    mine = await bourse.place(user="cust-9", outcome=0, odds=150, stake=10)
    await bourse.trade(1, -150, 6)
    bourse.wait(OPENING)
    await bourse.cancel(mine)
    bourse.wait(OPENING)

    frames = [frame for frame in map(json.loads, socket.outbox) if frame["event"] == "orders"]
    told_of = [payload_of(frame)["info"] for frame in frames]
    assert {frame["channel"] for frame in frames} == {user_channel(bourse.partner.partner.user_id)}
    assert {(one["order_id"], one["external_user_id"]) for one in told_of} == {(mine["order_id"], "cust-9")}
    assert [(one["update_type"], one["status"], one["matching_status"], one["quantity"]) for one in told_of] == [
        ("status", "inactive", "unmatched", 10),
        ("status", "open", "unmatched", 10),
        ("matching", "open", "partially_matched", 10),
        ("status", "open", "fully_matched", 4),
    ]


# Faults, and the truth of them


async def test_an_order_whose_answer_is_lost_stands_and_the_truth_knows_it(bourse: Bourse, faults: Faults) -> None:
    faults.add(CallFault("omnibus.submit", Lost()))
    body = bourse.body()

    with pytest.raises(SeveredError):
        await bourse.partner.ask(ORDERS, body)

    (order,) = bourse.floor.exchange.orders(bourse.partner.partner.user_id)
    assert accepted_orders(bourse.partner.wire.truth.lines) == {body["external_id"]: [order.id]}


async def test_an_order_that_a_fault_kept_away_was_never_taken(bourse: Bourse, faults: Faults) -> None:
    faults.add(CallFault("omnibus.submit", Error(503, "order_unable_to_place")))
    body = bourse.body()

    assert told(await bourse.partner.ask(ORDERS, body)) == (503, "order_unable_to_place")
    assert bourse.floor.exchange.orders(bourse.partner.partner.user_id) == []
    line = bourse.partner.wire.truth.lines[-1]
    assert (line.name, line.external_id, line.verdict, line.fault) == (
        "omnibus.submit",
        body["external_id"],
        "order_unable_to_place",
        "error",
    )


async def test_each_row_of_a_batch_has_its_line(bourse: Bourse) -> None:
    good, bad = bourse.body(), {**bourse.body(), "external_user_id": ""}
    placed = (await bourse.batch([good, bad]))["succeed_orders"][0]
    bourse.wait(OPENING)
    await bourse.cancel_batch([{"order_id": placed["order_id"]}])

    lines = [(line.name, line.external_id, line.verdict) for line in bourse.partner.wire.truth.lines if line.name.endswith("_many")]
    assert sorted(lines) == sorted(
        [
            ("omnibus.submit_many", good["external_id"], ACCEPTED),
            ("omnibus.submit_many", bad["external_id"], "invalid_external_user_id"),
            ("omnibus.cancel_many", good["external_id"], ACCEPTED),
        ]
    )


@pytest.mark.parametrize("name", ["omnibus.submit", "omnibus.submit_many", "omnibus.cancel", "omnibus.cancel_many", "omnibus.orders"])
async def test_each_new_call_has_a_name_that_a_fault_can_strike(bourse: Bourse, faults: Faults, name: str) -> None:
    asked = {
        "omnibus.submit": (ORDERS, bourse.body()),
        "omnibus.submit_many": (BATCH, {"data": [bourse.body()]}),
        "omnibus.cancel": (CANCEL, {"order_id": "x"}),
        "omnibus.cancel_many": (BATCH_CANCEL, {"data": [{"order_id": "x"}]}),
        "omnibus.orders": (ORDERS, None),
    }
    faults.add(CallFault(name, Error(599, "unknown_error")))

    assert (await bourse.partner.ask(*asked[name])).status_code == 599
    assert bourse.partner.wire.truth.lines[-1].name == name
