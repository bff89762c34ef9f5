"""A text that the venue prints where it has none is no name, no status and no id, on the fast way as on the slow one."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from app.domain.errors import UnreadableError
from app.domain.events import BookChanged, FeedFault, MarketStatusChanged, OrderReported, OrdersUnclear
from app.venues.prophetx import codec, listings, wire
from app.venues.prophetx.pushes import parse_push
from tests.venues.samples import changed, document, pushed, sample

NONE = pytest.mark.parametrize("none", ["<nil>", "<NIL>", "<Nil>", "null", "NULL", "None", "N/A"])


def words_in(value: object) -> set[str]:
    """Every text in what was read, however deep."""
    return set(repr(value).replace("'", '"').split('"'))


def with_every_text(name: str, path: tuple[str | int, ...], fields: tuple[str, ...], none: str) -> bytes:
    told = document(name)
    place: Any = told
    for step in path:
        place = place[step]
    place.update(dict.fromkeys(fields, none))
    return json.dumps(told).encode()


@NONE
def test_an_event_is_called_by_its_number_and_has_no_status(none: str) -> None:
    fields = ("name", "display_name", "tournament_name", "sport_name", "status", "sub_type", "scheduled")
    faults: list[FeedFault] = []
    event = codec.read_events(with_every_text("events", ("data", "sport_events", 0), fields, none), faults)[0]
    assert (event.name, event.status, event.sub_type, event.tournament_name) == (str(event.id), "", "", "")
    assert (event.sport_name, event.scheduled, faults) == ("Other", None, [])


@NONE
def test_an_event_whose_name_is_none_is_called_by_its_other_name(none: str) -> None:
    told = document("events")
    told["data"]["sport_events"][0] |= {"name": none, "display_name": "Bears at Panthers"}
    assert codec.read_events(json.dumps(told).encode())[0].name == "Bears at Panthers"


@NONE
def test_a_competitors_name_is_empty(none: str) -> None:
    body = changed("events", ("data", "sport_events", 0, "competitors", 0, "name"), none)
    assert codec.read_events(body)[0].competitors[0].name == ""


def markets_with(fields: dict[str, str], level: dict[str, str]) -> bytes:
    told = document("markets")
    (event_id,) = [key for key, rows in told["data"].items() if rows][:1]
    row = next(row for row in told["data"][event_id] if row.get("selections"))
    row |= fields
    row["selections"][0][0] |= level
    return json.dumps({"data": {"markets": [row]}}).encode()


@NONE
def test_a_market_has_no_such_name_kind_status_or_category_and_is_not_traded_on(none: str) -> None:
    fields = dict.fromkeys(("name", "type", "sub_type", "category_name", "status"), none)
    (group,) = codec.read_markets(markets_with(fields, {}), 7).groups
    (market,) = group.markets
    assert (group.name, group.kind, group.sub_type, group.category, group.status) == (str(group.id), "", "", "", "")
    assert (market.name, market.kind, market.sub_type, market.status, market.is_open) == ("", "", "", "", False)


@NONE
def test_a_selection_takes_its_other_name_and_an_id_that_is_none_locks_the_market(none: str) -> None:
    (group,) = codec.read_markets(markets_with({}, {"name": none, "display_name": "Bears +146"}), 7).groups
    assert group.markets[0].selections[0].name == "Bears +146"
    read = codec.read_markets(markets_with({}, {"strike_id": none}), 7)
    assert all(not market.is_open for group in read.groups for market in group.markets)


@NONE
def test_a_market_row_whose_unread_texts_say_nothing_stays_on_the_fast_way(none: str) -> None:
    """The venue prints group_name so in every row: reading all of those the slow way would cost ten times as much."""
    body = markets_with({"group_name": none}, {})
    (row,) = json.loads(body)["data"]["markets"]
    assert msgspec.json.decode(json.dumps(row), type=wire.WireMarket).id == row["id"]


@NONE
def test_a_depth_push_of_no_kind_and_no_number_is_not_believed(none: str) -> None:
    told = document("push_depth")
    told["info"] |= {"type": none, "strike": None}
    (fault, *_) = parse_push(pushed("market_selections", json.dumps(told).encode()))
    assert isinstance(fault, FeedFault)
    assert isinstance(parse_push(pushed("market_selections", sample("push_depth")))[0], BookChanged)


@NONE
def test_a_status_that_is_none_closes_the_market(none: str) -> None:
    (told,) = parse_push(pushed("market", changed("push_market", ("info", "status"), none)))
    assert isinstance(told, MarketStatusChanged)
    assert told.status == "unknown"


@NONE
@pytest.mark.parametrize("field", ["status", "strike_id"])
def test_an_order_without_a_status_or_a_selection_is_not_believed(none: str, field: str) -> None:
    told = parse_push(pushed("order", changed("push_order", ("info", field), none)))
    assert [type(one) for one in told] == [FeedFault, OrdersUnclear]


@NONE
def test_an_order_without_a_reference_or_a_result_has_none(none: str) -> None:
    told = document("push_order")
    told["info"] |= {"external_id": none, "winning_status": none, "matching_status": none}
    (one,) = parse_push(pushed("order", json.dumps(told).encode()))
    assert isinstance(one, OrderReported)
    assert (one.report.ref, one.report.winning, one.report.matching) == ("", "", "")


LISTS: dict[str, tuple[Callable[..., Any], str, tuple[str, ...]]] = {
    "found_markets": (listings.read_found_markets, "markets", ("name", "event_name", "type", "sub_type", "status")),
    "players": (listings.read_players, "players", ("name",)),
    "trades": (listings.read_trades, "trades", ("status", "winning_status")),
    "transactions": (listings.read_transactions, "transactions", ("order_id",)),
}


@NONE
@pytest.mark.parametrize("name", LISTS)
def test_no_list_shows_such_a_text(none: str, name: str) -> None:
    read, rows, fields = LISTS[name]
    body = with_every_text(name, ("data", rows, 0), fields, none)
    assert none not in words_in(read(body))
    assert read(body) != read(sample(name))


@NONE
@pytest.mark.parametrize("name", ["trades", "transactions", "history"])
def test_a_cursor_that_is_none_ends_the_record(none: str, name: str) -> None:
    readers: dict[str, Callable[[bytes], Any]] = {
        "trades": listings.read_trades,
        "transactions": listings.read_transactions,
        "history": codec.read_history,
    }
    assert readers[name](changed(name, ("data", "next_cursor"), none)).cursor == ""


@NONE
def test_a_balance_whose_amount_is_such_a_text_is_unreadable(none: str) -> None:
    with pytest.raises(UnreadableError):
        codec.read_balance(changed("balance", ("data", "balance"), none))
