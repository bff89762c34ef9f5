"""How alive each channel is, in one word: by the age of its last message, never by whether a socket happens to be open."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from app.domain.events import Channel
from app.domain.link import LinkFacts
from app.services.session import Session
from app.ui import formats

ACTIVE = 3.0  # seconds since the last price up to which the market moves
FRESH, OLD = 6.0, 12.0  # seconds of silence up to which the stream is alive (its beat comes every five), and beyond which it is dead
FRESH_REST, OLD_REST = 20.0, 60.0  # REST is asked for the balance every fifteen seconds at least
AFTER = 0.5  # seconds by which a request ended after the newest answer from which it was not that answer: it failed


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
    """`age` is of the channel's own last message, `proof` of the last sign of life of what carries it; seconds.

    `is_failing`: requests have ended since the last answer, and none of them had one.
    """

    channel: Channel
    standing: Standing
    age: float | None
    proof: float | None
    is_failing: bool = False

    @property
    def words(self) -> str:
        """A sentence for a person."""
        if self.age is None and self.proof is None:
            return f"{self.channel}: never heard"
        heard = f"last heard {formats.age(self.age)} ago" if self.age is not None else "nothing heard yet"
        if self.standing is Standing.QUIET:
            return f"{self.channel}: quiet, {heard}; the connection gave a sign of life {formats.age(self.proof)} ago"
        failing = ", requests get no answer" if self.is_failing else ""
        return f"{self.channel}: {self.standing}{failing}, {heard}"


def liveness_of(channel: Channel, session: Session, link: LinkFacts) -> Liveness:
    match channel:
        case Channel.REST:
            return _rest(session, link)
        case Channel.ORDERS:
            age = session.age(channel)
            return Liveness(channel, _standing(age, FRESH, OLD), age, age)
        case Channel.PRICES:
            age, proof = session.age(channel), session.price_age
            standing = _standing(proof, FRESH, OLD)
            if standing is Standing.LIVELY and (age is None or age >= ACTIVE):
                standing = Standing.QUIET
            return Liveness(channel, standing, age, proof)


def _rest(session: Session, link: LinkFacts) -> Liveness:
    """A request without an answer says more than the age of the last answer: it is late at once, and soon dead."""
    age, answered = session.rest_age, session.answered_at
    ended = max((call.last_at for call in link.calls if call.last_at is not None), default=None)
    is_failing = ended is not None and (answered is None or ended - answered > AFTER)
    if not is_failing:
        return Liveness(Channel.REST, _standing(age, FRESH_REST, OLD_REST), age, age)
    return Liveness(Channel.REST, Standing.LATE if age is not None and age < FRESH else Standing.SILENT, age, age, is_failing)


def _standing(age: float | None, fresh: float, old: float) -> Standing:
    if age is None:
        return Standing.UNHEARD
    if age < fresh:
        return Standing.LIVELY
    return Standing.LATE if age < old else Standing.SILENT


def verified_ago(session: Session, now: float) -> float | None:
    """Seconds since the open event's books were read from the venue or compared with it; None while one of them is not verified.

    `now` is monotonic.
    """
    event = session.catalogue.events.get(session.open_event_id or -1)
    groups = session.catalogue.groups.get(event.id, ()) if event else ()
    keys = [market.key for group in groups for market in group.markets if market.is_open]
    if event is None or not all(session.prices.freshness(key, is_live=event.is_live).is_verified for key in keys):
        return None
    quotes = [quote for key in keys if (quote := session.prices.quote(key))]
    read = min((quote.seeded_at for quote in quotes if quote.seeded_at is not None), default=None)
    moments = [at for at in (read, session.audit.done_at if session.prices.follows(event.id) else None) if at is not None]
    return now - max(moments) if moments else None
