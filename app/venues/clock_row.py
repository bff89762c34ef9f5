"""The first row of every proof: this computer's clock beside the venue's, by an answer to a request that carries no credential."""

from __future__ import annotations

from collections.abc import Callable

from app.venues.call import Call
from app.venues.hosts import Address
from app.venues.http import Http
from app.venues.steps import Found, StepError

FAR = 30.0  # seconds: a signed request stands no more


class ClockRow:
    """`offset` is how many seconds the venue's clock is ahead (negative: behind), 0 until it was asked and where it is not told."""

    def __init__(self, address: Address, call: Call, connect: Callable[[str], Http]) -> None:
        self._address = address
        self._call = call
        self._connect = connect
        self.offset = 0.0

    async def ask(self) -> Found:
        """An answer of any status will do: the time stands in all of them."""
        http = self._connect(self._address.base_url + "/")
        try:
            reply = await http.send(self._call.method, self._call.path, params=self._call.params)
            offset = http.offset
        finally:
            await http.close()
        details = f"GET {self._call.path} without credentials: {reply.status}"
        if offset is None:
            return Found("The venue answers, and does not say what time it is", details)
        self.offset = offset
        if abs(offset) > FAR:
            raise StepError(f"{clock_words(offset)}: set it by network time", "Switch on network time in the system's settings", details)
        return Found(f"This computer's clock is within {max(abs(offset), 1):.0f} s of the venue's", details)


def clock_words(offset: float) -> str:
    way = "behind" if offset > 0 else "ahead of"
    return f"This computer's clock is {abs(offset):,.0f} s {way} the venue's"
