"""The hub that hurts: pushes dropped, held, repeated, out of order, late or damaged, as the faults want it."""

from __future__ import annotations

import base64
import heapq
import json
from collections.abc import Callable
from itertools import count

from app.practice.clock import SECOND
from app.practice.faults.armed import Faults
from app.practice.faults.script import CONFIRMATION, Corrupt, Drop, Duplicate, Hold, Late, PushVerb, Reorder
from app.practice.wire.channels import Signer
from app.practice.wire.names import Vocabulary
from app.practice.wire.push import Push
from app.practice.wire.pusher import Hub, Message, Socket

_Waiting = tuple[int, int, str, Message]  # due at (ns), order of arrival


class FaultyHub(Hub):
    """A hub whose `publish` goes through the faults. What waits is published to whoever is on its channel by then."""

    def __init__(self, signer: Signer, make_socket_id: Callable[[], str], faults: Faults) -> None:
        super().__init__(signer, make_socket_id)
        self._faults = faults
        self._numbers = count()
        self._late: list[_Waiting] = []
        self._held: list[tuple[str, Message]] = []
        self._behind_next: dict[str, Message] = {}

    @property
    def waiting(self) -> int:
        """Messages kept back."""
        return len(self._late) + len(self._held) + len(self._behind_next)

    @property
    def channel_limit(self) -> int:
        limit = self._faults.channel_limit
        return limit if limit is not None else super().channel_limit

    def confirm(self, socket: Socket, channel: str) -> None:
        """A confirmation is dropped or told; the subscription stands either way."""
        if self._faults.on_push(CONFIRMATION) is None:
            super().confirm(socket, channel)

    def publish(self, channel: str, message: Message) -> None:
        verb = self._faults.on_push(_kind(message)) if isinstance(message, Push) else None
        if isinstance(message, Push) and verb is not None:
            self._play(verb, channel, message)
        else:
            self._send(channel, message)

    def let_go(self, now: int) -> None:
        """Publish what is due by now, and all that is held if a release was asked for."""
        while self._late and self._late[0][0] <= now:
            _, _, channel, message = heapq.heappop(self._late)
            super().publish(channel, message)
        if self._faults.is_released:
            self._faults.is_released = False
            self._release()

    def _play(self, verb: PushVerb, channel: str, message: Push) -> None:
        match verb:
            case Drop():
                return
            case Hold(None):
                self._held.append((channel, message))
            case Hold(seconds) | Late(seconds):
                assert seconds is not None
                heapq.heappush(self._late, (message.at + int(seconds * SECOND), next(self._numbers), channel, message))
            case Duplicate():
                for _ in range(1 + verb.copies):
                    self._send(channel, message)
            case Reorder():
                self._keep_behind(channel, message)
            case Corrupt():
                self._send(channel, Damaged(message, verb.part))

    def _send(self, channel: str, message: Message) -> None:
        super().publish(channel, message)
        if self._behind_next:
            follower = self._behind_next.pop(channel, None)
            if follower is not None:
                super().publish(channel, follower)

    def _keep_behind(self, channel: str, message: Message) -> None:
        """Where one waits already, this one is the next it waits for."""
        if channel in self._behind_next:
            self._send(channel, message)
        else:
            self._behind_next[channel] = message

    def _release(self) -> None:
        held, behind = self._held, self._behind_next
        self._held, self._behind_next = [], {}
        for channel, message in (*held, *behind.items()):
            super().publish(channel, message)


def _kind(push: Push) -> str:
    """What a script calls it: the kind of its change; the health check has only the name of its event."""
    return "health_check" if push.event == "health_check" else push.kind


class Damaged:
    """A message whose frames arrive broken."""

    def __init__(self, message: Message, part: str) -> None:
        self._message = message
        self._part = part

    def frame(self, channel: str, vocabulary: Vocabulary) -> str:
        whole = self._message.frame(channel, vocabulary)
        return whole[: len(whole) // 2] if self._part == "frame" else _damage_payload(whole)


def _damage_payload(frame: str) -> str:
    """The Pusher frame stays whole; what the payload's base64 says is no JSON."""
    outer = json.loads(frame)
    envelope = json.loads(outer["data"])
    payload = base64.b64decode(envelope["payload"])
    envelope["payload"] = base64.b64encode(payload[: len(payload) // 2]).decode()
    return json.dumps({**outer, "data": json.dumps(envelope)})
