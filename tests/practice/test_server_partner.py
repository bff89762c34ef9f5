"""The doors of a B2B partner and of the Rankacy feed at the real process, and in what a state keeps."""

from __future__ import annotations

import ast
import time
import uuid
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import jwt
import msgspec
import pytest

from app.practice import server
from app.practice.clock import SECOND
from app.practice.opening import OPENING_BALANCE, PARTNERS_BALANCE, Opened, Plan
from app.practice.state import State
from app.practice.wire.application import Keys, new_keys
from tests.practice.child import PATIENCE, ROOT, Child
from tests.practice.kit import KEYS
from tests.practice.partner import BALANCE, KEYS_PATH, ORDERS, hash_of, pem_of, rsa_key

NOW = 1_795_000_000 * SECOND


def plan(folder: Path) -> Plan:
    return Plan(1, 1.0, 5.0, "match", folder, None)


def asks(child: Child) -> httpx.Client:
    return httpx.Client(base_url=child.ready["omnibus"]["url"], trust_env=False)


def import_key(child: Child) -> dict[str, Any]:
    with closing(asks(child)) as client:
        bearer = {"Authorization": f"Bearer {child.ready['omnibus']['partner_token']}"}
        reply = client.post(KEYS_PATH, json={"name": "desk", "public_key": pem_of(rsa_key(1))}, headers=bearer)
        assert reply.status_code == 200, reply.text
        return dict(reply.json()["data"])


def ask(child: Child, path: str, body: object = None, *, hashed: bool = True) -> httpx.Response:
    now, raw = int(time.time()), b"" if body is None else msgspec.json.encode(body)
    issuer = child.ready["omnibus"]["issuer_hint"]
    claims = {"iss": issuer, "aud": "prophetx", "iat": now, "nbf": now, "exp": now + 60, "jti": uuid.uuid4().hex}
    token = jwt.encode(claims | ({"digest": hash_of(raw)} if hashed else {}), rsa_key(1), algorithm="RS256")
    with closing(asks(child)) as client:
        return client.request("POST" if raw else "GET", path, content=raw, headers={"Authorization": f"Bearer {token}"})


def far_line(child: Child) -> str:
    """A selection of the game that starts last."""
    events = [
        event
        for tournament in ask(child, "/api/v1/tournaments").json()["data"]["tournaments"]
        for event in ask(child, f"/api/v1/sport-events?tournament_id={tournament['id']}").json()["data"]["sport_events"] or ()
    ]
    last = max(events, key=lambda event: str(event["scheduled"]))
    markets = ask(child, f"/api/v1/markets?event_id={last['event_id']}").json()["data"]["markets"]
    return str(next(market for market in markets if market.get("selections"))["selections"][0][0]["line_id"])


def place(child: Child, reference: str, user: str) -> httpx.Response:
    body = {"external_id": reference, "external_user_id": user, "line_id": far_line(child), "stake": 5, "odds": 25_000}
    return ask(child, ORDERS, body)


def listed(child: Child) -> list[dict[str, Any]]:
    """Nothing where it was asked for too often."""
    return list(ask(child, ORDERS).json().get("data", {"orders": []})["orders"])


