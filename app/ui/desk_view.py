"""Everything the window shows of one account: its panes, and every connection between them in one block."""

from __future__ import annotations

from decimal import Decimal

import shiboken6
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QTabWidget, QToolButton, QWidget

from app.domain.environment import Environment
from app.domain.feed_alert import FeedAlert
from app.domain.offer import Offer
from app.domain.order import Order, OrderDraft
from app.domain.record import Remarked
from app.services.clock_check import ClockCheck
from app.services.feed.desk import FeedDesk
from app.services.notices import Notices, Tone
from app.services.order_words import filled_words
from app.ui.account_view import AccountView, Titles, column
from app.ui.channels import verified_ago
from app.ui.dialogs.switch_on import SwitchOnBox
from app.ui.feed.alert_wish import AlertWish
from app.ui.feed.league_branch import LeagueBranch
from app.ui.shell import Connected, Shell
from app.ui.views.banner import Way
from app.ui.views.batch import BatchView
from app.ui.views.blotter import BlotterView
from app.ui.views.connection import ConnectionPanel
from app.ui.views.events import EventsView
from app.ui.views.found import FoundView
from app.ui.views.grid import GridView
from app.ui.views.guards import GuardsView
from app.ui.views.halt import HaltPanel
from app.ui.views.header import Header
from app.ui.views.limits import LimitsView
from app.ui.views.log import LogView
from app.ui.views.order_record import OrderRecordView
from app.ui.views.statement import StatementWindow
from app.ui.views.status import StatusBar
from app.ui.views.table import Table
from app.ui.views.ticket import Ticket
from app.ui.views.tray import UnknownTray
from app.ui.views.unseen import UnseenBar, bring_page, tab_words
from app.ui.views.user_import import UserImportBox
from app.ui.views.users import UsersView

LATER = frozenset({"tree", "markets", "books"})
"""What a desk that is not at hand need not show before it is."""


