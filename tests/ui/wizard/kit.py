"""A wizard's window on fakes, driven by keys, and a walk over everything it shows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QPlainTextEdit, QWidget

from app.domain.secret import Secret
from app.services.setup.wizard import Page
from app.ui.theme import Theme
from app.ui.wizard.outside import Files, Found
from app.ui.wizard.window import WizardWindow
from tests.services.setup.fakes import FakeProver, Scene
from tests.ui.kit import SteppedTasks

LAYOUTS = 4  # rounds until a layout within layouts has come to rest
MOST_TABS = 80  # more than any page has stops


class FakeFiles(Files):
    """Answers with `path` at once; None: the person chose nothing."""

    def __init__(self) -> None:
        self.path: Path | None = None
        self.asked: list[str] = []

    def to_read(self, parent: QWidget, title: str, kinds: str, found: Found) -> None:
        self._answer(title, found)

    def to_write(self, parent: QWidget, title: str, name: str, kinds: str, found: Found) -> None:
        self._answer(f"{title}: {name}", found)

    def _answer(self, asked: str, found: Found) -> None:
        self.asked.append(asked)
        if self.path is not None:
            found(self.path)


class Stage:
    """The window, what stands behind it, and what was copied."""

    def __init__(self, theme: Theme, *, width: int = 900, height: int = 680, prover: FakeProver | None = None) -> None:
        self.stepped = SteppedTasks()
        self.scene = Scene(self.stepped, prover=prover)
        self.wizard = self.scene.wizard
        self.files = FakeFiles()
        self.copied: list[str] = []
        self.pasted: list[Secret] = []
        self.window = WizardWindow(None, self.wizard, theme, self.copy, self.files, self.pasted.append)
        self.window.setMinimumSize(0, 0)
        self.window.resize(width, height)
        self.window.show()
        self.window.activateWindow()
        self.settle()

    def close(self) -> None:
        if not self.wizard.is_closed:
            self.wizard.cancel()
        self.stepped.give_up()
        self.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def settle(self) -> None:
        """Everything that can go on has gone on and is laid out."""
        self.stepped.settle()
        for _ in range(LAYOUTS):
            QCoreApplication.sendPostedEvents()

    @property
    def page(self) -> Page:
        return self.wizard.page

    def is_at(self, page: Page) -> bool:
        return self.page is page

    @property
    def view(self) -> QWidget:
        return self.window.pages[self.page]

    # Hands

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(QApplication.focusWidget() or self.window, key, modifier)
        self.settle()

    def type(self, text: str) -> None:
        focused = QApplication.focusWidget()
        assert isinstance(focused, QLineEdit | QPlainTextEdit)
        QTest.keyClicks(focused, text)
        self.settle()

    def paste(self, text: str) -> None:
        QApplication.clipboard().setText(text)
        self.press(Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
        QApplication.clipboard().clear()

    def tab_to(self, widget: QWidget) -> None:
        """By the Tab key alone."""
        for _ in range(MOST_TABS):
            if QApplication.focusWidget() is widget:
                return
            self.press(Qt.Key.Key_Tab)
        raise AssertionError(f"Tab does not reach {widget.accessibleName() or widget!r}")

    def enter(self) -> None:
        self.press(Qt.Key.Key_Return)

    def copy(self, text: str, _what: str) -> None:
        self.copied.append(text)


def widgets(top: QWidget) -> Iterator[QWidget]:
    yield top
    yield from top.findChildren(QWidget)


def texts(top: QWidget) -> Iterator[str]:
    """Every text that a person or a screen reader could meet in it, hidden parts too; places to break lines at are taken out."""
    return (text.replace("\u200b", "") for text in _texts(top))


def _texts(top: QWidget) -> Iterator[str]:
    for widget in widgets(top):
        yield from (widget.toolTip(), widget.whatsThis(), widget.statusTip(), widget.windowTitle())
        yield from (widget.accessibleName(), widget.accessibleDescription(), widget.objectName())
        if isinstance(widget, QLabel | QAbstractButton):
            yield widget.text()
        elif isinstance(widget, QLineEdit):
            yield from (widget.text(), widget.placeholderText(), widget.displayText())
        elif isinstance(widget, QPlainTextEdit):
            yield from (widget.toPlainText(), widget.placeholderText())


def nameless(top: QWidget) -> list[str]:
    """What can have the focus and says no name to a screen reader."""
    found = []
    for widget in widgets(top):
        if widget is top or not widget.isVisible() or widget.focusPolicy() == Qt.FocusPolicy.NoFocus:
            continue
        interface = QAccessible.queryAccessibleInterface(widget)
        if not interface.text(QAccessible.Text.Name).strip():
            found.append(repr(widget))
    return found


def clipped(top: QWidget) -> list[str]:
    """Labels and buttons with less room than their text takes."""
    found = []
    for widget in widgets(top):
        if not widget.isVisible():
            continue
        if isinstance(widget, QLabel):
            least = widget.heightForWidth(widget.width()) if widget.wordWrap() else widget.sizeHint().height()
            if widget.height() < least or (not widget.wordWrap() and widget.width() < widget.sizeHint().width()):
                found.append(f"{widget.text()!r} {widget.size().toTuple()} of {least}")
        elif isinstance(widget, QAbstractButton) and widget.layout() is None:  # a card's text is in labels
            hint = widget.minimumSizeHint()
            if widget.text() and (widget.width() < hint.width() or widget.height() < hint.height()):
                found.append(f"{widget.text()!r} {widget.size().toTuple()} of {hint.toTuple()}")
        overlap = widget.parentWidget()
        if overlap is not None and isinstance(widget, QLabel | QAbstractButton) and widget.geometry().right() > overlap.width():
            found.append(f"{widget.text()!r} goes beyond its place")
    return found
