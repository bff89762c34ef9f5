"""Everything the window shows of a feed account: its panes, and every connection between them in one block."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QComboBox, QSplitter, QTabWidget, QToolButton, QWidget

from app.domain.cs2 import Match, MatchDetail, MatchStatus
from app.services.feed.board import Quote
from app.services.feed.delay import Past
from app.services.notices import Notices, Tone
from app.ui.account_view import AccountView, Titles, column
from app.ui.display import Display
from app.ui.feed.figures import FeedFiguresPanel
from app.ui.feed.header import FeedHeader
from app.ui.feed.history import HistoryView
from app.ui.feed.league_tree import LeagueTree
from app.ui.feed.lobby import LobbyView
from app.ui.feed.match_page import MatchPage
from app.ui.feed.rounds import RoundsView
from app.ui.feed.status import FeedStatus
from app.ui.feed.stream.probe import EngineProbe
from app.ui.feed.stream.view import StreamTools, StreamView
from app.ui.feed.stream.web import EnginePages
from app.ui.feed.words import trouble_words
from app.ui.formats import OddsFormat
from app.ui.labels import LABELS
from app.ui.shell import ConnectedFeed, Shell
from app.ui.views.log import LogView

NO_ORDERS = "Nothing can be ordered at this feed, so it has no orders, trades or transactions"
SILENT = 5.0  # seconds without an answered poll before it is said over everything
FORMAT = "feed odds"
CHOICE = "feed"  # under which what is chosen of the video is remembered


class Shown(NamedTuple):
    """What was known of the open match at one time."""

    match: Match
    detail: MatchDetail | None
    quotes: tuple[Quote | None, Quote | None, Quote | None]


class FeedView(AccountView):
    """A feed that is read: lobby, match page, video, odds history. `league_changed` when the list of matches did."""

    league_changed = Signal()

    def __init__(self, window: QWidget, shell: Shell, connected: ConnectedFeed) -> None:
        super().__init__(window, shell, connected)
        self.connected = connected
        self.feed = connected.feed
        self.session = session = connected.feed.session
        self._past: Past[Shown] = Past()
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
        self.log = LogView(session.notices)
        self.status = FeedStatus(session, theme)
        self.figures = FeedFiguresPanel(window, session, connected.facts, theme, clock)
        self._probe = EngineProbe()
        self.stream = StreamView(self._tools(), theme, session.delay)
        self.top = column(self.header)
        self.match_area = QSplitter(Qt.Orientation.Horizontal)
        self.middle = column(self.last_words, self.banner, self.match_area, stretched=self.match_area, spacing=4)
        self.below = QSplitter(Qt.Orientation.Horizontal)
        self.tabs = QTabWidget()
        self.format = QComboBox()
        self._lay_out()
        self._connect()
        self._show_all()

    def _format(self) -> OddsFormat:
        """The feed tells decimal odds: they are shown so until a person wants others, whatever the accounts that trade show."""
        told = self._shell.workspace.chosen(FORMAT, str(OddsFormat.DECIMAL))
        return OddsFormat(told) if told in set(OddsFormat) else OddsFormat.DECIMAL

    def _tools(self) -> StreamTools:
        """What the view of the video needs."""
        workspace, video = self._shell.workspace, self.connected.video
        return StreamTools(
            finder=video,
            reader=video,
            probe=self._probe,
            pages=EnginePages(),
            start=self.connected.start,
            clock=self._shell.clock,
            open_link=lambda address: QDesktopServices.openUrl(QUrl(address)),
            recall=lambda name: workspace.chosen(f"{CHOICE} {name}", ""),
            remember=lambda name, value: workspace.remember(f"{CHOICE} {name}", value),
        )

    def _lay_out(self) -> None:
        for part in (self.stream, self.match_page):
            self.match_area.addWidget(part)
            self.match_area.setStretchFactor(self.match_area.count() - 1, 1)
        for pane in (self.history, self.lobby):
            self.below.addWidget(pane)
            self.below.setStretchFactor(self.below.count() - 1, 1)
        for splitter in (self.match_area, self.below):
            splitter.setChildrenCollapsible(False)
            splitter.setHandleWidth(5)
        self.tabs.addTab(self.below, "Odds history and lobby")
        self.tabs.addTab(self.log, "Log")
        self.tabs.setDocumentMode(True)
        self.format.addItems(list(OddsFormat))
        self.format.setCurrentText(str(self.display.style))
        self.format.setAccessibleName("Odds format of the feed")
        self.format.setToolTip("How the feed's odds are shown")
        self.tabs.setCornerWidget(self.format)

    def _connect(self) -> None:
        """Every way from one part to another."""
        session = self.session
        # what a person does
        for part in (self.tree, self.lobby):
            part.match_chosen.connect(self.open_match)
            part.star_wanted.connect(self._star)
        self.header.connection_wanted.connect(self.show_connection)
        self.header.delay_wanted.connect(self._show_delay)
        self.stream.said.connect(self._say)
        self.stream.placing.moved.connect(self._watch)
        self.format.currentTextChanged.connect(self._use_format)
        self.display.changed.connect(self._show_all)
        for table in (*self.lobby.tables, self.log):
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
            ("log", session.notices.changed),
        ):
            signal.connect(lambda name=name: self.mark(name))  # type: ignore[misc]

    # What the window asks

    @property
    def parts(self) -> tuple[QWidget, ...]:
        return self.top, self.middle, self.tree, self.rounds, self.tabs, self.status

    @property
    def boxes(self) -> tuple[QWidget, ...]:
        return self.passphrase_box, self.figures

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
        dirty = self.session.board.take_dirty() if "odds" in stale else set()
        open_id = self.session.open_match_id
        if stale & {"matches", "session"} or any(key.match_id == open_id for key in dirty):
            self._note_open()
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
        if stale & {"matches", "odds", "session"}:
            self.lobby.refresh()
            self._show_match()
        if stale & {"matches", "history", "session"}:
            self.history.refresh()

    def _show_all(self) -> None:
        self._stale |= {"matches", "odds", "session", "history", "log"}
        self._shell.pulse.request()

    def _repeat_newest(self) -> None:
        self.log.refresh()
        self.status.say_newest()
        if lines := self.session.notices.lines:
            self.spoke.emit(lines[-1].words)

    def on_beat(self) -> None:
        self.stream.tick()  # it may be in a window of its own
        if not self.is_at_hand:
            return
        self._open_first()
        self.header.refresh()
        self.tree.tick()
        self.lobby.tick()
        self._note_open()  # ages go on in the past too
        self._show_match()
        self.match_page.tick()
        self.history.tick()
        self.status.tick()
        self.figures.tick()
        self._show_trouble()

    def _show_trouble(self) -> None:
        words = self.session.trouble
        is_gone = self.session.is_venue_gone
        if not words or not (is_gone or self._is_silent()):  # one failed poll is no trouble: nothing is stale yet
            self.banner.say("", None)
            return
        said = trouble_words(self.session) or f"Nothing new comes from the feed, trying again: {words}"
        self.banner.say(said, self.connected.remedy if is_gone else ("Try now", self.session.reread))

    def _is_silent(self) -> bool:
        """No poll was answered for as long as a price lives without."""
        polled_at = self.session.figures.last_poll_at
        return polled_at is None or self._shell.clock() - polled_at > SILENT

    def _show_stage(self) -> None:
        """The video's place, when the feed named it or named another."""
        place = self.session.stream_place
        if place == self._place:
            return
        self._place = place
        self.stream.show_stage(self.connected.video.stage(place) if place is not None else None)

    # The open match

    def _open_first(self) -> None:
        """Where nobody has chosen a match, the first live one is opened: an empty page helps nobody."""
        if self.session.open_match_id is None and (live := self.session.matches.listed(MatchStatus.LIVE)):
            self.open_match(live[0].id)

    def _note_open(self) -> None:
        """What is known of the open match from now on, for a panel that is shown late."""
        match_id = self.session.open_match_id
        match = self.session.matches.matches.get(match_id) if match_id is not None else None
        if match is not None:
            detail = self.session.matches.details.get(match.id)
            self._past.add(self._shell.clock(), Shown(match, detail, self.session.board.current(match)))

    def _show_match(self) -> None:
        delay, now = self.session.delay, self._shell.clock()
        is_late = delay.is_spoiler_safe and bool(delay.estimate)
        cut_off = delay.visible_before(now)
        shown = self._past.at(cut_off)
        if shown is None:
            self._show_nothing(is_late=is_late)
            return
        self.match_page.show_match(shown.match, shown.detail, shown.quotes, cut_off if is_late else None)
        self.rounds.show_match(shown.match, shown.detail)

    def _show_nothing(self, *, is_late: bool) -> None:
        if self.session.open_match_id is None:
            self.match_page.show_nothing()
            self.rounds.show_nothing()
            return
        words = "The panel is delayed: it begins as late as the video." if is_late else "The match is being read."
        self.match_page.show_nothing(words)
        self.rounds.show_nothing(words)

    # What a person does

    def open_match(self, match_id: int) -> None:
        if match_id != self.session.open_match_id:
            self._past.clear()
        self.session.open(match_id)
        self.tree.show_match(match_id)
        self.lobby.show_match(match_id)
        self._note_open()
        self._show_all()

    def _star(self, match_id: int) -> None:
        self.session.toggle_star(match_id)
        self.tree.refresh()
        self.lobby.refresh()

    def _say(self, words: str) -> None:
        self.session.notices.say(words, Tone.PLAIN)

    def _show_delay(self) -> None:
        self.stream.delay_box.open_below(self.header.delay_button)

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
        super().end()

    # The look

    def _use_format(self, told: str) -> None:
        self.display.use(OddsFormat(told))
        self._shell.workspace.remember(FORMAT, told)

    def dress(self) -> None:
        for part in (self.header, self.stream, self.last_words, self.banner, self.figures):
            part.dress()
        self._show_all()
