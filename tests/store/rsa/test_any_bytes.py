"""Whatever is pasted, the answer is a key or a sentence: nothing crashes, and nothing of it is quoted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.keys import PemError
from app.store.rsa.reading import read
from tests.store.rsa import keys
from tests.store.rsa.keys import NOTHING, PASSPHRASE, PKCS1, PKCS8, assert_quotes_nothing

PIECES = (
    b"-----BEGIN PRIVATE KEY-----",
    b"-----BEGIN RSA PRIVATE KEY-----",
    b"-----BEGIN OPENSSH PRIVATE KEY-----",
    b"-----END PRIVATE KEY-----",
    b"-----END RSA PRIVATE KEY-----",
    b"-----END OPENSSH PRIVATE KEY-----",
    b"Proc-Type: 4,ENCRYPTED",
    b"DEK-Info: AES-256-CBC,0123456789ABCDEF0123456789ABCDEF",
    b"b3BlbnNzaC1rZXktdjEA",
    b"overround-sealed",
    b"\n",
    b"\\n",
    b"0\x82",
    b"\xff\xfe",
)
FORMS = {
    "PKCS#1": keys.pem(keys.rsa_key(), PKCS1),
    "PKCS#8": keys.pem(keys.rsa_key(), PKCS8),
    "legacy": keys.pem(keys.rsa_key(), PKCS1, PASSPHRASE),
    "locked": keys.pem(keys.rsa_key(), PKCS8, PASSPHRASE),
    "DER": keys.der(keys.rsa_key()),
    "locked DER": keys.der(keys.rsa_key(), PKCS8, PASSPHRASE),
}


def refused_without_a_quotation(text: bytes) -> None:
    try:
        read(text, PASSPHRASE)
    except PemError as error:
        assert_quotes_nothing(error, text)
    else:
        raise AssertionError("these bytes are no key")


@given(st.binary(max_size=2_000))
def test_any_bytes_give_a_sentence(text: bytes) -> None:
    refused_without_a_quotation(text)


@given(
    st.lists(
        st.one_of(st.sampled_from(PIECES), st.binary(max_size=60), st.text("ABCDabcd0129+/=", max_size=80).map(str.encode)), max_size=12
    )
)
def test_pieces_of_keys_in_any_order_give_a_sentence(pieces: list[bytes]) -> None:
    refused_without_a_quotation(b"".join(pieces))


@given(st.binary(max_size=1_500), st.sampled_from(["PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "RSA PRIVATE KEY", "OPENSSH PRIVATE KEY"]))
def test_any_bytes_between_a_keys_first_and_last_line_give_a_sentence(body: bytes, label: str) -> None:
    refused_without_a_quotation(keys.armoured(label, body))


@pytest.mark.parametrize("form", FORMS)
@given(place=st.integers(0, 100_000), change=st.integers(1, 255))
def test_a_key_with_one_byte_changed_is_the_same_key_or_none(form: str, place: int, change: int) -> None:
    text = bytearray(FORMS[form])
    text[place % len(text)] ^= change
    try:
        pair = read(bytes(text), PASSPHRASE)
    except PemError as error:
        assert_quotes_nothing(error, bytes(text))
    else:
        assert pair == keys.pair()


@pytest.mark.parametrize("form", FORMS)
@given(begin=st.integers(0, 3_000), size=st.integers(1, 3_000))
def test_a_key_with_a_piece_cut_out_is_the_same_key_or_none(form: str, begin: int, size: int) -> None:
    whole = FORMS[form]
    text = whole[: begin % len(whole)] + whole[begin % len(whole) + size :]
    try:
        pair = read(text, PASSPHRASE)
    except PemError as error:
        assert_quotes_nothing(error, text)
    else:
        assert pair == keys.pair()


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_bytes_around_a_key_never_give_another_key(before: bytes, after: bytes) -> None:
    try:
        assert read(before + FORMS["PKCS#8"] + after, NOTHING) == keys.pair()
    except PemError as error:
        assert_quotes_nothing(error, before + FORMS["PKCS#8"] + after)
