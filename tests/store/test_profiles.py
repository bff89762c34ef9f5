"""Profiles: a bad entry harms only itself, and no edit of the file reaches production from practice or sandbox."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.environment import Environment
from app.domain.profile import PRACTICE, PinError, Profile, ProfileError, Provider, check_pin, keyring_name
from app.store.profiles import FILE, Profiles

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 21, 14, 3, 9, tzinfo=UTC)
KEPT = f"{FILE}.bad-20261121T140309Z"
HOST = "https://b2b.example.com"
GOOD = {"name": "main", "environment": "SANDBOX", "provider": "trading", "host": ""}
MAIN = Profile("main", Environment.SANDBOX, Provider.TRADING)
DESK = Profile("Desk 2", Environment.PRODUCTION, Provider.OMNIBUS, HOST)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / FILE


def profiles(path: Path, *entries: object) -> Profiles:
    if entries:
        path.write_text(json.dumps({"version": 1, "profiles": entries}))
    return Profiles(path, now=lambda: NOW)


def changed(**changes: Any) -> dict[str, Any]:
    return {**GOOD, **changes}


# Reading


def test_without_a_file_there_is_practice(path: Path) -> None:
    read = profiles(path)
    assert read.all == (PRACTICE,)
    assert read.words == ()
    assert not path.exists()


def test_what_was_saved_is_read_in_its_order(path: Path) -> None:
    first = profiles(path)
    first.add(DESK)
    first.add(MAIN)
    first.save()
    second = profiles(path)
    assert tuple(second) == (PRACTICE, DESK, MAIN)
    assert second.words == ()


def test_practice_is_not_written_to_the_file(path: Path) -> None:
    profiles(path).save()
    assert json.loads(path.read_text()) == {"version": 1, "profiles": []}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"profiles": {}}', '{"version": 2, "profiles": []}'])
def test_a_bad_file_leaves_practice_and_is_kept(path: Path, text: str) -> None:
    path.write_text(text)
    read = profiles(path)
    assert read.all == (PRACTICE,)
    assert len(read.words) == 1
    assert f"kept as {KEPT}" in read.words[0]


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (changed(environment="STAGING"), "Invalid enum value 'STAGING' - at `$.environment`"),
        (changed(environment="sandbox"), "Invalid enum value 'sandbox'"),
        (changed(environment=""), "Invalid enum value ''"),
        (changed(environment=1), "Expected `str`, got `int` - at `$.environment`"),
        (changed(provider="betfair"), "Invalid enum value 'betfair' - at `$.provider`"),
        (changed(provider=None), "Expected `str`, got `null` - at `$.provider`"),
        ({"name": "bad", "provider": "trading"}, "missing required field `environment`"),
        ({"name": "bad", "environment": "SANDBOX"}, "missing required field `provider`"),
        ({"environment": "SANDBOX", "provider": "trading"}, "missing required field `name`"),
        (changed(host=HOST), "A Trading API profile has no host"),
        (changed(environment="PRODUCTION", host="https://cash.api.prophetx.co"), "A Trading API profile has no host"),
        (changed(environment="PRACTICE", host=HOST), "A practice profile has no host"),
        (changed(environment="PRACTICE", provider="omnibus", host="https://cash.api.prophetx.co"), "A practice profile has no host"),
        (changed(provider="omnibus", host="https://b2b.example.com\n"), "printable ASCII"),
        (changed(provider="omnibus", host="x" * 301), "at most 300 characters"),
        (changed(provider="omnibus", host=["x"]), "Expected `str`, got `array` - at `$.host`"),
        (changed(spelling="v5"), "Invalid enum value 'v5' - at `$.spelling`"),
        (changed(spelling=None), "`$.spelling`"),
        (changed(paths=["mm/x"]), "Expected `object`, got `array` - at `$.paths`"),
        (changed(paths={"submit": 7}), "Expected `str`, got `int`"),
        (changed(paths={"submit": "http://elsewhere.example/x"}), "The path of 'submit' has other signs"),
        (changed(paths={"submit": "mm/x\n"}), "The path of 'submit' has other signs"),
        (changed(paths={"submit": ""}), "The path of 'submit' has other signs"),
        (changed(paths={"submit": "x" * 101}), "more than 100"),
        (changed(paths={"Sub mit": "mm/x"}), "The path of 'Sub mit' has other signs"),
        (
            changed(provider="rankacy", host=HOST, paths={"submit": "mm/x"}),
            "Paths are settings of Trading API and B2B Omnibus profiles only",
        ),
        (changed(fields="v4"), "settings of B2B Omnibus profiles only"),
        (changed(batches=True), "settings of B2B Omnibus profiles only"),
        (changed(provider="rankacy", host=HOST, many_events=True), "settings of B2B Omnibus profiles only"),
        (changed(provider="omnibus", host=HOST, fields="legacy"), "Invalid enum value 'legacy'"),
        (changed(provider="omnibus", host=HOST, batches="yes"), "Expected `bool`, got `str`"),
        (changed(provider="omnibus", host=HOST, paths={"orders": "api/v1/ä"}), "The path of 'orders' has other signs"),
        (changed(provider="omnibus", host=HOST, aggregator="agg"), "Trading API profiles only"),
        (changed(provider="rankacy", host=HOST, check_location=True), "Trading API profiles only"),
        (changed(aggregator="two words"), "An aggregator's id has at most 40"),
        (changed(aggregator="x" * 41), "An aggregator's id has at most 40"),
        (changed(aggregator="ä"), "An aggregator's id has at most 40"),
        (changed(check_location="yes"), "Expected `bool`, got `str` - at `$.check_location`"),
        (changed(name=""), "1 to 40"),
        (changed(name="  "), "1 to 40"),
        (changed(name="x" * 41), "1 to 40"),
        (changed(name="../main"), "1 to 40"),
        (changed(name="a/b"), "1 to 40"),
        (changed(name="a.b"), "1 to 40"),
        (changed(name="a\n"), "1 to 40"),
        (changed(name="a\0"), "1 to 40"),
        (changed(name="mаin"), "1 to 40"),
        (changed(name=5), "Expected `str`, got `int` - at `$.name`"),
        (changed(name="practice", environment="PRACTICE"), "the practice profile is built in"),
        (changed(name="practice", environment="PRODUCTION"), "is the built-in practice profile's"),
        (changed(name=" Practice ", environment="SANDBOX"), "is the built-in practice profile's"),
        (changed(name="PRACTICE", environment="PRODUCTION", provider="omnibus", host=HOST), "is the built-in practice profile's"),
        (None, "Expected `object`, got `null`"),
        ("main", "Expected `object`, got `str`"),
        ([], "Expected `object`, got `array`"),
        ({}, "missing required field"),
    ],
)
def test_a_bad_entry_is_left_out_with_a_sentence_and_its_siblings_stay(path: Path, entry: object, why: str) -> None:
    read = profiles(path, changed(name="before"), entry, changed(name="after"))
    assert [profile.name for profile in read] == ["practice", "before", "after"]
    (words,) = read.words
    assert words.startswith(f"Entry 2 of {FILE}")
    assert why in words


@pytest.mark.parametrize("provider", list(Provider))
@pytest.mark.parametrize("host", ["https://cash.api.prophetx.co", "https://api.sandbox.prophetx.dev", HOST])
def test_f_k09_a_practice_profile_that_names_a_host_is_refused_at_load(path: Path, provider: Provider, host: str) -> None:
    read = profiles(path, changed(name="lure", environment="PRACTICE", provider=provider, host=host))
    assert tuple(read) == (PRACTICE,)
    assert "practice stays on this computer" in read.words[0]


@pytest.mark.parametrize("other", ["main", "Main", " MAIN "])
def test_of_two_entries_of_one_name_neither_counts(path: Path, other: str) -> None:
    read = profiles(path, GOOD, changed(name="other"), changed(name=other, environment="PRODUCTION"))
    assert [profile.name for profile in read] == ["practice", "other"]
    (words,) = read.words
    assert words == "2 entries of profiles.json are named 'main'; all are left out, because it is not clear which is meant."


def test_a_bad_entry_does_not_take_a_good_ones_name(path: Path) -> None:
    assert profiles(path, GOOD, changed(environment="STAGING")).all == (PRACTICE, MAIN)


def test_a_name_is_trimmed(path: Path) -> None:
    assert profiles(path, changed(name="  main ")).all == (PRACTICE, MAIN)


def test_unknown_keys_of_an_entry_are_said_and_without_effect(path: Path) -> None:
    read = profiles(path, changed(base_url="https://cash.api.prophetx.co/partner"))
    assert read.all == (PRACTICE, MAIN)
    (words,) = read.words
    assert words == "Entry 1 of profiles.json ('main') holds keys that this version does not know and leaves out: 'base_url'."


def test_a_name_from_the_file_cannot_forge_a_line(path: Path) -> None:
    read = profiles(path, changed(name="a\nEntry 9 is fine" + "x" * 1000))
    (words,) = read.words
    assert "\n" not in words
    assert len(words) < 250


def test_an_omnibus_account_at_the_practice_exchange_needs_no_host(path: Path) -> None:
    read = profiles(path, changed(environment="PRACTICE", provider="omnibus"))
    assert read.find("main").provider is Provider.OMNIBUS


def test_a_profile_speaks_todays_words_unless_it_says_otherwise(path: Path) -> None:
    main = profiles(path, GOOD).find("main")
    assert (main.spelling, main.paths, main.aggregator, main.check_location) == ("v4", {}, "", False)


def test_what_a_profile_says_of_the_trading_api_is_kept_as_it_is(path: Path) -> None:
    first = profiles(path)
    first.add(
        Profile("old", Environment.SANDBOX, Provider.TRADING, "", "legacy", {"submit": "mm/place_play"}, "agg-7", check_location=True)
    )
    first.save()
    old = profiles(path).find("old")
    assert (old.spelling, old.paths, old.aggregator, old.check_location) == ("legacy", {"submit": "mm/place_play"}, "agg-7", True)


# Finding, adding, removing


@pytest.mark.parametrize("name", ["main", "MAIN", " main "])
def test_a_profile_is_found_by_its_name(path: Path, name: str) -> None:
    assert profiles(path, GOOD).find(name) == MAIN


def test_practice_is_always_found(path: Path) -> None:
    assert profiles(path, changed(name="practice", environment="PRODUCTION")).find("practice") is PRACTICE


def test_an_unknown_name_is_answered_with_those_there_are(path: Path) -> None:
    with pytest.raises(ProfileError, match=r"no profile 'mian'\. There are: practice, main"):
        profiles(path, GOOD).find("mian")


@pytest.mark.parametrize("name", ["main", "Main"])
def test_a_taken_name_is_not_added(path: Path, name: str) -> None:
    read = profiles(path, GOOD)
    with pytest.raises(ProfileError, match="already"):
        read.add(Profile(name, Environment.PRODUCTION, Provider.TRADING))
    assert read.all == (PRACTICE, MAIN)


def test_practice_is_neither_added_nor_removed(path: Path) -> None:
    read = profiles(path)
    with pytest.raises(ProfileError, match="already"):
        read.add(PRACTICE)
    with pytest.raises(ProfileError, match="stays"):
        read.remove("practice")


def test_a_removed_profile_is_gone_after_saving(path: Path) -> None:
    read = profiles(path, GOOD, changed(name="other"))
    read.remove("main")
    read.save()
    assert [profile.name for profile in profiles(path)] == ["practice", "other"]


# Ids: what keys, journal and limits are filed under


def test_a_profile_is_filed_under_its_name_until_it_is_renamed(path: Path) -> None:
    shelf = profiles(path)
    assert shelf.add(MAIN) == MAIN
    assert MAIN.slug == "main"
    shelf.change("main", msgspec.structs.replace(MAIN, name="Front desk"))
    renamed = shelf.find("front desk")
    assert (renamed.slug, keyring_name(renamed)) == ("main", keyring_name(MAIN))


def test_a_name_that_was_given_back_loses_the_id_again(path: Path) -> None:
    shelf = profiles(path)
    shelf.add(MAIN)
    shelf.change("main", msgspec.structs.replace(MAIN, name="Front desk"))
    shelf.change("Front desk", msgspec.structs.replace(shelf.find("Front desk"), name="main"))
    assert shelf.find("main") == MAIN


@pytest.mark.parametrize("name", ["main", "MAIN"])
def test_who_takes_a_renamed_profiles_old_name_gets_an_id_of_its_own(path: Path, name: str) -> None:
    shelf = profiles(path)
    shelf.add(MAIN)
    shelf.change("main", msgspec.structs.replace(MAIN, name="Front desk"))
    added = shelf.add(msgspec.structs.replace(MAIN, name=name))
    assert (added.name, added.slug) == (name, f"{name}-2")
    shelf.save()
    assert [profile.slug for profile in profiles(path)] == ["practice", "main", f"{name}-2"]


def test_a_change_cannot_take_another_profiles_id(path: Path) -> None:
    shelf = profiles(path)
    shelf.add(MAIN)
    other = shelf.add(msgspec.structs.replace(MAIN, name="other"))
    shelf.change("other", msgspec.structs.replace(other, id="main"))
    assert shelf.find("other").slug == "other"


@pytest.mark.parametrize("ids", [("same", "same"), ("same", "SAME")])
def test_of_two_entries_of_one_id_neither_counts(path: Path, ids: tuple[str, str]) -> None:
    read = profiles(path, changed(name="one", id=ids[0]), changed(name="another", id=ids[1], environment="PRODUCTION"), GOOD)
    assert [profile.name for profile in read] == ["practice", "main"]
    assert read.words == (f"2 entries of {FILE} are filed under 'same'; all are left out, because it is not clear which is meant.",)


def test_an_entry_whose_id_is_anothers_name_does_not_take_its_keys(path: Path) -> None:
    read = profiles(path, GOOD, changed(name="lure", id="main"))
    assert tuple(read) == (PRACTICE,)
    assert "filed under 'main'" in read.words[0]


@pytest.mark.parametrize(
    "changed_to",
    [
        {"environment": Environment.PRODUCTION},
        {"provider": Provider.RANKACY, "host": HOST},
    ],
    ids=["environment", "provider"],
)
def test_a_profile_keeps_its_environment_and_its_provider(path: Path, changed_to: dict[str, Any]) -> None:
    shelf = profiles(path)
    shelf.add(MAIN)
    with pytest.raises(ProfileError, match="make another profile"):
        shelf.change("main", msgspec.structs.replace(MAIN, **changed_to))
    assert shelf.find("main") == MAIN


def test_a_profile_is_not_renamed_to_a_taken_name(path: Path) -> None:
    shelf = profiles(path)
    shelf.add(MAIN)
    shelf.add(DESK)
    with pytest.raises(ProfileError, match="already"):
        shelf.change("main", msgspec.structs.replace(MAIN, name="DESK 2"))
    assert [profile.name for profile in shelf] == ["practice", "main", "Desk 2"]


def test_a_name_may_change_its_small_and_large_letters(path: Path) -> None:
    shelf = profiles(path)
    shelf.add(MAIN)
    shelf.change("main", msgspec.structs.replace(MAIN, name="Main"))
    assert [profile.name for profile in shelf] == ["practice", "Main"]


def test_practice_is_not_changed(path: Path) -> None:
    with pytest.raises(ProfileError, match="stays as it is"):
        profiles(path).change("practice", msgspec.structs.replace(PRACTICE, proxy=True))


def test_a_free_name_is_the_wanted_one_or_has_a_number(path: Path) -> None:
    shelf = profiles(path)
    assert shelf.free_name("main") == "main"
    shelf.add(MAIN)
    assert shelf.free_name("MAIN") == "MAIN 2"
    shelf.add(msgspec.structs.replace(MAIN, name="main 2"))
    assert shelf.free_name("main") == "main 3"
    long = "x" * 40
    shelf.add(msgspec.structs.replace(MAIN, name=long))
    assert shelf.free_name(long) == f"{'x' * 36} 2"


def test_saving_keeps_a_copy_of_what_was_left_out_once(path: Path) -> None:
    read = profiles(path, GOOD, changed(name="bad", environment="STAGING"))
    before = path.read_text()
    read.save()
    read.save()
    assert sorted(one.name for one in path.parent.iterdir()) == [FILE, KEPT, f"{FILE}.lock"]
    assert path.with_name(KEPT).read_text() == before
    assert profiles(path).words == ()


@pytest.mark.parametrize(
    ("name", "environment", "provider", "host"),
    [
        ("", Environment.SANDBOX, Provider.TRADING, ""),
        ("a/b", Environment.SANDBOX, Provider.TRADING, ""),
        ("practice", Environment.PRODUCTION, Provider.TRADING, ""),
        ("main", Environment.SANDBOX, Provider.TRADING, HOST),
        ("main", Environment.PRACTICE, Provider.OMNIBUS, HOST),
    ],
)
def test_no_profile_is_made_that_the_file_could_not_hold(name: str, environment: Environment, provider: Provider, host: str) -> None:
    with pytest.raises(ProfileError):
        Profile(name, environment, provider, host)


# Keys and hosts


def test_keys_are_kept_by_environment_provider_and_name() -> None:
    assert keyring_name(PRACTICE) == "overround/PRACTICE/trading/practice"
    assert keyring_name(DESK) == "overround/PRODUCTION/omnibus/Desk 2"


PLAIN_NAMES = st.from_regex(r"\A[A-Za-z0-9_-][A-Za-z0-9 _-]{0,38}[A-Za-z0-9_-]\Z").filter(lambda name: name.lower() != "practice")
ANY_PROFILE = st.builds(Profile, PLAIN_NAMES, st.sampled_from(Environment), st.sampled_from(Provider))


@given(ANY_PROFILE, ANY_PROFILE)
def test_no_two_profiles_share_their_keys(one: Profile, other: Profile) -> None:
    assert (keyring_name(one) == keyring_name(other)) == (one == other)


@pytest.mark.parametrize("change", [{"environment": "PRODUCTION"}, {"environment": "PRACTICE"}, {"provider": "omnibus"}, {"name": "main2"}])
def test_an_edited_entry_finds_none_of_the_old_ones_keys(path: Path, change: dict[str, str]) -> None:
    profiles(path, {**GOOD, **change})
    (edited,) = profiles(path).all[1:]
    assert keyring_name(edited) != keyring_name(MAIN)


def test_a_confirmed_host_may_be_used() -> None:
    check_pin(DESK, HOST)
    check_pin(MAIN, "")
    check_pin(PRACTICE, "")
    check_pin(Profile("p", Environment.PRACTICE, Provider.RANKACY), "")


@pytest.mark.parametrize(
    ("profile", "pinned", "words"),
    [
        (DESK, "", "no host was confirmed"),
        (DESK, "https://other.example.com", "https://other.example.com was confirmed"),
        (DESK, HOST + "/", "was confirmed"),
        (DESK, HOST.upper(), "was confirmed"),
        (MAIN, HOST, "names no host for"),
        (PRACTICE, HOST, "names no host for"),
        (Profile("p", Environment.SANDBOX, Provider.RANKACY), HOST, "names no host for"),
        (Profile("p", Environment.SANDBOX, Provider.RANKACY), "", "has no host yet"),
    ],
)
def test_a_host_that_was_not_confirmed_may_not_be_used(profile: Profile, pinned: str, words: str) -> None:
    with pytest.raises(PinError, match=words):
        check_pin(profile, pinned)


# How much is kept


@pytest.mark.parametrize("selections", [0, 750_000, 2_000_000])
def test_a_profile_says_how_many_selections_are_kept(selections: int) -> None:
    assert Profile("p", Environment.SANDBOX, Provider.TRADING, selections=selections).selections == selections


@pytest.mark.parametrize("selections", [-1, 2_000_001])
def test_a_number_of_selections_that_cannot_be_kept_is_refused(selections: int) -> None:
    with pytest.raises(ProfileError, match="Between 0 and 2,000,000 selections can be kept"):
        Profile("p", Environment.SANDBOX, Provider.TRADING, selections=selections)


# Any file whatever

VALUE = st.none() | st.integers() | st.text(max_size=4) | st.sampled_from([*Environment, *Provider, "main", "practice", HOST])
ENTRY = VALUE | st.dictionaries(st.sampled_from(["name", "environment", "provider", "host", "url"]), VALUE)


@given(st.lists(ENTRY, max_size=5))
def test_no_file_takes_practice_away_or_gives_it_a_host(tmp_path_factory: pytest.TempPathFactory, entries: list[Any]) -> None:
    read = profiles(tmp_path_factory.mktemp("any") / FILE, *entries)
    names = [profile.name.lower() for profile in read]
    assert read.find("practice") == Profile("practice", Environment.PRACTICE, Provider.TRADING)
    assert len(set(names)) == len(names)
    assert not [one for one in read if one.host and (one.environment is Environment.PRACTICE or one.provider is Provider.TRADING)]
    assert len(read.all) - 1 == len(entries) or read.words


def test_a_new_profile_never_goes_on_with_the_journal_of_one_that_was_deleted(tmp_path: Path) -> None:
    profiles = Profiles(tmp_path / FILE, has_past=lambda profile: profile.slug in {"Main", "Main-2"})
    added = profiles.add(Profile("Main", Environment.SANDBOX, Provider.TRADING))
    assert (added.name, added.slug) == ("Main", "Main-3")


# Two programs of one folder


WRITER = """
import sys
from pathlib import Path
from app.domain.environment import Environment
from app.domain.profile import Profile, Provider
from app.store.profiles import Profiles
path, who = Path(sys.argv[1]), sys.argv[2]
print("ready", flush=True)
sys.stdin.readline()
for number in range(15):
    shelf = Profiles(path)
    shelf.add(Profile(f"{who} {number}", Environment.SANDBOX, Provider.TRADING))
    shelf.save()
