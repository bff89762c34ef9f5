"""The page of webhooks over services on fakes, shown; a clock by hand, a clipboard that remembers."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import shiboken6

from app.domain.environment import Environment
from app.domain.receiving import Counts, Tidings
from app.domain.secret import Secret
from app.domain.webhook import Delivery, Subscription, Verdict
from app.ui.hooks.tools import HookTools
from app.ui.hooks.window import HooksWindow
from app.ui.theme import Theme
from tests.services.hooks.kit import Hooks, delivery, secret_of, subscription
from tests.ui.kit import SteppedTasks

LOCAL = "http://127.0.0.1:8765/rankacy"


class FakeCopies:
    """A clipboard: what lies in it, and the secrets that were put there."""

    def __init__(self) -> None:
        self.text = ""
        self.secrets: list[Secret] = []
        self.is_refusing = False
        self.expiring: list[Secret] = []

    def copy(self, text: str, what: str = "") -> None:
        self.text = text

    def copy_secret(self, secret: Secret, what: str = "") -> bool:
        if not self.is_refusing:
            self.secrets.append(secret)
        return not self.is_refusing

    def expire(self, pasted: Secret) -> None:
        self.expiring.append(pasted)


class Page:
    """`begin` reads what the fakes hold and shows the window. What was started has gone as far as it can after each call here."""

    def __init__(self, theme: Theme, environment: Environment = Environment.PRACTICE, *, remembered: dict[str, str] | None = None) -> None:
        self.hooks = Hooks(is_practice=environment is Environment.PRACTICE)
        self.desk = self.hooks.desk
        self.tasks = SteppedTasks()
        asyncio.set_event_loop(self.tasks._loop)  # what the services start goes on in the same steps
        self.copies = FakeCopies()
        self.said: list[str] = []
        self.remembered = {} if remembered is None else remembered
        self.tools = HookTools(
            desk=self.desk,
            theme=theme,
            clipboard=self.copies,
            start=self.tasks.start,
            say=self.said.append,
            clock=self.hooks.clock.monotonic,
            now=self.hooks.clock.now,
            is_production=environment is Environment.PRODUCTION,
            recall=lambda name: self.remembered.get(name, ""),
            remember=self.remembered.__setitem__,
        )
        self.window = HooksWindow(None, self.tools, environment, "Rankacy")

    def begin(self, *subscriptions: Subscription, stored: tuple[int, ...] | None = None, is_on: bool = False) -> None:
        """These are subscribed to; of `stored` (of all, without a word) the secret is here."""
        self.hooks.venue.put(*subscriptions)
        numbers = [each.id for each in subscriptions] if stored is None else stored
        self.hooks.secrets.held.update({number: secret_of(number) for number in numbers})
        self.tasks.start(self.desk.subscriptions.read())
        if is_on:
            self.tasks.start(self.desk.reception.start())
        self.window.bring()
        self.frame()

    def come(self, *rows: Delivery) -> list[Delivery]:
        written = self.hooks.come(*rows)
        self.tasks.start(self.desk.deliveries.count())
        self.frame()
        return written

    def tell(self, counts: Counts) -> None:
        self.hooks.receiver.tell(Tidings(counts))
        self.frame()

    def frame(self) -> None:
        """What was announced is shown now, not within 50 ms."""
        self.tasks.settle()
        self.window.refresh()
        self.tasks.settle()

    def close(self) -> None:
        self.window.shut()
        self.tasks.start(self.hooks.feed.tasks.stop())
        self.tasks.give_up()
        asyncio.set_event_loop(None)
        shiboken6.delete(self.window)


def four(url: str = LOCAL) -> tuple[Subscription, ...]:
    """One of each event, at one address."""
    events = ("ODDS_UPDATED", "MATCH_STARTED", "MATCH_FINISHED", "MATCH_CREATED")
    return tuple(subscription(17 + place, event, url) for place, event in enumerate(events))


def some(page: Page) -> list[Delivery]:
    """A day's rows: good, twice, bad, none, refused, missed, late, pinned."""
    odds = ("/odds/changes", "/matches/42/odds")
    unseen = {"answer": None, "took": None, "size": None, "refetched": odds[1:]}
    rows = [
        _ago(page, 400, event="MATCH_CREATED", match_id=44, subscription_id=20, refetched=("/matches", "/matches/upcoming")),
        _ago(page, 300, Verdict.REFUSED, event="", match_id=None, answer=421, reason="asked for by another name: other.example"),
        _ago(page, 250, Verdict.NONE, answer=401, reason="no signature"),
        _ago(page, 200, Verdict.BAD, event="MATCH_STARTED", answer=401, reason="it does not begin with sha256=", subscription_id=18),
        _ago(page, 100, Verdict.LATE, noticed_at=page.hooks.ago(94.4), reason="a delivery came 7.4 s after the poll", **unseen),
        _ago(page, 50, Verdict.MISSED, noticed_at=page.hooks.ago(44.4), reason="no delivery within 5 s", **unseen),
        _ago(page, 20, refetched=odds),
        _ago(page, 19, Verdict.DUPLICATE, copy_of=7),
        _ago(page, 6, refetched=odds),
        _ago(page, 2, refetched=odds, is_pinned=True),
    ]
    return page.come(*rows)


def _ago(page: Page, seconds: float, verdict: Verdict = Verdict.VALID, **more: Any) -> Delivery:
    return delivery(page.hooks.ago(seconds), verdict, **more)


def answers(page: Page, **changes: object) -> None:
    """The poster answers so from now on."""
    page.hooks.poster.answer = msgspec.structs.replace(page.hooks.poster.answer, **changes)
