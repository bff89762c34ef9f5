"""`python main.py test-connection --profile NAME`: does the venue know every name that this profile speaks? A line for each request.

It logs in once and reads, and sends what can do nothing to the paths that write; nothing is ordered, cancelled or written down.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from functools import partial

from app import doorway
from app.command import meant
from app.domain.link import Probe
from app.domain.profile import Profile, ProfileError
from app.doorway import Door, DoorwayError
from app.outlet import Outlet, outlet_of
from app.store.paths import Folders
from app.venues.http import Http
from app.venues.push import PushSocket, proxied


def main(arguments: Sequence[str]) -> int:
    """0: all of it works. 1: something does not. 2: this profile's account cannot be reached from here."""
    try:
        profile, where = meant("test-connection", "Try each request of a profile once, without ordering or cancelling anything.", arguments)
        with suppress(KeyboardInterrupt):
            return asyncio.run(_test(profile, where))
    except (ProfileError, DoorwayError) as problem:
        print(problem, file=sys.stderr)
        return 2
    return 1


async def _test(profile: Profile, where: Folders) -> int:
    door = await doorway.find(profile, where, doorway.at_prompt(doorway.book_of(where)))
    dial = proxied if profile.proxy else PushSocket
    outlet = outlet_of(profile, emit=_nobody, connect=partial(Http, proxy=profile.proxy), dial=dial)
    if outlet.doubts:
        raise DoorwayError(f"Not tested: {outlet.doubts[0]}")
    return await test(outlet, door)


def _nobody(_events: Sequence[object]) -> None:
    """Nothing is followed here."""


async def test(outlet: Outlet, door: Door) -> int:
    """Print each request as it is answered."""
    await outlet.point(door.address, door.keys)
    print(f"Testing {door.address.base_url}", flush=True)
    try:
        return await _report(outlet.probes())
    finally:
        await outlet.venue.close()


async def _report(tried: AsyncIterator[Probe]) -> int:
    bad = 0
    async for probe in tried:
        bad += probe.is_failure
        print(_line(probe), flush=True)
    print(f"{bad} of the requests did not work." if bad else "All of it works.", flush=True)
    return 1 if bad else 0


def _line(probe: Probe) -> str:
    return f"{probe.verdict:<11} {probe.seconds * 1000:>7,.0f} ms  {probe.name:<17} {probe.path:<36} {probe.words}"
