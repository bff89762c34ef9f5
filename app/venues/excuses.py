"""What a person is told when a venue does not answer as it should: what happened, and the one thing to do about it."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Mapping

import httpx
import msgspec

from app.domain.errors import DistrustedError, NotSentError, RedirectedError, RefusedError, UnknownError, UnreadableError
from app.venues.hosts import HostError
from app.venues.redact import redacted


class Excuse(msgspec.Struct, frozen=True):
    """`words` says what happened, `remedy` what to do, `details` what a developer wants to see. No secret in any of them."""

    words: str
    remedy: str
    details: str = ""


_AGAIN = "Look at this computer's network, then test again"
_HOST = "Look at the host letter by letter: it must be the API's own"


def excuse(problem: Exception, by_status: Mapping[int, Excuse]) -> Excuse:
    """`by_status`: what an HTTP status means at this venue and in this place; what it does not name is the same everywhere."""
    told = _of_answer(problem, by_status) or _of_connection(problem)
    return msgspec.structs.replace(told, details=told.details or _details(problem))


def status_of(problem: Exception) -> int:
    """The HTTP status it stands for; 0 where no answer came."""
    return problem.status if isinstance(problem, (RefusedError, NotSentError, UnknownError)) else 0


def _of_answer(problem: Exception, by_status: Mapping[int, Excuse]) -> Excuse | None:
    status = status_of(problem)
    if isinstance(problem, UnreadableError) and isinstance(problem.__cause__, HostError):
        return Excuse(str(problem), "Ask the venue whether its stream belongs there: until then it is not spoken to")
    if isinstance(problem, UnreadableError):
        return Excuse("An answer came that is not this API's", f"{_HOST}. If it is, show the details to whoever looks after this program")
    if isinstance(problem, RedirectedError):
        return Excuse("The host sends on to another address, which is not followed", _HOST)
    if status in by_status:
        return by_status[status]
    if status == 404:
        return Excuse("The host does not know this API's addresses (404)", _HOST)
    if status == 429 and isinstance(problem, NotSentError):
        return Excuse("The venue asks for a pause (429)", f"Wait {max(problem.retry_after or 0, 1):.0f} s, then test again")
    if status >= 500:
        return Excuse(f"The venue has trouble of its own ({status})", "Test again in some minutes; if it stays so, ask the venue")
    if status:
        return Excuse(f"The venue refuses ({status}): {redacted(str(problem).encode())}", "Ask the venue what it means")
    return None


def _of_connection(problem: Exception) -> Excuse:
    if isinstance(problem, DistrustedError):
        return Excuse(
            "The host cannot prove who it is (TLS): nothing was sent to it",
            "Look at the host letter by letter, and whether something in this network reads what passes",
        )
    if _has_cause(problem, httpx.ProxyError):
        return Excuse("The system's proxy does not let the connection through", "Look at the proxy, or turn it off for this profile")
    if _has_cause(problem, socket.gaierror):
        return Excuse("There is no host of this name, or this network cannot look it up (DNS)", f"{_HOST}, and the network must be there")
    if _has_cause(problem, ssl.SSLError):
        return Excuse("The host does not speak https", _HOST)
    if _has_cause(problem, ConnectionRefusedError):
        return Excuse("The host is there and takes no connection", "Look at the host, and whether a firewall is in between")
    if _has_cause(problem, TimeoutError) or _has_cause(problem, httpx.TimeoutException):
        return Excuse("The host did not answer in time", _AGAIN)
    return Excuse(redacted(str(problem).encode()), _AGAIN)


def _has_cause(problem: BaseException | None, kind: type[BaseException]) -> bool:
    while problem is not None:
        if isinstance(problem, kind):
            return True
        if isinstance(problem, BaseExceptionGroup):  # one for each address of the host
            return any(_has_cause(one, kind) for one in problem.exceptions)
        problem = problem.__cause__ or problem.__context__
    return False


def _details(problem: Exception) -> str:
    """What the venue, or the network, said itself."""
    status, code = status_of(problem), getattr(problem, "code", "")
    said = redacted(str(problem).encode())
    return " ".join(part for part in (str(status) if status else "", redacted(code.encode()) if code else "", said) if part)
