"""A small box: one user's name, and what may be at risk for them where it is not the profile's own limit."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFormLayout, QLabel, QLineEdit, QWidget

from app.domain.money import parse_stake
from app.domain.risk import BOUNDS
from app.domain.user import LONGEST_NAME, User, UserError, UserLimits, checked_name, checked_user
from app.services.users import Users
from app.ui.dialogs.box import Box
from app.ui.theme import Theme

LIMITS = (("order", "user_order", "In one order"), ("event", "user_event", "On an event"), ("day", "user_day", "In a day"),
          ("total", "user", "In total"))  # fmt: skip
LONGEST_AMOUNT = 16


class EditUserBox(Box):
    """`begin` with a user, or without one to add somebody. `kept` with the id once it was put into the list."""

    kept = Signal(str)

    def __init__(self, parent: QWidget, theme: Theme, users: Users) -> None:
        super().__init__(parent, theme, "User", "Cancel")
        self._users = users
        self._theme = theme
        self._before: User | None = None
        self.words.setText("An empty limit is the profile's own. A limit of a user may be below or above it.")
        self.id = _field("User id", 101)
        self.name = _field("Name", LONGEST_NAME + 1)
        self.limits = {field: _field(title, LONGEST_AMOUNT) for field, _, title in LIMITS}
        self.objection = QLabel()
        self.objection.setWordWrap(True)
        form = QFormLayout()
        for title, field in (("User id", self.id), ("Name", self.name), *((title, self.limits[field]) for field, _, title in LIMITS)):
            label = QLabel(title)
            label.setBuddy(field)
            form.addRow(label, field)
            field.textChanged.connect(self._typed)
        self.body.addLayout(form)
        self.body.addWidget(self.objection)
        self.save = self.add_button("Save")
        self.save.setDefault(True)
        self.save.clicked.connect(self._confirm)

    def begin(self, user: User | None, standard: UserLimits) -> None:
        """`standard`: what is in force for them now, shown where a field is empty."""
        self._before = user
        shown = user or User("")
        self.title.setText("Edit this user" if user else "Add a user")
        self.id.setText(shown.id)
        self.id.setReadOnly(user is not None)
        self.id.setEnabled(user is None)
        self.name.setText(shown.name)
        for field, _, _ in LIMITS:
            own, usual = getattr(shown.limits, field), getattr(standard, field)
            self.limits[field].setText("" if own is None else f"{own:.2f}")
            self.limits[field].setPlaceholderText(f"{usual:,.2f}" if usual is not None else "")
        self.objection.hide()
        self.bring()
        self.fit()
        (self.name if user else self.id).setFocus()

    def _typed(self, _text: str) -> None:
        self.objection.hide()

    def _confirm(self) -> None:
        try:
            user = self._typed_user()
        except ValueError as problem:  # UserError is one
            self._refuse(str(problem))
            return
        if self._before is None and user.id in self._users.known:
            self._refuse(f"{self._users.called(user.id)} is in the list already: choose it there to edit it")
        elif self._before is not None and self._users.user(user.id) != self._before:
            self._refuse(f"{self._users.called(user.id)} was changed while this box was open: close it and look again")
        elif trouble := self._users.put([user]):
            self._refuse(trouble)
        else:
            self.hide()
            self.kept.emit(user.id)

    def _typed_user(self) -> User:
        """ValueError with a sentence for the first field that cannot be used."""
        if not self.id.text().strip():
            raise UserError("Type the external user id")
        limits = {field: _limit(self.limits[field].text(), bound, title) for field, bound, title in LIMITS}
        return User(checked_user(self.id.text()), checked_name(self.name.text()), UserLimits(**limits))

    def _refuse(self, words: str) -> None:
        self.objection.setStyleSheet(f"color: {self._theme.colours.css('state.bad')};")
        self.objection.setText(f"✗ {words}")
        self.objection.show()
        self.fit()


def _limit(text: str, bound: str, title: str) -> Decimal | None:
    """What was typed for a limit; None for an empty field, which means the profile's own."""
    if not text.strip():
        return None
    low, high = BOUNDS[bound]
    try:
        limit = parse_stake(text)
    except ValueError:
        raise ValueError(f"{title}: an amount is digits and one point, like 500 or 500.50") from None
    if not low <= limit <= high:
        raise ValueError(f"{title}: a limit is from {low:,.2f} to {high:,.2f}")
    return limit


def _field(name: str, longest: int) -> QLineEdit:
    field = QLineEdit()
    field.setMaxLength(longest)
    field.setAccessibleName(name)
    return field
