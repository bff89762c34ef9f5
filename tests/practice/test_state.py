"""The state folder: what was acknowledged is there again, whatever ended the exchange."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from app.practice.book import Book
from app.practice.clock import SECOND
from app.practice.exchange import Exchange
from app.practice.load import load_payloads
from app.practice.model import Account, Balance, EventStatus, NewOrder, Order
from app.practice.state import FILE, State, StateError, open_state

START = 1_795_000_000 * SECOND
PAUSE = 9_000 * SECOND
SAMPLE = Path(__file__).parents[1] / "wire" / "prophetx" / "loaded"


def begin(folder: Path, speed: float = 1.0) -> tuple[State, Exchange]:
    state, exchange = open_state(folder, seed=4, speed=speed, rate=50, now=START)
    exchange.open_account(access_key="key", secret_key="secret", user_id="ann", balance=10_000_00)
    state.save(exchange)
    return state, exchange


def again(folder: Path, now: int, speed: float = 1.0) -> tuple[State, Exchange]:
    return open_state(folder, seed=99, speed=speed, rate=50, now=now)


def place(exchange: Exchange, ref: str, better: int = 0, quantity: int = 20_00, strategy: str = "") -> Order:
    """An order on a far moneyline; `better` rungs beyond the makers' best price rest."""
    event = max((e for e in exchange.catalogue.events.values() if e.tournament_id == 31), key=lambda e: e.scheduled)
    book = exchange.catalogue.books[event.id][0]
    rung = exchange.ladder.index(book.levels(0)[0].price) + better
    new = NewOrder(ref, book.strike.outcomes[0].strike_id, exchange.ladder[rung], quantity, strategy)
    return exchange.submit("ann", new)


def depths(exchange: Exchange) -> dict[int, list[object]]:
    return {event_id: [book.depth() for book in books] for event_id, books in exchange.catalogue.books.items()}


def users_resting(exchange: Exchange) -> dict[str, int]:
    return {
        one.order_id: one.open
        for books in exchange.catalogue.books.values()
        for book in books
        for queue in (*book.offers, *book.backs)
        for one in queue
        if one.order_id
    }


def check_whole(exchange: Exchange) -> None:
    """Books, orders and accounts say the same."""
    orders = exchange.orders("ann")
    account = exchange.accounts.by_id["ann"]
    assert users_resting(exchange) == {order.id: order.open_quantity for order in orders if order.status == "open" and order.open_quantity}
    assert account.unmatched == sum(order.open_quantity for order in orders)
    assert account.matched == sum(order.filled for order in orders if order.winning == "tbd")
    lines = exchange.transactions("ann")
    assert sum(line.amount for line in lines) == account.balance - account.matched == lines[-1].balance
    assert not any(book.is_crossed() for books in exchange.catalogue.books.values() for book in books)


def test_a_closed_exchange_opens_with_the_same_books_orders_and_money(tmp_path: Path) -> None:
    state, first = begin(tmp_path)
    for n, better in enumerate([0, 6, 3, -1]):
        place(first, f"o{n}", better)
        first.advance(first.now + SECOND)
    state.close(first)

    state, second = again(tmp_path, first.now + PAUSE)
    state.close()

    assert depths(second) == depths(first)
    assert list(second.orders("ann")) == list(first.orders("ann"))
    assert list(second.fills("ann")) == list(first.fills("ann"))
    assert list(second.transactions("ann")) == list(first.transactions("ann"))
    assert isinstance(second.account_by_key("key"), Account)
    assert second.balance("ann") == Balance(*_amounts(first), synced_at=second.now)
    check_whole(second)


def _amounts(exchange: Exchange) -> tuple[int, int, int]:
    balance = exchange.balance("ann")
    return balance.balance, balance.matched, balance.unmatched


