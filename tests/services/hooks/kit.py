"""Webhooks without a feed, a keyring, a process or a disk: fakes that a test scripts, and the services built on them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from app.domain.errors import RefusedError, VenueError
from app.domain.hook_faults import HookFaults
from app.domain.keys import UnreadableSecretError, VaultError
from app.domain.receiving import Counts, Plan, Signal, Tidings
from app.domain.secret import Secret
from app.domain.webhook import Delivery, DeliveryQuery, Letter, Listed, NewSubscription, Show, Subscription, Tally, Verdict
from app.services.hooks.choice import HookChoice
from app.services.hooks.desk import HookDesk, HookOutside
from app.services.hooks.ports import Answer, ReceiverState, SecretShelf
from tests.faults.machine.virtual import VirtualLoop, VirtualTime
from tests.services.fakes import Clock
from tests.services.feed.kit import Feed, never

TARGET = "https://hooks.example.com/rankacy"
MADE_AT = datetime(2026, 9, 12, 12, tzinfo=UTC)


def subscription(number: int = 17, event: str = "ODDS_UPDATED", url: str = TARGET, *, is_active: bool = True) -> Subscription:
    return Subscription(number, event, url, is_active, MADE_AT)


def secret_of(number: int) -> Secret:
    """What the fake feed signs a subscription's deliveries with."""
    return Secret(f"practice-secret-{number}")


class FakeHookVenue:
    """A HookVenue. `troubles` are raised by method, each once; what is `made_anyway` exists after a trouble of `register`."""

    def __init__(self) -> None:
        self.rows: dict[int, Subscription] = {}
        self.faults: tuple[str, ...] = ()
        self.troubles: dict[str, list[VenueError]] = {}
        self.made_anyway = False
        self.calls: list[tuple[object, ...]] = []
        self.next_id = 17
        self.before: Callable[[], Awaitable[object]] | None = None  # awaited between the making of a list and its arrival
        self.before_made: Callable[[], Awaitable[object]] | None = None  # and before a subscription is made

    def put(self, *subscriptions: Subscription) -> None:
        self.rows.update({each.id: each for each in subscriptions})
        self.next_id = max([self.next_id, *(each.id + 1 for each in subscriptions)])

    async def webhooks(self) -> Listed:
        self._note("webhooks")
        told = Listed(tuple(self.rows.values()), self.faults)
        if self.before is not None:
            await self.before()
        return told

    async def register(self, event: str, target_url: str) -> NewSubscription:
        if self.before_made is not None:
            await self.before_made()
        if self.made_anyway:
            self.put(subscription(self.next_id, event, target_url))
        self._note("register", event, target_url)
        made = subscription(self.next_id, event, target_url)
        self.put(made)
        return NewSubscription(made, secret_of(made.id))

    async def unregister(self, webhook_id: int) -> None:
        self._note("unregister", webhook_id)
        if self.rows.pop(webhook_id, None) is None:
            raise RefusedError("Webhook not found", status=404)

    def _note(self, method: str, *arguments: object) -> None:
        self.calls.append((method, *arguments))
        if waiting := self.troubles.get(method):
            raise waiting.pop(0)


class FakeSwitches:
    """The practice exchange's. `trouble` is raised by whatever is asked."""

    def __init__(self) -> None:
        self.faults = HookFaults()
        self.trouble: VenueError | None = None
        self.asked = 0

    async def switch_faults(self, faults: HookFaults | None = None) -> HookFaults:
        self.asked += 1
        if self.trouble is not None:
            raise self.trouble
        self.faults = self.faults if faults is None else faults
        return self.faults


class FakeSecrets:
    """A SecretShelf in memory. `trouble` is raised by whatever is asked."""

    def __init__(self) -> None:
        self.held: dict[int, Secret] = {}
        self.trouble: VaultError | None = None
        self.unreadable: set[int] = set()
        self.of_this_run: set[int] = set()
        self.rotating: tuple[tuple[int, int], ...] = ()
        self.asked: list[int] = []
        self.before: Callable[[], Awaitable[object]] | None = None  # awaited before something is kept
        self.before_read: Callable[[], Awaitable[object]] | None = None

    async def keep(self, subscription: Subscription, secret: Secret) -> None:
        if self.before is not None:
            await self.before()
        self._fail()
        self.held[subscription.id] = secret

    async def read(self, subscription: Subscription) -> Secret | None:
        self.asked.append(subscription.id)
        if self.before_read is not None:
            await self.before_read()
        self._fail()
        if subscription.id in self.unreadable:
            raise UnreadableSecretError(f"The secret of {subscription.id} cannot be understood.")
        return self.held.get(subscription.id)

    async def remove(self, subscription_id: int) -> None:
        self._fail()
        self.held.pop(subscription_id, None)

    def listed(self) -> tuple[int, ...]:
        return tuple(self.held)

    def rotations(self) -> tuple[tuple[int, int], ...]:
        return self.rotating

    def keep_rotations(self, rotations: Sequence[tuple[int, int]]) -> None:
        self._fail()
        self.rotating = tuple(rotations)

    def is_of_this_run(self, subscription_id: int) -> bool:
        return subscription_id in self.of_this_run

    def _fail(self) -> None:
        if self.trouble is not None:
            raise self.trouble


