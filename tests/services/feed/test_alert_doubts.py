"""What stops an alert on the league, and when one that fired is told beside a late video."""

from __future__ import annotations

import msgspec
import pytest

from app.domain.cs2 import MatchStatus
from app.domain.feed_alert import FeedStatusAlert
from app.domain.lookout import LookoutState
from app.services.feed.alert_judge import AS_LATE, GRACE, PATIENCE
from app.services.feed.alert_looks import Reading
from app.services.feed.delta import STALE
from app.services.heartbeat import STOOD_STILL
from app.services.notices import Tone
from tests.services.feed.alert_kit import NAME, Bench, alert, late
from tests.services.feed.kit import LIVE, OTHER, match, price, snapshot


@pytest.fixture
def bench() -> Bench:
    return Bench()


# What cannot be believed


def test_when_the_feed_is_lost_an_alert_stops_and_never_fires_at_what_comes_after(bench: Bench) -> None:
    bench.alerts.add(alert("2.00"))
    bench.alerts.add(alert("9.00"))
    bench.pass_by(int(STALE) + 1, is_answering=False)
    assert [each.state for each in bench.alerts.all.values()] == [LookoutState.ARMED] * 2
    bench.pass_by(1, is_answering=False)
    assert [each.state for each in bench.alerts.all.values()] == [LookoutState.WAITING] * 2
    doubted = bench.clock.now()
    bench.pass_by(int(GRACE), is_answering=False)
    words = f"prices were not fresh at {doubted.astimezone():%H:%M:%S}"
    assert {(each.state, each.words) for each in bench.alerts.all.values()} == {(LookoutState.STOPPED, words)}
    said = f"2 alerts were stopped: {words}. Arm them again in Alerts"
    assert [line.tone for line in bench.feed.notices.lines if line.words == said] == [Tone.WARNING]
    bench.tell(snapshot(ct="3.00", at=bench.at(20)))
    assert bench.heard == []


def test_a_price_that_is_not_vouched_for_fires_nothing_and_may_be_again_within_the_grace(bench: Bench) -> None:
    bench.alerts.add(alert("2.00"))
    told = snapshot(ct="3.00", at=bench.at(1))
    bench.feed.board.hear([told], bench.clock.monotonic(), bench.clock.monotonic(), is_complete=False)
    assert (bench.state, bench.only.words) == (LookoutState.WAITING, "its price is being read")
    bench.pass_by(2)
    bench.feed.board.read(LIVE, [told], bench.clock.monotonic(), bench.clock.monotonic())
    bench.alerts.turn()
    assert bench.state is LookoutState.FIRED


def test_an_alert_that_sees_no_fresh_price_for_a_minute_stops(bench: Bench) -> None:
    bench.pass_by(8, is_answering=False)
    bench.alerts.add(alert("1.50"))
    assert bench.state is LookoutState.WAITING, "1.87 would be enough, were it vouched for"
    bench.pass_by(int(PATIENCE) + 1, is_answering=False)
    assert (bench.state, bench.only.words) == (LookoutState.STOPPED, f"no fresh prices came within {PATIENCE:.0f} s")


def test_an_alert_on_a_match_waits_for_the_feed_because_a_status_is_not_missed(bench: Bench) -> None:
    bench.alerts.add(FeedStatusAlert(LIVE, NAME, MatchStatus.FINISHED))
    bench.pass_by(40, is_answering=False)
    assert (bench.state, bench.only.words) == (LookoutState.WAITING, "the feed does not answer")
    bench.tell(match(status="FINISHED", at=bench.at(30)))
    assert bench.state is LookoutState.FIRED


def test_all_stop_when_the_venue_is_gone(bench: Bench) -> None:
    bench.alerts.add(alert("2.00"))
    bench.alerts.add(FeedStatusAlert(LIVE, NAME, MatchStatus.FINISHED))
    bench.session.venue_is_gone("The practice exchange has ended")
    assert {(each.state, each.words) for each in bench.alerts.all.values()} == {(LookoutState.STOPPED, "the feed was lost")}


def test_a_price_that_comes_after_a_sleep_of_the_computer_fires_nothing(bench: Bench) -> None:
    bench.alerts.add(alert("2.00"))
    bench.clock.move(STOOD_STILL + 1)
    bench.feed.figures.last_poll_at = bench.clock.monotonic()
    bench.feed.tell(snapshot(ct="3.00", at=bench.at(11)))
    assert (bench.state, bench.heard) == (LookoutState.STOPPED, [])
    assert bench.only.words == "the computer slept or stood still for 11 s"


# Beside the video


def test_beside_a_late_panel_a_fired_alert_is_told_no_earlier_than_the_video_shows_it(bench: Bench) -> None:
    late(bench)
    bench.alerts.add(alert("2.00"))
    bench.tell(snapshot(ct="3.00", at=bench.at(1)))
    assert (bench.state, bench.only.words, bench.heard) == (LookoutState.ARMED, AS_LATE, [])
    bench.tell(snapshot(ct="1.50", at=bench.at(2)))
    bench.pass_by(20)
    assert (bench.state, bench.heard) == (LookoutState.ARMED, [])
    assert not any("Price alert" in words for words in bench.feed.words)
    bench.pass_by(2)
    assert (bench.state, bench.only.words, len(bench.heard)) == (LookoutState.FIRED, "3.00, in round 13", 1)


def test_nothing_of_a_held_alert_gives_away_what_happened(bench: Bench) -> None:
    late(bench)
    bench.alerts.add(alert("2.00"))
    before = bench.only
    looked = bench.alerts.looked_at(before.id)
    bench.tell(snapshot(is_available=False, at=bench.at(1)))
    assert (bench.state, bench.only.words) == (LookoutState.ARMED, AS_LATE), "no price: a round has ended"
    bench.tell(match(status="FINISHED", at=bench.at(2)))
    bench.pass_by(5)
    assert (bench.state, bench.only.words) == (LookoutState.ARMED, AS_LATE)
    assert bench.alerts.looked_at(before.id) != looked
    assert bench.alerts.objection(alert("2.10")) == "", "that the match is over is not told either"


def test_what_is_now_is_as_late_as_the_panel(bench: Bench) -> None:
    late(bench)
    bench.pass_by(25)
    bench.tell(snapshot(ct="3.00", at=bench.at(25)))
    assert bench.alerts.reading(alert()) == Reading(price("1.87"), is_late=True)
    bench.pass_by(21)
    assert bench.alerts.reading(alert()) == Reading(price("3.00"), is_late=True)


def test_who_does_not_wait_for_the_video_any_more_is_told_at_once(bench: Bench) -> None:
    late(bench)
    bench.alerts.add(alert("2.00"))
    bench.tell(snapshot(ct="3.00", at=bench.at(1)))
    bench.session.delay.set_spoiler_safe(False)
    bench.pass_by(1)
    assert bench.state is LookoutState.FIRED


def test_an_alert_on_another_match_is_told_at_once(bench: Bench) -> None:
    late(bench)
    bench.tell(match(OTHER), snapshot(OTHER))
    bench.alerts.add(msgspec.structs.replace(alert("2.00"), match_id=OTHER))
    bench.tell(snapshot(OTHER, ct="3.00", at=bench.at(1)))
    assert bench.state is LookoutState.FIRED
