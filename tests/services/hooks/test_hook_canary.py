"""Canaries as secrets go through the services and the real shelf of secrets, whatever its keyring does; nothing tells them."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from keyring import errors

from app.domain.errors import UnknownError
from app.domain.profile import PRACTICE_FEED
from app.domain.secret import Secret
from app.domain.webhook import HookEvent, NewSubscription
from app.services.hooks.trials import Flaw
from app.store.vault.hook_secrets import HookSecrets
from tests.kit_canary import assert_absent, canary
from tests.services.hooks.kit import TARGET, FakeHookVenue, Hooks, delivery
from tests.store.vault.kit import FakeKeyring, folders


class _Telling(FakeHookVenue):
    """Tells canaries as secrets."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []

    async def register(self, event: str, target_url: str) -> NewSubscription:
        new = await super().register(event, target_url)
        self.told.append(canary("hook"))
        return NewSubscription(new.subscription, Secret(self.told[-1]))


class _Moody:
    """What a keyring does at each call, in turn; it quotes what it was given in what it raises."""

    def __init__(self, keyring: FakeKeyring) -> None:
        self._keyring = keyring
        self.is_raising = False

    def __call__(self, call: str) -> None:
        if self.is_raising and call in {"done", "got"}:
            raise errors.PasswordSetError(f"refused: {list(self._keyring.entries.values())}")


async def test_secrets_are_told_to_nobody(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    where, keyring = folders(tmp_path), FakeKeyring()
    where.settings.mkdir(parents=True)
    moody = keyring.touched = _Moody(keyring)
    hooks = Hooks(shelf=HookSecrets(PRACTICE_FEED, where, choose=lambda: keyring))
    venue = hooks.desk.subscriptions._venue = _Telling()
    desk, words = hooks.desk, list[str]()
    await desk.reception.start()
    for is_raising in (True, False):
        moody.is_raising = is_raising
        for made in await desk.subscriptions.create(TARGET, [str(event) for event in HookEvent]):
            assert made.new is not None
            words += [repr(made), made.words, await desk.subscriptions.store(made.new.subscription.id, made.new.secret)]
        await desk.subscriptions.read()
        words += [desk.subscriptions.trouble, desk.subscriptions.keyring_trouble]
    last = max(desk.subscriptions.all)
    secret = desk.subscriptions.secret_of(last)
    assert secret is not None
    await desk.trials.send("http://127.0.0.1:8765/rankacy", "ODDS_UPDATED", 42, Flaw.GOOD, secret)
    words.append(repr(desk.verifier.with_stored(b"{}", "sha256=00", last)))
    words.append(repr(hooks.poster.sent))
    (row,) = hooks.come(delivery(hooks.clock.now()))
    words.append(await desk.deliveries.curl(row))
    venue.troubles["unregister"] = [UnknownError("The line broke.")]
    moody.is_raising = True
    words += [await desk.subscriptions.delete(each) for each in list(desk.subscriptions.all)]
    words += [repr(hooks.receiver.plans), desk.reception.words, desk.consequence(last), *hooks.words]
    assert len(set(venue.told)) == 8
    assert "may still be in the keyring" in " ".join(hooks.words)
    texts = {f"words {place}": text for place, text in enumerate(words)} | {"log": caplog.text}
    assert_absent(venue.told, tmp_path, texts)
    await hooks.feed.tasks.stop()
