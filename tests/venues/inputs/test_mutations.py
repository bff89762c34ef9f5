"""Every recorded good body and push, mutated: nothing but the domain's errors and events, no sibling lost, nothing odd tradable."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import json
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.errors import UnknownError
from app.domain.events import MarketsSeeded, VenueEvent
from app.domain.money import CEILING, CENT
from app.venues.prophetx.flaws import is_id
from app.venues.prophetx.pushes import parse_push
from tests.venues.inputs.kit import (
    DRAFT,
    FAULTS_OF_A_CALL,
    GOOD,
    LADDER,
    METHODS,
    PUSHES,
    Floor,
    Method,
    Offer,
    floor,
    let_pass,
    open_floor,
)
from tests.venues.samples import WIRE, pushed, sample

CANCEL_MANY, TWO = METHODS["cancel many"], [("ov-1", DRAFT), ("ov-2", DRAFT)]
RECORDED: dict[str, Method] = {
    "balance": METHODS["balance"],
    "batch_cancelled": CANCEL_MANY,
    "batch_cancelled_list": CANCEL_MANY,
    "batch_submitted": Method("v4/mm/submit_multiple_orders", lambda venue: venue.place_many(TWO, let_pass)),
    "cancelled": METHODS["cancel"],
    "cancelled_all": Method("v4/mm/cancel_all_orders", lambda venue: venue.cancel_all()),
    "config": METHODS["config"],
    "error": Method("v4/mm/cancel_orders_by_event", lambda venue: venue.cancel_event(19458)),
    "events": METHODS["events"],
    "flat_markets": METHODS["multiple markets"],
    "found_markets": METHODS["search"],
    "history": METHODS["history"],
    "ladder": METHODS["ladder"],
    "legacy_balance": METHODS["balance"],
    "legacy_history": METHODS["history"],
    "legacy_markets": METHODS["multiple markets"],
    "legacy_order": METHODS["place"],
    "login": Method("auth/login", lambda venue: venue.balance()),
    "markets": METHODS["multiple markets"],
    "matched_detail": METHODS["matches"],
    "order": METHODS["place"],
    "players": METHODS["players"],
    "register": METHODS["register"],
    "strikes": METHODS["strikes"],
    "tournaments": METHODS["tournaments"],
    "trades": METHODS["trades"],
    "transactions": METHODS["transactions"],
}
RECORDED_PUSHES = {
    **{name: kind for kind, name in PUSHES.items()},
    "push_match": "matched_order",
    "legacy_push_depth": "market_selections",
    "legacy_push_order": "wager",
}
RUNGS = frozenset(LADDER) | {-100}
HUGE = "x" * 20_000
RAW = {"@nan": b"NaN", "@infinity": b"-Infinity", "@1e999": b"1e999", "@1e308": b"1e308", "@digits": b"9" * 30, "@many": b"9" * 4500}
ODD: tuple[object, ...] = (
    None, True, False, 0, 1, -1, 99, -100, 100.5, 1.0, 0.001, -0.01, 1e12, 2**31, 2**53 + 1, 2**63, 2**64, "", "12", "-0.0", "NaN",
    "sNaN", "1e999",
    "true", "<nil>", "<b>x</b>", "\u202ex", "a\nb", "\x00", HUGE, [], {}, [[]], [None], {"id": 1}, *RAW,
)  # fmt: skip

NEVER_GOOD: tuple[object, ...] = (
    None, True, False, -1, -0.01, 1e12, 2**53 + 1, 2**64, "", "NaN", "sNaN", "1e999", "true", "<nil>", "<b>x</b>", "\x00", HUGE, [],
    {}, [[]], [None],
    "@1e999", "@1e308", "@digits", "@many",
)  # fmt: skip


class Place(NamedTuple):
    """Where something stands in a document: the way to its holder, and its key or index there."""

    way: tuple[str | int, ...]
    key: str | int


def places(told: object, way: tuple[str | int, ...] = ()) -> Iterator[Place]:
    """Every value of a document."""
    items = told.items() if isinstance(told, dict) else enumerate(told) if isinstance(told, list) else ()
    for key, value in items:
        yield Place(way, key)
        yield from places(value, (*way, key))


def at(told: Any, way: tuple[str | int, ...]) -> Any:
    for step in way:
        told = told[step]
    return told


def put(told: Any, place: Place, value: object) -> None:
    at(told, place.way)[place.key] = copy.deepcopy(value)


def got(told: Any, place: Place) -> Any:
    return at(told, place.way)[place.key]


def text(told: object) -> bytes:
    """A document as JSON, with what no Python value stands for put in."""
    body = json.dumps(told).encode()
    for mark, literal in RAW.items():
        body = body.replace(f'"{mark}"'.encode(), literal)
    return body


# Mutations: each takes a document and what chance gives, and leaves a document or the bytes of one.

Draw = Callable[[st.SearchStrategy[Any]], Any]


def drop(told: Any, draw: Draw) -> object:
    place = draw(st.sampled_from(list(places(told))))
    del at(told, place.way)[place.key]
    return told


def retype(told: Any, draw: Draw) -> object:
    place = draw(st.sampled_from(list(places(told))))
    put(told, place, draw(st.sampled_from([*ODD, as_text(got(told, place))])))
    return told


def spoil(told: Any, draw: Draw) -> object:
    """The same with what is never a good price, amount or id."""
    put(told, draw(st.sampled_from(list(places(told)))), draw(st.sampled_from(NEVER_GOOD)))
    return told


def as_text(value: object) -> object:
    """A number in quotes, or a text of digits without them."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    return str(value) if isinstance(value, int | float) else None


