"""The proof run: that the account works, row by row, before anything of it is kept."""

from __future__ import annotations

import math

from PySide6.QtCore import QSizeF, Qt
from PySide6.QtWidgets import QGridLayout, QPlainTextEdit, QPushButton, QToolButton, QVBoxLayout, QWidget

from app.domain.keys import Place
from app.domain.profile import Provider
from app.domain.proof import SWAP, ProofRow, ProofState
from app.ui.theme import Theme
from app.ui.wizard.mark import Mark
from app.ui.wizard.outside import Outside
from app.ui.wizard.page import PageView
from app.ui.wizard.parts import Frame, Words, button, mono, row

MOST_LINES = 16  # of the details
PADDING = 10  # pixels above and below them, by the style sheet
_UNPROVEN = (
    "You can keep the keys although the proof run was not good. They are kept as “not proven”, and the profile may not be able to connect."
)
_KEEPS = "“Keep” writes the keys where you chose."
_HOLDS = "“Keep” holds the keys in memory until the program ends and writes them nowhere."


class RowView(Frame):
    """One row of the run."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.body.setContentsMargins(10, 7, 10, 7)
        self.body.setSpacing(2)
        self.mark, self.title = Mark(theme), Words(theme, bold=True)
        self.took = Words(theme, use="text.dim", size=12)
        self.words = Words(theme, size=12, is_hiding=True)
        self.remedy = Words(theme, use="text.strong", size=12, bold=True, is_hiding=True)
        self.swap = button(SWAP)
        self.swap.hide()
        self.may_swap = False
        self.details = QPlainTextEdit()
        self.details.setReadOnly(True)
        self.details.setTabChangesFocus(True)
        self.details.setFont(mono(11))
        self.details.hide()
        self.details.document().documentLayout().documentSizeChanged.connect(self._fit)
        self.more = QToolButton()
        self.more.setText("Details")
        self.more.setCheckable(True)
        self.more.setFont(theme.font(11))
        self.more.toggled.connect(self.details.setVisible)
        line = QGridLayout()
        line.setColumnStretch(1, 1)
        line.setHorizontalSpacing(10)
        self.took.setWordWrap(False)
        self.took.setMinimumWidth(62)  # the buttons before them stand one under the other
        self.took.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self.mark, 0, 0)
        line.addWidget(self.title, 0, 1)
        line.addWidget(self.more, 0, 2)
        line.addWidget(self.took, 0, 3)
        below: tuple[QWidget, ...] = (self.words, self.remedy, row(self.swap), self.details)
        for place, part in enumerate(below, 1):
            line.addWidget(part, place, 1, 1, 3)
        self.body.addLayout(line)

    def _fit(self, size: QSizeF) -> None:
        """As high as its text, which a QPlainTextEdit counts in lines, up to where it scrolls."""
        lines = min(max(round(size.height()), 1), MOST_LINES)
        around = 2 * (self.details.document().documentMargin() + self.details.frameWidth()) + PADDING
        self.details.setFixedHeight(math.ceil(lines * self.details.fontMetrics().lineSpacing() + around))

    def show_row(self, row: ProofRow) -> None:
        self.mark.show_state(row.state)
        self.title.say(row.title, "text.dim" if row.state in {ProofState.WAITING, ProofState.SKIPPED} else "text.strong")
        self.took.say(f"{row.seconds * 1000:,.0f} ms" if row.seconds is not None else "")
        self.words.say(row.words, "state.bad" if row.state is ProofState.FAILED else "text.normal")
        does_swap = self.may_swap and row.is_swapped
        self.swap.setVisible(does_swap)
        self.remedy.say(f"→ {row.remedy}" if row.remedy and not does_swap else "")
        self.more.setVisible(bool(row.details))
        self.details.setVisible(bool(row.details) and self.more.isChecked())
        self.more.setAccessibleName(f"Details of {row.title}")
        self.details.setAccessibleName(f"Details of {row.title}")
        if self.details.toPlainText() != row.details:
            self.details.setPlainText(row.details)
        self.recolour("state.bad" if row.state is ProofState.FAILED else "surface.line", "surface.panel")
        self.setAccessibleName(f"{row.title}: {row.state}. {row.words} {row.remedy}".strip())


class ProofPage(PageView):
    def __init__(self, outside: Outside) -> None:
        super().__init__(
            outside, "Proof run", "Nothing is ordered or cancelled. Nothing is kept before every row is good, or before you say so."
        )
        self.rows: list[RowView] = []
        self._rows = QVBoxLayout()
        self._rows.setSpacing(6)
        self.again = button("Run again")
        self.again.setAutoDefault(True)  # it has the focus, so Enter is its own
        self.repeat = QPushButton("Test again every 60 s")
        self.repeat.setCheckable(True)
        self.repeat.setAccessibleName("Test again every 60 seconds until it is good")
        self.countdown = Words(self.theme, use="text.dim", size=12, is_hiding=True)
        self.verdict = Words(self.theme, bold=True, is_hiding=True)
        self.keep = button("Keep it unproven")
        for one in (self.again, self.repeat, self.keep):
            one.setAutoDefault(False)  # Enter is for Keep
        self.unproven = Frame(self.theme, "state.warning", "surface.panel")
        for part in (Words(self.theme, _UNPROVEN, size=12), row(self.keep)):
            self.unproven.body.addWidget(part)
        self.body.addLayout(self._rows)
        self.add(row(self.again, self.repeat), self.countdown, self.verdict, self.unproven)
        self.body.addStretch(1)
        self.again.clicked.connect(self._run_again)
        self.repeat.clicked.connect(lambda is_on: self.wizard.prove(is_repeating=is_on))
        self.keep.clicked.connect(self.wizard.keep_unproven)

    def _run_again(self) -> None:
        self.wizard.prove()

    def start_at(self) -> QWidget:
        return self.again

    def enter(self) -> None:
        for view in self.rows:
            view.more.setChecked(False)

    def refresh(self) -> None:
        proof = self.wizard.proof
        self._make_rows(len(proof.rows))
        for view, one in zip(self.rows, proof.rows, strict=False):
            view.show_row(one)
        self.repeat.setVisible(self.account.provider is Provider.OMNIBUS and not proof.is_good)
        self.repeat.setChecked(proof.is_repeating)
        left = proof.next_in
        self.countdown.say(f"The next try begins in {math.ceil(left)} s." if left is not None else "")
        self.verdict.say(*self._verdict())
        self.unproven.setVisible(self.wizard.may_keep_unproven)

    def _verdict(self) -> tuple[str, str]:
        if self.wizard.proof.is_good:
            return f"✓ Everything works. {_KEEPS if self.account.place is not Place.SESSION else _HOLDS}", "state.good"
        if self.wizard.proof.is_running:
            return "", "text.normal"
        if self.account.rotates is not None:
            return "The old keys stay as they are until a proof run of the new ones was good.", "state.warning"
        return "", "text.normal"

    def _make_rows(self, count: int) -> None:
        while len(self.rows) < count:
            view = RowView(self.theme)
            view.may_swap = True
            view.swap.clicked.connect(self.wizard.swap_and_prove)
            self.rows.append(view)
            self._rows.addWidget(view)
        for place, view in enumerate(self.rows):
            view.setVisible(place < count)
