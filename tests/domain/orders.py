"""Orders and reports as the tests of the order's life need them, and a strategy of whole consistent lives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec
from hypothesis import strategies as st

from app.domain.market import MarketKey
from app.domain.odds import from_american
from app.domain.order import Fill, Order, OrderDraft, OrderReport

KEY = MarketKey(19458, 219, Decimal(0))
PLACED = datetime(2026, 9, 12, 17, 0, tzinfo=UTC)
ODDS = from_american(150)
SELECTION = "06b2a7ec50d863031e5093aa257873bd"


def money(amount: str | int) -> Decimal:
    return Decimal(amount).quantize(Decimal("0.01"))


def draft(stake: str | int = 10, odds: int = 150, selection_id: str = SELECTION) -> OrderDraft:
    return OrderDraft(KEY, selection_id, from_american(odds), money(stake))


def sent(stake: str | int = 10, odds: int = 150, selection_id: str = SELECTION, ref: str = "ov-1") -> Order:
    """An order of ours on its way."""
    return Order(ref=ref, draft=draft(stake, odds, selection_id), placed_at=PLACED, quantity=money(stake))


def told(
    status: str, matching: str = "", *, filled: str | int | None = None, quantity: str | int | None = 10, **more: object
) -> OrderReport:
    """A report of order `ov-1`, by whatever way."""
    report = OrderReport(
        ref="ov-1",
        venue_order_id="v-1",
        status=status,
        matching=matching,
        odds=ODDS,
        quantity=money(quantity) if quantity is not None else None,
        filled=money(filled) if filled is not None else None,
        event_id=KEY.event_id,
        market_id=KEY.market_id,
        selection_id=SELECTION,
    )
    return msgspec.structs.replace(report, **more)


def fill(total: str | int, stake: str | int, odds: int = 150) -> Fill:
    return Fill(money(total), money(stake), from_american(odds))


class _Life:
    """A venue's own record of one order, which can be reported at any moment as a push, a reply or a history row."""

    def __init__(self, stake: Decimal) -> None:
        self.reports: list[OrderReport] = []
        self.quantity, self.filled, self.sequence = stake, money(0), 1_788_000_000_000_000_000
        self.status, self.winning = "inactive", "tbd"

    @property
    def matching(self) -> str:
        if not self.filled:
            return "unmatched"
        return "fully_matched" if self.filled == self.quantity else "partially_matched"

    def push(self, part: Fill | None = None) -> None:
        self.sequence += 1
        self._tell(self.sequence, part, self.winning)

    def row(self) -> None:
        """A history row: no sequence, no single fill."""
        self._tell(0, None, self.winning)

    def match(self, stake: Decimal, odds: int) -> None:
        self.filled += stake
        self.push(Fill(self.filled, stake, from_american(odds)))

    def _tell(self, sequence: int, part: Fill | None, winning: str) -> None:
        self.reports.append(
            told(
                self.status,
                self.matching,
                quantity=str(self.quantity),
                filled=str(self.filled),
                fill=part,
                winning=winning,
                sequence=sequence,
                updated_at=PLACED + timedelta(seconds=len(self.reports)),
            )
        )


_ENDS = {
    "open": (("open", "tbd"),),
    "lost": (("closed", "loss"),),
    "won": (("settled", "profit"), ("closed", "profit")),
    "pushed": (("settled", "push"), ("closed", "push")),
    "by hand": (("manually_settled", "manually_won"),),
    "void": (("void", "no_result"),),
    "void after closed": (("closed", "loss"), ("void", "no_result")),
    "corrected": (("closed", "loss"), ("closed", "profit")),
}


@st.composite
def lives(draw: st.DrawFn) -> list[OrderReport]:
    """All reports of one order's life at the venue, in the order in which they were made."""
    life = _Life(money(draw(st.integers(1, 50))))
    life.push()
    if draw(st.booleans()):
        life.status = "invalid"
        life.push()
        return life.reports
    life.status = "open"
    life.push()
    for _ in range(draw(st.integers(0, 3))):
        if life.filled == life.quantity:
            break
        life.match(draw(st.decimals("0.01", life.quantity - life.filled, places=2)), draw(st.integers(150, 170)))
        if draw(st.booleans()):
            life.row()
    if life.filled < life.quantity and draw(st.booleans()):
        if life.filled:
            life.quantity = life.filled  # a partial cancel
        else:
            life.status = draw(st.sampled_from(["canceled", "wiped"]))
        life.push()
    if life.filled:
        for status, winning in _ENDS[draw(st.sampled_from(sorted(_ENDS)))]:
            life.status, life.winning = status, winning
            life.push()
    life.row()
    return life.reports
