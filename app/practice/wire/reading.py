"""A request as it arrives: its query, its bytes and what they decode to."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from app.practice.model import RefusalError
from app.practice.wire.bodies import MOST_BYTES, decode_body


def read_query(request: Request) -> dict[str, str]:
    """The query string, repeated names joined by commas."""
    query = request.query_params
    return {name: ",".join(query.getlist(name)) for name in query}


async def read_raw(request: Request) -> bytes:
    """The body's very bytes. Raises invalid_request where they are too many, and starlette's ClientDisconnect."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > MOST_BYTES:
            raise RefusalError("invalid_request")
        parts.append(part)
    return b"".join(parts)


async def decode_raw(request: Request, raw: bytes) -> object:
    """What a body says, JSON or a form; None where there is none. Raises invalid_request."""
    content_type = request.headers.get("content-type", "").lower()
    if content_type.startswith("multipart/form-data"):
        return await _read_multipart(request, raw)
    return decode_body(raw, content_type)


async def _read_multipart(request: Request, raw: bytes) -> object:
    async def stream() -> AsyncGenerator[bytes, None]:
        yield raw

    try:
        form = await MultiPartParser(request.headers, stream()).parse()
    except (MultiPartException, KeyError) as error:
        raise RefusalError("invalid_request") from error
    return {name: value for name, value in form.items() if not isinstance(value, UploadFile)}
