"""The halt panel: why no order leaves, what the kill switch has done so far, what is still left, and the two ways on."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout

from app.domain.order import Order
from app.services.kill import TO_RESUME, KillSwitch
from app.ui import formats
from app.ui.display import Display
from app.ui.models.table import Column, TableModel
from app.ui.theme import Theme
from app.ui.views.table import Table

ROW = 20
SEEN = 5  # rows before the list scrolls
LONGEST = 32  # characters the field takes
AGAIN = "the kill switch was pulled again in the window"


class RemainingModel(TableModel[Order]):
    """Orders that may still stand or turn up at the venue."""

    def __init__(self, display: Display) -> None:
        super().__init__()
        self.columns = (
            Column("State", lambda o: str(o.state), None, 110),
            Column(display.labels.selection, lambda o: o.draft.selection_name or o.draft.selection_id[:8], None, 260),
            Column("Rest", lambda o: formats.money(o.rest), None, 90, is_number=True),
            Column(display.labels.odds, lambda o: display.odds(o.odds), None, 80, is_number=True),
            Column("Order id", lambda o: o.venue_order_id or "none yet", None, 300),
        )

    def show(self, orders: list[Order]) -> None:
        if orders != self.rows:
            self.beginResetModel()
            self.rows = orders
            self.endResetModel()


class HaltPanel(QFrame):
    """Visible while orders are halted or the loop works. Nothing in it happens by itself but the loop."""

    def __init__(self, kill: KillSwitch, display: Display, theme: Theme) -> None:
        super().__init__()
        self._kill = kill
        self._theme = theme
        self.why = QLabel()
        self.how = QLabel()
        self.list = Table()
        self.left = RemainingModel(display)
        self.stop = QPushButton("Stop trying")
        self.again = QPushButton("Try again")
        self.field = QLineEdit()
        self.resume = QPushButton("Resume")
        self.answer = QLabel()
        self._set_up()
        self._lay_out()
        self._connect()
        self.dress()
        self.refresh()

    def _set_up(self) -> None:
        self.why.setFont(self._theme.font(14, bold=True))
        for label in (self.why, self.how, self.answer):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        self.list.setObjectName("remaining")
        self.list.setModel(self.left)
        self.list.verticalHeader().setDefaultSectionSize(ROW)
        self.list.horizontalHeader().setStretchLastSection(True)
        self.list.offer_csv(self.left.to_csv)
        for place, column in enumerate(self.left.columns):
            self.list.setColumnWidth(place, column.width)
        self.stop.setToolTip("End the loop. Orders stay halted")
        self.again.setToolTip("Cancel and look again until nothing is left (F12)")
        self.field.setPlaceholderText(f"type {TO_RESUME}")
        self.field.setAccessibleName(f"Type {TO_RESUME} to lift the halt")
        self.field.setMaxLength(LONGEST)
        self.field.setFixedWidth(130)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.why, 1)
        for widget in (self.stop, self.again, self.field, self.resume):
            top.addWidget(widget, 0, Qt.AlignmentFlag.AlignTop)
        below = QHBoxLayout()
        below.addWidget(self.how, 1)
        below.addWidget(self.answer)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 7, 10, 7)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addLayout(below)
        layout.addWidget(self.list)

    def _connect(self) -> None:
        self.stop.clicked.connect(self._kill.stop)
        self.again.clicked.connect(lambda: self._kill.pull(AGAIN))
        self.resume.clicked.connect(self._resume)
        self.field.returnPressed.connect(self._resume)
        self.field.textChanged.connect(self.refresh)

    def refresh(self) -> None:
        """Show how it stands now."""
        kill = self._kill
        self.setVisible(bool(kill.halt) or kill.is_running)
        if self.isHidden():
            self.field.clear()
            self.answer.clear()
            return
        remaining = kill.remaining
        self.why.setText(f"■ HALTED: {kill.halt}" if kill.halt else "■ Cancelling everything")
        self.how.setText(self._how(len(remaining)))
        self.left.show(remaining)
        header = self.list.horizontalHeader().sizeHint().height()
        self.list.setFixedHeight(header + ROW * min(len(remaining), SEEN) + 2)
        self.list.setVisible(bool(remaining))
        self.stop.setVisible(kill.is_running)
        self.again.setVisible(not kill.is_running and (bool(remaining) or self._is_doubtful))
        self.resume.setEnabled(not kill.is_running and bool(self.field.text()))
        self.resume.setToolTip("The loop must end or be stopped first" if kill.is_running else f"Lifts the halt when {TO_RESUME} was typed")

    @property
    def _is_doubtful(self) -> bool:
        """Whether a person stopped the loop before the venue's record could be relied on."""
        return bool(self._kill.rounds) and not self._kill.has_emptied

    def _how(self, left: int) -> str:
        kill = self._kill
        none = "nothing is left on the book" if kill.has_emptied else "no order known here is left on the book"
        orders = f"{left} left on the book" if left else none
        if kill.is_running:
            return f"Cancelling: {kill.words or orders}"
        last = f"Last try ended after {kill.rounds} rounds: {kill.words}. " if self._is_doubtful or (kill.rounds and left) else ""
        return f"{last}No order leaves until the halt is lifted; {orders}."

    def _resume(self) -> None:
        if not self.resume.isEnabled():
            return
        is_lifted = self._kill.resume(self.field.text())
        self.answer.setText("" if is_lifted else f"Type the word {TO_RESUME}, and nothing else")
        self.refresh()

    def dress(self) -> None:
        colours = self._theme.colours
        back, ink = colours["state.bad_back"].name(), colours["state.bad"].name()
        self.setStyleSheet(
            f"HaltPanel {{ background: {back}; border: 2px solid {colours['mode.production'].name()}; }}"
            f"QLabel {{ color: {ink}; background: transparent; }}"
        )
