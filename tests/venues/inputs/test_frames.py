"""I-01 to I-15 for frames: through the follower's line with its own dropping and counting, and through the reading of a push alone."""

from __future__ import annotations

import base64
import json

import pytest

from app.domain.events import BookChanged, FeedFault, HealthBeat, MarketsChanged, OrderReported, OrdersUnclear, VenueEvent
from app.venues.prophetx.pushes import parse_push
from app.venues.push import FRAME_LIMIT
from tests.venues.inputs.kit import PUSHES, floor, open_floor
from tests.venues.samples import changed, envelope, pushed, sample
from tests.venues.stream import EVENT, PRIVATE, Stream, following

DEPTH = pushed("market_selections", sample("push_depth"))
BEAT = envelope("private_system_signal", "e30=")

NOT_A_FRAME = {
    "empty": b"",
    "whitespace": b" \r\n ",
    "null": b"null",
    "list": b"[]",
    "text": b'"x"',
    "nought": b"0",
    "true": b"true",
    "byte order mark twice": b"\xef\xbb\xbf" * 2 + b"{}",
    "utf-16": '{"event":"x"}'.encode("utf-16"),
    "latin-1": b'{"event":"\xe9"}',
    "surrogate": b'{"event":"\\ud800"}',
    "NaN": b'{"event":"x","data":NaN}',
    "deep": b"[" * 100_000,
}


async def after(stream: Stream, *raw: bytes) -> list[VenueEvent]:
    """What is told of some raw frames, on a line that lives on."""
    await stream.shake_hands()
    stream.events.clear()
    for one in raw:
        stream.socket.post(one)
    stream.socket.push(PRIVATE, BEAT, event="health_check")
    await stream.heard(HealthBeat)
    stream.socket.push(EVENT, DEPTH)
    await stream.heard(BookChanged)
    return stream.events


@pytest.mark.parametrize("raw", NOT_A_FRAME.values(), ids=NOT_A_FRAME)
async def test_i01_i04_a_frame_of_another_kind_is_one_counted_fault_and_the_line_goes_on(raw: bytes) -> None:
    async with following() as stream:
        told = await after(stream, raw)
    assert [type(one) for one in told] == [FeedFault]


NOT_DATA = {name: raw for name, raw in NOT_A_FRAME.items() if name != "NaN"}


@pytest.mark.parametrize("data", NOT_DATA.values(), ids=NOT_DATA)
async def test_i01_a_push_of_another_kind_is_one_counted_fault(data: bytes) -> None:
    async with open_floor() as one:
        one.hear(parse_push(data))
        assert len(one.faults) == 1
        assert one.desk.session.faults == 1
        assert any(notice.words.startswith("Feed: ") for notice in one.desk.notices.lines)


@pytest.mark.parametrize("kind", PUSHES)
async def test_i02_a_push_cut_at_any_byte_is_one_counted_fault_each_time(kind: str) -> None:
    payload = sample(PUSHES[kind]).rstrip()
    whole = pushed(kind, payload)
    async with open_floor(is_straight=True) as one:
        shown = one.levels()
        for count, cut in enumerate([whole[:end] for end in range(len(whole))], 1):
            one.hear(parse_push(cut))
            assert len(one.faults) == count
        for count, cut in enumerate([pushed(kind, payload[:end]) for end in range(len(payload))], len(whole) + 1):
            one.hear(parse_push(cut))
            assert len(one.faults) == count, cut
        assert {type(event) for event in one.news} <= {FeedFault, OrdersUnclear}
        assert one.levels() == shown


async def test_i02_a_frame_cut_at_any_byte_is_a_fault_and_never_ends_the_line() -> None:
    frame = json.dumps({"event": "market_selections", "channel": EVENT, "data": DEPTH.decode()}).encode()
    async with following() as stream:
        told = await after(stream, *(frame[:end] for end in range(len(frame))))
    assert len(told) == len(frame)
    assert {type(one) for one in told} == {FeedFault}


async def test_i03_a_byte_order_mark_before_a_frame_is_a_clear_fault_or_none() -> None:
    frame = b"\xef\xbb\xbf" + json.dumps({"event": "market_selections", "channel": EVENT, "data": DEPTH.decode()}).encode()
    async with following() as stream:
        told = await after(stream, frame)
    assert [type(one) for one in told] in ([FeedFault], [BookChanged])


LITERALS = [b"NaN", b"Infinity", b"-Infinity", b"1e999", b"-1e999", b'"NaN"', b'"sNaN"', b'"Infinity"', b'"1e999"', b"9" * 30]
LEVEL = ("info", "selections", 0, 0)


