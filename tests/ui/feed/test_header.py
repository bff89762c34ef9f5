"""The header, the status bar and the figures of a feed account."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.domain.environment import Environment
from app.domain.feed import Partner
from app.domain.link import CallFigures, LinkFacts
from app.services.notices import Tone
from app.ui.channels import Standing
from app.ui.feed.figures import FeedFiguresPanel
from app.ui.feed.header import FeedHeader
from app.ui.feed.status import FeedStatus
from app.ui.theme import Theme
from tests.services.feed.kit import EVENING, LIVE, SEASON, Feed, match

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # windows on a screen that is none


@pytest.fixture
def feed() -> Feed:
    made = Feed()
    made.matches.hear_seasons([SEASON])
    made.figures.last_poll_at, made.figures.polls, made.figures.interval = made.clock.monotonic(), 7, 1.5
    return made


@pytest.fixture
def header(feed: Feed, theme: Theme, qtbot: QtBot) -> FeedHeader:
    theme.use("dark")
    made = FeedHeader(feed.session, Environment.PRACTICE, "Feed one", theme, feed.clock.monotonic)
    qtbot.addWidget(made)
    made.resize(1280, 52)
    made.show()
    return made


def move(feed: Feed, seconds: float) -> None:
    feed.clock.move(seconds)  # type: ignore[union-attr]  # by hand


def test_the_header_says_whose_feed_it_is_and_what_is_open(feed: Feed, header: FeedHeader) -> None:
    assert header.badge.text() == "PRACTICE · Rankacy"
    assert (header.partner.text, header.match.text, header.season.text) == ("—", "—", "Autumn cup")
    feed.session.basics.partner = Partner("Lakeside Books", 3, EVENING)
    feed.tell(match(season_name="Winter cup"))
    feed.session.open(LIVE)
    header.refresh()
    assert (header.partner.text, header.match.text, header.season.text) == ("Lakeside Books", "#42 de_dust2", "Winter cup")


@pytest.mark.parametrize(
    ("seconds", "standing"),
    [(2.9, Standing.LIVELY), (3.1, Standing.LATE), (9.9, Standing.LATE), (10.1, Standing.SILENT)],
)
def test_the_dot_goes_by_the_age_of_the_last_answered_poll(feed: Feed, header: FeedHeader, seconds: float, standing: Standing) -> None:
    move(feed, seconds)
    header.refresh()
    assert (header.dot.standing, header.dot.text) == (standing, f"Odds feed {seconds if seconds < 9.95 else 10:.{seconds < 9.95:d}f} s")


def test_polls_that_are_meant_to_be_far_apart_are_not_late(feed: Feed, header: FeedHeader) -> None:
    feed.figures.interval = 5.0
    move(feed, 6.0)
    header.refresh()
    seen = [header.dot.standing]
    move(feed, 1.0)
    header.refresh()
    assert [*seen, header.dot.standing] == [Standing.LIVELY, Standing.LATE]


def test_a_feed_never_heard_and_one_that_is_gone_have_signs_of_their_own(feed: Feed, header: FeedHeader) -> None:
    feed.figures.last_poll_at = None
    header.refresh()
    assert (header.dot.standing, header.dot.text) == (Standing.UNHEARD, "Odds feed —")
    feed.session.venue_is_gone("the key is not known")
    header.refresh()
    assert (header.dot.standing, header.dot.text) == (Standing.SILENT, "Odds feed gone")
    assert "the key is not known" in header.dot.toolTip()


@pytest.mark.parametrize(
    ("offset", "words"), [(1.2, "Clock offset +1.2 s"), (-41.0, "Clock offset −41 s"), (0.4, ""), (-0.9, ""), (None, "")]
)
def test_the_offset_of_the_clock_has_its_sign_and_is_nothing_where_the_clocks_agree(
    feed: Feed, header: FeedHeader, offset: float | None, words: str
) -> None:
    feed.figures.offset = offset
    header.refresh()
    assert header.offset.text() == words


def test_the_delay_button_says_whether_the_panel_is_delayed_and_asks_for_the_choice(feed: Feed, header: FeedHeader, qtbot: QtBot) -> None:
    assert header.delay_button.text() == "Delay panel ▾"
    feed.session.delay.set_by_hand(9)
    header.refresh()
    assert header.delay_button.text() == "Delay panel 9 s ▾"
    feed.session.delay.set_spoiler_safe(True)
    header.refresh()
    assert header.delay_button.text() == "Panel delayed 9 s ▾"
    with qtbot.waitSignal(header.delay_wanted, timeout=1000):
        header.delay_button.click()


def test_a_click_on_the_dot_asks_for_the_connection(header: FeedHeader, qtbot: QtBot) -> None:
    with qtbot.waitSignal(header.connection_wanted, timeout=1000):
        QTest.mouseClick(header.dot, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize("name", ["Lakeside Books", "A partner whose name is far longer than the room for it is wide"])
def test_everything_fits_1280_pixels_and_what_is_cut_is_in_its_tip(feed: Feed, header: FeedHeader, name: str) -> None:
    feed.session.basics.partner = Partner(name, 3, EVENING)
    feed.tell(match(map_name="de_a_map_with_a_name_far_longer_than_any_other", season_name="The season with the longest name of all"))
    feed.session.open(LIVE)
    feed.figures.offset = -5000.0
    feed.session.delay.set_by_hand(60)
    feed.session.delay.set_spoiler_safe(True)
    header.refresh()
    assert header.minimumSizeHint().width() <= 1280
    assert name in header.partner.toolTip()
    assert "longer than any other" in header.match.toolTip().replace("_", " ")


# The status bar


@pytest.fixture
def status(feed: Feed, theme: Theme, qtbot: QtBot) -> FeedStatus:
    made = FeedStatus(feed.session, theme)
    qtbot.addWidget(made)
    return made


def test_the_status_bar_says_how_it_is_polled_and_what_was_lost(feed: Feed, status: FeedStatus) -> None:
    assert status.polling.text() == "Polling /odds/changes every 1.5 s · 0 truncated pages · 0 faults"
    feed.figures.truncated, feed.figures.faults, feed.figures.why = 1, 3, "No answer within 5 s"
    status.tick()
    assert status.polling.text() == "/odds/changes does not answer, asks again now · 1 truncated page · 3 faults"
    feed.session.venue_is_gone("its process ended")
    status.tick()
    assert status.polling.text() == "Not polling: the feed is not reachable · 1 truncated page · 3 faults"


def test_the_newest_notice_stands_in_the_status_bar_in_its_colour(feed: Feed, status: FeedStatus, theme: Theme) -> None:
    feed.notices.say("Vertex won 13 : 9", Tone.GOOD)
    status.say_newest()
    assert status.said.text() == "Vertex won 13 : 9"
    assert status.said.palette().color(status.said.foregroundRole()) == theme.colours["state.good"]


# The figures


@pytest.fixture
def panel(feed: Feed, theme: Theme, qtbot: QtBot) -> Iterator[FeedFiguresPanel]:
    holder = QWidget()
    qtbot.addWidget(holder)
    facts = LinkFacts(calls=(CallFigures("odds_changes", 240, 2, 0.004, 1.2, 999.0),))
    made = FeedFiguresPanel(holder, feed.session, lambda: facts, theme, feed.clock.monotonic)
    made.bring()
    yield made
    holder.hide()


def test_the_panel_shows_the_figures_and_the_requests(feed: Feed, panel: FeedFiguresPanel) -> None:
    assert panel.feed.text("Polls") == "7"
    assert panel.feed.text("Feed") == "answers"
    assert [panel.requests.index(0, column).data() for column in range(5)] == ["odds changes", "240", "2", "4", "1,200"]
    assert not panel.no_calls.isVisible()


def test_a_hidden_panel_looks_at_nothing_and_escape_hides_it(feed: Feed, panel: FeedFiguresPanel) -> None:
    QTest.keyClick(panel, Qt.Key.Key_Escape)
    assert not panel.isVisible()
    feed.figures.polls = 8
    panel.tick()
    assert panel.feed.text("Polls") == "7"
    panel.bring()
    assert panel.feed.text("Polls") == "8"


def test_trouble_stands_in_the_panel_in_words(feed: Feed, panel: FeedFiguresPanel, theme: Theme) -> None:
    feed.figures.why = "No answer within 5 s"
    panel.tick()
    assert panel.feed.text("Last trouble") == "No answer within 5 s"
    feed.session.venue_is_gone("the key is not known")
    panel.tick()
    assert (panel.feed.text("Feed"), panel.feed.text("Last trouble")) == ("not reachable", "the key is not known")
