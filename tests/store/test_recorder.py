"""The recorder on a real file: durable before it returns, halted from anywhere, honest about what it could not read."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest

from app.domain.errors import HaltedError, JournalDownError
from app.domain.order import Cancel, Order, OrderState, Outcome
from app.domain.record import Acknowledged, Alarmed, CancelEnded, CancelSent, Ended, Entry, Halted, Intended, Looked, Remarked, Resent, step
from app.services.blotter import Blotter
from app.store.journal.file import JournalFile
from app.store.journal.opening import Opened
from app.store.journal.writer import Writer
from app.store.recorder import MakeWriter, Recorder
from tests.domain.orders import PLACED, fill, sent, told
from tests.store.journal.kit import change, line, opened, opening, write_locked

T = TypeVar("T")
DAY = timedelta(days=1)
MIDNIGHT = PLACED.replace(hour=0)

_ENTRY: msgspec.json.Decoder[Entry] = msgspec.json.Decoder(Entry)
_ORDER = msgspec.json.Decoder(Order)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal" / "mine-practice.db"


def recorder(
    path: Path,
    heard: Callable[[str], None] = lambda _words: None,
    writer: MakeWriter = Writer,
    *,
    is_guest: bool = False,
    marker: Path | None = None,
) -> Recorder:
    """At one moment: what is written down and when it is written are the same."""
    return Recorder(lambda: opening(path), now=lambda: PLACED, heard=heard, writer=writer, is_guest=is_guest, marker=marker)


@contextlib.asynccontextmanager
async def open_one(
    path: Path,
    heard: Callable[[str], None] = lambda _words: None,
    writer: MakeWriter = Writer,
    *,
    is_guest: bool = False,
    marker: Path | None = None,
) -> AsyncIterator[tuple[Recorder, list[Order]]]:
    """An open recorder and the orders it gave."""
    one = recorder(path, heard, writer, is_guest=is_guest, marker=marker)
    orders = await one.open(MIDNIGHT)
    try:
        yield one, orders
    finally:
        await one.close()


def entries_of(path: Path) -> list[Entry]:
    with opened(path) as file:
        return [_ENTRY.decode(entry.body) for entry in file.entries()]


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    """What another program reads now."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return list(connection.execute(query))


async def placed(one: Recorder, ref: str = "ov-1") -> Order:
    order = sent(ref=ref)
    await one.intend(Intended(order), order)
    return order


# Durable


async def test_an_intent_is_on_the_disk_when_it_returns(path: Path) -> None:
    async with open_one(path) as (one, _):
        order = await placed(one)

        ((kind, ref, body),) = rows(path, "SELECT kind, ref, body FROM entries")
        assert (kind, ref) == ("intended", "ov-1")
        assert _ENTRY.decode(str(body)) == Intended(order)
        ((state, is_live),) = rows(path, "SELECT body, is_live FROM orders")
        assert _ORDER.decode(str(state)) == order
        assert is_live


async def test_a_wish_to_send_again_is_on_the_disk_when_it_returns(path: Path) -> None:
    async with open_one(path) as (one, _):
        order = await placed(one)
        again = step(order, Resent("ov-1"), PLACED)
        await one.intend(Resent("ov-1"), again)

        assert rows(path, "SELECT kind FROM entries ORDER BY seq") == [("intended",), ("resent",)]


async def test_a_reference_is_intended_once(path: Path) -> None:
    async with open_one(path) as (one, _):
        await placed(one)
        with pytest.raises(JournalDownError, match="ov-1 is in the journal already"):
            await placed(one)

        assert one.trouble == ""
    assert len(entries_of(path)) == 1


async def test_notes_survive_the_close(path: Path) -> None:
    async with open_one(path) as (one, _):
        order = await placed(one)
        for number in range(50):
            one.remark(f"remark {number}")
        one.note(CancelSent("ov-1"), step(order, CancelSent("ov-1"), PLACED))

    found = entries_of(path)
    assert found[1:-1] == [Remarked(f"remark {number}") for number in range(50)]
    assert found[-1] == CancelSent("ov-1")


