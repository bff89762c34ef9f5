"""The left side of the connection panel: channels, stream and session as names and values."""

from __future__ import annotations

from app.domain.events import Channel
from app.domain.link import LinkFacts
from app.services.clock_check import FAR, clock_distance, clock_words
from app.services.ports import Monotonic
from app.services.session import Session
from app.ui import formats
from app.ui.channels import TONES, liveness_of
from app.ui.theme import Theme
from app.ui.views.fact_list import FactList

SOON = 60.0  # seconds before the end of the token from which it is marked
OLD_CONFIG = 2700.0  # seconds: the connection's configuration is read again every thirty minutes (contract V4)


class ChannelFacts(FactList):
    """Each channel's word, the age of its last message and what moves on it."""

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__("Channels", {str(channel): "" for channel in Channel}, theme)
        self._session = session
        self._ticks: int | None = None

    def forget(self) -> None:
        self._ticks = None

    def show_link(self, link: LinkFacts) -> None:
        ticks = self._session.prices.ticks
        rates = {Channel.REST: f"{link.budget - link.budget_left}/s", Channel.PRICES: _rate(ticks, self._ticks)}
        self._ticks = ticks
        for channel in Channel:
            told = liveness_of(channel, self._session, link)
            gaps = "" if channel is Channel.REST else self._gaps()
            parts = [str(told.standing), formats.age(told.age) if told.age is not None else "", rates.get(channel, ""), gaps]
            self.show_fact(str(channel), " · ".join(filter(None, parts)), TONES[told.standing])
            lost = self._lost() if gaps else ""
            self.values[str(channel)].setToolTip(formats.tip("\n".join(filter(None, (told.words, lost)))))

    def _gaps(self) -> str:
        """How often the stream was lost while it was up, and for how long in sum; empty where it never was."""
        count = self._session.gaps
        return f"{count:,} {'gap' if count == 1 else 'gaps'}, {formats.timer(self._session.lost_for)}" if count else ""

    def _lost(self) -> str:
        count, seconds = self._session.gaps, formats.timer(self._session.lost_for)
        return f"Since the program started the stream was lost {count:,} {'time' if count == 1 else 'times'}, {seconds} in sum"


class StreamFacts(FactList):
    def __init__(self, session: Session, theme: Theme, clock: Monotonic) -> None:
        names = {
            "Socket": "How long the living socket has been up",
            "Frames": "What came on it, within the last second and since the program started",
            "Connects": "Tries to open a socket since the program started, those that came to nothing too",
            "Replaced": "Sockets changed for a new one in time, without a gap",
            "Lost": "Sockets that broke",
            "Followed of wanted": "Channels of prices: what the venue has confirmed, and what is on screen, holds orders or is starred",
            "Left out": "Wanted channels that are not followed: their prices are read anew instead",
            "Granted of allowed": "Channels this socket was ever granted; beyond the venue's limit a new socket is needed",
            "Books last read": "When an event's books were last read from the venue",
            "Books compared": "Books built from the stream and compared with the venue's own, every fifteen minutes",
            "Late or repeated": "Messages older than what is shown, or the same again: they were dropped",
            "Differences": "Books that were not the venue's, and were mended",
        }
        super().__init__("Stream", names, theme)
        self._session = session
        self._clock = clock
        self._frames: int | None = None

    def forget(self) -> None:
        self._frames = None

    def show_link(self, link: LinkFacts) -> None:
        """Rates are per second, reckoned between two calls."""
        self.show_fact("Socket", f"up {formats.timer(link.socket_age)}" if link.socket_age is not None else "none", _good(link.socket_age))
        self.show_fact("Frames", " · ".join(filter(None, (_rate(link.frames, self._frames), f"{link.frames:,}"))))
        self._frames = link.frames
        self.show_fact("Connects", f"{link.connects:,}")
        self.show_fact("Replaced", f"{link.replaced:,}")
        self.show_fact("Lost", f"{link.lost:,}", "state.warning" if link.lost else "text.strong")
        self.show_fact("Followed of wanted", f"{link.followed:,} of {link.wanted:,}")
        self.show_fact("Left out", f"{link.left_out:,}", "state.warning" if link.left_out else "text.strong")
        limit = f"{link.channel_limit:,}" if link.channel_limit is not None else "unknown"
        self.show_fact("Granted of allowed", f"{link.joined:,} of {limit}")
        self.show_fact("Late or repeated", f"{self._session.prices.late:,}")
        self._show_books()

    def _show_books(self) -> None:
        audit, seeded = self._session.audit, self._session.last_seeded_at
        self.show_fact("Books last read", f"{formats.timer(self._clock() - seeded)} ago" if seeded is not None else "never")
        done = f"{audit.compared:,} · {formats.timer(self._clock() - audit.done_at)} ago" if audit.done_at is not None else "not yet"
        self.show_fact("Books compared", done)
        self.show_fact("Differences", f"{audit.differences:,}", "state.warning" if audit.differences else "text.strong")


class SessionFacts(FactList):
    def __init__(self, theme: Theme) -> None:
        names = {
            "Token": "Time left of the access token; it is renewed ahead of its end",
            "Stream configuration": "Age of what the venue said about where its stream is; read again every thirty minutes",
            "Sessions used": "Logins within a day; the venue allows so many sessions at a time",
            "Cool-down": "How long no login is tried, because too many sessions are in use",
            "This computer's clock": "By the dates of the venue's answers",
        }
        super().__init__("Session", names, theme)

    def show_link(self, link: LinkFacts) -> None:
        is_ending = link.token_left is not None and link.token_left < SOON
        left = f"{formats.timer(link.token_left)} left" if link.token_left is not None else "none"
        self.show_fact("Token", left, "state.warning" if is_ending else "text.strong")
        is_old = link.config_age is not None and link.config_age > OLD_CONFIG
        read = f"read {formats.timer(link.config_age)} ago" if link.config_age is not None else "not read yet"
        self.show_fact("Stream configuration", read, "state.warning" if is_old else "text.strong")
        is_full = link.sessions_used * 2 > link.sessions
        used = f"{link.sessions_used} of {link.sessions} today" if link.sessions else "none: each request is signed"
        self.show_fact("Sessions used", used, "state.warning" if is_full else "text.strong")
        is_cooling = link.cool_down > 0
        self.show_fact("Cool-down", formats.timer(link.cool_down) if is_cooling else "none", "state.bad" if is_cooling else "text.strong")
        self._show_clock(link.clock_offset)

    def _show_clock(self, offset: float | None) -> None:
        name = "This computer's clock"
        if offset is None:
            self.show_fact(name, "not known yet", "text.dim")
            return
        is_far = abs(offset) > FAR
        words = "agrees with the venue's" if abs(offset) < 2 else f"{clock_distance(offset)} {'behind' if offset > 0 else 'ahead'}"
        self.show_fact(name, words, "state.warning" if is_far else "text.strong")
        self.values[name].setToolTip(clock_words(offset))


def _rate(now: int, before: int | None) -> str:
    return f"{now - before:,}/s" if before is not None else ""


def _good(age: float | None) -> str:
    return "text.strong" if age is not None else "state.warning"
