"""A connection to one receiver on this computer: POST after POST over HTTP/1.1, kept alive between them. Nothing is sent twice."""

from __future__ import annotations

import h11

from app.practice.webhooks.letter import Letter
from app.practice.webhooks.pipe import Dial, Pipe
from app.practice.webhooks.target import Place

LONGEST_HEAD = 16_384
LONGEST_ANSWER = 65_536
"""Bytes of an answer after which no more is read; its status stands long before."""

SILENT = "The connection was closed without an answer"


class LineError(Exception):
    """The delivery failed; the text is a sentence."""


class Line:
    """`post`, then `finish`; then `is_usable` says whether it goes on."""

    def __init__(self, place: Place, pipe: Pipe) -> None:
        self._place, self._pipe = place, pipe
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=LONGEST_HEAD)
        self._read = 0

    @classmethod
    async def open(cls, place: Place, dial: Dial) -> Line:
        """Raises OSError."""
        return cls(place, await dial(place.host, place.port))

    @property
    def is_usable(self) -> bool:
        """Open, between two deliveries, and nothing was said on it meanwhile."""
        return self._http.our_state is h11.IDLE and self._http.their_state is h11.IDLE and self._pipe.is_quiet

    async def post(self, letter: Letter) -> int:
        """The status of the answer. Raises LineError."""
        self._read = 0
        self._pipe.write(self._request(letter))
        while not isinstance(event := await self._next(), h11.Response):
            if not isinstance(event, h11.InformationalResponse):
                raise LineError(SILENT)
        return event.status_code

    async def finish(self) -> None:
        """Read the rest of the answer, so that another may follow. Raises LineError."""
        while not isinstance(await self._next(), h11.EndOfMessage):
            continue
        if self._http.our_state is h11.DONE and self._http.their_state is h11.DONE and not self._http.trailing_data[0]:
            self._http.start_next_cycle()

    def close(self) -> None:
        self._pipe.close()

    def _request(self, letter: Letter) -> bytes:
        headers = [("Host", self._place.authority), *letter.head, ("Content-Length", str(len(letter.body)))]
        asked = h11.Request(method="POST", target=self._place.path, headers=headers)
        parts = [self._http.send(each) for each in (asked, h11.Data(letter.body), h11.EndOfMessage())]
        return b"".join(part for part in parts if part is not None)

    async def _next(self) -> h11.Event:
        try:
            while (event := self._http.next_event()) is h11.NEED_DATA:
                self._http.receive_data(await self._some())
        except h11.RemoteProtocolError as error:
            raise LineError(f"The answer is no HTTP: {error}") from error
        assert not isinstance(event, type)  # PAUSED follows an EndOfMessage only, and nobody reads on after one
        return event

    async def _some(self) -> bytes:
        if self._read > LONGEST_ANSWER:
            raise LineError(f"The answer is longer than {LONGEST_ANSWER:,} bytes")
        data = await self._pipe.read()
        self._read += len(data)
        if not data and self._http.their_state is h11.SEND_RESPONSE:
            raise LineError(SILENT)
        return data
