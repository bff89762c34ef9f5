"""Guards against the real practice exchange: an order that is kept at best is never two, and is cancelled when it should be."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.events import StreamDown
from app.domain.guard import CancelMoved, KeepAtBest, PriceAlert, place_of
from app.domain.lookout import LookoutState
from app.domain.order import Order, OrderState
from tests.e2e.story import Story, play

pytestmark = [
    pytest.mark.usefixtures("qapp"),
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),  # size hints on a screen that is none
]


async def resting_behind(story: Story, behind: int) -> Order:
    """An order of ours that waits so many rungs behind what others ask for on its selection."""
    await story.connected()
    await story.open_quiet_event()
    line = story.best_line()
    level = line.level(0)
    assert level is not None
    ref = await story.order(line, "10", 2)
    await story.until(lambda: story.state(ref) is OrderState.OPEN, "the order to rest")
    first = story.session.blotter.orders[ref]
    guards, ladder = story.view.desk.guards, story.session.controls.ladder
    assert ladder is not None
    best = guards.sight.best_of_rivals(KeepAtBest(place_of(first.draft), ref, first.odds, first.odds))
    assert best is not None
    await story.session.trading.cancel(ref)
    await story.until(lambda: not story.session.blotter.orders[ref].is_live, "the order to be off the book")
    ref = await story.order(line, "10", ladder.steps(level.odds, best) + behind)
    await story.until(lambda: story.state(ref) is OrderState.OPEN, "the order to rest")
    return story.session.blotter.orders[ref]


def standing(story: Story, order: Order) -> list[Order]:
    return [one for one in story.session.blotter.of_market(order.draft.market) if one.is_live]


def test_an_order_is_brought_to_the_best_and_there_is_never_a_second_one(tmp_path: Path) -> None:
    async def act(story: Story) -> None:
        order = await resting_behind(story, 3)
        guards, ladder = story.view.desk.guards, story.session.controls.ladder
        assert ladder is not None
        most: list[int] = []
        story.session.blotter.changed.connect(lambda: most.append(len(standing(story, order))))
        plan = KeepAtBest(place_of(order.draft), order.ref, ladder.move(order.odds, -20), order.odds)
        assert guards.add(plan) == ""
        await story.until(lambda: guards.all[1].moves, "the move")
        guard = guards.all[1]
        assert isinstance(guard.plan, KeepAtBest)
        [moved] = standing(story, order)
        assert moved.ref == guard.plan.ref != order.ref
        assert moved.odds < order.odds
        assert moved.stake == order.stake
        assert max(most) == 1
        assert guards.add(CancelMoved(place_of(order.draft), 200, moved.ref)) == ""
        story.session.emit([StreamDown("cut for a test")])
        assert {one.state for one in guards.all.values()} == {LookoutState.STOPPED}

    play(tmp_path, act)


def test_an_alert_fires_on_the_prices_of_the_exchange(tmp_path: Path) -> None:
    async def act(story: Story) -> None:
        await story.connected()
        await story.open_quiet_event()
        line = story.best_line()
        level = line.level(0)
        assert level is not None
        guards = story.view.desk.guards
        order = await story.order(line, "10", 2)
        place = place_of(story.session.blotter.orders[order].draft)
        assert guards.add(PriceAlert(place, level.odds, is_longer=False)) == ""
        assert guards.add(PriceAlert(place, level.odds)) == ""
        await story.until(lambda: any(one.state is LookoutState.FIRED for one in guards.all.values()), "one of the two")

    play(tmp_path, act)


def test_after_a_restart_with_an_order_that_rests_the_window_says_that_its_guards_are_off(tmp_path: Path) -> None:
    async def before(story: Story) -> None:
        await story.connected()
        await story.open_quiet_event()
        ref = await story.order(story.best_line(), "10", 40)
        await story.until(lambda: story.state(ref) is OrderState.OPEN, "the order to rest")
        order = story.session.blotter.orders[ref]
        assert story.view.desk.guards.add(CancelMoved(place_of(order.draft), 200, ref)) == ""
        await story.until(lambda: story.view.desk.guards.all[1].base, "the price from which it counts")

    async def after(story: Story) -> None:
        view = story.view
        said = "1 guard is stopped: the program was restarted; 1 order rests unguarded"
        await story.until(lambda: view.unseen.words.text() == said and view.unseen.isVisible(), "the guard to be said")
        assert view.tabs.tabText(view.tabs.indexOf(view.guards)) == "Guards · 1 stopped"
        assert view.desk.guards.all[1].base is not None
        view.unseen.button.click()
        await story.until(lambda: not view.unseen.isVisible(), "it to be seen")
        assert view.tabs.currentWidget() is view.guards

    play(tmp_path, before, keeps_state=True)
    play(tmp_path, after, keeps_state=True)
