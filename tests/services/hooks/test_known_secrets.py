"""Which secrets are here: none is lost by our doing, none is taken for another's, and what is not here is said."""

from __future__ import annotations

import asyncio

from app.domain.keys import VaultError
from app.domain.webhook import HookEvent
from app.services.hooks.desk import REREAD
from app.services.hooks.known_secrets import SecretState
from tests.services.hooks.kit import TARGET, Hooks, play, secret_of, subscription

ALL = [str(each) for each in HookEvent]
LOCKED = VaultError("The keyring is locked.")


def test_a_secret_of_what_is_not_listed_is_refused_in_words() -> None:
    async def scenario(hooks: Hooks) -> None:
        assert "does not list subscription 99" in await hooks.desk.subscriptions.store(99, secret_of(99))

    play(scenario)


def test_a_secret_that_was_not_stored_is_said_to_be_so_for_ever() -> None:
    async def scenario(hooks: Hooks) -> None:
        subscriptions = hooks.desk.subscriptions
        await subscriptions.create(TARGET, ["ODDS_UPDATED"])
        hooks.secrets.trouble = LOCKED
        assert await subscriptions.store(17, secret_of(17)) == "The keyring is locked."
        hooks.secrets.trouble = None
        for _ in range(3):
            await subscriptions.read()
            assert subscriptions.secret_state(17) is SecretState.NOT_STORED

    play(scenario)


def test_a_secret_that_is_kept_for_the_run_only_is_told_from_a_stored_one_and_read_no_second_time() -> None:
    async def scenario(hooks: Hooks) -> None:
        subscriptions = hooks.desk.subscriptions
        hooks.venue.put(subscription(1), subscription(2))
        await subscriptions.read()
        hooks.secrets.of_this_run = {1}
        for each in (1, 2):
            assert await subscriptions.store(each, secret_of(each)) == ""
        hooks.secrets.asked.clear()
        await subscriptions.read()
        assert [subscriptions.secret_state(each) for each in (1, 2)] == [SecretState.THIS_RUN, SecretState.STORED]
        assert subscriptions.secret_of(1) == secret_of(1)
        assert hooks.secrets.asked == []

    play(scenario)


def test_a_keyring_that_does_not_answer_leaves_the_secrets_not_known_and_is_asked_again_by_a_person_only() -> None:
    async def scenario(hooks: Hooks) -> None:
        subscriptions = hooks.desk.subscriptions
        hooks.venue.put(subscription(1), subscription(2))
        hooks.secrets.held = {1: secret_of(1), 2: secret_of(2)}
        hooks.secrets.trouble = LOCKED
        hooks.desk.start()
        await asyncio.sleep(3 * REREAD)
        assert hooks.secrets.asked == [1], "nobody is asked for a passphrase each five minutes"
        assert subscriptions.keyring_trouble == "The keyring is locked."
        assert {subscriptions.secret_state(each) for each in (1, 2)} == {SecretState.UNKNOWN}
        hooks.secrets.trouble = None
        subscriptions.reread()
        await asyncio.sleep(1)
        assert subscriptions.keyring_trouble == ""
        assert {subscriptions.secret_state(each) for each in (1, 2)} == {SecretState.STORED}

    play(scenario)


def test_one_entry_that_cannot_be_understood_keeps_no_other_from_being_read() -> None:
    async def scenario(hooks: Hooks) -> None:
        subscriptions = hooks.desk.subscriptions
        hooks.venue.put(subscription(1), subscription(2))
        hooks.secrets.held = {1: secret_of(1), 2: secret_of(2)}
        hooks.secrets.unreadable = {1}
        await subscriptions.read()
        assert subscriptions.secret_state(1) is SecretState.NOT_STORED
        assert subscriptions.secret_of(2) == secret_of(2)
        assert "secret of 1 cannot be understood" in subscriptions.keyring_trouble

    play(scenario)


