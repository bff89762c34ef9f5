"""The main job end to end: window, services, HTTP, Pusher and the exchange's own process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.domain.order import OrderState
from app.seat import Seat
from app.store.lock import TakenError
from app.store.paths import root
from tests.e2e.story import Story, play

pytestmark = [
    pytest.mark.usefixtures("qapp"),
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),  # size hints on a screen that is none
]


def test_an_order_survives_the_terminal_that_placed_it(tmp_path: Path, qtbot: QtBot) -> None:
    refs: list[str] = []

    async def place(story: Story) -> None:
        await story.connected()
        await story.open_quiet_event()
        refs.append(await story.order(story.best_line(), "25"))
        refs.append(await story.order(story.best_line(), "40", steps=10))
        await story.until(lambda: story.state(refs[0]) is OrderState.FILLED, "the first order to fill")
        await story.until(lambda: story.state(refs[1]) is OrderState.OPEN, "the second order to rest")

    async def find_again(story: Story) -> None:
        await story.connected()
        await story.until(lambda: set(refs) <= set(story.session.blotter.orders), "both orders to be read again")
        assert story.state(refs[0]) is OrderState.FILLED
        await story.until(
            lambda: story.session.account.balance and story.session.account.balance.matched == Decimal("25.00"), "25.00 matched"
        )
        known = story.session.blotter.orders
        await story.until(lambda: all(" at " in known[ref].draft.event_name for ref in refs), "the events' names")
        await story.until(lambda: all(known[ref].draft.selection_name for ref in refs), "the selections' names")
        assert known[refs[0]].fills
        await story.session.trading.cancel(refs[1])
        await story.until(lambda: story.state(refs[1]) is OrderState.CANCELLED, "the cancel of an order of the last run")

    play(tmp_path, place, keeps_state=True)
    play(tmp_path, find_again, keeps_state=True)


@pytest.mark.skipif(os.name != "posix", reason="kills by signal")
def test_the_exchanges_death_is_shown_and_it_can_be_restarted(tmp_path: Path, qtbot: QtBot) -> None:
    async def act(story: Story) -> None:
        await story.connected()
        event_id = await story.open_quiet_event()
        ref = await story.order(story.best_line(), "40", steps=10)
        await story.until(lambda: story.state(ref) is OrderState.OPEN, "the order to rest")
        child = story.program.house.exchange.child
        assert child is not None
        assert child.pid is not None
        os.kill(child.pid, signal.SIGKILL)
        await story.until(story.window.at_hand.banner.button.isVisible, "the banner with its button")
        assert "ended by itself" in story.window.at_hand.banner.words.text()
        await story.until(lambda: not story.is_verified(), "the prices to go grey")
        await story.until(lambda: not story.window.at_hand.ticket.place.isEnabled(), "the ticket to be locked")
        story.window.at_hand.banner.button.click()
        await story.until(lambda: story.session.is_streaming and not story.session.trouble, "the stream of the new exchange")
        await story.until(story.is_verified, "verified prices again")
        assert story.window.at_hand.grid.model.event_id == event_id
        assert story.state(ref) is OrderState.OPEN
        await story.session.trading.cancel(ref)
        await story.until(lambda: story.state(ref) is OrderState.CANCELLED, "the cancel at the restarted exchange")

    play(tmp_path, act, keeps_state=True)


@pytest.mark.skipif(os.name != "posix", reason="stops by signal")
def test_a_silent_feed_greys_the_prices_within_its_limit_and_comes_back(tmp_path: Path, qtbot: QtBot) -> None:
    async def act(story: Story) -> None:
        await story.connected()
        await story.open_quiet_event()
        child = story.program.house.exchange.child
        assert child is not None
        assert child.pid is not None
        os.kill(child.pid, signal.SIGSTOP)
        try:
            await story.until(lambda: not story.is_verified(), "the prices to go grey", seconds=16)
            assert not story.window.at_hand.ticket.place.isEnabled()
        finally:
            os.kill(child.pid, signal.SIGCONT)
        await story.until(story.is_verified, "verified prices again", seconds=60)

    play(tmp_path, act)


def test_the_window_keeps_its_layout_and_choices(tmp_path: Path, qtbot: QtBot) -> None:
    async def change(story: Story) -> None:
        await story.connected()
        story.window._toggle_theme()
        story.window.at_hand.grid.format.setCurrentText("Decimal")
        story.window.at_hand.blotter.table.setColumnWidth(1, 233)

    async def look(story: Story) -> None:
        await story.connected()
        assert story.program.theme.colours.name == "light"
        assert story.window.at_hand.grid.format.currentText() == "Decimal"
        assert story.window.at_hand.blotter.table.columnWidth(1) == 233

    play(tmp_path, change)
    play(tmp_path, look)


@pytest.mark.timeout(420)
def test_the_tour_holds_as_a_program_of_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "tour"
    done = subprocess.run(
        [sys.executable, str(root() / "main.py"), "--tour", str(folder)],
        capture_output=True,
        text=True,
        timeout=400,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads((folder / "tour.json").read_text())
    assert report["ok"] is True
    assert len(report["steps"]) >= 8
    assert [path.stem[3:] for path in sorted(folder.glob("*.png"))] == [step["name"] for step in report["steps"]]
    assert len(done.stdout.splitlines()) == len(report["steps"]) + 1


def test_another_profile_is_opened_in_the_same_program_and_back_again(tmp_path: Path, qtbot: QtBot) -> None:
    """Each window with its own journal, limits and lock; what was switched on the screen goes along."""
    (tmp_path / "settings").mkdir(mode=0o700)
    second = {"name": "second", "environment": "SANDBOX", "provider": "trading"}
    (tmp_path / "settings" / "profiles.json").write_text(json.dumps({"version": 1, "profiles": [second]}))
    seen: list[str] = []

    async def act(story: Story) -> None:
        program = story.program
        seen.append(program.profile.name)
        program.show_profiles()
        house = program.house
        if len(seen) == 1:
            await story.connected()
            program.switch(house.profiles().find("second"))
            await story.until(lambda: program.next is not None, "the other profile's seat")
        elif len(seen) == 2:
            await story.until(lambda: story.session.trouble, "words about the missing keys")
            assert "keys" in story.session.trouble
            assert story.window.windowTitle().startswith("SANDBOX")
            assert not story.session.controls.is_on
            house.theme.toggle()
            with pytest.raises(TakenError):
                Seat(program.profile, house.where)
            program.switch(house.profiles().find("practice"))
        else:
            await story.connected()
            assert story.program.theme.colours.name == "light"
            Seat(house.profiles().find("second"), house.where).leave()

    play(tmp_path, act)
    assert seen == ["practice", "second", "practice"]
