"""The tour's step at the page of webhooks: subscribed by clicks, received by the program's own receiver, verified."""

from __future__ import annotations

import socket

from PySide6.QtTest import QTest

from app.domain.webhook import HookEvent
from app.services.hooks.choice import HookChoice
from app.services.hooks.ports import ReceiverState
from app.tour.league import LeagueSteps

WANTED = 3  # deliveries that have to come


class WebhookSteps(LeagueSteps):
    """After the league is connected."""

    async def _webhooks(self) -> str:
        """Every event to an address of this computer, secrets into the keyring or for this run, and deliveries that are valid."""
        self._feed.hooks_button.click()
        page, desk = self._feed.hooks, self._feed.connected.hooks
        self.shown = page
        await desk.reception.use(HookChoice(port=_free_port()))
        self._click(page.head.new)
        box = page.new_box
        box.url.clear()
        QTest.keyClicks(box.url, desk.deliveries.place("/tour"))
        for tick in box.ticks.values():
            tick.setChecked(True)
        self._click(box.make)
        secrets = page.secrets_box
        await self._until(lambda: len(secrets.lines) == len(HookEvent), 10, "a secret for each event")
        for line in secrets.lines:
            self._click(line.store)
        await self._until(lambda: all(line.is_stored for line in secrets.lines), 20, "the secrets to be stored")
        if secrets.is_holding:  # without a keyring they are kept for this run only, and that has to be meant
            self._click(secrets.enough)
        self._click(secrets.harmless)
        self._click(page.head.switch)
        await self._until(lambda: desk.reception.state is ReceiverState.RUNNING, 20, "the receiver to run")
        await self._until(lambda: desk.reception.counts.valid >= WANTED, 30, "deliveries that are valid")
        counts = desk.reception.counts
        return (
            f"{len(desk.subscriptions.all)} subscriptions, {counts.valid} valid deliveries, {counts.bad} bad, at port {desk.reception.port}"
        )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
