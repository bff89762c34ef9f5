"""The makers: how they quote, move, meet users' orders, and that what was taken is gone."""

from __future__ import annotations

from collections import Counter

import pytest

from app.practice.book import MAKERS, Book
from app.practice.clock import SECOND
from app.practice.exchange import Exchange
from app.practice.ladder import IMPLIED, LADDER, RUNG
from app.practice.makers import BAR
from app.practice.model import DepthChange, EventStatus, NewOrder, OrderStatus, TradeChange

START = 1_795_000_000 * SECOND


@pytest.fixture
def exchange() -> Exchange:
    exchange = Exchange(started_at=START, rate=500, seed=11)
    exchange.open_account(access_key="a", secret_key="b", user_id="ann", balance=10_000_000_00)
    return exchange


def quiet_book(exchange: Exchange, outcomes: int = 2) -> Book:
    """A deep book of a game that is far off, so that nothing but makers and users moves it."""
    far = (event.id for event in exchange.catalogue.events.values() if event.scheduled > START + 10 * 3600 * SECOND)
    books = (book for event_id in far for book in exchange.catalogue.books[event_id])
    return next(
        book for book in books if len(book.offers) == outcomes and book.market.is_main and all(len(levels) >= 3 for levels in book.depth())
    )


def submit(exchange: Exchange, book: Book, outcome: int, price: int, quantity: int, ref: str) -> str:
    order = exchange.submit("ann", NewOrder(ref, book.strike.outcomes[outcome].strike_id, price, quantity))
    return order.id


def look(exchange: Exchange, book: Book, times: int) -> None:
    """The makers look at this book again and again, all at one moment."""
    game = exchange.world.games[book.strike.event_id]
    for _ in range(times):
        exchange.makers.tick(book, game, exchange.matcher, exchange.now)


def test_every_look_yields_one_depth_change(exchange: Exchange) -> None:
    changes = exchange.advance(START + 2 * SECOND)

    assert sum(isinstance(change, DepthChange) for change in changes) == 1000
    assert Counter(type(change) for change in changes).most_common(1)[0][0] is DepthChange


def test_live_events_are_looked_at_more_often(exchange: Exchange) -> None:
    changes = [change for change in exchange.advance(START + 6 * SECOND) if isinstance(change, DepthChange)]
    live = {event.id for event in exchange.catalogue.events.values() if event.status is EventStatus.LIVE}
    looked = sum(change.market.event_id in live for change in changes) / len(changes)
    quoted = [book for books in exchange.catalogue.books.values() for book in books if book.quote is not None]
    share = sum(book.market.event_id in live for book in quoted) / len(quoted)

    assert looked > 2.5 * share


def test_a_look_moves_a_level_or_two_and_not_the_book(exchange: Exchange) -> None:
    book = quiet_book(exchange)
    moved = []
    for _ in range(200):
        before = [set(levels) for levels in book.depth()]
        look(exchange, book, 1)
        after = [set(levels) for levels in book.depth()]
        moved.append(sum(len(new - old) for new, old in zip(after, before, strict=True)))

    assert sum(count <= 2 for count in moved) >= 0.9 * len(moved)
    assert sum(count > 0 for count in moved) >= 0.7 * len(moved)


def test_books_keep_a_small_margin_and_their_depth(exchange: Exchange) -> None:
    exchange.advance(START + 20 * SECOND)
    for books in exchange.catalogue.books.values():
        for book in books:
            tops = [levels[0].price for levels in book.depth() if levels]
            if book.is_pair and len(tops) == 2 and max(abs(price) for price in tops) <= 300:
                assert 1.0 < sum(IMPLIED[RUNG[price]] for price in tops) < 1.1
            assert all(len(levels) <= 6 for levels in book.depth())
            assert not book.is_crossed()


def test_the_margin_of_a_market_of_three_is_small_too(exchange: Exchange) -> None:
    book = quiet_book(exchange, outcomes=3)
    look(exchange, book, 50)

    assert 1.0 < sum(IMPLIED[RUNG[levels[0].price]] for levels in book.depth()) < 1.15


def test_taken_liquidity_is_gone(exchange: Exchange) -> None:
    exchange.rate = 0
    exchange.resume(START, 0)
    book = quiet_book(exchange)
    first, second = book.levels(0)[:2]
    submit(exchange, book, 0, second.price, first.value + second.value // 2, "take")
    exchange.advance(START + SECOND)
    left = second.value - second.value // 2

    for _ in range(4):
        look(exchange, book, 100)
        shown = {level.price: level.value for level in book.levels(0)}
        assert first.price not in shown
        assert shown.get(second.price, 0) <= left
        assert all(RUNG[price] <= RUNG[second.price] for price in shown)
        exchange.advance(exchange.now + BAR // 5)


def test_the_makers_come_back_when_the_taker_is_forgotten(exchange: Exchange) -> None:
    exchange.rate = 0
    exchange.resume(START, 0)
    book = quiet_book(exchange)
    taken = book.levels(0)[0]
    submit(exchange, book, 0, taken.price, taken.value, "take")
    exchange.advance(START + 300 * SECOND)
    look(exchange, book, 300)

    assert abs(RUNG[book.levels(0)[0].price] - RUNG[taken.price]) < 20


def test_a_resting_order_is_filled_when_the_makers_come_to_its_price(exchange: Exchange) -> None:
    exchange.rate = 0
    exchange.resume(START, 0)
    book = quiet_book(exchange)
    wish = LADDER[RUNG[book.levels(0)[0].price] + 1]
    order_id = submit(exchange, book, 0, wish, 20_00, "rest")
    exchange.advance(START + SECOND)
    order = exchange.accounts.orders[order_id]
    assert order.filled == 0

    game = exchange.world.games[book.strike.event_id]
    game.means = (game.means[0] * 0.7, game.means[1] * 1.3)
    look(exchange, book, 200)
    exchange.bulletin.flush(exchange.now)
    changes = exchange.advance(START + 2 * SECOND)

    assert order.filled == 20_00
    assert order.fills[0].price == wish
    trade = next(change for change in changes if isinstance(change, TradeChange))
    assert trade.outcome is book.strike.outcomes[1]
    assert trade.fill_price in (-wish, wish)
    assert not book.is_crossed()


def test_closed_markets_are_not_quoted(exchange: Exchange) -> None:
    exchange.advance(START + 3 * SECOND)
    for books in exchange.catalogue.books.values():
        for book in books:
            if book.market.status == "closed":
                assert book.depth() == tuple(() for _ in book.offers)


def test_makers_stay_clear_of_users_for_a_thousand_looks(exchange: Exchange) -> None:
    book = quiet_book(exchange)
    for n in range(40):
        levels = book.levels(n % 2)
        wish = LADDER[RUNG[levels[0].price] + n % 5 - 1] if levels else 100
        submit(exchange, book, n % 2, wish, 10_00 + n * 1_00, f"o{n}")
        exchange.advance(exchange.now + SECOND // 5)
        look(exchange, book, 25)
        assert not book.is_crossed()

    resting = {one.order_id: one.open for queue in book.offers for one in queue if one.order_id != MAKERS}
    orders = exchange.accounts.orders.values()
    assert resting == {order.id: order.open_quantity for order in orders if order.status is OrderStatus.OPEN and order.open_quantity}
