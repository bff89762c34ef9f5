"""The odds history pane: by team, in words where there is nothing, as a file and a picture, and at rest while nobody looks."""

from __future__ import annotations

import gc
import subprocess
import sys
import time
import weakref
from array import array
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from math import log10
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.cs2 import OddsKey, Question, Side, SideOdds, Snapshot
from app.domain.errors import NotSentError
from app.services.feed.histories import Drawing, Line
from app.services.notices import Tone
from app.ui.feed.chart import OddsChart
from app.ui.feed.chart_axes import FEWEST, labelled, odds_of
from app.ui.feed.chart_steps import Heights
from app.ui.feed.history import BEFORE, NO_POINTS, NOTHING_OPEN, READING
from app.ui.feed.history_files import points_as_csv
from app.ui.formats import OddsFormat
from app.ui.theme import Theme
from tests.services.feed.kit import LIVE, match, price
from tests.ui.feed.history_kit import EARLY, NOMADS, SWAP, VERTEX, WHOLE, Pane

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


def heard(pane: Pane, seconds: float, ct: str, t: str, key: OddsKey = WHOLE) -> None:
    sides = (SideOdds(Side.CT, NOMADS.id, price(ct)), SideOdds(Side.T, VERTEX.id, price(t)))
    pane.feed.tell(Snapshot(key, True, sides, None, datetime.fromtimestamp(pane.moment(seconds), UTC), "LIVE"))
    pane.view.refresh()


# Words where there is nothing


def test_no_match_no_answer_and_no_price_each_say_so(pane: Pane) -> None:
    pane.view.refresh()
    assert pane.view.empty.text() == NOTHING_OPEN
    pane.feed.session.open_match_id = LIVE
    pane.view.refresh()
    assert pane.view.empty.text() == "The match is being read."
    pane.put(match(LIVE, "PREGAME"))
    pane.view.refresh()
    assert pane.view.empty.text() == READING
    pane.spin()
    assert pane.view.empty.text() == NO_POINTS
    assert not pane.view.csv.isEnabled()
    assert pane.view.chart is None  # nothing to draw: it is not loaded


def test_a_failure_says_why_and_offers_another_try_which_works(pane: Pane) -> None:
    pane.feed.venue.troubles["history"] = [NotSentError("no <b>way</b> to the feed")]
    pane.live_match()
    assert pane.view.empty.text() == "The history could not be read: no <b>way</b> to the feed"
    assert pane.view.again.isVisible()
    pane.view.again.click()
    pane.spin()
    assert not pane.view.again.isVisible()
    assert pane.view.pages.currentWidget() is pane.view.chart


def test_a_feed_that_is_gone_is_named(pane: Pane) -> None:
    pane.put(match(LIVE))
    pane.feed.session.venue_is_gone("its process ended")
    pane.spin()
    assert pane.view.empty.text() == "The feed is not reachable: its process ended"
    assert pane.feed.venue.asked("history") == []


def test_points_that_could_not_be_read_are_told(pane: Pane) -> None:
    pane.put(match(LIVE, "PREGAME"))
    pane.give(WHOLE, pane.rows([0.0], [(1.5, 2.5, 9)]), dropped=3)
    pane.spin()
    assert "3 points could not be read" in pane.view.hint.text()


# What is drawn


def test_the_legend_names_teams_with_their_newest_odds_and_the_swap(pane: Pane) -> None:
    pane.live_match()
    heard(pane, 2400, "4.00", "1.25")
    words = pane.view.legend.text()
    assert "Vertex <b>1.25</b> (80.0 %)" in words
    assert "Nomads <b>4.00</b> (25.0 %)" in words
    assert words.index("Vertex") < words.index("Draw") < words.index("Nomads")
    assert "sides swapped" in pane.view.hint.text()
    assert [mark.value() for mark in chart_of(pane)._swaps] == [pane.moment(SWAP + 24)]


def test_names_of_the_feed_are_text_and_never_markup(pane: Pane) -> None:
    pane.live_match()
    lines = pane.view._drawing.lines
    pane.view._drawing = Drawing((Line("<img src=x>" + "long" * 20, 1, None, lines[0].times, lines[0].odds),))
    pane.view._say_legend()
    assert "&lt;img src=x&gt;longlonglo…" in pane.view.legend.text()


