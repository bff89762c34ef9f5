"""A league beside an account that trades: its matches in the watch list, and its alerts below the guards."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from app.domain.cs2 import Question, StreamPlace
from app.domain.environment import Environment
from app.domain.feed_alert import FeedPriceAlert
from app.domain.link import LinkFacts
from app.services.feed.video import Look, Offline, Stage
from app.services.notices import Tone
from app.ui.feed.alert_wish import AlertWish
from app.ui.feed.league_branch import LeagueBranch
from app.ui.feed_view import FeedView
from app.ui.models.event_tree import Chip
from app.ui.shell import ConnectedFeed
from app.ui.views.account_strip import standing_of
from app.ui.views.events import BELOW, EMPTY, NO_MATCH
from tests.services.fakes import Clock
from tests.services.feed.kit import EVENING, LIVE, OTHER, VERTEX, Feed, match, price, snapshot
from tests.services.hooks.kit import Hooks
from tests.ui.kit import Desk

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # boxes on a screen that is none
NAME = "Vertex – Nomads"


class Beside:
    """A desk in its window with a league's matches beside its events; the league's own view is not there."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.view = desk.window.at_hand
        self.feed = Feed(Clock())
        self.alerts = self.feed.desk.alerts
        self.tell(match(), match(OTHER, "PREGAME"), snapshot())
        self.view.show_league(self.feed.desk)

    @property
    def league(self) -> LeagueBranch:
        assert self.view.league is not None
        return self.view.league

    def tell(self, *told: object) -> None:
        self.feed.figures.last_poll_at = self.feed.clock.monotonic()
        self.feed.tell(*told)  # type: ignore[arg-type]  # matches and snapshots
        self.alerts.turn()

    def chip(self, chip: Chip) -> str:
        return self.view.events.chips[chip].text()

    def events(self) -> list[str]:
        """The names of the events that are shown."""
        return [node.text for node in self.view.events.model.nodes() if node.is_event]

    def matches(self) -> list[int]:
        """The ids of the matches that are shown."""
        if self.league.isHidden():
            return []
        return [node.match.id for node in self.league.model.nodes() if node.match is not None]


@pytest.fixture
def beside(desk: Desk, qtbot: QtBot) -> Iterator[Beside]:
    made = Beside(desk)
    yield made
    desk.window.at_hand.show_league(None)


def plan(odds: str = "2.00") -> FeedPriceAlert:
    return FeedPriceAlert(LIVE, NAME, Question.MATCH, VERTEX.id, "Vertex", price(odds))


# One watch list


def test_the_star_chip_shows_starred_events_and_starred_matches(beside: Beside) -> None:
    beside.view.session.stars.toggle(1001)
    beside.league.tree.star_pressed.emit(LIVE)
    assert beside.chip(Chip.STARRED) == "★ 2"
    beside.view.events.chips[Chip.STARRED].click()
    assert len(beside.events()) == 1
    assert beside.matches() == [LIVE]
    beside.league.tree.star_pressed.emit(LIVE)
    assert beside.chip(Chip.STARRED) == "★ 1"
    assert beside.matches() == []


def test_a_watch_list_of_matches_alone_is_not_called_empty(beside: Beside) -> None:
    beside.view.events.chips[Chip.STARRED].click()
    assert (beside.view.events.empty.isHidden(), beside.view.events.empty.text()) == (False, EMPTY[Chip.STARRED])
    beside.feed.session.toggle_star(OTHER)
    beside.league.refresh()
    assert (beside.view.events.empty.isHidden(), beside.view.events.empty.text()) == (False, BELOW)
    assert beside.matches() == [OTHER]


def test_one_search_finds_events_and_matches(beside: Beside) -> None:
    beside.view.events.search.setText("vertex")
    assert (beside.events(), beside.matches()) == ([], [LIVE, OTHER])
    assert (beside.view.events.empty.isHidden(), beside.view.events.empty.text()) == (False, BELOW)
    beside.view.events.search.setText("lakers")
    assert beside.view.events.empty.isHidden()
    assert len(beside.events()) == 1
    assert beside.matches() == []
    beside.view.events.search.setText("nothing of the kind")
    assert (beside.view.events.empty.isHidden(), beside.view.events.empty.text()) == (False, NO_MATCH)


def test_the_chips_count_both_until_the_league_is_let_go(beside: Beside) -> None:
    live = int(beside.chip(Chip.LIVE).rpartition(" ")[2])
    beside.tell(match(OTHER, "LIVE", at=EVENING.replace(second=4)))
    beside.league.refresh()
    assert beside.chip(Chip.LIVE) == f"Live {live + 1}"
    beside.view.show_league(None)
    assert beside.chip(Chip.LIVE) == f"Live {live - 1}"


# Alerts


def test_the_alerts_of_the_league_stand_below_the_guards_while_it_is_connected(beside: Beside) -> None:
    shown = beside.view.guards.alerts
    assert shown is not None
    assert shown.list.title.text() == "CS2 league"
    beside.alerts.add(plan())
    assert "those on prices stop" in beside.view.guards.honesty.text()
    beside.view.tabs.setCurrentWidget(beside.view.guards)
    beside.desk.beat()
    assert shown.list.model.rowCount() == 1
    assert shown.table.isVisible()
    beside.view.show_league(None)
    assert beside.view.guards.alerts is None
    assert "League alerts" not in beside.view.guards.honesty.text()
    beside.desk.beat()


def test_an_open_form_outlives_another_account_that_is_connected(beside: Beside) -> None:
    shown = beside.view.guards.alerts
    beside.view.show_league(beside.feed.desk)
    assert beside.view.guards.alerts is shown


