"""The check of the location before an order: asked of the same host, believed for a moment, and no order without a yes."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from app.domain.environment import Environment
from app.domain.errors import NotSentError
from app.domain.secret import Secret
from app.venues.hosts import practice
from app.venues.http import Http
from app.venues.prophetx.location import GOOD_FOR
from app.venues.prophetx.venue import Keys, ProphetX
from tests.venues.exchange import Floor, let_pass
from tests.venues.samples import sample

CHECK = "/ip-geolocation/api/v1/check-ip"
SUBMIT = "/partner/v4/mm/submit_order"


@pytest.fixture(scope="module")
def floor() -> Floor:
    return Floor()


class Site:
    """Answers the check as a test says, and takes orders."""

    def __init__(self, floor: Floor) -> None:
        self.floor = floor
        self.status, self.check = 200, b'{"success":true}'
        self.asked: list[str] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.path)
        status, body = {
            "/partner/auth/login": (200, sample("login")),
            CHECK: (self.status, self.check),
            SUBMIT: (200, sample("order")),
        }.get(request.url.path, (404, b""))
        return httpx.Response(status, stream=httpx.ByteStream(body))

    async def client(self, *, check_location: bool = True) -> ProphetX:
        clock: Callable[[], float] = self.floor.seconds
        client = ProphetX(
            check_location=check_location,
            clock=clock,
            wall=clock,
            emit=self.floor.news.extend,
            connect=lambda url: Http(url, transport=httpx.MockTransport(self.answer)),
            sleep=self.floor.sleep,
        )
        await client.point(practice("http://127.0.0.1:1/partner"), Keys(Environment.PRACTICE, Secret("a"), Secret("b")))
        return client

    async def order(self, client: ProphetX) -> None:
        await client.place("ov-1", self.floor.resting(), let_pass)


async def test_an_order_leaves_after_a_yes_and_the_yes_is_believed_for_five_seconds(floor: Floor) -> None:
    site = Site(floor)
    client = await site.client()
    await site.order(client)
    floor.clock.move(GOOD_FOR - 1)
    await site.order(client)
    assert site.asked == ["/partner/auth/login", CHECK, SUBMIT, SUBMIT]
    floor.clock.move(1)
    await site.order(client)
    assert site.asked[-2:] == [CHECK, SUBMIT]
    await client.close()


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (200, b'{"success":false}', "takes no orders from where this computer is"),
        (200, b'{"data":{"success":false}}', "takes no orders from where this computer is"),
        (200, b"{}", "could not be checked"),
        (200, b'{"success":"true"}', "could not be checked"),
        (200, b'{"success":1}', "could not be checked"),
        (200, b"<html></html>", "could not be checked"),
        (403, b"", "could not be checked"),
        (503, b"", "could not be checked"),
        (307, b"", "could not be checked"),
    ],
)
async def test_without_a_yes_no_order_leaves_and_it_was_not_sent(floor: Floor, status: int, body: bytes, words: str) -> None:
    site = Site(floor)
    site.status, site.check = status, body
    client = await site.client()
    with pytest.raises(NotSentError, match=words):
        await site.order(client)
    with pytest.raises(NotSentError, match=words):
        await client.place_many([("ov-1", floor.resting())], let_pass)
    assert SUBMIT not in site.asked
    await client.close()


async def test_an_answer_that_could_not_be_had_is_asked_for_again(floor: Floor) -> None:
    site = Site(floor)
    site.status = 503
    client = await site.client()
    with pytest.raises(NotSentError):
        await site.order(client)
    site.status = 200
    await site.order(client)
    assert site.asked[-1] == SUBMIT
    await client.close()


async def test_another_account_is_checked_anew(floor: Floor) -> None:
    site = Site(floor)
    client = await site.client()
    await site.order(client)
    await client.point(practice("http://127.0.0.1:1/partner"), Keys(Environment.PRACTICE, Secret("c"), Secret("d")))
    await site.order(client)
    assert site.asked.count(CHECK) == 2
    await client.close()


async def test_a_profile_without_the_check_never_asks(floor: Floor) -> None:
    site = Site(floor)
    client = await site.client(check_location=False)
    await site.order(client)
    assert CHECK not in site.asked
    await client.close()


async def test_the_practice_exchange_says_yes(floor: Floor) -> None:
    async with floor.client(check_location=True) as venue:
        report = await venue.place("from-here", floor.resting(), let_pass)
    assert report.ref == "from-here"
    assert CHECK in [request.url.path for request in floor.asked]
