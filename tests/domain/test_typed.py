"""A key as it is pasted: what copying leaves around it goes, what is inside stays."""

from __future__ import annotations

import pytest

from app.domain.typed import LONGEST_KEY, cleaned_key, is_one_word, kind_of


@pytest.mark.parametrize(
    "typed",
    [
        "ab-12=",
        " ab-12= ",
        "ab-12=\r\n",
        '"ab-12="',
        "'ab-12='\n",
        ' \t"ab-12="  ',
        "\u201cab-12=\u201d",
        "\ufeffab-12=\u200b",
        "`ab-12=`",
        "\u00a0ab-12=\u2028",
    ],
)
def test_i_64_blanks_quotes_and_line_ends_around_a_key_are_taken_off(typed: str) -> None:
    assert cleaned_key(typed) == "ab-12="


def test_what_is_inside_a_key_stays() -> None:
    assert cleaned_key(" a b'c ") == "a b'c"


@pytest.mark.parametrize("text", ["k", "rk_live_0+/=", "k" * LONGEST_KEY])
def test_one_word_may_stand_in_a_header(text: str) -> None:
    assert is_one_word(text)


@pytest.mark.parametrize("text", ["", "a b", "a\nb", "a\x00b", "schlüssel", "k" * (LONGEST_KEY + 1)])
def test_anything_else_may_not(text: str) -> None:
    assert not is_one_word(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("https://x", "an address"),
        ("http://x/access?key=a", "an address"),
        ("www.venue.example", "an address"),
        ('{"access_key":"a"}', "JSON"),
        ('[{"access_key": "a"}]', "JSON"),
        ("-----BEGIN PUBLIC KEY-----", "a PEM file"),
        ("Bearer abcdef", "more than the key"),
        ("access_key: abcdef", "more than the key"),
        ("secret = abcdef", "more than the key"),
    ],
)
def test_what_was_pasted_in_the_place_of_a_key_is_named(text: str, words: str) -> None:
    assert words in kind_of(text)


@pytest.mark.parametrize("text", ["", "ab-12=", "rk_live_0+/=", "f" * 64, "a=b:c", "basic-key", "https"])
def test_what_may_be_a_key_is_called_nothing_else(text: str) -> None:
    assert kind_of(text) == ""
