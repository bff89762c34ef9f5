"""What a practice server keeps between two runs, and what it takes from files."""

from __future__ import annotations

import json
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.practice import server
from app.practice.clock import SECOND
from app.practice.opening import Opened, Plan
from app.practice.state import State
from tests.practice.child import PATIENCE, Child

STRIKES = ("a" * 32, "b" * 32)


def place_on(child: Child, strike_id: str, external_id: str) -> dict[str, Any]:
    with closing(child.client()) as client:
        body = {"external_id": external_id, "strike_id": strike_id, "price": 25_000, "quantity": 5}
        reply = client.post("/v4/mm/submit_order", json=body)
        assert reply.status_code == 200, reply.text
        return dict(reply.json()["data"]["order"])


def some_strike(child: Child) -> str:
    """Of the event that starts last."""
    with closing(child.client()) as client:
        tournaments = client.get("/mm/get_tournaments?has_active_events=true").json()["data"]["tournaments"]
        ids = [each["id"] for each in tournaments]
        events = client.get(f"/mm/get_sport_events?tournament_id={ids[0]}").json()["data"]["sport_events"]
        event_id = max(events, key=lambda each: each["scheduled"])["event_id"]
        markets = client.get(f"/v4/mm/get_markets?event_id={event_id}").json()["data"]["markets"]
        moneyline = next(each for each in markets if "selections" in each)
        return str(moneyline["selections"][0][0]["strike_id"])


def loaded_game() -> dict[str, Any]:
    """A moneyline in the shape of a multiple-markets body."""

    def level(side: int, price: int | None, quantity: float, value: float) -> dict[str, Any]:
        name = ("Harbor Pilots", "Mill Town Saints")[side]
        return {
            "competitor_id": 41 + side,
            "display_name": name,
            "display_price": f"{price:+}" if price else "",
            "name": name,
            "outcome_id": 4 + side,
            "price": price,
            "quantity": quantity,
            "strike": 0,
            "strike_id": STRIKES[side],
            "updated_at": 1_794_000_000_000_000_001 if price else 0,
            "value": value,
        }

    market = {
        "category_name": "Game Lines",
        "id": 219,
        "name": "Moneyline",
        "selections": [[level(0, 120, 24, 12.5), level(0, 110, 10, 9.09)], [level(1, None, 0, 0)]],
        "status": "active",
        "strike": 0,
        "sub_type": "moneyline",
        "total_filled_quantity": 250.5,
        "type": "moneyline",
        "updated_at": 1_794_000_000_000_000_001,
    }
    return {"data": {"990071": [market]}}


@pytest.mark.parametrize("is_killed", [False, True])
def test_a_kept_exchange_goes_on_with_its_keys_sessions_and_orders(tmp_path: Path, is_killed: bool) -> None:
    options = ("--stay", "--rate", "5", "--state", str(tmp_path))
    with Child(*options) as first, closing(first.client()) as old:
        token = old.headers["Authorization"]
        order = place_on(first, some_strike(first), "kept-1")
        if is_killed:
            first.process.kill()
        else:
            assert first.interrupt()[0] == 0

    with Child(*options) as second, closing(second.client()) as client:
        same_order = client.get(f"/v4/mm/get_order/{order['order_id']}").json()["data"]
        client.headers["Authorization"] = token
        balance = client.get("/v4/mm/get_balance")
        again = client.post("/v4/mm/submit_order", json={**body_of(order), "external_id": "kept-1"})

    for name in ("trading", "pusher"):
        fixed = {key for key in first.ready[name] if "key" in key}
        assert {key: first.ready[name][key] for key in fixed} == {key: second.ready[name][key] for key in fixed}
    assert same_order["external_id"] == "kept-1"
    assert same_order["status"] in ("inactive", "open")
    assert balance.status_code == 200
    assert balance.json()["data"]["unmatched_order_balance"] in (0, 5)
    assert again.json()["error"] == "order_external_id_existed"


