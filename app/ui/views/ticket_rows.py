"""The orders of a stake over several prices, one line each: before sending what would be sent, afterwards what became of it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from app.domain.order import Order, OrderState
from app.ui import formats
from app.ui.theme import Theme
from app.ui.views.elided import ElidedLabel
from app.ui.views.ticket_plan import Plan, SentOrder

MOST = 8  # lines in view where there is room
MARGIN = 1  # pixels above and below a line
_HELD, _NOT, _UNCLEAR = "✓", "✗", "?"


class RowText(msgspec.Struct, frozen=True):
    """What stands in one line: `fate` beside the figures, `words` below them. `tone` is the colour of all that is not a figure."""

    mark: str
    odds: str
    stake: str
    fate: str
    words: str = ""
    tone: str = "text.dim"

    @property
    def spoken(self) -> str:
        return ", ".join(filter(None, (self.odds, self.stake, self.fate, self.words)))


def planned_rows(plan: Plan) -> list[RowText]:
    """What would be sent; what would not carries its reason."""
    rows = []
    for one in plan.orders:
        odds, stake = formats.american(one.draft.odds), formats.money(one.draft.stake)
        if one.objection:
            tone = "state.warning" if one.objection.may_confirm else "state.bad"
            rows.append(RowText(_NOT, odds, stake, "not sent", tone=tone))
        else:
            rows.append(RowText("", odds, stake, f"wins {formats.money(one.draft.odds.profit(one.draft.stake))}"))
    return rows


def sent_row(sent: SentOrder, order: Order | None, cancel_refusal: str = "") -> RowText:
    """What became of one order, as far as it is known now."""
    odds, stake = formats.american(sent.draft.odds), formats.money(sent.draft.stake)
    if order is None:
        return RowText(_NOT, odds, stake, "not sent", sent.words, "state.bad")
    match order.state:
        case OrderState.SENDING:
            return RowText("", odds, stake, "sending…")
        case OrderState.REJECTED:
            return RowText(_NOT, odds, stake, "refused", order.reason, "state.bad")
        case OrderState.DENIED:
            return RowText(_NOT, odds, stake, "stopped here", order.reason, "state.bad")
        case OrderState.NOT_SENT:
            return RowText(_NOT, odds, stake, "not sent", order.reason, "state.warning")
        case OrderState.PRESUMED:
            return RowText(_NOT, odds, stake, "not placed", "unless the venue says otherwise")
        case OrderState.UNKNOWN:
            return RowText(_UNCLEAR, odds, stake, "unknown", "status unknown, not sent again", "state.warning")
        case _:
            fate, tone = _held(order)
            refusal = f"its cancel was refused: {cancel_refusal}" if cancel_refusal else ""
            return RowText(_HELD, odds, stake, fate, refusal, tone)


def _held(order: Order) -> tuple[str, str]:
    """How an order stands that the venue has, in two words, and the colour to say it in."""
    if order.cancelling:
        return "cancelling…", "state.warning"
    match order.state:
        case OrderState.FILLED:
            return f"filled, wins {formats.money(order.wins)}", "state.good"
        case OrderState.PART:
            return f"{formats.money(order.filled)} filled", "state.good"
        case OrderState.OPEN:
            return "resting", "state.info"
        case OrderState.ACCEPTED:
            return "being checked", "state.info"
    return str(order.state).lower(), "text.dim"


class OrderRow(QWidget):
    """One line."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.text: RowText | None = None
        self.mark = QLabel()
        self.odds = QLabel()
        self.stake = QLabel()
        self.fate = ElidedLabel()
        self.words = QLabel()
        for label in (self.mark, self.odds, self.stake, self.fate):
            label.setFont(theme.font(12))
        self.odds.setFont(theme.font(12, bold=True))
        self.words.setFont(theme.font(11))
        for label in (self.mark, self.odds, self.stake, self.words):
            label.setTextFormat(Qt.TextFormat.PlainText)
        for label in (self.odds, self.stake):
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.words.setWordWrap(True)
        self._lay_out()

    def _lay_out(self) -> None:
        metrics = self.odds.fontMetrics()
        grid = QGridLayout(self)
        grid.setContentsMargins(3, MARGIN, 3, MARGIN)
        grid.setHorizontalSpacing(7)
        grid.setVerticalSpacing(0)
        self.mark.setFixedWidth(metrics.horizontalAdvance(_HELD) + 1)
        self.odds.setMinimumWidth(metrics.horizontalAdvance("+2500"))
        self.stake.setMinimumWidth(metrics.horizontalAdvance("1,000.00"))
        for column, label in enumerate((self.mark, self.odds, self.stake, self.fate)):
            grid.addWidget(label, 0, column)
        grid.addWidget(self.words, 1, 1, 1, 3)
        grid.setColumnStretch(3, 1)

    def show_text(self, text: RowText) -> None:
        if text == self.text:
            return
        self.text = text
        for label, words in ((self.mark, text.mark), (self.odds, text.odds), (self.stake, text.stake), (self.fate, text.fate)):
            label.setText(words)
        self.words.setText(formats.plain(text.words))
        self.words.setVisible(bool(text.words))
        self.setAccessibleName(text.spoken)
        self.dress()

    def dress(self) -> None:
        if self.text is None:
            return
        colour = self._theme.colours[self.text.tone]
        for label in (self.mark, self.fate, self.words):
            palette = label.palette()
            palette.setColor(label.foregroundRole(), colour)
            label.setPalette(palette)


