"""The watchdogs: a slow activation, a silent private channel, too much matched at once, more matched than was asked for."""

from __future__ import annotations

import asyncio
import itertools

import msgspec
import pytest

from app.domain.errors import UnknownError
from app.domain.events import EventChanged, HealthBeat, OrderReported
from app.domain.order import OrderState
from app.domain.risk import Silence
from app.services.watch import ACTIVATION, BEAT
from tests.services.fakes import SPREAD, Desk, book, draft, event, money, report, settle, turn


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.ready()
    desk.session.emit([HealthBeat()])
    return desk


def limited(desk: Desk, **limits: object) -> None:
    desk.controls.limit_to(msgspec.structs.replace(desk.controls.limits, **limits))


def hold(desk: Desk, ref: str = "ov-1", **more: object) -> None:
    """An open order, told by the venue's record rather than by the stream."""
    desk.blotter.apply(msgspec.structs.replace(report(ref, "open", order_id=f"v-{ref}"), **more), "history")


async def beats(desk: Desk, seconds: int, *, is_heard: bool = False) -> None:
    """So many seconds, one turn of the watchdogs in each; `is_heard`: the private channel gives its sign of health."""
    for _ in range(seconds):
        desk.clock.move(1)
        if is_heard:
            desk.session.emit([HealthBeat()])
        desk.watch.turn()
        await turn(3)


# Activation


async def test_an_accepted_order_is_asked_for_after_ten_seconds_and_the_stream_is_connected_anew(desk: Desk) -> None:
    order = await desk.trading.place(draft())
    assert order.state is OrderState.ACCEPTED
    await beats(desk, int(ACTIVATION) - 1, is_heard=True)
    assert (desk.venue.asked("order"), desk.reconnects) == ([], 0)
    await beats(desk, 1, is_heard=True)
    assert (desk.venue.asked("order"), desk.reconnects) == ([("v-ov-1",)], 1)
    await settle(lambda: desk.blotter.orders["ov-1"].state is OrderState.OPEN)
    await beats(desk, 30, is_heard=True)
    assert (len(desk.venue.asked("order")), desk.reconnects) == (1, 1)


async def test_an_order_that_stays_inactive_is_asked_for_every_ten_seconds(desk: Desk) -> None:
    await desk.trading.place(draft())
    desk.venue.answers["order"] = report("ov-1", "inactive", order_id="v-ov-1")
    await beats(desk, 35, is_heard=True)
    assert len(desk.venue.asked("order")) == 3


async def test_several_late_orders_reconnect_the_stream_once(desk: Desk) -> None:
    await desk.trading.place(draft())
    await desk.trading.place(draft(151))
    await beats(desk, 10, is_heard=True)
    assert (len(desk.venue.asked("order")), desk.reconnects) == (2, 1)
    assert any("2 accepted but not active after 10 s" in words for words in desk.words)


async def test_an_order_that_opens_in_time_is_not_asked_for(desk: Desk) -> None:
    await desk.trading.place(draft())
    await beats(desk, 9, is_heard=True)
    desk.session.emit([OrderReported(report("ov-1", "open", order_id="v-ov-1"))])
    await beats(desk, 30, is_heard=True)
    assert (desk.venue.asked("order"), desk.reconnects) == ([], 0)


async def test_an_order_refused_at_its_activation_is_shown_and_releases_its_exposure(desk: Desk) -> None:
    await desk.trading.place(draft())
    desk.venue.answers["order"] = report("ov-1", "invalid", order_id="v-ov-1")
    await beats(desk, 10, is_heard=True)
    await settle(lambda: desk.blotter.orders["ov-1"].state is OrderState.INVALID)
    assert desk.blotter.orders["ov-1"].at_risk == 0


async def test_an_order_that_cannot_be_read_is_said_and_asked_for_again(desk: Desk) -> None:
    await desk.trading.place(draft())
    desk.venue.troubles["order"] = [UnknownError("No answer within 5 s")]
    await beats(desk, 10, is_heard=True)
    await settle(lambda: "Harbor Pilots cannot be read: No answer within 5 s" in desk.words)
    await beats(desk, 10, is_heard=True)
    await settle(lambda: desk.blotter.orders["ov-1"].state is OrderState.OPEN)
    assert desk.failures == []


# Silence


async def test_silence_with_open_orders_is_an_alarm_from_the_eleventh_second_on(desk: Desk) -> None:
    hold(desk)
    await beats(desk, 10)
    assert desk.watch.alarm == ""
    await beats(desk, 1)
    assert desk.watch.alarm == "Nothing has been heard about orders for 11 s while 1 are open."
    assert "Nothing was heard about orders for 10 s while orders are open" in desk.words


