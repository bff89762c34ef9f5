"""What a terminal takes from its profile: the spelling and paths it speaks, and the references that its orders get."""

from __future__ import annotations

import re
from pathlib import Path

from app.domain.environment import Environment
from app.domain.profile import PRACTICE, Profile, Provider
from app.services.tasks import Tasks
from app.store.paths import folders
from app.terminal import Terminal, _references
from app.venues.prophetx.names import V4, Paths, Spelling, paths_for
from app.venues.prophetx.venue import ProphetX


def terminal(home: Path, profile: Profile) -> Terminal:
    where = folders(home)
    where.make()
    return Terminal(profile, where, tasks=Tasks(lambda problem: None))


def paths(built: Terminal) -> Paths:
    assert isinstance(built.venue, ProphetX)
    return built.venue.paths


def test_a_terminal_speaks_todays_words_unless_its_profile_says_otherwise(tmp_path: Path) -> None:
    assert paths(terminal(tmp_path, PRACTICE)) == V4
    old = Profile("old", Environment.SANDBOX, Provider.TRADING, spelling="legacy", paths={"players": "mm/who"})
    assert paths(terminal(tmp_path, old)) == paths_for(Spelling.LEGACY, {"players": "mm/who"})


def test_paths_that_cannot_be_used_are_said_and_the_spellings_own_are_used(tmp_path: Path) -> None:
    odd = Profile("odd", Environment.SANDBOX, Provider.TRADING, spelling="seed", paths={"place": "mm/x"})
    built = terminal(tmp_path, odd)
    assert paths(built) == paths_for(Spelling.SEED, {})
    assert any("There is no call 'place'" in notice.words for notice in built.notices.lines)
    assert any("There is no call" in doubt for doubt in built.doubts), "trading begins switched off"


def test_a_reference_is_new_each_time_and_in_the_venues_alphabet(tmp_path: Path) -> None:
    new_ref = _references(tmp_path)
    first, second = new_ref(), new_ref()
    assert first != second
    assert re.fullmatch(r"ov-[0-9a-f]{8}-[0-9a-f]{32}", first)


def test_an_aggregators_id_stands_before_every_reference_and_both_fit(tmp_path: Path) -> None:
    longest = "a" * 40
    ref = _references(tmp_path, longest)()
    assert ref.startswith(f"{longest}_ov-")
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,100}", ref)
