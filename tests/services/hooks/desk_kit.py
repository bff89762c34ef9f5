"""A desk that receives, and what it lists and routes."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from app.domain.receiving import Plan
from app.domain.webhook import HookEvent, Verdict
from tests.services.feed.kit import EVENING, match, snapshot
from tests.services.hooks.kit import Hooks, secret_of, subscription

HERE = "http://127.0.0.1:8765/rankacy"
ODDS = str(HookEvent.ODDS_UPDATED)


async def received(hooks: Hooks, url: str = HERE, *, is_active: bool = True) -> None:
    """Subscribed to odds with a stored secret, receiving, and watched for long enough."""
    hooks.venue.put(subscription(17, url=url, is_active=is_active))
    hooks.secrets.held = {17: secret_of(17)}
    hooks.feed.venue.put(match())
    hooks.feed.venue.write(snapshot())
    hooks.feed.session.start()
    hooks.desk.start()
    await asyncio.sleep(1)
    await hooks.desk.reception.start()
    await asyncio.sleep(30)


def change(hooks: Hooks, number: int = 1) -> None:
    """The feed's odds of match 42 change."""
    hooks.feed.venue.write(snapshot(at=EVENING + timedelta(seconds=number)))


def routed(hooks: Hooks) -> list[int]:
    """What the receiver was last told to receive."""
    plan: Plan = hooks.receiver.plans[-1]
    return [route.subscription_id for route in plan.routes if route.secret]


def named(hooks: Hooks) -> list[int]:
    """Whose deliveries it tells apart, with or without a secret."""
    return [route.subscription_id for route in hooks.receiver.plans[-1].routes]


def missed(hooks: Hooks) -> list[tuple[str, int | None, Verdict]]:
    return [(row.event, row.match_id, row.verdict) for row in hooks.shelf.rows.values() if row.verdict in {Verdict.MISSED, Verdict.LATE}]
