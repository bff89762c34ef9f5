"""Alerts on the league: what fires and what must not, what stops them, when a fired one is told, and what is left after a restart."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import msgspec
import pytest

from app.domain.cs2 import MatchStatus, Question, Side, SideOdds, Team
from app.domain.feed_alert import FeedAlert, FeedOpenAlert, FeedPriceAlert, FeedStatusAlert
from app.domain.guard import GuardState
from app.services.feed.alert_book import MOST, RESTARTED, AlertBook
from app.services.feed.alert_judge import AS_LATE, GRACE, PATIENCE, STOOD_STILL
from app.services.feed.alert_looks import Reading
from app.services.feed.delta import STALE
from app.services.notices import Tone
from tests.services.fakes import Clock
from tests.services.feed.kit import EVENING, GRIT, LIVE, NOMADS, OTHER, VERTEX, Feed, match, play, price, snapshot

NAME = "Vertex – Nomads"


class Bench:
    """A feed that answers each second, told by hand."""

    def __init__(self) -> None:
        self.feed = Feed(clock := Clock())
        self.clock = clock
        self.alerts = self.feed.desk.alerts
        self.session = self.feed.session
        self.heard: list[FeedAlert] = []
        self.alerts.fired.append(self.heard.append)
        self.round = 13
        self.tell(match(), snapshot())

    def tell(self, *told: object) -> None:
        """An answer of the feed, and the beat after it."""
        self.feed.figures.last_poll_at = self.clock.monotonic()
        self.feed.tell(*told)  # type: ignore[arg-type]  # matches and snapshots
        self.alerts.turn()

    def pass_by(self, seconds: int, *, is_answering: bool = True) -> None:
        for _ in range(seconds):
            self.clock.move(1)
            if is_answering:
                self.tell()
            else:
                self.alerts.turn()

    def at(self, seconds: float) -> datetime:
        return EVENING + timedelta(seconds=seconds)

    @property
    def only(self) -> FeedAlert:
        [alert] = self.alerts.all.values()
        return alert

    @property
    def state(self) -> GuardState:
        return self.only.state


@pytest.fixture
def bench() -> Bench:
    return Bench()


def alert(odds: str = "2.00", *, question: Question = Question.MATCH, is_longer: bool = True, team: Team | None = VERTEX) -> FeedPriceAlert:
    team_id, name = (team.id, team.name) if team is not None else (None, "Draw")
    return FeedPriceAlert(LIVE, NAME, question, team_id, name, price(odds), is_longer)


# Prices


def test_a_price_alert_fires_once_when_the_odds_of_its_team_reach_it(bench: Bench) -> None:
    assert bench.alerts.add(alert("2.00")) == ""
    assert bench.state is GuardState.ARMED
    bench.tell(snapshot(ct="1.99", at=bench.at(1)))
    assert bench.state is GuardState.ARMED
    bench.tell(snapshot(ct="2.00", at=bench.at(2)))
    assert (bench.state, bench.only.words) == (GuardState.FIRED, "2.00, in round 13")
    bench.tell(snapshot(ct="2.40", at=bench.at(3)))
    bench.pass_by(3)
    assert len(bench.heard) == 1
    [notice] = [line for line in bench.feed.notices.lines if "Price alert" in line.words]
    assert (notice.words, notice.tone) == (f"Price alert: {NAME} · match · Vertex: 2.00, in round 13", Tone.WARNING)


def test_a_price_alert_may_look_for_shorter_odds(bench: Bench) -> None:
    bench.alerts.add(alert("1.80", is_longer=False))
    bench.tell(snapshot(ct="1.81", at=bench.at(1)))
    assert bench.state is GuardState.ARMED
    bench.tell(snapshot(ct="1.80", at=bench.at(2)))
    assert bench.only.state is GuardState.FIRED


def test_the_draw_has_alerts_of_its_own(bench: Bench) -> None:
    bench.alerts.add(alert("20", team=None))
    bench.tell(snapshot(ct="30", t="40", draw="19.50", at=bench.at(1)))
    assert bench.state is GuardState.ARMED
    bench.tell(snapshot(draw="20.00", at=bench.at(2)))
    assert bench.only.state is GuardState.FIRED


def test_a_swap_of_sides_fires_nothing(bench: Bench) -> None:
    """Vertex pays 1.87 before and after; the other team's 2.50 stands under the side that Vertex had."""
    bench.alerts.add(alert("2.00"))
    bench.tell(match(are_sides_swapped=True, at=bench.at(1)), snapshot(ct="2.50", t="1.87", are_sides_swapped=True, at=bench.at(1)))
    assert bench.state is GuardState.ARMED
    bench.tell(snapshot(ct="2.50", t="2.01", are_sides_swapped=True, at=bench.at(2)))
    assert (bench.state, bench.only.words) == (GuardState.FIRED, "2.01, in round 13")


