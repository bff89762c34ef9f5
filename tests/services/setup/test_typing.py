"""What is typed and pasted: blanks around keys, the shape of a token, the strength of a passphrase, the letter to Prophet."""

from __future__ import annotations

import pytest

from app.domain.environment import Environment
from app.domain.profile import ProfileError, Provider
from app.domain.secret import Secret
from app.services.setup import claims, letters, strength
from app.services.setup.draft import AccountDraft, KeyPart
from tests.services.setup.fakes import FakeMaker, FakeProver, canary


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("", "", ""),
        ("  ", "", "2 blanks were taken off"),
        ("", "\n", "1 line end was taken off"),
        ("", "\r\n", "1 line end was taken off"),
        ('"', '"', "2 quotes were taken off"),
        ("\t'", "' \r\n", "2 blanks and 2 quotes and 1 line end were taken off"),
        ("\u00a0", "\u200b", "2 blanks were taken off"),
    ],
    ids=["nothing", "blanks", "line end", "windows line end", "quotes", "all", "odd blanks"],
)
def test_what_copying_left_around_a_key_is_taken_off_and_counted(before: str, after: str, words: str) -> None:
    account, key = AccountDraft(Provider.TRADING, FakeProver()), canary()
    assert account.type_key(KeyPart.ACCESS, f"{before}{key}{after}") == words
    assert account.access == Secret(key)


def test_blanks_alone_are_no_key() -> None:
    account = AccountDraft(Provider.RANKACY, FakeProver())
    assert account.type_key(KeyPart.API_KEY, "  \n") == "2 blanks and 1 line end were taken off"
    assert not account.api_key


@pytest.mark.parametrize("inside", [" ", "\n", "\u200b", "ü"], ids=["blank", "line end", "no width", "umlaut"])
def test_a_sign_inside_a_key_that_no_key_has_is_objected_to(inside: str) -> None:
    account = AccountDraft(Provider.RANKACY, FakeProver())
    account.environment = Environment.PRACTICE
    account.type_key(KeyPart.API_KEY, f"{canary()}{inside}{canary()}")
    assert account.objection_to_keys() == "The API key holds a blank, a line end or a sign that no key has"


@pytest.mark.parametrize(
    ("pasted", "words"),
    [
        ("https://x", "What was pasted as the API key is an address and no key"),
        ('{"access_key":"a"}', "What was pasted as the API key is a whole piece of JSON: only the value between the quotes is the key"),
    ],
)
def test_what_is_pasted_as_a_key_and_is_none_is_named_for_what_it_is(pasted: str, words: str) -> None:
    account = AccountDraft(Provider.RANKACY, FakeProver())
    account.environment = Environment.PRACTICE
    account.type_key(KeyPart.API_KEY, pasted)
    assert account.objection_to_keys() == words


def test_the_objections_name_no_part_of_a_key() -> None:
    account, key = AccountDraft(Provider.TRADING, FakeProver()), canary()
    account.type_key(KeyPart.ACCESS, f"{key} {key}")
    account.type_key(KeyPart.SECRET, key)
    assert key not in account.objection_to_keys()
    assert key not in repr(account.credentials())


# Claims


def test_extra_claims_are_read_as_text_numbers_and_truths() -> None:
    typed = 'partner=acme\n\n level = 3\nstrict=true\ncode="007"\nempty='
    assert claims.claims_of(typed) == {"partner": "acme", "level": 3, "strict": True, "code": "007", "empty": ""}


def test_claims_that_are_written_down_read_back_the_same() -> None:
    told: dict[str, str | int | bool] = {"a": "x", "b": 3, "c": True, "d": "3", "e": "true", "f": " x ", "g": '"q"'}
    assert claims.claims_of(claims.claims_text(told)) == told


@pytest.mark.parametrize("typed", ["", "-1", "1.5", "sixty", "1e2", "٣٠"])
def test_a_lifetime_is_a_whole_number(typed: str) -> None:
    with pytest.raises(ProfileError, match="whole number of seconds"):
        claims.lifetime_of(typed)


# Passphrases


@pytest.mark.parametrize(
    ("typed", "level"),
    [("", 0), ("short", 0), ("aaaaaaaaaaaaaaaaaaaaaaaa", 1), ("password", 1), ("Tr0ub4dor&3", 3), ("correct horse battery staple", 4)],
)
def test_the_strength_of_a_passphrase(typed: str, level: int) -> None:
    assert strength.strength(Secret(typed)).level == level


def test_words_and_level_of_the_strength_differ_together() -> None:
    told = [
        strength.strength(Secret(text)).words for text in ("", "short", "password", "password9x", "Tr0ub4dor&3", "correct horse battery")
    ]
    assert len(set(told)) == len(told)


# The letter


async def test_the_letter_holds_the_public_key_and_nothing_of_the_private_one() -> None:
    maker = FakeMaker()
    pair = await maker.make(2048)
    text = letters.email_text(pair, Environment.SANDBOX)
    assert pair.public_pem.strip() in text
    assert pair.fingerprint in text
    assert "SANDBOX" in text
    assert maker.private not in text
