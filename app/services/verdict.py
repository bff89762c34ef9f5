"""What a look comes to: how a lookout stands, and why."""

from __future__ import annotations

import msgspec

from app.domain.lookout import LookoutState


class Verdict(msgspec.Struct, frozen=True):
    """How a lookout stands after a look."""

    state: LookoutState
    words: str


def armed(words: str = "") -> Verdict:
    return Verdict(LookoutState.ARMED, words)


def waiting(words: str) -> Verdict:
    return Verdict(LookoutState.WAITING, words)


def fired(words: str) -> Verdict:
    return Verdict(LookoutState.FIRED, words)


def stopped(words: str) -> Verdict:
    return Verdict(LookoutState.STOPPED, words)


def expired(words: str) -> Verdict:
    return Verdict(LookoutState.EXPIRED, words)
