"""Everything the window shows of a feed account: its panes, and every connection between them in one block."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QToolButton, QWidget

from app.domain.cs2 import MatchStatus
from app.domain.feed_alert import FeedAlert
from app.domain.labels import LABELS
from app.services.notices import Notices, Tone
from app.ui.account_view import AccountView, Titles, column
from app.ui.display import Display
from app.ui.feed.alert_wish import AlertWish
from app.ui.feed.alerts import FeedAlertsView
from app.ui.feed.figures import FeedFiguresPanel
from app.ui.feed.header import FeedHeader
from app.ui.feed.history import HistoryView
from app.ui.feed.hooks_place import HooksPlace
from app.ui.feed.layout import beside, format_box, tabbed
from app.ui.feed.league_tree import LeagueTree
from app.ui.feed.lobby import LobbyView
from app.ui.feed.match_page import MatchPage
from app.ui.feed.match_words import title
from app.ui.feed.open_panes import OpenPanes
from app.ui.feed.rounds import RoundsView
from app.ui.feed.status import FeedStatus
from app.ui.feed.stream.probe import EngineProbe
from app.ui.feed.stream.view import StreamView
from app.ui.feed.trouble import show_trouble
from app.ui.feed.video_tools import video_tools
from app.ui.formats import OddsFormat
from app.ui.hooks.button import HooksButton
from app.ui.hooks.window import HooksWindow
from app.ui.shell import ConnectedFeed, Shell
from app.ui.views.log import LogView
from app.ui.views.unseen import UnseenBar, bring_page, tab_words

NO_ORDERS = "Nothing can be ordered at this feed, so it has no orders, trades or transactions"
FORMAT = "feed odds"


class FeedView(AccountView):
    """A feed that is read: lobby, match page, video, odds history. `league_changed` when the list of matches did."""

    league_changed = Signal()

    def __init__(self, window: QWidget, shell: Shell, connected: ConnectedFeed) -> None:
        super().__init__(window, shell, connected)
        self.connected = connected
        self.feed = connected.feed
        self.session = session = connected.feed.session
        self._place: object = None
        self._missed: set[str] = set()  # what was told while another account was at hand
        theme, clock, now = shell.theme, shell.clock, shell.now
        self.display = display = Display(self._format(), labels=LABELS[connected.provider])
        self.header = FeedHeader(session, connected.environment, connected.account, theme, clock)
        self.tree = LeagueTree(session, theme, now)
        self.match_page = MatchPage(session, display, theme, clock, now)
        self.rounds = RoundsView(theme)
        self.rounds.title.hide()  # the dock says it
        self.lobby = LobbyView(session, display, theme, now)
        self.history = HistoryView(session, display, theme, clock, now)
        self.alerts = FeedAlertsView(self.feed, display, theme)
        self.log = LogView(session.notices)
        self.status = FeedStatus(session, theme)
        self.figures = FeedFiguresPanel(window, session, connected.facts, theme, clock)
        self._open_panes = OpenPanes(session, self.match_page, self.rounds)
        self._hooks = HooksPlace(window, shell, connected, self._say)
        self.hooks_button = HooksButton(connected.hooks, theme)
        self.header.add(self.hooks_button)
        self._probe = EngineProbe()
        self.stream = StreamView(video_tools(shell, connected, self._probe), theme, session.delay)
        self.top = column(self.header)
        self.match_area = beside(self.stream, self.match_page)
        self.unseen = UnseenBar(self.feed.alerts, self._open_alerts, theme)
        self.middle = column(self.last_words, self.unseen, self.banner, self.match_area, stretched=self.match_area, spacing=4)
        self.below = beside(self.history, self.lobby)
        self.format = format_box(display.style)
        panes = (self.below, "Odds history and lobby"), (self.alerts, "Alerts"), (self.log, "Log")
        self.tabs = tabbed(panes, self.format)
        self._connect()
        self._show_all()

    def _format(self) -> OddsFormat:
        """The feed tells decimal odds: they are shown so until a person wants others, whatever the accounts that trade show."""
        told = self._shell.workspace.chosen(FORMAT, str(OddsFormat.DECIMAL))
        return OddsFormat(told) if told in set(OddsFormat) else OddsFormat.DECIMAL

    def _connect(self) -> None:
        """Every way from one part to another."""
        session = self.session
        # what a person does
        for part in (self.tree, self.lobby):
            part.match_chosen.connect(self.open_match)
            part.star_wanted.connect(self._star)
        for source in (self.tree, self.lobby, self.match_page):
            source.alert_wanted.connect(self.alert)
        self.alerts.match_wanted.connect(self.open_match)
        self.alerts.counted.connect(self._count_tabs)
        self.feed.alerts.fired.append(self._on_alert)
        self.header.connection_wanted.connect(self.show_connection)
        self.header.delay_wanted.connect(self._show_delay)
        self.hooks_button.clicked.connect(self.show_hooks)
        self.stream.said.connect(self._say)
        self.stream.placing.moved.connect(self._watch)
        self.format.currentTextChanged.connect(self._use_format)
        self.display.changed.connect(self._show_all)
        for table in (*self.lobby.tables, self.alerts.table, self.log):
            table.said.connect(session.notices.say)
        self.history.said.connect(session.notices.say)
        self.match_page.frame_wanted.connect(self._shell.pulse.request)
        # what services announce, once a frame
        for name, signal in (
            ("matches", session.matches.changed),
            ("odds", session.board.changed),
            ("session", session.changed),
            ("session", session.delay.changed),
            ("history", session.histories.changed),
            ("alerts", self.feed.alerts.book.changed),
            ("log", session.notices.changed),
            ("hooks", self.connected.hooks.reception.changed),
            ("hooks", self.connected.hooks.deliveries.changed),
        ):
            signal.connect(lambda name=name: self.mark(name))  # type: ignore[misc]

    # What the window asks

    @property
    def parts(self) -> tuple[QWidget, ...]:
        return self.top, self.middle, self.tree, self.rounds, self.tabs, self.status

    @property
    def boxes(self) -> tuple[QWidget, ...]:
        hooks = () if self._hooks.window is None else (self._hooks.window,)
        return self.passphrase_box, self.figures, self.alerts.box, *hooks

    @property
    def menu_button(self) -> QToolButton:
        return self.header.menu_button

    @property
    def notices(self) -> Notices:
        return self.session.notices

    def titles(self, *, is_among_others: bool) -> Titles:
        return Titles("Matches", "Rounds and events", "History and lobby")

    def take_in_hand(self, *, is_at_hand: bool) -> None:
        super().take_in_hand(is_at_hand=is_at_hand)
        self.stream.set_active(is_at_hand)
        self._watch()

    def _watch(self) -> None:
        """Somebody looks at the feed, or at its video in a window of its own."""
        self.session.watch(self.is_at_hand or self.stream.placing.is_detached)

    # What services announce

    def on_frame(self) -> None:
        stale, self._stale = self._stale, set()
        if not stale and not self.is_at_hand:
            return
        if stale & {"matches", "odds", "session"}:
            self.league_changed.emit()
        if self.is_at_hand:
            self._show(stale | self._missed)
            self._missed = set()
        else:
            self._missed |= stale
        if "log" in stale:
            self._repeat_newest()
        self.match_page.on_frame()

    def _show(self, stale: set[str]) -> None:
        if stale & {"matches", "session"}:
            self.tree.refresh()
            self.header.refresh()
            self._show_trouble()
            self._show_stage()
            self.stream.show_live([title(match) for match in self.session.matches.live()])
        if stale & {"matches", "odds", "session"}:
            self.lobby.refresh()
            self._open_panes.show()
        if stale & {"matches", "history", "session"}:
            self.history.refresh()
        if "alerts" in stale:
            self.alerts.refresh()
            self.unseen.refresh()
        if "hooks" in stale:
            self.hooks_button.refresh()

    def _show_all(self) -> None:
        self._stale |= {"matches", "odds", "session", "history", "alerts", "hooks", "log"}
        self._shell.pulse.request()

    def _repeat_newest(self) -> None:
        self.log.refresh()
        self.status.say_newest()
        if lines := self.session.notices.lines:
            self.spoke.emit(lines[-1].words)

    def on_beat(self) -> None:
        self.stream.tick()  # it may be in a window of its own
        if self.stream.delay_box.isVisible():
            self.session.expect_calibration()
        if not self.is_at_hand:
            return
        self._open_first()
        self.header.refresh()
        self.tree.tick()
        self.lobby.tick()
        self._open_panes.show()
        self.match_page.tick()
        self.history.tick()
        self.alerts.tick()
        self.status.tick()
        self.figures.tick()
        self._show_trouble()

    def _show_trouble(self) -> None:
        show_trouble(self.banner, self.session, self.connected.remedy, self.connected.new_keys)

    def _show_stage(self) -> None:
        """The video's place, when the feed named it or named another."""
        place = self.session.basics.stream_place
        if place == self._place:
            return
        self._place = place
        self.stream.show_stage(self.connected.video.stage(place) if place is not None else None)

    # The open match

    def _open_first(self) -> None:
        """Where nobody has chosen a match, the first live one is opened: an empty page helps nobody."""
        if self.session.open_match_id is None and (live := self.session.matches.listed(MatchStatus.LIVE)):
            self.open_match(live[0].id)

    # What a person does

    def open_match(self, match_id: int) -> None:
        self.session.open(match_id)
        self.tree.show_match(match_id)
        self.lobby.show_match(match_id)
        self._show_all()

    def alert(self, wish: AlertWish) -> None:
        """Open the form of a new alert with what was pointed at."""
        self.alerts.new_for(wish)

    def _on_alert(self, _alert: FeedAlert) -> None:
        """Heard whichever account is at hand; the desk at hand says it in its own log."""
        self._shell.sounds.alarm()

    def _count_tabs(self) -> None:
        self.tabs.setTabText(self.tabs.indexOf(self.alerts), tab_words("Alerts", self.feed.alerts))

    def _open_alerts(self) -> None:
        bring_page(self.tabs, self.alerts)

    def _star(self, match_id: int) -> None:
        self.session.toggle_star(match_id)
        self.tree.refresh()
        self.lobby.refresh()

    def _say(self, words: str) -> None:
        self.session.notices.say(words, Tone.PLAIN)

    def _show_delay(self) -> None:
        self.stream.delay_box.open_below(self.header.delay_button)

    @property
    def hooks(self) -> HooksWindow:
        """The page of webhooks, built when it is first wanted."""
        return self._hooks.page

    def show_hooks(self) -> None:
        self.hooks.bring()

    @property
    def is_holding(self) -> bool:
        return self._hooks.is_holding

    def show_history(self) -> None:
        self._say(NO_ORDERS)

    def show_connection(self) -> None:
        self.figures.bring()

    def switch_pressed(self) -> None:
        self._say("Nothing can be ordered at this feed: there is no trading to switch")

    def focus_search(self) -> None:
        self.tree.focus_search()

    def shut(self) -> None:
        self.stream.shut()
        self._probe.close()

    def end(self) -> None:
        self.shut()
        self._hooks.shut()
        super().end()

    # The look

    def _use_format(self, told: str) -> None:
        self.display.use(OddsFormat(told))
        self._shell.workspace.remember(FORMAT, told)

    def dress(self) -> None:
        for part in (self.header, self.stream, self.last_words, self.unseen, self.banner, self.figures):
            part.dress()
        self._hooks.dress()
        self._show_all()
