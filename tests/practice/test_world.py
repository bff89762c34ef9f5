"""The practice world: how much there is, how it begins, how it goes on, and that it is the same every time."""

from __future__ import annotations

from collections import Counter

import pytest
from msgspec.structs import replace

from app.practice.clock import SECOND
from app.practice.exchange import Exchange
from app.practice.fixtures import draw_fixture
from app.practice.games import Ask, Game, Question
from app.practice.leagues import Entrants, read_leagues
from app.practice.model import (
    Change,
    DepthChange,
    Event,
    EventChange,
    EventStatus,
    MarketChange,
    NewOrder,
    Order,
    RefusalError,
    StrikeChange,
)
from app.practice.rules import RULES, Moment
from app.practice.settle import result

START = 1_795_000_000 * SECOND


@pytest.fixture(scope="module")
def world() -> Exchange:
    """The default world in its first second; tests only read it."""
    return Exchange(started_at=START)


def all_events(exchange: Exchange) -> list[Event]:
    return [event for tournament in exchange.tournaments() for event in exchange.events(tournament.id)]


def test_the_default_world_is_of_the_promised_size(world: Exchange) -> None:
    sides = [levels for books in world.catalogue.books.values() for book in books for levels in book.depth()]
    sports = {tournament.sport.name for tournament in world.tournaments()}

    assert 55 <= len(all_events(world)) <= 65
    assert 17_000 <= len(sides) <= 19_500
    assert sum(len(levels) >= 3 for levels in sides) >= 0.6 * len(sides)
    assert len(sports) >= 8
    assert {31, 109, 132, 234, 648, 27653, 17} <= {tournament.id for tournament in world.tournaments()}


def test_no_book_is_crossed_and_every_price_is_on_the_ladder_best_first(world: Exchange) -> None:
    for books in world.catalogue.books.values():
        for book in books:
            assert not book.is_crossed()
            for levels in book.depth():
                prices = [level.price for level in levels]
                assert prices == sorted(set(prices), reverse=True)
                assert set(prices) <= set(world.ladder)
                assert all(level.value > 0 and level.quantity > 0 for level in levels)


def test_games_are_live_from_the_first_second_and_others_are_far_off(world: Exchange) -> None:
    events = all_events(world)
    offsets = [(event.scheduled - START) / SECOND for event in events if event.status is EventStatus.NOT_STARTED]

    assert sum(event.status is EventStatus.LIVE for event in events) >= 6
    assert all(event.scheduled < START for event in events if event.status is EventStatus.LIVE)
    assert sum(60 <= offset <= 300 for offset in offsets) >= 4
    assert sum(offset >= 600 for offset in offsets) >= 25
    assert sum(offset >= 24 * 3600 for offset in offsets) >= 10


def test_one_basketball_game_ends_within_a_minute_but_not_in_the_first_25_seconds(world: Exchange) -> None:
    left = [(game.start + game.span - START) / SECOND for game in world.world.games.values() if game.rules == "basketball"]

    assert any(25 < seconds < 60 for seconds in left)


def test_strike_ids_are_32_hex_digits_and_unique(world: Exchange) -> None:
    ids = [outcome.strike_id for books in world.catalogue.books.values() for book in books for outcome in book.strike.outcomes]

    assert len(set(ids)) == len(ids)
    assert all(len(one) == 32 and set(one) <= set("0123456789abcdef") for one in ids)


def test_spreads_are_named_as_the_venue_names_them(world: Exchange) -> None:
    event = world.events(132)[0]
    home, away = event.competitors
    spread = next(market for market in world.markets(event.id) or [] if market.id == 223)

    assert event.name == f"{away.name} at {home.name}"
    assert len(spread.strikes) >= 9
    for strike in spread.strikes:
        first, second = strike.outcomes
        assert (first.outcome_id, second.outcome_id) == (1714, 1715)
        assert first.strike == strike.strike == -second.strike
        if strike.strike:
            assert strike.name == f"Fixed home {strike.strike:+g}"
            assert first.name == f"{home.name} {first.strike:+g}"
    assert [strike.favourite for strike in spread.strikes].count(True) == 1


def test_moneylines_agree_with_spreads_and_totals_fall_with_their_number(world: Exchange) -> None:
    event = next(event for event in world.events(31) if event.status is EventStatus.NOT_STARTED)
    game = world.world.games[event.id]
    chances: dict[tuple[Ask, str], list[float]] = {}
    for book in world.catalogue.books[event.id]:
        if book.question is not None and book.market.id in (219, 223, 225):
            key = (book.question.ask, book.market.type)
            chances.setdefault(key, []).append(game.chances(book.question, START)[0])

    spreads = chances[Ask.MARGIN, "spread"]
    totals = chances[Ask.TOTAL, "total"]
    assert spreads == sorted(spreads)
    assert totals == sorted(totals, reverse=True)
    even = min(spreads, key=lambda chance: abs(chance - 0.5))
    assert abs(even - 0.5) < 0.08


def test_a_lead_near_the_end_takes_the_moneyline_to_the_rails() -> None:
    game = Game(1, "basketball", (113.0, 113.0), START, 2880 * SECOND, (), home=100, away=88)
    moneyline = Question(Ask.MARGIN)

    half = game.chances(moneyline, START + 1440 * SECOND)[0]
    end = game.chances(moneyline, START + 2870 * SECOND)[0]

    assert 0.8 < half < 0.95
    assert end > 0.99