class FakeReceiver:
    """A Receiver that opens at once, or fails with `trouble`. A test tells tidings with `tell`."""

    def __init__(self) -> None:
        self.state = ReceiverState.STOPPED
        self.port = 0
        self.words = ""
        self.trouble = ""
        self.plans: list[Plan] = []
        self.told: list[Callable[[Tidings], None]] = []
        self.changed: list[Callable[[], None]] = []

    async def start(self, plan: Plan) -> None:
        self.plans.append(plan)
        if self.trouble:
            self.become(ReceiverState.FAILED, self.trouble)
        else:
            self.port = plan.port
            self.become(ReceiverState.RUNNING)

    def replan(self, plan: Plan) -> None:
        self.plans.append(plan)

    async def stop(self) -> None:
        self.port = 0
        self.become(ReceiverState.STOPPED)

    def become(self, state: ReceiverState, words: str = "") -> None:
        self.state, self.words = state, words
        for changed in self.changed:
            changed()

    def tell(self, tidings: Tidings) -> None:
        for heard in self.told:
            heard(tidings)


class FakeShelf:
    """A DeliveryShelf in memory. `trouble` is raised by whatever is asked."""

    def __init__(self) -> None:
        self.rows: dict[int, Delivery] = {}
        self.letters: dict[int, Letter] = {}
        self.refetched: list[tuple[tuple[int, ...], tuple[str, ...]]] = []
        self.trouble: OSError | None = None
        self.is_closed = False
        self.limited = 0  # were answered with 429, at no subscription

    def put(self, *rows: Delivery, body: bytes = b'{"match_id":42}') -> list[Delivery]:
        """As though the receiver had written them down."""
        numbered = [msgspec.structs.replace(row, id=max(self.rows, default=0) + place) for place, row in enumerate(rows, start=1)]
        self.rows.update({row.id: row for row in numbered})
        self.letters.update({row.id: Letter((("content-type", "application/json"),), body, len(body)) for row in numbered})
        return numbered

    async def page(self, query: DeliveryQuery) -> list[Delivery]:
        self._fail()
        rows = [row for row in reversed(self.rows.values()) if not query.before or row.id < query.before]
        return [row for row in rows if _fits(row, query)][: query.limit]

    async def get(self, delivery_id: int) -> Delivery | None:
        self._fail()
        return self.rows.get(delivery_id)

    async def letter(self, delivery_id: int) -> Letter | None:
        self._fail()
        return self.letters.get(delivery_id)

    async def add_missed(self, missed: Sequence[Delivery]) -> list[int]:
        self._fail()
        first = max(self.rows, default=0) + 1
        numbers = range(first, first + len(missed))
        self.rows.update({number: msgspec.structs.replace(row, id=number) for number, row in zip(numbers, missed, strict=True)})
        return list(numbers)

    async def mark_late(self, delivery_id: int, at: datetime) -> None:
        self._fail()
        self.rows[delivery_id] = msgspec.structs.replace(self.rows[delivery_id], verdict=Verdict.LATE)

    async def remove(self, delivery_ids: Sequence[int]) -> None:
        self._fail()
        for number in delivery_ids:
            if self.rows[number].verdict is Verdict.MISSED:
                del self.rows[number]

    async def note_refetched(self, delivery_ids: Sequence[int], paths: Sequence[str]) -> None:
        self._fail()
        self.refetched.append((tuple(delivery_ids), tuple(paths)))

    async def pin(self, delivery_id: int, *, is_pinned: bool) -> None:
        self._fail()
        self.rows[delivery_id] = msgspec.structs.replace(self.rows[delivery_id], is_pinned=is_pinned)

    async def tallies(self, since: datetime) -> dict[int | None, Tally]:
        self._fail()
        found: dict[int | None, Tally] = {}
        for row in self.rows.values():
            if row.at >= since:
                was = found.get(row.subscription_id, Tally())
                ok, missed = row.verdict in {Verdict.VALID, Verdict.DUPLICATE}, row.verdict is Verdict.MISSED
                is_bad = row.verdict in {Verdict.BAD, Verdict.NONE, Verdict.REFUSED}
                valid_at, unchecked = row.at if ok else was.valid_at, was.unchecked + (row.verdict is Verdict.UNCHECKED)
                tally = Tally(was.ok + ok, was.bad + is_bad, was.missed + missed, last_at=row.at, unchecked=unchecked, valid_at=valid_at)
                found[row.subscription_id] = tally
        if self.limited:
            found[None] = msgspec.structs.replace(found.get(None, Tally()), limited=self.limited)
        return found

    async def clear(self) -> int:
        self._fail()
        gone = [number for number, row in self.rows.items() if not row.is_pinned]
        for number in gone:
            del self.rows[number]
        return len(gone)

    async def close(self) -> None:
        self.is_closed = True

    def _fail(self) -> None:
        if self.trouble is not None:
            raise self.trouble


