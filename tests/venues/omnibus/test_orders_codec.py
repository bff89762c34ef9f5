"""Orders in the B2B desk's answers and pushes, with `data` around them or without, in today's words or the guide's; and what leaves."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from app.domain.errors import UnknownError, UnreadableError
from app.domain.events import FeedFault, OrderReported
from app.domain.odds import from_american
from app.venues.omnibus.calls import Calls
from app.venues.omnibus.codec import Submissions, enclosed, read_cancelled, read_orders, read_submitted
from app.venues.omnibus.names import B2B, FIELDS, Fields, fields_for
from app.venues.prophetx.pushes import parse_push
from tests.venues.omnibus.rows import DRAFT, SELECTION, old_row, page, row
from tests.venues.samples import pushed

SHAPES: list[Callable[[dict[str, Any]], object]] = [
    lambda order: {"data": {"success": True, "order": order}},
    lambda order: {"success": True, "order": order},
    lambda order: {"data": {"Success": True, "wager": order}},
    lambda order: {"data": order},
    lambda order: order,
]


@pytest.mark.parametrize("words", [row, old_row], ids=["today", "guide"])
@pytest.mark.parametrize("shape", SHAPES, ids=["wrapped", "bare wrapper", "old wrapper", "order as data", "order alone"])
def test_an_answer_with_an_order_is_read_in_every_shape(
    shape: Callable[[dict[str, Any]], object], words: Callable[[], dict[str, Any]]
) -> None:
    report = read_submitted(json.dumps(shape(words())).encode(), "b2b-1")
    assert (report.ref, report.venue_order_id, report.user, report.status) == ("b2b-1", "v-b2b-1", "cust-8841", "open")
    assert (report.odds, report.quantity, report.selection_id) == (from_american(-110), Decimal("12.50"), SELECTION)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"data":{}}',
        b'{"data":{"success":true}}',
        b'{"error":"odd","message":"at 200"}',
        b'{"data":' * 3000,
        json.dumps({"data": {"success": False, "order": row()}}).encode(),
        json.dumps({"data": row("another")}).encode(),
        json.dumps({"data": {"order_id": "v-1", "status": "open"}}).encode(),
    ],
)
def test_an_answer_that_proves_nothing_about_the_order_leaves_it_unknown(body: bytes) -> None:
    with pytest.raises(UnknownError):
        read_submitted(body, "b2b-1")


@pytest.mark.parametrize("body", [b'{"data":{"success":true}}', b'{"success":true}', b"{}"])
def test_a_cancel_may_be_answered_without_an_order(body: bytes) -> None:
    assert read_cancelled(body) is None


def test_a_cancelled_order_that_stands_bare_is_read() -> None:
    report = read_cancelled(json.dumps(old_row(status="canceled")).encode())
    assert report is not None
    assert (report.status, report.user) == ("canceled", "cust-8841")


@pytest.mark.parametrize(
    ("told", "user"),
    [
        ({"external_user_id": "cust-1"}, "cust-1"),
        ({"external_user_id": None, "externalUserId": "cust-1"}, "cust-1"),
        ({"external_user_id": 8841}, "8841"),
        ({"external_user_id": None}, ""),
        ({"external_user_id": "<nil>"}, ""),
    ],
)
def test_for_whom_an_order_is_is_read_as_it_is_told(told: dict[str, object], user: str) -> None:
    document = {**row(), **told}
    (report,) = read_orders(page({name: value for name, value in document.items() if value is not None}), []).rows
    assert report.user == user


def test_a_user_told_twice_and_differently_is_a_fault_and_no_order() -> None:
    faults: list[FeedFault] = []
    assert read_orders(page({**row(), "externalUserId": "somebody-else"}), faults).rows == ()
    assert "external_user_id is told twice" in faults[0].words


@pytest.mark.parametrize(
    "document",
    [
        {"data": {"orders": [row()], "next_cursor": "more"}, "last_synced_at": "2026-11-18T12:00:00Z"},
        {"orders": [row()], "next_cursor": "more", "last_synced_at": "2026-11-18T12:00:00Z"},
        {"data": [row()], "next_cursor": "more", "last_synced_at": "2026-11-18T12:00:00Z"},
        {"data": {"orders": [old_row()], "cursor": "more", "last_synced_at": "2026-11-18T12:00:00Z"}},
        {"data": {"wagers": [old_row()]}, "cursor": "more", "last_synced_at": 1_795_003_200},
    ],
)
def test_a_page_of_the_record_is_read_wherever_its_parts_stand(document: object) -> None:
    faults: list[FeedFault] = []
    told = read_orders(json.dumps(document).encode(), faults)
    assert [report.ref for report in told.rows] == ["b2b-1"]
    assert told.cursor == "more"
    assert told.synced_at == datetime(2026, 11, 18, 12, tzinfo=UTC)
    assert not faults


@pytest.mark.parametrize("body", [b"{}", b'{"data":{}}', b'{"error":"odd"}', b"<html>", b"null"])
def test_an_answer_without_a_list_is_no_empty_record(body: bytes) -> None:
    with pytest.raises(UnreadableError):
        read_orders(body, [])


@pytest.mark.parametrize("body", [b'{"a":1}', b'\xef\xbb\xbf{"a":1}'])
def test_what_comes_without_data_gets_it(body: bytes) -> None:
    assert json.loads(enclosed(body)) == {"data": {"a": 1}}


@pytest.mark.parametrize("body", [b'{"data":null,"a":1}', b"[1]", b"", b"\xff"])
def test_what_has_data_or_is_no_object_stays_as_it_is(body: bytes) -> None:
    assert enclosed(body) == body


def test_a_push_names_the_external_user() -> None:
    info = row(update_type="status", sequence_number=1_795_000_000_000_000_001)
    (event,) = parse_push(pushed("order", json.dumps({"info": info}).encode()))
    assert isinstance(event, OrderReported)
    assert (event.report.user, event.report.ref) == ("cust-8841", "b2b-1")


def test_a_trading_accounts_push_names_nobody() -> None:
    info = {name: value for name, value in row(update_type="status").items() if name != "external_user_id"}
    (event,) = parse_push(pushed("order", json.dumps({"info": info}).encode()))
    assert isinstance(event, OrderReported)
    assert event.report.user == ""


# What leaves


def test_a_submit_says_the_guides_words() -> None:
    call = Calls(B2B).submit("b2b-1", DRAFT)
    assert (call.method, call.path) == ("POST", "api/v1/orders")
    assert call.body == (
        b'{"external_id":"b2b-1","external_user_id":"cust-8841","line_id":"' + SELECTION.encode() + b'","stake":12.50,"odds":-110}'
    )


def test_a_submit_says_todays_words_where_the_profile_does() -> None:
    told = json.loads(Calls(B2B, FIELDS["v4"]).submit("b2b-1", DRAFT).body or b"")
    assert told == {
        "external_id": "b2b-1",
        "external_user_id": "cust-8841",
        "strike_id": SELECTION,
        "quantity": 12.5,
        "price": -110,
    }


OWN = fields_for("v4", {"ref": "client_ref", "user": "customer", "selection": "odds", "odds": "american", "stake": "amount", "order": "no"})


def test_single_names_of_a_profile_stand_in_the_bytes() -> None:
    calls = Calls(B2B, OWN)
    told = json.loads(calls.submit("b2b-1", DRAFT).body or b"")
    assert told == {"client_ref": "b2b-1", "customer": "cust-8841", "odds": SELECTION, "american": -110, "amount": 12.5}
    assert json.loads(calls.cancel("v-1").body or b"") == {"no": "v-1"}
    assert json.loads(calls.cancel_many(["v-1"]).body or b"") == {"data": [{"no": "v-1"}]}


@pytest.mark.parametrize("fields", [FIELDS["guide"], FIELDS["v4"], OWN], ids=["guide", "v4", "own"])
def test_what_leaves_is_read_back_whole_from_its_bytes(fields: Fields) -> None:
    read = Submissions(fields)
    calls, blank = Calls(B2B, fields), msgspec.structs.replace(DRAFT, odds=from_american(100), stake=Decimal(1), external_user="")
    another = msgspec.structs.replace(DRAFT, external_user="cust-2", stake=Decimal("0.01"))
    assert read.read(calls.submit("b2b-1", DRAFT).body, blank) == ("b2b-1", DRAFT)
    body = calls.submit_many([("b2b-1", DRAFT), ("b2b-2", another)]).body
    assert read.read_many(body, [blank, blank]) == [("b2b-1", DRAFT), ("b2b-2", another)]


def test_a_batch_of_other_rows_than_the_drafts_is_not_read_back() -> None:
    body = Calls(B2B).submit_many([("b2b-1", DRAFT)]).body
    with pytest.raises(ValueError, match="zip"):
        Submissions().read_many(body, [DRAFT, DRAFT])


def test_a_cancel_names_the_venues_own_id_only() -> None:
    calls = Calls(B2B)
    assert json.loads(calls.cancel("v-1").body or b"") == {"order_id": "v-1"}
    assert json.loads(calls.cancel_many(["v-1", "v-2"]).body or b"") == {"data": [{"order_id": "v-1"}, {"order_id": "v-2"}]}
