"""What requests carry, read strictly."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.practice.model import RefusalError
from app.practice.wire.bodies import MOST_BYTES, decode_body, decode_json, read_cents, read_id, read_whole
from app.practice.wire.names import Vocabulary
from app.practice.wire.orders import read_order
from tests.practice.kit import Api, pre_match_strike

GOOD = {"external_id": "mine-1", "strike_id": "ab", "price": -110, "quantity": 11}


@pytest.mark.parametrize(
    "raw", [b"{", b'{"a":NaN}', b'{"a":Infinity}', b'{"a":1e99999999999999999999}', b"[" * 200_000, b'{"a":"\xff"}', b"\x00"]
)
def test_what_is_no_json_is_an_invalid_request(raw: bytes) -> None:
    with pytest.raises(RefusalError, match="invalid_request"):
        decode_json(raw)


def test_numbers_stay_exact() -> None:
    assert decode_json(b"[1.10, 7, 1e400]") == [Decimal("1.10"), 7, Decimal("1E+400")]


def test_a_json_body_is_read_whatever_it_is_declared_as() -> None:
    raw = b'{"socket_id": "1.2"}'

    bodies = [decode_body(raw, kind) for kind in ("", "application/json", "application/x-www-form-urlencoded")]

    assert bodies == [{"socket_id": "1.2"}] * 3


def test_a_form_is_read_as_its_fields() -> None:
    assert decode_body(b"socket_id=1.2&x=", "application/x-www-form-urlencoded") == {"socket_id": "1.2", "x": ""}
    assert decode_body(b"  ", "application/x-www-form-urlencoded") is None


@pytest.mark.parametrize(("value", "cents"), [(1, 100), (Decimal("1.10"), 110), (Decimal("2.500"), 250), (-3, -300)])
def test_dollars_become_cents(value: object, cents: int) -> None:
    assert read_cents(value) == cents


@pytest.mark.parametrize("value", [Decimal("1.001"), Decimal("1e-400"), "1", True, None, [1]])
def test_what_is_no_sum_of_money_is_an_invalid_quantity(value: object) -> None:
    with pytest.raises(RefusalError, match="invalid_quantity"):
        read_cents(value)


def test_an_absurd_sum_is_beyond_every_limit_without_being_computed() -> None:
    assert read_cents(Decimal("1e999999")) == 10**14
    assert read_cents(Decimal("-1e999999")) == -(10**14)


@pytest.mark.parametrize("value", ["110", True, None, Decimal("110.5"), Decimal("1e30"), {}])
def test_what_is_no_whole_number_is_refused(value: object) -> None:
    with pytest.raises(RefusalError, match="invalid_price"):
        read_whole(value, "invalid_price")


def test_ids_may_be_sent_as_their_digits() -> None:
    assert [read_id(value, "x") for value in (219, "219", Decimal("219.0"))] == [219, 219, 219]
    for value in ("219a", "", "2.5", " 1", "1" * 19, True, None):
        with pytest.raises(RefusalError, match="invalid_market_id"):
            read_id(value, "invalid_market_id")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"external_id": 5}, "invalid_external_id"),
        ({"external_id": ""}, "invalid_external_id"),
        ({"strike_id": 7}, "invalid_strike_id"),
        ({"strike_id": None}, "invalid_strike_id"),
        ({"price": "-110"}, "invalid_price"),
        ({"price": Decimal("-110.5")}, "invalid_price"),
        ({"price": True}, "invalid_price"),
        ({"quantity": "11"}, "invalid_quantity"),
        ({"quantity": Decimal("0.001")}, "invalid_quantity"),
        ({"order_strategy": "iceberg"}, "invalid_param"),
        ({"order_strategy": ["ALO"]}, "invalid_param"),
        ({"fill_or_kill": "yes"}, "invalid_param"),
    ],
)
def test_each_field_of_an_order_has_its_refusal(change: dict[str, object], code: str) -> None:
    with pytest.raises(RefusalError) as refused:
        read_order({**GOOD, **change}, Vocabulary.V4)

    assert refused.value.code == code


@pytest.mark.parametrize(
    ("words", "strategy"),
    [
        ({}, ""),
        ({"order_strategy": None}, ""),
        ({"order_strategy": "ALO"}, "ALO"),
        ({"order_strategy": "fillOrKill"}, "fillOrKill"),
        ({"fill_or_kill": True}, "fillOrKill"),
        ({"fill_or_kill": False}, ""),
    ],
)
def test_a_strategy_is_named_or_flagged(words: dict[str, object], strategy: str) -> None:
    assert read_order({**GOOD, **words}, Vocabulary.V4).strategy == strategy


@pytest.mark.parametrize("path", ["/v4/mm/submit_order", "/v4/mm/cancel_order", "/v4/mm/submit_multiple_orders", "/v4/mm/websocket"])
@pytest.mark.parametrize("raw", [b"", b"[]", b"7", b"null", b'{"data":{}}', b"{broken"])
async def test_a_body_that_is_no_request_is_refused(api: Api, path: str, raw: bytes) -> None:
    reply = await api.post(path, raw)

    assert reply.status_code == 400
    assert reply.json().keys() == {"error", "message"}


async def test_a_body_beyond_a_megabyte_is_refused(api: Api) -> None:
    reply = await api.post("/v4/mm/submit_order", b'"' + b"x" * MOST_BYTES + b'"')

    assert (reply.status_code, reply.json()["error"]) == (400, "invalid_request")


async def test_a_multipart_form_registers_a_socket(api: Api) -> None:
    reply = await api.http.post("/mm/pusher", files={"socket_id": (None, "123.456")})

    assert reply.status_code == 200


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "multipart/form-data"])
async def test_a_broken_multipart_form_is_refused(api: Api, kind: str) -> None:
    reply = await api.http.post("/mm/pusher", content=b"--y\r\nnothing", headers={"content-type": kind})

    assert (reply.status_code, reply.json()["error"]) == (400, "invalid_request")


async def test_a_refused_quantity_comes_back_as_it_was_sent(api: Api) -> None:
    _, strike = pre_match_strike(api.exchange)
    raw = b'{"data":[{"external_id":"q1","strike_id":"%s","price":110,"quantity":1.125}]}'

    reply = await api.post("/v4/mm/submit_multiple_orders", raw % strike.outcomes[0].strike_id.encode())

    assert b'"quantity":1.125' in reply.content
