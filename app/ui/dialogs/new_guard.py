"""Makes a guard: what to watch and what then, with the sentence that it comes to and what speaks against it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from app.domain.guard import CancelBeforeStart, CancelMoved, KeepAtBest, LiquidityAlert, Place, Plan, PriceAlert
from app.domain.lookout import LookoutState
from app.domain.market import Market, MarketKey
from app.domain.money import parse_stake
from app.domain.odds import Odds, parse_american
from app.domain.order import Order, OrderDraft
from app.services.desk import Desk
from app.ui import formats
from app.ui.dialogs.box import Box
from app.ui.dialogs.guard_words import reach
from app.ui.dialogs.plan_form import PlanForm, choice, figure
from app.ui.display import Display
from app.ui.models.guards import reading_text
from app.ui.theme import Theme

WIDTH = 480
STEPS, MINUTES = 5, 5


class Kind(StrEnum):
    """What a person chooses between."""

    PRICE = PriceAlert.title
    LIQUIDITY = LiquidityAlert.title
    MOVED = CancelMoved.title
    START = CancelBeforeStart.title
    KEEP = KeepAtBest.title


EXPLAINED = {
    Kind.PRICE: "Says so, once, as soon as the {selection} can be had at this.",
    Kind.LIQUIDITY: "Says so, once, as soon as so much of the {selection} can be taken.",
    Kind.MOVED: "Cancels when the market moves against you: takers of your {selection} are paid more than when you armed it.",
    Kind.START: "Cancels every order on the event before its start. A start that is moved is followed.",
    Kind.KEEP: "Follows the best {odds} that others ask for, and back: cancel first, then a new order for what is left.",
}
_ROWS = {
    Kind.PRICE: ("market", "selection", "way", "odds"),
    Kind.LIQUIDITY: ("market", "selection", "stake", "odds"),
    Kind.MOVED: ("market", "selection", "order", "user", "steps"),
    Kind.START: ("user", "minutes"),
    Kind.KEEP: ("market", "selection", "order", "odds"),
}


class NewGuardBox(Box):
    """`begin` with what is known already. Arming is refused in the box, with the sentence, and then it stays; else `armed`."""

    armed = Signal()

    def __init__(self, parent: QWidget, desk: Desk, display: Display, theme: Theme) -> None:
        super().__init__(parent, theme, "New guard", "Cancel", WIDTH)
        self._desk = desk
        self._guards = desk.guards
        self._display = display
        self._theme = theme
        self._event_id = 0
        self._ref = ""  # the order it is about, also while a kind that asks for none is shown
        self.kind = choice("Kind", *((str(kind), kind) for kind in Kind))
        self.contest = QLabel()
        self.contest.setTextFormat(Qt.TextFormat.PlainText)
        self.contest.setWordWrap(True)
        self.market, self.selection, self.order = choice("Market"), choice(display.labels.selection), choice("Order")
        self.user, self.way = choice("External user"), choice("Direction", ("or longer", True), ("or shorter", False))
        self.odds, self.stake = figure(display.labels.odds), figure("Money to take")
        self.steps, self.minutes = figure("Steps"), figure("Minutes")
        self.form = PlanForm(
            self, theme, self._rows(),
            read=lambda: self.plan, sentence=self._sentence, objection=desk.guards.objection, add=desk.guards.add,
        )  # fmt: skip
        self._connect()

    def _rows(self) -> Sequence[tuple[str, str, QWidget]]:
        return (
            ("", "Kind", self.kind), ("", "Event", self.contest), ("market", "Market", self.market),
            ("selection", self._display.labels.selection, self.selection), ("order", "Order", self.order),
            ("user", "External user", self.user),
            ("stake", "Money to take", self.stake), ("odds", f"Best {self._display.labels.odds_low}", self.odds), ("way", "", self.way),
            ("steps", "Ladder steps against you", self.steps), ("minutes", "Minutes before the start", self.minutes),
        )  # fmt: skip

    # Beginning

    def begin(self, event_id: int, draft: OrderDraft | None = None, order: Order | None = None, kind: Kind | None = None) -> None:
        """Ask anew, on an event, a selection of it, or an order."""
        self._event_id = event_id
        event = self._desk.catalogue.events.get(event_id)
        self.contest.setText(formats.plain(event.name) if event else f"event {event_id}")
        self.steps.setText(str(STEPS))
        self.minutes.setText(str(MINUTES))
        with QSignalBlocker(self.kind):
            self.kind.setCurrentText(kind or (Kind.KEEP if order else Kind.PRICE if draft else Kind.START))
        draft = order.draft if order else draft
        self._fill_markets(draft.market if draft else None)
        self._fill_selections(draft.selection_id if draft else "")
        self._ref = order.ref if order else ""
        self._fill_orders()
        self._fill_users(order.draft.external_user if order else "")
        self._suggest()
        self._look()
        self.bring()
        self.kind.setFocus()

    def refresh(self) -> None:
        """Prices moved while it is open."""
        if self.isVisible():
            self._look()

    @property
    def plan(self) -> Plan:
        """What the fields say; ValueError with a sentence where they say nothing."""
        match Kind(self.kind.currentText()):
            case Kind.START:
                return CancelBeforeStart(
                    self._event_id, self.contest.text(), _whole(self.minutes, "minutes"), self.user.currentData() or ""
                )
            case Kind.PRICE:
                return PriceAlert(self._place(), self._typed_odds(), bool(self.way.currentData()))
            case Kind.LIQUIDITY:
                return self._liquidity()
            case Kind.MOVED:
                return self._moved()
            case Kind.KEEP:
                return self._keep()

    def _liquidity(self) -> LiquidityAlert:
        if not self.stake.text().strip():
            raise ValueError("Type the money to take, like 500")
        return LiquidityAlert(self._place(), self._typed_odds(), parse_stake(self.stake.text(), self._display.labels))

    def _moved(self) -> CancelMoved:
        """Never more than was asked for: where its order has gone from the list, nothing takes its place."""
        if self.order.currentIndex() < 0:
            raise ValueError("The order does not wait any more: choose what is to be cancelled")
        ref = self.order.currentData()
        user = self._desk.blotter.orders[ref].draft.external_user if ref else self.user.currentData() or ""
        return CancelMoved(self._place(), _whole(self.steps, "steps"), ref, user)

    def _keep(self) -> KeepAtBest:
        order = self._desk.blotter.orders.get(self.order.currentData() or "")
        if order is None:
            word = self._display.labels.selection_low
            raise ValueError("The order does not wait any more" if self.order.count() else f"No order of yours waits on this {word}")
        return KeepAtBest(self._place(), order.ref, self._typed_odds(), order.odds, order.draft.external_user)

    def _typed_odds(self) -> Odds:
        return parse_american(self.odds.text(), self._display.labels)

    def _place(self) -> Place:
        market, selection_id = self._market(), self.selection.currentData()
        if market is None or not selection_id:
            raise ValueError("The markets of this event have not been read: open it first")
        name = market.name
        return Place(market.key, selection_id, self.contest.text(), name, self.selection.currentText())

    # Filling in

    def _fill_markets(self, chosen: MarketKey | None) -> None:
        markets = [market for group in self._desk.catalogue.groups_of(self._event_id) for market in group.markets]
        with QSignalBlocker(self.market):
            self.market.clear()
            for market in markets:
                self.market.addItem(formats.plain(market.name), market)
            keys = [market.key for market in markets]
            self.market.setCurrentIndex(keys.index(chosen) if chosen in keys else min(len(keys), 1) - 1)

    def _fill_selections(self, chosen: str = "") -> None:
        market = self._market()
        with QSignalBlocker(self.selection):
            self.selection.clear()
            for selection in market.selections if market else ():
                self.selection.addItem(formats.plain(selection.name), selection.id)
            self.selection.setCurrentIndex(max(self.selection.findData(chosen), 0))

    def _fill_orders(self) -> None:
        market, selection_id = self._market(), self.selection.currentData() or ""
        is_asked = "order" in _ROWS[self._kind]
        orders = self._guards.sight.orders_on(Place(market.key, selection_id)) if market and is_asked else []
        with QSignalBlocker(self.order):
            self.order.clear()
            if self._kind is Kind.MOVED:
                self.order.addItem("All orders on it", "")
            for order in orders:
                self.order.addItem(self._described(order), order.ref)
            place = self.order.findData(self._ref)
            self.order.setCurrentIndex(place if place >= 0 or self._is_about_its_order() else min(self.order.count(), 1) - 1)

    def _is_about_its_order(self) -> bool:
        """Whether the selection is that of the order it was opened for, or that was chosen."""
        order, market = self._desk.blotter.orders.get(self._ref), self._market()
        if order is None or market is None:
            return False
        return (order.draft.market, order.draft.selection_id) == (market.key, self.selection.currentData())

    def _fill_users(self, chosen: str) -> None:
        orders = [order for order in self._desk.blotter.live() if order.draft.market.event_id == self._event_id]
        with QSignalBlocker(self.user):
            self.user.clear()
            self.user.addItem("All users", "")
            for user_id in sorted({chosen, *(order.draft.external_user for order in orders)} - {""}):
                self.user.addItem(formats.plain(self._desk.users.called(user_id)), user_id)
            self.user.setCurrentIndex(max(self.user.findData(chosen), 0))

    def _suggest(self) -> None:
        """The figure at which others stand there now, for a person to change."""
        order = self._desk.blotter.orders.get(self.order.currentData() or "")
        market, selection_id = self._market(), self.selection.currentData() or ""
        best = self._guards.sight.best_for_takers(Place(market.key, selection_id)) if market else None
        if self._kind is Kind.KEEP and order:
            ladder = self._desk.controls.ladder
            self.odds.setText(formats.american(ladder.move(order.odds, -STEPS) if ladder else order.odds))
        elif best is not None:
            self.odds.setText(formats.american(best))
        else:
            self.odds.clear()

    # Saying

    def _look(self) -> None:
        """What the fields come to."""
        self._show_rows()
        self.words.setText(self._display.labels.fill(EXPLAINED[self._kind]))
        self.form.look()

    def _sentence(self, plan: Plan) -> str:
        trial = self._guards.trial(plan)
        now = reading_text(self._guards.reading(trial), self._display)
        condition = plan.condition(self._display.odds, self._display.labels.odds_low).capitalize()
        said = f"{condition}. Now: {now}{self._left_out(plan)}. {reach(plan, self._desk)}".rstrip()
        is_there = not plan.is_trading and self._guards.sight.look(trial).state is LookoutState.FIRED
        return f"{said} It is there already, so this would fire at once." if is_there else said

    def _left_out(self, plan: Plan) -> str:
        """That our own orders do not count, where one stands there."""
        is_ours = not isinstance(plan, CancelBeforeStart) and (isinstance(plan, KeepAtBest) or self._guards.sight.has_own(plan.place))
        return ", your own orders left out" if is_ours else ""

    def _show_rows(self) -> None:
        shown = set(_ROWS[self._kind])
        if not self._desk.controls.has_users or (self._kind is Kind.MOVED and self.order.currentData()):
            shown.discard("user")
        self.form.show_rows(shown)
        title = {Kind.KEEP: "Never shorter than", Kind.LIQUIDITY: "At, or longer"}.get(self._kind, f"Best {self._display.labels.odds_low}")
        self.form.labels["odds"].setText(title)

    def _described(self, order: Order) -> str:
        user = f" · {formats.plain(self._desk.users.called(order.draft.external_user))}" if order.draft.external_user else ""
        return f"{self._display.odds(order.odds)} · {formats.money(order.rest)} waits · {formats.short_ref(order.ref)}{user}"

    @property
    def _kind(self) -> Kind:
        return Kind(self.kind.currentText())

    def _market(self) -> Market | None:
        market = self.market.currentData()
        return market if isinstance(market, Market) else None

    def _connect(self) -> None:
        self.kind.currentIndexChanged.connect(lambda _: self._changed("kind"))
        self.market.currentIndexChanged.connect(lambda _: self._changed("market"))
        self.selection.currentIndexChanged.connect(lambda _: self._changed("selection"))
        self.order.currentIndexChanged.connect(lambda _: self._changed("order"))
        for each in (self.user, self.way):
            each.currentIndexChanged.connect(self._look)
        for field in (self.odds, self.stake, self.steps, self.minutes):
            field.textEdited.connect(self._look)
        self.form.arm.clicked.connect(self._arm)
        self._theme.changed.connect(self.refresh)

    def _changed(self, what: str) -> None:
        """What hangs on it is filled in anew."""
        if what == "market":
            self._fill_selections(self.selection.currentData() or "")
        if what == "order":
            self._ref = self.order.currentData() or ""
        else:
            self._fill_orders()
        self._suggest()
        self._look()

    def _arm(self) -> None:
        if self.form.is_armed():
            self.accept()
            self.armed.emit()


def _whole(field: QLineEdit, what: str) -> int:
    text = field.text().strip()
    if not (text.isascii() and text.isdigit()):
        raise ValueError(f"Type the {what} as a whole number, like 5")
    return int(text)
