"""The safety spine end to end: killed at once and started again, hung and halted from outside, halted and started again."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.domain.order import OrderState
from app.store.paths import root
from tests.e2e.story import Story, play

pytestmark = [
    pytest.mark.usefixtures("qapp"),
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),  # size hints on a screen that is none
]
HERE = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}


@contextlib.contextmanager
def doomed(home: Path, *words: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """A terminal in a process of its own with two acknowledged orders; killed with SIGKILL in the end."""
    command = [sys.executable, "-m", "tests.e2e.doomed", str(home), *words]
    process = subprocess.Popen(command, cwd=root(), env=HERE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process, process.stdout.readline().split()
    finally:
        process.kill()
        process.communicate()


def test_after_a_kill_the_next_start_shows_every_order_and_can_cancel_it(tmp_path: Path, qtbot: QtBot) -> None:
    with doomed(tmp_path) as (_, refs):
        assert len(refs) == 2

    async def find_again(story: Story) -> None:
        await story.until(lambda: set(refs) <= set(story.session.blotter.orders), "the journal's orders on the blotter")
        await story.until(lambda: story.session.controls.is_reconciled, "every open order to be looked up")
        await story.connected()
        assert not story.program.terminal.desk.blotter.unclear()
        assert story.state(refs[0]) is OrderState.FILLED
        await story.session.trading.cancel(refs[1])
        await story.until(lambda: story.state(refs[1]) is OrderState.CANCELLED, "the cancel of an order of the killed program")

    play(tmp_path, find_again, keeps_state=True)


def test_a_hung_window_is_halted_and_emptied_from_a_second_process_and_stays_halted(tmp_path: Path, qtbot: QtBot) -> None:
    with doomed(tmp_path, "--hang") as (_, refs):
        done = subprocess.run(
            [sys.executable, str(root() / "main.py"), "cancel-all", "--profile", "practice", "--home", str(tmp_path)],
            capture_output=True,
            text=True,
            timeout=60,
            env=HERE,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "nothing is left on the book" in done.stdout

    async def look(story: Story) -> None:
        desk = story.program.terminal.desk
        await story.connected()
        assert desk.kill.halt == "cancel-all was started from the command line"
        assert story.state(refs[1]) is OrderState.CANCELLED
        await story.open_quiet_event()
        story.window.at_hand.grid._price_pressed(story.best_line(), 0, False)
        story.window.at_hand.ticket.stake.setText("5")
        assert not story.window.at_hand.ticket.place.isEnabled()
        await story.until(lambda: desk.kill.resume("resume"), "the kill switch to have looked twice, and the halt to be lifted")
        await story.until(story.window.at_hand.ticket.place.isEnabled, "a ticket that may be sent again")

    play(tmp_path, look, keeps_state=True)


def test_cancel_all_says_in_words_what_it_cannot_reach(tmp_path: Path) -> None:
    for words, said in ((("--profile", "nobody"), "There is no profile"), ((), "No practice exchange has been started")):
        done = subprocess.run(
            [sys.executable, str(root() / "main.py"), "cancel-all", *words, "--home", str(tmp_path)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 2
        assert said in done.stderr
