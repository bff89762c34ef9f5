"""Fixtures and books as the venue prints them, oddities included."""

from __future__ import annotations

from typing import Any

import pytest

from app.practice.model import Category, Level, Market, MarketStatus, Outcome, Sport, Strike, Tournament
from app.practice.wire.shapes import dollars, iso_ns, market_document, number, tournament_document
from tests.practice.kit import STARTED_AT, Api, pre_match_strike, sample, shape_faults

HEX = "0123456789abcdef0123456789abcdef"


def a_market(kind: str = "moneyline", sub_type: str = "moneyline", strike: float = 0) -> Market:
    home = Outcome(HEX, 4, 41, "Harbor Pilots", strike)
    away = Outcome(HEX[::-1], 5, 42, "Mill Town Saints", -strike)
    strikes = [Strike(7, 219, strike, "Fixed home", (home, away), filled=5006_03)]
    return Market(7, 219, "Moneyline", kind, sub_type, "Game Lines", "", strikes, updated_at=STARTED_AT)


def test_money_strikes_and_times_are_printed_like_the_venue() -> None:
    assert [dollars(cents) for cents in (1000, 1050, -5, 0)] == [10, 10.5, -0.05, 0]
    assert [repr(number(value)) for value in (2.0, -1.5, 0.0)] == ["2", "-1.5", "0"]
    assert iso_ns(1_786_371_160_307_908_108) == "2026-08-10T14:12:40.307908108Z"


def test_a_market_totals_what_was_matched_and_what_its_makers_still_risk() -> None:
    book = [[Level(146, 116_71, 33_92, 5), Level(-265, 10_00, 10_47, 6)], []]

    document = market_document(a_market(), [book])

    assert document["total_filled_quantity"] == 5006.03
    assert document["total_quantity"] == pytest.approx(5006.03 + 33.92 * 1.46 + 10.47 / 2.65, abs=0.01)


def test_a_level_of_the_game_moneyline_has_its_price_in_its_name() -> None:
    document = market_document(a_market(), [[[Level(146, 10_00, 14_60, 5)], []]])

    (level,), (placeholder,) = document["selections"]
    assert (level["display_name"], level["name"]) == ("Harbor Pilots +146", "Harbor Pilots")
    assert (level["display_price"], level["adjusted_price"]) == ("+146", 146)
    assert placeholder["display_name"] == "Mill Town Saints"


def test_an_empty_side_is_one_placeholder_with_its_strike_id() -> None:
    document = market_document(a_market(), [[[], []]])

    assert document["selections"][0] == [
        {
            "competitor_id": 41,
            "display_name": "Harbor Pilots",
            "display_price": "",
            "name": "Harbor Pilots",
            "outcome_id": 4,
            "price": None,
            "quantity": 0,
            "strike": 0,
            "strike_id": HEX,
            "updated_at": 0,
            "value": 0,
        }
    ]


def test_a_spread_nests_its_strikes_under_the_markets_own_id() -> None:
    document = market_document(a_market("spread", "spread", -3.5), [[[Level(110, 10_00, 9_09, 5)], []]])

    (child,) = document["market_strikes"]
    assert "selections" not in document
    assert (child["id"], child["strike"], child["category_name"]) == (219, -3.5, "")
    assert [side[0]["display_strike"] for side in child["selections"]] == ["-3.5", "+3.5"]


def test_a_total_names_no_competitor() -> None:
    over = Outcome(HEX, 12, 0, "over 23.5", 23.5)
    market = Market(7, 225, "Total", "total", "total", "Game Lines", "", [Strike(7, 225, 23.5, "Fixed", (over,))])

    (side,) = market_document(market, [[[]]])["market_strikes"][0]["selections"]

    assert "competitor_id" not in side[0]
    assert side[0]["display_strike"] == "23.5"


def test_texts_the_venue_does_not_have_are_printed_as_nil_or_left_out() -> None:
    half = market_document(a_market(sub_type="first_half_moneyline"), [[[], []]])
    bare = tournament_document(Tournament(8, "Cup", Sport(1, "Soccer"), Category(0, "N/A", "N/A"), 5))
    plain = tournament_document(Tournament(8, "Cup", Sport(1, "Soccer"), Category(3, "West Indies", ""), 5))

    assert half["group_name"] == "<nil>"
    assert "group_name" not in market_document(a_market(), [[[], []]])
    assert bare["category"] == {"name": "N/A", "countryCode": "N/A"}
    assert "banner" not in bare
    assert plain["category"] == {"name": "West Indies", "id": 3}
    assert (plain["banner"], plain["image"]) == ("<nil>", "<nil>")


async def everything(api: Api) -> list[dict[str, Any]]:
    events = [event for each in api.exchange.tournaments() for event in api.exchange.events(each.id)]
    documents: list[dict[str, Any]] = []
    for start in range(0, len(events), 50):
        ids = ",".join(str(event.id) for event in events[start : start + 50])
        data = (await api.get("/v4/mm/get_multiple_markets", event_ids=ids)).json()["data"]
        documents += [market for markets in data.values() for market in markets or ()]
    return documents


