"""Readings of pushes: every kind in its envelope, every trap a feed fault, nothing ever raised."""

from __future__ import annotations

import base64
import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.book import Level
from app.domain.events import (
    BookChanged,
    EventChanged,
    EventUnlisted,
    FeedFault,
    HealthBeat,
    MarketsChanged,
    MarketStatusChanged,
    OrderReported,
    OrdersUnclear,
    TournamentChanged,
)
from app.domain.market import MarketKey
from app.domain.odds import from_american
from app.venues.prophetx.pushes import SAMPLE, parse_push
from tests.venues.samples import changed, envelope, pushed, sample

DEPTH = pushed("market_selections", sample("push_depth"))
HOME, AWAY = "8b8bb0f045992661aa7367fdb23175ed", "1d22c7bb8bfc505c0db895b43c1037ee"


def book_changed(data: bytes) -> BookChanged:
    (told,) = parse_push(data)
    assert isinstance(told, BookChanged)
    return told


@pytest.mark.parametrize("kind", ["market_selections", "market_selection"])
def test_a_depth_push_replaces_the_sides_of_its_number(kind: str) -> None:
    book = book_changed(pushed(kind, sample("push_depth"))).book
    assert book.key == MarketKey(19458, 66, Decimal(2))
    assert book.sequence == 1788359521109155777
    assert book.sides == {HOME: (Level(from_american(-108), Decimal("54.00"), Decimal("50.00")),), AWAY: ()}


def test_the_envelope_may_travel_as_a_string() -> None:
    assert parse_push(json.dumps(DEPTH.decode()).encode()) == parse_push(DEPTH)


def test_the_envelope_may_travel_as_a_string_in_a_string() -> None:
    assert parse_push(json.dumps(json.dumps(DEPTH.decode())).encode()) == parse_push(DEPTH)


def test_a_payload_may_be_encoded_twice() -> None:
    twice = pushed("market_selections", json.dumps(sample("push_depth").decode()).encode())
    assert parse_push(twice) == parse_push(DEPTH)


def test_a_payload_may_be_plain() -> None:
    assert parse_push(envelope("market_selections", sample("push_depth").decode())) == parse_push(DEPTH)


def test_an_order_push_is_a_report_with_its_fill() -> None:
    (told,) = parse_push(pushed("order", sample("push_order")))
    assert isinstance(told, OrderReported)
    assert told.report.ref == "ov-1"
    assert told.report.filled == Decimal("6.00")
    assert told.report.fill is not None
    assert told.report.fill.stake == Decimal("2.50")


def test_a_listed_or_changed_event_is_told_with_its_status() -> None:
    (told,) = parse_push(pushed("sport_event", sample("push_event"), op="c"))
    assert isinstance(told, EventChanged)
    assert (told.event.id, told.event.is_live) == (19458, True)


@pytest.mark.parametrize(
    ("payload", "op"),
    [
        (b'{"id":"19458","tournament_id":"31"}', "d"),
        (b'{"id":19458,"tournament_id":31}', "d"),
        (b'{"id":"19458","tournament_id":"31","info":{"event_id":0}}', "d"),
        (b'{"id":"19458","tournament_id":"31","info":{"event_id":0}}', "u"),
        (b'{"id":"19458","info":null}', "d"),
    ],
)
def test_an_unlisted_event_is_told_by_its_id_alone(payload: bytes, op: str) -> None:
    assert parse_push(pushed("sport_event", payload, op)) == [EventUnlisted(19458)]


def test_a_suspended_market_is_told() -> None:
    assert parse_push(pushed("market", sample("push_market"))) == [MarketStatusChanged(19458, 219, "suspended")]


def test_a_new_number_says_that_the_markets_must_be_read_again() -> None:
    assert parse_push(pushed("market_strike", sample("push_strike"), op="c")) == [MarketsChanged(19458)]


def test_a_tournament_is_told() -> None:
    (told,) = parse_push(pushed("tournament", sample("push_tournament")))
    assert isinstance(told, TournamentChanged)
    assert told.tournament.sport.name == "American Football"


@pytest.mark.parametrize("payload", ["e30=", "", "{}"])
def test_a_health_check_is_a_beat(payload: str) -> None:
    assert parse_push(envelope("private_system_signal", payload)) == [HealthBeat()]


