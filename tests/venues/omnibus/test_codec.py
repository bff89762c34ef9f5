"""What the B2B desk answers, in each shape that it may have."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from app.domain.account import Balance
from app.domain.errors import UnreadableError
from app.domain.proof import Registered
from app.venues.omnibus.codec import read_balance, read_key

SEED = b'{"balance": 7500.25, "unmatched_balance": 30, "matched_balance": 12.50}'


@pytest.mark.parametrize(
    "body",
    [
        SEED,
        b'{"data":' + SEED + b"}",
        b"\xef\xbb\xbf" + SEED,
        b'{"data":{"balance":7500.25,"unmatched_order_balance":30,"matched_order_balance":12.5}}',
        b'{"balance":7500.25,"unmatched_wager_balance":30,"matched_wager_balance":12.5,"more":[1]}',
    ],
)
def test_a_balance_is_read_with_data_around_it_or_without_in_exact_cents(body: bytes) -> None:
    assert read_balance(body) == Balance(Decimal("7500.25"), Decimal("12.50"), Decimal("30.00"))


@pytest.mark.parametrize(
    ("field", "value"),
    [("balance", None), ("matched_balance", "12"), ("unmatched_balance", -1), ("balance", 1e15), ("balance", 0.001), ("balance", True)],
)
def test_a_balance_with_an_amount_that_is_none_is_unknown(field: str, value: object) -> None:
    with pytest.raises(UnreadableError):
        read_balance(json.dumps({**json.loads(SEED), field: value}).encode())


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"<html>", b'{"data":null}', b'{"balance":1}', b'{"data":' * 5000])
def test_an_answer_of_another_shape_is_no_balance(body: bytes) -> None:
    with pytest.raises(UnreadableError):
        read_balance(body)


@pytest.mark.parametrize(
    "body",
    [
        b'{"data":{"issuer_id":"issuer-1","key_id":"key-1","name":"desk"}}',
        b'{"issuer_id":"issuer-1","key_id":"key-1","name":"desk"}',
    ],
)
def test_a_key_that_was_taken_has_its_ids(body: bytes) -> None:
    assert read_key(body) == Registered("issuer-1", "key-1")


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b'{"issuer_id":""}', b'{"issuer_id":"two words"}', b'{"issuer_id":"a\\nb"}', b'{"issuer_id":"i","key_id":"\\u00fc"}'],
)
def test_ids_that_could_stand_in_no_token_are_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableError):
        read_key(body)