def test_the_time_in_between_does_not_exist_for_the_world(tmp_path: Path) -> None:
    state, first = begin(tmp_path)
    first.advance(START + 5 * SECOND)
    state.close(first)
    _, second = again(tmp_path, first.now + PAUSE)

    for event_id, event in first.catalogue.events.items():
        assert second.catalogue.events[event_id].scheduled == event.scheduled + PAUSE
        assert second.catalogue.events[event_id].status is event.status
    here = first.advance(first.now + 60 * SECOND)
    there = second.advance(second.now + 60 * SECOND)
    assert len(here) == len(there)
    assert _prices(first) == _prices(second)
    assert {i: e.status for i, e in first.catalogue.events.items()} == {i: e.status for i, e in second.catalogue.events.items()}


def _prices(exchange: Exchange) -> list[object]:
    return [
        [(level.price, level.quantity, level.value) for levels in book.depth() for level in levels]
        for books in exchange.catalogue.books.values()
        for book in books
    ]


def test_orders_newer_than_the_last_snapshot_stand_in_the_books_again(tmp_path: Path) -> None:
    state, first = begin(tmp_path)
    state.save(first, whole=True)
    rests = place(first, "rests", better=8)
    takes = place(first, "takes", better=0)
    kills = place(first, "kills", better=8, strategy="fillOrKill")
    first.advance(START + SECOND)
    placing = place(first, "placing", better=5)
    assert state.save(first)
    state.close()

    state, second = again(tmp_path, START + PAUSE)

    by_ref = {order.external_id: order for order in second.orders("ann")}
    assert list(by_ref) == ["rests", "takes", "kills", "placing"]
    assert by_ref["rests"] == rests
    assert by_ref["takes"].fills == takes.fills
    check_whole(second)
    second.advance(second.now + 3 * SECOND)
    assert by_ref["kills"].status == "canceled" == second.orders("ann")[2].status
    assert by_ref["placing"].status == "open"
    assert placing.status == "inactive"
    assert kills.status == "open"
    check_whole(second)
    state.close()


def test_an_order_cancelled_after_the_snapshot_does_not_come_back(tmp_path: Path) -> None:
    state, first = begin(tmp_path)
    order = place(first, "rests", better=8)
    first.advance(START + SECOND)
    state.save(first, whole=True)
    first.cancel("ann", order.id, None)
    state.save(first)
    state.close()

    _, second = again(tmp_path, START + PAUSE)

    assert users_resting(second) == {}
    assert second.orders("ann")[0].status == "canceled"
    check_whole(second)


