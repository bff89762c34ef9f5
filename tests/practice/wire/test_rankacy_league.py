"""The practice league behind the feed: there from the first second, moved by the exchange's steps, asleep with the computer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from app.practice.clock import SECOND
from app.practice.cs2.league import League
from app.practice.cs2.model import Happened, Kind
from app.practice.exchange import Exchange
from app.practice.state import open_state
from app.practice.wire.application import Wire
from tests.practice.kit import KEYS, STARTED_AT, HandClock
from tests.practice.wire.rankacy_kit import KEY

NIGHT = 8 * 3600


class Desk:
    """A wire of its own with a new world, and a client that reads its feed."""

    def __init__(self, *, seed: int = 7, speed: float = 1.0, key: str = KEY) -> None:
        self.clock = HandClock()
        self.happened: list[Happened] = []
        exchange = Exchange(seed=seed, speed=speed, rate=0.1, started_at=STARTED_AT)
        keys = msgspec.structs.replace(KEYS, rankacy_key=key)
        self.wire = Wire(exchange, keys, self.clock, host="127.0.0.1", port=4321, tell=self.happened.append)
        transport = httpx.ASGITransport(app=self.wire.app)
        self.http = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:4321", headers={"X-API-Key": KEY})

    async def get(self, path: str, **query: str | int) -> Any:
        reply = await self.http.get(f"/api/b2b{path}", params=query)
        assert reply.status_code == 200, reply.text
        return reply.json()

    async def live(self) -> dict[str, Any]:
        """The detail of the match that has been LIVE longest."""
        row = (await self.get("/matches", status="LIVE"))["items"][-1]
        return dict(await self.get(f"/matches/{row['match_id']}"))


async def test_in_the_first_second_a_live_match_has_rounds_events_odds_and_histories() -> None:
    desk = Desk()

    match = await desk.live()
    odds = await desk.get(f"/matches/{match['match_id']}/odds")
    whole = await desk.get(f"/matches/{match['match_id']}/odds/history", market="MATCH")
    rounds = await desk.get(f"/matches/{match['match_id']}/odds/history", market="ROUND", round_number=1)

    assert match["current_round_number"] >= 4
    assert {match["ct_team_id"], match["t_team_id"]} == {match["team_1"]["id"], match["team_2"]["id"]}
    assert match["team_1_score"] + match["team_2_score"] == len([each for each in match["rounds"] if each["winner_team_id"]])
    assert all(each["events"] for each in match["rounds"][:-1])
    assert [each["market"] for each in odds["markets"]] == ["MATCH", "ROUND", "NEXT_ROUND"]
    for history in (whole, rounds):
        times = [point["updated_at"] for point in history["points"]]
        assert len(times) > 3
        assert times == sorted(times)


async def test_every_page_of_matches_together_is_the_whole_league() -> None:
    desk = Desk()
    total = (await desk.get("/matches"))["total"]

    rows = [row for offset in range(0, total, 100) for row in (await desk.get("/matches", limit=100, offset=offset))["items"]]

    assert len({row["match_id"] for row in rows}) == total > 100
    by_status = [(await desk.get("/matches", status=status))["total"] for status in ("PREGAME", "WARMUP", "LIVE", "FINISHED")]
    assert sum(by_status) == total
    by_season = [(await desk.get("/matches", season_id=each["id"]))["total"] for each in await desk.get("/seasons")]
    assert (sum(by_season), len(by_season)) == (total, 3)


async def test_changes_polled_by_the_recipe_are_the_whole_history() -> None:
    desk = Desk()
    match_id = (await desk.live())["match_id"]
    answer = await desk.get("/odds/changes", limit=1000)
    start, heard = answer["server_time"], []
    for _ in range(40):
        desk.clock.move(1.5)
        answer = await desk.get("/odds/changes", limit=1000, since=answer["server_time"])
        assert len(answer["changes"]) < 1000
        heard += [(each["updated_at"], side["side"], side["decimal_odd"]) for each in ours(answer, match_id) for side in each["sides"]]

    points = (await desk.get(f"/matches/{match_id}/odds/history", market="MATCH"))["points"]
    assert len(heard) > 20
    written = {(point["updated_at"], point["side"], point["decimal_odd"]) for point in points if point["updated_at"] > start}
    assert written <= set(heard)


def ours(answer: dict[str, Any], match_id: int) -> list[dict[str, Any]]:
    return [each for each in answer["changes"] if each["match_id"] == match_id and each["market"] == "MATCH" and each["is_available"]]


async def test_a_page_that_is_too_small_loses_changes() -> None:
    small, large = Desk(speed=20), Desk(speed=20)
    heard: dict[Desk, int] = {}
    for desk, limit in ((small, 2), (large, 1000)):
        since = (await desk.get("/odds/changes"))["server_time"]
        heard[desk] = 0
        for _ in range(10):
            desk.clock.move(2)
            answer = await desk.get("/odds/changes", since=since, limit=limit)
            since = answer["server_time"]
            heard[desk] += len(answer["changes"])

    assert heard[small] < heard[large]


async def test_steps_make_the_league_live_and_somebody_is_told() -> None:
    desk = Desk(speed=60)
    listed = (await desk.get("/matches"))["items"][0]["match_id"]

    for _ in range(1_200):
        desk.clock.move(0.1)
        desk.wire.feed.step()

    created = {each.match_id for each in desk.happened if each.kind is Kind.MATCH_CREATED}
    assert {each.kind for each in desk.happened} == set(Kind)
    assert created == set(range(listed + 1, max(created) + 1))
    assert (await desk.get("/matches"))["items"][0]["match_id"] == max(created)


async def test_the_same_seed_tells_the_same_matches_and_another_does_not() -> None:
    one, same, other = [await Desk(seed=seed).get("/matches", limit=100) for seed in (7, 7, 8)]

    assert one == same
    assert one != other


async def test_a_kept_exchange_keeps_the_seed_of_its_league(tmp_path: Path) -> None:
    state, first = open_state(tmp_path, seed=9, rate=0.1, now=STARTED_AT)
    state.close(first)
    clock = HandClock(STARTED_AT + 3600 * SECOND)
    state, again = open_state(tmp_path, seed=7, rate=0.1, now=clock.now)
    wire = Wire(again, msgspec.structs.replace(KEYS, rankacy_key=KEY), clock, host="127.0.0.1", port=4321)
    state.close()

    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=wire.app), base_url="http://practice", headers={"X-API-Key": KEY}
    ) as http:
        rows = (await http.get("/api/b2b/matches", params={"limit": 100})).json()["items"]

    expected = League(seed=9, speed=1.0, started_at=clock.now).matches()[:100]
    assert [row["unique_match_id"] for row in rows] == [match.unique_id for match in expected]


async def test_a_night_asleep_does_not_exist_for_the_league() -> None:
    desk = Desk()
    before = await desk.live()

    desk.clock.move(NIGHT)
    after = await desk.live()

    assert after["match_id"] == before["match_id"]
    assert after["current_round_number"] == before["current_round_number"]
    assert (await desk.get("/odds/changes"))["server_time"] > before["updated_at"]


async def test_the_embed_url_leads_to_a_page_of_the_exchange_that_has_the_video() -> None:
    desk = Desk()
    told = await desk.get("/stream")

    page = await desk.http.get(told["embed_url"])
    playlist = await desk.http.get("/practice-stream/master.m3u8")

    assert (page.status_code, page.headers["content-type"].partition(";")[0]) == (200, "text/html")
    assert told["channel"] in page.text
    assert playlist.text.startswith("#EXTM3U")


@pytest.mark.parametrize("path", ["/practice-stream/master.m3u8", "/api/b2b/matches", "/api/b2b/seasons"])
async def test_an_exchange_without_a_key_has_no_league_and_no_video(path: str) -> None:
    desk = Desk(key="")
    desk.clock.move(1)
    desk.wire.feed.step()

    assert (await desk.http.get(path)).status_code in (401, 404)
    assert desk.happened == []
