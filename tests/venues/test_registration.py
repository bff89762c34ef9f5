"""The reading of a registration: each channel by itself, whatever the others look like."""

from __future__ import annotations

import json

import pytest

from app.domain.errors import UnreadableError
from app.domain.events import Topic
from app.venues.prophetx.registration import FIRST_GUESS, Grant, canonical, read_registration
from tests.venues.samples import document

GAME = Topic(19458)
PROPS = Topic(19458, "player_total_passing_yards")


def body(**change: object) -> bytes:
    told = document("register")
    told["data"] |= change
    return json.dumps(told).encode()


def channels(*rows: object) -> bytes:
    return body(authorized_channel=list(rows))


GOOD = {"channel_name": "private-x", "auth": "app-key:x", "scope": {"event_id": 19458}}


def test_the_sample_is_read_with_topics_and_auth() -> None:
    read = read_registration(body(), (GAME, PROPS))
    assert [grant.topic for grant in read.grants] == [None, None, GAME, PROPS]
    assert [grant.auth for grant in read.grants] == ["app-key:a1", "app-key:a2", "app-key:a3", "app-key:a4"]
    assert (read.sign_in, read.user_data, read.channel_limit, read.faults) == ("app-key:a5", '{"id":"1234567"}', 400, ())


@pytest.mark.parametrize(
    "odd", [None, 5, "x", [], {}, {"channel_name": 5}, {"channel_name": "x", "auth": []}, {"channel_name": "x", "scope": 1}]
)
def test_i_37_an_odd_channel_takes_nothing_from_the_others(odd: object) -> None:
    read = read_registration(channels(odd, GOOD), ())
    assert read.grants == (Grant("private-x", "app-key:x", GAME),)
    assert len(read.faults) == 1


@pytest.mark.parametrize("rows", [None, []])
def test_i_37_no_channels_are_a_fault(rows: object) -> None:
    read = read_registration(body(authorized_channel=rows), ())
    assert read.grants == ()
    assert read.faults == ("the registration granted no channel",)


def test_i_37_of_two_grants_of_one_channel_the_first_counts() -> None:
    read = read_registration(channels(GOOD, GOOD | {"auth": "app-key:y"}), ())
    assert [grant.auth for grant in read.grants] == ["app-key:x"]


@pytest.mark.parametrize("row", [GOOD | {"auth": ""}, {"channel_name": "private-x"}])
def test_i_37_a_channel_without_auth_is_left_out_and_said(row: object) -> None:
    read = read_registration(channels(row), ())
    assert read.grants == ()
    assert "no auth for the channel private-x" in read.faults[0]


@pytest.mark.parametrize("refused", [{"type": "event", "id": "*", "reason": "wildcard_not_allowed"}, "event * wildcard_not_allowed"])
def test_i_37_what_was_rejected_is_said_beside_what_was_granted(refused: object) -> None:
    read = read_registration(body(rejected=[refused, 5]), ())
    assert len(read.grants) == 4
    assert read.faults == ("the registration refused event * wildcard_not_allowed", "the registration refused 5")


@pytest.mark.parametrize("count", [0, 99, None, "4", -1])
def test_i_37_a_count_that_disagrees_means_nothing(count: object) -> None:
    assert read_registration(body(channel_count=count), ()) == read_registration(body(), ())


@pytest.mark.parametrize("limit", [0, -1, None, "400", 1e3, [400]])
def test_i_37_a_limit_that_makes_no_sense_is_the_first_guess(limit: object) -> None:
    assert read_registration(body(channel_limit=limit), ()).channel_limit == FIRST_GUESS


@pytest.mark.parametrize("event_id", [19458, "19458"])
def test_an_event_id_is_read_as_number_or_text(event_id: object) -> None:
    (grant,) = read_registration(channels(GOOD | {"scope": {"event_id": event_id, "sub_type": None}}), ()).grants
    assert grant.topic == GAME


def test_a_sub_type_comes_back_as_it_was_asked_for() -> None:
    asked = Topic(19458, "Player Total-Hits/Runs!")
    scope = {"event_id": 19458, "sub_type": "player_total_hits_runs"}
    (grant,) = read_registration(channels(GOOD | {"scope": scope}), (asked,)).grants
    assert grant.topic == asked
    assert canonical(asked.sub_type) == scope["sub_type"]


@pytest.mark.parametrize("raw", [b"", b"null", b"[]", b'{"data":null}', b'{"data":[]}', b"\xff", b'{"data":{"authorized_channel":{}}}'])
def test_what_is_no_registration_is_unreadable(raw: bytes) -> None:
    with pytest.raises(UnreadableError):
        read_registration(raw, ())


def test_a_byte_order_mark_in_front_is_tolerated() -> None:
    assert len(read_registration(b"\xef\xbb\xbf" + body(), ()).grants) == 4
