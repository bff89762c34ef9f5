"""Pure reading of a registration: each channel by itself, so that an odd one costs nobody else theirs (contract 4.2)."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from app.domain.errors import UnreadableError
from app.domain.events import Topic
from app.domain.redact import beginning
from app.venues.prophetx import wire

FIRST_GUESS = 400  # channels a socket, until the venue has said how many
SAMPLE = 200  # characters of what was refused that are kept

_BODY = msgspec.json.Decoder(wire.RegistrationBody)
_CHANNEL = msgspec.json.Decoder(wire.AuthorizedChannel)
_ODD = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


class Grant(msgspec.Struct, frozen=True):
    """One channel with its own auth. `topic` is None for those that every socket has: the main one and the account's own."""

    name: str
    auth: str
    topic: Topic | None = None


class Registration(msgspec.Struct, frozen=True):
    """`sign_in` and `user_data` are echoed as they came; `faults` are sentences about what was left out."""

    grants: tuple[Grant, ...] = ()
    sign_in: str = ""
    user_data: str = ""
    channel_limit: int = FIRST_GUESS
    faults: tuple[str, ...] = ()

    @property
    def own(self) -> int:
        """How many of the channels that every socket has were granted."""
        return sum(grant.topic is None for grant in self.grants)


def read_registration(body: bytes, asked: Iterable[Topic]) -> Registration:
    """What a socket was granted of what was asked. UnreadableError when the answer is none at all."""
    try:
        data = _BODY.decode(body.removeprefix(b"\xef\xbb\xbf")).data
    except _ODD as problem:
        raise UnreadableError(f"The venue's answer is not what it should be: {problem}") from problem
    faults = [f"the registration refused {_rejected(row)}" for row in data.rejected or []]
    block = data.authenticated or wire.Authenticated()
    grants = _grants(data.authorized_channel, {_spelt(topic): topic for topic in asked}, faults)
    if not grants:
        faults.append("the registration granted no channel")
    limit = data.channel_limit if isinstance(data.channel_limit, int) and data.channel_limit > 0 else FIRST_GUESS
    return Registration(grants, block.auth, block.user_data, limit, tuple(faults))


def canonical(sub_type: str) -> str:
    """The venue's own form: lower case; space, slash and dash become `_`; other signs are dropped."""
    return re.sub(r"[^a-z0-9_]", "", re.sub(r"[ /-]", "_", sub_type.lower()))


def _grants(rows: list[msgspec.Raw] | None, asked: dict[Topic, Topic], faults: list[str]) -> tuple[Grant, ...]:
    found: dict[str, Grant] = {}
    for row in rows or []:
        try:
            channel = _CHANNEL.decode(row)
        except _ODD as problem:
            faults.append(f"a channel of the registration cannot be read: {problem}")
            continue
        if not channel.auth:
            faults.append(f"the registration gave no auth for the channel {channel.channel_name}")
        elif channel.channel_name not in found:
            found[channel.channel_name] = Grant(channel.channel_name, channel.auth, _topic(channel.scope, asked))
    return tuple(found.values())


def _rejected(row: object) -> str:
    """What it was and why, as far as it is told."""
    told = [row.get(name) for name in ("type", "id", "reason")] if isinstance(row, dict) else [row]
    return beginning(" ".join(str(one) for one in told if one), SAMPLE)


def _topic(scope: wire.Scope | None, asked: dict[Topic, Topic]) -> Topic | None:
    """The topic as it was asked for, whichever way the venue spells it back."""
    if scope is None or not scope.event_id:
        return None
    topic = Topic(int(scope.event_id), scope.sub_type or "")
    return asked.get(_spelt(topic), topic)


def _spelt(topic: Topic) -> Topic:
    return Topic(topic.event_id, canonical(topic.sub_type))
