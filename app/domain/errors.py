"""The three ways an order can fail, because the person must do three different things.

    VenueError
    ├── RefusedError   the venue said no: read its words, change the order
    ├── NotSentError   no byte of it reached the venue, or the venue proved it was not accepted: may be sent again
    └── UnknownError   it may have happened: never resend, find out

`str(error)` is a sentence fit for the screen.
"""

from __future__ import annotations


class VenueError(Exception):
    """Something between us and a venue went wrong."""


class RefusedError(VenueError):
    """The venue said no. `code` is its own word for the reason, `status` the HTTP status."""

    def __init__(self, words: str, *, code: str = "", status: int = 0) -> None:
        super().__init__(words)
        self.code = code
        self.status = status


class NotSentError(VenueError):
    """Nothing was accepted: connection refused, DNS, TLS, 401, 429. `retry_after` is in seconds when the venue gave it."""

    def __init__(self, words: str, *, retry_after: float | None = None, status: int = 0) -> None:
        super().__init__(words)
        self.retry_after = retry_after
        self.status = status


class UnknownError(VenueError):
    """The request may have reached the venue and no readable answer came back."""


class UnreadableError(VenueError):
    """An answer came that is not of the shape it should have; nothing of it may be traded on."""
