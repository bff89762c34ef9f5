"""Playing a recorded session: the same to a real client as the session was, and honest about what is missing."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import gzip
import json
import zlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.domain.errors import RefusedError
from app.domain.order import OrderReport
from app.practice import server
from app.practice.clock import WallClock
from app.practice.exchange import Exchange
from app.practice.replay.answers import Answers
from app.practice.replay.player import AHEAD, BEHIND, HEALTH_EVERY, SETTLING
from app.practice.replay.recording import Answer, Frame, Recording, RecordingError
from app.practice.replay.survey import Survey
from app.practice.replay.wire import ReplayWire, prepare
from app.practice.wire.application import Wire, new_keys
from app.venues.tape import About, Tape
from tests.practice.child import Child
from tests.practice.kit import HandClock
from tests.venues.taped import HOST, Client, Venue, client, heard, living, placed, served, until

HEADER: dict[str, Any] = {"overround_recording": 1, "program": "0", "venue": "prophetx", "environment": "Practice", "spelling": "v4"}
MAIN = "private-broadcast-service=3-device_type=5"
EVENT = f"{MAIN}-event=7"
PRIVATE = "private-service=3-device_type=5-user=account-1"


def written(path: Path, *lines: dict[str, Any], header: dict[str, Any] | None = None) -> Path:
    """A recording of these lines, made by hand, with its end."""
    told = [HEADER if header is None else header, *lines, {"kind": "end", "at": 1e6}]
    path.write_bytes(gzip.compress(b"".join(json.dumps(line).encode() + b"\n" for line in told)))
    return path


def answered(at: float, path: str, body: object, *, status: int = 200, method: str = "GET", **params: str) -> dict[str, Any]:
    return {"kind": "answer", "at": at, "method": method, "path": path, "params": params, "status": status, "body": json.dumps(body)}


def framed(at: float, text: str) -> dict[str, Any]:
    return {"kind": "frame", "at": at, "socket": 1, "text": text}


def told(event: str, channel: str, change: str, payload: object) -> str:
    code = base64.b64encode(json.dumps(payload).encode()).decode()
    data = json.dumps({"timestamp": 1, "change_type": change, "op": "u", "payload": code})
    return json.dumps({"event": event, "channel": channel, "data": data})


def depth(value: int, strike: float = 0, market_id: int = 219) -> str:
    selections = [[{"strike_id": "a" * 32, "price": 110, "value": value}], []]
    info = {"id": market_id, "strike": strike, "sequence_number": value, "selections": selections}
    return told("market_selections", EVENT, "market_selections", {"sport_event_id": 7, "market_id": market_id, "info": info})


HEALTH = told("health_check", PRIVATE, "private_system_signal", {})
REGISTERED = answered(
    0.5,
    "v4/mm/websocket",
    {
        "data": {
            "authorized_channel": [
                {"channel_name": MAIN, "auth": "redacted", "binding_events": []},
                {"channel_name": PRIVATE, "auth": "redacted", "binding_events": []},
                {"channel_name": EVENT, "auth": "redacted", "binding_events": [], "scope": {"event_id": 7}},
            ]
        }
    },
    method="POST",
)


# A session, recorded and played


class Session:
    """What a client saw of the recorded session, and the file."""

    def __init__(self, path: Path, venue: Venue, seen: Client) -> None:
        self.path, self.venue, self.seen = path, venue, seen


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Session:
    return asyncio.run(recorded(tmp_path_factory.mktemp("session") / "session.tape.gz"))


async def recorded(path: Path) -> Session:
    """A lively market, with an order that rests, one that is filled and one that is cancelled."""
    keys, clock, tape = new_keys(), WallClock(), Tape()
    venue = Venue(Exchange(seed=7, rate=2_000, started_at=clock.now_ns()), keys)
    wires: list[Wire] = []

    def make(port: int) -> Wire:
        wires.append(Wire(venue.exchange, keys, clock, host=HOST, port=port))
        return wires[0]

    async with served(make) as url:
        await tape.start(path, About("0", "prophetx", "Practice", "v4"))
        async with client(url, keys.access_key, keys.secret_key, tape) as one:
            async with living(lambda: step(wires)):
                await one.read(venue.tournament_id, venue.event_id)
                await placed(one.venue, "ov-1", venue.draft(25_000))
                await placed(one.venue, "ov-2", venue.draft(venue.takeable))
                order = await placed(one.venue, "ov-3", venue.draft(24_000))
                await until(lambda: any(report.ref == "ov-3" and report.status == "open" for report in one.reports))
                await cancelled(one, order)
                await until(lambda: any(report.ref == "ov-3" and "cancel" in report.status for report in one.reports))
                begun = one.follower.frames
                await until(lambda: one.follower.frames > begun + 30)
            await heard(wires[0].hub)
        await tape.stop()
    return Session(path, venue, one)


async def cancelled(one: Client, order: OrderReport) -> None:
    """A new order cannot be cancelled at once."""
    while True:
        try:
            await one.venue.cancel(order.ref, order.venue_order_id)
        except RefusedError as problem:
            if problem.status != 425:
                raise
            await asyncio.sleep(0.3)  # as the venue asks for
        else:
            return


def step(wires: Sequence[Wire | ReplayWire]) -> None:
    wire = wires[0]
    if isinstance(wire, Wire):
        wire.feed.step()
    else:
        wire.step()


@asynccontextmanager
async def played(path: Path, speed: float = 0) -> AsyncIterator[tuple[str, ReplayWire]]:
    wires: list[ReplayWire] = []

    def make(port: int) -> ReplayWire:
        wires.append(prepare(path, speed, WallClock(), host=HOST, port=port)[0])
        return wires[0]

    async with served(make) as url, living(lambda: step(wires)):
        yield url, wires[0]


@pytest.mark.parametrize("speed", [0, 5])
async def test_a_real_client_sees_the_session_as_it_was(session: Session, speed: float) -> None:
    venue, seen = session.venue, session.seen
    async with played(session.path, speed) as (url, wire), client(url, "any-key", "any-secret") as again:
        await again.read(venue.tournament_id, venue.event_id)
        await until(lambda: wire.player.is_over)
        await heard(wire.hub)

    assert again.tournaments == seen.tournaments
    assert again.events == seen.events
    assert again.names == seen.names
    assert again.books == seen.books
    assert again.reports == seen.reports
    assert [report.status for report in again.reports if report.ref == "ov-3"][-1] == "canceled"
    assert again.faults == seen.faults == []


async def test_nothing_can_be_ordered_in_a_recording(session: Session) -> None:
    async with played(session.path) as (url, _), client(url, "any-key", "any-secret") as again:
        with pytest.raises(RefusedError, match="This is a recording: nothing can be ordered") as placing:
            await placed(again.venue, "ov-9", session.venue.draft(150))
        with pytest.raises(RefusedError):
            await again.venue.cancel_all()

    assert (placing.value.code, placing.value.status) == ("err_order_placement_disabled", 403)


async def test_a_recording_is_served_by_the_practice_server(session: Session) -> None:
    with Child("--replay", str(session.path), "--speed", "0") as child:
        where = child.ready["trading"]
        async with client(where["url"], where["access_key"], where["secret_key"]) as again:
            await again.read(session.venue.tournament_id, session.venue.event_id)
            await until(lambda: again.books == session.seen.books)
        code, _, complaints = child.interrupt()

    assert (code, complaints) == (0, "")


# The wire


@asynccontextmanager
async def reader(wire: ReplayWire) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=wire.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://replay/partner") as http:
        told = await http.post("/auth/login", json={"access_key": "a", "secret_key": "s"})
        http.headers["Authorization"] = f"Bearer {told.json()['data']['access_token']}"
        yield http


def wire_of(path: Path, speed: float = 1.0, clock: list[float] | None = None) -> ReplayWire:
    """A wire whose time a test moves."""
    recording = Recording(path)
    moment = clock if clock is not None else [0.0]
    return ReplayWire(recording, Survey(recording), new_keys(), HandClock(), speed=speed, host=HOST, port=1, monotonic=lambda: moment[0])


async def test_a_session_with_the_recording_is_needed(tmp_path: Path) -> None:
    wire = wire_of(written(tmp_path / "one", REGISTERED))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=wire.app), base_url="http://replay/partner") as http:
        reading = await http.get("/v4/mm/get_balance")
        login = await http.post("/auth/login", json={"access_key": "a"})
    async with reader(wire) as http:
        answer = await http.get("/websocket/connection-config")

    assert (reading.status_code, login.status_code, answer.status_code) == (401, 401, 200)


async def test_only_what_was_recorded_can_be_followed(tmp_path: Path) -> None:
    wire = wire_of(written(tmp_path / "one", REGISTERED))
    async with reader(wire) as http:
        asked = [{"type": "event", "ids": ["7", "8"]}, {"type": "event_subtype", "ids": ["7:player_points"]}]
        body = {"socket_id": "1.1", "service": "pusher", "subscriptions": asked}
        data = (await http.post("/v4/mm/websocket", json=body)).json()["data"]

    assert [channel["channel_name"] for channel in data["authorized_channel"]] == [MAIN, PRIVATE, EVENT]
    assert all(wire.hub.signer.opens_channel(channel["auth"], "1.1", channel["channel_name"]) for channel in data["authorized_channel"])
    assert [(one["type"], one["id"]) for one in data["rejected"]] == [("event", "8"), ("event_subtype", "7:player_points")]


async def test_what_was_never_asked_is_said_to_be_missing(tmp_path: Path) -> None:
    wire = wire_of(written(tmp_path / "one", answered(1, "v4/mm/get_markets", {"data": {"markets": []}}, event_id="7")))
    async with reader(wire) as http:
        known = await http.get("/v4/mm/get_markets", params={"event_id": "7"})
        other = await http.get("/v4/mm/get_markets", params={"event_id": "8"})

    assert known.status_code == 200
    assert other.status_code == 404
    assert "no answer" in other.json()["message"]


# Time


class Listener:
    """Somebody on the channels of a wire, without a network."""

    def __init__(self, wire: ReplayWire, *channels: str) -> None:
        self.wire = wire
        self.socket = wire.hub.connect(wire.keys.pusher_key, "7", 0, lambda: None)
        self.follow(*channels)

    def follow(self, *channels: str) -> None:
        for channel in channels:
            auth = self.wire.hub.signer.sign_channel(self.socket.id, channel)
            data = {"auth": auth, "channel": channel}
            self.wire.hub.receive(self.socket, json.dumps({"event": "pusher:subscribe", "data": data}), 0)
        self.socket.outbox.clear()

    def heard(self) -> list[str]:
        found = list(self.socket.outbox)
        self.socket.outbox.clear()
        return found


def test_time_stands_still_until_somebody_follows(tmp_path: Path) -> None:
    clock = [0.0]
    wire = wire_of(written(tmp_path / "one", REGISTERED, framed(1, depth(1)), framed(2, depth(2))), clock=clock)
    clock[0] = 100
    wire.player.step()
    listener = Listener(wire, EVENT)
    clock[0] = 101.5
    wire.player.step()

    assert listener.heard() == [depth(1)]
    clock[0] = 102.5
    wire.player.step()
    assert listener.heard() == [depth(2)]


def test_time_waits_for_who_has_not_joined_all_it_was_granted_yet_but_not_for_ever(tmp_path: Path) -> None:
    clock = [0.0]
    wire = wire_of(written(tmp_path / "one", REGISTERED, framed(0.6, depth(1)), framed(0.6, HEALTH)), clock=clock)
    listener = Listener(wire, EVENT)
    wire.player.expect(listener.socket.id, frozenset({EVENT, PRIVATE, MAIN}))
    clock[0] = 1.0
    wire.player.step()
    listener.follow(PRIVATE)
    clock[0] = SETTLING - 0.1
    wire.player.step()
    assert listener.heard() == []
    clock[0] = SETTLING + 0.6
    wire.player.step()
    assert listener.heard() == [depth(1), HEALTH]


def test_twice_the_speed_takes_half_the_time(tmp_path: Path) -> None:
    clock = [0.0]
    wire = wire_of(written(tmp_path / "one", REGISTERED, framed(1, depth(1)), framed(2, depth(2))), speed=2, clock=clock)
    listener = Listener(wire, EVENT)
    clock[0] = 0.49
    wire.player.step()
    assert listener.heard() == []
    clock[0] = 1.0
    wire.player.step()
    assert listener.heard() == [depth(1), depth(2)]


def test_at_no_speed_messages_come_as_fast_as_they_are_taken(tmp_path: Path) -> None:
    frames = [framed(number, depth(number)) for number in range(3 * BEHIND)]
    wire = wire_of(written(tmp_path / "one", REGISTERED, *frames), speed=0)
    listener = Listener(wire, EVENT)
    for _ in range(20):
        wire.player.step()

    first = listener.heard()
    assert len(first) == BEHIND, "a slow reader holds the recording up"
    found = list(first)
    for _ in range(20):
        wire.player.step()
        found += listener.heard()
    assert found == [depth(number) for number in range(3 * BEHIND)]
    assert wire.player.is_over


def test_a_slow_reader_does_not_make_time_run_away(tmp_path: Path) -> None:
    clock = [0.0]
    frames = [framed(1, depth(number)) for number in range(BEHIND)]
    wire = wire_of(written(tmp_path / "one", REGISTERED, *frames, framed(2, depth(2)), framed(50, depth(50))), clock=clock)
    listener = Listener(wire, EVENT)
    for clock[0] in (1.0, 1.1, 60.0):
        wire.player.step()
    assert len(listener.heard()) == BEHIND
    clock[0] = 60.1
    wire.player.step()
    assert listener.heard() == [depth(2)]


def test_a_frame_is_heard_on_its_own_channel_only(tmp_path: Path) -> None:
    clock = [0.0]
    wire = wire_of(written(tmp_path / "one", REGISTERED, framed(1, depth(1)), framed(1, HEALTH)), clock=clock)
    watcher = Listener(wire, PRIVATE)
    clock[0] = 1.0
    wire.player.step()

    assert watcher.heard() == [HEALTH]


def test_the_protocols_own_frames_are_not_played_and_broken_ones_go_to_everybody(tmp_path: Path) -> None:
    clock = [0.0]
    wire = wire_of(
        written(tmp_path / "one", REGISTERED, framed(1, '{"event":"pusher:error","data":{"code":4200}}'), framed(1, "{broken")), clock=clock
    )
    watcher = Listener(wire, PRIVATE)
    clock[0] = 1.0
    wire.player.step()

    assert watcher.heard() == ["{broken"]


def test_a_socket_that_broke_in_the_session_breaks_again_and_time_waits_for_the_next(tmp_path: Path) -> None:
    clock = [0.0]
    wire = wire_of(written(tmp_path / "one", REGISTERED, {"kind": "lost", "at": 1, "socket": 1}, framed(1.5, depth(2))), clock=clock)
    first = Listener(wire, EVENT)
    clock[0] = 1.2
    wire.player.step()
    assert first.socket.close_code
    clock[0] = 50
    wire.player.step()
    second = Listener(wire, EVENT)
    clock[0] = 50.5
    wire.player.step()
    assert second.heard() == [depth(2)]


def test_after_the_end_the_line_stays_healthy(tmp_path: Path) -> None:
    clock = [0.0]
    wire = wire_of(written(tmp_path / "one", REGISTERED, framed(1, HEALTH)), clock=clock)
    watcher = Listener(wire, PRIVATE)
    clock[0] = 1e6 + 1
    wire.player.step()
    watcher.heard()
    clock[0] += HEALTH_EVERY
    wire.player.step()

    assert watcher.heard() == [HEALTH]


def test_a_silence_in_the_session_is_a_silence_again(tmp_path: Path) -> None:
    clock = [0.0]
    wire = wire_of(written(tmp_path / "one", REGISTERED, framed(1, HEALTH), framed(60, HEALTH)), clock=clock)
    watcher = Listener(wire, PRIVATE)
    for clock[0] in (1.0, 20.0, 59.0):
        wire.player.step()

    assert watcher.heard() == [HEALTH]


# Answers


def taken(*answers: Answer) -> Answers:
    found = Answers()
    for answer in answers:
        found.take(answer)
    return found


def one(at: float, path: str, body: object, status: int = 200, **params: str) -> Answer:
    return Answer(at, "GET", path, params, status, json.dumps(body))


def body_of(answers: Answers, path: str, **params: str) -> Any:
    found = answers.find("GET", path, params)
    return None if found is None else json.loads(found.body)


def test_the_last_answer_holds() -> None:
    answers = taken(one(1, "v4/mm/get_balance", 1), one(2, "v4/mm/get_balance", 2))

    assert body_of(answers, "v4/mm/get_balance") == 2


def test_before_the_first_time_the_first_answer_holds() -> None:
    answers = Answers()
    for number in (1, 2):
        answers.lead(one(number, "v4/mm/get_balance", number))

    assert body_of(answers, "v4/mm/get_balance") == 1


def test_a_history_is_the_same_question_whatever_its_bounds() -> None:
    answers = taken(
        Answer(1, "GET", "v4/mm/get_order_history", {"from": "1", "limit": "100"}, 200, '"placed"'),
        one(2, "v4/mm/get_order_history", "touched", updated_at_from="1", limit="100"),
        Answer(3, "GET", "v4/mm/get_order_history", {"from": "1", "limit": "100", "next_cursor": "c"}, 200, '"second page"'),
    )

    assert body_of(answers, "v4/mm/get_order_history", **{"from": "5", "limit": "50"}) == "placed"
    assert body_of(answers, "v4/mm/get_order_history", **{"from": "5", "to": "9", "limit": "50"}) == "touched", "the last of either kind"
    assert body_of(answers, "v4/mm/get_order_history", **{"from": "5", "status": "open"}) is None
    assert body_of(answers, "v4/mm/get_order_history", updated_at_from="9", limit="100") == "touched"
    assert body_of(answers, "v4/mm/get_order_history", **{"from": "9", "limit": "100", "next_cursor": "c"}) == "second page"
    assert body_of(answers, "v4/mm/get_order_history", **{"from": "9", "limit": "100", "next_cursor": "d"}) is None


@pytest.mark.parametrize("status", [401, 429])
def test_a_refusal_of_the_recorded_session_is_not_repeated(status: int) -> None:
    answers = taken(one(1, "v4/mm/get_balance", 1), one(2, "v4/mm/get_balance", 2, status))

    assert body_of(answers, "v4/mm/get_balance") == 1


def test_a_failure_of_the_venue_is_repeated() -> None:
    answers = taken(one(1, "v4/mm/get_balance", 1), one(2, "v4/mm/get_balance", 2, 503))

    found = answers.find("GET", "v4/mm/get_balance", {})
    assert found is not None
    assert found.status == 503


def market(value: int, market_id: int = 219) -> dict[str, Any]:
    return {"id": market_id, "strike": 0, "selections": [[{"strike_id": "a" * 32, "price": 110, "value": value}], []]}


def many(at: float, **events: list[dict[str, Any]] | None) -> Answer:
    ids = [name.removeprefix("e") for name in events]
    data = {name.removeprefix("e"): markets for name, markets in events.items()}
    return one(at, "v4/mm/get_multiple_markets", {"data": data}, event_ids=",".join(ids))


def test_events_are_answered_in_another_company_than_they_were_asked_in() -> None:
    answers = taken(many(1, e7=[market(1)], e8=[market(8)]), many(2, e7=[market(2)], e9=None))

    told = body_of(answers, "v4/mm/get_multiple_markets", event_ids="7,8,9,10")
    assert told == {"data": {"7": [market(2)], "8": [market(8)], "9": None}}
    assert body_of(answers, "v4/mm/get_markets", event_id="8") == {"data": {"markets": [market(8)]}}
    assert body_of(answers, "v4/mm/get_markets", event_id="10") is None
    assert body_of(answers, "mm/get_markets", event_id="8") is None, "another spelling has other words"


def test_listed_events_are_found_by_their_ids() -> None:
    answers = taken(one(1, "mm/get_sport_events", {"data": {"sport_events": [{"event_id": 7}, {"event_id": 8}]}}, tournament_id="31"))

    assert body_of(answers, "mm/get_sport_events", event_ids="8,9") == {"data": {"sport_events": [{"event_id": 8}]}}
    assert body_of(answers, "mm/get_sport_events", event_ids="9") is None


def test_books_are_answered_as_the_stream_has_left_them() -> None:
    spread = {"id": 223, "market_strikes": [{"id": 223, "strike": number, "selections": [["old"]]} for number in (-2.5, 2.5)]}
    answers = taken(one(1, "v4/mm/get_markets", {"data": {"markets": [market(1), spread, market(9, 220)]}}, event_id="7"))
    answers.hear(Frame(2, depth(5)))
    answers.hear(Frame(3, depth(6, strike=-2.5, market_id=223)))

    first, second, third = body_of(answers, "v4/mm/get_markets", event_id="7")["data"]["markets"]
    assert first == market(5)
    assert [child["selections"][0][0] == "old" for child in second["market_strikes"]] == [False, True]
    assert third == market(9, 220)


def test_what_the_stream_told_while_an_answer_was_on_its_way_is_newer_than_the_answer() -> None:
    answers = taken()
    answers.hear(Frame(2.9, depth(5)))
    reading = Answer(3, "GET", "v4/mm/get_markets", {"event_id": "7"}, 200, json.dumps({"data": {"markets": [market(1)]}}), 0.2)
    answers.take(reading)

    assert body_of(answers, "v4/mm/get_markets", event_id="7") == {"data": {"markets": [market(5)]}}


def test_a_reading_after_the_stream_told_something_is_newer() -> None:
    answers = taken()
    answers.hear(Frame(2, depth(5)))
    answers.take(one(3, "v4/mm/get_markets", {"data": {"markets": [market(1)]}}, event_id="7"))

    assert body_of(answers, "v4/mm/get_markets", event_id="7") == {"data": {"markets": [market(1)]}}


def test_books_read_a_moment_after_following_are_given_to_who_follows_now(tmp_path: Path) -> None:
    reading = [answered(at, "v4/mm/get_markets", {"data": {"markets": [market(at)]}}, event_id="7") for at in (1, 4, int(AHEAD) + 20)]
    wire = wire_of(written(tmp_path / "one", REGISTERED, *reading))
    Listener(wire, EVENT)
    wire.player.step()

    assert body_of(wire.player.answers, "v4/mm/get_markets", event_id="7") == {"data": {"markets": [market(4)]}}


# Files


def test_another_file_is_refused_in_words(tmp_path: Path) -> None:
    foreign = tmp_path / "foreign"
    for content in (b"", b"hello", gzip.compress(b""), gzip.compress(b'{"a":1}\n'), gzip.compress(b"hello\n"), b"\x1f\x8b\x08"):
        foreign.write_bytes(content)
        with pytest.raises(RecordingError, match="foreign is not a recording of this program"):
            Recording(foreign)


def test_a_file_of_another_format_a_missing_one_and_a_folder_are_refused_in_words(tmp_path: Path) -> None:
    newer = written(tmp_path / "newer", header={**HEADER, "overround_recording": 2})

    with pytest.raises(RecordingError, match="a recording of format 2; this program plays format 1"):
        Recording(newer)
    with pytest.raises(RecordingError, match="cannot be opened: No such file"):
        Recording(tmp_path / "missing")
    with pytest.raises(RecordingError, match="cannot be opened"):
        Recording(tmp_path)


def test_a_recording_of_nothing_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="holds nothing to play"):
        prepare(written(tmp_path / "empty"), 1.0, HandClock(), host=HOST, port=1)


def test_a_recording_cut_off_anywhere_plays_what_is_whole(tmp_path: Path) -> None:
    whole = written(tmp_path / "whole", REGISTERED, *(framed(number, depth(number)) for number in range(200)))
    raw = whole.read_bytes()
    sizes = []
    for share in (0.4, 0.7, 0.95):
        cut = tmp_path / "cut"
        cut.write_bytes(raw[: int(len(raw) * share)])
        recording = Recording(cut)
        sizes.append(len(list(recording.lines())))
        (fault,) = recording.faults
        assert fault.startswith("cut is damaged from some place on")

    assert 0 < sizes[0] < sizes[1] < sizes[2] < 201


def test_a_recording_that_was_killed_says_that_its_end_is_missing(tmp_path: Path) -> None:
    press = zlib.compressobj(6, zlib.DEFLATED, 31)
    lines = [HEADER, framed(1, depth(1))]
    raw = b"".join(press.compress(json.dumps(line).encode() + b"\n") for line in lines) + press.flush(zlib.Z_SYNC_FLUSH)
    (tmp_path / "killed").write_bytes(raw)
    recording = Recording(tmp_path / "killed")

    assert len(list(recording.lines())) == 1
    assert len(recording.faults) == 1


def test_a_corrupt_place_ends_it_and_an_unreadable_line_is_left_out(tmp_path: Path) -> None:
    lines = [json.dumps(line).encode() for line in (HEADER, framed(1, depth(1)), framed(2, depth(2)), {"kind": "end", "at": 3})]
    lines[2:2] = [b"not a line", b'{"kind":"other"}']
    (tmp_path / "odd").write_bytes(gzip.compress(b"\n".join(lines) + b"\n"))
    recording = Recording(tmp_path / "odd")

    assert [line.at for line in recording.lines()] == [1, 2, 3]
    assert recording.faults == ["2 lines of odd cannot be read and are left out."]

    raw = bytearray(written(tmp_path / "whole", *(framed(number, depth(number)) for number in range(300))).read_bytes())
    raw[len(raw) // 2] ^= 0xFF
    (tmp_path / "flipped").write_bytes(bytes(raw))
    flipped = Recording(tmp_path / "flipped")
    with contextlib.suppress(RecordingError):
        assert len(list(flipped.lines())) <= 301
    assert flipped.faults


async def test_what_is_wrong_with_a_recording_is_said_at_the_start(tmp_path: Path) -> None:
    path = tmp_path / "quiet"
    told = [HEADER, answered(1, "v4/mm/get_balance", 1), {"kind": "end", "at": 2, "dropped": 1234}]
    path.write_bytes(gzip.compress(b"".join(json.dumps(line).encode() + b"\n" for line in told)))

    _, notes = prepare(path, 1.0, HandClock(), host=HOST, port=1)

    assert notes == [
        "1,234 messages came too fast to be recorded and are missing.",
        "quiet holds no registration of a stream: its messages cannot be heard, only its answers read.",
    ]


def test_the_server_refuses_a_file_that_is_none_with_code_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "foreign").write_bytes(b"hello")
    stop = server.Stop()
    stop.want()

    assert server.start(server.read_options(["--stay", "--replay", str(tmp_path / "foreign")]), stop) == 2
    assert "is not a recording" in capsys.readouterr().err
