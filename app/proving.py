"""Trying accounts at their venues: the one place that knows every provider. Implements `services.setup.ports.Prover`."""

from __future__ import annotations

import time
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection
from functools import partial
from typing import Final

import msgspec

from app.child import Ready
from app.domain.environment import Environment
from app.domain.errors import NotSentError, VenueError
from app.domain.keys import ACCESS, API_KEY, PRIVATE, SECRET, Credentials
from app.domain.profile import PinError, Profile, Provider, check_pin, keyring_name
from app.domain.proof import ProofRow, Registered, TokenPreview
from app.domain.secret import Secret
from app.store import logs
from app.venues import hosts
from app.venues.auth import Token
from app.venues.first_message import Patience
from app.venues.hosts import Address
from app.venues.http import Http
from app.venues.line import Dial
from app.venues.omnibus import keys as omnibus_keys
from app.venues.omnibus import names as omnibus_names
from app.venues.omnibus import proof as omnibus_proof
from app.venues.omnibus import signing
from app.venues.prophetx import keys as trading_keys
from app.venues.prophetx import proof as trading_proof
from app.venues.prophetx.names import PathError, Paths, Spelling, paths_for
from app.venues.prophetx.venue import Keys as TradingKeys
from app.venues.push import PushSocket, proxied
from app.venues.rankacy import proof as rankacy_proof
from app.venues.rankacy.venue import Keys as FeedKeys
from app.venues.shares import Budgets
from app.venues.steps import refused

ROWS: Final = {
    Provider.TRADING: trading_proof.ROWS,
    Provider.OMNIBUS: omnibus_proof.ROWS,
    Provider.RANKACY: rankacy_proof.ROWS,
}
PARTNER_TOKEN: Final = "partner_token"
WEB_SESSION: Final = "web_session"
ISSUER_HINT: Final = "issuer_hint"
MOST_SESSIONS: Final = 8  # accounts whose session is remembered for their next proof run
NOT_BUILT: Final = "This practice exchange does not speak for such an account"

Connect = Callable[[str], Http]


class PracticePlaces(msgspec.Struct, frozen=True):
    """Where the practice exchange that runs now serves each provider, and what it gives a new account. Empty: it does not serve it."""

    trading_url: str = ""
    omnibus_url: str = ""
    rankacy_url: str = ""
    access_key: Secret = Secret()
    secret_key: Secret = Secret()
    web_session: Secret = Secret()
    partner_token: Secret = Secret()
    issuer_hint: str = ""
    api_key: Secret = Secret()

    def url(self, provider: Provider) -> str:
        return {Provider.TRADING: self.trading_url, Provider.OMNIBUS: self.omnibus_url, Provider.RANKACY: self.rankacy_url}[provider]


def places_of(ready: Ready) -> PracticePlaces:
    """What the line of a practice exchange that serves says."""
    trading, omnibus, rankacy = ready.trading, ready.omnibus, ready.rankacy
    return PracticePlaces(
        trading_url=trading.url,
        omnibus_url=omnibus.url if omnibus else "",
        rankacy_url=rankacy.url if rankacy else "",
        access_key=Secret(trading.access_key),
        secret_key=Secret(trading.secret_key),
        web_session=trading.web_session,
        partner_token=omnibus.partner_token if omnibus else Secret(),
        issuer_hint=omnibus.issuer_hint if omnibus else "",
        api_key=rankacy.api_key if rankacy else Secret(),
    )


class _Session(msgspec.Struct, frozen=True):
    """What a proof run of a Trading API account left open at the venue; its token and keys hide themselves in a repr."""

    name: str
    address: Address
    keys: TradingKeys
    token: Token


