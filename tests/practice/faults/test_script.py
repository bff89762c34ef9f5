"""The fault script: each verb can be written, and what cannot be used is refused in a sentence."""

from __future__ import annotations

import base64
import contextlib
import json
from pathlib import Path

import httpx
import pytest

from app.practice import server
from app.practice.faults import (
    Body,
    CallFault,
    Corrupt,
    Delay,
    Drip,
    Drop,
    Duplicate,
    Error,
    Fault,
    FaultsError,
    Hang,
    Hold,
    Lag,
    Late,
    Limit,
    Lost,
    PushFault,
    Redirect,
    Reorder,
    RetryAfter,
    Unauthorized,
    parse_script,
    read_script,
)
from app.practice.faults.script import CALLS, LARGEST_FILE, PUSHES
from app.practice.truth import ACCEPTED, read
from tests.practice.child import Child
from tests.practice.faults.kit import SUBMIT


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        (
            {"on": "submit", "skip": 2, "do": {"verb": "error", "status": 503, "code": "x", "after": True}},
            CallFault("submit", Error(503, "x", after=True), skip=2),
        ),
        ({"on": "*", "times": None, "do": {"verb": "body", "text": "x"}}, CallFault("*", Body("x"), times=None)),
        ({"on": "submit", "chance": 0.01, "do": {"verb": "lost"}}, CallFault("submit", Lost(), chance=0.01)),
        ({"on": "submit", "do": {"verb": "hang"}}, CallFault("submit", Hang())),
        ({"on": "submit", "do": {"verb": "drip", "bytes": 2, "gap": 1}}, CallFault("submit", Drip(2, 1))),
        ({"on": "submit", "do": {"verb": "delay", "seconds": 1, "when": "before"}}, CallFault("submit", Delay(1, "before"))),
        ({"on": "submit", "do": {"verb": "retry_after", "value": None}}, CallFault("submit", RetryAfter(None))),
        ({"on": "submit", "do": {"verb": "redirect", "location": "/"}}, CallFault("submit", Redirect("/"))),
        ({"on": "submit", "do": {"verb": "unauthorized"}}, CallFault("submit", Unauthorized())),
        ({"on": "orders", "do": {"verb": "lag", "seconds": 90}}, CallFault("orders", Lag(90))),
        ({"on": "register", "do": {"verb": "limit", "channels": 100}}, CallFault("register", Limit(100))),
        ({"push": "order", "do": {"verb": "drop"}}, PushFault("order", Drop())),
        ({"push": "subscribed", "do": {"verb": "drop"}}, PushFault("subscribed", Drop())),
        ({"push": "order", "do": {"verb": "hold"}}, PushFault("order", Hold())),
        ({"push": "order", "do": {"verb": "duplicate", "copies": 3}}, PushFault("order", Duplicate(3))),
        ({"push": "order", "do": {"verb": "reorder"}}, PushFault("order", Reorder())),
        ({"push": "order", "do": {"verb": "delay", "seconds": 1}}, PushFault("order", Late(1))),
        ({"push": "order", "do": {"verb": "corrupt", "part": "frame"}}, PushFault("order", Corrupt("frame"))),
    ],
)
def test_each_verb_can_be_written(entry: dict[str, object], fault: Fault) -> None:
    assert parse_script(json.dumps([entry]).encode(), "a.json") == [fault]


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ({"do": {"verb": "lost"}}, 'needs either "on"'),
        ({"on": "submit", "push": "order", "do": {"verb": "lost"}}, 'needs either "on"'),
        ({"on": "place", "do": {"verb": "lost"}}, "no call called 'place'"),
        ({"push": "orders", "do": {"verb": "drop"}}, "no push called 'orders'"),
        ({"on": "submit", "do": {"verb": "drop"}}, "Invalid value 'drop'"),
        ({"push": "order", "do": {"verb": "lost"}}, "Invalid value 'lost'"),
        ({"on": "submit", "do": {}}, "missing required field `verb`"),
        ({"on": "submit"}, "missing required field `do`"),
        ({"on": "submit", "do": {"verb": "lost", "after": True}}, "unknown field `after`"),
        ({"on": "submit", "often": 3, "do": {"verb": "lost"}}, "unknown field `often`"),
        ({"on": "submit", "skip": -1, "do": {"verb": "lost"}}, "`int` >= 0"),
        ({"on": "submit", "times": 0, "do": {"verb": "lost"}}, "`int` >= 1"),
        ({"on": "submit", "chance": 0, "do": {"verb": "lost"}}, "`float` > 0"),
        ({"on": "submit", "chance": "1", "do": {"verb": "lost"}}, "Expected `float`"),
        ({"on": "submit", "do": {"verb": "error", "status": 99, "code": "x"}}, "`int` >= 200"),
        ({"on": "submit", "do": {"verb": "delay", "seconds": -1}}, "`float` >= 0"),
        ({"on": "submit", "do": {"verb": "body", "text": "x", "base64": "eA=="}}, "as text or as base64"),
        ({"on": "submit", "do": {"verb": "body", "base64": "?"}}, "base64 of the body cannot be read"),
        ({"on": "submit", "do": {"verb": "lag", "seconds": 1}}, "can lag, not submit"),
        ({"on": "*", "do": {"verb": "lag", "seconds": 1}}, "can lag, not *"),
        ({"on": "submit", "do": {"verb": "limit", "channels": 5}}, "only register has a limit of channels"),
        ({"push": "subscribed", "do": {"verb": "duplicate"}}, "subscribed can only be dropped"),
    ],
)
def test_a_bad_entry_is_refused_in_a_sentence_with_its_number(entry: dict[str, object], says: str) -> None:
    good = {"on": "submit", "do": {"verb": "lost"}}

    with pytest.raises(FaultsError) as refused:
        parse_script(json.dumps([good, entry]).encode(), "bad.json")

    sentence = str(refused.value)
    assert sentence.startswith("Entry 2 of the fault script bad.json cannot be used: ")
    assert says in sentence
    assert sentence.endswith(".")


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"[", b"\xff", b"null", b"[" * 100_000])
def test_a_file_that_is_no_list_is_refused_in_a_sentence(content: bytes) -> None:
    with pytest.raises(FaultsError, match=r"The fault script bad\.json is no list of faults: .*\."):
        parse_script(content, "bad.json")


