"""The truth log: a line for whatever was received, written before the answer, whatever was told."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import msgspec
import pytest

from app.practice.exchange import Exchange
from app.practice.faults import CallFault, Error, Faults, Lost, SeveredError, Unauthorized
from app.practice.truth import ACCEPTED, Deed, Line, Moment, Truth, TruthError, accepted_orders, read, received_orders
from app.practice.wire.application import Wire
from tests.practice.kit import KEYS, Api, HandClock, new_id, pre_match_strike

SUBMIT = "/v4/mm/submit_order"
HERE = Moment(7, 1_795_000_000)


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def wire(exchange: Exchange, clock: HandClock, faults: Faults) -> Wire:
    return Wire(exchange, KEYS, clock, host="127.0.0.1", port=4321, faults=faults)


@pytest.fixture
async def api(wire: Wire, exchange: Exchange, clock: HandClock) -> AsyncIterator[Api]:
    client = await Api(wire, exchange, clock).login()
    yield client
    await client.http.aclose()


def good_order(api: Api) -> dict[str, object]:
    _, strike = pre_match_strike(api.exchange)
    return api.order_body(strike.outcomes[0].strike_id, 25_000)


def last(api: Api) -> Line:
    return api.wire.truth.lines[-1]


# What is written


async def test_an_accepted_order_is_one_line_with_both_its_ids(api: Api) -> None:
    body = good_order(api)

    reply = await api.post(SUBMIT, body)

    line = last(api)
    assert (line.method, line.name, line.user) == ("POST", "submit", api.account.user_id)
    assert (line.external_id, line.order_id) == (body["external_id"], reply.json()["data"]["order"]["order_id"])
    assert (line.verdict, line.status, line.fault) == (ACCEPTED, 200, "")


@pytest.mark.parametrize("path", ["/mm/place_order", "/mm/place_wager"])
async def test_orders_are_read_in_every_spelling(api: Api, path: str) -> None:
    body = good_order(api)
    if path.endswith("wager"):
        body = {"external_id": body["external_id"], "line_id": body["strike_id"], "odds": 25_000, "stake": 5}

    reply = await api.post(path, body)

    shown = next(value for value in reply.json()["data"].values() if isinstance(value, dict))
    assert accepted_orders(api.wire.truth.lines) == {body["external_id"]: [shown["id"]]}


async def test_a_refused_order_has_the_venues_code(api: Api) -> None:
    body = {**good_order(api), "price": 3}

    await api.post(SUBMIT, body)

    assert (last(api).verdict, last(api).status, last(api).external_id) == ("invalid_price", 400, body["external_id"])


async def test_an_order_without_a_session_was_received_all_the_same(api: Api) -> None:
    body = good_order(api)
    api.http.headers["Authorization"] = "Bearer old"

    await api.post(SUBMIT, body)

    assert (last(api).verdict, last(api).status, last(api).external_id) == ("unauthorized", 401, body["external_id"])
    assert received_orders(api.wire.truth.lines) == {body["external_id"]: 1}
    assert accepted_orders(api.wire.truth.lines) == {}


async def test_a_batch_is_a_line_a_row(api: Api) -> None:
    good, bad, rows = good_order(api), {**good_order(api), "quantity": -1}, len(api.wire.truth.lines)

    reply = await api.post("/v4/mm/submit_multiple_orders", {"data": [good, bad, "no order"]})

    placed = reply.json()["data"]["succeed_orders"][0]["order_id"]
    told = [(line.external_id, line.order_id, line.verdict) for line in api.wire.truth.lines[rows:]]
    codes = [row["error"] for row in reply.json()["data"]["failed_orders"]]
    assert told == [(good["external_id"], placed, ACCEPTED), (bad["external_id"], "", codes[0]), ("", "", codes[1])]


async def test_a_batch_that_is_refused_whole_is_a_line_a_row_too(api: Api) -> None:
    rows = [{"external_id": new_id()} for _ in range(21)]

    await api.post("/v4/mm/submit_multiple_orders", {"data": rows})

    lines = api.wire.truth.lines[-21:]
    assert [line.external_id for line in lines] == [row["external_id"] for row in rows]
    assert {line.verdict for line in lines} == {"order_limit_exceeded"}


async def test_an_unreadable_order_is_a_line_without_ids(api: Api) -> None:
    await api.post(SUBMIT, b"{")

    assert (last(api).name, last(api).verdict, last(api).external_id) == ("submit", "invalid_request", "")


@pytest.mark.parametrize(
    ("name", "path"),
    [("cancel", "/v4/mm/cancel_order"), ("cancel_many", "/v4/mm/cancel_multiple_orders"), ("cancel_all", "/v4/mm/cancel_all_orders")],
)
async def test_each_accepted_cancel_is_a_line(api: Api, name: str, path: str) -> None:
    order = await api.rest_an_order()
    body = {
        "cancel": {"order_id": order["order_id"]},
        "cancel_many": {"data": [{"order_id": order["order_id"], "external_id": order["external_id"]}]},
        "cancel_all": {},
    }[name]

    await api.post(path, body)

    assert (last(api).name, last(api).order_id, last(api).external_id) == (name, order["order_id"], order["external_id"])
    assert last(api).verdict == ACCEPTED


async def test_a_cancel_too_late_has_the_venues_code(api: Api) -> None:
    order = await api.rest_an_order()
    await api.post("/v4/mm/cancel_order", {"order_id": order["order_id"]})

    await api.post("/v4/mm/cancel_order", {"order_id": order["order_id"]})

    assert (last(api).order_id, last(api).verdict) == (order["order_id"], "order_already_cancelled")


async def test_reads_and_logins_are_lines(api: Api) -> None:
    await api.get("/v4/mm/get_balance")

    assert [(line.method, line.name, line.status) for line in api.wire.truth.lines] == [("POST", "login", 200), ("GET", "balance", 200)]


@pytest.mark.parametrize(("path", "status"), [("/v4/mm/no_such_path", 404), ("/auth/login", 405)])
async def test_what_reaches_no_path_was_received(api: Api, path: str, status: int) -> None:
    await api.get(path)

    assert (last(api).method, last(api).name, last(api).status) == ("GET", "", status)


# Under faults


async def test_an_order_whose_answer_is_lost_stands_in_the_log(api: Api, faults: Faults) -> None:
    faults.add(CallFault("submit", Lost()))
    body = good_order(api)

    with pytest.raises(SeveredError):
        await api.post(SUBMIT, body)

    assert (last(api).verdict, last(api).status, last(api).fault) == (ACCEPTED, "lost", "lost")
    assert list(accepted_orders(api.wire.truth.lines)) == [body["external_id"]]


async def test_an_error_after_acceptance_does_not_change_the_verdict(api: Api, faults: Faults) -> None:
    faults.add(CallFault("submit", Error(500, "unknown_error", after=True)))

    await api.post(SUBMIT, good_order(api))

    assert (last(api).verdict, last(api).status, last(api).fault) == (ACCEPTED, 500, "error")


async def test_an_order_kept_from_the_exchange_was_received_but_not_accepted(api: Api, faults: Faults) -> None:
    faults.add(CallFault("submit", Unauthorized()))
    body = good_order(api)

    await api.post(SUBMIT, body)

    assert (last(api).verdict, last(api).status, last(api).external_id) == ("unauthorized", 401, body["external_id"])
    assert accepted_orders(api.wire.truth.lines) == {}


# The file and what is read from it


def a_line(truth: Truth, external_id: str, order_id: str, verdict: str = ACCEPTED) -> None:
    truth.note(HERE, "POST", "submit", "u1", [Deed(verdict, external_id, order_id)], 200)


def test_the_file_says_what_the_memory_says(tmp_path: Path) -> None:
    truth = Truth(tmp_path / "truth.jsonl")
    a_line(truth, "a", "1")
    a_line(truth, "b", "", "invalid_price")

    assert read(tmp_path / "truth.jsonl") == truth.lines
    truth.close()


def test_a_second_run_appends(tmp_path: Path) -> None:
    for order_id in ("1", "2"):
        truth = Truth(tmp_path / "truth.jsonl")
        a_line(truth, "a", order_id)
        truth.close()

    assert accepted_orders(read(tmp_path / "truth.jsonl")) == {"a": ["1", "2"]}


def test_a_line_cut_off_by_a_crash_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "truth.jsonl"
    truth = Truth(path)
    a_line(truth, "a", "1")
    a_line(truth, "b", "2")
    truth.close()
    path.write_bytes(path.read_bytes()[:-9])

    assert list(accepted_orders(read(path))) == ["a"]


def test_memory_keeps_the_newest_lines_only_where_it_is_bounded() -> None:
    truth = Truth(most=2)
    for name in ("a", "b", "c"):
        a_line(truth, name, "1")

    assert [line.external_id for line in truth.lines] == ["b", "c"]


def test_times_are_those_of_the_given_clocks() -> None:
    clock: Callable[[], int] = HandClock().now_ns
    truth = Truth(monotonic=lambda: 5, wall=clock)

    assert truth.moment() == (5, clock())


@pytest.mark.parametrize("content", [b"not JSON\n", b'{"at":1}\n', b"\xff\n"])
def test_a_file_that_is_no_truth_log_is_refused_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "truth.jsonl"
    path.write_bytes(content)

    with pytest.raises(TruthError, match=r"truth\.jsonl cannot be read"):
        read(path)


def test_a_file_that_cannot_be_opened_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(TruthError, match="cannot be opened: No such file or directory"):
        Truth(tmp_path / "nowhere" / "truth.jsonl")


@pytest.mark.skipif(os.name != "posix", reason="modes of POSIX")
def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    Truth(tmp_path / "truth.jsonl").close()

    assert (tmp_path / "truth.jsonl").stat().st_mode & 0o777 == 0o600


def test_a_line_survives_the_way_through_json() -> None:
    line = Line(1, 2, "POST", "submit", "u1", ACCEPTED, "lost", "a", "1", "lost")

    assert msgspec.json.decode(msgspec.json.encode(line), type=Line) == line
