"""The webhooks of an account put together: what was chosen is there at the next start, each account has a receiver of its own."""

from __future__ import annotations

import socket
from pathlib import Path

import msgspec

from app.domain.environment import Environment
from app.domain.profile import PRACTICE_FEED, Profile
from app.feed_terminal import FeedTerminal
from app.receiver_child import ReceiverProcess
from app.services.hooks.choice import HookChoice
from app.services.hooks.ports import ReceiverState
from app.services.tasks import Tasks
from app.store.paths import folders

ANOTHER = msgspec.structs.replace(PRACTICE_FEED, name="another league", id="another")


def terminal(home: Path, profile: Profile = PRACTICE_FEED) -> FeedTerminal:
    where = folders(home)
    where.make()
    return FeedTerminal(profile, where, tasks=Tasks(lambda problem: None))


def is_running(pid: int | None) -> bool:
    return Path(f"/proc/{pid}").exists()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


async def test_how_webhooks_are_received_is_there_at_the_next_start_of_the_same_account(tmp_path: Path) -> None:
    first = terminal(tmp_path)
    choice = HookChoice(port=8900, path="/mine", hosts=("hooks.example.com",), patience=9.0, rate=50)
    assert await first.hooks.reception.use(choice) == ""
    await first.close()
    for profile, kept in ((PRACTICE_FEED, choice), (ANOTHER, HookChoice())):
        again = terminal(tmp_path, profile)
        assert again.hooks.reception.choice == kept
        await again.close()


async def test_a_choice_that_cannot_be_used_is_said_and_the_usual_one_is_used(tmp_path: Path) -> None:
    first = terminal(tmp_path)
    await first.hooks.reception.use(HookChoice(port=8900))
    await first.close()
    (chosen,) = (tmp_path / "settings").glob("webhooks-*.json")
    for text, words in ((chosen.read_text().replace("8900", "80"), "Webhooks: The port is a number from"), ("{", "Webhooks: webhooks-")):
        chosen.write_text(text)
        again = terminal(tmp_path)
        assert again.hooks.reception.choice == HookChoice()
        assert any(notice.words.startswith(words) for notice in again.notices.lines)
        await again.close()


async def test_the_second_account_is_told_that_the_port_is_taken_and_which_is_free(tmp_path: Path) -> None:
    one, two = terminal(tmp_path), terminal(tmp_path, ANOTHER)
    port = free_port()
    for each in (one, two):
        await each.hooks.reception.use(HookChoice(port=port))
    await one.hooks.reception.start()
    await two.hooks.reception.start()
    first, second = one.hooks.reception, two.hooks.reception
    assert (first.state, second.state) == (ReceiverState.RUNNING, ReceiverState.FAILED)
    assert second.free_port > port
    words = f"The receiver does not run: Port {port} is taken by another program; {second.free_port} is free"
    assert two.notices.lines[-1].words == words
    assert await first.use(HookChoice(port=port, rate=50)) == "", "its own port is not taken from it"
    assert await second.use(HookChoice(port=second.free_port)) == ""
    assert (second.state, second.port) == (ReceiverState.RUNNING, second.choice.port)
    receivers = [each.hooks.reception._receiver for each in (one, two)]
    pids = [receiver.pid for receiver in receivers if isinstance(receiver, ReceiverProcess)]
    assert len(set(pids)) == 2
    for each in (one, two):
        await each.close()
    assert not any(is_running(pid) for pid in pids)


async def test_an_end_in_the_middle_of_a_start_leaves_no_receiver(tmp_path: Path) -> None:
    tasks = Tasks(lambda problem: None)
    where = folders(tmp_path)
    where.make()
    made = FeedTerminal(PRACTICE_FEED, where, tasks=tasks)
    await made.hooks.reception.use(HookChoice(port=free_port()))
    receiver = made.hooks.reception._receiver
    assert isinstance(receiver, ReceiverProcess)
    starting = tasks.start(made.hooks.reception.start())
    while receiver.pid is None:
        await tasks.start(_turn())
    pid = receiver.pid
    await tasks.stop()
    assert starting.cancelled()
    await made.close()
    assert not is_running(pid)


async def _turn() -> None:
    """Let the others run."""


async def test_only_a_practice_account_is_given_the_exchanges_faults(tmp_path: Path) -> None:
    real = [
        msgspec.structs.replace(PRACTICE_FEED, name=environment, id=environment.lower(), environment=environment)
        for environment in Environment
        if environment is not Environment.PRACTICE
    ]
    for profile in (PRACTICE_FEED, *real):
        account = terminal(tmp_path, profile)
        assert (account.hooks.faults is not None) == (profile is PRACTICE_FEED)
        await account.close()
