"""The page's head: whose webhooks these are, whether the receiver runs, the figures of a day."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.domain.environment import Environment
from app.domain.webhook import Tally
from app.services.hooks.gap_tally import GapFigures
from app.services.hooks.ports import ReceiverState
from app.ui import formats
from app.ui.hooks.tools import HookTools
from app.ui.wizard.parts import Words, button

REMEDY = "Start it again, or choose another port under Receiver."
FAULTS = "Switched on under Send a test: the practice exchange"
UNCHECKED = "of subscriptions whose secret is not here"
NO_GAPS = GapFigures()
ROOMY = 1250  # pixels
ACCOUNT, NARROW_ACCOUNT = 170, 150  # pixels for its name
TONES = {
    ReceiverState.RUNNING: "state.good",
    ReceiverState.STARTING: "state.info",
    ReceiverState.STOPPED: "text.faint",
    ReceiverState.FAILED: "state.bad",
}


class HooksHead(QWidget):
    """`switch_wanted` starts or stops the receiver, `new_wanted` makes a subscription."""

    switch_wanted = Signal()
    new_wanted = Signal()

    def __init__(self, tools: HookTools, environment: Environment, account: str) -> None:
        super().__init__()
        self._desk = tools.desk
        self._theme = tools.theme
        self._environment = environment
        self._dot_style = ""
        self._account = formats.plain(account)
        self.badge = QLabel(f"{environment} · {self._account}")
        self.badge.setToolTip(formats.tip(self.badge.text()))
        self.badge.setTextFormat(Qt.TextFormat.PlainText)
        self.badge.setFont(tools.theme.font(12, bold=True))
        self.title = QLabel("Webhooks and HMAC")
        self.title.setFont(tools.theme.font(15, bold=True))
        self.dot = QLabel("●")
        self.state = QLabel()
        self.state.setTextFormat(Qt.TextFormat.PlainText)
        self.figures = QLabel()
        self.switch = button("Start receiver")
        self.new = button("New subscription…", "Have the feed tell an address of yours (Ctrl+N)")
        self.new.setObjectName("primary")
        self.why = Words(tools.theme, use="state.bad", is_hiding=True)
        self.feed = Words(tools.theme, use="state.warning", is_hiding=True)
        self._lay_out()
        self.switch.clicked.connect(self.switch_wanted)
        self.new.clicked.connect(self.new_wanted)
        self.dress()

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(10)
        for part in (self.badge, self.title):
            line.addWidget(part)
        line.addStretch(1)
        for label in (self.dot, self.state, self.figures):
            line.addWidget(label)
        for press in (self.switch, self.new):
            line.addWidget(press)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 7, 10, 7)
        layout.setSpacing(5)
        layout.addLayout(line)
        layout.addWidget(self.why)
        layout.addWidget(self.feed)

    def dress(self) -> None:
        colours = self._theme.colours.css
        back, text = colours(self._environment.colour), colours("text.on_accent")
        self.badge.setStyleSheet(f"background: {back}; color: {text}; border-radius: 4px; padding: 6px 9px;")
        self.refresh()

    def refresh(self) -> None:
        reception, tally = self._desk.reception, self._desk.deliveries.tally
        has_failed = reception.state is ReceiverState.FAILED
        self._colour_dot(f"color: {self._theme.colours.css(TONES[reception.state])};")
        self.state.setText(self._state_words())
        self.why.say(f"{formats.plain(reception.words)}. {REMEDY}" if has_failed else "")
        trouble = formats.plain(self._desk.feed_trouble)
        self.feed.say(f"Nothing new comes from the feed: {trouble}" if trouble else self._fault_words())
        self._fit()
        gaps = self._desk.gaps.figures
        self.figures.setText(figures_words(tally, gaps) if self.is_roomy else brief_words(tally, gaps))
        self.figures.setToolTip(formats.tip("\n".join(filter(None, (figures_tip(tally), gaps_words(gaps))))))
        is_on = reception.state in {ReceiverState.RUNNING, ReceiverState.STARTING}
        self.switch.setText("Stop receiver" if is_on else "Start receiver")
        self.switch.setAccessibleName(self.switch.text())
        self.switch.setEnabled(reception.state is not ReceiverState.STARTING)

    def _fault_words(self) -> str:
        """Whoever forgot them would look for the mistake elsewhere."""
        faults = self._desk.faults
        now = faults.now if faults is not None else None
        return f"{FAULTS} {now.words}." if now is not None and now.words else ""

    def _state_words(self) -> str:
        """Without what goes without saying where there is little room."""
        reception = self._desk.reception
        if reception.state is ReceiverState.FAILED:
            return "Receiver failed"
        words = formats.plain(reception.words)
        return words if self.is_roomy else words.removeprefix("Receiver on ")

    @property
    def is_roomy(self) -> bool:
        return self.width() >= ROOMY

    def minimumSizeHint(self) -> QSize:
        """It says less where it is narrow, and never makes the page wider than it is."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.refresh()

    def _fit(self) -> None:
        """The environment is always said, the account as far as there is room; the page's name stands in the window's frame too."""
        self.title.setVisible(self.is_roomy)
        account = self.badge.fontMetrics().elidedText(
            self._account, Qt.TextElideMode.ElideRight, ACCOUNT if self.is_roomy else NARROW_ACCOUNT
        )
        self.badge.setText(f"{self._environment} · {account}")

    def _colour_dot(self, style: str) -> None:
        """A style sheet takes time to be put on, and this is asked twenty times a second."""
        if style != self._dot_style:
            self._dot_style = style
            self.dot.setStyleSheet(style)


