"""The line by which the practice exchange says that it serves, as the window reads it."""

from __future__ import annotations

import msgspec
import pytest

from app.child import RankacyAddress, read_ready
from app.domain.secret import Secret
from app.practice.server import ready_line
from app.practice.wire.application import new_keys, with_all_doors


def test_every_door_of_the_exchange_is_read_and_its_secrets_are_hidden() -> None:
    keys = with_all_doors(new_keys())

    ready = read_ready(ready_line(keys, "127.0.0.1", 4321))

    assert (ready.base, ready.trading.url) == ("http://127.0.0.1:4321", "http://127.0.0.1:4321/partner")
    assert ready.trading.web_session == Secret(keys.web_session)
    assert ready.omnibus is not None
    assert ready.omnibus.url == "http://127.0.0.1:4321"
    assert ready.omnibus.partner_token.reveal() == keys.partner.token
    assert ready.omnibus.issuer_hint == keys.partner.issuer_id
    assert ready.rankacy == RankacyAddress("http://127.0.0.1:4321", Secret(keys.rankacy_key))
    for secret in (keys.web_session, keys.partner.token, keys.rankacy_key):
        assert secret not in repr(ready)


def test_a_recording_speaks_for_the_trading_api_only() -> None:
    ready = read_ready(ready_line(new_keys(), "127.0.0.1", 4321))

    assert (ready.omnibus, ready.rankacy) == (None, None)


@pytest.mark.parametrize(
    "line",
    ["", "{}", '{"base":"x","trading":{"url":"x","access_key":"a","secret_key":"b"},"rankacy":{"url":"x","api_key":7}}'],
)
def test_a_line_that_says_something_else_is_refused(line: str) -> None:
    with pytest.raises(msgspec.MsgspecError):
        read_ready(line)
