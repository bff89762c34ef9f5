"""Guards that are followed, kept and refused, and what is left of them after a restart."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import msgspec
import pytest

from app.domain.events import EventChanged, OrderReported, Topic
from app.domain.guard import CancelMoved, Guard, KeepAtBest, LiquidityAlert, Plan, PriceAlert
from app.domain.lookout import LookoutState
from app.domain.odds import from_american
from app.services.guard_keep import Mover
from app.services.guards import MOST, Guards
from app.services.lookout_book import RESTARTED
from tests.services.fakes import KEY, Desk, book, event, group, market, report, seeded
from tests.services.guard_kit import PLACE, alert, hold, quote, streaming, tell


@pytest.fixture
def desk() -> Desk:
    """Streaming, the game followed and read, its start an hour away."""
    return streaming(Desk())


# What has to be seen


async def test_one_that_fired_stays_said_until_somebody_has_seen_it(desk: Desk) -> None:
    guards = desk.desk.guards
    guards.add(alert(150))
    assert (guards.unseen_words, guards.unseen(LookoutState.FIRED)) == ("", [])
    await quote(desk, 150)
    at = f"{desk.clock.now().astimezone():%H:%M:%S}"
    assert guards.unseen_words == f"Price alert fired at {at}: Game · Moneyline · Harbor Pilots: +150, 50.00 to take"
    desk.notices.say("something else")
    assert guards.unseen_words
    guards.see()
    assert (guards.unseen_words, guards.all[1].state) == ("", LookoutState.FIRED)


async def test_of_several_that_fired_the_newest_is_named(desk: Desk) -> None:
    guards = desk.desk.guards
    guards.add(alert(160))
    guards.add(alert(150))
    await quote(desk, 150)
    desk.clock.move(1)
    await quote(desk, 160)
    at = f"{desk.clock.now().astimezone():%H:%M:%S}"
    assert guards.unseen_words.startswith(f"2 guards fired, the last at {at}: Price alert: Game · Moneyline · Harbor Pilots: +160")


async def test_after_a_restart_it_is_said_how_many_look_no_more_and_which_orders_nothing_guards(desk: Desk) -> None:
    disk = Disk()
    hold(desk, "ov-1")
    hold(desk, "ov-2")
    first = over(desk, disk)
    first.add(CancelMoved(PLACE, 5, "ov-1"))
    first.add(alert(190))
    again = over(desk, disk)
    assert again.unseen_words == "2 guards are stopped: the program was restarted; 2 orders rest unguarded"
    again.arm(1)
    assert again.unseen_words == "1 guard is stopped: the program was restarted; 1 order rests unguarded"
    again.see()
    assert again.unseen_words == ""
    assert all(guard.is_seen for guard in disk.kept), "it is written down that it was seen"


async def test_of_those_that_cannot_be_armed_again_each_reason_names_its_guard(desk: Desk) -> None:
    hold(desk, "ov-1")
    hold(desk, "ov-2")
    guards = desk.desk.guards
    for ref in ("ov-1", "ov-2"):
        guards.add(CancelMoved(PLACE, 5, ref))
        guards.stop(len(guards.all))
    tell(desk, OrderReported(report("ov-2", "wiped", order_id="v-ov-2")))
    words = "Cancel if it moves: Game · Moneyline · Harbor Pilots · order ov-2: The order is wiped: nothing of it waits"
    assert guards.arm_these([1, 2, 77]) == words
    assert guards.all[1].state is LookoutState.ARMED


# The list


async def test_their_events_are_followed_whatever_is_on_screen(desk: Desk) -> None:
    other = msgspec.structs.replace(PLACE, market=KEY._replace(event_id=19459))
    props = group(market(other.market, is_prop=True, sub_type="player_points"))
    tell(desk, EventChanged(event(19459)), seeded(desk.clock.monotonic(), book(key=other.market), event_id=19459, groups=(props,)))
    desk.desk.guards.add(PriceAlert(other, from_american(190)))
    assert {Topic(19459), Topic(19459, "player_points")} <= set(desk.wanted[-1].topics)
    desk.desk.guards.remove([1])
    assert not {topic for topic in desk.wanted[-1].topics if topic.event_id == 19459}


class Disk:
    """What was written down last, or why it cannot be."""

    def __init__(self) -> None:
        self.kept: tuple[Guard, ...] = ()
        self.writings = 0
        self.trouble = ""

    def keep(self, guards: tuple[Guard, ...]) -> str:
        self.kept, self.writings = guards, self.writings + 1
        return self.trouble


def over(desk: Desk, disk: Disk) -> Guards:
    """The guards of a program that starts with what the disk holds."""
    mover = Mover(desk.venue, desk.trading, desk.blotter, desk.sleep)
    return Guards(
        desk.session, mover, desk.notices, desk.tasks, clock=desk.clock.monotonic, now=desk.clock.now, sleep=desk.sleep,
        kept=disk.kept, keep=disk.keep,
    )  # fmt: skip


async def test_after_a_restart_none_is_armed_and_each_says_why(desk: Desk) -> None:
    disk = Disk()
    first = over(desk, disk)
    first.add(alert(150))
    first.add(alert(140))
    assert [guard.state for guard in disk.kept] == [LookoutState.ARMED, LookoutState.FIRED]
    again = over(desk, disk)
    assert [(guard.state, guard.words) for guard in again.all.values()] == [
        (LookoutState.STOPPED, RESTARTED),
        (LookoutState.FIRED, "+140, 50.00 to take"),
    ]
    await quote(desk, 150)
    assert [guard.state for guard in again.all.values()] == [LookoutState.STOPPED, LookoutState.FIRED]
    assert again.arm(1) == ""
    assert [guard.state for guard in again.all.values()] == [LookoutState.FIRED, LookoutState.FIRED]
    assert again.add(alert(190)) == ""
    assert 3 in again.all


async def test_what_changes_by_itself_is_written_down_once_a_beat(desk: Desk) -> None:
    disk = Disk()
    guards = over(desk, disk)
    for price in (150, 150, 150):
        guards.add(alert(price))
    before = disk.writings
    await quote(desk, 150)
    assert disk.writings == before
    guards.turn()
    guards.turn()
    assert disk.writings == before + 1
    assert {guard.state for guard in disk.kept} == {LookoutState.FIRED}


async def test_words_that_come_and_go_are_not_written_down(desk: Desk) -> None:
    disk = Disk()
    guards = over(desk, disk)
    hold(desk)
    guards.add(KeepAtBest(PLACE, "ov-1", from_american(140), from_american(150)))
    before = disk.writings
    words = set()
    for away in (-150, -155, -160):
        await quote(desk, 140, away)
        guards.turn()
        words.add(guards.all[1].words)
    assert (len(words), disk.writings) == (3, before)


async def test_a_list_that_cannot_be_kept_is_said(desk: Desk) -> None:
    disk = Disk()
    disk.trouble = "The guards hold, but could not be kept: no space"
    over(desk, disk).add(alert(150))
    assert desk.words[-1] == disk.trouble


@pytest.mark.parametrize("plan", [CancelMoved(PLACE, 0), CancelMoved(PLACE, 201), LiquidityAlert(PLACE, from_american(150), Decimal(0))])
async def test_figures_that_mean_nothing_are_refused(desk: Desk, plan: Plan) -> None:
    assert desk.desk.guards.add(plan)
    assert not desk.desk.guards.all


async def test_a_selection_that_is_not_offered_is_refused(desk: Desk) -> None:
    gone = msgspec.structs.replace(PLACE, selection_id="gone")
    assert desk.desk.guards.add(PriceAlert(gone, from_american(150))) == "The selection is not offered any more"


async def test_the_list_ends_somewhere_and_old_results_go_first(desk: Desk) -> None:
    desk.desk.guards.add(alert(140))
    for _ in range(MOST - 1):
        assert desk.desk.guards.add(alert(190)) == ""
    assert desk.desk.guards.add(alert(190)) == ""
    assert 1 not in desk.desk.guards.all
    assert len(desk.desk.guards.all) == MOST
    assert desk.desk.guards.add(alert(190)) == f"There are {MOST} guards already: remove some first"
    await asyncio.sleep(0)
