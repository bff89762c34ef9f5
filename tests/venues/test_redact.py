"""Samples of what a venue sent: short, printable, and without anything that could be a secret."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.venues.redact import HIDDEN, LONGEST, cut, redacted

CANARY = "c4n4ry-very-private"


@pytest.mark.parametrize(
    "body",
    [
        {"access_token": CANARY},
        {"data": {"refresh_token": CANARY, "id": 7}},
        {"SECRET_KEY": CANARY},
        {"authenticated": {"auth": f"app-key:{CANARY}", "user_data": json.dumps({"id": CANARY})}},
        {"token": [CANARY, CANARY]},
        {"auth": {"inner": CANARY}},
        {"key": f'with "{CANARY}" in quotes'},
        {"authorization": f"Bearer {CANARY}"},
        {"message": f"not accepted: Bearer {CANARY}"},
        {"text": json.dumps({"access_token": CANARY})},
        {"text": json.dumps({"text": json.dumps({"access_token": CANARY})})},
        {"access_token": CANARY * 200},
        {"x": "A" * 65 + CANARY.replace("-", "")},
    ],
)
def test_a_secret_is_left_out_wherever_it_stands(body: object) -> None:
    shown = redacted(json.dumps(body).encode())
    assert CANARY not in shown
    assert CANARY.replace("-", "") not in shown
    assert HIDDEN in shown


@pytest.mark.parametrize("end", range(20, 48))
def test_a_secret_that_is_cut_off_is_left_out_too(end: int) -> None:
    body = json.dumps({"id": 1, "access_token": CANARY}).encode()[:end]
    assert "c4n4" not in redacted(body)


def test_what_is_no_secret_stays_readable() -> None:
    body = b'{"data":{"orders":[{"order_id":"9f1c0a5e-0001","price":146,"status":"odd"}]}}'
    assert redacted(body) == body.decode()


def test_numbers_and_words_behind_a_secrets_name_are_left_out() -> None:
    assert redacted(b'{"api_key": 12345678, "id": 7}') == f'{{"api_key": {HIDDEN}, "id": 7}}'


def test_control_characters_are_escaped() -> None:
    assert redacted(b"a\r\n\x1b[31mb\x00\xe2\x80\xae") == "a\\r\\n\\x1b[31mb\\x00\\u202e"


def test_a_long_body_is_cut_short() -> None:
    assert len(redacted(b"word " * 10_000)) == LONGEST
    assert LONGEST - 4 <= len(redacted(b"\x00" * 1000)) <= LONGEST
    assert redacted(b"word " * 10_000).endswith("…")


@pytest.mark.parametrize("before", [250, 290, 299, 64 * 1024 - 10])
def test_a_word_at_the_cut_goes_as_a_whole(before: int) -> None:
    """What cleans the text later knows secrets by heart, and would not know the half of one."""
    shown = redacted(b"x" * 10 + b" " * (before - 10) + b"half-a-secret" * 4)
    assert "half" not in shown
    assert shown.startswith("xxxxxxxxxx")
    assert shown.endswith("…")


@given(st.text(max_size=60), st.integers(1, 40))
def test_what_is_cut_is_the_beginning_in_whole_words(text: str, most: int) -> None:
    shown = cut(text, most)
    assert len(shown) <= most
    kept = shown.removesuffix("…") if shown != text else text
    assert text.startswith(kept)
    assert kept in {"", text} or not text[len(kept)].isalnum()


@given(st.binary(max_size=400))
def test_anything_is_printable_and_short(body: bytes) -> None:
    shown = redacted(body)
    assert len(shown) <= LONGEST
    assert shown.isprintable()
