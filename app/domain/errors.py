"""The three ways an order can fail, because the person must do three different things.

    VenueError
    ├── RefusedError   the venue said no: read its words, change the order
    ├── NotSentError   no byte of it reached the venue, or the venue proved it was not accepted: may be sent again
    └── UnknownError   it may have happened: never resend, find out

    StoppedError           this program itself did not let it leave
    ├── DeniedError        a rule stopped it: `code` names the rule
    ├── HaltedError        the kill switch is pulled, here or by another program of the same profile
    └── JournalDownError   it cannot be written down, and what is not written down is not sent

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
    """Nothing was accepted: connection refused, DNS, TLS, 401, 429. `retry_after` (seconds) and `code` are the venue's, if given."""

    def __init__(self, words: str, *, retry_after: float | None = None, status: int = 0, code: str = "") -> None:
        super().__init__(words)
        self.code = code
        self.retry_after = retry_after
        self.status = status


class UnknownError(VenueError):
    """The request may have reached the venue and no readable answer came back. `status` is the HTTP status, 0 where nothing came at all."""

    def __init__(self, words: str, *, status: int = 0) -> None:
        super().__init__(words)
        self.status = status


class TooLargeError(UnknownError):
    """The answer was larger than this program reads: asked again the same way it would be so again."""


class RedirectedError(UnknownError):
    """The venue's host answered an order with a redirect: it was not followed, and the host is not trusted with another."""


class DistrustedError(NotSentError):
    """The host could not prove who it is (TLS): nothing was sent, and there is no way to send it anyway."""


class UnreadableError(VenueError):
    """An answer came that is not of the shape it should have; nothing of it may be traded on."""


class StoppedError(Exception):
    """This program did not let an order leave."""


class DeniedError(StoppedError):
    """A rule of this program: nothing was sent. `str` says why and with what numbers; `may_confirm`: a person may insist."""

    def __init__(self, words: str, *, code: str = "", may_confirm: bool = False) -> None:
        super().__init__(words)
        self.code = code
        self.may_confirm = may_confirm


class HaltedError(StoppedError):
    """Orders are halted; the text is the reason that was written down."""


class JournalDownError(StoppedError):
    """The journal cannot be written."""
