"""Deliveries: a signal to read again, at most once a second for each event of each match; a list; and never a price."""

from __future__ import annotations

import asyncio
import itertools
from datetime import datetime

from app.domain.receiving import Counts, Signal, Tidings
from app.domain.webhook import Delivery, DeliveryQuery, Letter, Verdict
from app.receiver.intake import Intake, Taken
from app.services.hooks.deliveries import NEWEST, SAID_EVERY
from tests.services.feed.kit import LIVE, match, snapshot
from tests.services.hooks.kit import Hooks, delivery, play


def listening(hooks: Hooks) -> list[tuple[float, str, int | None]]:
    """When which event of which match was passed on to the feed's services."""
    heard: list[tuple[float, str, int | None]] = []

    def hear(event: str, match_id: int | None) -> tuple[str, ...]:
        heard.append((hooks.clock.monotonic(), event, match_id))
        return (f"/matches/{match_id}/odds",)

    hooks.desk.deliveries._refetches._heard = hear
    return heard


def test_a_hundred_a_second_are_one_reading_a_second_and_one_after_the_last() -> None:
    async def scenario(hooks: Hooks) -> None:
        heard = listening(hooks)
        for _ in range(100):
            hooks.come(delivery(hooks.clock.now()))
            await asyncio.sleep(0.04)
        ended = hooks.clock.monotonic()
        await asyncio.sleep(5)
        times = [at for at, *_ in heard]
        assert all(after - before >= 1.0 - 1e-6 for before, after in itertools.pairwise(times))
        assert len(times) in {5, 6}
        assert times[-1] >= ended - 0.05, "what came last is read again too"

    play(scenario)


def test_other_matches_and_other_events_wait_for_nobody() -> None:
    async def scenario(hooks: Hooks) -> None:
        heard = listening(hooks)
        hooks.come(delivery(hooks.clock.now()), delivery(hooks.clock.now(), match_id=43))
        hooks.come(delivery(hooks.clock.now(), event="MATCH_STARTED"), delivery(hooks.clock.now(), match_id=None))
        assert len(heard) == 4

    play(scenario)


def test_what_was_read_is_noted_with_each_that_asked_for_it_in_the_list_and_in_the_file() -> None:
    async def scenario(hooks: Hooks) -> None:
        listening(hooks)
        for _ in range(3):
            hooks.come(delivery(hooks.clock.now()))
        await asyncio.sleep(2)
        assert {row.id: row.refetched for row in hooks.desk.deliveries.newest} == dict.fromkeys((1, 2, 3), ("/matches/42/odds",))
        assert hooks.shelf.refetched == [((1,), ("/matches/42/odds",)), ((2, 3), ("/matches/42/odds",))]

    play(scenario)


def test_what_asks_for_nothing_is_noted_as_nothing() -> None:
    async def scenario(hooks: Hooks) -> None:
        hooks.come(delivery(hooks.clock.now()))  # the feed's services do not run
        await asyncio.sleep(2)
        assert hooks.shelf.refetched == []
        assert hooks.desk.deliveries.newest[0].refetched == ()

    play(scenario)


def test_a_delivery_changes_no_price_and_has_the_odds_read_from_the_feed() -> None:
    async def scenario(hooks: Hooks) -> None:
        hooks.feed.venue.put(match())
        hooks.feed.venue.write(snapshot())
        hooks.feed.session.start()
        hooks.feed.session.open(LIVE)
        await asyncio.sleep(3)
        before = hooks.feed.board.quotes(LIVE)
        hooks.feed.venue.calls.clear()
        written = hooks.shelf.put(delivery(hooks.clock.now()), body=b'{"event":"ODDS_UPDATED","match_id":42,"decimal_odd":"99.00"}')
        signal = Signal("ODDS_UPDATED", LIVE, hooks.clock.now(), hooks.clock.now(), (1,))
        hooks.receiver.tell(Tidings(Counts(1, 1), tuple(written), (signal,)))
        assert {key: quote.snapshot for key, quote in hooks.feed.board.quotes(LIVE).items()} == {
            key: quote.snapshot for key, quote in before.items()
        }
        await asyncio.sleep(1.1)
        assert hooks.feed.venue.asked("odds") == [(LIVE,)]
        assert hooks.desk.deliveries.newest[0].refetched == ("/odds/changes", "/matches/42/odds")

    play(scenario)


