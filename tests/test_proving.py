"""The prover of the wizard: each provider's account at the practice exchange itself, and what is never sent anywhere."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import aclosing

import httpx
import msgspec
import pytest

from app.child import read_ready
from app.domain.environment import Environment
from app.domain.errors import NotSentError, RefusedError
from app.domain.keys import ACCESS, API_KEY, PRIVATE, SECRET, Credentials, KeysFullError
from app.domain.profile import Profile, Provider, TokenShape
from app.domain.proof import ProofRow, ProofState
from app.domain.secret import Secret
from app.proving import ISSUER_HINT, PARTNER_TOKEN, WEB_SESSION, PracticePlaces, Proving, places_of
from app.services.setup.ports import Prover
from app.venues.hosts import Address, HostError, practice
from app.venues.http import Http
from app.venues.limits import Budget
from app.venues.shares import Budgets
from tests.practice.child import Child
from tests.venues.omnibus.desk import KEY_ID, pem_of, private_key, public_pem
from tests.venues.proofs import ended, rows_of, texts

PRACTICE = Environment.PRACTICE
HOST = "https://api.partner.example"
ALL_GOOD = {ProofState.GOOD}


def profile(provider: Provider, environment: Environment = PRACTICE, **parts: str) -> Profile:
    return msgspec.structs.replace(Profile("mine", environment, provider), **parts)


class Net:
    """No network: every request is noted and answered with a 500."""

    def __init__(self) -> None:
        self.asked: list[httpx.Request] = []
        self.proxied: list[bool] = []

    def connect(self, of: Profile) -> Callable[[str], Http]:
        self.proxied.append(of.proxy)
        return lambda url: Http(url, transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return httpx.Response(500, stream=httpx.ByteStream(b"{}"))


async def nowhere() -> PracticePlaces:
    raise NotSentError("The practice exchange does not run")


def prover(practice: Callable[[], Awaitable[PracticePlaces]] = nowhere, net: Net | None = None) -> Proving:
    return Proving(practice, connect=(net or Net()).connect)


def test_it_is_what_the_wizard_asks_for() -> None:
    made: Prover = prover()
    assert made.rows(profile(Provider.TRADING)) == ("Clock", "Login", "Balance", "Stream")
    assert made.rows(profile(Provider.OMNIBUS)) == ("Clock", "Token", "Signature", "Account", "Balance", "Stream")
    assert made.rows(profile(Provider.RANKACY)) == ("Clock", "Partner", "Feed")


# The practice exchange itself


@pytest.fixture(scope="module")
def exchange() -> Iterator[Child]:
    with Child() as child:
        yield child


@pytest.fixture
def places(exchange: Child) -> PracticePlaces:
    return places_of(read_ready(json.dumps(exchange.ready)))


@pytest.fixture
def real(places: PracticePlaces) -> Proving:
    return proving_at(places)


def proving_at(places: PracticePlaces) -> Proving:
    async def practice() -> PracticePlaces:
        return places

    return Proving(practice)


def hides(places: PracticePlaces, rows: dict[str, ProofRow]) -> None:
    shown = texts(rows.values())
    secrets = [value.reveal() for value in msgspec.structs.asdict(places).values() if isinstance(value, Secret)]
    assert not [text for text in secrets if text and text in shown]


async def test_trading_keys_are_proven_and_recognised_when_swapped(real: Proving, places: PracticePlaces) -> None:
    of = profile(Provider.TRADING)
    given, _ = await real.rehearse(of)
    made = await real.make_pair(of, given.parts[WEB_SESSION])
    good = ended(await rows_of(real.prove(of, made)))
    swapped = Credentials({ACCESS: made.parts[SECRET], SECRET: made.parts[ACCESS]})
    bad = ended(await rows_of(real.prove(of, swapped)))
    assert {row.state for row in good.values()} == ALL_GOOD
    assert "swapped" in bad["Login"].words
    hides(places, good)
    hides(places, bad)


async def test_thirty_proof_runs_of_an_account_use_up_one_of_its_sessions(real: Proving, places: PracticePlaces) -> None:
    of = profile(Provider.TRADING)
    given, _ = await real.rehearse(of)
    made = await real.make_pair(of, given.parts[WEB_SESSION])
    ways = [await way_in(real, of, made) for _ in range(30)]
    assert ways == ["Logged in", *["Logged in by an earlier test"] * 29]
    balance = ended(await rows_of(upto("Balance", real.prove(of, made))))["Balance"]
    assert balance.state is ProofState.GOOD


async def test_other_keys_are_logged_in_and_those_of_before_too_when_they_come_back(real: Proving, places: PracticePlaces) -> None:
    of = profile(Provider.TRADING)
    given, _ = await real.rehearse(of)
    old, new = [await real.make_pair(of, given.parts[WEB_SESSION]) for _ in range(2)]
    ways = [await way_in(real, of, keys) for keys in (old, new, new, old)]
    assert ways == ["Logged in", "Logged in", "Logged in by an earlier test", "Logged in"]


async def way_in(real: Proving, of: Profile, keys: Credentials) -> str:
    rows = ended(await rows_of(upto("Login", real.prove(of, keys))))
    return rows["Login"].words.split(":")[0]


async def upto(title: str, rows: AsyncGenerator[ProofRow, None]) -> AsyncGenerator[ProofRow, None]:
    """Left before what takes a second each time: a path is asked once a second, and the stream's first message is waited for."""
    async with aclosing(rows):
        async for row in rows:
            yield row
            if row.title == title and row.is_over:
                return