def test_the_hours_before_the_match_do_not_squeeze_it_until_they_are_asked_for(pane: Pane) -> None:
    pane.live_match()
    chart = chart_of(pane)
    assert chart.view[0] == pytest.approx(pane.moment(-BEFORE), abs=1)
    assert pane.view.earlier.isVisible()
    pane.view.earlier.click()
    assert chart.view[0] == pytest.approx(pane.moment(-EARLY), abs=1)
    pane.view.earlier.click()
    assert chart.view[0] == pytest.approx(pane.moment(-BEFORE), abs=1)


def test_a_match_that_has_not_begun_shows_all_there_is(pane: Pane) -> None:
    pane.put(match(LIVE, "PREGAME"))
    pane.give(WHOLE, pane.rows([-4000.0, -3990.0], [(1.5, 2.5, 9)] * 2))
    pane.spin()
    assert not pane.view.earlier.isVisible()
    assert chart_of(pane).view[0] <= pane.moment(-4000)


def test_one_point_and_points_of_one_time_are_drawn(pane: Pane) -> None:
    pane.put(match(LIVE, "PREGAME"))
    pane.give(WHOLE, pane.rows([0.0, 0.0], [(1.5, 2.5, 9), (1.6, 2.4, 9)]))
    pane.spin()
    low, high = chart_of(pane).view
    assert low < pane.moment(0) <= high
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
    assert zoomed[1] - zoomed[0] == pytest.approx(0.8 * (pane.moment(2430) - pane.moment(-BEFORE)) * 1.01, rel=0.02)
    pane.feed.clock.move(30)  # type: ignore[union-attr]  # by hand
    heard(pane, 2460, "4.00", "1.25")
    pane.view.tick()
    assert chart.view == zoomed
    QTest.keyClick(chart, Qt.Key.Key_Home)
    assert chart.view[1] > pane.moment(2460)
    QTest.keyClick(chart, Qt.Key.Key_Plus)
    QTest.mouseDClick(chart.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert not chart.is_zoomed


def test_the_arrows_move_and_the_wheel_zooms_along_time(pane: Pane) -> None:
    pane.live_match()
    chart = chart_of(pane)
    QTest.keyClick(chart, Qt.Key.Key_Plus)
    was = chart.view
    QTest.keyClick(chart, Qt.Key.Key_Left)
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
    chart_of(pane).pointed.emit(pane.moment(90))
    assert "CT <b>1.25</b> (80.0 %)" in pane.view.legend.text()
    assert pane.view.hint.text() == f"{datetime.fromtimestamp(pane.moment(90)):%H:%M:%S}"
    chart_of(pane).pointed.emit(pane.moment(-5))
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


def test_a_panel_as_late_as_the_video_shows_nothing_newer(pane: Pane) -> None:
    pane.live_match()
    heard(pane, 2399, "4.00", "1.25")
    pane.feed.session.delay.set_by_hand(20)
    pane.feed.session.delay.set_spoiler_safe(True)
    pane.view.refresh()
    times, _heights = chart_of(pane)._curves[0].getData()
    assert max(times) == pytest.approx(pane.moment(2380), abs=0.01)
    assert "<b>1.25</b>" not in pane.view.legend.text()


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


# The axis


@pytest.mark.parametrize(("low", "high"), [(1.01, 18), (1.9, 2.0), (1.2, 1.5), (1.5, 900), (2.0, 2.6), (1.001, 1.02)])
@pytest.mark.parametrize("size", [90, 130, 400])
def test_three_labels_at_least_and_none_over_another(low: float, high: float, size: float) -> None:
    places = labelled(log10(low), log10(high), size)
    pixels = [place * size / (log10(high) - log10(low)) for place in places]
    assert len(places) >= FEWEST
    assert all(after - before >= 16 for before, after in pairwise(pixels))


def test_what_is_no_price_has_no_odds() -> None:
    assert [odds_of(value) for value in (1.0, 0.5, 0.0, -2.0, 1.00001)] == [None] * 5
    assert str(odds_of(2.5).decimal if (odds_of(2.5)) else "") == "2.5"  # type: ignore[union-attr]  # it is there


# A million points


def test_a_million_points_are_drawn_quickly_with_their_highest_and_lowest(theme: Theme, qtbot: QtBot, pane: Pane) -> None:
    chart = OddsChart(pane.display, theme)
    qtbot.addWidget(chart)
    chart.resize(900, 400)
    chart.show()
    count = 1_000_000
    odds = array("d", [1.9 + 0.1 * (n % 11) / 11 for n in range(count)])
    odds[777_777], odds[333_333], odds[500_000] = 40.0, 1.05, float("nan")
    line = Line("Vertex", VERTEX.id, None, array("d", range(count)), odds)
    begun = time.perf_counter()
    chart.show_drawing(Drawing((line,)), None)
    drawn = time.perf_counter()
    times, heights = chart._curves[0].getData()
    assert len(times) < 10 * 900
    assert np.nanmax(heights) == pytest.approx(log10(40))
    assert np.nanmin(heights) == pytest.approx(log10(1.05))
    assert drawn - begun < 0.4  # some 50 ms on an idle computer
    assert chart._curves[0].opts["pen"].widthF() == 1.0


def test_steps_hold_a_price_until_the_next_and_up_to_now() -> None:
    line = Line("A", 1, None, array("d", [10, 20, 20, 30]), array("d", [10, 100, float("nan"), 1000]))
    times, heights = Heights(line).steps(0, 100, 100, 40.0)
    assert times.tolist() == [10, 20, 20, 20, 20, 30, 30, 40, 40][: len(times)]
    assert np.nan_to_num(heights, nan=-1).tolist() == pytest.approx([1, 1, 2, 2, -1, -1, 3, 3, 3][: len(heights)])


# Files


def test_the_csv_holds_every_price_in_the_order_of_time_and_runs_nothing(pane: Pane, tmp_path: Path) -> None:
    nan = float("nan")
    first = Line("=cmd|' /C calc'!A0", 9, None, array("d", [0, 10.5, 10.5]), array("d", [1.25, 1.5, nan]))
    draw = Line("Draw", None, Side.DRAW, array("d", [5]), array("d", [18.0]))
    assert points_as_csv((first, draw)) == (
        "Time (UTC),Line,Team id,Decimal odds\r\n"
        "1970-01-01T00:00:00.000+00:00,'=cmd|' /C calc'!A0,9,1.25\r\n"
        "1970-01-01T00:00:05.000+00:00,Draw,,18\r\n"
        "1970-01-01T00:00:10.500+00:00,'=cmd|' /C calc'!A0,9,1.5\r\n"
    )
    assert points_as_csv((first, draw), until=5.0).count("\r\n") == 3


def test_files_go_where_they_are_wanted_and_never_over_another(pane: Pane, tmp_path: Path) -> None:
    pane.live_match()
    said: list[tuple[str, Tone]] = []
    pane.view.said.connect(lambda words, tone: said.append((words, tone)))
    for _twice in range(2):
        pane.view.save_csv(str(tmp_path / "odds.csv"))
    pane.view.save_png(str(tmp_path / "odds.png"))
    pane.view.save_png(str(tmp_path / "none" / "odds.png"))
    pane.view.save_csv(str(tmp_path / "none" / "odds.csv"))
    assert [words for words, _tone in said[:3]] == [f"Saved as {tmp_path / name}" for name in ("odds.csv", "odds-2.csv", "odds.png")]
    assert [tone for _words, tone in said[3:]] == [Tone.BAD, Tone.BAD]
    assert (tmp_path / "odds.csv").read_bytes().startswith(b"\xef\xbb\xbfTime (UTC),")
    image = QImage(str(tmp_path / "odds.png"))
    assert image.width() == pane.view.legend.width()
    assert image.height() > chart_of(pane).height() + pane.view.legend.height()


def test_the_dialog_of_a_file_names_the_match_and_the_round(pane: Pane) -> None:
    pane.live_match()
    pane.view.chips[Question.ROUND].click()
    pane.view.ask_csv()
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
