"""The tray of unknown outcomes: every order or cancel of which nobody knows whether it happened, what was tried, and what may be done."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import datetime
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app.domain.errors import DeniedError
from app.domain.order import ENOUGH, Order, OrderState
from app.services.desk import Desk
from app.services.search import Look
from app.ui import formats
from app.ui.display import Display
from app.ui.theme import Theme
from app.ui.views.elided import ElidedLabel
from app.ui.views.twice import TwiceButton

SEEN = 3  # rows before the tray scrolls
EXPLAINED = "It may have happened, so it counts as exposure. Nothing is ever sent again by itself: the venue is asked until it is known."


class UnknownRow(QFrame):
    """One order whose sending or cancelling ended unclear. `tick` each second."""

    def __init__(
        self,
        desk: Desk,
        ref: str,
        *,
        start: Callable[[Coroutine[Any, Any, Any]], object],
        display: Display,
        theme: Theme,
        clock: Callable[[], float],
        now: Callable[[], datetime],
    ) -> None:
        super().__init__()
        self._desk = desk
        self._ref = ref
        self._start = start
        self._display = display
        self._clock = clock
        self._now = now
        self._theme = theme
        self.kind = QLabel()
        self.what = ElidedLabel()
        self.since = QLabel()
        self.tried = ElidedLabel()
        self.answer = QLabel()
        self.ref = QLabel(formats.short_ref(ref))
        self.copy = QPushButton("Copy")
        self.look = QPushButton("Look now")
        self.again = TwiceButton("Send again", "Sure? same reference", clock)
        self.forget = TwiceButton("Treat as not placed", "Sure? it may exist", clock)
        self._lay_out()
        self._connect()
        self.dress()
        self.refresh()

    def _lay_out(self) -> None:
        theme = self._theme
        self.kind.setFont(theme.font(11, bold=True))
        self.what.setFont(theme.font(13, bold=True))
        for label in (self.since, self.tried, self.answer, self.ref):
            label.setFont(theme.font(11))
        for text in (self.tried, self.answer, self.ref, self.since):
            text.setTextFormat(Qt.TextFormat.PlainText)
        self.answer.setWordWrap(True)
        self.ref.setToolTip(formats.tip(self._ref))
        self.copy.setToolTip("Copy our reference: the venue knows the order by it")
        for button in (self.copy, self.look, self.again, self.forget):
            button.setFont(theme.font(11))
            button.setObjectName("small")
        first, second = QHBoxLayout(), QHBoxLayout()
        for line in (first, second):
            line.setSpacing(8)
        first.addWidget(self.kind)
        first.addWidget(self.since)
        first.addWidget(self.what, 1)
        for button in (self.look, self.again, self.forget):
            first.addWidget(button)
        second.addWidget(self.tried, 1)
        second.addWidget(self.ref)
        second.addWidget(self.copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 4, 8, 4)
        layout.setSpacing(2)
        layout.addLayout(first)
        layout.addLayout(second)
        layout.addWidget(self.answer)

    def _connect(self) -> None:
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._ref))
        self.look.clicked.connect(lambda: self._start(self._desk.search.look([self._ref])))
        self.again.sure.connect(lambda: self._start(self._send_again()))
        self.forget.sure.connect(lambda: self._desk.trading.presume_not_placed(self._ref))

    def refresh(self) -> None:
        order, look = self._desk.blotter.orders[self._ref], self._desk.search.looks.get(self._ref)
        is_order = order.state is OrderState.UNKNOWN
        self.kind.setText("order" if is_order else "cancel")
        draft = order.draft
        stake = f"{formats.money(order.stake)} at {self._display.odds(order.odds)}"
        self.what.setText(f"{draft.selection_name or draft.selection_id[:8]} · {stake} · {draft.event_name}")
        self.since.setText(self._age(order, look))
        self.tried.setText(self._tried(order, look))
        self.again.setVisible(is_order)
        self.forget.setVisible(is_order)
        self.forget.setEnabled(order.may_be_presumed)
        self.forget.setToolTip(
            "The venue was asked often enough and does not show it. Whatever it says later undoes this"
            if order.may_be_presumed
            else f"Not yet: the venue must have been asked in vain {ENOUGH} times late enough, so far {order.not_seen}"
        )

    def tick(self) -> None:
        self.again.tick()
        self.forget.tick()

    def dress(self) -> None:
        colours = self._theme.colours
        back, ink = colours["state.warning"].name(), colours["surface.panel"].name()
        self.kind.setStyleSheet(f"background: {back}; color: {ink}; border-radius: 7px; padding: 1px 7px;")
        bad = self.answer.palette()
        bad.setColor(self.answer.foregroundRole(), colours["state.bad"])
        self.answer.setPalette(bad)
        self.answer.setVisible(bool(self.answer.text()))

    def _age(self, order: Order, look: Look | None) -> str:
        if order.state is OrderState.UNKNOWN or look is None:
            return timer((self._now() - order.asked_at).total_seconds())
        return timer(self._clock() - look.since)

    def _tried(self, order: Order, look: Look | None) -> str:
        why = order.reason or "no answer came"
        if look is None:
            return f"{why} · not looked up yet"
        times = "once" if look.tries == 1 else f"{look.tries} times"
        asked = f"asked {times}: {look.words}" if look.tries else look.words
        left = look.next_at - self._clock()
        return f"{why} · {asked} · {f'next look in {left:.0f} s' if left > 0 else 'looking now'}"

    async def _send_again(self) -> None:
        try:
            await self._desk.trading.place_again(self._ref)
        except DeniedError as problem:
            self.answer.setText(f"Not sent: {problem}")
            self.dress()


class UnknownTray(QFrame):
    """Hidden while everything is known."""

    def __init__(
        self,
        desk: Desk,
        start: Callable[[Coroutine[Any, Any, Any]], object],
        display: Display,
        theme: Theme,
        clock: Callable[[], float],
        now: Callable[[], datetime],
    ) -> None:
        super().__init__()
        self._desk = desk
        self._make = partial(UnknownRow, desk, start=start, display=display, theme=theme, clock=clock, now=now)
        self._theme = theme
        self.rows: dict[str, UnknownRow] = {}
        self.title = QLabel()
        self.title.setFont(theme.font(14, bold=True))
        self.words = QLabel(EXPLAINED)
        self.words.setFont(theme.font(11))
        self.words.setWordWrap(True)
        self._scroll = QScrollArea()
        self._inner = QWidget()
        self._inner.setObjectName("inner")
        self._stack = QVBoxLayout(self._inner)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._stack.setSpacing(1)
        self._stack.addStretch(1)
        self._lay_out()
        self.dress()
        self.refresh()

    def _lay_out(self) -> None:
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._inner)
        top = QHBoxLayout()
        top.setContentsMargins(10, 5, 10, 0)
        top.setSpacing(12)
        top.addWidget(self.title)
        top.addWidget(self.words, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(2)
        layout.addLayout(top)
        layout.addWidget(self._scroll)

    def refresh(self) -> None:
        """Orders became unclear, or clear."""
        refs = [order.ref for order in self._desk.blotter.unclear()]
        for ref in self.rows.keys() - set(refs):
            row = self.rows.pop(ref)
            self._stack.removeWidget(row)
            row.hide()
            row.deleteLater()
        for place, ref in enumerate(refs):
            if ref not in self.rows:
                self.rows[ref] = self._make(ref)
                self._stack.insertWidget(place, self.rows[ref])
        for row in self.rows.values():
            row.refresh()
        self.title.setText(f"Unknown outcome: {len(refs)}")
        self._fit()
        self.setVisible(bool(refs))

    def tick(self) -> None:
        """A second went by."""
        self.refresh()
        for row in self.rows.values():
            row.tick()

    def dress(self) -> None:
        colours = self._theme.colours
        back, ink = colours["state.warning_back"].name(), colours["state.warning"].name()
        self.setStyleSheet(
            f"UnknownTray {{ background: {back}; border: 1px solid {ink}; border-radius: 4px; }}"
            f"QScrollArea, QWidget#inner {{ background: transparent; }}"
            f"UnknownRow {{ background: transparent; border: 0; border-top: 1px solid {ink}; }}"
        )
        palette = self.title.palette()
        palette.setColor(self.title.foregroundRole(), colours["state.warning"])
        self.title.setPalette(palette)
        for row in self.rows.values():
            row.dress()

    def _fit(self) -> None:
        """As high as its rows, up to a few."""
        shown = list(self.rows.values())[:SEEN]
        self._scroll.setFixedHeight(sum(row.sizeHint().height() + self._stack.spacing() for row in shown) + 2)


def timer(seconds: float) -> str:
    """`0:07`, `12:41`, `3:05:00`: how long it has been, to the second."""
    minutes, rest = divmod(max(int(seconds), 0), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
