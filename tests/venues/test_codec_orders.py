"""Readings of orders, balance and history: exact amounts, and nothing believed that makes no sense."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app.domain.errors import UnknownError, UnreadableError
from app.domain.events import FeedFault
from app.domain.odds import from_american
from app.domain.order import Fill
from app.venues.prophetx import codec
from tests.venues.samples import changed, document, sample

BALANCE: dict[str, object] = {
    "balance": 1000.5,
    "gec_balance": 0,
    "matched_order_balance": 100,
    "unmatched_order_balance": 23.1,
    "unmatched_order_balance_status": "succeed",
    "unmatched_order_last_synced_at": "2026-09-12T01:15:48.123456789Z",
}


def balance_body(**change: object) -> bytes:
    return json.dumps({"data": BALANCE | change}).encode()


def test_a_submit_is_answered_with_an_order_that_is_not_yet_open() -> None:
    report = codec.read_submitted(sample("order"), "ov-1")
    assert (report.ref, report.venue_order_id, report.status, report.matching, report.winning) == (
        "ov-1",
        "9f1c0a5e-0001",
        "inactive",
        "unmatched",
        "tbd",
    )
    assert (report.quantity, report.filled, report.odds) == (Decimal("10.00"), Decimal("0.00"), from_american(146))
    assert (report.event_id, report.market_id, report.selection_id, report.outcome_id) == (
        19458,
        219,
        "83a36a34db56f26b1646942776d8d8c7",
        4,
    )


def test_an_order_named_by_id_only_is_read_too() -> None:
    told = document("order")
    told["data"]["order"]["id"] = told["data"]["order"].pop("order_id")
    assert codec.read_submitted(json.dumps(told).encode(), "ov-1").venue_order_id == "9f1c0a5e-0001"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"<html>Bad gateway</html>",
        b'{"data":null}',
        b'{"data":{}}',
        b'{"data":{"success":true,"order":null}}',
        b'{"error":"invalid_price","message":"no"}',
        changed("order", ("data", "order", "external_id"), "someone-elses"),
        changed("order", ("data", "order", "external_id"), "OV-1"),
        changed("order", ("data", "order", "order_id"), ""),
        changed("order", ("data", "order", "order_id"), 17.0),
        changed("order", ("data", "success"), False),
        sample("order").decode().encode("utf-16"),
    ],
)
def test_an_answer_that_proves_nothing_about_our_order_is_an_unknown_outcome(body: bytes) -> None:
    with pytest.raises(UnknownError):
        codec.read_submitted(body, "ov-1")


def test_a_byte_order_mark_is_tolerated() -> None:
    assert codec.read_submitted(b"\xef\xbb\xbf" + sample("order"), "ov-1").ref == "ov-1"


def test_a_cancel_is_answered_with_or_without_the_order() -> None:
    assert codec.read_cancelled(b'{"data":{"success":true}}') is None
    cancelled = codec.read_cancelled(changed("order", ("data", "order", "status"), "canceled"))
    assert cancelled is not None
    assert cancelled.status == "canceled"


def test_both_shapes_of_a_batch_cancel_are_read() -> None:
    order = document("order")["data"]["order"]
    failed = {"request": {"order_id": "x"}, "error": "order_already_filled", "message": "", "index": 1}
    listed = json.dumps({"data": [{"success": True, "order": order}, {"success": False}]}).encode()
    sorted_out = json.dumps({"data": {"succeed_orders": [order], "failed_orders": [failed]}}).encode()
    assert [report.ref for report in codec.read_batch_cancelled(listed)[0]] == ["ov-1"]
    reports, words = codec.read_batch_cancelled(sorted_out)
    assert ([report.ref for report in reports], words) == (["ov-1"], ["order_already_filled"])


def test_history_is_read_with_its_cursor_and_how_late_it_is() -> None:
    page = codec.read_history(sample("history"))
    ours, foreign = page.rows
    assert (page.cursor, page.synced_at) == ("abc", datetime(2026, 9, 12, 1, 20, tzinfo=UTC))
    assert (ours.quantity, ours.original, ours.filled) == (Decimal("3.00"), Decimal("10.00"), Decimal("3.00"))
    assert ours.placed_at == datetime(2026, 9, 12, 1, 15, 48, 123456, tzinfo=UTC)
    assert (foreign.ref, foreign.winning, foreign.strike) == ("", "loss", Decimal("1.5"))
    assert ours.fill is None


@pytest.mark.parametrize("body", [b'{"data":{"orders":null,"next_cursor":""}}', b'{"data":{"orders":[]}}'])
def test_a_history_without_orders_is_empty(body: bytes) -> None:
    assert codec.read_history(body).rows == ()


@pytest.mark.parametrize("field", ["quantity", "filled_quantity", "original_quantity"])
@pytest.mark.parametrize("value", ["NaN", "sNaN", "Infinity", "-Infinity", b"1e999", -1, b"123456789012345678901234567890"])
def test_an_amount_that_makes_no_sense_is_left_out_of_a_report(field: str, value: object) -> None:
    report = codec.read_history(changed("history", ("data", "orders", 0, field), value)).rows[0]
    told = {"quantity": report.quantity, "filled_quantity": report.filled, "original_quantity": report.original}
    assert told[field] is None
    assert report.ref == "ov-1"


@pytest.mark.parametrize("price", [0, 99, 100.5, -99.9, None])
def test_a_price_that_makes_no_sense_is_left_out_of_a_report(price: object) -> None:
    assert codec.read_history(changed("history", ("data", "orders", 0, "price"), price)).rows[0].odds is None


@pytest.mark.parametrize("strike", ["NaN", "sNaN", "Infinity", b"1e999999"])
def test_a_strike_that_makes_no_sense_is_none(strike: object) -> None:
    assert codec.read_history(changed("history", ("data", "orders", 1, "strike"), strike)).rows[1].strike == 0


def test_the_balance_is_exact_to_the_cent() -> None:
    balance = codec.read_balance(balance_body())
    assert (balance.cash, balance.matched, balance.unmatched) == (Decimal("1000.50"), Decimal("100.00"), Decimal("23.10"))
    assert balance.is_trusted
    assert balance.as_of.startswith("2026-09-12")


@pytest.mark.parametrize("status", ["failed", "", "later"])
def test_the_unmatched_figure_is_trusted_only_when_the_venue_says_so(status: str) -> None:
    assert not codec.read_balance(balance_body(unmatched_order_balance_status=status)).is_trusted


@pytest.mark.parametrize("cash", ["NaN", "sNaN", "Infinity", "1e999", "1E30", None, {}, "money"])
def test_a_balance_that_is_no_money_is_unreadable(cash: object) -> None:
    with pytest.raises(UnreadableError):
        codec.read_balance(balance_body(balance=cash))


@pytest.mark.parametrize("field", ["balance", "matched_order_balance", "unmatched_order_balance"])
@pytest.mark.parametrize("amount", [-0.01, 1e15, 1e12, 10.001, "10.00", True, None, [], b"1e999"])
def test_an_amount_of_the_balance_that_cannot_be_one_makes_it_unknown(field: str, amount: object) -> None:
    with pytest.raises(UnreadableError):
        codec.read_balance(changed("balance", ("data", field), amount))


@pytest.mark.parametrize(
    ("amount", "read"), [(0, "0.00"), (10.10, "10.10"), (b"10.1000", "10.10"), (b"999999999999.99", "999999999999.99")]
)
def test_an_amount_of_the_balance_is_read_to_the_cent(amount: object, read: str) -> None:
    assert codec.read_balance(changed("balance", ("data", "balance"), amount)).cash == Decimal(read)


def test_a_balance_without_its_status_is_not_trusted() -> None:
    told = document("balance")
    del told["data"]["unmatched_order_balance_status"]
    assert not codec.read_balance(json.dumps(told).encode()).is_trusted
    assert not codec.read_balance(changed("balance", ("data", "unmatched_order_balance_status"), None)).is_trusted


def test_a_balance_without_its_amount_is_unreadable_not_zero() -> None:
    with pytest.raises(UnreadableError):
        codec.read_balance(b'{"data":{}}')


def test_matches_are_listed_by_order_at_the_price_they_filled_at() -> None:
    found = codec.read_matched_detail(sample("matched_detail"))
    assert found["9f1c0a5e-0001"] == [(from_american(150), Decimal("2.50")), (from_american(146), Decimal("0.50"))]
    assert found["9f1c0a5e-0002"] == [(from_american(-110), Decimal("11.00"))]
    assert "9f1c0a5e-0003" not in found


@pytest.mark.parametrize(("field", "value"), [("fill_price", 0), ("fill_price", 100.5), ("quantity", "NaN"), ("quantity", b"1e999")])
def test_a_match_that_makes_no_sense_is_left_out_and_said(field: str, value: object) -> None:
    faults: list[FeedFault] = []
    found = codec.read_matched_detail(changed("matched_detail", ("data", "matching_details", 0, field), value), faults)
    assert found["9f1c0a5e-0001"] == [(from_american(146), Decimal("0.50"))]
    assert "9f1c0a5e-0002" in found
    assert len(faults) == 1


def test_a_fill_of_a_push_is_this_fill_and_its_running_total() -> None:
    row = document("push_order")["info"]
    report = codec.read_order(json.dumps({"data": row}).encode())
    assert report.fill == Fill(Decimal("6.00"), Decimal("2.50"), from_american(150))
    assert report.filled == Decimal("6.00")
    assert report.sequence == 1788359521109155123


def test_a_status_push_carries_no_fill() -> None:
    row = document("push_order")["info"] | {"update_type": "status"}
    assert codec.read_order(json.dumps({"data": row}).encode()).fill is None
