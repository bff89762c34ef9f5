"""The batch's widgets and how they are laid out: the table with what fills it, and beside it what would be sent and how it went."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app.domain.environment import Environment
from app.ui.theme import Theme
from app.ui.views.batch_table import BatchTable
from app.ui.views.place_button import PlaceButton
from app.ui.views.tick_box import TickBox

SIDE_WIDTH = 264  # pixels of the column beside the table


class BatchForm(QWidget):
    """Widgets only; what they mean is the view's business."""

    def __init__(self, table: BatchTable, environment: Environment, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self._environment_colour = environment.colour
        self._table = table
        self.paste_button = _small("Paste", "Add what was copied, one row a line (Ctrl+V in the table)", theme)
        self.import_button = _small("Import…", "Add the rows of a CSV file; a file can be dropped here too", theme)
        self.add_button = _small("Add row", "One empty row to be typed", theme)
        self.remove_button = _small("Remove", "Take the chosen rows away (Delete); their orders stay", theme)
        self.clear_sent = _small("Remove sent", "Take away the rows that have an order; the orders stay in the blotter", theme)
        self.read_button = _small("Read markets", "Read the markets of the events that rows name", theme)
        self.copy_button = _small("Copy CSV", "Copy all rows with what became of them", theme)
        self.save_button = _small("Save CSV…", "Write all rows with what became of them to a new file", theme)
        self.added = QLabel()
        self.empty = QLabel()
        self.totals = QLabel()
        self.money = QLabel()
        self.users = QLabel()
        self.objections = QLabel()
        self.results = QLabel()
        self.progress = QLabel()
        self.card = QLabel()
        self.insist = TickBox("I know: send them too", theme)
        self.place = PlaceButton(theme, 13)
        self.stop = QPushButton("Stop after this request")
        self.cancel_these = QPushButton("Cancel all of this batch")
        self._set_up()
        self._lay_out()
        self.dress()

    def _set_up(self) -> None:
        theme = self.theme
        for label in (self.added, self.empty, self.money, self.users, self.objections, self.results, self.progress):
            label.setFont(theme.font(12))
        self.totals.setFont(theme.font(13, bold=True))
        self.card.setFont(theme.font(12, bold=True))
        self.card.setObjectName("card")
        self.card.hide()
        for label in (self.added, self.empty, self.totals, self.money, self.users, self.objections, self.results, self.progress, self.card):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        self.added.setContentsMargins(10, 3, 10, 4)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.insist.setToolTip("Send them in spite of what is said of them. Any edit takes it back")
        self.place.say("Place orders")
        self.stop.setObjectName("danger")
        self.stop.setToolTip("What is on its way goes on; the other rows stay here")
        self.cancel_these.setObjectName("danger")
        self.cancel_these.setToolTip("Stop sending, and take off the book what rests of these orders")
        for button in (self.stop, self.cancel_these):
            button.setAutoDefault(False)
            button.hide()

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._rows(), 1)
        layout.addWidget(self._side())

    def _rows(self) -> QVBoxLayout:
        bar = QHBoxLayout()
        bar.setContentsMargins(8, 5, 8, 5)
        bar.setSpacing(6)
        for button in (self.paste_button, self.import_button, self.add_button, self.remove_button, self.clear_sent, self.read_button):
            bar.addWidget(button)
        bar.addStretch(1)
        bar.addWidget(self.copy_button)
        bar.addWidget(self.save_button)
        inside = QVBoxLayout(self._table.viewport())  # under the head, which stays where there are no rows
        inside.addWidget(self.empty)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self._table, 1)
        column.addWidget(self.added)
        return column

    def _side(self) -> QWidget:
        told = QWidget()
        told.setObjectName("told")
        words = QVBoxLayout(told)
        words.setContentsMargins(12, 8, 12, 4)
        words.setSpacing(5)
        for label in (self.totals, self.money, self.progress, self.results, self.card, self.objections, self.users):
            words.addWidget(label)
        words.addStretch(1)
        scroll = QScrollArea()
        scroll.setObjectName("told")
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setStyleSheet("QScrollArea#told, QWidget#told { background: transparent; }")
        scroll.setWidget(told)
        side = QWidget()
        side.setFixedWidth(SIDE_WIDTH)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(5)
        column.addWidget(scroll, 1)
        deciding = QVBoxLayout()
        deciding.setContentsMargins(12, 0, 12, 0)
        deciding.setSpacing(5)
        for widget in (self.insist, self.place, self.stop, self.cancel_these):
            deciding.addWidget(widget)
        column.addLayout(deciding)
        return side

    def dress(self) -> None:
        colours = self.theme.colours
        colour = colours[self._environment_colour].name()
        quiet, faint, strong = colours["state.quiet_back"].name(), colours["text.faint"].name(), colours["text.strong"].name()
        self.place.setStyleSheet(
            f"QPushButton:enabled {{ background: {colour}; }} QPushButton:disabled {{ background: {quiet}; color: {faint}; }}"
            f"QPushButton:focus {{ border: 2px solid {strong}; }}"
        )
        self.card.setStyleSheet(f"QLabel#card {{ border: 2px solid {colour}; border-radius: 4px; padding: 4px 7px; color: {strong}; }}")
        self.say(self.added, self.added.text(), "text.dim")
        self.say(self.empty, self.empty.text(), "text.dim")

    def say_added(self, words: str) -> None:
        """What became of a paste, an import or a spread."""
        self.say(self.added, words, "state.warning" if words.startswith("Nothing") else "text.normal")

    def say(self, label: QLabel, words: str, use: str) -> None:
        """Words in a colour of the theme; a label without words takes no room."""
        label.setText(words)
        label.setVisible(bool(words))
        palette, colour = label.palette(), self.theme.colours[use]
        if palette.color(label.foregroundRole()) != colour:
            palette.setColor(label.foregroundRole(), colour)
            label.setPalette(palette)


def _small(text: str, tip: str, theme: Theme) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName("small")
    button.setFont(theme.font(11))
    button.setToolTip(tip)
    button.setAutoDefault(False)
    return button
