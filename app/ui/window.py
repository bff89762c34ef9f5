"""The main window: the places for what is shown of an account, the accounts that are connected, and what reaches all of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import shiboken6
from PySide6.QtCore import QMargins, QSize, Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QColor, QIcon, QKeySequence, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QDockWidget, QFrame, QLineEdit, QMainWindow, QMenu, QStatusBar, QToolBar, QVBoxLayout, QWidget

from app.services.notices import Tone
from app.ui.account_view import AccountView, column
from app.ui.desk_view import DeskView
from app.ui.dialogs.keys import KeysBox
from app.ui.dialogs.quit import QuitBox
from app.ui.feed_view import FeedView
from app.ui.pile import Pile
from app.ui.shell import Account, Connected, ConnectedFeed, Shell
from app.ui.views.account_strip import AccountStrip
from app.ui.views.desk_lock import DeskLockPane

__all__ = ["Connected", "MainWindow", "Shell"]

FRAME = 4  # pixels of the environment's colour around everything
PULLED = "the kill switch was pulled in the window"
CANCEL_ALL_KEY = "Ctrl+Shift+X"
NOT_CANCELLED = (
    f"Nothing was cancelled: {CANCEL_ALL_KEY} does nothing while a field is being typed in. Press ✕ Cancel all, or F12 to stop everything"
)
NOTHING_TO_CANCEL = "No account that trades is connected in this window: there is nothing to cancel here"
NOTHING_TO_STOP = "No account that trades is connected in this window: there is nothing to stop here"
NOTHING_TO_SWITCH = "A feed that is only read is at hand: nothing can be ordered there, so there is no trading to switch on or off"
MOST_BY_KEY = 9  # accounts that Ctrl and a digit bring to hand


class MainWindow(QMainWindow):
    """Shows the accounts that are connected, one of them at hand. `closed` once it was closed; whoever built it ends the program."""

    closed = Signal()

    def __init__(self, shell: Shell, first: Account) -> None:
        super().__init__()
        self._shell = shell
        self._is_leaving = False
        self._views: list[AccountView] = []
        self.setObjectName("main")
        self.setWindowIcon(QIcon(str(shell.icon)))
        self.setContentsMargins(QMargins(FRAME, FRAME, FRAME, FRAME))
        self.setMinimumSize(QSize(1200, 700))
        self._top, self._middle, self._events, self._ticket, self._tabs, self._status = (Pile() for _ in range(6))
        self._beside = QMenu("Connect another account", self)
        self.strip = AccountStrip(shell.floor, shell.theme, self._beside)
        self.keys_box = KeysBox(self, shell.theme)
        self.quit_box = QuitBox(self, shell.theme, shell.floor, self._say, shell.start, shell.clock)
        self._build()
        self._menu = QMenu(self)
        self.seen = self.seat_account(first)
        self._fill_menu()
        self.desk_lock = self._build_desk_lock()
        self._connect()
        self._show_title()
        room = self.screen().availableGeometry()
        self.resize(min(1600, room.width()), min(1000, room.height()))
        shell.workspace.restore(self)

    # The accounts

    @property
    def accounts(self) -> tuple[AccountView, ...]:
        return tuple(self._views)

    @property
    def views(self) -> tuple[DeskView, ...]:
        """Of the accounts that trade."""
        return tuple(view for view in self._views if isinstance(view, DeskView))

    @property
    def feeds(self) -> tuple[FeedView, ...]:
        """Of the feeds that are read."""
        return tuple(view for view in self._views if isinstance(view, FeedView))

    @property
    def at_hand(self) -> DeskView:
        """The account that is seen, where it is one that trades."""
        assert isinstance(self.seen, DeskView)
        return self.seen

    def seat(self, connected: Connected) -> DeskView:
        """Show one more account that trades, and bring it to hand."""
        view = DeskView(self, self._shell, connected)
        self._shell.floor.join(connected.desk, connected.account)
        self._seat(view)
        return view

    def seat_feed(self, connected: ConnectedFeed) -> FeedView:
        """Show one more feed, and bring it to hand."""
        view = FeedView(self, self._shell, connected)
        self._seat(view)
        return view

    def seat_account(self, account: Account) -> AccountView:
        if isinstance(account, Connected):
            return self.seat(account)
        assert isinstance(account, ConnectedFeed)
        return self.seat_feed(account)

    def _introduce(self) -> None:
        """The matches of a feed stand below the events of each account that trades."""
        feed = self.feeds[0] if self.feeds else None
        for desk in self.views:
            desk.show_league(feed.feed if feed else None)

    def _open_match(self, match_id: int) -> None:
        self.take_in_hand(self.feeds[0])
        self.feeds[0].open_match(match_id)

    def _show_leagues(self) -> None:
        """A feed told something."""
        for desk in self.views:
            if desk.league is not None and desk.is_at_hand:
                desk.league.refresh()

    def _seat(self, view: AccountView) -> None:
        self._views.append(view)
        match view:
            case DeskView():
                view.match_wanted.connect(self._open_match)
            case FeedView():
                view.league_changed.connect(self._show_leagues)
        self._introduce()
        for pile, part in self._places(view):
            pile.put(part)
        self._shell.workspace.restore_tables((*view.parts, *view.boxes))
        view.menu_button.setMenu(self._menu)
        view.cancel_all_wanted.connect(self._cancel_all)
        view.stop_wanted.connect(self._pull)
        view.spoke.connect(lambda words, view=view: self._repeat(view, words))
        self.take_in_hand(view)

    def unseat(self, account: Account) -> None:
        """Show an account no longer; another one is at hand then."""
        view = next(view for view in self._views if view.account is account)
        self._shell.workspace.save_tables((*view.parts, *view.boxes))
        self._views.remove(view)
        if isinstance(view, DeskView):
            self._shell.floor.leave(view.desk)
        self._introduce()
        for pile, part in self._places(view):
            pile.take(part)
        view.end()
        shiboken6.delete(view)  # as a child of the window it would keep the account in memory
        self.take_in_hand(self._views[0] if view is self.seen else self.seen)

    def take_in_hand(self, view: AccountView) -> None:
        """Show this account; the others go on."""
        self.seen = view
        self.strip.setToolTip("")  # what it told may be this account's own words
        for each in self._views:
            each.take_in_hand(is_at_hand=each is view)
            each.name_account(is_among_others=len(self._views) > 1)
        for pile, part in self._places(view):
            pile.show_part(part)
        self.strip.show_accounts([each.account for each in self._views], self._views.index(view))
        for dock, title in zip(self._docks, view.titles(is_among_others=len(self._views) > 1), strict=True):
            dock.setWindowTitle(title)
        self._show_title()
        self.update()

    def _places(self, view: AccountView) -> tuple[tuple[Pile, QWidget], ...]:
        piles = (self._top, self._middle, self._events, self._ticket, self._tabs, self._status)
        return tuple(zip(piles, view.parts, strict=True))

    def _repeat(self, view: AccountView, words: str) -> None:
        """What one account says is heard over the lock; of another than the one at hand, the strip's tip names it."""
        named = f"{view.account.account}: {words}" if len(self._views) > 1 else words
        if self.desk_lock is not None:
            self.desk_lock.say(named)
        if view is not self.seen:
            self.strip.setToolTip(named)

    def _by_number(self, number: int) -> None:
        if number <= len(self._views):
            self.take_in_hand(self._views[number - 1])

    def _disconnect(self, place: int) -> None:
        self._shell.disconnect(self._views[place].account)

    def _fill_beside(self) -> None:
        """What else could be connected now."""
        self._beside.clear()
        for profile in self._shell.others():
            self._beside.addAction(f"{profile.name}  ·  {profile.provider.called}", partial(self._shell.connect, profile))
        if self._beside.isEmpty():
            self._beside.addAction("No other account of this environment is set up").setEnabled(False)
        if self._shell.set_up is not None:
            self._beside.addSeparator()
            self._beside.addAction("Set up an account", self._shell.set_up)

    # Building

    def _build(self) -> None:
        bar = QToolBar("Header")
        bar.setObjectName("header")
        bar.setMovable(False)
        bar.toggleViewAction().setVisible(False)
        bar.addWidget(column(self.strip, self._top))
        bar.setStyleSheet("QToolBar { border: 0; padding: 0; spacing: 0; }")
        self.addToolBar(bar)
        self.setCentralWidget(self._middle)
        self._docks = [
            self._dock("Events", self._events, Qt.DockWidgetArea.LeftDockWidgetArea),
            self._dock("Ticket", self._ticket, Qt.DockWidgetArea.RightDockWidgetArea),
            self._dock("Blotter", self._tabs, Qt.DockWidgetArea.BottomDockWidgetArea),
        ]
        self.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea)
        self.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.BottomDockWidgetArea)
        self.resizeDocks(self._docks[:2], [304, 264], Qt.Orientation.Horizontal)
        self.resizeDocks(self._docks[2:], [290], Qt.Orientation.Vertical)
        bottom = QStatusBar()
        bottom.setSizeGripEnabled(False)
        bottom.addWidget(self._status, 1)
        self.setStatusBar(bottom)

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

    def _fill_menu(self) -> None:
        shell, menu = self._shell, self._menu
        menu.setToolTipsVisible(True)
        self.switch = self._action(menu, "Trading on or off", "", self._press_switch)
        self._action(menu, f"Cancel all orders\t{CANCEL_ALL_KEY}", "", self._cancel_all)
        self._stop_action = stop = self._action(menu, "Kill switch: stop everything", "F12", self._pull)
        stop.setShortcutContext(Qt.ShortcutContext.ApplicationShortcut)  # over boxes, menus and text fields too
        stop.setAutoRepeat(False)
        menu.addSeparator()
        self.history = self._action(menu, "Account history", "Ctrl+H", self._show_statement)
        self._action(menu, "Connection", "Ctrl+I", self._show_connection)
        self.hooks = self._action(menu, "Webhooks and HMAC", "Ctrl+Shift+W", self._show_hooks)
        self.record = self._action(menu, "Record session", "", self._toggle_recording)
        self.record.setCheckable(True)
        menu.aboutToShow.connect(self._show_recording)
        menu.addSeparator()
        menu.addMenu(self._beside)
        self._beside.aboutToShow.connect(self._fill_beside)
        if shell.show_profiles is not None:
            self._action(menu, "Profiles and keys", "Ctrl+P", shell.show_profiles)
        if shell.set_up is not None:
            self._action(menu, "Set up an account", "", shell.set_up)
        menu.addSeparator()
        self._action(menu, "Light or dark", "Ctrl+L", self._toggle_theme)
        self.mute = self._action(menu, "Mute all sounds", "Ctrl+M", self._toggle_sound)
        self.mute.setCheckable(True)
        self.mute.setChecked(shell.sounds.is_muted)
        menu.addSeparator()
        for dock in self._docks:
            menu.addAction(dock.toggleViewAction())
        self._action(menu, "Restore the built-in layout", "", lambda: shell.workspace.reset(self))
        menu.addSeparator()
        self.restart = self._action(menu, "Restart the practice exchange", "", self._restart_practice)
        self._action(menu, "Keys", "F1", self.keys_box.bring)
        self._quit_action = self._action(menu, "Quit", "Ctrl+Q", self.close)
        for keys, call in (
            ("/", self._focus_search),
            ("Ctrl+K", self._focus_search),
            (CANCEL_ALL_KEY, self._cancel_all_by_key),
            *((f"Ctrl+{number}", lambda _checked=False, number=number: self._by_number(number)) for number in range(1, MOST_BY_KEY + 1)),
        ):
            action = QAction(self)
            action.setShortcut(QKeySequence(keys))
            action.setAutoRepeat(False)
            action.triggered.connect(call)
            self.addAction(action)

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
        self._shell.idle.changed.connect(self._lock_changed)
        return pane

    def _lock_changed(self) -> None:
        """Orders may leave again, or no longer."""
        for view in self._views:
            view.lock_changed()

    def _connect(self) -> None:
        self.strip.chosen.connect(lambda place: self.take_in_hand(self._views[place]))
        self.strip.leave_wanted.connect(self._disconnect)
        self.quit_box.leaving.connect(self.leave)
        self._shell.pulse.on_frame(self._on_frame)
        self._shell.pulse.on_beat(self._on_beat)
        self._shell.display.changed.connect(self._switched)
        self._shell.theme.changed.connect(self._dress)

    # What happens by itself

    def _on_frame(self) -> None:
        for view in self._views:
            view.on_frame()
        self.strip.refresh(self.seen.open_event_id)
        self.quit_box.look()

    def _on_beat(self) -> None:
        self._show_title()
        if self._shell.idle is not None and self.desk_lock is not None:
            self._shell.idle.look()
            self.desk_lock.tick()
        for view in self._views:
            view.on_beat()
        self.strip.refresh(self.seen.open_event_id)
        self.quit_box.look()

    def _show_title(self) -> None:
        """Whose window this is, and whether what the venue sends is being written down."""
        connected = self.seen.account
        recording = " · recording" if connected.taping and connected.taping.is_on else ""
        self.setWindowTitle(f"{connected.environment} · {connected.account}{recording} — Overround")

    # What a person does

    def open_event(self, event_id: int) -> None:
        """In the account at hand, or in the first one that trades."""
        desk = self.seen if isinstance(self.seen, DeskView) else self.views[0]
        self.take_in_hand(desk)
        desk.open_event(event_id)

    def _say(self, words: str, tone: Tone = Tone.PLAIN) -> None:
        self.seen.notices.say(words, tone)

    def _cancel_all(self) -> None:
        """Of every account: whoever presses this wants nothing left on any book."""
        if not self.views:
            self._say(NOTHING_TO_CANCEL, Tone.WARNING)
        self._shell.start(self._shell.floor.cancel_all())

    def _cancel_all_by_key(self) -> None:
        """In a text field the key is one slip of the finger beside Cut: there it only says what would cancel."""
        if isinstance(QApplication.focusWidget(), QLineEdit):
            self._say(NOT_CANCELLED, Tone.WARNING)
            return
        self._cancel_all()

    def _pull(self) -> None:
        if not self.views:
            self._say(NOTHING_TO_STOP, Tone.WARNING)
        self._shell.floor.stop(PULLED)
        for view in self._views:
            view.mark("safety")

    def _press_switch(self) -> None:
        self.seen.switch_pressed()

    def _show_statement(self) -> None:
        self.seen.show_history()

    def _show_hooks(self) -> None:
        self.seen.show_hooks()

    def _show_connection(self) -> None:
        self.seen.show_connection()

    def _focus_search(self) -> None:
        self.seen.focus_search()

    def _toggle_recording(self) -> None:
        if self.seen.account.taping is not None:
            self.seen.account.taping.toggle()

    def _show_recording(self) -> None:
        """The menu is about to be seen: what of it holds for the account at hand."""
        connected = self.seen.account
        is_desk = isinstance(self.seen, DeskView)
        self.switch.setEnabled(is_desk)
        self.switch.setToolTip("" if is_desk else NOTHING_TO_SWITCH)
        self.hooks.setVisible(not is_desk)
        self.history.setVisible(self.seen.has_history)
        self.record.setVisible(connected.taping is not None)
        self.record.setChecked(connected.taping is not None and connected.taping.is_on)
        self.restart.setVisible(connected.restart_practice is not None)

    def _restart_practice(self) -> None:
        if self.seen.account.restart_practice is not None:
            self.seen.account.restart_practice()

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
        for view in self._views:
            view.restyle()

    def _dress(self) -> None:
        for view in self._views:
            view.dress()
        self.strip.dress()
        if self.desk_lock is not None:
            self.desk_lock.dress()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        colour: QColor = self._shell.theme.colours[self.seen.account.environment.colour]
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
        for box in (self.keys_box, self.quit_box, *(box for view in self._views for box in view.boxes)):
            box.hide()
        if self._shell.idle is not None and self.desk_lock is not None:  # the lock lives longer than this window
            self._shell.idle.changed.disconnect(self._lock_changed)
            self._shell.idle.changed.disconnect(self.desk_lock.refresh)
        self._shell.workspace.save(self)
        for view in (*(view for view in self._views if view is not self.seen), self.seen):  # the last one's columns hold
            self._shell.workspace.save_tables((*view.parts, *view.boxes))
        for view in self._views:
            view.shut()
        self.closed.emit()
        super().closeEvent(event)
