"""The chart of odds by itself: labels that never touch, marks where there is room, steps, and a million points."""

from __future__ import annotations

import time
from array import array
from datetime import UTC, datetime
from itertools import pairwise
from math import log10

import numpy as np
import pytest
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.services.feed.extents import Extent
from app.services.feed.histories import Drawing, Line
from app.ui.display import Display
from app.ui.feed.chart import OddsChart
from app.ui.feed.chart_axes import FEWEST, TimeAxis, labelled, odds_of
from app.ui.feed.chart_marks import spread
from app.ui.feed.chart_steps import Heights
from app.ui.theme import Theme
from tests.ui.feed.history_kit import VERTEX

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # windows on a screen that is none


def test_labels_of_rounds_are_each_second_or_third_where_there_is_no_room_for_all() -> None:
    places = {number: 20.0 * number for number in range(1, 13)}
    widths = dict.fromkeys(places, 18.0)
    assert spread(places, widths, 0, 400) == [2, 4, 6, 8, 10, 12]
    assert spread(places, dict.fromkeys(places, 10.0), 0, 400) == list(range(1, 13))
    assert spread(places, widths, 0, 250) == [2, 4, 6, 8, 10]  # the last would be cut
    assert spread({1: 5.0, 2: 5.0}, {1: 9.0, 2: 9.0}, 0, 100) == []
    assert spread({}, {}, 0, 100) == []


@pytest.mark.parametrize("seconds", [5, 61, 900, 3600, 7200, 86_400, 9 * 86_400, 400 * 86_400])
@pytest.mark.parametrize("size", [250, 380, 1500])
def test_labels_of_the_time_never_touch_or_are_cut(theme: Theme, qapp: QApplication, seconds: int, size: int) -> None:
    axis = TimeAxis()
    axis.setStyle(tickFont=theme.font(11))
    metrics = QFontMetricsF(theme.font(11))
    low = datetime(2026, 11, 22, 23, 58, 3, tzinfo=UTC).timestamp()
    [(step, places)] = axis.tickValues(low, low + seconds, size)
    labels = axis.tickStrings(places, 1, step)
    spans = [
        (
            (at - low) * size / seconds - metrics.horizontalAdvance(label) / 2,
            (at - low) * size / seconds + metrics.horizontalAdvance(label) / 2,
        )
        for at, label in zip(places, labels, strict=True)
    ]
    assert all(left >= -4 and right <= size + 4 for left, right in spans)
    assert all(after[0] - before[1] >= 4 for before, after in pairwise(spans))
    assert seconds > 86_400 or size < 300 or labels


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


def test_a_million_points_are_drawn_quickly_with_their_highest_and_lowest(theme: Theme, qtbot: QtBot) -> None:
    chart = OddsChart(Display(), theme)
    qtbot.addWidget(chart)
    chart.resize(900, 400)
    chart.show()
    count = 1_000_000
    odds = array("d", [1.9 + 0.1 * (n % 11) / 11 for n in range(count)])
    odds[777_777], odds[333_333], odds[500_000] = 40.0, 1.05, float("nan")
    line = Line("Vertex", VERTEX.id, None, array("d", range(count)), odds)
    begun = time.perf_counter()
    chart.show_drawing(Drawing((line,)))
    drawn = time.perf_counter()
    times, heights = chart._curves[0].getData()
    assert len(times) < 10 * 900
    assert np.nanmax(heights) == pytest.approx(log10(40))
    assert np.nanmin(heights) == pytest.approx(log10(1.05))
    assert drawn - begun < 0.4  # some 50 ms on an idle computer
    assert chart._curves[0].opts["pen"].widthF() == 1.0


def test_steps_hold_a_price_until_the_next_and_up_to_now() -> None:
    line = Line("A", 1, None, array("d", [10, 20, 20, 30]), array("d", [10, 100, float("nan"), 1000]))
    times, heights = Heights(line).steps(0, 100, 100, Extent(50.0, held_until=40.0))
    assert times.tolist() == [10, 20, 20, 20, 20, 30, 30, 40, 40][: len(times)]
    assert np.nan_to_num(heights, nan=-1).tolist() == pytest.approx([1, 1, 2, 2, -1, -1, 3, 3, 3][: len(heights)])


def test_a_price_stands_until_the_next_even_where_that_is_hidden() -> None:
    line = Line("A", 1, None, array("d", [10, 20, 30]), array("d", [10, 100, 1000]))
    times, heights = Heights(line).steps(0, 100, 100, Extent(25.0, hidden_after=25.0, held_until=25.0))
    assert times.tolist() == [10, 20, 20, 25, 25][: len(times)]
    assert max(heights) == 2
    times, heights = Heights(line).steps(0, 15, 100, Extent(25.0))  # zoomed in: the next price lies beyond, and its height says nothing
    assert (max(times), max(heights)) == (20, 1)
