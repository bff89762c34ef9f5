"""Alerts on the league: what fires and what must not."""

from __future__ import annotations

import msgspec
import pytest

from app.domain.cs2 import MatchStatus, Question, Side, SideOdds
from app.domain.feed_alert import FeedOpenAlert, FeedStatusAlert
from app.domain.lookout import LookoutState
from app.services.feed.alert_judge import PATIENCE
from app.services.notices import Tone
from tests.services.feed.alert_kit import NAME, Bench, alert
from tests.services.feed.kit import GRIT, LIVE, NOMADS, OTHER, VERTEX, match, price, snapshot


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_price_alert_fires_once_when_the_odds_of_its_team_reach_it(bench: Bench) -> None:
    assert bench.alerts.add(alert("2.00")) == ""
    assert bench.state is LookoutState.ARMED
    bench.tell(snapshot(ct="1.99", at=bench.at(1)))
    assert bench.state is LookoutState.ARMED
    bench.tell(snapshot(ct="2.00", at=bench.at(2)))
    assert (bench.state, bench.only.words) == (LookoutState.FIRED, "2.00, in round 13")
    bench.tell(snapshot(ct="2.40", at=bench.at(3)))
    bench.pass_by(3)
    assert len(bench.heard) == 1
    [notice] = [line for line in bench.feed.notices.lines if "Price alert" in line.words]
    assert (notice.words, notice.tone) == (f"Price alert: {NAME} · match · Vertex: 2.00, in round 13", Tone.WARNING)


def test_a_price_alert_may_look_for_shorter_odds(bench: Bench) -> None:
    bench.alerts.add(alert("1.80", is_longer=False))
    bench.tell(snapshot(ct="1.81", at=bench.at(1)))
    assert bench.state is LookoutState.ARMED
    bench.tell(snapshot(ct="1.80", at=bench.at(2)))
    assert bench.only.state is LookoutState.FIRED


def test_the_draw_has_alerts_of_its_own(bench: Bench) -> None:
    bench.alerts.add(alert("20", team=None))
    bench.tell(snapshot(ct="30", t="40", draw="19.50", at=bench.at(1)))
    assert bench.state is LookoutState.ARMED
    bench.tell(snapshot(draw="20.00", at=bench.at(2)))
    assert bench.only.state is LookoutState.FIRED


def test_a_swap_of_sides_fires_nothing(bench: Bench) -> None:
    """Vertex pays 1.87 before and after; the other team's 2.50 stands under the side that Vertex had."""
    bench.alerts.add(alert("2.00"))
    bench.tell(match(are_sides_swapped=True, at=bench.at(1)), snapshot(ct="2.50", t="1.87", are_sides_swapped=True, at=bench.at(1)))
    assert bench.state is LookoutState.ARMED
    bench.tell(snapshot(ct="2.50", t="2.01", are_sides_swapped=True, at=bench.at(2)))
    assert (bench.state, bench.only.words) == (LookoutState.FIRED, "2.01, in round 13")


@pytest.mark.parametrize("holders", [(None, None), (VERTEX.id, VERTEX.id), (VERTEX.id, None), (VERTEX.id, GRIT.id)])
def test_a_price_that_names_no_team_is_nobodys(bench: Bench, holders: tuple[int | None, int | None]) -> None:
    bench.alerts.add(alert("2.00"))
    sides = (SideOdds(Side.CT, holders[0], price("3.00")), SideOdds(Side.T, holders[1], price("3.00")))
    bench.tell(msgspec.structs.replace(snapshot(at=bench.at(1)), sides=sides))
    assert (bench.state, bench.only.words) == (LookoutState.WAITING, "no price can be told to be that of Vertex")


def test_a_live_match_without_known_sides_has_no_price_by_team(bench: Bench) -> None:
    bench.alerts.add(alert("2.00"))
    bench.tell(match(ct_team_id=None, t_team_id=None, at=bench.at(1)), snapshot(ct="3.00", at=bench.at(1)))
    assert bench.state is LookoutState.WAITING


def test_between_rounds_it_waits_and_goes_on(bench: Bench) -> None:
    bench.alerts.add(alert("2.00"))
    bench.tell(snapshot(ct="3.00", is_available=False, at=bench.at(1)))
    assert (bench.state, bench.only.words) == (LookoutState.WAITING, "it has no price now")
    bench.tell(snapshot(ct="1.90", at=bench.at(2)))
    assert (bench.state, bench.only.words) == (LookoutState.ARMED, "")
    bench.tell(snapshot(ct="2.10", at=bench.at(3)))
    assert bench.state is LookoutState.FIRED


def test_an_alert_on_the_round_means_whichever_round_is_being_played(bench: Bench) -> None:
    bench.tell(snapshot(question=Question.ROUND, round_number=13, ct="1.50"))
    bench.alerts.add(alert("2.00", question=Question.ROUND))
    bench.tell(snapshot(question=Question.ROUND, round_number=14, ct="2.50", at=bench.at(1)))
    assert bench.state is LookoutState.ARMED, "round 14 has not begun"
    bench.tell(match(round_number=14, at=bench.at(2)))
    assert (bench.state, bench.only.words) == (LookoutState.FIRED, "2.50, in round 14")


