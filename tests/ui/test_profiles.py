"""The window "Profiles and keys": driven by keys, it says what it does, and shows no secret."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.domain.environment import Environment
from app.domain.keys import Place
from app.domain.profile import PRACTICE, Profile, Provider, keyring_name
from app.services.idle import IdleLock
from app.ui.delegates.profile_line import HEIGHT
from app.ui.theme import Theme
from app.ui.views.idle_lock import IdleLockBox
from app.ui.views.profile_list import EMPTY
from app.ui.views.profiles import EXPORT_NAME, ProfilesWindow
from tests.services.setup.shelves import DESK, FEED, HOST, PARTNER, Office
from tests.services.test_idle import FakePins
from tests.ui.kit import SteppedTasks, Time
from tests.ui.wizard.kit import FakeFiles, clipped, nameless, texts

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # boxes on a screen that is none

MONEY = Profile("Money", Environment.PRODUCTION, Provider.TRADING)
PASSPHRASE = "four unrelated words"


class Room:
    """The window on an office, its own loop, and what it asked for."""

    def __init__(self, theme: Theme, folder: Path, *profiles: Profile) -> None:
        self.stepped = SteppedTasks()
        self.office = Office(folder, self.stepped, *profiles)
        self.files = FakeFiles()
        time = Time()
        idle = IdleLockBox(IdleLock(FakePins(), clock=time.monotonic, now=time.now), self.stepped.start, theme)
        self.window = ProfilesWindow(None, self.office.room, theme, idle, self.files)
        self.opened: list[Profile] = []
        self.beside: list[Profile] = []
        self.rotated: list[Profile] = []
        self.set_up = 0
        self.window.open_wanted.connect(self.opened.append)
        self.window.beside_wanted.connect(self.beside.append)
        self.window.rotate_wanted.connect(self.rotated.append)
        self.window.set_up_wanted.connect(self._count)
        self.window.bring()
        self.settle()

    def _count(self) -> None:
        self.set_up += 1

    def keep(self, profile: Profile, place: Place = Place.KEYRING, passphrase: str = "") -> None:
        self.stepped.start(self.office.keep(profile, place, passphrase))
        self.settle()

    def choose(self, profile: Profile) -> None:
        self.office.room.choose(profile)
        self.settle()

    def settle(self) -> None:
        self.stepped.settle()
        QCoreApplication.sendPostedEvents()

    def press(self, key: Qt.Key) -> None:
        QTest.keyClick(QApplication.focusWidget() or self.window, key)
        self.settle()

    def tab_to(self, widget: QWidget) -> None:
        """By the Tab key alone."""
        for _ in range(60):
            if QApplication.focusWidget() is widget:
                return
            self.press(Qt.Key.Key_Tab)
        raise AssertionError(f"Tab does not reach {widget.accessibleName()}")

    def push(self, one: QPushButton) -> None:
        """By keys alone."""
        self.tab_to(one)
        self.press(Qt.Key.Key_Space)

    def type(self, field: QLineEdit, text: str) -> None:
        field.clear()
        QTest.keyClicks(field, text)
        self.settle()

    def close(self) -> None:
        self.window.hide()
        self.office.vault.answering.set()
        self.office.prover.answering.set()
        self.settle()
        self.stepped.give_up()
        self.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


Make = Callable[..., Room]


@pytest.fixture
def make(theme: Theme, qtbot: QtBot, tmp_path: Path) -> Iterator[Make]:
    theme.use("dark")
    made: list[Room] = []

    def make_one(*profiles: Profile) -> Room:
        made.append(Room(theme, tmp_path, *profiles))
        return made[-1]

    yield make_one
    for room in made:
        room.close()


@pytest.fixture
def room(make: Make) -> Room:
    return make(DESK, PARTNER, FEED, MONEY)


def titles(room: Room) -> list[str]:
    model = room.window.list.model
    return [str(model.data(model.index(row), Qt.ItemDataRole.AccessibleTextRole)) for row in range(model.rowCount())]


def facts(room: Room) -> str:
    return "\n".join(value.text() for value in room.window.page.values)


# The list


def test_the_list_says_name_provider_environment_and_what_is_open(room: Room) -> None:
    room.office.busy = {"Money": "It is open in another window of this computer"}
    room.window.bring()
    assert titles(room) == [
        "practice, ProphetX Trading API, PRACTICE. It is open in this window",
        "Desk, ProphetX Trading API, SANDBOX",
        "Partner, Prophet B2B Omnibus, SANDBOX",
        "Feed, Rankacy feed, PRODUCTION",
        "Money, ProphetX Trading API, PRODUCTION. It is open in another window of this computer",
    ]


def test_old_keys_are_said_in_the_list(room: Room) -> None:
    room.keep(DESK)
    room.office.pass_days(91)
    room.window.bring()
    assert "Desk, ProphetX Trading API, SANDBOX. Its keys are old" in titles(room)


def test_nothing_but_practice_is_said_in_words(make: Make) -> None:
    room = make()
    assert (room.window.list.empty.text(), room.window.list.empty.isVisible()) == (EMPTY, True)


def test_the_words_of_an_empty_list_go_with_the_first_account(room: Room) -> None:
    assert not room.window.list.empty.isVisible()


def test_the_arrow_keys_go_from_profile_to_profile(room: Room) -> None:
    assert QApplication.focusWidget() is room.window.list.view
    room.press(Qt.Key.Key_Down)
    assert room.window.title.text() == "Desk"
    assert room.window.badge.text() == "SANDBOX · ProphetX Trading API"
    room.press(Qt.Key.Key_End)
    assert room.window.title.text() == "Money"


def test_a_click_on_a_line_chooses_it(room: Room) -> None:
    view = room.window.list.view
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(room.window.list.model.index(2)).center())
    assert room.window.title.text() == "Partner"
    assert view.visualRect(room.window.list.model.index(2)).height() == HEIGHT


def test_a_profile_that_was_added_elsewhere_appears_and_the_chosen_one_stays(room: Room) -> None:
    room.choose(DESK)
    room.office.shelf.saved = (Profile("Another", Environment.SANDBOX, Provider.TRADING), DESK)
    room.window.bring()
    assert [title.split(",")[0] for title in titles(room)] == ["practice", "Another", "Desk"]
    assert (room.window.title.text(), room.window.list.view.currentIndex().row()) == ("Desk", 2)


# One profile


def test_facts_of_the_keys_are_shown_and_the_fingerprint_can_be_copied(room: Room) -> None:
    room.keep(PARTNER)
    name = keyring_name(PARTNER)
    room.office.vault.notes[name] = msgspec.structs.replace(room.office.vault.notes[name], fingerprint="A0B1 A0B2")
    room.choose(PARTNER)
    assert HOST in facts(room)
    assert "in the keyring of this computer" in facts(room)
    fingerprint = room.window.page.values[-1]
    assert (fingerprint.text(), fingerprint.accessibleName()) == ("A0B1 A0B2", "Fingerprint: A0B1 A0B2")
    assert fingerprint.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByKeyboard


def test_a_button_that_cannot_be_pressed_says_why_in_three_ways(room: Room) -> None:
    room.choose(DESK)
    for button in (room.window.open, room.window.test):
        assert not button.isEnabled()
        assert "it has no keys yet" in button.toolTip()
        assert button.accessibleDescription() == button.toolTip()
    assert room.window.reasons.text() == "Open, Connect beside, Test now: it has no keys yet."


def test_a_reason_goes_when_it_is_over(room: Room) -> None:
    room.choose(DESK)
    own = room.window.list.duplicate.toolTip()
    room.choose(PRACTICE)
    assert room.window.list.duplicate.toolTip() != own
    room.choose(DESK)
    room.keep(DESK)
    assert (room.window.open.toolTip(), room.window.reasons.text(), room.window.list.duplicate.toolTip()) == ("", "", own)


def test_open_names_the_profile(room: Room) -> None:
    room.keep(MONEY)
    room.choose(MONEY)
    room.push(room.window.open)
    assert room.opened == [MONEY]


def test_an_account_is_connected_beside_only_once_it_has_keys(room: Room) -> None:
    room.choose(MONEY)
    room.window.beside.click()
    assert room.beside == []
    room.keep(MONEY)
    room.window.beside.click()
    assert (room.beside, room.opened) == ([MONEY], [])


def test_enter_in_the_list_opens_what_can_be_opened_and_nothing_else(room: Room) -> None:
    room.press(Qt.Key.Key_Return)
    room.choose(FEED)
    room.press(Qt.Key.Key_Return)
    assert room.opened == []
    room.keep(MONEY)
    room.choose(MONEY)
    room.press(Qt.Key.Key_Return)
    assert room.opened == [MONEY]


def test_another_account_is_asked_for(room: Room) -> None:
    room.push(room.window.list.set_up)
    assert room.set_up == 1


# Testing


def test_a_test_shows_its_rows_in_place(room: Room) -> None:
    room.keep(DESK)
    room.choose(DESK)
    room.office.prover.failing = {"Account": "These keys are for another environment"}
    room.push(room.window.test)
    shown = [row for row in room.window.page.rows if row.isVisible()]
    assert [row.title.text() for row in shown] == ["Clock", "Token", "Account"]
    assert shown[-1].words.text() == "These keys are for another environment"
    assert not room.window.page.verdict.isVisible()
    room.office.prover.failing = {}
    room.push(room.window.test)
    assert room.window.page.verdict.isVisible()
    assert "Proven: today" in [value.accessibleName() for value in room.window.page.values]


def test_the_rows_of_one_profile_are_not_anothers(room: Room) -> None:
    room.keep(DESK)
    room.choose(DESK)
    room.push(room.window.test)
    room.choose(PARTNER)
    assert not any(row.isVisible() for row in room.window.page.rows)


def test_while_the_keyring_asks_the_window_says_so_and_can_be_used(room: Room) -> None:
    room.keep(PARTNER)
    room.choose(PARTNER)
    room.office.vault.answering.clear()
    room.window.list.delete.click()
    room.window.delete_box.delete.click()
    room.settle()
    assert room.window.busy.text() == "… Removing the keys…"
    assert room.window.waiting.isVisible()
    assert not room.window.stop.isVisible(), "half of it would be worse than none"
    assert not room.window.list.set_up.isEnabled()
    room.choose(DESK)
    assert room.window.title.text() == "Desk"
    room.office.vault.answering.set()
    room.settle()
    assert not room.window.waiting.isVisible()
    assert PARTNER not in room.office.shelf.saved


def test_a_passphrase_is_asked_for_and_stays_nowhere(room: Room) -> None:
    room.keep(DESK, Place.PASSPHRASE, PASSPHRASE)
    room.choose(DESK)
    room.push(room.window.test)
    box = room.window.passphrase_box
    assert box.isVisible()
    assert "sealed with a passphrase" in box.words.text()
    room.type(box.field, PASSPHRASE)
    QTest.keyClick(box.field, Qt.Key.Key_Return)
    room.settle()
    assert not box.isVisible()
    assert room.office.room.proof.is_good
    assert not any(PASSPHRASE in text for text in texts(room.window))


def test_cancelling_the_wait_for_a_passphrase_puts_the_question_away(room: Room) -> None:
    room.keep(DESK, Place.PASSPHRASE, PASSPHRASE)
    room.choose(DESK)
    room.push(room.window.test)
    room.type(room.window.passphrase_box.field, PASSPHRASE)
    room.window.stop.click()
    room.settle()
    assert not room.window.passphrase_box.isVisible()
    assert (room.office.room.work.words, room.office.prover.runs) == ("", [])
    assert not any(PASSPHRASE in text for text in texts(room.window))


def test_the_focus_comes_back_to_the_button_that_was_pressed(room: Room) -> None:
    room.keep(DESK, Place.PASSPHRASE, PASSPHRASE)
    room.choose(DESK)
    room.push(room.window.test)
    room.window.passphrase_box.reject()
    room.settle()
    room.window.activateWindow()
    assert room.window.error.text().startswith("✗ The keys of 'Desk' stay locked")
    assert room.window.focusWidget() is room.window.test


# Settings


def test_the_settings_of_a_b2b_profile_are_its_own(room: Room) -> None:
    room.keep(PARTNER)
    room.choose(PARTNER)
    room.window.parts.setCurrentIndex(1)
    settings = room.window.settings
    assert settings.own_paths.isVisible()
    assert not settings.trading.isVisible()
    settings.fields.chips["v4"].click()
    room.tab_to(settings.batches)
    room.press(Qt.Key.Key_Space)
    settings.paths.setPlainText("orders=api/v2/orders")
    settings.names.setPlainText("of_user=customer")
    room.push(settings.save)
    wanted = msgspec.structs.replace(PARTNER, fields="v4", batches=True, paths={"orders": "api/v2/orders"}, names={"of_user": "customer"})
    assert wanted in room.office.shelf.saved


def test_settings_are_saved_by_a_button_and_not_before(room: Room) -> None:
    room.choose(DESK)
    room.window.parts.setCurrentIndex(1)
    settings = room.window.settings
    assert not settings.save.isEnabled()
    room.type(settings.aggregator, "agg-1")
    room.tab_to(settings.proxy)
    room.press(Qt.Key.Key_Space)
    assert room.office.shelf.saved[0] == DESK
    room.push(settings.save)
    assert room.office.shelf.saved[0] == msgspec.structs.replace(DESK, aggregator="agg-1", proxy=True)
    assert room.window.said.text() == "✓ The settings were saved"
    assert not settings.save.isEnabled()


def test_a_setting_that_cannot_be_is_said_in_place_and_not_saved(room: Room) -> None:
    room.choose(DESK)
    room.window.parts.setCurrentIndex(1)
    settings = room.window.settings
    room.type(settings.selections, "many")
    assert "whole number" in settings.objection.text()
    assert not settings.save.isEnabled()
    room.push(settings.drop)
    assert (settings.selections.text(), settings.objection.text()) == ("150000", "")


def test_the_shape_of_a_token_is_edited_like_any_setting(room: Room) -> None:
    room.choose(PARTNER)
    room.window.parts.setCurrentIndex(1)
    settings = room.window.settings
    settings.token.algorithm.chips["PS512"].click()
    room.type(settings.token.lifetime, "9")
    assert "between 10 and 300 seconds" in settings.objection.text()
    room.type(settings.token.lifetime, "90")
    room.type(settings.issuer, "issuer-9")
    settings.save.click()
    partner = room.office.shelf.saved[1]
    assert (partner.token.algorithm, partner.token.lifetime, partner.issuer) == ("PS512", 90, "issuer-9")


@pytest.mark.parametrize(
    ("profile", "trading", "omnibus", "proxy"),
    [(DESK, True, False, True), (PARTNER, False, True, True), (FEED, False, False, True), (PRACTICE, False, False, False)],
    ids=["trading", "omnibus", "rankacy", "practice"],
)
def test_each_kind_of_account_has_its_settings(room: Room, profile: Profile, trading: bool, omnibus: bool, proxy: bool) -> None:
    room.choose(profile)
    room.window.parts.setCurrentIndex(1)
    settings = room.window.settings
    assert [part.isVisible() for part in (settings.trading, settings.omnibus, settings.proxy)] == [trading, omnibus, proxy]
    assert settings.none.isVisible() == (profile is PRACTICE)


def test_settings_of_a_profile_that_is_open_say_when_they_take_effect(make: Make) -> None:
    room = make(DESK)
    room.office.busy = {"Desk": "It is open in another window of this computer"}
    room.window.bring()
    room.choose(DESK)
    room.window.parts.setCurrentIndex(1)
    assert "takes effect when it is opened again" in room.window.settings.effect.text()


# Renaming, duplicating, deleting


def test_a_profile_is_renamed_in_a_box(room: Room) -> None:
    room.choose(DESK)
    room.window.list.view.setFocus()
    room.press(Qt.Key.Key_F2)
    box = room.window.rename_box
    assert (box.isVisible(), box.field.text()) == (True, "Desk")
    room.type(box.field, "Partner")
    QTest.keyClick(box.field, Qt.Key.Key_Return)
    assert (box.isVisible(), box.objection.text()) == (True, "✗ There is a profile 'Partner' already")
    room.type(box.field, "Front desk")
    assert not box.objection.isVisible()
    QTest.keyClick(box.field, Qt.Key.Key_Return)
    assert (box.isVisible(), room.window.title.text()) == (False, "Front desk")


def test_a_duplicate_is_shown_and_said_to_have_no_keys(room: Room) -> None:
    room.choose(DESK)
    room.push(room.window.list.duplicate)
    assert room.window.title.text() == "Desk copy"
    assert "no keys" in room.window.said.text()


def test_what_deleting_removes_is_said_before(room: Room) -> None:
    room.keep(PARTNER)
    room.choose(PARTNER)
    room.window.list.view.setFocus()
    room.press(Qt.Key.Key_Delete)
    box = room.window.delete_box
    assert "removed from the keyring" in box.words.text()
    assert "Its journal and its limits stay" in box.words.text()
    assert not box.field.isVisible()
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert (box.isVisible(), PARTNER in room.office.shelf.saved) == (False, True), "Enter is the harmless way out"
    room.press(Qt.Key.Key_Delete)
    box.delete.click()
    room.settle()
    assert PARTNER not in room.office.shelf.saved
    assert "off the list" in room.window.said.text()


def test_the_delete_key_deletes_no_account_outside_the_list(room: Room) -> None:
    room.choose(DESK)
    room.window.rotate.setFocus()
    room.press(Qt.Key.Key_Delete)
    assert not room.window.delete_box.isVisible()


def test_an_account_of_real_money_is_deleted_only_with_its_name_typed(room: Room) -> None:
    room.choose(MONEY)
    room.window.list.delete.click()
    box = room.window.delete_box
    assert (box.field.isVisible(), box.delete.isEnabled()) == (True, False)
    room.type(box.field, "money")
    QTest.keyClick(box.field, Qt.Key.Key_Return)
    assert (box.isVisible(), MONEY in room.office.shelf.saved) == (False, True), "Enter is the harmless way out"
    room.window.list.delete.click()
    room.type(box.field, "Money")
    assert box.delete.isEnabled()
    QTest.keyClick(box.field, Qt.Key.Key_Return)
    room.settle()
    assert MONEY not in room.office.shelf.saved


def test_what_was_typed_for_one_account_deletes_no_other(room: Room) -> None:
    room.choose(MONEY)
    room.window.list.delete.click()
    room.type(room.window.delete_box.field, "Money")
    room.window.delete_box.reject()
    room.choose(FEED)
    room.window.list.delete.click()
    assert (room.window.delete_box.field.text(), room.window.delete_box.delete.isEnabled()) == ("", False)


def test_a_question_about_one_profile_is_gone_with_it(room: Room) -> None:
    room.choose(DESK)
    room.window.list.delete.click()
    room.choose(PARTNER)
    assert not room.window.delete_box.isVisible()


def test_a_keyring_that_denies_is_said_in_place(room: Room) -> None:
    room.keep(PARTNER)
    room.choose(PARTNER)
    room.office.vault.refusing = {"remove"}
    room.window.list.delete.click()
    room.window.delete_box.delete.click()
    room.settle()
    assert room.window.error.text() == "✗ The keyring said no"
    assert PARTNER in room.office.shelf.saved


# New keys, mending, exporting


def test_new_keys_that_an_account_asks_for_are_begun_for_that_account(room: Room) -> None:
    room.choose(DESK)
    room.window.tabs.setCurrentIndex(room.window.tabs.count() - 1)
    room.window.hide()
    room.window.renew(PARTNER)
    room.settle()
    assert (room.window.isVisible(), room.window.tabs.currentIndex()) == (True, 0)
    assert room.window.title.text() == PARTNER.name
    room.window.host_box.confirm.click()
    room.settle()
    assert room.rotated == [PARTNER]


def test_new_keys_of_a_profile_that_is_gone_are_nobodys(room: Room) -> None:
    room.window.renew(msgspec.structs.replace(PARTNER, name="Gone", id="gone"))
    room.settle()
    assert room.window.isVisible()
    assert room.rotated == []


def test_new_keys_of_a_host_that_nothing_proves_are_asked_about(room: Room) -> None:
    room.choose(PARTNER)
    room.push(room.window.rotate)
    assert HOST in room.window.host_box.words.text()
    room.window.host_box.reject()
    room.settle()
    assert room.rotated == []
    room.push(room.window.rotate)
    room.window.host_box.confirm.click()
    room.settle()
    assert room.rotated == [PARTNER]


def test_what_endangers_the_keys_is_shown_with_its_remedy(room: Room) -> None:
    room.choose(DESK)
    assert not room.window.page.danger.isVisible()
    room.office.vault.troubles = ("The file can be read by other users.",)
    room.window.bring()
    assert room.window.page.danger.isVisible()
    assert room.window.page.problems.text() == "The file can be read by other users."
    room.push(room.window.page.mend)
    assert not room.window.page.danger.isVisible()
    assert room.window.said.text() == "✓ Nothing endangers its keys any more"


def test_settings_are_exported_to_a_file_that_is_asked_for(room: Room, tmp_path: Path) -> None:
    room.push(room.window.list.export)
    assert room.office.exported == []
    room.files.path = tmp_path / "mine.json"
    room.push(room.window.list.export)
    assert room.office.exported == [tmp_path / "mine.json"]
    assert "no key, passphrase or PIN is in it" in room.window.said.text()
    assert all(EXPORT_NAME in asked and "no key, passphrase or PIN" in asked for asked in room.files.asked)


# All of it


def test_escape_puts_the_window_away_and_forgets_what_was_typed(room: Room) -> None:
    room.choose(DESK)
    room.window.parts.setCurrentIndex(1)
    room.type(room.window.settings.aggregator, "agg-1")
    room.press(Qt.Key.Key_Escape)
    assert not room.window.isVisible()
    room.window.show()  # as after the idle lock, which hides what it covers
    assert room.window.settings.aggregator.text() == ""


def test_a_test_that_nobody_watches_ends(room: Room) -> None:
    room.keep(DESK)
    room.choose(DESK)
    room.office.prover.answering.clear()
    room.push(room.window.test)
    assert room.office.room.proof.is_running
    room.window.hide()
    room.settle()
    assert not room.office.room.proof.is_running


def test_a_window_that_is_gone_hears_nothing_of_the_book(room: Room) -> None:
    room.window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not shiboken6.isValid(room.window)
    room.office.book.changed()
    room.window = ProfilesWindow(None, room.office.room, room.window._theme, None, room.files)


def test_no_key_is_in_any_text_of_the_window(room: Room) -> None:
    for profile in (DESK, PARTNER, FEED):
        room.keep(profile)
        room.choose(profile)
        room.window.test.click()
        room.settle()
        for credentials, _place, _passphrase in room.office.vault.kept.values():
            for secret in credentials.parts.values():
                assert not any(secret.reveal() in text for text in texts(room.window))


@pytest.mark.parametrize("tab", [0, 1])
@pytest.mark.parametrize("profile", [PRACTICE, DESK, PARTNER, FEED], ids=["practice", "trading", "omnibus", "rankacy"])
def test_everything_that_takes_the_focus_has_a_name(room: Room, profile: Profile, tab: int) -> None:
    room.keep(profile)
    room.choose(profile)
    room.window.test.click()
    room.window.parts.setCurrentIndex(tab)
    room.settle()
    assert nameless(room.window) == []


@pytest.mark.parametrize("name", ["dark", "light"])
@pytest.mark.parametrize(("width", "height"), [(1060, 700), (760, 560), (640, 400)])
@pytest.mark.parametrize("profile", [PRACTICE, DESK, PARTNER, FEED], ids=["practice", "trading", "omnibus", "rankacy"])
def test_no_text_is_cut(room: Room, theme: Theme, profile: Profile, width: int, height: int, name: str) -> None:
    theme.use(name)
    room.office.vault.troubles = ("The file of the keys, in a folder with a long name, can be read by other users of this computer.",)
    room.keep(profile)
    room.choose(profile)
    room.window.resize(width, height)
    for tab in range(2):
        room.window.parts.setCurrentIndex(tab)
        room.settle()
        assert clipped(room.window) == []
