"""The connection panel, the dots that open it, the header's timers and the status bar's budget."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.domain.errors import NotSentError
from app.domain.events import BookChanged, Channel, FeedFault, HealthBeat, StreamDown, StreamUp
from app.domain.link import CallFigures, LinkFacts, Probe, Verdict
from app.ui.channels import Standing, liveness_of
from app.ui.models.connection import milliseconds
from app.ui.views.connection import NO_FAULTS, NO_TEST, ConnectionPanel
from tests.ui.kit import Desk, book

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # a window on a screen that is none

FACTS = LinkFacts(
    budget_left=17, waiting=412, sessions_used=2, token_left=847.9, config_age=1360.0, socket_age=1012.0, connects=3, replaced=2,
    followed=38, wanted=40, joined=112, channel_limit=400, frames=5000,
)  # fmt: skip
GOOD = Probe("login", "auth/login", Verdict.GOOD, "Logged in", 0.21)
WRONG = Probe("history", "v2/mm/get_wager_histories", Verdict.WRONG_NAME, "The venue does not know that path", 0.03)


@pytest.fixture
def panel(desk: Desk) -> ConnectionPanel:
    desk.window.at_hand.connection.bring()
    return desk.window.at_hand.connection


def tell(desk: Desk, **change: object) -> None:
    """The line stands so from the next second on."""
    desk.link.told = msgspec.structs.replace(FACTS, **change)
    desk.beat()


def cells(panel: ConnectionPanel) -> list[list[str]]:
    model = panel.requests
    return [[column.text(row) for column in model.columns] for row in model.rows]


# How it is reached


@pytest.mark.parametrize("place", range(3))
def test_a_click_on_a_dot_opens_the_panel(place: int, desk: Desk) -> None:
    assert not desk.window.at_hand.connection.isVisible()
    QTest.mouseClick(desk.window.at_hand.header.dots[place], Qt.MouseButton.LeftButton)
    assert desk.window.at_hand.connection.isVisible()


def test_a_press_that_is_let_go_elsewhere_opens_nothing(desk: Desk) -> None:
    dot = desk.window.at_hand.header.dots[0]
    QTest.mousePress(dot, Qt.MouseButton.LeftButton)
    QTest.mouseRelease(dot, Qt.MouseButton.LeftButton, pos=dot.rect().bottomRight() * 3)
    assert not desk.window.at_hand.connection.isVisible()


def test_escape_puts_it_away_and_the_close_button_too(panel: ConnectionPanel) -> None:
    QTest.keyClick(panel, Qt.Key.Key_Escape)
    assert not panel.isVisible()
    panel.bring()
    QTest.mouseClick(panel.close_button, Qt.MouseButton.LeftButton)
    assert not panel.isVisible()


def test_it_ends_with_the_window(desk: Desk, panel: ConnectionPanel) -> None:
    desk.window.leave()
    assert not panel.isVisible()


def test_it_fits_the_smallest_screen(panel: ConnectionPanel) -> None:
    assert panel.minimumSizeHint().width() <= 1120
    assert panel.minimumSizeHint().height() <= 680
    assert (panel.width(), panel.height()) <= (1240, 760)


# Channels


def test_a_channel_that_was_never_heard_says_so(desk: Desk) -> None:
    desk.venue.answered_at = None
    told = liveness_of(Channel.REST, desk.session, desk.link.told)
    assert (told.standing, told.words) == (Standing.UNHEARD, "REST: never heard")


@pytest.mark.parametrize(
    ("price", "beat", "standing"),
    [
        (2.9, 2.9, Standing.LIVELY),
        (3.0, 3.0, Standing.QUIET),
        (600.0, 5.9, Standing.QUIET),
        (600.0, 6.0, Standing.LATE),
        (600.0, 11.9, Standing.LATE),
        (600.0, 12.0, Standing.SILENT),
        (2.0, 600.0, Standing.LIVELY),
    ],
)
def test_prices_are_quiet_only_while_the_connection_proves_itself(price: float, beat: float, standing: Standing, desk: Desk) -> None:
    now = desk.time.seconds
    moved, alive = BookChanged(book(sequence=9)), HealthBeat()
    for seconds, is_price in sorted([(price, True), (beat, False)], reverse=True):
        desk.time.seconds = now + 1000 - seconds
        desk.session.emit([moved if is_price else alive])
    desk.time.seconds = now + 1000
    assert liveness_of(Channel.PRICES, desk.session, desk.link.told).standing is standing


def test_the_dot_shows_the_word_and_the_age_of_the_channels_own_message(desk: Desk) -> None:
    desk.beat(4)
    dot = next(dot for dot in desk.window.at_hand.header.dots if dot.channel is Channel.PRICES)
    assert (dot.standing, dot.text) == (Standing.QUIET, "Prices 4.0 s")
    assert "the connection gave a sign of life 4.0 s ago" in dot.toolTip()


@pytest.mark.parametrize(("seconds", "standing"), [(5.9, Standing.LIVELY), (6.0, Standing.LATE), (12.0, Standing.SILENT)])
def test_the_private_channel_is_as_old_as_its_last_sign(seconds: float, standing: Standing, desk: Desk) -> None:
    desk.beat(seconds)
    assert liveness_of(Channel.ORDERS, desk.session, desk.link.told).standing is standing


def test_the_panel_says_word_age_and_rate_of_each_channel(desk: Desk, panel: ConnectionPanel) -> None:
    desk.venue.answered_at = 999.0
    desk.session.emit([BookChanged(book(sequence=7))])
    tell(desk)
    assert panel.channels.text("REST") == "lively · 2.0 s · 33/s"
    assert panel.channels.text("Prices") == "lively · 1.0 s · 1/s"
    assert panel.channels.text("Orders") == "lively · 1.0 s"


# Stream and session


def test_the_stream_stands_there_with_its_counts(desk: Desk, panel: ConnectionPanel) -> None:
    tell(desk)
    tell(desk, frames=5314, lost=1, left_out=2)
    shown = {name: panel.stream.text(name) for name in panel.stream.values}
    assert shown | {"Books last read": ""} == {
        "Socket": "up 16:52",
        "Frames": "314/s · 5,314",
        "Connects": "3",
        "Replaced": "2",
        "Lost": "1",
        "Followed of wanted": "38 of 40",
        "Left out": "2",
        "Granted of allowed": "112 of 400",
        "Books last read": "",
        "Books compared": "not yet",
        "Late or repeated": "0",
        "Differences": "0",
    }


def test_messages_that_came_late_or_twice_are_counted(desk: Desk, panel: ConnectionPanel) -> None:
    desk.session.emit([BookChanged(book(sequence=9)), BookChanged(book(sequence=9)), BookChanged(book(sequence=8))])
    desk.beat()
    assert panel.stream.text("Late or repeated") == "2"


def test_gaps_of_the_stream_stand_by_the_channels_that_it_carries(desk: Desk, panel: ConnectionPanel) -> None:
    desk.session.emit([StreamUp()])
    desk.beat()
    assert "gap" not in panel.channels.text("Prices")
    for seconds in (14, 48):
        desk.session.emit([StreamDown("lost")])
        desk.time.seconds += seconds
        desk.session.emit([StreamDown("no network"), StreamUp()])
    desk.beat()
    assert panel.channels.text("Prices").endswith(" · 2 gaps, 01:02")
    assert panel.channels.text("Orders").endswith(" · 2 gaps, 01:02")
    assert "gap" not in panel.channels.text("REST")
    assert "Lost 2 gaps" not in panel.channels.values["Prices"].toolTip()
    assert "the stream was lost 2 times" in panel.channels.values["Prices"].toolTip()


def test_books_say_when_they_were_read_and_compared(desk: Desk, panel: ConnectionPanel) -> None:
    desk.session.audit.compared, desk.session.audit.differences, desk.session.audit.done_at = 812, 3, 1000.0
    desk.beat(72)
    assert panel.stream.text("Books last read") == "01:12 ago"
    assert panel.stream.text("Books compared") == "812 · 01:12 ago"
    assert panel.stream.text("Differences") == "3"


def test_the_session_shows_what_is_left_of_it(desk: Desk, panel: ConnectionPanel) -> None:
    tell(desk, cool_down=599.0, clock_offset=-431.0)
    assert [panel.account.text(name) for name in panel.account.values] == [
        "14:07 left", "read 22:40 ago", "2 of 20 today", "09:59", "7 min ahead",
    ]  # fmt: skip


def test_what_is_not_known_has_words(desk: Desk, panel: ConnectionPanel) -> None:
    desk.link.told = LinkFacts()
    desk.beat()
    assert [panel.account.text(name) for name in panel.account.values] == ["none", "not read yet", "0 of 20 today", "none", "not known yet"]
    assert (panel.stream.text("Socket"), panel.stream.text("Granted of allowed")) == ("none", "0 of unknown")
    assert panel.no_calls.isVisible()


def test_a_wrong_clock_is_said_once_even_with_the_panel_closed(desk: Desk) -> None:
    tell(desk, clock_offset=-431.0)
    tell(desk, clock_offset=-431.0)
    said = [line.words for line in desk.notices.lines if "clock" in line.words]
    assert said == ["This computer's clock is 7 min ahead of the venue's. Set it: times shown and kept here are off by that"]


# Requests


def test_requests_are_listed_with_their_figures(desk: Desk, panel: ConnectionPanel) -> None:
    calls = (CallFigures("multiple_markets", 1825, 1, 0.162, 1.21, 1000.0), CallFigures("cancel", 3, 0, 0.0004, 0.0805, None))
    tell(desk, calls=calls)
    assert cells(panel) == [["multiple markets", "1,825", "1", "162", "1,210", "1.0 s"], ["cancel", "3", "", "<1", "80", "—"]]
    assert not panel.no_calls.isVisible()
    tell(desk, calls=calls[:1])
    assert len(cells(panel)) == panel.requests.rowCount() == 1


def test_figures_of_the_same_requests_change_in_place(desk: Desk, panel: ConnectionPanel, qtbot: QtBot) -> None:
    tell(desk, calls=(CallFigures("balance", 1, 0, 0.1, 0.1, 1000.0),))
    with qtbot.assertNotEmitted(panel.requests.modelReset), qtbot.waitSignal(panel.requests.dataChanged, timeout=0):
        tell(desk, calls=(CallFigures("balance", 2, 0, 0.1, 0.1, 1000.0),))
    assert cells(panel)[0][1] == "2"


@pytest.mark.parametrize(("seconds", "text"), [(0.0, "<1"), (0.0006, "1"), (0.084, "84"), (5.0031, "5,003")])
def test_times_are_whole_milliseconds(seconds: float, text: str) -> None:
    assert milliseconds(seconds) == text


def test_the_budget_and_who_waits_stand_above_them(desk: Desk, panel: ConnectionPanel) -> None:
    tell(desk)
    assert panel.left.text() == "17 of 50 left this second · 412 waiting"
    assert panel.budget.toolTip() == "33 of 50 requests left within the last second; the last 10 are kept for orders and cancels"


# Faults


def test_what_could_not_be_read_is_counted_and_shown_with_its_sample(desk: Desk, panel: ConnectionPanel) -> None:
    assert panel.faults.toPlainText() == NO_FAULTS
    desk.session.emit([FeedFault("a frame cannot be read: <b>odd</b>", '{"token":"***"}'), FeedFault("another")])
    desk.beat()
    first, second, sample = panel.faults.toPlainText().splitlines()
    assert first.endswith("another")
    assert second.endswith("a frame cannot be read: <b>odd</b>")
    assert sample.strip() == '{"token":"***"}'
    assert panel.tabs.tabText(0) == "Faults 2"


def test_only_the_newest_fifty_faults_are_kept_and_all_are_counted(desk: Desk, panel: ConnectionPanel) -> None:
    desk.session.emit([FeedFault(f"fault {number}") for number in range(120)])
    desk.beat()
    lines = panel.faults.toPlainText().splitlines()
    assert (len(lines), lines[0][-9:], lines[-1][-8:]) == (50, "fault 119", "fault 70")
    assert panel.tabs.tabText(0) == "Faults 120"


def test_what_is_marked_to_be_copied_stays_marked_while_nothing_new_comes(desk: Desk, panel: ConnectionPanel) -> None:
    desk.session.emit([FeedFault("odd")])
    desk.beat()
    panel.faults.selectAll()
    desk.beat()
    assert panel.faults.textCursor().selectedText().endswith("odd")


# The buttons


def test_the_test_shows_a_row_as_soon_as_each_request_was_tried(desk: Desk, panel: ConnectionPanel) -> None:
    assert panel.tested.text() == NO_TEST
    desk.link.probes = [GOOD, WRONG]
    desk.link.going_on.clear()
    panel.test_button.click()
    assert (panel.probes.rows, panel.test_button.isEnabled()) == ([], False)
    desk.link.going_on.set()
    desk.tasks.settle()
    assert [[column.text(row) for column in panel.probes.columns] for row in panel.probes.rows] == [
        ["✗", "history", "30", "The venue does not know that path", "v2/mm/get_wager_histories"],
        ["✓", "login", "210", "Logged in", "auth/login"],
    ]
    assert panel.tested.text() == "1 of 2 requests did not work: each row says why."
    assert panel.test_button.isEnabled()


def test_a_second_test_starts_anew(desk: Desk, panel: ConnectionPanel) -> None:
    desk.link.probes = [GOOD]
    panel.test_button.click()
    panel.test_button.click()
    assert panel.probes.rows == [GOOD]
    assert panel.tested.text() == "All 1 requests work."


def test_a_test_that_breaks_off_says_so_and_may_be_tried_again(desk: Desk, panel: ConnectionPanel) -> None:
    desk.link.probes = [GOOD, NotSentError("The venue cannot be reached")]
    panel.test_button.click()
    assert panel.tested.text() == "The test was broken off: The venue cannot be reached"
    assert panel.test_button.isEnabled()


def test_a_new_socket_is_asked_for_and_a_recording_is_wished_for(desk: Desk, panel: ConnectionPanel, qtbot: QtBot) -> None:
    panel.socket_button.click()
    assert desk.link.replaced == 1
    with qtbot.waitSignal(panel.record_wanted, timeout=0):
        panel.record_button.click()


@pytest.mark.parametrize(
    ("is_on", "is_offered", "text"), [(None, False, "Record session"), (False, True, "Record session"), (True, True, "Stop recording")]
)
def test_the_button_says_whether_a_session_is_being_recorded(
    panel: ConnectionPanel, is_on: bool | None, is_offered: bool, text: str
) -> None:
    panel.show_recording(is_on)
    assert (panel.record_button.isVisible(), panel.record_button.text()) == (is_offered, text)


# While nobody looks


def test_a_closed_panel_costs_nothing(desk: Desk) -> None:
    panel = desk.window.at_hand.connection
    tell(desk, frames=9999)
    assert panel.stream.text("Frames") == "—"
    panel.bring()
    assert panel.stream.text("Frames") == "9,999"


def test_after_a_while_away_there_is_no_rate_until_the_next_second(desk: Desk, panel: ConnectionPanel) -> None:
    tell(desk)
    panel.hide()
    tell(desk, frames=100_000)
    panel.bring()
    assert panel.stream.text("Frames") == "100,000"
    assert not panel.channels.text("Prices").endswith("/s")
    tell(desk, frames=100_010)
    assert panel.stream.text("Frames") == "10/s · 100,010"


def test_what_could_not_be_tried_is_neither_good_nor_bad(desk: Desk, panel: ConnectionPanel) -> None:
    desk.link.probes = [GOOD, Probe("order", "v4/mm/get_order", Verdict.NOT_TRIED, "not tried: there is no order", 0.0)]
    panel.test_button.click()
    assert [panel.probes.columns[0].text(row) for row in panel.probes.rows] == ["✓", "–"]
    assert panel.tested.text() == "All 1 requests work. 1 was not tried: each row says why."


def test_the_focus_waits_for_the_test_and_no_other_button_has_it(desk: Desk, panel: ConnectionPanel) -> None:
    desk.link.probes = [GOOD]
    desk.link.going_on.clear()
    panel.test_button.setFocus()
    panel.test_button.click()
    assert panel.focusWidget() is None or not isinstance(panel.focusWidget(), QPushButton)
    desk.link.going_on.set()
    desk.tasks.settle()
    assert panel.test_button.hasFocus()


def test_a_request_without_an_answer_shows_at_once_and_hides_the_old_latency(desk: Desk) -> None:
    dot = desk.window.at_hand.header.dots[list(Channel).index(Channel.REST)]
    desk.venue.answered_at = desk.time.seconds
    tell(desk, calls=(CallFigures("balance", 5, 0, 0.01, 0.01, desk.time.seconds),))
    assert (dot.text, dot.standing) == ("REST 5 ms", Standing.LIVELY)
    tell(desk, calls=(CallFigures("balance", 6, 1, 0.01, 0.01, desk.time.seconds + 1),))
    assert (dot.text, dot.standing) == ("REST failed", Standing.LATE)
    assert "requests get no answer" in liveness_of(Channel.REST, desk.session, desk.link.told).words
    tell(desk, calls=(CallFigures("balance", 7, 2, 0.01, 0.01, desk.time.seconds + 5),))
    desk.beat(5)
    assert (dot.text, dot.standing) == ("REST failed", Standing.SILENT)


# The header's timers and the status bar


def test_a_wide_header_shows_token_configuration_and_when_books_were_verified(desk: Desk) -> None:
    tell(desk)
    header = desk.window.at_hand.header
    assert header.timers.isVisible()
    assert header.timers.text() == "Books verified 00:01 ago  ·  Token 14:07  ·  Config 22:40"
    desk.window.resize(1280, 800)
    assert not header.timers.isVisible()
    desk.window.resize(1600, 1000)
    assert header.timers.isVisible()


def test_before_books_were_read_the_header_does_not_call_them_verified(desk: Desk) -> None:
    del desk.session.catalogue.groups[1001]
    tell(desk, token_left=None, config_age=None)
    assert desk.window.at_hand.header.timers.text() == "Open event: reading…  ·  Token —  ·  Config —"


def test_an_event_without_open_markets_has_no_books_to_verify(desk: Desk) -> None:
    desk.window.open_event(1002)
    tell(desk)
    assert desk.window.at_hand.header.timers.text().startswith("Open event: no open market  ·")


def test_books_that_may_not_be_believed_are_not_called_verified_because_others_were_read(desk: Desk) -> None:
    desk.session.emit([StreamDown("the line broke", 1.0)])
    tell(desk)
    desk.time.seconds += 300
    desk.session.last_seeded_at = desk.time.seconds
    tell(desk)
    assert desk.window.at_hand.header.timers.text().startswith("Open event: not verified  ·")


def test_a_comparison_verifies_books_as_a_reading_does(desk: Desk) -> None:
    desk.session.audit.done_at = 1000.0 + timedelta(minutes=15).total_seconds()
    desk.time.seconds += 960
    desk.session.emit([HealthBeat()])
    tell(desk)
    assert desk.window.at_hand.header.timers.text().startswith("Books verified 01:01 ago")


def test_the_status_bar_shows_the_budget_and_who_waits(desk: Desk) -> None:
    tell(desk)
    assert "requests 17/50 left · 412 waiting" in desk.window.at_hand.status.rates.text()
    tell(desk, waiting=0)
    assert desk.window.at_hand.status.rates.text().endswith("requests 17/50 left")


def test_both_themes_dress_the_panel(desk: Desk, panel: ConnectionPanel) -> None:
    tell(desk, left_out=1)
    dark = panel.stream.values["Left out"].palette().windowText().color()
    desk.theme.use("light")
    assert panel.stream.values["Left out"].palette().windowText().color() == desk.theme.colours["state.warning"]
    assert dark != desk.theme.colours["state.warning"]


def test_a_stream_that_comes_back_is_heard(desk: Desk) -> None:
    desk.beat(30)
    desk.session.emit([StreamUp(), HealthBeat()])
    assert liveness_of(Channel.PRICES, desk.session, desk.link.told).standing is Standing.LIVELY
