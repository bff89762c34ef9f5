"""An export of the record: written as it is read, whole or not at all, and honest about where it stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from app.domain.errors import NotSentError, UnknownError
from app.domain.order import HistoryPage, HistoryQuery, OrderReport
from app.services.record_export import PAUSES, REMEMBERED, SLICE, RecordExport, Stage
from app.services.record_rows import Form, RecordRow
from tests.services.fakes import NOON, Clock, report, turn

QUERY = HistoryQuery(NOON - timedelta(days=10))


class FakeFile:
    """Lines in memory; `trouble` is raised by whatever is asked of it, `path` is where it was put."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.path: Path | None = None
        self.is_dropped = False
        self.trouble: OSError | None = None

    def write(self, lines: Iterable[str]) -> None:
        self._raise()
        self.lines += lines

    def finish(self) -> Path:
        self._raise()
        self.path = Path("/there/orders.csv")
        return self.path

    def keep_part(self) -> Path:
        self._raise()
        self.path = Path("/there/orders.part.csv")
        return self.path

    def drop(self) -> None:
        self.is_dropped = True

    def _raise(self) -> None:
        if self.trouble:
            raise self.trouble


class Bench:
    """An export of a record whose pages stand by their cursors; `troubles` are raised in turn, a gate makes the venue wait."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.pages: dict[str, HistoryPage] = {}
        self.asked: list[str] = []
        self.troubles: list[Exception | None] = []
        self.naps: list[float] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.file = FakeFile()
        self.export = RecordExport(
            self._page, lambda told: RecordRow(told.venue_order_id, status=told.status), now=self.clock.now, sleep=self._sleep, aside=_aside
        )

    async def run(self, form: Form = Form.JSON, is_wanted: Callable[[RecordRow], bool] = lambda _row: True) -> None:
        await self.export.everything(QUERY, self.file, form, is_wanted)

    @property
    def written(self) -> list[str]:
        """The order ids in the file."""
        return [line.split('"order_id":"')[1].split('"')[0] for line in self.file.lines]

    async def _page(self, query: HistoryQuery, cursor: str) -> HistoryPage:
        assert query == QUERY
        self.asked.append(cursor)
        await self.gate.wait()
        if self.troubles and (problem := self.troubles.pop(0)):
            raise problem
        return self.pages[cursor]

    async def _sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.clock.move(seconds)
        await asyncio.sleep(0)


async def _aside(call: Callable[[], Path]) -> Path:
    return call()


def told(*numbers: int, status: str = "open") -> tuple[OrderReport, ...]:
    return tuple(report(order_id=f"v-{number}", status=status, placed_at=NOON - timedelta(days=number)) for number in numbers)


@pytest.fixture
def bench() -> Bench:
    bench = Bench()
    bench.pages = {
        "": HistoryPage(told(0, 1), "a", NOON - timedelta(seconds=12)), "a": HistoryPage(told(2, 3), "b"), "b": HistoryPage(told(5)),
    }  # fmt: skip
    return bench


async def test_all_pages_are_written_in_their_order_and_the_file_is_put_there(bench: Bench) -> None:
    await bench.run()
    assert bench.written == ["v-0", "v-1", "v-2", "v-3", "v-5"]
    assert (bench.export.stage, bench.export.pages, bench.export.rows, bench.export.is_busy) == (Stage.DONE, 3, 5, False)
    local = (NOON - timedelta(seconds=12)).astimezone()
    assert bench.export.words == f"Saved 5 orders, as of {local:%H:%M:%S}, as /there/orders.csv"


async def test_a_file_of_pages_that_were_not_whole_says_so_and_the_next_one_starts_anew(bench: Bench) -> None:
    whole = bench.pages["a"]
    bench.pages["a"] = msgspec.structs.replace(whole, trouble="2 rows of the venue's record could not be read")
    await bench.run()
    assert bench.export.words.startswith("Saved 5 orders, not whole, as of ")
    assert bench.export.words.endswith("/there/orders.csv. Why it is not whole: 2 rows of the venue's record could not be read")
    bench.pages["a"] = whole
    await bench.run()
    assert bench.export.words.endswith("/there/orders.csv")


async def test_each_page_is_written_before_the_next_is_asked_for(bench: Bench) -> None:
    seen: list[tuple[int, int, float | None]] = []
    bench.export.changed.connect(lambda: seen.append((bench.export.pages, len(bench.file.lines), bench.export.share)))
    await bench.run()
    assert (1, 2, None) in seen, "nobody knows how much the venue has"
    assert (2, 4, None) in seen


async def test_of_rows_that_are_there_already_the_share_is_known(bench: Bench) -> None:
    seen: list[float | None] = []
    bench.export.changed.connect(lambda: seen.append(bench.export.share))
    rows = [RecordRow(f"v-{number}") for number in range(SLICE * 2)]
    await bench.export.shown(rows, bench.file, Form.CSV)
    assert 0.5 in seen


async def test_a_file_of_csv_begins_with_its_titles_once(bench: Bench) -> None:
    await bench.run(Form.EXCEL)
    assert bench.file.lines[0] == "\ufeff"
    assert bench.file.lines[1].startswith("Placed (UTC),")
    assert len(bench.file.lines) == 7


async def test_only_what_is_wanted_is_written_and_all_of_it_is_read(bench: Bench) -> None:
    await bench.run(is_wanted=lambda row: row.order_id in {"v-1", "v-5"})
    assert (bench.written, bench.export.read, bench.export.rows) == (["v-1", "v-5"], 5, 2)


async def test_an_order_that_shifted_to_the_next_page_is_written_once(bench: Bench) -> None:
    bench.pages["a"] = HistoryPage(told(1, 2), "b")
    await bench.run()
    assert bench.written == ["v-0", "v-1", "v-2", "v-5"]


async def test_more_pages_than_fifty_are_read_and_what_is_remembered_of_them_stays_small(bench: Bench) -> None:
    pages = 120
    bench.pages = {
        ("" if number == 0 else str(number)): HistoryPage(
            told(*range(number * 50, number * 50 + 50)), str(number + 1) if number + 1 < pages else ""
        )
        for number in range(pages)
    }
    bench.gate.clear()
    running = asyncio.create_task(bench.run())
    await turn(3)
    job = bench.export._job
    bench.gate.set()
    await running
    assert (bench.export.pages, len(bench.written), bench.export.stage) == (pages, 6000, Stage.DONE)
    assert job is not None
    assert len(job.ids) == REMEMBERED


async def test_an_empty_page_with_a_cursor_does_not_end_it(bench: Bench) -> None:
    bench.pages["a"] = HistoryPage((), "b")
    await bench.run()
    assert bench.written == ["v-0", "v-1", "v-5"]


async def test_a_cancel_leaves_no_file_whatever_comes_afterwards(bench: Bench) -> None:
    bench.gate.clear()
    running = asyncio.create_task(bench.run())
    await turn(3)
    bench.export.cancel()
    assert (bench.file.is_dropped, bench.export.stage, bench.export.is_busy) == (True, Stage.IDLE, False)
    bench.gate.set()
    await running
    assert (bench.asked, bench.file.lines, bench.file.path, bench.export.stage) == ([""], [], None, Stage.IDLE)


async def test_after_a_cancel_another_may_begin_while_the_old_answer_is_still_out(bench: Bench) -> None:
    bench.gate.clear()
    old = asyncio.create_task(bench.run())
    await turn(3)
    bench.export.cancel()
    first, bench.file = bench.file, FakeFile()
    new = asyncio.create_task(bench.run())
    await turn(3)
    bench.gate.set()
    await asyncio.gather(old, new)
    assert (first.lines, bench.written, bench.export.rows) == ([], ["v-0", "v-1", "v-2", "v-3", "v-5"], 5)


async def test_a_cancel_comes_too_late_while_the_file_is_put_there(bench: Bench) -> None:
    bench.export.changed.connect(lambda: bench.export.cancel() if bench.export.stage is Stage.ENDING else None)
    await bench.run()
    assert (bench.file.is_dropped, bench.export.stage) == (False, Stage.DONE)


async def test_a_second_export_is_not_begun_while_one_runs(bench: Bench) -> None:
    bench.gate.clear()
    running = asyncio.create_task(bench.run())
    await turn(3)
    other = FakeFile()
    await bench.export.everything(QUERY, other, Form.CSV, lambda _row: True)
    assert (other.is_dropped, bench.export.is_busy) == (True, True)
    bench.gate.set()
    await running
    assert bench.export.rows == 5


async def test_a_failure_in_the_middle_says_where_it_stopped_and_goes_on_from_there(bench: Bench) -> None:
    bench.troubles = [None, UnknownError("No answer within 5 s")]
    await bench.run()
    back = (NOON - timedelta(days=1)).astimezone()
    assert (bench.export.stage, bench.export.is_busy) == (Stage.STOPPED, True)
    assert bench.export.words == f"Stopped after 1 page, 2 orders back to {back:%d %b %Y %H:%M}: No answer within 5 s"
    assert (bench.file.is_dropped, bench.file.path) == (False, None)
    await bench.export.go_on()
    assert (bench.asked, bench.export.stage) == (["", "a", "a", "b"], Stage.DONE)
    assert bench.written == ["v-0", "v-1", "v-2", "v-3", "v-5"]


async def test_what_was_written_is_kept_as_a_part_only_where_a_person_says_so(bench: Bench) -> None:
    bench.troubles = [None, UnknownError("No answer within 5 s")]
    await bench.run()
    bench.export.keep_part()
    assert bench.file.path == Path("/there/orders.part.csv")
    assert bench.export.words.endswith("as /there/orders.part.csv: a part of what was asked for")
    assert not bench.export.is_busy


async def test_a_stopped_export_that_is_thrown_away_leaves_nothing(bench: Bench) -> None:
    bench.troubles = [UnknownError("No answer within 5 s")]
    await bench.run()
    bench.export.cancel()
    assert (bench.file.is_dropped, bench.file.path, bench.export.is_busy) == (True, None, False)


async def test_a_part_is_kept_only_after_it_stopped(bench: Bench) -> None:
    bench.gate.clear()
    running = asyncio.create_task(bench.run())
    await turn(3)
    bench.export.keep_part()
    bench.gate.set()
    await running
    assert bench.file.path == Path("/there/orders.csv")


async def test_a_pause_is_kept_and_the_same_page_is_asked_for_again(bench: Bench) -> None:
    bench.troubles = [None, NotSentError("slow down", retry_after=7.0, status=429)]
    stages: list[tuple[Stage, bool]] = []
    bench.export.changed.connect(lambda: stages.append((bench.export.stage, bench.export.free_at is not None)))
    await bench.run()
    assert (bench.naps, bench.asked, bench.export.stage) == ([7.0], ["", "a", "a", "b"], Stage.DONE)
    assert (Stage.PAUSED, True) in stages
    assert (Stage.READING, True) not in stages


async def test_a_venue_that_only_ever_asks_for_pauses_is_left_alone(bench: Bench) -> None:
    bench.troubles = [NotSentError("slow down", status=429) for _ in range(PAUSES)]
    await bench.run()
    assert (len(bench.naps), bench.export.stage) == (PAUSES, Stage.STOPPED)


async def test_a_cancel_during_a_pause_asks_for_nothing_more(bench: Bench) -> None:
    bench.troubles = [NotSentError("slow down", retry_after=7.0, status=429)]
    bench.export.changed.connect(lambda: bench.export.cancel() if bench.export.stage is Stage.PAUSED else None)
    await bench.run()
    assert (bench.asked, bench.file.is_dropped, bench.export.stage) == ([""], True, Stage.IDLE)


async def test_a_cursor_that_comes_again_is_no_end_of_the_record(bench: Bench) -> None:
    bench.pages["b"] = HistoryPage(told(5), "a")
    await bench.run()
    assert (bench.export.stage, bench.file.path) == (Stage.STOPPED, None)
    assert bench.export.words.endswith("the venue's record gave the same place again")


@pytest.mark.parametrize("moment", ["write", "finish"])
async def test_a_disk_that_is_full_is_said_and_leaves_nothing(bench: Bench, moment: str) -> None:
    def fill() -> None:
        if moment == "write" or bench.export.stage is Stage.ENDING:
            bench.file.trouble = OSError(28, "No space left on device")

    bench.export.changed.connect(fill)
    await bench.run()
    assert bench.export.words == "The file could not be written: No space left on device. Nothing of it is left"
    assert (bench.file.is_dropped, bench.export.stage, bench.export.is_busy) == (True, Stage.FAILED, False)


async def test_a_program_that_closes_leaves_no_file(bench: Bench) -> None:
    bench.gate.clear()
    running = asyncio.create_task(bench.run())
    await turn(3)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert (bench.file.is_dropped, bench.export.is_busy) == (True, False)


async def test_what_is_shown_is_written_as_it_stands(bench: Bench) -> None:
    await bench.export.shown([RecordRow(f"v-{number}") for number in range(1200)], bench.file, Form.JSON)
    assert (len(bench.written), bench.export.rows, bench.export.stage, bench.asked) == (1200, 1200, Stage.DONE, [])
    assert bench.export.words == "Saved 1,200 orders, as /there/orders.csv"


async def test_what_is_shown_can_be_cancelled_too(bench: Bench) -> None:
    bench.export.changed.connect(lambda: bench.export.cancel() if bench.export.stage is Stage.READING else None)
    await bench.export.shown([RecordRow("v-1")], bench.file, Form.JSON)
    assert (bench.file.path, bench.file.is_dropped) == (None, True)


async def test_how_it_ended_is_said_until_a_person_has_read_it(bench: Bench) -> None:
    await bench.run()
    bench.export.dismiss()
    assert (bench.export.stage, bench.export.words) == (Stage.IDLE, "")
