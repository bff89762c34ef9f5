"""The header: which environment this is, the account's money, how alive each channel is, and the way out."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app.domain.environment import Environment
from app.domain.events import Channel
from app.services.session import Session
from app.ui import formats
from app.ui.theme import Theme

FRESH, OLD = 6.0, 12.0  # seconds of silence up to which a channel is lively (its beat comes every five), and beyond which it is dead
FRESH_REST, OLD_REST = 20.0, 60.0  # REST is asked for the balance every fifteen seconds at least


class Figure(QWidget):
    """A small title over an amount."""

    def __init__(self, title: str, theme: Theme, tip: str = "") -> None:
        super().__init__()
        self._theme = theme
        self._title = QLabel(title)
        self._value = QLabel(formats.NOTHING)
        self._title.setFont(theme.font(10))
        self._value.setFont(theme.font(14, bold=True))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._title)
        layout.addWidget(self._value)
        self.setToolTip(tip)
        self.colour = "text.strong"
        self.dress()

    @property
    def text(self) -> str:
        return self._value.text()

    def say(self, text: str, colour: str = "text.strong") -> None:
        self._value.setText(text)
        if colour != self.colour:
            self.colour = colour
            self.dress()

    def dress(self) -> None:
        _ink(self._title, self._theme.colours["text.dim"])
        _ink(self._value, self._theme.colours[self.colour])


class Dot(QWidget):
    """A channel's age: a filled dot while lively, a ring with a gap when silent, and the age in words beside it."""

    def __init__(self, channel: Channel, theme: Theme) -> None:
        super().__init__()
        self.channel = channel
        self._theme = theme
        self._tone = "text.faint"
        self._is_lively = False
        self._label = QLabel(f"{channel} {formats.NOTHING}")
        self._label.setFont(theme.font(11))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 0, 0, 0)
        layout.addWidget(self._label)
        # Wide enough for the longest age, so that the header does not dance.
        self._label.setMinimumWidth(self._label.fontMetrics().horizontalAdvance(f"{channel} 000 min"))

    @property
    def text(self) -> str:
        return self._label.text()

    def show_age(self, age: float | None, words: str, *, fresh: float, old: float) -> None:
        self._label.setText(f"{self.channel} {words}")
        self._is_lively = age is not None and age < old
        self._tone = "text.faint" if age is None else "state.good" if age < fresh else "state.warning" if age < old else "state.bad"
        self.setToolTip(f"{self.channel}: {'never heard' if age is None else 'last heard ' + formats.age(age) + ' ago'}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = self._theme.colours[self._tone]
        painter.setPen(colour)
        if self._is_lively:
            painter.setBrush(colour)
        painter.drawEllipse(QPointF(5, self.height() / 2), 3.6, 3.6)


class Header(QWidget):
    """One line that never scrolls. Amounts are the venue's own."""

    cancel_all = Signal()

    def __init__(self, session: Session, environment: Environment, account: str, theme: Theme) -> None:
        super().__init__()
        self._session = session
        self._theme = theme
        self._environment = environment
        self.badge = QLabel(f"{environment} · {account}")
        self.badge.setFont(theme.font(12, bold=True))
        self.badge.setObjectName("badge")
        rule = session.account.formula
        self.cash = Figure("CASH", theme, "The venue's balance, holdings included")
        self.unmatched = Figure("UNMATCHED", theme, "Stakes of orders that wait on the book")
        self.matched = Figure("MATCHED", theme, "Stakes that have matched and are not settled yet")
        self.free = Figure("FREE TO MATCH", theme, rule)
        self.today = Figure("TODAY", theme, "Realised since midnight, by the venue's settlements")
        self.dots = [Dot(channel, theme) for channel in Channel]
        self.menu_button = QToolButton()
        self.menu_button.setText("Menu")
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.cancel_button = QPushButton("✕ Cancel all")
        self.cancel_button.setObjectName("danger")
        self.cancel_button.setToolTip("Take every order off the book (Ctrl+Shift+X)")
        self.cancel_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.cancel_button.clicked.connect(self.cancel_all)
        self._lay_out()
        self.dress()
        self.refresh()

    def sizeHint(self) -> QSize:
        return QSize(1200, 50)

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 5, 10, 5)
        layout.setSpacing(18)
        layout.addWidget(self.badge)
        for figure in self._figures():
            layout.addWidget(figure)
        layout.addStretch(1)
        for dot in self.dots:
            layout.addWidget(dot)
        layout.addWidget(self.menu_button)
        layout.addWidget(self.cancel_button)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def _figures(self) -> list[Figure]:
        return [self.cash, self.unmatched, self.matched, self.free, self.today]

    def dress(self) -> None:
        """Put the theme's colours on what a palette does not reach."""
        colours = self._theme.colours
        back, ink = colours[self._environment.colour].name(), colours["text.on_accent"].name()
        self.badge.setStyleSheet(f"background: {back}; color: {ink}; border-radius: 4px; padding: 5px 9px;")
        for figure in self._figures():
            figure.dress()

    def refresh(self) -> None:
        """Show the newest balance and ages."""
        account = self._session.account
        balance = account.balance
        self.cash.say(formats.money(balance.cash if balance else None))
        self.unmatched.say(
            formats.money(balance.unmatched if balance else None) + ("" if balance is None or balance.is_trusted else " ?"),
            "text.strong" if balance is None or balance.is_trusted else "state.warning",
        )
        self.matched.say(formats.money(balance.matched if balance else None))
        self.free.say(formats.money(account.free))
        today = account.today
        self.today.say(formats.signed(today), "price.up" if today > 0 else "price.down" if today < 0 else "text.strong")
        for dot in self.dots:
            self._show_age(dot)

    def _show_age(self, dot: Dot) -> None:
        if dot.channel is Channel.REST:
            age, latency = self._session.rest_age, self._session.rest_latency
            words = f"{latency * 1000:.0f} ms" if latency is not None else formats.NOTHING
            dot.show_age(age, words, fresh=FRESH_REST, old=OLD_REST)
            return
        age = self._session.price_age if dot.channel is Channel.PRICES else self._session.age(dot.channel)
        dot.show_age(age, formats.age(age), fresh=FRESH, old=OLD)


def _ink(label: QLabel, colour: QColor) -> None:
    palette = label.palette()
    palette.setColor(label.foregroundRole(), colour)
    label.setPalette(palette)
