"""The benchmarks work and their figures agree with each other; how fast anything is, is not tested."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from pathlib import Path
from random import Random

import msgspec
import pytest

from app.domain.events import BookChanged, FeedFault
from app.venues.prophetx import codec, wire
from app.venues.prophetx.pushes import parse_push
from benchmarks import __main__ as command
from benchmarks import (
    bulk,
    capacity,
    commits,
    decode,
    orders,
    paint,
    receiver,
    receiving,
    seeding,
    start,
    streaming,
    streams,
    video,
    viewing,
)
from benchmarks.figures import Spread, percentile, ratio, spread, tail
from benchmarks.frames import EVENT_ID, LEVELS, MARKETS, message, sent_at, sequence, stream
from benchmarks.orders import Counter, NoJournal
from benchmarks.painting import Way

pytestmark = pytest.mark.xdist_group("benchmarks")


def test_a_spread_holds_its_median() -> None:
    found = spread([3.0, 1.0, 2.0])

    assert found == Spread(2.0, 1.0, 3.0)
    assert found.text(" ms") == "2.0 ms (1.0 … 3.0)"


def test_a_spread_of_many_leaves_the_outliers_out() -> None:
    assert spread([*range(1, 20), 1000]).high < 20


def test_nothing_measured_is_no_figure() -> None:
    for reckon in (spread, tail):
        with pytest.raises(ValueError, match="nothing was measured"):
            reckon([])


def test_a_ratio_compares_neighbours() -> None:
    assert ratio([10.0, 40.0], [5.0, 20.0]) == Spread(2.0, 2.0, 2.0)


def test_a_percentile_is_one_of_the_values() -> None:
    assert percentile([float(value) for value in range(100)], 0.99) == 99.0
    assert percentile([7.0], 0.5) == 7.0


def test_a_message_carries_when_it_was_sent() -> None:
    (told,) = parse_push(msgspec.json.decode(message(3, Random(1)).frame(sequence(123_456_789)), type=wire.Frame).data)

    assert isinstance(told, BookChanged)
    assert len(str(told.book.sequence)) == 19
    assert sent_at(told.book.sequence) == 123_456_789
    assert told.book.key.event_id == EVENT_ID
    assert [len(side) for side in told.book.sides.values()] == [LEVELS, LEVELS]


def test_every_side_of_a_message_stands_best_price_first() -> None:
    messages = stream(Random(1))
    for _ in range(50):
        (told,) = parse_push(msgspec.json.decode(next(messages).frame(1), type=wire.Frame).data)
        assert isinstance(told, BookChanged)
        for side in told.book.sides.values():
            odds = [level.odds for level in side]
            assert odds == sorted(odds, reverse=True)


def test_all_ways_of_decoding_read_the_same_book() -> None:
    frame = message(0, Random(5)).frame(sequence(1)).encode()

    assert decode.ours(frame) == decode.stdlib(frame)
    assert decode.plain(frame)["info"]["sequence_number"] == decode.ours(frame).sequence


def test_decoding_figures_agree() -> None:
    found = decode.measure(rounds=5, calls=5)

    for one in (found.ours_us, found.stdlib_us, found.orjson_us, found.stdlib_ratio, found.orjson_ratio):
        assert 0 < one.low <= one.median <= one.high
    assert found.levels == 2 * LEVELS
    assert len(decode.table(found)) == 3


@pytest.mark.parametrize("way", list(Way))
def test_every_message_sent_is_painted_or_superseded(way: Way) -> None:
    run = paint.run(way, rate=200, seconds=0.5)

    assert run.sent == run.received == run.applied == 100
    assert run.painted + run.superseded == run.sent
    assert run.never_painted == run.failures == 0
    assert run.rows == 40
    assert 0 < run.each.p50 <= run.each.p99 <= run.each.max
    assert run.own.max <= run.each.max


def test_a_cold_start_comes_in_order() -> None:
    found = start.measure(rounds=1)

    for took in (found.own, found.running):
        assert took.balance is not None
        assert took.price is not None
        assert took.streamed is not None
        assert 0 < took.window.median <= took.price.median <= took.streamed.median
        assert took.balance.median <= took.price.median
    assert found.bare.price is None
    assert found.window_ratio.median == pytest.approx(found.own.window.median / found.bare.window.median, abs=0.01)


def test_the_figures_of_an_order_agree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orders, "FOLDER", tmp_path / "bench")

    found = orders.measure(orders=10, made=10)

    for took in (found.ours, found.unjournaled, found.bare):
        assert 0 < took.p50 <= took.p99 <= took.max
    assert found.ours.p50 < found.answered.p50
    assert 0 < found.commit.file.p50 <= found.commit.file.p99
    assert 0 < found.signature.p50 <= found.signature.p99
    assert len(orders.table(found)) == 5
    assert len(commits.table(found.commit)) == 4
    assert list((tmp_path / "bench").iterdir()) == []


def test_an_order_is_measured_from_the_click_to_its_last_byte() -> None:
    async def one() -> tuple[float, float, bytes, str]:
        counter = Counter(NoJournal())
        with orders.teller() as url:
            await counter.open(url)
            written, answered = await counter.place(0)
            await counter.close()
        request = counter.watch.request
        return written, answered, request.content, request.headers["Authorization"]

    written, answered, body, authorization = asyncio.run(one())

    assert 0 < written < answered
    assert msgspec.json.decode(body)["external_id"].startswith("ov-bench-")
    assert authorization.startswith("Bearer ")


def test_the_peer_of_a_commit_writes_the_rows_that_the_journal_wrote(tmp_path: Path) -> None:
    commits.measure(tmp_path, commits=5)

    def rows(name: str) -> list[tuple[object, ...]]:
        with contextlib.closing(sqlite3.connect(tmp_path / name)) as file:
            return [row for table in commits.TABLES for row in file.execute(f"SELECT * FROM {table} ORDER BY seq")]

    assert rows("defaults.db") == rows("file.db")
    assert len(rows("defaults.db")) == 2 * (5 + commits.WARM)


def test_the_answers_of_the_capacity_bench_are_read_as_a_venues() -> None:
    (events, body), *_ = bulk.bodies(10, 100)
    faults: list[FeedFault] = []
    found = dict(codec.read_each_markets(body, faults))

    assert faults == []
    assert [len(read.faults) for read in found.values()] == [0] * 10
    assert [event.id for event in events] == list(found)
    for read in found.values():
        assert sum(len(market.selections) for one in read.groups for market in one.markets) == 100
        assert {len(side) for kept in read.books for side in kept.sides.values()} == {bulk.LEVELS}


def test_the_figures_of_capacity_agree() -> None:
    found = capacity.measure(1, (50, 100), (60, 100))

    assert found.selections == found.busy.selections == 5_000
    assert found.whole.selections == 6_000
    assert found.bytes["packed"].median < found.bytes["open"].median
    assert found.dicts_ratio.median == pytest.approx(found.bytes["dicts"].median / found.bytes["packed"].median, abs=0.01)
    assert 0 < found.busy.filter.p50 <= found.busy.filter.max
    assert len(capacity.table(found)) == 5
    assert len(capacity.crowd_table(found)) == 3


def test_the_figures_of_seeding_agree() -> None:
    own_leagues, own_events = seeding.OWN
    found = seeding.measure(own_leagues + 1, own_events + 2, 2)

    assert (found.tournaments, found.events) == (own_leagues + 1, own_events + 2)
    assert found.floor == max(found.tournaments, found.events / 50)
    assert 0 < found.first_events <= found.events_read <= found.all_read
    assert found.floor_ratio == pytest.approx(found.all_read / found.floor, abs=0.01)


def test_all_ways_of_following_a_stream_fill_the_same_store() -> None:
    found = streams.measure(streams.Plan(dict.fromkeys(streaming.Way, 300), rounds=1, reconnects=0, cap=0.0))

    assert {one.way for one in found.runs} == set(streaming.Way)
    assert {one.books for one in found.runs} == {MARKETS}
    assert set(found.rate_ratio) == set(streams.PEERS)
    assert len(streams.table(found)) == 4


def test_a_line_that_dies_is_missed_or_its_time_is_capped() -> None:
    capped = streams.run(streaming.Way.OURS, streaming.What.DEAD, 0.2)
    back = streams.run(streaming.Way.OURS, streaming.What.RECONNECT)

    assert (capped.is_capped, streams.Missed(capped.figure, capped.is_capped).text()) == (True, "> 0 s")
    assert 0 < back.figure < 10


def test_video_beside_prices_takes_no_price_away() -> None:
    found = video.measure(((200.0, tuple(viewing.Way), 1),), seconds=0.5)

    by_way = {one.way: one for one in found.runs}
    assert [(one.sent, one.lost, one.failures) for one in found.runs] == [(100, 0, 0)] * 3
    assert by_way[viewing.Way.NONE].pictures == 0
    assert by_way[viewing.Way.WIDGET].pictures > 0
    assert 0 < by_way[viewing.Way.VIEW].drawn <= by_way[viewing.Way.VIEW].pictures + 1  # the last one before may be drawn in it
    for one in found.runs:
        assert 0 <= one.late.p50 <= one.late.p99 <= one.late.max
        assert 0 < one.loop_cpu <= one.cpu
    assert len(video.table(found)) == 4


def test_a_run_of_the_video_that_fails_says_why() -> None:
    with pytest.raises(video.RunError, match="could not convert string to float"):
        video.run(viewing.Way.NONE, 0.0, "soon")  # type: ignore[arg-type]  # a wish that cannot be carried out


def test_every_delivery_of_a_flood_is_answered_and_counted() -> None:
    found = receiver.measure(rate=300.0, seconds=1.0)

    by_way = {one.way: one for one in found.runs}
    assert [sum(one.delivered.answers.values()) for one in found.runs] == [one.delivered.sent for one in found.runs] == [300] * 3
    assert by_way[receiving.Way.BARE].delivered.answers == {204: 300}
    assert by_way[receiving.Way.ALL].delivered.answers == {204: 300}
    for way in (receiving.Way.OURS, receiving.Way.ALL):
        counts = by_way[way].counts
        assert counts is not None
        assert (counts.received, counts.valid, counts.duplicates) == (400, 300, 100)  # those for warming up come again
        assert (counts.unwritten, by_way[way].matches) == (0, 50)
    assert len(receiver.table(found)) == 4


def test_the_command_prints_a_table_and_writes_its_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "below" / "bench.json"

    assert command.main(["decode", "--quick", "--out", str(out)]) == 0

    report = msgspec.json.decode(out.read_bytes(), type=command.Report)
    assert report.decode is not None
    assert report.paint is None
    assert "stdlib json to the same book" in capsys.readouterr().out
