"""Webhooks in the running program: subscribed to by the page, delivered, faults and gaps seen, rotated; and nothing left behind."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.domain.profile import PRACTICE_FEED
from app.domain.webhook import HookEvent, Verdict
from app.feed_entrance import FeedEntrance
from app.receiver_child import ReceiverProcess
from app.services.hooks.choice import HookChoice
from app.services.hooks.desk import HookDesk
from app.services.hooks.known_secrets import SecretState
from app.services.hooks.ports import ReceiverState
from app.ui.hooks.window import HooksWindow
from tests.e2e.story import Story, play
from tests.kit_canary import assert_absent

pytestmark = [
    pytest.mark.usefixtures("qapp"),
    pytest.mark.qt_log_ignore(
        "This plugin does not support", "pipewire-0.3", "No HW decoder", "No RHI backend", "Cannot set loops", extend=True
    ),
    # Size hints on a screen that is none; what a machine without a graphics card and without a camera says of its video.
]
PATIENCE = 2.0


class Page:
    """The page of webhooks of the practice league, and what stands behind it."""

    def __init__(self, story: Story) -> None:
        self.story = story
        entrance = story.program.entrances[1]
        assert isinstance(entrance, FeedEntrance)
        story.window.feeds[0].show_hooks()
        self.window: HooksWindow = story.window.feeds[0].hooks
        self.desk: HookDesk = entrance.terminal.hooks
        self.notices = entrance.notices
        self.port = free_port()

    @property
    def target(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks/rankacy"

    @property
    def pid(self) -> int:
        receiver = self.desk.reception._receiver
        assert isinstance(receiver, ReceiverProcess)
        assert receiver.pid is not None
        return receiver.pid

    async def begin(self) -> None:
        """Subscribe to all four, store their secrets, receive."""
        assert await self.desk.reception.use(HookChoice(port=self.port, patience=PATIENCE)) == ""
        box = self.window.new_box
        self.window.head.new.click()
        box.url.setText(self.target)
        for tick in box.ticks.values():
            tick.setChecked(True)
        box.make.click()
        await self.store(len(HookEvent))
        self.window.head.switch.click()
        await self.story.until(lambda: self.desk.reception.state is ReceiverState.RUNNING, "the receiver to run")

    async def store(self, many: int) -> None:
        box = self.window.secrets_box
        await self.story.until(lambda: len(box.lines) == many, "the secrets")
        for line in box.lines:
            line.store.click()
        await self.story.until(lambda: all(line.is_stored for line in box.lines), "the secrets to be stored")
        box.enough.click()  # there is no keyring here: they are kept for this run only
        assert not box.is_holding
        box.harmless.click()
        assert not box.isVisible()

    async def exchange(self, *, is_corrupt: bool = False, is_dropping: bool = False) -> None:
        """From now on the exchange delivers so: switched on the page."""
        box, faults = self.window.trial.faults, self.desk.faults
        assert box is not None
        assert faults is not None
        box.corrupt.setChecked(is_corrupt)
        box.drop.setChecked(is_dropping)
        wanted = box.wanted
        box.use.click()
        await self.story.until(lambda: faults.now == wanted, "the exchange's faults to be switched")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def test_webhooks_from_the_first_subscription_to_the_end_of_the_program(tmp_path: Path, qtbot: QtBot) -> None:
    secrets: list[str] = []
    pids: list[int] = []
    texts: dict[str, str] = {}

    async def act(story: Story) -> None:
        await story.connected()
        story.program.connect(PRACTICE_FEED)
        await story.until(lambda: story.window.feeds and story.window.feeds[0].session.matches.listed("LIVE"), "the live matches")
        page = Page(story)
        desk, window = page.desk, page.window
        await page.begin()
        pids.append(page.pid)
        subscriptions = desk.subscriptions
        assert [each.event for each in subscriptions.all.values()] == [str(event) for event in HookEvent]
        states = {subscriptions.secret_state(each) for each in subscriptions.all}
        assert states in ({SecretState.STORED}, {SecretState.THIS_RUN}), "as this computer has a keyring or none"
        secrets.extend(secret.reveal() for each in subscriptions.all if (secret := subscriptions.secret_of(each)) is not None)

        newest = desk.deliveries
        await story.until(lambda: sum(row.verdict is Verdict.VALID for row in newest.newest) >= 5, "five valid deliveries", 60)
        await story.until(lambda: any("/odds/changes" in row.refetched for row in newest.newest), "the changes to be read because of one")
        await story.until(lambda: desk.gaps.figures.expected >= 5 and not desk.gaps.why_off(), "changes that a delivery is expected of", 60)
        assert desk.gaps.figures.missed + desk.gaps.figures.late == 0, [row for row in newest.newest if row.verdict is Verdict.MISSED]
        assert all(row.verdict in {Verdict.VALID, Verdict.DUPLICATE} for row in newest.newest)

        await page.exchange(is_corrupt=True)
        await story.until(lambda: any(row.verdict is Verdict.BAD for row in newest.newest), "a corrupted delivery to be refused", 60)
        await page.exchange(is_dropping=True)
        await story.until(lambda: any(row.verdict is Verdict.MISSED for row in newest.newest), "a dropped one to be missed", 60)
        await page.exchange()
        said = [notice.words for notice in page.notices.lines if "refused for the signature" in notice.words]
        assert len(said) == 1, "once a minute, however many there are"
        assert ": " in said[0], "with its reason"

        old = next(each.id for each in subscriptions.all.values() if each.event == HookEvent.ODDS_UPDATED)
        window.rotate_box.begin(old)
        window.rotate_box.start.click()
        await page.store(1)
        rotation = subscriptions.rotation_of(old)
        assert rotation is not None
        await story.until(lambda: desk.is_proven(rotation), "a delivery by the new one", 60)
        new_secret = subscriptions.secret_of(rotation.new_id)
        assert new_secret is not None
        secrets.append(new_secret.reveal())
        window.rotate_box.finish.click()
        await story.until(lambda: old not in subscriptions.all, "the old one to be deleted")
        assert subscriptions.rotations() == ()
        window.rotate_box.reject()
        texts.update({f"notice {number}": notice.words for number, notice in enumerate(page.notices.lines)})

    play(tmp_path / "home", act)
    assert len(set(secrets)) == 5
    assert not Path(f"/proc/{pids[0]}").exists(), "its receiver ended with the program"
    assert list((tmp_path / "home" / "data" / "deliveries").glob("*.sqlite")), "what came is kept"
    assert_absent(secrets, tmp_path, texts)
