"""The deliveries' file as the window asks it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.webhook import DeliveryQuery, Show, Tally, Verdict
from app.store.deliveries.file import DeliveriesFile
from app.store.deliveries.minutes import Unlisted
from app.store.deliveries.schema import LIMITED
from app.store.deliveries.shelf import Shelf
from tests.store.deliveries.kit import AT, delivery, letter


@pytest.fixture
async def shelf(tmp_path: Path) -> AsyncIterator[Shelf]:
    found = Shelf(tmp_path / "deliveries.db")
    yield found
    await found.close()


@pytest.fixture
def file(tmp_path: Path) -> Iterator[DeliveriesFile]:
    """The receiver's side."""
    found = DeliveriesFile(tmp_path / "deliveries.db")
    yield found
    found.close()


async def matches(shelf: Shelf, **asked: object) -> list[int | None]:
    return [each.match_id for each in await shelf.page(DeliveryQuery(**asked))]  # type: ignore[arg-type]  # whatever a test asks


async def test_pages_go_from_the_newest_to_the_oldest(shelf: Shelf, file: DeliveriesFile) -> None:
    file.add([(delivery(number), None) for number in range(1, 8)])

    first = await shelf.page(DeliveryQuery(limit=3))
    second = await shelf.page(DeliveryQuery(limit=3, before=first[-1].id))

    assert [each.id for each in first + second] == [7, 6, 5, 4, 3, 2]


async def test_a_chip_shows_its_own(shelf: Shelf, file: DeliveriesFile) -> None:
    file.add([(delivery(number, verdict), None) for number, verdict in enumerate(Verdict)])
    await shelf.pin(3, is_pinned=True)

    for number, verdict in enumerate(Verdict):
        assert await matches(shelf, show=Show[verdict.name]) == [number]
    assert await matches(shelf, show=Show.PINNED) == [2]
    assert len(await matches(shelf)) == len(Verdict)


async def test_the_word_of_a_verdict_finds_its_own(shelf: Shelf, file: DeliveriesFile) -> None:
    file.add([(delivery(0, verdict), None) for verdict in Verdict])

    for number, verdict in enumerate(Verdict, start=1):
        assert [each.id for each in await shelf.page(DeliveryQuery(text=verdict.upper()))] == [number]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("100%", [1]), ("a_b", [2]), ("a/b", [3]), ("odds", [5, 4, 3, 2, 1]), ("ODDS 5", [5]), ("%", [1]), ("_", [5, 4, 3, 2, 1]),
        ("'; --", []), ("\\", []), ("٤", [4]), ("9" * 30, []), ("", [5, 4, 3, 2, 1]), ("/matches/4", [4]),
    ],
)  # fmt: skip
async def test_text_is_looked_for_as_it_is_written(shelf: Shelf, file: DeliveriesFile, text: str, found: list[int]) -> None:
    reasons = {1: "at 100%", 2: "a_b", 3: "a/b", 4: "", 5: "axb"}
    rows = [delivery(number, reason=words, refetched=("/matches/4",) * (number == 4)) for number, words in reasons.items()]
    file.add([(row, None) for row in rows])

    assert await matches(shelf, text=text) == found


async def test_a_long_text_is_no_trouble(shelf: Shelf) -> None:
    assert await matches(shelf, text="word " * 50_000) == []
    assert await matches(shelf, text="w" * 200_000) == []


async def test_the_receiver_writes_while_the_window_reads_and_writes(shelf: Shelf, file: DeliveriesFile) -> None:
    file.add([(delivery(1), letter())])
    (missed,) = await shelf.add_missed([delivery(2, Verdict.MISSED)])
    file.add([(delivery(3), letter())])
    await shelf.note_refetched([1, 3], ["/odds/changes", "/matches/3/odds"])

    assert await matches(shelf) == [3, 2, 1]
    found = await shelf.get(3)
    assert found is not None
    assert found.refetched == ("/odds/changes", "/matches/3/odds")
    assert (await shelf.letter(3), await shelf.letter(missed)) == (letter(), None)


async def test_nothing_missed_is_nothing_written(shelf: Shelf) -> None:
    assert await shelf.add_missed([]) == []


async def test_a_missed_one_that_came_is_late_and_no_other_ever_is(shelf: Shelf, file: DeliveriesFile) -> None:
    file.add([(delivery(0), None)])
    (missed,) = await shelf.add_missed([delivery(0, Verdict.MISSED)])

    for number in (1, missed, 99):
        await shelf.mark_late(number, AT + timedelta(seconds=7.25))

    assert [(each.verdict, each.reason) for each in await shelf.page(DeliveryQuery())] == [
        (Verdict.LATE, "a delivery came 7.2 s after the poll"),
        (Verdict.VALID, ""),
    ]


async def test_only_what_was_missed_is_taken_off_and_it_counts_no_more(shelf: Shelf, file: DeliveriesFile) -> None:
    file.add([(delivery(0), letter())])
    missed = await shelf.add_missed([delivery(0, Verdict.MISSED) for _ in range(3)])
    await shelf.mark_late(missed[2], AT + timedelta(seconds=7))
    await shelf.pin(missed[0], is_pinned=True)

    await shelf.remove([1, missed[0], missed[2], 99])

    assert [each.id for each in await shelf.page(DeliveryQuery())] == [4, 3, 1]
    assert (await shelf.tallies(AT))[18] == Tally(ok=1, missed=1, late=1, last_at=AT, valid_at=AT)


async def test_tallies_are_true_whatever_the_file_has_lost(shelf: Shelf, file: DeliveriesFile) -> None:
    file.add([(delivery(0), letter()), (delivery(0, Verdict.MISSED), None)])
    for _ in range(6):
        file.add([(delivery(0, Verdict.REFUSED, subscription_id=None), None) for _ in range(500)])
    await shelf.clear()

    assert await shelf.page(DeliveryQuery()) == []
    found = await shelf.tallies(AT)
    assert (found[18].ok, found[18].missed, found[None].bad) == (1, 1, 3_000)


