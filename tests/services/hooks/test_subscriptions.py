"""Subscriptions: what became of each request is said, no secret is lost by our doing, and none is taken for another's."""

from __future__ import annotations

import asyncio

import pytest

from app.domain.errors import NotSentError, RefusedError, UnknownError, VenueError
from app.domain.keys import VaultError
from app.domain.webhook import HookEvent
from app.services.hooks.desk import AGAIN, REREAD, RETRY
from app.services.hooks.known_secrets import SecretState
from tests.services.hooks.kit import TARGET, Hooks, delivery, play, secret_of, subscription

ALL = [str(each) for each in HookEvent]
LOCKED = VaultError("The keyring is locked.")


def test_several_events_are_one_request_each_and_a_refusal_does_not_keep_the_others_back() -> None:
    async def scenario(hooks: Hooks) -> None:
        hooks.venue.troubles["register"] = [RefusedError("target_url: not allowed", status=422)]
        made = await hooks.desk.subscriptions.create(TARGET, ["ODDS_UPDATED", "MATCH_CREATED", "ODDS_UPDATED"])
        assert [call for call in hooks.venue.calls if call[0] == "register"] == [
            ("register", "MATCH_CREATED", TARGET),
            ("register", "ODDS_UPDATED", TARGET),
        ]
        assert [(each.event, each.new is not None, each.words) for each in made] == [
            ("MATCH_CREATED", False, "target_url: not allowed"),
            ("ODDS_UPDATED", True, ""),
        ]

    play(scenario)


def test_a_refused_key_is_said_to_have_sent_nothing() -> None:
    async def scenario(hooks: Hooks) -> None:
        hooks.venue.troubles["register"] = [NotSentError("the key is not known", status=401)]
        (made,) = await hooks.desk.subscriptions.create(TARGET, ["ODDS_UPDATED"])
        assert made.words == "Nothing was sent: the key is not known"
        assert not hooks.desk.subscriptions.all

    play(scenario)


def test_after_an_unknown_end_the_one_that_was_made_is_pointed_at_and_the_others_are_still_made() -> None:
    async def scenario(hooks: Hooks) -> None:
        subscriptions = hooks.desk.subscriptions
        hooks.venue.put(subscription(3))
        await subscriptions.read()
        hooks.venue.made_anyway = True
        hooks.venue.troubles["register"] = [UnknownError("The line broke.")]
        made = await subscriptions.create(TARGET, ["MATCH_STARTED", "ODDS_UPDATED"])
        assert made[0].words == "The line broke. It exists (17), and its secret is lost: delete it and make another."
        assert made[1].new is not None
        assert subscriptions.secret_state(17) is SecretState.NOT_STORED

    play(scenario)


@pytest.mark.parametrize("is_list_known", [False, True])
def test_an_old_subscription_is_never_taken_for_the_one_of_an_unknown_end(is_list_known: bool) -> None:
    async def scenario(hooks: Hooks) -> None:
        subscriptions = hooks.desk.subscriptions
        if is_list_known:
            await subscriptions.read()
            hooks.venue.troubles["webhooks"] = [UnknownError("again")]
        hooks.venue.put(subscription(3))
        hooks.venue.troubles["register"] = [UnknownError("The line broke.")]
        (made,) = await subscriptions.create(TARGET, ["ODDS_UPDATED"])
        assert "(3)" not in made.words
        assert made.words.endswith("look at the list before you try again.")

    play(scenario)


def test_a_list_that_was_under_way_while_one_was_made_does_not_lose_it() -> None:
    async def scenario(hooks: Hooks) -> None:
        subscriptions = hooks.desk.subscriptions
        gate, seen = asyncio.Event(), list[bool]()
        hooks.venue.before = gate.wait
        subscriptions.changed.connect(lambda: seen.append(17 in subscriptions.all))
        reading = asyncio.create_task(subscriptions.read())
        await asyncio.sleep(0)
        creating = asyncio.create_task(subscriptions.create(TARGET, ["ODDS_UPDATED"]))
        await asyncio.sleep(1)
        gate.set()
        await asyncio.gather(reading, creating)
        new = creating.result()[0].new
        assert new is not None
        assert list(subscriptions.all) == [new.subscription.id]
        assert all(seen), "not even for a moment"
        assert await subscriptions.store(new.subscription.id, new.secret) == ""
        assert subscriptions.secret_of(new.subscription.id) == new.secret

    play(scenario)


