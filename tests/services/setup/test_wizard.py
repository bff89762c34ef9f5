"""The wizard without its window: what each page objects to, and that nothing is kept before it is proven or insisted on."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.environment import Environment
from app.domain.keys import ACCESS, SECRET, Credentials, KeyringFacts, Place, VaultError
from app.domain.profile import PRACTICE, Profile, Provider, keyring_name
from app.domain.secret import Secret
from app.services.setup.draft import KeyPart, Source
from app.services.setup.ports import KeyMaker, Prover, Shelf, Vault
from app.services.setup.steps import Page, Step, StepState
from tests.services.setup.acts import choose, fill_keys, settle_environment, to_keys, to_proof
from tests.services.setup.fakes import Scene, canary, settled


async def test_the_fakes_are_what_the_wizard_asks_for(scene: Scene) -> None:
    vault: Vault = scene.vault
    maker: KeyMaker = scene.maker
    prover: Prover = scene.prover
    shelf: Shelf = scene.shelf.read()
    assert None not in (vault, maker, prover, shelf)


# The cards


async def test_practice_alone_needs_nothing_and_opens_at_once(scene: Scene) -> None:
    assert scene.wizard.objection == ""
    scene.wizard.next()
    assert (scene.wizard.page, scene.wizard.opens) == (Page.DONE, PRACTICE)
    scene.wizard.next()
    assert scene.closed == [PRACTICE]
    assert scene.vault.kept == {}


async def test_something_has_to_be_chosen(scene: Scene) -> None:
    scene.wizard.choose_practice(is_chosen=False)
    assert scene.wizard.objection == "Choose at least one"
    scene.wizard.next()
    assert scene.wizard.page is Page.WHO


async def test_the_steps_show_the_pages_of_the_account_under_way_only(scene: Scene) -> None:
    choose(scene, Provider.TRADING, Provider.RANKACY)
    assert scene.wizard.steps == (
        Step("Accounts", StepState.DONE),
        Step("ProphetX Trading API", StepState.NOW),
        Step("Environment", StepState.NOW, is_inner=True),
        Step("Keys", StepState.TO_COME, is_inner=True),
        Step("Where it is kept", StepState.TO_COME, is_inner=True),
        Step("Proof run", StepState.TO_COME, is_inner=True),
        Step("Rankacy feed", StepState.TO_COME),
        Step("Done", StepState.TO_COME),
    )


# The environment


async def test_the_sandbox_is_chosen_from_the_start(scene: Scene) -> None:
    choose(scene, Provider.TRADING)
    assert (scene.wizard.account.environment, scene.wizard.objection) == (Environment.SANDBOX, "")


@pytest.mark.parametrize("typed", ["", "production", "PRODUCTIO", "PRODUCTION!"])
async def test_production_needs_its_name_typed(scene: Scene, typed: str) -> None:
    choose(scene, Provider.TRADING)
    account = scene.wizard.account
    account.choose_environment(Environment.PRODUCTION)
    account.phrase = typed
    assert scene.wizard.objection == "Type PRODUCTION to set up an account for real money"
    account.phrase = "PRODUCTION"
    assert scene.wizard.objection == ""


@pytest.mark.parametrize("provider", [Provider.OMNIBUS, Provider.RANKACY])
async def test_a_partner_host_is_asked_for_outside_practice_only(scene: Scene, provider: Provider) -> None:
    choose(scene, provider)
    assert scene.wizard.objection == "Type the host that you were given"
    scene.wizard.account.host = "nodots"
    assert "not a full host name" in scene.wizard.objection
    scene.wizard.account.host = "api.partner.test"
    assert scene.wizard.objection == ""
    assert scene.wizard.account.profile().host == "https://api.partner.test"
    scene.wizard.account.choose_environment(Environment.PRACTICE)
    assert (scene.wizard.objection, scene.wizard.account.profile().host) == ("", "")


async def test_a_name_that_is_taken_is_said_before_any_key_is_typed(scene: Scene) -> None:
    scene.shelf.saved = (Profile("prophetx SANDBOX", Environment.SANDBOX, Provider.TRADING),)
    choose(scene, Provider.TRADING)
    assert scene.wizard.objection == "There is a profile 'ProphetX sandbox' already: choose another name"
    scene.wizard.account.name = "Second"
    assert scene.wizard.objection == ""


@pytest.mark.parametrize("name", ["ünïcode", "a/b", "x" * 41, "practice"])
async def test_a_name_that_cannot_be_is_objected_to(scene: Scene, name: str) -> None:
    choose(scene, Provider.TRADING)
    scene.wizard.account.name = name
    assert "name" in scene.wizard.objection


async def test_another_environment_forgets_the_keys_that_were_typed_for_the_first(scene: Scene) -> None:
    await to_keys(scene, Provider.TRADING)
    await fill_keys(scene)
    scene.wizard.back()
    scene.wizard.account.choose_environment(Environment.PRODUCTION)
    scene.wizard.account.phrase = "PRODUCTION"
    scene.wizard.next()
    assert scene.wizard.objection == "Paste the access key and the secret key"


async def test_the_same_environment_again_forgets_nothing(scene: Scene) -> None:
    await to_keys(scene, Provider.TRADING)
    await fill_keys(scene)
    scene.wizard.back()
    scene.wizard.account.choose_environment(Environment.SANDBOX)
    scene.wizard.next()
    assert scene.wizard.objection == ""


# The keys


async def test_both_keys_of_the_trading_api_are_needed_and_they_differ(scene: Scene) -> None:
    await to_keys(scene, Provider.TRADING)
    account, access = scene.wizard.account, canary()
    account.type_key(KeyPart.ACCESS, access)
    assert scene.wizard.objection == "Paste the access key and the secret key"
    account.type_key(KeyPart.SECRET, access)
    assert "the same text" in scene.wizard.objection
    account.type_key(KeyPart.SECRET, canary())
    assert scene.wizard.objection == ""


async def test_swapping_puts_each_key_into_the_others_place(scene: Scene) -> None:
    await to_keys(scene, Provider.TRADING)
    account, access, secret = scene.wizard.account, canary(), canary()
    account.type_key(KeyPart.ACCESS, secret)
    account.type_key(KeyPart.SECRET, access)
    scene.wizard.bench.swap()
    assert (account.access, account.secret) == (Secret(access), Secret(secret))


async def test_rankacy_needs_its_key(scene: Scene) -> None:
    await to_keys(scene, Provider.RANKACY)
    assert scene.wizard.objection == "Paste the API key"
    await fill_keys(scene)
    assert scene.wizard.objection == ""


async def test_a_key_is_made_and_the_wizard_says_that_it_waits(scene: Scene) -> None:
    await to_keys(scene, Provider.OMNIBUS)
    assert scene.wizard.objection == "Make a key"
    scene.maker.answering.clear()
    scene.wizard.bench.make(3072)
    await settled()
    assert scene.wizard.work.words == "Making a key of 3072 bits…"
    scene.maker.answering.set()
    await settled()
    assert (scene.wizard.work.words, scene.maker.made) == ("", [3072])
    assert scene.wizard.objection == ""


async def test_making_a_key_can_be_cancelled_and_leaves_nothing(scene: Scene) -> None:
    await to_keys(scene, Provider.OMNIBUS)
    scene.maker.answering.clear()
    scene.wizard.bench.make(4096)
    await settled()
    scene.wizard.stop_work()
    scene.maker.answering.set()
    await settled()
    assert scene.maker.cancelled == 1
    assert (scene.wizard.work.words, scene.wizard.account.pair) == ("", None)


async def test_a_second_key_is_waited_for_although_the_first_one_was_dropped(scene: Scene) -> None:
    await to_keys(scene, Provider.OMNIBUS)
    scene.maker.answering.clear()
    scene.wizard.bench.make(4096)
    await settled()
    scene.wizard.bench.make(2048)
    await settled()
    assert (scene.wizard.work.words, scene.maker.cancelled) == ("Making a key of 2048 bits…", 1)
    scene.maker.answering.set()
    await settled()
    assert (scene.wizard.work.words, scene.maker.made) == ("", [2048])


async def test_while_a_key_is_made_next_does_nothing(scene: Scene) -> None:
    await to_keys(scene, Provider.OMNIBUS)
    await fill_keys(scene)
    scene.maker.answering.clear()
    scene.wizard.bench.make(4096)
    await settled()
    scene.wizard.next()
    assert scene.wizard.page is Page.KEYS


async def test_a_locked_key_waits_for_its_passphrase(scene: Scene) -> None:
    await to_keys(scene, Provider.OMNIBUS)
    scene.maker.passphrase = "open sesame"
    scene.wizard.bench.read(b"\x80 any bytes")
    await settled()
    assert (scene.wizard.bench.is_locked, scene.wizard.work.error, scene.wizard.account.pair) == (True, "", None)
    scene.wizard.bench.unlock(Secret("wrong"))
    await settled()
    assert scene.wizard.work.error == "This passphrase does not open the key"
    scene.wizard.bench.unlock(Secret("open sesame"))
    await settled()
    assert (scene.wizard.bench.is_locked, scene.wizard.work.error) == (False, "")
    assert scene.wizard.account.pair is not None


async def test_a_locked_key_is_forgotten_when_the_page_is_left(scene: Scene) -> None:
    await to_keys(scene, Provider.OMNIBUS)
    scene.maker.passphrase = "open sesame"
    scene.wizard.bench.read(b"locked")
    await settled()
    scene.wizard.back()
    assert not scene.wizard.bench.is_locked


async def test_a_file_that_is_none_is_said_in_words(scene: Scene) -> None:
    await to_keys(scene, Provider.OMNIBUS)
    scene.wizard.bench.read_file(Path("/nowhere/key.pem"))
    await settled()
    assert scene.wizard.work.error == "key.pem is no file"
    scene.maker.files[Path("/nowhere/key.pem")] = b"key"
    scene.wizard.bench.read_file(Path("/nowhere/key.pem"))
    await settled()
    assert scene.wizard.account.pair is not None


async def test_fk05_a_key_file_that_others_can_read_is_said(scene: Scene) -> None:
    await to_keys(scene, Provider.OMNIBUS)
    scene.maker.files[Path("/nowhere/key.pem")] = b"key"
    scene.maker.exposed = "Other users of this computer can read that file"
    scene.wizard.bench.read_file(Path("/nowhere/key.pem"))
    await settled()
    assert scene.maker.exposed in scene.wizard.work.said


async def test_a_registered_key_needs_its_issuer_id_and_has_no_page_to_register(scene: Scene) -> None:
    await to_keys(scene, Provider.OMNIBUS)
    scene.wizard.account.source = Source.REGISTERED
    assert scene.wizard.objection == "Paste a private key, or open its file"
    await fill_keys(scene)
    assert scene.wizard.objection == "Type the issuer id that Prophet gave you"
    scene.wizard.account.issuer = "issuer-9"
    assert scene.wizard.objection == ""
    scene.wizard.next()
    assert scene.wizard.page is Page.WHERE


@pytest.mark.parametrize(
    ("lifetime", "lines", "words"),
    [
        ("5", "", "between 10 and 300"),
        ("six", "", "a whole number of seconds"),
        ("60", "no sign", "Line 1 of the extra claims has no ="),
        ("60", "iss=me", "the program's own"),
        ("60", "a=1\na=2", "there twice"),
    ],
)
async def test_an_odd_token_shape_keeps_the_page_and_the_shape_before(scene: Scene, lifetime: str, lines: str, words: str) -> None:
    await to_keys(scene, Provider.OMNIBUS)
    await fill_keys(scene)
    account = scene.wizard.account
    account.shape_token("PS512", "body", "hex", "120", "b=true", hash_empty=False)
    before = account.token
    account.shape_token("RS256", "digest", "base64", lifetime, lines, hash_empty=True)
    assert words in scene.wizard.objection
    assert account.token == before
    assert scene.wizard.bench.preview() == account.token_objection
    account.shape_token("RS256", "digest", "base64", "60", "", hash_empty=True)
    assert scene.wizard.objection == ""


async def test_a_pair_is_asked_for_with_the_session_of_the_page(scene: Scene) -> None:
    await to_keys(scene, Provider.TRADING)
    session = Secret(canary())
    scene.wizard.bench.make_pair(session)
    await settled()
    assert scene.prover.sessions == [session]
    assert scene.wizard.account.access == Secret(scene.prover.access)
    assert scene.wizard.objection == ""


async def test_practice_makes_a_pair_with_its_own_session(scene: Scene) -> None:
    await to_keys(scene, Provider.TRADING, Environment.PRACTICE)
    scene.wizard.bench.make_pair()
    await settled()
    assert scene.prover.sessions == [Secret(scene.prover.session)]
    assert scene.wizard.objection == ""


@pytest.mark.parametrize("provider", [Provider.TRADING, Provider.RANKACY])
async def test_practice_fills_in_its_own_keys(scene: Scene, provider: Provider) -> None:
    await to_keys(scene, provider, Environment.PRACTICE)
    scene.wizard.bench.rehearse()
    await settled()
    assert scene.wizard.objection == ""


# Registering


async def test_practice_registers_with_its_own_token(scene: Scene) -> None:
    await to_keys(scene, Provider.OMNIBUS, Environment.PRACTICE)
    await fill_keys(scene)
    scene.wizard.next()
    assert scene.wizard.page is Page.REGISTER
    scene.wizard.bench.register()
    await settled()
    assert [token for _pem, token in scene.prover.registered] == [Secret(scene.prover.partner_token)]
    assert (scene.wizard.account.issuer, scene.wizard.account.key_id) == ("issuer-1", "key-1")


async def test_practice_that_has_all_its_keys_is_offered_to_remove_the_oldest_that_no_profile_uses(scene: Scene) -> None:
    scene.shelf.saved = (Profile("Mine", Environment.PRACTICE, Provider.OMNIBUS, key_id="key-of-mine"),)
    await to_keys(scene, Provider.OMNIBUS, Environment.PRACTICE)
    await fill_keys(scene)
    scene.prover.is_full = True
    scene.wizard.bench.register()
    await settled()
    assert scene.wizard.bench.is_full
    assert scene.wizard.work.error == "20 keys are there"
    scene.wizard.bench.make_room()
    await settled()
    assert scene.prover.spared == [frozenset({"key-of-mine"})]
    assert not scene.wizard.bench.is_full
    assert scene.wizard.account.key_id == "key-1"
    assert scene.wizard.work.said == "The key “desk one” was removed at the practice exchange, and this one is registered"


async def test_a_venue_of_prophet_that_has_all_its_keys_removes_none_from_here(scene: Scene) -> None:
    await to_keys(scene, Provider.OMNIBUS)
    await fill_keys(scene)
    scene.prover.is_full = True
    scene.wizard.bench.register(Secret("a token"))
    await settled()
    assert not scene.wizard.bench.is_full


async def test_a_venue_is_registered_at_with_the_token_that_was_typed(scene: Scene) -> None:
    await to_keys(scene, Provider.OMNIBUS)
    await fill_keys(scene)
    scene.wizard.next()
    token = Secret(canary())
    scene.wizard.bench.register(token)
    await settled()
    assert [used for _pem, used in scene.prover.registered] == [token]


async def test_one_can_go_on_while_prophet_has_not_answered(scene: Scene) -> None:
    await to_keys(scene, Provider.OMNIBUS)
    await fill_keys(scene)
    scene.wizard.next()
    assert (scene.wizard.page, scene.wizard.objection) == (Page.REGISTER, "")
    scene.wizard.account.issuer = "not an id!"
    assert "issuer id" in scene.wizard.objection


# Where it is kept


async def to_where(scene: Scene) -> None:
    await to_keys(scene, Provider.TRADING)
    await fill_keys(scene)
    scene.wizard.next()
    await settled()


async def test_the_keyring_is_tried_and_chosen_when_it_works(scene: Scene) -> None:
    await to_where(scene)
    assert (scene.vault.tried, scene.wizard.account.place, scene.wizard.objection) == (1, Place.KEYRING, "")


async def test_a_keyring_that_fails_is_said_and_can_be_tried_again(scene: Scene) -> None:
    scene.vault.facts = KeyringFacts("Fail", "The keyring is locked: unlock it")
    await to_where(scene)
    assert (scene.wizard.account.place, scene.wizard.objection) == (None, "Choose where the keys are kept")
    scene.wizard.account.place = Place.KEYRING
    assert scene.wizard.objection == "The keyring is locked: unlock it"
    scene.vault.facts = KeyringFacts("Test Keyring")
    scene.wizard.try_keyring()
    await settled()
    assert (scene.vault.tried, scene.wizard.objection) == (2, "")


async def test_a_slow_keyring_can_be_given_up_and_another_place_chosen(scene: Scene) -> None:
    scene.vault.answering.clear()
    await to_where(scene)
    assert scene.wizard.work.words == "Trying the keyring of this computer…"
    scene.wizard.stop_work()
    await settled()
    assert (scene.wizard.work.words, scene.wizard.objection) == ("", "Choose where the keys are kept")
    scene.wizard.account.place = Place.KEYRING
    assert "press Retry" in scene.wizard.objection
    scene.wizard.account.place = Place.SESSION
    assert scene.wizard.objection == ""


@pytest.mark.parametrize(
    ("typed", "again", "words"),
    [
        ("", "", "at least 8 characters"),
        ("1234567", "1234567", "at least 8 characters"),
        ("12345678", "1234567", "differ"),
        ("x" * 1001, "x" * 1001, "at most 1,000 characters"),
        ("tab\tinside", "tab\tinside", "control characters"),
        ("nul\0inside", "nul\0inside", "control characters"),
        (" " * 9, " " * 9, "more than spaces"),
        ("correct horse", "correct horse", ""),
        ("пароль-из-букв", "пароль-из-букв", ""),
        ("סיסמה-ארוכה", "סיסמה-ארוכה", ""),
    ],
    ids=["empty", "short", "differs", "long", "tab", "nul", "spaces", "good", "cyrillic", "right to left"],
)
async def test_a_passphrase_is_checked_before_the_proof_run(scene: Scene, typed: str, again: str, words: str) -> None:
    await to_where(scene)
    account = scene.wizard.account
    account.place, account.passphrase, account.passphrase_again = Place.PASSPHRASE, Secret(typed), Secret(again)
    assert (words in scene.wizard.objection) if words else scene.wizard.objection == ""


# The proof run, and keeping


@pytest.mark.parametrize("provider", list(Provider))
async def test_a_good_proof_run_keeps_keys_and_profile(scene: Scene, provider: Provider) -> None:
    choose(scene, provider)
    await to_proof(scene)
    assert (scene.vault.kept, scene.shelf.saved, scene.wizard.objection) == ({}, (), "")
    credentials = scene.wizard.account.credentials()
    scene.wizard.next()
    await settled()
    assert scene.wizard.page is Page.DONE
    (profile,) = scene.shelf.saved
    kept, place, _passphrase = scene.vault.kept[keyring_name(profile)]
    assert (kept, place) == (credentials, Place.KEYRING)
    assert scene.vault.notes[keyring_name(profile)].proven_at is not None
    assert scene.wizard.opens == profile
    scene.wizard.next()
    assert scene.closed == [profile]


async def test_a_failed_proof_run_keeps_nothing_and_says_why_next_is_shut(scene: Scene) -> None:
    scene.prover.failing = {"Account": "Prophet does not know this key yet"}
    choose(scene, Provider.OMNIBUS)
    await to_proof(scene)
    assert scene.wizard.objection == "The proof run has to be good first"
    assert scene.wizard.proof.failed is not None
    scene.wizard.next()
    await settled()
    assert (scene.wizard.page, scene.vault.kept, scene.shelf.saved) == (Page.PROOF, {}, ())


async def test_keeping_it_unproven_is_a_choice_of_its_own(scene: Scene) -> None:
    scene.prover.failing = {"Account": "Prophet does not know this key yet"}
    choose(scene, Provider.OMNIBUS)
    await to_proof(scene)
    assert scene.wizard.may_keep_unproven
    scene.wizard.keep_unproven()
    await settled()
    (profile,) = scene.shelf.saved
    assert scene.vault.notes[keyring_name(profile)].proven_at is None
    assert scene.wizard.page is Page.DONE


async def test_nothing_is_kept_unproven_while_the_run_goes_on(scene: Scene) -> None:
    scene.prover.answering.clear()
    choose(scene, Provider.TRADING)
    await to_proof(scene)
    assert scene.wizard.objection == "The proof run is under way"
    scene.wizard.keep_unproven()
    await settled()
    assert scene.vault.kept == {}


async def test_a_keyring_that_denies_leaves_the_wizard_where_it_was_with_the_words(scene: Scene) -> None:
    choose(scene, Provider.TRADING)
    await to_proof(scene)
    scene.vault.problem = VaultError("The keyring said no: allow it and press Keep again")
    scene.wizard.next()
    await settled()
    assert (scene.wizard.page, scene.wizard.work.error) == (Page.PROOF, "The keyring said no: allow it and press Keep again")
    assert (scene.shelf.saved, scene.wizard.kept) == ((), [])
    scene.wizard.next()
    await settled()
    assert scene.wizard.page is Page.DONE


async def test_a_full_disk_takes_the_keys_back_out_of_the_vault(scene: Scene) -> None:
    choose(scene, Provider.TRADING)
    await to_proof(scene)
    scene.shelf.problem = OSError("No space left on device")
    scene.wizard.next()
    await settled()
    assert "No space left" in scene.wizard.work.error
    assert (scene.vault.kept, scene.shelf.saved, scene.wizard.page) == ({}, (), Page.PROOF)


async def test_keeping_cannot_be_stopped_half_way(scene: Scene) -> None:
    choose(scene, Provider.TRADING)
    await to_proof(scene)
    scene.vault.answering.clear()
    scene.wizard.next()
    await settled()
    scene.wizard.stop_work()
    scene.wizard.cancel()
    scene.wizard.back()
    assert (scene.wizard.work.words, scene.wizard.page, scene.closed) == ("Keeping the keys…", Page.PROOF, [])
    scene.vault.answering.set()
    await settled()
    assert (scene.wizard.page, len(scene.shelf.saved)) == (Page.DONE, 1)


async def test_a_proof_run_is_over_once_its_page_is_left(scene: Scene) -> None:
    choose(scene, Provider.TRADING)
    await to_proof(scene)
    assert scene.wizard.proof.is_good
    scene.wizard.back()
    scene.wizard.account.type_key(KeyPart.SECRET, canary())
    scene.prover.answering.clear()
    scene.wizard.next()
    await settled()
    assert not scene.wizard.proof.is_good
    assert scene.wizard.objection == "The proof run is under way"


async def test_the_proof_run_gets_the_host_with_the_keys(scene: Scene) -> None:
    choose(scene, Provider.RANKACY)
    await to_proof(scene)
    profile, credentials = scene.prover.runs[-1]
    assert profile.host == credentials.host == "https://api.partner.test"


# Several accounts, going back, leaving


async def test_accounts_are_set_up_one_after_the_other(scene: Scene) -> None:
    choose(scene, Provider.TRADING, Provider.OMNIBUS, Provider.RANKACY)
    for provider in Provider:
        assert scene.wizard.account.provider is provider
        await to_proof(scene)
        scene.wizard.next()
        await settled()
    assert scene.wizard.page is Page.DONE
    assert [profile.provider for profile in scene.wizard.kept] == list(Provider)
    assert scene.vault.tried == 1
    assert [place for _credentials, place, _words in scene.vault.kept.values()] == [Place.KEYRING] * 3


async def test_going_back_to_the_cards_keeps_what_was_typed_and_takes_other_choices(scene: Scene) -> None:
    await to_keys(scene, Provider.TRADING)
    await fill_keys(scene)
    typed = scene.wizard.account.access
    scene.wizard.back()
    scene.wizard.back()
    assert scene.wizard.page is Page.WHO
    choose(scene, Provider.RANKACY)
    assert [account.provider for account in scene.wizard.accounts] == [Provider.TRADING, Provider.RANKACY]
    assert scene.wizard.account.access == typed
    scene.wizard.back()
    scene.wizard.choose(Provider.TRADING, is_chosen=False)
    scene.wizard.next()
    assert [account.provider for account in scene.wizard.accounts] == [Provider.RANKACY]


async def test_what_was_kept_stays_kept_and_is_not_asked_for_again(scene: Scene) -> None:
    choose(scene, Provider.TRADING, Provider.RANKACY)
    await to_proof(scene)
    scene.wizard.next()
    await settled()
    scene.wizard.back()
    assert scene.wizard.page is Page.WHO
    scene.wizard.next()
    assert scene.wizard.account.provider is Provider.RANKACY
    scene.wizard.back()
    scene.wizard.choose(Provider.RANKACY, is_chosen=False)
    scene.wizard.next()
    assert (scene.wizard.page, scene.wizard.may_go_back) == (Page.DONE, False)


async def test_closing_half_way_keeps_nothing_and_forgets_every_secret(scene: Scene) -> None:
    choose(scene, Provider.TRADING)
    await to_proof(scene, place=Place.SESSION)
    account = scene.wizard.account
    assert scene.wizard.is_begun
    scene.wizard.cancel()
    assert (scene.closed, scene.vault.kept, scene.shelf.saved) == ([None], {}, ())
    assert not account.has_keys
    assert not account.passphrase
    scene.wizard.cancel()
    assert scene.closed == [None]


async def test_closing_in_the_second_account_keeps_the_first(scene: Scene) -> None:
    choose(scene, Provider.TRADING, Provider.RANKACY)
    await to_proof(scene)
    scene.wizard.next()
    await settled()
    scene.wizard.cancel()
    assert [profile.provider for profile in scene.shelf.saved] == [Provider.TRADING]
    assert scene.closed == [None]


async def test_a_program_that_goes_opens_nothing_and_hears_no_more(scene: Scene) -> None:
    choose(scene, Provider.TRADING, Provider.RANKACY)
    await to_proof(scene)
    scene.vault.answering.clear()
    scene.wizard.next()
    await settled()
    heard = []
    scene.wizard.changed.connect(lambda: heard.append(scene.wizard.page))
    scene.wizard.give_up()
    scene.vault.answering.set()
    await settled()
    assert (scene.closed, heard) == ([None], [Page.PROOF])


async def test_back_on_the_first_page_is_cancel(scene: Scene) -> None:
    assert scene.wizard.is_first
    scene.wizard.back()
    assert scene.closed == [None]


# New keys for a profile that is there


OLD = Profile("Desk", Environment.SANDBOX, Provider.OMNIBUS, host="https://api.partner.test", issuer="issuer-0", key_id="key-0")


async def rotating(scene: Scene, profile: Profile = OLD) -> Credentials:
    """The page of keys of a profile that has some; these."""
    old = Credentials({"private_key": Secret(canary())}, host=profile.host)
    scene.shelf.saved = (profile,)
    await scene.vault.keep(profile, old, Place.KEYRING)
    scene.wizard.rotate(profile)
    return old


async def test_new_keys_begin_at_the_keys_and_keep_environment_host_and_name(scene: Scene) -> None:
    await rotating(scene)
    assert (scene.wizard.page, scene.wizard.is_first) == (Page.KEYS, True)
    assert [step.title for step in scene.wizard.steps][:2] == ["Prophet B2B Omnibus", "Keys"]
    await to_proof(scene)
    profile, credentials = scene.prover.runs[-1]
    assert (profile.name, profile.host, credentials.host) == ("Desk", OLD.host, OLD.host)


async def test_the_old_keys_stay_until_the_new_ones_are_proven(scene: Scene) -> None:
    old = await rotating(scene)
    scene.prover.failing = {"Account": "Not known yet"}
    await to_proof(scene)
    assert not scene.wizard.may_keep_unproven
    scene.wizard.keep_unproven()
    scene.wizard.next()
    await settled()
    assert scene.vault.kept[keyring_name(OLD)][0] == old
    scene.wizard.account.issuer = "issuer-2"
    scene.prover.failing = {}
    scene.wizard.prove()
    await settled()
    scene.wizard.next()
    await settled()
    assert scene.vault.kept[keyring_name(OLD)][0] != old
    assert scene.shelf.saved[0].issuer == "issuer-2"
    scene.wizard.next()
    assert [profile.name for profile in scene.closed if profile] == ["Desk"]


async def test_a_vault_that_refuses_the_new_keys_leaves_the_old_profile_and_keys(scene: Scene) -> None:
    old = await rotating(scene)
    await to_proof(scene)
    scene.wizard.account.issuer = "issuer-2"
    scene.vault.problem = VaultError("denied")
    scene.wizard.next()
    await settled()
    assert (scene.vault.kept[keyring_name(OLD)][0], scene.shelf.saved) == (old, (OLD,))


async def test_the_wizard_can_begin_with_one_account_past_the_cards(scene: Scene) -> None:
    scene.wizard.set_up(Provider.TRADING)
    assert (scene.wizard.page, scene.wizard.account.provider) == (Page.ENVIRONMENT, Provider.TRADING)
    settle_environment(scene)
    await to_proof(scene)
    assert set(scene.prover.runs[-1][1].parts) == {ACCESS, SECRET}


async def test_what_has_no_window_is_not_offered_to_be_opened(scene: Scene) -> None:
    """A kept Rankacy account opens nothing; practice is offered where it was chosen, and without it the window that is there stays."""
    scene.no_window = {Provider.RANKACY}
    choose(scene, Provider.RANKACY)
    await to_proof(scene)
    scene.wizard.next()
    await settled()
    assert (scene.wizard.page, scene.wizard.openable, scene.wizard.opens) == (Page.DONE, (PRACTICE,), PRACTICE)
    scene.wizard.choose_practice(is_chosen=False)
    assert scene.wizard.openable == ()
