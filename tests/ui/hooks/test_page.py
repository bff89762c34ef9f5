"""The page as a whole: what its head says, its boxes, its keys, its shape, and that it does as much as is needed and no more."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QTableView, QWidget
from pytestqt.qtbot import QtBot

from app.domain.environment import Environment
from app.domain.errors import NotSentError
from app.domain.keys import VaultError
from app.domain.webhook import HookEvent
from app.services.hooks.choice import HookChoice
from app.ui.hooks.window import APART, FRAME
from app.ui.theme import Theme
from tests.services.fakes import Clock
from tests.services.hooks.kit import delivery, subscription
from tests.ui.hooks.kit import LOCAL, Page, four, some

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def column(page: Page, title: str) -> list[str]:
    model = page.window.subscriptions.model
    place = [each.title for each in model.columns].index(title)
    return [str(model.index(row, place).data()) for row in range(model.rowCount())]


def test_each_empty_pane_says_why(page: Page) -> None:
    page.begin()
    assert "Nothing is subscribed to" in page.window.subscriptions.empty.text()
    assert "Nothing has been delivered yet" in page.window.deliveries.empty.text()
    assert page.window.deliveries.empty.isVisible()


def test_a_list_that_cannot_be_read_says_so_and_is_read_again_by_a_key(page: Page) -> None:
    page.hooks.venue.troubles["webhooks"] = [NotSentError("The venue cannot be reached")]
    page.begin()
    assert "could not be read: The venue cannot be reached" in page.window.subscriptions.empty.text()
    page.hooks.venue.put(subscription())
    page.window.subscriptions.again.click()
    page.frame()
    assert column(page, "Id") == ["17"]


def test_the_head_switches_the_receiver_and_says_why_it_failed(page: Page) -> None:
    page.begin(*four())
    head = page.window.head
    assert head.state.text() == "Receiver on 127.0.0.1:8765 · stopped"
    head.switch.click()
    page.frame()
    assert (head.switch.text(), head.switch.accessibleName()) == ("Stop receiver", "Stop receiver")
    assert head.why.isHidden()
    head.switch.click()
    page.hooks.receiver.trouble = "port 8765 is in use"
    head.switch.click()
    page.frame()
    assert "port 8765 is in use" in head.why.text()
    assert not head.why.isHidden()
    assert head.switch.text() == "Start receiver"


def test_another_port_starts_a_receiver_that_had_failed_for_the_first(page: Page) -> None:
    page.begin(*four())
    page.hooks.receiver.trouble = "port 8765 is in use"
    page.window.head.switch.click()
    page.hooks.receiver.trouble = ""
    page.window.receiving.port.setValue(8770)
    page.window.receiving.use.click()
    page.frame()
    assert page.hooks.receiver.plans[-1].port == 8770
    assert page.window.receiving.said.text() == "It is received in this way from now on."


def test_what_cannot_be_chosen_is_refused_in_words_and_nothing_changes(page: Page) -> None:
    page.begin()
    page.window.receiving.path.setText("no slash")
    page.window.receiving.use.click()
    page.frame()
    assert "begins with /" in page.window.receiving.said.text()
    assert page.desk.reception.choice == HookChoice()


def test_a_row_says_its_state_its_secret_and_its_figures(page: Page) -> None:
    page.begin(*four(), subscription(11, is_active=False, url="https://old.example.com/h"), stored=(17,), is_on=True)
    some(page)
    assert column(page, "State") == ["inactive", "active  received", "active", "active", "active"]
    assert column(page, "Secret")[:3] == ["not stored ×", "stored ✓", "not stored ×"]
    assert column(page, "ok/bad/missed")[:3] == ["—", "4 / 2 / 1", "0 / 1 / 0"]


def test_a_row_whose_target_leads_to_another_port_says_so_and_why(page: Page) -> None:
    page.begin(subscription(17, url="http://127.0.0.1:8799/rankacy"), subscription(18, url=LOCAL), is_on=True)
    assert column(page, "State") == ["active  elsewhere", "active  received"]
    model = page.window.subscriptions.model
    tip = str(model.data(model.index(0, 0), Qt.ItemDataRole.ToolTipRole))
    assert "Its deliveries do not reach the receiver: its target is port 8799, and the receiver is on 8765." in tip


def test_a_secret_that_goes_with_the_program_is_not_said_to_be_stored(page: Page) -> None:
    page.hooks.secrets.of_this_run = {17}
    page.begin(*four(), stored=(17, 18))
    assert column(page, "Secret")[:2] == ["this run only", "stored ✓"]
    model = page.window.subscriptions.model
    tips = [str(model.data(model.index(row, 0), Qt.ItemDataRole.ToolTipRole)) for row in range(3)]
    assert "gone when the program ends" in tips[0]
    assert not any("gone when the program ends" in tip for tip in tips[1:])
    assert ["rotate to get another" in tip for tip in tips] == [False, False, True]


def test_a_locked_keyring_is_said_above_the_list(page: Page) -> None:
    page.hooks.secrets.trouble = VaultError("The keyring is locked")
    page.begin(*four())
    assert "The keyring is locked" in page.window.subscriptions.note.text()
    assert column(page, "Secret")[0] == "not known"


def test_the_chosen_subscription_stays_chosen_when_the_list_is_another(page: Page) -> None:
    page.begin(*four())
    page.window.subscriptions.table.selectRow(2)
    page.hooks.venue.put(subscription(5))
    page.window.subscriptions.again.click()
    page.frame()
    row = page.window.subscriptions.row
    assert row is not None
    assert row.subscription.id == 19


@pytest.mark.parametrize(
    ("url", "events", "words"),
    [
        ("", [HookEvent.ODDS_UPDATED], "Type the address"),
        ("http://hooks.example.com/", [HookEvent.ODDS_UPDATED], "https:// only"),
        ("https://hooks.example.com/", [], "Tick at least one event"),
        ("https://hooks.example.com/a b", [HookEvent.ODDS_UPDATED], "space"),
    ],
)
def test_a_new_subscription_that_could_not_be_made_says_why_and_has_no_button(
    page: Page, url: str, events: list[HookEvent], words: str
) -> None:
    page.begin()
    page.window.head.new.click()
    box = page.window.new_box
    box.url.setText(url)
    for event in events:
        box.ticks[event].setChecked(True)
    assert words in box.why.text()
    assert not box.make.isEnabled()


def test_a_second_one_for_the_same_place_is_warned_of_and_not_refused(page: Page) -> None:
    page.begin(*four())
    page.window.head.new.click()
    box = page.window.new_box
    box.url.setText(LOCAL)
    box.ticks[HookEvent.ODDS_UPDATED].setChecked(True)
    assert "twice" in box.why.text()
    assert box.make.isEnabled()


def test_in_practice_delete_is_one_press_after_its_consequence(page: Page) -> None:
    page.begin(*four())
    page.window.subscriptions.table.selectRow(0)
    page.window.subscriptions.delete.click()
    box = page.window.delete_box
    assert "Nobody is told of ODDS_UPDATED any more" in box.words.text()
    assert not box.field.isVisible()
    assert box.focusWidget() in {box.harmless, None}
    box.delete.click()
    page.frame()
    assert 17 not in page.desk.subscriptions.all
    assert page.window.foot.text() == "Subscription 17 was deleted"


def test_in_production_its_number_is_typed_first(theme: Theme, qtbot: QtBot) -> None:
    page = Page(theme, Environment.PRODUCTION)
    page.begin(*four())
    page.window.subscriptions.table.selectRow(0)
    page.window.subscriptions.delete.click()
    box = page.window.delete_box
    assert not box.delete.isEnabled()
    box.field.setText("18")
    assert not box.delete.isEnabled()
    box.field.setText("17")
    assert box.delete.isEnabled()
    page.close()


def test_a_secret_is_rotated_in_three_steps_and_the_box_goes_with_the_last(page: Page) -> None:
    page.begin(*four(), is_on=True)
    page.window.subscriptions.table.selectRow(0)
    page.window.subscriptions.rotate.click()
    box = page.window.rotate_box
    assert box.start.isVisible()
    assert not box.finish.isVisible()
    box.start.click()
    page.frame()
    page.window.secrets_box.all.click()
    page.window.secrets_box.lines[0].store.click()
    page.frame()
    page.window.secrets_box.harmless.click()
    assert "unproven" in box.finish.text()
    page.come(delivery(page.hooks.clock.now(), subscription_id=21))
    assert "unproven" not in box.finish.text()
    box.finish.click()
    page.frame()
    assert sorted(page.desk.subscriptions.all) == [18, 19, 20, 21]
    assert not box.isVisible()
    assert 17 not in page.hooks.secrets.held


def test_escape_empties_the_filter_then_leaves_it_then_closes_the_window(page: Page) -> None:
    page.begin()
    window = page.window
    window._focus_filter()
    window.deliveries.filter.setText("odds")
    window._escape()
    assert window.deliveries.filter.text() == ""
    assert window.isVisible()
    window.deliveries.table.setFocus()
    window._escape()
    assert not window.isVisible()


def test_every_control_has_a_name_and_is_reached_by_the_keyboard(page: Page) -> None:
    page.begin(*four(), is_on=True)
    some(page)
    for control in _controls(page.window):
        name = control.accessibleName() or (control.text() if isinstance(control, QAbstractButton) else "")
        assert name, f"{control} of {control.parent()}"
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus, name


def _controls(window: QWidget) -> list[QWidget]:
    kinds = (QAbstractButton, QLineEdit, QComboBox, QTableView)
    inner = ("qt_spinbox_lineedit", "qt_tableview_cornerbutton", "ScrollLeftButton", "ScrollRightButton")
    found = [part for part in window.findChildren(QWidget) if isinstance(part, kinds) and part.objectName() not in inner]
    clear = [part for part in found if part.parent() is not None and isinstance(part.parent(), QLineEdit | QTableView)]
    return [part for part in found if part not in clear]


def test_size_and_parts_are_kept_when_it_is_put_away_and_are_there_again(page: Page, theme: Theme) -> None:
    page.begin()
    page.window.resize(1100, 700)
    page.window.left.setSizes([300, 300])
    sizes = page.window.left.sizes()
    page.window.close()
    other = Page(theme, remembered=page.remembered)
    other.begin()
    assert other.window.height() == 700  # the width gives way to the screen of the tests, which is narrow
    assert other.window.left.sizes() == sizes
    other.close()


def test_a_shape_that_cannot_be_read_leaves_the_built_in_one(theme: Theme, qtbot: QtBot) -> None:
    page = Page(theme, remembered={"hooks window": "no base64 at all", "hooks left": "AAAA"})
    page.begin()
    assert page.window.width() >= 1000
    page.close()


def test_hidden_it_paints_nothing_and_shown_it_gathers_what_comes_into_one_frame(page: Page) -> None:
    page.begin(*four(), is_on=True)
    page.window._frame.stop()
    for _ in range(20):
        page.hooks.come(delivery(page.hooks.clock.now()))
    assert page.window._frame.isActive()
    assert page.window._frame.isSingleShot()
    assert page.window.deliveries.model.rows == []
    page.frame()
    assert len(page.window.deliveries.model.rows) == 20
    page.window.close()
    page.hooks.come(delivery(page.hooks.clock.now()))
    page.window.refresh()
    assert len(page.window.deliveries.model.rows) == 20


def test_both_themes_dress_it_while_it_is_open(page: Page, theme: Theme) -> None:
    page.begin(*four(), is_on=True)
    theme.use("light")
    page.window.dress()
    assert not page.window.grab().isNull()
    theme.use("dark")
    page.window.dress()


def test_delete_on_the_list_asks_for_the_chosen_one(page: Page, qtbot: QtBot) -> None:
    page.begin(*four())
    page.window.subscriptions.table.selectRow(1)
    qtbot.waitUntil(page.window.isActiveWindow)
    page.window.subscriptions.table.setFocus()
    QTest.keyClick(page.window.subscriptions.table, Qt.Key.Key_Delete)
    assert page.window.delete_box.isVisible()
    assert "18" in page.window.delete_box.title.text()


def test_keeping_the_old_one_asks_first_and_says_that_only_the_new_one_can_be_checked(page: Page) -> None:
    page.begin(subscription(17, url=LOCAL), subscription(21, url=LOCAL), stored=(21,), is_on=True)
    page.window.subscriptions.table.selectRow(0)
    page.window.subscriptions.rotate.click()
    box = page.window.rotate_box
    assert box.adopt.text() == "21 takes its place"
    box.adopt.click()
    assert not box.adopt.isVisible()
    box.abandon.click()
    page.frame()
    asking = page.window.delete_box
    assert sorted(page.desk.subscriptions.all) == [17, 21]
    assert asking.isVisible()
    assert "that of subscription 17 is not: without this one nothing of them can be checked here" in asking.words.text()
    asking.delete.click()
    page.frame()
    assert sorted(page.desk.subscriptions.all) == [17]


def test_deleting_one_of_two_that_can_both_be_checked_warns_of_nothing(page: Page) -> None:
    page.begin(subscription(17, url=LOCAL), subscription(21, url=LOCAL))
    page.window.delete_box.begin(21)
    assert "nothing of them" not in page.window.delete_box.words.text()


def test_what_failed_stands_beside_the_list_only_until_the_list_is_another_or_the_feed_is_back(page: Page) -> None:
    page.begin(*four())
    pane = page.window.subscriptions
    pane.say("It was not deleted: the venue cannot be reached")
    page.frame()
    assert pane.note.text() == "It was not deleted: the venue cannot be reached"
    page.desk.subscriptions.trouble = "The exchange has ended"
    page.window.refresh()
    assert "It was not deleted" in pane.note.text()
    page.desk.subscriptions.trouble = ""
    page.window.refresh()
    assert pane.note.text() == ""
    pane.say("It was not deleted: 503")
    page.hooks.venue.put(subscription(40))
    page.tasks.start(page.desk.subscriptions.read())
    page.frame()
    assert pane.note.text() == ""


def test_the_head_says_that_nothing_new_comes_from_the_feed_and_why(page: Page) -> None:
    page.begin(*four())
    head = page.window.head
    assert head.feed.isHidden()
    page.hooks.feed.session.venue_is_gone("The practice exchange has ended")
    page.window._tick()
    assert "The practice exchange has ended" in head.feed.text()
    assert not head.feed.isHidden()
    page.hooks.feed.session.trouble_is_over()
    page.window._tick()
    assert head.feed.isHidden()


def test_a_sentence_at_the_foot_goes_after_ten_seconds(page: Page) -> None:
    page.begin()
    clock = page.hooks.clock
    assert isinstance(clock, Clock)
    page.window.say("Subscription 17 was deleted")
    clock.move(9.0)
    page.window._tick()
    assert page.window.foot.text() == "Subscription 17 was deleted"
    clock.move(1.0)
    page.window._tick()
    assert page.window.foot.text() == ""


def test_what_was_said_of_receiving_goes_when_the_receiver_is_in_another_state(page: Page) -> None:
    page.begin(*four(), is_on=True)
    pane = page.window.receiving
    pane.use.click()
    page.frame()
    assert pane.said.text() == "It is received in this way from now on."
    pane.tick()
    assert pane.said.text() == "It is received in this way from now on."
    page.window.head.switch.click()
    page.frame()
    assert pane.said.text() == ""


def test_fields_of_figures_are_as_high_as_the_others(page: Page) -> None:
    page.begin()
    pane = page.window.receiving
    page.window.right.setCurrentWidget(pane)
    page.frame()
    assert {part.height() for part in (pane.port, pane.rate, pane.patience)} == {pane.path.height()}


def test_while_deliveries_pour_in_the_page_is_painted_four_times_a_second_and_a_single_one_is_seen_at_once(page: Page) -> None:
    page.begin(*four(), is_on=True)
    frame, clock = page.window._frame, page.hooks.clock
    assert isinstance(clock, Clock)
    for passed, wait in ((60.0, FRAME), (0.1, APART - 100), (0.2, FRAME)):
        page.window.refresh()
        frame.stop()
        clock.move(passed)
        page.desk.deliveries.changed()
        page.desk.deliveries.changed()
        assert frame.isActive()
        assert frame.interval() == pytest.approx(wait, abs=1)


def test_the_list_of_subscriptions_in_a_file_says_when_each_was_made(page: Page) -> None:
    page.begin(*four(), is_on=True)
    lines = page.window.subscriptions.model.to_csv().splitlines()
    assert lines[0].endswith(",Made")
    assert lines[1].endswith(",2026-09-12T12:00:00+00:00")
