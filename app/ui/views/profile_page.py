"""What is known of one profile and its keys: facts, what endangers them, and the rows of a test."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QVBoxLayout, QWidget

from app.services.setup.facts import Fact
from app.services.setup.room import ProfileRoom
from app.ui.theme import Theme
from app.ui.wizard.pages.proof import RowView
from app.ui.wizard.parts import Frame, Words, button, mono, row

GOOD = "✓ Everything works."
NOTE = "“Test now” proves the keys at the venue, row by row. Nothing is ordered or cancelled."


class ProfilePage(QWidget):
    """`refresh` shows the room's profile."""

    def __init__(self, room: ProfileRoom, theme: Theme) -> None:
        super().__init__()
        self._room = room
        self._theme = theme
        self._shown: tuple[Fact, ...] = ()
        self._form = QFormLayout()
        self.values: list[Words] = []
        self.danger = Frame(theme, "state.warning", "state.warning_back")
        self.problems = Words(theme, size=12)
        self.mend = button("Mend", "Takes the rights of others away and removes what is left of old keys")
        self.note = Words(theme, NOTE, use="text.dim", size=12)
        self.rows: list[RowView] = []
        self._rows = QVBoxLayout()
        self.verdict = Words(theme, GOOD, use="state.good", bold=True)
        self._lay_out()
        self.mend.clicked.connect(room.mend)

    def _lay_out(self) -> None:
        self._form.setHorizontalSpacing(18)
        self._form.setVerticalSpacing(6)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._rows.setSpacing(6)
        for part in (self.problems, row(self.mend)):
            self.danger.body.addWidget(part)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2, 8, 8, 8)
        layout.setSpacing(12)
        layout.addLayout(self._form)
        layout.addWidget(self.danger)
        layout.addWidget(self.note)
        layout.addLayout(self._rows)
        layout.addWidget(self.verdict)
        layout.addStretch(1)

    def refresh(self, *, is_busy: bool) -> None:
        self._show_facts(self._room.facts)
        problems = self._room.problems
        self.problems.say("\n".join(problems))
        self.danger.setVisible(bool(problems))
        self.mend.setEnabled(not is_busy)
        proof = self._room.proof
        while len(self.rows) < len(proof.rows):
            view = RowView(self._theme)
            self.rows.append(view)
            self._rows.addWidget(view)
        for place, view in enumerate(self.rows):
            view.setVisible(place < len(proof.rows))
        for view, one in zip(self.rows, proof.rows, strict=False):
            view.show_row(one)
        self.note.setVisible(not proof.rows)
        self.verdict.setVisible(proof.is_good)

    def _show_facts(self, facts: Sequence[Fact]) -> None:
        """Made anew only where something else is said, so that what is marked to be copied stays marked."""
        if tuple(facts) == self._shown:
            return
        self._shown = tuple(facts)
        while self._form.rowCount():
            self._form.removeRow(0)
        self.values = []
        for fact in facts:
            value = Words(self._theme, fact.words, use="state.warning" if fact.is_warning else "text.normal")
            if fact.is_code:
                value.setFont(mono(12))
                value.setTextInteractionFlags(
                    Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
                )
            value.setAccessibleName(f"{fact.title}: {fact.words}")
            title = Words(self._theme, fact.title, use="text.dim")
            title.setWordWrap(False)
            self._form.addRow(title, value)
            self.values.append(value)
