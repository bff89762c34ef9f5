"""The signature of a webhook: exactly these bytes, exactly this secret, exactly this spelling."""

from __future__ import annotations

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from app.domain.secret import Secret
from app.domain.signature import is_valid, signed
from tests.domain.signing import BODY, SECRET, header

ANY = Secret(SECRET)
TEXTS = st.text(min_size=1)  # with lone surrogates, too


def test_a_published_vector_of_hmac_sha256_is_met() -> None:
    """RFC 4231, test case 2."""
    expected = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert signed(b"what do ya want for nothing?", Secret("Jefe")) == expected


@given(st.binary(), TEXTS)
@example(b"", "\ud800")
def test_what_was_signed_is_valid(body: bytes, secret: str) -> None:
    assert is_valid(body, signed(body, Secret(secret)).encode(), Secret(secret))


@given(st.binary(min_size=1), TEXTS, st.data())
def test_one_bit_of_the_body_makes_it_invalid(body: bytes, secret: str, data: st.DataObject) -> None:
    told = signed(body, Secret(secret)).encode()
    assert not is_valid(_with_a_bit_turned(body, data), told, Secret(secret))


@given(st.binary(), TEXTS, st.data())
def test_one_bit_of_the_header_makes_it_invalid(body: bytes, secret: str, data: st.DataObject) -> None:
    told = signed(body, Secret(secret)).encode()
    assert not is_valid(body, _with_a_bit_turned(told, data), Secret(secret))


@given(st.binary(), TEXTS, TEXTS)
def test_another_secret_makes_it_invalid(body: bytes, secret: str, other: str) -> None:
    assume(secret.rstrip("\0") != other.rstrip("\0"))  # HMAC fills a short key with zeros
    assume(max(len(secret), len(other)) < 16)  # and takes the hash of a long one
    assert not is_valid(body, signed(body, Secret(secret)).encode(), Secret(other))


@given(st.binary(), st.binary())
def test_no_header_makes_it_raise(body: bytes, told: bytes) -> None:
    assert not is_valid(body, told, ANY)


@pytest.mark.parametrize(
    "told", [header().upper(), header()[7:], header() + "\n", " " + header(), header()[:-1], "sha256=", "", "sha256=é"]
)
def test_no_other_spelling_is_valid(told: str) -> None:
    assert is_valid(BODY, header().encode(), ANY)
    assert not is_valid(BODY, told.encode(), ANY)


def test_nothing_is_valid_by_an_empty_secret() -> None:
    assert not is_valid(BODY, header(key=b"").encode(), Secret())


def _with_a_bit_turned(text: bytes, data: st.DataObject) -> bytes:
    place = data.draw(st.integers(0, len(text) * 8 - 1))
    changed = bytearray(text)
    changed[place // 8] ^= 1 << place % 8
    return bytes(changed)