class DeskView(AccountView):
    """An account that trades. `match_wanted` with a match of the feed beside it."""

    match_wanted = Signal(object)

    def __init__(self, window: QWidget, shell: Shell, connected: Connected) -> None:
        super().__init__(window, shell, connected)
        self.connected = connected
        self.desk = desk = connected.desk
        self.session = session = desk.session
        self._is_alarmed = False
        theme, start = shell.theme, connected.start
        self.display = display = shell.display.worded(desk.labels)
        self.header = Header(session, connected.environment, connected.account, theme)
        self.halt = HaltPanel(desk.kill, display, theme)
        self.events = EventsView(session, theme, shell.now)
        self.grid = GridView(session, display, theme, shell.clock, shell.now)
        self.tray = UnknownTray(desk, start, display, theme, shell.clock, shell.now)
        self.ticket = Ticket(session, start, connected.environment, display, theme, shell.clock)
        self.blotter = BlotterView(session, start, display, theme, shell.now)
        self.limits = LimitsView(desk, connected.keep_limits, theme)
        self.log = LogView(session.notices)
        self.status = StatusBar(session, shell.pulse, theme)
        self.found = FoundView(desk.finder, start, theme)
        self.statement = StatementWindow(window, desk.statement, start, display, theme, shell.now)
        self.connection = ConnectionPanel(window, session, connected.link, start, theme, shell.clock)
        self.switch_box = SwitchOnBox(window, theme, connected.environment, connected.account)
        self.record = OrderRecordView(desk, start, display, theme, shell.now, shell.files.new_sheet)
        self.batch = BatchView(desk, start, connected.environment, shell.files.read_table, display, theme, shell.clock)
        self.guards = GuardsView(desk, display, theme, self._chosen)
        name = f"{connected.account} ({connected.environment})"
        self.users = UsersView(desk, name, start, display, theme, shell.clock, shell.now) if desk.controls.has_users else None
        self.user_import = UserImportBox(window, theme, desk.users, start, shell.files.read_table)
        self.league: LeagueBranch | None = None
        self._feed: FeedDesk | None = None  # the league beside it
        self.tabs = QTabWidget()
        self._clock_check = ClockCheck(session.notices)
        self.top = column(self.header, self.halt)
        self.unseen = UnseenBar(desk.guards, self._open_guards, theme)
        self.middle = column(self.last_words, self.unseen, self.banner, self.grid, self.tray, stretched=self.grid, spacing=4)
        self._build_tabs()
        self._connect()
        self._count_tabs()

    @property
    def parts(self) -> tuple[QWidget, ...]:
        """What stands in the window's places, in their order."""
        return self.top, self.middle, self.events, self.ticket, self.tabs, self.status

    @property
    def boxes(self) -> tuple[QWidget, ...]:
        """Windows of this account that go with it."""
        of_users = (self.users.statement, self.users.edit_box) if self.users is not None else ()
        return self.switch_box, self.passphrase_box, self.statement, self.connection, self.user_import, *self.guards.boxes, *of_users

    @property
    def menu_button(self) -> QToolButton:
        return self.header.menu_button

    @property
    def notices(self) -> Notices:
        return self.session.notices

    @property
    def open_event_id(self) -> int | None:
        return self.session.open_event_id

    @property
    def has_history(self) -> bool:
        return Offer.MONEY in self.desk.offers

    def titles(self, *, is_among_others: bool) -> Titles:
        return Titles("Events", f"Ticket · {self.connected.account}" if is_among_others else "Ticket", "Blotter")

    def _build_tabs(self) -> None:
        self.tabs.addTab(self.blotter, "Orders")
        if self.users is not None:
            self.tabs.addTab(self.users, "Users")
        self.tabs.addTab(self.record, "Record")
        self.tabs.addTab(self.batch, "Batch")
        self.tabs.addTab(self.guards, "Guards")
        self.tabs.addTab(self.limits, "Limits")
        self.tabs.addTab(self.log, "Log")
        self.tabs.setDocumentMode(True)

    def _connect(self) -> None:
        """Every way from one part to another."""
        desk, session, start = self.desk, self.session, self.connected.start
        # what a person does
        self.events.event_chosen.connect(self.open_event)
        self.events.group_chosen.connect(self._open_group)
        self.events.tournament_opened.connect(session.expand)
        self.events.put_below_search(self.found)
        self.found.attach(self.events.search, lambda: self.events.model.rowCount() == 0)
        self.found.event_chosen.connect(self.open_event)
        self.found.group_chosen.connect(self._open_group)
        self.grid.draft_wanted.connect(self._write)
        self.grid.cancel_event_wanted.connect(lambda event_id: start(session.trading.cancel_event(event_id)))
        self.grid.cancel_market_wanted.connect(lambda *market: start(session.trading.cancel_market(*market)))
        self.grid.guard_wanted.connect(self._guard)
        self.blotter.guard_wanted.connect(self._guard)
        self.blotter.event_wanted.connect(self.open_event)
        for view in (self.record, self.batch, self.guards):
            view.event_wanted.connect(self.open_event)
        self.record.said.connect(session.notices.say)
        if self.users is not None:
            self.users.event_wanted.connect(self.open_event)
            self.users.user_chosen.connect(self.ticket.choose_user)
            self.users.import_wanted.connect(self.user_import.begin)
        self.header.cancel_all.connect(self.cancel_all_wanted)
        self.header.stop.connect(self.stop_wanted)
        self.header.switch_pressed.connect(self.switch_pressed)
        self.header.connection_wanted.connect(self.connection.bring)
        self.switch_box.confirmed.connect(lambda: self._switch(is_on=True))
        if taping := self.connected.taping:
            self.connection.record_wanted.connect(taping.toggle)
        for table in self._tables():
            table.said.connect(session.notices.say)
        # what services announce, once a frame
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
            ("guards", desk.guards.book.changed),
        ):
            signal.connect(lambda name=name: self.mark(name))  # type: ignore[misc]
        session.blotter.filled.append(self._on_fill)
        desk.guards.moved.append(self.ticket.follow)
        desk.guards.fired.append(lambda _guard: self._shell.sounds.alarm())

    def _tables(self) -> tuple[Table | LogView, ...]:
        return (
            self.grid.table,
            self.blotter.table,
            self.limits.table,
            self.guards.table,
            self.halt.list,
            self.log,
            *((self.users.table, self.users.heat.table, self.users.statement.table) if self.users is not None else ()),
            *self.statement.tables,
            *self.connection.tables,
        )

    def take_in_hand(self, *, is_at_hand: bool) -> None:
        super().take_in_hand(is_at_hand=is_at_hand)
        if is_at_hand and self.league is not None:
            self.league.refresh()

    # A feed beside it

    def show_league(self, feed: FeedDesk | None) -> None:
        """List a feed's matches below the events, or (None) those of no feed."""
        if self.league is not None:
            self.events.count_with(None)
            self.league.hide()
            shiboken6.delete(self.league)
            self.league = None
        self._show_alerts(feed)
        if feed is None:
            return
        self.league = LeagueBranch(feed.session, self._shell.theme, self._shell.now)
        self.league.match_chosen.connect(self.match_wanted)
        self.events.put_below_tree(self.league)
        self.league.choose(self.events.model.chip)
        self.league.search(self.events.search.text())
        self.events.search.textChanged.connect(self.league.search)
        self.events.chip_chosen.connect(self.league.choose)
        self.league.alert_wanted.connect(self._alert)
        self.league.counted.connect(self.events.say)
        self.events.count_with(self.league)

    def _show_alerts(self, feed: FeedDesk | None) -> None:
        """The alerts on a feed's matches stand below the guards; those that fire are said here too while this account is at hand."""
        if feed is self._feed:
            return
        if self._feed is not None:
            self._feed.alerts.fired.remove(self._on_alert)
        self._feed = feed
        shown = self.guards.show_alerts(feed)
        if feed is None or shown is None:
            return
        feed.alerts.fired.append(self._on_alert)
        shown.match_wanted.connect(self.match_wanted)
        shown.table.said.connect(self.session.notices.say)

    def _on_alert(self, alert: FeedAlert) -> None:
        if self.is_at_hand and self._feed is not None:
            self.session.notices.say(f"CS2 league: {self._feed.alerts.told_words(alert)}", Tone.WARNING)

    def _alert(self, wish: AlertWish) -> None:
        """Open the form of a new alert on a match of the league."""
        if self.guards.alerts is not None:
            self.tabs.setCurrentWidget(self.guards)
            self.guards.alerts.new_for(wish)

    # What services announce

    def on_frame(self) -> None:
        if not self.is_at_hand and "books" in self._stale:
            self.session.prices.take_dirty()  # whoever else follows prices hears of the next change only then
            self._stale = self._stale - {"books"} | {"markets"}  # laid out anew with them when it is at hand again
        stale = self._stale if self.is_at_hand else self._stale - LATER
        self._stale = self._stale - stale
        if "tree" in stale or "markets" in stale:
            self.events.refresh()
            self.grid.refresh_title()
        if "markets" in stale:
            self.grid.markets_changed()
        if "books" in stale:
            self.grid.books_changed(self.session.prices.take_dirty())
            self.ticket.books_changed()
        if "orders" in stale:
            self._apply(self.session.blotter.take_dirty())
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
        if "guards" in stale:
            self.guards.refresh()
            self._count_tabs()
            self.unseen.refresh()
        if "log" in stale:
            self.log.refresh()
            self.status.say_newest()
            if lines := self.session.notices.lines:
                self.spoke.emit(lines[-1].words)

    def _apply(self, refs: set[str]) -> None:
        """Orders changed."""
        self.blotter.apply(refs)
        if self.users is not None:
            self.users.apply(refs)

    def _show_safety(self) -> None:
        """Halted or not, what is unclear, and what the limits are: each from its service as it stands."""
        self.halt.refresh()
        self.tray.refresh()
        self.ticket.refresh()
        self.limits.model.limits_changed()

    def _show_trouble(self) -> None:
        """What stands between the person and the venue, where it cannot be overlooked; an alarm is heard once."""
        alarm, journal = self.desk.watch.alarm, self.desk.journal.trouble
        if alarm and not self._is_alarmed:
            self._shell.sounds.alarm()
        self._is_alarmed = bool(alarm)
        action = self.connected.remedy if self.session.is_venue_gone else None
        off = self.desk.controls.why_off
        missing = self.session.missing
        lines = (
            alarm,
            journal and f"No order can leave: {journal}",
            off and f"Trading is off: {off}",
            self.session.trouble,
            missing and f"{missing}\nConnection (Ctrl+I) tests every name that the profile speaks.",
        )
        self.banner.say("\n".join(filter(None, lines)), action, self._way_to_keys)

    @property
    def _way_to_keys(self) -> Way | None:
        """Where the account's keys are not to be had: they ended with an earlier run, or their file is gone."""
        new_keys = self.connected.new_keys
        is_locked_out = self.session.is_venue_gone and self.connected.is_locked_out()
        return ("New keys…", new_keys) if is_locked_out and new_keys is not None else None

    def on_beat(self) -> None:
        """A second went by."""
        link = self.connected.link.facts()
        self._clock_check.look(link.clock_offset)
        self.halt.refresh()  # another program of the same profile may have halted or resumed
        self.tray.tick()
        self._show_trouble()
        self.unseen.refresh()  # how many orders rest unguarded
        if self.users is not None:
            self.users.tick()
        if not self.is_at_hand:
            return
        self.connection.show_recording(self.connected.taping.is_on if self.connected.taping else None)
        self.header.refresh()
        self.events.tick()
        if self.league is not None:
            self.league.tick()
        self.grid.tick()
        self.ticket.refresh()
        self.blotter.tick()
        self.record.tick()
        self.batch.tick()
        if self.guards.isVisible():
            self.guards.tick()
        self.header.show_link(link, verified_ago(self.session, self._shell.clock()))
        self.status.tick(link)
        self.connection.tick()
        if self.limits.isVisible():
            self.limits.tick()

    def _on_fill(self, order: Order, stake: Decimal) -> None:
        self._shell.sounds.fill()
        odds = order.fills[-1].odds if order.fills else order.odds
        self.session.notices.say(filled_words(order, stake, odds, self.session.trading.by(order.ref)), Tone.GOOD)

    def _count_tabs(self) -> None:
        working = len(self.session.blotter.live())
        self.tabs.setTabText(0, f"Orders {working}" if working else "Orders")
        self.tabs.setTabText(self.tabs.indexOf(self.guards), tab_words("Guards", self.desk.guards))

    # What a person does

    def open_event(self, event_id: int) -> None:
        self.grid.show_event(event_id)
        self.events.show_event(event_id)
        self.session.open_event(event_id)

    def _chosen(self) -> OrderDraft | int | None:
        """What a new guard is likely to be about: what the ticket shows, or the open event."""
        return self.ticket.chosen or self.session.open_event_id

    def _open_guards(self) -> None:
        bring_page(self.tabs, self.guards)

    def _guard(self, what: OrderDraft | Order | int) -> None:
        """Open the form of a new guard with what was pointed at."""
        self.tabs.setCurrentWidget(self.guards)
        match what:
            case OrderDraft():
                self.guards.new_for_selection(what)
            case Order():
                self.guards.new_for_order(what)
            case event_id:
                self.guards.new_for_event(event_id)

    def name_account(self, *, is_among_others: bool) -> None:
        """The ticket says which account it sends to where there is more than one."""
        connected = self.connected
        where = f"{connected.environment} · {connected.account}" if is_among_others else str(connected.environment)
        self.ticket.where = self.batch.where = where
        self.ticket.refresh()

    def _open_group(self, event_id: int, group_id: int) -> None:
        if self.grid.model.event_id != event_id:
            self.open_event(event_id)
        self.grid.show_group(group_id)

    def _write(self, draft: OrderDraft, only_there: bool) -> None:
        self.ticket.prefill(draft, with_stake=only_there)

    def switch_pressed(self) -> None:
        """Off at once; on at once in practice only, elsewhere a person is asked. Over a halt the way leads to the panel."""
        controls = self.desk.controls
        if controls.halt:
            self.halt.field.setFocus()
        elif controls.is_on or self.connected.environment is Environment.PRACTICE:
            self._switch(is_on=not controls.is_on)
        else:
            self.switch_box.begin()

    def _switch(self, *, is_on: bool) -> None:
        words = f"trading switched {'on' if is_on else 'off'} in the window"
        self.desk.journal.note(Remarked(words))
        self.desk.controls.switch(is_on=is_on)
        self.session.notices.say(words.capitalize(), Tone.WARNING if is_on else Tone.PLAIN)

    def focus_search(self) -> None:
        self.events.search.setFocus()
        self.events.search.selectAll()

    def show_history(self) -> None:
        if self.has_history:
            self.statement.bring()
        else:
            words = "This account's venue lists no trades and no transactions; its orders are on the Record page"
            self.session.notices.say(words, Tone.PLAIN)

    def show_connection(self) -> None:
        self.connection.bring()

    def lock_changed(self) -> None:
        self.desk.controls.changed()

    def end(self) -> None:
        self.record.leave()
        self._show_alerts(None)
        super().end()

    # The look

    def restyle(self) -> None:
        """The format of odds was switched."""
        self.grid.format.setCurrentText(str(self._shell.display.style))
        self.blotter.rebuild()

    def dress(self) -> None:
        """The theme was changed."""
        for part in (self.header, self.halt, self.last_words, self.banner, self.unseen, self.tray, self.connection):
            part.dress()
        self.ticket.dress()
        self.ticket.refresh()
        self.status.say_newest()
