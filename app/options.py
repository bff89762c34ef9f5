"""The command line of the window's modes."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import msgspec

from app.domain.profile import PRACTICE, ProfileError
from app.store.paths import folders
from app.store.profiles import FILE, Profiles


class Options(msgspec.Struct, frozen=True):
    """What the command line said. `practice` are the words for the practice exchange; `welcomes`: a first start opens the wizard."""

    home: Path | None = None
    tour: Path | None = None
    practice: tuple[str, ...] = ()
    profile: str = PRACTICE.name
    replay: Path | None = None
    welcomes: bool = False


def parse(arguments: Sequence[str]) -> Options:
    """The options of the window's modes; argparse ends the program with words and code 2 on a bad one."""
    parser = argparse.ArgumentParser(
        prog="overround",
        description="A desktop terminal for the ProphetX betting exchange.",
        epilog="Other modes: 'cancel-all' (the kill switch from outside), 'journal verify', 'test-connection' (does the venue know every "
        "name of a profile?), 'practice-server' (the practice exchange alone), 'doctor' (is this computer ready?); each has a --help.",
    )
    parser.add_argument("--practice", action="store_true", help="open the practice exchange (the first start does so anyway)")
    parser.add_argument("--tour", type=Path, metavar="DIR", help="drive the window through the main job and write pictures and tour.json")
    parser.add_argument("--home", type=Path, metavar="DIR", help="keep data, settings and logs below DIR")
    parser.add_argument("--profile", default=PRACTICE.name, metavar="NAME", help="which account (%(default)s)")
    parser.add_argument("--fresh", action="store_true", help="a new practice exchange, nothing kept from the last time")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="play a recorded session at the pace of --speed (0: at once)")
    for name, kind, words in (
        ("seed", int, "which world the practice exchange plays"),
        ("speed", float, "how fast its games run"),
        ("rate", float, "depth changes a second"),
        ("load", Path, "venue payloads to add to it"),
        ("faults", Path, "a fault script for it: rehearse a bad day"),
        ("truth", Path, "where it logs every request it received"),
    ):
        parser.add_argument(f"--{name}", type=kind, help=words)
    told = parser.parse_args(arguments)
    practice = [
        word
        for name in ("seed", "speed", "rate", "load", "faults", "truth", "replay")
        if (value := getattr(told, name)) is not None
        for word in (f"--{name}", str(value))
    ]
    if not told.fresh and told.tour is None and told.replay is None:
        practice += ["--state", str(folders(told.home).data / "practice")]
    return Options(
        home=told.home,
        tour=told.tour,
        practice=tuple(practice),
        profile=told.profile,
        replay=told.replay,
        welcomes=told.tour is None and told.replay is None,
    )


def of_profile(options: Options) -> Options:
    """With the recording of a profile that is there to play one; a profile that cannot be found is said where it is opened."""
    try:
        profile = Profiles(folders(options.home).settings / FILE).find(options.profile)
    except ProfileError:
        return options
    if options.replay or not profile.replay:
        return options
    told = _without(options.practice, "--state")
    pace = () if "--speed" in told else ("--speed", str(profile.pace))
    return msgspec.structs.replace(options, replay=Path(profile.replay), practice=(*told, *pace, "--replay", profile.replay))


def _without(words: tuple[str, ...], option: str) -> tuple[str, ...]:
    """A command line without one option and its value."""
    place = words.index(option) if option in words else len(words)
    return words[:place] + words[place + 2 :]
