"""The idle lock in the running program: what it denies, what it leaves, and the wires by which it hears of people and of time."""

from __future__ import annotations

import asyncio
import ctypes
import logging
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.environment import Environment
from app.domain.errors import DeniedError
from app.domain.idle import IdleChoice
from app.domain.keys import ACCESS, SECRET, Credentials, Place
from app.domain.order import OrderDraft, OrderState
from app.domain.profile import Profile, Provider
from app.domain.secret import Secret
from app.house import House
from app.options import Options
from app.practice.truth import read, received_orders
from app.services.idle import WORDS
from app.services.setup.book import ProfileBook
from app.store.paths import folders
from app.store.pin import FILE as PIN_FILE
from app.store.pin import PinFile
from app.store.profiles import FILE, Profiles
from app.store.vault.vault import Vault
from app.venues.prophetx.venue import Keys, ProphetX
from tests.e2e.story import Story, tell
from tests.kit_canary import assert_absent, canary

pytestmark = [
    pytest.mark.usefixtures("qapp"),
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),  # size hints on a screen that is none
]

PIN = Secret("4711x")
MINUTE = 60.0  # seconds
_SET_DUMPABLE, _GET_DUMPABLE = 4, 3  # linux/prctl.h


class Ahead:
    """The program's clock, which a test puts forward."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def monotonic(self) -> float:
        return time.monotonic() + self.seconds

    def set_in(self, house: House) -> None:
        house.clock = self.monotonic


async def by_hand(act: Callable[[], object]) -> None:
    """Outside of any task: QTest turns the event loop itself, and no task may begin within another one."""
    done = asyncio.get_running_loop().create_future()

    def acted() -> None:
        try:
            act()
        finally:
            done.set_result(None)

    asyncio.get_running_loop().call_soon(acted)
    await done


def press(story: Story, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(story.window.windowHandle(), key, modifiers)


async def switched_on(story: Story) -> None:
    assert await story.program.house.idle.change(IdleChoice(True, 1), current=Secret(), new=PIN) == ""


def test_a_locked_desk_orders_by_no_way_and_cancels_by_all(tmp_path: Path, qtbot: QtBot) -> None:
    truth, clock, refs = tmp_path / "truth.jsonl", Ahead(), []

    async def act(story: Story) -> None:
        await story.connected()
        await story.open_quiet_event()
        refs.append(await story.order(story.best_line(), "25", steps=10))
        refs.append(await story.order(story.best_line(), "30", steps=10))
        await story.until(lambda: {story.state(ref) for ref in refs} == {OrderState.OPEN}, "the orders to rest")
        await switched_on(story)
        ticket = story.window.at_hand.ticket
        story.window.at_hand.grid._price_pressed(story.best_line(), 0, False)
        ticket.stake.setText("35")
        ticket.step(10)
        await story.until(ticket.place.isEnabled, "a ready ticket")
        draft = ticket.draft()
        await locked_by_the_clock(story)
        await denied(story, draft)
        await emptied(story)

    async def locked_by_the_clock(story: Story) -> None:
        idle, pane = story.program.house.idle, story.window.desk_lock
        for _ in range(2):
            clock.seconds += MINUTE - 20
            await by_hand(lambda: press(story, Qt.Key.Key_Shift))
        assert not idle.is_locked, "a key is a sign of somebody"
        assert pane is not None
        clock.seconds += MINUTE
        await story.until(pane.isVisible, "the window's beat to lock the desk")
        assert idle.is_locked
        assert pane.geometry() == story.window.rect()

    async def denied(story: Story, draft: OrderDraft) -> None:
        ticket = story.window.at_hand.ticket
        assert (ticket.place.isEnabled(), ticket.place.text()) == (False, "Desk locked")
        ticket.stake.setFocus()
        for _ in range(2):
            await by_hand(lambda: QTest.keyClick(ticket.stake, Qt.Key.Key_Return))
            await by_hand(lambda: QTest.mouseClick(ticket.place, Qt.MouseButton.LeftButton))
            await by_hand(lambda: press(story, Qt.Key.Key_Return))
        with pytest.raises(DeniedError, match=WORDS):
            await story.session.trading.place(draft)
        ordered = {ref for ref, order in story.session.blotter.orders.items() if order.state is not OrderState.DENIED}
        assert ordered == set(refs)

    async def emptied(story: Story) -> None:
        """Cancel all by its button; Stop by its button, for what is placed after; neither opens the desk."""
        pane = story.window.desk_lock
        assert pane is not None
        await by_hand(lambda: QTest.mouseClick(pane.cancel, Qt.MouseButton.LeftButton))
        await story.until(lambda: all(story.state(ref) is OrderState.CANCELLED for ref in refs), "Cancel all from the locked desk")
        await by_hand(lambda: QTest.mouseClick(pane.stop, Qt.MouseButton.LeftButton))
        kill = story.program.terminal.desk.kill
        await story.until(lambda: kill.halt, "the halt from the locked desk")
        assert story.program.house.idle.is_locked

    tell(Options(home=tmp_path / "home", practice=("--truth", str(truth))), act, clock.set_in)
    assert received_orders(read(truth)) == dict.fromkeys(refs, 1)


def test_a_start_that_is_locked_and_wants_a_passphrase_is_entered_by_the_keyboard(tmp_path: Path, qtbot: QtBot) -> None:
    where, passphrase = folders(tmp_path / "home"), Secret("four unrelated words")
    where.make()

    async def prepare() -> None:
        await PinFile(where.settings / PIN_FILE).keep(IdleChoice(True, 5), PIN)
        book = ProfileBook(lambda: Profiles(where.settings / FILE), Vault(where), now=lambda: datetime.now(UTC))
        sealed = Credentials({ACCESS: Secret("a" * 32), SECRET: Secret("b" * 64)})
        await book.add(Profile("mine", Environment.PRACTICE, Provider.TRADING), sealed, Place.PASSPHRASE, passphrase, is_proven=True)

    async def act(story: Story) -> None:
        box, pane = story.window.at_hand.passphrase_box, story.window.desk_lock
        assert pane is not None
        await story.until(lambda: box.is_asking, "the question for the passphrase", 60)
        assert (box.isVisible(), pane.isVisible()) == (False, True)
        await story.until(pane.field.hasFocus, "the focus in the field for the PIN")
        await by_hand(lambda: type_in(PIN))
        await story.until(lambda: not pane.isVisible() and box.isVisible(), "the PIN to open the desk, and the question to come back")
        box.activateWindow()
        box.field.setFocus()
        await by_hand(lambda: type_in(passphrase))
        await story.until(lambda: not box.is_asking, "the passphrase to be taken")
        await story.until(lambda: story.session.trouble, "the exchange to refuse keys that it never made")

    def type_in(text: Secret) -> None:
        for letter in text.reveal():
            QTest.keyClick(QApplication.focusWindow(), ord(letter))
        QTest.keyClick(QApplication.focusWindow(), Qt.Key.Key_Return)

    asyncio.run(prepare())
    tell(Options(home=where.data.parent, profile="mine"), act)


def test_a_second_program_takes_over_the_lock_that_the_first_one_switched_on(tmp_path: Path, qtbot: QtBot) -> None:
    clock = Ahead()

    async def act(story: Story) -> None:
        await story.connected()
        house = story.program.house
        await PinFile(house.where.settings / PIN_FILE).keep(IdleChoice(True, 1), PIN)
        clock.seconds += MINUTE
        await story.until(lambda: house.idle.is_locked, "the lock of another program")
        assert await house.idle.unlock(PIN) == ""

    tell(Options(home=tmp_path / "home"), act, clock.set_in)


@pytest.mark.skipif(sys.platform != "linux", reason="only there")
def test_the_programs_memory_is_nobody_elses(tmp_path: Path, qtbot: QtBot) -> None:
    libc = ctypes.CDLL(None)
    libc.prctl(_SET_DUMPABLE, 1, 0, 0, 0)
    seen: list[int] = []

    async def act(story: Story) -> None:
        await story.connected()
        seen.append(libc.prctl(_GET_DUMPABLE, 0, 0, 0, 0))

    tell(Options(home=tmp_path / "home"), act)
    assert seen == [0]


def test_fk08_what_was_copied_goes_with_the_program_and_no_key_in_use_is_logged(tmp_path: Path, qtbot: QtBot) -> None:
    home, copied, access, secret = tmp_path / "home", canary("copied"), canary("access"), canary("secret")
    clipboard = QGuiApplication.clipboard()

    async def act(story: Story) -> None:
        await story.connected()
        story.program.house.clipboard.copy_secret(Secret(copied))
        assert clipboard.text() == copied
        venue = story.program.terminal.venue
        assert isinstance(venue, ProphetX)
        address = venue._address
        assert address is not None
        await story.program.terminal.point(address, Keys(Environment.PRACTICE, Secret(access), Secret(secret)))
        logging.getLogger("app.test").warning("it knew %s and %s", access, secret)

    tell(Options(home=home), act)
    assert clipboard.text() == ""
    assert "it knew … and …" in (home / "logs" / "overround.log").read_text()
    assert_absent([copied, access, secret], home)
