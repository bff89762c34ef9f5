"""The strip over the header where several accounts are connected: one chip for each, and what they come to together."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

import shiboken6
from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLabel, QMenu, QSizePolicy, QToolButton, QWidget

from app.services.desk import Desk
from app.services.feed.desk import FeedDesk
from app.services.floor import Floor
from app.ui import formats
from app.ui.shell import Account, Connected, ConnectedFeed
from app.ui.theme import Theme
from app.ui.views.unseen import Mark, mark_of

HEIGHT: Final = 40
NARROWEST: Final = 168  # pixels of a chip
WIDEST: Final = 260
BAR: Final = 4
MARK: Final = 6  # beside the words of a mark
LEAST_NAME: Final = 60  # of the account's name beside it


def state_of(desk: Desk) -> tuple[str, str]:
    """How an account stands, as a word with its sign, and the colour's use; nothing to be said is an empty word."""
    if desk.kill.halt:
        return "■ HALTED", "state.bad"
    if desk.session.is_venue_gone or desk.journal.trouble:
        return "✕ no venue" if desk.session.is_venue_gone else "✕ journal", "state.bad"
    if desk.watch.alarm:
        return "⚠ alarm", "state.bad"
    if not desk.session.is_streaming:
        return "◌ no stream", "state.warning"
    if not desk.controls.is_on:
        return "○ trading off", "text.dim"
    return "● trading on", "state.good"


def feed_state_of(feed: FeedDesk) -> tuple[str, str]:
    """The same for a feed."""
    if feed.session.is_venue_gone:
        return "✕ no feed", "state.bad"
    if feed.session.is_late:
        return "◌ feed late", "state.warning"
    return "● feed", "state.good"


def standing_of(account: Account) -> tuple[str, str, str]:
    """An account's figures, its state as a word with its sign, and the colour's use."""
    match account:
        case Connected(desk=desk):
            return f"{formats.money(desk.account.free)} free · {desk.blotter.live_count:,} open", *state_of(desk)
        case ConnectedFeed(feed=feed):
            return f"{feed.session.told.live_count:,} live", *feed_state_of(feed)
    raise AssertionError(account)


def mark_on(account: Account) -> Mark:
    """What of its guards, or of a feed's alerts, fired or stopped and was not seen yet."""
    match account:
        case Connected(desk=desk):
            return mark_of(desk.guards)
        case ConnectedFeed(feed=feed):
            return mark_of(feed.alerts)
    raise AssertionError(account)


class AccountChip(QAbstractButton):
    """An account's name, its free money and its open orders, and a mark on what has to be seen. Checked while it is the one at hand."""

    def __init__(self, connected: Account, number: int, theme: Theme) -> None:
        super().__init__()
        self.connected = connected
        self.number = number
        self._theme = theme
        self._figures = ""
        self._state, self._use = "", "text.dim"
        self.mark = Mark("", "text.dim", "")
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(NARROWEST)
        self.setMaximumWidth(WIDEST)
        self.refresh()

    def sizeHint(self) -> QSize:
        name = QFontMetrics(self._theme.font(12, bold=True)).horizontalAdvance(f"{self.number}  {self.connected.account}")
        below = QFontMetrics(self._theme.font(11)).horizontalAdvance(f"{self._figures}    {self._state}")
        name += self._mark_width + 8 if self.mark.words else 0
        return QSize(min(max(name, below, NARROWEST) + 2 * 10 + BAR, WIDEST), HEIGHT)

    def refresh(self) -> None:
        """The newest figures of the account."""
        figures, state, use = standing_of(self.connected)
        mark = mark_on(self.connected)
        if (figures, state, use, mark) == (self._figures, self._state, self._use, self.mark):
            return
        self._figures, self._state, self._use, self.mark = figures, state, use, mark
        words = f"{self.connected.account}, {self.connected.provider.called}, {self.connected.environment}: {figures}, {state[2:]}"
        self.setAccessibleName(f"{words}, {mark.words}" if mark.words else words)
        tip = f"{words}. Ctrl+{self.number} brings it to hand"
        self.setToolTip(formats.wrapped_tip(f"{mark.about}\n{tip}") if mark.words else tip)
        self.updateGeometry()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = self._theme.colours
        whole = QRectF(self.rect()).adjusted(0.5, 2.5, -0.5, -2.5)
        painter.setPen(QPen(colours["state.info" if self.isChecked() or self.hasFocus() else "surface.line"], 1))
        painter.setBrush(colours["surface.selected" if self.isChecked() else "surface.raised"])
        painter.drawRoundedRect(whole, 4, 4)
        painter.fillRect(QRectF(whole.left() + 1, whole.top() + 3, BAR, whole.height() - 6), colours[self.connected.environment.colour])
        inner = self.rect().adjusted(BAR + 8, 4, -8, -4)
        half = inner.height() // 2
        upper, lower = QRect(inner.left(), inner.top(), inner.width(), half), QRect(inner.left(), inner.top() + half, inner.width(), half)
        state_width = QFontMetrics(self._theme.font(11)).horizontalAdvance(self._state)
        if self.mark.words:
            upper = self._draw_mark(painter, upper)
        self._text(painter, upper, f"{self.number}  {self.connected.account}", colours["text.strong"], is_bold=True)
        self._text(painter, lower.adjusted(0, 0, -state_width - 6, 0), self._figures, colours["text.dim"])
        self._text(painter, lower, self._state, colours[self._use], is_right=True)

    @property
    def _mark_width(self) -> int:
        return QFontMetrics(self._theme.font(11, bold=True)).horizontalAdvance(self.mark.words) + 2 * MARK

    def _draw_mark(self, painter: QPainter, place: QRect) -> QRect:
        """What has to be seen, at the right; what is left of the place."""
        width = min(self._mark_width, place.width() - LEAST_NAME)
        mark = QRect(place.right() - width + 1, place.top(), width, place.height())
        colours, font = self._theme.colours, self._theme.font(11, bold=True)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours[self.mark.use])
        painter.drawRoundedRect(QRectF(mark), 3, 3)
        painter.setFont(font)
        painter.setPen(colours["surface.raised"])
        words = QFontMetrics(font).elidedText(self.mark.words, Qt.TextElideMode.ElideRight, width - MARK)
        painter.drawText(mark, Qt.AlignmentFlag.AlignCenter, words)
        return place.adjusted(0, 0, -width - 6, 0)

    def _text(self, painter: QPainter, place: QRect, words: str, colour: QColor, *, is_bold: bool = False, is_right: bool = False) -> None:
        font = self._theme.font(12 if is_bold else 11, bold=is_bold)
        painter.setFont(font)
        painter.setPen(colour)
        shown = QFontMetrics(font).elidedText(words, Qt.TextElideMode.ElideRight, place.width())
        side = Qt.AlignmentFlag.AlignRight if is_right else Qt.AlignmentFlag.AlignLeft
        painter.drawText(place, side | Qt.AlignmentFlag.AlignVCenter, shown)


