"""How many a second are taken, and that all the others are counted."""

from __future__ import annotations

from app.domain.receiving import Plan
from app.domain.webhook import Verdict
from app.receiver.door import BAD_RATE
from app.store.deliveries.schema import LIMITED
from tests.receiver.kit import ELSEWHERE, NOT_HERE, PLAN, ROUTE, Gate, body_of


async def test_a_flood_of_unchecked_ones_is_limited_as_bad_ones_are() -> None:
    gate = Gate(Plan(0, (NOT_HERE,)))

    answers = [(await gate.deliver(body_of(number), target="/away")).status for number in range(30)]

    assert answers == [401] * round(BAD_RATE) + [429] * 10
    assert (gate.counts.unchecked, gate.counts.limited) == (30, 10)


async def test_what_comes_too_fast_is_429_and_heard_all_the_same() -> None:
    gate = Gate(Plan(0, (ROUTE,), rate=3))

    answers = [await gate.deliver(body_of(number)) for number in range(5)]

    assert [answer.status for answer in answers] == [204, 204, 204, 429, 429]
    assert answers[-1].headers["retry-after"] == "1"
    assert (gate.counts.valid, gate.counts.limited) == (5, 2)
    assert len(gate.shelf.taken) == 3
    assert gate.shelf.counted == {(LIMITED, 18): 2}, "the figures of a day know them too"
    assert [signal.match_id for signal in gate.intake.tidings().signals] == [3, 4]
    assert sorted(signal.match_id or 0 for signal in gate.write().signals) == [0, 1, 2]


async def test_a_second_later_there_is_room_again() -> None:
    gate = Gate(Plan(0, (ROUTE,), rate=3))
    for number in range(4):
        await gate.deliver(body_of(number))

    gate.clock.at += 0.34

    assert [(await gate.deliver(body_of(number))).status for number in (8, 9)] == [204, 429]


async def test_a_new_plan_of_the_same_rate_opens_no_new_second() -> None:
    gate = Gate(Plan(0, (ROUTE,), rate=1))
    await gate.deliver(body_of(1))

    gate.door.use(Plan(0, (ROUTE, ELSEWHERE), rate=1))

    assert (await gate.deliver(body_of(2))).status == 429


async def test_bad_ones_take_no_room_of_good_ones_and_are_all_counted() -> None:
    gate = Gate()
    many = int(BAD_RATE) + 30

    answers = [(await gate.ask([("X-Rankacy-Signature", "sha256=0")], [b"x"])).status for _ in range(many)]

    assert answers == [401] * int(BAD_RATE) + [429] * 30
    assert (gate.counts.received, gate.counts.bad, gate.counts.limited) == (many, many, 30)
    assert gate.shelf.counted == {(LIMITED, None): 30}
    assert len(gate.shelf.taken) == int(BAD_RATE)
    assert (await gate.deliver()).status == 204


async def test_a_stranger_who_is_refused_or_signs_nothing_hides_no_bad_signature() -> None:
    gate = Gate()
    for _ in range(3 * int(BAD_RATE)):
        await gate.ask(target="/nowhere")
        await gate.ask([], [b"x"])
        gate.door.refuse_early(400, "It is not HTTP as it should be.")

    answer = await gate.ask([("X-Rankacy-Signature", "sha256=0")], [b"x"])

    assert answer.status == 401
    assert gate.last.verdict is Verdict.BAD
    assert gate.last.reason


async def test_bad_signatures_hide_nothing_of_what_is_refused() -> None:
    gate = Gate()
    for _ in range(3 * int(BAD_RATE)):
        await gate.ask([("X-Rankacy-Signature", "sha256=0")], [b"x"])

    await gate.ask(target="/nowhere")

    assert gate.last.verdict is Verdict.REFUSED


async def test_refused_ones_beyond_what_is_written_are_answered_and_told_all_the_same() -> None:
    gate = Gate()
    many = int(BAD_RATE) + 5

    answers = {(await gate.ask(target="/nowhere")).status for _ in range(many)}

    assert answers == {404}
    assert gate.counts.refused == gate.counts.received == many
    assert gate.shelf.counted == {(str(Verdict.REFUSED), None): 5}, "all of them are in the figures of a day"
    assert gate.told == many


async def test_what_never_became_a_request_is_counted_too() -> None:
    gate = Gate()

    for _ in range(int(BAD_RATE) + 1):
        gate.door.refuse_early(400, "It is not HTTP as it should be.")

    assert gate.counts.refused == int(BAD_RATE) + 1
    assert (gate.last.answer, gate.last.verdict, gate.last.path) == (400, Verdict.REFUSED, "")


async def test_the_counts_add_up() -> None:
    gate = Gate(Plan(0, PLAN.routes, rate=2))
    for number in (1, 1, 2, 3):
        await gate.deliver(body_of(number))
    for _ in range(40):
        await gate.ask([("X-Rankacy-Signature", "sha256=0")], [b"x"])
        await gate.ask([], [b"x"])
        await gate.ask(method="GET")

    counts = gate.counts
    assert counts.received == 124
    assert counts.received == counts.valid + counts.duplicates + counts.bad + counts.unsigned + counts.refused
    assert (counts.valid, counts.duplicates, counts.bad, counts.unsigned, counts.refused) == (3, 1, 40, 40, 40)
