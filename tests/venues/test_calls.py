"""The Trading API's requests as they leave: paths, fields, exact amounts."""

from __future__ import annotations

import json
from decimal import Decimal

import msgspec
import pytest

from app.domain.events import Topic
from app.domain.link import Rank
from app.domain.market import MarketKey
from app.domain.odds import from_american
from app.domain.order import OrderDraft
from app.venues.prophetx.calls import REGISTER_DEADLINE, Call, Calls
from app.venues.prophetx.names import V4, Spelling, paths_for

CALLS = Calls(V4)


def fields(call: Call) -> object:
    assert call.body is not None
    return json.loads(call.body)


@pytest.mark.parametrize(
    ("stake", "wire"), [("10", b"10"), ("10.50", b"10.50"), ("0.10", b"0.10"), ("1E+2", b"100"), ("100000000.00", b"100000000.00")]
)
def test_an_order_leaves_with_exactly_what_was_confirmed(stake: str, wire: bytes) -> None:
    call = CALLS.submit("ov-1", OrderDraft(MarketKey(19458, 219, Decimal(0)), "83a3", from_american(-110), Decimal(stake)))
    assert (call.method, call.path) == ("POST", "v4/mm/submit_order")
    assert call.body == b'{"external_id":"ov-1","strike_id":"83a3","price":-110,"quantity":' + wire + b"}"
    assert call.rank is Rank.ORDER


@pytest.mark.parametrize(
    ("call", "path"),
    [
        (CALLS.cancel("ov-1", "v-1"), "v4/mm/cancel_order"),
        (CALLS.cancel_many([("ov-1", "v-1")]), "v4/mm/cancel_multiple_orders"),
        (CALLS.cancel_all(), "v4/mm/cancel_all_orders"),
        (CALLS.cancel_event(19458), "v4/mm/cancel_orders_by_event"),
        (CALLS.cancel_market(19458, 219), "v4/mm/cancel_orders_by_market"),
    ],
)
def test_cancels_are_urgent(call: Call, path: str) -> None:
    assert (call.method, call.path, call.is_urgent) == ("POST", path, True)


def test_what_a_person_waits_for_goes_before_what_is_read_by_routine() -> None:
    assert [call.rank for call in (CALLS.submit_many([]), CALLS.markets(1), CALLS.search_markets("x"), CALLS.register("1.2", []))] == [
        Rank.ORDER,
        Rank.SCREEN,
        Rank.SCREEN,
        Rank.SCREEN,
    ]
    assert CALLS.balance().rank is Rank.ROUTINE


@pytest.mark.parametrize(
    ("call", "name"),
    [(CALLS.tournaments(), "tournaments"), (CALLS.order("v-1"), "order"), (CALLS.cancel_all(), "cancel_all"), (CALLS.player(7), "players")],
)
def test_each_request_has_one_name_whatever_its_path(call: Call, name: str) -> None:
    assert CALLS.name_of(call) == name


def test_a_cancel_of_many_names_the_event_and_the_market_and_no_number() -> None:
    assert fields(CALLS.cancel_event(19458)) == {"event_id": 19458}
    assert fields(CALLS.cancel_market(19458, 219)) == {"event_id": 19458, "market_id": 219}


def test_an_order_in_old_words_says_the_same() -> None:
    old = Calls(paths_for(Spelling.LEGACY, {}))
    call = old.submit("ov-1", OrderDraft(MarketKey(19458, 219, Decimal(0)), "83a3", from_american(-110), Decimal("10.50")))
    assert (call.path, call.body) == ("mm/place_wager", b'{"external_id":"ov-1","line_id":"83a3","odds":-110,"stake":10.50}')
    assert fields(old.cancel_many([("ov-1", "v-1"), ("", "v-2")])) == {
        "data": [{"external_id": "ov-1", "wager_id": "v-1"}, {"wager_id": "v-2"}]
    }
    assert old.matched_detail(["v-1", "v-2"]).params == {"wager_ids": "v-1,v-2"}


def test_a_cancel_names_both_references() -> None:
    assert fields(CALLS.cancel("ov-1", "v-1")) == {"external_id": "ov-1", "order_id": "v-1"}
    assert fields(CALLS.cancel_many([("ov-1", "v-1")])) == {"data": [{"external_id": "ov-1", "order_id": "v-1"}]}


@pytest.mark.parametrize(
    ("call", "path", "params"),
    [
        (CALLS.balance(), "v4/mm/get_balance", {}),
        (CALLS.search_markets("two words"), "mm/search_markets", {"keyword": "two words"}),
        (CALLS.players(), "mm/get_players", {}),
        (CALLS.player(7), "mm/get_players/7", {}),
        (CALLS.strikes(["a", "b"]), "v4/mm/get_strikes", {"strike_ids": "a,b"}),
        (CALLS.tournaments(), "mm/get_tournaments", {"has_active_events": "true"}),
        (CALLS.events(31), "mm/get_sport_events", {"tournament_id": "31"}),
        (CALLS.events_by_id([1, 2]), "mm/get_sport_events", {"event_ids": "1,2"}),
        (CALLS.markets(19458), "v4/mm/get_markets", {"event_id": "19458"}),
        (CALLS.multiple_markets([1, 2]), "v4/mm/get_multiple_markets", {"event_ids": "1,2"}),
        (CALLS.ladder(), "v4/mm/get_price_ladder", {}),
    ],
)
def test_what_the_venue_answers_once_a_second_is_marked_as_a_query(call: Call, path: str, params: dict[str, str]) -> None:
    assert (call.method, call.path, dict(call.params), call.is_query) == ("GET", path, params, True)


def test_registering_sends_the_whole_set_with_text_ids_and_time_to_answer() -> None:
    call = CALLS.register("1.1", [Topic(18756), Topic(18756, "player_total_hits")])
    assert fields(call) == {
        "socket_id": "1.1",
        "service": "pusher",
        "subscriptions": [{"type": "event", "ids": ["18756"]}, {"type": "event_subtype", "ids": ["18756:player_total_hits"]}],
    }
    assert call.deadline == REGISTER_DEADLINE


def test_registering_nothing_sends_an_empty_set() -> None:
    assert fields(CALLS.register("1.1", [])) == {"socket_id": "1.1", "service": "pusher", "subscriptions": []}


def test_history_carries_its_bounds_and_the_cursor_once_there_is_one() -> None:
    assert CALLS.history({"from": "1"}, "").params == {"from": "1", "limit": "100"}
    assert CALLS.history({"updated_at_from": "1"}, "abc").params == {"updated_at_from": "1", "limit": "100", "next_cursor": "abc"}


@pytest.mark.parametrize(
    ("order_id", "path"),
    [("9f1c-01", "v4/mm/get_order/9f1c-01"), ("../x", "v4/mm/get_order/..%2Fx"), ("a?b#c\n", "v4/mm/get_order/a%3Fb%23c%0A")],
)
def test_an_order_id_stays_one_part_of_its_path(order_id: str, path: str) -> None:
    assert CALLS.order(order_id).path == path


def test_paths_come_from_the_profiles_table() -> None:
    calls = Calls(msgspec.structs.replace(V4, submit="mm/place_order"))
    assert calls.submit("r", OrderDraft(MarketKey(1, 2, Decimal(0)), "s", from_american(100), Decimal(1))).path == "mm/place_order"
