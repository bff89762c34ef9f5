"""Order faults of the journal: it cannot be written, it is damaged or old, or two terminals want the same account."""

from __future__ import annotations

import contextlib
import resource
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from decimal import Decimal
from pathlib import Path

import pytest

from app.domain.errors import DeniedError
from app.domain.order import Order, OrderState
from app.domain.profile import PRACTICE
from app.practice.truth import ACCEPTED
from app.store.journal.opening import examine
from app.store.lock import ProfileLock, TakenError
from app.store.machine import machine_tag
from tests.faults.floor import Floor

# F-O38: the journal cannot be written


@contextlib.contextmanager
def locked(journal: Path) -> Iterator[None]:
    """Another program writes, and does not come to an end."""
    with contextlib.closing(sqlite3.connect(journal, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


@contextlib.contextmanager
def full(_journal: Path) -> Iterator[None]:
    """No file can grow by a byte."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.mark.parametrize("trouble", [locked, full])
async def test_fo38_while_the_journal_cannot_be_written_no_order_leaves_cancels_do_and_it_comes_back(
    floor: Floor, trouble: Callable[[Path], AbstractContextManager[None]]
) -> None:
    station = floor.station
    order = await floor.rest()

    with trouble(station.journal_file):
        with pytest.raises(DeniedError) as denied:
            await floor.place(floor.draft(stake="5.00"))
        code, words = floor.denial(floor.draft(stake="5.00")), station.journal.trouble
        await floor.while_passing(floor.desk.trading.cancel(order.ref))
        received = dict(floor.house.received)
    await floor.until(lambda: not station.journal.trouble)
    later = await floor.place(floor.draft(stake="6.00"))

    assert (denied.value.code, code, received) == ("JOURNAL_DOWN", "JOURNAL_DOWN", {order.ref: 1})
    assert words in station.said
    assert floor.house.verdicts("cancel") == [ACCEPTED]
    assert (floor.state(order.ref), later.state) == (OrderState.CANCELLED, OrderState.ACCEPTED)
    await floor.close()
    assert examine(station.journal_file).is_whole


async def test_fo38_a_journal_that_cannot_be_opened_stops_orders_and_lets_cancels_go(hall: Floor) -> None:
    there = hall.house.elsewhere(200, 40_00)
    await hall.pass_(1)
    hall.home.mkdir()
    (hall.home / "data").mkdir()
    (hall.home / "data" / "journal").write_text("in the way")

    station = await hall.open(is_ready=False)
    await hall.until(lambda: hall.desk.session.is_streaming and hall.desk.controls.is_reconciled)
    with pytest.raises(DeniedError) as denied:
        await hall.place()
    await hall.while_passing(hall.desk.trading.cancel("website-1"))

    assert (denied.value.code, there.status, hall.house.received) == ("JOURNAL_DOWN", "canceled", {})
    assert any(words.startswith("No order can leave: ") for words in station.said)


async def test_fo39_a_journal_deleted_while_open_is_said_and_written_anew_with_all_that_it_held(floor: Floor) -> None:
    station = floor.station
    order = await floor.rest()
    station.journal_file.unlink()

    with pytest.raises(DeniedError) as denied:
        await floor.place(floor.draft(stake="5.00"))
    await floor.until(lambda: not station.journal.trouble)
    later = await floor.place(floor.draft(stake="6.00"))
    await floor.close()
    await floor.open()

    assert denied.value.code == "JOURNAL_DOWN"
    assert any("removed or replaced while in use" in words for words in station.said)
    assert [one.ref for one in floor.station.orders] == [order.ref, later.ref]
    assert not any(one.is_elsewhere for one in floor.station.orders)


# F-O39: the journal is not what it was


def torn(journal: Path, _old: Path) -> None:
    journal.write_bytes(journal.read_bytes()[: journal.stat().st_size // 2])


def flipped(journal: Path, _old: Path) -> None:
    whole = bytearray(journal.read_bytes())
    for place in range(4096, len(whole), 4096):
        whole[place] ^= 0xFF
    journal.write_bytes(whole)


def no_journal(journal: Path, _old: Path) -> None:
    journal.write_text("This is no journal.\n" * 500)


def deleted(journal: Path, _old: Path) -> None:
    journal.unlink()


def emptied(journal: Path, _old: Path) -> None:
    journal.write_bytes(b"")


def restored(journal: Path, old: Path) -> None:
    """Somebody puts a copy of yesterday in its place."""
    shutil.copy(old, journal)


@pytest.mark.parametrize("damage", [torn, flipped, no_journal, deleted, emptied, restored])
async def test_fo39_the_next_start_says_what_happened_and_has_every_order_from_the_venue_before_any_may_leave(
    floor: Floor, damage: Callable[[Path, Path], None]
) -> None:
    journal, old = floor.station.journal_file, floor.home / "old.db"
    first = await floor.rest()
    await floor.close()
    shutil.copy(journal, old)
    await floor.open()
    second = await floor.rest(floor.draft(stake="11.00"))
    await floor.close()
    damage(journal, old)

    station = await floor.open(is_ready=False)
    started_on = station.desk.controls.is_on
    station.desk.controls.switch(is_on=True)
    at_once = floor.denial()
    await floor.flow(lambda: floor.is_ready(station))

    shown = [floor.order(order.ref) for order in (first, second)]
    assert (started_on, at_once) == (not station.journal.is_rebuilt, "RECONCILING")
    assert [(order.state, order.venue_order_id) for order in shown] == [(OrderState.OPEN, floor.house.order(one.ref).id) for one in shown]
    assert (len(station.orders), floor.desk.blotter.rest) == (2, Decimal(21))
    assert floor.house.received == {first.ref: 1, second.ref: 1}
    await floor.while_passing(floor.desk.trading.cancel(second.ref))
    assert floor.house.order(second.ref).status == "canceled"


@pytest.mark.parametrize("damage", [torn, no_journal, deleted, emptied])
async def test_fo39_a_journal_that_had_to_be_replaced_is_said_and_kept_and_trading_is_off_until_a_person_looked(
    floor: Floor, damage: Callable[[Path, Path], None]
) -> None:
    journal = floor.station.journal_file
    await floor.rest()
    await floor.close()
    damage(journal, journal)

    station = await floor.open(is_ready=False)
    await floor.until(lambda: floor.desk.controls.is_reconciled)

    kept = [one for one in journal.parent.glob(f"{journal.name}.bad-*") if not one.name.endswith(("-wal", "-shm"))]
    assert (station.journal.is_rebuilt, floor.denial()) == (True, "OFF")
    assert any(f"The journal {journal.name} is " in words for words in station.said)
    assert len(kept) == (damage is not deleted)


# F-O40: two terminals


async def test_fo40_a_second_terminal_of_the_same_profile_is_refused(floor: Floor) -> None:
    folder = floor.station.where.data

    with ProfileLock(folder, PRACTICE), pytest.raises(TakenError, match="already open in another Overround"):
        ProfileLock(folder, PRACTICE).acquire()


async def test_fo40_the_orders_of_another_computer_appear_marked_and_no_two_references_are_alike(hall: Floor) -> None:
    here = await hall.open(home=hall.home / "here")
    there = await hall.open(home=hall.home / "there")
    mine = await here.desk.trading.place(hall.draft())
    theirs = await there.desk.trading.place(hall.draft())

    await hall.pass_(1)

    tags = [machine_tag(station.where.data) for station in (here, there)]
    assert tags[0] != tags[1]
    assert [order.ref.split("-")[1] for order in (mine, theirs)] == tags
    assert _marked(here.orders) == {mine.ref: False, theirs.ref: True}
    assert _marked(there.orders) == {mine.ref: True, theirs.ref: False}
    assert sum(order.at_risk for order in here.orders) == sum(order.at_risk for order in there.orders) == 20
    assert {ref: len(ids) for ref, ids in hall.house.accepted.items()} == {mine.ref: 1, theirs.ref: 1}


def _marked(orders: list[Order]) -> dict[str, bool]:
    return {order.ref: order.is_elsewhere for order in orders}
