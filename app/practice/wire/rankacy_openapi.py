"""The feed's own description (OpenAPI 3.1), made of the table of its paths and the types of its answers."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from app.practice.wire.names import Document
from app.practice.wire.rankacy_paths import ENDPOINTS, Endpoint
from app.practice.wire.rankacy_shapes import Fault

KEY_SCHEME = "ApiKey"
_REFERENCE = "#/components/schemas/{name}"


@functools.cache
def openapi() -> Document:
    """Never changed by whoever reads it."""
    answers, components = msgspec.json.schema_components([Fault, *(each.answer for each in ENDPOINTS)], ref_template=_REFERENCE)
    fault, *told = answers
    return {
        "openapi": "3.1.0",
        "info": {"title": "Practice feed of a CS2 bot league", "version": "v1"},
        "paths": _paths(told, fault),
        "components": {
            "schemas": components | _parameter_components(),
            "securitySchemes": {KEY_SCHEME: {"type": "apiKey", "in": "header", "name": "X-API-Key"}},
        },
        "security": [{KEY_SCHEME: []}],
    }


def _paths(told: Sequence[Document], fault: Document) -> Document:
    """By path and then by method, in the order of the table."""
    paths: Document = {}
    for endpoint, schema in zip(ENDPOINTS, told, strict=True):
        paths.setdefault(endpoint.row.path, {})[endpoint.row.method.lower()] = _operation(endpoint, schema, fault)
    return paths


def _operation(endpoint: Endpoint[Any], told: Document, fault: Document) -> Document:
    parameters = [] if endpoint.has_body else list(_parameters(endpoint))
    refusals = {"401": "Missing or invalid API key"}
    if endpoint.in_path:
        refusals["404"] = "Unknown id"
    if parameters or endpoint.has_body:
        refusals["422"] = "A field cannot be used" if endpoint.has_body else "A parameter cannot be used"
    body = {"requestBody": {"required": True, "content": {"application/json": {"schema": _asked_schemas()[endpoint.asked.__name__]}}}}
    return {
        "operationId": endpoint.row.name,
        "summary": endpoint.about,
        "parameters": parameters,
        **(body if endpoint.has_body else {}),
        "responses": {
            str(endpoint.status): _response("Successful", told),
            **{status: _response(words, fault) for status, words in refusals.items()},
        },
    }


def _response(words: str, schema: Document) -> Document:
    return {"description": words, "content": {"application/json": {"schema": schema}}}


def _parameters(endpoint: Endpoint[Any]) -> Iterator[Document]:
    schema = _asked_schemas()[endpoint.asked.__name__]
    for name, described in schema["properties"].items():
        place = "path" if name in endpoint.in_path else "query"
        yield {"name": name, "in": place, "required": name in schema["required"], "schema": described}


def _parameter_components() -> dict[str, Document]:
    """What the parameters point to: the words some of them can be."""
    asked = {endpoint.asked.__name__ for endpoint in ENDPOINTS}
    return {name: schema for name, schema in _asked_schemas().items() if name not in asked}


@functools.cache
def _asked_schemas() -> dict[str, Any]:
    _, components = msgspec.json.schema_components([endpoint.asked for endpoint in ENDPOINTS], ref_template=_REFERENCE)
    return components
