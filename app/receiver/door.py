"""Who is let in: headers, method, host, origin, path, size, signature, rate, in this order; each answer is counted.

204 is given before anything is written down: the work comes afterwards, in a thread of its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final
from urllib.parse import unquote

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from app.domain.receiving import BODY_LIMIT, Plan, Route
from app.domain.webhook import EVENT_HEADER, SIGNATURE_HEADER, Delivery, Letter, Verdict
from app.receiver.intake import Intake, Taken
from app.receiver.judging import Judged, about, judged, mistake, of_another
from app.receiver.limits import Bucket

OF_BROWSERS: Final = ("origin", "sec-fetch-site", "sec-fetch-dest")  # Node's own fetch sends Sec-Fetch-Mode
OWN_HOSTS: Final = ("127.0.0.1", "localhost", "[::1]")
BAD_RATE: Final = 20.0  # a second of each: refused, unsigned and bad ones that are written down; the others are only counted
HEADERS: Final = 16 * 1024  # bytes
LONGEST: Final = 300  # characters of a path or an event that are kept
KEPT: Final = 16 * 1024  # bytes of a body that are kept


def utc_now() -> datetime:
    return datetime.now(UTC)


class RefusedError(Exception):
    """It is not even looked at. `headers` go with the answer."""

    def __init__(self, answer: int, reason: str, **headers: str) -> None:
        super().__init__(reason)
        self.answer = answer
        self.reason = reason
        self.headers = headers


class Door:
    """An ASGI application. `port` is where it listens."""

    def __init__(
        self,
        plan: Plan,
        intake: Intake,
        *,
        port: int,
        clock: Callable[[], float] = time.perf_counter,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._intake = intake
        self._clock = clock
        self._now = now
        self._port = port
        self._refused, self._unsigned, self._bad = (Bucket(BAD_RATE, clock) for _ in range(3))  # one kind hides no other
        self._good = Bucket(plan.rate, clock)
        self.use(plan)

    def use(self, plan: Plan) -> None:
        """Receive this from now on."""
        if self._good.rate != plan.rate:
            self._good = Bucket(plan.rate, self._clock)
        self._routes: dict[str, list[Route]] = {}
        for route in plan.routes:
            self._routes.setdefault(unquote(route.path), []).append(route)
        self._hosts = frozenset(host.lower() for host in plan.hosts)

    def refuse_early(self, answer: int | None, reason: str) -> None:
        """One that did not become a request; `answer` None: its connection was closed without any."""
        if self._refused.takes():
            delivery = Delivery(self._now(), Verdict.REFUSED, answer=answer, reason=reason)
            self._intake.take(Taken(delivery, Letter((), b"", 0)))
        else:
            self._intake.refuse(self._now())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        began = self._clock()
        request = Request(scope, receive)
        try:
            self._admit(request)
            body = await self._body(request)
        except RefusedError as refusal:
            response: Response = PlainTextResponse(refusal.reason + "\n", refusal.answer, headers=refusal.headers)
            await response(scope, receive, send)
            self._refuse(request, refusal, began)
        except ClientDisconnect:
            self.refuse_early(None, "It broke off, or was not whole in time.")
        else:
            response, taken = self._judge(request, body)
            await response(scope, receive, send)
            if taken is not None:
                took = round((self._clock() - began) * 1000, 3)
                self._intake.take(msgspec.structs.replace(taken, delivery=msgspec.structs.replace(taken.delivery, took=took)))

    # Before the body

    def _admit(self, request: Request) -> None:
        if (
            sum(len(name) + len(value) for name, value in request.scope["headers"]) > HEADERS
        ):  # a server looks only at what is not whole yet
            raise RefusedError(431, f"Its headers have more than {HEADERS:,} bytes.")
        if request.method != "POST":
            raise RefusedError(405, f"A webhook is a POST; this is {request.method[:20]}.", Allow="POST")
        hosts = request.headers.getlist("host")
        if len(hosts) != 1 or not self._is_ours(hosts[0].lower()):
            told = hosts[0][:100] if hosts else ""
            raise RefusedError(421, f"This receiver is not asked for by the name {told!r}: add it to its hosts if it is your tunnel's.")
        if any(name in request.headers for name in OF_BROWSERS):
            raise RefusedError(403, "A web page sent this: webhooks do not come from browsers.")
        if request.scope["path"] not in self._routes:
            raise RefusedError(404, f"Nothing is received at {_path(request)[:100]!r}.")
        if "transfer-encoding" in request.headers and "content-length" in request.headers:
            raise RefusedError(400, "It tells its length in two ways.", Connection="close")
        length = request.headers.get("content-length", "0")
        if not length.isdecimal() or int(length[:20]) > BODY_LIMIT:
            raise RefusedError(413, f"A delivery has at most {BODY_LIMIT:,} bytes.")

    def _is_ours(self, host: str) -> bool:
        name, _, port = host.rpartition(":") if host.rpartition(":")[2].isdecimal() else (host, "", "")
        return (name in OWN_HOSTS and port == str(self._port)) or host in self._hosts or name in self._hosts

    async def _body(self, request: Request) -> bytes:
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > BODY_LIMIT:
                raise RefusedError(413, f"A delivery has at most {BODY_LIMIT:,} bytes.")
        return bytes(body)

    # With the body

    def _judge(self, request: Request, body: bytes) -> tuple[Response, Taken | None]:
        """The answer, and what is written down after it."""
        event = request.headers.get(EVENT_HEADER, "")
        verdict = judged(body, _signatures(request), event, self._routes.get(request.scope["path"], ()))
        if verdict.verdict is not Verdict.VALID:
            return self._turned_away(request, body, verdict)
        told = about(body, event or verdict.event)
        is_within = self._good.takes()
        answer = 204 if is_within else 429
        delivery = Delivery(
            self._now(), Verdict.VALID, event=told.event, match_id=told.match_id, subscription_id=verdict.subscription_id,
            path=_path(request), size=len(body), answer=answer, reason=told.reason,
        )  # fmt: skip
        mark = sha256(_path(request).encode() + b"\0" + body).digest()
        taken = Taken(delivery, _letter(request, body), is_limited=not is_within, copy=mark)
        return Response(status_code=204) if is_within else _too_many(), taken

    def _turned_away(self, request: Request, body: bytes, verdict: Judged) -> tuple[Response, Taken | None]:
        if not (self._unsigned if verdict.verdict is Verdict.NONE else self._bad).takes():
            self._intake.limit(verdict.verdict, verdict.subscription_id, self._now())
            return _too_many(), None
        verdict = self._explained(request, body, verdict)
        reason = verdict.reason
        delivery = Delivery(
            self._now(), verdict.verdict, event=_event(request), subscription_id=verdict.subscription_id, path=_path(request),
            size=len(body), answer=verdict.answer, reason=reason,
        )  # fmt: skip
        return PlainTextResponse(reason + "\n", verdict.answer), Taken(delivery, _letter(request, body))

    def _explained(self, request: Request, body: bytes, verdict: Judged) -> Judged:
        """With a reason. What another subscription's secret signed is bad, whether or not the one's that it came for is here."""
        if verdict.reason and verdict.verdict is not Verdict.UNCHECKED:
            return verdict
        path, signature = request.scope["path"], _signatures(request)[0]
        elsewhere = [route for other, routes in self._routes.items() if other != path for route in routes]
        if verdict.verdict is not Verdict.UNCHECKED:
            reason = mistake(body, signature, self._routes.get(path, ()), elsewhere)
            return msgspec.structs.replace(verdict, reason=reason)
        reason = of_another(body, signature, elsewhere)
        return msgspec.structs.replace(verdict, verdict=Verdict.BAD, reason=reason) if reason else verdict

    def _refuse(self, request: Request, refusal: RefusedError, began: float) -> None:
        if not self._refused.takes():
            self._intake.refuse(self._now())
            return
        took = round((self._clock() - began) * 1000, 3)
        delivery = Delivery(
            self._now(), Verdict.REFUSED, event=_event(request), path=_path(request), answer=refusal.answer, took=took,
            reason=refusal.reason,
        )  # fmt: skip
        letter = _letter(request, b"") if refusal.answer != 431 else Letter((), b"", 0)
        self._intake.take(Taken(delivery, letter))


def _path(request: Request) -> str:
    """As it came, percent signs and all: to show, and to send again."""
    return bytes(request.scope["raw_path"]).decode("latin-1")[:LONGEST]


def _event(request: Request) -> str:
    return request.headers.get(EVENT_HEADER, "")[:LONGEST]


def _signatures(request: Request) -> list[bytes]:
    return [value for name, value in request.scope["headers"] if name == SIGNATURE_HEADER.lower().encode()]


def _too_many() -> Response:
    return PlainTextResponse("Too many deliveries a second.\n", 429, headers={"Retry-After": "1"})


def _letter(request: Request, body: bytes) -> Letter:
    """Its headers as they came, in Latin-1 as HTTP has them."""
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in request.scope["headers"])
    return Letter(headers, body[:KEPT], len(body))
