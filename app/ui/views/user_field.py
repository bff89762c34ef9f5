"""For whom an order is: typed or picked from a list that opens below the field, the last used first."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
from PySide6.QtCore import QPoint, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QLineEdit, QListWidget, QListWidgetItem, QWidget

from app.domain.user import UserError, checked_user
from app.services.users import Users
from app.ui import formats
from app.ui.theme import Theme

LONGEST = 180  # characters that may be typed: an id has at most 100, a name 60
SHOWN = 8  # lines in view
MOST = 20  # lines in all
_AWAY = {Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason}  # the focus comes back here, and typing goes on


class Choice(msgspec.Struct, frozen=True):
    """A line of the list."""

    user_id: str
    words: str


def choices(users: Users, typed: str) -> list[Choice]:
    """What is offered for what was typed: whom it means by itself first, then users it may mean, last the id that it would be."""
    meant, own = _read(users.meant, typed), _read(checked_user, typed)
    first = [user_id for user_id in dict.fromkeys((meant, own)) if user_id and (user_id == meant or not users.is_new(user_id))]
    found = [user.id for user in users.find(typed, MOST)]
    return [Choice(user_id, _called(users, user_id)) for user_id in dict.fromkeys((*first, *found, own)) if user_id]


def _read(read: Callable[[str], str], typed: str) -> str:
    """An id, or nothing where these words name nobody."""
    try:
        return read(typed)
    except UserError:
        return ""


def _called(users: Users, user_id: str) -> str:
    return f"New user: {user_id}" if users.is_new(user_id) else users.called(user_id)


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

    def offer(self, lines: Sequence[Choice], meant: str) -> None:
        """Mark the line of whom is meant already, or the only one there is; else none, until a person does."""
        self.clear()
        for line in lines:
            item = QListWidgetItem(line.words)
            item.setData(Qt.ItemDataRole.UserRole, line.user_id)
            item.setToolTip(formats.tip(line.words))
            self.addItem(item)
        ids = [line.user_id for line in lines]
        self.setCurrentRow(ids.index(meant) if meant in ids else 0 if len(ids) == 1 and not meant else -1)

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
    """What it means never depends on how it is left: an id or a whole name as typed, else whom an arrow key or the mouse chose, who stands
    in the field at once. Enter takes the marked line, also the only one that has these words in it; leaving takes nobody. Escape brings
    back what was typed. Once left or taken it shows name and id. `picked` by Enter, Tab or the mouse: whoever hears it may move the focus
    on; else Tab does so by itself.
    """

    picked = Signal()

    def __init__(self, users: Users, theme: Theme) -> None:
        super().__init__()
        self._users = users
        self._picked = ("", "")  # what stands here, and the id it stands for
        self._asked = ""  # what the list is open for
        self._before = ("", self._picked)  # what stood here, and was picked, before an arrow key chose
        self.list = ChoiceList(theme)
        self.setFont(theme.font(13, bold=True))
        self.setMaxLength(LONGEST)
        self.setAccessibleName("For: external user")
        self.setPlaceholderText("user id or name")
        self.textEdited.connect(self._typed)
        self.textChanged.connect(self._tell)
        self.list.itemPressed.connect(self._pressed)  # no lambda: it would keep this field, and the account with it, in memory for ever
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
        self._stand(self._users.called(user_id), user_id)
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
                self._move(1 if key == Qt.Key.Key_Down else -1)
            case Qt.Key.Key_PageDown | Qt.Key.Key_PageUp:
                self._move(SHOWN if key == Qt.Key.Key_PageDown else -SHOWN)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._pick()
            case Qt.Key.Key_Escape:
                self._go_back()
            case _:
                super().keyPressEvent(event)

    def focusNextPrevChild(self, is_next: bool) -> bool:
        was_choosing = self.is_choosing
        self.list.hide()
        if was_choosing and is_next and self._meant():
            self._settle()
            self.picked.emit()
            if self.window().focusWidget() is not self:
                return True
        return super().focusNextPrevChild(is_next)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.list.hide()
        is_left = event.reason() not in _AWAY
        if is_left:
            self._settle()
        super().focusOutEvent(event)
        if is_left:
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
        self._asked, self._before = typed, (self.text(), self._picked)
        self.list.offer(lines, self._meant())
        self.list.lie_below(self)

    def _meant(self) -> str:
        """Whom it names as it stands; empty for nobody."""
        return _read(lambda _text: self.user_id(), self.text())

    def _move(self, lines: int) -> None:
        """Whom the arrow comes to stands in the field at once, so that they are meant however it is left."""
        self.list.move_by(lines)
        user_id = self.list.chosen()
        self._stand(self._users.called(user_id), user_id)

    def _go_back(self) -> None:
        self.list.hide()
        text, (picked, user_id) = self._before
        self._stand(text, user_id if picked == text else "")

    def _stand(self, text: str, user_id: str) -> None:
        """Put a text here that stands for this id, or for itself."""
        before, self._picked = self._picked, (text if user_id else "", user_id)
        if text != self.text():
            self.setText(text)
        elif before != self._picked:
            self.textChanged.emit(text)  # the same words may have meant somebody else, or nobody

    def _pressed(self, _item: QListWidgetItem) -> None:
        self._pick()

    def _pick(self) -> None:
        """The marked line; without one the list stays open, unless whom it means already is beyond its end."""
        user_id = self.list.chosen() or self._meant()
        if user_id:
            self.choose(user_id)
            self.picked.emit()

    def _settle(self) -> None:
        """Show by name and id whom it names. They stay the same, so nobody need hear of it: a ticket that is armed for them stays so."""
        user_id = self._meant()
        if user_id:
            self._picked = (self._users.called(user_id), user_id)
            with QSignalBlocker(self):
                self.setText(self._picked[0])
            self._tell(self.text())

    def _is_settled(self) -> bool:
        """Whether it names somebody already, so that the arrows offer everybody and not them alone."""
        return self.text() in {self._picked[0], *self._users.recent}

    def _roster_changed(self) -> None:
        """A name may have become another one."""
        text, user_id = self._picked
        if text and text == self.text() and text != self._users.called(user_id):
            self.choose(user_id)
        if self.is_choosing and self.text() == self._before[0]:
            self._open(self._asked)