def figures_words(tally: Tally, gaps: GapFigures = NO_GAPS) -> str:
    """`24 h: 1,204 ok · 3 bad · 2 missed`, with `of 286 (0.7 %)` where that is known, and `312 too fast` where there were any."""
    limited = f" · {tally.limited:,} too fast" if tally.limited else ""
    return f"24 h: {tally.ok:,} ok · {tally.bad:,} bad · {missed_words(tally, gaps)}{limited}"


def brief_words(tally: Tally, gaps: GapFigures = NO_GAPS) -> str:
    """`1,204 ok · 3 bad`: what is none is left out."""
    missed = missed_words(tally, gaps) if tally.missed or gaps.missed else ""
    told = ((tally.bad, "bad"), (tally.limited, "too fast"))
    bad, limited = (f"{number:,} {word}" if number else "" for number, word in told)
    return " · ".join(filter(None, [f"{tally.ok:,} ok", bad, missed, limited]))


def missed_words(tally: Tally, gaps: GapFigures) -> str:
    """Of how many is known since this program started: with what an earlier run missed, no share is told."""
    if not gaps.expected or tally.missed > gaps.missed:
        return f"{tally.missed:,} missed"
    return f"{gaps.missed:,} of {gaps.expected:,} missed ({gaps.missed / gaps.expected:.1%})"


def gaps_words(gaps: GapFigures) -> str:
    """For the tooltip; empty where nothing was expected."""
    if not gaps.expected:
        return ""
    share = (gaps.missed + gaps.late) / gaps.expected
    changes = f"{gaps.expected:,} changes that the poll told of since the start"
    return f"{gaps.missed:,} missed and {gaps.late:,} late of {changes} ({share:.1%})"


def figures_tip(tally: Tally) -> str:
    """All figures of a day, a line each."""
    more = ((tally.duplicates, "duplicates among the valid ones"), (tally.late, "late"), (tally.unchecked, UNCHECKED))
    lines = [figures_words(tally), *(f"{number:,} {words}" for number, words in more if number), limited_words(tally.limited)]
    return "\n".join(filter(None, lines))


def limited_words(number: int) -> str:
    """What became of those that came too fast; empty without any."""
    if not number:
        return ""
    were, are = ("was", "is") if number == 1 else ("were", "are")
    return f"{number:,} came too fast within 24 h, {were} answered with 429 and {are} only counted"
