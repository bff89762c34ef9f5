"""An account's outlet: its venue, its stream and the line to both, built in the words of its provider."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Final, Protocol

import msgspec

from app.domain.events import VenueEvent
from app.domain.keys import ACCESS, API_KEY, PRIVATE, SECRET, Credentials
from app.domain.link import Probe
from app.domain.profile import Profile, Provider
from app.domain.secret import Secret
from app.services.ports import Link, Monotonic, TradingVenue
from app.venues import hosts
from app.venues.follow import Follower, StreamCalls
from app.venues.hosts import Address
from app.venues.http import Http
from app.venues.limits import Budget
from app.venues.line import Dial
from app.venues.omnibus import names as omnibus_names
from app.venues.omnibus import signing
from app.venues.omnibus.link import OmnibusLink
from app.venues.omnibus.trial import probes as omnibus_probes
from app.venues.omnibus.venue import Omnibus
from app.venues.prophetx import names as trading_names
from app.venues.prophetx.link import TradingLink
from app.venues.prophetx.names import PathError, Spelling
from app.venues.prophetx.pushes import parse_push
from app.venues.prophetx.trial import probes as trading_probes
from app.venues.prophetx.venue import Keys as TradingKeys
from app.venues.prophetx.venue import ProphetX
from app.venues.rankacy.venue import Keys as FeedKeys
from app.venues.shares import Budgets

Emit = Callable[[Sequence[VenueEvent]], None]
Connect = Callable[[str], Http]
VenueKeys = TradingKeys | signing.Keys | FeedKeys


class Venue(TradingVenue, StreamCalls, Protocol):
    """A trading venue that can be pointed at an account and let go of again."""

    budget: Budget

    async def close(self) -> None: ...


class Outlet(msgspec.Struct, frozen=True):
    """`point` uses an account from now on; `doubts` are sentences about settings of the profile that could not be used."""

    venue: Venue
    follower: Follower
    link: Link
    point: Callable[[Address, VenueKeys], Awaitable[None]]
    probes: Callable[[], AsyncIterator[Probe]]
    doubts: tuple[str, ...] = ()


def outlet_of(
    profile: Profile, *, emit: Emit, connect: Connect, dial: Dial, clock: Monotonic = time.monotonic, budgets: Budgets | None = None
) -> Outlet:
    """For an account that trades; nothing is sent before it is pointed at one. `budgets` are the program's."""
    return _MAKERS[profile.provider](profile, emit, connect, dial, clock, budgets)


def keys_of(profile: Profile, credentials: Credentials) -> VenueKeys:
    """What the account's venue is entered with. What was kept with a B2B key belongs to it, whatever the list of profiles says."""
    parts = credentials.parts
    if profile.provider is Provider.TRADING:
        return TradingKeys(profile.environment, parts[ACCESS], parts[SECRET])
    if profile.provider is Provider.RANKACY:
        return FeedKeys(profile.environment, parts[API_KEY])
    named = credentials if credentials.issuer else profile
    return signing.Keys(profile.environment, parts[PRIVATE], named.issuer, named.key_id, profile.token)


def secrets_of(keys: VenueKeys) -> tuple[Secret, ...]:
    """What of the keys may stand nowhere."""
    match keys:
        case TradingKeys():
            return keys.access, keys.secret
        case FeedKeys():
            return (keys.api_key,)
    return (keys.private,)


def address_at_venue(profile: Profile) -> Address:
    """Where an account's requests go outside practice: a fixed host, or the one that a person typed and pinned. HostError."""
    if profile.provider is Provider.TRADING:
        return hosts.trading(profile.environment)
    return hosts.partner(profile.environment, profile.host)


def _trading(profile: Profile, emit: Emit, connect: Connect, dial: Dial, clock: Monotonic, budgets: Budgets | None) -> Outlet:
    """A profile's own paths that cannot be used leave trading off, and its spelling's own names are used."""
    spelling, doubts = Spelling(profile.spelling), []
    try:
        paths = trading_names.paths_for(spelling, profile.paths)
    except PathError as problem:
        doubts.append(_unusable(problem))
        paths = trading_names.paths_for(spelling, {})
    venue = ProphetX(paths=paths, check_location=profile.check_location, clock=clock, emit=emit, connect=connect, budgets=budgets)

    async def renew() -> None:
        """For the stream; after each `point` it is another session's."""
        await venue.tokens.renew_ahead()

    async def point(address: Address, keys: VenueKeys) -> None:
        assert isinstance(keys, TradingKeys)
        await venue.point(address, keys)

    follower = Follower(venue, parse_push, emit, clock=clock, expires_at=lambda: venue.tokens.expires_at, renew=renew, dial=dial)
    link = TradingLink(venue, follower, trading_probes)
    return Outlet(venue, follower, link, point, partial(trading_probes, venue), tuple(doubts))


def _omnibus(profile: Profile, emit: Emit, connect: Connect, dial: Dial, clock: Monotonic, budgets: Budgets | None) -> Outlet:
    doubts = []
    try:
        paths = omnibus_names.paths_for(profile.paths)
        fields = omnibus_names.fields_for(profile.fields, profile.names)
    except omnibus_names.PathError as problem:
        doubts.append(_unusable(problem))
        paths, fields = omnibus_names.paths_for({}), omnibus_names.FIELDS[profile.fields]
    venue = Omnibus(
        paths=paths,
        fields=fields,
        batches=profile.batches,
        many_events=profile.many_events,
        clock=clock,
        emit=emit,
        connect=connect,
        budgets=budgets,
    )

    async def point(address: Address, keys: VenueKeys) -> None:
        assert isinstance(keys, signing.Keys)
        await venue.point(address, keys)

    follower = Follower(venue, parse_push, emit, clock=clock, dial=dial)
    link = OmnibusLink(venue, follower, omnibus_probes)
    return Outlet(venue, follower, link, point, partial(omnibus_probes, venue), tuple(doubts))


def _unusable(problem: Exception) -> str:
    return f"the profile's own paths and names are not used: {problem}"


_MAKERS: Final[Mapping[Provider, Callable[[Profile, Emit, Connect, Dial, Monotonic, Budgets | None], Outlet]]] = {
    Provider.TRADING: _trading,
    Provider.OMNIBUS: _omnibus,
}