@pytest.mark.parametrize("holders", [(None, None), (VERTEX.id, VERTEX.id), (VERTEX.id, None), (VERTEX.id, GRIT.id)])
def test_a_price_that_names_no_team_is_nobodys(bench: Bench, holders: tuple[int | None, int | None]) -> None:
    bench.alerts.add(alert("2.00"))
    sides = (SideOdds(Side.CT, holders[0], price("3.00")), SideOdds(Side.T, holders[1], price("3.00")))
    bench.tell(msgspec.structs.replace(snapshot(at=bench.at(1)), sides=sides))
    assert (bench.state, bench.only.words) == (GuardState.WAITING, "no price can be told to be that of Vertex")


def test_a_live_match_without_known_sides_has_no_price_by_team(bench: Bench) -> None:
    bench.alerts.add(alert("2.00"))
    bench.tell(match(ct_team_id=None, t_team_id=None, at=bench.at(1)), snapshot(ct="3.00", at=bench.at(1)))
    assert bench.state is GuardState.WAITING


def test_between_rounds_it_waits_and_goes_on(bench: Bench) -> None:
    bench.alerts.add(alert("2.00"))
    bench.tell(snapshot(ct="3.00", is_available=False, at=bench.at(1)))
    assert (bench.state, bench.only.words) == (GuardState.WAITING, "it has no price now")
    bench.tell(snapshot(ct="1.90", at=bench.at(2)))
    assert (bench.state, bench.only.words) == (GuardState.ARMED, "")
    bench.tell(snapshot(ct="2.10", at=bench.at(3)))
    assert bench.state is GuardState.FIRED


def test_an_alert_on_the_round_means_whichever_round_is_being_played(bench: Bench) -> None:
    bench.tell(snapshot(question=Question.ROUND, round_number=13, ct="1.50"))
    bench.alerts.add(alert("2.00", question=Question.ROUND))
    bench.tell(snapshot(question=Question.ROUND, round_number=14, ct="2.50", at=bench.at(1)))
    assert bench.state is GuardState.ARMED, "round 14 has not begun"
    bench.tell(match(round_number=14, at=bench.at(2)))
    assert (bench.state, bench.only.words) == (GuardState.FIRED, "2.50, in round 14")


def test_the_price_of_a_round_that_is_over_fires_nothing(bench: Bench) -> None:
    bench.alerts.add(alert("2.00", question=Question.ROUND))
    bench.tell(match(round_number=14, at=bench.at(1)))
    bench.tell(snapshot(question=Question.ROUND, round_number=13, ct="2.50", at=bench.at(2)))
    assert (bench.state, bench.only.words) == (GuardState.WAITING, "the feed has told no price of it yet")


def test_a_match_with_a_status_that_nobody_knows_has_no_price(bench: Bench) -> None:
    bench.alerts.add(alert("2.00"))
    bench.tell(match(status="PAUSED", at=bench.at(1)), snapshot(ct="3.00", at=bench.at(1)))
    assert bench.state is GuardState.WAITING


def test_another_team_in_the_match_stops_it(bench: Bench) -> None:
    bench.alerts.add(alert("2.00"))
    teams = (GRIT, NOMADS)
    bench.tell(match(teams=teams, at=bench.at(1)), snapshot(ct="3.00", teams=teams, at=bench.at(1)))
    assert (bench.state, bench.only.words) == (GuardState.STOPPED, "other teams play this match now")