async def test_silence_without_orders_is_no_alarm(desk: Desk) -> None:
    await beats(desk, 60)
    assert desk.watch.alarm == ""


async def test_a_sign_of_health_or_a_push_ends_the_alarm_at_the_next_beat(desk: Desk) -> None:
    hold(desk)
    heard: list[str] = []
    desk.watch.changed.connect(lambda: heard.append(desk.watch.alarm))
    await beats(desk, 15)
    assert desk.watch.alarm
    desk.session.emit([HealthBeat()])
    await beats(desk, 1)
    assert desk.watch.alarm == heard[-1] == ""
    await beats(desk, 15)
    assert desk.watch.alarm
    desk.session.emit([OrderReported(report("ov-1", "open", order_id="v-ov-1"))])
    await beats(desk, 1)
    assert desk.watch.alarm == ""


async def test_prices_are_no_news_about_orders(desk: Desk) -> None:
    hold(desk)
    for _ in range(12):
        desk.session.emit([EventChanged(event())])
        await beats(desk, 1)
    assert desk.watch.alarm


async def test_an_alarm_alone_does_nothing_by_itself(desk: Desk) -> None:
    limited(desk, silence=Silence.ALARM, silence_wait=0)
    hold(desk)
    await beats(desk, 120)
    assert desk.venue.asked("cancel_all") == []
    assert desk.journal.halt == ""


async def test_orders_are_cancelled_when_the_wait_is_over_and_again_while_the_silence_lasts(desk: Desk) -> None:
    limited(desk, silence=Silence.CANCEL, silence_wait=20)
    hold(desk)
    await beats(desk, 11)
    assert desk.watch.alarm.endswith("In 20 s: cancel all orders.")
    await beats(desk, 19)
    assert desk.watch.alarm.endswith("In 1 s: cancel all orders.")
    assert desk.venue.asked("cancel_all") == []
    await beats(desk, 1)
    await settle(lambda: desk.venue.asked("cancel_all"))
    assert desk.journal.halt == "", "it was not asked to halt"
    await beats(desk, 9)
    assert len(desk.venue.asked("cancel_all")) == 1
    await beats(desk, 51)
    assert len(desk.venue.asked("cancel_all")) == 7, "the network may have been what was silent"
    assert desk.watch.alarm.endswith("Now: cancel all orders.")


async def test_orders_are_halted_and_cancelled_when_a_person_chose_that(desk: Desk) -> None:
    limited(desk, silence=Silence.HALT, silence_wait=5)
    hold(desk)
    desk.venue.answers["order"] = report("ov-1", "canceled", order_id="v-ov-1")
    await beats(desk, 15)
    assert desk.journal.halt == ""
    await beats(desk, 1)
    assert desk.journal.halt == "the private channel was silent"
    await settle(lambda: not desk.kill.is_running and desk.kill.rounds)
    assert desk.venue.asked("cancel_all")


async def test_the_action_is_not_taken_when_something_is_heard_in_time(desk: Desk) -> None:
    limited(desk, silence=Silence.HALT, silence_wait=20)
    hold(desk)
    await beats(desk, 30)
    desk.session.emit([HealthBeat()])
    await beats(desk, 30, is_heard=True)
    assert desk.journal.halt == ""


async def test_a_second_silence_has_a_wait_and_an_action_of_its_own(desk: Desk) -> None:
    limited(desk, silence=Silence.CANCEL, silence_wait=5)
    hold(desk)
    await beats(desk, 20)
    await settle(lambda: len(desk.venue.asked("cancel_all")) == 1)
    desk.session.emit([HealthBeat()])
    await beats(desk, 1)
    await beats(desk, 14)
    assert len(desk.venue.asked("cancel_all")) == 1
    await beats(desk, 5)
    await settle(lambda: len(desk.venue.asked("cancel_all")) == 2)


async def test_a_program_that_has_just_started_gives_the_stream_its_time_before_it_acts() -> None:
    desk = Desk()
    desk.ready()
    limited(desk, silence=Silence.HALT, silence_wait=0)
    hold(desk)
    await beats(desk, 5)
    assert (desk.watch.alarm, desk.journal.halt) == ("", ""), "nothing can have been silent for ten seconds yet"
    await beats(desk, 6)
    assert desk.watch.alarm
    assert desk.journal.halt
    await desk.tasks.stop()


async def test_a_stream_that_is_never_heard_is_an_alarm_too() -> None:
    desk = Desk()
    desk.ready()
    hold(desk)
    await beats(desk, 12)
    assert "while 1 are open" in desk.watch.alarm


# Too much at once


def matched(desk: Desk, total: str, ref: str = "ov-1") -> None:
    desk.blotter.apply(report(ref, "open", order_id=f"v-{ref}", quantity=money(100_000), filled=money(total)))