@pytest.mark.parametrize("kind", ["unheard_of", ""])
def test_what_is_not_known_is_ignored_and_counted(kind: str) -> None:
    assert [type(told) for told in parse_push(envelope(kind, "e30="))] == [FeedFault]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[]",
        b'"',
        b'"text"',
        b"\xff\xfe",
        b'"\\ud800"',
        b"[" * 100_000,
        envelope("market_selections", "e30="),
        envelope("market_selections", "%%%"),
        envelope("market_selections", "e30"),
        envelope("market_selections", None),
        envelope("market_selections", {"info": {}}),
        envelope("order", base64.b64encode(b"\xe9").decode()),
        envelope("sport_event", base64.b64encode(b'{"id":"x"}').decode(), op="d"),
        pushed("sport_event", b'{"id":"' + b"9" * 5000 + b'"}', op="d"),
    ],
)
def test_what_cannot_be_read_is_one_feed_fault_with_a_short_sample(data: bytes) -> None:
    told, *rest = parse_push(data)
    assert isinstance(told, FeedFault)
    assert rest == ([OrdersUnclear()] if b'"order"' in data else [])
    assert told.words
    assert len(told.sample) <= SAMPLE


@pytest.mark.parametrize("price", [0, 99, -99, 100.5])
def test_an_impossible_price_is_left_out_of_the_book_and_said(price: float) -> None:
    told = parse_push(pushed("market_selections", changed("push_depth", ("info", "selections", 0, 0, "price"), price)))
    book, fault = told
    assert isinstance(book, BookChanged)
    assert isinstance(fault, FeedFault)
    assert book.book.sides == {HOME: (), AWAY: ()}


@pytest.mark.parametrize("field", ["value", "quantity"])
@pytest.mark.parametrize("amount", ["NaN", "Infinity", "sNaN", b"1e999"])
def test_an_impossible_amount_is_left_out_of_the_book_and_said(field: str, amount: object) -> None:
    told = parse_push(pushed("market_selections", changed("push_depth", ("info", "selections", 0, 0, field), amount)))
    assert [type(one) for one in told] == [BookChanged, FeedFault]


@pytest.mark.parametrize("strike", ["NaN", "sNaN", "Infinity", b"1e9999999", b"NaN", b"Infinity", None])
def test_a_spread_without_a_number_changes_no_book(strike: object) -> None:
    told = parse_push(pushed("market_selections", changed("push_depth", ("info", "strike"), strike)))
    assert isinstance(told[0], FeedFault)
    assert not any(isinstance(one, BookChanged) for one in told)


def test_a_moneyline_needs_no_number() -> None:
    payload = json.loads(changed("push_depth", ("info", "strike"), None))
    payload["info"]["type"] = "moneyline"
    assert book_changed(pushed("market_selections", json.dumps(payload).encode())).book.key.strike == 0


@pytest.mark.parametrize("amount", ["NaN", b"1e999", -3])
def test_an_order_push_with_an_impossible_amount_leaves_it_out(amount: object) -> None:
    (told,) = parse_push(pushed("order", changed("push_order", ("info", "total_filled_quantity"), amount)))
    assert isinstance(told, OrderReported)
    assert told.report.filled is None
    assert told.report.fill is None


def test_selections_that_are_null_or_empty_are_no_sides() -> None:
    payload = changed("push_depth", ("info", "selections"), [None, []])
    assert book_changed(pushed("market_selections", payload)).book.sides == {}
    assert book_changed(pushed("market_selections", changed("push_depth", ("info", "selections"), None))).book.sides == {}


@pytest.mark.parametrize("name", ["push_depth", "push_order", "push_event", "push_market", "push_strike", "push_tournament"])
def test_a_payload_cut_at_any_byte_is_a_feed_fault(name: str) -> None:
    kind = {"push_depth": "market_selections", "push_strike": "market_strike", "push_event": "sport_event"}.get(
        name, name.removeprefix("push_")
    )
    body = sample(name).rstrip()
    for end in range(len(body)):
        told, *rest = parse_push(pushed(kind, body[:end]))
        assert isinstance(told, FeedFault)
        assert rest == ([OrdersUnclear()] if kind == "order" else [])


def test_a_frame_cut_at_any_byte_is_a_feed_fault() -> None:
    for end in range(len(DEPTH)):
        (told,) = parse_push(DEPTH[:end])
        assert isinstance(told, FeedFault)


@given(st.binary(max_size=80))
def test_noise_never_raises(data: bytes) -> None:
    parse_push(data)
    parse_push(pushed("market_selections", data))
    parse_push(pushed("order", data))


@pytest.mark.parametrize("kind", ["order", "orders", "wager", "wagers"])
def test_an_order_that_cannot_be_read_leaves_the_orders_unclear(kind: str) -> None:
    fault, unclear = parse_push(pushed(kind, b'{"info":{"order_id":"v-1","status":7}}'))
    assert isinstance(fault, FeedFault)
    assert f"read: {kind}: " in fault.words
    assert unclear == OrdersUnclear()
