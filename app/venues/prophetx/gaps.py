"""Null where a shape has a default and takes no null: the venue has nothing to say there, as where it leaves the field out.

Null where it says what a row belongs to is another matter: that row is not believed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from msgspec import inspect

WHOSE = frozenset({"event_id", "market_id", "sport_event_id", "tournament_id"})  # what a row belongs to: without it, it is nobody's


def without_nulls(document: object, shape: type) -> object:
    """`document` (objects, lists, values) without those nulls. One in a field that must be told stays, and costs its row."""
    return _closed(document, inspect.type_info(shape))


def _closed(value: object, kind: inspect.Type) -> object:
    for one in _kinds(kind):
        if isinstance(one, inspect.StructType) and isinstance(value, dict):
            fields = _fields(one.cls)
            return {
                name: _closed(item, fields[name].type) if name in fields else item
                for name, item in value.items()
                if _stays(item, fields.get(name))
            }
        if isinstance(one, inspect.ListType) and isinstance(value, list):
            return [_closed(item, one.item_type) for item in value]
    return value


def _stays(value: object, field: inspect.Field | None) -> bool:
    return value is not None or field is None or field.required or field.encode_name in WHOSE or _takes_null(field.type)


def _takes_null(kind: inspect.Type) -> bool:
    return any(isinstance(one, inspect.NoneType | inspect.AnyType) for one in _kinds(kind))


def _kinds(kind: inspect.Type) -> Iterator[inspect.Type]:
    """A type, or those that it is one of."""
    if isinstance(kind, inspect.Metadata):
        yield from _kinds(kind.type)
    elif isinstance(kind, inspect.UnionType):
        for one in kind.types:
            yield from _kinds(one)
    else:
        yield kind


@cache
def _fields(shape: type) -> Mapping[str, inspect.Field]:
    told = inspect.type_info(shape)
    assert isinstance(told, inspect.StructType)
    return {field.encode_name: field for field in told.fields}