# Markets and matches


def test_a_market_that_has_a_price_again_is_said(bench: Bench) -> None:
    bench.tell(snapshot(is_available=False, at=bench.at(1)))
    bench.alerts.add(FeedOpenAlert(LIVE, NAME, Question.MATCH))
    assert bench.state is GuardState.ARMED
    bench.tell(snapshot(at=bench.at(2)))
    assert (bench.state, bench.only.words) == (GuardState.FIRED, "it has a price, in round 13")


def test_a_market_that_loses_its_price_is_said_and_silence_is_no_loss(bench: Bench) -> None:
    bench.alerts.add(FeedOpenAlert(LIVE, NAME, Question.MATCH, is_open=False))
    bench.alerts.add(FeedOpenAlert(LIVE, NAME, Question.NEXT_ROUND, is_open=False))
    market, unknown = bench.alerts.all.values()
    assert (market.state, unknown.state) == (GuardState.ARMED, GuardState.WAITING)
    bench.tell(snapshot(is_available=False, at=bench.at(1)))
    market, unknown = bench.alerts.all.values()
    assert (market.state, unknown.state) == (GuardState.FIRED, GuardState.WAITING)


def test_a_match_that_goes_live_and_one_that_ends_are_said(bench: Bench) -> None:
    bench.tell(match(OTHER, "PREGAME"))
    bench.alerts.add(FeedStatusAlert(OTHER, NAME, MatchStatus.LIVE))
    bench.alerts.add(FeedStatusAlert(OTHER, NAME, MatchStatus.FINISHED))
    live, over = bench.alerts.all.values()
    assert (live.state, over.state) == (GuardState.ARMED, GuardState.ARMED)
    bench.tell(match(OTHER, "LIVE", at=bench.at(1)))
    live, over = bench.alerts.all.values()
    assert (live.state, live.words, over.state) == (GuardState.FIRED, "it is LIVE on de_dust2", GuardState.ARMED)
    bench.tell(match(OTHER, "FINISHED", score=(13, 9), at=bench.at(2)))
    assert [(each.state, each.words) for each in bench.alerts.all.values()][1] == (GuardState.FIRED, "Vertex won 13 : 9")


def test_what_is_about_a_match_that_is_over_expires(bench: Bench) -> None:
    for plan in (alert("2.00"), FeedOpenAlert(LIVE, NAME, Question.ROUND), FeedStatusAlert(LIVE, NAME, MatchStatus.WARMUP)):
        bench.alerts.add(plan)
    bench.tell(match(status="FINISHED", at=bench.at(1)), snapshot(ct="3.00", at=bench.at(1)))
    assert {(each.state, each.words) for each in bench.alerts.all.values()} == {(GuardState.EXPIRED, "the match is over")}
    assert bench.heard == []
    assert bench.session.attention.alerted == frozenset()


def test_a_match_that_left_the_lists_is_waited_for_a_minute(bench: Bench) -> None:
    bench.alerts.add(alert("2.00"))
    bench.feed.matches.drop(LIVE)
    assert (bench.state, bench.only.words) == (GuardState.WAITING, "the feed does not list the match now")
    bench.pass_by(int(PATIENCE))
    assert bench.state is GuardState.WAITING
    bench.pass_by(2)
    assert (bench.state, bench.only.words) == (GuardState.EXPIRED, "the feed does not list the match any more")


def test_the_minute_begins_anew_when_the_match_was_listed_or_the_feed_was_silent_meanwhile(bench: Bench) -> None:
    bench.alerts.add(FeedStatusAlert(LIVE, NAME, MatchStatus.FINISHED))
    bench.feed.matches.drop(LIVE)
    bench.pass_by(40)
    bench.tell(match(at=bench.at(40)))
    assert bench.state is GuardState.ARMED
    bench.feed.matches.drop(LIVE)
    bench.pass_by(40)
    assert bench.only.state is GuardState.WAITING
    bench.pass_by(60, is_answering=False)
    bench.pass_by(40)
    assert bench.only.state is GuardState.WAITING