async def test_a_b2b_key_is_unknown_until_it_is_registered_and_proven_then(real: Proving, places: PracticePlaces) -> None:
    of = profile(Provider.OMNIBUS)
    given, words = await real.rehearse(of)
    mine = Credentials({PRIVATE: Secret(pem_of(private_key()))})
    before = ended(await rows_of(real.prove(msgspec.structs.replace(of, issuer=words[ISSUER_HINT]), mine)))
    registered = await real.register(of, public_pem(), given.parts[PARTNER_TOKEN], "desk one")
    after = ended(await rows_of(real.prove(msgspec.structs.replace(of, issuer=registered.issuer, key_id=registered.key_id), mine)))
    assert before["Account"].words == "Prophet does not know this key yet in PRACTICE"
    assert {row.state for row in after.values()} == ALL_GOOD
    hides(places, before)
    hides(places, after)


async def test_the_oldest_key_that_nobody_uses_makes_room_for_another() -> None:
    of, publics = profile(Provider.OMNIBUS), [public_pem(number) for number in range(21)]
    with Child() as child:
        real = proving_at(places_of(read_ready(json.dumps(child.ready))))
        token = (await real.rehearse(of))[0].parts[PARTNER_TOKEN]
        taken = [(await real.register(of, pem, token, f"desk {number}")).key_id for number, pem in enumerate(publics[:20])]
        with pytest.raises(KeysFullError, match="20 public keys"):
            await real.register(of, publics[20], token, "one more")
        assert await real.remove_oldest(of, token, taken[:1]) == "desk 1"
        newest = await real.register(of, publics[20], token, "one more")
        with pytest.raises(RefusedError, match="belongs to a profile"):
            await real.remove_oldest(of, token, [*taken, newest.key_id])


