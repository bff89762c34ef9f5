"""What a signed body is about."""

from __future__ import annotations

import hmac

import pytest

from app.domain.signature import is_valid
from app.receiver.judging import About, about
from tests.receiver.kit import ODDS, SECRET


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b'{"event":"ODDS_UPDATED","match_id":161}', About(ODDS, 161)),
        (b'{"event":"ODDS_UPDATED","match_id":161,"occurred_at":"x"}', About(ODDS, 161)),
        (b'{"match_id":161}', About(ODDS, 161)),
        (b'{"match_id":161,"type":5}', About(ODDS, 161)),
        (b'{"match_id":161,"type":"delivery"}', About(ODDS, 161)),
        (b'{"match_id":161,"id":"d1","event_type":"ODDS_UPDATED","type":"delivery"}', About(ODDS, 161)),
    ],
)
def test_a_body_is_read_with_patience(body: bytes, found: About) -> None:
    assert about(body, ODDS) == found


@pytest.mark.parametrize("match_id", [b"null", b'"161"', b"-1", b"1.5", b"true", b"[1]", b"9223372036854775808", b"1" + b"0" * 400])
def test_a_match_that_is_no_number_of_one_is_none(match_id: bytes) -> None:
    found = about(b'{"event":"ODDS_UPDATED","match_id":' + match_id + b"}", ODDS)

    assert (found.event, found.match_id) == (ODDS, None)
    assert found.reason == "its body names no match"


@pytest.mark.parametrize("body", [b"", b"{}x", b'{"match_id":1} {}', b"[1]", b"\xff", b"[" * 60_000, b'{"a":' * 10_000, b'{"match_id":1'])
def test_what_is_no_json_object_is_still_its_event(body: bytes) -> None:
    found = about(body, ODDS)

    assert (found.event, found.match_id, found.reason) == (ODDS, None, "its body is not the JSON it should be")


def test_what_is_signed_counts_before_its_header() -> None:
    found = about(b'{"event":"MATCH_FINISHED","match_id":1}', ODDS)

    assert found.event == "MATCH_FINISHED"
    assert found.reason == "its body says 'MATCH_FINISHED', and its header 'ODDS_UPDATED'"


def test_a_signature_is_compared_on_bytes_and_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[object, object]] = []

    def compared(one: bytes, other: bytes) -> bool:
        asked.append((type(one), type(other)))
        return False

    monkeypatch.setattr(hmac, "compare_digest", compared)  # the library's, not ours

    assert not is_valid(b"body", b"sha256=\xe9", SECRET)
    assert asked == [(bytes, bytes)]
