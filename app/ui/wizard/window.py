"""The wizard's window: the steps at the left, the page at the right, and the two buttons that go on and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent, QCloseEvent, QResizeEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.domain.secret import Secret
from app.services.setup.wizard import Page, Wizard
from app.ui.dialogs.box import Box
from app.ui.theme import Theme
from app.ui.wizard.outside import Copy, Files, Outside
from app.ui.wizard.page import PageView
from app.ui.wizard.pages.done import DonePage
from app.ui.wizard.pages.environment import EnvironmentPage
from app.ui.wizard.pages.keys import KeysPage
from app.ui.wizard.pages.proof import ProofPage
from app.ui.wizard.pages.register import RegisterPage
from app.ui.wizard.pages.where import WherePage
from app.ui.wizard.pages.who import WhoPage
from app.ui.wizard.parts import Words
from app.ui.wizard.paste_field import PasteField
from app.ui.wizard.secret_field import SecretField
from app.ui.wizard.step_list import StepList
from app.ui.wizard.waiting import Waiting

LEAST: Final = (760, 600)  # pixels, where the screen has them
NARROW = 680  # pixels of the window under which the steps make room
_PAGES: Final[dict[Page, Callable[[Outside], PageView]]] = {
    Page.WHO: WhoPage,
    Page.ENVIRONMENT: EnvironmentPage,
    Page.KEYS: KeysPage,
    Page.REGISTER: RegisterPage,
    Page.WHERE: WherePage,
    Page.PROOF: ProofPage,
    Page.DONE: DonePage,
}
_NEXT: Final = {Page.PROOF: "Keep", Page.DONE: "Finish"}


class WizardWindow(QDialog):
    """Shows a wizard until that is closed. Not modal: the window behind it, its kill switch above all, stays usable.

    `copy` puts text on the clipboard; `files` asks for files; `pasted` hears of each secret that came from the clipboard.
    """

    def __init__(
        self,
        parent: QWidget | None,
        wizard: Wizard,
        theme: Theme,
        copy: Copy,
        files: Files | None = None,
        pasted: Callable[[Secret], object] = lambda _secret: None,
    ) -> None:
        super().__init__(parent)
        self.setModal(False)
        self.setObjectName("wizard")
        rotated = next((account.rotates for account in wizard.accounts if account.rotates), None)
        self.setWindowTitle(f"New keys of {rotated.name}" if rotated else "Set up accounts")
        self._wizard = wizard
        self._theme = theme
        self._pasted = pasted
        outside = Outside(wizard, theme, copy, files or Files())
        self.pages = {page: build(outside) for page, build in _PAGES.items()}
        self._shown: tuple[Page, int] | None = None
        self._is_busy = False
        self._focus_before: QWidget | None = None
        self.steps = StepList(theme)
        self.title = Words(theme, use="text.strong", size=18, bold=True)
        self.badge = QLabel()
        self.error = Words(theme, use="state.bad", bold=True, is_hiding=True)
        self.said = Words(theme, use="state.good", is_hiding=True)
        self.content = QScrollArea()
        self.faces = QStackedWidget()
        self.waiting = Waiting(theme)
        self.objection = Words(theme, use="state.warning", size=12)
        self.back = QPushButton()
        self.next = QPushButton()
        self.leave_box = Box(self, theme, "Close without keeping?", "Go on with it")
        self.close_anyway = self.leave_box.add_button("Close and keep nothing of it", "danger")
        self._lay_out()
        self._connect()
        self.dress()
        self._fit()
        self.refresh()

    # Building

    def _lay_out(self) -> None:
        side = QVBoxLayout()
        side.setContentsMargins(18, 14, 12, 12)
        side.setSpacing(10)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.badge)
        side.addLayout(head)
        for strip in (self.error, self.said):
            strip.setMargin(8)
            side.addWidget(strip)
        side.addWidget(self._build_faces(), 1)
        side.addLayout(self._footer())
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.steps)
        layout.addLayout(side, 1)

    def _build_faces(self) -> QStackedWidget:
        inside = QWidget()
        pages = QVBoxLayout(inside)
        pages.setContentsMargins(0, 0, 0, 0)
        for view in self.pages.values():
            view.hide()
            pages.addWidget(view)
        self.content.setWidget(inside)
        self.content.setWidgetResizable(True)
        self.content.setFrameShape(QFrame.Shape.NoFrame)
        self.content.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.content.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.faces.addWidget(self.content)
        self.faces.addWidget(self.waiting)
        return self.faces

    def _footer(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(10)
        self.objection.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self.back)
        line.addWidget(self.objection, 1)
        line.addWidget(self.next)
        return line

    def _connect(self) -> None:
        self.back.clicked.connect(self._go_back)
        self.next.clicked.connect(self._wizard.next)
        self.waiting.stop.clicked.connect(self._wizard.stop_work)
        self.close_anyway.clicked.connect(self._close_anyway)
        self._wizard.changed.connect(self.refresh)
        self._theme.changed.connect(self.dress)
        for field in self.findChildren(SecretField):
            field.pasted.connect(lambda text: self._pasted(Secret(text)))
        for paste in self.findChildren(PasteField):
            paste.pasted.connect(lambda text: self._pasted(Secret(text.decode("utf-8", "surrogatepass"))))

    def _fit(self) -> None:
        """As small as is useful, and never larger than the screen."""
        room = self.screen().availableGeometry()
        self.setMinimumSize(min(LEAST[0], room.width()), min(LEAST[1], room.height()))
        self.resize(min(920, room.width()), min(680, room.height()))

    # Showing

    def bring(self) -> None:
        """Show it, or bring it to the front."""
        self.show()
        self.raise_()
        self.activateWindow()

    def refresh(self) -> None:
        """Show the wizard as it stands."""
        if self._wizard.is_closed:
            self._put_away()
            return
        if not self._turn_page():
            self.pages[self._wizard.page].refresh()
        self.steps.show_steps(self._wizard.steps)
        self._show_badge()
        self._say()
        self._show_face()
        self._show_buttons()

    def _turn_page(self) -> bool:
        """Leave the old page and enter the new one; whether they differ."""
        now = (self._wizard.page, self._wizard.place_in_accounts)
        if now == self._shown:
            return False
        if self._shown is not None:
            old = self.pages[self._shown[0]]
            old.leave()
            old.hide()
        self._shown = now
        view = self.pages[now[0]]
        view.enter()
        view.refresh()
        view.show()
        self.title.say(view.title)
        self.content.verticalScrollBar().setValue(0)
        self._focus_before = None
        if not self._is_busy:
            self._focus(view.start_at())
        return True

    def _say(self) -> None:
        work = self._wizard.work
        for strip, sign, words in ((self.error, "✗", work.error), (self.said, "✓", work.said)):
            text = f"{sign} {words}" if words else ""
            is_new = bool(text) and text != strip.text()
            strip.say(text)
            if is_new:
                QAccessible.updateAccessibility(QAccessibleEvent(strip, QAccessible.Event.Alert))

    def _show_face(self) -> None:
        """The page, or what is waited for."""
        is_busy = bool(self._wizard.work.words)
        self.waiting.show_work(self._wizard.work)
        if is_busy == self._is_busy:
            return
        self._is_busy = is_busy
        if is_busy:
            self._focus_before = self.focusWidget()
            self.faces.setCurrentIndex(1)
            self._focus(self.waiting.stop)
            return
        self.faces.setCurrentIndex(0)
        self._focus(self.pages[self._wizard.page].go_on_at(self._focus_before))

    def _show_buttons(self) -> None:
        wizard = self._wizard
        objection = "" if self._is_busy else wizard.objection
        self.objection.say(objection)
        self.next.setText(_NEXT.get(wizard.page, "Next"))
        self.next.setEnabled(not objection and not self._is_busy)
        self.next.setDefault(True)
        self.next.setAccessibleName(self.next.text())
        self.next.setAccessibleDescription(objection)
        self.back.setText("Cancel" if wizard.is_first else "Back")
        self.back.setAccessibleName(self.back.text())
        self.back.setVisible(wizard.may_go_back or self._is_busy)
        self.back.setEnabled(not self._is_busy)

    def _show_badge(self) -> None:
        """Which account this is, in its environment's colour."""
        if not self._wizard.has_account:
            self.badge.hide()
            return
        account = self._wizard.account
        named = f"new keys of {account.rotates.name}" if account.rotates else account.provider.called
        self.badge.setText(f"{account.environment} · {named}")
        style = (
            f"background: {self._theme.colours.css(account.environment.colour)}; color: {self._theme.colours.css('text.on_accent')};"
            " border-radius: 4px; padding: 3px 9px; font-weight: 600;"
        )
        if style != self.badge.styleSheet():
            self.badge.setStyleSheet(style)
        self.badge.show()

    def dress(self) -> None:
        css = self._theme.colours.css
        field, line, focus = css("surface.field"), css("surface.line"), css("state.info")
        self.setStyleSheet(
            f"QPlainTextEdit {{ background: {field}; border: 1px solid {line}; border-radius: 4px; padding: 4px; }}"
            f"QPlainTextEdit:focus {{ border-color: {focus}; }}"
            f"QPushButton:default:enabled {{ border-color: {focus}; }}"
            f"QPushButton:checked {{ background: {css('state.info_back')}; border-color: {focus}; }}"
        )
        self.steps.setStyleSheet(f"StepList, StepList > QWidget > QWidget {{ background: {css('surface.panel')}; }}")
        for strip, tone in ((self.error, "bad"), (self.said, "good")):
            strip.setStyleSheet(
                f"background: {css(f'state.{tone}_back')}; color: {css(f'state.{tone}')}; border: 1px solid {css(f'state.{tone}')};"
                " border-radius: 4px;"
            )
        self._show_badge()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.steps.setVisible(event.size().width() >= NARROW)
        super().resizeEvent(event)

    def _focus(self, widget: QWidget) -> None:
        widget.setFocus(Qt.FocusReason.OtherFocusReason)
        if self.content.isAncestorOf(widget):
            self.content.ensureWidgetVisible(widget, 0, 8)

    # Leaving

    def reject(self) -> None:
        """Escape: what is under way is stopped, which is what the Cancel that is shown does; else as the window's own cross."""
        if self._wizard.work.words and self._wizard.work.is_stoppable:
            self._wizard.stop_work()
        else:
            self.ask_to_leave()

    def ask_to_leave(self) -> None:
        """Close, or ask first where something would be lost."""
        if self._wizard.is_begun and self._wizard.may_go_back:
            self._ask()
        else:
            self._wizard.cancel()

    def close_for_good(self) -> None:
        """The program goes: no question. Keys that are being kept at this moment are not waited for."""
        self._wizard.give_up()

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()
        self.ask_to_leave()

    def _go_back(self) -> None:
        if self._wizard.is_first:
            self.reject()
        else:
            self._wizard.back()

    def _ask(self) -> None:
        count = len(self._wizard.kept)
        kept = f" What was kept before stays: {count} account{'s' if count > 1 else ''}." if count else ""
        self.leave_box.words.setText(f"What was typed and made for the account under way is forgotten, a new key with it.{kept}")
        self.leave_box.bring()
        self.leave_box.harmless.setFocus()

    def _close_anyway(self) -> None:
        self.leave_box.accept()
        self._wizard.cancel()

    def _put_away(self) -> None:
        for view in self.pages.values():
            if self._wizard.has_account:
                view.leave()
        self.leave_box.hide()
        super().reject()