def test_a_secret_that_could_not_be_removed_is_said_once() -> None:
    async def scenario(hooks: Hooks) -> None:
        hooks.venue.put(subscription(1))
        await hooks.desk.subscriptions.read()
        hooks.secrets.trouble = LOCKED
        words = "Subscription 1 is deleted, but its secret may still be in the keyring: The keyring is locked."
        assert await hooks.desk.subscriptions.delete(1) == words
        assert hooks.words == [words]

    play(scenario)


def test_a_number_that_a_new_practice_exchange_gave_to_another_one_does_not_get_the_old_secret() -> None:
    async def scenario(hooks: Hooks) -> None:
        subscriptions = hooks.desk.subscriptions
        hooks.venue.put(subscription(1))
        hooks.secrets.held = {1: secret_of(1)}
        await subscriptions.read()
        assert subscriptions.secret_of(1) is not None
        hooks.secrets.held.clear()  # the shelf knows by its mark that it is another one's
        hooks.venue.rows[1] = subscription(1, "MATCH_CREATED")
        await subscriptions.read()
        assert subscriptions.secret_of(1) is None
        assert subscriptions.secret_state(1) is SecretState.NOT_STORED

    play(scenario)


def test_a_secret_that_was_told_is_known_until_its_box_is_closed_and_a_stored_one_after_that() -> None:
    async def scenario(hooks: Hooks) -> None:
        subscriptions = hooks.desk.subscriptions
        made = await subscriptions.create(TARGET, ["MATCH_CREATED", "ODDS_UPDATED"])
        await asyncio.sleep(1)
        assert [subscriptions.secret_of(each) for each in (17, 18)] == [secret_of(17), secret_of(18)]
        assert [subscriptions.secret_state(each) for each in (17, 18)] == [SecretState.NOT_STORED] * 2
        assert made[0].new is not None
        await subscriptions.store(17, made[0].new.secret)
        told: list[int] = []
        subscriptions.changed.connect(lambda: told.append(1))
        subscriptions.let_go([17, 18, 99])
        subscriptions.let_go([17, 18])
        assert len(told) == 1
        assert [subscriptions.secret_of(each) for each in (17, 18)] == [secret_of(17), None]
        assert subscriptions.secret_state(18) is SecretState.NOT_STORED

    play(scenario)


def test_a_told_secret_goes_with_its_subscription() -> None:
    async def scenario(hooks: Hooks) -> None:
        subscriptions = hooks.desk.subscriptions
        await subscriptions.create(TARGET, ["MATCH_CREATED", "ODDS_UPDATED"])
        await subscriptions.delete(17)
        hooks.venue.rows.clear()
        await subscriptions.read()
        hooks.venue.put(subscription(17), subscription(18))
        await subscriptions.read()
        assert [subscriptions.secret_of(each) for each in (17, 18)] == [None, None]

    play(scenario)


def test_a_secret_that_was_told_is_handed_over_while_a_keyring_keeps_silent() -> None:
    async def scenario(hooks: Hooks) -> None:
        silent = asyncio.Event()
        hooks.venue.put(subscription(17))

        async def never_answers() -> None:
            await silent.wait()

        hooks.secrets.before_read = never_answers
        reading = asyncio.ensure_future(hooks.desk.subscriptions.read())
        await asyncio.sleep(1)
        before = hooks.clock.monotonic()
        (made,) = await hooks.desk.subscriptions.create(TARGET, ["MATCH_STARTED"])
        assert made.new is not None
        assert hooks.clock.monotonic() - before < 1
        silent.set()
        await reading

    play(scenario)


def test_an_entry_that_cannot_be_understood_keeps_no_later_one_from_being_read() -> None:
    async def scenario(hooks: Hooks) -> None:
        hooks.venue.put(subscription(17))
        hooks.secrets.unreadable = {17}
        await hooks.desk.subscriptions.read()
        hooks.venue.put(subscription(18, "MATCH_STARTED"))
        hooks.secrets.held = {18: secret_of(18)}
        await hooks.desk.subscriptions.read(asks_keyring=False)
        assert hooks.desk.subscriptions.secret_state(18) is SecretState.STORED

    play(scenario)