async def test_a_later_start_gives_live_orders_and_those_of_the_day(path: Path) -> None:
    yesterday = msgspec.structs.replace(sent(ref="live"), placed_at=PLACED - DAY)
    done = msgspec.structs.replace(yesterday, ref="done", status="settled")
    today = msgspec.structs.replace(done, ref="today", updated_at=PLACED)
    async with open_one(path) as (one, orders):
        assert orders == []
        for order in (yesterday, done, today):
            one.note(Alarmed(order.ref, "seen"), order)

    async with open_one(path) as (_, orders):
        assert {order.ref: order for order in orders} == {"live": yesterday, "today": today}


# The halt


async def halted_from_elsewhere(path: Path, words: str = "from elsewhere") -> None:
    """A second program of the profile pulls the kill switch and ends."""
    async with open_one(path) as (other, _):
        other.halt_for(words)


async def test_a_halt_stops_at_once(path: Path) -> None:
    async with open_one(path) as (one, _):
        one.halt_for("enough")

        assert one.halt == "enough"
        with pytest.raises(HaltedError, match="enough"):
            await placed(one)
    assert len(entries_of(path)) == 1


async def test_a_halt_survives_the_end_of_the_program(path: Path) -> None:
    await halted_from_elsewhere(path)

    async with open_one(path) as (one, _):
        assert one.halt == "from elsewhere"
        with pytest.raises(HaltedError, match="from elsewhere"):
            await placed(one)


async def test_a_halt_from_elsewhere_is_known_after_one_look(path: Path) -> None:
    async with open_one(path) as (one, _):
        await one.look()
        await halted_from_elsewhere(path)
        assert one.halt == ""

        await one.look()

        assert one.halt == "from elsewhere"


async def test_a_halt_from_elsewhere_stops_an_order_without_a_look(path: Path) -> None:
    async with open_one(path) as (one, _):
        await halted_from_elsewhere(path)

        with pytest.raises(HaltedError, match="from elsewhere"):
            await placed(one)

        assert one.halt == "from elsewhere"
        assert rows(path, "SELECT count(*) FROM orders") == [(0,)]


async def test_a_halt_from_elsewhere_stops_a_second_sending(path: Path) -> None:
    async with open_one(path) as (one, _):
        order = await placed(one)
        await halted_from_elsewhere(path)

        with pytest.raises(HaltedError, match="from elsewhere"):
            await one.intend(Resent("ov-1"), step(order, Resent("ov-1"), PLACED))


async def test_a_halt_is_lifted_in_every_program(path: Path) -> None:
    async with open_one(path) as (one, _), open_one(path) as (other, _):
        one.halt_for("enough")
        await one.look()
        await other.look()
        assert other.halt == "enough"

        one.resume("go on")
        await one.look()
        await other.look()

        assert (one.halt, other.halt) == ("", "")
        await placed(other)


async def test_the_first_reason_of_a_halt_stands(path: Path) -> None:
    async with open_one(path) as (one, _):
        one.halt_for("first")
        one.halt_for("second")

    async with open_one(path) as (one, _):
        assert one.halt == "first"


class Interrupted(Writer):
    """`acts` happen in the program, one each time the file has given an answer that has not yet reached who asked."""

    def __init__(self, open: Callable[[], Opened], *, heard: Callable[[str], None]) -> None:
        super().__init__(open, heard=heard)
        self.acts: list[Callable[[], None]] = []

    async def ask(self, call: Callable[[JournalFile], T]) -> T:
        found = await super().ask(call)
        if self.acts:
            self.acts.pop(0)()
        return found


def nothing() -> None:
    return


async def test_a_halt_that_is_pulled_while_flags_are_read_stays(path: Path) -> None:
    made: list[Interrupted] = []

    def make(open: Callable[[], Opened], *, heard: Callable[[str], None]) -> Writer:
        made.append(Interrupted(open, heard=heard))
        return made[0]

    async with open_one(path, writer=make) as (one, _):
        made[0].acts = [nothing, partial(one.halt_for, "enough")]  # asked for the version, then for the flag
        await one.look()

        assert made[0].acts == []
        assert one.halt == "enough"


# What cannot be written or read


