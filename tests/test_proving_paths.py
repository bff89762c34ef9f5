"""What is wrong with a profile's paths is said where they are typed."""

from __future__ import annotations

import msgspec
import pytest

from app import proving
from app.domain.environment import Environment
from app.domain.profile import Profile, Provider

DESK = Profile("Desk", Environment.SANDBOX, Provider.TRADING)


@pytest.mark.parametrize(
    ("paths", "words"),
    [
        ({}, ""),
        ({"submit": "v4/mm/elsewhere"}, ""),
        ({"nonsense": "v4/x"}, "There is no call 'nonsense'"),
        ({"submit": "v4/../x"}, "cannot be used"),
    ],
)
def test_paths_that_cannot_be_spoken_are_objected_to(paths: dict[str, str], words: str) -> None:
    objection = proving.objection(msgspec.structs.replace(DESK, paths=paths))
    assert words in objection
    assert bool(objection) == bool(words)


@pytest.mark.parametrize(
    ("names", "words"),
    [({"of_user": "customer"}, ""), ({"customer": "x"}, "There is no field 'customer'"), ({"user": "stake"}, "cannot both be called")],
)
def test_names_that_cannot_be_spoken_are_objected_to(names: dict[str, str], words: str) -> None:
    objection = proving.objection(Profile("Desk", Environment.SANDBOX, Provider.OMNIBUS, "https://b2b.partner.test", names=names))
    assert words in objection
    assert bool(objection) == bool(words)


def test_an_account_without_paths_of_its_own_is_not_objected_to() -> None:
    assert proving.objection(Profile("Feed", Environment.SANDBOX, Provider.RANKACY, "https://feed.partner.test")) == ""
