"""Where every call is acted on, written into the truth log and told: honestly, or as the fault that strikes it wants."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from app.practice.clock import SECOND
from app.practice.exchange import Exchange
from app.practice.faults.answers import Dripping, Held, Severed
from app.practice.faults.armed import Faults
from app.practice.faults.lag import Past
from app.practice.faults.script import Body, CallVerb, Delay, Drip, Error, Hang, Lag, Limit, Lost, Redirect, RetryAfter, Unauthorized
from app.practice.model import RefusalError
from app.practice.truth import HELD, LOST, Deed, Moment, Truth, deeds_of
from app.practice.wire.names import Document
from app.practice.wire.omnibus_paths import OF_THE_PARTNER
from app.practice.wire.paths import OPEN, Row


class Cue(NamedTuple):
    """How a call is to be acted on: whether at all, and as of how many ns ago it reads history."""

    is_done: bool = True
    behind: int = 0


Told = Document | list[Document] | None
"""What an answer says."""


class Outcome(NamedTuple):
    """What a call came to: a document or a refusal, and whose call it was. Neither when it was not to be done."""

    user_id: str = ""
    body: object = None
    document: Told = None
    error: RefusalError | None = None


Act = Callable[[Request, Cue], Awaitable[Outcome]]
Reply = Callable[[Outcome], Response]
Wording = Callable[[str, str], Document]


def error_body(code: str, message: str) -> Document:
    return {"error": code, "message": message}


class Path(NamedTuple):
    """A path of the API: `act` does what a request to it asks, `reply` words what came of that, `wording` a fault's code and message."""

    row: Row
    act: Act
    reply: Reply
    wording: Wording = error_body


_HONEST = Cue()


class Stage:
    def __init__(self, truth: Truth, faults: Faults | None, past: Past | None) -> None:
        """`past` is what a history that lags is read from; without one none does."""
        self.truth = truth
        self.faults = faults
        self._past = past

    def as_of(self, exchange: Exchange, user_id: str, until: int) -> Exchange:
        """`exchange`, for reading only, as the account's history stood at `until` (ns)."""
        return self._past.view(exchange, user_id, until) if self._past is not None else exchange

    def endpoint(self, path: Path) -> Callable[[Request], Awaitable[Response]]:
        """What answers the requests to a path."""

        async def answer(request: Request) -> Response:
            moment = self.truth.moment()
            if self.faults is not None:
                verb = self.faults.on_call(path.row.name, _token(path.row, request))
                if verb is not None:
                    return await self._play(verb, self.faults, path, request, moment)
            outcome = await path.act(request, _HONEST)
            response = path.reply(outcome)
            self.truth.note(moment, path.row.method, path.row.name, outcome.user_id, _deeds(path.row, outcome), response.status_code)
            return response

        return answer

    async def _play(self, verb: CallVerb, faults: Faults, path: Path, request: Request, moment: Moment) -> Response:
        row = path.row
        if isinstance(verb, Delay) and verb.when == "before":
            await faults.sleep(verb.seconds)
        outcome = await path.act(request, _cue(verb))
        response = _told(verb, faults, lambda: path.reply(outcome), path.wording)
        deeds = _deeds(row, outcome) if verb.is_done else deeds_of(row.name, outcome.body, None, verb.verdict)
        self.truth.note(moment, row.method, row.name, outcome.user_id, deeds, _status(verb, response), verb.word)
        if isinstance(verb, Delay) and verb.when == "after":
            await faults.sleep(verb.seconds)
        return response


def _cue(verb: CallVerb) -> Cue:
    behind = int(verb.seconds * SECOND) if isinstance(verb, Lag) else 0
    return Cue(verb.is_done, behind)


def _told(verb: CallVerb, faults: Faults, honest: Callable[[], Response], wording: Wording) -> Response:
    match verb:
        case Error():
            return _json(verb.status, wording(verb.code, verb.message))
        case Body():
            return Response(verb.raw, verb.status, media_type=verb.content_type)
        case Lost():
            return Severed()
        case Hang():
            return Held(faults.ended)
        case Drip():
            return Dripping(honest(), verb.bytes, verb.gap, faults.sleep)
        case RetryAfter():
            headers = {} if verb.value is None else {"Retry-After": verb.value}
            return _json(verb.status, wording("rate_limit_reached", "Rate limit reached"), headers)
        case Redirect():
            return Response(b"", verb.status, {"Location": verb.location})
        case Unauthorized():
            return _json(401, wording("unauthorized", "Unauthorized"))
        case Delay() | Lag() | Limit():
            return honest()


def _status(verb: CallVerb, response: Response) -> int | str:
    match verb:
        case Lost():
            return LOST
        case Hang():
            return HELD
        case _:
            return response.status_code


def _deeds(row: Row, outcome: Outcome) -> list[Deed]:
    return deeds_of(row.name, outcome.body, outcome.document, outcome.error.code if outcome.error is not None else "")


def _json(status: int, document: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    return Response(msgspec.json.encode(document), status, headers, "application/json")


def _token(row: Row, request: Request) -> str:
    """The access token of a call that needs one, where a client can get another."""
    return "" if row.name in OPEN | OF_THE_PARTNER else request.headers.get("authorization", "").partition(" ")[2].strip()
