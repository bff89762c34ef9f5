"""Paths of the B2B API as a profile may have its own."""

from __future__ import annotations

import pytest

from app.domain.environment import Environment
from app.domain.profile import Profile, Provider
from app.venues.omnibus.names import B2B, CALLS, FIELDS, PathError, paths_for


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
