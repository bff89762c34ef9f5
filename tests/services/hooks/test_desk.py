"""All of an account's webhooks together: received as chosen, watched for gaps only where deliveries surely come here, ended whole."""

from __future__ import annotations

import asyncio

import pytest

from app.domain.webhook import HookEvent, Verdict
from app.services.hooks.choice import HookChoice
from app.services.hooks.ports import ReceiverState
from app.services.hooks.trials import Flaw
from tests.services.hooks.desk_kit import HERE, ODDS, change, missed, received
from tests.services.hooks.kit import TARGET, Hooks, delivery, play, secret_of, subscription


def test_a_change_without_a_delivery_is_listed_with_whose_it_should_have_been() -> None:
    async def scenario(hooks: Hooks) -> None:
        await received(hooks)
        change(hooks)
        await asyncio.sleep(20)
        assert missed(hooks) == [(ODDS, 42, Verdict.MISSED)]
        assert [row.subscription_id for row in hooks.desk.deliveries.newest] == [17]
        assert hooks.words == [], "a missed one is no notice"

    play(scenario)


def test_a_delivery_before_the_poll_accuses_nobody() -> None:
    async def scenario(hooks: Hooks) -> None:
        await received(hooks)
        change(hooks)
        hooks.come(delivery(hooks.clock.now()))
        await asyncio.sleep(20)
        assert missed(hooks) == []
        assert hooks.desk.gaps.figures.expected == 1

    play(scenario)


def test_a_late_one_is_marked_although_its_row_was_not_written_yet() -> None:
    async def scenario(hooks: Hooks) -> None:
        await received(hooks)
        change(hooks)
        await asyncio.sleep(8)
        hooks.come(delivery(hooks.clock.now()))
        await asyncio.sleep(20)
        assert missed(hooks) == [(ODDS, 42, Verdict.LATE)]
        rows = [row for row in hooks.desk.deliveries.newest if row.verdict is Verdict.LATE]
        assert len(rows) == 1
        assert rows[0].reason.startswith("a delivery came ")

    play(scenario)


@pytest.mark.parametrize("why", ["other event", "inactive", "not stored", "stopped", "failed", "gone"])
def test_nothing_is_expected_where_nothing_can_come(why: str) -> None:
    async def scenario(hooks: Hooks) -> None:
        await received(hooks, is_active=why != "inactive")
        if why == "other event":
            hooks.venue.rows = {17: subscription(17, "MATCH_STARTED", HERE)}
            await hooks.desk.subscriptions.read()
        elif why == "not stored":
            hooks.venue.rows = {18: subscription(18, url=HERE)}
            await hooks.desk.subscriptions.read()
        elif why == "stopped":
            await hooks.desk.reception.stop()
        elif why == "failed":
            hooks.receiver.become(ReceiverState.FAILED, "killed by signal 9")
        elif why == "gone":
            change(hooks)
            await asyncio.sleep(2)
            hooks.feed.session.venue_is_gone("The exchange ended")
        await asyncio.sleep(10)
        change(hooks, 2)
        await asyncio.sleep(30)
        assert missed(hooks) == []
        assert hooks.desk.gaps._why_off(ODDS)

    play(scenario)


def test_what_is_received_anew_is_not_accused_of_what_came_before() -> None:
    async def scenario(hooks: Hooks) -> None:
        await received(hooks)
        change(hooks)
        hooks.receiver.become(ReceiverState.FAILED, "killed")
        await hooks.desk.reception.open()
        await asyncio.sleep(30)
        assert missed(hooks) == []
        change(hooks, 2)
        await asyncio.sleep(30)
        assert len(missed(hooks)) == 1

    play(scenario)


def test_a_target_on_the_internet_is_expected_of_once_something_came_from_there_and_our_own_tests_do_not_count() -> None:
    async def scenario(hooks: Hooks) -> None:
        await received(hooks, TARGET)
        change(hooks)
        await asyncio.sleep(30)
        assert missed(hooks) == []
        assert "its target may lead elsewhere" in hooks.desk.gaps._why_off(ODDS)
        await hooks.desk.trials.send(HERE, ODDS, 42, Flaw.GOOD, secret_of(17))
        hooks.come(delivery(hooks.clock.now()))
        await asyncio.sleep(30)
        assert hooks.desk.gaps._why_off(ODDS), "what we sent ourselves shows nothing"
        hooks.come(delivery(hooks.clock.now()))
        await asyncio.sleep(30)
        assert hooks.desk.gaps._why_off(ODDS) == ""
        change(hooks, 2)
        await asyncio.sleep(30)
        assert missed(hooks) == [(ODDS, 42, Verdict.MISSED)]
        await hooks.desk.reception.use(HookChoice(port=8900))
        assert hooks.desk.gaps._why_off(ODDS), "another port is another place"

    play(scenario)


def test_a_subscription_that_was_deleted_elsewhere_is_found_out_before_anybody_is_accused() -> None:
    async def scenario(hooks: Hooks) -> None:
        await received(hooks)
        hooks.venue.rows.clear()
        for number in range(1, 4):
            change(hooks, number)
            await asyncio.sleep(10)
        assert missed(hooks) == []
        assert hooks.desk.gaps.figures.missed == 0
        assert not hooks.desk.subscriptions.all

    play(scenario)


def test_many_that_are_missed_ask_for_the_list_seldom() -> None:
    async def scenario(hooks: Hooks) -> None:
        await received(hooks)
        hooks.venue.calls.clear()
        for number in range(100):
            change(hooks, number)
            await asyncio.sleep(1)
        await asyncio.sleep(20)
        assert len(missed(hooks)) >= 10
        assert len(hooks.venue.calls) <= 13

    play(scenario)


def test_no_secret_is_in_any_word_or_repr() -> None:
    async def scenario(hooks: Hooks) -> None:
        desk = hooks.desk
        await desk.reception.start()
        made = await desk.subscriptions.create(TARGET, [str(event) for event in HookEvent])
        for each in made:
            assert each.new is not None
            await desk.subscriptions.store(each.new.subscription.id, each.new.secret)
        said = [*hooks.words, desk.reception.words, repr(made), repr(hooks.receiver.plans), repr(desk.subscriptions.all)]
        assert not any("practice-secret" in words for words in said)

    play(scenario)


def test_a_test_of_our_own_covers_no_change_of_the_feed() -> None:
    async def scenario(hooks: Hooks) -> None:
        await received(hooks)
        change(hooks)
        await hooks.desk.trials.send(HERE, ODDS, 42, Flaw.GOOD, secret_of(17))
        hooks.come(delivery(hooks.clock.now()))
        await asyncio.sleep(20)
        assert missed(hooks) == [(ODDS, 42, Verdict.MISSED)]

    play(scenario)