class FakePoster:
    """A Poster that remembers what was sent, and answers with `answer`."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, tuple[tuple[str, str], ...], bytes]] = []
        self.answer = Answer(204, 1.5)

    async def post(self, url: str, headers: Sequence[tuple[str, str]], body: bytes) -> Answer:
        if "127.0.0.1" not in url:
            raise ValueError("Only http:// addresses of this computer are sent to.")
        self.sent.append((url, tuple(headers), body))
        return self.answer


def delivery(
    at: datetime, verdict: Verdict = Verdict.VALID, *, event: str = "ODDS_UPDATED", match_id: int | None = 42, **more: object
) -> Delivery:
    """One that the receiver took; `more` are fields of it."""
    made = Delivery(at, verdict, event=event, match_id=match_id, subscription_id=17, path="/rankacy", size=83, answer=204, took=0.4)
    return msgspec.structs.replace(made, **more)


class Hooks:
    """All services of one account's webhooks on fakes, above a feed on fakes. Nothing runs until `desk.start()`."""

    def __init__(
        self,
        clock: Clock | VirtualTime | None = None,
        sleep: Callable[[float], Awaitable[None]] = never,
        choice: HookChoice | None = None,
        shelf: SecretShelf | None = None,
        *,
        is_practice: bool = True,
    ) -> None:
        """`shelf`: another place for secrets than `secrets`."""
        self.feed = Feed(clock, sleep)
        self.clock = self.feed.clock
        self.venue, self.secrets, self.receiver = FakeHookVenue(), FakeSecrets(), FakeReceiver()
        self.shelf, self.poster, self.switches = FakeShelf(), FakePoster(), FakeSwitches()
        self.kept: list[HookChoice] = []
        self.trouble = ""
        self.taken: set[int] = set()  # ports
        outside = HookOutside(
            self.venue, shelf or self.secrets, self.receiver, self.shelf, self.poster, self.clock.monotonic, self.clock.now, sleep,
            choice or HookChoice(), self._keep, takes_loopback=is_practice, is_free=lambda port: port not in self.taken,
            faults=self.switches if is_practice else None,
        )  # fmt: skip
        self.desk = HookDesk(outside, self.feed.session, self.feed.notices, self.feed.tasks)

    @property
    def words(self) -> list[str]:
        return self.feed.words

    def come(self, *rows: Delivery) -> list[Delivery]:
        """The receiver took these, wrote them down and told the window."""
        written = self.shelf.put(*rows)
        good = [row for row in written if row.verdict is Verdict.VALID]
        by_key = {(row.event, row.match_id): row for row in good}
        signals = tuple(Signal(event, match_id, row.at, row.at, (row.id,)) for (event, match_id), row in by_key.items())
        counts = self.desk.reception.counts
        bad = sum(row.verdict is Verdict.BAD for row in written)
        self.receiver.tell(
            Tidings(Counts(counts.received + len(written), counts.valid + len(good), bad=counts.bad + bad), tuple(written), signals)
        )
        return written

    def ago(self, seconds: float) -> datetime:
        return self.clock.now() - timedelta(seconds=seconds)

    def _keep(self, choice: HookChoice) -> str:
        self.kept.append(choice)
        return self.trouble


def _fits(row: Delivery, query: DeliveryQuery) -> bool:
    if query.show is Show.PINNED and not row.is_pinned:
        return False
    if query.subscription_id not in {None, row.subscription_id}:
        return False
    return query.show.verdict in {None, row.verdict} and all(word in f"{row.event} {row.match_id}" for word in query.text.split())


def play(scenario: Callable[[Hooks], Awaitable[None]], *, choice: HookChoice | None = None, seconds: float = 3_600.0) -> Hooks:
    """Let a scenario happen on time that passes by itself; it may take `seconds` of it. Nothing may have failed in the background."""
    time = VirtualTime()
    loop = VirtualLoop(time)
    asyncio.set_event_loop(loop)

    async def run() -> Hooks:
        hooks = Hooks(time, asyncio.sleep, choice)
        try:
            async with asyncio.timeout(seconds):
                await scenario(hooks)
        finally:
            await hooks.feed.tasks.stop()
            await hooks.desk.close()
        assert hooks.feed.failures == []
        return hooks

    try:
        return loop.run_until_complete(run())
    finally:
        asyncio.set_event_loop(None)
        loop.close()
