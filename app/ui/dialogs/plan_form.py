"""What the boxes that make a lookout share: rows of fields, the sentence they come to, what speaks against it, and the button Arm."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Final, Generic, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QLineEdit, QWidget

from app.ui.dialogs.box import Box
from app.ui.theme import Theme

LONGEST: Final = 12  # characters of a figure

P = TypeVar("P")


class PlanForm(Generic[P]):
    """`rows`: a name, a title and a field each; one without a name is always shown.

    `read` is what the fields come to now (ValueError with a sentence where they say nothing); `sentence` what is said of that, `objection`
    why it cannot be; `add` arms it, and answers with a sentence where it cannot.
    """

    def __init__(
        self, box: Box, theme: Theme, rows: Sequence[tuple[str, str, QWidget]], *,
        read: Callable[[], P], sentence: Callable[[P], str], objection: Callable[[P], str], add: Callable[[P], str],
    ) -> None:  # fmt: skip
        self._box = box
        self._theme = theme
        self._read, self._sentence, self._objection, self._add = read, sentence, objection, add
        self.sentence, self.objection = QLabel(), QLabel()
        self.arm = box.add_button("Arm")
        self.arm.setDefault(True)
        self.labels: dict[str, QLabel] = {}
        self._fields = {name: field for name, _, field in rows if name}
        self._lay_out(rows)

    def show_rows(self, names: Collection[str]) -> None:
        """These, and those without a name."""
        for name, field in self._fields.items():
            field.setVisible(name in names)
            self.labels[name].setVisible(name in names)

    def look(self) -> None:
        """Say what the fields come to."""
        try:
            plan = self._read()
        except ValueError as problem:
            self._say("", str(problem))
        else:
            self._say(self._sentence(plan), self._objection(plan))

    def is_armed(self) -> bool:
        """Arm what the fields come to; why that cannot be is said, and False."""
        try:
            objection = self._add(self._read())
        except ValueError as problem:
            objection = str(problem)
        if objection:
            self._say(self.sentence.text(), objection)
        return not objection

    def _say(self, sentence: str, objection: str) -> None:
        self.sentence.setText(sentence)
        self.sentence.setVisible(bool(sentence))
        self.objection.setStyleSheet(f"color: {self._theme.colours.css('state.bad')};")
        self.objection.setText(f"✗ {objection}" if objection else "")
        self.objection.setVisible(bool(objection))
        self.arm.setEnabled(not objection)
        self._box.fit()

    def _lay_out(self, rows: Sequence[tuple[str, str, QWidget]]) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(7)
        grid.setColumnStretch(1, 1)
        for place, (name, title, field) in enumerate(rows):
            label = QLabel(title)
            label.setBuddy(field)
            grid.addWidget(label, place, 0)
            grid.addWidget(field, place, 1)
            if name:
                self.labels[name] = label
        self._box.body.addLayout(grid)
        for said in (self.sentence, self.objection):
            said.setTextFormat(Qt.TextFormat.PlainText)
            said.setWordWrap(True)
            self._box.body.addWidget(said)


def choice(name: str, *lines: tuple[str, object]) -> QComboBox:
    """One of several, of which each line has words and what it means."""
    box = QComboBox()
    box.setAccessibleName(name)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(12)
    for words, value in lines:
        box.addItem(words, value)
    return box


def figure(name: str) -> QLineEdit:
    field = QLineEdit()
    field.setMaxLength(LONGEST)
    field.setAccessibleName(name)
    return field
