"""Secrets are found in any text: by heart, and by what they look like. What is none stays readable."""

from __future__ import annotations

import json
import secrets
import time
import traceback
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from app.domain.redact import HIDDEN, MOST, SHORTEST, Known, beginning, without_secrets
from app.domain.secret import Secret

CANARY = "c4n4ry-very-private"
KEY = ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def knowing(*texts: str) -> Known:
    known = Known()
    for text in texts:
        known.hide(Secret(text))
    return known


@pytest.mark.parametrize(
    "text",
    [
        f'{{"secret_key": "{CANARY}", "id": 7}}',
        json.dumps({"text": json.dumps({"access_token": CANARY})}),
        f"{{'secret_key': '{CANARY}', 'id': 7}}",
        f"{{'api_key': b'{CANARY}'}}",
        f"{{'passphrase': \"it's {CANARY}\"}}",
        f"Authorization: Basic {CANARY}",
        f"x-api-key: {CANARY}",
        f"Cookie: session={CANARY}",
        f"not accepted: Bearer {CANARY}",
        f"GET /login?access_key={CANARY}&id=7",
        f"Keys(secret_key='{CANARY}', id=7)",
        f"password={CANARY}",
        f"passphrase = {CANARY}",
        f"Authorization Basic {CANARY}",
        f"authorization=Basic {CANARY}",
        f"basic {CANARY}=",
        f"access={CANARY}",
        f"GET /login?access={CANARY}&id=7",
        f"access = '{CANARY}'",
        f'{{"kty": "RSA", "d": "{CANARY}-d", "e": "AQAB"}}',
        json.dumps({"text": json.dumps({"d": f"{CANARY}-d"})}),
        f"{{'dp': '{CANARY}', 'd': '{CANARY}-d'}}",
        f"rksb_{CANARY}",
        f"eyJhbGciOiJub25lIn0.{CANARY}-x",
        f"eyJhbGciOiJub25lIn0.{CANARY}-x.{CANARY}",
        "A" * 100 + CANARY.replace("-", ""),
        f"password: {CANARY} {CANARY}",
        f"proxy password : {CANARY}",
        f"api-key: {CANARY}",
        f"refresh_token: '{CANARY}'",
        f"http://somebody:{CANARY}@proxy.example:3128/",
        f"http://{CANARY}@x:{CANARY}@proxy.example:3128/",
        f"(b'X-API-Key', b'{CANARY}')",
        f"[('Host', 'a'), ('Cookie', '{CANARY}')]",
        f"['proxy-authorization', \"{CANARY}\"]",
    ],
)
def test_what_looks_like_a_secret_is_left_out_and_the_words_around_it_stay(text: str) -> None:
    shown = without_secrets(f"before {text}\nafter")
    assert CANARY not in shown
    assert CANARY.replace("-", "") not in shown
    assert HIDDEN in shown
    assert shown.startswith("before ")
    assert shown.endswith("\nafter")


@pytest.mark.parametrize("end", range(4))
def test_a_private_key_is_left_out_even_where_its_end_is_missing(end: int) -> None:
    lines = KEY.splitlines()
    shown = without_secrets("the key is " + "\n".join(lines[: len(lines) - end]))
    assert not any(line in shown for line in lines[1:-1])
    assert shown.startswith("the key is ")


def test_a_public_key_stays() -> None:
    text = "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQ\n-----END PUBLIC KEY-----"
    assert without_secrets(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "practice exchange: GET /partner/v4/get_markets?event_id=7 200 in 1.5 ms",
        '{"data":{"orders":[{"order_id":"9f1c0a5e-0001","price":146,"status":"odd"}]}}',
        "The keyring of this computer does not open: locked",
        "The access token is asked for again: the venue said 401",
        f"reference {'a' * 40}_ov-0123abcd-{'f' * 32}",
        f"hash {'0f' * 32}",
        '  File "/home/somebody/.local/share/a long way/down/to/app/services/session.py", line 7, in read_keys_of_profile',
        "The keys of the profile 'Key' are sealed with a passphrase: type it.",
        "GET https://host.example/a/b?mail=somebody@example.com and ('ok', 'fine')",
        "Basic authentication is switched off, and so is Basic Authentication; a basic selection stays",
        '{"d": "2026-11-21", "p": 12, "k": "totals"}',
        "It has access to 7 accounts; accessible=yes",
        "Segmentation fault in thread 7, the author's keys: none",
    ],
)
def test_what_is_no_secret_stays_as_it_is(text: str) -> None:
    assert without_secrets(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("an-id-of-nobody", "an-id-of-nobody"),
        (f"refused: access_key={CANARY}-{CANARY} and more of it", f"refused: access_key={HIDDEN} and more of it"),
        (f"not the key {'f' * 64}", f"not the key{HIDDEN}"),
        ("f" * 64, HIDDEN),
        (f"eyJhbGciOiJub25lIn0.{CANARY}-x.{CANARY}", HIDDEN),
        ("short words, and then so many more that they do not fit", f"short words, and then so many more that{HIDDEN}"),
    ],
)
def test_a_quote_is_cut_after_its_secrets_were_taken_out_and_never_in_a_word(text: str, shown: str) -> None:
    assert beginning(text) == shown