@pytest.mark.parametrize("literal", LITERALS)
@pytest.mark.parametrize("field", ["price", "value", "quantity"])
async def test_i05_a_pushed_level_that_is_no_number_is_said_and_cannot_be_ordered(field: str, literal: bytes) -> None:
    async with open_floor() as one:
        before = {offer for offer in one.offers() if offer.market.market_id != 66}
        one.push("market_selections", changed("push_depth", (*LEVEL, field), literal))
        assert one.faults
        assert {offer for offer in one.offers() if offer.market.market_id != 66} == before
        assert not any(offer.odds.american == -108 for offer in one.levels())


@pytest.mark.parametrize("literal", LITERALS)
@pytest.mark.parametrize("field", ["price", "quantity", "filled_quantity", "total_filled_quantity", "fill_price"])
async def test_i05_a_pushed_order_never_has_an_amount_that_is_no_number(field: str, literal: bytes) -> None:
    async with open_floor() as one:
        told = one.push("order", changed("push_order", ("info", field), literal))
        assert [type(event) for event in told] in ([OrderReported], [FeedFault, OrdersUnclear])
        for order in one.desk.blotter.orders.values():
            assert all(amount.is_finite() and 0 <= amount < 10**9 for amount in (order.stake, order.quantity, order.filled, order.to_win))


@pytest.mark.parametrize(
    ("key", "other"),
    [("price", "108"), ("strike_id", '"1d22c7bb8bfc505c0db895b43c1037ee"'), ("market_id", "67"), ("sport_event_id", "19459")],
)
async def test_i06_a_price_or_an_id_that_a_push_tells_twice_is_said_and_changes_nothing(key: str, other: str) -> None:
    payload = sample("push_depth")
    at = payload.index(f'"{key}"'.encode())
    end = min(place for place in (payload.find(b",", at), payload.find(b"}", at)) if place > 0)
    async with open_floor() as one:
        shown = one.levels()
        one.push("market_selections", payload[:end] + f', "{key}": {other}'.encode() + payload[end:])
        assert f"{key} is told twice" in one.words
        assert one.levels() == shown


@pytest.mark.parametrize(
    ("key", "other"),
    [("order_id", '"other"'), ("external_id", '"ov-2"'), ("price", "-146"), ("quantity", "30"), ("total_filled_quantity", "10")],
)
async def test_i06_an_order_that_a_push_tells_in_two_ways_is_said_and_changes_nothing(key: str, other: str) -> None:
    payload = sample("push_order")
    at = payload.index(f'"{key}"'.encode())
    end = payload.index(b",", at)
    async with open_floor() as one:
        one.push("order", payload[:end] + f', "{key}": {other}'.encode() + payload[end:])
        assert f"{key} is told twice" in one.words
        assert one.desk.blotter.orders == {}


NO_ID = [
    b"9" * 30,
    b"18446744073709551616",
    b"1.5",
    b"19458.0",
    b"1e4",
    b"true",
    b'"true"',
    b'"1.0"',
    b"[1]",
    b"null",
    b"-5",
    b'""',
    b'" "',
]
ID_FIELDS = [
    ("market_selections", "push_depth", ("sport_event_id",)),
    ("market_selections", "push_depth", ("market_id",)),
    ("order", "push_order", ("info", "sport_event_id")),
    ("order", "push_order", ("info", "market_id")),
    ("sport_event", "push_event", ("info", "event_id")),
    ("sport_event", "push_event", ("info", "tournament_id")),
    ("market", "push_market", ("info", "id")),
    ("market", "push_market", ("info", "sport_event_id")),
    ("market_strike", "push_strike", ("info", "sport_event_id")),
    ("tournament", "push_tournament", ("info", "id")),
]


@pytest.mark.parametrize("literal", NO_ID)
@pytest.mark.parametrize(("kind", "name", "path"), ID_FIELDS, ids=[f"{name}-{path[-1]}" for _, name, path in ID_FIELDS])
async def test_i08_i10_a_push_with_an_id_that_is_none_is_a_fault(kind: str, name: str, path: tuple[str, ...], literal: bytes) -> None:
    async with floor() as one:
        told = one.push(kind, changed(name, path, literal))
        assert [type(event) for event in told] in ([FeedFault], [FeedFault, MarketsChanged], [FeedFault, OrdersUnclear])


@pytest.mark.parametrize("value", [2**31, 2**53 + 1, 2**63 - 1])
async def test_i09_a_large_id_in_a_push_is_kept_to_its_last_digit(value: int) -> None:
    (told,) = parse_push(pushed("market_selections", changed("push_depth", ("sport_event_id",), value)))
    assert isinstance(told, BookChanged)
    assert told.book.key.event_id == value