async def test_a_count_is_kept_for_longer_than_a_day_and_not_for_ever(shelf: Shelf, file: DeliveriesFile) -> None:
    file.add([(delivery(number), None) for number in (0, 3_600, 25 * 3_600)])
    assert (await shelf.tallies(AT))[18].ok == 3

    file.add([(delivery(25 * 3_600 + 60), None)])

    assert (await shelf.tallies(AT))[18].ok == 3


async def test_a_file_that_cannot_write_a_row_counts_none(shelf: Shelf, file: DeliveriesFile) -> None:
    with pytest.raises(OSError, match="too large"):
        file.add([(delivery(1), None), (delivery(1, match_id=2**63), None)])

    assert await shelf.tallies(AT) == {}


async def test_a_locked_file_holds_one_thread_of_its_own_and_closing_ends_it(tmp_path: Path) -> None:
    before = threading.enumerate()
    shelf = Shelf(tmp_path / "deliveries.db")
    await asyncio.gather(*(shelf.page(DeliveryQuery()) for _ in range(20)))
    (own,) = [each for each in threading.enumerate() if each not in before]

    await shelf.close()

    own.join(20)
    assert not own.is_alive()


async def test_tallies_are_by_subscription_and_since_a_minute(shelf: Shelf, file: DeliveriesFile) -> None:
    verdicts = [Verdict.VALID, Verdict.DUPLICATE, Verdict.MISSED, Verdict.LATE, Verdict.VALID]
    file.add([(delivery(60 * number, verdict), None) for number, verdict in enumerate(verdicts)])
    file.add([(delivery(60 * number, Verdict.REFUSED, subscription_id=None), None) for number in range(3)])
    file.add([(delivery(60 * 9, verdict, subscription_id=19), None) for verdict in (Verdict.BAD, Verdict.UNCHECKED)])
    file.add([(delivery(60 * 10, Verdict.UNCHECKED, subscription_id=19), None)])

    found = await shelf.tallies(AT + timedelta(seconds=119))

    assert found[18] == Tally(
        ok=2, bad=0, missed=1, duplicates=1, late=1, last_at=AT + timedelta(minutes=4), valid_at=AT + timedelta(minutes=4)
    )
    assert found[19] == Tally(bad=1, unchecked=2, last_at=AT + timedelta(minutes=10))
    assert found[None] == Tally(bad=2, last_at=AT + timedelta(minutes=2))
    assert await shelf.tallies(AT + timedelta(days=1)) == {}


async def test_clearing_says_how_many_went(shelf: Shelf, file: DeliveriesFile) -> None:
    file.add([(delivery(number), letter()) for number in range(5)])
    await shelf.pin(2, is_pinned=True)

    assert await shelf.clear() == 4
    assert [each.id for each in await shelf.page(DeliveryQuery())] == [2]


async def test_a_damaged_file_is_said(tmp_path: Path) -> None:
    path = tmp_path / "deliveries.db"
    path.write_bytes(b"no database at all, only words " * 9)
    shelf = Shelf(path)
    assert shelf.words == ""

    assert await shelf.page(DeliveryQuery()) == []

    assert "is damaged: it is kept as deliveries.db.bad-" in shelf.words
    await shelf.close()


async def test_a_file_that_cannot_be_used_is_an_os_error_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "deliveries.db"
    path.mkdir()
    shelf = Shelf(path)
    for _ in range(2):
        with pytest.raises(OSError, match="unable to open"):
            await shelf.page(DeliveryQuery())
    path.rmdir()

    assert await shelf.page(DeliveryQuery()) == []
    await shelf.close()


async def test_a_shelf_may_be_used_again_after_it_was_closed(shelf: Shelf) -> None:
    await shelf.add_missed([delivery(1, Verdict.MISSED)])
    await shelf.close()

    assert len(await shelf.page(DeliveryQuery())) == 1


async def test_what_was_answered_with_429_is_counted_by_the_minute_and_by_its_subscription_and_in_no_other_figure(
    shelf: Shelf, file: DeliveriesFile
) -> None:
    late = AT + timedelta(minutes=2)
    file.add([(delivery(0), None)])
    for _ in range(2):
        file.count_unlisted([Unlisted(AT, LIMITED, 18, 100), Unlisted(late, LIMITED, 18, 5), Unlisted(AT, LIMITED, None, 3)])

    found = await shelf.tallies(AT)

    assert found[18] == Tally(ok=1, limited=210, last_at=late, valid_at=AT)
    assert found[None] == Tally(limited=6, last_at=AT)
    assert (await shelf.tallies(late))[18].limited == 10


async def test_what_was_only_counted_is_among_its_own_kind(shelf: Shelf, file: DeliveriesFile) -> None:
    file.count_unlisted([Unlisted(AT, str(Verdict.REFUSED), None, 7)])

    assert await shelf.tallies(AT) == {None: Tally(bad=7, last_at=AT)}
    assert await matches(shelf) == []


async def test_when_one_was_noticed_is_kept_and_those_that_were_delivered_have_no_such_time(shelf: Shelf, file: DeliveriesFile) -> None:
    noticed = AT + timedelta(seconds=5.25)
    file.add([(delivery(0, Verdict.MISSED, noticed_at=noticed), None), (delivery(1), None)])

    delivered, missed = await shelf.page(DeliveryQuery())

    assert (missed.at, missed.noticed_at, missed.listed_at) == (AT, noticed, noticed)
    assert (delivered.noticed_at, delivered.listed_at) == (None, delivered.at)