# What cannot be believed


def test_when_the_feed_is_lost_an_alert_stops_and_never_fires_at_what_comes_after(bench: Bench) -> None:
    bench.alerts.add(alert("2.00"))
    bench.alerts.add(alert("9.00"))
    bench.pass_by(int(STALE) + 1, is_answering=False)
    assert [each.state for each in bench.alerts.all.values()] == [GuardState.ARMED] * 2
    bench.pass_by(1, is_answering=False)
    assert [each.state for each in bench.alerts.all.values()] == [GuardState.WAITING] * 2
    doubted = bench.clock.now()
    bench.pass_by(int(GRACE), is_answering=False)
    words = f"prices were not fresh at {doubted.astimezone():%H:%M:%S}"
    assert {(each.state, each.words) for each in bench.alerts.all.values()} == {(GuardState.STOPPED, words)}
    assert bench.feed.words.count(f"2 alerts were stopped: {words}. Arm them again in Alerts") == 1
    bench.tell(snapshot(ct="3.00", at=bench.at(20)))
    assert bench.heard == []


def test_a_price_that_is_not_vouched_for_fires_nothing_and_may_be_again_within_the_grace(bench: Bench) -> None:
    bench.alerts.add(alert("2.00"))
    told = snapshot(ct="3.00", at=bench.at(1))
    bench.feed.board.hear([told], bench.clock.monotonic(), bench.clock.monotonic(), is_complete=False)
    assert (bench.state, bench.only.words) == (GuardState.WAITING, "its price is being read")
    bench.pass_by(2)
    bench.feed.board.read(LIVE, [told], bench.clock.monotonic(), bench.clock.monotonic())
    bench.alerts.turn()
    assert bench.state is GuardState.FIRED


def test_an_alert_that_sees_no_fresh_price_for_a_minute_stops(bench: Bench) -> None:
    bench.pass_by(8, is_answering=False)
    bench.alerts.add(alert("1.50"))
    assert bench.state is GuardState.WAITING, "1.87 would be enough, were it vouched for"
    bench.pass_by(int(PATIENCE) + 1, is_answering=False)
    assert (bench.state, bench.only.words) == (GuardState.STOPPED, f"no fresh prices came within {PATIENCE:.0f} s")


def test_an_alert_on_a_match_waits_for_the_feed_because_a_status_is_not_missed(bench: Bench) -> None:
    bench.alerts.add(FeedStatusAlert(LIVE, NAME, MatchStatus.FINISHED))
    bench.pass_by(40, is_answering=False)
    assert (bench.state, bench.only.words) == (GuardState.WAITING, "the feed does not answer")
    bench.tell(match(status="FINISHED", at=bench.at(30)))
    assert bench.state is GuardState.FIRED


def test_all_stop_when_the_venue_is_gone(bench: Bench) -> None:
    bench.alerts.add(alert("2.00"))
    bench.alerts.add(FeedStatusAlert(LIVE, NAME, MatchStatus.FINISHED))
    bench.session.venue_is_gone("The practice exchange has ended")
    words = f"the feed was lost at {bench.clock.now().astimezone():%H:%M:%S}"
    assert {(each.state, each.words) for each in bench.alerts.all.values()} == {(GuardState.STOPPED, words)}


def test_a_price_that_comes_after_a_sleep_of_the_computer_fires_nothing(bench: Bench) -> None:
    bench.alerts.add(alert("2.00"))
    bench.clock.move(STOOD_STILL + 1)
    bench.feed.figures.last_poll_at = bench.clock.monotonic()
    bench.feed.tell(snapshot(ct="3.00", at=bench.at(11)))
    assert (bench.state, bench.heard) == (GuardState.STOPPED, [])
    assert bench.only.words.startswith("the computer slept or stood still for 11 s until ")


# Beside the video


def late(bench: Bench, seconds: float = 20.0) -> None:
    """The panel of the live match is as late as its video."""
    bench.session.open(LIVE)
    bench.session.delay.set_by_hand(seconds)
    bench.session.delay.set_spoiler_safe(True)