@pytest.mark.parametrize("literal", [b"9" * 30, b"18446744073709551616", b"-1", b"1.5", b"true", b'"x"', b"1e18"])
async def test_i08_a_sequence_that_is_none_never_shuts_out_what_comes_after_it(literal: bytes) -> None:
    async with open_floor() as one:
        one.push("market_selections", changed("push_depth", ("info", "sequence_number"), literal))
        assert len(one.faults) == 1
        one.push("market_selections", sample("push_depth"))
        assert any(offer.odds.american == -108 for offer in one.levels())


# I-14, I-15


@pytest.mark.parametrize("kind", ["market_selections", "order", "sport_event", "market", "market_strike", "tournament"])
@pytest.mark.parametrize(
    "payload", ["e30=", "{}", base64.b64encode(b'"{}"').decode(), "", "bnVsbA=="], ids=["e30", "plain", "twice", "none", "null"]
)
async def test_i14_a_push_with_nothing_in_it_is_ignored_and_counted(kind: str, payload: str) -> None:
    async with open_floor() as one:
        shown = one.levels()
        one.hear(parse_push(envelope(kind, payload)))
        assert len(one.faults) == 1
        assert [type(event) for event in one.news] in ([FeedFault], [FeedFault, OrdersUnclear])
        assert one.levels() == shown


@pytest.mark.parametrize("op", ["x", "C", "delete", "0", "<b>"])
@pytest.mark.parametrize("kind", PUSHES)
async def test_i14_an_operation_that_is_not_known_is_ignored_and_counted(kind: str, op: str) -> None:
    async with open_floor() as one:
        shown = one.levels()
        one.push(kind, sample(PUSHES[kind]), op)
        assert len(one.news) == len(one.faults) == 1
        assert one.levels() == shown
        assert one.desk.blotter.orders == {}


@pytest.mark.parametrize("kind", ["unheard_of", "", "MARKET_SELECTIONS", "x" * 5000, "<b>", "a\nb"])
async def test_i14_a_kind_that_is_not_known_is_ignored_and_counted(kind: str) -> None:
    async with open_floor() as one:
        shown = one.levels()
        one.push(kind, sample("push_depth"))
        assert len(one.news) == len(one.faults) == 1
        assert len(one.words) < 400
        assert "\n" not in one.words
        assert one.levels() == shown


ODD_FRAMES: dict[str, dict[str, object]] = {
    "no event, no channel": {},
    "no event": {"channel": "@", "data": "@"},
    "no channel": {"event": "market_selections", "data": "@"},
    "empty channel": {"event": "market_selections", "channel": "", "data": "@"},
    "null channel": {"event": "market_selections", "channel": None, "data": "@"},
    "number for a channel": {"event": "market_selections", "channel": 7, "data": "@"},
    "never asked for": {"event": "market_selections", "channel": "private-somebody-else", "data": "@"},
    "upper case": {"event": "market_selections", "channel": EVENT.upper(), "data": "@"},
}


@pytest.mark.parametrize(
    "frame", [frame for name, frame in ODD_FRAMES.items() if name != "no event"], ids=[n for n in ODD_FRAMES if n != "no event"]
)
async def test_i15_a_frame_without_a_channel_that_was_asked_for_is_dropped(frame: dict[str, object]) -> None:
    async with following() as stream:
        told = await after(stream, filled(frame))
    assert not any(isinstance(one, BookChanged | OrderReported) for one in told)


async def test_i15_a_frame_without_an_event_is_read_for_what_its_envelope_says_or_dropped() -> None:
    async with following() as stream:
        told = await after(stream, filled(ODD_FRAMES["no event"]))
    assert all(isinstance(one, BookChanged | FeedFault) for one in told)


@pytest.mark.parametrize(
    "event", ["pusher:connection_established", "pusher:error", "pusher_internal:subscription_succeeded", "pusher:pong", "pusher:x"]
)
@pytest.mark.parametrize("data", [None, 7, [], "x", "{", {"code": "x"}, {"socket_id": 7}], ids=str)
async def test_i15_an_odd_control_frame_is_said_or_dropped_and_ends_the_line_only_where_it_says_so(event: str, data: object) -> None:
    async with following() as stream:
        await stream.shake_hands()
        stream.events.clear()
        stream.socket.post(json.dumps({"event": event, "data": data}).encode())
        stream.socket.push(EVENT, DEPTH)
        await stream.until(lambda: stream.events)
    assert stream.events


def filled(frame: dict[str, object]) -> bytes:
    """The frame with a good channel and good data where it has a mark for them."""
    values = {"channel": EVENT, "data": DEPTH.decode()}
    return json.dumps({name: values[name] if value == "@" else value for name, value in frame.items()}).encode()


def test_the_limit_of_a_frame_is_1_mb() -> None:
    assert FRAME_LIMIT == 1024 * 1024
