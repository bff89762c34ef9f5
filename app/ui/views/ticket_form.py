"""The ticket's fields and how they are laid out: what is edited scrolls where room is scarce. What and for whom it is, and what decides,
always stay in view.
"""

from __future__ import annotations

from functools import partial
from itertools import pairwise

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMainWindow,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.domain.environment import Environment
from app.domain.labels import Labels
from app.services.users import Users
from app.ui import formats
from app.ui.theme import Theme
from app.ui.views.contest_label import ContestLabel
from app.ui.views.place_button import PlaceButton
from app.ui.views.price_count import PriceCount
from app.ui.views.tick_box import TickBox
from app.ui.views.ticket_rows import OrderRows
from app.ui.views.user_field import UserField

PRESETS = ("10", "25", "50", "100", "250", "500")
TEXT_LIMIT = 32
SIDE = 12  # pixels left and right
LEAST_WIDTH = 236
LEAST = 46  # pixels of the fields that stay in view however low the pane is
LOW = 420  # pixels below which what the card or a sentence says too gives its room to the fields
SMALL = 860  # pixels of the whole window below which it is the same: a ticket that says all that is higher than its place there
ROOMY = 270  # pixels from which a word stands before the numbers of prices


class Fields(QScrollArea):
    """As high as its fields where there is room, scrolling where there is not. The field that is being edited stays in view, and `anchor`
    while none is.
    """

    def __init__(self, fields: QWidget, anchor: QWidget) -> None:
        super().__init__()
        self._anchor = anchor
        self.setObjectName("ticket")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumHeight(LEAST)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.setStyleSheet("QScrollArea#ticket, QWidget#fields { background: transparent; }")
        self._fields = fields
        self._asked = QSize()
        self.setWidget(fields)

    def sizeHint(self) -> QSize:
        fields = self._fields
        wide = max(self.viewport().width(), 1)
        return QSize(wide, fields.heightForWidth(wide) if fields.hasHeightForWidth() else fields.sizeHint().height())

    def fit(self) -> None:
        """Texts have changed: ask for as much room as they take now."""
        wanted = self.sizeHint()
        if wanted != self._asked:
            self._asked = wanted
            self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._keep_in_view()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        is_eaten = super().eventFilter(watched, event)
        if event.type() is QEvent.Type.Resize and watched is self.widget():
            self._keep_in_view()
        return is_eaten

    def _keep_in_view(self) -> None:
        focused = self.focusWidget()
        is_edited = isinstance(focused, QLineEdit) and focused.hasFocus()
        self.ensureWidgetVisible(focused if is_edited else self._anchor, 0, 4)