class Proving:
    """A `Prover`. `practice` brings the practice exchange's places, and starts it where it does not run; it raises VenueError.

    `connect` and `dial` make the way out of a profile: whether it takes the system's proxy is the profile's to say.
    `budgets` are the program's: an account that is open is asked from the same one.
    """

    def __init__(
        self,
        practice: Callable[[], Awaitable[PracticePlaces]],
        *,
        connect: Callable[[Profile], Connect] = lambda profile: partial(Http, proxy=profile.proxy),
        dial: Callable[[Profile], Dial] = lambda profile: proxied if profile.proxy else PushSocket,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
        patience: Patience | None = None,
        budgets: Budgets | None = None,
    ) -> None:
        self._practice = practice
        self._connect = connect
        self._dial = dial
        self._clock = clock
        self._wall = wall
        self._patience = patience
        self._budgets = budgets
        self._sessions: list[_Session] = []

    def address(self, provider: Provider, environment: Environment, typed: str) -> str:
        """Where such an account's requests go; HostError with a sentence. Practice's is said by its exchange: empty here."""
        if environment is Environment.PRACTICE:
            return ""
        return _address_at_venue(provider, environment, typed).base_url

    def rows(self, profile: Profile) -> tuple[str, ...]:
        return ROWS[profile.provider]

    async def prove(self, profile: Profile, credentials: Credentials) -> AsyncGenerator[ProofRow, None]:
        """Nothing is sent where the host is not the one that the keys were bound to."""
        rows = await self._begun(profile, credentials)
        try:
            async for row in rows:
                yield row
        finally:
            await rows.aclose()

    def preview(self, profile: Profile, credentials: Credentials) -> TokenPreview:
        return signing.preview(_b2b_keys(profile, credentials), self._wall(), str(uuid.uuid4()))

    async def register(self, profile: Profile, public_pem: str, token: Secret, name: str) -> Registered:
        logs.hide(token)
        address = await self._address(profile)
        return await omnibus_keys.register_key(address, _b2b_paths(profile), token, name, public_pem, self._connect(profile))

    async def remove_oldest(self, profile: Profile, token: Secret, but: Collection[str]) -> str:
        logs.hide(token)
        return await omnibus_keys.remove_oldest(await self._address(profile), _b2b_paths(profile), token, but, self._connect(profile))

    async def make_pair(self, profile: Profile, session: Secret) -> Credentials:
        logs.hide(session)
        address = await self._address(profile)
        made = await trading_keys.make_keys(address, _paths(profile), session, self._connect(profile))
        logs.hide(made.access, made.secret)
        return Credentials({ACCESS: made.access, SECRET: made.secret}, profile.host)

    async def rehearse(self, profile: Profile) -> tuple[Credentials, dict[str, str]]:
        places = await self._practice()
        if not places.url(profile.provider):
            raise NotSentError(NOT_BUILT)
        match profile.provider:
            case Provider.TRADING:
                parts, words = {ACCESS: places.access_key, SECRET: places.secret_key, WEB_SESSION: places.web_session}, {}
            case Provider.OMNIBUS:
                parts, words = {PARTNER_TOKEN: places.partner_token}, {ISSUER_HINT: places.issuer_hint}
            case Provider.RANKACY:
                parts, words = {API_KEY: places.api_key}, {}
        return Credentials(parts), words

    async def _begun(self, profile: Profile, credentials: Credentials) -> AsyncGenerator[ProofRow, None]:
        titles = self.rows(profile)
        logs.hide(*credentials.parts.values())
        try:
            check_pin(profile, credentials.host)
            if not credentials.is_whole(profile.provider):
                return refused(titles, "The account's keys are not all there", "Go back and enter them")
            return self._run(profile, credentials, await self._address(profile))
        except (PinError, hosts.HostError, PathError) as problem:
            return refused(titles, str(problem), "Go back and correct it")
        except VenueError as problem:
            return refused(titles, str(problem), "Start practice, then test again")

    def _run(self, profile: Profile, credentials: Credentials, address: Address) -> AsyncGenerator[ProofRow, None]:
        connect, dial, parts = self._connect(profile), self._dial(profile), credentials.parts
        match profile.provider:
            case Provider.TRADING:
                pair = TradingKeys(profile.environment, parts[ACCESS], parts[SECRET])
                return trading_proof.prove(
                    address,
                    pair,
                    paths=_paths(profile),
                    connect=connect,
                    dial=dial,
                    clock=self._clock,
                    wall=self._wall,
                    patience=self._patience,
                    before=self._taken(address, pair),
                    keep=partial(self._keep, keyring_name(profile), address, pair),
                    budgets=self._budgets,
                )
            case Provider.OMNIBUS:
                keys = _b2b_keys(profile, credentials)
                return omnibus_proof.prove(
                    address,
                    keys,
                    paths=_b2b_paths(profile),
                    connect=connect,
                    dial=dial,
                    clock=self._clock,
                    wall=self._wall,
                    patience=self._patience,
                    budgets=self._budgets,
                )
            case Provider.RANKACY:
                key = FeedKeys(profile.environment, parts[API_KEY])
                return rankacy_proof.prove(address, key, connect=connect, clock=self._clock, budgets=self._budgets)

    def _taken(self, address: Address, keys: TradingKeys) -> Token | None:
        """The session that an earlier run of these very keys left; a second run at the same time finds none and opens its own."""
        for session in self._sessions:
            if session.address == address and session.keys == keys:
                self._sessions.remove(session)
                return session.token
        return None

    def _keep(self, name: str, address: Address, keys: TradingKeys, token: Token) -> None:
        """In memory, as long as this program runs. What was kept for other keys of the profile goes, and the oldest beyond the last few."""
        logs.hide(Secret(token.access), Secret(token.refresh))
        others = [one for one in self._sessions if one.name != name]
        self._sessions = [*others[-(MOST_SESSIONS - 1) :], _Session(name, address, keys, token)]

    async def _address(self, profile: Profile) -> Address:
        """HostError for a host that is none; NotSentError where practice does not serve such an account."""
        if profile.environment is not Environment.PRACTICE:
            return _address_at_venue(profile.provider, profile.environment, profile.host)
        url = (await self._practice()).url(profile.provider)
        if not url:
            raise NotSentError(NOT_BUILT)
        return hosts.practice(url)


def objection(profile: Profile) -> str:
    """What is wrong with a profile's paths and names, as a sentence; empty where nothing is."""
    try:
        (_b2b_paths if profile.provider is Provider.OMNIBUS else _paths)(profile)
        omnibus_names.fields_for(profile.fields, profile.names)
    except PathError as problem:
        return str(problem)
    return ""


def _address_at_venue(provider: Provider, environment: Environment, typed: str) -> Address:
    return hosts.trading(environment) if provider is Provider.TRADING else hosts.partner(environment, typed)


def _paths(profile: Profile) -> Paths:
    return paths_for(Spelling(profile.spelling), profile.paths)


def _b2b_paths(profile: Profile) -> omnibus_names.Paths:
    return omnibus_names.paths_for(profile.paths)


def _b2b_keys(profile: Profile, credentials: Credentials) -> signing.Keys:
    private = credentials.parts.get(PRIVATE, Secret())
    named = credentials if credentials.issuer else profile  # what was kept with the key belongs to it, whatever the list says
    return signing.Keys(profile.environment, private, named.issuer, named.key_id, profile.token)
