"""Recording a session: what is in the file, what never is, and what ends it."""

from __future__ import annotations

import asyncio
import base64
import errno
import gzip
import io
import json
import os
import re
import stat
from collections.abc import Generator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from typing_extensions import Buffer

from app.practice.clock import WallClock
from app.practice.exchange import Exchange
from app.practice.wire.application import Wire, new_keys
from app.venues.http import Reply
from app.venues.prophetx.location import PATH
from app.venues.push import LOST, PushAddress
from app.venues.reel import Bounds, spelling_of
from app.venues.scrub import Scrubber
from app.venues.tape import About, Tape, TapeError
from tests.venues.fakes import HandClock, faulty
from tests.venues.fakes import Wire as Line
from tests.venues.taped import HOST, Venue, client, heard, living, placed, served, until

ABOUT = About("0.1.0", "prophetx", "Practice", "v4")


def answer(body: bytes, status: int = 200) -> Reply:
    return Reply(status, body, 0.01)


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]


def tell(tape: Tape, body: bytes, path: str = "v4/mm/get_balance", bearer: str = "bearer-token") -> None:
    tape.answered("GET", path, {}, None, bearer, answer(body))


def order_frame(channel: str, info: dict[str, object]) -> bytes:
    payload = base64.b64encode(json.dumps({"info": info}).encode()).decode()
    data = json.dumps({"timestamp": 1, "change_type": "order", "op": "u", "payload": payload})
    return json.dumps({"event": "orders", "channel": channel, "data": data}).encode()


def order_in(text: str) -> dict[str, Any]:
    envelope = json.loads(json.loads(text)["data"])
    return dict(json.loads(base64.b64decode(envelope["payload"]))["info"])


async def recorded(tmp_path: Path, *bodies: bytes) -> list[dict[str, Any]]:
    """The lines of a recording of these answers, without header and end."""
    tape = Tape()
    await tape.start(tmp_path / "one.tape.gz", ABOUT)
    for body in bodies:
        tell(tape, body)
    await tape.stop()
    return lines_of(tmp_path / "one.tape.gz")[1:-1]


# The file


async def test_a_recording_begins_with_what_it_is_of_and_ends_with_why(tmp_path: Path) -> None:
    clock = HandClock()
    tape = Tape(clock=clock, wall=lambda: 1_795_000_000.5)
    await tape.start(tmp_path / "one.tape.gz", ABOUT)
    clock.now += 1.25
    tape.answered("GET", "mm/get_sport_events", {"tournament_id": "31"}, None, "bearer-token", answer(b'{"data":{}}', 503))
    tape.framed(b'{"event":"x","data":{}}', 2)
    counted = await tape.stop()

    header, told, frame, end = lines_of(tmp_path / "one.tape.gz")
    assert header["overround_recording"] == 1
    assert (header["program"], header["venue"], header["environment"], header["spelling"]) == ("0.1.0", "prophetx", "Practice", "v4")
    assert told == {
        "kind": "answer",
        "at": 1.25,
        "wall": 1_795_000_000.5,
        "method": "GET",
        "path": "mm/get_sport_events",
        "params": {"tournament_id": "31"},
        "status": 503,
        "seconds": 0.01,
        "body": '{"data":{}}',
    }
    assert (frame["kind"], frame["socket"], frame["text"]) == ("frame", 2, '{"event":"x","data":{}}')
    assert (end["kind"], end["words"], end["dropped"]) == ("end", "stopped", 0)
    assert counted is not None
    assert (counted.answers, counted.frames, counted.bytes) == (1, 1, (tmp_path / "one.tape.gz").stat().st_size)


async def test_a_recording_tells_in_which_spelling_it_was_asked(tmp_path: Path) -> None:
    tape = Tape()
    await tape.start(tmp_path / "a", msgspec.structs.replace(ABOUT, spelling="legacy"))
    tell(tape, b"{}")
    await tape.stop()
    assert spelling_of(tmp_path / "a") == "legacy"


