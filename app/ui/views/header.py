"""The header: which environment this is, the account's money, how alive each channel is, the trading switch, and the ways out."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app.domain.environment import Environment
from app.domain.events import Channel
from app.domain.link import LinkFacts
from app.services.session import Session
from app.ui import formats
from app.ui.channels import Liveness, Standing, liveness_of
from app.ui.theme import Theme
from app.ui.views.age_dot import AgeDot
from app.ui.views.switch import TradingSwitch

ROOMY = 1480  # pixels from which everything stands in one line; below, the channels stand one over the other and long names are cut
HEIGHT = 52
LONGEST_NAME = 112  # pixels of the account's name where room is scarce
SOON = 60.0  # seconds before the end of the token from which it is marked


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
        ink(self._title, self._theme.colours["text.dim"])
        ink(self._value, self._theme.colours[self.colour])


class Dot(AgeDot):
    """How old a channel's last word is."""

    def __init__(self, channel: Channel, theme: Theme) -> None:
        super().__init__(str(channel), theme)
        self.channel = channel

    def show_liveness(self, told: Liveness, words: str) -> None:
        """`words` stand behind the channel's name."""
        self.say(told.standing, words, f"{told.words}. Click for the connection")


class Header(QWidget):
    """One line that never scrolls. Amounts are the venue's own."""

    cancel_all = Signal()
    stop = Signal()
    switch_pressed = Signal()
    connection_wanted = Signal()

    def __init__(self, session: Session, environment: Environment, account: str, theme: Theme) -> None:
        super().__init__()
        self._session = session
        self._theme = theme
        self._environment = environment
        self._account = account
        self._is_roomy = True
        self._link = LinkFacts()
        self.badge = QLabel(f"{environment} · {account}")
        self.badge.setTextFormat(Qt.TextFormat.PlainText)
        self.badge.setFont(theme.font(12, bold=True))
        self.badge.setObjectName("badge")
        self.badge.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        rule = session.account.formula
        self.cash = Figure("CASH", theme, "The venue's balance, holdings included")
        self.unmatched = Figure("UNMATCHED", theme, "The money in orders that wait on the book")
        self.matched = Figure("MATCHED", theme, "The money that has matched and is not settled yet")
        self.free = Figure("FREE TO MATCH", theme, rule)
        self.today = Figure("TODAY", theme, "Realised since midnight, by the venue's settlements")
        self.dots = [Dot(channel, theme) for channel in Channel]
        for dot in self.dots:
            dot.clicked.connect(self.connection_wanted)
        self.timers = QLabel()
        self.timers.setFont(theme.font(11))
        self.timers.setToolTip(
            "When the open event's books were last read from the venue or compared with it, and what is left of the session"
        )
        self.menu_button = QToolButton()
        self.menu_button.setText("Menu")
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.switch = TradingSwitch(theme)
        self.switch.clicked.connect(self.switch_pressed)
        self.cancel_button = _danger("✕ Cancel all", "danger", "Take every order off the book; trading goes on (Ctrl+Shift+X)")
        self.cancel_button.clicked.connect(self.cancel_all)
        self.stop_button = _danger("■ STOP", "stop", "Kill switch: halt all orders at once and cancel until nothing is left (F12)")
        self.stop_button.pressed.connect(self.stop)  # as the finger goes down: this one does not wait for it to come up
        self._lay_out()
        self.dress()
        self.refresh()

    def sizeHint(self) -> QSize:
        return QSize(1200, HEIGHT)

    def _lay_out(self) -> None:
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(10, 5, 10, 5)
        self._line.addWidget(self.badge)
        for figure in self._figures():
            self._line.addWidget(figure)
        self._line.addStretch(1)
        self._channels = QGridLayout()
        self._line.addLayout(self._channels)
        self._line.addWidget(self.menu_button)
        self._line.addWidget(self.switch)
        self._line.addWidget(self.cancel_button)
        self._line.addSpacing(6)
        self._line.addWidget(self.stop_button)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._use_room(is_roomy=False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        if (self.width() >= ROOMY) is not self._is_roomy:
            self._use_room(is_roomy=self.width() >= ROOMY)
        super().resizeEvent(event)

    def _use_room(self, *, is_roomy: bool) -> None:
        """The channels side by side or one over the other, and the account's name in full or cut."""
        self._is_roomy = is_roomy
        self._line.setSpacing(16 if is_roomy else 8)
        self._channels.setHorizontalSpacing(14)
        self._channels.setVerticalSpacing(0)
        for place, dot in enumerate(self.dots):
            self._channels.addWidget(dot, 0 if is_roomy else place, place if is_roomy else 0)
        if is_roomy:
            self._channels.addWidget(self.timers, 1, 0, 1, len(self.dots))
        else:
            self._channels.removeWidget(self.timers)
        self.timers.setVisible(is_roomy)
        metrics = QFontMetrics(self.badge.font())
        name = metrics.elidedText(self._account, Qt.TextElideMode.ElideRight, LONGEST_NAME)
        self.badge.setText(f"{self._environment} · {self._account}" if is_roomy else f"{self._environment}\n{name}")
        self.badge.setToolTip(f"{self._environment} · {self._account}")

    def _figures(self) -> list[Figure]:
        return [self.cash, self.unmatched, self.matched, self.free, self.today]

    def dress(self) -> None:
        """Put the theme's colours on what a palette does not reach."""
        colours = self._theme.colours
        back, ink = colours[self._environment.colour].name(), colours["text.on_accent"].name()
        self.badge.setStyleSheet(f"background: {back}; color: {ink}; border-radius: 4px; padding: 3px 9px;")
        for figure in self._figures():
            figure.dress()
        self.switch.update()

    def refresh(self) -> None:
        """Show the newest balance and ages, and whether orders may leave."""
        controls = self._session.controls
        self.switch.show_state(is_on=controls.is_on, is_halted=bool(controls.halt))
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
        told = liveness_of(dot.channel, self._session, self._link)
        latency = self._session.rest_latency
        if told.is_failing:
            dot.show_liveness(told, "failed")
        elif dot.channel is Channel.REST and told.standing is Standing.LIVELY and latency is not None:
            dot.show_liveness(told, f"{latency * 1000:.0f} ms")
        else:
            dot.show_liveness(told, formats.age(told.age if told.age is not None else told.proof))

    def show_link(self, link: LinkFacts, verified: float | None) -> None:
        """What is left of the session; `verified` seconds ago the open event's books were read or compared, None: they are not verified."""
        self._link = link
        for dot in self.dots:
            self._show_age(dot)
        self.timers.setText(f"{self._books(verified)}  ·  {_token(link)}  ·  Config {formats.timer(link.config_age)}")
        is_ending = link.token_left is not None and link.token_left < SOON
        ink(self.timers, self._theme.colours["state.warning" if is_ending else "text.dim"])

    def _books(self, verified: float | None) -> str:
        if verified is not None:
            return f"Books verified {formats.timer(verified)} ago"
        event_id = self._session.open_event_id
        if event_id is None:
            return "No event is open"
        groups = self._session.catalogue.groups.get(event_id)
        if groups is None:
            return "Open event: reading…"
        is_any_open = any(market.is_open for group in groups for market in group.markets)
        return "Open event: not verified" if is_any_open else "Open event: no open market"


def _token(link: LinkFacts) -> str:
    """What is left of the session, where the venue has any."""
    return f"Token {formats.timer(link.token_left)}" if link.sessions else "Each request signed"


def _danger(text: str, name: str, tip: str) -> QPushButton:
    """A button that takes orders off the book. It never takes the focus: what a person was typing stays where it was."""
    button = QPushButton(text)
    button.setObjectName(name)
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return button


def ink(label: QLabel, colour: QColor) -> None:
    """Write in this colour."""
    palette = label.palette()
    palette.setColor(label.foregroundRole(), colour)
    label.setPalette(palette)
