"""The whole view of a feed account: what it announces, what it says while nothing new comes, and what it holds back beside the video."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.domain.cs2 import StreamPlace
from app.domain.environment import Environment
from app.domain.errors import NotSentError
from app.domain.link import LinkFacts
from app.services.feed.session import REFUSED
from app.services.feed.unread import Unread
from app.services.feed.video import Look, Offline, Stage
from app.services.floor import Floor
from app.store import table_file
from app.store.paths import resources
from app.store.sheet_file import SheetFile
from app.ui.channels import Standing
from app.ui.display import Display
from app.ui.feed.match_page import NOTHING_OPEN as NO_MATCH_OPEN
from app.ui.feed.open_panes import READING
from app.ui.feed.rounds import NOTHING_OPEN as NO_ROUNDS_OPEN
from app.ui.feed.words import NONE_LISTED
from app.ui.feed_view import FeedView
from app.ui.pulse import Pulse
from app.ui.shell import ConnectedFeed, Files, Shell
from app.ui.sounds import Sounds
from app.ui.theme import Theme
from app.ui.views.account_strip import feed_state_of
from app.ui.workspace import Workspace
from tests.services.fakes import Clock
from tests.services.feed.kit import EVENING, LIVE, OTHER, detail, match, snapshot
from tests.services.hooks.kit import Hooks

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # a window on a screen that is none

DOWN = NotSentError("The venue cannot be reached")


class NoVideo:
    """There is none."""

    def stage(self, place: StreamPlace) -> Stage:
        return Stage(place, title=place.channel, watch_url="")

    async def find(self, place: StreamPlace) -> Offline:
        return Offline()

    async def look(self, url: str) -> Look:
        raise NotImplementedError(url)


class House:
    """A view of a feed without a window round it, at hand; its clocks are moved by hand and its frames are drawn by `frame`."""

    def __init__(self, theme: Theme, folder: Path) -> None:
        self.clock = Clock()
        self.hooks = Hooks(self.clock)
        self.feed = self.hooks.feed
        self.session = self.feed.session
        self.window = QWidget()
        self.pressed: list[str] = []
        self.fired: list[int] = []
        shell = Shell(
            floor=Floor(),
            files=Files(table_file.read, SheetFile),
            theme=theme,
            display=Display(),
            pulse=Pulse(),
            sounds=Sounds(resources() / "sounds"),
            workspace=Workspace(QSettings(str(folder / "workspace.ini"), QSettings.Format.IniFormat)),
            start=self.feed.tasks.start,
            clock=self.clock.monotonic,
            now=self.clock.now,
            icon=resources() / "icons" / "overround.svg",
        )
        connected = ConnectedFeed(
            feed=self.feed.desk,
            hooks=self.hooks.desk,
            video=NoVideo(),
            facts=LinkFacts,
            environment=Environment.PRACTICE,
            account="CS2 league",
            start=self.feed.tasks.start,
            enter_again=lambda: self.pressed.append("enter"),
            new_keys=lambda: self.pressed.append("new keys"),
        )
        self.view = FeedView(self.window, shell, connected)
        self.view.league_changed.connect(lambda: self.fired.append(1))
        self.view.take_in_hand(is_at_hand=True)
        self.feed.tell(match(), match(OTHER), snapshot())
        self.answered()
        self.frame()

    def answered(self) -> None:
        """A poll was answered just now."""
        self.feed.figures.last_poll_at, self.feed.figures.why = self.clock.monotonic(), ""

    def failed(self, problem: NotSentError = DOWN) -> None:
        """A poll came to nothing just now."""
        self.session._failed("the odds", problem)

    def frame(self) -> None:
        self.view.on_frame()

    def beat(self, seconds: float = 1.0) -> None:
        self.clock.move(seconds)
        self.view.on_beat()
        self.frame()

    @property
    def said(self) -> str:
        return self.view.banner.words.text()

    def close(self) -> None:
        self.view.end()
        shiboken6.delete(self.window)


@pytest.fixture
def house(theme: Theme, qtbot: QtBot, tmp_path: Path) -> Iterator[House]:
    theme.use("dark")
    house = House(theme, tmp_path)
    yield house
    house.close()


# What it announces


def test_the_league_is_said_to_have_changed_once_a_change_and_not_each_frame_whether_at_hand_or_not(house: House) -> None:
    for second, is_at_hand in enumerate((True, False), start=1):
        house.view.take_in_hand(is_at_hand=is_at_hand)
        house.frame()
        house.fired.clear()
        for _ in range(5):
            house.frame()
        assert house.fired == []
        house.feed.tell(match(score=(8, second), at=EVENING + timedelta(seconds=second)))
        for _ in range(5):
            house.frame()
        assert house.fired == [1]
    house.session.notices.say("something of no matter to the league")
    house.frame()
    assert house.fired == [1]


def test_what_was_told_while_another_account_was_at_hand_is_shown_when_it_is_at_hand_again(house: House) -> None:
    house.view.open_match(LIVE)
    house.frame()
    house.view.take_in_hand(is_at_hand=False)
    house.feed.tell(match(score=(9, 5), at=EVENING + timedelta(seconds=1)))
    house.frame()
    assert score(house) == (7, 5)
    house.view.take_in_hand(is_at_hand=True)
    house.frame()
    assert score(house) == (9, 5)


def score(house: House) -> tuple[int, int] | None:
    """What the match page shows."""
    shown = house.view.match_page._match
    return None if shown is None else shown.score


# While nothing new comes


def test_one_failed_poll_raises_no_banner_and_a_feed_that_is_late_does(house: House) -> None:
    house.failed()
    house.beat()
    assert house.said == ""
    house.beat(5)
    assert house.said == "Nothing new comes from the feed, trying again: The venue cannot be reached"
    house.answered()
    house.beat()
    assert house.said == ""


def test_the_banners_button_asks_at_once(house: House) -> None:
    house.failed()
    house.beat(6)
    assert house.view.banner.button.text() == "Try now"
    assert not house.view.banner.other.isVisibleTo(house.view.banner)
    house.session._plan.changes._alarm.silence()
    house.view.banner.button.click()
    assert house.session._plan.changes._alarm.has_rung


def test_a_key_that_is_not_accepted_is_said_so_with_a_way_to_new_keys_and_one_to_try_again(house: House) -> None:
    house.failed(NotSentError("Invalid API key", status=401))
    house.beat()
    assert house.said == f"{REFUSED}. It says: Invalid API key"
    assert house.view.banner.button.text() == "Try again"
    assert house.view.banner.other.text() == "New keys…"
    house.view.banner.other.click()
    house.view.banner.button.click()
    assert house.pressed == ["new keys", "enter"]
    assert house.view.status.polling.text().startswith("Not polling: the key is not accepted")
    house.session.trouble_is_over()
    house.answered()
    house.beat()
    assert house.said == ""
    assert not house.view.banner.other.isVisibleTo(house.view.banner)


def test_keys_that_are_not_to_be_had_are_said_so_with_a_way_to_new_ones(house: House) -> None:
    words = "There are no keys for the profile 'League'."
    house.session.is_locked_out = lambda: True
    house.session.venue_is_gone(words)
    house.beat()
    assert house.said == words
    assert house.view.banner.other.text() == "New keys…"
    house.view.banner.other.click()
    assert house.pressed == ["new keys"]
    assert house.view.status.polling.text().startswith("Not polling: its keys are not to be had")
    assert "There are no keys for the profile &#x27;League&#x27;. Click for" in house.view.header.dot.toolTip()
    assert "not reachable" not in house.view.header.dot.toolTip()


def test_a_venue_that_is_gone_while_its_keys_are_there_offers_no_new_ones(house: House) -> None:
    house.session.venue_is_gone("The practice exchange has ended")
    house.beat()
    assert house.said == "The feed is not reachable: The practice exchange has ended"
    assert not house.view.banner.other.isVisibleTo(house.view.banner)


def test_where_no_match_is_listed_nobody_is_told_to_choose_one(house: House) -> None:
    house.session.open_match_id = None
    choosing = NO_MATCH_OPEN, NO_ROUNDS_OPEN
    house.feed.matches.matches.clear()
    house.view._open_panes.show()
    assert (house.view.match_page.empty.text(), house.view.rounds.empty.text()) == (NONE_LISTED, NONE_LISTED)
    house.session.is_locked_out = lambda: True
    house.session.venue_is_gone("There are no keys for the profile 'League'.")
    house.view._open_panes.show()
    assert house.view.match_page.empty.text() == house.view.rounds.empty.text() == "There are no keys for the profile 'League'."
    house.feed.tell(match(OTHER, "PREGAME"))
    house.view._open_panes.show()
    assert (house.view.match_page.empty.text(), house.view.rounds.empty.text()) == choosing


def test_the_accounts_chip_the_status_line_and_the_dot_agree_on_a_feed_that_is_late(house: House) -> None:
    """The answer is waited for: no failure says why."""
    house.view.figures.show()
    house.beat(1)
    assert feed_state_of(house.feed.desk) == ("● feed", "state.good")
    assert house.view.status.polling.text().startswith("Polling ")
    house.beat(house.session._delta.patience + 1)
    assert house.session.is_late
    assert feed_state_of(house.feed.desk) == ("◌ feed late", "state.warning")
    assert house.view.status.polling.text().startswith("/odds/changes is late: its answer is waited for · ")
    assert house.view.figures.feed.values["Feed"].text() == "is late"
    assert str(house.view.header.dot.standing) in {Standing.LATE, Standing.SILENT}
    house.answered()
    house.failed()
    house.beat(1)
    assert feed_state_of(house.feed.desk) == ("● feed", "state.good"), "one failed poll makes nothing stale"
    assert house.view.header.dot.standing is Standing.LIVELY


def test_the_status_line_and_the_connection_panel_say_when_it_is_asked_again(house: House) -> None:
    facts = house.view.figures.feed
    house.view.figures.show()
    house.beat()
    assert house.view.status.polling.text().startswith("Polling /odds/changes every ")
    assert facts.values["Feed"].text() == "answers"
    house.failed()
    plan = house.session._plan
    plan.changes._backoff.failures, plan.changes._next_at = 3, house.clock.monotonic() + 13
    house.beat()
    assert house.view.status.polling.text().startswith("/odds/changes does not answer, asks again in 12 s · ")
    assert (facts.values["Feed"].text(), facts.values["Interval"].text()) == ("does not answer", "asks again in 12 s")
    house.beat(12)
    assert facts.values["Interval"].text() == "asks again now"
    house.session.venue_is_gone("The practice exchange ended")
    house.beat()
    assert (facts.values["Feed"].text(), facts.values["Interval"].text()) == ("not reachable", "nothing is asked")


# The open match


def test_a_match_that_the_feed_does_not_know_says_so_instead_of_being_read_for_ever(house: House) -> None:
    house.view.open_match(4711)
    house.frame()
    assert house.view.match_page.empty.text() == READING
    house.session._details.unread = Unread(4711, "Match not found", True, house.clock.monotonic())
    house.beat()
    assert house.view.match_page.empty.text().startswith("The feed does not know match 4711: it is asked for again ")


def test_beside_a_late_video_the_open_match_is_shown_as_it_was(house: House) -> None:
    house.view.open_match(LIVE)
    house.session.delay.set_by_hand(9)
    house.session.delay.set_spoiler_safe(True)
    house.beat(20)
    now = match(score=(8, 5), at=EVENING + timedelta(seconds=20))
    house.feed.tell(now, detail(now))
    house.beat(1)
    assert score(house) == (7, 5)
    house.beat(8.5)
    assert score(house) == (8, 5)


def test_while_the_delays_box_is_open_the_match_is_asked_for_each_second(house: House) -> None:
    house.view.open_match(LIVE)
    house.beat()
    assert not house.session.delay.is_calibrating
    house.view.stream.delay_box.show()
    house.beat()
    house.view.stream.delay_box.hide()
    assert house.session.delay.is_calibrating
