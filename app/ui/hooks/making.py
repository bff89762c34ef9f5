"""Subscriptions being made: asked for, their secrets shown, and stored where a person says so."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject

from app.services.hooks.known_secrets import SecretState
from app.services.hooks.subscriptions import Made
from app.ui.hooks.boxes import NewSubscriptionBox, failures
from app.ui.hooks.secrets_box import SecretLine, SecretsBox
from app.ui.hooks.subscriptions import SubscriptionsPane
from app.ui.hooks.tools import HookTools


class Making(QObject):
    """`is_asking` while an answer is waited for: a secret may be in it, and no second answer has it."""

    def __init__(self, tools: HookTools, pane: SubscriptionsPane, box: SecretsBox, new_box: NewSubscriptionBox) -> None:
        super().__init__(box)
        self._tools = tools
        self._subscriptions = tools.desk.subscriptions
        self._pane = pane
        self._box = box
        self._new_box = new_box
        self._asked = 0
        box.store_wanted.connect(self._store)
        box.let_go.connect(self._subscriptions.let_go)

    @property
    def is_asking(self) -> bool:
        return self._asked > 0

    def create(self, url: str, events: list[str]) -> None:
        self._tools.start(self._make(url, events))

    def rotate(self, subscription_id: int) -> None:
        self._tools.start(self._make_another(subscription_id))

    async def _make(self, url: str, events: list[str]) -> None:
        self._asked += 1
        try:
            made = await self._subscriptions.create(url, events)
            self._show(made)
            if words := failures(made) if not any(each.new for each in made) else "":
                self._new_box.begin(url, events, words)
        finally:
            self._asked -= 1

    async def _make_another(self, subscription_id: int) -> None:
        self._asked += 1
        try:
            self._show([await self._subscriptions.rotate(subscription_id)])
        finally:
            self._asked -= 1

    def _show(self, made: Sequence[Made]) -> None:
        new = [each.new for each in made if each.new is not None]
        words = failures(made)
        self._pane.say(words)
        if words:
            self._tools.say(words)
        if new:
            self._box.begin(new, words)

    def _store(self, line: SecretLine) -> None:
        self._tools.start(self._keep(line))

    async def _keep(self, line: SecretLine) -> None:
        words = await self._subscriptions.store(line.id, line.secret)
        line.stored(words, is_for_this_run=self._subscriptions.secret_state(line.id) is SecretState.THIS_RUN)