@pytest.mark.parametrize("league_id", [31, 132, 109, 17, 4847])
def test_scripts_come_true_as_often_as_the_fair_chances_say(league_id: int) -> None:
    place, league = next((n, row) for n, row in enumerate(read_leagues()) if row.id == league_id)
    entrants = Entrants(1).of(league, place)
    league = replace(league, props=0)
    expected = won = 0.0
    for n in range(400):
        pair = (entrants[n % len(entrants)], entrants[(n * 7 + 1) % len(entrants)])
        if pair[0] is pair[1]:
            continue
        fixture = draw_fixture(league, pair, n, 1, (START, START, 1000))
        moneyline = fixture.asked[0].questions[0]
        expected += fixture.game.chances(moneyline, START)[0]
        while fixture.game.played < len(fixture.game.script):
            fixture.game.play()
        won += result(moneyline, fixture.game) == 0

    assert abs(won - expected) < 4 * 10


def test_every_sport_has_a_game_that_can_be_drawn() -> None:
    assert {league.rules for league in read_leagues()} <= set(RULES)


def test_at_speed_the_world_stays_populated_for_ten_minutes() -> None:
    exchange = Exchange(started_at=START, speed=40, rate=2)
    changes: list[Change] = []
    for _ in range(40):
        changes.extend(exchange.advance(exchange.now + 15 * SECOND))
        running = sum(event.status is not EventStatus.FINISHED for event in all_events(exchange))
        assert running >= 50

    ops = Counter(change.op for change in changes if isinstance(change, EventChange))
    assert ops["c"] >= 10
    assert ops["d"] >= 10
    assert any(isinstance(change, StrikeChange) for change in changes)


def test_a_score_suspends_the_main_markets_for_two_seconds() -> None:
    exchange = Exchange(started_at=START, rate=0, seed=3)
    event_id = next(id for id, game in exchange.world.games.items() if game.rules == "soccer" and game.start < START)
    game = exchange.world.games[event_id]
    game.script = (*game.script[: game.played], Moment(game.part(START + 30 * SECOND), 1, 0))
    exchange.world.note_next_score(event_id, game)
    goal = game.time_of(game.script[-1].part)
    told = exchange.advance(goal)
    suspended = {c.market.id for c in told if isinstance(c, MarketChange) and c.market.status == "suspended"}
    assert {219, 223, 225} <= suspended
    exchange.open_account(access_key="a", secret_key="b", user_id="u", balance=100_00)
    strike_id = exchange.catalogue.books[event_id][0].strike.outcomes[0].strike_id
    with pytest.raises(RefusalError, match="event_not_available"):
        exchange.submit("u", NewOrder("one", strike_id, 150, 10_00))

    again = exchange.advance(goal + 2 * SECOND)

    active = {c.market.id for c in again if isinstance(c, MarketChange) and c.market.status == "active"}
    assert {219, 223, 225} <= active
    assert sum(isinstance(c, DepthChange) for c in again) > 10


def test_a_skipped_night_leaves_the_world_as_it_was() -> None:
    night = 8 * 3600 * SECOND
    through, slept = (Exchange(started_at=START, seed=2, rate=20) for _ in range(2))
    for exchange in (through, slept):
        exchange.advance(START + SECOND)
    slept.skip(night)

    changes = [len(through.advance(START + 70 * SECOND)), len(slept.advance(START + night + 70 * SECOND))]

    assert changes[0] == changes[1] > 1000
    assert {event.name: event.status for event in all_events(slept)} == {event.name: event.status for event in all_events(through)}
    assert [event.scheduled - night for event in all_events(slept)] == [event.scheduled for event in all_events(through)]


def run(steps: list[int]) -> tuple[object, ...]:
    """An exchange to which the same orders come at the same times, advanced in between in these steps of ms."""
    exchange = Exchange(started_at=START, seed=5, speed=30, rate=150)
    exchange.open_account(access_key="a", secret_key="b", user_id="u", balance=50_000_00)
    changes: list[Change] = []
    orders: list[Order] = []
    n = 0
    for second in range(24):
        at = START + second * SECOND
        while exchange.now < at:
            changes.extend(exchange.advance(min(at, exchange.now + steps[n % len(steps)] * 1_000_000)))
            n += 1
        event_id = sorted(exchange.catalogue.books)[second * 2 % 55]
        book = exchange.catalogue.books[event_id][second % 3]
        levels = book.levels(0)
        price = levels[0].price if levels else 200
        try:
            orders.append(exchange.submit("u", NewOrder(f"o{second}", book.strike.outcomes[0].strike_id, price, 90_00)))
        except RefusalError:
            continue
    books = {id: [book.depth() for book in books] for id, books in exchange.catalogue.books.items()}
    return books, orders, exchange.balance("u"), changes, exchange.accounts.makers


def test_the_same_seed_time_and_orders_make_the_same_world_in_steps_of_any_size() -> None:
    small, large = run([10, 20, 15]), run([700, 1000, 3])

    assert small[1] == large[1]
    assert small[1]
    assert small == large
