"""What a person does with alerts on the league, what they ask of the feed, and what is left of them after a restart."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from app.domain.feed_alert import FeedAlert
from app.domain.lookout import LookoutState
from app.services.feed.alerts import MOST, FeedAlerts
from app.services.lookout_book import RESTARTED, LookoutBook
from tests.services.feed.alert_kit import Bench, alert, late
from tests.services.feed.kit import EVENING, OTHER, Feed, match, play, snapshot


@pytest.fixture
def bench() -> Bench:
    return Bench()


# What a person does


def test_an_alert_is_refused_with_a_reason(bench: Bench) -> None:
    assert bench.alerts.objection(msgspec.structs.replace(alert(), match_id=999)) == "The feed lists no such match now"
    bench.alerts.add(alert())
    assert bench.alerts.add(alert()) == "There is such an alert already, and it is armed"
    bench.tell(match(OTHER, "FINISHED"))
    assert bench.alerts.add(msgspec.structs.replace(alert(), match_id=OTHER)) == "The match is over"
    assert len(bench.alerts.all) == 1


def test_it_is_said_beforehand_what_would_fire_at_once(bench: Bench) -> None:
    assert bench.alerts.is_there(alert("1.50"))
    assert not bench.alerts.is_there(alert("2.00"))
    late(bench)
    assert not bench.alerts.is_there(alert("1.50")), "of a match that is held back it is not told"


def test_stopped_by_hand_it_looks_no_more_until_it_is_armed_again(bench: Bench) -> None:
    bench.alerts.add(alert("2.00"))
    bench.alerts.stop(bench.only.id)
    assert bench.session.attention.alerted == frozenset()
    assert bench.feed.alerts_kept[-1][0].state is LookoutState.STOPPED
    bench.tell(snapshot(ct="3.00", at=bench.at(1)))
    assert (bench.state, bench.only.words) == (LookoutState.STOPPED, "stopped by hand")
    assert bench.alerts.arm(bench.only.id) == ""
    assert bench.state is LookoutState.FIRED
    bench.alerts.remove([bench.only.id, 77])
    assert dict(bench.alerts.all) == {}
    assert bench.feed.alerts_kept[-1] == ()


def test_whoever_hears_of_one_that_fired_may_remove_another_that_would_fire_with_it(bench: Bench) -> None:
    bench.alerts.add(alert("2.00"))
    bench.alerts.add(alert("2.10"))
    bench.alerts.fired.append(lambda _fired: bench.alerts.remove([2]))
    bench.tell(snapshot(ct="3.00", at=bench.at(1)))
    assert [each.id for each in bench.heard] == [1]
    assert list(bench.alerts.all) == [1]


def test_the_match_of_an_armed_alert_is_read_first_where_prices_were_missed() -> None:
    async def scenario(feed: Feed) -> None:
        feed.venue.put(*(match(number) for number in range(100, 160)), match(OTHER, "PREGAME"))
        feed.venue.write(snapshot(OTHER))
        feed.session.start()
        await asyncio.sleep(3)
        assert (OTHER,) not in feed.venue.asked("odds"), "forty others are before it"
        feed.desk.alerts.add(msgspec.structs.replace(alert("2.00"), match_id=OTHER))
        feed.venue.page_limit = 0
        await asyncio.sleep(6)
        assert (OTHER,) in feed.venue.asked("odds")

    play(scenario)


def test_an_alert_fires_on_what_the_feed_itself_tells() -> None:
    async def scenario(feed: Feed) -> None:
        feed.venue.put(match())
        feed.venue.write(snapshot())
        feed.session.start()
        feed.desk.alerts.start()
        await asyncio.sleep(5)
        assert feed.desk.alerts.add(alert("2.00")) == ""
        await asyncio.sleep(60)
        [waits] = feed.desk.alerts.all.values()
        assert waits.state is LookoutState.ARMED, "a minute of quiet prices is no reason to stop"
        feed.venue.write(snapshot(ct="2.20", at=feed.clock.now()))
        await asyncio.sleep(5)
        [fired] = feed.desk.alerts.all.values()
        assert (fired.state, fired.words) == (LookoutState.FIRED, "2.20, in round 13")

    play(scenario)


# What is kept


def test_each_change_of_state_is_written_and_what_was_armed_comes_back_stopped(bench: Bench) -> None:
    kept = bench.feed.alerts_kept
    bench.alerts.add(alert("2.00"))
    assert kept[-1][0].state is LookoutState.ARMED
    written = len(kept)
    bench.tell(snapshot(is_available=False, at=bench.at(1)))
    assert len(kept) == written + 1
    bench.pass_by(5)
    nobodys = tuple(msgspec.structs.replace(each, team_id=None) for each in snapshot().sides)
    bench.tell(msgspec.structs.replace(snapshot(at=bench.at(6)), sides=nobodys))
    assert bench.only.words == "no price can be told to be that of Vertex"
    assert len(kept) == written + 1, "other words for the same state are not worth a writing"
    again = LookoutBook("alerts", MOST, bench.clock.now, kept[-1], lambda _alerts: "")
    [alert_] = again.all.values()
    assert (alert_.state, alert_.words, alert_.at) == (LookoutState.STOPPED, RESTARTED, bench.clock.now())


def test_that_they_could_not_be_kept_is_said(bench: Bench) -> None:
    bench.feed.alerts_trouble = "The alerts could not be kept"
    bench.alerts.add(alert("2.00"))
    assert "The alerts could not be kept" in bench.feed.words


def test_the_list_is_bounded_and_what_is_done_goes_first(bench: Bench) -> None:
    for number in range(MOST):
        assert bench.alerts.add(alert(f"{number + 3}")) == ""
    assert bench.alerts.add(alert("2.50")) == f"There are {MOST} alerts already: remove some first"
    bench.tell(snapshot(ct="3.00", at=bench.at(1)))
    assert bench.alerts.add(alert("900")) == ""
    assert len(bench.alerts.all) == MOST
    assert 1 not in bench.alerts.all, "it had fired"


def test_of_a_file_with_too_many_the_newest_are_taken(bench: Bench) -> None:
    many = [FeedAlert(number, alert("2.00"), EVENING) for number in range(1, MOST + 3)]
    clock = bench.clock
    alerts = FeedAlerts(bench.session, bench.feed.tasks, clock=clock.monotonic, now=clock.now, sleep=asyncio.sleep, kept=many)
    assert list(alerts.all) == list(range(3, MOST + 3))


def test_the_odds_of_a_match_with_an_armed_alert_are_not_thrown_away_for_want_of_room(bench: Bench) -> None:
    bench.tell(match(OTHER, "PREGAME"))
    assert not bench.session.attention.is_kept(OTHER)
    bench.alerts.add(msgspec.structs.replace(alert("2.00"), match_id=OTHER))
    assert bench.session.attention.is_kept(OTHER)
