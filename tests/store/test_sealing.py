"""Sealed boxes open for the same key, passphrase and context only, and never do what a doctored one asks for."""

from __future__ import annotations

import contextlib
import json
import unicodedata
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.keys import PassphraseError, VaultError
from app.domain.passphrase import passphrase_objection
from app.domain.secret import Secret
from app.store.sealing import COST, Cost, open_sealed, seal_with_key, seal_with_passphrase

PLAIN = b"what nobody may read"
KEY = bytes(range(32))
WORDS = Secret("a horse and a battery")
QUICK = Cost(n=2**14)
BY_KEY = seal_with_key(PLAIN, KEY, "here")
BY_WORDS = seal_with_passphrase(PLAIN, WORDS, "here", cost=QUICK)


def doctored(sealed: bytes, **changes: Any) -> bytes:
    return json.dumps(json.loads(sealed) | changes).encode()


def with_scrypt(**changes: Any) -> bytes:
    return doctored(BY_WORDS, scrypt=json.loads(BY_WORDS)["scrypt"] | changes)


# What is sealed comes back


@given(st.binary(max_size=2000), st.text(max_size=40).filter(lambda text: text.isprintable()))
def test_what_was_sealed_with_a_key_opens_with_it(plain: bytes, context: str) -> None:
    assert open_sealed(seal_with_key(plain, KEY, context), KEY, context) == plain


def test_what_was_sealed_with_a_passphrase_opens_with_it_at_the_full_cost() -> None:
    box = seal_with_passphrase(PLAIN, WORDS, "here")
    head = json.loads(box)["scrypt"]
    assert (head["n"], head["r"], head["p"]) == (2**17, 8, 1)
    assert open_sealed(box, WORDS, "here") == PLAIN


def test_a_box_shows_nothing_of_what_is_in_it() -> None:
    for box in (BY_KEY, BY_WORDS):
        assert PLAIN not in box
        assert WORDS.reveal().encode() not in box
        assert KEY not in box


def test_no_two_boxes_of_the_same_are_alike() -> None:
    again = seal_with_key(PLAIN, KEY, "here"), seal_with_passphrase(PLAIN, WORDS, "here", cost=QUICK)
    for one, other in zip(again, (BY_KEY, BY_WORDS), strict=True):
        assert json.loads(one)["nonce"] != json.loads(other)["nonce"]
        assert json.loads(one)["box"] != json.loads(other)["box"]
    assert json.loads(again[1])["scrypt"]["salt"] != json.loads(BY_WORDS)["scrypt"]["salt"]


def test_salt_and_nonce_come_from_the_given_source() -> None:
    numbers = count(1)
    box = json.loads(seal_with_passphrase(PLAIN, WORDS, "", cost=QUICK, random=lambda size: bytes([next(numbers)]) * size))
    assert (box["scrypt"]["salt"], box["nonce"]) == ("AQEBAQEBAQEBAQEBAQEBAQ==", "AgICAgICAgICAgIC")


# Nothing else opens it


def test_another_key_does_not_open_it() -> None:
    with pytest.raises(VaultError, match="does not open"):
        open_sealed(BY_KEY, bytes(32), "here")


def test_a_box_copied_to_another_profile_does_not_open() -> None:
    for box, opener in ((BY_KEY, KEY), (BY_WORDS, WORDS)):
        with pytest.raises(VaultError, match="belongs to another profile") as caught:
            open_sealed(box, opener, "there")
        assert not isinstance(caught.value, PassphraseError)


def test_another_passphrase_is_told_from_a_damaged_box() -> None:
    with pytest.raises(PassphraseError, match="another passphrase"):
        open_sealed(BY_WORDS, Secret("a horse and a batterie"), "here")
    with pytest.raises(VaultError, match="was changed"):
        open_sealed(doctored(BY_WORDS, box=json.loads(BY_KEY)["box"]), WORDS, "here")


def test_a_box_with_a_passphrase_asks_for_it_when_a_key_is_offered() -> None:
    with pytest.raises(PassphraseError, match="type it"):
        open_sealed(BY_WORDS, KEY, "here")


def test_a_box_with_a_key_says_that_no_passphrase_opens_it() -> None:
    with pytest.raises(VaultError, match="not with a passphrase"):
        open_sealed(BY_KEY, WORDS, "here")


def test_an_edited_kind_opens_nothing() -> None:
    with pytest.raises(VaultError):
        open_sealed(doctored(BY_WORDS, kind="key"), KEY, "here")
    with pytest.raises(VaultError):
        open_sealed(doctored(BY_KEY, kind="passphrase"), WORDS, "here")


@pytest.mark.parametrize("size", [0, 16, 31, 33])
def test_a_key_of_another_size_is_refused_in_words(size: int) -> None:
    with pytest.raises(VaultError, match=f"{size} bytes instead of 32"):
        open_sealed(BY_KEY, bytes(size), "here")
    with pytest.raises(VaultError, match=f"{size} bytes instead of 32"):
        seal_with_key(PLAIN, bytes(size), "here")


# Doctored and damaged boxes


@pytest.mark.parametrize(
    "changes",
    [
        {"n": 2**19},
        {"n": 2**62},
        {"n": 2**17 + 1},
        {"n": 2**13},
        {"n": 0},
        {"n": -(2**17)},
        {"r": 2**20},
        {"r": 0},
        {"p": 5},
        {"p": 0},
        {"p": -1},
    ],
    ids=str,
)
def test_a_doctored_cost_is_refused_before_any_work(changes: dict[str, int]) -> None:
    with pytest.raises(VaultError, match="amount of work"):
        open_sealed(with_scrypt(**changes), WORDS, "here")