def test_settled_money_and_the_ended_event_are_saved_together(tmp_path: Path) -> None:
    state, first = begin(tmp_path, speed=60)
    event_id = next(id for id, game in first.world.games.items() if game.rules == "basketball" and game.part(START) > 0.9)
    book = next(b for b in first.catalogue.books[event_id] if b.market.id == 219)
    game = first.world.games[event_id]
    game.span *= 20
    levels = book.levels(0)
    first.agenda.restore([(at + 10 * SECOND, n, action) for at, n, action in first.agenda.entries()])
    first.submit("ann", NewOrder("last", book.strike.outcomes[0].strike_id, levels[0].price, 50_00))
    for _ in range(300):
        first.advance(first.now + SECOND // 10)
        state.save(first)
    state.close()

    _, second = again(tmp_path, first.now, speed=60)

    assert first.catalogue.events[event_id].status is EventStatus.FINISHED
    assert second.catalogue.events[event_id].status is EventStatus.FINISHED
    assert second.orders("ann")[0].status == first.orders("ann")[0].status == "closed"
    assert second.accounts.makers + second.accounts.by_id["ann"].balance == 10_000_00
    check_whole(second)


def test_another_speed_stretches_what_is_still_to_come(tmp_path: Path) -> None:
    state, first = begin(tmp_path)
    event = max(first.catalogue.events.values(), key=lambda e: e.scheduled)
    live = next(game for game in first.world.games.values() if game.start < START)
    part = live.part(first.now)
    state.close(first)

    _, second = again(tmp_path, START + PAUSE, speed=10)

    assert second.catalogue.events[event.id].scheduled == START + PAUSE + (event.scheduled - START) // 10
    assert second.world.games[live.event_id].part(second.now) == pytest.approx(part)


def test_loaded_events_are_kept_with_their_books(tmp_path: Path) -> None:
    state, first = begin(tmp_path)
    first.add_loaded(load_payloads(SAMPLE, START))
    strike_id = first.catalogue.books[88001][2].strike.outcomes[0].strike_id
    first.submit("ann", NewOrder("take", strike_id, 200, 10_00))
    first.advance(START + SECOND)
    state.close(first)

    _, second = again(tmp_path, START + PAUSE)
    second.add_loaded(load_payloads(SAMPLE, second.now))

    assert depths(second)[88001] == depths(first)[88001]
    check_whole(second)


def test_what_was_taken_after_the_snapshot_is_not_offered_again(tmp_path: Path) -> None:
    state, first = begin(tmp_path)
    first.add_loaded(load_payloads(SAMPLE, START))
    state.save(first, whole=True)
    book = first.catalogue.books[88001][2]
    level = book.levels(0)[0]
    first.submit("ann", NewOrder("whole", book.strike.outcomes[0].strike_id, level.price, level.value))
    first.submit("ann", NewOrder("part", book.strike.outcomes[1].strike_id, book.levels(1)[0].price, 1_00))
    first.advance(START + SECOND)
    state.save(first)
    state.close()

    _, second = again(tmp_path, START + PAUSE)

    found = second.catalogue.books[88001][2]
    assert [_amounts_of(found, side) for side in (0, 1)] == [_amounts_of(book, side) for side in (0, 1)]
    assert level.price not in [one.price for one in found.levels(0)]
    assert found.strike.filled == book.strike.filled
    check_whole(second)


def _amounts_of(book: Book, side: int) -> list[tuple[int, int, int]]:
    return [(level.price, level.quantity, level.value) for level in book.levels(side)]


def test_makers_do_not_come_back_to_a_taken_price_because_of_a_restart(tmp_path: Path) -> None:
    state, first = begin(tmp_path)
    book = max(first.catalogue.books.values(), key=lambda books: first.catalogue.events[books[0].strike.event_id].scheduled)[0]
    level = book.levels(0)[0]
    first.submit("ann", NewOrder("whole", book.strike.outcomes[0].strike_id, level.price, level.value))
    first.advance(START + SECOND)
    assert book.quote is not None
    left = book.quote.barred_until - first.now
    state.close(first)

    _, second = again(tmp_path, first.now + PAUSE)

    kept = second.catalogue.find(book.strike.outcomes[0].strike_id)
    assert kept is not None
    assert kept[0].quote is not None
    assert kept[0].quote.barred_until - second.now == left


def test_nothing_is_written_when_nothing_has_changed(tmp_path: Path) -> None:
    state, exchange = begin(tmp_path)
    exchange.advance(START + SECOND)
    assert not state.save(exchange)

    exchange.advance(START + 11 * SECOND)

    assert state.save(exchange)
    state.close()


def test_the_world_is_written_less_often_while_nobody_trades(tmp_path: Path) -> None:
    state, exchange = State(tmp_path), Exchange(started_at=START, populate=False)
    exchange.open_account(access_key="key", secret_key="secret", user_id="ann", balance=10_000_00)
    exchange.add_loaded(load_payloads(SAMPLE, START))
    strike_id = exchange.catalogue.books[88001][2].strike.outcomes[0].strike_id
    state.save(exchange, whole=True)

    quiet = [second for second in range(1, 63) if _saves(state, exchange, START + second * SECOND)]
    exchange.submit("ann", NewOrder("rests", strike_id, 25_000, 1_00))
    traded = [second for second in range(63, 135) if _saves(state, exchange, START + second * SECOND)]

    assert quiet == [60]
    assert traded == [63, 70, 130]  # the order at once, then the world
    state.close()


def _saves(state: State, exchange: Exchange, now: int) -> bool:
    exchange.advance(now)
    return state.save(exchange)


def test_small_facts_are_kept_beside_the_exchange(tmp_path: Path) -> None:
    state, _ = begin(tmp_path)
    state.put("sessions", b"\x00tokens")
    state.close()

    reopened = State(tmp_path)
    assert reopened.get("sessions") == b"\x00tokens"
    assert reopened.get("nothing") is None
    reopened.close()


def test_the_file_is_for_its_owner_only(tmp_path: Path) -> None:
    state, _ = begin(tmp_path / "new")
    state.close()

    assert stat.S_IMODE((tmp_path / "new" / FILE).stat().st_mode) == 0o600


def test_a_state_of_another_version_is_refused_in_words(tmp_path: Path) -> None:
    state, _ = begin(tmp_path)
    state.put("schema", b"0")
    state.close()

    with pytest.raises(StateError, match="has version 0, this exchange writes version 1"):
        State(tmp_path)


def test_a_file_that_is_no_state_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"this is no database at all, not even a little one" * 40)

    with pytest.raises(StateError, match="cannot be opened"):
        State(tmp_path)