class AccountStrip(QWidget):
    """Hidden while one account is connected. `chosen` with the place of the one to bring to hand, `leave_wanted` of the one to let go.

    `more` opens the menu of what else could be connected; the window fills it.
    """

    chosen = Signal(object)
    leave_wanted = Signal(object)

    def __init__(self, floor: Floor, theme: Theme, menu: QMenu) -> None:
        super().__init__()
        self._floor = floor
        self._theme = theme
        self.chips: list[AccountChip] = []
        self._menu = QMenu(self)
        self.more = QToolButton()
        self.more.setText("+")
        self.more.setToolTip("Connect another account beside these")
        self.more.setAccessibleName("Connect another account")
        self.more.setMenu(menu)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.sums = QLabel()
        self.sums.setFont(theme.font(12))
        self.sums.setTextFormat(Qt.TextFormat.PlainText)
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(10, 2, 10, 0)
        self._line.setSpacing(6)
        self._line.addWidget(self.more)
        self._line.addStretch(1)
        self._line.addWidget(self.sums)
        self.setFixedHeight(HEIGHT + 2)
        self.hide()

    def show_accounts(self, accounts: Sequence[Account], at_hand: int) -> None:
        """Build the chips anew: an account came or went, or another one is at hand."""
        if [chip.connected for chip in self.chips] != list(accounts):
            self._rebuild(accounts)
        for place, chip in enumerate(self.chips):
            chip.setChecked(place == at_hand)
        self.setVisible(len(accounts) > 1)
        self.refresh()

    def _rebuild(self, accounts: Sequence[Account]) -> None:
        for chip in self.chips:
            shiboken6.delete(chip)
        self.chips = [AccountChip(account, place + 1, self._theme) for place, account in enumerate(accounts)]
        for place, chip in enumerate(self.chips):
            chip.clicked.connect(self._clicked)
            chip.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            chip.customContextMenuRequested.connect(self._ask)
            self._line.insertWidget(place, chip)

    def _clicked(self) -> None:
        self.chosen.emit(self._sender())

    def _sender(self) -> int:
        """The place of the chip that was pressed."""
        return next(place for place, chip in enumerate(self.chips) if chip is self.sender())

    def _ask(self, spot: QPoint) -> None:
        place = self._sender()
        self._menu.clear()
        self._menu.addAction("Bring to hand", partial(self.chosen.emit, place))
        self._menu.addAction("Disconnect this account", partial(self.leave_wanted.emit, place))
        self._menu.popup(self.chips[place].mapToGlobal(spot))

    def refresh(self, event_id: int | None = None) -> None:
        """The newest figures; of the event that is open too."""
        if self.isHidden():
            return
        for chip in self.chips:
            chip.refresh()
        floor = self._floor
        self.sums.setVisible(len(floor.desks) > 1)
        here = f" ({formats.money(floor.at_risk_on(event_id))} on this event)" if event_id is not None else ""
        self.sums.setText(
            f"All {len(floor.desks)} accounts   At risk {formats.money(floor.at_risk)}{here}   Open {len(floor.live()):,}   "
            f"Free {formats.money(floor.free)}   Today {formats.signed(floor.today)}"
        )

    def dress(self) -> None:
        for chip in self.chips:
            chip.update()
