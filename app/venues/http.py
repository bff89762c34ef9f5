"""One HTTP client per venue: a total deadline, no redirects, no proxy nobody asked for, failures sorted by whether they reached the venue.

The sorting follows the outcome table of an order: what certainly never left is `NotSentError`, what may have arrived is `UnknownError`.
"""

from __future__ import annotations

import asyncio
import math
import ssl
import statistics
import time
import zlib
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import MappingProxyType

import httpx
import msgspec

from app.domain.errors import DistrustedError, NotSentError, RedirectedError, RefusedError, TooLargeError, UnknownError
from app.domain.redact import beginning
from app.venues.proxies import FindProxy, Proxy, ProxyError, is_here, system_proxy
from app.venues.redact import cut
from app.venues.trust import trusted, trusted_by_system

DEADLINE = 5.0  # seconds for a whole call: httpx's own timeouts are per read, and a dripping server outlives them
CONNECTING = 0.6  # of the deadline: a connection that is not there by then never was, which the whole deadline could not tell
OFFSETS = 9  # answers whose median is the host's clock: one that was held up on its way says nothing
CONNECTIONS = 250  # what fifty a second can have under way within the deadline: who goes first is the budget's to say, not the pool's
BODY_LIMIT = 32 * 1024 * 1024
NO_PARAMS: Mapping[str, str] = MappingProxyType({})

_NEVER_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,  # of a CONNECT, which comes before everything
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)


class Reply(msgspec.Struct, frozen=True):
    """A whole answer. `seconds` is from before the request to the last byte."""

    status: int
    body: bytes
    seconds: float
    retry_after: str = ""


class _ErrorBody(msgspec.Struct):
    """A venue's error envelope: `error` and `message`, which the schema leaves untyped, or `detail` alone."""

    error: object = ""
    message: object = ""
    detail: object = ""


class Http:
    """The one connection pool of a venue, bound to its base URL."""

    def __init__(
        self,
        base_url: str,
        *,
        deadline: float = DEADLINE,
        transport: httpx.AsyncBaseTransport | None = None,
        wall: Callable[[], float] = time.time,
        proxy: bool = False,
        find_proxy: FindProxy = system_proxy,
    ) -> None:
        """`transport` stands for the network where there is none (tests), `wall` for the time of day in Unix seconds.

        `proxy`: a person turned it on that requests take the proxy, and believe the authorities, that the system names; `find_proxy`
        finds it. This computer's own addresses are always spoken to without.
        """
        self._deadline = deadline
        self._wall = wall
        self._offsets: deque[float] = deque(maxlen=OFFSETS)
        host = httpx.URL(base_url).host
        is_proxied = proxy and not is_here(host)
        self._trouble = ""
        self._client = httpx.AsyncClient(
            base_url=base_url,
            limits=httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=10, keepalive_expiry=30),
            trust_env=False,
            verify=trusted_by_system() if is_proxied else trusted(),
            proxy=self._proxied(host, find_proxy) if is_proxied else None,
            transport=transport,
            follow_redirects=False,
            headers={"Accept": "application/json", "Accept-Encoding": "gzip, deflate", "User-Agent": "overround"},
        )

    def _proxied(self, host: str, find_proxy: FindProxy) -> httpx.Proxy | None:
        """One that cannot be used is said when something is to be sent: nothing goes past a proxy that is there."""
        try:
            found = find_proxy(host)
        except ProxyError as problem:
            self._trouble = str(problem)
            return None
        return _of_httpx(found) if found else None

    @property
    def offset(self) -> float | None:
        """How many seconds the host's clock is ahead of this one (negative: behind), by the `Date` of its last answers; None before one."""
        return statistics.median(self._offsets) if self._offsets else None

    def restart_clock(self) -> None:
        """Take the newest answer's word for the host's clock: this computer's may have been set since those before it."""
        while len(self._offsets) > 1:
            self._offsets.popleft()

    async def send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] = NO_PARAMS,
        body: bytes | None = None,
        headers: Mapping[str, str] = NO_PARAMS,
        auth: httpx.Auth | None = None,
        deadline: float | None = None,
    ) -> Reply:
        """One request, one answer of any status. Raises NotSentError or UnknownError, nothing else.

        `auth` sees the request as it is written, and adds what opens the door to it.
        """
        if self._client.is_closed:
            raise NotSentError("The connection to the venue was closed")
        if self._trouble:
            raise NotSentError(self._trouble)
        started = time.monotonic()
        deadline = deadline or self._deadline
        timeout = httpx.Timeout(deadline, connect=deadline * CONNECTING, pool=deadline * CONNECTING)
        sent = {**headers, **({"Content-Type": "application/json"} if body is not None else {})}
        async with _mapped(deadline):
            request = self._client.build_request(method, path, params=dict(params) or None, content=body, headers=sent, timeout=timeout)
            response = await self._client.send(request, stream=True, auth=auth)
            content = await _read(response)
        seconds = time.monotonic() - started
        self._compare(response.headers.get("Date", ""), seconds)
        return Reply(response.status_code, content, seconds, response.headers.get("Retry-After", ""))

    def _compare(self, dated: str, seconds: float) -> None:
        """The host wrote `Date` half the way back, in whole seconds: half a second on average were cut off."""
        told = _moment(dated)
        if told is not None:
            self._offsets.append(told.timestamp() + 0.5 - (self._wall() - seconds / 2))

    async def close(self) -> None:
        await self._client.aclose()