def test_a_match_of_the_branch_offers_an_alert_here(beside: Beside) -> None:
    beside.league.tree.alert_wanted.emit(AlertWish(LIVE))
    assert beside.view.tabs.currentWidget() is beside.view.guards
    shown = beside.view.guards.alerts
    assert shown is not None
    assert shown.box.isVisible()
    assert shown.box.match.currentData() == LIVE
    shown.box.hide()


def test_a_fired_alert_is_said_by_the_account_at_hand_and_by_no_other(beside: Beside) -> None:
    another = beside.desk.connect_another("bookmaker")
    another.view.show_league(beside.feed.desk)
    beside.alerts.add(plan())
    beside.tell(snapshot(ct="2.25", at=EVENING.replace(second=9)))
    words = f"CS2 league: Price alert: {NAME} · match · Vertex: 2.25, in round 13"
    assert [(line.words, line.tone) for line in another.desk.session.notices.lines][-1] == (words, Tone.WARNING)
    assert all(line.words != words for line in beside.desk.notices.lines)
    another.view.show_league(None)


def test_an_account_that_was_let_go_hears_of_no_alert_and_is_not_kept_by_them(beside: Beside) -> None:
    another = beside.desk.connect_another("bookmaker")
    another.view.show_league(beside.feed.desk)
    assert len(beside.alerts.fired) == 1
    gone = weakref.ref(another.desk)
    beside.desk.window.unseat(another.view.connected)
    assert beside.alerts.fired == []
    del another
    gc.collect()
    assert gone() is None


# With the league's own view in the window


class NoVideo:
    """There is none."""

    def stage(self, place: StreamPlace) -> Stage:
        return Stage(place, title=place.channel, watch_url="")

    async def find(self, place: StreamPlace) -> Offline:
        return Offline()

    async def look(self, url: str) -> Look:
        raise NotImplementedError(url)


@pytest.fixture
def league(desk: Desk) -> Iterator[tuple[Feed, FeedView]]:
    """A league in the desk's window, at hand."""
    hooks = Hooks(Clock())
    feed = hooks.feed
    feed.tell(match(), snapshot())
    feed.figures.last_poll_at = feed.clock.monotonic()
    connected = ConnectedFeed(
        feed=feed.desk,
        hooks=hooks.desk,
        video=NoVideo(),
        facts=LinkFacts,
        environment=Environment.PRACTICE,
        account="CS2 league",
        start=desk.tasks.start,
    )
    view = desk.window.seat_feed(connected)
    desk.frame()
    yield feed, view
    desk.window.unseat(connected)


def test_the_leagues_chip_counts_a_held_back_match_as_live_until_the_video_shows_its_end(desk: Desk, league: tuple[Feed, FeedView]) -> None:
    feed, view = league
    connected = view.connected
    feed.session.open(LIVE)
    feed.session.delay.set_by_hand(9)
    feed.clock.move(20)  # type: ignore[union-attr]  # by hand
    feed.session.delay.set_spoiler_safe(True)
    feed.tell(match(status="FINISHED", score=(13, 5), at=EVENING.replace(second=1)))
    assert standing_of(connected)[0] == "1 live"
    feed.clock.move(9)  # type: ignore[union-attr]  # by hand
    assert standing_of(connected)[0] == "0 live"


def test_a_fired_alert_is_heard_once_and_seen_at_the_account_at_hand(desk: Desk, league: tuple[Feed, FeedView]) -> None:
    feed, view = league
    feed.desk.alerts.add(plan())
    desk.frame()
    assert view.tabs.tabText(view.tabs.indexOf(view.alerts)) == "Alerts 1"
    desk.window.take_in_hand(desk.window.views[0])
    feed.tell(snapshot(ct="2.25", at=EVENING.replace(second=9)))
    desk.frame()
    assert desk.sounds.alarms == 1
    words = f"Price alert: {NAME} · match · Vertex: 2.25, in round 13"
    assert desk.notices.lines[-1].words == f"CS2 league: {words}"
    assert feed.words[-1] == words
    [_, chip] = desk.window.strip.chips
    assert chip.accessibleName().endswith(", 1 fired")
    assert words.removeprefix("Price alert: ") in chip.toolTip()
    desk.window.take_in_hand(view)
    desk.frame()
    assert view.tabs.tabText(view.tabs.indexOf(view.alerts)) == "Alerts · 1 fired"
    assert view.unseen.isVisible()
    view.unseen.button.click()
    desk.frame()
    assert (view.tabs.currentWidget(), view.unseen.isVisible()) == (view.alerts, False)
    assert view.tabs.tabText(view.tabs.indexOf(view.alerts)) == "Alerts"
    assert not chip.accessibleName().endswith("fired")


def test_the_league_says_a_fired_alert_itself_while_it_is_at_hand(desk: Desk, league: tuple[Feed, FeedView]) -> None:
    feed, _view = league
    feed.desk.alerts.add(plan("1.50"))
    desk.frame()
    assert desk.sounds.alarms == 1
    assert all("Price alert" not in line.words for line in desk.notices.lines)


def test_what_is_pointed_at_in_the_leagues_panes_opens_the_form(desk: Desk, league: tuple[Feed, FeedView]) -> None:
    _feed, view = league
    view.match_page.alert_wanted.emit(AlertWish(LIVE, Question.MATCH, VERTEX.id, price("1.87")))
    assert view.alerts.box.isVisible()
    assert view.alerts.box.odds.text() == "1.96"
    view.alerts.box.hide()
    for pane in (view.tree, view.lobby):
        pane.alert_wanted.emit(AlertWish(LIVE))
        assert view.alerts.box.isVisible()
        view.alerts.box.hide()
