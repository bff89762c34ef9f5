"""The rounds: newest first, the important things or all, and what a person looks at stays where it is."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from pytestqt.qtbot import QtBot

from app.domain.cs2 import MatchDetail, RoundEvent, Team
from app.ui.delegates.feed_rounds import wrapped
from app.ui.feed.rounds import NO_ROUNDS, NOT_STARTED, NOTHING_OPEN, READING, RoundsView
from app.ui.models.feed_rounds import MOST_EVENTS, MOST_LINES, MOST_ROUNDS, Line, RoundsModel, Wanted, lines_of
from app.ui.theme import Theme
from tests.ui.feed.match_kit import detail, event, match, round_of

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # a pane on a screen that is none


@pytest.fixture
def view(theme: Theme, qtbot: QtBot) -> RoundsView:
    theme.use("dark")
    view = RoundsView(theme)
    qtbot.addWidget(view)
    QAbstractItemModelTester(view.model, QAbstractItemModelTester.FailureReportingMode.Fatal, view)
    view.resize(300, 200)
    view.show()
    return view


def texts(view: RoundsView) -> list[str]:
    return [line.words for line in view.model.lines]


def long_round(count: int) -> MatchDetail:
    return detail(round_of(15, *(event(summary=f"kill {place}", is_important=True) for place in range(count, 0, -1))))


def test_rounds_and_events_come_newest_first_with_winner_and_reason(view: RoundsView) -> None:
    view.show_match(match(), detail())
    assert texts(view) == [
        "Round 15 · live",
        "1:12 · PLANT · Bomb planted at B",
        "Round 14 · Foxes · bomb defused",
        "1:31 · WINNER · Foxes win, bomb defused",
        "Round 13 · Owls · bomb · sides swapped",
        "Round 12 · Owls · elimination",
        "1:50 · WINNER · Owls win by elimination",
    ]


def test_all_shows_what_is_not_important_too(view: RoundsView) -> None:
    view.show_match(match(), detail())
    view.chips[Wanted.ALL].click()
    assert texts(view)[1:4] == [
        "1:12 · PLANT · Bomb planted at B",
        "0:40 · KILL · bot Moss shoots bot Fern",
        "0:20 · UTILITY · Smoke at mid",
    ]
    view.chips[Wanted.IMPORTANT].click()
    assert "0:40 · KILL · bot Moss shoots bot Fern" not in texts(view)


def test_a_round_without_a_winner_is_live_only_while_it_is_played() -> None:
    told = detail(round_of(14), round_of(15))
    assert [line.text for line in lines_of(match(), told, Wanted.ALL)] == ["Round 15 · live", "Round 14 · winner not told"]
    over = match(status="FINISHED")
    assert lines_of(over, msgspec.structs.replace(told, match=over), Wanted.ALL)[0].text == "Round 15 · winner not told"
    won = detail(round_of(15, winner=71, reason="time"))
    assert lines_of(match(), won, Wanted.ALL)[0].text == "Round 15 · Owls · time"


def test_a_round_that_the_match_has_ended_and_its_detail_has_not_is_marked_until_it_is_told() -> None:
    told = detail(round_of(14, winner=71, reason="time"), round_of(15))
    ahead = match(round_number=16, score=(9, 6))
    heads = ["Round 16 · live", "Round 15 · over, its winner is being read", "Round 14 · Owls · time"]
    assert [line.text for line in lines_of(ahead, told, Wanted.ALL)] == heads
    unread = [line.text for line in lines_of(ahead, told, Wanted.ALL, is_read=False)]
    assert unread[1] == "Round 15 · over, its winner is not known"
    caught_up = msgspec.structs.replace(told, match=ahead)
    assert [line.text for line in lines_of(ahead, caught_up, Wanted.ALL)][1] == "Round 15 · winner not told"


def test_a_score_that_counts_the_round_already_says_that_it_is_over() -> None:
    told = detail(round_of(14, winner=71), round_of(15))
    assert lines_of(match(score=(9, 6)), told, Wanted.ALL)[0].text == "Round 15 · over, its winner is being read"


def test_the_last_round_of_a_match_that_has_just_finished_is_being_read() -> None:
    told = detail(round_of(14, winner=71), round_of(15))
    assert lines_of(match(status="FINISHED"), told, Wanted.ALL)[0].text == "Round 15 · over, its winner is being read"


def test_a_round_number_far_beyond_the_detail_makes_no_lines() -> None:
    assert len(lines_of(match(round_number=999), detail(round_of(15)), Wanted.ALL)) == 1


def test_a_summary_that_does_not_fit_goes_on_in_more_lines_and_is_never_higher_than_three(view: RoundsView) -> None:
    texts = ("Owls win", "Owls win the round by elimination of everybody who was left", "word " * 200)
    view.show_match(match(), detail(round_of(15, *(event(summary=text, is_important=True) for text in texts))))
    rows = [view.list.visualRect(view.model.index(row)).height() for row in range(1, 4)]
    assert rows[0] == 24
    assert 24 < rows[1] <= rows[2] == 24 + 2 * 15
    view.resize(700, 200)
    assert view.list.visualRect(view.model.index(2)).height() == 24


def test_words_are_wrapped_whole_and_only_the_last_line_is_cut(theme: Theme) -> None:
    metrics = QFontMetrics(theme.font(12))
    room = metrics.horizontalAdvance("bot Moss plants")
    assert wrapped("bot Moss plants the bomb at B", metrics, room) == ("bot Moss plants", "the bomb at B")
    lines = wrapped("bot Moss plants " * 5, metrics, room)
    assert len(lines) == 3
    assert lines[:2] == ("bot Moss plants", "bot Moss plants")
    assert lines[2].endswith("…")
    assert all(metrics.horizontalAdvance(line) <= room for line in wrapped("x" * 300, metrics, room))
    assert wrapped("", metrics, room) == ("",)


def test_why_the_rounds_cannot_be_read_is_said_in_place_of_reading(view: RoundsView) -> None:
    view.show_match(match(), None, "The feed does not know match 7.")
    assert view.empty.text() == "The feed does not know match 7."
    view.show_match(match(), None)
    assert view.empty.text() == READING


def test_a_winner_that_does_not_play_is_not_named_after_a_team() -> None:
    told = detail(round_of(3, winner=999, reason="TIME_OUT"))
    assert lines_of(match(), told, Wanted.ALL)[0].text == "Round 3 · won by a team not of this match · time out"


@pytest.mark.parametrize(
    ("status", "with_detail", "words"),
    [("PREGAME", True, NOT_STARTED), ("WARMUP", True, NOT_STARTED), ("FINISHED", True, NO_ROUNDS), ("LIVE", False, READING)],
)
def test_an_empty_pane_says_why(view: RoundsView, status: str, with_detail: bool, words: str) -> None:
    assert view.empty.text() == NOTHING_OPEN
    shown = match(status=status)
    view.show_match(shown, MatchDetail(shown) if with_detail else None)
    assert view.empty.text() == words
    assert view.empty.isVisible()
    view.chips[Wanted.ALL].click()
    assert view.empty.text() == words


def test_the_rounds_of_another_match_are_never_shown(view: RoundsView) -> None:
    view.show_match(match(), detail())
    view.show_match(match(id=8), detail())
    assert texts(view) == []
    assert view.empty.text() == READING


def test_the_same_told_again_costs_nothing_and_another_match_is_shown_at_once(view: RoundsView) -> None:
    told = detail()
    view.show_match(match(), told)
    lines = view.model.lines
    first = lines[1]
    lines[1] = msgspec.structs.replace(first, text="untouched")
    view.show_match(match(), told)
    assert lines[1].text == "untouched"
    view.show_nothing()
    view.show_match(match(), told)
    assert lines[1] == first


@pytest.mark.parametrize("lines_below", [0, 20])
def test_what_is_looked_at_stays_in_place_when_a_line_arrives(view: RoundsView, lines_below: int) -> None:
    view.show_match(match(), long_round(40))
    bar = view.list.verticalScrollBar()
    bar.setValue(bar.maximum() - lines_below * 24)
    held, value = view.list.hold(), bar.value()
    view.show_match(match(), long_round(43))
    assert view.list.hold() == held
    assert bar.value() == value + 3 * 24


def test_the_round_looked_at_stays_on_top_when_its_lines_are_left_out(view: RoundsView) -> None:
    rounds = [round_of(number, *(event(summary=f"kill {number}/{place}") for place in range(9))) for number in range(1, 16)]
    view.show_match(match(), detail(*rounds))
    view.chips[Wanted.ALL].click()
    view.list.scrollTo(view.model.index(view.model.row_of("r12e5") or 0), view.list.ScrollHint.PositionAtTop)
    view.chips[Wanted.IMPORTANT].click()
    assert view.list.hold()[0] == "r12"


def test_at_its_top_the_list_shows_what_arrives(view: RoundsView) -> None:
    view.show_match(match(), long_round(40))
    view.show_match(match(), long_round(41))
    assert view.list.verticalScrollBar().value() == 0
    assert texts(view)[1].endswith("kill 41")


def test_the_chosen_line_stays_chosen_when_others_arrive(view: RoundsView) -> None:
    view.show_match(match(), long_round(5))
    view.list.setCurrentIndex(view.model.index(2))
    chosen = view.model.lines[2]
    view.show_match(
        match(round_number=16), msgspec.structs.replace(detail(*long_round(7).rounds, round_of(16)), match=match(round_number=16))
    )
    assert view.model.lines[view.list.currentIndex().row()] == chosen


def test_ctrl_c_copies_the_chosen_line(view: RoundsView) -> None:
    view.show_match(match(), detail())
    view.list.setCurrentIndex(view.model.index(1))
    QTest.keyClick(view.list, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "1:12 · PLANT · Bomb planted at B"


def test_lines_are_bounded_and_say_what_is_left_out() -> None:
    told = detail(*(round_of(number) for number in range(1, MOST_ROUNDS + 11)))
    assert lines_of(match(), told, Wanted.ALL)[-1].text == "10 older rounds are not shown"
    lines = lines_of(match(), long_round(MOST_EVENTS + 7), Wanted.ALL)
    assert len(lines) == MOST_EVENTS + 2
    assert lines[-1].text == "7 older events of this round are not shown"
    assert lines[1].text == f"kill {MOST_EVENTS + 7}"


def test_all_lines_together_are_bounded_too() -> None:
    told = detail(*(round_of(number, *(event(summary=f"{place}") for place in range(MOST_EVENTS))) for number in range(1, 21)))
    lines = lines_of(match(), told, Wanted.ALL)
    assert MOST_LINES <= len(lines) <= MOST_LINES + MOST_EVENTS + 2
    assert lines[-1].text == "15 older rounds are not shown"


def test_texts_of_the_feed_are_plain_and_bounded(view: RoundsView) -> None:
    odd = RoundEvent("\u202eLLIK", "<b>a\nb</b>" + "x" * 10_000, "", "9" * 5000, True)
    shown = match(teams=(Team(71, "\u202eslwO"), Team(72, "F")))
    view.show_match(shown, msgspec.structs.replace(detail(round_of(15, odd), round_of(14, winner=71)), match=shown))
    line = view.model.lines[1]
    assert (line.label, line.text[:9], len(line.text)) == ("LLIK", "<b>a b</b", 300)
    assert view.model.lines[2].text.startswith("Round 14 · slwO")
    assert "&lt;b&gt;" in str(view.model.data(view.model.index(1), Qt.ItemDataRole.ToolTipRole))
    view.grab()


def test_an_event_without_a_label_goes_by_its_category() -> None:
    told = detail(round_of(15, RoundEvent("", "Smoke", "utility"), RoundEvent("", "Something", "")))
    assert [line.label for line in lines_of(match(), told, Wanted.ALL)[1:]] == ["UTILITY", "EVENT"]


def test_a_round_told_twice_stands_once() -> None:
    told = detail(round_of(15), round_of(15, event(is_important=True)))
    assert [line.key for line in lines_of(match(), told, Wanted.ALL)] == ["r15", "r15e1"]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(st.integers(0, 15), unique=True), max_size=6))
def test_any_lines_can_follow_any_others(readings: list[list[int]]) -> None:
    model = RoundsModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    for generation, keys in enumerate(readings):
        fresh = [Line(str(key), f"{key} told in {generation}") for key in keys]
        model.show_lines(fresh)
        assert model.lines == fresh
    assert tester.model() is model