class _Writer:
    """A file's thread that numbers at once."""

    def __init__(self) -> None:
        self.taken: list[Taken] = []

    def put(self, taken: Taken) -> bool:
        self.taken.append(taken)
        return True

    def count(self, kind: str, subscription_id: int | None, at: datetime) -> None:
        raise AssertionError("everything was written down")


def test_the_same_bytes_again_are_heard_again_and_shown_as_a_duplicate() -> None:
    async def scenario(hooks: Hooks) -> None:
        heard = listening(hooks)
        writer = _Writer()
        intake = Intake(writer, lambda: None, hooks.clock.monotonic)
        for number in (1, 2):
            taken = Taken(delivery(hooks.clock.now()), Letter((), b'{"match_id":42}', 15), copy=b"its bytes")
            intake.take(taken)
            last = writer.taken[-1]
            written = Delivery(last.delivery.at, last.delivery.verdict, number, "ODDS_UPDATED", 42)
            intake.written([(last, written)])
            hooks.receiver.tell(intake.tidings())
            await asyncio.sleep(2)
        assert len(heard) == 2
        assert [row.verdict for row in hooks.desk.deliveries.newest] == [Verdict.DUPLICATE, Verdict.VALID]

    play(scenario)


def test_a_flood_is_bounded_in_memory_and_its_notes_are_few_writes() -> None:
    async def scenario(hooks: Hooks) -> None:
        listening(hooks)
        for _ in range(20):
            hooks.come(*(delivery(hooks.clock.now(), match_id=number) for number in range(200)))
            await asyncio.sleep(0.2)
        await asyncio.sleep(3)
        deliveries = hooks.desk.deliveries
        assert len(deliveries.newest) == NEWEST
        assert [row.id for row in deliveries.newest] == list(range(4_000, 4_000 - NEWEST, -1))
        assert deliveries._refetches._again == {}
        assert len(deliveries._refetches._told_at) <= 200
        assert hooks.words == [], "a delivery is no notice"

    play(scenario)


def test_bad_ones_are_said_once_a_minute_with_how_many_there_were() -> None:
    async def scenario(hooks: Hooks) -> None:
        hooks.desk.start()
        await asyncio.sleep(0.5)
        for _ in range(50):
            hooks.come(delivery(hooks.clock.now(), Verdict.BAD, answer=401, reason="its hex is in upper case"))
            await asyncio.sleep(1)
        assert hooks.words == ["A delivery was refused for the signature: its hex is in upper case"]
        await asyncio.sleep(SAID_EVERY)
        assert hooks.words[1:] == ["49 deliveries were refused for the signature: its hex is in upper case"], "though no other one came"

    play(scenario)


def test_one_whose_secret_is_not_here_is_not_said_to_be_bad_and_lends_no_bad_one_its_reason() -> None:
    async def scenario(hooks: Hooks) -> None:
        hooks.desk.start()
        await asyncio.sleep(0.5)
        hooks.come(delivery(hooks.clock.now(), Verdict.UNCHECKED, answer=401, reason="the secret of subscription 17 is not here"))
        await asyncio.sleep(3)
        assert hooks.words == []
        hooks.receiver.tell(Tidings(Counts(2, bad=1, unchecked=1)))
        await asyncio.sleep(3)
        assert hooks.words == ["A delivery was refused for the signature"]
        await hooks.desk.deliveries.count()
        assert (hooks.desk.deliveries.tally.bad, hooks.desk.deliveries.tally.unchecked) == (0, 1)

    play(scenario)