@pytest.mark.parametrize("problem", [None, RefusedError("Webhook not found", status=404)])
def test_what_is_deleted_or_gone_already_loses_its_secret_here_too(problem: VenueError | None) -> None:
    async def scenario(hooks: Hooks) -> None:
        subscriptions = hooks.desk.subscriptions
        hooks.venue.put(subscription(1))
        hooks.secrets.held = {1: secret_of(1)}
        await subscriptions.read()
        if problem is not None:
            hooks.venue.rows.clear()
            hooks.venue.troubles["unregister"] = [problem]
        assert await subscriptions.delete(1) == ""
        assert hooks.secrets.held == {}
        assert subscriptions.secret_of(1) is None
        assert not subscriptions.all

    play(scenario)


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (NotSentError("No line."), "No line."),
        (RefusedError("Not yours", status=403), "Not yours"),
        (UnknownError("The line broke."), "The line broke. Whether it was deleted is not known: look at the list again."),
    ],
)
def test_what_was_not_deleted_for_certain_keeps_its_secret(problem: VenueError, words: str) -> None:
    async def scenario(hooks: Hooks) -> None:
        subscriptions = hooks.desk.subscriptions
        hooks.venue.put(subscription(1))
        hooks.secrets.held = {1: secret_of(1)}
        await subscriptions.read()
        hooks.venue.troubles["unregister"] = [problem]
        assert await subscriptions.delete(1) == words
        assert hooks.secrets.held == {1: secret_of(1)}
        assert subscriptions.secret_of(1) == secret_of(1)

    play(scenario)


def test_an_unknown_deletion_that_the_list_confirms_is_one() -> None:
    async def scenario(hooks: Hooks) -> None:
        subscriptions = hooks.desk.subscriptions
        hooks.venue.put(subscription(1))
        hooks.secrets.held = {1: secret_of(1)}
        await subscriptions.read()
        hooks.venue.rows.clear()
        hooks.venue.troubles["unregister"] = [UnknownError("The line broke.")]
        assert await subscriptions.delete(1) == ""
        assert hooks.secrets.held == {}

    play(scenario)


def test_a_deleted_one_is_gone_from_the_list_even_where_that_cannot_be_read_again() -> None:
    async def scenario(hooks: Hooks) -> None:
        subscriptions = hooks.desk.subscriptions
        hooks.venue.put(subscription(1))
        await subscriptions.read()
        hooks.venue.troubles["webhooks"] = [UnknownError("nothing came")]
        assert await subscriptions.delete(1) == ""
        assert not subscriptions.all
        assert hooks.desk.consequence(1) == "It does not exist any more."

    play(scenario)


def test_a_list_that_fails_leaves_what_was_known_and_says_why() -> None:
    async def scenario(hooks: Hooks) -> None:
        subscriptions = hooks.desk.subscriptions
        hooks.venue.put(subscription(1))
        await subscriptions.read()
        hooks.venue.troubles["webhooks"] = [UnknownError("nothing came")]
        await subscriptions.read()
        assert subscriptions.trouble == "nothing came"
        assert list(subscriptions.all) == [1]
        await subscriptions.read()
        assert subscriptions.trouble == ""

    play(scenario)


def test_a_list_is_read_again_soon_until_it_is_known_and_then_now_and_then() -> None:
    async def scenario(hooks: Hooks) -> None:
        hooks.venue.troubles["webhooks"] = [UnknownError("nothing came") for _ in range(3)]
        hooks.desk.start()
        await asyncio.sleep(3 * RETRY + 0.5)
        assert len(hooks.venue.calls) == 4
        await asyncio.sleep(2 * REREAD)
        assert len(hooks.venue.calls) == 6
        hooks.feed.session.venue_is_gone("The key was refused")
        await asyncio.sleep(5 * REREAD)
        assert len(hooks.venue.calls) == 6, "nothing is asked of a feed that is not asked"
        hooks.feed.session.venue_is_back()
        hooks.desk.venue_is_back()
        await asyncio.sleep(1)
        assert len(hooks.venue.calls) == 7

    play(scenario)


@pytest.mark.parametrize(
    ("many", "words"),
    [
        (1, "The feed does not list the one subscription that it listed before."),
        (4, "The feed lists none of the 4 subscriptions that it listed before."),
    ],
)
def test_that_all_are_gone_since_the_last_reading_is_said_once(many: int, words: str) -> None:
    async def scenario(hooks: Hooks) -> None:
        hooks.venue.put(*(subscription(number) for number in range(1, many + 1)))
        await hooks.desk.subscriptions.read()
        hooks.venue.rows.clear()
        await hooks.desk.subscriptions.read()
        await hooks.desk.subscriptions.read()
        assert hooks.words == [words]

    play(scenario)


def test_others_with_the_same_numbers_are_no_less_gone_and_what_was_deleted_here_is_not() -> None:
    async def scenario(hooks: Hooks) -> None:
        hooks.venue.put(subscription(1), subscription(2))
        await hooks.desk.subscriptions.read()
        await hooks.desk.subscriptions.delete(1)
        await hooks.desk.subscriptions.delete(2)
        assert hooks.words == []
        hooks.venue.put(subscription(1), subscription(2))
        await hooks.desk.subscriptions.read()
        hooks.venue.rows = {number: subscription(number, "MATCH_STARTED") for number in (1, 2)}
        await hooks.desk.subscriptions.read()
        assert hooks.words == ["The feed lists none of the 2 subscriptions that it listed before."]

    play(scenario)


