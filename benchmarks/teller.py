"""A venue that logs anybody in and accepts every order at once: `python -m benchmarks.teller` prints its port and ends with its stdin."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

_END = b"\r\n\r\n"


class Teller(asyncio.Protocol):
    """One connection. It reads a request's length and its body, and looks at nothing else."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._waiting = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._waiting += data
        while (request := self._taken()) is not None:
            self._answer(json.loads(request))

    def _taken(self) -> bytes | None:
        """The body of the next request that is there as a whole."""
        head, end, _ = bytes(self._waiting).partition(_END)
        if not end:
            return None
        lengths = [int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        size = len(head) + len(end) + lengths[0]
        if len(self._waiting) < size:
            return None
        body = bytes(self._waiting[size - lengths[0] : size])
        del self._waiting[:size]
        return body

    def _answer(self, asked: dict[str, Any]) -> None:
        assert self._transport is not None
        body = json.dumps({"data": _accepted(asked) if "external_id" in asked else _TOKEN}).encode()
        self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))


_TOKEN = {"access_token": "t" * 800, "access_expire_time": 1200, "refresh_token": "r" * 64}  # as long as the venue's own are


def _accepted(asked: dict[str, Any]) -> dict[str, object]:
    amounts = {"original_quantity": asked["quantity"], "filled_quantity": 0}
    status = {"status": "inactive", "matching_status": "unmatched", "winning_status": "tbd"}
    return {"success": True, "order": {**asked, **amounts, **status, "order_id": f"teller-{asked['external_id']}"}}


async def main() -> None:
    server = await asyncio.get_running_loop().create_server(Teller, "127.0.0.1", 0)
    async with server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
