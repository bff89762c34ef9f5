"""I-17 to I-31: what a venue may say of tournaments, events, markets, prices and its ladder, and what can be ordered of it."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from app.domain.errors import UnreadableError
from app.domain.events import MarketStatusChanged
from app.domain.market import MarketKey
from app.domain.money import CEILING
from app.domain.odds import from_american
from app.services.catalogue import Loading
from tests.venues.inputs.kit import (
    AWAY,
    GAME,
    GOOD,
    HOME,
    LADDER,
    Floor,
    floor,
    markets_body,
    open_floor,
    outcome,
    packed,
)  # fmt: skip
from tests.venues.samples import changed, document, sample

MONEYLINE = MarketKey(GAME, 219, Decimal(0))
SPREAD_HOME, SPREAD_AWAY = "8b8bb0f045992661aa7367fdb23175ed", "1d22c7bb8bfc505c0db895b43c1037ee"
OTHER = 19459


def rows() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = document("markets")["data"]["19458"]
    return found


def with_level(**fields: object) -> bytes:
    """The moneyline's best level with other fields; raw JSON goes in as bytes."""
    told = rows()
    raw: dict[str, bytes] = {}
    for name, value in fields.items():
        if isinstance(value, bytes):
            raw[f'"@{name}"'] = value
            value = f"@{name}"
        told[0]["selections"][0][0][name] = value
    body = markets_body(told)
    for mark, literal in raw.items():
        body = body.replace(mark.encode(), literal)
    return body


def siblings(one: Floor) -> set[tuple[int, str]]:
    """The markets and odds that no test of the moneyline touches."""
    return {(offer.market.market_id, f"{offer.odds.american:+d}") for offer in one.offers() if offer.market.market_id != 219}


UNTOUCHED = {(66, "-110"), (901, "+100"), (901, "-132")}


# I-17


def both(event_id: int) -> list[dict[str, Any]]:
    return json.loads(json.dumps(rows()).replace("19458", str(event_id)))  # type: ignore[no-any-return]


async def multiple(body: bytes, *event_ids: int) -> tuple[dict[int, list[int]], Floor]:
    """Which markets of which event were read, and the floor with them."""
    async with open_floor(v4__mm__get_multiple_markets=body) as one:
        found = await one.client.multiple_markets(event_ids)
        one.desk.session.emit(found)
        return {seeded.event_id: [group.id for group in seeded.groups] for seeded in found}, one


async def test_i17_a_flat_list_of_markets_is_grouped_by_the_event_each_names() -> None:
    flat = [row | {"event_id": GAME} for row in rows()] + [{**rows()[0], "event_id": OTHER}]
    found, one = await multiple(packed({"data": flat}), GAME, OTHER)
    assert {event: sorted(ids) for event, ids in found.items()} == {GAME: [66, 219, 901], OTHER: [219]}
    assert one.words == ""


async def test_i17_a_market_in_a_flat_list_without_its_event_is_said_and_takes_nothing_from_the_others() -> None:
    flat = [row | {"event_id": GAME} for row in rows()[:2]] + [rows()[2]]
    found, one = await multiple(packed({"data": flat}), GAME, OTHER)
    assert sorted(found.get(GAME, [])) == [66, 219]
    assert len(one.faults) == 1


async def test_i17_null_markets_are_none_and_an_event_that_was_not_answered_stays_not_read() -> None:
    found, one = await multiple(sample("markets"), GAME, OTHER, 7)
    assert set(found) == {GAME, OTHER}
    assert found[OTHER] == []
    assert 7 not in one.desk.catalogue.groups
    assert one.refuses(MarketKey(7, 219, Decimal(0)), HOME, from_american(146)).startswith("MARKET_CLOSED")


async def test_i17_an_event_that_was_never_asked_for_is_left_alone() -> None:
    found, one = await multiple(packed({"data": {"19458": rows(), "555": rows()}}), GAME)
    assert set(found) == {GAME}
    assert 555 not in one.desk.catalogue.groups
    assert one.levels(555) == set()