@pytest.mark.parametrize(
    "content",
    [b"", b"no gzip", gzip.compress(b"{}\n"), gzip.compress(b"\xff\n"), gzip.compress(b'{"a":1')[:15]],
    ids=["empty", "no gzip", "no header", "no text", "cut off"],
)
def test_what_is_no_recording_tells_no_spelling(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a").write_bytes(content)
    assert spelling_of(tmp_path / "a") == ""
    assert spelling_of(tmp_path / "nowhere") == ""


async def test_only_its_owner_may_read_a_recording(tmp_path: Path) -> None:
    tape = Tape()
    await tape.start(tmp_path / "below" / "one.tape.gz", ABOUT)
    await tape.stop()

    assert stat.S_IMODE((tmp_path / "below" / "one.tape.gz").stat().st_mode) == 0o600


async def test_nothing_is_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "one.tape.gz"
    path.write_bytes(b"mine")

    with pytest.raises(TapeError, match="cannot be written"):
        await Tape().start(path, ABOUT)

    assert path.read_bytes() == b"mine"


async def test_one_recording_at_a_time(tmp_path: Path) -> None:
    tape = Tape()
    await tape.start(tmp_path / "one.tape.gz", ABOUT)

    with pytest.raises(TapeError, match=r"one\.tape\.gz is being recorded already"):
        await tape.start(tmp_path / "two.tape.gz", ABOUT)

    await tape.stop()


async def test_what_came_before_and_after_is_not_in_it(tmp_path: Path) -> None:
    tape = Tape()
    tell(tape, b'"before"')
    await tape.start(tmp_path / "one.tape.gz", ABOUT)
    tell(tape, b'"during"')
    await tape.stop()
    tell(tape, b'"after"')

    assert [line["body"] for line in lines_of(tmp_path / "one.tape.gz")[1:-1]] == ['"during"']
    assert tape.path is None


async def test_a_socket_that_broke_leaves_a_line(tmp_path: Path) -> None:
    tape = Tape()
    await tape.start(tmp_path / "one.tape.gz", ABOUT)
    tape.framed(LOST, 3)
    await tape.stop()

    assert [(line["kind"], line["socket"]) for line in lines_of(tmp_path / "one.tape.gz")[1:-1]] == [("lost", 3)]


@pytest.mark.parametrize(("closes", "left"), [("venue", ["lost"]), ("program", [])])
async def test_only_a_socket_that_the_venue_ended_is_lost(tmp_path: Path, closes: str, left: list[str]) -> None:
    keys, clock = new_keys(), WallClock()
    wire = Wire(Exchange(seed=7, rate=0.1, started_at=clock.now_ns(), populate=False), keys, clock, host=HOST, port=1)
    tape = Tape()
    came: list[bytes] = []
    async with served(lambda _port: wire) as url:
        await tape.start(tmp_path / "one.tape.gz", ABOUT)
        port = int(url.rpartition(":")[2].partition("/")[0])
        socket = tape.dial(PushAddress(keys.pusher_key, host=HOST, port=port, is_secure=False), came.append)
        socket.open()
        await until(lambda: came)
        if closes == "venue":
            wire.hub.close_all()
        else:
            socket.close()
        await until(lambda: LOST in came)
        await tape.stop()
        socket.close()

    assert [line["kind"] for line in lines_of(tmp_path / "one.tape.gz")[1:-1]] == ["frame", *left]


# What ends it


async def ended(tape: Tape, said: list[str]) -> str:
    await until(lambda: said)
    assert tape.path is None
    return said[0]


async def test_a_recording_stops_at_its_size_and_says_so(tmp_path: Path) -> None:
    said: list[str] = []
    tape = Tape(said.append, bounds=Bounds(most_bytes=200))
    await tape.start(tmp_path / "one.tape.gz", ABOUT)
    tell(tape, b"".join(b"%d," % (number * 7_919) for number in range(60_000)))

    assert "the file has reached" in await ended(tape, said)
    assert lines_of(tmp_path / "one.tape.gz")[-1]["kind"] == "end"


async def test_a_recording_stops_after_a_day_and_says_so(tmp_path: Path) -> None:
    said: list[str] = []
    clock = HandClock()
    tape = Tape(said.append, clock=clock)
    await tape.start(tmp_path / "one.tape.gz", ABOUT)
    clock.now += 24 * 3600
    tell(tape, b"{}")

    assert "it has run for 24 h" in await ended(tape, said)


class FullDisk(io.BytesIO):
    """Has room for so many bytes, and says so in this way."""

    def __init__(self, room: int, problem: Exception | None = None) -> None:
        super().__init__()
        self._room = room
        self._problem = problem or OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def write(self, data: Buffer, /) -> int:
        if self.tell() + len(bytes(data)) > self._room:
            raise self._problem
        return super().write(data)


async def test_a_full_disk_ends_the_recording_in_words_and_nothing_else(tmp_path: Path) -> None:
    said: list[str] = []
    tape = Tape(said.append, create=lambda _path: FullDisk(1_000))
    await tape.start(tmp_path / "one.tape.gz", ABOUT)
    tell(tape, b"{}")
    tape.framed(os.urandom(10_000).hex().encode(), 1)

    assert "one.tape.gz cannot be written any more (No space left on device)" in await ended(tape, said)
    tell(tape, b"{}")
    assert (await tape.stop()) is not None
    await tape.start(tmp_path / "two.tape.gz", ABOUT)
    await tape.stop()


async def test_a_mistake_of_the_writer_ends_the_recording_in_words(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    said: list[str] = []
    tape = Tape(said.append, create=lambda _path: FullDisk(1_000, ZeroDivisionError("by a test")))
    await tape.start(tmp_path / "one.tape.gz", ABOUT)
    tape.framed(os.urandom(10_000).hex().encode(), 1)

    assert "one.tape.gz broke by a mistake of the program's (ZeroDivisionError)" in await ended(tape, said)
    assert tape.path is None
    assert "ZeroDivisionError" in caplog.text
    assert (await tape.stop()) is not None


async def test_a_disk_that_is_full_from_the_start_is_said(tmp_path: Path) -> None:
    tape = Tape(create=lambda _path: FullDisk(10))

    with pytest.raises(TapeError, match="No space left"):
        await tape.start(tmp_path / "one.tape.gz", ABOUT)

    assert tape.path is None


async def test_a_folder_that_cannot_be_written_is_said_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(TapeError, match="Nothing is recorded"):
        await Tape().start(tmp_path / "file" / "one.tape.gz", ABOUT)


async def test_what_comes_too_fast_is_dropped_and_counted(tmp_path: Path) -> None:
    tape = Tape(bounds=Bounds(most_waiting=1_000))
    await tape.start(tmp_path / "one.tape.gz", ABOUT)
    tell(tape, b"x" * 2_000)
    tell(tape, b"{}")
    counted = await tape.stop()

    *_, told, end = lines_of(tmp_path / "one.tape.gz")
    assert told["body"] == "{}"
    assert end["dropped"] == 1
    assert counted is not None
    assert "1 dropped because they came too fast" in str(counted)


async def test_room_is_there_again_once_what_waited_is_written(tmp_path: Path) -> None:
    tape = Tape(bounds=Bounds(most_waiting=1_000))
    await tape.start(tmp_path / "one.tape.gz", ABOUT)
    for number in range(20):
        tell(tape, b"x" * 900)
        await until(lambda number=number: tape.counted and tape.counted.answers == number + 1)  # type: ignore[misc]  # a default is a binding
    counted = await tape.stop()

    assert counted is not None
    assert counted.dropped == 0


# Secrets


async def test_a_login_leaves_nothing_but_that_there_was_one(tmp_path: Path) -> None:
    tape = Tape()
    await tape.start(tmp_path / "one.tape.gz", ABOUT)
    told = b'{"data":{"access_token":"access-1234","refresh_token":"refresh-1234"}}'
    tape.answered("POST", "auth/login", {}, b'{"access_key":"key-12345678","secret_key":"sec-12345678"}', "", answer(told))
    tell(tape, b'{"error":"x","message":"no access-1234, refresh-1234, key-12345678, sec-12345678"}')
    await tape.stop()

    login, error = lines_of(tmp_path / "one.tape.gz")[1:-1]
    assert login["body"] == '{"redacted":true}'
    assert json.loads(error["body"])["message"] == "no redacted, redacted, redacted, redacted"


class Opening(httpx.Auth):
    """Opens every request with a token that no header of the caller has."""

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = "Bearer one-off-token-1234"
        yield request


async def test_a_request_that_is_signed_as_it_leaves_is_no_login_and_its_token_is_hidden(tmp_path: Path) -> None:
    async def script(line: Line) -> None:
        asked = await line.read()
        await line.answer(body=b'{"data":{"balance":5},"message":"' + asked.head.lower().split(b"bearer ")[1].split(b"\r")[0] + b'"}')

    tape = Tape()
    await tape.start(tmp_path / "one.tape.gz", ABOUT)
    async with faulty(script) as server:
        http = tape.connect(server.base)
        reply = await http.send("GET", "balance", auth=Opening())
        await http.close()
    await tape.stop()

    assert b"one-off-token-1234" in reply.body
    (told,) = lines_of(tmp_path / "one.tape.gz")[1:-1]
    assert json.loads(told["body"]) == {"data": {"balance": 5}, "message": "redacted"}


async def test_where_somebody_is_is_not_in_a_recording(tmp_path: Path) -> None:
    tape = Tape()
    await tape.start(tmp_path / "one.tape.gz", ABOUT)
    tell(tape, b'{"success":true,"ip":"203.0.113.77","city":"Hoboken","email":"ann@example.com"}', "https://venue.example" + PATH)
    tell(tape, b'{"ip":"kept"}')
    await tape.stop()

    assert [line["body"] for line in lines_of(tmp_path / "one.tape.gz")[1:-1]] == ['{"redacted":true}', '{"ip":"kept"}']


async def test_the_words_of_a_refused_login_are_no_secret(tmp_path: Path) -> None:
    tape = Tape()
    await tape.start(tmp_path / "one.tape.gz", ABOUT)
    tape.answered("POST", "auth/login", {}, b"{}", "", answer(b'{"error":"unauthorized"}', 401))
    tell(tape, b'{"error":"unauthorized"}')
    await tape.stop()

    assert lines_of(tmp_path / "one.tape.gz")[2]["body"] == '{"error":"unauthorized"}'


@pytest.mark.parametrize(
    "body",
    [
        b'{"data":{"auth":"s3cr3t-value"}}',
        b'{"data":{"AUTH" : "s3cr3t-value"}}',
        b'{"data":{"accessToken":"s3cr3t-value","Secret-Key":"s3cr3t-value","socketid":"s3cr3t-value"}}',
        b'{"data":[{"user_data":{"id":"s3cr3t-value"}}]}',
        b'{"data":"{\\"socket_id\\":\\"s3cr3t-value\\"}"}',
        b'{"data":"\\"{\\\\\\"token\\\\\\":\\\\\\"s3cr3t-value\\\\\\"}\\""}',
        b'{"a\\u0075th":"s3cr3t-value"}',
        b'\xef\xbb\xbf{"secret_key":"s3cr3t-value"}',
        b'{"payload":"' + base64.b64encode(b'{"key":"s3cr3t-value"}') + b'"}',
        b'{"auth":"s3cr3t-value"',
        b'{"auth":"s3cr3t-value\xff"}',
        b'{"x":' * 5_000 + b'{"auth":"s3cr3t-value"}' + b"}" * 5_000,
    ],
    ids=[
        "plain",
        "other case",
        "joined otherwise",
        "object",
        "in a text",
        "twice in a text",
        "escaped name",
        "BOM",
        "base64",
        "cut off",
        "no UTF-8",
        "deep",
    ],
)
async def test_a_secret_is_gone_wherever_it_stands(tmp_path: Path, body: bytes) -> None:
    (line,) = await recorded(tmp_path, body)

    text = json.dumps(line)
    assert "s3cr3t" not in text
    assert base64.b64encode(b"s3cr3t-value").decode()[:12] not in text


async def test_what_holds_no_secret_is_kept_byte_for_byte(tmp_path: Path) -> None:
    bodies = [b'{ "price" : 1.10, "id":1788359521109155000, "name":"Turkey \\u0026 Key West" }', b"<html>Bad gateway</html>", b"", b"[1,"]

    assert [line["body"] for line in await recorded(tmp_path, *bodies)] == [body.decode() for body in bodies]


async def test_numbers_stay_exact_beside_a_secret(tmp_path: Path) -> None:
    (line,) = await recorded(tmp_path, b'{"key":"abc","id":1788359521109155000,"value":0.10,"big":123456789012345678901234567890}')

    assert line["body"] == '{"key":"redacted","id":1788359521109155000,"value":0.10,"big":123456789012345678901234567890}'


async def test_an_account_has_one_pseudonym_in_channels_answers_and_orders(tmp_path: Path) -> None:
    tape = Tape()
    await tape.start(tmp_path / "one.tape.gz", ABOUT)
    channel = "private-service=3-device_type=5-user=ann-8f2c11"
    tell(tape, json.dumps({"data": {"authorized_channel": [{"channel_name": channel, "auth": "k:v"}]}}).encode())
    tell(tape, b'{"data":{"orders":[{"user_id":"ann-8f2c11","external_id":"ov-1"}]}}')
    tape.framed(order_frame(channel, {"user_id": "ann-8f2c11", "external_id": "ov-1", "order_id": "w-1"}), 1)
    await tape.stop()

    registered, history, frame = lines_of(tmp_path / "one.tape.gz")[1:-1]
    (granted,) = json.loads(registered["body"])["data"]["authorized_channel"]
    pseudonym = json.loads(history["body"])["data"]["orders"][0]["user_id"]
    assert re.fullmatch("account-[0-9a-f]{8}", pseudonym)
    assert granted == {"channel_name": channel.replace("ann-8f2c11", pseudonym), "auth": "redacted"}
    assert json.loads(frame["text"])["channel"] == granted["channel_name"]
    assert order_in(frame["text"]) == {"user_id": pseudonym, "external_id": "ov-1", "order_id": "w-1"}


def test_a_number_of_an_account_becomes_another_number() -> None:
    scrubber = Scrubber(b"salt")

    told = msgspec.json.decode(scrubber.body(b'{"user_id":123456789,"account_id":"123456789"}'))
    assert isinstance(told["user_id"], int)
    assert len(str(told["user_id"])) == 9
    assert told["account_id"] == str(told["user_id"]) != "123456789"


async def test_the_next_recording_of_the_same_session_has_other_pseudonyms_and_hides_the_same_keys(tmp_path: Path) -> None:
    tape = Tape()
    tape.hide("key-12345678")
    bodies = []
    for name in ("one", "two"):
        await tape.start(tmp_path / name, ABOUT)
        tell(tape, b'{"user_id":"ann-8f2c11","note":"key-12345678"}')
        await tape.stop()
        bodies.append(json.loads(lines_of(tmp_path / name)[1]["body"]))

    assert bodies[0]["user_id"] != bodies[1]["user_id"]
    assert [body["note"] for body in bodies] == ["redacted", "redacted"]


def test_another_recording_has_another_pseudonym() -> None:
    body = b'{"user_id":"ann-8f2c11"}'

    assert Scrubber(b"one").body(body) != Scrubber(b"two").body(body)
    assert Scrubber(b"one").body(body) == Scrubber(b"one").body(body)


def test_of_the_protocols_own_frames_only_the_name_the_channel_and_an_errors_code_are_kept() -> None:
    scrubber = Scrubber(b"salt")

    greeting = scrubber.frame(b'{"event":"pusher:connection_established","data":"{\\"socket_id\\":\\"12.34\\"}"}')
    joined = scrubber.frame(b'{"event":"pusher_internal:subscription_succeeded","channel":"private-a","data":"{}"}')
    trouble = scrubber.frame(b'{"event":"pusher:error","data":{"code":4001,"message":"Could not find app by key abcdef"}}')
    odd = scrubber.frame(b'{"event":"pusher:error","data":"abcdef"}')

    assert json.loads(greeting) == {"event": "pusher:connection_established"}
    assert json.loads(joined) == {"event": "pusher_internal:subscription_succeeded", "channel": "private-a"}
    assert json.loads(trouble) == {"event": "pusher:error", "data": {"code": 4001}}
    assert json.loads(odd) == {"event": "pusher:error", "data": {"code": None}}


def test_a_frame_of_prices_is_kept_byte_for_byte() -> None:
    payload = base64.b64encode(b'{"sport_event_id": 7, "info": {"name": "Hockey", "value": 1.10}}').decode()
    data = json.dumps({"change_type": "market_selections", "payload": payload})
    raw = json.dumps({"event": "market_selections", "channel": "private-x", "data": data}).encode()

    assert Scrubber(b"salt").frame(raw) == raw.decode()


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe", b"null", b"[]", b'{"event":"x","data":"{\\"payload\\":\\"***\\"}"}', b'{"event":'])
def test_a_frame_that_cannot_be_read_is_kept_as_far_as_it_is_text(raw: bytes) -> None:
    assert Scrubber(b"salt").frame(raw) == raw.decode("utf-8", "replace")


# A whole session


def variants(secret: str) -> list[bytes]:
    """A text as it may stand in bytes: plain, or within something that is base64, at each of the three offsets."""
    found = [secret.encode()]
    for lead in range(3):
        code = base64.b64encode(b"\0" * lead + secret.encode())
        found.append(code[(lead * 8 + 5) // 6 : -4])
    return found


def step(wires: list[Wire]) -> None:
    wires[0].feed.step()


async def test_no_secret_of_a_whole_session_is_in_its_recording(tmp_path: Path) -> None:
    keys, clock = new_keys(), WallClock()
    exchange = Exchange(seed=7, rate=20, started_at=clock.now_ns())
    place = Venue(exchange, keys)
    seen: list[bytes] = []
    tape = Tape()
    path = tmp_path / "canary.tape.gz"
    wires: list[Wire] = []

    def make(port: int) -> Wire:
        wires.append(Wire(exchange, keys, clock, host=HOST, port=port))
        return wires[0]

    async with served(make) as url, living(lambda: step(wires)):
        await tape.start(path, ABOUT)
        async with client(url, keys.access_key, keys.secret_key, tape) as one:
            await one.read(place.tournament_id, place.event_id)
            ref = "ov-canary-1"
            await placed(one.venue, ref, place.draft(25_000))
            await until(lambda: any(report.ref == ref for report in one.reports))
            await heard(wires[0].hub)
            (socket,) = wires[0].hub.sockets.values()
            signer = wires[0].hub.signer
            token = await one.venue.tokens.bearer()
            secrets = [keys.access_key, keys.secret_key, keys.user_id, keys.pusher_key, keys.pusher_secret, socket.id, token]
            secrets += [signer.sign_channel(socket.id, channel).partition(":")[2] for channel in socket.channels]
            refresh = one.venue.tokens._token
            assert refresh is not None
            secrets.append(refresh.refresh)
        await tape.stop()

    seen = gzip.decompress(path.read_bytes()).splitlines()
    text = b"\n".join(seen)
    assert [secret for secret in secrets for variant in variants(secret) if variant in text] == []
    assert ref.encode() in b"".join(base64.b64decode(code) for code in re.findall(rb'payload\\+":\\+"([A-Za-z0-9+/=]+)', text))
    assert sum(b'"kind":"frame"' in line for line in seen) > 5


async def test_recording_does_not_hold_up_the_loop(tmp_path: Path) -> None:
    """Four thousand messages of 3 kB are taken in less than the time in which they could be written."""
    tape = Tape()
    await tape.start(tmp_path / "one.tape.gz", ABOUT)
    raw = order_frame("private-user=ann-8f2c11", {"user_id": "ann-8f2c11", "name": "x" * 2_000})
    loop = asyncio.get_running_loop()
    begun = loop.time()
    for _ in range(4_000):
        tape.framed(raw, 1)
    took = loop.time() - begun
    written = tape.counted
    counted = await tape.stop()

    assert written is not None
    assert written.frames < 4_000, f"all were written within {took:.3f} s: this says nothing"
    assert counted is not None
    assert (counted.frames, counted.dropped) == (4_000, 0)
