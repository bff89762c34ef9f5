"""The receiver as a person chose it: on or off, at a port, told of every subscription whose secret is here."""

from __future__ import annotations

import asyncio

import pytest

from app.domain.errors import UnknownError
from app.domain.receiving import Plan
from app.services.hooks.choice import HookChoice
from app.services.hooks.desk import RETRY
from app.services.hooks.ports import ReceiverState
from tests.services.hooks.desk_kit import ODDS, change, missed, named, received, routed
from tests.services.hooks.kit import TARGET, Hooks, play, secret_of, subscription


def test_what_was_on_is_on_again_and_what_was_off_is_not() -> None:
    for is_on in (True, False):

        async def scenario(hooks: Hooks, is_on: bool = is_on) -> None:
            hooks.venue.put(subscription(17))
            hooks.secrets.held = {17: secret_of(17)}
            hooks.desk.start()
            await asyncio.sleep(1)
            assert (hooks.desk.reception.state is ReceiverState.RUNNING) is is_on
            if is_on:
                (plan,) = hooks.receiver.plans
                assert [(route.path, route.subscription_id, route.event) for route in plan.routes] == [("/rankacy", 17, ODDS)]

        play(scenario, choice=HookChoice(is_on=is_on))


def test_starting_and_stopping_are_remembered_and_the_end_of_the_program_is_not() -> None:
    async def scenario(hooks: Hooks) -> None:
        await hooks.desk.reception.start()
        await hooks.desk.reception.stop()
        await hooks.desk.reception.start()
        await hooks.desk.close()
        assert [choice.is_on for choice in hooks.kept] == [True, False, True]
        assert hooks.receiver.state is ReceiverState.STOPPED
        assert hooks.shelf.is_closed

    play(scenario)


def test_a_list_that_fails_at_the_start_opens_the_receiver_all_the_same_and_its_routes_come_with_the_list() -> None:
    async def scenario(hooks: Hooks) -> None:
        hooks.venue.put(subscription(17))
        hooks.secrets.held = {17: secret_of(17)}
        hooks.venue.troubles["webhooks"] = [UnknownError("nothing came")]
        hooks.desk.start()
        await asyncio.sleep(1)
        assert hooks.receiver.plans[-1].routes == ()
        await asyncio.sleep(RETRY)
        assert routed(hooks) == [17]

    play(scenario, choice=HookChoice(is_on=True))


def test_routes_follow_what_is_stored_and_deleted_and_nothing_is_told_twice() -> None:
    async def scenario(hooks: Hooks) -> None:
        desk = hooks.desk
        await desk.reception.start()
        made = await desk.subscriptions.create(TARGET, ["MATCH_CREATED", ODDS])
        assert routed(hooks) == [17, 18], "a secret that was just told is known"
        desk.subscriptions.let_go([17, 18])
        assert routed(hooks) == []
        assert named(hooks) == [17, 18], "what comes for them is told from what is bad"
        for each in made:
            assert each.new is not None
            await desk.subscriptions.store(each.new.subscription.id, each.new.secret)
        assert routed(hooks) == [17, 18]
        plans = len(hooks.receiver.plans)
        await desk.subscriptions.read()
        assert len(hooks.receiver.plans) == plans
        await desk.subscriptions.delete(17)
        assert routed(hooks) == [18]
        assert desk.reception.is_received(18)
        assert not desk.reception.is_received(17)

    play(scenario)


def test_a_port_that_is_taken_is_said_with_one_that_is_free_and_choosing_that_opens_it() -> None:
    async def scenario(hooks: Hooks) -> None:
        hooks.receiver.trouble = "Port 8765 of this computer cannot be listened on: Address already in use. Choose another one."
        hooks.taken = {8765, 8766}
        reception = hooks.desk.reception
        await reception.start()
        assert reception.words == "The receiver does not run: Port 8765 is taken by another program; 8767 is free"
        assert hooks.words == [reception.words]
        hooks.receiver.trouble = ""
        assert await reception.use(HookChoice(port=reception.free_port)) == ""
        assert (reception.state, reception.port) == (ReceiverState.RUNNING, 8767)
        assert hooks.kept[-1] == HookChoice(port=8767, is_on=True)

    play(scenario)


def test_another_port_that_is_taken_is_refused_before_the_one_that_is_had_is_given_up() -> None:
    async def scenario(hooks: Hooks) -> None:
        reception = hooks.desk.reception
        await reception.start()
        hooks.taken = {8799}
        assert await reception.use(HookChoice(port=8799)) == "Port 8799 is taken by another program; 8800 is free."
        assert (reception.state, reception.port, reception.choice) == (ReceiverState.RUNNING, 8765, HookChoice(is_on=True))
        assert len(hooks.receiver.plans) == 1
        assert hooks.words == []
        hooks.taken = set(range(8700, 8900))
        assert await reception.use(HookChoice(port=8799)) == "Port 8799 is taken by another program."

    play(scenario)


def test_the_port_that_the_receiver_has_is_not_taken_from_it_by_a_change_of_anything_else() -> None:
    async def scenario(hooks: Hooks) -> None:
        reception = hooks.desk.reception
        await reception.start()
        hooks.taken = {8764, 8765}  # 8765 by the receiver itself
        assert await reception.use(HookChoice(rate=50)) == ""
        assert reception.choice == HookChoice(rate=50, is_on=True)
        assert await reception.use(HookChoice(port=8764)) == "Port 8764 is taken by another program; 8766 is free."

    play(scenario)