def test_a_pair_that_was_made_survives_and_a_state_from_before_there_were_any_goes_on(tmp_path: Path) -> None:
    plan = Plan(1, 1.0, 5.0, "match", tmp_path, None)
    before = Opened(plan, 1_795_000_000 * SECOND)
    before.exchange.add_pair(before.keys.user_id, "further-access", "further-secret")
    before.close()
    state = State(tmp_path)
    kept = msgspec.json.decode(state.get("keys") or b"")
    state.put("keys", msgspec.json.encode({name: kept[name] for name in kept if name != "web_session"}))
    state.close()

    after = Opened(plan, 1_795_000_010 * SECOND)
    after.close()
    again = Opened(plan, 1_795_000_020 * SECOND)
    again.close()

    account = after.exchange.account_by_key("further-access")
    assert account is not None
    assert account.pairs == {kept["access_key"]: kept["secret_key"], "further-access": "further-secret"}
    assert after.keys.web_session not in ("", kept["web_session"])
    assert again.keys == after.keys


def body_of(order: dict[str, Any]) -> dict[str, Any]:
    return {"strike_id": order["strike_id"], "price": order["price"], "quantity": order["quantity"]}


def test_one_state_serves_one_exchange_at_a_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Child("--stay", "--state", str(tmp_path)):
        code = server.start(server.read_options(["--state", str(tmp_path)]), server.Stop())

    assert code == 2
    assert str(tmp_path) in capsys.readouterr().err


def test_loaded_payloads_are_served_to_the_cent_and_can_be_traded(tmp_path: Path) -> None:
    path = tmp_path / "multiple_markets.json"
    path.write_text(json.dumps(loaded_game()))

    with Child("--stay", "--load", str(path)) as child, closing(child.client()) as client:
        (market,) = client.get("/v4/mm/get_multiple_markets?event_ids=990071").json()["data"]["990071"]
        order = place_on(child, STRIKES[1], "loaded-1")
        code, _, notes = child.interrupt()

    (wanted,) = loaded_game()["data"]["990071"]
    home, away = market["selections"]
    shown = [{key: level[key] for key in wanted["selections"][0][0] if "display_name" not in key} for level in home]
    assert [each["price"] for each in shown] == [120, 110]
    assert [(each["quantity"], each["value"]) for each in shown] == [(24, 12.5), (10, 9.09)]
    assert away[0]["price"] is None
    assert market["total_filled_quantity"] == 250.5
    assert order["status"] == "inactive"
    assert code == 0
    assert "990071" in notes


def test_keys_that_cannot_be_read_are_said_in_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    state = State(tmp_path)
    state.put("keys", b"{}")
    state.close()

    code = server.start(server.read_options(["--state", str(tmp_path)]), server.Stop())

    assert code == 2
    assert "The keys of the state cannot be read" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform != "linux", reason="limits of another process")
def test_an_exchange_that_can_no_longer_be_kept_ends_with_a_sentence(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    with Child("--stay", "--rate", "5", "--state", str(tmp_path)) as child, closing(child.client()) as client:
        resource.prlimit(child.process.pid, resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
        trading = child.ready["trading"]
        keys = {"access_key": trading["access_key"], "secret_key": trading["secret_key"]}

        refused = client.post("/auth/login", json=keys)
        output, complaints = child.process.communicate(timeout=PATIENCE)

    assert (refused.status_code, refused.json()["error"]) == (500, "internal_error")
    assert (child.process.returncode, output) == (1, "")
    assert complaints.startswith("The practice exchange has ended. The state in ")
    assert "cannot be written" in complaints
    assert complaints.count("\n") == 1


def test_a_file_that_cannot_be_loaded_is_said_in_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "multiple_markets.json"
    path.write_text("{broken")

    code = server.start(server.read_options(["--load", str(path)]), server.Stop())

    assert code == 2
    assert "multiple_markets.json" in capsys.readouterr().err