def test_beside_a_late_panel_a_fired_alert_is_told_no_earlier_than_the_video_shows_it(bench: Bench) -> None:
    late(bench)
    bench.alerts.add(alert("2.00"))
    bench.tell(snapshot(ct="3.00", at=bench.at(1)))
    assert (bench.state, bench.only.words, bench.heard) == (GuardState.ARMED, AS_LATE, [])
    bench.tell(snapshot(ct="1.50", at=bench.at(2)))
    bench.pass_by(20)
    assert (bench.state, bench.heard) == (GuardState.ARMED, [])
    assert not any("Price alert" in words for words in bench.feed.words)
    bench.pass_by(2)
    assert (bench.state, bench.only.words, len(bench.heard)) == (GuardState.FIRED, "3.00, in round 13", 1)


def test_nothing_of_a_held_alert_gives_away_what_happened(bench: Bench) -> None:
    late(bench)
    bench.alerts.add(alert("2.00"))
    before = bench.only
    looked = bench.alerts.looked_at(before.id)
    bench.tell(snapshot(is_available=False, at=bench.at(1)))
    assert (bench.state, bench.only.words) == (GuardState.ARMED, AS_LATE), "no price: a round has ended"
    bench.tell(match(status="FINISHED", at=bench.at(2)))
    bench.pass_by(5)
    assert (bench.state, bench.only.words) == (GuardState.ARMED, AS_LATE)
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
    assert bench.state is GuardState.FIRED


def test_an_alert_on_another_match_is_told_at_once(bench: Bench) -> None:
    late(bench)
    bench.tell(match(OTHER), snapshot(OTHER))
    bench.alerts.add(msgspec.structs.replace(alert("2.00"), match_id=OTHER))
    bench.tell(snapshot(OTHER, ct="3.00", at=bench.at(1)))
    assert bench.state is GuardState.FIRED


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
    bench.tell(snapshot(ct="3.00", at=bench.at(1)))
    assert (bench.state, bench.only.words) == (GuardState.STOPPED, "stopped by hand")
    assert bench.alerts.arm(bench.only.id) == ""
    assert bench.state is GuardState.FIRED
    bench.alerts.remove([bench.only.id, 77])
    assert dict(bench.alerts.all) == {}


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
        assert waits.state is GuardState.ARMED, "a minute of quiet prices is no reason to stop"
        feed.venue.write(snapshot(ct="2.20", at=feed.clock.now()))
        await asyncio.sleep(5)
        [fired] = feed.desk.alerts.all.values()
        assert (fired.state, fired.words) == (GuardState.FIRED, "2.20, in round 13")

    play(scenario)


# What is kept


def test_each_change_of_state_is_written_and_what_was_armed_comes_back_stopped(bench: Bench) -> None:
    kept = bench.feed.alerts_kept
    bench.alerts.add(alert("2.00"))
    assert kept[-1][0].state is GuardState.ARMED
    written = len(kept)
    bench.tell(snapshot(is_available=False, at=bench.at(1)))
    assert len(kept) == written + 1
    bench.pass_by(5)
    nobodys = tuple(msgspec.structs.replace(each, team_id=None) for each in snapshot().sides)
    bench.tell(msgspec.structs.replace(snapshot(at=bench.at(6)), sides=nobodys))
    assert bench.only.words == "no price can be told to be that of Vertex"
    assert len(kept) == written + 1, "other words for the same state are not worth a writing"
    again = AlertBook(bench.clock.now, kept[-1])
    [alert_] = again.all.values()
    assert (alert_.state, alert_.words, alert_.at) == (GuardState.STOPPED, RESTARTED, bench.clock.now())


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
    assert list(AlertBook(bench.clock.now, many).all) == list(range(3, MOST + 3))


def test_the_odds_of_a_match_with_an_armed_alert_are_not_thrown_away_for_want_of_room(bench: Bench) -> None:
    bench.tell(match(OTHER, "PREGAME"))
    assert not bench.session.attention.is_kept(OTHER)
    bench.alerts.add(msgspec.structs.replace(alert("2.00"), match_id=OTHER))
    assert bench.session.attention.is_kept(OTHER)
