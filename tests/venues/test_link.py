"""The line's figures: each from where it is kept, and the two things that a person may do to it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec

from app.domain.events import Topic, Wanted
from app.domain.link import LinkFacts, Probe, Rank, Verdict
from app.services.ports import Link
from app.venues.follow import Follower
from app.venues.prophetx.link import TradingLink
from app.venues.prophetx.pushes import parse_push
from app.venues.prophetx.venue import ProphetX
from tests.venues.fakes import HandClock
from tests.venues.samples import sample
from tests.venues.test_sending import venue
from tests.venues.test_venue import NOW, Site, always


async def nothing_tried(_venue: ProphetX) -> AsyncIterator[Probe]:
    nothing: tuple[Probe, ...] = ()
    for probe in nothing:
        yield probe


def follower(client: ProphetX, clock: HandClock) -> Follower:
    return Follower(client, parse_push, lambda _events: None, clock=clock)


async def test_before_anything_happened_nothing_is_known() -> None:
    clock = HandClock()
    client = ProphetX(clock=clock)
    link: Link = TradingLink(client, follower(client, clock), nothing_tried)
    assert link.facts() == LinkFacts()


async def test_requests_and_session_are_told_as_they_stand() -> None:
    site = Site(mm__get_tournaments=always(200, sample("tournaments")))
    async with venue(site) as client:
        link = TradingLink(client, follower(client, site.clock), nothing_tried, wall=lambda: NOW + site.clock.now - 1000)
        await client.tournaments()
        site.clock.now += 100
        await client.budget.wait("submit", rank=Rank.ORDER)
        facts = link.facts()
    assert (facts.budget_left, facts.waiting, facts.sessions_used, facts.token_left) == (49, 0, 1, 1100)
    assert [(call.name, call.calls) for call in facts.calls] == [("login", 1), ("tournaments", 1)]


async def test_the_stream_is_told_as_it_stands() -> None:
    clock = HandClock()
    client = ProphetX(clock=clock)
    stream = follower(client, clock)
    stream.want(Wanted((Topic(1), Topic(2))))
    stream.connects, stream.lost = 3, 2
    facts = TradingLink(client, stream, nothing_tried).facts()
    assert facts == msgspec.structs.replace(LinkFacts(), connects=3, lost=2, wanted=2, left_out=2)


async def test_a_test_tries_this_venue() -> None:
    clock = HandClock()
    client = ProphetX(clock=clock)
    probe = Probe("login", "auth/login", Verdict.GOOD, "Logged in", 0.1)
    tried: list[ProphetX] = []

    async def one(venue: ProphetX) -> AsyncIterator[Probe]:
        tried.append(venue)
        yield probe

    link = TradingLink(client, follower(client, clock), one)
    assert [told async for told in link.test()] == [probe]
    assert tried == [client]