"""


def writer(path: Path, who: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), who], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def test_two_programs_that_add_at_once_lose_no_entry(path: Path) -> None:
    with writer(path, "one") as one, writer(path, "two") as two:
        for program in (one, two):
            assert program.stdout is not None
            assert program.stdout.readline() == "ready\n"
        for program in (one, two):
            assert program.stdin is not None
            program.stdin.write("go\n")
            program.stdin.flush()
        assert [program.wait(60) for program in (one, two)] == [0, 0]
    read = profiles(path)
    assert {profile.name for profile in read.all[1:]} == {f"{who} {number}" for who in ("one", "two") for number in range(15)}
    assert read.words == ()


def test_what_another_program_added_meanwhile_stays(path: Path) -> None:
    ours, theirs = profiles(path), profiles(path)
    ours.add(MAIN)
    theirs.add(DESK)
    theirs.save()
    ours.save()
    assert tuple(profiles(path)) == (PRACTICE, DESK, MAIN)


def test_a_name_that_another_program_took_meanwhile_is_refused_and_their_entry_stays(path: Path) -> None:
    ours, theirs = profiles(path), profiles(path)
    ours.add(MAIN)
    other = msgspec.structs.replace(MAIN, provider=Provider.OMNIBUS, host=HOST)
    theirs.add(other)
    theirs.save()
    with pytest.raises(ProfileError, match="already"):
        ours.save()
    assert tuple(profiles(path)) == (PRACTICE, other)


def test_an_entry_that_another_program_changed_meanwhile_is_not_changed_over_it(path: Path) -> None:
    profiles(path, GOOD)
    ours, theirs = Profiles(path), Profiles(path)
    ours.change("main", msgspec.structs.replace(MAIN, proxy=True))
    theirs.change("main", msgspec.structs.replace(MAIN, selections=9_000))
    theirs.save()
    with pytest.raises(ProfileError, match="changed elsewhere meanwhile"):
        ours.save()
    assert Profiles(path).find("main").selections == 9_000


def test_an_entry_is_removed_beside_what_another_program_added(path: Path) -> None:
    profiles(path, GOOD)
    ours, theirs = Profiles(path), Profiles(path)
    ours.remove("main")
    theirs.add(DESK)
    theirs.save()
    ours.save()
    assert tuple(profiles(path)) == (PRACTICE, DESK)


def test_a_saving_that_failed_can_be_done_again(tmp_path: Path) -> None:
    folder = tmp_path / "settings"
    folder.mkdir()
    shelf = profiles(folder / FILE)
    shelf.add(MAIN)
    folder.rmdir()
    folder.write_text("no folder")
    with pytest.raises(NotADirectoryError):
        shelf.save()
    folder.unlink()
    folder.mkdir()
    shelf.save()
    assert tuple(profiles(folder / FILE)) == (PRACTICE, MAIN)
