"""A session recorded from the window's menu and played back in another window."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.domain.book import Side
from app.domain.market import MarketKey
from app.domain.order import OrderState
from app.options import parse
from app.practice.replay.recording import Answer, Recording
from tests.e2e.story import Story, play, tell

pytestmark = pytest.mark.usefixtures("qapp")

Books = dict[MarketKey, dict[str, Side]]


def books(story: Story, event_id: int) -> Books:
    """Every book of an event as it stands; sides without an offer are left out."""
    found: Books = {}
    for group in story.session.catalogue.groups_of(event_id):
        for market in group.markets:
            book = story.session.prices.book(market.key)
            if book is not None:
                found[market.key] = {name: side for name, side in book.sides.items() if side}
    return found


def listed_in(path: Path) -> set[int]:
    """The events in all lists of a recording."""
    found: set[int] = set()
    for line in Recording(path).lines():
        if isinstance(line, Answer) and line.path.endswith("get_sport_events") and line.status == 200:
            found |= {row["event_id"] for row in json.loads(line.body)["data"]["sport_events"] or []}
    return found


def test_a_session_recorded_from_the_middle_plays_back_whole(tmp_path: Path, qtbot: QtBot) -> None:
    files: list[Path] = []
    opened: list[int] = []
    refs: list[str] = []
    seen: list[Books] = []

    async def record(story: Story) -> None:
        await story.connected()
        opened.append(await story.open_quiet_event())
        tape = story.program.terminal.tape
        story.window.record.trigger()
        await story.until(lambda: tape.path, "the recording")
        files.append(tape.path)  # type: ignore[arg-type]  # it is not None: that was waited for
        story.window._on_beat()
        assert " · recording" in story.window.windowTitle()
        refs.append(await story.order(story.best_line(), "25"))
        await story.until(lambda: story.state(refs[0]) is OrderState.FILLED, "the order to fill")
        await story.until(lambda: tape.counted and tape.counted.answers > 20 and tape.counted.frames > 20, "something to be recorded")
        await story.until(story.is_verified, "the event on the new socket")
        story.window.record.trigger()
        await story.until(lambda: not tape.path, "the end of the recording")
        seen.append(books(story, opened[0]))
        assert any("Recorded" in notice.words for notice in story.session.notices.lines)

    async def watch(story: Story) -> None:
        await story.until(lambda: story.session.is_streaming, "the stream")
        assert story.window.at_hand.header.badge.toolTip() == f"PRACTICE · replay of {files[0].name}"
        await story.until(lambda: refs[0] in story.session.blotter.orders, "the recorded order")
        listed = listed_in(files[0])
        assert opened[0] in listed
        await story.until(lambda: set(story.session.catalogue.events) >= listed, "the recorded events", 60)
        await story.open(opened[0])
        await story.until(lambda: books(story, opened[0]).keys() == seen[0].keys(), "the recorded books")
        assert not story.session.controls.is_on

    play(tmp_path / "one", record, "--rate", "500")
    tell(parse(["--replay", str(files[0]), "--speed", "5", "--home", str(tmp_path / "two")]), watch)