def test_a_state_in_use_is_refused_in_words(tmp_path: Path) -> None:
    state, _ = begin(tmp_path)

    with pytest.raises(StateError, match="cannot be opened"):
        State(tmp_path)
    state.close()


_CHILD = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from tests.practice.test_state import SECOND, START, begin, place
state, exchange = begin(Path(sys.argv[1]))
for n in range(100_000):
    order = place(exchange, f"o{n}", better=n % 12 - 2, quantity=1_00 + n % 7)
    exchange.advance(exchange.now + SECOND // 5)
    state.save(exchange)
    print(order.external_id, order.status.value, order.filled, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_a_killed_exchange_loses_nothing_it_has_acknowledged(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    child = subprocess.Popen([sys.executable, "-c", _CHILD, str(tmp_path), str(root)], stdout=subprocess.PIPE, text=True, cwd=root)
    assert child.stdout is not None
    acknowledged = [child.stdout.readline().split() for _ in range(60)]
    os.kill(child.pid, signal.SIGKILL)
    acknowledged += [line.split() for line in child.stdout.read().splitlines() if line.count(" ") == 2]
    child.stdout.close()
    child.wait()

    state, exchange = again(tmp_path, START + PAUSE)

    found = {order.external_id: order for order in exchange.orders("ann")}
    for reference, _, filled in acknowledged:
        assert found[reference].filled >= int(filled)
    check_whole(exchange)
    state.close()


def test_a_failed_write_leaves_the_state_as_it_was(tmp_path: Path) -> None:
    state, exchange = begin(tmp_path)
    place(exchange, "one", better=4)
    state.close()

    with pytest.raises(StateError, match="cannot be written"):
        state.save(exchange)
    assert exchange.accounts.changed_orders


def test_for_whom_an_order_was_placed_is_kept_and_where_it_stands(tmp_path: Path) -> None:
    state, first = begin(tmp_path)
    first.open_account(user_id="partner", balance=10_000_00)
    like = place(first, "o1", 6)
    first.submit("partner", NewOrder("o1", like.strike_id, like.price, 30_00, external_user_id="cust-1"))
    first.advance(first.now + SECOND)
    state.close(first)

    state, second = again(tmp_path, first.now + PAUSE)

    (order,) = second.orders("partner")
    assert (order.external_user_id, order.source, order.status) == ("cust-1", "omnibus", "open")
    assert [(one.external_user_id, one.source) for one in second.orders("ann")] == [("", "trading")]
    assert users_resting(second)[order.id] == 30_00
    state.close()
