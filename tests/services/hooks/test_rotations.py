"""A new subscription in the place of an old one, step by step, whatever happens between them."""

from __future__ import annotations

import asyncio

import msgspec

from app.domain.keys import VaultError
from app.domain.webhook import HookEvent, Verdict
from app.services.hooks.rotations import Rotation
from app.services.hooks.trials import Flaw
from tests.services.hooks.desk_kit import HERE
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
        assert desk.works_here(rotation)
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
            hooks.secrets.rotating = ((1, 2),)
            hooks.desk.start()
            await asyncio.sleep(1)
            assert hooks.desk.subscriptions.rotations() == (Rotation(1, 2),)
            await hooks.desk.subscriptions.delete(goes)
            assert (hooks.desk.subscriptions.rotations(), list(hooks.secrets.rotating)) == ((), [])
            assert set(hooks.secrets.held) == {3 - goes}

        play(scenario)


def test_several_of_one_kind_are_no_rotation_until_a_person_says_so_and_each_can_be_rotated() -> None:
    async def scenario(hooks: Hooks) -> None:
        subscriptions = hooks.desk.subscriptions
        hooks.venue.put(subscription(1), subscription(2), subscription(3), subscription(4, is_active=False))
        await subscriptions.read()
        assert subscriptions.rotations() == ()
        assert [subscriptions.successor_of(each) for each in (1, 2, 3)] == [3, 3, None]
        made = await subscriptions.rotate(3)
        assert made.new is not None
        assert subscriptions.rotations() == (Rotation(3, 17),)
        subscriptions.call_rotation(1, 2)
        assert subscriptions.rotation_of(2) == Rotation(1, 2)
        assert list(hooks.secrets.rotating) == [(3, 17), (1, 2)]
        assert subscriptions.successor_of(1) is None
        await subscriptions.delete(2)
        assert list(hooks.secrets.rotating) == [(3, 17)]

    play(scenario)


def test_a_rotation_whose_subscription_is_gone_or_another_now_is_none() -> None:
    async def scenario(hooks: Hooks) -> None:
        hooks.secrets.rotating = ((1, 2), (3, 4), (5, 6))
        hooks.venue.put(
            subscription(1), subscription(2, "MATCH_STARTED"), subscription(3), subscription(5), subscription(6, is_active=False)
        )
        await hooks.desk.subscriptions.read()
        assert hooks.desk.subscriptions.rotations() == ()

    play(scenario)


def test_a_rotation_that_cannot_be_written_down_is_said_and_goes_on_in_this_run() -> None:
    async def scenario(hooks: Hooks) -> None:
        hooks.venue.put(subscription(1))
        await hooks.desk.subscriptions.read()
        hooks.secrets.trouble = LOCKED
        await hooks.desk.subscriptions.rotate(1)
        assert hooks.desk.subscriptions.rotations() == (Rotation(1, 17),)
        assert any("known until the program ends" in words for words in hooks.words)

    play(scenario)


def test_deliveries_of_an_earlier_one_with_the_same_number_prove_nothing() -> None:
    async def scenario(hooks: Hooks) -> None:
        now = hooks.clock.now()
        hooks.come(delivery(hooks.ago(60), subscription_id=2))
        new = msgspec.structs.replace(subscription(2), created_at=now)
        hooks.venue.put(subscription(1), new)
        await hooks.desk.subscriptions.read()
        await hooks.desk.deliveries.count()
        assert now > MADE_AT
        assert not hooks.desk.is_proven(Rotation(1, 2))
        hooks.come(delivery(now, Verdict.BAD, subscription_id=2))
        await hooks.desk.deliveries.count()
        assert not hooks.desk.is_proven(Rotation(1, 2)), "nor does a bad one"
        hooks.come(delivery(now, Verdict.DUPLICATE, subscription_id=2))
        assert hooks.desk.is_proven(Rotation(1, 2)), "with the same bytes as the old one's, at the same path"

    play(scenario)


def test_what_this_program_sent_itself_shows_that_the_secret_works_and_not_that_the_feed_signs_with_it() -> None:
    async def scenario(hooks: Hooks) -> None:
        desk, rotation = hooks.desk, Rotation(1, 2)
        hooks.venue.put(subscription(1), subscription(2))
        hooks.secrets.held = {1: secret_of(1), 2: secret_of(2)}
        await desk.subscriptions.read()
        await desk.reception.start()
        await desk.trials.send(HERE, HookEvent.ODDS_UPDATED, 42, Flaw.GOOD, secret_of(2))
        hooks.come(delivery(hooks.clock.now(), subscription_id=2))
        await desk.deliveries.count()
        assert (desk.works_here(rotation), desk.is_proven(rotation)) == (True, False)
        await asyncio.sleep(10)
        hooks.come(delivery(hooks.clock.now(), subscription_id=2))
        assert desk.is_proven(rotation)

    play(scenario)
