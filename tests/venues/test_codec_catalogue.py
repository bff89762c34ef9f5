"""Readings of what can be traded: tournaments, events, markets with their books, the ladder."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app.domain.book import Level
from app.domain.errors import UnreadableError
from app.domain.market import Competitor, MarketKey, Selection
from app.domain.odds import from_american
from app.venues.prophetx import codec
from app.venues.prophetx.values import moment as moment_of
from app.venues.prophetx.values import strike_of
from tests.venues.samples import changed, document, sample

GAME = 19458
PILOTS = "83a36a34db56f26b1646942776d8d8c7"


def markets_with(path: tuple[str | int, ...], value: object) -> codec.MarketsRead:
    return codec.read_multiple_markets(changed("markets", ("data", str(GAME), *path), value))[GAME]


def test_tournaments_are_read_with_their_sport_and_nil_texts_are_absent() -> None:
    harbor, coast, nameless = codec.read_tournaments(sample("tournaments"))
    assert (harbor.id, harbor.name, harbor.sport.name, harbor.category) == (31, "Harbor League", "American Football", "USA")
    assert (coast.id, coast.category) == (1600000176, "")
    assert (nameless.name, nameless.sport.name) == ("233", "Other")


def test_events_are_read_with_their_competitors_and_start() -> None:
    game, _ = codec.read_events(sample("events"))
    assert (game.id, game.name, game.tournament_name) == (GAME, "Night Herons at Harbor Pilots", "Harbor League")
    assert game.scheduled == datetime(2026, 9, 13, 17, tzinfo=UTC)
    assert game.competitors[0] == Competitor(5, "Harbor Pilots", "home", "HBP")
    assert game.sub_type == ""


def test_an_event_with_nineteen_digits_nulls_and_an_unknown_status_is_read_exactly() -> None:
    _, outright = codec.read_events(sample("events"))
    assert outright.id == 9007199254740993123
    assert (outright.name, outright.status, outright.sub_type) == ("Champion 2027", "paused", "outrights")
    assert outright.scheduled is None
    assert outright.competitors == ()


@pytest.mark.parametrize("body", [b'{"data":{"sport_events":null}}', b'{"data":{"sport_events":[]}}'])
def test_null_and_empty_events_are_no_events(body: bytes) -> None:
    assert codec.read_events(body) == []


@pytest.mark.parametrize(
    ("read", "body"),
    [
        (codec.read_tournaments, b'{"data":{}}'),
        (codec.read_events, b'{"data":{"events":[]}}'),
        (lambda body: codec.read_markets(body, GAME), b'{"data":{}}'),
        (codec.read_history, b'{"data":{"bets":[]}}'),
        (codec.read_matched_detail, b'{"data":{}}'),
    ],
)
def test_a_list_under_an_unknown_name_is_unreadable_and_never_an_empty_one(read: Callable[[bytes], object], body: bytes) -> None:
    with pytest.raises(UnreadableError):
        read(body)


def test_null_markets_are_no_markets() -> None:
    assert codec.read_markets(b'{"data":{"markets":null}}', GAME) == codec.MarketsRead((), ())
    assert codec.read_multiple_markets(sample("markets"))[19459] == codec.MarketsRead((), ())


def test_a_single_events_answer_is_read_like_its_part_of_the_multiple_one() -> None:
    body = json.dumps({"data": {"markets": document("markets")["data"][str(GAME)]}}).encode()
    assert codec.read_markets(body, GAME) == codec.read_multiple_markets(sample("markets"))[GAME]


def test_a_moneyline_is_a_group_of_one_market_with_its_book() -> None:
    read = codec.read_multiple_markets(sample("markets"))[GAME]
    moneyline, book = read.groups[0].markets[0], read.books[0]
    assert moneyline.key == book.key == MarketKey(GAME, 219, Decimal(0))
    assert moneyline.selections[0] == Selection(PILOTS, "Harbor Pilots", 4, Decimal(0))
    assert moneyline.traded == Decimal("5006.03")
    assert book.sides[PILOTS] == (
        Level(from_american(146), Decimal("33.92"), Decimal("116.71")),
        Level(from_american(-265), Decimal("26.50"), Decimal("10.00")),
    )
    assert read.faults == ()


def test_a_placeholder_names_its_selection_but_offers_nothing() -> None:
    read = codec.read_multiple_markets(sample("markets"))[GAME]
    herons = read.groups[0].markets[0].selections[1]
    assert herons.name == "Night Herons"
    assert read.books[0].side(herons.id) == ()


def test_the_numbers_of_a_spread_share_the_parents_id_and_stand_in_order() -> None:
    spread = codec.read_multiple_markets(sample("markets"))[GAME].groups[1]
    assert [market.key for market in spread.markets] == [MarketKey(GAME, 66, Decimal("1.5")), MarketKey(GAME, 66, Decimal(2))]
    assert spread.main.name == "Fixed home +2"
    assert [market.is_open for market in spread.markets] == [False, True]
    assert spread.markets[0].traded == 0


def test_a_selection_that_is_null_leaves_the_other_one_standing() -> None:
    assert len(codec.read_multiple_markets(sample("markets"))[GAME].groups[1].markets[0].selections) == 1


def test_player_markets_are_props_and_an_empty_status_is_the_parents() -> None:
    group = codec.read_multiple_markets(sample("markets"))[GAME].groups[2]
    assert group.is_prop
    assert group.markets[0].is_prop
    assert group.markets[0].is_open


@pytest.mark.parametrize(
    "broken", [None, 7, "text", [], {}, {"id": "219"}, {"id": 219, "strike": "x"}, {"id": 1, "selections": [[{"price": "-110"}]]}]
)
def test_one_unreadable_market_does_not_discard_its_siblings(broken: object) -> None:
    read = markets_with((0,), broken)
    assert [group.id for group in read.groups] == [66, 901]
    assert len(read.faults) == 1
    assert str(GAME) in read.faults[0].words


@pytest.mark.parametrize("strike", ["NaN", "Infinity", "sNaN", "-Infinity", b"1e999999", b"1e999"])
def test_a_strike_that_is_no_number_discards_its_market_only(strike: object) -> None:
    read = markets_with((1, "market_strikes", 0, "strike"), strike)
    assert {219, 901} <= {group.id for group in read.groups}
    assert read.faults


@pytest.mark.parametrize("kind", ["spread", "total"])
def test_a_spread_or_total_without_a_number_is_not_shown(kind: str) -> None:
    told = document("markets")
    told["data"][str(GAME)][1]["type"] = kind
    told["data"][str(GAME)][1]["market_strikes"][0]["strike"] = None
    read = codec.read_multiple_markets(json.dumps(told).encode())[GAME]
    assert [market.key.strike for market in read.groups[1].markets] == [Decimal("1.5")]
    assert "without a number" in read.faults[0].words
    assert MarketKey(GAME, 66, Decimal(0)) not in [book.key for book in read.books]


@pytest.mark.parametrize("price", [0, 1, 99, -99, 100.5, -110.5, 1.0, 0.99])
def test_an_impossible_price_is_left_out_and_said(price: float) -> None:
    read = markets_with((0, "selections", 0, 0, "price"), price)
    assert [level.odds.american for level in read.books[0].sides[PILOTS]] == [-265]
    assert "not tradable" in read.faults[0].words
    assert PILOTS in read.faults[0].words


@pytest.mark.parametrize(("price", "american"), [(100, 100), (-100, 100), (146.0, 146), (-25000, -25000)])
def test_a_whole_price_is_read_however_it_is_written(price: float, american: int) -> None:
    read = markets_with((0, "selections", 0, 0, "price"), price)
    assert read.books[0].sides[PILOTS][0].odds.american == american


@pytest.mark.parametrize("value", ["NaN", "Infinity", "sNaN", b"1e999", 1e30])
def test_an_impossible_amount_is_left_out_and_said(value: object) -> None:
    read = markets_with((0, "selections", 0, 0, "value"), value)
    assert [level.odds.american for level in read.books[0].sides[PILOTS]] == [-265]
    assert "not tradable" in read.faults[0].words


@pytest.mark.parametrize("value", [0, -5, 0.001])
def test_a_level_nobody_can_take_is_no_level(value: float) -> None:
    assert len(markets_with((0, "selections", 0, 0, "value"), value).books[0].sides[PILOTS]) == 1


def test_amounts_of_many_digits_are_rounded_to_cents() -> None:
    read = markets_with((0, "selections", 0, 0, "value"), b"33.92000000000000001")
    assert read.books[0].sides[PILOTS][0].takeable == Decimal("33.92")


@pytest.mark.parametrize("traded", ["NaN", "sNaN", "Infinity", b"1e999"])
def test_a_traded_amount_that_is_no_money_is_left_out(traded: object) -> None:
    assert markets_with((0, "total_filled_quantity"), traded).groups[0].markets[0].traded is None


@pytest.mark.parametrize(("value", "key"), [("-0.0", "0"), ("7.50", "7.5"), ("100", "100"), ("-3", "-3")])
def test_equal_strikes_are_one_key(value: str, key: str) -> None:
    strike = strike_of(Decimal(value))
    assert strike == Decimal(key)
    assert f"{strike:f}" == key


def test_an_answer_keyed_by_something_else_than_event_ids_is_read_as_far_as_it_goes() -> None:
    body = b'{"data":{"19458":[],"x":[],"":[],"\\u0661":[],"' + b"9" * 5000 + b'":[]}}'
    assert list(codec.read_multiple_markets(body)) == [19458]


def test_the_ladder_is_read() -> None:
    body = json.dumps({"data": [*range(-110, -100), *range(100, 111)]}).encode()
    assert len(codec.read_ladder(body)) == 21


@pytest.mark.parametrize(
    "rungs", [[], [100], [0, *range(100, 120)], [100.5, *range(100, 120)], ["100"] * 20, [None] * 20, [100] * 50, list(range(100, 20_000))]
)
def test_an_implausible_ladder_is_refused(rungs: list[object]) -> None:
    with pytest.raises(UnreadableError, match=r"ladder|not what it should be"):
        codec.read_ladder(json.dumps({"data": rungs}).encode())


@pytest.mark.parametrize(
    ("stated", "read"),
    [
        ("2026-09-12T01:15:48Z", datetime(2026, 9, 12, 1, 15, 48, tzinfo=UTC)),
        ("2026-09-12T01:15:48.123456789Z", datetime(2026, 9, 12, 1, 15, 48, 123456, tzinfo=UTC)),
        ("2026-09-12T01:15:48.1Z", datetime(2026, 9, 12, 1, 15, 48, 100000, tzinfo=UTC)),
        ("2026-09-12T01:15:48", datetime(2026, 9, 12, 1, 15, 48, tzinfo=UTC)),
        ("2026-09-12T15:15:48+14:00", datetime(2026, 9, 12, 1, 15, 48, tzinfo=UTC)),
        (1788198319, datetime.fromtimestamp(1788198319, UTC)),
        (1788198319016, datetime.fromtimestamp(1788198319.016, UTC)),
        (1788198319016976, datetime.fromtimestamp(1788198319.016976, UTC)),
        (1788198319016976000, datetime.fromtimestamp(1788198319.016976, UTC)),
    ],
)
def test_a_moment_is_read_from_iso_text_or_from_any_epoch(stated: str | int, read: datetime) -> None:
    moment = moment_of(stated)
    assert moment is not None
    assert moment.tzinfo is UTC
    assert abs((moment - read).total_seconds()) < 1e-5


@pytest.mark.parametrize(
    "stated", [None, "", "soon", "2026-13-01T00:00:00Z", "24:00:00", "0001-01-01T00:00:00+14:00", 0, -5, 10**30, 10**400, "."]
)
def test_what_is_no_moment_is_none(stated: str | int | None) -> None:
    assert moment_of(stated) is None
