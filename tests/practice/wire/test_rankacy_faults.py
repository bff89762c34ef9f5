"""Faults strike every path of the feed, in its own envelope."""

from __future__ import annotations

import httpx
import pytest

from app.practice.faults import CallFault, Error, Faults, RetryAfter, Unauthorized
from app.practice.faults.script import Body, CallVerb, Delay, parse_script
from app.practice.wire.rankacy_paths import ENDPOINTS, ROWS
from tests.practice.wire.rankacy_kit import Floor, WrittenLeague, match_row


async def ask(floor: Floor, name: str) -> httpx.Response:
    row = next(row for row in ROWS if row.name == name)
    path = row.path.format(match_id=7, season_id=7, webhook_id=7)
    body = {"event_type": "ODDS_UPDATED", "target_url": "https://hooks.test/feed"} if row.method == "POST" else None
    return await floor.http.request(row.method, f"http://127.0.0.1:4321{path}?market=MATCH", json=body)


@pytest.mark.parametrize("name", [row.name for row in ROWS])
@pytest.mark.parametrize(
    ("verb", "status", "body"),
    [
        (Error(503, "unknown_error", "Not now"), 503, {"detail": "Not now"}),
        (Unauthorized(), 401, {"detail": "Unauthorized"}),
        (RetryAfter("7"), 429, {"detail": "Rate limit reached"}),
        (Body(text='["struck"]'), 200, ["struck"]),
    ],
    ids=["error", "unauthorized", "retry_after", "body"],
)
async def test_each_path_can_be_struck_once(floor: Floor, faults: Faults, name: str, verb: CallVerb, status: int, body: object) -> None:
    faults.add(CallFault(name, verb))

    struck = await ask(floor, name)
    after = await ask(floor, name)

    assert (struck.status_code, struck.json()) == (status, body)
    assert (after.status_code, after.json()) != (status, body)
    assert faults.struck == {f"{name}:{verb.word}": 1}
    assert [line.fault for line in floor.truth.lines] == [verb.word, ""]


async def test_a_delayed_answer_is_the_honest_one(floor: Floor, league: WrittenLeague, faults: Faults) -> None:
    league.listed = [match_row(1)]
    league.price(1, floor.clock.now)
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    faults.sleep = sleep
    faults.add(CallFault("rankacy.changes", Delay(3.0)))

    assert len((await floor.get("/odds/changes"))["changes"]) == 1
    assert waited == [3.0]


def test_a_script_may_name_each_path() -> None:
    names = [endpoint.row.name for endpoint in ENDPOINTS]
    script = [{"on": name, "do": {"verb": "error", "status": 500, "code": "internal_error"}} for name in names]

    found = parse_script(str(script).replace("'", '"').encode(), "script")

    assert [fault.on for fault in found if isinstance(fault, CallFault)] == names
