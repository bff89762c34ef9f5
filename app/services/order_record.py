"""The venue's own record of the account's orders, as the order management page shows it: filtered there, read page by page."""

from __future__ import annotations

import asyncio

from app.domain.market import MarketKey
from app.domain.money import ZERO
from app.domain.offer import Offer
from app.domain.order import HistoryPage, HistoryQuery, Order, OrderReport, from_report
from app.services.blotter import Blotter
from app.services.catalogue import Catalogue
from app.services.paging import Page, Sheet
from app.services.ports import Now, TradingVenue
from app.services.record_export import Aside, RecordExport, Sleep
from app.services.record_rows import RecordRow, average_of

STATUSES = ("open", "settled", "manually_settled", "closed", "void", "canceled", "wiped", "invalid", "inactive")
MATCHINGS = ("unmatched", "partially_matched", "fully_matched")


class OrderRecord:
    """`sheet` is what has been read, `export` what is being written. Each order that is read goes to the blotter too, where it belongs
    there: those known, and those placed elsewhere that are not over, so that they count as exposure and can be cancelled.
    """

    def __init__(
        self, venue: TradingVenue, blotter: Blotter, catalogue: Catalogue, *, now: Now, sleep: Sleep, aside: Aside = asyncio.to_thread
    ) -> None:
        self._venue = venue
        self._blotter = blotter
        self._catalogue = catalogue
        self._now = now
        self._known_names: dict[tuple[MarketKey, str], tuple[str, str, str]] = {}
        self.sheet = Sheet[OrderReport, HistoryQuery](self._ask, lambda row: row.venue_order_id, now)
        self.export = RecordExport(self.page, self.row, now=now, sleep=sleep, aside=aside)

    @property
    def has_users(self) -> bool:
        """Whether the venue can be asked by external user."""
        return Offer.USERS in self._venue.offers

    @property
    def has_events(self) -> bool:
        """Whether the venue can be asked by event and by time of change; the B2B guide names neither (contract 3)."""
        return Offer.USERS not in self._venue.offers

    @property
    def statuses(self) -> tuple[str, ...]:
        """The venue's words that may be asked for; the B2B record has no order that was not accepted (the guide's step 6)."""
        return tuple(word for word in STATUSES if word != "inactive") if self.has_users else STATUSES

    @property
    def is_answering(self) -> bool:
        """Whether the venue has answered anything yet."""
        return self._venue.answered_at is not None

    async def page(self, query: HistoryQuery, cursor: str = "") -> HistoryPage:
        """A page of the record. VenueError passes through."""
        page = await self._venue.history_page(query, cursor)
        self._blotter.apply_all((told for told in page.reports if self._blotter.knows(told) or not told.is_over), "history")
        return page

    def row(self, report: OrderReport) -> RecordRow:
        """An order of the record with its names and the newest that is known of it."""
        known = self._blotter.by_venue_id(report.venue_order_id) if report.venue_order_id else None
        order = known or from_report(report, report.placed_at or self._now())
        event, market, selection = self._names(order)
        return RecordRow(
            report.venue_order_id,
            ref=known.ref if known else "",
            reference=report.ref,
            user=report.user or order.draft.external_user,
            placed_at=report.placed_at,
            updated_at=max(filter(None, (report.updated_at, order.told_at)), default=None),
            event_id=order.draft.market.event_id,
            event=event,
            market_id=order.draft.market.market_id,
            market=market,
            strike=report.strike if report.event_id else order.draft.market.strike,
            selection_id=order.draft.selection_id,
            selection=selection,
            odds=report.odds or (order.odds if known else None),
            stake=order.stake,
            filled=order.filled,
            average=average_of(order),
            rest=order.rest,
            status=order.status,
            matching=order.matching,
            result="" if order.winning == "tbd" else order.winning,
            to_win=order.to_win if report.odds or known else ZERO,
            realised=order.realised,
            is_cancellable=known is not None and order.is_cancellable,
            is_cancelling=order.cancelling,
        )

    async def _ask(self, query: HistoryQuery, cursor: str) -> Page[OrderReport]:
        page = await self.page(query, cursor)
        return Page(page.reports, page.next_cursor, page.synced_at, page.trouble)

    def _names(self, order: Order) -> tuple[str, str, str]:
        """From the blotter, else from what was read of its event; empty where nothing tells."""
        draft = order.draft
        event, market, selection = draft.event_name, draft.market_name, draft.selection_name
        if event and market and selection:
            return event, market, selection
        read = self._read_names(draft.market, draft.selection_id)
        return event or read[0], market or read[1], selection or read[2]

    def _read_names(self, market: MarketKey, selection_id: str) -> tuple[str, str, str]:
        """Looked up once where all three are known."""
        names = self._known_names.get((market, selection_id)) or self._catalogue.names(market, selection_id)
        if all(names):
            self._known_names[market, selection_id] = names
        return names
