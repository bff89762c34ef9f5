"""The window "Profiles and keys": every account that is set up, its keys and settings, and what can be done about them."""

from __future__ import annotations

from typing import Final

import shiboken6
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QTabWidget, QVBoxLayout, QWidget

from app.domain.profile import Profile, keyring_name
from app.services.setup.room import ProfileRoom
from app.ui.dialogs.confirm_host import ConfirmHostBox
from app.ui.dialogs.delete_profile import DeleteProfileBox
from app.ui.dialogs.passphrase import PassphraseBox
from app.ui.dialogs.rename_profile import RenameProfileBox
from app.ui.theme import Theme
from app.ui.views.idle_lock import IdleLockBox
from app.ui.views.profile_list import NARROW, WIDTH, ProfileList
from app.ui.views.profile_page import ProfilePage
from app.ui.views.profile_settings import ProfileSettings
from app.ui.wizard.outside import Files
from app.ui.wizard.parts import Words, button, row

SMALL: Final = 800  # pixels of the window under which the list makes room
LONGEST_LINE: Final = 720  # pixels
EXPORT_NAME: Final = "overround-settings.json"


class ProfilesWindow(QWidget):
    """Built once and shown as often as it is wanted; Escape puts it away.

    `open_wanted` with the profile whose window is to be opened instead, `beside_wanted` with one to be connected in this one,
    `rotate_wanted` with the one that gets new keys, `set_up_wanted` for the wizard of another account.
    """

    open_wanted = Signal(object)
    beside_wanted = Signal(object)
    rotate_wanted = Signal(object)
    set_up_wanted = Signal()

    def __init__(
        self, parent: QWidget | None, room: ProfileRoom, theme: Theme, idle: IdleLockBox | None = None, files: Files | None = None
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("profiles")
        self.setWindowTitle("Profiles and keys")
        self._room = room
        self._theme = theme
        self._files = files or Files()
        self.idle = idle
        self._is_busy = False
        self._asked_about = ""
        self._focus_before: QWidget | None = None
        self.list = ProfileList(room, theme)
        self.title = Words(theme, use="text.strong", size=18, bold=True)
        self.badge = QLabel()
        self.error = Words(theme, use="state.bad", bold=True, is_hiding=True)
        self.said = Words(theme, use="state.good", is_hiding=True)
        self.busy = Words(theme, use="state.info", bold=True)
        self.stop = button("Cancel")
        self.open, self.beside = button("Open"), button("Connect beside")
        self.test = button("Test now")
        self.rotate = button("New keys…")
        self.reasons = Words(theme, use="text.dim", size=12, is_hiding=True)
        self.page = ProfilePage(room, theme)
        self.settings = ProfileSettings(room, theme)
        self.parts = QTabWidget()
        self.tabs = QTabWidget()
        self.passphrase_box = PassphraseBox(self, theme)
        self.host_box = ConfirmHostBox(self, theme)
        self.rename_box = RenameProfileBox(self, theme)
        self.delete_box = DeleteProfileBox(self, theme)
        self._lay_out()
        self._connect()
        self.dress()
        self._fit()
        self.refresh()

    # Building

    def _lay_out(self) -> None:
        accounts = QWidget()
        sides = QHBoxLayout(accounts)
        sides.setContentsMargins(10, 12, 10, 8)
        sides.setSpacing(16)
        sides.addWidget(self.list)
        sides.addWidget(self._build_right(), 1)
        self.tabs.addTab(accounts, "Accounts")
        if self.idle is not None:
            self.tabs.addTab(_scrolled(_at_the_top(self.idle), "Safety"), "Safety")
        for tabs, name in ((self.tabs, "Profiles and keys"), (self.parts, "Keys and settings of the profile")):
            tabs.setDocumentMode(True)
            tabs.setAccessibleName(name)
            tabs.tabBar().setAccessibleName(name)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.addWidget(self.tabs)

    def _build_right(self) -> QWidget:
        right = QWidget()
        lines = QVBoxLayout(right)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(9)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.badge)
        lines.addLayout(head)
        lines.addWidget(row(self.open, self.beside, self.test, self.rotate))
        lines.addWidget(self.reasons)
        self.waiting = self._build_waiting()
        for strip in (self.error, self.said):
            strip.setMargin(8)
        for part in (self.error, self.said, self.waiting):
            lines.addWidget(part)
        self.parts.addTab(_scrolled(self.page, "Keys"), "Keys")
        fields = _scrolled(self.settings, "Settings")
        fields.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)  # six algorithms stand in one line
        self.parts.addTab(fields, "Settings")
        lines.addWidget(self.parts, 1)
        return right

    def _build_waiting(self) -> QWidget:
        waiting = QWidget()
        line = QHBoxLayout(waiting)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.busy, 1)
        line.addWidget(self.stop)
        waiting.hide()
        return waiting

    def _connect(self) -> None:
        room = self._room
        self.list.chosen.connect(room.choose)
        self.list.opened.connect(self._open)
        self.open.clicked.connect(self._open)
        self.beside.clicked.connect(self._connect_beside)
        self.test.clicked.connect(self._test)
        self.rotate.clicked.connect(self._rotate)
        self.list.rename.clicked.connect(self._rename)
        self.list.duplicate.clicked.connect(room.duplicate)
        self.list.delete.clicked.connect(self._delete)
        self.list.set_up.clicked.connect(self.set_up_wanted)
        self.list.export.clicked.connect(self._export)
        self.stop.clicked.connect(room.stop_work)
        self.rename_box.confirmed.connect(self._renamed)
        self.delete_box.confirmed.connect(room.remove)
        room.changed.connect(self.refresh)
        self._theme.changed.connect(self.dress)
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self.hide)

    def _fit(self) -> None:
        """As large as is useful, and never larger than the screen."""
        room = self.screen().availableGeometry()
        self.resize(min(1060, room.width()), min(700, room.height()))

    # Showing

    def close_for_good(self) -> None:
        """The program around it goes; what lives longer forgets it."""
        self._room.close()
        if self.idle is not None:
            self.idle.let_go()
        self.hide()

    def bring(self) -> None:
        """Show it, or bring it to the front; the list is read anew."""
        self._room.look()
        self.show()
        self.raise_()
        self.activateWindow()
        self.list.view.setFocus()

    def renew(self, profile: Profile) -> None:
        """Show it with this profile chosen, and begin the rotation of its keys."""
        self.bring()
        self.tabs.setCurrentIndex(0)
        self.parts.setCurrentIndex(0)
        self._room.choose(profile)
        self._rotate()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.list.setFixedWidth(WIDTH if event.size().width() >= SMALL else NARROW)
        super().resizeEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """What was typed and not saved is gone, and a test ends."""
        for box in (self.passphrase_box, self.host_box, self.rename_box, self.delete_box):
            box.reject()
        self._room.leave()
        super().hideEvent(event)

    def refresh(self) -> None:
        """Show the room as it stands."""
        if not shiboken6.isValid(self):  # the book lives longer than a window
            return
        self.list.refresh()
        self._put_questions_away()
        profile, work = self._room.chosen, self._room.work
        is_busy = bool(work.words)
        self.title.say(profile.name)
        self._show_badge()
        self.error.say(f"✗ {work.error}" if work.error else "")
        self.said.say(f"✓ {work.said}" if work.said else "")
        shows = (self._show_busy, self._show_buttons)  # the focus leaves a button before that is disabled, and comes back after
        for show in shows if is_busy else reversed(shows):
            show(is_busy=is_busy)
        self.page.refresh(is_busy=is_busy)
        self.settings.refresh(is_busy=is_busy)

    def _put_questions_away(self) -> None:
        """What is asked about one profile is not answered about another."""
        name = keyring_name(self._room.chosen)
        if name != self._asked_about:
            self._asked_about = name
            for box in (self.rename_box, self.delete_box):
                box.reject()

    def _show_buttons(self, *, is_busy: bool) -> None:
        """Each that cannot be pressed says why: in its tip, to a screen reader, and in the lines below."""
        told, listed = self._room.objections, self.list
        why: dict[str, list[str]] = {}
        for one, objection in ((self.open, told.open), (self.beside, told.beside), (self.test, told.test), (self.rotate, told.rotate),
                               (listed.rename, told.rename), (listed.duplicate, told.duplicate), (listed.delete, told.remove)):  # fmt: skip
            one.setEnabled(not objection and not is_busy)
            _explain(one, f"{one.accessibleName()}: {objection}" if objection else "")
            if objection:
                why.setdefault(objection, []).append(one.accessibleName())
        self.reasons.say("\n".join(f"{', '.join(names)}: {objection}." for objection, names in why.items()))
        for one in (listed.set_up, listed.export):
            one.setEnabled(not is_busy)

    def _show_busy(self, *, is_busy: bool) -> None:
        """Say what is waited for. The focus goes to what can be pressed meanwhile, and back."""
        work = self._room.work
        self.busy.say(f"… {work.words}" if work.words else "")
        self.stop.setVisible(work.is_stoppable)
        if is_busy == self._is_busy:
            return
        self._is_busy = is_busy
        if is_busy:
            self._focus_before = self.focusWidget()
            self.waiting.show()
            (self.stop if work.is_stoppable else self.list.view).setFocus()
            return
        self.waiting.hide()
        before = self._focus_before
        is_there = before is not None and before.isEnabled() and before.isVisibleTo(self)
        (before if before is not None and is_there else self.list.view).setFocus()

    def _show_badge(self) -> None:
        profile, css = self._room.chosen, self._theme.colours.css
        self.badge.setText(f"{profile.environment} · {profile.provider.called}")
        style = (
            f"background: {css(profile.environment.colour)}; color: {css('text.on_accent')};"
            " border-radius: 4px; padding: 3px 9px; font-weight: 600;"
        )
        if style != self.badge.styleSheet():
            self.badge.setStyleSheet(style)

    def dress(self) -> None:
        css = self._theme.colours.css
        field, line, focus = css("surface.field"), css("surface.line"), css("state.info")
        self.setStyleSheet(
            f"QPlainTextEdit {{ background: {field}; border: 1px solid {line}; border-radius: 4px; padding: 4px; }}"
            f"QPlainTextEdit:focus, QListView:focus {{ border-color: {focus}; }}"
            f"QListView {{ border: 1px solid {line}; }}"
            "QScrollArea { border: 1px solid transparent; background: transparent; }"
            f"QScrollArea:focus {{ border-color: {focus}; }}"
        )
        for strip, tone in ((self.error, "bad"), (self.said, "good")):
            strip.setStyleSheet(
                f"background: {css(f'state.{tone}_back')}; color: {css(f'state.{tone}')}; border: 1px solid {css(f'state.{tone}')};"
                " border-radius: 4px;"
            )
        self._show_badge()
        self.list.view.viewport().update()
        if self.idle is not None:
            self.idle.dress()

    # What a person does

    def _open(self) -> None:
        if self.open.isEnabled():
            self.open_wanted.emit(self._room.chosen)

    def _connect_beside(self) -> None:
        self.beside_wanted.emit(self._room.chosen)

    def _test(self) -> None:
        self.parts.setCurrentIndex(0)
        self._room.test(self.passphrase_box.ask)

    def _rotate(self) -> None:
        self._room.rotate(self.passphrase_box.ask, self.host_box.ask, self._rotation_wanted)

    def _rotation_wanted(self, profile: Profile) -> None:
        self.rotate_wanted.emit(profile)

    def _rename(self) -> None:
        self.rename_box.begin(self._room.chosen.name)

    def _renamed(self, name: str) -> None:
        if self._room.rename(name):
            self.rename_box.accept()
        else:
            self.rename_box.refuse(self._room.work.error)

    def _delete(self) -> None:
        self.delete_box.begin(self._room.chosen.name, self._room.removal, self._room.phrase)

    def _export(self) -> None:
        self._files.to_write(
            self, "Export settings: no key, passphrase or PIN is in the file", EXPORT_NAME, "JSON (*.json)", self._room.export
        )


def _explain(one: QPushButton, words: str) -> None:
    """Why it cannot be pressed; its own tip where it can."""
    own = one.property("own_tip")
    if own is None:
        own = one.toolTip()
        one.setProperty("own_tip", own)
    one.setToolTip(words or own)
    one.setAccessibleDescription(words or own)


def _at_the_top(inside: QWidget) -> QWidget:
    """With the room below it left empty, and no line too long to be read."""
    inside.setMaximumWidth(LONGEST_LINE)
    whole = QWidget()
    layout = QVBoxLayout(whole)
    layout.setContentsMargins(16, 14, 16, 10)
    layout.addWidget(inside)
    layout.addStretch(1)
    return whole


def _scrolled(inside: QWidget, name: str) -> QScrollArea:
    """Scrolls by the arrow keys too, because there may be nothing else in it that takes the focus."""
    area = QScrollArea()
    area.setWidget(inside)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    area.setAccessibleName(name)
    return area