def test_a_reading_that_failed_is_tried_again_soon_and_its_words_go_when_it_succeeds() -> None:
    async def scenario(hooks: Hooks) -> None:
        hooks.desk.start()
        await asyncio.sleep(1)
        hooks.venue.troubles["webhooks"] = [VenueError("The feed does not answer.")]
        await hooks.desk.subscriptions.read()
        hooks.venue.troubles["webhooks"] = [VenueError("The feed does not answer.")]
        await asyncio.sleep(REREAD)
        assert hooks.desk.subscriptions.trouble == "The feed does not answer."
        await asyncio.sleep(AGAIN)
        assert hooks.desk.subscriptions.trouble == ""

    play(scenario)


def test_what_deleting_means_is_said_with_figures() -> None:
    async def scenario(hooks: Hooks) -> None:
        hooks.venue.put(subscription(17))
        await hooks.desk.subscriptions.read()
        hooks.shelf.put(*(delivery(hooks.ago(60)) for _ in range(3)))
        await hooks.desk.deliveries.count()
        assert hooks.desk.consequence(17).startswith("3 of its deliveries came in 24 h. Nobody is told of ODDS_UPDATED any more;")
        assert hooks.desk.consequence(17).endswith(" Its secret is not on this computer.")
        hooks.feed.session.watch(False)
        hooks.feed.session.figures.interval = 1.5  # as it was at the last poll
        assert "goes on polling each 5 s." in hooks.desk.consequence(17)
        await hooks.desk.subscriptions.store(17, secret_of(17))
        assert hooks.desk.consequence(17).endswith("Its secret is removed from this computer, and the feed never tells it again.")
        hooks.venue.put(subscription(18, url=TARGET + "/2"))
        await hooks.desk.subscriptions.read()
        assert "still delivered by 18" in hooks.desk.consequence(17)

    play(scenario)


def test_what_cannot_be_asked_for_is_said_before_it_is() -> None:
    async def scenario(hooks: Hooks) -> None:
        subscriptions = hooks.desk.subscriptions
        assert subscriptions.objection("http://hooks.example.com/x", ALL).startswith("The feed delivers to https:// only")
        assert subscriptions.objection(TARGET, []) == "Tick at least one event."
        assert subscriptions.objection(TARGET, ALL) == ""
        assert subscriptions.warning(TARGET, ALL) == ""
        hooks.venue.put(subscription(3))
        await subscriptions.read()
        assert "each would be delivered twice" in subscriptions.warning(TARGET, ALL)

    play(scenario)


def test_the_secret_of_what_the_feed_has_no_more_goes_at_the_second_whole_list_and_is_said() -> None:
    async def scenario(hooks: Hooks) -> None:
        subscriptions = hooks.desk.subscriptions
        hooks.venue.put(subscription(18))
        hooks.secrets.held = {17: secret_of(17), 18: secret_of(18)}
        await subscriptions.read()
        assert set(hooks.secrets.held) == {17, 18}, "a list may be wrong once"
        assert subscriptions.has_strays
        await subscriptions.read()
        assert set(hooks.secrets.held) == {18}
        assert hooks.words == ["The feed has no subscription 17 any more: its secret was removed from the keyring."]
        assert not subscriptions.has_strays

    play(scenario)


@pytest.mark.parametrize("why", ["damaged", "unanswered", "back again", "just made"])
def test_no_secret_goes_while_its_subscription_may_be_there(why: str) -> None:
    async def scenario(hooks: Hooks) -> None:
        subscriptions = hooks.desk.subscriptions
        hooks.secrets.held = {17: secret_of(17)}
        hooks.venue.put(subscription(18))
        await subscriptions.read()
        if why == "damaged":
            hooks.venue.faults = ("A row could not be read.",)
        elif why == "unanswered":
            hooks.venue.troubles["webhooks"] = [UnknownError("nothing came back")]
        elif why == "back again":
            hooks.venue.put(subscription(17))
        else:
            hooks.secrets.held = {19: secret_of(19)}
        await subscriptions.read()
        assert hooks.secrets.held
        assert hooks.words == []

    play(scenario)


def test_a_locked_keyring_keeps_what_is_gone_and_it_goes_when_it_answers() -> None:
    async def scenario(hooks: Hooks) -> None:
        subscriptions = hooks.desk.subscriptions
        hooks.venue.put(subscription(18))
        hooks.secrets.held = {17: secret_of(17), 18: secret_of(18)}
        await subscriptions.read()
        hooks.secrets.trouble = VaultError("The keyring is locked.")
        for _ in range(3):
            await subscriptions.read()
        assert set(hooks.secrets.held) == {17, 18}
        assert len(hooks.words) == 1, "it is said once"
        assert not subscriptions.has_strays, "and nothing is hurried for it"
        hooks.secrets.trouble = None
        await subscriptions.read()
        assert set(hooks.secrets.held) == {18}

    play(scenario)