def test_a_file_that_is_not_there_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(FaultsError, match=r"none\.json cannot be read: No such file"):
        read_script(tmp_path / "none.json")


def test_a_file_that_is_too_long_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "long.json"
    path.write_bytes(b" " * (LARGEST_FILE + 1))

    with pytest.raises(FaultsError, match="too long"):
        read_script(path)


def test_body_bytes_come_from_text_or_base64() -> None:
    assert (Body("é").raw, Body(base64=base64.b64encode(b"\xff").decode()).raw) == ("é".encode(), b"\xff")


def test_every_call_and_push_has_a_name() -> None:
    assert {"submit", "cancel", "cancel_all", "orders", "order", "login", "refresh", "register"} <= CALLS
    assert {"order", "market_selections", "health_check"} <= PUSHES


# The server


def test_a_bad_script_stops_the_server_at_its_start(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bad.json"
    path.write_text('[{"on": "submit", "do": {"verb": "explode"}}]')

    code = server.start(server.read_options(["--faults", str(path)]), server.Stop())

    assert code == 2
    assert "Entry 1 of the fault script" in capsys.readouterr().err


def test_a_truth_log_that_cannot_be_written_stops_the_server_at_its_start(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = server.start(server.read_options(["--truth", str(tmp_path / "nowhere" / "truth.jsonl")]), server.Stop())

    assert code == 2
    assert "cannot be opened" in capsys.readouterr().err


def a_strike(client: httpx.Client) -> str:
    """The id of some selection."""
    tournaments = client.get("/mm/get_tournaments", params={"has_active_events": "true"}).json()["data"]["tournaments"]
    events = client.get("/mm/get_sport_events", params={"tournament_id": tournaments[0]["id"]}).json()["data"]["sport_events"]
    markets = client.get("/v4/mm/get_markets", params={"event_id": events[-1]["event_id"]}).json()["data"]["markets"]
    moneyline = next(market for market in markets if market["type"] == "moneyline")
    return str(moneyline["selections"][0][0]["strike_id"])


def test_a_rehearsed_server_loses_an_answer_and_its_log_has_the_order(tmp_path: Path) -> None:
    script, log = tmp_path / "faults.json", tmp_path / "truth.jsonl"
    script.write_text('[{"on": "submit", "do": {"verb": "lost"}}, {"on": "submit", "do": {"verb": "hang"}}]')
    with Child("--faults", str(script), "--truth", str(log)) as child, contextlib.closing(child.client()) as client:
        order = {"external_id": "mine", "strike_id": a_strike(client), "price": 25_000, "quantity": 5}
        with pytest.raises(httpx.RemoteProtocolError):
            client.post(SUBMIT, json=order)
        line = read(log)[-1]
        code, _, complaints = child.interrupt()

    assert (line.external_id, line.verdict, line.status) == ("mine", ACCEPTED, "lost")
    assert (code, complaints) == (0, "")
