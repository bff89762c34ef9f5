"""The test sender: each flaw is the one it is called, and nothing leaves this computer."""

from __future__ import annotations

import json

import pytest

from app.domain.examiner import examine
from app.domain.receiving import BODY_LIMIT
from app.domain.signature import is_valid
from app.domain.webhook import EVENT_HEADER, SIGNATURE_HEADER
from app.services.hooks.trials import Flaw, Trials
from tests.services.fakes import Clock
from tests.services.hooks.kit import FakePoster, Hooks, play, secret_of, subscription

SECRET = secret_of(17)
HERE = "http://127.0.0.1:8765/rankacy"
GOOD = {Flaw.GOOD, Flaw.TWICE, Flaw.NO_JSON, Flaw.TOO_LARGE, Flaw.OTHER_EVENT}


@pytest.fixture
def poster() -> FakePoster:
    return FakePoster()


@pytest.fixture
def trials(poster: FakePoster) -> Trials:
    return Trials(poster, Clock().now)


@pytest.mark.parametrize("flaw", list(Flaw))
async def test_each_flaw_is_judged_as_what_it_is(trials: Trials, poster: FakePoster, flaw: Flaw) -> None:
    await trials.send(HERE, "ODDS_UPDATED", 42, flaw, SECRET)
    url, headers, body = poster.sent[0]
    told = dict(headers)
    signature = told.get(SIGNATURE_HEADER)
    assert url == HERE
    assert (signature is None) is (flaw is Flaw.UNSIGNED)
    assert (signature is not None and is_valid(body, signature.encode(), SECRET)) is (flaw in GOOD)
    assert (told[EVENT_HEADER] == "ODDS_UPDATED") is (flaw is not Flaw.OTHER_EVENT)
    assert (len(body) > BODY_LIMIT) is (flaw is Flaw.TOO_LARGE)
    assert len(poster.sent) == (2 if flaw is Flaw.TWICE else 1)
    assert poster.sent[0] == poster.sent[-1], "a duplicate is the same to the byte"


async def test_a_good_one_names_its_event_and_match_and_a_time_that_tells_it_apart(trials: Trials, poster: FakePoster) -> None:
    for event in ("MATCH_STARTED", "ODDS_UPDATED"):
        await trials.send(HERE, event, 42, Flaw.GOOD, SECRET)
        fields = json.loads(poster.sent[-1][2])
        assert (fields["event"], fields["match_id"]) == (event, 42)
        assert fields["timestamp"]


async def test_another_computer_is_refused(trials: Trials, poster: FakePoster) -> None:
    with pytest.raises(ValueError, match="this computer"):
        await trials.send("https://hooks.example.com/", "ODDS_UPDATED", 42, Flaw.GOOD, SECRET)
    assert poster.sent == []


def test_the_verifier_names_the_subscription_whose_secret_it_was_and_shows_no_secret() -> None:
    async def scenario(hooks: Hooks) -> None:
        hooks.venue.put(subscription(17), subscription(18, "MATCH_STARTED"), subscription(19))
        hooks.secrets.held = {17: secret_of(17), 18: secret_of(18)}
        await hooks.desk.subscriptions.read()
        verifier = hooks.desk.verifier
        assert set(verifier.stored()) == {17, 18}
        sending = hooks.desk.trials.made("ODDS_UPDATED", 42, Flaw.GOOD, secret_of(18))
        header = dict(sending.headers)[SIGNATURE_HEADER]
        assert verifier.with_stored(sending.body, header, 18).is_valid
        wrong = verifier.with_stored(sending.body, header, 17)
        assert not wrong.is_valid
        assert "subscription 18" in repr(wrong)
        assert "practice-secret" not in repr(wrong)

    play(scenario)


@pytest.mark.parametrize("flaw", [each for each in Flaw if each not in {*GOOD, Flaw.WRONG_SECRET}])
def test_each_mistake_that_the_test_sender_makes_is_named_by_the_verifier(trials: Trials, flaw: Flaw) -> None:
    sending = trials.made("ODDS_UPDATED", 42, flaw, SECRET)
    diagnosis = examine(sending.body, dict(sending.headers).get(SIGNATURE_HEADER, ""), SECRET, {})
    assert not diagnosis.is_valid
    assert "no mistake that is known" not in diagnosis.words
    assert ("cut" in diagnosis.words) is (flaw is Flaw.TRUNCATED)