@pytest.mark.parametrize("key", ["", "x", "-1", "1.0", "9" * 30, " 19458", "１９４５８", "event"])
async def test_i17_a_key_that_is_no_event_is_said_and_takes_nothing_from_the_others(key: str) -> None:
    found, one = await multiple(packed({"data": {key: rows(), "19458": rows()}}), GAME)
    assert sorted(found[GAME]) == [66, 219, 901]
    assert len(one.faults) == 1


@pytest.mark.parametrize("data", [[], {}, None])
async def test_i17_an_answer_without_any_event_leaves_all_of_them_not_read(data: object) -> None:
    async with open_floor(v4__mm__get_multiple_markets=packed({"data": data})) as one:
        told = await outcome(one, "multiple markets")
        assert told == [] or (isinstance(told, UnreadableError) and len(one.faults) == 1)


# I-18


async def test_i18_a_placeholder_is_no_offer_and_its_selection_can_still_be_named() -> None:
    async with open_floor() as one:
        market = one.desk.catalogue.market(MONEYLINE)
        assert market is not None
        assert [selection.id for selection in market.selections] == [HOME, AWAY]
        assert one.desk.prices.side(MONEYLINE, AWAY) == ()
        assert one.refuses(MONEYLINE, AWAY, from_american(120)) == ""


@pytest.mark.parametrize("field", ["quantity", "value"])
async def test_i18_a_placeholder_with_money_in_it_is_still_no_offer(field: str) -> None:
    async with open_floor(v4__mm__get_markets=with_level(price=None, **{field: 50})) as one:
        assert not any(offer.odds.american == 146 for offer in one.levels())
        assert siblings(one) == UNTOUCHED


# I-19

NO_PRICES = {
    "0": 0, "1": 1, "99": 99, "-99": -99, "-1": -1, "100.5": 100.5, "1.0": 1.0, "0.99": 0.99, "1e7": 10_000_000, "-1.5": -1.5,
    "2.46 (decimal odds)": 2.46, "146.0000001": 146.0000001, "30 digits": 10**30, "text": "a lot", "empty": "", "list": [146], "true": True,
}  # fmt: skip


@pytest.mark.parametrize("price", NO_PRICES.values(), ids=NO_PRICES)
async def test_i19_a_price_that_is_none_is_not_tradable_and_the_reason_is_said(price: object) -> None:
    async with open_floor(v4__mm__get_markets=with_level(price=price)) as one:
        assert len(one.faults) == 1
        assert one.desk.session.faults == 1
        assert not any(offer.market == MONEYLINE and offer.odds.american != -265 for offer in one.levels())
        assert siblings(one) == UNTOUCHED


@pytest.mark.parametrize("price", [131, -131, 143, 999, 25_500, 100_000, -100_000, 1_000_000])
async def test_i19_a_price_off_the_ladder_is_shown_and_not_tradable(price: int) -> None:
    async with open_floor(v4__mm__get_markets=with_level(price=price)) as one:
        (offer,) = [offer for offer in one.levels() if offer.market == MONEYLINE and offer.odds.american == price]
        assert one.objection(offer).startswith("OFF_LADDER: ")
        assert offer.odds.words in one.objection(offer)


async def test_i19_minus_100_is_even_money_and_one_rung_with_plus_100() -> None:
    async with open_floor(v4__mm__get_markets=with_level(price=-100)) as one:
        (offer,) = [offer for offer in one.offers() if offer.market == MONEYLINE and offer.odds == from_american(100)]
        assert offer.odds.american == 100


@pytest.mark.parametrize("price", [0, 99, 100.5, 1.0, 10_000_000])
async def test_i19_the_same_in_a_push(price: float) -> None:
    async with open_floor() as one:
        one.push("market_selections", changed("push_depth", ("info", "selections", 0, 0, "price"), price))
        assert len(one.faults) == 1
        assert not any(offer.market.market_id == 66 for offer in one.levels())


# I-21

ODD_AMOUNTS = {"negative": -5, "tiny negative": -0.001, "huge": 1e12, "just above the venue's largest": 100_000_000.01, "30 digits": 10**30}


