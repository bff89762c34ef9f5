"""Matches as the feed tells them, and what of them cannot be right (reliability 6.3: I-42 to I-45, I-49)."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from app.domain.cs2 import Match, MatchDetail, Round, RoundEvent, Season, Side, Standing, Team, Upcoming
from app.domain.errors import UnreadableError
from app.domain.feed import Page
from app.venues.rankacy.codec import read_seasons, read_standings
from app.venues.rankacy.matches import read_match, read_matches, read_upcoming
from tests.venues.rankacy.kit import CT, MATCH, OTHER, SEASON, T, changed, document, packed, sample

FOXES, TRAM, LIONS = Team(T, "Copper Foxes"), Team(CT, "Night Tram"), Team(OTHER, "Paper Lions")


def detail(changes: dict[tuple[str | int, ...], object], name: str = "match", match_id: int = MATCH) -> MatchDetail:
    return read_match(changed(name, changes), match_id)


def live(**fields: object) -> Match:
    """The live match of the list with fields replaced; its siblings are there all the same."""
    page = read_matches(changed("matches", {("items", 0, field): value for field, value in fields.items()}))
    assert [match.id for match in page.rows] == [812, 815, 790]
    assert page.faults == ()
    return page.rows[0]


def test_the_lobby_is_read() -> None:
    page = read_matches(sample("matches"))
    assert (page.total, page.faults, page.invalidated_by) == (3, (), ("MATCH_CREATED", "MATCH_STARTED", "MATCH_FINISHED"))
    one, two, three = page.rows
    assert one == Match(
        id=812,
        unique_id="s5-812-7c1e",
        map_name="de_mirage",
        status="LIVE",
        teams=(FOXES, TRAM),
        score=(3, 1),
        ct_team_id=CT,
        t_team_id=T,
        round_number=5,
        season_id=SEASON,
        starts_at=datetime(2026, 11, 21, 10, tzinfo=UTC),
        updated_at=datetime(2026, 11, 21, 10, 21, 40, 250000, tzinfo=UTC),
    )
    assert (one.side_of(CT), one.side_of(T)) == (Side.CT, Side.T)
    assert (two.ct_team_id, two.round_number, two.season_id, two.flaws) == (None, None, None, ())
    assert three.winner == TRAM


def test_the_queue_is_read() -> None:
    page = read_upcoming(sample("upcoming"))
    assert page.rows[0] == Upcoming(91, "s5-q91-aa10", (TRAM, LIONS), "QUEUED", datetime(2026, 11, 21, 8, tzinfo=UTC), SEASON, "Autumn cup")
    assert (page.total, page.faults) == (2, ())


def test_a_match_has_its_rounds_in_the_order_of_play_and_their_events_newest_first() -> None:
    told = read_match(sample("match"), MATCH)
    assert told.match.season_name == "Autumn cup"
    assert told.match.flaws == ()
    assert told.invalidated_by == ("MATCH_STARTED", "MATCH_FINISHED")
    assert [(one.number, one.winner_team_id) for one in told.rounds] == [(1, T), (2, T), (3, CT), (4, T), (5, None)]
    assert told.rounds[2] == Round(
        3,
        CT,
        T,
        CT,
        "defused",
        (
            RoundEvent("WINNER", "Round 3 is over", "winner", "0:12", True),
            RoundEvent("KILL", "Bot Ada kills Bot Linus (AK-47)", "kill", "1:12"),
            RoundEvent("ROUND_START", "The round begins"),
        ),
    )


def test_rounds_that_come_in_another_order_are_put_into_that_of_play() -> None:
    told = document("match")
    told["rounds"].reverse()
    assert [one.number for one in read_match(packed(told), MATCH).rounds] == [1, 2, 3, 4, 5]


def test_a_finished_match_whose_rounds_add_up_has_no_flaw() -> None:
    told = read_match(sample("finished"), 790)
    assert told.match.flaws == ()
    assert told.match.is_settled
    assert len(told.rounds) == 21


def test_another_match_than_was_asked_for_is_refused() -> None:
    with pytest.raises(UnreadableError, match="answers with match 812, and match 813 was asked for"):
        read_match(sample("match"), 813)


# I-42


@pytest.mark.parametrize(("number", "flaws"), [(0, 1), (-1, 1), (999, 1), (30, 0), (1, 0)])
def test_i_42_a_round_that_cannot_be_is_kept_and_said(number: int, flaws: int) -> None:
    match = live(current_round_number=number)
    assert match.round_number == number
    assert match.flaws == (f"It cannot be in round {number}",) * flaws


@pytest.mark.parametrize("number", ["5", 5.0, True, [5], 2**64])
def test_i_10_a_round_that_is_no_number_is_none(number: object) -> None:
    match = live(current_round_number=number)
    assert match.round_number is None
    assert "Its round is no number" in match.flaws[0]


# I-43


@pytest.mark.parametrize("status", ["PAUSED", "live", " LIVE", "LIVE\u202e", "LIVE\x00", "FINISHED ", ""])
def test_i_43_a_status_that_is_not_known_stays_text_and_is_none_of_the_known(status: str) -> None:
    match = live(status=status)
    assert match.status not in {"LIVE", "FINISHED", "WARMUP", "PREGAME"}
    assert not match.is_live
    assert not match.is_settled
    assert "Its status is none that is known" in match.flaws[0]


def test_i_43_a_finished_match_with_a_round_that_nobody_won_is_flagged() -> None:
    match = detail({("rounds", 20, "winner_team_id"): None}, "finished", 790).match
    assert match.flaws == ("It is finished, and nobody is said to have won round 21",)


def test_i_43_a_finished_match_whose_score_is_not_what_its_rounds_add_up_to_is_flagged() -> None:
    match = detail({("team_1_score",): 12}, "finished", 790).match
    assert match.score == (12, 8)
    assert match.flaws == ("It is finished with a score of 12:8, and its rounds add up to 13:8",)


def test_i_43_a_live_match_whose_score_is_behind_its_rounds_is_not_flagged() -> None:
    assert detail({("team_1_score",): 2}).match.flaws == ()


@pytest.mark.parametrize("score", [None, -1, "3", 3.0, True, 10**6, 2**64])
def test_a_score_that_cannot_be_one_is_said(score: object) -> None:
    match = live(team_1_score=score)
    assert match.score is None
    assert "The score of Copper Foxes is no number of rounds" in match.flaws[0]


@pytest.mark.parametrize("score", [None, "13", 13.0, 10**12])
@pytest.mark.parametrize("field", ["team_1_score", "team_2_score"])
def test_a_finished_match_whose_score_cannot_be_read_has_no_winner_and_is_no_draw(field: str, score: object) -> None:
    match = detail({(field,): score}, "finished", 790).match
    assert match.is_settled
    assert (match.score, match.winner, match.is_draw, match.rounds_won) == (None, None, False, 0)
    assert "is no number of rounds" in match.flaws[0]


def test_a_finished_match_that_tells_no_score_at_all_is_no_draw() -> None:
    match = detail({("team_1_score",): None, ("team_2_score",): None}, "finished", 790).match
    assert (match.score, match.winner, match.is_draw) == (None, None, False)
    assert len([flaw for flaw in match.flaws if "is no number of rounds: nothing" in flaw]) == 2


@pytest.mark.parametrize(("status", "flaws"), [("PREGAME", 0), ("WARMUP", 0), ("LIVE", 2), ("FINISHED", 2)])
def test_no_score_is_a_flaw_once_there_are_rounds_to_be_won(status: str, flaws: int) -> None:
    match = live(team_1_score=None, team_2_score=None, status=status, ct_team_id=CT, t_team_id=T)
    assert match.score is None
    assert len(match.flaws) == flaws


def test_a_round_won_by_a_team_that_does_not_play_has_no_winner() -> None:
    told = detail({("rounds", 0, "winner_team_id"): OTHER})
    assert told.rounds[0].winner_team_id is None
    assert told.match.flaws == (f"Round 1 is said to be won by team {OTHER}, which does not play",)


# I-44


@pytest.mark.parametrize(
    ("ct_team", "t_team", "words"),
    [
        (CT, CT, "CT is team 34, T is team 34"),
        (OTHER, 77, "CT is team 36, T is team 77"),
        (CT, 77, "CT is team 34, T is team 77"),
        (None, T, "CT is nobody, T is team 31"),
        (str(CT), T, "CT is nobody, T is team 31"),
        (None, None, "who plays which side is not told"),
    ],
)
def test_i_44_sides_that_cannot_be_so_are_mapped_to_no_team(ct_team: object, t_team: object, words: str) -> None:
    match = live(ct_team_id=ct_team, t_team_id=t_team)
    assert (match.ct_team_id, match.t_team_id) == (None, None)
    assert (match.side_of(CT), match.side_of(T)) == (None, None)
    assert words in match.flaws[-1]


def test_i_44_one_round_with_odd_sides_takes_nothing_from_the_others() -> None:
    told = detail({("rounds", 1, "ct_team_id"): T})
    assert [one.ct_team_id for one in told.rounds] == [CT, None, CT, CT, CT]
    assert told.rounds[1].t_team_id is None
    assert told.match.flaws == ("Round 2: who played which side is not clear",)


def test_two_teams_of_one_number_are_said() -> None:
    match = live(team_2={"id": T, "name": "Copper Foxes"}, ct_team_id=T, t_team_id=T)
    assert match.flaws[0] == f"Both its teams are team {T}"
    assert (match.ct_team_id, match.t_team_id) == (None, None)


def test_i_25_two_teams_of_one_name_are_two() -> None:
    match = live(team_2={"id": CT, "name": "Copper Foxes"})
    assert [team.id for team in match.teams] == [T, CT]
    assert match.flaws == ()


# I-45, I-49, I-24


def test_i_45_a_time_that_cannot_be_read_is_none_and_said() -> None:
    match = live(starts_at="soon", updated_at=17)
    assert (match.starts_at, match.updated_at) == (None, None)
    assert match.flaws == ("Its start is no time: 'soon'", "The time of its last change is no time: 17")


@pytest.mark.parametrize("logo", ["../../etc/passwd", "/etc/passwd", "x" * 4096, "logo.svg", 5, None, {"href": "x"}])
def test_i_49_a_logo_is_kept_nowhere(logo: object) -> None:
    page = read_matches(changed("matches", {("items", 0, "team_1", "logo_name"): logo}))
    assert page == read_matches(sample("matches"))
    assert Team.__struct_fields__ == ("id", "name")


@pytest.mark.parametrize("told", ["", None, "\u202e\u202e", "x" * 10_000, 7])
def test_i_24_a_team_without_a_name_that_can_be_shown_is_called_by_its_number(told: object) -> None:
    assert live(team_1={"id": T, "name": told}).teams[0] == Team(T, "Team 31")


def test_i_24_what_is_told_in_words_is_bounded() -> None:
    long = "many words " * 1000
    told = detail({("map_name",): long, ("rounds", 0, "events", 0, "event_summary"): long, ("rounds", 0, "win_reason"): long})
    assert len(told.match.map_name) <= 100
    assert len(told.rounds[0].win_reason) <= 100
    assert len(told.rounds[0].events[0].summary) <= 300


# Rows, one by one


BAD_ROWS: tuple[object, ...] = (
    None, 7, "x", [], {}, {"match_id": 1}, {**document("matches")["items"][0], "match_id": "812"},
    {**document("matches")["items"][0], "match_id": 812.0}, {**document("matches")["items"][0], "match_id": True},
    {**document("matches")["items"][0], "match_id": 2**63}, {**document("matches")["items"][0], "match_id": -1},
    {**document("matches")["items"][0], "team_1": None}, {**document("matches")["items"][0], "team_2": {"id": "34", "name": "x"}},
    {**document("matches")["items"][0], "status": 5},
)  # fmt: skip


@pytest.mark.parametrize("row", BAD_ROWS)
def test_a_row_that_cannot_be_read_is_a_fault_and_discards_no_sibling(row: object) -> None:
    told = document("matches")
    told["items"].insert(1, row)
    page = read_matches(packed(told))
    assert [match.id for match in page.rows] == [812, 815, 790]
    (fault,) = page.faults
    assert fault.startswith("A match cannot be read (")
    assert len(fault) < 400


def test_i_06_an_id_or_a_score_that_is_told_twice_and_differently_is_a_fault() -> None:
    body = sample("matches").replace(b'"match_id": 815', b'"match_id": 815, "match_id": 816')
    page = read_matches(body)
    assert [match.id for match in page.rows] == [812, 790]
    assert "match_id is told twice and differently" in page.faults[0]
    with pytest.raises(UnreadableError, match="team_1_score is told twice and differently"):
        read_match(sample("match").replace(b'"team_1_score": 3', b'"team_1_score": 3, "team_1_score": 13'), MATCH)


def test_a_fault_shows_no_key() -> None:
    secret = "rksb_" + "live_0123456789abcdef0123456789abcdef"
    told = document("matches")
    told["items"].append({"match_id": "x", "api_key": secret, "note": f"for {secret}"})
    (fault,) = read_matches(packed(told)).faults
    assert secret not in fault


def test_a_thousand_odd_rows_are_a_hundred_sentences_and_a_number() -> None:
    told = document("matches")
    told["items"] += [{"match_id": "x"}] * 1000
    page = read_matches(packed(told))
    assert len(page.rows) == 3
    assert len(page.faults) == 101
    assert page.faults[-1] == "… and 900 more"


@pytest.mark.parametrize("total", [None, "3", -1, 1.5, True])
def test_a_total_that_is_none_is_as_many_as_there_are_and_said(total: object) -> None:
    page = read_matches(changed("matches", {("total",): total}))
    assert page.total == 3
    assert "How many there are in all cannot be read" in page.faults[0]


@pytest.mark.parametrize("rounds", [None, {}, 5, "x"])
def test_rounds_that_are_no_list_cost_the_match_nothing_but_them(rounds: object) -> None:
    told = detail({("rounds",): rounds})
    assert told.rounds == ()
    assert told.match.score == (3, 1)
    assert "Its rounds are no list" in told.match.flaws[0]


def test_an_odd_round_and_an_odd_event_cost_only_themselves() -> None:
    told = detail({("rounds", 1, "round_number"): "2", ("rounds", 0, "events", 0): 7, ("rounds", 3, "events"): None})
    assert [one.number for one in told.rounds] == [1, 3, 4, 5]
    assert [event.label for event in told.rounds[0].events] == ["KILL", "ROUND_START"]
    assert told.rounds[2].events == ()
    assert len(told.match.flaws) == 3


def test_a_round_that_is_told_twice_is_shown_once() -> None:
    told = detail({("rounds", 1, "round_number"): 1, ("rounds", 1, "winner_team_id"): CT})
    assert [(one.number, one.winner_team_id) for one in told.rounds] == [(1, T), (3, CT), (4, T), (5, None)]
    assert told.match.flaws == ("Round 1 is told twice: only the first is shown",)


def test_webhook_events_that_are_none_name_none() -> None:
    assert read_matches(changed("matches", {("webhook_events",): "MATCH_CREATED"})).invalidated_by == ()
    assert read_matches(changed("matches", {("webhook_events",): [None, "ODDS_UPDATED", 5]})).invalidated_by == ("ODDS_UPDATED",)


def test_odd_fields_of_the_queue_are_said_and_cost_no_row() -> None:
    page = read_upcoming(
        changed("upcoming", {("items", 0, "queued_at"): "x", ("items", 1, "team_2", "id"): T, ("items", 1, "season_id"): "5"})
    )
    assert len(page.rows) == 2
    assert page.faults == (
        "Match 91 of the queue: its time is no time: 'x'",
        "Match 92 of the queue: both its teams are team 31",
        "Match 92 of the queue: its season is no id: '5'",
    )


# Seasons and standings


def test_the_seasons_are_read() -> None:
    started = datetime(2026, 9, 1, tzinfo=UTC)
    assert read_seasons(sample("seasons")) == Page(
        (Season(5, "Autumn cup", True, started), Season(4, "Summer cup", False, datetime(2026, 6, 1, tzinfo=UTC))), 2
    )


@pytest.mark.parametrize("active", ["true", 1, None])
def test_i_10_only_true_is_a_running_season(active: object) -> None:
    page = read_seasons(changed("seasons", {(0, "is_active"): active}))
    assert not page.rows[0].is_active
    assert "Whether season 5 is running cannot be read" in page.faults[0]


def test_the_standings_are_read_as_they_are_ranked() -> None:
    told = read_standings(sample("standings"), SEASON)
    assert told.season.name == "Autumn cup"
    assert told.rows[1] == Standing(2, FOXES, 5, 2, 2, 17)
    assert told.faults == ()


@pytest.mark.parametrize("wins", [-1, "6", 6.0, None, True])
def test_a_row_of_the_standings_with_an_odd_count_is_not_shown_as_another(wins: object) -> None:
    told = read_standings(changed("standings", {("rows", 0, "wins"): wins}), SEASON)
    assert [row.rank for row in told.rows] == [2, 3]
    assert "A row of the standings cannot be read" in told.faults[0]


def test_the_standings_of_another_season_are_refused() -> None:
    with pytest.raises(UnreadableError, match="season 5, and season 4 was asked for"):
        read_standings(sample("standings"), 4)


def test_a_match_can_be_kept_and_compared_by_value() -> None:
    one, again = read_matches(sample("matches")), read_matches(sample("matches"))
    assert one == again
    assert msgspec.structs.replace(one.rows[0], flaws=("x",)) != again.rows[0]
