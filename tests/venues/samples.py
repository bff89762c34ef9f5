"""The sample bodies on disk, and the envelope in which pushes travel."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

WIRE = Path(__file__).parents[1] / "wire" / "prophetx"


def sample(name: str) -> bytes:
    """A body as the venue sends it: `term_<name>.json`."""
    return (WIRE / f"term_{name}.json").read_bytes()


def document(name: str) -> Any:
    return json.loads(sample(name))


def changed(name: str, path: tuple[str | int, ...], value: object) -> bytes:
    """A sample with one value in it replaced; raw JSON such as 1e999 goes in as bytes."""
    told = document(name)
    place = told
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = "@@" if isinstance(value, bytes) else value
    body = json.dumps(told).encode()
    return body.replace(b'"@@"', value) if isinstance(value, bytes) else body


def pushed(kind: str, payload: bytes, op: str = "u") -> bytes:
    """A frame's data: the documented envelope around a base64 payload."""
    return envelope(kind, base64.b64encode(payload).decode(), op)


def envelope(kind: str, payload: object, op: str = "u") -> bytes:
    return json.dumps({"timestamp": 1788359521109155000, "change_type": kind, "op": op, "payload": payload}).encode()
