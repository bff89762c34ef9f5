"""The thread that writes: in order, in batches, whatever the file does."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from app.domain.webhook import Delivery, Letter, Verdict
from app.store.deliveries.file import DeliveriesFile
from app.store.deliveries.minutes import Unlisted, tallies
from app.store.deliveries.schema import LIMITED
from app.store.deliveries.writer import BATCH, WAITING, DeliveryWriter
from tests.store.deliveries.kit import AT, delivery, letter


class Arrived(msgspec.Struct, frozen=True):
    delivery: Delivery
    letter: Letter
    copy: bytes = b""


class SlowFile(DeliveriesFile):
    """Writes when it is let, and fails when told to."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.is_let = threading.Event()
        self.is_asked = threading.Event()
        self.is_broken = False
        self.breaks_after = 1_000_000  # parts
        self.batches: list[int] = []
        self.counts: list[int] = []

    def add(self, rows: Sequence[tuple[Delivery, Letter | None]]) -> list[int]:
        self.is_asked.set()
        self.is_let.wait(20)
        self.batches.append(len(rows))
        if self.is_broken or len(self.batches) > self.breaks_after:
            raise OSError(None, "no space")
        return super().add(rows)

    def count_unlisted(self, unlisted: Sequence[Unlisted]) -> None:
        self.is_asked.set()
        self.is_let.wait(20)
        self.counts.append(sum(each.number for each in unlisted))
        if self.is_broken:
            self.is_broken = False
            raise OSError(None, "no space")
        super().count_unlisted(unlisted)


@pytest.fixture
def file(tmp_path: Path) -> SlowFile:
    return SlowFile(tmp_path / "deliveries.db")


def arrival(number: int, verdict: Verdict = Verdict.VALID, copy: bytes = b"") -> Arrived:
    return Arrived(delivery(number, verdict), letter(), copy)


def begun(file: SlowFile) -> tuple[DeliveryWriter[Arrived], list[tuple[Arrived, Delivery]], Callable[[], None]]:
    """A writer, what it has written, and how to hear of all."""
    done: list[tuple[Arrived, Delivery]] = []
    writer: DeliveryWriter[Arrived] = DeliveryWriter(file, done.extend)

    def end() -> None:
        file.is_let.set()
        writer.close()

    return writer, done, end


def test_what_waits_is_written_in_order_and_in_batches(file: SlowFile) -> None:
    writer, done, end = begun(file)
    writer.put(arrival(0))
    assert file.is_asked.wait(20)
    for number in range(1, 1 + BATCH + 10):
        assert writer.put(arrival(number))
    end()

    assert file.batches == [1, BATCH, 10]
    assert [row.id for _, row in done] == list(range(1, BATCH + 12))
    assert [row.match_id for _, row in done] == list(range(BATCH + 11))


def test_a_full_queue_says_so_at_once(file: SlowFile) -> None:
    writer, done, end = begun(file)
    writer.put(arrival(0))
    assert file.is_asked.wait(20)
    room = [writer.put(arrival(number)) for number in range(WAITING + 3)]
    end()

    assert room == [True] * WAITING + [False] * 3
    assert len(done) == WAITING + 1


def test_a_file_that_fails_gives_no_numbers_and_is_tried_again(file: SlowFile) -> None:
    writer, done, end = begun(file)
    file.is_broken = True
    writer.put(arrival(0))
    assert file.is_asked.wait(20)
    file.is_let.set()
    while not done:
        threading.Event().wait(0.001)
    file.is_broken = False
    writer.put(arrival(1))
    end()

    assert [row.id for _, row in done] == [0, 1]


def test_after_a_part_that_failed_the_rest_of_its_batch_is_heard_at_once(file: SlowFile) -> None:
    writer, done, end = begun(file)
    writer.put(arrival(99))
    assert file.is_asked.wait(20)
    for number in range(3):
        for verdict in (Verdict.VALID, Verdict.DUPLICATE, Verdict.DUPLICATE):
            writer.put(arrival(number, verdict, b"%d" % number))
    file.is_broken = True
    end()

    assert file.batches == [1, 1], "each part more would wait as long for a locked file"
    assert [(row.match_id, row.id) for _, row in done] == [(99, 0), *((number, 0) for number in (0, 0, 0, 1, 1, 1, 2, 2, 2))]


def test_what_was_written_before_a_part_failed_keeps_its_number(file: SlowFile) -> None:
    writer, done, end = begun(file)
    writer.put(arrival(9))
    assert file.is_asked.wait(20)
    for verdict in (Verdict.VALID, Verdict.DUPLICATE, Verdict.DUPLICATE):
        writer.put(arrival(0, verdict, b"a"))
    file.breaks_after = 2
    end()

    assert [(row.id, row.copy_of) for _, row in done] == [(1, 0), (2, 0), (0, 2), (0, 2)]


def test_a_duplicate_names_its_first(file: SlowFile) -> None:
    file.is_let.set()
    writer, done, end = begun(file)
    writer.put(arrival(0, copy=b"a"))
    while not done:
        threading.Event().wait(0.001)
    writer.put(arrival(0, Verdict.DUPLICATE, b"a"))
    end()

    assert [row.copy_of for _, row in done] == [0, 1]


def test_a_duplicate_in_the_same_batch_names_its_first_too(file: SlowFile) -> None:
    writer, done, end = begun(file)
    writer.put(arrival(9))
    assert file.is_asked.wait(20)
    for verdict in (Verdict.VALID, Verdict.DUPLICATE):
        writer.put(arrival(0, verdict, b"a"))
    end()

    assert [row.copy_of for _, row in done] == [0, 0, 2]


def test_at_its_end_what_waits_is_written_and_the_file_is_closed(file: SlowFile) -> None:
    file.is_let.set()
    writer, done, _ = begun(file)
    for number in range(50):
        writer.put(arrival(number))
    writer.close()

    assert len(done) == 50
    assert not file._is_open


def limited(path: Path) -> dict[int | None, int]:
    """By subscription, how many the file has counted."""
    file = DeliveriesFile(path)
    try:
        with file.reading() as connection:
            return {whose: each.limited for whose, each in tallies(connection, AT).items()}
    finally:
        file.close()


def test_what_is_only_counted_is_in_the_file_though_nothing_else_comes_and_many_are_one_write(file: SlowFile) -> None:
    writer, done, end = begun(file)
    writer.count(LIMITED, 18, AT)
    assert file.is_asked.wait(20)
    for number in range(500):
        writer.count(LIMITED, 18, AT + timedelta(milliseconds=number))
    writer.count(LIMITED, None, AT)
    end()

    assert limited(file.path) == {18: 501, None: 1}
    assert file.counts == [1, 501]
    assert done == []


def test_what_cannot_be_counted_now_is_counted_with_what_comes_next(file: SlowFile) -> None:
    writer, _, end = begun(file)
    file.is_broken = True
    for number in range(3):
        writer.count(LIMITED, 18, AT + timedelta(milliseconds=number))
    assert file.is_asked.wait(20)
    writer.count(LIMITED, 18, AT)
    writer.count(LIMITED, 18, AT + timedelta(minutes=1))
    end()

    assert sum(file.counts) > 5
    assert limited(file.path) == {18: 5}