def test_a_target_on_another_port_of_this_computer_is_not_received_and_the_gap_watch_says_so() -> None:
    async def scenario(hooks: Hooks) -> None:
        await received(hooks)
        assert hooks.desk.reception.is_received(17)
        assert await hooks.desk.reception.use(HookChoice(port=8799)) == ""
        assert hooks.desk.reception.why_not_received(17) == "its target is port 8765, and the receiver is on 8799"
        assert not hooks.desk.reception.is_received(17)
        assert hooks.desk.gaps.why_off() == (
            "Subscription 17 is not received here because its target is port 8765, and the receiver is on 8799"
        )
        change(hooks)
        await asyncio.sleep(20)
        assert missed(hooks) == []

    play(scenario)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (TARGET, ""), ("http://localhost:8765/hook", ""), ("http://127.0.0.1:8765/hook", ""),
        ("http://127.0.0.1/hook", "its target is port 80, and the receiver is on 8765"),
        ("http://127.0.0.1:8765/other", "its target is at /other, and the receiver takes it at /hook"),
    ],
)  # fmt: skip
def test_only_a_target_on_this_computer_is_known_to_lead_elsewhere(url: str, words: str) -> None:
    async def scenario(hooks: Hooks) -> None:
        await received(hooks, url)
        await hooks.desk.reception.use(HookChoice(path="/hook"))
        assert hooks.desk.reception.why_not_received(17) == words
        assert hooks.desk.reception.is_received(17) == (words == "")

    play(scenario)


def test_another_port_opens_a_running_receiver_anew_and_a_stopped_one_not_at_all() -> None:
    async def scenario(hooks: Hooks) -> None:
        reception = hooks.desk.reception
        await reception.use(HookChoice(port=8900))
        assert hooks.receiver.plans == []
        await reception.start()
        await reception.use(HookChoice(port=8901))
        assert (reception.state, reception.port) == (ReceiverState.RUNNING, 8901)
        await reception.use(HookChoice(port=8901, path="/other", rate=50))
        assert hooks.receiver.plans[-1].rate == 50
        assert await reception.use(HookChoice(port=80)) != ""
        assert reception.choice.port == 8901

    play(scenario)


def test_a_receiver_that_dies_is_said_once_and_is_not_counted_on() -> None:
    async def scenario(hooks: Hooks) -> None:
        await received(hooks)
        hooks.receiver.become(ReceiverState.FAILED, "its process ended by itself (killed by signal 9)")
        await asyncio.sleep(100)
        assert hooks.words == ["The receiver does not run: its process ended by itself (killed by signal 9)"]
        assert not hooks.desk.reception.is_received(17)
        assert hooks.desk.reception.choice.is_on, "the next start tries again"

    play(scenario)


def test_a_choice_that_cannot_be_kept_holds_and_is_said() -> None:
    async def scenario(hooks: Hooks) -> None:
        hooks.trouble = "It could not be kept."
        assert await hooks.desk.reception.use(HookChoice(port=8900)) == ""
        assert hooks.desk.reception.choice.port == 8900
        assert hooks.words == ["It could not be kept."]

    play(scenario)


def test_what_became_of_a_damaged_file_is_said_when_the_receiver_runs() -> None:
    hooks = Hooks()
    hooks.receiver.become(ReceiverState.RUNNING, "The file of deliveries could not be used")
    assert hooks.words == ["The file of deliveries could not be used"]


def test_a_route_that_comes_while_the_receiver_is_opened_anew_is_received_when_it_runs() -> None:
    async def scenario(hooks: Hooks) -> None:
        hooks.venue.put(subscription(17))
        hooks.secrets.held = {17: secret_of(17), 18: secret_of(18)}
        await hooks.desk.subscriptions.read()
        opened = asyncio.Event()
        start = hooks.receiver.start

        async def slow(plan: Plan) -> None:
            hooks.receiver.become(ReceiverState.STARTING)
            await opened.wait()
            await start(plan)

        hooks.receiver.start = slow  # type: ignore[method-assign]  # the fake's own, made slow
        opening = asyncio.ensure_future(hooks.desk.reception.start())
        await asyncio.sleep(0)
        hooks.venue.put(subscription(18, "MATCH_STARTED"))
        await hooks.desk.subscriptions.read()
        opened.set()
        await opening
        assert [route.subscription_id for route in hooks.receiver.plans[-1].routes] == [17, 18]
        assert hooks.desk.reception.is_received(18)

    play(scenario)


def test_a_receiver_that_a_person_started_meanwhile_is_not_opened_again() -> None:
    async def scenario(hooks: Hooks) -> None:
        hooks.desk.start()
        await hooks.desk.reception.start()
        await asyncio.sleep(1)
        assert len(hooks.receiver.plans) == 1

    play(scenario, choice=HookChoice(is_on=True))


def test_a_receiver_is_not_opened_for_an_account_that_was_let_go() -> None:
    async def scenario(hooks: Hooks) -> None:
        await hooks.desk.close()
        await hooks.desk.reception.start()
        assert hooks.receiver.plans == []

    play(scenario)
