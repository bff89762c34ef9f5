"""A list read page by page: a pause that the venue asks for, and another try of what failed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.errors import NotSentError, RefusedError, UnknownError, VenueError
from app.services.paging import SHORT_PAUSE, Gaps, pause_of
from tests.services.fakes import NOON
from tests.services.test_statement import Record


@pytest.fixture
def record() -> Record:
    record = Record()
    record.pages = {("all", ""): (["c", "b"], "1", NOON), ("all", "1"): (["a"], "", None), ("few", ""): (["b"], "", None)}
    return record


@pytest.mark.parametrize(
    ("problem", "seconds"),
    [
        (NotSentError("slow down", retry_after=7.0, status=429), 7.0),
        (NotSentError("slow down", status=429), SHORT_PAUSE),
        (NotSentError("offline"), 0.0),
        (UnknownError("No answer within 5 s"), 0.0),
        (RefusedError("no", status=429), 0.0),
    ],
)
def test_a_pause_is_what_the_venue_asks_for(problem: VenueError, seconds: float) -> None:
    assert pause_of(problem) == seconds


@pytest.mark.parametrize(
    ("troubles", "words"),
    [
        ([], ""),
        (["", ""], ""),
        (["", "1 row lost", ""], "1 row lost"),
        (["1 row lost", "2 rows lost"], "1 row lost, and 1 more page is not whole"),
        (["1 row lost"] * 1001, "1 row lost, and 1,000 more pages are not whole"),
    ],
)
def test_what_keeps_pages_from_being_whole_is_one_sentence_however_many_they_are(troubles: list[str], words: str) -> None:
    gaps = Gaps()
    for trouble in troubles:
        gaps = gaps.and_of(trouble)
    assert gaps.words == words


async def test_when_it_may_be_asked_again_is_known_until_it_has_answered(record: Record) -> None:
    record.troubles = [NotSentError("slow down", retry_after=7.0, status=429)]
    await record.sheet.reload("all")
    waits = [record.sheet.free_at]
    await record.sheet.again()
    assert [*waits, record.sheet.free_at] == [NOON + timedelta(seconds=7), None]
    assert record.sheet.rows == ["c", "b"]


async def test_a_failure_without_a_pause_ends_the_countdown_of_the_one_before(record: Record) -> None:
    record.troubles = [NotSentError("slow down", retry_after=7.0, status=429), UnknownError("No answer within 5 s")]
    await record.sheet.reload("all")
    await record.sheet.again()
    assert record.sheet.free_at is None


async def test_another_try_asks_for_the_page_that_failed(record: Record) -> None:
    await record.sheet.reload("all")
    record.troubles = [UnknownError("No answer within 5 s")]
    await record.sheet.more()
    await record.sheet.again()
    assert (record.asked[-1], record.sheet.rows) == (("all", "1"), ["c", "b", "a"])


async def test_another_try_asks_for_the_list_that_failed_not_for_the_one_that_is_shown(record: Record) -> None:
    await record.sheet.reload("all")
    record.troubles = [UnknownError("No answer within 5 s")]
    await record.sheet.reload("few")
    await record.sheet.again()
    assert (record.asked[-1], record.sheet.shown) == (("few", ""), "few")


async def test_where_nothing_failed_nothing_is_asked_again(record: Record) -> None:
    await record.sheet.reload("all")
    await record.sheet.again()
    assert record.asked == [("all", "")]
