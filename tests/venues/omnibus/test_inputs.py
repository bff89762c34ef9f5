"""Whatever the B2B desk answers, a reading ends in values or in one of its two errors, and nothing else."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import UnknownError, UnreadableError, VenueError
from app.domain.events import FeedFault, VenueEvent
from app.domain.order import HistoryQuery, OrderReport
from app.venues.call import Call
from app.venues.omnibus.calls import Calls
from app.venues.omnibus.codec import enclosed, read_balance, read_cancelled, read_orders, read_submitted
from app.venues.omnibus.names import B2B
from app.venues.omnibus.record import OrderRecord
from app.venues.prophetx.reading import Readings
from tests.venues.omnibus.rows import old_row, page, row
from tests.venues.omnibus.test_record import NOW, at

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
    st.just([]),
    st.just({}),
    st.just([{}]),
    st.just("<nil>"),
)
DOCUMENTS = st.recursive(ODD, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*row(), *old_row(), "data",
    "order", "orders", "wager", "success", "next_cursor"]), inner, max_size=6), max_leaves=12)  # fmt: skip


def read(body: bytes) -> None:
    enclosed(body)
    for reading in (read_balance, read_cancelled, lambda told: read_orders(told, []), lambda told: read_submitted(told, "b2b-1")):
        with suppress(UnreadableError, UnknownError):
            reading(body)


@given(st.binary(max_size=60))
def test_any_bytes(body: bytes) -> None:
    read(body)


@given(DOCUMENTS)
def test_any_document(document: object) -> None:
    read(json.dumps(document).encode())


@given(st.sampled_from(sorted({*row(), *old_row()})), ODD, st.booleans())
def test_an_order_with_any_one_field_odd_is_told_or_is_a_fault(field: str, value: object, is_old: bool) -> None:
    odd: dict[str, Any] = {**(old_row() if is_old else row()), field: value}
    faults: list[FeedFault] = []
    told = read_orders(page(odd, row("sibling")), faults)
    assert [report.ref for report in told.rows if report.ref == "sibling"] == ["sibling"]
    assert len(told.rows) == 2 or faults


@pytest.mark.parametrize("created", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", 10**18, -5, "soon", None])
async def test_an_order_of_no_sensible_time_is_found_all_the_same(created: object) -> None:
    news: list[VenueEvent] = []

    async def ask(_call: Call) -> bytes:
        return page(row("odd", created_at=created))

    record = OrderRecord(Calls(B2B), ask, lambda: float(NOW), Readings(news.extend))
    assert [report.ref for report in (await record.orders(HistoryQuery(at(60)))).reports] == ["odd"]
    assert (await record.order("v-odd")).ref == "odd"
    record.note_placed(OrderReport("odd", "v-odd", "open"))
    assert (await record.orders(HistoryQuery(at(60), is_touched=True))).is_whole


@pytest.mark.parametrize("problem", [UnreadableError("odd"), UnknownError("nothing came")])
async def test_what_fails_while_an_order_is_looked_for_passes_through(problem: VenueError) -> None:
    async def ask(_call: Call) -> bytes:
        raise problem

    with pytest.raises(type(problem)):
        await OrderRecord(Calls(B2B), ask, lambda: float(NOW), Readings(lambda _news: None)).order("v-1")
