"""The one normaliser: old words, wrapped and flat shapes and ids of either kind read as today's do, and nothing renamed becomes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from app.domain.errors import UnknownError, UnreadableError
from app.domain.events import BookChanged, FeedFault, MarketsChanged, OrderReported
from app.domain.market import FoundMarket, Player, StrikePlace
from app.domain.odds import from_american
from app.domain.order import OrderReport
from app.venues.prophetx import codec, listings, places, wire
from app.venues.prophetx.places import code_of_today
from app.venues.prophetx.pushes import parse_push
from app.venues.prophetx.spelling import LARGEST, Place, Reader, respelt
from tests.venues.samples import changed, document, pushed, sample

GAME = 19458
HOME = "83a36a34db56f26b1646942776d8d8c7"


def packed(told: object) -> bytes:
    return json.dumps(told).encode()


def without(name: str, path: tuple[str | int, ...]) -> bytes:
    """A sample in which one key is missing."""
    told = document(name)
    place: Any = told
    for step in path[:-1]:
        place = place[step]
    del place[path[-1]]
    return packed(told)


# Old words


@pytest.mark.parametrize(
    ("read", "today", "before"),
    [
        (lambda body: codec.read_submitted(body, "ov-1"), "order", "legacy_order"),
        (codec.read_cancelled, "order", "legacy_order"),
        (codec.read_history, "history", "legacy_history"),
        (codec.read_balance, "balance", "legacy_balance"),
        (codec.read_multiple_markets, "markets", "legacy_markets"),
    ],
)
def test_an_answer_in_old_words_reads_like_todays(read: Callable[[bytes], object], today: str, before: str) -> None:
    assert read(sample(before)) == read(sample(today))


def test_a_push_in_old_words_reads_like_todays() -> None:
    assert parse_push(pushed("wager", sample("legacy_push_order"))) == parse_push(pushed("order", sample("push_order")))
    assert parse_push(pushed("market_selections", sample("legacy_push_depth"))) == parse_push(
        pushed("market_selections", sample("push_depth"))
    )
    assert parse_push(pushed("market_line", sample("push_strike"))) == [MarketsChanged(GAME)]


@pytest.mark.parametrize("kind", ["matched_order", "matched_bet", "trade_execution"])
def test_a_match_of_somebody_is_read_and_says_nothing(kind: str) -> None:
    assert parse_push(pushed(kind, sample("push_match"))) == []
    (odd,) = parse_push(pushed(kind, changed("push_match", ("info", "sport_event_id"), 1.5)))
    assert isinstance(odd, FeedFault)


def test_flat_markets_are_grouped_by_event_and_their_levels_by_selection() -> None:
    assert codec.read_multiple_markets(sample("flat_markets"))[GAME] == codec.read_multiple_markets(sample("markets"))[GAME]


def test_a_list_of_events_and_one_event_alone_are_grouped_by_event() -> None:
    whole = document("markets")["data"]
    listed = packed({"data": [{"event_id": int(event_id), "markets": rows} for event_id, rows in whole.items()]})
    alone = packed({"data": {"event_id": str(GAME), "markets": whole[str(GAME)]}})
    assert codec.read_multiple_markets(listed) == codec.read_multiple_markets(sample("markets"))
    assert codec.read_multiple_markets(alone)[GAME] == codec.read_multiple_markets(sample("markets"))[GAME]


@pytest.mark.parametrize("item", [{"id": 219, "name": "whose"}, 7, None])
def test_a_market_without_an_event_is_said_and_the_others_are_read(item: object) -> None:
    faults: list[FeedFault] = []
    body = packed({"data": [item, *document("flat_markets")["data"]]})
    assert dict(codec.read_each_markets(body, faults)) == codec.read_multiple_markets(sample("flat_markets"))
    assert len(faults) == 1


def test_an_event_whose_markets_are_no_list_makes_the_answer_unreadable() -> None:
    with pytest.raises(UnreadableError):
        codec.read_multiple_markets(packed({"data": [{"event_id": GAME, "markets": {}}]}))


def test_words_between_two_versions_are_read_as_todays() -> None:
    told = document("push_order")
    for old, new in (("update_status", "update_type"), ("profit_status", "winning_status")):
        told["info"][old] = told["info"].pop(new)
    assert parse_push(pushed("order", packed(told))) == parse_push(pushed("order", sample("push_order")))


def test_won_and_lost_are_profit_and_loss_and_the_amount_profit_stays_an_amount() -> None:
    row = respelt({"id": "v-1", "odds": -110, "profit": 9.09, "winning_status": "won"}, places.ORDER)
    assert row == {"id": "v-1", "order_id": "v-1", "price": -110, "profit": 9.09, "winning_status": "profit"}
    trade = respelt({"id": 7, "wager_id": "v-1", "winning_status": "lost"}, places.TRADE)
    assert trade == {"id": "7", "order_id": "v-1", "winning_status": "loss"}


@pytest.mark.parametrize(
    ("before", "today"),
    [
        ("wager_is_placing", "order_is_placing"),
        ("no_cancellable_wagers", "no_cancellable_orders"),
        ("wager_already_matched", "order_already_filled"),
        ("err_wager_placement_disabled", "err_order_placement_disabled"),
        ("wager_invalid_odds", "invalid_price"),
        ("insufficient_amount", "insufficient_amount"),
        ("", ""),
    ],
)
def test_a_code_of_before_is_said_in_todays_words(before: str, today: str) -> None:
    assert code_of_today(before) == today


@pytest.mark.parametrize(
    "wrapped", [sample("config"), packed({"data": document("config")}), packed({"data": document("config"), "success": True})]
)
def test_the_stream_is_found_wrapped_or_not(wrapped: bytes) -> None:
    assert Reader(wire.WireConfig, places.CONFIG).body(wrapped).key == "app-key"


# Nothing renamed is nothing


@pytest.mark.parametrize(
    ("read", "name", "path"),
    [
        (codec.read_balance, "balance", ("data", "matched_order_balance")),
        (codec.read_balance, "balance", ("data", "unmatched_order_balance")),
        (codec.read_balance, "balance", ("data", "balance")),
        (codec.read_tournaments, "tournaments", ("data", "tournaments")),
        (codec.read_events, "events", ("data", "sport_events")),
        (codec.read_history, "history", ("data", "orders")),
        (codec.read_matched_detail, "matched_detail", ("data", "matching_details")),
        (listings.read_players, "players", ("data", "players")),
        (listings.read_found_markets, "found_markets", ("data", "markets")),
        (listings.read_trades, "trades", ("data", "trades")),
        (listings.read_transactions, "transactions", ("data", "transactions")),
        (codec.read_ladder, "ladder", ("data",)),
    ],
)
def test_a_field_that_is_missing_makes_an_answer_unreadable(
    read: Callable[[bytes], object], name: str, path: tuple[str | int, ...]
) -> None:
    read(sample(name))
    with pytest.raises(UnreadableError):
        read(without(name, path))


@pytest.mark.parametrize(
    ("read", "name", "path"),
    [
        (codec.read_history, "history", ("data", "orders", 0, key))
        for key in ("order_id", "status", "price", "quantity", "strike_id", "matching_status")
    ]
    + [
        (listings.read_trades, "trades", ("data", "trades", 0, key))
        for key in ("id", "order_id", "price", "quantity")
    ]
    + [(listings.read_transactions, "transactions", ("data", "transactions", 0, key)) for key in ("id", "transaction_type", "amount")]
    + [(listings.read_players, "players", ("data", "players", 0, "id"))]
    + [(listings.read_found_markets, "found_markets", ("data", "markets", 0, key)) for key in ("id", "event_id")],
)  # fmt: skip
def test_a_row_without_what_it_is_about_is_a_fault_and_its_siblings_stay(
    read: Callable[..., Any], name: str, path: tuple[str | int, ...]
) -> None:
    faults: list[FeedFault] = []
    whole, rest = read(sample(name)), read(without(name, path), faults)
    assert len(faults) == 1
    assert _count(rest) == _count(whole) - 1


def _count(told: Any) -> int:
    return len(told) if isinstance(told, list) else len(told.rows)


@pytest.mark.parametrize(("place", "key"), [(0, "order_id"), (1, "price"), (0, "quantity")])
def test_a_match_without_what_it_is_about_is_left_out_and_said(place: int, key: str) -> None:
    faults: list[FeedFault] = []
    found = codec.read_matched_detail(without("matched_detail", ("data", "matching_details", place, key)), faults)
    assert len(faults) == 1
    assert sum(map(len, found.values())) == 2


@pytest.mark.parametrize(
    "path", [("selections",), ("selections", 0, 0, "strike_id"), ("selections", 0, 0, "price"), ("selections", 0, 0, "value")]
)
def test_a_market_that_lacks_what_it_is_about_is_left_out_and_said(path: tuple[str | int, ...]) -> None:
    read = codec.read_multiple_markets(without("markets", ("data", str(GAME), 0, *path)))[GAME]
    assert 219 not in [group.id for group in read.groups]
    assert len(read.faults) == 1


@pytest.mark.parametrize(
    ("kind", "name", "path"),
    [
        ("market_selections", "push_depth", ("info", "selections")),
        ("market_selections", "push_depth", ("info", "strike")),
        ("market_selections", "push_depth", ("info", "selections", 0, 0, "price")),
        ("market_selections", "push_depth", ("sport_event_id",)),
        ("order", "push_order", ("info", "status")),
        ("order", "push_order", ("info", "order_id")),
        ("order", "push_order", ("info", "price")),
        ("market", "push_market", ("info", "status")),
        ("market", "push_market", ("info", "sport_event_id")),
        ("market_strike", "push_strike", ("info", "sport_event_id")),
    ],
)
def test_a_push_that_lacks_what_it_is_about_is_a_fault(kind: str, name: str, path: tuple[str | int, ...]) -> None:
    told = parse_push(pushed(kind, without(name, path)))
    assert isinstance(told[0], FeedFault)
    assert not any(isinstance(one, BookChanged | OrderReported) for one in told)


def test_a_depth_push_without_number_and_kind_changes_no_book() -> None:
    told = document("push_depth")
    del told["info"]["strike"], told["info"]["type"]
    assert not any(isinstance(one, BookChanged) for one in parse_push(pushed("market_selections", packed(told))))


def test_a_message_without_its_kind_is_a_fault() -> None:
    (told,) = parse_push(b'{"kind":"order","payload":"e30="}')
    assert isinstance(told, FeedFault)


def test_a_batch_without_its_lists_is_unreadable() -> None:
    assert isinstance(codec.read_batch_submitted(b'{"data":{"done":[]}}', ["ov-1"])["ov-1"], UnknownError)
    with pytest.raises(UnreadableError):
        codec.read_batch_cancelled(b'{"data":{"done":[]}}')


def test_one_odd_row_of_a_batch_costs_nobody_else_theirs() -> None:
    told = document("batch_submitted")
    told["data"]["succeed_orders"].insert(0, {"order_id": 1.5})
    faults: list[FeedFault] = []
    found = codec.read_batch_submitted(packed(told), ["ov-1", "ov-2", "ov-3"], faults)
    assert [type(found[ref]).__name__ for ref in found] == ["OrderReport", "RefusedError", "UnknownError"]
    assert len(faults) == 1


def test_an_order_that_a_batch_answers_twice_under_two_ids_keeps_the_first_and_is_said() -> None:
    told = document("batch_submitted")
    rows = told["data"]["succeed_orders"]
    first = rows[0]
    told["data"]["succeed_orders"] = [first, first, {**first, "order_id": "another"}]
    faults: list[FeedFault] = []
    found = codec.read_batch_submitted(packed(told), [first["external_id"]], faults)
    kept = found[first["external_id"]]
    assert isinstance(kept, OrderReport)
    assert kept.venue_order_id == first["order_id"]
    assert [fault.words for fault in faults] == [
        f"order {first['external_id']!r} of a batch is answered twice, as '{first['order_id']}' and as 'another': the first is taken"
    ]


# Ids


@pytest.mark.parametrize(("told", "read"), [(f'"{GAME}"', GAME), (str(GAME), GAME), ('"9223372036854775807"', LARGEST)])
def test_an_id_is_read_as_number_or_as_text(told: str, read: int) -> None:
    (event, *_) = codec.read_events(changed("events", ("data", "sport_events", 0, "event_id"), told.encode()))
    assert event.id == read


ODD_IDS = (
    "19458.0",
    '"19458.0"',
    "1" * 30,
    '"' + "1" * 30 + '"',
    "-1",
    '"-1"',
    "true",
    '"x"',
    '" 1"',
    '"١"',
    "1e3",
    "9223372036854775808",
    "null",
)


@pytest.mark.parametrize("told", ODD_IDS)
def test_an_id_that_is_none_costs_its_row(told: str) -> None:
    faults: list[FeedFault] = []
    events = codec.read_events(changed("events", ("data", "sport_events", 0, "event_id"), told.encode()), faults)
    assert len(events) == 1
    assert len(faults) == 1


def test_an_orders_id_may_be_a_number_and_never_a_fraction() -> None:
    assert codec.read_submitted(changed("order", ("data", "order", "order_id"), 17), "ov-1").venue_order_id == "17"
    for odd in (17.0, True, b"1" * 30):
        with pytest.raises(UnknownError):
            codec.read_submitted(changed("order", ("data", "order", "order_id"), odd), "ov-1")


def test_a_nineteen_digit_id_as_text_loses_nothing() -> None:
    body = changed("push_order", ("info", "sequence_number"), "1788359521109155123")
    (told,) = parse_push(pushed("order", body))
    assert isinstance(told, OrderReported)
    assert told.report.sequence == 1788359521109155123


# Doubles


def test_two_spellings_of_one_name_that_disagree_are_refused() -> None:
    both = {"id": "v-1", "price": 146, "odds": 150}
    with pytest.raises(ValueError, match="price is told twice and differently"):
        respelt(both, places.ORDER)
    assert respelt({**both, "odds": 146}, places.ORDER) == {"id": "v-1", "order_id": "v-1", "price": 146}


def test_a_name_twice_in_an_old_row_is_refused_where_it_differs() -> None:
    row = sample("legacy_order").replace(b'"odds": 146', b'"odds": 146, "odds": 150')
    with pytest.raises(UnknownError):
        codec.read_submitted(row, "ov-1")
    same = sample("legacy_order").replace(b'"odds": 146', b'"odds": 146, "odds": 146')
    assert codec.read_submitted(same, "ov-1").odds == from_american(146)


# Exactness


def test_old_amounts_are_as_exact_as_todays() -> None:
    body = sample("legacy_balance").replace(b"23.1", b"23.10000000000000000001")
    with pytest.raises(UnreadableError, match="not an amount"):
        codec.read_balance(body)
    deep = changed("legacy_push_depth", ("info", "selections", 0, 0, "value"), b"54.000000000000000000001")
    (told,) = parse_push(pushed("market_selections", deep))
    assert isinstance(told, BookChanged)


@pytest.mark.parametrize("amount", [b"NaN", b"Infinity", b"-Infinity"])
def test_what_is_no_number_in_an_old_row_is_unreadable(amount: bytes) -> None:
    with pytest.raises(UnreadableError):
        codec.read_balance(sample("legacy_balance").replace(b"23.1", amount))


def test_texts_that_say_nothing_are_null() -> None:
    assert respelt({"name": "<nil>", "group_name": "N/A", "status": "open"}, Place()) == {
        "name": None,
        "group_name": None,
        "status": "open",
    }


# Null, where the venue has nothing to say


@pytest.mark.parametrize(
    ("read", "name", "path", "plain"),
    [
        (codec.read_tournaments, "tournaments", ("data", "tournaments", 0, "name"), None),
        *[(codec.read_events, "events", ("data", "sport_events", 0, key), None) for key in ("name", "display_name", "scheduled", "status")],
        (codec.read_events, "events", ("data", "sport_events", 0, "competitors", 0, "abbreviation"), None),
        (codec.read_events, "events", ("data", "sport_events", 0, "competitors", 0, "id"), None),
        *[
            (codec.read_multiple_markets, "markets", ("data", str(GAME), 0, key), None)
            for key in ("name", "sub_type", "category_name", "status", "total_filled_quantity")
        ],
        (codec.read_multiple_markets, "markets", ("data", str(GAME), 0, "favourite"), False),
        (codec.read_multiple_markets, "markets", ("data", str(GAME), 0, "player_id"), 0),
        *[
            (codec.read_multiple_markets, "markets", ("data", str(GAME), 0, "selections", 0, 0, key), None)
            for key in ("name", "display_name", "outcome_id")
        ],
        *[
            (codec.read_history, "history", ("data", "orders", 0, key), "")
            for key in ("external_id", "matching_status", "winning_status", "update_type")
        ],
        *[(codec.read_history, "history", ("data", "orders", 0, key), 0) for key in ("outcome_id", "sequence_number")],
        (listings.read_players, "players", ("data", "players", 0, "event_id"), None),
    ],
)
def test_a_null_that_says_nothing_is_read_as_what_is_left_out(
    read: Callable[..., Any], name: str, path: tuple[str | int, ...], plain: object
) -> None:
    expected = packed(_with(document(name), path, plain)) if plain is not None else without(name, path)
    faults: list[FeedFault] = []
    body = changed(name, path, None)
    told = read(body) if read is codec.read_multiple_markets else read(body, faults)
    assert told == read(expected)
    assert faults == []


def _with(told: Any, path: tuple[str | int, ...], value: object) -> Any:
    at = told
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return told


@pytest.mark.parametrize("key", ["strike_id", "status", "market_id", "sport_event_id"])
def test_a_null_in_what_an_order_is_about_costs_its_row(key: str) -> None:
    faults: list[FeedFault] = []
    page = codec.read_history(changed("history", ("data", "orders", 0, key), None), faults)
    assert (len(page.rows), len(faults)) == (1, 1)


def test_a_null_costs_no_order_push() -> None:
    (told,) = parse_push(pushed("order", changed("push_order", ("info", "outcome_id"), None)))
    assert isinstance(told, OrderReported)


def test_a_market_without_selections_stays_one_where_another_field_is_null() -> None:
    told = document("markets")
    told["data"][str(GAME)][0] |= {"selections": None, "category_name": None}
    assert codec.read_multiple_markets(packed(told))[GAME].faults == ()


def test_an_order_of_the_record_without_the_field_of_its_reference_is_read_and_said() -> None:
    faults: list[FeedFault] = []
    page = codec.read_history(without("history", ("data", "orders", 0, "external_id")), faults)
    assert (len(page.rows), page.rows[0].ref) == (2, "")
    (fault,) = faults
    assert "without external_id" in fault.words


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"data":' * 100_000, b"\xff\xfe{\x00}\x00", b"9" * 5000])
def test_a_monster_is_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableError):
        codec.read_balance(body)


# The lists that public sources describe in part


def test_players_found_markets_and_strikes_are_read() -> None:
    assert listings.read_players(sample("players")) == [Player(880001, "Ada Fjord", GAME), Player(880002, "880002")]
    assert listings.read_player(sample("player")) == Player(880001, "Ada Fjord", GAME)
    found, bare = listings.read_found_markets(sample("found_markets"))
    assert found == FoundMarket(
        GAME, "Night Herons at Harbor Pilots", 901, "Passing Yards - Ada Fjord", "total", "player_total_passing_yards", "active", 880001
    )
    assert (bare.event_name, bare.market_id) == ("19459", 219)
    first, second = listings.read_strikes(sample("strikes"))
    assert first == StrikePlace(HOME, GAME, 219, "moneyline", "moneyline")
    assert (second.event_id, second.market_id) == (GAME, 66)


def test_trades_are_read_with_what_they_matched_at() -> None:
    page = listings.read_trades(sample("trades"))
    won, lost = page.rows
    assert (won.id, won.venue_order_id, won.odds, won.stake, won.profit) == (
        "70001",
        "9f1c0a5e-0001",
        from_american(150),
        Decimal("2.50"),
        Decimal("3.75"),
    )
    assert (lost.profit, lost.winning, lost.strike, lost.matched_at) == (Decimal("-11.00"), "loss", Decimal("1.5"), None)
    assert page.cursor == "next"
    assert page.synced_at is not None


def test_transactions_are_read_with_their_own_word() -> None:
    trade, deposit = listings.read_transactions(sample("transactions")).rows
    assert (trade.kind, trade.amount, trade.balance, trade.trade_id) == ("TRADE", Decimal("-2.50"), Decimal("997.50"), "70001")
    assert (deposit.kind, deposit.venue_order_id, deposit.trade_id) == ("DEPOSIT", "", "")
    assert deposit.at is not None


def test_both_shapes_of_a_batch_cancel_tell_of_the_same_order() -> None:
    sorted_out, words = codec.read_batch_cancelled(sample("batch_cancelled"))
    listed, none = codec.read_batch_cancelled(sample("batch_cancelled_list"))
    assert sorted_out == listed
    assert (words, none) == (["it is matched"], [])


def test_a_good_row_is_decoded_once() -> None:
    """The fast way stays the only one for what is spelt as today: the second parse is for the rest."""

    class Counting(Reader[wire.WireMarket]):
        respellings = 0

        def _respelt(self, row: bytes) -> bytes:
            self.respellings += 1
            return super()._respelt(row)

    reader = Counting(wire.WireMarket, places.MARKET)
    for row in document("markets")["data"][str(GAME)]:
        reader.row(packed(row))
    assert reader.respellings == 0
    reader.row(packed(document("legacy_markets")["data"][str(GAME)][0]))
    assert reader.respellings == 1