def duplicate_row(told: Any, draw: Draw) -> object:
    lists = [place for place in places(told) if isinstance(got(told, place), list) and got(told, place)]
    if lists:
        rows = got(told, draw(st.sampled_from(lists)))
        rows.insert(draw(st.integers(0, len(rows))), copy.deepcopy(draw(st.sampled_from(rows))))
    return told


def duplicate_key(told: Any, draw: Draw) -> object:
    """A key once more, with a value of another of its kind behind it."""
    keys = [place for place in places(told) if isinstance(place.key, str)]
    place = draw(st.sampled_from(keys))
    other = draw(st.sampled_from([got(told, one) for one in keys if type(got(told, one)) is type(got(told, place))]))
    holder = at(told, place.way)
    holder[f"{place.key}@again"] = copy.deepcopy(other)
    return text(told).replace(f'"{place.key}@again"'.encode(), f'"{place.key}"'.encode())


def swap(told: Any, draw: Draw) -> object:
    one, other = draw(st.sampled_from(list(places(told)))), draw(st.sampled_from(list(places(told))))
    first, second = got(told, one), got(told, other)
    if one.way[: len(other.way) + 1] == (*other.way, other.key) or other.way[: len(one.way) + 1] == (*one.way, one.key):
        return told  # one stands in the other
    put(told, one, second)
    put(told, other, first)
    return told


def deepen(told: Any, draw: Draw) -> object:
    place = draw(st.sampled_from(list(places(told))))
    value = got(told, place)
    put(
        told,
        place,
        draw(st.sampled_from([[value], [[value]], {"data": value}, {str(place.key): value}, [value, value], json.dumps(value)])),
    )
    return told


def reorder(told: Any, draw: Draw) -> object:
    lists = [place for place in places(told) if isinstance(got(told, place), list) and len(got(told, place)) > 1]
    if lists:
        place = draw(st.sampled_from(lists))
        put(told, place, draw(st.permutations(got(told, place))))
    return told


BLIND = (drop, spoil, deepen)  # what they put in is never another good price, amount or id
MUTATIONS = (drop, retype, deepen, duplicate_row, duplicate_key, swap, reorder)


def mutated(body: bytes, draw: Draw, kinds: tuple[Callable[[Any, Draw], object], ...], most: int = 3) -> bytes:
    told: object = json.loads(body)
    for _ in range(draw(st.integers(1, most))):
        if isinstance(told, bytes) or not isinstance(told, dict | list) or not list(places(told)):
            break
        told = draw(st.sampled_from(kinds))(told, draw)
    return told if isinstance(told, bytes) else text(told)


# What must hold of anything