@pytest.mark.parametrize("amount", ODD_AMOUNTS.values(), ids=ODD_AMOUNTS)
@pytest.mark.parametrize("field", ["quantity", "value"])
async def test_i21_an_amount_that_cannot_be_is_not_tradable_and_said(field: str, amount: object) -> None:
    async with open_floor(v4__mm__get_markets=with_level(**{field: amount})) as one:
        assert len(one.faults) == 1
        assert not any(offer.odds.american == 146 for offer in one.levels())
        assert siblings(one) == UNTOUCHED
        assert all(0 < offer.takeable <= CEILING for offer in one.levels())


@pytest.mark.parametrize("amount", [0, 0.001, 0.004, 1e-30, b"0E-20"])
async def test_i21_less_than_a_cent_is_nothing_to_take(amount: object) -> None:
    async with open_floor(v4__mm__get_markets=with_level(value=amount)) as one:
        assert not any(offer.odds.american == 146 for offer in one.levels())
        assert siblings(one) == UNTOUCHED


@pytest.mark.parametrize("literal", [b"33.92000000000000001", b"33.91999999999999957", b"33.9200000000000000000000000000001"])
async def test_i21_seventeen_decimals_are_that_amount_in_whole_cents(literal: bytes) -> None:
    async with open_floor(v4__mm__get_markets=with_level(value=literal)) as one:
        (offer,) = [offer for offer in one.offers() if offer.odds.american == 146]
        assert str(offer.takeable) == "33.92"


# I-22


def with_strike(strike: object, *, of_levels: bool = True) -> bytes:
    """The spread at +2 with another number."""
    told = rows()
    child = told[1]["market_strikes"][0]
    child["strike"] = "@@"
    if of_levels:
        child["selections"][0][0]["strike"] = "@@"
        child["selections"][1][0]["strike"] = "@minus"
    literal = strike if isinstance(strike, bytes) else json.dumps(strike).encode()
    return markets_body(told).replace(b'"@@"', literal).replace(b'"@minus"', opposite(literal))


def opposite(literal: bytes) -> bytes:
    if not literal.strip(b'"-').replace(b".", b"").isdigit():
        return literal
    quote = b'"' if literal.startswith(b'"') else b""
    bare = literal.strip(b'"')
    return quote + (bare[1:] if bare.startswith(b"-") else b"-" + bare) + quote


@pytest.mark.parametrize(
    ("strike", "key"), [(7.25, "7.25"), ("7.5", "7.5"), (b"7.50", "7.5"), (-3.5, "-3.5"), (0, "0"), ("-0.0", "0"), (b"-0.0", "0")]
)
async def test_i22_a_number_in_any_form_is_that_number(strike: object, key: str) -> None:
    async with open_floor(v4__mm__get_markets=with_strike(strike)) as one:
        found = {offer.market for offer in one.offers() if offer.market.market_id == 66}
        assert found == {MarketKey(GAME, 66, Decimal(key))}
        assert one.faults == []


@pytest.mark.parametrize("strike", [None, 1e308, b"1e999", "NaN", "a half", [2], True, b"9" * 30], ids=str)
async def test_i22_a_spread_without_a_number_is_said_and_cannot_be_ordered(strike: object) -> None:
    async with open_floor(v4__mm__get_markets=with_strike(strike, of_levels=False)) as one:
        assert len(one.faults) == 1
        assert SPREAD_HOME not in {offer.selection_id for offer in one.offers()}
        assert {(219, "+146"), (901, "+100"), (901, "-132")} <= {(o.market.market_id, f"{o.odds.american:+d}") for o in one.offers()}


@pytest.mark.parametrize(("home", "away"), [(2, 2), (-2, -2), (-2, 2), (2, -3), (2, 0), (2, None)])
async def test_i22_a_spread_whose_sides_do_not_oppose_each_other_is_flagged_and_cannot_be_ordered(home: object, away: object) -> None:
    told = rows()
    child = told[1]["market_strikes"][0]
    child["selections"][0][0]["strike"], child["selections"][1][0]["strike"] = home, away
    async with open_floor(v4__mm__get_markets=markets_body(told)) as one:
        assert len(one.faults) == 1
        key = MarketKey(GAME, 66, Decimal(2))
        assert [offer.odds.american for offer in one.levels() if offer.market == key] == [-110]
        assert one.refuses(key, SPREAD_HOME, from_american(-110)).startswith("MARKET_CLOSED: ")
        assert siblings(one) == UNTOUCHED - {(66, "-110")}