async def test_every_market_of_the_world_has_the_venues_shape(api: Api) -> None:
    markets = await everything(api)

    faults = [fault for market in markets for fault in shape_faults(market, sample("shape_market"), market["name"])]

    assert faults == []
    assert all(("selections" in each) != ("market_strikes" in each) for each in markets)


async def test_every_tournament_and_event_has_the_venues_shape(api: Api) -> None:
    tournaments = (await api.get("/mm/get_tournaments")).json()["data"]["tournaments"]
    ids = ",".join(str(event.id) for each in api.exchange.tournaments() for event in api.exchange.events(each.id)[:2])
    events = (await api.get("/mm/get_sport_events", event_ids=ids)).json()["data"]["sport_events"]

    assert [fault for each in tournaments for fault in shape_faults(each, sample("shape_tournament"))] == []
    assert [fault for each in events for fault in shape_faults(each, sample("shape_sport_event"))] == []
    assert all(len(str(each["updated_at"])) == 19 for each in tournaments + events)


async def test_unknown_ids_are_null_or_refused_as_the_path_wants(api: Api) -> None:
    several = await api.get("/v4/mm/get_multiple_markets", event_ids="5,6")
    one = await api.get("/v4/mm/get_markets", event_id=5)
    event = await api.get("/mm/get_sport_events", event_ids="5")
    tournament = await api.get("/mm/get_sport_events", tournament_id=5)

    assert several.json() == {"data": {"5": None, "6": None}}
    assert (one.status_code, one.json()["error"]) == (404, "sport_event_not_found")
    assert event.json() == {"data": {"sport_events": None}}
    assert tournament.status_code in (200, 404)


@pytest.mark.parametrize(
    ("path", "query", "code"),
    [
        ("/v4/mm/get_markets", {}, "market_invalid_event"),
        ("/v4/mm/get_markets", {"event_id": "x"}, "market_invalid_event"),
        ("/v4/mm/get_multiple_markets", {}, "market_invalid_event"),
        ("/v4/mm/get_multiple_markets", {"event_ids": "1,x"}, "market_invalid_event"),
        ("/mm/get_sport_events", {}, "invalid_param"),
        ("/mm/get_sport_events", {"tournament_id": "x"}, "invalid_param"),
        ("/v4/mm/get_strikes", {}, "invalid_strike_id"),
        ("/v4/mm/get_strikes", {"strike_ids": "zz"}, "strike_id_invalid"),
        ("/mm/get_players/x", {}, "invalid_competitor_id"),
        ("/mm/search_markets", {"event_id": "x"}, "invalid_event_id"),
    ],
)
async def test_a_bad_question_has_its_refusal(api: Api, path: str, query: dict[str, str], code: str) -> None:
    reply = await api.get(path, **query)

    assert (reply.status_code, reply.json()["error"]) == (400, code)


@pytest.mark.parametrize("query", [{}, {"tournament_id": "x"}, {"tournament_id": "1.5"}])
async def test_a_bad_parameter_is_named(api: Api, query: dict[str, str]) -> None:
    reply = await api.get("/mm/get_sport_events", **query)

    assert reply.json()["message"] == "Invalid param: tournament_id"


async def test_repeated_parameters_are_one_list(api: Api) -> None:
    reply = await api.http.get("/v4/mm/get_multiple_markets?event_ids=5&event_ids=6")

    assert reply.json() == {"data": {"5": None, "6": None}}


async def test_a_strike_id_says_where_it_belongs(api: Api) -> None:
    market, strike = pre_match_strike(api.exchange)
    strike_id = strike.outcomes[0].strike_id

    reply = await api.get("/v4/mm/get_strikes", strike_ids=f"{strike_id},{'0' * 32}")

    (row,) = reply.json()["data"]
    assert row == {
        "event_id": market.event_id,
        "market_id": market.id,
        "strike_id": strike_id,
        "type": market.type,
        "sub_type": market.sub_type,
    }


async def test_only_tournaments_with_something_to_come_are_active(api: Api) -> None:
    tournaments = (await api.get("/mm/get_tournaments", has_active_events="true")).json()["data"]["tournaments"]

    assert tournaments
    assert all(api.exchange.has_active_events(each["id"]) for each in tournaments)


async def test_a_search_finds_markets_by_their_words(api: Api) -> None:
    found = (await api.get("/mm/search_markets", keyword="moneyline")).json()["data"]["markets"]

    assert found
    assert all("moneyline" in f"{each['event_name']} {each['name']} {each['sub_type']}".lower() for each in found)
    assert all(each["status"] in [status.value for status in MarketStatus] for each in found)


async def test_a_player_is_found_by_his_markets(api: Api) -> None:
    players = (await api.get("/mm/get_players")).json()["data"]["players"]

    player = (await api.get(f"/mm/get_players/{players[0]['id']}")).json()["data"]
    nobody = await api.get("/mm/get_players/1")

    assert player == players[0]
    assert len(player["name"].split()) >= 2
    assert "Total" not in player["name"]
    assert (nobody.status_code, nobody.json()["error"]) == (404, "data_not_found")
