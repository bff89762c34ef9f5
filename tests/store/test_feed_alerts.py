"""The alerts on a league from one start to the next."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from app.domain.cs2 import MatchStatus, Question
from app.domain.feed_alert import FeedAlert, FeedOpenAlert, FeedPriceAlert, FeedStatusAlert
from app.domain.lookout import LookoutState
from app.domain.odds import odds_of
from app.services.feed.alerts import MOST
from app.store import feed_alerts

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
SOME = (
    FeedAlert(1, FeedPriceAlert(42, "Owls – Foxes", Question.ROUND, 71, "Owls", odds_of(11, 10)), AT, LookoutState.FIRED, "2.10", AT),
    FeedAlert(4, FeedPriceAlert(42, "Owls – Foxes", Question.MATCH, None, "Draw", odds_of(17, 1), is_longer=False), AT),
    FeedAlert(5, FeedOpenAlert(42, "Owls – Foxes", Question.NEXT_ROUND, is_open=False), AT, LookoutState.ARMED, "", AT),
    FeedAlert(9, FeedStatusAlert(43, "Elms – Oaks", MatchStatus.FINISHED), AT),
)


def test_alerts_are_kept_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "feed-alerts-league-practice.json"
    assert feed_alerts.keep(path, SOME) == ""
    assert (feed_alerts.read(path).value, feed_alerts.read(path).words) == (SOME, "")


def test_without_a_file_there_is_no_alert_and_no_word(tmp_path: Path) -> None:
    assert (feed_alerts.read(tmp_path / "none.json").value, feed_alerts.read(tmp_path / "none.json").words) == ((), "")


def test_a_kind_of_a_later_program_is_said_and_the_file_put_aside(tmp_path: Path) -> None:
    path = tmp_path / "feed-alerts.json"
    path.write_text('{"alerts": [{"id": 1, "plan": {"type": "score alert"}, "created": "2026-11-21T12:00:00Z"}]}', "utf-8")
    read = feed_alerts.read(path)
    assert read.value == ()
    assert "feed-alerts.json cannot be used" in read.words
    assert not path.exists()


def test_alerts_that_cannot_be_written_are_said(tmp_path: Path) -> None:
    words = feed_alerts.keep(tmp_path / "nowhere" / "feed-alerts.json", SOME)
    assert words == "The alerts hold until the end of the program, but could not be kept: No such file or directory"


def test_as_many_as_there_can_be_fit_with_long_names(tmp_path: Path) -> None:
    plan = FeedPriceAlert(42, "m" * 250, Question.NEXT_ROUND, 71, "t" * 250, odds_of(11, 10))
    many = tuple(FeedAlert(number, plan, AT, words="w" * 300, at=AT) for number in range(MOST))
    assert feed_alerts.keep(tmp_path / "feed-alerts.json", many) == ""
    assert feed_alerts.read(tmp_path / "feed-alerts.json").value == many


def test_those_that_do_not_fit_are_said(tmp_path: Path) -> None:
    plan = FeedPriceAlert(42, "m" * 9_000, Question.NEXT_ROUND, 71, "t" * 250, odds_of(11, 10))
    many = tuple(FeedAlert(number, plan, AT) for number in range(MOST))
    assert "too many to be kept" in feed_alerts.keep(tmp_path / "feed-alerts.json", many)


def test_a_file_of_an_earlier_program_is_read_and_written_in_its_form_with_what_was_seen_beside(tmp_path: Path) -> None:
    at, match = '"2026-11-21T12:00:00Z"', '"match_id": 42, "match_name": "Owls – Foxes"'
    text = (
        f'{{"alerts": [{{"id": 1, "plan": {{"type": "feed price alert", {match}, "question": "ROUND", "team_id": 71, "team_name": "Owls",'
        f' "odds": {{"num": 11, "den": 10}}, "is_longer": true}}, "created": {at}, "state": "Fired", "words": "2.10", "at": {at}}},'
        f' {{"id": 4, "plan": {{"type": "feed price alert", {match}, "question": "MATCH", "team_id": null, "team_name": "Draw",'
        f' "odds": {{"num": 17, "den": 1}}, "is_longer": false}}, "created": {at}, "state": "Stopped", "words": "", "at": null}},'
        f' {{"id": 5, "plan": {{"type": "feed open alert", {match}, "question": "NEXT_ROUND", "is_open": false}},'
        f' "created": {at}, "state": "Armed", "words": "", "at": {at}}},'
        f' {{"id": 9, "plan": {{"type": "feed status alert", "match_id": 43, "match_name": "Elms – Oaks", "status": "FINISHED"}},'
        f' "created": {at}, "state": "Stopped", "words": "", "at": null}}], "version": 1}}'
    )
    path = tmp_path / "feed-alerts.json"
    path.write_text(text, "utf-8")
    assert (feed_alerts.read(path).value, feed_alerts.read(path).words) == (SOME, "")
    feed_alerts.keep(path, SOME)
    written = json.loads(path.read_text("utf-8"))
    assert [each.pop("is_seen") for each in written["alerts"]] == [True] * len(SOME)
    assert written == json.loads(text)
