"""The header of a feed account: which environment this is, whose key, what is open, how alive the odds are, and the delay of the panel."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from app.domain.cs2 import Match
from app.domain.environment import Environment
from app.services.clock_check import FAR, clock_words
from app.services.feed.session import FeedSession
from app.services.ports import Monotonic
from app.ui import formats
from app.ui.channels import Standing
from app.ui.feed.words import trouble_words
from app.ui.models.feed_words import ago, map_name, match_name
from app.ui.theme import Theme
from app.ui.views.age_dot import AgeDot
from app.ui.views.header import HEIGHT, ROOMY, Figure, ink

FRESH, OLD = 3.0, 10.0  # seconds since the last answered poll up to which the odds are alive, and beyond which they are not
AGREES = 1.0  # seconds that two clocks may differ and still agree
PATIENCE = 1.5  # seconds an answer may take beyond the interval of polling
VENUE = "Rankacy"
WIDTHS = {True: (220, 260, 160), False: (150, 200, 120)}  # pixels of partner, match and season, where there is room and where not


class FeedHeader(QWidget):
    """One line that never scrolls. `refresh` when the feed told something and each second.

    `connection_wanted` on a click on the dot, `delay_wanted` on the delay's button; the window hangs its menu on `menu_button`.
    """

    connection_wanted = Signal()
    delay_wanted = Signal()

    def __init__(self, session: FeedSession, environment: Environment, account: str, theme: Theme, clock: Monotonic) -> None:
        super().__init__()
        self._session = session
        self._environment = environment
        self._account = account
        self._theme = theme
        self._clock = clock
        self._is_roomy = False
        self.badge = QLabel(f"{environment} · {VENUE}")
        self.badge.setTextFormat(Qt.TextFormat.PlainText)
        self.badge.setFont(theme.font(12, bold=True))
        self.badge.setObjectName("badge")
        self.badge.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.badge.setToolTip(formats.tip(f"{environment} · {account}: a feed that is only read, nothing can be ordered here"))
        self.partner = Figure("PARTNER", theme)
        self.match = Figure("MATCH", theme)
        self.season = Figure("SEASON", theme)
        self.dot = AgeDot("Odds feed", theme)
        self.dot.clicked.connect(self.connection_wanted)
        self.offset = QLabel()
        self.offset.setFont(theme.font(11))
        self.delay_button = QPushButton()
        self.delay_button.setAccessibleName("Delay of the panel")
        self.delay_button.clicked.connect(self.delay_wanted)
        self.menu_button = QToolButton()
        self.menu_button.setText("Menu")
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._lay_out()
        self.dress()
        self.refresh()

    def add(self, part: QWidget) -> None:
        """One more thing, before the menu."""
        self._line.insertWidget(self._line.count() - 1, part)

    def sizeHint(self) -> QSize:
        return QSize(1200, HEIGHT)

    def _lay_out(self) -> None:
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(10, 5, 10, 5)
        self._line.setSpacing(16)
        left: tuple[QWidget, ...] = (self.badge, self.partner, self.match, self.season)
        right: tuple[QWidget, ...] = (self.dot, self.offset, self.delay_button, self.menu_button)
        for part in left:
            self._line.addWidget(part)
        self._line.addStretch(1)
        for part in right:
            self._line.addWidget(part)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        if (self.width() >= ROOMY) is not self._is_roomy:
            self._is_roomy = self.width() >= ROOMY
            self._show_names()
        super().resizeEvent(event)

    def dress(self) -> None:
        """Put the theme's colours on what a palette does not reach."""
        colours = self._theme.colours
        back, text = colours[self._environment.colour].name(), colours["text.on_accent"].name()
        self.badge.setStyleSheet(f"background: {back}; color: {text}; border-radius: 4px; padding: 6px 9px;")
        for figure in (self.partner, self.match, self.season):
            figure.dress()
        self._show_offset()
        self.dot.update()

    def refresh(self) -> None:
        """Show whose feed it is, what is open, and how alive it is."""
        self._show_names()
        self._show_age()
        self._show_offset()
        self._show_delay()

    def _show_names(self) -> None:
        session = self._session
        match = session.matches.matches.get(session.open_match_id or -1)
        partner = formats.plain(session.partner.name) if session.partner else ""
        widths = WIDTHS[self._is_roomy]
        self._say(self.partner, partner, f"{partner}, partner {session.partner.id}" if session.partner else "Not told yet", widths[0])
        self._say(self.match, f"#{match.id} {map_name(match)}" if match else "", _explained(match), widths[1])
        running = session.matches.active_season
        season = match.season_name if match and match.season_name else running.name if running else ""
        self._say(self.season, formats.plain(season), formats.plain(season), widths[2])

    def _say(self, figure: Figure, text: str, tip: str, width: int) -> None:
        """What is too long is cut; its tip has the whole of it."""
        metrics = QFontMetrics(self._theme.font(14, bold=True))
        figure.say(metrics.elidedText(text or formats.NOTHING, Qt.TextElideMode.ElideRight, width))
        figure.setToolTip(formats.tip(tip))

    def _show_age(self) -> None:
        figures = self._session.figures
        age = self._clock() - figures.last_poll_at if figures.last_poll_at is not None else None
        if self._session.is_venue_gone:
            self.dot.say(Standing.SILENT, "gone", f"{trouble_words(self._session).rstrip('.')}. Click for the connection")
            return
        standing = _standing(age, figures.interval)
        heard = f"the last poll was answered {ago(age)} ago" if age is not None else "not heard yet"
        why = f"; {figures.why}" if figures.why else ""
        self.dot.say(standing, formats.age(age), f"Odds feed: {standing}, {heard}{why}. Click for the connection")

    def _show_offset(self) -> None:
        """Nothing where the clocks agree: what is below a second is the way of an answer rather than a clock."""
        offset = self._session.figures.offset
        is_off = offset is not None and abs(offset) >= AGREES
        self.offset.setVisible(is_off)
        self.offset.setText(f"Clock offset {_seconds(offset)}" if is_off and offset is not None else "")
        self.offset.setToolTip(formats.tip(clock_words(offset)) if is_off and offset is not None else "")
        is_far = offset is not None and abs(offset) > FAR
        ink(self.offset, self._theme.colours["state.warning" if is_far else "text.normal"])

    def _show_delay(self) -> None:
        """Off, or by how much what is shown beside the video lags behind the feed."""
        delay = self._session.delay
        estimate = f"{delay.estimate:.0f} s" if delay.estimate is not None else "not known"
        state = "Delay panel ▾" if delay.estimate is None else f"Delay panel {estimate} ▾"
        if delay.is_spoiler_safe:
            state = "Not delayed: set it ▾" if delay.estimate is None else f"Panel delayed {estimate} ▾"
        self.delay_button.setText(state)
        self.delay_button.setToolTip(formats.tip(f"{delay.words}: {delay.how}.\nSpoiler-safe shows this panel as late as the video."))


def _explained(match: Match | None) -> str:
    if match is None:
        return "No match is open"
    return f"#{match.id} {match_name(match)} on {map_name(match)}"


def _standing(age: float | None, interval: float) -> Standing:
    """Polling slows where nobody looks: an answer is late only after its time."""
    fresh = max(FRESH, interval + PATIENCE)
    if age is None:
        return Standing.UNHEARD
    if age < fresh:
        return Standing.LIVELY
    return Standing.LATE if age < max(OLD, fresh) else Standing.SILENT


def _seconds(offset: float) -> str:
    """`+0.2 s`, `−41 s`: how far the feed's clock is ahead."""
    sign = formats.MINUS if offset < 0 else "+"
    return f"{sign}{formats.age(abs(offset))}"