async def test_i22_a_total_whose_sides_stand_at_different_numbers_is_flagged_and_cannot_be_ordered() -> None:
    told = rows()
    told[2]["market_strikes"][0]["selections"][1][0]["strike"] = 241.5
    async with open_floor(v4__mm__get_markets=markets_body(told)) as one:
        assert len(one.faults) == 1
        assert 901 not in {offer.market.market_id for offer in one.offers()}


# I-23

ODD_IDS = {"empty": "", "31 hex": HOME[:31], "33 hex": HOME + "0", "upper case": HOME.upper(), "space": f" {HOME[1:]}", "no hex": "g" * 32,
           "10,000 characters": "a" * 10_000, "NUL": HOME[:31] + "\x00", "full width": "８" * 32, "name": "Harbor Pilots"}  # fmt: skip


@pytest.mark.parametrize("selection_id", ODD_IDS.values(), ids=ODD_IDS)
async def test_i23_a_selection_whose_id_is_none_locks_its_market(selection_id: str) -> None:
    told = rows()
    for level in told[0]["selections"][0]:
        level["strike_id"] = selection_id
    async with open_floor(v4__mm__get_markets=markets_body(told)) as one:
        assert one.faults
        assert all(len(fault.words) < 400 for fault in one.faults)
        assert 219 not in {offer.market.market_id for offer in one.offers()}
        assert one.refuses(MONEYLINE, selection_id, from_american(146))
        assert siblings(one) == UNTOUCHED


@pytest.mark.parametrize("selection_id", [17, None, [HOME], {}, True])
async def test_i23_a_selection_whose_id_is_no_text_costs_its_market(selection_id: object) -> None:
    told = rows()
    told[0]["selections"][0][0]["strike_id"] = selection_id
    async with open_floor(v4__mm__get_markets=markets_body(told)) as one:
        assert one.faults
        assert 219 not in {offer.market.market_id for offer in one.offers()}
        assert siblings(one) == UNTOUCHED


async def test_i23_both_sides_under_one_id_lock_the_market() -> None:
    told = rows()
    told[0]["selections"][1][0]["strike_id"] = HOME
    async with open_floor(v4__mm__get_markets=markets_body(told)) as one:
        assert one.faults
        assert 219 not in {offer.market.market_id for offer in one.offers()}


async def test_i23_a_level_of_another_selection_among_a_sides_levels_is_never_taken_for_it() -> None:
    told = rows()
    told[0]["selections"][0][1]["strike_id"] = AWAY
    async with open_floor(v4__mm__get_markets=markets_body(told)) as one:
        assert one.faults
        assert not any(offer.selection_id == HOME and offer.odds.american == -265 for offer in one.levels())
        assert siblings(one) == UNTOUCHED


async def test_i23_one_id_under_two_markets_stays_with_the_first_and_locks_the_second() -> None:
    told = rows()
    told[1]["market_strikes"][0]["selections"][0][0]["strike_id"] = HOME
    async with open_floor(v4__mm__get_markets=markets_body(told)) as one:
        assert len(one.faults) == 1
        assert {offer.market for offer in one.offers() if offer.selection_id == HOME} == {MONEYLINE}
        assert one.refuses(MarketKey(GAME, 66, Decimal(2)), HOME, from_american(-110)).startswith("MARKET_CLOSED")


async def test_i23_one_id_under_two_numbers_of_a_spread_stays_with_the_first() -> None:
    told = rows()
    told[1]["market_strikes"][1]["status"] = "active"
    told[1]["market_strikes"][1]["selections"][0][0] |= {"strike_id": SPREAD_HOME, "price": 120, "value": 20, "quantity": 20}
    async with open_floor(v4__mm__get_markets=markets_body(told)) as one:
        assert one.faults
        assert len({offer.market for offer in one.offers() if offer.selection_id == SPREAD_HOME}) == 1


