"""Where the stream is: asked at every connection and each half hour, and kept as it was for as long as nothing better is known."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from app.domain.errors import UnreadableError, VenueError
from app.venues.hosts import Address, HostError, stream_host
from app.venues.prophetx import wire
from app.venues.push import PushAddress

EVERY = 1800.0  # seconds between two readings (contract V4)
AGAIN = 120.0  # seconds after a reading that failed
OLD = 2700.0  # seconds after which a person is told that it is still the old one
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def address_of(config: wire.WireConfig) -> PushAddress:
    """Where the configuration points. A port and plain text are honoured for this computer only."""
    host = config.ws_host
    if host in LOOPBACK and config.ws_port:
        return PushAddress(config.key, host=host, port=config.ws_port, is_secure=config.ws_secure)
    if not host and not config.cluster:
        raise UnreadableError("The connection configuration names neither a host nor a cluster")
    return PushAddress(config.key, host=host, cluster=config.cluster)


def believed(config: wire.WireConfig, address: Address | None) -> wire.WireConfig:
    """The configuration itself, as the venue at `address` told it; UnreadableError when it names a host that is not the venue's."""
    if address:
        try:
            stream_host(address, config.ws_host or f"ws-{config.cluster}.pusher.com")
        except HostError as problem:
            raise UnreadableError(str(problem)) from problem
    return config


class Whereabouts:
    """`address` is None until it was read once; `read_at` is when it last was (monotonic seconds)."""

    def __init__(self, config: Callable[[], Awaitable[wire.WireConfig]], clock: Callable[[], float]) -> None:
        self._config = config
        self._clock = clock
        self._due_at = 0.0
        self._trouble = ""
        self._said = ""
        self._is_age_said = False
        self.address: PushAddress | None = None
        self.read_at: float | None = None

    @property
    def is_due(self) -> bool:
        return self.read_at is not None and self._clock() >= self._due_at

    @property
    def age(self) -> float | None:
        return self._clock() - self.read_at if self.read_at is not None else None

    async def read(self) -> PushAddress:
        """The newest that is known. VenueError only when there is no older one to keep."""
        try:
            address = address_of(await self._config())
        except VenueError as problem:
            self._due_at = self._clock() + AGAIN
            if self.address is None:
                raise
            self._trouble = str(problem)
            self._said = self._said or (self._trouble if isinstance(problem, UnreadableError) else "")
            return self.address
        self.address, self.read_at = address, self._clock()
        self._due_at = self.read_at + EVERY
        self._trouble, self._is_age_said = "", False
        return address

    def take_words(self) -> str:
        """What a person should know, each once: an answer that cannot be followed, or that the last good one has become old."""
        if self._said:
            words, self._said = self._said, ""
            return f"The stream stays where it was: {words}"
        age = self.age
        if age is None or age <= OLD or self._is_age_said:
            return ""
        self._is_age_said = True
        return f"Where the stream is was last answered {age / 60:.0f} minutes ago, so it stays there: {self._trouble or 'no answer since'}"
