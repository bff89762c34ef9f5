"""What was taken: duplicates, signals, and what the window is told."""

from __future__ import annotations

import msgspec
import pytest

from app.domain.receiving import NEWEST
from app.domain.webhook import Verdict
from app.receiver.intake import IDS, SAME_WITHIN, SEEN
from app.receiver.limits import Bucket
from tests.receiver.kit import ODDS, OTHER, PLAN, Clock, Gate, body_of


def late(number: int) -> bytes:
    """A body that tells itself from all others."""
    return body_of(1, at=number)


async def test_the_same_bytes_are_a_duplicate_within_a_minute() -> None:
    gate = Gate()
    verdicts = []
    for wait in (0, SAME_WITHIN, 0.1):
        gate.clock.at += wait
        await gate.deliver(late(1))
        verdicts.append(gate.last.verdict)

    assert verdicts == [Verdict.VALID, Verdict.DUPLICATE, Verdict.VALID]
    assert gate.counts.duplicates == 1


@pytest.mark.parametrize("body", [body_of(1), body_of(1, timestamp="2026-11-22T08:00:00Z")])
async def test_a_duplicate_may_be_a_second_change_and_is_heard(body: bytes) -> None:
    gate = Gate()
    for _ in range(2):
        await gate.deliver(body)
        (signal,) = gate.write().signals
        assert (signal.event, signal.match_id) == (ODDS, 1)
    assert gate.counts.duplicates == 1


async def test_a_duplicate_that_comes_too_fast_is_heard_too() -> None:
    gate = Gate(msgspec.structs.replace(PLAN, rate=1))
    await gate.deliver(late(1))
    gate.write()
    answer = await gate.deliver(late(1))

    assert answer.status == 429
    assert [signal.match_id for signal in gate.intake.tidings().signals] == [1]


async def test_what_is_not_valid_is_not_heard() -> None:
    gate = Gate()
    await gate.deliver(late(1), secret=OTHER)

    assert gate.write().signals == ()


async def test_large_bodies_that_differ_after_what_is_kept_are_no_duplicates() -> None:
    gate = Gate()
    for number in (1, 2):
        await gate.deliver(body_of(1, padding="x" * 20_000, number=number))

    assert gate.counts.valid == 2


async def test_the_computers_clock_may_be_set_back() -> None:
    gate = Gate()
    gate.door._now = lambda: gate.clock.now().replace(year=2030)
    await gate.deliver(late(1))
    gate.door._now = gate.clock.now
    gate.clock.at += SAME_WITHIN + 1

    await gate.deliver(late(1))

    assert gate.last.verdict is Verdict.VALID


async def test_what_is_remembered_is_bounded() -> None:
    gate = Gate()
    for number in range(SEEN + 5):
        gate.intake._remember(str(number).encode(), 0.0)

    assert len(gate.intake._seen) == SEEN
    assert b"4" not in gate.intake._seen


async def test_signals_of_a_match_are_one_and_leave_no_match_out() -> None:
    gate = Gate()
    for number in range(300):
        await gate.deliver(body_of(number % 100, at=number))
        gate.clock.at += 0.01

    tidings = gate.write()

    assert {signal.match_id for signal in tidings.signals} == set(range(100))
    first = next(signal for signal in tidings.signals if signal.match_id == 0)
    assert (first.last_at - first.first_at).total_seconds() == 2.0
    assert first.ids == (1, 101, 201)
    assert len(tidings.newest) == NEWEST
    assert tidings.newest[-1].id == 300
    assert gate.intake.tidings().signals == ()


async def test_the_ids_of_a_signal_are_its_newest() -> None:
    gate = Gate()
    for number in range(IDS + 10):
        await gate.deliver(late(number))
        gate.clock.at += 1

    (signal,) = gate.write().signals

    assert signal.ids == tuple(range(11, IDS + 11))


async def test_a_full_queue_loses_a_row_and_no_signal() -> None:
    gate = Gate()
    gate.shelf.room = 1
    await gate.deliver(late(1))
    await gate.deliver(late(2))

    tidings = gate.intake.tidings()

    assert (gate.counts.unwritten, gate.counts.valid) == (1, 2)
    assert gate.shelf.counted == {("valid", 18): 1}
    assert [each.id for each in tidings.newest] == [0]
    assert [signal.ids for signal in tidings.signals] == [()]


async def test_a_file_that_fails_loses_rows_and_no_signal() -> None:
    gate = Gate()
    await gate.deliver(late(1))
    gate.intake.written([(taken, taken.delivery) for taken in gate.shelf.taken])

    tidings = gate.intake.tidings()

    assert tidings.counts.unwritten == 1
    assert [(signal.match_id, signal.ids) for signal in tidings.signals] == [(1, ())]


async def test_what_is_written_later_makes_no_signal_older() -> None:
    gate = Gate()
    await gate.deliver(late(1))
    taken = gate.shelf.taken[0]
    gate.clock.at += 10
    gate.shelf.room = 0
    await gate.deliver(late(2))

    gate.intake.written([(taken, msgspec.structs.replace(taken.delivery, id=1))])

    (signal,) = gate.intake.tidings().signals
    assert (signal.last_at - signal.first_at).total_seconds() == 10


def test_a_bucket_lets_its_rate_through_and_never_more_at_once() -> None:
    clock = Clock()
    bucket = Bucket(5, clock)
    assert [bucket.takes() for _ in range(6)] == [True] * 5 + [False]

    clock.at += 3600

    assert [bucket.takes() for _ in range(6)] == [True] * 5 + [False]


def test_a_bucket_holds_its_rate_over_a_minute() -> None:
    clock = Clock()
    bucket = Bucket(200, clock)
    let = 0
    for _ in range(60_000):
        clock.at += 0.001
        let += bucket.takes()

    assert 12_000 <= let <= 12_201


async def test_a_signed_body_that_names_no_match_is_valid_and_counted_as_unreadable() -> None:
    gate = Gate()
    await gate.deliver(b"not JSON")
    await gate.deliver(b"{}")
    await gate.deliver()
    assert (gate.counts.valid, gate.counts.unreadable, gate.counts.received) == (3, 2, 3)


async def test_a_signal_tells_when_each_of_its_deliveries_came() -> None:
    gate = Gate()
    for number in range(3):
        gate.clock.at += 1
        await gate.deliver(body_of(161, n=number))
    (signal,) = gate.write().signals
    assert len(signal.times) == 3
    assert (min(signal.times), max(signal.times)) == (signal.first_at, signal.last_at)