def test_the_price_of_a_round_that_is_over_fires_nothing(bench: Bench) -> None:
    bench.alerts.add(alert("2.00", question=Question.ROUND))
    bench.tell(match(round_number=14, at=bench.at(1)))
    bench.tell(snapshot(question=Question.ROUND, round_number=13, ct="2.50", at=bench.at(2)))
    assert (bench.state, bench.only.words) == (LookoutState.WAITING, "the feed has told no price of it yet")


def test_a_match_with_a_status_that_nobody_knows_has_no_price(bench: Bench) -> None:
    bench.alerts.add(alert("2.00"))
    bench.tell(match(status="PAUSED", at=bench.at(1)), snapshot(ct="3.00", at=bench.at(1)))
    assert bench.state is LookoutState.WAITING


def test_another_team_in_the_match_stops_it(bench: Bench) -> None:
    bench.alerts.add(alert("2.00"))
    teams = (GRIT, NOMADS)
    bench.tell(match(teams=teams, at=bench.at(1)), snapshot(ct="3.00", teams=teams, at=bench.at(1)))
    assert (bench.state, bench.only.words) == (LookoutState.STOPPED, "other teams play this match now")


# Markets and matches


def test_a_market_that_has_a_price_again_is_said(bench: Bench) -> None:
    bench.tell(snapshot(is_available=False, at=bench.at(1)))
    bench.alerts.add(FeedOpenAlert(LIVE, NAME, Question.MATCH))
    assert bench.state is LookoutState.ARMED
    bench.tell(snapshot(at=bench.at(2)))
    assert (bench.state, bench.only.words) == (LookoutState.FIRED, "it has a price, in round 13")


def test_a_market_that_loses_its_price_is_said_and_silence_is_no_loss(bench: Bench) -> None:
    bench.alerts.add(FeedOpenAlert(LIVE, NAME, Question.MATCH, is_open=False))
    bench.alerts.add(FeedOpenAlert(LIVE, NAME, Question.NEXT_ROUND, is_open=False))
    market, unknown = bench.alerts.all.values()
    assert (market.state, unknown.state) == (LookoutState.ARMED, LookoutState.WAITING)
    bench.tell(snapshot(is_available=False, at=bench.at(1)))
    market, unknown = bench.alerts.all.values()
    assert (market.state, unknown.state) == (LookoutState.FIRED, LookoutState.WAITING)


def test_a_match_that_goes_live_and_one_that_ends_are_said(bench: Bench) -> None:
    bench.tell(match(OTHER, "PREGAME"))
    bench.alerts.add(FeedStatusAlert(OTHER, NAME, MatchStatus.LIVE))
    bench.alerts.add(FeedStatusAlert(OTHER, NAME, MatchStatus.FINISHED))
    live, over = bench.alerts.all.values()
    assert (live.state, over.state) == (LookoutState.ARMED, LookoutState.ARMED)
    bench.tell(match(OTHER, "LIVE", at=bench.at(1)))
    live, over = bench.alerts.all.values()
    assert (live.state, live.words, over.state) == (LookoutState.FIRED, "it is LIVE on de_dust2", LookoutState.ARMED)
    bench.tell(match(OTHER, "FINISHED", score=(13, 9), at=bench.at(2)))
    assert [(each.state, each.words) for each in bench.alerts.all.values()][1] == (LookoutState.FIRED, "Vertex won 13 : 9")


def test_what_is_about_a_match_that_is_over_expires(bench: Bench) -> None:
    for plan in (alert("2.00"), FeedOpenAlert(LIVE, NAME, Question.ROUND), FeedStatusAlert(LIVE, NAME, MatchStatus.WARMUP)):
        bench.alerts.add(plan)
    bench.tell(match(status="FINISHED", at=bench.at(1)), snapshot(ct="3.00", at=bench.at(1)))
    assert {(each.state, each.words) for each in bench.alerts.all.values()} == {(LookoutState.EXPIRED, "the match is over")}
    assert bench.heard == []
    assert bench.session.attention.alerted == frozenset()
    said = f"Match alert: {NAME}: the match is over"
    assert [line.tone for line in bench.feed.notices.lines if line.words == said] == [Tone.PLAIN]


def test_a_match_that_left_the_lists_is_waited_for_a_minute(bench: Bench) -> None:
    bench.alerts.add(alert("2.00"))
    bench.feed.matches.drop(LIVE)
    assert (bench.state, bench.only.words) == (LookoutState.WAITING, "the feed does not list the match now")
    bench.pass_by(int(PATIENCE))
    assert bench.state is LookoutState.WAITING
    bench.pass_by(2)
    assert (bench.state, bench.only.words) == (LookoutState.EXPIRED, "the feed does not list the match any more")


def test_the_minute_begins_anew_when_the_match_was_listed_or_the_feed_was_silent_meanwhile(bench: Bench) -> None:
    bench.alerts.add(FeedStatusAlert(LIVE, NAME, MatchStatus.FINISHED))
    bench.feed.matches.drop(LIVE)
    bench.pass_by(40)
    bench.tell(match(at=bench.at(40)))
    assert bench.state is LookoutState.ARMED
    bench.feed.matches.drop(LIVE)
    bench.pass_by(40)
    assert bench.only.state is LookoutState.WAITING
    bench.pass_by(60, is_answering=False)
    bench.pass_by(40)
    assert bench.only.state is LookoutState.WAITING
