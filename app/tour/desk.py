"""The tour's steps at a desk that trades for customers: a B2B account beside the trader's, an order for one of its users."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.domain.order import OrderState
from app.tour.accounts import AccountSteps
from app.ui.desk_view import DeskView
from app.ui.models.odds_grid import Col, Line

USERS = (("cust-8841", "25"), ("cust-12", "40"))


class DeskSteps(AccountSteps):
    """After the wizard's: the account that was set up is connected beside the first, and at hand."""

    async def _desk(self) -> str:
        await self._until(lambda: len(self._window.views) > 1, 10, "the account to be connected beside")
        view = self._window.views[1]
        self._window.take_in_hand(view)
        self._window.activateWindow()
        await self._until(lambda: view.session.is_streaming and len(view.session.catalogue.events) > 10, 40, "its stream and events")
        self._window.open_event(self._latest(view))
        await self._until(lambda: self._tradable(view), 20, "verified prices")
        orders = [await self._order_for(view, user, stake) for user, stake in USERS]
        return f"{len(orders)} orders for {', '.join(user for user, _ in USERS)}; {self._window.strip.sums.text().split('   ')[1]}"

    async def _users(self) -> str:
        view = self._window.views[1]
        assert view.users is not None
        view.tabs.setCurrentWidget(view.users)
        model = view.users.table.model()
        await self._until(lambda: model.rowCount() >= len(USERS), 5, "a row for each user")
        return f"{model.rowCount()} users with what is at risk for each"

    async def _order_for(self, view: DeskView, user: str, stake: str) -> str:
        """Written as a person would: whose it is, a price, a stake, and that a new user is meant."""
        ticket, grid = view.ticket, view.grid
        line = self._tradable(view)[0]
        place = grid.model.row_of_selection(line.selection.id)
        assert place is not None
        self._click_item(grid.table, grid.model.index(place, Col.BEST))
        ticket.user.setFocus()
        ticket.user.selectAll()
        QTest.keyClicks(ticket.user, user)
        QTest.keyClick(ticket.user, Qt.Key.Key_Return)
        ticket.stake.selectAll()
        QTest.keyClicks(ticket.stake, stake)
        await self._until(lambda: ticket.place.isEnabled() or ticket.insist.isEnabled(), 10, "the ticket to have judged it")
        if ticket.insist.isVisible() and not ticket.insist.isChecked():
            ticket.insist.click()
        await self._until(ticket.place.isEnabled, 10, f"the ticket to be ready ({ticket.objection.text()})")
        before = set(view.session.blotter.orders)
        self._click(ticket.place)
        await self._until(lambda: set(view.session.blotter.orders) - before, 5, "the order to stand on the blotter")
        ref = (set(view.session.blotter.orders) - before).pop()
        done = {OrderState.OPEN, OrderState.PART, OrderState.FILLED}
        await self._until(lambda: view.session.blotter.orders[ref].state in done, 10, f"the venue's word on the order for {user}")
        return ref

    def _latest(self, view: DeskView) -> int:
        """The event that starts last: its prices are the quietest."""
        events = view.session.catalogue.events.values()
        later = [event for event in events if event.scheduled and not event.is_live and " at " in event.name]
        return max(later, key=lambda event: (str(event.scheduled), event.id)).id

    def _tradable(self, view: DeskView) -> list[Line]:
        lines = (row for row in view.grid.model.rows if isinstance(row, Line))
        return [line for line in lines if line.level(0) is not None and line.is_tradable]
