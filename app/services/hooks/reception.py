"""The receiver as a person chose it: running or not, and told of every subscription whose secret is here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from app.domain.receiving import Counts, Plan, Route, Tidings
from app.domain.secret import Secret
from app.domain.webhook import path_of, port_here
from app.services.hooks.choice import PORTS, HookChoice
from app.services.hooks.ports import Receiver, ReceiverState
from app.services.hooks.subscriptions import Subscriptions
from app.services.notices import Notices, Tone
from app.services.ports import Monotonic, Signal

NEXT: Final = 50  # ports that are looked at for a free one


class Reception:
    """`keep` writes the choice down, and answers with a sentence when it cannot; `is_free` says whether a port could be listened on now."""

    def __init__(
        self,
        receiver: Receiver,
        subscriptions: Subscriptions,
        notices: Notices,
        *,
        choice: HookChoice,
        keep: Callable[[HookChoice], str],
        is_free: Callable[[int], bool],
        clock: Monotonic,
    ) -> None:
        self._receiver = receiver
        self._subscriptions = subscriptions
        self._notices = notices
        self._keep = keep
        self._is_free = is_free
        self._clock = clock
        self._planned: Plan | None = None
        self._is_closed = False
        self.choice = choice
        self.counts = Counts()
        self.free_port = 0  # that may be chosen instead of one that is taken; 0 where none has to be
        self.running_since: float | None = None  # monotonic
        self.changed = Signal()
        receiver.changed.append(self._receiver_changed)
        receiver.told.append(self._note)
        subscriptions.changed.connect(self._replan)

    @property
    def state(self) -> ReceiverState:
        return self._receiver.state

    @property
    def port(self) -> int:
        """That it listens on; that it would, while it does not."""
        return self._receiver.port or self.choice.port

    @property
    def words(self) -> str:
        """`Receiver on 127.0.0.1:8765 · running`; why it failed, where it did."""
        if self.state is ReceiverState.FAILED:
            words = _taken(self.choice.port, self.free_port) if self.free_port else self._receiver.words
            return f"The receiver does not run: {words.rstrip('.')}"
        return f"Receiver on 127.0.0.1:{self.port} · {self.state}"

    def path(self, subscription_id: int) -> str:
        """At which it is received."""
        return self.choice.path or path_of(self._subscriptions.all[subscription_id].target_url)

    def is_received(self, subscription_id: int) -> bool:
        """Whether what its target leads to may be the receiver, and that would take a delivery of it."""
        routes = self._planned.routes if self._planned is not None else ()
        is_routed = any(route.subscription_id == subscription_id and route.secret for route in routes)
        return self.state is ReceiverState.RUNNING and is_routed and not self.why_not_received(subscription_id)

    def why_not_received(self, subscription_id: int) -> str:
        """Where a target on this computer leads instead of to the receiver; empty where it leads there, or to the internet."""
        url = self._subscriptions.all[subscription_id].target_url
        port = port_here(url)
        if port is None:
            return ""
        if port != self.port:
            return f"its target is port {port}, and the receiver is on {self.port}"
        taken = self.path(subscription_id)
        return "" if path_of(url) == taken else f"its target is at {path_of(url)}, and the receiver takes it at {taken}"

    async def start(self) -> None:
        self._use(msgspec.structs.replace(self.choice, is_on=True))
        await self.open()

    async def open(self) -> None:
        """As it was chosen."""
        if self._is_closed:
            return
        self.free_port = 0
        plan = self._planned = self._plan()
        await self._receiver.start(plan)
        self._planned = plan  # whatever was planned while it was being opened did not reach it
        self._replan()

    async def stop(self) -> None:
        self._use(msgspec.structs.replace(self.choice, is_on=False))
        await self._receiver.stop()

    async def close(self) -> None:
        """The account goes, or the program ends; whether it is on stays chosen. Nothing opens it any more."""
        self._is_closed = True
        await self._receiver.stop()

    async def use(self, choice: HookChoice) -> str:
        """Receive in another way from now on; a sentence when that cannot be, and all stays as it is. Another port opens it anew."""
        if words := choice.objection:
            return words
        if choice.port != self.choice.port and not self._is_free(choice.port):
            return _taken(choice.port, self._next_free(choice.port))
        had_port = self.choice.port
        self._use(msgspec.structs.replace(choice, is_on=self.choice.is_on))
        if self.choice.is_on and (choice.port != had_port or self.state is ReceiverState.FAILED):
            await self.open()
        else:
            self._replan()
        return ""

    def _use(self, choice: HookChoice) -> None:
        if choice == self.choice:
            return
        self.choice = choice
        if trouble := self._keep(choice):
            self._notices.say(trouble, Tone.WARNING)
        self.changed()

    def _plan(self) -> Plan:
        """What comes for a subscription whose secret is not here is told apart by its route, and never taken."""
        routes = [
            Route(self.path(each.id), each.id, each.event, self._subscriptions.secret_of(each.id) or Secret())
            for each in self._subscriptions.all.values()
        ]
        return Plan(self.choice.port, tuple(routes), self.choice.hosts, self.choice.rate)

    def _replan(self) -> None:
        if self.state is not ReceiverState.RUNNING:
            return
        plan = self._plan()
        if plan != self._planned:
            self._planned = plan
            self._receiver.replan(plan)
            self.changed()

    def _receiver_changed(self) -> None:
        is_running = self.state is ReceiverState.RUNNING
        if is_running and self.running_since is None:
            self.running_since, self.counts = self._clock(), Counts()
            if self._receiver.words:
                self._notices.say(self._receiver.words, Tone.WARNING)
        elif not is_running:
            self.running_since = None
        if self.state is ReceiverState.FAILED:
            self.free_port = self._another_port()
            self._notices.say(self.words, Tone.BAD)
        self._replan()
        self.changed()

    def _another_port(self) -> int:
        """The next free one, where the chosen one is taken; the targets of a person's own tunnel name it, so that he chooses it himself."""
        return 0 if self._is_free(self.choice.port) else self._next_free(self.choice.port)

    def _next_free(self, port: int) -> int:
        """0 where none of those that are looked at is."""
        others = range(port + 1, min(port + NEXT, PORTS.stop))
        return next((other for other in others if self._is_free(other)), 0)

    def _note(self, tidings: Tidings) -> None:
        self.counts = tidings.counts


def _taken(port: int, free_port: int) -> str:
    """As a sentence."""
    return f"Port {port} is taken by another program" + (f"; {free_port} is free." if free_port else ".")
