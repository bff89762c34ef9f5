"""For whom an order is: typed or picked from a list that opens below the field, the last used first."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QLineEdit, QListWidget, QListWidgetItem, QWidget

from app.domain.user import UserError, called, checked_user
from app.services.users import Users
from app.ui import formats
from app.ui.theme import Theme

LONGEST = 180  # characters that may be typed: an id has at most 100, a name 60
SHOWN = 8  # lines in view
MOST = 20  # lines in all


class Choice(msgspec.Struct, frozen=True):
    """A line of the list."""

    user_id: str
    words: str


def choices(users: Users, typed: str) -> list[Choice]:
    """What is offered for what was typed: users it may mean, and itself where nobody has met that id yet."""
    found = [Choice(user.id, called(user)) for user in users.find(typed, MOST)]
    try:
        user_id = checked_user(typed)
    except UserError:
        return found
    own = [one for one in found if one.user_id == user_id]
    if own:
        return own + [one for one in found if one.user_id != user_id]
    return [*found, Choice(user_id, f"New user: {user_id}")] if users.is_new(user_id) else [Choice(user_id, users.called(user_id)), *found]


class ChoiceList(QListWidget):
    """Lies over the window below its field and never takes the focus."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setFont(theme.font(12))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setAccessibleName("Users that may be meant")
        self.hide()

    def offer(self, lines: Sequence[Choice]) -> None:
        self.clear()
        for line in lines:
            item = QListWidgetItem(line.words)
            item.setData(Qt.ItemDataRole.UserRole, line.user_id)
            item.setToolTip(formats.tip(line.words))
            self.addItem(item)
        self.setCurrentRow(0)

    def chosen(self) -> str:
        item = self.currentItem()
        return str(item.data(Qt.ItemDataRole.UserRole)) if item else ""

    def move_by(self, lines: int) -> None:
        self.setCurrentRow(min(max(self.currentRow() + lines, 0), self.count() - 1))

    def lie_below(self, field: QWidget) -> None:
        """As wide as the field, as high as its lines where the window has so much room; above the field where there is more."""
        window = field.window()
        if self.parent() is not window:
            self.setParent(window)
        line = max(self.sizeHintForRow(0), 1)
        size = QSize(field.width(), line * min(self.count(), SHOWN) + 2 * self.frameWidth())
        below, above = field.mapTo(window, QPoint(0, field.height() + 1)), field.mapTo(window, QPoint(0, -1))
        if below.y() + size.height() <= window.height() or window.height() - below.y() >= above.y():
            self.setGeometry(below.x(), below.y(), size.width(), min(size.height(), window.height() - below.y()))
        else:
            height = min(size.height(), above.y())
            self.setGeometry(above.x(), above.y() - height, size.width(), height)
        self.raise_()
        self.show()


class UserField(QLineEdit):
    """While the list is open, arrows move in it, Enter and Tab take the chosen line, Escape closes it. What was typed stands for itself
    where nothing was taken. `picked` by Enter, Tab or a click: whoever hears it may move the focus on; else Tab does so by itself.
    """

    picked = Signal()

    def __init__(self, users: Users, theme: Theme) -> None:
        super().__init__()
        self._users = users
        self._picked = ("", "")  # what stands here, and the id it stands for
        self.list = ChoiceList(theme)
        self.setFont(theme.font(13, bold=True))
        self.setMaxLength(LONGEST)
        self.setAccessibleName("For: external user")
        self.setPlaceholderText("user id or name")
        self.textEdited.connect(self._typed)
        self.textChanged.connect(self._tell)
        self.list.itemClicked.connect(self._clicked)  # no lambda: it would keep this field, and the account with it, in memory for ever
        users.changed.connect(self._roster_changed)

    @property
    def is_choosing(self) -> bool:
        return self.list.isVisible()

    def user_id(self) -> str:
        """Whom it names; UserError with a sentence where it names nobody."""
        if len(self.text()) >= LONGEST:
            raise UserError("This is too long: the field may have cut it. Type it again")
        text, user_id = self._picked
        return user_id if text and text == self.text() else self._users.meant(self.text())

    def choose(self, user_id: str) -> None:
        """As if a person had picked them."""
        self.list.hide()
        text = self._users.called(user_id)
        before, self._picked = self._picked, (text, user_id)
        if text != self.text():
            self.setText(text)
        elif before != self._picked:
            self.textChanged.emit(text)  # the same words may have meant somebody else, or nobody
        self.setCursorPosition(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if not self.is_choosing:
            if key in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
                self._open("" if self._is_settled() else self.text())
                return
            super().keyPressEvent(event)
            return
        match key:
            case Qt.Key.Key_Down | Qt.Key.Key_Up:
                self.list.move_by(1 if key == Qt.Key.Key_Down else -1)
            case Qt.Key.Key_PageDown | Qt.Key.Key_PageUp:
                self.list.move_by(SHOWN if key == Qt.Key.Key_PageDown else -SHOWN)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._pick()
            case Qt.Key.Key_Escape:
                self.list.hide()
            case _:
                super().keyPressEvent(event)

    def focusNextPrevChild(self, is_next: bool) -> bool:
        if self.is_choosing and is_next:
            self._pick()
            if self.window().focusWidget() is not self:
                return True
        elif self.is_choosing:
            self._take()
        return super().focusNextPrevChild(is_next)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.list.hide()
        super().focusOutEvent(event)
        if not self.hasFocus():
            self.setCursorPosition(0)  # what is longer than the field is seen from its beginning

    def _tell(self, text: str) -> None:
        """All of it, where the field is too short."""
        self.setToolTip(formats.tip(text))

    def _typed(self, text: str) -> None:
        if text.strip():
            self._open(text)
        else:
            self.list.hide()

    def _open(self, typed: str) -> None:
        lines = choices(self._users, typed)
        if not lines:
            self.list.hide()
            return
        self.list.offer(lines)
        self.list.lie_below(self)

    def _clicked(self, _item: QListWidgetItem) -> None:
        self._pick()

    def _pick(self) -> None:
        self._take()
        self.picked.emit()

    def _take(self) -> None:
        user_id = self.list.chosen()
        self.list.hide()
        if user_id:
            self.choose(user_id)

    def _is_settled(self) -> bool:
        """Whether it names somebody already, so that the arrows offer everybody and not them alone."""
        return self.text() in {self._picked[0], *self._users.recent}

    def _roster_changed(self) -> None:
        """A name may have become another one."""
        text, user_id = self._picked
        if text and text == self.text() and text != self._users.called(user_id):
            self.choose(user_id)
        if self.is_choosing:
            self._open(self.text())