def test_a_partner_registers_a_key_at_the_process_and_finds_it_after_a_restart(tmp_path: Path) -> None:
    options = ["--stay", "--rate", "5", "--state", str(tmp_path)]
    with Child(*options) as first:
        key = import_key(first)
        reply = ask(first, BALANCE)
        first.process.kill()
        first.process.wait()
    with Child(*options) as second:
        again = ask(second, BALANCE)
        with closing(asks(second)) as client:
            ping = client.get("/api/b2b/ping", headers={"X-API-Key": first.ready["rankacy"]["api_key"]})

    assert key["issuer_id"] == first.ready["omnibus"]["issuer_hint"]
    assert reply.json() == {"balance": PARTNERS_BALANCE // 100, "unmatched_balance": 0, "matched_balance": 0}
    assert "date" in reply.headers
    assert (again.status_code, again.json()) == (200, reply.json())
    assert ping.json()["status"] == "ok"
    for door in ("omnibus", "rankacy"):
        assert {name: word for name, word in first.ready[door].items() if name != "url"} == {
            name: word for name, word in second.ready[door].items() if name != "url"
        }


def test_an_order_of_a_user_is_in_the_record_of_an_exchange_that_was_killed_and_started_again(tmp_path: Path) -> None:
    options = ["--stay", "--rate", "5", "--state", str(tmp_path)]
    with Child(*options) as first:
        import_key(first)
        order = place(first, "kept-1", "cust-8841").json()["data"]["order"]
        first.process.kill()
        first.process.wait()
    with Child(*options) as second:
        again = place(second, "kept-1", "cust-8841")
        until = time.monotonic() + PATIENCE
        while not (rows := listed(second)) and time.monotonic() < until:  # it is opened a moment after the start
            pass

    assert [(row["id"], row["external_id"], row["external_user_id"], row["status"]) for row in rows] == [
        (order["id"], "kept-1", "cust-8841", "open")
    ]
    assert (again.status_code, again.json()["error"]) == (400, "order_external_id_existed")


def test_the_record_is_as_late_as_the_option_says() -> None:
    with Child("--stay", "--rate", "5", "--history-delay", "3600") as child:
        import_key(child)
        placed = place(child, "late-1", "cust-1")
        record = ask(child, ORDERS).json()

    assert placed.status_code == 200
    assert record["data"]["orders"] == []
    assert datetime.now(UTC) - datetime.fromisoformat(record["last_synced_at"][:19] + "+00:00") >= timedelta(hours=1)


@pytest.mark.parametrize("delay", ["-1", "nan", "soon", "86401"])
def test_a_delay_that_is_none_is_refused_at_the_start(delay: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        server.read_options(["--history-delay", delay])

    assert "--history-delay" in capsys.readouterr().err


@pytest.mark.parametrize(("options", "status"), [([], 401), (["--jwt", "strict"], 401), (["--jwt", "tolerant"], 200)])
def test_tokens_are_read_strictly_unless_it_is_asked_for_otherwise(options: list[str], status: int) -> None:
    with Child("--stay", "--rate", "5", *options) as child:
        import_key(child)
        reply = ask(child, BALANCE, hashed=False)

    assert reply.status_code == status


def test_the_line_leaves_out_doors_that_are_not_there() -> None:
    closed = msgspec.json.decode(server.ready_line(KEYS, "127.0.0.1", 1))
    replay = msgspec.json.decode(server.ready_line(new_keys(), "::1", 1))

    assert closed.keys() == replay.keys() == {"base", "trading", "pusher"}


def test_keys_of_both_doors_are_new_for_each_run(tmp_path: Path) -> None:
    first, second = (Opened(plan(tmp_path / name), NOW) for name in ("one", "two"))
    first.close()
    second.close()

    assert first.keys.partner.token != second.keys.partner.token
    assert first.keys.partner.issuer_id != second.keys.partner.issuer_id
    assert first.keys.rankacy_key != second.keys.rankacy_key


def test_a_state_from_before_there_were_partners_opens_and_keeps_what_it_had(tmp_path: Path) -> None:
    before = Opened(plan(tmp_path), NOW)
    before.close()
    state = State(tmp_path)
    kept = msgspec.json.decode(state.get("keys") or b"")
    state.put("keys", msgspec.json.encode({name: kept[name] for name in kept if name not in ("partner", "rankacy_key")}))
    state.close()

    after = Opened(plan(tmp_path), NOW + SECOND)
    after.close()
    again = Opened(plan(tmp_path), NOW + 2 * SECOND)
    again.close()

    assert isinstance(after.keys, Keys)
    assert (after.keys.access_key, after.keys.web_session) == (before.keys.access_key, before.keys.web_session)
    assert after.keys.partner.token not in ("", before.keys.partner.token)
    assert again.keys == after.keys
    assert again.exchange.balance(after.keys.partner.user_id).balance == PARTNERS_BALANCE
    assert again.exchange.balance(after.keys.user_id).balance == OPENING_BALANCE
    assert len(again.exchange.transactions(after.keys.partner.user_id)) == 1


def test_what_a_partner_registers_is_in_the_state_at_once(tmp_path: Path) -> None:
    opened = Opened(plan(tmp_path), NOW)
    assert opened.saved_partner_keys() is None
    opened.save_partner_keys(b"[]")
    opened.close()

    again = Opened(plan(tmp_path), NOW)
    assert again.saved_partner_keys() == b"[]"
    again.close()


def test_the_exchange_has_no_means_to_ask_another_host() -> None:
    clients = {"http", "urllib.request", "requests", "httpx", "aiohttp", "ftplib", "smtplib", "websocket", "websockets", "pysher", "xmlrpc"}
    found = {
        (path.name, name)
        for path in (ROOT / "app" / "practice").rglob("*.py")
        for name in imported(path)
        if name in clients or name.partition(".")[0] in clients - {"urllib.request"}
    }

    assert found == set()


def imported(path: Path) -> list[str]:
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names += [each.name for each in node.names]
        if isinstance(node, ast.ImportFrom) and node.module:
            names += [node.module, *(f"{node.module}.{each.name}" for each in node.names)]
    return names