def test_our_own_cost_is_bearable_and_the_most_memory_is_twice_ours() -> None:
    assert COST.is_bearable
    assert Cost(n=2 * COST.n).is_bearable
    assert not Cost(n=4 * COST.n).is_bearable


@pytest.mark.parametrize("changes", [{"salt": ""}, {"salt": "AAAA"}, {"check": ""}, {"n": 2**15}], ids=str)
def test_an_edited_head_reads_as_another_passphrase(changes: dict[str, Any]) -> None:
    with pytest.raises(PassphraseError):
        open_sealed(with_scrypt(**changes), WORDS, "here")


@pytest.mark.parametrize("nonce", ["", "AAAA", "A" * 16, "A" * 400])
def test_another_nonce_of_any_size_does_not_open(nonce: str) -> None:
    with pytest.raises(VaultError, match="does not open"):
        open_sealed(doctored(BY_KEY, nonce=nonce), KEY, "here")


def test_a_box_of_a_later_version_says_so_whatever_its_shape() -> None:
    with pytest.raises(VaultError, match="its version is 2, this program knows 1"):
        open_sealed(b'{"format": "overround-sealed", "version": 2, "lock": {}}', KEY, "here")


def test_what_is_no_box_is_called_no_box() -> None:
    for box in (b"", b"{}", b"[]", b"null", b"\xff", b"{" * 5000, b"[" * 5000, b"overround-sealed", b'{"format":"x","version":1}'):
        with pytest.raises(VaultError, match="no file that Overround sealed"):
            open_sealed(box, KEY, "here")


def test_a_huge_file_is_refused_unread() -> None:
    with pytest.raises(VaultError, match="larger than 1 MB"):
        open_sealed(b" " * 1_000_001, KEY, "here")


def test_a_box_cut_off_anywhere_is_refused_in_words() -> None:
    for end in range(len(BY_KEY)):
        with pytest.raises(VaultError):
            open_sealed(BY_KEY[:end], KEY, "here")


@given(st.integers(0, len(BY_WORDS) - 1), st.integers(1, 255))
def test_a_box_with_one_byte_changed_opens_to_the_same_or_not_at_all(place: int, change: int) -> None:
    box = bytearray(BY_WORDS)
    box[place] ^= change
    with contextlib.suppress(VaultError):
        assert open_sealed(bytes(box), WORDS, "here") == PLAIN  # base64 has bits that mean nothing


@given(st.binary(max_size=300))
def test_no_bytes_do_more_than_a_vault_error(box: bytes) -> None:
    with pytest.raises(VaultError):
        open_sealed(box, KEY, "here")


def test_no_error_quotes_or_carries_what_the_file_said() -> None:
    with pytest.raises(VaultError) as caught:
        open_sealed(doctored(BY_KEY, kind="tell-tale"), KEY, "here")
    assert "tell-tale" not in str(caught.value)
    assert caught.value.__context__ is None


# Passphrases (I-65)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "an empty one protects nothing"),
        ("   ", "more than spaces"),
        ("x" * 1_001, "has 1,001"),
        ("x" * 1_000_000, "has 1,000,000"),
        ("a\0b", "control characters"),
        ("a\nb", "control characters"),
        ("a\x7fb", "control characters"),
        ("a\ud800b", "control characters"),
    ],
    ids=["empty", "spaces", "1,001 characters", "a megabyte", "NUL", "line end", "delete", "half a character"],
)
def test_a_passphrase_that_cannot_be_taken_is_refused_in_words(text: str, why: str) -> None:
    assert why in passphrase_objection(Secret(text))
    with pytest.raises(VaultError, match=why):
        seal_with_passphrase(PLAIN, Secret(text), "here", cost=QUICK)
    with pytest.raises(PassphraseError, match=why):
        open_sealed(BY_WORDS, Secret(text), "here")


@pytest.mark.parametrize(
    "text",
    ["x", "x" * 1_000, "סיסמה ארוכה", "كلمة\u200f سر", "パスワード", "👩\u200d🚀 to the moon", " x "],
    ids=["one letter", "1,000 letters", "Hebrew", "Arabic with a mark", "Japanese", "emoji", "spaces around"],
)
def test_a_passphrase_of_any_script_opens_what_it_sealed(text: str) -> None:
    assert passphrase_objection(Secret(text)) == ""
    assert open_sealed(seal_with_passphrase(PLAIN, Secret(text), "", cost=QUICK), Secret(text), "") == PLAIN


def test_a_passphrase_typed_composed_or_decomposed_is_the_same() -> None:
    composed, decomposed = (unicodedata.normalize(form, "Müllers Café") for form in ("NFC", "NFD"))
    assert composed != decomposed
    assert open_sealed(seal_with_passphrase(PLAIN, Secret(decomposed), "", cost=QUICK), Secret(composed), "") == PLAIN
    assert open_sealed(seal_with_passphrase(PLAIN, Secret(composed), "", cost=QUICK), Secret(decomposed), "") == PLAIN


def test_spaces_and_capitals_of_a_passphrase_count() -> None:
    for other in ("A horse and a battery", "a horse and a battery ", "a horse  and a battery"):
        with pytest.raises(PassphraseError):
            open_sealed(BY_WORDS, Secret(other), "here")
