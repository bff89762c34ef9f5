"""The least that could receive a webhook: Starlette with its defaults, which checks the signature and answers, and keeps nothing.

Run as `python -m benchmarks.bare`: reads the secret as a line from stdin, prints its port, and ends with its stdin.
"""

from __future__ import annotations

import asyncio
import hmac
import socket
import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

PATH = "/hook"


def application(secret: bytes) -> Starlette:
    async def receive(request: Request) -> Response:
        right = "sha256=" + hmac.new(secret, await request.body(), "sha256").hexdigest()
        is_valid = hmac.compare_digest(right.encode(), request.headers.get("x-rankacy-signature", "").encode())
        return Response(status_code=204 if is_valid else 401)

    return Starlette(routes=[Route(PATH, receive, methods=["POST"])])


async def main() -> None:
    secret = sys.stdin.buffer.readline().strip()
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(application(secret), http="h11", access_log=False, log_level="error"))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    print(listener.getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.buffer.read)
    server.should_exit = True
    await serving


if __name__ == "__main__":
    asyncio.run(main())