def well_formed(offer: Offer) -> bool:
    """An order on it would name one selection, a price of the ladder and whole cents, on a market that is open by the known word."""
    return (
        is_id(offer.selection_id)
        and offer.odds.american in RUNGS
        and offer.takeable == offer.takeable.quantize(CENT)
        and 0 < offer.takeable <= CEILING
        and offer.status == "active"
    )


def named(offers: set[Offer]) -> set[tuple[object, ...]]:
    """What an order is made of: it names the selection, never the market."""
    return {(offer.selection_id, offer.odds, offer.takeable, offer.status) for offer in offers}


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)


@pytest.mark.parametrize("name", RECORDED)
@given(data=st.data())
@settings(max_examples=40)
def test_a_mutated_answer_is_read_or_refused_and_nothing_odd_can_be_ordered(name: str, data: st.DataObject) -> None:
    method = RECORDED[name]
    body = mutated(sample(name), data.draw, MUTATIONS)

    async def work() -> None:
        async with open_floor(is_straight=True) as one:
            one.bodies[method.path] = (404, body) if name == "error" else body
            try:
                told = await method.call(one.client)
            except FAULTS_OF_A_CALL:
                told = None
            await tried(one, told)
            assert all(isinstance(event, VenueEvent) for event in one.news)
            assert all(well_formed(offer) for offer in one.offers() | one.offers(19459))

    run(work())


async def tried(one: Floor, told: object) -> None:
    """What the session does with what was read, each by itself, whatever became of the others."""
    if isinstance(told, list) and told and isinstance(told[0], MarketsSeeded):
        one.desk.session.emit(told)
    for read in (one.desk.account.read, one.desk.catalogue.read_tournaments, lambda: one.desk.catalogue.read_events(31)):
        with contextlib.suppress(*FAULTS_OF_A_CALL):
            await read()


@pytest.mark.parametrize("name", ["markets", "legacy_markets", "flat_markets"])
@given(data=st.data())
@settings(max_examples=100)
def test_what_is_left_of_spoilt_markets_is_what_was_there(name: str, data: st.DataObject) -> None:
    """A level that differs in anything that an order is made of cannot be ordered."""
    spoilt = mutated(sample(name), data.draw, BLIND)

    async def work() -> None:
        async with open_floor(is_straight=True) as one:
            good = named(one.offers())
            one.bodies["v4/mm/get_multiple_markets"] = spoilt
            try:
                one.desk.session.emit(await one.client.multiple_markets([19458, 19459]))
            except FAULTS_OF_A_CALL:
                assert one.faults
            assert named(one.offers()) <= good

    run(work())


ROWS = {
    "tournaments": ("data", "tournaments"), "events": ("data", "sport_events"), "markets": ("data", "19458"), "history": ("data", "orders"),
    "players": ("data", "players"), "trades": ("data", "trades"), "transactions": ("data", "transactions"), "found_markets": ("data",
    "markets"),
    "strikes": ("data",), "matched_detail": ("data", "matching_details"), "batch_cancelled": ("data", "succeed_orders"),
}  # fmt: skip
NO_JSON = frozenset({"@nan", "@infinity"})
LEGAL = [value for value in ODD if not (isinstance(value, str) and value in NO_JSON)]  # with the others there are no rows at all


def retype_legally(told: Any, draw: Draw) -> object:
    put(told, draw(st.sampled_from(list(places(told)))), draw(st.sampled_from(LEGAL)))
    return told


@pytest.mark.parametrize("name", ROWS)
@given(data=st.data())
@settings(max_examples=60)
def test_one_spoilt_row_costs_none_of_its_siblings(name: str, data: st.DataObject) -> None:
    whole = json.loads(sample(name))
    if name == "history":
        whole["data"]["next_cursor"] = ""
    good = text(whole)
    rows = at(whole, ROWS[name])
    spoilt = data.draw(st.integers(0, len(rows) - 1))
    rows[spoilt] = data.draw(st.sampled_from([drop, retype_legally, deepen, swap]))(rows[spoilt], data.draw)

    async def work() -> None:
        async with open_floor(is_straight=True) as one:
            one.bodies[RECORDED[name].path] = good
            before = rows_of(await RECORDED[name].call(one.client))
            one.bodies[RECORDED[name].path] = text(whole)
            after = rows_of(await RECORDED[name].call(one.client))
            lost = [row for row in before if row not in after]
            assert len(lost) <= 1, lost

    run(work())


