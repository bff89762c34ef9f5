"""What was listed as missed and was not: its row goes, from the file and from the list."""

from __future__ import annotations

import asyncio

from app.domain.webhook import Delivery, DeliveryQuery, Show, Verdict
from tests.services.hooks.desk_kit import change, received
from tests.services.hooks.kit import Hooks, delivery, play


async def accused(hooks: Hooks) -> Delivery:
    """A change that no delivery was heard of, 12 s after the poll told of it."""
    await received(hooks)
    change(hooks)
    await asyncio.sleep(12)
    (row,) = hooks.desk.deliveries.newest
    assert row.verdict is Verdict.MISSED
    return row


def missed_rows(hooks: Hooks) -> list[Delivery]:
    return [row for row in [*hooks.shelf.rows.values(), *hooks.desk.deliveries.newest] if row.verdict in {Verdict.MISSED, Verdict.LATE}]


def test_one_that_came_in_time_and_is_heard_of_after_its_row_was_written_leaves_no_row() -> None:
    async def scenario(hooks: Hooks) -> None:
        row = await accused(hooks)
        hooks.come(delivery(row.at))
        await asyncio.sleep(1)

        assert missed_rows(hooks) == []
        assert list(hooks.desk.deliveries.withdrawn) == [row.id]
        assert (hooks.desk.gaps.figures.missed, hooks.desk.gaps.figures.late) == (0, 0)
        assert len(await hooks.desk.deliveries.page(DeliveryQuery(Show.VALID))) == 1

    play(scenario)


def test_one_that_is_heard_of_before_its_row_was_written_is_never_written() -> None:
    async def scenario(hooks: Hooks) -> None:
        await received(hooks)
        heard = asyncio.Event()
        hooks.venue.before = heard.wait  # the subscriptions are read before anything is listed
        changed_at = hooks.clock.now()
        change(hooks)
        await asyncio.sleep(12)
        assert hooks.desk.gaps.figures.missed == 1
        hooks.come(delivery(changed_at))
        heard.set()
        await asyncio.sleep(15)

        assert missed_rows(hooks) == []
        assert list(hooks.desk.deliveries.withdrawn) == [], "it never was in the file"
        assert (hooks.desk.gaps.figures.missed, hooks.desk.gaps.figures.expected) == (0, 1)

    play(scenario)


def test_a_row_that_could_not_be_written_goes_from_the_list_all_the_same() -> None:
    async def scenario(hooks: Hooks) -> None:
        hooks.shelf.trouble = OSError("it is locked")
        row = await accused(hooks)
        assert row.id == 0
        hooks.shelf.trouble = None
        hooks.come(delivery(row.at))
        await asyncio.sleep(1)

        assert missed_rows(hooks) == []

    play(scenario)


def test_a_file_that_cannot_remove_it_is_said() -> None:
    async def scenario(hooks: Hooks) -> None:
        row = await accused(hooks)
        hooks.come(delivery(row.at))
        hooks.shelf.trouble = OSError("it is locked")
        await asyncio.sleep(0.1)

        assert hooks.desk.deliveries.trouble == "The deliveries' file cannot be written: it is locked"
        assert [each.verdict for each in hooks.desk.deliveries.newest] == [Verdict.VALID]

    play(scenario)


def test_a_missed_one_knows_when_its_change_was_and_when_it_was_noticed_also_after_a_delivery_came_late() -> None:
    async def scenario(hooks: Hooks) -> None:
        await received(hooks)
        began = hooks.clock.now()
        change(hooks)
        await asyncio.sleep(12)
        (row,) = hooks.desk.deliveries.newest
        assert row.noticed_at is not None
        assert began <= row.at < row.noticed_at <= hooks.clock.now()
        assert (row.noticed_at - row.at).total_seconds() >= hooks.desk.reception.choice.patience
        hooks.come(delivery(hooks.clock.now()))
        await asyncio.sleep(30)
        (late,) = [each for each in hooks.desk.deliveries.newest if each.verdict is Verdict.LATE]
        assert (late.at, late.noticed_at) == (row.at, row.noticed_at)

    play(scenario)
