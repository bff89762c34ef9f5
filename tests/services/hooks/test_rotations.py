"""A new subscription in the place of an old one, step by step, whatever happens between them."""

from __future__ import annotations

import asyncio

import msgspec

from app.domain.keys import VaultError
from app.domain.webhook import HookEvent, Verdict
from app.services.hooks.subscriptions import Rotation
from tests.services.hooks.kit import MADE_AT, Hooks, delivery, play, secret_of, subscription

ALL = [str(each) for each in HookEvent]
LOCKED = VaultError("The keyring is locked.")


def test_a_rotation_goes_to_its_end() -> None:
    async def scenario(hooks: Hooks) -> None:
        subscriptions, desk = hooks.desk.subscriptions, hooks.desk
        hooks.venue.put(subscription(1))
        hooks.secrets.held = {1: secret_of(1)}
        await subscriptions.read()
        made = await subscriptions.rotate(1)
        assert made.new is not None
        rotation = subscriptions.rotation_of(1)
        assert rotation == subscriptions.rotation_of(17) == Rotation(1, 17)
        assert "finish that first" in (await subscriptions.rotate(1)).words
        assert not desk.is_proven(rotation)
        await subscriptions.store(17, made.new.secret)
        await desk.reception.start()
        hooks.come(delivery(hooks.clock.now(), subscription_id=17))
        await desk.deliveries.count()
        assert desk.is_proven(rotation)
        assert await subscriptions.delete(1) == ""
        assert subscriptions.rotations() == ()
        assert set(hooks.secrets.held) == {17}
        assert [route.subscription_id for route in hooks.receiver.plans[-1].routes] == [17]

    play(scenario)


def test_two_presses_make_one_new_subscription() -> None:
    async def scenario(hooks: Hooks) -> None:
        subscriptions = hooks.desk.subscriptions
        hooks.venue.put(subscription(1))
        await subscriptions.read()
        made = await asyncio.gather(subscriptions.rotate(1), subscriptions.rotate(1))
        assert [each.new is not None for each in made] == [True, False]
        assert len(hooks.venue.rows) == 2

    play(scenario)


def test_a_rotation_of_what_is_gone_is_refused_in_words() -> None:
    async def scenario(hooks: Hooks) -> None:
        assert (await hooks.desk.subscriptions.rotate(1)).words == "Subscription 1 does not exist any more."

    play(scenario)


def test_a_rotation_goes_on_after_a_restart_from_either_side() -> None:
    for goes in (1, 2):

        async def scenario(hooks: Hooks, goes: int = goes) -> None:
            hooks.venue.put(subscription(1), subscription(2))
            hooks.secrets.held = {1: secret_of(1), 2: secret_of(2)}
            hooks.desk.start()
            await asyncio.sleep(1)
            assert hooks.desk.subscriptions.rotations() == (Rotation(1, 2),)
            await hooks.desk.subscriptions.delete(goes)
            assert hooks.desk.subscriptions.rotations() == ()
            assert set(hooks.secrets.held) == {3 - goes}

        play(scenario)


def test_a_third_one_of_the_same_kind_is_the_next_rotation() -> None:
    async def scenario(hooks: Hooks) -> None:
        subscriptions = hooks.desk.subscriptions
        hooks.venue.put(subscription(1), subscription(2), subscription(3), subscription(4, is_active=False))
        await subscriptions.read()
        assert subscriptions.rotations() == (Rotation(2, 3),)
        await subscriptions.delete(2)
        assert subscriptions.rotations() == (Rotation(1, 3),)

    play(scenario)


def test_deliveries_of_an_earlier_one_with_the_same_number_prove_nothing() -> None:
    async def scenario(hooks: Hooks) -> None:
        now = hooks.clock.now()
        hooks.shelf.put(delivery(hooks.ago(60), subscription_id=2))
        new = msgspec.structs.replace(subscription(2), created_at=now)
        hooks.venue.put(subscription(1), new)
        await hooks.desk.subscriptions.read()
        await hooks.desk.deliveries.count()
        assert now > MADE_AT
        assert not hooks.desk.is_proven(Rotation(1, 2))
        hooks.shelf.put(delivery(now, Verdict.BAD, subscription_id=2))
        await hooks.desk.deliveries.count()
        assert not hooks.desk.is_proven(Rotation(1, 2)), "nor does a bad one"
        hooks.shelf.put(delivery(now, subscription_id=2))
        await hooks.desk.deliveries.count()
        assert hooks.desk.is_proven(Rotation(1, 2))

    play(scenario)