def rows_of(told: Any) -> list[str]:
    if isinstance(told, list) and told and isinstance(told[0], MarketsSeeded):
        told = told[0].groups
    if isinstance(told, dict):
        told = [(order_id, match) for order_id, matches in told.items() for match in matches]
    for name in ("reports", "rows"):
        told = getattr(told, name, told)
    return [str(row) for row in (told[0] if isinstance(told, tuple) and told and isinstance(told[0], list) else told)]


@pytest.mark.parametrize("name", RECORDED_PUSHES)
@given(data=st.data())
@settings(max_examples=60)
def test_a_mutated_push_is_an_event_or_a_fault_and_nothing_odd_can_be_ordered(name: str, data: st.DataObject) -> None:
    frame = pushed(RECORDED_PUSHES[name], mutated(sample(name), data.draw, MUTATIONS))
    if data.draw(st.booleans()):
        frame = mutated(frame, data.draw, MUTATIONS, 1)

    async def work() -> None:
        async with open_floor(is_straight=True) as one:
            told = parse_push(frame)
            assert all(isinstance(event, VenueEvent) for event in told)
            one.hear(told)
            assert all(well_formed(offer) for offer in one.offers())

    run(work())


@pytest.mark.parametrize("name", ["push_depth", "legacy_push_depth"])
@given(data=st.data())
@settings(max_examples=100)
def test_what_is_left_of_a_spoilt_push_is_what_it_said_or_what_was_there(name: str, data: st.DataObject) -> None:
    spoilt = mutated(sample(name), data.draw, BLIND)

    async def work() -> None:
        async with open_floor(is_straight=True) as one, open_floor(is_straight=True) as plain:
            plain.push("market_selections", sample(name))
            good = named(one.offers()) | named(plain.offers())
            one.push("market_selections", spoilt)
            assert named(one.offers()) <= good

    run(work())


@pytest.mark.parametrize("name", ["push_order", "legacy_push_order"])
@given(data=st.data())
@settings(max_examples=100)
def test_a_spoilt_push_about_an_order_never_takes_exposure_away(name: str, data: st.DataObject) -> None:
    spoilt = mutated(sample(name), data.draw, BLIND, 1)

    async def work() -> None:
        async with open_floor(is_straight=True) as one:
            one.push("order", sample("push_order"))
            one.push("order", spoilt)
            orders = one.desk.blotter.orders.values()
            assert sum(order.at_risk for order in orders) >= 10
            assert all(0 <= order.filled <= CEILING and order.at_risk <= 2 * CEILING for order in orders)

    run(work())


async def is_refused(one: Floor, method: Method) -> bool:
    """Whether an answer proves nothing; that of a batch says so row by row."""
    try:
        told = await method.call(one.client)
    except FAULTS_OF_A_CALL:
        return True
    return isinstance(told, dict) and {type(row) for row in told.values()} == {UnknownError}


# Those of test_bodies.py (I-02) need not be cut again, and nothing is read of the answer to a cancel of everything.
CUT = [name for name, method in RECORDED.items() if name != "cancelled_all" and GOOD.get(method.path) != sample(name)]


@pytest.mark.parametrize("name", CUT)
def test_a_recorded_answer_cut_at_any_byte_raises_the_domains_errors_alone(name: str) -> None:
    method, body = RECORDED[name], sample(name).rstrip()

    async def work() -> None:
        for ends in ([end] for end in range(len(body))) if name == "login" else [range(len(body))]:
            async with floor(is_straight=True) as one:  # one for each, where a session would be tried again too often
                for end in ends:
                    one.bodies[method.path] = (404, body[:end]) if name == "error" else body[:end]
                    assert await is_refused(one, method), f"cut at {end}"

    run(work())


ELSEWHERE = {"player", "keys"}  # a call that nothing makes yet; one of which nothing may be told (test_keys)


def test_every_recorded_body_is_among_those_that_are_mutated() -> None:
    recorded = {path.stem.removeprefix("term_") for path in WIRE.glob("term_*.json")}
    assert recorded - ELSEWHERE == set(RECORDED) | set(RECORDED_PUSHES)
