"""How alive each channel is, in one word: by the age of its last message, never by whether a socket happens to be open."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from app.domain.events import Channel
from app.services.session import Session
from app.ui import formats

ACTIVE = 3.0  # seconds since the last price up to which the market moves
FRESH, OLD = 6.0, 12.0  # seconds of silence up to which the stream is alive (its beat comes every five), and beyond which it is dead
FRESH_REST, OLD_REST = 20.0, 60.0  # REST is asked for the balance every fifteen seconds at least


class Standing(StrEnum):
    """`QUIET`: nothing moved, and the connection has just proved that it would have been heard."""

    UNHEARD = "never heard"
    LIVELY = "lively"
    QUIET = "quiet"
    LATE = "late"
    SILENT = "silent"


TONES = {
    Standing.UNHEARD: "text.faint",
    Standing.LIVELY: "state.good",
    Standing.QUIET: "text.dim",
    Standing.LATE: "state.warning",
    Standing.SILENT: "state.bad",
}


class Liveness(msgspec.Struct, frozen=True):
    """`age` is of the channel's own last message, `proof` of the last sign of life of what carries it; seconds."""

    channel: Channel
    standing: Standing
    age: float | None
    proof: float | None

    @property
    def words(self) -> str:
        """A sentence for a person."""
        if self.age is None and self.proof is None:
            return f"{self.channel}: never heard"
        heard = f"last heard {formats.age(self.age)} ago" if self.age is not None else "nothing heard yet"
        if self.standing is Standing.QUIET:
            return f"{self.channel}: quiet, {heard}; the connection gave a sign of life {formats.age(self.proof)} ago"
        return f"{self.channel}: {self.standing}, {heard}"


def liveness_of(channel: Channel, session: Session) -> Liveness:
    match channel:
        case Channel.REST:
            age = session.rest_age
            return Liveness(channel, _standing(age, FRESH_REST, OLD_REST), age, age)
        case Channel.ORDERS:
            age = session.age(channel)
            return Liveness(channel, _standing(age, FRESH, OLD), age, age)
        case Channel.PRICES:
            age, proof = session.age(channel), session.price_age
            standing = _standing(proof, FRESH, OLD)
            if standing is Standing.LIVELY and (age is None or age >= ACTIVE):
                standing = Standing.QUIET
            return Liveness(channel, standing, age, proof)


def _standing(age: float | None, fresh: float, old: float) -> Standing:
    if age is None:
        return Standing.UNHEARD
    if age < fresh:
        return Standing.LIVELY
    return Standing.LATE if age < old else Standing.SILENT


def verified_ago(session: Session, now: float) -> float | None:
    """Seconds since books were last read from the venue or compared with it; None before the first time. `now` is monotonic."""
    moments = [at for at in (session.last_seeded_at, session.audit.done_at) if at is not None]
    return now - max(moments) if moments else None
