"""Paths of the B2B API as a profile may have its own."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from app.domain.environment import Environment
from app.domain.link import Rank
from app.domain.order import HistoryQuery
from app.domain.profile import Profile, ProfileError, Provider
from app.venues.omnibus.calls import Calls
from app.venues.omnibus.names import B2B, CALLS, FIELDS, PathError, fields_for, paths_for


def test_without_own_paths_they_are_the_guides() -> None:
    assert paths_for({}) == B2B
    assert B2B.orders == "api/v1/orders"


def test_one_path_is_put_in_its_place_and_the_others_stay() -> None:
    paths = paths_for({"submit_many": "api/v2/orders/many"})
    assert paths.submit_many == "api/v2/orders/many"
    assert {name for name in CALLS if getattr(paths, name) != getattr(B2B, name)} == {"submit_many"}


@pytest.mark.parametrize(
    ("name", "path", "words"),
    [
        ("submit", "api/v1/orders", "There is no call 'submit'"),
        ("orders", "/api/v1/orders", "cannot be used"),
        ("orders", "https://elsewhere/api", "cannot be used"),
        ("orders", "api/../keys", "cannot be used"),
        ("orders", "x" * 101, "at most 100"),
        ("orders", "", "cannot be used"),
    ],
)
def test_a_path_that_could_lead_elsewhere_is_refused_in_words(name: str, path: str, words: str) -> None:
    with pytest.raises(PathError, match=words):
        paths_for({name: path})


def test_the_two_vocabularies_differ_in_three_words() -> None:
    guide, today = FIELDS["guide"], FIELDS["v4"]
    assert (guide.selection, guide.stake, guide.odds) == ("line_id", "stake", "odds")
    assert (today.selection, today.stake, today.odds) == ("strike_id", "quantity", "price")
    assert (guide.ref, guide.user, guide.order) == (today.ref, today.user, today.order) == ("external_id", "external_user_id", "order_id")


def test_a_profile_keeps_its_own_paths_fields_and_what_it_turned_on() -> None:
    profile = Profile(
        "desk", Environment.SANDBOX, Provider.OMNIBUS, host="https://b2b.example.com", paths={"orders": "api/v2/orders"},
        fields="v4", batches=True, many_events=True,
    )  # fmt: skip
    assert paths_for(profile.paths).orders == "api/v2/orders"
    assert (profile.fields, profile.batches, profile.many_events) == ("v4", True, True)


# Single names of what a request says


def test_without_own_names_they_are_the_vocabularys() -> None:
    assert fields_for("v4", {}) == FIELDS["v4"]
    assert fields_for("guide", {}) == FIELDS["guide"]


def test_the_record_is_asked_by_the_names_of_the_guide_and_by_a_profiles_own() -> None:
    query = HistoryQuery(datetime(2026, 9, 1, tzinfo=UTC), status="open", matching="unmatched", user="cust-1")
    guide = Calls(B2B).orders(query, 10, 20, "next")
    assert guide.params == {
        "from": "10", "to": "20", "status": "open", "matching_status": "unmatched", "external_user_id": "cust-1", "limit": "100",
        "next_cursor": "next",
    }  # fmt: skip
    assert Calls(B2B).orders(HistoryQuery(query.since), 0, None, "").params == {"limit": "100"}
    own = fields_for("guide", {"since": "start", "until": "end", "matching": "match", "of_user": "user", "cursor": "page", "limit": "rows"})
    assert Calls(B2B, own).orders(query, 10, 20, "next").params == {
        "start": "10", "end": "20", "status": "open", "match": "unmatched", "user": "cust-1", "rows": "100", "page": "next",
    }  # fmt: skip


def test_the_listings_are_asked_by_a_profiles_own_names() -> None:
    calls = Calls(B2B, fields_for("guide", {"tournament": "league", "event": "game", "events": "games"}))
    asked = [calls.events(31), calls.events_by_id([1, 2]), calls.markets(7), calls.multiple_markets([7, 8], Rank.SCREEN)]
    assert [call.params for call in asked] == [{"league": "31"}, {"games": "1,2"}, {"game": "7"}, {"games": "7,8"}]


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ({"line": "x"}, "There is no field 'line'"),
        ({"user": ""}, "cannot be what user is called"),
        ({"user": "a b"}, "cannot be what user is called"),
        ({"user": "x" * 41}, "cannot be what user is called"),
        ({"user": "stake"}, "user and stake cannot both be called 'stake'"),
        ({"limit": "from"}, "since and limit cannot both be called 'from'"),
    ],
)
def test_a_name_that_cannot_be_or_stands_there_already_is_refused_in_words(names: dict[str, str], words: str) -> None:
    with pytest.raises(PathError, match=words):
        fields_for("guide", names)


def test_a_profile_keeps_its_own_names_and_no_other_provider_has_any() -> None:
    profile = Profile("desk", Environment.SANDBOX, Provider.OMNIBUS, host="https://b2b.example.com", names={"of_user": "user"})
    assert fields_for(profile.fields, profile.names).of_user == "user"
    assert msgspec.json.decode(msgspec.json.encode(profile), type=Profile) == profile
    with pytest.raises(ProfileError, match="settings of B2B Omnibus profiles only"):
        Profile("desk", Environment.SANDBOX, Provider.TRADING, names={"of_user": "user"})
    with pytest.raises(ProfileError, match="The name of the field"):
        Profile("desk", Environment.SANDBOX, Provider.OMNIBUS, host="https://b2b.example.com", names={"of_user": "a b"})