async def test_before_it_is_open_nothing_may_leave(path: Path) -> None:
    one = recorder(path)

    assert one.trouble == "it is not open yet"
    with pytest.raises(JournalDownError, match="not open yet"):
        await placed(one)


async def test_a_file_that_cannot_be_opened_is_said_and_stops_orders(path: Path) -> None:
    path.parent.parent.mkdir(parents=True, exist_ok=True)
    path.parent.write_text("in the way")
    one = recorder(path)

    with pytest.raises(JournalDownError) as caught:
        await one.open(MIDNIGHT)

    assert one.trouble == str(caught.value)
    with pytest.raises(JournalDownError):
        await placed(one)
    await one.close()


async def test_a_file_that_cannot_be_written_stops_orders_until_it_can(path: Path) -> None:
    said: list[str] = []
    is_said = asyncio.Event()

    def heard(words: str) -> None:
        said.append(words)
        is_said.set()

    async with open_one(path, heard, partial(Writer, retry=0.01)) as (one, _):
        with write_locked(path):
            with pytest.raises(JournalDownError, match="locked by another program"):
                await placed(one)
            assert "locked by another program" in one.trouble
            with pytest.raises(JournalDownError):
                await placed(one, "ov-2")
        is_said.clear()
        await is_said.wait()

        assert said[-1] == "The journal is written again"
        assert one.trouble == ""
        await placed(one)


async def test_a_later_versions_file_is_read_and_takes_no_order(path: Path) -> None:
    async with open_one(path) as (one, _):
        order = await placed(one)
    change(path, "UPDATE alembic_version SET version_num = '9999'")
    before = rows(path, "SELECT * FROM entries")

    async with open_one(path) as (one, orders):
        assert orders == [order]
        assert one.trouble == "it was written by a later version of this program"
        with pytest.raises(JournalDownError, match="later version"):
            await placed(one, "ov-2")
        one.note(CancelSent("ov-1"), order)  # a cancel goes on, though it cannot be written down
        one.halt_for("enough")
        await one.look()
        assert one.halt == "enough"
    assert rows(path, "SELECT * FROM entries") == before


def tear(path: Path) -> None:
    path.write_bytes(b"torn" * 4096)


async def test_a_file_that_was_rebuilt_is_said(path: Path) -> None:
    said: list[str] = []
    async with open_one(path) as (one, _):
        await placed(one)
        assert not one.is_rebuilt
    tear(path)

    async with open_one(path, said.append) as (one, orders):
        assert one.is_rebuilt
        assert orders == []
        assert len(said) == 1
        assert "damaged" in said[0]
        await placed(one)


async def test_an_order_that_cannot_be_read_is_said_and_left_out(path: Path) -> None:
    said: list[str] = []
    async with open_one(path) as (one, _):
        order = await placed(one)
    with opened(path) as file:
        file.append([line(1)])

    async with open_one(path, said.append) as (one, orders):
        assert orders == [order]
        assert one.trouble == ""
    assert len(said) == 1
    assert said[0].startswith("The journal's record of ref-1 cannot be read")
    assert said[0].endswith("the venue's own will be asked for")


# Replayed


def replayed(path: Path) -> Iterator[tuple[Order, Order]]:
    """Each order as the fold of its entries, beside its state as it was kept."""
    folded: dict[str, Order] = {}
    with opened(path) as file:
        for row in file.entries():
            entry = _ENTRY.decode(row.body)
            if row.ref:
                folded[row.ref] = step(folded.get(row.ref), entry, PLACED)  # type: ignore[arg-type]
        for ref, order in folded.items():
            kept = file.kept(ref)
            assert kept is not None
            yield order, _ORDER.decode(kept.body)