@pytest.mark.parametrize("secret", ["plain-and-long", 'with "quotes" and \\', "ümläut schlüssel", "tab\tand\nline", "per%cent/slash +"])
def test_a_known_secret_is_found_in_every_form(secret: str) -> None:
    known = knowing(secret)
    forms = [
        secret,
        json.dumps(secret),
        json.dumps(secret, ensure_ascii=False),
        repr(secret),
        quote(secret),
        quote(secret, safe=""),
        f"a{secret}b",
    ]
    for form in forms:
        cleaned = known.without(f"<{form}>")
        assert HIDDEN in cleaned
        assert secret not in cleaned
        assert "quotes" not in cleaned


def test_a_known_key_is_found_line_by_line() -> None:
    lines = KEY.splitlines()
    assert knowing(KEY).without(f"bad line {lines[1]} in it") == f"bad line {HIDDEN} in it"


def test_a_secret_that_holds_another_goes_as_a_whole() -> None:
    assert knowing("secret-one", "secret-one-and-more").without("a secret-one-and-more b") == f"a {HIDDEN} b"


def test_spaces_around_what_was_pasted_do_not_matter() -> None:
    assert knowing(f"  {CANARY}\n").without(CANARY) == HIDDEN


def test_what_is_too_short_to_be_found_is_not_looked_for() -> None:
    assert knowing("", "1" * (SHORTEST - 1)).without("at 11111:11") == "at 11111:11"
    assert knowing("1" * SHORTEST).without("at 111111") == f"at {HIDDEN}"


def test_the_newest_are_held_and_shown_to_nobody() -> None:
    texts = [f"canary-{secrets.token_hex(8)}" for _ in range(MOST + 1)]
    known = knowing(*texts)
    assert len(known) == MOST
    assert known.without(texts[0]) == texts[0]
    assert known.without(texts[-1]) == HIDDEN
    assert texts[-1] not in repr(known)


def test_a_secret_used_again_is_not_the_oldest_any_more() -> None:
    known = knowing(CANARY, *(f"canary-{number:08}" for number in range(MOST - 1)))
    known.hide(Secret(CANARY))
    known.hide(Secret("one-more-secret"))
    assert known.without(CANARY) == HIDDEN


def test_a_traceback_keeps_its_files_and_lines() -> None:
    try:
        raise ValueError(f"Bearer {CANARY}")
    except ValueError as problem:
        told = "".join(traceback.format_exception(problem))
    shown = without_secrets(told)
    assert CANARY not in shown.rsplit("ValueError", 1)[1]
    assert f'File "{__file__}", line' in shown


@given(st.text(max_size=300))
def test_any_text_goes_through_and_changes_by_hiding_only(text: str) -> None:
    shown = without_secrets(text)
    assert shown == text or HIDDEN in shown


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "piece",
    [
        "token-",
        "a-",
        "token ",
        "password:",
        "://",
        "://a@",
        "('key',",
        "api-key: ",
        "\\",
        '"',
        "'",
        "key",
        "key=",
        '"key',
        "x-",
        "eyJ",
        "a",
        "a.",
        "secret_key",
        '\\"key\\"',
    ],
)
def test_no_text_makes_the_log_stand_still(piece: str) -> None:
    without_secrets(f"token key={piece * (20_000 // len(piece))}\"'=:")


@pytest.mark.parametrize(
    "text", ["token-" * 10_000 + "=", "a-" * 30_000 + "token=", "token" + " " * 60_000, "('key'" + "," * 60_000, "://" * 20_000]
)
def test_a_hostile_line_is_gone_through_once(text: str) -> None:
    """In the processor's time, which other tests do not take away: the log is written on the loop's thread."""
    started = time.thread_time()
    without_secrets(text)
    assert time.thread_time() - started < 0.2
