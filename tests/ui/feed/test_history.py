"""The odds history pane: by team, in words where there is nothing, as a file and a picture, and at rest while nobody looks."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref
from array import array
from collections.abc import Iterator
from datetime import UTC, datetime
from math import log10
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.cs2 import OddsKey, Question, Side, SideOdds, Snapshot
from app.domain.errors import NotSentError, TooLargeError
from app.services.feed.extents import Extent
from app.services.feed.histories import Drawing, Line
from app.services.feed.live_part import LEAD_SHARE
from app.services.feed.odds_lines import Spell
from app.services.notices import Tone
from app.ui.feed.chart import OddsChart
from app.ui.feed.chart_axes import labelled
from app.ui.feed.history import NOT_YET, NOTHING_OPEN, READING
from app.ui.feed.history_files import decimal_text, points_as_csv
from app.ui.feed.history_words import NO_POINTS, NONE_OF_ROUND, NONE_TOLD, NOT_BEGUN, NOT_KNOWN, unread_words
from app.ui.formats import OddsFormat
from app.ui.theme import Theme
from tests.services.feed.kit import LIVE, OTHER, detail, match, price, rounds
from tests.ui.feed.history_kit import EARLY, NOMADS, SWAP, VERTEX, WHOLE, Pane

LEAD = 2400 * LEAD_SHARE  # seconds before the start, of a match that has been live for forty minutes

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # windows on a screen that is none


@pytest.fixture
def pane(theme: Theme, qtbot: QtBot) -> Iterator[Pane]:
    theme.use("dark")
    made = Pane(theme)
    qtbot.addWidget(made.view)
    yield made
    made.close()


def chart_of(pane: Pane) -> OddsChart:
    assert pane.view.chart is not None
    return pane.view.chart


def theme_of(pane: Pane) -> QColor:
    return pane.view._theme.colours["surface.panel"]


def heard(pane: Pane, seconds: float, ct: str, t: str, key: OddsKey = WHOLE) -> None:
    sides = (SideOdds(Side.CT, NOMADS.id, price(ct)), SideOdds(Side.T, VERTEX.id, price(t)))
    pane.feed.tell(Snapshot(key, True, sides, None, datetime.fromtimestamp(pane.moment(seconds), UTC), "LIVE"))
    pane.view.refresh()


# Words where there is nothing


def test_no_match_no_answer_and_no_price_each_say_so(pane: Pane) -> None:
    pane.view.refresh()
    assert pane.view.empty.words.text() == "Reading the lobby…"
    pane.feed.tell(match(OTHER))
    pane.view.refresh()
    assert pane.view.empty.words.text() == NOTHING_OPEN
    pane.feed.session.open_match_id = LIVE
    pane.view.refresh()
    assert pane.view.empty.words.text() == "The match is being read."
    pane.feed.session.venue_is_gone("its process ended")
    pane.view.refresh()
    assert pane.view.empty.words.text() == "The feed is not reachable: its process ended", "nothing is on its way"
    pane.feed.session.trouble_is_over()
    pane.put(match(LIVE, "PREGAME"))
    pane.view.refresh()
    assert pane.view.empty.words.text() == READING
    pane.spin()
    assert pane.view.empty.words.text() == NO_POINTS
    assert not pane.view.saving.csv.isEnabled()
    assert pane.view.chart is None  # nothing to draw: it is not loaded


def test_a_match_that_is_over_without_prices_says_that_none_are_told_and_its_last_round_is_the_last(pane: Pane) -> None:
    pane.put(detail(match(LIVE, "FINISHED", score=(13, 11)), rounds((13, 11), is_playing=False)))
    pane.spin()
    assert pane.view.empty.words.text() == NONE_TOLD
    pane.view.chips[Question.ROUND].click()
    pane.spin()
    assert pane.view.empty.words.text() == NONE_OF_ROUND
    assert [pane.view.rounds.itemText(place) for place in range(2)] == ["Last (24)", "Round 24"]


def test_a_failure_says_why_and_offers_another_try_which_works(pane: Pane) -> None:
    pane.feed.venue.troubles["history"] = [NotSentError("no <b>way</b> to the feed")]
    pane.live_match()
    assert pane.view.empty.words.text() == "The history could not be read: no <b>way</b> to the feed"
    assert pane.view.empty.again.isVisible()
    pane.view.empty.again.click()
    pane.spin()
    assert not pane.view.empty.again.isVisible()
    assert pane.view.pages.currentWidget() is pane.view.chart


def test_a_feed_that_is_gone_is_named(pane: Pane) -> None:
    pane.put(match(LIVE))
    pane.feed.session.venue_is_gone("its process ended")
    pane.spin()
    assert pane.view.empty.words.text() == "The feed is not reachable: its process ended"
    assert pane.feed.venue.asked("history") == []


def test_points_that_could_not_be_read_are_told(pane: Pane) -> None:
    pane.put(match(LIVE, "PREGAME"))
    pane.give(WHOLE, pane.rows([0.0], [(1.5, 2.5, 9)]), dropped=3)
    pane.spin()
    assert "3 points could not be read" in pane.view.hint.text()


def test_a_history_too_long_to_be_read_shows_what_is_heard_and_says_so(pane: Pane) -> None:
    pane.feed.venue.always["history"] = TooLargeError("The venue's answer is larger than 32 MB and was not read")
    pane.put(match(LIVE, "PREGAME"))
    heard(pane, 2390, "1.90", "1.95")
    pane.spin()
    assert "only what was heard since is shown" in pane.view.hint.text()
    assert "<b>1.95</b>" in pane.view.legend.text()
    assert pane.view.pages.currentWidget() is pane.view.chart


# What is drawn


def test_the_legend_names_teams_with_their_newest_odds_and_the_swap(pane: Pane) -> None:
    pane.live_match()
    heard(pane, 2400, "4.00", "1.25")
    words = pane.view.legend.text()
    assert "Vertex <b>1.25</b> (80.0 %)" in words
    assert "Nomads <b>4.00</b> (25.0 %)" in words
    assert words.index("Vertex") < words.index("Draw") < words.index("Nomads")
    assert "sides swapped" in pane.view.hint.text()
    assert chart_of(pane)._marks.swaps == (pane.moment(SWAP + 24),)


def test_prices_of_one_legend_have_as_many_decimals_as_the_finest_of_them(pane: Pane) -> None:
    pane.live_match()
    heard(pane, 2400, "84.00", "1.01")
    assert "Vertex <b>1.01</b> (99.0 %)" in pane.view.legend.text()
    pane.feed.clock.move(5)  # type: ignore[union-attr]  # by hand
    heard(pane, 2405, "84.00", "1.012")
    assert "Vertex <b>1.012</b> (98.8 %)" in pane.view.legend.text()
    assert "Nomads <b>84.000</b>" in pane.view.legend.text()


def test_names_of_the_feed_are_text_and_never_markup(pane: Pane) -> None:
    pane.live_match()
    lines = pane.view._drawing.lines
    pane.view._drawing = Drawing((Line("<img src=x>" + "long" * 20, 1, None, lines[0].times, lines[0].odds),))
    pane.view._say_legend()
    assert "&lt;img src=x&gt;longlonglo…" in pane.view.legend.text()


def test_the_hours_before_the_match_do_not_squeeze_it_until_they_are_asked_for(pane: Pane) -> None:
    pane.live_match()
    chart = chart_of(pane)
    assert chart.view[0] == pytest.approx(pane.moment(-LEAD), abs=1)
    assert pane.view.all.isVisible()
    assert not pane.view.all.isChecked()
    pane.view.all.click()
    assert pane.view.all.isChecked()
    assert chart.view[0] == pytest.approx(pane.moment(-EARLY), abs=1)
    pane.view.all.click()
    assert chart.view[0] == pytest.approx(pane.moment(-LEAD), abs=1)


def test_a_match_of_one_minute_is_not_squeezed_by_the_minutes_before_it_either(pane: Pane) -> None:
    pane.put(pane.over_swap())
    pane.give(WHOLE, pane.rows([-400.0, -30.0, 0.0, 20.0, 60.0], [(1.5, 2.5, 9)] * 5))  # a league that is played at high speed
    pane.feed.clock.move(-2340)  # type: ignore[union-attr]  # by hand: a minute after the start
    pane.spin()
    low, high = chart_of(pane).view
    assert pane.moment(-10) < low < pane.moment(0)
    assert high == pytest.approx(pane.moment(60), abs=2)


def test_a_match_that_began_late_is_shown_from_its_first_round_on(pane: Pane) -> None:
    pane.give(OddsKey(LIVE, Question.ROUND, 1), pane.rows([1200.0], [(1.5, 2.5)]))
    pane.live_match()
    pane.feed.clock.move(2)  # type: ignore[union-attr]  # by hand
    pane.view.tick()
    pane.spin()
    assert pane.moment(1000) < chart_of(pane).view[0] < pane.moment(1200)


def test_all_stays_while_prices_come_and_ends_with_a_zoom_and_with_another_question(pane: Pane) -> None:
    pane.live_match()
    chart, place = chart_of(pane), chart_of(pane).viewport().rect().center()
    QTest.mouseDClick(chart.viewport(), Qt.MouseButton.LeftButton, pos=place)
    pane.feed.clock.move(30)  # type: ignore[union-attr]  # by hand
    heard(pane, 2430, "4.00", "1.25")
    pane.view.tick()
    assert pane.view.all.isChecked()
    assert chart.view[0] == pytest.approx(pane.moment(-EARLY), abs=1)
    assert chart.view[1] > pane.moment(2430)
    QTest.keyClick(chart, Qt.Key.Key_Plus)
    assert (pane.view.all.isChecked(), pane.view.all.isVisible(), chart.is_zoomed) == (False, True, True)
    QTest.keyClick(chart, Qt.Key.Key_Home)
    assert (pane.view.all.isChecked(), chart.is_zoomed) == (True, False)
    for question in (Question.NEXT_ROUND, Question.MATCH):
        pane.view.chips[question].click()
        pane.spin()
    assert not pane.view.all.isChecked()
    assert chart.view[0] > pane.moment(-2 * LEAD)


@pytest.mark.parametrize(("status", "words"), [("PREGAME", NOT_BEGUN), ("WARMUP", NOT_BEGUN), ("LIVE", NOT_KNOWN)])
def test_without_a_round_it_says_whether_none_is_played_yet_or_none_is_known(pane: Pane, status: str, words: str) -> None:
    pane.put(match(LIVE, status, round_number=None))
    pane.view.chips[Question.ROUND].click()
    pane.spin()
    assert pane.view.empty.words.text() == words


def test_a_match_that_goes_live_while_it_is_looked_at_is_shown_from_then_on(pane: Pane) -> None:
    pane.put(match(LIVE, "PREGAME"))
    pane.give(WHOLE, pane.rows([-4000.0, -3990.0], [(1.5, 2.5, 9)] * 2))
    pane.spin()
    QTest.keyClick(chart_of(pane), Qt.Key.Key_Home)  # it shows all as it is, and is no wish for more
    told = pane.over_swap((0, 0))
    pane.put(told)
    for seconds in (2340, 2400):
        heard(pane, seconds, "1.90", "1.95")
    pane.spin()
    assert chart_of(pane).view[0] > pane.moment(-400)
    assert not pane.view.all.isChecked()


@pytest.mark.parametrize(("width", "is_offered"), [(412, False), (470, True)])
def test_the_choice_of_a_round_is_never_cut_by_the_chips_beside_it(pane: Pane, width: int, *, is_offered: bool) -> None:
    pane.give(OddsKey(LIVE, Question.ROUND, 15), pane.rows([2300.0, 2350.0], [(1.5, 2.5)] * 2))
    pane.live_match()
    pane.view.resize(width, 300)
    pane.view.chips[Question.ROUND].click()
    pane.spin()
    QTest.keyClick(chart_of(pane), Qt.Key.Key_Plus)
    QApplication.sendPostedEvents()
    assert pane.view.all.isVisible() == is_offered
    assert pane.view.rounds.width() >= pane.view.rounds.sizeHint().width()
    assert pane.view.saving.png.geometry().right() <= width


def test_a_title_without_room_for_its_word_is_left_out(pane: Pane) -> None:
    title = pane.view.title
    for width, is_painted in ((60, True), (20, False)):
        title.resize(width, 20)
        image = title.grab().toImage()
        colours = {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}
        assert (len(colours) > 1) == is_painted


def test_a_chart_that_shows_all_there_is_offers_no_more_until_somebody_zooms(pane: Pane) -> None:
    pane.put(match(LIVE, "PREGAME"))
    pane.give(WHOLE, pane.rows([-4000.0, -3990.0], [(1.5, 2.5, 9)] * 2))
    pane.spin()
    assert not pane.view.all.isVisible()
    QTest.keyClick(chart_of(pane), Qt.Key.Key_Plus)
    assert pane.view.all.isVisible()
    pane.view.all.click()
    assert not pane.view.all.isVisible()
    assert not chart_of(pane).is_zoomed


def test_a_match_that_has_not_begun_shows_all_there_is(pane: Pane) -> None:
    pane.put(match(LIVE, "PREGAME"))
    pane.give(WHOLE, pane.rows([-4000.0, -3990.0], [(1.5, 2.5, 9)] * 2))
    pane.spin()
    assert not pane.view.all.isVisible()
    assert chart_of(pane).view[0] <= pane.moment(-4000)


def test_one_point_and_points_of_one_time_are_drawn(pane: Pane) -> None:
    pane.put(match(LIVE, "PREGAME"))
    pane.give(WHOLE, pane.rows([0.0, 0.0], [(1.5, 2.5, 9), (1.6, 2.4, 9)]))
    pane.spin()
    low, high = chart_of(pane).view
    assert low <= pane.moment(0) <= high
    assert not pane.view.grab().isNull()


def test_the_zoom_stays_while_prices_come_and_the_edge_is_followed_otherwise(pane: Pane) -> None:
    pane.live_match()
    chart = chart_of(pane)
    before = chart.view[1]
    pane.feed.clock.move(30)  # type: ignore[union-attr]  # by hand
    heard(pane, 2430, "4.00", "1.25")
    assert chart.view[1] > before + 29
    place = chart.viewport().rect().center()
    chart.setFocus()
    QTest.keyClick(chart, Qt.Key.Key_Plus)
    zoomed = chart.view
    assert zoomed[1] - zoomed[0] == pytest.approx(0.8 * (2430 + LEAD) * 1.01, rel=0.02)
    pane.feed.clock.move(30)  # type: ignore[union-attr]  # by hand
    heard(pane, 2460, "4.00", "1.25")
    pane.view.tick()
    assert chart.view == zoomed
    QTest.keyClick(chart, Qt.Key.Key_Home)
    QTest.keyClick(chart, Qt.Key.Key_Home)
    assert chart.view[1] > pane.moment(2460)
    QTest.keyClick(chart, Qt.Key.Key_Plus)
    QTest.mouseDClick(chart.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert not chart.is_zoomed


@pytest.mark.parametrize(("key", "share"), [(Qt.Key.Key_Plus, 0.8), (Qt.Key.Key_Minus, 1.2)])
def test_the_keyboard_zooms_about_the_point_that_is_read_else_about_now(pane: Pane, key: Qt.Key, share: float) -> None:
    pane.live_match()
    chart = chart_of(pane)
    for _again in range(4):
        QTest.keyClick(chart, Qt.Key.Key_Plus)
    low, high = chart.view
    assert low < pane.moment(2400) < high, "now stays in view"
    read = low + (high - low) / 4
    chart.point_at(read)
    QTest.keyClick(chart, key)
    assert list(chart.view) == pytest.approx([read - (read - low) * share, read + (high - read) * share], abs=0.1)


def test_the_point_that_is_read_stays_in_view_up_to_the_closest(pane: Pane) -> None:
    pane.live_match()
    chart = chart_of(pane)
    chart.point_at(pane.moment(300))
    for _again in range(60):
        QTest.keyClick(chart, Qt.Key.Key_Plus)
    low, high = chart.view
    assert high - low == pytest.approx(5.0, abs=0.1)
    assert low < pane.moment(300) < high


def test_shifted_arrows_move_and_the_wheel_zooms_along_time(pane: Pane) -> None:
    pane.live_match()
    chart = chart_of(pane)
    QTest.keyClick(chart, Qt.Key.Key_Plus)
    was = chart.view
    QTest.keyClick(chart, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert chart.view[0] < was[0]
    place = QPointF(chart.viewport().rect().center())
    chart.wheelEvent(
        QWheelEvent(place, place, QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
                    Qt.ScrollPhase.NoScrollPhase, False)
    )  # fmt: skip
    assert chart.view[1] - chart.view[0] < was[1] - was[0]
    assert chart.is_zoomed


def test_where_the_mouse_points_the_odds_of_that_time_are_read_out(pane: Pane) -> None:
    pane.put(match(LIVE, "PREGAME"))
    pane.give(WHOLE, pane.rows([0.0, 60.0, 120.0], [(1.5, 2.5, 9), (1.25, 4, 9), (2, 2, 9)]))
    pane.spin()
    chart_of(pane).point_at(pane.moment(90))
    assert "CT <b>1.25</b> (80.0 %)" in pane.view.legend.text()
    assert pane.view.hint.text() == f"{datetime.fromtimestamp(pane.moment(90)):%H:%M:%S}"
    chart_of(pane).point_at(pane.moment(-5))
    assert pane.view.legend.text().count("—") == 3
    chart_of(pane).leaveEvent(QEvent(QEvent.Type.Leave))
    assert "wheel" in pane.view.hint.text()


def test_another_format_of_odds_reaches_the_axis_and_the_legend(pane: Pane) -> None:
    pane.live_match()
    heard(pane, 2400, "4.00", "1.25")
    pane.display.use(OddsFormat.AMERICAN)
    assert "<b>+300</b>" in pane.view.legend.text()
    assert chart_of(pane)._odds_axis.tickStrings([log10(3.0)], 1, 1) == ["+200"]


def test_another_theme_repaints_the_chart(pane: Pane, theme: Theme) -> None:
    pane.live_match()
    theme.use("light")
    image = chart_of(pane).grab().toImage()
    assert QColor(image.pixel(3, 3)) == theme.colours["surface.panel"]
    assert chart_of(pane)._curves[0].opts["pen"].color() == theme.colours["chart.first"]
    assert theme.colours["chart.first"].name() in pane.view.legend.text()


def held_back(pane: Pane, seconds: float) -> None:
    """The panel is late by so much, and what was known is known for long enough."""
    pane.feed.session.delay.set_by_hand(seconds)
    pane.feed.session.told.note()
    pane.feed.clock.move(60)  # type: ignore[union-attr]  # by hand
    pane.feed.session.delay.set_spoiler_safe(True)


def test_a_panel_as_late_as_the_video_shows_nothing_newer(pane: Pane) -> None:
    pane.live_match()
    held_back(pane, 20)
    heard(pane, 2455, "77.00", "1.25")
    times, heights = chart_of(pane)._curves[2].getData()
    assert max(times) == pytest.approx(pane.moment(2440), abs=0.01)
    assert log10(77) not in heights
    assert "77.00" not in pane.view.legend.text()
    pane.feed.clock.move(16)  # type: ignore[union-attr]  # by hand
    pane.feed.tell()  # vouched for
    pane.view.tick()
    assert "77.00" in pane.view.legend.text()


def test_a_round_and_a_swap_are_told_no_earlier_than_the_video_shows_them(pane: Pane) -> None:
    first_half = detail(match(LIVE, round_number=12, score=(7, 4)), rounds((7, 4)))
    pane.give(WHOLE, pane.rows([0.0, 2390.0], [(1.5, 2.5, 9), (1.4, 2.6, 9)]))
    for number in (12, 13):
        pane.give(OddsKey(LIVE, Question.ROUND, number), pane.rows([2300.0 + 150 * (number - 12)], [(1.8, 2.0)]))
    pane.put(first_half)
    pane.spin()
    held_back(pane, 20)
    pane.feed.clock.move(5)  # type: ignore[union-attr]  # by hand
    pane.put(detail(match(LIVE, round_number=13, score=(7, 5), are_sides_swapped=True), rounds((7, 5))))
    pane.spin()
    pane.view.chips[Question.ROUND].click()
    pane.spin()
    assert pane.view.title.text() == "Odds · ROUND 12"
    assert [pane.view.rounds.itemText(place) for place in range(2)] == ["Now (12)", "Round 12"]
    pane.view.chips[Question.MATCH].click()
    heard(pane, 2462, "2.6", "1.4")
    pane.spin()
    assert chart_of(pane)._marks.swaps == ()
    assert 13 in pane.feed.session.histories.round_starts.of(LIVE)
    assert 13 not in chart_of(pane)._marks.rounds
    assert "swapped" not in pane.view.hint.text()
    pane.feed.clock.move(30)  # type: ignore[union-attr]  # by hand
    pane.view.refresh()
    assert chart_of(pane)._marks.swaps == (pane.moment(2450),)
    assert pane.view.rounds.itemText(0) == "Now (13)"


def test_a_panel_that_has_not_begun_says_so(pane: Pane) -> None:
    pane.live_match()
    pane.feed.session.delay.set_by_hand(20)
    pane.feed.session.delay.set_spoiler_safe(True)
    pane.feed.session.told.begin()
    pane.view.refresh()
    assert pane.view.empty.words.text() == NOT_YET
    assert not pane.view.saving.png.isEnabled()


def test_rounds_can_be_chosen_and_now_is_the_one_that_is_played(pane: Pane) -> None:
    pane.live_match()
    for number in (3, 15):
        pane.give(OddsKey(LIVE, Question.ROUND, number), pane.rows([10.0 * number], [(1.5, 2.5)]))
    pane.view.chips[Question.ROUND].click()
    pane.spin()
    assert pane.view.title.text() == "Odds · ROUND 15"
    assert [pane.view.rounds.itemText(place) for place in range(3)] == ["Now (15)", "Round 15", "Round 14"]
    place = pane.view.rounds.findData(3)
    pane.view.rounds.setCurrentIndex(place)
    pane.view.rounds.activated.emit(place)
    pane.spin()
    assert pane.view.title.text() == "Odds · ROUND 3"
    assert [line.name for line in pane.view._drawing.lines] == ["Vertex", "Nomads"]
    assert pane.view._drawing.lines[0].odds[0] == 1.5  # Vertex was CT in round 3
    pane.view.chips[Question.NEXT_ROUND].click()  # another question: what was chosen was not chosen for it
    pane.spin()
    assert pane.view.title.text() == "Odds · NEXT ROUND 16"


def test_nothing_is_done_while_it_is_hidden_and_it_catches_up_when_shown(pane: Pane) -> None:
    pane.live_match()
    drawing = chart_of(pane).drawing
    pane.view.hide()
    heard(pane, 2400, "4.00", "1.25")
    pane.view.tick()
    assert chart_of(pane).drawing is drawing
    pane.view.show()
    assert chart_of(pane).drawing is not drawing


def test_the_same_drawing_at_the_same_time_is_not_drawn_again(pane: Pane) -> None:
    pane.live_match()
    chart = chart_of(pane)
    painted: list[object] = []
    chart._curves[0].sigPlotChanged.connect(painted.append)
    pane.view.refresh()
    pane.view.refresh()
    assert painted == []
    heard(pane, 2400, "4.00", "1.25")
    assert len(painted) == 1


def test_a_price_nobody_vouches_for_is_marked_with_the_time_and_drawn_no_further(pane: Pane) -> None:
    pane.live_match()
    heard(pane, 2400, "77.00", "1.25")
    assert "stale" not in pane.view.legend.text()
    pane.feed.clock.move(600)  # type: ignore[union-attr]  # by hand
    pane.view.tick()
    chart = chart_of(pane)
    times, _heights = chart._curves[2].getData()
    assert max(times) == pytest.approx(pane.moment(2400), abs=0.01)
    assert f"stale since {datetime.fromtimestamp(pane.moment(2400)):%H:%M:%S}" in pane.view.legend.text()
    assert "<b>77.00</b>" not in pane.view.legend.text()
    assert chart._marks.stale is not None
    assert list(chart._marks.stale) == pytest.approx([pane.moment(2400), pane.moment(3000)], abs=0.01)
    chart.point_at(pane.moment(2700))  # nobody knows
    assert pane.view.legend.text().count("—") == 3
    chart.point_at(None)
    pane.feed.tell()  # an empty page without a hole: it stood all the time
    pane.view.tick()
    times, _heights = chart._curves[2].getData()
    assert max(times) == pytest.approx(pane.moment(3000), abs=0.01)
    marks = chart._marks
    assert marks.stale is None
    assert "stale" not in pane.view.legend.text()


def test_a_round_that_is_over_ends_with_its_last_price_and_says_when_that_was(pane: Pane) -> None:
    pane.live_match()
    pane.give(OddsKey(LIVE, Question.ROUND, 3), pane.rows([30.0, 90.0], [(1.5, 2.5), (1.2, 4.0)]))
    pane.view.chips[Question.ROUND].click()
    place = pane.view.rounds.findData(3)
    pane.view.rounds.setCurrentIndex(place)
    pane.view.rounds.activated.emit(place)
    pane.spin()
    times, _heights = chart_of(pane)._curves[0].getData()
    assert max(times) == pane.moment(90)
    assert f"last at {datetime.fromtimestamp(pane.moment(90)):%H:%M:%S}" in pane.view.legend.text()


def test_names_are_shortened_before_the_legend_is_cut(pane: Pane) -> None:
    pane.live_match()
    pane.view.resize(360, 300)
    QApplication.sendPostedEvents()
    legend = pane.view.legend
    lines = tuple(Line(name, number, None, array("d", [1.0]), array("d", [2.5])) for number, name in enumerate(("A" * 30, "B" * 30)))
    legend.show_lines(Drawing(lines), Extent(1.0, held_until=1.0), None)
    assert "AAAAAAAA…" in legend.text()
    assert "%" not in legend.text()
    legend.resize(1200, legend.height())
    assert "A" * 21 + "…" in legend.text()


# By keyboard


def test_arrows_read_out_along_time_and_from_price_to_price(pane: Pane) -> None:
    pane.put(match(LIVE, "PREGAME"))
    pane.give(WHOLE, pane.rows([0.0, 600.0, 1200.0], [(1.5, 2.5, 9), (1.25, 4, 9), (2, 2, 9)]))
    pane.spin()
    chart = chart_of(pane)
    told: list[float | None] = []
    chart.pointed.connect(told.append)
    QTest.keyClick(chart, Qt.Key.Key_Left)
    for _again in range(3):
        QTest.keyClick(chart, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    seconds = [round(moment - pane.moment(0)) if moment is not None else None for moment in told]
    assert seconds == [1200, 600, 0, 0]
    assert "CT <b>1.50</b>" in pane.view.legend.text()
    low, high = chart.view
    QTest.keyClick(chart, Qt.Key.Key_Right)
    assert told[-1] == pytest.approx(pane.moment(0) + (high - low) / 100)
    QTest.keyClick(chart, Qt.Key.Key_Escape)
    assert (told[-1], chart._cross.isVisible()) == (None, False)


def test_what_is_in_view_moves_along_with_what_is_read_out(pane: Pane) -> None:
    pane.live_match()
    chart = chart_of(pane)
    for _again in range(12):
        QTest.keyClick(chart, Qt.Key.Key_Plus)
    QTest.keyClick(chart, Qt.Key.Key_Left)
    for _again in range(120):
        QTest.keyClick(chart, Qt.Key.Key_Left)
    assert chart.pointed_at is not None
    assert chart.view[0] <= chart.pointed_at <= chart.view[1]
    assert chart.is_zoomed


def test_the_pane_can_be_read_by_a_screen_reader(pane: Pane) -> None:
    pane.live_match()
    assert chart_of(pane).accessibleName() == "Odds over time"
    assert "Home shows all" in chart_of(pane).accessibleDescription()
    named = (pane.view.saving.csv, pane.view.saving.png, pane.view.rounds)
    assert [each.accessibleName() for each in named] == ["Save the points as CSV", "Save the picture as PNG", "Round"]


# Rounds


def test_the_chart_marks_where_rounds_began_and_asks_for_them_bit_by_bit(pane: Pane) -> None:
    pane.live_match()
    for number in range(1, 16):
        pane.give(OddsKey(LIVE, Question.ROUND, number), pane.rows([60.0 * number], [(1.5, 2.5)]))
    before = len(pane.feed.venue.asked("history"))
    for _second in range(3):
        pane.feed.clock.move(2)  # type: ignore[union-attr]  # by hand
        pane.view.tick()
        pane.view.tick()
        pane.spin()
    asked = [key.round_number for (key,) in pane.feed.venue.asked("history")[before:] if isinstance(key, OddsKey)]
    assert asked == [1, 15, 14]  # with the first it went live
    assert chart_of(pane)._marks.rounds[14] == pane.moment(840)
    assert not chart_of(pane).grab().isNull()


# The axes


def test_the_axis_of_odds_is_as_wide_as_its_widest_label(pane: Pane) -> None:
    pane.live_match()
    narrow = chart_of(pane)._odds_axis.width()
    pane.display.use(OddsFormat.IMPLIED)
    QApplication.sendPostedEvents()
    metrics = QFontMetricsF(pane.view.legend.font())
    axis = chart_of(pane)._odds_axis
    low, high = chart_of(pane)._box.viewRange()[1]
    widest = max(metrics.horizontalAdvance(label) for label in axis.tickStrings(labelled(low, high, axis.height()), 1, 1))
    assert axis.width() >= widest + 8
    assert narrow <= axis.width()


# Files


def test_the_csv_holds_every_price_in_the_order_of_time_and_runs_nothing(pane: Pane, tmp_path: Path) -> None:
    nan = float("nan")
    first = Line("=cmd|' /C calc'!A0", 9, None, array("d", [0, 10.5, 10.5]), array("d", [1.25, 1.5, nan]))
    draw = Line("Draw", None, Side.DRAW, array("d", [5]), array("d", [18.0]))
    drawing = Drawing((first, draw), spells=(Spell(0, 5, 9, 10), Spell(10, 20, 10, 9)))
    local = [datetime.fromtimestamp(at).astimezone().isoformat(timespec="milliseconds") for at in (0, 5, 10.5)]
    assert points_as_csv(drawing) == (
        "Time (UTC),Time (local),Line,Team id,Side,Decimal odds\r\n"
        f"1970-01-01T00:00:00.000+00:00,{local[0]},'=cmd|' /C calc'!A0,9,CT,1.25\r\n"
        f"1970-01-01T00:00:05.000+00:00,{local[1]},Draw,,DRAW,18\r\n"
        f"1970-01-01T00:00:10.500+00:00,{local[2]},'=cmd|' /C calc'!A0,9,T,1.5\r\n"
    )
    assert points_as_csv(drawing, until=5.0).count("\r\n") == 3
    assert [decimal_text(odds) for odds in (1.87, 1.0001, 250_000_000_000.5, 1e15)] == [
        "1.87",
        "1.0001",
        "250000000000",
        "1000000000000000",
    ]


def test_files_go_where_they_are_wanted_and_never_over_another(pane: Pane, tmp_path: Path) -> None:
    pane.live_match()
    said: list[tuple[str, Tone]] = []
    pane.view.said.connect(lambda words, tone: said.append((words, tone)))
    for _twice in range(2):
        pane.view.saving.save_csv(str(tmp_path / "odds.csv"))
    pane.view.saving.save_png(str(tmp_path / "odds.png"))
    pane.view.saving.save_png(str(tmp_path / "none" / "odds.png"))
    pane.view.saving.save_csv(str(tmp_path / "none" / "odds.csv"))
    assert [words for words, _tone in said[:3]] == [f"Saved as {tmp_path / name}" for name in ("odds.csv", "odds-2.csv", "odds.png")]
    assert [tone for _words, tone in said[3:]] == [Tone.BAD, Tone.BAD]
    assert (tmp_path / "odds.csv").read_bytes().startswith(b"\xef\xbb\xbfTime (UTC),")
    image = QImage(str(tmp_path / "odds.png"))
    assert (image.width(), image.height()) == (1600, 900)
    assert pane.view.size() == QSize(560, 420)  # as before
    corner = QColor(image.pixel(1590, 890))
    assert corner == theme_of(pane)
    assert any(QColor(image.pixel(x, 20)) != corner for x in range(16, 200))  # the title
    assert any(QColor(image.pixel(x, 882)) != corner for x in range(16, 400))  # the legend
    assert any(
        QColor(image.pixel(x, y)) == chart_of(pane)._curves[0].opts["pen"].color() for x in range(900, 1400, 3) for y in range(62, 860)
    )


def test_a_picture_shows_nothing_of_the_mouse_and_leaves_the_chart_as_it_was(pane: Pane) -> None:
    pane.live_match()
    chart, was = chart_of(pane), chart_of(pane).size()
    clean = chart.picture(QSize(1600, 800)).toImage()
    chart.point_at(pane.moment(1000))
    assert chart.picture(QSize(1600, 800)).toImage() == clean
    assert (chart.size(), chart._cross.isVisible()) == (was, True)


def test_the_dialog_of_a_file_names_the_match_and_the_round(pane: Pane) -> None:
    pane.live_match()
    pane.view.chips[Question.ROUND].click()
    pane.view.saving.ask_csv()
    dialog = next(each for each in pane.view.children() if each.inherits("QFileDialog"))
    assert dialog.selectedFiles()[0].endswith(f"odds-{LIVE}-round-15.csv")  # type: ignore[attr-defined]  # a dialog
    dialog.close()  # type: ignore[attr-defined]  # a dialog


# What it costs


def test_a_start_loads_no_plotting_library() -> None:
    words = "import sys, app.ui.window, app.ui.feed_view; print([name for name in ('pyqtgraph', 'numpy') if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, timeout=120, check=True)
    assert ran.stdout.strip() == "[]"


def test_a_pane_that_is_let_go_of_is_gone(theme: Theme, qapp: QApplication) -> None:
    pane = Pane(theme)
    pane.live_match()
    view, chart = weakref.ref(pane.view), weakref.ref(chart_of(pane))
    pane.view.close()
    pane.view.deleteLater()
    QApplication.sendPostedEvents(None, 52)  # deferred deletions
    pane.close()
    del pane
    gc.collect()
    assert (view(), chart()) == (None, None)


@pytest.mark.parametrize(
    ("numbers", "is_asked", "words"),
    [
        ([], True, ""),
        ([3], True, "round 3 is still being read"),
        ([3], False, "round 3 was not read"),
        ([2, 1, 3, 8, 10, 9], True, "rounds 1–3, 8–10 are still being read"),
        ([1, 2], False, "rounds 1–2 were not read"),
    ],
)
def test_rounds_that_are_not_marked_are_named_in_spans(numbers: list[int], is_asked: bool, words: str) -> None:
    assert unread_words(numbers, is_asked=is_asked) == words


def test_a_picture_says_which_rounds_it_does_not_mark_yet(pane: Pane) -> None:
    pane.live_match()
    known = pane.feed.session.histories.round_starts.of(LIVE)
    assert set(known) == {12, 13}
    assert "rounds 1–11, 14–15 are still being read" in pane.view._sheet().words
    for number in (*range(1, 12), 14, 15):
        pane.feed.session.histories.round_starts.learn(LIVE, number, pane.moment(number * 60))
    assert "being read" not in pane.view._sheet().words
