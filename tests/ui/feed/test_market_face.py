"""What is shown of one question's odds: by team, with a reason in words wherever there is no price."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.domain.cs2 import Match, OddsKey, Question, SideOdds, Snapshot
from app.services.feed.board import Board
from app.ui import formats
from app.ui.feed.market_face import NO_MARGIN, OTHER_SIDES, UNHEARD, UNMAPPED, Freshness, Look, MarketFace, face, margin
from tests.ui.feed.match_kit import FOXES, OWLS, START, Quoted, match, snapshot

FRESH = Freshness(1.3, False, START)


def shown(of: Match, told: Snapshot | None, question: Question = Question.MATCH, fresh: Freshness = FRESH, **quoted: Any) -> MarketFace:
    return face(of, question, Quoted(told, **quoted) if told is not None else None, fresh)


def texts(of: MarketFace) -> list[tuple[str, str, str]]:
    return [(tile.name, tile.side, formats.decimal(tile.odds) if tile.odds else "—") for tile in of.tiles]


def test_tiles_are_team_one_draw_team_two_with_the_side_each_plays() -> None:
    assert texts(shown(match(), snapshot())) == [("Owls", "T", "2.05"), ("Draw", "", "15.00"), ("Foxes", "CT", "1.90")]


def test_the_computed_overround_stands_beside_the_feeds_own_margin_and_the_age() -> None:
    # 1/1.90 + 1/2.05 + 1/15 = 1.0808
    assert shown(match(), snapshot()).words == "overround 108.1 % · feed margin 0.05 · 1.3 s"


def test_a_margin_that_was_not_told_is_left_out_and_the_tip_says_so() -> None:
    told = shown(match(), snapshot(margin=None))
    assert (told.state, told.note) == ("overround 108.1 %", NO_MARGIN)
    assert shown(match(), snapshot()).note == ""


def test_an_endless_margin_is_short() -> None:
    assert margin(Decimal("0.040")) == "0.040"
    assert len(margin(Decimal("0." + "1" * 5000))) < 12


def test_a_missing_side_leaves_the_overround_unknown() -> None:
    told = shown(match(), snapshot(draw=None))
    assert told.words.startswith("overround not known")
    assert texts(told)[1] == ("Draw", "", "—")


def test_a_question_is_named_with_its_round() -> None:
    assert shown(match(), None, Question.ROUND).title == "ROUND 15"
    assert shown(match(), None, Question.NEXT_ROUND).title == "NEXT ROUND 16"
    assert shown(match(round_number=None), None, Question.ROUND).title == "ROUND"


def test_what_was_never_told_is_not_priced() -> None:
    told = shown(match(), None, Question.ROUND)
    assert (told.words, told.look, texts(told)) == ("not priced", Look.NONE, [("Owls", "T", "—"), ("Foxes", "CT", "—")])


@pytest.mark.parametrize("question", list(Question))
def test_while_the_feed_is_not_heard_a_question_without_a_price_is_not_known(question: Question) -> None:
    lost = Freshness(None, True, START)
    told = shown(match(), None, question, lost)
    assert (told.state, told.look) == (UNHEARD, Look.STALE)
    assert shown(match(status="FINISHED"), None, question, lost).state == "closed"
    assert shown(match(status="PAUSED"), None, question, lost).state == "not priced"


def test_where_there_is_little_room_the_figures_are_brief_and_the_age_stands_apart() -> None:
    told = shown(match(), snapshot())
    assert (told.brief, told.age) == ("over 108.1 % · fed 0.05", "1.3 s")
    stale = shown(match(), snapshot(), fresh=Freshness(64.0, True, START))
    assert stale.state.startswith(stale.brief)


def test_an_unavailable_question_shows_no_price_and_never_the_old_one() -> None:
    told = shown(match(), snapshot(Question.ROUND, number=15, is_available=False), Question.ROUND)
    assert (told.words, told.look) == ("no price between rounds", Look.NONE)
    assert [tile.odds for tile in told.tiles] == [None, None]


def test_a_stale_price_is_hatched_and_says_since_when_by_the_local_clock() -> None:
    told = shown(match(), snapshot(), fresh=Freshness(64.0, True, START))
    since = (START - timedelta(seconds=64)).astimezone()
    assert (told.look, told.words) == (Look.STALE, f"stale since {since:%H:%M:%S} · overround 108.1 %")


def test_a_price_nothing_vouches_for_says_so() -> None:
    assert "not confirmed" in shown(match(), snapshot(), fresh=Freshness(None, True, START)).words


def test_a_stale_word_that_there_is_no_price_is_stale_too() -> None:
    told = shown(match(), snapshot(is_available=False), fresh=Freshness(9.0, True, START))
    assert told.look is Look.STALE
    assert told.words.startswith("no price between rounds · stale since")


@pytest.mark.parametrize("question", list(Question))
def test_a_settled_match_is_closed_whatever_was_told_last(question: Question) -> None:
    told = shown(match(status="FINISHED"), snapshot(question, number=None if question is Question.MATCH else 15), question)
    assert (told.words, told.look) == ("closed", Look.NONE)
    assert all(tile.odds is None and not tile.side for tile in told.tiles)


@pytest.mark.parametrize("status", ["PAUSED", "", "live"])
def test_a_match_of_an_unknown_status_has_no_price(status: str) -> None:
    told = shown(match(status=status), snapshot())
    assert told.words == "not priced"
    assert all(tile.odds is None for tile in told.tiles)


def test_a_live_match_whose_sides_are_not_known_has_no_price_by_team_but_a_draw() -> None:
    """I-44: the ids contradict each other, so the venue left both out."""
    told = shown(match(ct_team_id=None, t_team_id=None), snapshot())
    assert (told.words, told.look) == (UNMAPPED, Look.NONE)
    assert texts(told) == [("Owls", "", "—"), ("Draw", "", "15.00"), ("Foxes", "", "—")]


def test_before_a_match_a_price_names_its_teams_itself() -> None:
    told = shown(match(status="PREGAME", ct_team_id=None, t_team_id=None, round_number=None), snapshot())
    assert texts(told)[0] == ("Owls", "T", "2.05")


@pytest.mark.parametrize("teams", [(FOXES.id, FOXES.id), (1, 2), (OWLS.id, None), (None, FOXES.id)])
def test_a_price_whose_teams_contradict_the_match_is_no_price_by_team(teams: tuple[int | None, int | None]) -> None:
    assert shown(match(), snapshot(teams=teams)).words == UNMAPPED


def test_a_price_that_names_no_team_is_mapped_by_the_sides_of_the_match() -> None:
    assert texts(shown(match(), snapshot(teams=(None, None))))[2] == ("Foxes", "CT", "1.90")


def test_a_price_that_names_the_sides_swapped_stays_with_its_team_and_is_marked() -> None:
    told = shown(match(), snapshot(teams=(OWLS.id, FOXES.id)))
    assert texts(told)[0] == ("Owls", "CT", "1.90")
    assert told.flaws == (OTHER_SIDES,)


def test_the_first_round_after_half_time_is_priced_by_the_teams_it_names_without_a_warning() -> None:
    told = shown(match(round_number=12), snapshot(Question.NEXT_ROUND, number=13, teams=(OWLS.id, FOXES.id)), Question.NEXT_ROUND)
    assert texts(told)[0] == ("Owls", "CT", "1.90")
    assert told.flaws == ()


def test_sides_of_the_first_half_are_never_taken_for_the_round_after_it() -> None:
    told = shown(match(round_number=12), snapshot(Question.NEXT_ROUND, number=13, teams=(None, None)), Question.NEXT_ROUND)
    assert told.words == UNMAPPED
    assert [tile.side for tile in shown(match(round_number=12), None, Question.NEXT_ROUND).tiles] == ["", ""]


@pytest.mark.parametrize("number", [None, 0, -1, 14, 16, 999])
def test_a_price_for_another_round_is_greyed_and_told_as_such(number: int | None) -> None:
    """I-42."""
    told = shown(match(), snapshot(Question.ROUND, number=number), Question.ROUND)
    assert told.look is Look.NONE
    assert told.words.startswith("not priced: ")
    assert [tile.odds for tile in told.tiles] == [None, None]


@pytest.mark.parametrize("number", [15, 16])
def test_the_next_round_may_be_told_under_the_number_of_this_one(number: int) -> None:
    told = shown(match(), snapshot(Question.NEXT_ROUND, number=number), Question.NEXT_ROUND)
    assert (told.title, told.look) == ("NEXT ROUND 16", Look.PRICED)


def test_flaws_are_told_as_plain_text() -> None:
    told = shown(match(), snapshot(flaws=("The margin\n is \u202eodd.",)))
    assert told.flaws == ("The margin  is odd.",)


def test_movement_goes_by_team() -> None:
    told = shown(match(), snapshot(), moves={OWLS.id: 1, FOXES.id: -1, None: 0}, moved_at={OWLS.id: 999.0, FOXES.id: 998.0})
    assert [(tile.move, tile.moved_at) for tile in told.tiles] == [(1, 999.0), (0, 0.0), (-1, 998.0)]


def test_a_side_told_without_odds_is_a_dash_without_movement() -> None:
    told = snapshot(sides=(SideOdds(snapshot().sides[0].side, FOXES.id, None), *snapshot().sides[1:]))
    tile = shown(match(), told, moves={FOXES.id: 1}, moved_at={FOXES.id: 1.0}).tiles[2]
    assert (tile.odds, tile.move) == (None, 0)


def heard(board: Board, told: Snapshot, at: float) -> MarketFace:
    """What is shown after the board heard this, for a match that swapped with it."""
    board.hear([told], at, at)
    owls_side = next(each.side for each in told.sides if each.team_id == OWLS.id)
    sides = (OWLS.id, FOXES.id) if owls_side == "CT" else (FOXES.id, OWLS.id)
    quote = board.quote(OddsKey(7, Question.MATCH))
    return face(match(ct_team_id=sides[0], t_team_id=sides[1]), Question.MATCH, quote, FRESH)


def test_the_boards_movement_is_shown_by_team_and_never_across_a_swap() -> None:
    board = Board()
    board.lost(0.0)
    later = [START + timedelta(seconds=second) for second in range(4)]
    assert [tile.move for tile in heard(board, snapshot(updated_at=later[0]), 1.0).tiles] == [0, 0, 0]
    up = heard(board, snapshot(t="2.10", updated_at=later[1]), 2.0)
    assert (up.tiles[0].name, up.tiles[0].move, up.tiles[0].moved_at) == ("Owls", 1, 2.0)
    swapped = heard(board, snapshot(ct="2.40", t="1.60", teams=(OWLS.id, FOXES.id), updated_at=later[2]), 3.0)
    assert [(tile.name, tile.side, tile.move) for tile in swapped.tiles if tile.name != "Draw"] == [("Owls", "CT", 0), ("Foxes", "T", 0)]