class TicketForm(QWidget):
    """Widgets only; what they mean is the ticket's business. The line of the user is there only where orders are for users.

    `room_changed`: it became low, or is it no longer.
    """

    room_changed = Signal()

    def __init__(self, environment: Environment, theme: Theme, users: Users, labels: Labels, *, has_users: bool) -> None:
        super().__init__()
        self._theme = theme
        self._labels = labels
        self._environment = environment
        self._was_low = False
        self.contest = ContestLabel()
        self.selection = QLabel()
        self.has_users = has_users
        self.user = UserField(users, theme)
        self.user_note = QLabel()
        self.odds = QLineEdit()
        self.stake = QLineEdit()
        self.down = QToolButton()
        self.up = QToolButton()
        self.prices = PriceCount(theme, labels)
        self.rows = OrderRows(theme)
        self.odds_note = QLabel()
        self.match_note = QLabel()
        self.risk = QLabel()
        self.to_win = QLabel()
        self.card = QLabel()
        self.objection = QLabel()
        self.insist = TickBox("I know", theme)
        self.place = PlaceButton(theme, 14)
        self.result = QLabel()
        self.again = QPushButton("Send again")
        self.cancel_these = QPushButton("Cancel these")
        self.presets = [QPushButton(text) for text in PRESETS]
        self.take_there = QPushButton("takeable")
        self._set_up()
        self._lay_out()

    def _set_up(self) -> None:
        theme = self._theme
        self.contest.setFont(theme.font(12))
        self.selection.setFont(theme.font(16, bold=True))
        self.card.setFont(theme.font(12, bold=True))
        self.card.setObjectName("card")
        self.user_note.setFont(theme.font(11))
        self.odds_note.setFont(theme.font(11))
        self.odds_note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        for label in (self.match_note, self.objection, self.result):
            label.setFont(theme.font(12))
        for label in (self.selection, self.user_note, self.odds_note, self.match_note, self.card, self.objection, self.result):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.insist.setToolTip("Place the order in spite of this. Any edit takes it back")
        for button in (self.again, self.cancel_these):
            button.setObjectName("small")
            button.setFont(theme.font(11))
        self.cancel_these.setToolTip("Take off the book what still rests of these orders, in one request")
        self.cancel_these.hide()
        self.user.installEventFilter(self)
        self.odds.setAccessibleName(self._labels.odds)
        self.stake.setAccessibleName(self._labels.stake)
        self.prices.watch_keys(self)
        self.again.setToolTip("The same order under the same reference, so that the venue can hold it only once")
        self.setMinimumWidth(LEAST_WIDTH)

    def _lay_out(self) -> None:
        layout = self._column = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 10)
        layout.setSpacing(0)
        layout.addLayout(self._head())
        self.fields = self._scrolling()
        layout.addWidget(self.fields)
        rows = QHBoxLayout()
        rows.setContentsMargins(SIDE, 2, SIDE, 2)
        rows.addWidget(self.rows)
        layout.addLayout(rows)
        layout.addLayout(self._deciding())
        layout.addStretch(1)
        for before, after in pairwise(
            (self.user, self.odds, self.stake, *self.prices.buttons.values(), self.rows, self.insist, self.place)
        ):
            self.setTabOrder(before, after)

    def _head(self) -> QVBoxLayout:
        """What is ordered and for whom: in view whatever is edited."""
        column = QVBoxLayout()
        column.setContentsMargins(SIDE, 8, SIDE, 0)
        column.setSpacing(4)
        column.addWidget(self.contest)
        column.addWidget(self.selection)
        self.user_line = self._user_line()
        column.addWidget(self.user_line)
        return column

    def _scrolling(self) -> Fields:
        fields = QWidget()
        fields.setObjectName("fields")
        column = QVBoxLayout(fields)
        column.setContentsMargins(SIDE, 4, SIDE, 4)
        column.setSpacing(4)
        odds = QHBoxLayout()
        odds.addWidget(self._caption(self._labels.odds), 0, Qt.AlignmentFlag.AlignTop)
        odds.addWidget(self.odds_note, 1)
        column.addLayout(odds)
        column.addLayout(self._odds_row())
        captions = QHBoxLayout()
        captions.addWidget(self._caption(self._labels.stake))
        captions.addStretch(1)
        captions.addWidget(self.prices)
        column.addLayout(captions)
        self._big(self.stake)
        column.addWidget(self.stake)
        column.addLayout(self._preset_rows())
        return Fields(fields, self.stake)

    def _deciding(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setContentsMargins(SIDE, 2, SIDE, 0)
        column.setSpacing(5)
        column.addWidget(self.match_note)
        sums = QHBoxLayout()
        sums.addWidget(self.risk)
        sums.addStretch(1)
        sums.addWidget(self.to_win)
        column.addLayout(sums)
        column.addWidget(self.card)
        column.addWidget(self.objection)
        column.addWidget(self.insist)
        column.addWidget(self.place)
        result = QHBoxLayout()
        result.addWidget(self.result, 1)
        result.addWidget(self.cancel_these, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(result)
        column.addWidget(self.again)
        return column

    def _user_line(self) -> QWidget:
        """One line, and what is known of the user below it: the ticket is low on a small screen."""
        line = QWidget()
        grid = QGridLayout(line)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(1)
        grid.addWidget(self._caption("For"), 0, 0)
        grid.addWidget(self.user, 0, 1)
        grid.addWidget(self.user_note, 1, 0, 1, 2)
        if not self.has_users:
            line.hide()
        return line

    def _odds_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        self._big(self.odds)
        self.odds.setAlignment(Qt.AlignmentFlag.AlignCenter)
        for button, sign, tip in ((self.down, formats.MINUS, "One rung shorter (Down)"), (self.up, "+", "One rung longer (Up)")):
            button.setText(sign)
            button.setToolTip(tip)
            button.setFixedSize(36, 34)
            button.setAutoRepeat(True)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        row.addWidget(self.down)
        row.addWidget(self.odds, 1)
        row.addWidget(self.up)
        return row

    def _preset_rows(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(4)
        for place, button in enumerate(self.presets):
            button.setObjectName("small")
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(partial(self.stake.setText, PRESETS[place]))
            grid.addWidget(button, place // 4, place % 4)
        self.take_there.setObjectName("small")
        self.take_there.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.take_there.setToolTip(f"All the money that can be taken at the {self._labels.odds_low} above or better")
        grid.addWidget(self.take_there, 1, 2, 1, 2)
        return grid

    def _big(self, field: QLineEdit) -> None:
        field.setFont(self._theme.font(17, bold=True))
        field.setMaxLength(TEXT_LIMIT)
        field.installEventFilter(self)

    def _caption(self, text: str) -> QLabel:
        label = QLabel(text)
        label.setFont(self._theme.font(11))
        label.setEnabled(False)  # the palette's disabled colour is the dim one
        return label

    @property
    def is_low(self) -> bool:
        """Whether room is scarce: what is said twice gives way then."""
        window = self.window()
        return self.height() < LOW or (isinstance(window, QMainWindow) and window.height() < SMALL)

    def minimumSizeHint(self) -> QSize:
        """As high as its sentences are at this width: what decides is never cut."""
        return QSize(LEAST_WIDTH, self._column.totalMinimumHeightForWidth(max(self.width(), LEAST_WIDTH)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.is_low != self._was_low:
            self._was_low = self.is_low
            self.room_changed.emit()
        self.prices.shorten(is_short=event.size().width() < ROOMY)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def dress(self) -> None:
        self.prices.dress()
        self.rows.dress()
        colours = self._theme.colours
        colour = colours[self._environment.colour].name()
        quiet, faint = colours["state.quiet_back"].name(), colours["text.faint"].name()
        self.place.setStyleSheet(
            f"QPushButton:enabled {{ background: {colour}; }} QPushButton:disabled {{ background: {quiet}; color: {faint}; }}"
            f"QPushButton:focus {{ border: 2px solid {colours['text.strong'].name()}; }}"
        )
        self.card.setStyleSheet(
            f"QLabel#card {{ border: 2px solid {colour}; border-radius: 4px; padding: 4px 7px; color: {colours['text.strong'].name()}; }}"
        )

    def say(self, label: QLabel, words: str, use: str) -> None:
        """Words in a colour of the theme; a label without words takes no room."""
        label.setText(words)
        label.setVisible(bool(words))
        palette, colour = label.palette(), self._theme.colours[use]
        if palette.color(label.foregroundRole()) != colour:
            palette.setColor(label.foregroundRole(), colour)
            label.setPalette(palette)
