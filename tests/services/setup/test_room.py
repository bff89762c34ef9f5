"""The page of profiles without its window: what it says of a profile, and what each button does or why it does not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio

from app.domain.environment import Environment
from app.domain.keys import KeyNote, Place
from app.domain.profile import PRACTICE, Profile, Provider, TokenShape, keyring_name
from app.domain.proof import ProofState
from app.domain.secret import Secret
from app.services.setup.change import ProfileChange
from app.services.setup.facts import Fact
from app.services.setup.room import HERE
from app.services.tasks import Tasks
from tests.services.setup.fakes import NOON, settled
from tests.services.setup.shelves import DESK, FEED, HOST, PARTNER, Office, credentials

MONEY = Profile("Money", Environment.PRODUCTION, Provider.TRADING)
ELSEWHERE = "https://elsewhere.test"


def _raise(problem: BaseException) -> None:
    raise problem


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    tasks = Tasks(_raise)
    yield Office(tmp_path, tasks, DESK, PARTNER, FEED, MONEY, here=DESK)
    await tasks.stop()


def fact(office: Office, title: str) -> Fact:
    return next(fact for fact in office.room.facts if fact.title == title)


# What it says


async def test_the_window_begins_with_its_own_profile(office: Office) -> None:
    assert office.room.chosen == DESK
    assert [profile.name for profile in office.room.profiles] == ["practice", "Desk", "Partner", "Feed", "Money"]


async def test_facts_say_where_the_keys_are_how_old_they_are_and_their_fingerprint(office: Office) -> None:
    await office.keep(PARTNER)
    name = keyring_name(PARTNER)
    office.vault.notes[name] = msgspec.structs.replace(office.vault.notes[name], fingerprint="A0B1 A0B2")
    office.pass_days(12)
    office.room.choose(PARTNER)
    assert [(fact.title, fact.words) for fact in office.room.facts] == [
        ("Address", HOST),
        ("Issuer id", "issuer-0"),
        ("Key id", "key-0"),
        ("Keys", "in the keyring of this computer, as overround/SANDBOX/omnibus/Partner"),
        ("Made", "12 days ago"),
        ("Proven", "never: press “Test now”"),
        ("Last used", "never"),
        ("Fingerprint", "A0B1 A0B2"),
    ]


@pytest.mark.parametrize(("days", "words"), [(0, "today"), (1, "1 day ago"), (89, "89 days ago"), (-1, "today")])
async def test_an_age_is_said_in_days(office: Office, days: int, words: str) -> None:
    await office.keep(DESK)
    office.pass_days(days)
    office.room.look()
    assert (fact(office, "Made").words, fact(office, "Made").is_warning, office.room.is_old(DESK)) == (words, False, False)


async def test_keys_of_ninety_days_are_old_and_it_is_said(office: Office) -> None:
    await office.keep(DESK)
    office.pass_days(90)
    office.room.look()
    assert fact(office, "Made") == Fact("Made", "90 days ago, more than 90 days: press “New keys…” to replace them", is_warning=True)
    assert [profile.name for profile in office.room.profiles if office.room.is_old(profile)] == ["Desk"]


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (Place.PASSPHRASE, "in a file sealed with a passphrase"),
        (Place.SESSION, "for this run only: they are forgotten when the program ends"),
    ],
)
async def test_each_place_of_keys_has_its_words(office: Office, place: Place, words: str) -> None:
    await office.keep(DESK, place)
    office.room.look()
    assert fact(office, "Keys") == Fact("Keys", words)


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (Place.KEYRING, "none yet"),
        (Place.PASSPHRASE, "the sealed file is gone"),
        (Place.SESSION, "they were for one run only"),
    ],
)
async def test_keys_that_are_gone_are_said_with_what_helps(office: Office, place: Place, words: str) -> None:
    office.vault.notes[keyring_name(DESK)] = KeyNote(place, NOON)
    office.room.look()
    assert fact(office, "Keys").words.startswith(words)
    assert fact(office, "Keys").is_warning
    assert "New keys" in fact(office, "Keys").words
    assert [fact.title for fact in office.room.facts] == ["Address", "Keys"]


async def test_keys_whose_note_was_lost_are_found_when_their_profile_is_looked_at(office: Office) -> None:
    await office.keep(MONEY)
    office.vault.lose_note(MONEY)
    office.room.choose(MONEY)
    assert "no keys" in office.room.objections.open
    await settled()
    assert office.room.objections.open == office.room.objections.test == ""
    assert fact(office, "Keys").words == f"found in the keyring of this computer, as {keyring_name(MONEY)}"
    assert fact(office, "Made").words == "not known: what was noted of them was lost, and they were found today"
    assert office.room.work.said == "The keys of “Money” were found in the keyring"


async def test_the_keyring_is_asked_once_for_keys_that_nothing_tells_of(office: Office) -> None:
    for profile in (MONEY, PARTNER, MONEY, PARTNER):
        office.room.choose(profile)
        await settled()
    assert office.vault.reads == 2
    assert office.room.work.said == office.room.work.error == ""


async def test_a_profile_that_was_just_set_up_is_looked_at(office: Office) -> None:
    added = await office.book.add(Profile("New", Environment.SANDBOX, Provider.TRADING), credentials(DESK), Place.KEYRING, is_proven=True)
    assert office.room.chosen == added
    office.room.choose(PARTNER)
    office.room.look()
    assert office.room.chosen == PARTNER


async def test_what_is_being_typed_stays_when_a_profile_is_set_up(office: Office) -> None:
    office.room.choose(MONEY)
    office.room.change.proxy = True
    await office.book.add(Profile("New", Environment.SANDBOX, Provider.TRADING), credentials(DESK), Place.KEYRING, is_proven=True)
    assert (office.room.chosen, office.room.change.proxy) == (MONEY, True)


async def test_practice_says_whose_keys_it_uses(office: Office) -> None:
    office.room.choose(PRACTICE)
    assert fact(office, "Address").words.startswith("this computer")
    assert fact(office, "Keys") == Fact("Keys", "practice's own: its exchange made the pair")


async def test_a_host_in_the_file_that_is_none_is_said(office: Office) -> None:
    office.shelf.saved = (DESK, msgspec.structs.replace(PARTNER, host="nowhere"))
    office.room.look()
    office.room.choose(office.room.profiles[2])
    assert fact(office, "Address").words == "nowhere: nowhere is not a full host name: it needs a domain"


async def test_a_list_of_nothing_but_practice_is_empty(office: Office) -> None:
    assert not office.room.is_empty
    office.shelf.saved = ()
    office.room.look()
    assert office.room.is_empty
    assert office.room.chosen == PRACTICE


# Which buttons can be pressed


async def test_the_profile_of_the_window_is_neither_opened_again_nor_deleted(office: Office) -> None:
    await office.keep(DESK)
    office.room.look()
    objections = office.room.objections
    assert (objections.open, objections.remove) == ("it is open in this window", "it is open in this window")
    assert (objections.test, objections.rotate, objections.rename, objections.duplicate) == ("", "", "", "")


async def test_a_profile_that_is_open_elsewhere_is_neither_opened_nor_deleted(office: Office) -> None:
    office.busy = {"Money": "It is open in another window of this computer"}
    await office.keep(MONEY)
    office.room.choose(MONEY)
    assert office.room.opened(MONEY) == "It is open in another window of this computer"
    assert office.room.objections.open == office.room.objections.remove == "it is open in another window of this computer"


async def test_a_profile_with_keys_can_be_opened(office: Office) -> None:
    await office.keep(MONEY)
    office.room.choose(MONEY)
    assert office.room.objections.open == ""


async def test_a_profile_without_keys_is_neither_opened_nor_tested(office: Office) -> None:
    office.room.choose(MONEY)
    assert (office.room.objections.open, office.room.objections.test) == ("it has no keys yet", "it has no keys yet")
    office.room.test(office.ask)
    assert office.prover.runs == []


async def test_an_account_that_has_no_window_says_so(office: Office) -> None:
    office.room.choose(FEED)
    assert office.room.objections.open == "there is no window for Rankacy feed accounts"


async def test_practice_can_be_tested_and_nothing_else(office: Office) -> None:
    office.room.choose(PRACTICE)
    told = office.room.objections
    assert told.test == ""
    assert all((told.rotate, told.rename, told.duplicate, told.remove))


# Testing


async def test_a_good_test_shows_its_rows_and_is_noted(office: Office) -> None:
    kept = await office.keep(DESK)
    later = office.pass_days(3)
    office.room.test(office.ask)
    await settled()
    assert [row.state for row in office.room.proof.rows] == [ProofState.GOOD] * 3
    assert office.prover.runs == [(DESK, kept)]
    note = office.book.note(DESK)
    assert note is not None
    assert (note.proven_at, fact(office, "Proven").words) == (later, "today")


async def test_a_test_that_fails_leaves_the_note_of_the_last_good_one(office: Office) -> None:
    await office.keep(DESK)
    office.book.proven(DESK)
    office.pass_days(3)
    office.prover.failing = {"Account": "Not known yet"}
    office.room.test(office.ask)
    await settled()
    assert office.room.proof.failed is not None
    assert fact(office, "Proven").words == "3 days ago"


async def test_a_sealed_file_is_tested_with_the_passphrase_that_was_asked_for(office: Office) -> None:
    await office.keep(DESK, Place.PASSPHRASE, "four unrelated words")
    office.typed = [Secret("four unrelated words")]
    office.room.look()
    office.room.test(office.ask)
    await settled()
    assert office.room.proof.is_good
    assert len(office.asked) == 1


async def test_who_does_not_type_the_passphrase_reads_why_nothing_was_tested(office: Office) -> None:
    await office.keep(DESK, Place.PASSPHRASE, "four unrelated words")
    office.typed = [None]
    office.room.look()
    office.room.test(office.ask)
    await settled()
    assert "stay locked" in office.room.work.error
    assert (office.prover.runs, office.room.work.words) == ([], "")


async def test_a_keyring_that_denies_is_said_and_nothing_is_tested(office: Office) -> None:
    await office.keep(DESK)
    office.vault.refusing = {"read"}
    office.room.look()
    office.room.test(office.ask)
    await settled()
    assert (office.room.work.error, office.prover.runs) == ("The keyring said no", [])


async def test_f_k09_an_edited_host_is_not_tested(office: Office) -> None:
    await office.keep(PARTNER)
    office.shelf.saved = (msgspec.structs.replace(PARTNER, host=ELSEWHERE),)
    office.room.look()
    office.room.choose(office.room.profiles[1])
    office.room.test(office.ask)
    await settled()
    assert ELSEWHERE in office.room.work.error
    assert office.prover.runs == []


async def test_the_rows_of_the_test_before_are_gone_while_the_passphrase_is_asked_for(office: Office) -> None:
    await office.keep(DESK)
    office.room.test(office.ask)
    await settled()
    assert office.room.proof.is_good
    office.vault.refusing = {"read"}
    office.room.test(office.ask)
    await settled()
    assert office.room.proof.rows == ()


async def test_practice_is_tested_with_the_exchanges_own_keys(office: Office) -> None:
    office.room.choose(PRACTICE)
    office.room.test(office.ask)
    await settled()
    ((profile, credentials),) = office.prover.runs
    assert (profile, credentials.is_whole(Provider.TRADING)) == (PRACTICE, True)


async def test_another_profile_ends_the_test_of_the_one_before(office: Office) -> None:
    await office.keep(DESK)
    office.prover.answering.clear()
    office.room.test(office.ask)
    await settled()
    assert office.room.proof.is_running
    office.room.choose(PARTNER)
    office.prover.answering.set()
    await settled()
    note = office.book.note(DESK)
    assert note is not None
    assert (office.room.proof.rows, note.proven_at) == ((), None)


# Changing


async def test_another_name_is_the_chosen_ones(office: Office) -> None:
    assert office.room.rename("Front desk")
    assert (office.room.chosen.name, office.room.chosen.slug) == ("Front desk", "Desk")
    assert office.room.is_here(office.room.chosen)


async def test_a_taken_name_is_refused_in_words(office: Office) -> None:
    assert not office.room.rename("Partner")
    assert office.room.work.error == "There is a profile 'Partner' already"
    assert office.room.chosen == DESK


async def test_a_duplicate_is_chosen_and_said_to_have_no_keys(office: Office) -> None:
    office.room.choose(PARTNER)
    office.room.duplicate()
    assert office.room.chosen.name == "Partner copy"
    assert "no keys" in office.room.work.said


async def test_saved_settings_of_an_open_profile_count_from_its_next_opening(office: Office) -> None:
    office.room.change.aggregator = " agg-1 "
    assert office.room.save()
    assert office.shelf.saved[0].aggregator == "agg-1"
    assert office.room.work.said == f"The settings were saved. {HERE}: they take effect when it is opened again"


async def test_saved_settings_of_a_closed_profile_are_just_saved(office: Office) -> None:
    office.room.choose(MONEY)
    office.room.change.proxy = True
    assert office.room.save()
    assert office.room.work.said == "The settings were saved"
    assert office.room.chosen.proxy


async def test_a_full_disk_saves_nothing_and_keeps_what_was_typed(office: Office) -> None:
    office.shelf.problem = OSError(28, "No space left on device")
    office.room.change.aggregator = "agg-1"
    assert not office.room.save()
    assert "No space left" in office.room.work.error
    assert (office.room.change.aggregator, office.shelf.saved[0].aggregator) == ("agg-1", "")


async def test_what_was_typed_stays_while_another_thing_changes(office: Office) -> None:
    await office.keep(DESK)
    office.room.change.aggregator = "agg-1"
    office.book.proven(DESK)
    assert office.room.change.aggregator == "agg-1"


async def test_what_was_typed_and_not_saved_is_gone_with_the_profile(office: Office) -> None:
    office.room.change.aggregator = "agg-1"
    office.room.choose(PARTNER)
    office.room.choose(DESK)
    assert office.room.change.aggregator == ""


# Settings as they are typed


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("selections", "many", "a whole number, like 150000"),
        ("selections", "-1", "a whole number, like 150000"),
        ("selections", "99999999", "Between 0 and 2,000,000 selections"),
        ("aggregator", "two words", "An aggregator's id has at most 40"),
        ("paths", "submit", "Line 1 of the paths has no = in it"),
        ("paths", "submit=a\n\nsubmit=b", "The path of 'submit' is there twice"),
        ("paths", "submit=https://elsewhere.test/x", "The path of 'submit' has other signs"),
        ("paths", "nonsense=x", "There is no call 'nonsense'"),
    ],
)
async def test_a_setting_that_cannot_be_is_objected_to_in_words(office: Office, field: str, typed: str, words: str) -> None:
    setattr(office.room.change, field, typed)
    assert words in office.room.change.objection
    assert office.room.change.is_changed


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("user", "Line 1 of the names has no = in it: write part=name"),
        ("user=a\n\nuser=b", "The name of 'user' is there twice"),
        ("user=a b", "The name of the field 'user' has other signs"),
        ("", ""),
    ],
)
async def test_a_name_that_cannot_be_is_objected_to_in_words(typed: str, words: str) -> None:
    change = ProfileChange(PARTNER)
    change.names = typed
    assert change.objection.startswith(words)
    assert bool(change.objection) == bool(words)


async def test_a_profile_that_nobody_edited_has_nothing_to_save(office: Office) -> None:
    for profile in office.room.profiles:
        change = ProfileChange(profile)
        assert (change.is_changed, change.objection, change.profile()) == (False, "", profile)


async def test_paths_come_back_as_they_were_typed() -> None:
    change = ProfileChange(msgspec.structs.replace(DESK, paths={"submit": "v4/x", "cancel": "v4/y"}))
    assert change.paths == "submit=v4/x\ncancel=v4/y"
    change.paths = " submit = v4/z \n"
    assert change.profile().paths == {"submit": "v4/z"}


async def test_a_b2b_profile_has_its_own_paths_fields_and_what_goes_together() -> None:
    change = ProfileChange(PARTNER)
    change.paths, change.fields, change.batches, change.many_events = "orders = api/v2/orders", "v4", True, True
    asked = {"paths": {"orders": "api/v2/orders"}, "fields": "v4", "batches": True, "many_events": True}
    assert change.profile() == msgspec.structs.replace(PARTNER, **asked)
    assert ProfileChange(change.profile()).profile() == change.profile()


async def test_the_shape_of_a_token_is_edited_and_objected_to() -> None:
    change = ProfileChange(PARTNER)
    change.shape_token("PS512", "body", "hex", "ten", "", hash_empty=False)
    assert "whole number of seconds" in change.objection
    assert change.is_changed, "what was typed can be dropped"
    change.shape_token("PS512", "body", "hex", "10", "partner=acme", hash_empty=False)
    assert change.objection == ""
    assert change.profile().token == TokenShape("PS512", "body", "hex", False, 10, {"partner": "acme"})


# New keys


async def test_new_keys_of_the_venues_own_host_are_set_up_at_once(office: Office) -> None:
    office.room.rotate(office.ask, office.confirm, office.rotating.append)
    await settled()
    assert (office.rotating, office.hosts, office.asked) == ([DESK], [], [])


async def test_new_keys_go_to_the_host_that_the_old_ones_prove(office: Office) -> None:
    await office.keep(PARTNER)
    office.room.choose(PARTNER)
    office.room.rotate(office.ask, office.confirm, office.rotating.append)
    await settled()
    assert (office.rotating, office.hosts) == ([PARTNER], [])


@pytest.mark.parametrize(("is_confirmed", "rotating"), [(True, [PARTNER]), (False, [])])
async def test_a_host_that_nothing_proves_is_confirmed_by_a_person(office: Office, is_confirmed: bool, rotating: list[Profile]) -> None:
    office.confirming = is_confirmed
    office.room.choose(PARTNER)
    office.room.rotate(office.ask, office.confirm, office.rotating.append)
    await settled()
    assert (office.rotating, office.hosts) == (rotating, [HOST])


async def test_f_k09_no_new_keys_for_a_host_that_was_edited_in_the_file(office: Office) -> None:
    await office.keep(PARTNER)
    office.shelf.saved = (msgspec.structs.replace(PARTNER, host=ELSEWHERE),)
    office.room.look()
    office.room.choose(office.room.profiles[1])
    office.room.rotate(office.ask, office.confirm, office.rotating.append)
    await settled()
    assert (office.rotating, office.hosts) == ([], [])
    assert ELSEWHERE in office.room.work.error


# What endangers keys


async def test_what_endangers_the_keys_is_said_and_mended(office: Office) -> None:
    office.vault.troubles = ("The file can be read by others.", "Earlier keys are still kept.")
    office.room.look()
    assert len(office.room.problems) == 2
    office.room.mend()
    await settled()
    assert [*office.room.problems, office.room.work.said] == ["Earlier keys are still kept.", ""]
    office.room.mend()
    await settled()
    assert [*office.room.problems, office.room.work.said] == ["Nothing endangers its keys any more"]


async def test_what_cannot_be_mended_is_said(office: Office) -> None:
    office.vault.troubles = ("The file is a link.",)
    office.vault.refusing = {"mend"}
    office.room.look()
    office.room.mend()
    await settled()
    assert (office.room.work.error, office.room.problems) == ("The keyring said no", ("The file is a link.",))


# Deleting


@pytest.mark.parametrize(
    ("profile", "place", "words"),
    [
        (MONEY, Place.KEYRING, "removed from the keyring"),
        (MONEY, Place.PASSPHRASE, "The file with its sealed keys is removed"),
        (MONEY, Place.SESSION, "kept for this run only, are forgotten"),
        (MONEY, None, "No keys of it are known on this computer"),
        (MONEY, Place.KEYRING, "stay valid at ProphetX until you delete them"),
        (PARTNER, Place.KEYRING, "stays registered at Prophet"),
        (FEED, Place.KEYRING, "stays valid at Rankacy"),
        (MONEY, Place.KEYRING, "Its journal and its limits stay on this computer"),
        (MONEY, Place.KEYRING, "The profile “Money” is taken off the list"),
    ],
)
async def test_what_deleting_removes_and_leaves_is_said(office: Office, profile: Profile, place: Place | None, words: str) -> None:
    if place is not None:
        await office.keep(profile, place)
    office.room.choose(profile)
    assert any(words in sentence for sentence in office.room.removal)


async def test_a_practice_account_leaves_nothing_valid_at_a_venue(office: Office) -> None:
    rehearsal = Profile("Rehearsal", Environment.PRACTICE, Provider.OMNIBUS)
    office.shelf.saved = (rehearsal,)
    office.room.look()
    office.room.choose(rehearsal)
    assert not any("Prophet:" in sentence for sentence in office.room.removal)


async def test_a_deleted_profile_is_gone_and_practice_is_chosen(office: Office) -> None:
    await office.keep(PARTNER)
    office.room.choose(PARTNER)
    office.room.remove()
    await settled()
    assert PARTNER not in office.room.profiles
    assert (office.room.chosen, office.vault.kept) == (PRACTICE, {})
    assert office.room.work.said == "It was removed The profile 'Partner' is off the list."


@pytest.mark.parametrize("typed", ["", "money", "PRODUCTION"])
async def test_an_account_of_real_money_goes_only_with_its_name_typed(office: Office, typed: str) -> None:
    await office.keep(MONEY)
    office.room.choose(MONEY)
    office.room.remove(typed)
    await settled()
    assert MONEY in office.shelf.saved
    office.room.remove(" Money ")
    await settled()
    assert MONEY not in office.shelf.saved


async def test_a_keyring_that_denies_leaves_the_profile_and_says_so(office: Office) -> None:
    await office.keep(PARTNER)
    office.room.choose(PARTNER)
    office.vault.refusing = {"remove"}
    office.room.remove()
    await settled()
    assert (office.room.chosen, office.room.work.error) == (PARTNER, "The keyring said no")


async def test_removing_cannot_be_stopped_half_way(office: Office) -> None:
    await office.keep(PARTNER)
    office.room.choose(PARTNER)
    office.vault.answering.clear()
    office.room.remove()
    await settled()
    office.room.stop_work()
    office.room.leave()
    assert office.room.work.words == "Removing the keys…"
    office.vault.answering.set()
    await settled()
    assert PARTNER not in office.shelf.saved


# Exporting


async def test_exported_settings_say_where_and_what_is_not_in_them(office: Office) -> None:
    office.room.export(Path("/tmp/settings.json"))
    await settled()
    assert office.exported == [Path("/tmp/settings.json")]
    assert office.room.work.said == (
        "The settings were written to /tmp/settings.json; no key, passphrase or PIN is in it. "
        "What looks like a secret is left out of a profile: its host."
    )


async def test_a_full_disk_exports_nothing_and_says_so(office: Office) -> None:
    office.export_problem = OSError(28, "No space left on device")
    office.room.export(Path("/tmp/settings.json"))
    await settled()
    assert (office.exported, office.room.work.said) == ([], "")
    assert "No space left" in office.room.work.error
