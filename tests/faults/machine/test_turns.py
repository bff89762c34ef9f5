"""What waits for its turn while its session ends: however slow the new one is, what waited does not leave all at once."""

from __future__ import annotations

import asyncio

from app.domain.account import Deduction
from app.domain.errors import VenueError
from app.domain.risk import Silence
from tests.faults.machine.day import Day, limits
from tests.faults.machine.transport import Asked

LOOKS = 130  # far more than may leave in a second
ENDED = 1200.0  # seconds of sleep after which every token has ended


def test_a_session_that_ends_while_many_wait_lets_no_second_hold_too_many() -> None:
    day = Day(limits(Silence.ALARM), deduction=Deduction.ON_MATCH, is_live=False, has_cancel_all=True)
    try:
        asked = _looks_through_a_nap(day)
        assert sum(one.name == "refresh" for one in asked) == 1
        assert sum(one.name == "order" for one in asked) == LOOKS
        assert day.judge.wrongs == []
    finally:
        day.close()


def _looks_through_a_nap(day: Day) -> list[Asked]:
    """Many are asked for; while all but the first forty wait, the computer sleeps, and the new session takes three seconds."""
    run, since = day.run, len(day.judge.asked)

    async def look(number: int) -> str:
        try:
            await run.venue.order(f"00000000-0000-4000-8000-{number:012}")
        except VenueError as problem:
            return str(problem)
        return ""

    async def looks() -> list[str]:
        tasks = [asyncio.ensure_future(look(number)) for number in range(LOOKS)]
        await asyncio.sleep(0.5)
        run.transport.meet("refresh", "slow")
        day.world.time.sleep(ENDED)
        return await asyncio.gather(*tasks)

    answers = run.run(looks())
    assert not any("Rate limit" in answer for answer in answers)
    return day.judge.asked[since:]