async def test_i23_an_id_that_comes_again_in_another_event_stays_with_the_first() -> None:
    async with open_floor() as one:
        await one.read_markets(9007199254740993123)
        assert {offer.market.event_id for offer in one.offers(9007199254740993123)} == set()
        assert one.faults or any("another" in notice.words for notice in one.desk.notices.lines)
        assert (219, "+146") in {(offer.market.market_id, f"{offer.odds.american:+d}") for offer in one.offers()}


async def test_i23_the_same_market_twice_in_an_answer_is_not_shown_twice() -> None:
    told = rows()
    again = copy.deepcopy(told[0])
    again["selections"][0][0] |= {"price": 150, "value": 5}
    async with open_floor(v4__mm__get_markets=markets_body([*told, again])) as one:
        assert one.faults
        assert siblings(one) == UNTOUCHED
        offers = [offer for offer in one.offers() if offer.market == MONEYLINE and offer.odds.american in {146, 150}]
        assert len(offers) <= 1


@pytest.mark.parametrize("selection_id", ODD_IDS.values(), ids=ODD_IDS)
async def test_i23_a_push_under_an_id_that_is_none_offers_nothing(selection_id: str) -> None:
    async with open_floor() as one:
        one.push("market_selections", changed("push_depth", ("info", "selections", 0, 0, "strike_id"), selection_id))
        assert one.faults
        assert 66 not in {offer.market.market_id for offer in one.offers()}


async def test_i23_a_push_that_swaps_the_ids_of_two_markets_offers_nothing_under_either() -> None:
    async with open_floor() as one:
        one.push("market_selections", changed("push_depth", ("info", "selections", 0, 0, "strike_id"), HOME))
        assert {offer.market for offer in one.offers() if offer.selection_id == HOME} == {MONEYLINE}


# I-24 (how they are drawn: tests/ui/test_inputs_names.py), I-25