def test_a_reason_that_comes_after_its_count_is_waited_for_and_not_for_ever() -> None:
    async def scenario(hooks: Hooks) -> None:
        hooks.desk.start()
        await asyncio.sleep(0.9)
        hooks.receiver.tell(Tidings(Counts(1, bad=1)))
        await asyncio.sleep(0.2)
        assert hooks.words == []
        row = delivery(hooks.clock.now(), Verdict.BAD, answer=401, reason="another secret", id=1)
        hooks.receiver.tell(Tidings(Counts(1, bad=1), (row,)))
        await asyncio.sleep(1)
        assert hooks.words == ["A delivery was refused for the signature: another secret"]
        hooks.receiver.tell(Tidings(Counts(2, bad=2)))
        await asyncio.sleep(SAID_EVERY + 3)
        assert hooks.words[1:] == ["A delivery was refused for the signature"]

    play(scenario)


def test_a_file_that_cannot_be_written_is_said_and_the_readings_go_on() -> None:
    async def scenario(hooks: Hooks) -> None:
        heard = listening(hooks)
        hooks.come(delivery(hooks.clock.now()))
        hooks.shelf.trouble = OSError(28, "No space left on device")
        await asyncio.sleep(2)
        assert "No space left" in hooks.desk.deliveries.trouble
        hooks.receiver.tell(Tidings(Counts(2, 2), (), (Signal("ODDS_UPDATED", 42, hooks.clock.now(), hooks.clock.now(), (1,)),)))
        await asyncio.sleep(2)
        assert len(heard) == 2
        hooks.shelf.trouble = None
        await hooks.desk.deliveries.count()
        assert hooks.desk.deliveries.trouble == ""

    play(scenario)


def test_the_very_bytes_are_sent_again_without_what_belongs_to_the_connection() -> None:
    async def scenario(hooks: Hooks) -> None:
        (row,) = hooks.shelf.put(delivery(hooks.clock.now()), body=b"\x00 body")
        headers = (("Host", "hooks.example.com"), ("Content-Length", "6"), ("X-Rankacy-Event", "ODDS_UPDATED"))
        hooks.shelf.letters[row.id] = Letter(headers, b"\x00 body", 6)
        answer = await hooks.desk.deliveries.replay(row)
        assert answer.status == 204
        assert hooks.poster.sent == [("http://127.0.0.1:8765/rankacy", (headers[2],), b"\x00 body")]

    play(scenario)


def test_what_is_not_kept_whole_is_neither_sent_again_nor_made_a_line_of() -> None:
    async def scenario(hooks: Hooks) -> None:
        (row,) = hooks.shelf.put(delivery(hooks.clock.now()))
        hooks.shelf.letters[row.id] = Letter((), b"half", 100_000)
        answer = await hooks.desk.deliveries.replay(row)
        assert answer.words == "Only 4 of its 100,000 bytes were kept: sent again, its signature would be wrong."
        assert await hooks.desk.deliveries.curl(row) == ""
        hooks.shelf.letters.clear()
        assert (await hooks.desk.deliveries.replay(row)).status == 0
        assert await hooks.desk.deliveries.curl(row) == ""
        assert hooks.poster.sent == []

    play(scenario)


def test_a_pinned_one_stays_when_the_others_are_cleared() -> None:
    async def scenario(hooks: Hooks) -> None:
        rows = hooks.come(*(delivery(hooks.clock.now(), match_id=number) for number in range(3)))
        deliveries = hooks.desk.deliveries
        await deliveries.pin(rows[1], is_pinned=True)
        assert await deliveries.clear() == 2
        assert [(row.id, row.is_pinned) for row in deliveries.newest] == [(rows[1].id, True)]
        await deliveries.pin(deliveries.newest[0], is_pinned=False)
        assert not deliveries.newest[0].is_pinned, "it is found by its number after a clearing too"

    play(scenario)


def test_pages_go_to_the_end_and_repeat_nothing() -> None:
    async def scenario(hooks: Hooks) -> None:
        hooks.shelf.put(*(delivery(hooks.clock.now(), match_id=number) for number in range(25)))
        ids = [row.id async for rows in hooks.desk.deliveries.pages(DeliveryQuery(limit=10)) for row in rows]
        assert ids == list(range(25, 0, -1))

    play(scenario)