async def test_as_much_as_the_limit_may_match_at_once_and_a_cent_more_halts(desk: Desk) -> None:
    limited(desk, burst_matched=money(100), burst_seconds=15)
    hold(desk, quantity=money(100_000))
    matched(desk, "100.00")
    assert desk.journal.halt == ""
    matched(desk, "100.01")
    assert desk.journal.halt == "100.01 matched within 15 s, above 100.00"
    await settle(lambda: desk.venue.asked("cancel_all"))
    await desk.tasks.stop()


async def test_matches_of_several_orders_are_summed(desk: Desk) -> None:
    limited(desk, burst_matched=money(100), burst_seconds=15)
    for ref in ("ov-1", "ov-2", "ov-3"):
        hold(desk, ref, quantity=money(100_000))
        desk.clock.move(4)
        matched(desk, "40", ref)
    assert desk.journal.halt == "120.00 matched within 15 s, above 100.00"
    await desk.tasks.stop()


@pytest.mark.parametrize(("seconds", "is_halted"), [(15, True), (15.1, False)])
async def test_the_window_slides(desk: Desk, seconds: float, is_halted: bool) -> None:
    limited(desk, burst_matched=money(100), burst_seconds=15)
    hold(desk, quantity=money(100_000))
    matched(desk, "60")
    desk.clock.move(seconds)
    matched(desk, "120")
    assert bool(desk.journal.halt) is is_halted
    desk.clock.move(1)
    matched(desk, "160.01")
    assert desk.journal.halt, "60 and 40.01 within one second"
    await desk.tasks.stop()


async def test_the_same_match_told_again_is_not_counted_again(desk: Desk) -> None:
    limited(desk, burst_matched=money(100), burst_seconds=15)
    hold(desk, quantity=money(100_000))
    for _ in range(5):
        matched(desk, "60")
    assert desk.journal.halt == ""


async def test_a_burst_while_orders_are_halted_still_cancels_what_is_left(desk: Desk) -> None:
    limited(desk, burst_matched=money(100), burst_seconds=15)
    desk.journal.halt_for("a person pressed it")
    hold(desk, quantity=money(100_000))
    matched(desk, "100.01")
    await turn()
    assert desk.venue.asked("cancel_all"), "a halt stops new orders; what stands on the book goes on matching"
    await desk.tasks.stop()


# More than was asked for


async def test_a_fill_above_the_order_is_alarmed_and_halts_its_market_only(desk: Desk) -> None:
    desk.ready(book(), book(key=SPREAD))
    await desk.trading.place(draft())
    desk.session.emit([OrderReported(report("ov-1", "open", order_id="v-ov-1", matching="fully_matched", filled=money("10.01")))])
    order = desk.blotter.orders["ov-1"]
    assert order.alarm == "the venue says that 10.01 matched of 10.00"
    assert order.at_risk == money("10.01"), "the larger reading"
    objection = desk.trading.objection(draft(151))
    assert objection is not None
    assert (objection.code, objection.words) == ("MARKET_CLOSED", "More matched here than was asked for: this market is halted")
    assert desk.trading.objection(draft(151, key=SPREAD)) is None


async def test_an_overfilled_order_is_alarmed_once(desk: Desk) -> None:
    await desk.trading.place(draft())
    alarms: list[str] = []
    desk.blotter.alarmed.append(lambda _order, words: alarms.append(words))
    for total in ("10.01", "10.01", "11"):
        desk.blotter.apply(report("ov-1", "open", order_id="v-ov-1", filled=money(total)))
    assert alarms == ["the venue says that 10.01 matched of 10.00"]


async def test_an_overfilled_order_of_the_journal_keeps_its_alarm_over_a_restart(desk: Desk) -> None:
    await desk.trading.place(draft())
    desk.blotter.apply(report("ov-1", "open", order_id="v-ov-1", filled=money("10.01")))
    assert desk.blotter.orders["ov-1"].is_overfilled
    again = Desk()
    again.ready()
    again.reconciliation.restore(list(desk.journal.kept.values()))
    assert again.blotter.orders["ov-1"].alarm, "the alarm is still to be seen"


# The beat


async def test_it_beats_once_a_second_and_looks_into_the_journal_each_time(desk: Desk) -> None:
    looks: list[float] = []

    async def look() -> None:
        looks.append(desk.clock.seconds)

    desk.journal.look = look  # type: ignore[method-assign]
    since = desk.clock.seconds
    running = asyncio.create_task(desk.watch.run())
    await settle(lambda: len(looks) >= 5)
    running.cancel()
    await asyncio.wait([running])
    assert [later - earlier for earlier, later in itertools.pairwise(looks[:5])] == [BEAT] * 4
    assert looks[0] > since
    assert desk.failures == []
