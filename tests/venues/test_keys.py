"""Making a pair of keys with the person's own web session: against the practice exchange, and every answer that is none."""

from __future__ import annotations

import traceback
from collections.abc import Callable

import httpx
import pytest

from app.domain.environment import Environment
from app.domain.errors import NotSentError, RedirectedError, RefusedError, UnknownError, UnreadableError, VenueError
from app.domain.secret import Secret
from app.practice.exchange import Exchange
from app.practice.wire.application import Wire, new_keys
from app.venues.hosts import practice
from app.venues.http import Http
from app.venues.prophetx.keys import MOST_PAIRS, MadePair, make_keys, read_pair
from app.venues.prophetx.names import V4, Spelling, paths_for
from app.venues.prophetx.venue import Keys, ProphetX
from tests.practice.kit import HandClock
from tests.venues.samples import sample

ADDRESS = practice("http://127.0.0.1:1/partner")
SESSION = "session-of-nobody"

Answer = Callable[[httpx.Request], httpx.Response]


class Site:
    """An exchange whose person is logged in on its pages."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.exchange = Exchange(seed=7, rate=0.1, started_at=self.clock.now, populate=False)
        self.keys = new_keys()
        self.exchange.open_account(
            access_key=self.keys.access_key, secret_key=self.keys.secret_key, user_id=self.keys.user_id, balance=10_000_00
        )
        self.wire = Wire(self.exchange, self.keys, self.clock, host="127.0.0.1", port=4321)

    def connect(self, url: str) -> Http:
        return Http(url, transport=httpx.ASGITransport(app=self.wire.app))

    async def make(self, session: str = "", spelling: Spelling = Spelling.V4) -> MadePair:
        self.clock.move(1)
        return await make_keys(ADDRESS, paths_for(spelling, {}), Secret(session or self.keys.web_session), self.connect)


@pytest.fixture
def site() -> Site:
    return Site()


async def refused(answer: Answer, session: str = SESSION) -> VenueError:
    with pytest.raises(VenueError) as problem:
        await make_keys(ADDRESS, V4, Secret(session), lambda url: Http(url, transport=httpx.MockTransport(answer)))
    return problem.value


def answering(status: int, body: bytes = b"") -> Answer:
    return lambda _request: httpx.Response(status, stream=httpx.ByteStream(body))


@pytest.mark.parametrize("spelling", list(Spelling))
async def test_a_pair_that_was_made_logs_in_to_the_same_account(site: Site, spelling: Spelling) -> None:
    made = await site.make(spelling=spelling)
    venue = _client(site)
    await venue.point(ADDRESS, Keys(Environment.PRACTICE, made.access, made.secret))
    balance = await venue.balance()
    await venue.close()
    assert str(balance.cash) == "10000.00"
    assert made.access.reveal() not in {site.keys.access_key, ""}


def _client(site: Site) -> ProphetX:
    return ProphetX(clock=lambda: site.clock.now / 1e9, wall=lambda: site.clock.now / 1e9, connect=site.connect)


async def test_the_word_bearer_that_was_copied_along_does_no_harm(site: Site) -> None:
    assert (await site.make(f"  Bearer {site.keys.web_session}\n")).access


async def test_a_session_that_is_over_is_said_so(site: Site) -> None:
    with pytest.raises(NotSentError, match="session of the web page is over") as problem:
        await site.make("another-one")
    assert problem.value.status == 401


async def test_the_bearer_of_a_trading_session_makes_no_keys(site: Site) -> None:
    venue = _client(site)
    await venue.point(ADDRESS, Keys(Environment.PRACTICE, Secret(site.keys.access_key), Secret(site.keys.secret_key)))
    bearer = await venue.tokens.bearer()
    await venue.close()
    with pytest.raises(NotSentError, match="is over"):
        await site.make(bearer)


async def test_the_twenty_first_pair_is_refused_in_words(site: Site) -> None:
    made = [await site.make() for _ in range(MOST_PAIRS - 1)]
    with pytest.raises(RefusedError, match="20 pairs of keys exist already") as problem:
        await site.make()
    assert (problem.value.code, problem.value.status) == ("keypair_num_exceed", 403)
    assert len({pair.access.reveal() for pair in made}) == MOST_PAIRS - 1


async def test_the_word_bearer_alone_is_no_session() -> None:
    assert "This is no session" in str(await refused(answering(500), "Bearer "))


async def test_one_request_is_sent_with_the_session_and_never_a_second(site: Site) -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(401, stream=httpx.ByteStream(b""))

    await refused(answer)
    (request,) = asked
    assert (request.method, str(request.url)) == ("POST", "http://127.0.0.1:1/partner/auth/keys")
    assert request.headers["Authorization"] == f"Bearer {SESSION}"


@pytest.mark.parametrize("wrapped", [False, True])
def test_the_pair_is_read_with_data_around_it_or_without(wrapped: bool) -> None:
    body = sample("keys")
    pair = read_pair(b'{"data":' + body + b"}" if wrapped else body)
    assert (pair.access.reveal(), pair.secret.reveal()) == ("sample-access-key", "sample-secret-key")


def test_neither_key_is_in_any_text_of_the_pair() -> None:
    pair = read_pair(sample("keys"))
    assert "sample" not in f"{pair!r} {pair}"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"<html></html>",
        b'{"access_key":"long-sample-access"}',
        b'{"access_key":"long-sample-access","secret_key":"<nil>"}',
        b'{"access_key":"long-sample-access","secret_key":7}',
        b'{"access_key":"long-sample-access","secret_key":"in two words"}',
        b'{"access_key":"long-sample-access\\n","secret_key":"x"}',
        b'{"access_key":"long-sample-access","access_key":"another","secret_key":"x","secret_key":"y"',
    ],
)
async def test_an_answer_without_a_pair_is_said_and_nothing_of_it_is_quoted(body: bytes) -> None:
    problem = await refused(answering(200, body))
    assert isinstance(problem, UnreadableError)
    assert "A pair may have been made all the same" in str(problem)
    assert "long-sample" not in "".join(traceback.format_exception(problem))


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (401, b"", NotSentError, "session of the web page is over"),
        (403, b'{"error":"keypair_num_exceed","message":"no"}', RefusedError, "20 pairs of keys exist already"),
        (403, b'{"error":"forbidden","message":"not for you"}', RefusedError, "not for you"),
        (404, b"404 page not found", RefusedError, "does not know auth/keys"),
        (429, b'{"error":"rate_limit_reached","message":"slower"}', NotSentError, "slower"),
        (500, b"", UnknownError, "A pair may have been made all the same"),
        (307, b"", RedirectedError, "redirect"),
    ],
)
async def test_each_refusal_has_its_words(status: int, body: bytes, kind: type[VenueError], words: str) -> None:
    problem = await refused(answering(status, body))
    assert isinstance(problem, kind)
    assert words in str(problem)


async def test_an_answer_that_never_comes_may_have_made_a_pair() -> None:
    def answer(_request: httpx.Request) -> httpx.Response:
        raise httpx.ReadError("gone")

    problem = await refused(answer)
    assert isinstance(problem, UnknownError)
    assert "A pair may have been made all the same" in str(problem)


@pytest.mark.parametrize("session", ["", "   ", "two words of it", "line\nX-Other: 1", "schlüssel"])
async def test_what_cannot_be_a_session_is_not_sent_and_not_quoted(session: str) -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(500)

    problem = await refused(answer, session)
    assert isinstance(problem, NotSentError)
    assert not asked
    assert not session.strip() or session.strip() not in "".join(traceback.format_exception(problem))