class OrderRows(QScrollArea):
    """As many lines as there are orders, at least `least` of them in view; the arrow keys scroll."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._line = QFontMetrics(theme.font(12)).height() + 2 * MARGIN
        self.rows: list[OrderRow] = []
        self.least = MOST
        self._inner = QWidget()
        self._inner.setObjectName("orders")
        self._stack = QVBoxLayout(self._inner)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._stack.setSpacing(0)
        self._stack.addStretch(1)
        self._asked = (QSize(), QSize())
        self.setObjectName("rows")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setWidget(self._inner)
        self.dress()
        self.hide()

    def texts(self) -> list[RowText]:
        """What is shown."""
        return [row.text for row in self.rows if row.text and not row.isHidden()]

    def say(self, name: str, texts: Sequence[RowText]) -> None:
        """Show these lines under this name; none at all takes no room."""
        while len(self.rows) < len(texts):
            self.rows.append(OrderRow(self._theme))
            self._stack.insertWidget(len(self.rows) - 1, self.rows[-1])
        for row, text in zip(self.rows, texts, strict=False):
            row.show_text(text)
        for place, row in enumerate(self.rows):
            row.setVisible(place < len(texts))
        self.setAccessibleName(name)
        self.setVisible(bool(texts))
        self._fit()

    def keep(self, lines: int) -> None:
        """So many lines stay in view however low the pane is."""
        self.least = lines
        self._fit()

    def dress(self) -> None:
        colours = self._theme.colours
        self.setStyleSheet(
            f"QScrollArea#rows {{ border: 1px solid {colours.css('surface.line')}; border-radius: 4px; }}"
            f"QScrollArea#rows:focus {{ border-color: {colours.css('state.info')}; }}"
            "QScrollArea#rows, QWidget#orders { background: transparent; }"
        )
        for row in self.rows:
            row.dress()

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._height(MOST))

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), self._height(self.least))

    def _height(self, lines: int) -> int:
        """Of all that is in it, up to so many lines without words below them."""
        inner, wide = self._inner, max(self.viewport().width(), 1)
        content = inner.heightForWidth(wide) if inner.hasHeightForWidth() else inner.sizeHint().height()
        return min(content, self._line * lines) + 2 * self.frameWidth()

    def _fit(self) -> None:
        wanted = (self.sizeHint(), self.minimumSizeHint())
        if wanted != self._asked:
            self._asked = wanted
            self.updateGeometry()