def _of_httpx(proxy: Proxy) -> httpx.Proxy:
    return httpx.Proxy(proxy.url, headers={"Proxy-Authorization": proxy.authorization} if proxy.authorization else None)


async def _read(response: httpx.Response) -> bytes:
    """The answer unpacked, never more of it than BODY_LIMIT: httpx unpacks whole chunks, and several layers of packing, without a limit.

    The response is closed while its chunks are still held: httpx's nested generators would otherwise close it when they are thrown away,
    which is no time to wait for anything.
    """
    assert isinstance(response.stream, httpx.AsyncByteStream)
    chunks = aiter(response.stream)
    try:
        return await _unpacked(chunks, _unpacker(response.headers.get("Content-Encoding", "")))
    finally:
        await response.aclose()


async def _unpacked(chunks: AsyncIterator[bytes], unpack: Callable[[bytes, int], bytes]) -> bytes:
    content = bytearray()
    async for chunk in chunks:
        content += unpack(chunk, BODY_LIMIT + 1 - len(content))
        if len(content) > BODY_LIMIT:
            raise TooLargeError("The venue's answer is larger than 32 MB and was not read")
    return bytes(content)


def _unpacker(coding: str) -> Callable[[bytes, int], bytes]:
    """What takes the packing off one chunk, up to so many bytes."""
    if coding.strip().lower() in {"", "identity"}:
        return lambda chunk, most: chunk[:most]
    if coding.strip().lower() in {"gzip", "x-gzip", "deflate"}:
        return zlib.decompressobj(zlib.MAX_WBITS | 32).decompress
    raise UnknownError(f"The venue's answer is packed in a way that was not asked for: {beginning(coding)!r}")


@asynccontextmanager
async def _mapped(deadline: float) -> AsyncIterator[None]:
    """The one border where httpx's exceptions become ours."""
    try:
        async with asyncio.timeout(deadline):
            yield
    except (httpx.LocalProtocolError, UnicodeEncodeError):  # their texts quote the header, which may be a key: nothing of them is kept
        raise NotSentError("The request cannot be written: it holds a sign that may stand in no header") from None
    except _NEVER_LEFT as problem:
        if _is_distrust(problem):
            raise DistrustedError(f"The venue's host cannot prove who it is ({_reason(problem)}): nothing is sent to it") from problem
        raise NotSentError(f"The venue cannot be reached ({_reason(problem)})") from problem
    except TimeoutError as problem:
        raise UnknownError(f"No answer within {deadline:g} s") from problem
    except (httpx.HTTPError, zlib.error) as problem:
        raise UnknownError(f"The connection broke before the answer was complete ({_reason(problem)})") from problem


def _is_distrust(problem: BaseException | None) -> bool:
    """Whether a certificate was the reason: no retry and no exception helps there."""
    while problem is not None:
        if isinstance(problem, ssl.SSLCertVerificationError):
            return True
        problem = problem.__cause__ or problem.__context__
    return False


def _reason(problem: Exception) -> str:
    return str(problem) or type(problem).__name__


def accepted(reply: Reply) -> Reply:
    """The reply itself when the venue said yes; else the exception that its status means (reliability of an order: table of outcomes)."""
    status = reply.status
    if 200 <= status < 300:
        return reply
    if 300 <= status < 400:
        raise RedirectedError(f"The venue's host answered with a redirect ({status}), which is not followed")
    code, words = error_of(reply.body)
    if status == 401:
        raise NotSentError(words or "The venue did not accept the session", status=401, code=code)
    if status == 429:
        raise NotSentError(words or "Too many requests", retry_after=_seconds(reply.retry_after), status=429, code=code)
    if status in {400, 403, 404, 409, 422, 425} or code == "opened_retry":
        raise RefusedError(words or f"The venue refused ({status})", code=code, status=status)
    raise UnknownError(f"{words or 'The venue gave no clear answer'} ({status})", status=status)


def error_of(body: bytes) -> tuple[str, str]:
    """The venue's own code and words in the body of a refusal, each cut to a line; empty where it gives none."""
    try:
        told = msgspec.json.decode(body, type=_ErrorBody)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return "", ""
    code = told.error if isinstance(told.error, str) else ""
    words = told.message if isinstance(told.message, str) else ""
    return cut(code), cut(words or _detail(told.detail) or code)


def _detail(told: object) -> str:
    """A sentence, or the sentences of a list of objections; what was sent stands in those, too, and is not repeated."""
    if isinstance(told, list):
        return "; ".join(one["msg"] for one in told if isinstance(one, dict) and isinstance(one.get("msg"), str))
    return told if isinstance(told, str) else ""


def _seconds(text: str) -> float | None:
    """`Retry-After` in seconds, between 0 and 60, from a number or a date; None when it is missing or neither."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = _until(text)
    return None if math.isnan(seconds) else min(max(seconds, 0.0), 60.0)


def _until(text: str) -> float:
    """Seconds until an HTTP date; NaN when it is none."""
    moment = _moment(text)
    return (moment - datetime.now(UTC)).total_seconds() if moment else math.nan


def _moment(text: str) -> datetime | None:
    """An HTTP date; None when it is none."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else None
