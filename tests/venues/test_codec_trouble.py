"""Every reading over every truncation and many mutations: a value or UnreadableError, never anything else."""

from __future__ import annotations

import json
import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import UnknownError, UnreadableError
from app.venues.prophetx import codec
from tests.venues.samples import sample

BALANCE = b'{"data":{"balance":1000.5,"matched_order_balance":1,"unmatched_order_balance":2,"unmatched_order_balance_status":"succeed"}}'
LADDER = json.dumps({"data": list(range(100, 140))}).encode()

READERS: dict[str, tuple[Callable[[bytes], object], bytes]] = {
    "tournaments": (codec.read_tournaments, sample("tournaments")),
    "events": (codec.read_events, sample("events")),
    "markets": (codec.read_multiple_markets, sample("markets")),
    "balance": (codec.read_balance, BALANCE),
    "ladder": (codec.read_ladder, LADDER),
    "order": (codec.read_cancelled, sample("order")),
    "submitted": (lambda body: codec.read_submitted(body, "ov-1"), sample("order")),
    "batch cancel": (codec.read_batch_cancelled, b'{"data":[' + sample("order").strip()[9:-1] + b"]}"),
    "history": (codec.read_history, sample("history")),
    "matches": (codec.read_matched_detail, sample("matched_detail")),
}
NASTY = (
    b"null",
    b"NaN",
    b"1e999",
    b"-1",
    b'"NaN"',
    b'"sNaN"',
    b"[]",
    b"{}",
    b'"x"',
    b"1.5",
    b"9" * 30,
    b"9" * 4500,
    b"true",
    b'"\\ud800"',
    b"\xe9",
)


def reads_or_refuses(read: Callable[[bytes], object], body: bytes) -> bool:
    try:
        read(body)
    except (UnreadableError, UnknownError):
        return False
    return True


@pytest.mark.parametrize("name", READERS)
def test_a_good_sample_is_read(name: str) -> None:
    assert reads_or_refuses(*READERS[name])


@pytest.mark.parametrize("name", READERS)
def test_a_body_cut_at_any_byte_is_unreadable(name: str) -> None:
    read, body = READERS[name]
    whole = len(body.rstrip())
    assert not any(reads_or_refuses(read, body[:end]) for end in range(whole))


@pytest.mark.parametrize("name", READERS)
def test_a_value_replaced_by_something_nasty_is_read_or_refused(name: str) -> None:
    read, body = READERS[name]
    chance = random.Random(2)
    spots = [place for place in range(len(body)) if body[place : place + 1] == b":"]
    for spot in chance.sample(spots, min(len(spots), 60)):
        end = next(place for place in range(spot, len(body)) if body[place : place + 1] in {b",", b"}", b"\n"})
        for nasty in NASTY:
            reads_or_refuses(read, body[: spot + 1] + nasty + body[end:])


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b"0", b'""', b"NaN", b"\x00", b"\xff\xfe{\x00", b"[" * 100_000, b'{"data":' * 100_000, b"<html></html>"]
)
def test_a_body_of_another_kind_is_unreadable(name: str, body: bytes) -> None:
    assert not reads_or_refuses(READERS[name][0], body)


@given(st.sampled_from(sorted(READERS)), st.data())
def test_flipped_bytes_are_read_or_refused(name: str, data: st.DataObject) -> None:
    read, body = READERS[name]
    spoilt = bytearray(body)
    for _ in range(data.draw(st.integers(1, 4))):
        spoilt[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    reads_or_refuses(read, bytes(spoilt))


@pytest.mark.parametrize("name", READERS)
def test_a_byte_order_mark_in_front_is_tolerated_once(name: str) -> None:
    read, body = READERS[name]
    assert reads_or_refuses(read, b"\xef\xbb\xbf" + body)
    assert not reads_or_refuses(read, b"\xef\xbb\xbf" * 2 + body)
