"""Alerts on the league as values: whose a price is, what odds a person may type, and what a file gives back."""

from __future__ import annotations

import msgspec
import pytest

from app.domain.cs2 import MatchStatus, Question, Side, SideOdds
from app.domain.feed_alert import (
    FeedAlert,
    FeedOpenAlert,
    FeedPlan,
    FeedPriceAlert,
    FeedStatusAlert,
    decimal_words,
    has_price,
    next_odds_words,
    odds_on,
    parse_feed_odds,
)
from app.domain.lookout import LookoutState
from app.domain.odds import from_american
from tests.services.feed.kit import EVENING, GRIT, LIVE, NOMADS, VERTEX, match, price, snapshot

PRICE = FeedPriceAlert(LIVE, "Vertex – Nomads", Question.ROUND, VERTEX.id, "Vertex", price("2.10"))
MARKET = FeedOpenAlert(LIVE, "Vertex – Nomads", Question.NEXT_ROUND, is_open=False)
MATCH = FeedStatusAlert(LIVE, "Vertex – Nomads", MatchStatus.LIVE)


@pytest.mark.parametrize(
    ("typed", "odds"),
    [("2.10", "2.10"), (" 2,10 ", "2.1"), ("3", "3"), ("1.005", "1.005"), ("99999", "99999")],
)
def test_decimal_odds_are_read_exactly(typed: str, odds: str) -> None:
    assert parse_feed_odds(typed) == price(odds)


@pytest.mark.parametrize(
    ("stood", "longer", "shorter"),
    [
        ("2.00", "2.10", "1.90"),
        ("1.87", "1.96", "1.78"),
        ("18", "18.90", "17.10"),
        ("1.05", "1.10", "1.02"),
        ("1.01", "1.06", "1.005"),
        ("1.001", "1.05", "1.001"),
    ],
)
def test_the_odds_that_are_proposed_are_a_step_from_what_stands(stood: str, longer: str, shorter: str) -> None:
    assert next_odds_words(price(stood), is_longer=True) == longer
    assert next_odds_words(price(stood), is_longer=False) == shorter


@pytest.mark.parametrize("hundredths", range(101, 400, 7))
def test_the_odds_that_are_proposed_are_never_so_already(hundredths: int) -> None:
    stood = price(f"{hundredths / 100:.2f}")
    for is_longer in (True, False):
        proposed = parse_feed_odds(next_odds_words(stood, is_longer=is_longer))
        assert not msgspec.structs.replace(PRICE, odds=proposed, is_longer=is_longer).is_met(stood)


@pytest.mark.parametrize(("typed", "american"), [("+110", 110), ("-150", -150), ("\N{MINUS SIGN}150", -150)])
def test_a_sign_makes_odds_american(typed: str, american: int) -> None:
    assert parse_feed_odds(typed) == from_american(american)


@pytest.mark.parametrize("typed", ["", "abc", "2.1.1", "1e3", "2.1234", "100000", "٢.١", "nan", "+50", "2.", ".5"])
def test_what_is_no_odds_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(ValueError, match=r"^(Odds are|50 is not)"):
        parse_feed_odds(typed)


@pytest.mark.parametrize("typed", ["1", "1.00", "0.5", "0"])
def test_odds_that_pay_nothing_are_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="pay nothing"):
        parse_feed_odds(typed)


@pytest.mark.parametrize("text", ["2.10", "18.00", "1.04", "1.005"])
def test_odds_are_written_as_the_feed_writes_them(text: str) -> None:
    assert decimal_words(price(text)) == text


def test_a_price_belongs_to_the_team_it_names_on_either_side() -> None:
    assert odds_on(match(), snapshot(ct="1.80", t="2.20"), VERTEX.id) == price("1.80")
    swapped = snapshot(ct="1.80", t="2.20", are_sides_swapped=True)
    assert odds_on(match(are_sides_swapped=True), swapped, VERTEX.id) == price("2.20")
    assert odds_on(match(), snapshot(draw="18"), None) == price("18")


@pytest.mark.parametrize("holders", [(None, None), (VERTEX.id, None), (VERTEX.id, VERTEX.id), (VERTEX.id, GRIT.id)])
def test_a_price_whose_teams_are_not_clear_is_nobodys_and_neither_is_its_draw(holders: tuple[int | None, int | None]) -> None:
    sides = (SideOdds(Side.CT, holders[0], price("2")), SideOdds(Side.T, holders[1], price("2")), SideOdds(Side.DRAW, None, price("9")))
    told = msgspec.structs.replace(snapshot(), sides=sides)
    assert [odds_on(match(), told, team_id) for team_id in (VERTEX.id, NOMADS.id, None)] == [None] * 3


def test_an_unavailable_market_has_no_price_whatever_stands_in_it() -> None:
    assert has_price(snapshot())
    assert not has_price(snapshot(is_available=False))
    assert odds_on(match(), snapshot(is_available=False), VERTEX.id) is None
    empty = tuple(SideOdds(each.side, each.team_id, None) for each in snapshot().sides)
    assert not has_price(msgspec.structs.replace(snapshot(), sides=empty))


def test_before_a_match_is_live_a_price_needs_no_sides_of_the_match() -> None:
    assert odds_on(match(status="PREGAME"), snapshot(), VERTEX.id) == price("1.87")
    assert odds_on(match(ct_team_id=None, t_team_id=None), snapshot(), VERTEX.id) is None


def test_longer_and_shorter_both_include_the_odds_themselves() -> None:
    shorter = msgspec.structs.replace(PRICE, is_longer=False)
    told = [price(text) for text in ("2.09", "2.10", "2.11")]
    assert [PRICE.is_met(odds) for odds in told] == [False, True, True]
    assert [shorter.is_met(odds) for odds in told] == [True, True, False]


def test_an_alert_says_what_it_waits_for() -> None:
    said = [(plan.title, plan.scope, plan.condition()) for plan in (PRICE, MARKET, MATCH)]
    assert said == [
        ("Price alert", "Vertex – Nomads · this round · Vertex", "odds 2.10 or longer"),
        ("Market alert", "Vertex – Nomads · next round", "no price"),
        ("Match alert", "Vertex – Nomads", "LIVE"),
    ]


@pytest.mark.parametrize("plan", [PRICE, MARKET, MATCH])
def test_an_alert_comes_back_from_a_file_as_it_was(plan: FeedPlan) -> None:
    alert = FeedAlert(7, plan, EVENING, LookoutState.FIRED, "2.10, in round 13", EVENING)
    assert msgspec.json.decode(msgspec.json.encode(alert), type=FeedAlert) == alert
