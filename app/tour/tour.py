"""The tour: the real window driven through the main job by clicks and keys, one picture a step.

It is what a new user would do, and what runs where there is no display. Each step either holds or says why not.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.domain.market import Event
from app.domain.money import ZERO
from app.domain.order import Order, OrderState
from app.tour.hands import TourError
from app.tour.webhooks import WebhookSteps
from app.ui.models.odds_grid import Col, Line
from app.ui.models.orders import CANCEL_COLUMN
from app.ui.views.ticket import BEAT

if TYPE_CHECKING:
    from app.program import Program

SETTLES = 240.0  # seconds a game may take to its end at the tour's speed
PRACTICE = ("--speed", "25", "--seed", "11")  # fast enough that a game in progress ends while one watches
QUICK_SPORTS = ("MMA", "Basketball", "American Football", "Ice Hockey")


class Step(msgspec.Struct):
    name: str
    ok: bool
    seconds: float
    note: str


class Tour(WebhookSteps):
    """Runs the steps in order and stops at the first that fails, because the later ones rest on it."""

    def __init__(self, program: Program, folder: Path) -> None:
        super().__init__(program)
        self._folder = folder
        self._steps: list[Step] = []
        self._event: Event | None = None
        self._resting = ""
        self._live: list[str] = []

    async def run(self) -> int:
        """Write the pictures and tour.json; 0 when every step held."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for old in self._folder.glob("*.png"):
            old.unlink()
        for name, step in self._plan():
            if not await self._take(name, step):
                break
        is_ok = all(step.ok for step in self._steps) and len(self._steps) == len(self._plan())
        report = {"ok": is_ok, "steps": self._steps}
        (self._folder / "tour.json").write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")
        print(f"tour {'held' if is_ok else 'FAILED'}: {self._folder}", flush=True)
        return 0 if is_ok else 1

    def _plan(self) -> list[tuple[str, Callable[[], Awaitable[str]]]]:
        return [
            ("start", self._start),
            ("connect", self._connect),
            ("search", self._search),
            ("open", self._open),
            ("fills", self._fills),
            ("rests", self._rests),
            ("cancel", self._cancel),
            ("prices", self._prices),
            ("balance", self._balance),
            ("limits", self._limits),
            ("stop", self._stop),
            ("resume", self._resume),
            ("line", self._line),
            ("socket", self._socket),
            ("record", self._record),
            ("live", self._order_in_play),
            ("settles", self._settles),
            ("today", self._today),
            ("account", self._choose_account),
            ("pair", self._make_pair),
            ("proof", self._prove),
            ("profiles", self._profiles),
            ("desk", self._desk),
            ("users", self._users),
            ("league", self._league),
            ("video", self._video),
            ("webhooks", self._webhooks),
            ("beside", self._beside),
            ("light", self._light),
        ]

    async def _take(self, name: str, step: Callable[[], Awaitable[str]]) -> bool:
        started = time.monotonic()
        try:
            note, ok = await step(), True
        except TourError as problem:
            note, ok = str(problem), False
        await asyncio.sleep(0.15)  # let the frame that shows it be painted
        shown, hides = self.shown, self.hides
        self.shown, self.hides = self._window, True
        shown.grab().save(str(self._folder / f"{len(self._steps) + 1:02}-{name}.png"))
        if shown is not self._window and hides:
            shown.hide()
            self._window.activateWindow()
        self._steps.append(Step(name, ok, round(time.monotonic() - started, 2), note))
        print(f"{'ok  ' if ok else 'FAIL'} {name:<8} {self._steps[-1].seconds:6.2f} s  {note}", flush=True)
        return ok

    # The steps

    async def _start(self) -> str:
        await self._until(self._window.isVisible, 10, "the window to be shown")
        return self._window.windowTitle()

    async def _connect(self) -> str:
        await self._until(lambda: self._session.account.balance is not None, 30, "a balance from the venue")
        await self._until(lambda: self._session.is_streaming, 20, "the stream to be connected")
        await self._until(lambda: len(self._session.catalogue.events) >= 30, 60, "the events to be listed")
        header = self._window.at_hand.header
        return f"cash {header.cash.text}, {len(self._session.catalogue.events)} events"

    async def _search(self) -> str:
        self._event = self._quiet_event()
        words = self._event.name.split(" at ")[0]
        search = self._window.at_hand.events.search
        QTest.keyClick(self._window, Qt.Key.Key_Slash)
        await self._until(search.hasFocus, 3, "the slash key to reach the search box")
        QTest.keyClicks(search, words)
        tree = self._window.at_hand.events
        await self._until(lambda: tree.model.find(f"e{self._event_id()}").isValid(), 5, f"'{words}' to find {self._event.name}")
        shown = sum(1 for node in tree.model.nodes() if node.event and not node.group)
        if shown >= len(self._session.catalogue.events):
            raise TourError("the search narrowed nothing")
        return f"'{words}' leaves {shown} of {len(self._session.catalogue.events)} events"

    async def _open(self) -> str:
        events = self._window.at_hand.events
        self._click_item(events.tree, events.model.find(f"e{self._event_id()}"))
        await self._until(self._is_followed, 30, "verified prices by the event's own channel")
        line = self._first_line()
        best = line.level(0)
        assert best is not None
        return f"{len(self._window.at_hand.grid.model.rows)} rows, {line.selection.name} {best.odds.american:+d} takes {best.takeable}"

    async def _fills(self) -> str:
        line = self._first_line()
        self._click_price(line)
        await self._type_stake("25")
        note = self._window.at_hand.ticket.match_note.text()
        if not note.startswith("Fills"):
            raise TourError(f"the ticket should say what fills now, and says '{note}'")
        order = await self._place_by_click()
        await self._until(lambda: self._state(order) is OrderState.FILLED, 15, "the order to fill")
        filled = self._order(order)
        return f"{note}: {filled.filled} matched at {filled.fills[0].odds.american:+d}, acknowledged in {filled.ack_ms:.0f} ms"

    async def _rests(self) -> str:
        line = self._first_line()
        ticket = self._window.at_hand.ticket
        self._click_price(line)
        await self._type_stake("40")
        ticket.odds.setFocus()
        for _ in range(12):
            QTest.keyClick(ticket.odds, Qt.Key.Key_Up)
        note = ticket.match_note.text()
        if not note.startswith("Nothing fills now"):
            raise TourError(f"twelve rungs above the best nothing should fill, and the ticket says '{note}'")
        before = set(self._session.blotter.orders)
        QTest.keyClick(ticket.odds, Qt.Key.Key_Return)
        QTest.keyClick(ticket.odds, Qt.Key.Key_Return)
        if set(self._session.blotter.orders) != before:
            raise TourError("two Enters within the beat sent an order")
        await asyncio.sleep(BEAT * 1.5)
        QTest.keyClick(ticket.odds, Qt.Key.Key_Return)
        self._resting = await self._new_order(before)
        await self._until(lambda: self._state(self._resting) is OrderState.OPEN, 15, "the order to rest on the book")
        return f"{note}, at {self._order(self._resting).odds.american:+d}"

    async def _cancel(self) -> str:
        table, model = self._window.at_hand.blotter.table, self._window.at_hand.blotter.model
        place = next(at for at, order in enumerate(model.rows) if order.ref == self._resting)
        self._click_item(table, model.index(place, CANCEL_COLUMN))
        await self._until(lambda: self._state(self._resting) is OrderState.CANCELLED, 15, "the order to be cancelled")
        return f"{self._order(self._resting).draft.selection_name} is {self._state(self._resting)}"

    async def _prices(self) -> str:
        """One stake over three prices: one request, a fate for each order, all of them taken off again."""
        ticket = self._window.at_hand.ticket
        self._click_price(self._first_line())
        await self._type_stake("30")
        for _ in range(8):
            QTest.keyClick(ticket.odds, Qt.Key.Key_Up)
        self._click(ticket.prices.buttons[3])
        await self._until(ticket.place.isEnabled, 10, f"the ticket to be ready ({ticket.objection.text()})")
        before = set(self._session.blotter.orders)
        self._click(ticket.place)
        await self._until(lambda: len(set(self._session.blotter.orders) - before) == 3, 10, "three orders on the blotter")
        placed = sorted(set(self._session.blotter.orders) - before)
        await self._until(lambda: all(self._state(ref) is OrderState.OPEN for ref in placed), 15, "all three to rest on the book")
        await self._until(ticket.cancel_these.isVisible, 3, "the button that cancels them")
        words = ", ".join(f"{self._order(ref).stake:.2f} at {self._order(ref).odds.american:+d}" for ref in placed)
        self._click(ticket.cancel_these)
        await self._until(lambda: all(self._state(ref) is OrderState.CANCELLED for ref in placed), 15, "all three to be cancelled")
        return f"{words}; all cancelled"

    async def _balance(self) -> str:
        header = self._window.at_hand.header
        await self._until(lambda: header.matched.text == "25.00", 15, "25.00 to be shown as matched")
        return f"cash {header.cash.text}, matched {header.matched.text}, free {header.free.text}"

    async def _limits(self) -> str:
        window = self._window
        window.at_hand.tabs.setCurrentWidget(window.at_hand.limits)
        rules = [rule for rule in self._program.terminal.desk.controls.rules if not rule.is_of_users]
        await self._until(lambda: window.at_hand.limits.model.rowCount() >= len(rules), 3, "a row for each rule")
        return f"{len(rules)} rules, each with today's use"

    async def _stop(self) -> str:
        """The kill switch, with an order on the book and the keys where a trader's are."""
        self._window.at_hand.tabs.setCurrentWidget(self._window.at_hand.blotter)
        kill = self._program.terminal.desk.kill
        line = self._first_line()
        self._click_price(line)
        await self._type_stake("30")
        for _ in range(8):
            QTest.keyClick(self._window.at_hand.ticket.odds, Qt.Key.Key_Up)
        order = await self._place_by_click()
        await self._until(lambda: self._state(order) is OrderState.OPEN, 15, "the order to rest on the book")
        QTest.keyClick(self._window.at_hand.ticket.stake, Qt.Key.Key_F12)
        await self._until(lambda: kill.rounds > 1 and not kill.is_running, 20, "the kill switch to find nothing left")
        if self._state(order) is not OrderState.CANCELLED:
            raise TourError(f"the order should be cancelled, and is {self._state(order)}")
        await self._until(lambda: not self._window.at_hand.ticket.place.isEnabled(), 3, "the ticket to be locked")
        return f"{kill.words} after {kill.rounds} rounds, orders are halted"

    async def _resume(self) -> str:
        halt = self._window.at_hand.halt
        QTest.keyClicks(halt.field, "resume")
        self._click(halt.resume)
        await self._until(lambda: not self._program.terminal.desk.kill.halt, 5, "the halt to be lifted")
        await self._until(self._window.at_hand.ticket.place.isEnabled, 5, "the ticket to be ready again")
        return "the word was typed, the ticket is ready"

    async def _line(self) -> str:
        """The connection panel, opened by its key, tries each reading request of the venue."""
        panel = self._window.at_hand.connection
        QTest.keyClick(self._window, Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)
        await self._until(panel.isVisible, 3, "Ctrl+I to bring the connection panel")
        self.shown = panel
        self._click(panel.test_button)
        await self._until(panel.test_button.isEnabled, 60, "the test of the connection to end")
        wrong = [probe.words for probe in panel.probes.rows if probe.is_failure]
        if wrong:
            raise TourError("; ".join(wrong))
        busiest = panel.requests.rows[0]
        pace = f"p50 {busiest.p50 * 1000:.0f} ms, p95 {busiest.p95 * 1000:.0f} ms"
        return f"{len(panel.probes.rows)} requests tried, all good; {busiest.name} {pace}"

    async def _socket(self) -> str:
        """A new socket takes over, and no price becomes doubtful meanwhile."""
        panel, link = self._window.at_hand.connection, self._program.terminal.link
        self._click(self._window.at_hand.header.dots[0])
        await self._until(panel.isVisible, 3, "a click on a channel's dot to bring the connection panel")
        before, doubts = link.facts(), 0

        def is_replaced() -> bool:
            nonlocal doubts
            doubts += not self._is_followed()
            return link.facts().replaced > before.replaced

        self._click(panel.socket_button)
        await self._until(is_replaced, 20, "a new socket to take over")
        if doubts or link.facts().lost > before.lost:
            raise TourError(f"the change of sockets left a gap: prices were doubtful at {doubts} looks")
        panel.hide()
        self._window.activateWindow()
        return "changed without a gap, none lost"

    async def _record(self) -> str:
        """The venue's own record of what was done."""
        window = self._window.at_hand.statement
        QTest.keyClick(self._window, Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier)
        await self._until(window.isVisible, 3, "Ctrl+H to bring the account's history")
        self.shown = window
        trades = window.trades.model
        await self._until(lambda: len(trades.rows) >= 1, 15, "a trade in the venue's record")
        return trades.sums

    async def _order_in_play(self) -> str:
        QTest.keyClick(self._window, Qt.Key.Key_Slash)
        self._window.at_hand.events.search.clear()
        for event in self._quick_events():
            if len(self._live) == 2:
                break
            self._window.open_event(event.id)
            try:
                await self._until(self._has_tradable_price, 12, "a tradable price")
            except TourError:
                continue  # suspended or over meanwhile: the next game will do
            self._click_price(self._first_line())
            await self._type_stake("20")
            self._live.append(await self._place_by_click())
        if not self._live:
            raise TourError("no live event could be ordered on")
        await self._until(lambda: any(self._order(ref).filled > ZERO for ref in self._live), 20, "an order in play to fill after its delay")
        return ", ".join(f"{self._order(ref).draft.event_name}: {self._state(ref)}" for ref in self._live)

    async def _settles(self) -> str:
        await self._until(lambda: any(self._order(ref).realised is not None for ref in self._live), SETTLES, "a game to end and settle")
        ref = next(ref for ref in self._live if self._order(ref).realised is not None)
        order = self._order(ref)
        return f"{order.draft.event_name}: {order.winning}, {order.realised:+}"

    async def _today(self) -> str:
        header = self._window.at_hand.header
        total = sum((self._order(ref).realised or ZERO for ref in self._session.blotter.orders), ZERO)
        await self._until(lambda: self._session.account.today == total or self._has_moved(), 10, "today's figure")
        cash = self._session.account.balance
        assert cash is not None
        await self._until(
            lambda: (
                self._session.account.balance is not None and self._session.account.balance.cash == 10_000 + self._session.account.today
            ),
            30,
            f"cash to be 10,000.00 and today's {self._session.account.today:+}",
        )
        await self._until(lambda: header.today.text not in {"0.00", "—"}, 5, "the header to show today's result")
        return f"today {header.today.text}, cash {header.cash.text}"

    async def _light(self) -> str:
        self._window.open_event(self._event_id())
        QTest.keyClick(self._window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
        self._window.at_hand.grid.format.setFocus()
        QTest.keyClick(self._window.at_hand.grid.format, Qt.Key.Key_Down)
        await self._until(lambda: self._window.at_hand.grid.format.currentText() == "Decimal", 3, "decimal odds")
        await self._until(lambda: bool(self._window.at_hand.grid.model.rows), 10, "the event to be shown again")
        return "light theme, decimal odds"

    # Looking

    def _event_id(self) -> int:
        assert self._event is not None
        return self._event.id

    def _quiet_event(self) -> Event:
        """One that does not start while the tour is under way: the last to start in a league with two sides."""
        events = [
            event for event in self._session.catalogue.events.values() if " at " in event.name and not event.is_live and event.scheduled
        ]
        if not events:
            raise TourError("no event that starts later is listed")
        return max(events, key=lambda event: (event.scheduled is not None and event.scheduled, event.id))

    def _quick_events(self) -> list[Event]:
        live = [event for event in self._session.catalogue.events.values() if event.is_live and event.sport_name in QUICK_SPORTS]
        return sorted(live, key=lambda event: QUICK_SPORTS.index(event.sport_name))

    def _first_line(self) -> Line:
        """The first selection that can be traded now."""
        for row in self._window.at_hand.grid.model.rows:
            if isinstance(row, Line) and row.level(0) and row.is_tradable:
                return row
        raise TourError("no selection has a tradable price")

    def _has_tradable_price(self) -> bool:
        return any(isinstance(row, Line) and row.level(0) is not None and row.is_tradable for row in self._window.at_hand.grid.model.rows)

    def _is_followed(self) -> bool:
        lines = [row for row in self._window.at_hand.grid.model.rows if isinstance(row, Line)]
        return bool(lines) and self._has_tradable_price() and not self._session.prices.needs_seed(self._event_id(), [lines[0].market.key])

    def _has_moved(self) -> bool:
        return self._session.account.today != ZERO

    def _order(self, ref: str) -> Order:
        return self._session.blotter.orders[ref]

    def _state(self, ref: str) -> OrderState:
        return self._order(ref).state

    # Acting

    def _click_price(self, line: Line) -> None:
        model = self._window.at_hand.grid.model
        place = model.row_of_selection(line.selection.id)
        if place is None:
            raise TourError(f"{line.selection.name} is not shown any more")
        self._click_item(self._window.at_hand.grid.table, model.index(place, Col.BEST))

    async def _type_stake(self, text: str) -> None:
        stake = self._window.at_hand.ticket.stake
        await self._until(stake.hasFocus, 3, "a click on a price to lead into the stake")
        stake.selectAll()
        QTest.keyClicks(stake, text)

    async def _place_by_click(self) -> str:
        place = self._window.at_hand.ticket.place
        await self._until(place.isEnabled, 10, f"the ticket to be ready ({self._window.at_hand.ticket.objection.text()})")
        before = set(self._session.blotter.orders)
        self._click(place)
        return await self._new_order(before)

    async def _new_order(self, before: set[str]) -> str:
        await self._until(lambda: set(self._session.blotter.orders) - before, 5, "the order to stand on the blotter")
        ref = (set(self._session.blotter.orders) - before).pop()
        await self._until(lambda: self._state(ref) is not OrderState.SENDING, 10, "the venue's answer")
        if self._state(ref) in {OrderState.REJECTED, OrderState.NOT_SENT, OrderState.UNKNOWN}:
            raise TourError(f"the order is {self._state(ref)}: {self._order(ref).reason}")
        return ref
