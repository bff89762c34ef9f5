"""The main window: the panes, and every connection between them in one block."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
from PySide6.QtCore import QMargins, QSize, Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QColor, QIcon, QKeySequence, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QDockWidget, QFrame, QMainWindow, QMenu, QMessageBox, QTabWidget, QToolBar, QVBoxLayout, QWidget

from app.domain.environment import Environment
from app.domain.order import Order, OrderDraft
from app.domain.risk import Limits
from app.services.desk import Desk
from app.services.notices import Tone
from app.ui.display import Display
from app.ui.pulse import Pulse
from app.ui.sounds import Sounds
from app.ui.theme import Theme
from app.ui.views.banner import Banner
from app.ui.views.blotter import BlotterView
from app.ui.views.events import EventsView
from app.ui.views.grid import GridView
from app.ui.views.header import Header
from app.ui.views.log import LogView
from app.ui.views.status import StatusBar
from app.ui.views.ticket import Ticket
from app.ui.workspace import Workspace

FRAME = 4  # pixels of the environment's colour around everything
KEYS = """/                 search the events
Enter, Space      write an order at the price under the cursor
Ctrl+click        write an order for what can be taken there
↑ ↓ in the odds    one rung up or down the venue's ladder
Enter, Enter      arm the ticket, then send it
Esc               disarm
Delete            cancel the chosen orders
Ctrl+Shift+X      cancel all orders
Ctrl+L            light or dark
Ctrl+M            sound on or off
F1                this page"""


class Shell(msgspec.Struct):
    """What the window is given by the composition root."""

    desk: Desk
    environment: Environment
    account: str
    keep_limits: Callable[[Limits], list[str]]
    theme: Theme
    display: Display
    pulse: Pulse
    sounds: Sounds
    workspace: Workspace
    start: Callable[[Coroutine[Any, Any, Any]], object]
    clock: Callable[[], float]
    now: Callable[[], datetime]
    budget_left: Callable[[], int]
    icon: Path
    restart_practice: Callable[[], None] | None = None


class MainWindow(QMainWindow):
    """Shows a session. `closed` once it was closed; whoever built it ends the program."""

    closed = Signal()

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._session = shell.desk.session
        self.setObjectName("main")
        self.setWindowTitle(f"{shell.environment} · {shell.account} — Overround")
        self.setWindowIcon(QIcon(str(shell.icon)))
        self.setContentsMargins(QMargins(FRAME, FRAME, FRAME, FRAME))
        self.setMinimumSize(QSize(1200, 700))
        session, theme, display = shell.desk.session, shell.theme, shell.display
        self.header = Header(session, shell.environment, shell.account, theme)
        self.events = EventsView(session, theme, shell.now)
        self.grid = GridView(session, display, theme, shell.clock, shell.now)
        self.ticket = Ticket(session, shell.start, shell.environment, display, theme, shell.clock)
        self.blotter = BlotterView(session, shell.start, display, theme, shell.now)
        self.log = LogView(session.notices)
        self.status = StatusBar(session, shell.pulse, shell.budget_left, theme)
        self.tabs = QTabWidget()
        self.banner = Banner(theme)
        self._build()
        self._menu = self._build_menu()
        self._connect()
        self.resize(1600, 1000)
        shell.workspace.restore(self)

    # Building

    def _build(self) -> None:
        bar = QToolBar("Header")
        bar.setObjectName("header")
        bar.setMovable(False)
        bar.toggleViewAction().setVisible(False)
        bar.addWidget(self.header)
        bar.setStyleSheet("QToolBar { border: 0; padding: 0; spacing: 0; }")
        self.addToolBar(bar)
        centre = QWidget()
        layout = QVBoxLayout(centre)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.banner)
        layout.addWidget(self.grid, 1)
        self.setCentralWidget(centre)
        self.tabs.addTab(self.blotter, "Orders")
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
        self._action(menu, "Light or dark", "Ctrl+L", self._toggle_theme)
        self.mute = self._action(menu, "Mute the sound of fills", "Ctrl+M", self._toggle_sound)
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
        self._action(menu, "Keys", "F1", self._show_keys)
        self._action(menu, "Quit", "Ctrl+Q", self.close)
        self.header.menu_button.setMenu(menu)
        for keys, call in (("/", self._focus_search), ("Ctrl+K", self._focus_search), ("Ctrl+Shift+X", self._cancel_all)):
            action = QAction(self)
            action.setShortcut(QKeySequence(keys))
            action.triggered.connect(call)
            self.addAction(action)
        return menu

    def _action(self, menu: QMenu, text: str, keys: str, call: Callable[[], object]) -> QAction:
        action = menu.addAction(text, call)
        if keys:
            action.setShortcut(QKeySequence(keys))
            self.addAction(action)
        return action

    def _connect(self) -> None:
        """Every way from one part to another."""
        session, pulse = self._session, self._shell.pulse
        # what a person does
        self.events.event_chosen.connect(self.open_event)
        self.events.group_chosen.connect(self._open_group)
        self.events.tournament_opened.connect(session.expand)
        self.grid.draft_wanted.connect(self._write)
        self.blotter.event_wanted.connect(self.open_event)
        self.header.cancel_all.connect(self._cancel_all)
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
            self.ticket.refresh()
        if "orders" in stale:
            self.blotter.apply(self._session.blotter.take_dirty())
            self.grid.orders_changed()
            self.ticket.refresh()
            self._count_tabs()
        if "session" in stale:
            self._show_trouble()
        if stale & {"money", "orders", "session"}:
            self.header.refresh()
            self.grid.refresh_title()
        if "log" in stale:
            self.log.refresh()
            self.status.say_newest()

    def _show_trouble(self) -> None:
        """What stands between the person and the venue, where it cannot be overlooked."""
        can_restart = self._session.is_venue_gone and self._shell.restart_practice is not None
        action = ("Restart the practice exchange", self._shell.restart_practice) if can_restart else None
        self.banner.say(self._session.trouble, action)

    def _on_beat(self) -> None:
        self.header.refresh()
        self.events.tick()
        self.grid.tick()
        self.ticket.refresh()
        self.blotter.tick()
        self.status.tick()

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

    def _show_keys(self) -> None:
        box = QMessageBox(QMessageBox.Icon.NoIcon, "Keys", KEYS, QMessageBox.StandardButton.Close, self)
        box.setFont(self._shell.theme.font(13))
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()

    # The look

    def _switched(self) -> None:
        self._shell.workspace.remember("odds", str(self._shell.display.style))
        self.grid.format.setCurrentText(str(self._shell.display.style))
        self.blotter.rebuild()

    def _dress(self) -> None:
        self.header.dress()
        self.banner.dress()
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

    def closeEvent(self, event: QCloseEvent) -> None:
        self._shell.workspace.save(self)
        self.closed.emit()
        super().closeEvent(event)
