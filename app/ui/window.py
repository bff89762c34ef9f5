"""The main window: the panes, and every connection between them in one block."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from PySide6.QtCore import QMargins, QSize, Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QColor, QIcon, QKeySequence, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QFrame,
    QLineEdit,
    QMainWindow,
    QMenu,
    QTabWidget,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from app.domain.environment import Environment
from app.domain.order import Order, OrderDraft
from app.domain.record import Remarked
from app.services.clock_check import ClockCheck
from app.services.notices import Tone
from app.ui.channels import verified_ago
from app.ui.dialogs.keys import KeysBox
from app.ui.dialogs.passphrase import PassphraseBox
from app.ui.dialogs.quit import QuitBox
from app.ui.dialogs.switch_on import SwitchOnBox
from app.ui.shell import Shell
from app.ui.views.banner import Banner
from app.ui.views.blotter import BlotterView
from app.ui.views.connection import ConnectionPanel
from app.ui.views.desk_lock import DeskLockPane
from app.ui.views.events import EventsView
from app.ui.views.found import FoundView
from app.ui.views.grid import GridView
from app.ui.views.halt import HaltPanel
from app.ui.views.header import Header
from app.ui.views.last_words import LastWordsBar
from app.ui.views.limits import LimitsView
from app.ui.views.log import LogView
from app.ui.views.statement import StatementWindow
from app.ui.views.status import StatusBar
from app.ui.views.ticket import Ticket
from app.ui.views.tray import UnknownTray

__all__ = ["MainWindow", "Shell"]

FRAME = 4  # pixels of the environment's colour around everything
PULLED = "the kill switch was pulled in the window"
CANCEL_ALL_KEY = "Ctrl+Shift+X"
NOT_CANCELLED = (
    f"Nothing was cancelled: {CANCEL_ALL_KEY} does nothing while a field is being typed in. Press ✕ Cancel all, or F12 to stop everything"
)


class MainWindow(QMainWindow):
    """Shows a session. `closed` once it was closed; whoever built it ends the program."""

    closed = Signal()

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._desk = desk = shell.desk
        self._session = session = desk.session
        self._is_leaving = False
        self._is_alarmed = False
        self.setObjectName("main")
        self._show_title()
        self.setWindowIcon(QIcon(str(shell.icon)))
        self.setContentsMargins(QMargins(FRAME, FRAME, FRAME, FRAME))
        self.setMinimumSize(QSize(1200, 700))
        theme, display = shell.theme, shell.display
        self.header = Header(session, shell.environment, shell.account, theme)
        self.halt = HaltPanel(desk.kill, display, theme)
        self.events = EventsView(session, theme, shell.now)
        self.grid = GridView(session, display, theme, shell.clock, shell.now)
        self.tray = UnknownTray(desk, shell.start, display, theme, shell.clock, shell.now)
        self.ticket = Ticket(session, shell.start, shell.environment, display, theme, shell.clock)
        self.blotter = BlotterView(session, shell.start, display, theme, shell.now)
        self.limits = LimitsView(desk, shell.keep_limits, theme)
        self.log = LogView(session.notices)
        self.status = StatusBar(session, shell.pulse, theme)
        self.found = FoundView(desk.finder, shell.start, theme)
        self.statement = StatementWindow(self, desk.statement, session, shell.start, display, theme, shell.now)
        self.connection = ConnectionPanel(self, session, shell.link, shell.start, theme, shell.clock)
        self._clock_check = ClockCheck(session.notices)
        self.tabs = QTabWidget()
        self.banner = Banner(theme)
        self.keys_box = KeysBox(self, theme)
        self.switch_box = SwitchOnBox(self, theme, shell.environment, shell.account)
        self.passphrase_box = PassphraseBox(self, theme)
        self.quit_box = QuitBox(self, theme, desk.blotter, desk.trading, desk.notices, shell.start, shell.clock)
        self.last_words = LastWordsBar(theme)
        self._build()
        self._menu = self._build_menu()
        self.desk_lock = self._build_desk_lock()
        self._connect()
        room = self.screen().availableGeometry()
        self.resize(min(1600, room.width()), min(1000, room.height()))
        shell.workspace.restore(self)

    # Building

    def _build(self) -> None:
        bar = QToolBar("Header")
        bar.setObjectName("header")
        bar.setMovable(False)
        bar.toggleViewAction().setVisible(False)
        bar.addWidget(_column(self.header, self.halt))
        bar.setStyleSheet("QToolBar { border: 0; padding: 0; spacing: 0; }")
        self.addToolBar(bar)
        self.setCentralWidget(_column(self.last_words, self.banner, self.grid, self.tray, stretched=self.grid, spacing=4))
        self.tabs.addTab(self.blotter, "Orders")
        self.tabs.addTab(self.limits, "Limits")
        self.tabs.addTab(self.log, "Log")
        self.tabs.setDocumentMode(True)
        self._docks = [
            self._dock("Events", self.events, Qt.DockWidgetArea.LeftDockWidgetArea),
            self._dock("Ticket", self.ticket, Qt.DockWidgetArea.RightDockWidgetArea),
            self._dock("Blotter", self.tabs, Qt.DockWidgetArea.BottomDockWidgetArea),
        ]
        self.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea)
        self.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.BottomDockWidgetArea)
        self.resizeDocks(self._docks[:2], [304, 264], Qt.Orientation.Horizontal)
        self.resizeDocks(self._docks[2:], [290], Qt.Orientation.Vertical)
        self.setStatusBar(self.status)

    def _dock(self, title: str, widget: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title)
        dock.setObjectName(f"dock.{title.lower()}")
        frame = QFrame()
        frame.setObjectName("panel")
        layout = QVBoxLayout(frame)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.addWidget(widget)
        dock.setWidget(frame)
        self.addDockWidget(area, dock)
        return dock

    def _build_menu(self) -> QMenu:
        menu = QMenu(self)
        self._action(menu, "Trading on or off", "", self._switch_pressed)
        self._action(menu, f"Cancel all orders\t{CANCEL_ALL_KEY}", "", self._cancel_all)
        self._stop_action = stop = self._action(menu, "Kill switch: stop everything", "F12", self._pull)
        stop.setShortcutContext(Qt.ShortcutContext.ApplicationShortcut)  # over boxes, menus and text fields too
        stop.setAutoRepeat(False)
        menu.addSeparator()
        self._action(menu, "Account history", "Ctrl+H", self.statement.bring)
        self._action(menu, "Connection", "Ctrl+I", self.connection.bring)
        if taping := self._shell.taping:
            self.record = self._action(menu, "Record session", "", taping.toggle)
            self.record.setCheckable(True)
            menu.aboutToShow.connect(lambda: self.record.setChecked(taping.is_on))
            self.connection.record_wanted.connect(taping.toggle)
        menu.addSeparator()
        if self._shell.show_profiles is not None:
            self._action(menu, "Profiles and keys", "Ctrl+P", self._shell.show_profiles)
        if self._shell.set_up is not None:
            self._action(menu, "Set up an account", "", self._shell.set_up)
        menu.addSeparator()
        self._action(menu, "Light or dark", "Ctrl+L", self._toggle_theme)
        self.mute = self._action(menu, "Mute all sounds", "Ctrl+M", self._toggle_sound)
        self.mute.setCheckable(True)
        self.mute.setChecked(self._shell.sounds.is_muted)
        menu.addSeparator()
        for dock in self._docks:
            menu.addAction(dock.toggleViewAction())
        self._action(menu, "Restore the built-in layout", "", lambda: self._shell.workspace.reset(self))
        menu.addSeparator()
        if self._shell.restart_practice is not None:
            self._action(menu, "Restart the practice exchange", "", self._shell.restart_practice)
            menu.addSeparator()
        self._action(menu, "Keys", "F1", self.keys_box.bring)
        self._quit_action = self._action(menu, "Quit", "Ctrl+Q", self.close)
        self.header.menu_button.setMenu(menu)
        for keys, call in (("/", self._focus_search), ("Ctrl+K", self._focus_search), (CANCEL_ALL_KEY, self._cancel_all_by_key)):
            action = QAction(self)
            action.setShortcut(QKeySequence(keys))
            action.setAutoRepeat(False)
            action.triggered.connect(call)
            self.addAction(action)
        return menu

    def _action(self, menu: QMenu, text: str, keys: str, call: Callable[[], object]) -> QAction:
        action = menu.addAction(text, call)
        if keys:
            action.setShortcut(QKeySequence(keys))
            self.addAction(action)
        return action

    def _build_desk_lock(self) -> DeskLockPane | None:
        if self._shell.idle is None:
            return None
        pane = DeskLockPane(self, self._shell.idle, self._shell.start, self._shell.theme)
        pane.allow(self._stop_action, self._quit_action, self.quit_box)
        pane.stop_wanted.connect(self._pull)
        pane.cancel_all_wanted.connect(self._cancel_all)
        self._shell.idle.changed.connect(self._desk.controls.changed)
        return pane

    def _connect(self) -> None:
        """Every way from one part to another."""
        desk, session, pulse = self._desk, self._session, self._shell.pulse
        # what a person does
        self.events.event_chosen.connect(self.open_event)
        self.events.group_chosen.connect(self._open_group)
        self.events.tournament_opened.connect(session.expand)
        self.events.put_below_search(self.found)
        self.found.attach(self.events.search, lambda: self.events.model.rowCount() == 0)
        self.found.event_chosen.connect(self.open_event)
        self.found.group_chosen.connect(self._open_group)
        self.grid.draft_wanted.connect(self._write)
        self.grid.cancel_event_wanted.connect(lambda event_id: self._shell.start(session.trading.cancel_event(event_id)))
        self.grid.cancel_market_wanted.connect(lambda *market: self._shell.start(session.trading.cancel_market(*market)))
        self.blotter.event_wanted.connect(self.open_event)
        self.header.cancel_all.connect(self._cancel_all)
        self.header.stop.connect(self._pull)
        self.header.switch_pressed.connect(self._switch_pressed)
        self.header.connection_wanted.connect(self.connection.bring)
        self.switch_box.confirmed.connect(lambda: self._switch(is_on=True))
        self.quit_box.leaving.connect(self.leave)
        for table in (
            self.grid.table,
            self.blotter.table,
            self.limits.table,
            self.halt.list,
            self.log,
            *self.statement.tables,
            *self.connection.tables,
        ):
            table.said.connect(session.notices.say)
        # what services announce, once a frame
        self._stale: set[str] = set()
        for name, signal in (
            ("tree", session.catalogue.changed),
            ("markets", session.catalogue.markets_changed),
            ("money", session.account.changed),
            ("session", session.changed),
            ("log", session.notices.changed),
            ("books", session.prices.changed),
            ("orders", session.blotter.changed),
            ("safety", desk.controls.changed),
            ("safety", desk.kill.changed),
            ("safety", desk.search.changed),
            ("safety", desk.watch.changed),
            ("safety", desk.reconciliation.changed),
        ):
            signal.connect(lambda name=name: self._mark(name))  # type: ignore[misc]
        session.blotter.filled.append(self._on_fill)
        pulse.on_frame(self._on_frame)
        pulse.on_beat(self._on_beat)
        self._shell.display.changed.connect(self._switched)
        self._shell.theme.changed.connect(self._dress)

    # What services announce

    def _mark(self, name: str) -> None:
        self._stale.add(name)
        self._shell.pulse.request()

    def _on_frame(self) -> None:
        stale, self._stale = self._stale, set()
        if "tree" in stale or "markets" in stale:
            self.events.refresh()
            self.grid.refresh_title()
        if "markets" in stale:
            self.grid.markets_changed()
        if "books" in stale:
            self.grid.books_changed(self._session.prices.take_dirty())
            self.ticket.books_changed()
        if "orders" in stale:
            self.blotter.apply(self._session.blotter.take_dirty())
            self.grid.orders_changed()
            self.ticket.refresh()
            self._count_tabs()
        if stale & {"orders", "safety"}:
            self._show_safety()
        if stale & {"session", "safety"}:
            self._show_trouble()
        if stale & {"money", "orders", "session", "safety"}:
            self.header.refresh()
            self.grid.refresh_title()
        if "log" in stale:
            self.log.refresh()
            self.status.say_newest()
            if self.desk_lock is not None and self._session.notices.lines:
                self.desk_lock.say(self._session.notices.lines[-1].words)

    def _show_safety(self) -> None:
        """Halted or not, what is unclear, and what the limits are: each from its service as it stands."""
        self.halt.refresh()
        self.tray.refresh()
        self.ticket.refresh()
        self.limits.model.limits_changed()
        self.quit_box.look()

    def _show_trouble(self) -> None:
        """What stands between the person and the venue, where it cannot be overlooked; an alarm is heard once."""
        alarm, journal = self._desk.watch.alarm, self._desk.journal.trouble
        if alarm and not self._is_alarmed:
            self._shell.sounds.alarm()
        self._is_alarmed = bool(alarm)
        action = self._remedy() if self._session.is_venue_gone else None
        off = self._desk.controls.why_off
        missing = self._session.missing
        lines = (
            alarm,
            journal and f"No order can leave: {journal}",
            off and f"Trading is off: {off}",
            self._session.trouble,
            missing and f"{missing}\nConnection (Ctrl+I) tests every name that the profile speaks.",
        )
        self.banner.say("\n".join(filter(None, lines)), action)

    def _remedy(self) -> tuple[str, Callable[[], None] | None] | None:
        """What a person can do about a venue that is not there."""
        if self._shell.restart_practice is not None and not self._shell.is_locked_out():
            return "Restart the practice exchange", self._shell.restart_practice
        return ("Try again", self._shell.enter_again) if self._shell.enter_again is not None else None

    def _show_title(self) -> None:
        """Whose window this is, and whether what the venue sends is being written down."""
        taping = self._shell.taping
        recording = " · recording" if taping and taping.is_on else ""
        self.setWindowTitle(f"{self._shell.environment} · {self._shell.account}{recording} — Overround")

    def _on_beat(self) -> None:
        self._show_title()
        if self._shell.idle is not None and self.desk_lock is not None:
            self._shell.idle.look()
            self.desk_lock.tick()
        self.connection.show_recording(self._shell.taping.is_on if self._shell.taping else None)
        self.header.refresh()
        self.events.tick()
        self.grid.tick()
        self.ticket.refresh()
        self.blotter.tick()
        link = self._shell.link.facts()
        self.header.show_link(link, verified_ago(self._session, self._shell.clock()))
        self.status.tick(link)
        self.connection.tick()
        self._clock_check.look(link.clock_offset)
        self.halt.refresh()  # another program of the same profile may have halted or resumed
        self.tray.tick()
        self.quit_box.look()
        self._show_trouble()
        if self.limits.isVisible():
            self.limits.tick()

    def _on_fill(self, order: Order, stake: Decimal) -> None:
        self._shell.sounds.fill()
        odds = order.fills[-1].odds if order.fills else order.odds
        self._session.notices.say(f"Filled {stake:,.2f} of {order.draft.selection_name or order.ref} at {odds.american:+d}", Tone.GOOD)

    def _count_tabs(self) -> None:
        working = len(self._session.blotter.live())
        self.tabs.setTabText(0, f"Orders {working}" if working else "Orders")

    # What a person does

    def open_event(self, event_id: int) -> None:
        self.grid.show_event(event_id)
        self.events.show_event(event_id)
        self._session.open_event(event_id)

    def _open_group(self, event_id: int, group_id: int) -> None:
        if self.grid.model.event_id != event_id:
            self.open_event(event_id)
        self.grid.show_group(group_id)

    def _write(self, draft: OrderDraft, only_there: bool) -> None:
        self.ticket.prefill(draft, with_stake=only_there)

    def _cancel_all(self) -> None:
        self._shell.start(self._session.trading.cancel_all())

    def _cancel_all_by_key(self) -> None:
        """In a text field the key is one slip of the finger beside Cut: there it only says what would cancel."""
        if isinstance(QApplication.focusWidget(), QLineEdit):
            self._session.notices.say(NOT_CANCELLED, Tone.WARNING)
            return
        self._cancel_all()

    def _pull(self) -> None:
        self._desk.kill.pull(PULLED)
        self._mark("safety")

    def _switch_pressed(self) -> None:
        """Off at once; on at once in practice only, elsewhere a person is asked. Over a halt the way leads to the panel."""
        controls = self._desk.controls
        if controls.halt:
            self.halt.field.setFocus()
        elif controls.is_on or self._shell.environment is Environment.PRACTICE:
            self._switch(is_on=not controls.is_on)
        else:
            self.switch_box.begin()

    def _switch(self, *, is_on: bool) -> None:
        words = f"trading switched {'on' if is_on else 'off'} in the window"
        self._desk.journal.note(Remarked(words))
        self._desk.controls.switch(is_on=is_on)
        self._session.notices.say(words.capitalize(), Tone.WARNING if is_on else Tone.PLAIN)

    def _focus_search(self) -> None:
        self.events.search.setFocus()
        self.events.search.selectAll()

    def _toggle_theme(self) -> None:
        self._shell.theme.toggle()
        self._shell.workspace.remember("theme", self._shell.theme.colours.name)

    def _toggle_sound(self) -> None:
        sounds = self._shell.sounds
        sounds.is_muted = not sounds.is_muted
        self.mute.setChecked(sounds.is_muted)
        self._shell.workspace.remember("muted", sounds.is_muted)

    # The look

    def _switched(self) -> None:
        self._shell.workspace.remember("odds", str(self._shell.display.style))
        self.grid.format.setCurrentText(str(self._shell.display.style))
        self.blotter.rebuild()

    def _dress(self) -> None:
        for part in (self.header, self.halt, self.last_words, self.banner, self.tray, self.connection, self.desk_lock):
            if part is not None:
                part.dress()
        self.ticket.dress()
        self.ticket.refresh()
        self.status.say_newest()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        colour: QColor = self._shell.theme.colours[self._shell.environment.colour]
        painter.setPen(QPen(colour, FRAME * 2))
        painter.drawRect(self.rect())

    # The end

    def leave(self) -> None:
        """Close without asking."""
        self._is_leaving = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """With open orders the box asks first; closing again while it is open brings it to the front."""
        if not self._is_leaving and self._shell.holds_up is not None and self._shell.holds_up():
            event.ignore()
            return
        if self._shell.ask_on_quit and not self._is_leaving and self.quit_box.is_needed:
            event.ignore()
            self.quit_box.begin()
            return
        for box in (self.keys_box, self.switch_box, self.quit_box, self.passphrase_box, self.statement, self.connection):
            box.hide()
        if self._shell.idle is not None and self.desk_lock is not None:  # the lock lives longer than this window
            self._shell.idle.changed.disconnect(self._desk.controls.changed)
            self._shell.idle.changed.disconnect(self.desk_lock.refresh)
        self._shell.workspace.save(self)
        self.closed.emit()
        super().closeEvent(event)


def _column(*parts: QWidget, stretched: QWidget | None = None, spacing: int = 0) -> QWidget:
    """Widgets one over the other; `stretched` takes what room is left."""
    column = QWidget()
    layout = QVBoxLayout(column)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(spacing)
    for part in parts:
        layout.addWidget(part, 1 if part is stretched else 0)
    return column
