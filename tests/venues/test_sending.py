"""What every request goes through: the pauses a venue asks for, a token that outlives the wait, the meter, the venue's clock."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.utils import formatdate

import pytest

from app.domain.environment import Environment
from app.domain.errors import NotSentError, UnknownError, VenueError
from app.domain.link import Rank
from app.domain.secret import Secret
from app.venues.call import Call
from app.venues.hosts import practice
from app.venues.http import Http
from app.venues.limits import PER_SECOND, QUERY_GAP, RESERVE
from app.venues.prophetx.venue import Keys, ProphetX
from tests.venues.fakes import Wire, faulty
from tests.venues.samples import sample
from tests.venues.test_venue import DRAFT, LOGIN, NOW, Site, always, in_turn, let_pass, login

READINGS = PER_SECOND - RESERVE  # that may leave at once
LIMIT = b'{"error":"rate_limit_reached","message":"slow down"}'


@asynccontextmanager
async def venue(site: Site) -> AsyncIterator[ProphetX]:
    """The time of day passes with the clock."""

    def wall() -> float:
        return NOW + site.clock.now - 1000

    async with faulty(site.script) as site.server:
        client = ProphetX(clock=site.clock, wall=wall, sleep=site.clock.sleep, connect=lambda base: Http(base, wall=wall))
        await client.point(practice(site.server.base), Keys(Environment.PRACTICE, Secret("access"), Secret("secret")))
        try:
            yield client
        finally:
            await client.close()


class DatedSite(Site):
    """A venue whose clock is so many seconds ahead of ours; each of its answers is dated."""

    def __init__(self, ahead: float) -> None:
        self.ahead = ahead
        super().__init__(auth__login=self._log_in, mm__get_tournaments=always(200, sample("tournaments")))

    def _log_in(self, _request: object) -> tuple[int, bytes]:
        return 200, json.dumps({"data": LOGIN | {"access_expire_time": int(NOW + self.ahead) + 1200}}).encode()

    async def script(self, line: Wire) -> None:
        request = await line.read()
        status, body = self.routes[request.path.removeprefix("/partner/").partition("?")[0]](request)
        await line.answer(status, body, Connection="close", Date=formatdate(NOW + self.ahead, usegmt=True))


class ForgetfulSite(Site):
    """A venue that knows the first session no longer, and gives another one only when two requests have met that."""

    def __init__(self) -> None:
        super().__init__()
        self._met: list[Wire] = []
        self._both = asyncio.Event()

    async def script(self, line: Wire) -> None:
        request = await line.read()
        if "auth/" in request.path:
            await self._grant(line, is_refresh="refresh" in request.path)
        elif b"bearer token-2\r\n" in request.head.lower():
            await line.answer(200, b'{"data":{"markets":[]}}', Connection="close")
        else:
            self._met.append(line)
            if len(self._met) == 2:
                self._both.set()
            await line.answer(401, b'{"error":"unauthorized"}', Connection="close")

    async def _grant(self, line: Wire, *, is_refresh: bool) -> None:
        if is_refresh:
            await self._both.wait()
        data = LOGIN | {"access_token": "token-2" if is_refresh else "token", "access_expire_time": int(NOW) + 1200}
        await line.answer(200, json.dumps({"data": data}).encode(), Connection="close")


# The budget


async def test_a_request_counts_until_a_second_after_its_answer() -> None:
    left: list[int] = []

    def answer(_request: object) -> tuple[int, bytes]:
        site.clock.now += 2  # as long as it was on its way
        left.append(client.budget.left_for(Rank.ROUTINE))
        return 200, sample("tournaments")

    site = Site(mm__get_tournaments=answer)
    async with venue(site) as client:
        await client.tournaments()
        answered = client.budget.left_for(Rank.ROUTINE)
        site.clock.now += 1
        assert (left, answered, client.budget.left_for(Rank.ROUTINE)) == ([READINGS - 1], READINGS - 1, READINGS)


async def test_what_can_do_nothing_is_counted_while_it_is_under_way_too() -> None:
    left: list[int] = []

    def answer(_request: object) -> tuple[int, bytes]:
        site.clock.now += 2
        left.append(client.budget.left_for(Rank.ROUTINE))
        return 400, b"{}"

    site = Site(v4__mm__submit_order=answer)
    async with venue(site) as client:
        await client.touch(Call("POST", "v4/mm/submit_order", body=b"{}"))
    assert left == [READINGS - 1]


async def test_queries_that_met_one_401_do_not_leave_together_once_there_is_a_session() -> None:
    site = ForgetfulSite()
    async with venue(site) as client:
        first, second = await asyncio.gather(client.markets(19458), client.markets(19458))
    assert abs(second.asked_at - first.asked_at) >= QUERY_GAP - 1e-9


# Pauses


async def test_a_rate_limit_on_an_order_holds_everything_but_cancels() -> None:
    site = Site(
        v4__mm__submit_order=always(429, LIMIT),
        v4__mm__cancel_all_orders=always(200),
        mm__get_tournaments=always(200, sample("tournaments")),
    )
    async with venue(site) as client:
        with pytest.raises(NotSentError):
            await client.place("ov-1", DRAFT, let_pass)
        assert client.budget.left_for(Rank.ORDER) == 0
        before = site.clock.now
        await client.cancel_all()
        cancelled_at = site.clock.now
        await client.tournaments()
    assert cancelled_at == before
    assert site.clock.now == pytest.approx(before + 7)


async def test_a_429_that_is_about_one_order_only_holds_nothing() -> None:
    site = Site(
        v4__mm__submit_order=always(429, b'{"error":"too_many_delayed_requests"}'),
        mm__get_tournaments=always(200, sample("tournaments")),
    )
    async with venue(site) as client:
        with pytest.raises(NotSentError):
            await client.place("ov-1", DRAFT, let_pass)
        before = site.clock.now
        await client.tournaments()
    assert site.clock.now == before


async def test_a_rate_limit_on_a_query_holds_that_query_only() -> None:
    site = Site(mm__get_tournaments=always(429, LIMIT), mm__get_sport_events=always(200, sample("events")))
    async with venue(site) as client:
        with pytest.raises(NotSentError):
            await client.tournaments()
        before = site.clock.now
        await client.events(31)
    assert site.clock.now == before


# Tokens


async def test_a_token_that_ended_while_the_request_waited_is_renewed_before_it_leaves() -> None:
    renewed = {"access_token": "token-2", "access_expire_time": int(NOW) + 9999}
    site = Site(mm__get_tournaments=always(200, sample("tournaments")), auth__refresh=login(**renewed))
    async with venue(site) as client:
        await client.tournaments()
        client.budget.hold("mm/get_tournaments", 1300)
        await client.tournaments()
    first, second = site.asked("mm/get_tournaments")
    assert b"bearer token\r\n" in first.head.lower()
    assert b"bearer token-2\r\n" in second.head.lower()


@pytest.mark.parametrize("ahead", [420, -420, 7200])
async def test_fs26_a_clock_that_is_wrong_makes_no_token_end_early_or_late(ahead: float) -> None:
    site = DatedSite(ahead)
    async with venue(site) as client:
        await client.tournaments()
        assert client.clock_offset == pytest.approx(ahead, abs=2)
        assert client.tokens.expires_at == pytest.approx(NOW + 1200, abs=2)


async def test_before_any_answer_the_venues_clock_is_not_known() -> None:
    assert ProphetX().clock_offset is None


# The meter


async def test_every_kind_of_request_is_metered_the_login_too() -> None:
    site = Site(mm__get_tournaments=in_turn(always(200, sample("tournaments")), always(502)))
    async with venue(site) as client:
        await client.tournaments()
        with pytest.raises(UnknownError):
            await client.tournaments()
    figures = {one.name: (one.calls, one.failures) for one in client.meter.figures()}
    assert figures == {"login": (1, 0), "tournaments": (2, 1)}


async def test_a_request_that_gets_no_answer_is_metered_as_a_failure() -> None:
    site = Site()
    async with venue(site) as client:
        await client.tokens.bearer()
        assert site.server is not None
        await site.server.finish()
        await client.point(practice("http://127.0.0.1:9/partner/"), Keys(Environment.PRACTICE, Secret("access"), Secret("secret")))
        with pytest.raises(VenueError):
            await client.tournaments()
    figures = {one.name: (one.calls, one.failures) for one in client.meter.figures()}
    assert figures == {"login": (2, 1)}


async def test_what_waits_for_its_turn_can_be_seen() -> None:
    site = Site(mm__get_tournaments=always(200, sample("tournaments")))
    async with venue(site) as client:
        await client.tokens.bearer()
        client.budget.hold("mm/get_tournaments", 30)
        asking = asyncio.ensure_future(client.tournaments())
        await asyncio.sleep(0)
        assert client.budget.waiting == 1
        await asking
        assert client.budget.waiting == 0