NAMES = {
    "empty": "", "10,000 characters": "x" * 10_000, "right to left": "\u202egnol", "zero width": "a\u200b\u200d\ufeffb",
    "emoji": "🏈👨‍👩‍👧‍👦",
    "bold": "<b>Bears</b>", "image": '<img src="http://x.invalid/a.png">', "newline": "a\nb\r\nc", "NUL": "a\x00b", "percent": "%s%n%1",
    "braces": "{0}{name}", "combining": "\u0301\u0301\u0301", "nil": "<nil>", "link": '<a href="x">y</a>', "amp": "&amp;&A",
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
async def test_i24_a_name_never_costs_its_row(name: str) -> None:
    told, games = rows(), document("events")
    told[0]["name"] = told[0]["selections"][0][0]["name"] = told[0]["category_name"] = name
    games["data"]["sport_events"][0]["name"] = games["data"]["sport_events"][0]["competitors"][0]["name"] = name
    async with open_floor(v4__mm__get_markets=markets_body(told), mm__get_sport_events=packed(games)) as one, open_floor() as plain:
        assert one.faults == []
        assert {offer[:4] for offer in one.offers()} == {offer[:4] for offer in plain.offers()}
        assert one.desk.catalogue.events[GAME].name


async def test_i25_two_competitors_of_one_name_are_told_apart_by_their_ids() -> None:
    told = rows()
    told[0]["selections"][1][0]["name"] = "Harbor Pilots"
    told[0]["selections"][1][0] |= {"price": -160, "value": 20, "quantity": 20}
    async with open_floor(v4__mm__get_markets=markets_body(told)) as one:
        by_id = {
            offer.selection_id: offer.odds.american for offer in one.offers() if offer.market == MONEYLINE and offer.odds.american != -265
        }
        assert by_id == {HOME: 146, AWAY: -160}


async def test_i25_sides_in_another_order_keep_their_prices_under_their_ids() -> None:
    told = rows()
    told[0]["selections"].reverse()
    async with open_floor() as one:
        before = one.offers()
        one.bodies["v4/mm/get_markets"] = markets_body(told)
        await one.read_markets()
        assert one.offers() == before


# I-26


def event_with(**fields: object) -> bytes:
    told = document("events")
    told["data"]["sport_events"][0] |= fields
    return packed(told)


@pytest.mark.parametrize("status", ["paused", "", "LIVE", "<b>", "x" * 500, "halftime"])
async def test_i26_an_event_of_unknown_status_is_listed_and_is_neither_live_nor_over(status: str) -> None:
    async with open_floor(mm__get_sport_events=event_with(status=status)) as one:
        event = one.desk.catalogue.events[GAME]
        assert (event.status, event.is_live, event.is_over) == (status, False, False)


@pytest.mark.parametrize("status", ["finished", "ended", "closed", "cancelled", "canceled"])
async def test_i26_an_event_that_is_over_cannot_be_ordered_on(status: str) -> None:
    async with open_floor(mm__get_sport_events=event_with(status=status)) as one:
        assert one.offers() == set()


async def test_i26_an_event_that_goes_from_live_to_not_started_is_what_it_was_told_last() -> None:
    async with open_floor() as one:
        one.push("sport_event", sample("push_event"))
        assert one.desk.catalogue.events[GAME].is_live
        one.push("sport_event", changed("push_event", ("info", "status"), "not_started"))
        assert not one.desk.catalogue.events[GAME].is_live


STARTS: dict[str, tuple[object, datetime | None]] = {
    "1970": ("1970-01-01T00:00:00Z", datetime(1970, 1, 1, tzinfo=UTC)),
    "9999": ("9999-12-31T23:59:59Z", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
    "9999 beyond": ("9999-12-31T23:59:59-14:00", None),
    "+14:00": ("2026-09-13T17:00:00+14:00", datetime(2026, 9, 13, 3, tzinfo=UTC)),
    "without zone": ("2026-09-13T17:00:00", datetime(2026, 9, 13, 17, tzinfo=UTC)),
    "in a gap of summer time": ("2026-03-08T02:30:00-05:00", datetime(2026, 3, 8, 7, 30, tzinfo=UTC)),
    "nine decimals": ("2026-09-13T17:00:00.123456789Z", datetime(2026, 9, 13, 17, 0, 0, 123456, tzinfo=UTC)),
    "empty": ("", None),
    "nil": ("<nil>", None),
    "no date": ("soon", None),
    "24:00": ("2026-09-13T24:00:00Z", None),
    "month 13": ("2026-13-01T00:00:00Z", None),
    "10,000 characters": ("2" * 10_000, None),
}


@pytest.mark.parametrize(("stated", "start"), STARTS.values(), ids=STARTS)
async def test_i26_a_start_is_utc_or_not_known_and_the_event_is_listed(stated: object, start: datetime | None) -> None:
    async with open_floor(mm__get_sport_events=event_with(scheduled=stated)) as one:
        assert one.desk.catalogue.events[GAME].scheduled == start
        assert one.faults == []
        assert len(one.desk.catalogue.events_of(31)) == 2


@pytest.mark.parametrize("stated", [None, 0, 1788359521, 1.5, [], True])
async def test_i26_a_start_of_another_kind_leaves_the_event_listed_or_is_said(stated: object) -> None:
    async with open_floor(mm__get_sport_events=event_with(scheduled=stated)) as one:
        assert GAME in one.desk.catalogue.events or len(one.faults) == 1
        assert len(one.desk.catalogue.events) == 2 or one.faults


# I-27


@pytest.mark.parametrize("status", ["", "halted", "ACTIVE", "Active", " active", "suspended", "closed", "<nil>", "x" * 500])
async def test_i27_a_market_of_any_status_but_the_known_one_is_listed_and_cannot_be_ordered(status: str) -> None:
    told = rows()
    told[0]["status"] = status
    async with open_floor(v4__mm__get_markets=markets_body(told)) as one:
        assert any(offer.market == MONEYLINE for offer in one.levels())
        assert 219 not in {offer.market.market_id for offer in one.offers()}
        assert one.refuses(MONEYLINE, HOME, from_american(146)).startswith("MARKET_CLOSED: ")


async def test_i27_a_market_without_a_status_is_listed_and_cannot_be_ordered() -> None:
    told = rows()
    del told[0]["status"]
    async with open_floor(v4__mm__get_markets=markets_body(told)) as one:
        assert 219 not in {offer.market.market_id for offer in one.offers()}


@pytest.mark.parametrize("status", ["halted", "ACTIVE", "active ", "suspended"])
async def test_i27_a_pushed_status_that_is_not_the_known_one_closes_the_market(status: str) -> None:
    async with open_floor() as one:
        one.push("market", changed("push_market", ("info", "status"), status))
        assert isinstance(one.news[0], MarketStatusChanged)
        assert 219 not in {offer.market.market_id for offer in one.offers()}


@pytest.mark.parametrize("market_id", [0, 2_147_483_648, 2**53 + 1])
async def test_i27_a_market_of_any_id_is_listed_under_exactly_that_id(market_id: int) -> None:
    told = rows()
    told[0]["id"] = market_id
    async with open_floor(v4__mm__get_markets=markets_body(told)) as one:
        assert MarketKey(GAME, market_id, Decimal(0)) in {offer.market for offer in one.offers()}


@pytest.mark.parametrize("kind", ["", "race_to", "MONEYLINE", "<nil>", None, "absent"])
async def test_i27_a_market_of_unknown_kind_is_listed_and_cannot_be_ordered(kind: str | None) -> None:
    told = rows()
    told[0]["type"] = kind
    if kind == "absent":
        del told[0]["type"]
    async with open_floor(v4__mm__get_markets=markets_body(told)) as one:
        assert any(offer.market == MONEYLINE for offer in one.levels()) or one.faults
        assert 219 not in {offer.market.market_id for offer in one.offers()}
        assert siblings(one) == UNTOUCHED


async def test_i27_five_thousand_markets_of_one_event_are_all_listed() -> None:
    told = []
    for number in range(5000):
        row = copy.deepcopy(rows()[0])
        row["id"] = 10_000 + number
        for place, levels in enumerate(row["selections"]):
            for level in levels:
                level["strike_id"] = f"{number * 2 + place:032x}"
        told.append(row)
    async with open_floor(v4__mm__get_markets=markets_body(told)) as one:
        assert len(one.desk.catalogue.groups[GAME]) == 5000
        assert one.desk.catalogue.selection_count == 10_000
        assert one.faults == []


@pytest.mark.parametrize("told", [[], None])
async def test_i27_an_event_without_markets_is_read_and_empty(told: object) -> None:
    async with open_floor(v4__mm__get_markets=markets_body(told)) as one:
        assert one.desk.catalogue.groups[GAME] == ()
        assert one.faults == []


# I-29


@pytest.mark.parametrize(
    "stated",
    [
        1788359521,
        1788359521109,
        1788359521109155,
        1788359521109155000,
        "2026-09-02T14:32:01Z",
        "2026-09-02T14:32:01.109155000Z",
        "1788359521",
    ],
)
async def test_i29_a_time_is_read_by_its_magnitude(stated: object) -> None:
    async with open_floor(v4__mm__get_order_history=history_with(updated_at=stated)) as one:
        (report, _) = (await one.client.history(_query())).reports
        assert report.updated_at is not None or stated == "1788359521"
        if report.updated_at:
            assert abs(report.updated_at.timestamp() - 1788359521) < 1


@pytest.mark.parametrize("stated", [0, -1, "", "<nil>", "yesterday", 10**30, None, "9" * 30])
async def test_i29_a_time_that_is_none_is_not_known_and_the_row_stays_or_is_said(stated: object) -> None:
    async with open_floor(v4__mm__get_order_history=history_with(updated_at=stated)) as one:
        found = {report.venue_order_id: report for report in (await one.client.history(_query())).reports}
        assert "9f1c0a5e-0002" in found
        ours = found.get("9f1c0a5e-0001")
        assert ours.updated_at is None if ours else len(one.faults) == 1


def history_with(**fields: object) -> bytes:
    told = json.loads(GOOD["v4/mm/get_order_history"])
    told["data"]["orders"][0] |= fields
    return packed(told)


def _query() -> Any:
    from app.domain.order import HistoryQuery

    return HistoryQuery(datetime(2026, 9, 12, tzinfo=UTC), datetime(2026, 9, 13, tzinfo=UTC))


# I-30


@pytest.mark.parametrize(
    "fields",
    [{"sport": "@absent"}, {"sport": None}, {"sport": {}}, {"sport": {"id": None, "name": None}}, {"category": "@absent"},
    {"category": None},
     {"category": {"id": 43}}, {"name": ""}, {"name": "<nil>"}, {"banner": 7}, {"updated_at": "x"}],
    ids=str,
)  # fmt: skip
async def test_i30_a_tournament_that_lacks_something_is_shown(fields: dict[str, object]) -> None:
    told = document("tournaments")
    row = told["data"]["tournaments"][0]
    row |= fields
    for name in [name for name, value in row.items() if value == "@absent"]:
        del row[name]
    async with floor(mm__get_tournaments=packed(told)) as one:
        await one.desk.catalogue.read_tournaments()
        assert one.words == ""
        assert set(one.desk.catalogue.tournaments) == {31, 1600000176, 233}
        shown = one.desk.catalogue.tournaments[31]
        assert shown.name
        assert shown.sport.name


async def test_i30_a_tournament_without_events_is_shown_as_read() -> None:
    async with floor(mm__get_sport_events=packed({"data": {"sport_events": None}})) as one:
        await one.desk.catalogue.read_tournaments()
        await one.desk.catalogue.read_events(31)
        assert one.desk.catalogue.loading[31] is Loading.READ
        assert 31 in one.desk.catalogue.tournaments


async def test_i30_one_id_with_two_names_is_one_tournament() -> None:
    told = document("tournaments")
    told["data"]["tournaments"].append({"id": 31, "name": "Other League", "sport": {"id": 1, "name": "Soccer"}})
    async with floor(mm__get_tournaments=packed(told)) as one:
        await one.desk.catalogue.read_tournaments()
        assert len(one.desk.catalogue.tournaments) == 3
        assert one.desk.catalogue.tournaments[31].name in {"Harbor League", "Other League"}


# I-31

LADDERS: dict[str, list[object]] = {
    "empty": [], "one element": [100], "nine": list(range(100, 109)), "100,000 long": list(range(100, 100_100)), "floats": [1.5, 2.0,
    *LADDER],
    "text": ["100", *LADDER], "nought": [0, *LADDER], "99": [99, *LADDER], "30 digits": [10**30, *LADDER], "null": [None, *LADDER],
    "list": [[100]],
}  # fmt: skip


@pytest.mark.parametrize("values", LADDERS.values(), ids=LADDERS)
async def test_i31_a_ladder_that_is_not_plausible_keeps_orders_off(values: list[object]) -> None:
    async with floor(v4__mm__get_price_ladder=packed({"data": values})) as one:
        with pytest.raises(UnreadableError, match=r"ladder|answer"):
            await one.client.ladder()
        assert len(one.faults) == 1
        one.bodies["v4/mm/get_price_ladder"] = packed({"data": values})
        await one.desk.account.read()
        await one.desk.catalogue.read_tournaments()
        await one.desk.catalogue.read_events(31)
        await one.read_markets()
        assert one.levels()
        assert one.offers() == set()
        assert "ladder has not been read" in one.refuses(MONEYLINE, HOME, from_american(146))


@pytest.mark.parametrize(
    "values",
    [list(reversed(LADDER)), LADDER + LADDER, sorted(LADDER, key=abs), [*LADDER, -100]],
    ids=["reversed", "twice", "mixed", "-100"],
)
async def test_i31_a_ladder_in_any_order_is_the_same_ladder(values: list[int]) -> None:
    async with open_floor(v4__mm__get_price_ladder=packed({"data": values})) as one, open_floor() as plain:
        assert one.desk.controls.ladder is not None
        assert plain.desk.controls.ladder is not None
        assert one.desk.controls.ladder.rungs == plain.desk.controls.ladder.rungs


async def test_i31_a_ladder_without_even_money_allows_no_even_money() -> None:
    values = [value for value in LADDER if abs(value) != 100]
    async with open_floor(v4__mm__get_price_ladder=packed({"data": values})) as one:
        assert one.offers()
        assert not any(offer.odds == from_american(100) for offer in one.offers())


async def test_i27_a_kind_that_only_the_numbers_of_a_market_tell_is_its_kind() -> None:
    told = rows()
    del told[1]["type"]
    async with open_floor(v4__mm__get_markets=markets_body(told)) as one:
        assert siblings(one) == UNTOUCHED
        assert one.faults == []