class Noted(Budgets):
    """`given` are the budgets that were asked for, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.given: list[Budget] = []

    def of(self, address: Address, account: Secret | str) -> Budget:
        self.given.append(super().of(address, account))
        return self.given[-1]


async def test_a_proof_run_asks_from_the_budget_that_an_open_account_asks_from(places: PracticePlaces) -> None:
    budgets = Noted()
    trading = budgets.of(practice(places.trading_url), places.access_key)
    b2b, feed = budgets.of(practice(places.omnibus_url), "mine"), budgets.of(practice(places.rankacy_url), places.api_key)

    async def found() -> PracticePlaces:
        return places

    real = Proving(found, budgets=budgets)
    of = profile(Provider.TRADING)
    await rows_of(upto("Balance", real.prove(of, (await real.rehearse(of))[0])))
    of = profile(Provider.OMNIBUS, issuer="mine")
    await rows_of(real.prove(of, Credentials({PRIVATE: Secret(pem_of(private_key()))})))
    of = profile(Provider.RANKACY)
    await rows_of(real.prove(of, (await real.rehearse(of))[0]))
    assert [budgets.given.count(one) for one in (trading, b2b, feed)] == [2, 2, 2], "once here, once by the proof"


async def test_a_feed_key_is_proven(real: Proving, places: PracticePlaces) -> None:
    of = profile(Provider.RANKACY)
    given, _ = await real.rehearse(of)
    rows = ended(await rows_of(real.prove(of, given)))
    assert {row.state for row in rows.values()} == ALL_GOOD
    hides(places, rows)


# What is said where practice is not there


async def test_without_a_practice_exchange_the_first_row_says_so() -> None:
    given = Credentials({API_KEY: Secret("key")})
    rows = ended_early(await rows_of(prover().prove(profile(Provider.RANKACY), given)))
    assert rows["Clock"].words == "The practice exchange does not run"


async def test_a_practice_exchange_that_speaks_for_no_such_account_is_said() -> None:
    async def old() -> PracticePlaces:
        return PracticePlaces(trading_url="http://127.0.0.1:9/partner")

    with pytest.raises(NotSentError, match="does not speak for such an account"):
        await prover(old).rehearse(profile(Provider.OMNIBUS))
    rows = ended_early(await rows_of(prover(old).prove(profile(Provider.RANKACY), Credentials({API_KEY: Secret("key")}))))
    assert "does not speak for such an account" in rows["Clock"].words


def ended_early(rows: list[ProofRow]) -> dict[str, ProofRow]:
    """Of a run that could not begin: one failure, and the others skipped."""
    assert [row.state for row in rows] == [ProofState.FAILED, *[ProofState.SKIPPED] * (len(rows) - 1)]
    return {row.title: row for row in rows}


# What is never sent (F-K09)


@pytest.mark.parametrize(
    ("of", "bound"),
    [
        (profile(Provider.RANKACY, Environment.SANDBOX, host=HOST), ""),
        (profile(Provider.RANKACY, Environment.SANDBOX, host=HOST), "https://api.other.example"),
        (profile(Provider.OMNIBUS, Environment.PRODUCTION, host=HOST), ""),
        (profile(Provider.RANKACY, Environment.SANDBOX), ""),
        (profile(Provider.TRADING, Environment.SANDBOX), HOST),
    ],
    ids=["never confirmed", "edited by hand", "production", "no host", "a host for the Trading API"],
)
async def test_f_k09_nothing_is_sent_to_a_host_that_the_keys_are_not_bound_to(of: Profile, bound: str) -> None:
    net = Net()
    parts = {API_KEY: Secret("k"), PRIVATE: Secret("k"), ACCESS: Secret("k"), SECRET: Secret("l")}
    rows = ended_early(await rows_of(prover(net=net).prove(of, Credentials(parts, host=bound))))
    assert "confirm" in rows["Clock"].words or "type the one you were given" in rows["Clock"].words
    assert not net.asked


@pytest.mark.parametrize(
    ("of", "words"),
    [
        (profile(Provider.RANKACY, Environment.SANDBOX, host="http://api.partner.example"), "https"),
        (profile(Provider.RANKACY, Environment.SANDBOX, host="https://api.partner.example/elsewhere"), "Leave out"),
        (profile(Provider.OMNIBUS, Environment.SANDBOX, host="https://127.0.0.1"), "IP address"),
        (profile(Provider.OMNIBUS, Environment.SANDBOX, host="https://cash.api.prophetx.co"), "production"),
        (profile(Provider.OMNIBUS, Environment.PRODUCTION, host="https://api.sandbox.prophetx.dev"), "sandbox"),
    ],
    ids=["plain http", "a path", "an address", "production's host in the sandbox", "the sandbox's host in production"],
)
async def test_f_k09_a_host_that_is_none_is_refused_even_where_the_keys_are_bound_to_it(of: Profile, words: str) -> None:
    net = Net()
    parts = {API_KEY: Secret("k"), PRIVATE: Secret("k")}
    rows = ended_early(await rows_of(prover(net=net).prove(of, Credentials(parts, host=of.host))))
    assert words in rows["Clock"].words
    assert not net.asked


async def test_f_k09_practice_that_says_another_computers_address_is_not_spoken_to() -> None:
    async def elsewhere() -> PracticePlaces:
        return PracticePlaces(rankacy_url="https://api.partner.example", trading_url="https://cash.api.prophetx.co/partner")

    net = Net()
    for provider in (Provider.RANKACY, Provider.TRADING):
        parts = {API_KEY: Secret("k"), ACCESS: Secret("k"), SECRET: Secret("l")}
        rows = ended_early(await rows_of(prover(elsewhere, net).prove(profile(provider), Credentials(parts))))
        assert "practice stays on 127.0.0.1" in rows["Clock"].words
    assert not net.asked


@pytest.mark.parametrize(
    ("environment", "host"),
    [(Environment.SANDBOX, "api.sandbox.prophetx.dev"), (Environment.PRODUCTION, "cash.api.prophetx.co")],
)
async def test_trading_keys_go_to_their_environments_own_host_only(environment: Environment, host: str) -> None:
    net = Net()
    parts = {ACCESS: Secret("canary-a"), SECRET: Secret("canary-s")}
    await rows_of(prover(net=net).prove(profile(Provider.TRADING, environment), Credentials(parts)))
    assert {request.url.host for request in net.asked} == {host}
    assert all(request.url.scheme == "https" for request in net.asked)


async def test_a_partners_keys_go_to_the_confirmed_host_only() -> None:
    net = Net()
    of = profile(Provider.RANKACY, Environment.SANDBOX, host=HOST)
    await rows_of(prover(net=net).prove(of, Credentials({API_KEY: Secret("k")}, host=HOST)))
    assert {str(request.url) for request in net.asked} == {f"{HOST}/api/b2b/ping"}


@pytest.mark.parametrize(("of", "parts"), [(profile(Provider.TRADING), {ACCESS: Secret("a")}), (profile(Provider.OMNIBUS), {})])
async def test_an_account_without_all_its_keys_is_not_tried(of: Profile, parts: dict[str, Secret]) -> None:
    net = Net()
    rows = ended_early(await rows_of(prover(net=net).prove(of, Credentials(parts))))
    assert "not all there" in rows["Clock"].words
    assert not net.asked


# Small things


@pytest.mark.parametrize("is_on", [False, True])
async def test_the_profile_says_whether_the_proxy_is_taken(is_on: bool) -> None:
    net = Net()
    of = msgspec.structs.replace(profile(Provider.RANKACY, Environment.SANDBOX, host=HOST), proxy=is_on)
    await rows_of(prover(net=net).prove(of, Credentials({API_KEY: Secret("k")}, host=HOST)))
    assert set(net.proxied) == {is_on}


def test_an_address_is_as_it_is_kept() -> None:
    made = prover()
    assert made.address(Provider.RANKACY, Environment.SANDBOX, " API.Partner.Example ") == HOST
    assert made.address(Provider.TRADING, Environment.SANDBOX, "ignored") == "https://api.sandbox.prophetx.dev/partner"
    assert made.address(Provider.OMNIBUS, PRACTICE, "ignored") == ""
    with pytest.raises(HostError, match="https"):
        made.address(Provider.OMNIBUS, Environment.SANDBOX, "http://api.partner.example")


def test_a_token_is_previewed_in_the_profiles_shape_before_there_is_a_key() -> None:
    of = msgspec.structs.replace(
        profile(Provider.OMNIBUS, issuer="issuer-1", key_id=KEY_ID), token=TokenShape(algorithm="PS256", hash_claim="hash")
    )
    told = prover().preview(of, Credentials({}))
    assert json.loads(told.header) == {"alg": "PS256", "kid": KEY_ID, "typ": "JWT"}
    assert {"iss", "aud", "iat", "nbf", "exp", "jti", "hash"} == set(json.loads(told.claims))


async def test_two_runs_beside_each_other_do_not_meet(real: Proving) -> None:
    of = profile(Provider.RANKACY)
    given, _ = await real.rehearse(of)
    runs = await asyncio.gather(*(rows_of(real.prove(of, given)) for _ in range(2)))
    assert all({row.state for row in ended(rows).values()} == ALL_GOOD for rows in runs)


def test_the_issuer_that_is_kept_with_a_key_counts_and_not_the_lists() -> None:
    of = profile(Provider.OMNIBUS, issuer="issuer-of-the-list", key_id="key-of-the-list")
    told = prover().preview(of, Credentials({}, issuer="issuer-of-the-key", key_id="key-of-the-key"))
    assert "issuer-of-the-key" in told.claims
    assert "key-of-the-key" in told.header
    assert "of-the-list" not in told.claims + told.header
