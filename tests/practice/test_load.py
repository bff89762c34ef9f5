"""Payloads in the venue's own shapes become tradable events."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.practice.clock import SECOND
from app.practice.exchange import Exchange
from app.practice.load import LOADED_TOURNAMENT, load_payloads
from app.practice.loose import LoadError
from app.practice.model import EventStatus, NewOrder

START = 1_795_000_000 * SECOND
SAMPLE = Path(__file__).parents[1] / "wire" / "prophetx" / "loaded"
EVENT = 88001


@pytest.fixture
def exchange() -> Exchange:
    exchange = Exchange(started_at=START, populate=False)
    exchange.open_account(access_key="a", secret_key="b", user_id="ann", balance=10_000_00)
    exchange.add_loaded(load_payloads(SAMPLE, START))
    return exchange


def levels_in(payload: Any) -> dict[str, list[tuple[int, int, int]]]:
    """(price, quantity, value) by strike id, in the order of a multiple-markets body."""
    found = {}
    for market in payload["data"][str(EVENT)]:
        for row in [market, *market.get("market_strikes", [])]:
            for side in row.get("selections", []):
                found[side[0]["strike_id"]] = [
                    (level["price"], round(level["quantity"] * 100), round(level["value"] * 100))
                    for level in side
                    if level["price"] is not None
                ]
    return found


def levels_of(exchange: Exchange, event_id: int = EVENT) -> dict[str, list[tuple[int, int, int]]]:
    return {
        outcome.strike_id: [(level.price, level.quantity, level.value) for level in levels]
        for market in exchange.markets(event_id) or []
        for strike in market.strikes
        for outcome, levels in zip(strike.outcomes, exchange.levels(strike), strict=True)
    }


def write(folder: Path, name: str, content: Any) -> Path:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def selection(strike_id: str, outcome: int, **more: Any) -> dict[str, Any]:
    row = {"strike_id": strike_id * 32, "outcome_id": outcome, "name": f"side {outcome}", "price": None, "quantity": 0}
    return {**row, "value": 0, **more}


def test_the_served_levels_are_the_loaded_ones_to_the_cent(exchange: Exchange) -> None:
    payload = json.loads((SAMPLE / "multiple_markets.json").read_text(encoding="utf-8"))

    assert levels_of(exchange) == levels_in(payload)


def test_names_start_and_volume_are_kept_and_nothing_moves(exchange: Exchange) -> None:
    before = levels_of(exchange)
    exchange.advance(START + 3600 * SECOND)
    event = exchange.event(EVENT)

    assert event is not None
    assert event.name == "Salt Lake Herons at Reno Badgers"
    assert event.status is EventStatus.NOT_STARTED
    assert event.scheduled == 1_789_318_800 * SECOND
    assert [competitor.side for competitor in event.competitors] == ["home", "away"]
    moneyline = next(market for market in exchange.markets(EVENT) or [] if market.id == 219)
    assert moneyline.strikes[0].filled == 5006_03
    assert levels_of(exchange) == before


def test_a_loaded_level_can_be_taken(exchange: Exchange) -> None:
    moneyline = next(market for market in exchange.markets(EVENT) or [] if market.id == 219)
    outcome = moneyline.strikes[0].outcomes[0]
    order = exchange.submit("ann", NewOrder("take", outcome.strike_id, 146, 40_00))
    exchange.advance(START + SECOND)

    assert [(fill.price, fill.stake, fill.win) for fill in order.fills] == [(146, 33_92, 49_52)]
    assert levels_of(exchange)[outcome.strike_id][0][0] == -265
    assert exchange.levels(moneyline.strikes[0])[1][0].price == -146


def test_what_is_missing_is_inferred_and_said() -> None:
    loaded = load_payloads(SAMPLE / "multiple_markets.json", START)
    entry = loaded.events[EVENT]

    assert entry.event.tournament_id == LOADED_TOURNAMENT
    assert loaded.tournaments[LOADED_TOURNAMENT].name == "Loaded"
    assert entry.event.name == "Salt Lake Herons at Reno Badgers"
    assert [competitor.id for competitor in entry.event.competitors] == [5, 6]
    assert entry.event.scheduled == START + 86_400 * SECOND
    text = " ".join(loaded.notes)
    assert "not among the sport events" in text
    assert "no start" in text
    assert 'it is shown as "Spread"' in text
    assert "88002 has no markets" in text
    assert "Tournament 990000001" in text


def test_old_names_flat_selections_and_lists_are_read(tmp_path: Path) -> None:
    old = {"line_id": "a" * 32, "outcome_id": 12, "name": "over 8.5", "odds": 110, "stake": 11, "value": 10, "line": 8.5}
    other = {"line_id": "b" * 32, "outcome_id": 13, "name": "under 8.5", "odds": None, "stake": 0, "line": 8.5}
    market = {"id": 225, "name": "Total", "type": "total", "market_lines": [{"line": 8.5, "selections": [old, other]}]}
    path = write(tmp_path, "body.json", {"data": [{"event_id": 7, "markets": [market]}, {"event_id": 8, "markets": None}]})
    exchange = Exchange(started_at=START, populate=False)
    exchange.add_loaded(load_payloads(path, START))

    assert levels_of(exchange, 7) == {"a" * 32: [(110, 11_00, 10_00)], "b" * 32: []}
    assert exchange.markets(8) is None


def test_flat_spread_selections_are_paired_by_their_number(tmp_path: Path) -> None:
    rows = [
        selection("a", 1714, strike=-1.5),
        selection("b", 1714, strike=2.5),
        selection("c", 1715, strike=1.5),
        selection("d", 1715, strike=-2.5),
    ]
    path = write(tmp_path, "body.json", {"data": {"7": [{"id": 223, "type": "spread", "selections": rows}]}})
    books = load_payloads(path, START).events[7].books

    assert [[outcome.strike_id[0] for outcome in book.strike.outcomes] for book in books] == [["a", "c"], ["b", "d"]]
    assert [book.strike.strike for book in books] == [-1.5, 2.5]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "is not JSON"),
        ('{"data": {"7": [{"id": NaN}]}}', "NaN is not a number"),
        ({"data": {"nonsense": []}}, "neither keyed by event id"),
        ({"data": {"7": {"id": 1}}}, "not a list of objects"),
        ({"data": {"7": [{"id": 1, "selections": [[{"outcome_id": 4}]]}]}}, "has no strike_id"),
        ({"data": {"7": [{"id": "x"}]}}, "id 'x' is not a whole number"),
        ({"data": {"7": [{"id": 1, "selections": [selection("a", 4, price=110, quantity="x"), selection("b", 5)]}]}},
         "quantity 'x' is not a number"),
        ({"data": {"7": [{"id": 1, "selections": 5}]}}, "the selections of market 1 are not a list"),
        ("[" * 50_000, "is not JSON"),
        ('{"data": {"7": [{"id": 1e999999999}]}}', "is not a whole number"),
        ('{"data": {"7": [{"id": 1, "selections": [[{"strike_id": "a", "strike": 1e999}], [{"strike_id": "b"}]]}]}}',
         "is not a number"),
        ({"data": {}}, "holds no events"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_with_its_name_and_the_reason(tmp_path: Path, content: Any, says: str) -> None:
    path = write(tmp_path, "bad.json", content)

    with pytest.raises(LoadError) as refused:
        load_payloads(path, START)

    assert "bad.json" in str(refused.value)
    assert says in str(refused.value)


def test_a_missing_path_is_said(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match="does not exist"):
        load_payloads(tmp_path / "nowhere", START)


def test_prices_off_the_ladder_and_crossing_levels_are_left_out_and_said(tmp_path: Path) -> None:
    rows = [
        [selection("a", 4, price=111, quantity=10, value=9), selection("a", 4, price=131, quantity=10, value=9)],
        [selection("b", 5, price=-104, quantity=10, value=9)],
    ]
    path = write(tmp_path, "body.json", {"data": {"7": [{"id": 219, "type": "moneyline", "selections": rows}]}})
    loaded = load_payloads(path, START)

    text = " ".join(loaded.notes)
    assert "price 131 is not on the price ladder" in text
    assert "price -104 crosses the other side" in text
    assert [len(levels) for levels in loaded.events[7].books[0].depth()] == [1, 0]


def test_an_id_of_a_simulated_event_is_refused(tmp_path: Path) -> None:
    exchange = Exchange(started_at=START)
    path = write(tmp_path, "body.json", {"data": {"40001": []}})

    with pytest.raises(LoadError, match="simulated event"):
        exchange.add_loaded(load_payloads(path, START))


def test_loading_twice_keeps_what_was_traded(exchange: Exchange) -> None:
    outcome = next(market for market in exchange.markets(EVENT) or [] if market.id == 219).strikes[0].outcomes[0]
    exchange.submit("ann", NewOrder("take", outcome.strike_id, 146, 10_00))
    exchange.advance(START + SECOND)

    exchange.add_loaded(load_payloads(SAMPLE, START))

    assert levels_of(exchange)[outcome.strike_id][0] == (146, 116_71, 23_92)
