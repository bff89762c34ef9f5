"""A profile that is there to play a recording."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.domain.environment import Environment
from app.domain.profile import Profile, ProfileError, Provider
from app.options import Options, of_profile, parse
from app.store.paths import folders

ENTRY = {"name": "sunday", "environment": "PRACTICE", "provider": "trading", "replay": "/recordings/sunday.tape.gz", "pace": 4}


def options(home: Path, *words: str, **change: object) -> Options:
    settings = folders(home).settings
    settings.mkdir(parents=True)
    (settings / "profiles.json").write_text(json.dumps({"version": 1, "profiles": [ENTRY | change]}))
    return of_profile(parse(["--home", str(home), *words]))


def test_it_plays_its_recording_at_its_pace_and_keeps_nothing(tmp_path: Path) -> None:
    told = options(tmp_path, "--profile", "sunday")
    assert told.replay == Path(str(ENTRY["replay"]))
    assert told.practice == ("--speed", "4.0", "--replay", ENTRY["replay"])


def test_the_command_line_may_say_another_pace(tmp_path: Path) -> None:
    told = options(tmp_path, "--profile", "sunday", "--speed", "10")
    assert told.practice == ("--speed", "10.0", "--replay", ENTRY["replay"])


@pytest.mark.parametrize("name", ["practice", "monday"])
def test_other_profiles_play_nothing(tmp_path: Path, name: str) -> None:
    told = options(tmp_path, "--profile", name)
    assert told.replay is None
    assert "--state" in told.practice


@pytest.mark.parametrize(
    ("environment", "replay", "pace", "words"),
    [
        (Environment.SANDBOX, "a.gz", 1.0, "Only a practice profile"),
        (Environment.PRODUCTION, "a.gz", 1.0, "Only a practice profile"),
        (Environment.PRACTICE, "a\n.gz", 1.0, "all of them printable"),
        (Environment.PRACTICE, "a" * 5000, 1.0, "at most 4,000 signs"),
        (Environment.PRACTICE, "a.gz", -1.0, "between 0 and 1,000"),
        (Environment.PRACTICE, "a.gz", float("nan"), "between 0 and 1,000"),
    ],
)
def test_what_cannot_be_played_is_refused_in_words(environment: Environment, replay: str, pace: float, words: str) -> None:
    with pytest.raises(ProfileError, match=words):
        Profile("sunday", environment, Provider.TRADING, replay=replay, pace=pace)