async def test_the_entries_of_an_order_lead_to_the_state_that_is_kept(path: Path) -> None:
    async with open_one(path) as (one, _):
        blotter = Blotter(lambda: PLACED, lambda _key, _selection: ("", "", ""), one.note)
        blotter.add(await placed(one))
        blotter.record(Ended("ov-1", Outcome.UNKNOWN, "the connection broke"))
        blotter.record(Looked("ov-1", False, False, "not there"))
        await one.intend(Resent("ov-1"), blotter.record(Resent("ov-1")))
        blotter.apply(told("inactive"), "reply")
        blotter.record(Acknowledged("ov-1", 12.5))
        blotter.apply(told("open", "partially_matched", filled=4, fill=fill(4, 4)))
        blotter.apply(told("open", "partially_matched", filled=4), "history")
        blotter.record(CancelSent("ov-1"))
        blotter.record(CancelEnded("ov-1", Cancel.UNKNOWN, "no answer"))
        blotter.apply(told("canceled", "partially_matched", filled=4), "history")
        blotter.alarm(blotter.orders["ov-1"], "a word")

    ((folded, kept),) = replayed(path)
    assert folded == kept == blotter.orders["ov-1"]
    assert kept.state is OrderState.CANCELLED_REST


async def test_an_order_from_elsewhere_is_replayed_with_its_names(path: Path) -> None:
    async with open_one(path) as (one, _):
        blotter = Blotter(lambda: PLACED, lambda _key, _selection: ("Game", "Moneyline", "Pilots"), one.note)
        blotter.apply(told("open", "unmatched"), "history")

    ((folded, kept),) = replayed(path)
    assert folded == kept
    assert kept.draft.event_name == "Game"


async def test_a_restart_shows_what_was_shown(path: Path) -> None:
    async with open_one(path) as (one, _):
        blotter = Blotter(lambda: PLACED, lambda _key, _selection: ("", "", ""), one.note)
        for number in range(5):
            blotter.add(await placed(one, f"ov-{number}"))
        blotter.apply(msgspec.structs.replace(told("open", "unmatched"), ref="ov-1"))
        blotter.record(Ended("ov-2", Outcome.REJECTED, "no"))

    async with open_one(path) as (_, orders):
        assert {order.ref: order for order in orders} == {
            ref: order for ref, order in blotter.orders.items() if order.is_live or order.placed_at >= MIDNIGHT
        }


# The mark of a halt beside the journal


async def test_a_halt_is_seen_by_another_program_without_a_look(path: Path) -> None:
    marker = path.with_suffix(".halted")
    async with open_one(path, marker=marker) as (window, _), open_one(path, marker=marker) as (other, _):
        assert window.halt == ""
        other.halt_for("from the command line")
        assert window.halt == "from the command line"
        window.resume("typed")
        assert (window.halt, marker.exists()) == ("", False)


async def test_a_halt_outlives_a_journal_that_is_gone(path: Path) -> None:
    marker = path.with_suffix(".halted")
    async with open_one(path, marker=marker) as (one, _):
        one.halt_for("enough")
    for file in path.parent.glob(f"{path.name}*"):
        file.unlink()
    async with open_one(path, marker=marker) as (again, _):
        assert again.halt == "enough"
        with pytest.raises(HaltedError):
            await placed(again)


async def test_a_halt_holds_for_others_although_the_journal_never_opened(path: Path) -> None:
    marker = path.with_suffix(".halted")
    closed = recorder(path, marker=marker)
    closed.halt_for("while it was locked")
    await closed.halt_is_kept()
    async with open_one(path, marker=marker) as (window, _):
        assert window.halt == "while it was locked"


async def test_what_a_guest_notes_leaves_the_states_of_orders_alone(path: Path) -> None:
    async with open_one(path) as (window, _), open_one(path, is_guest=True) as (guest, _):
        order = await placed(window)
        guest.note(Ended(order.ref, Outcome.UNKNOWN, "a guess"), step(order, Ended(order.ref, Outcome.UNKNOWN, "a guess"), PLACED))
    async with open_one(path) as (_, orders):
        assert [kept.outcome for kept in orders] == [Outcome.SENDING]


async def test_what_is_noted_before_the_journal_opens_is_written_when_it_does(path: Path) -> None:
    one = recorder(path)
    one.note(Remarked("early"))
    one.halt_for("early too")
    await one.open(MIDNIGHT)
    await one.close()
    assert [type(entry) for entry in entries_of(path)] == [Remarked, Halted]
    async with open_one(path) as (again, _):
        assert again.halt == "early too"
