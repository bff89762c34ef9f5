"""Who is right? The exchange's truth log against the journal, the blotter of the terminal that recovered, and what persons were shown."""

from __future__ import annotations

import contextlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from app.domain.order import UNSENT_STATES, Order, OrderState, Outcome
from app.domain.record import Ended, Entry, Intended, Remarked, Resent
from app.practice.truth import ACCEPTED, ORDERS, Line, accepted_orders, received_orders
from app.store.journal.opening import open_journal

STARTED = Remarked("the program started")
READINGS = 2  # of the venue's orders, that each start makes before it lets an order leave: what was touched, and what stands
RETRIED = "unauthorized"  # the one answer after which the program itself sends the same order again
CUT_OFF = ""  # the reference of a request whose body did not arrive
_UNDECIDED = frozenset({OrderState.UNKNOWN, OrderState.SENDING})
_ENTRY: msgspec.json.Decoder[Entry] = msgspec.json.Decoder(Entry)


class Written(msgspec.Struct, frozen=True):
    """A row of the journal; `at` is ns since 1970."""

    at: int
    entry: Entry


class Evidence(msgspec.Struct, frozen=True):
    """`shown` are order ids by reference that a person was shown as placed, `blotter` is what the last run shows."""

    truth: Sequence[Line]
    journal: Sequence[Written]
    blotter: Mapping[str, Order]
    shown: Mapping[str, str]


class Verdict(msgspec.Struct, frozen=True):
    """Sentences for each fault found; counts of references otherwise. `unknown` were so at some time, `resolved` are so no more."""

    sent: int
    accepted: int
    acknowledged: int
    unknown: int
    resolved: int
    lost: tuple[str, ...]
    doubled: tuple[str, ...]
    early: tuple[str, ...]
    unjournaled: tuple[str, ...]

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.doubled or self.early or self.unjournaled)


def judge(evidence: Evidence) -> Verdict:
    accepted = accepted_orders(evidence.truth)
    unknown = {row.entry.ref for row in evidence.journal if isinstance(row.entry, Ended) and row.entry.outcome is Outcome.UNKNOWN}
    return Verdict(
        sent=len(received_orders(evidence.truth).keys() - {CUT_OFF}),
        accepted=len(accepted),
        acknowledged=len(evidence.shown),
        unknown=len(unknown),
        resolved=sum(_is_resolved(ref, evidence, accepted) for ref in unknown),
        lost=tuple(_lost(evidence, accepted)),
        doubled=tuple(_doubled(evidence, accepted)),
        early=tuple(_early(evidence)),
        unjournaled=tuple(_unjournaled(evidence)),
    )


def _is_resolved(ref: str, evidence: Evidence, accepted: Mapping[str, Sequence[str]]) -> bool:
    order = evidence.blotter.get(ref)
    return order is not None and order.state not in _UNDECIDED and (order.state in UNSENT_STATES) == (ref not in accepted)


def _lost(evidence: Evidence, accepted: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """At the exchange and not on the blotter, or on the blotter or before a person's eyes and not at the exchange."""
    for ref, ids in accepted.items():
        order = evidence.blotter.get(ref)
        if order is None:
            yield f"{ref} is at the exchange, and the blotter does not show it"
        elif order.venue_order_id not in ids or order.state in UNSENT_STATES | _UNDECIDED:
            yield f"{ref} is at the exchange as {', '.join(ids)}, and the blotter has it as {order.state} {order.venue_order_id}"
    for ref, order_id in evidence.shown.items():
        if order_id not in accepted.get(ref, ()):
            yield f"{ref} was shown as placed under {order_id}, and the exchange never accepted that"
    for ref, order in evidence.blotter.items():
        if order.state not in UNSENT_STATES and ref not in accepted:
            yield f"{ref} is {order.state} on the blotter, and the exchange never accepted it"


def _doubled(evidence: Evidence, accepted: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """A reference or a click under which the exchange accepted more than one order. The label of a draft names its click."""
    for ref, ids in accepted.items():
        if len(ids) > 1:
            yield f"{ref} was accepted {len(ids)} times: {', '.join(ids)}"
    clicks: defaultdict[str, set[str]] = defaultdict(set)
    for row in evidence.journal:
        if isinstance(row.entry, Intended) and row.entry.order.ref in accepted:
            clicks[row.entry.order.draft.selection_name].add(row.entry.order.ref)
    for click, refs in clicks.items():
        if len(refs) > 1:
            yield f"{click} was accepted under {len(refs)} references: {', '.join(sorted(refs))}"


def _early(evidence: Evidence) -> Iterator[str]:
    """Runs whose first order was let through before the venue had answered both readings of orders."""
    read_at = [line.wall for line in evidence.truth if line.name == "orders" and line.verdict == ACCEPTED]
    for number, rows in enumerate(_runs(evidence.journal)):
        first = next((row for row in rows if isinstance(row.entry, Intended | Resent)), None)
        if first and sum(rows[0].at <= at <= first.at for at in read_at) < READINGS:
            yield f"run {number} of the journal let an order through before it had read the venue's orders"


def _runs(journal: Sequence[Written]) -> Iterator[list[Written]]:
    """The rows of each run, from the remark that the program started; what precedes the first is a run as well."""
    rows: list[Written] = []
    for row in journal:
        if row.entry == STARTED and rows:
            yield rows
            rows = []
        rows.append(row)
    if rows:
        yield rows


def _unjournaled(evidence: Evidence) -> Iterator[str]:
    """Each request for an order needs a row of its own, committed before it: an intent, or a person's wish to send it once more."""
    wishes: defaultdict[str, list[int]] = defaultdict(list)
    for row in evidence.journal:
        match row.entry:
            case Intended(order=order):
                wishes[order.ref].append(row.at)
            case Resent(ref=ref):
                wishes[ref].append(row.at)
    posts: Counter[str] = Counter()
    for line in evidence.truth:
        if _is_order(line):
            posts[line.external_id] += 1
            if sum(at <= line.wall for at in wishes[line.external_id]) < posts[line.external_id]:
                yield f"{line.external_id} was sent for the {posts[line.external_id]}. time without a row in the journal before it"


def _is_order(line: Line) -> bool:
    if line.verdict == ACCEPTED:
        return line.name in ORDERS
    return line.name in ORDERS and line.verdict != RETRIED and line.external_id != CUT_OFF


def read_journal(path: Path) -> tuple[list[Written], str]:
    """The rows of a journal that nobody has open any more, and what is wrong with the file; empty when it is whole."""
    opened = open_journal(path, now=lambda: datetime.now(UTC))
    with contextlib.closing(opened.file):
        rows = [Written(round(entry.at.timestamp() * 1_000_000) * 1000, _ENTRY.decode(entry.body)) for entry in opened.file.entries()]
        return rows, "; ".join([*opened.notes, opened.file.verify().words]).strip("; ")
