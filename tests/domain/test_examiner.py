"""The examiner names the mistake: each is made here on purpose, with nothing of the code that finds it."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.domain.examiner import NO_TIME, Diagnosis, Outcome, examine
from app.domain.secret import Secret
from tests.domain.signing import BODY, SECRET, digest, header

GOOD = header()
HEX = digest().hex()
KEY = SECRET.encode()
BASE64 = base64.b64encode(digest()).decode()
OTHERS = {"subscription 18 (MATCH_STARTED)": Secret("another-secret-of-nobody"), "subscription 19": Secret("a-third-secret-of-nobody")}
VALUE = json.loads(BODY)


def examined(told: str = GOOD, body: bytes = BODY, secret: str = SECRET) -> Diagnosis:
    return examine(body, told, Secret(secret), OTHERS)


def bad(diagnosis: Diagnosis) -> list[str]:
    return [check.words for check in diagnosis.checks if check.outcome is Outcome.BAD]


def assert_named(diagnosis: Diagnosis, *words: str) -> None:
    assert not diagnosis.is_valid
    assert diagnosis.words.startswith("Does not match as sent")
    for each in words:
        assert each.lower() in diagnosis.words.lower()
    assert diagnosis.remedy.endswith(".")
    assert bad(diagnosis)


def test_a_good_one_is_valid_and_every_check_is_good_but_that_of_replays() -> None:
    diagnosis = examined()
    assert (diagnosis.is_valid, diagnosis.words, diagnosis.remedy) == (True, "Valid: this body was signed with this secret.", "")
    assert [check.words for check in diagnosis.checks if check.outcome is Outcome.GOOD] == [
        "header has sha256=",
        "hex is lower case",
        "body is byte-exact (no re-serialising needed)",
        "secret is the right one",
    ]
    assert diagnosis.checks[-1] == NO_TIME
    assert not bad(diagnosis)


def test_whose_secret_it_is_is_said() -> None:
    diagnosis = examine(BODY, GOOD, Secret(SECRET), {}, "subscription 17")
    assert diagnosis.words == "Valid: signed with the secret of subscription 17."
    assert "secret is that of subscription 17" in [check.words for check in diagnosis.checks]


HEADERS: list[tuple[str, str, str]] = [
    (HEX, "the prefix sha256= is missing", "header has sha256="),
    ("sha1=" + HEX, "the prefix is sha1=, not sha256=", "header has sha256="),
    ("SHA256=" + HEX, "the prefix is SHA256=", "header has sha256="),
    ("sha256:" + HEX, "the prefix is sha256:", "header has sha256="),
    ("sha256=" + HEX.upper(), "the hex is upper case", "hex is lower case"),
    ("sha256=" + HEX[:32].upper() + HEX[32:], "some of the hex is upper case", "hex is lower case"),
    ("sha256=" + "-".join(HEX[place : place + 2] for place in range(0, 64, 2)), "the hex has '-' between", "header is one digest"),
    ("sha256=0x" + HEX, "0x stands in front", "header is one digest"),
    ("sha256=" + BASE64, "the digest is base64, not hex", "digest is written in hex"),
    ("sha256=" + BASE64.rstrip("="), "base64 without padding", "digest is written in hex"),
    ("sha256=" + base64.b64encode(HEX.encode()).decode(), "the hex was put into base64", "digest is written in hex"),
    (GOOD + "\n", "the header ends with a line break", "header is one digest"),
    (GOOD + "\r\n", "the header ends with a line break", "header is one digest"),
    ("  " + GOOD, "the header has white space round it", "header is one digest"),
    ("sha256= " + HEX, "white space behind the prefix", "header is one digest"),
    (f'"{GOOD}"', "the header has quotes round it", "header is one digest"),
    (f"'{GOOD}'", "the header has quotes round it", "header is one digest"),
    ("\ufeff" + GOOD, "signs round it that cannot be seen", "header is one digest"),
    (f"X-Rankacy-Signature: {GOOD}", "own name stands in its value", "header is one digest"),
    (quote(GOOD, safe=""), "the header is URL-encoded", "header is one digest"),
    (f"{GOOD}, {GOOD}", "2 values with a comma between", "header is one digest"),
    (f"sha256={'0' * 64},{GOOD}", "2 values with a comma between", "header is one digest"),
    (GOOD[:-32], "only the first 32 of the digest's 64 hex digits", "digest has 64 hex digits"),
    (GOOD[:-1], "only the first 63 of the digest's 64 hex digits", "digest has 64 hex digits"),
    (GOOD + "00", "2 hex digits stand behind the digest", "digest has 64 hex digits"),
]


@pytest.mark.parametrize(("told", "words", "check"), HEADERS)
def test_a_mistake_in_the_header_is_named_and_its_check_fails(told: str, words: str, check: str) -> None:
    diagnosis = examined(told)
    assert_named(diagnosis, words)
    assert len(bad(diagnosis)) == 1
    assert bad(diagnosis)[0].startswith(check)


def test_url_safe_base64_is_told_from_the_common_kind() -> None:
    body = next(body for body in (str(number).encode() for number in range(99)) if set(b"+/") & set(base64.b64encode(digest(body))))
    assert_named(examined("sha256=" + base64.urlsafe_b64encode(digest(body)).decode(), body), "the digest is URL-safe base64")
    assert_named(examined("sha256=" + base64.b64encode(digest(body)).decode(), body), "the digest is base64, not hex")


METHODS: list[tuple[bytes, str]] = [
    (digest(method="sha1"), "an HMAC-SHA1, not"),
    (digest(method="sha512"), "an HMAC-SHA512, not"),
    (digest(method="sha384"), "an HMAC-SHA384, not"),
    (digest(method="md5"), "an HMAC-MD5, not"),
    (digest(method="sha3_256"), "an HMAC-SHA3-256, not"),
    (hashlib.sha256(BODY).digest(), "plain SHA-256 of the body, without the secret"),
    (hashlib.sha256(KEY + BODY).digest(), "plain SHA-256 of the secret and the body"),
    (hashlib.sha256(BODY + KEY).digest(), "plain SHA-256 of the body and the secret"),
    (digest(KEY, BODY), "in each other's place"),
    (digest(hashlib.sha256(BODY).hexdigest().encode()), "over the SHA-256 of the body"),
    (digest(hashlib.sha256(BODY).digest()), "over the SHA-256 of the body"),
]


@pytest.mark.parametrize(("made", "words"), METHODS)
def test_another_way_to_make_the_digest_is_named(made: bytes, words: str) -> None:
    diagnosis = examined("sha256=" + made.hex())
    assert_named(diagnosis, words)
    assert bad(diagnosis) == ["digest is an HMAC-SHA256"]


def test_the_scheme_that_the_prefix_says_and_that_was_used_are_both_named() -> None:
    assert_named(examined("sha512=" + digest(method="sha512").hex()), "the prefix is sha512=, not sha256=", "HMAC-SHA512")


HEX_SECRET, BASE64_SECRET = "00c0ffee" * 8, base64.b64encode(bytes(range(32))).decode()
SECRETS: list[tuple[str, bytes, str]] = [
    (SECRET + "\n", KEY, "the secret ends with a line break (LF)"),
    (SECRET + "\r\n", KEY, "the secret ends with a line break (CRLF)"),
    (SECRET + " ", KEY, "the secret has white space round it"),
    ("\t" + SECRET, KEY, "the secret has white space round it"),
    ("\ufeff" + SECRET, KEY, "the secret begins with a byte order mark"),
    (f'"{SECRET}"', KEY, "the secret has quotes round it"),
    (SECRET, KEY + b"\n", "signed with a line break (LF) behind the secret"),
    (SECRET, KEY + b"\r\n", "signed with a line break (CRLF) behind the secret"),
    (SECRET, KEY + b" ", "signed with a space behind the secret"),
    (SECRET, b" " + KEY, "signed with a space before the secret"),
    (SECRET, b"'" + KEY + b"'", "signed with quotes round the secret"),
    (SECRET, KEY.upper(), "the secret has lower-case letters"),
    (SECRET, b"\xef\xbb\xbf" + KEY, "signed with a byte order mark before the secret"),
    (SECRET, b'"' + KEY + b'"', "signed with quotes round the secret"),
    (SECRET, b"", "signed with an empty secret"),
    (SECRET, KEY.lower(), "the secret has upper-case letters"),
    (HEX_SECRET, bytes.fromhex(HEX_SECRET), "decoded from hex"),
    (BASE64_SECRET, bytes(range(32)), "decoded from base64"),
    (BASE64_SECRET.rstrip("="), bytes(range(32)), "decoded from base64"),
    (SECRET, KEY.hex().encode(), "the secret was written in hex"),
    (SECRET, base64.b64encode(KEY), "the secret was written in base64"),
    (SECRET, SECRET.encode("utf-16-le"), "the secret was used in UTF-16"),
    ("klíč", "klíč".encode("latin-1", "replace"), "the secret was used in Latin-1"),
]


@pytest.mark.parametrize(("secret", "key", "words"), SECRETS)
def test_a_mistake_in_the_secret_is_named_and_the_secret_is_not_shown(secret: str, key: bytes, words: str) -> None:
    diagnosis = examined(header(key=key), secret=secret)
    assert_named(diagnosis, words)
    assert bad(diagnosis) == ["secret is the right one"]
    assert secret.strip() not in str(diagnosis)


def test_another_subscriptions_secret_is_named() -> None:
    diagnosis = examined(header(key=b"a-third-secret-of-nobody"))
    assert_named(diagnosis, "signed with the secret of subscription 19, not with this one")
    assert diagnosis.remedy == "Use the secret of subscription 19 for this delivery."


CRLF = json.dumps(VALUE, indent=2, ensure_ascii=False).replace("\n", "\r\n").encode()
LF = CRLF.replace(b"\r\n", b"\n")
BOM = b"\xef\xbb\xbf"
TEXT = BODY.decode()
PRETTY = "the body was re-serialised (indented by"
BODIES: list[tuple[bytes, bytes, str]] = [  # what is given, what was signed
    (BODY + b"\n", BODY, "the body ends with a line break that was not signed"),
    (BODY + b"\r\n", BODY, "the body ends with a line break that was not signed"),
    (BODY, BODY + b"\n", "signed with a line break (LF) behind the body"),
    (BODY, BODY + b"\r\n", "signed with a line break (CRLF) behind the body"),
    (b"  " + BODY, BODY, "white space round it that was not signed"),
    (CRLF, LF, "the body's lines end with CRLF"),
    (LF, CRLF, "the body's lines end with LF"),
    (BOM + BODY, BODY, "the body begins with a byte order mark"),
    (BODY, BOM + BODY, "signed with a byte order mark before the body"),
    (BODY, TEXT.encode("utf-16-le"), "signed in UTF-16 (LE)"),
    (BODY, TEXT.encode("utf-16-be"), "signed in UTF-16 (BE)"),
    (BODY, TEXT.encode("utf-16"), "signed in UTF-16 with a byte order mark"),
    (TEXT.encode("utf-16"), BODY, "the body is in UTF-16"),
    (TEXT.encode("utf-16-le"), BODY, "the body is in UTF-16"),
    (BODY, BODY.decode("latin-1").encode(), "taken for Latin-1"),
    (LF, BODY, "the body was re-serialised (compact)"),
    (BODY, LF, PRETTY + " 2 spaces)"),
    (BODY, json.dumps(VALUE, indent=4, ensure_ascii=False).encode(), PRETTY + " 4 spaces)"),
    (BODY, json.dumps(VALUE, ensure_ascii=False).encode(), "re-serialised (on one line with a space"),
    (BODY, json.dumps(VALUE).encode(), "letters beyond ASCII as \\u"),
    (json.dumps(VALUE, separators=(",", ":")).encode(), BODY, "the body was re-serialised (compact)"),
    (BODY, json.dumps(VALUE, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode(), "compact, keys sorted)"),
    (BODY, json.dumps(VALUE, sort_keys=True, indent=2).encode(), "indented by 2 spaces, keys sorted, letters beyond ASCII"),
    (BODY, json.dumps(VALUE, separators=(",", ":")).replace("/", "\\/").encode(), "/ written as \\/"),
    (
        BODY,
        json.dumps(VALUE, separators=(",", ":"), ensure_ascii=False).replace("<", "\\u003c").replace(">", "\\u003e").encode(),
        "Go's own",
    ),
    (BODY, quote(BODY, safe="").encode(), "signed URL-encoded"),
    (BODY, quote_plus(BODY).encode(), "signed URL-encoded as of a form"),
    (BODY, b"payload=" + quote_plus(BODY).encode(), "the form field payload="),
    (quote(BODY, safe="").encode(), BODY, "the body is URL-encoded"),
    (quote_plus(BODY).encode(), BODY, "the body is URL-encoded as of a form"),
    (b"payload=" + quote_plus(BODY).encode(), BODY, "the body is a field of a form"),
    (BODY, json.dumps(TEXT).encode(), "signed as a JSON text, in quotes"),
    (json.dumps(TEXT).encode(), BODY, "the body is a JSON text, in quotes"),
    (BODY, b'"' + BODY + b'"', "signed with quotes round the body"),
    (b'"' + BODY + b'"', BODY, "the body has quotes round it"),
    (BODY, base64.b64encode(BODY), "the body was signed in base64"),
    (base64.b64encode(BODY), BODY, "the body is in base64"),
    (BODY, BODY.hex().encode(), "the body was signed in hex"),
    (BODY.hex().encode(), BODY, "the body is in hex"),
    (BODY, str(BODY).encode(), "as Python shows bytes"),
    ("klíč".encode(), "klíč".encode("latin-1", "replace"), "the body was signed in Latin-1"),
    (BODY, json.dumps(TEXT, ensure_ascii=False).encode(), "signed as a JSON text, in quotes"),
    (b"it's (a) *~!", b"it%27s%20%28a%29%20%2A~%21", "signed URL-encoded"),
    (b"it's (a) *~!", b"it's%20(a)%20*~!", "signed URL-encoded"),  # as JavaScript does
    (b"1+2%3D3", b"1+2=3", "the body is URL-encoded"),
    (BODY, b"", "the signature of the empty body"),
    (BODY, b"[object Object]", "the signature of '[object Object]'"),
    (BODY, BODY[:-1], f"only the first {len(BODY) - 1} of the body's {len(BODY)} bytes were signed"),
    (BODY, BODY[:-64], f"only the first {len(BODY) - 64} of the body's {len(BODY)} bytes were signed"),
    (b"x" * 9000, b"x" * 8192, "only the first 8,192 of the body's 9,000 bytes were signed"),
]


@pytest.mark.parametrize(("given_body", "signed_body", "words"), BODIES)
def test_a_mistake_in_the_body_is_named_and_the_form_that_matches_with_it(given_body: bytes, signed_body: bytes, words: str) -> None:
    diagnosis = examined(header(signed_body), given_body)
    assert_named(diagnosis, words)
    assert bad(diagnosis) == ["body is byte-exact (no re-serialising needed)"]


def test_a_slash_behind_a_backslash_is_escaped_as_json_is() -> None:
    value = {"path": "a\\/b", "end": "\\"}
    signed = json.dumps(value, separators=(",", ":")).replace("/", "\\/").encode()
    assert_named(examined(header(signed), json.dumps(value).encode()), "/ written as \\/")


def test_numbers_and_names_told_twice_stay_as_they_are_spelt() -> None:
    assert_named(examined(header(b'{"a":1.50,"a":1e2}'), b'{ "a": 1.50,\n "a": 1e2 }'), "re-serialised (compact)")


PAIRS: list[tuple[str, bytes, str, tuple[str, ...]]] = [
    (HEX.upper(), BODY, SECRET, ("the prefix sha256= is missing", "the hex is upper case")),
    (BASE64, BODY, SECRET, ("the prefix sha256= is missing", "the digest is base64")),
    (header(LF).upper().replace("SHA256", "sha256"), BODY, SECRET, ("upper case", "re-serialised (indented by 2 spaces)")),
    (digest(key=KEY + b"\n").hex(), BODY, SECRET, ("prefix sha256= is missing", "behind the secret")),
    (header(LF), BODY, SECRET + "\n", ("the secret ends with a line break", "re-serialised (indented by 2 spaces)")),
    (header(LF, KEY + b"\n"), BODY, SECRET, ("line break (LF) behind the secret", "re-serialised (indented by 2 spaces)")),
    (header(LF, b"a-third-secret-of-nobody"), BODY, SECRET, ("secret of subscription 19", "re-serialised (indented by 2 spaces)")),
    (header(BODY + b"\n", b"a-third-secret-of-nobody"), BODY, SECRET, ("secret of subscription 19", "behind the body")),
    (header(LF + b"\n"), BODY, SECRET, ("re-serialised (indented by 2 spaces), with a line break behind it",)),
    ("sha1=" + digest(LF, method="sha1").hex(), BODY, SECRET, ("sha1=", "HMAC-SHA1", "re-serialised")),
    ("sha1=" + digest(key=KEY + b"\n", method="sha1").hex(), BODY, SECRET, ("HMAC-SHA1", "behind the secret")),
    (HEX[:40], BODY, SECRET, ("the prefix sha256= is missing", "only the first 40")),
    (f'"{HEX.upper()}"\n', BODY, SECRET, ("line break", "quotes", "prefix sha256= is missing", "upper case", "for 4 reasons")),
]


@pytest.mark.parametrize(("told", "body", "secret", "words"), PAIRS)
def test_several_mistakes_at_once_are_all_named(told: str, body: bytes, secret: str, words: tuple[str, ...]) -> None:
    assert_named(examined(told, body, secret), *words)


def test_the_words_are_whole_sentences() -> None:
    assert examined("sha256=" + HEX.upper()).words == (
        "Does not match as sent. The hex is upper case: the same digest in lower case matches."
    )
    assert examined(HEX.upper()).words == (
        "Does not match as sent, for 2 reasons. The prefix sha256= is missing, and the hex is upper case."
        " With all of that undone it matches."
    )
    assert examined(header(b"")).words == "Does not match as sent. It is the signature of the empty body."


def test_what_nothing_explains_is_said_with_what_is_wrong_besides() -> None:
    diagnosis = examined("F" * 64)
    assert not diagnosis.is_valid
    assert diagnosis.words == (
        "Does not match, and no mistake that is known here explains it. Besides, the prefix sha256= is missing; the hex is upper case."
    )
    assert bad(diagnosis) == ["header has sha256=", "hex is lower case"]
    assert [check.words for check in diagnosis.checks if "not known" in check.words] == [
        "body is byte-exact (no re-serialising needed): not known",
        "secret is the right one: not known",
    ]
    assert "the digest has 40 hex digits, and SHA-256 has 64" in examined("sha256=" + "0" * 40).words


@pytest.mark.parametrize("told", ["sha256=", "nothing of the kind", "sha256=xyz", "sha256=é", ",", "sha256=,sha256="])
def test_a_header_without_a_digest_is_said_so(told: str) -> None:
    assert examined(told).words == "Does not match: the header holds no digest. It should be sha256= and 64 hex digits."


@pytest.mark.parametrize("told", ["", "  \r\n"])
def test_an_empty_header_is_no_signature(told: str) -> None:
    assert examined(told).words == "There is no signature: the header is empty."


def test_an_empty_secret_verifies_nothing() -> None:
    diagnosis = examined(header(key=b""), secret="")
    assert (diagnosis.is_valid, diagnosis.words) == (False, "There is no secret to verify with.")


@given(st.binary(), st.text(), st.text())
def test_nothing_that_can_be_given_makes_it_raise(body: bytes, told: str, secret: str) -> None:
    assert not examine(body, told, Secret(secret), OTHERS).is_valid


ODD_HEADERS = st.from_regex(r"\s*(X-Rankacy-Signature: )?[\"']?(sha(1|256|512)=)?[0-9a-zA-Z+/_,%=-]{0,140}[\"']?\s*", fullmatch=True)
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(), lambda one: st.lists(one) | st.dictionaries(st.text(), one)
)


@given(ODD_HEADERS, JSON)
def test_nothing_that_looks_like_one_makes_it_raise_either(told: str, value: object) -> None:
    assert not examine(json.dumps(value).encode(), told, Secret(SECRET), OTHERS).is_valid


@given(JSON, st.sampled_from([None, 2, 4]), st.booleans(), st.booleans())
def test_json_as_python_writes_it_is_always_recognised(value: object, indent: int | None, is_sorted: bool, is_ascii: bool) -> None:
    value = {"told": value}
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    assume("NaN" not in text and "Infinity" not in text)  # no JSON
    assume(text.encode(errors="replace") == text.encode(errors="surrogatepass"))  # nor is half a letter
    written = json.dumps(value, indent=indent, sort_keys=is_sorted, ensure_ascii=is_ascii).encode()
    diagnosis = examined(header(written), text.encode())
    assert diagnosis.is_valid or "re-serialised" in diagnosis.words


@given(st.binary(max_size=300), st.sampled_from([HEX, HEX.upper(), f" {BASE64}"]))
def test_what_is_not_valid_never_says_that_it_is(body: bytes, told: str) -> None:
    assume(body != BODY)
    assert not examined("sha256=" + told, body).is_valid


def spent(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


@pytest.mark.parametrize("unit", [b"x", b'{"a":[1,2.5,"\xc3\xa9"]}\r\n', b"%41+", b"\0"])
def test_ten_megabytes_are_judged_in_a_moment_and_what_was_not_tried_is_said(unit: bytes) -> None:
    body = unit * (10 * 1024 * 1024 // len(unit))
    many = {f"subscription {number}": Secret(f"secret {number}") for number in range(200)}
    told: list[Diagnosis] = []
    assert spent(lambda: told.append(examine(body, "sha256=" + "0" * 64, Secret(SECRET), many))) < 3  # 0.4 s where nothing else runs
    (not_tried,) = [check.words for check in told[0].checks if check.words.startswith("not tried")]
    assert f"{len(body):,} bytes" in not_tried
    assert "re-serialised JSON" in not_tried
    assert "all of the other secrets" in not_tried
    assert "two mistakes at once" in not_tried


def test_likely_mistakes_are_named_with_ten_megabytes_too() -> None:
    body = b'{"a":1}' * 1_500_000
    assert_named(examined(header(body).upper().replace("SHA256", "sha256"), body), "upper case")
    assert_named(examined(header(body[:-3]), body), "bytes were signed")
    assert_named(examined(header(body + b"\n"), body), "line break (LF) behind the body")
    assert_named(examined(header(body, KEY + b"\n"), body), "behind the secret")


def test_json_of_any_depth_is_borne() -> None:
    assert "no mistake" in examined("sha256=" + "0" * 64, b"[" * 50_000 + b"]" * 50_000).words


def test_everything_is_tried_with_a_body_of_usual_size() -> None:
    diagnosis = examined("sha256=" + "0" * 64)
    assert not any(check.words.startswith("not tried") for check in diagnosis.checks)


@pytest.mark.parametrize("lost", [1, 2, 3])
def test_a_body_that_lost_its_end_is_closed_again_and_what_is_missing_is_named(lost: int) -> None:
    diagnosis = examined(body=BODY[:-lost])
    assert_named(diagnosis, f"the body is cut: {BODY[-lost:].decode()} is missing at its end", "with it the signature matches")
    assert bad(diagnosis) == ["body is whole"]


@pytest.mark.parametrize("inside", [b'{"a":[1,{"b":"x\\"y', b'[{"c":"}]', b'{"event":', b'{"a":{"b":1}'])
def test_a_text_that_stops_inside_its_json_was_probably_cut_however_much_is_lost(inside: bytes) -> None:
    diagnosis = examined(header(inside + b"much more of it"), inside)
    assert f"the body stops inside its JSON after {len(inside)} bytes, so it was probably cut" in diagnosis.words
    assert bad(diagnosis) == ["body is whole"]
    assert "Content-Length" in diagnosis.remedy


@pytest.mark.parametrize("nothing", [b"", b" \n"])
def test_an_empty_body_was_probably_lost(nothing: bytes) -> None:
    diagnosis = examined(body=nothing)
    assert diagnosis.words == "Does not match: the body is empty, so it was probably lost on its way."
    assert bad(diagnosis) == ["body is whole"]


@pytest.mark.parametrize("whole", [b'{"a":"{["}', b"[]", b'"text', b"not JSON {", b'{"a":1}}', b"7"])
def test_what_is_whole_or_no_json_is_not_called_cut(whole: bytes) -> None:
    diagnosis = examined(header(b"something else"), whole)
    assert "cut" not in diagnosis.words
    assert "body is whole" not in bad(diagnosis)
