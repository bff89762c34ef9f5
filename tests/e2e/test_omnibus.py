"""A B2B account in the running program: set up beside the trader's, orders for its users, and what reaches both accounts."""

from __future__ import annotations

import gc
import weakref
from functools import partial
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.domain.environment import Environment
from app.domain.keys import Place
from app.domain.order import OrderState
from app.domain.profile import Provider
from app.program import Program
from app.services.setup.wizard import Page
from app.terminal import Terminal
from app.ui.desk_view import DeskView
from tests.e2e.story import Story, play
from tests.e2e.test_accounts import Guide

pytestmark = [
    pytest.mark.usefixtures("qapp"),
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),  # size hints on a screen that is none
]


async def set_up_desk(story: Story) -> DeskView:
    """A B2B account of the practice exchange, its key for this run only; it is connected beside the first and at hand."""
    story.program.set_up()
    guide = Guide(story, "unused")
    guide.wizard.choose(Provider.OMNIBUS, is_chosen=True)
    await guide.on()
    await guide.at(Page.ENVIRONMENT)
    guide.wizard.account.choose_environment(Environment.PRACTICE)
    await guide.on()
    await guide.at(Page.KEYS)
    guide.wizard.bench.make(2048)
    await guide.on()
    await guide.at(Page.REGISTER)
    guide.wizard.bench.register()
    await guide.on()
    await guide.at(Page.WHERE)
    guide.wizard.account.place = Place.SESSION
    await guide.on()
    await story.until(lambda: guide.wizard.proof.is_good or guide.wizard.proof.failed, "the proof run", 60)
    assert guide.wizard.proof.is_good, guide.wizard.proof.rows
    await guide.on()
    await guide.at(Page.DONE)
    guide.wizard.next()
    await story.until(lambda: len(story.window.views) > 1, "the account to be connected beside")
    return story.window.at_hand


def test_an_order_for_a_user_is_placed_filled_and_reached_by_the_kill_switch(tmp_path: Path, qtbot: QtBot) -> None:
    async def act(story: Story) -> None:
        await story.connected()
        desk = await set_up_desk(story)
        partner = Story(story.program, desk)
        await partner.connected()
        assert [chip.connected.provider for chip in story.window.strip.chips] == [Provider.TRADING, Provider.OMNIBUS]
        await partner.open_quiet_event()
        desk.ticket.user.setText("cust-8841")
        filled = await partner.order(partner.best_line(), "25")
        await story.until(lambda: partner.state(filled) is OrderState.FILLED, "the user's order to fill")
        order = desk.desk.blotter.orders[filled]
        assert order.draft.external_user == "cust-8841"
        resting = await partner.order(partner.best_line(), "25", steps=8)
        await story.until(lambda: partner.state(resting) is OrderState.OPEN, "an order that rests")
        assert filled not in story.session.blotter.orders, "the trader's blotter holds the trader's orders only"

        program = story.program
        program.disconnect(desk.connected)
        assert "stays connected: it has 1 open or unclear order" in desk.session.notices.lines[-1].words
        program.connect(program.entrances[1].profile)
        assert len(story.window.views) == 2, "an account that is connected is not connected twice"

        story.window._pull()
        await story.until(lambda: partner.state(resting) is OrderState.CANCELLED, "the kill switch to reach the desk's order")
        await story.until(lambda: not desk.desk.kill.is_running, "the kill switch to find nothing left")
        assert program.terminal.journal.halt
        assert desk.desk.kill.halt
        partners = program.entrances[1].profile
        program.disconnect(desk.connected)
        await story.until(lambda: len(story.window.views) == 1, "the account to be let go")
        assert story.window.strip.isHidden()
        await story.until(lambda: not program.house.book.why_busy(partners), "its seat to be free")
        program.connect(partners)
        again = Story(program, story.window.at_hand)
        await again.connected()
        assert again.view.desk.kill.halt, "a halt stays with the account"

    play(tmp_path / "home", act, keeps_state=True)


def _is_gone(*held: weakref.ref[Program] | weakref.ref[Terminal]) -> bool:
    gc.collect()
    return all(one() is None for one in held)


def test_a_switch_leaves_nothing_of_the_closed_window_in_memory(tmp_path: Path, qtbot: QtBot) -> None:
    opened: list[weakref.ref[Program]] = []
    terminals: list[weakref.ref[Terminal]] = []

    async def act(story: Story) -> None:
        opened.append(weakref.ref(story.program))
        terminals.append(weakref.ref(story.program.terminal))
        await story.connected()
        if len(opened) == 1:
            desk = await set_up_desk(story)
            profile = story.program.entrances[1].profile
            story.program.disconnect(desk.connected)
            await story.until(lambda: not story.program.house.book.why_busy(profile), "the seat to be free again")
            story.program.switch(profile)
            return
        await story.until(partial(_is_gone, opened[0], terminals[0]), "nothing of the first window to be left in memory")

    play(tmp_path / "home", act, keeps_state=True)
    assert len(opened) == 2, "the switch opened the other account's window"
