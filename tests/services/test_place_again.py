"""A person sends an order once more: under the same reference, once, and without forgetting what the first attempt may have done."""

from __future__ import annotations

import asyncio

import pytest

from app.domain.errors import DeniedError, NotSentError, RefusedError, UnknownError, VenueError
from app.domain.events import StreamDown
from app.domain.order import Order, OrderDraft, OrderState, Outcome
from app.domain.record import Denied, Ended, Intended, Resent
from app.domain.risk import Limits
from tests.services.fakes import Desk, draft, money, report, settle, turn

LOST = UnknownError("No answer within 5 s")
OFFLINE = NotSentError("offline")


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.ready()
    return desk


async def failed(desk: Desk, problem: VenueError, wish: OrderDraft | None = None) -> str:
    """An order whose sending failed some seconds ago; its reference."""
    desk.venue.troubles["place"] = [problem]
    order = await desk.trading.place(wish or draft())
    desk.clock.move(11)
    return order.ref


def state(desk: Desk, ref: str = "ov-1") -> OrderState:
    return desk.blotter.orders[ref].state


async def denied(desk: Desk, ref: str, confirmed: frozenset[str] = frozenset()) -> DeniedError:
    sent = len(desk.venue.asked("place"))
    with pytest.raises(DeniedError) as caught:
        await desk.trading.place_again(ref, confirmed)
    assert len(desk.venue.asked("place")) == sent, "nothing leaves"
    return caught.value


# Which orders, and under which name


@pytest.mark.parametrize("problem", [OFFLINE, NotSentError("too many", status=401), LOST])
async def test_an_order_that_may_not_have_arrived_goes_again_as_it_is_under_its_reference(desk: Desk, problem: VenueError) -> None:
    wish = draft(145, "12.50")
    ref = await failed(desk, problem, wish)
    order = await desk.trading.place_again(ref)
    assert desk.venue.asked("place") == [(ref, wish), (ref, wish)]
    assert (order.ref, order.state) == (ref, OrderState.ACCEPTED)
    assert list(desk.blotter.orders) == [ref]


async def test_a_presumed_order_can_be_sent_again(desk: Desk) -> None:
    ref = await failed(desk, LOST)
    desk.trading.presume_not_placed(ref)
    assert (await desk.trading.place_again(ref)).state is OrderState.ACCEPTED


async def test_a_resend_is_written_down_once_before_its_first_byte(desk: Desk) -> None:
    ref = await failed(desk, OFFLINE)
    desk.venue.gates["place"] = asyncio.Event()
    sending = asyncio.create_task(desk.trading.place_again(ref))
    await settle(lambda: len(desk.venue.asked("place")) == 2)
    assert [type(entry) for entry in desk.journal.entries] == [Intended, Ended, Resent]
    assert (state(desk), desk.blotter.orders[ref].at_risk) == (OrderState.SENDING, money(10))
    assert desk.journal.kept[ref].state is OrderState.SENDING
    desk.venue.gates["place"].set()
    await sending


@pytest.mark.parametrize("status", ["inactive", "open", "canceled", "wiped", "invalid", "closed", "paused"])
async def test_an_order_that_the_venue_knows_is_never_sent_again(desk: Desk, status: str) -> None:
    ref = await failed(desk, LOST)
    desk.blotter.apply(report(ref, status))
    assert (await denied(desk, ref)).code == "STATE"


@pytest.mark.parametrize("problem", [RefusedError("odds not in ladder", code="invalid_price", status=400)])
async def test_a_refused_order_is_not_sent_again(desk: Desk, problem: VenueError) -> None:
    assert (await denied(desk, await failed(desk, problem))).code == "STATE"


async def test_an_order_that_is_on_its_way_is_not_sent_again(desk: Desk) -> None:
    desk.venue.gates["place"] = asyncio.Event()
    placing = asyncio.create_task(desk.trading.place(draft()))
    await settle(lambda: desk.venue.asked("place"))
    assert (await denied(desk, "ov-1")).code == "STATE"
    desk.venue.gates["place"].set()
    await placing


async def test_pressing_send_again_twice_sends_it_once(desk: Desk) -> None:
    ref = await failed(desk, OFFLINE)
    desk.journal.gate.clear()
    sending = [asyncio.create_task(desk.trading.place_again(ref)) for _ in range(2)]
    await turn()
    desk.journal.gate.set()
    one, other = await asyncio.gather(*sending, return_exceptions=True)
    assert isinstance(one, Order)
    assert isinstance(other, DeniedError)
    assert len(desk.venue.asked("place")) == 2, "the first attempt and one more"
    assert len(desk.journal.of(Resent)) == 1


# What the first attempt may have done


@pytest.mark.parametrize(
    "problem",
    [
        OFFLINE,
        NotSentError("slow down", status=429),
        NotSentError("session", status=401),
        RefusedError("odds not in ladder", code="invalid_price", status=400),
        RefusedError("not enough", code="insufficient_amount", status=403),
        RefusedError("it exists", code="order_external_id_existed", status=400),
        LOST,
    ],
)
async def test_a_failed_resend_proves_nothing_about_the_first_attempt(desk: Desk, problem: VenueError) -> None:
    ref = await failed(desk, LOST)
    desk.venue.troubles["place"] = [problem]
    order = await desk.trading.place_again(ref)
    assert order.state is OrderState.UNKNOWN, "the first one may stand at the venue: nothing but evidence or a person ends that"
    assert order.at_risk == money(10)
    assert [unknown.ref for unknown in desk.blotter.unknown()] == [ref]


async def test_a_resend_that_is_stopped_by_the_last_look_leaves_the_first_attempt_unknown(desk: Desk) -> None:
    ref = await failed(desk, LOST)
    desk.journal.gate.clear()
    sending = asyncio.create_task(desk.trading.place_again(ref))
    await turn()
    desk.session.emit([StreamDown("lost")])
    desk.journal.gate.set()
    await asyncio.wait([sending])
    assert len(desk.venue.asked("place")) == 1
    assert (state(desk), desk.blotter.orders[ref].at_risk) == (OrderState.UNKNOWN, money(10))


async def test_what_a_push_says_while_the_resend_is_written_down_stands_and_nothing_is_sent(desk: Desk) -> None:
    ref = await failed(desk, LOST)
    desk.journal.gate.clear()
    sending = asyncio.create_task(desk.trading.place_again(ref))
    await turn()
    desk.blotter.apply(report(ref, "open", order_id="v-ov-1", filled=money(4), matching="partially_matched"))
    desk.venue.troubles["place"] = [RefusedError("it exists", code="order_external_id_existed", status=400)]
    desk.journal.gate.set()
    await asyncio.wait([sending])
    order = desk.blotter.orders[ref]
    assert (order.state, order.venue_order_id, order.filled) == (OrderState.PART, "v-ov-1", money(4))
    assert len(desk.venue.asked("place")) == 1, "the venue has it already"


async def test_a_push_during_the_resend_stands_above_its_answer(desk: Desk) -> None:
    ref = await failed(desk, LOST)
    desk.venue.gates["place"] = asyncio.Event()
    desk.venue.troubles["place"] = [RefusedError("it exists", code="order_external_id_existed", status=400)]
    sending = asyncio.create_task(desk.trading.place_again(ref))
    await settle(lambda: len(desk.venue.asked("place")) == 2)
    desk.blotter.apply(report(ref, "open"))
    desk.venue.gates["place"].set()
    assert (await sending).state is OrderState.OPEN


# The rules hold for it as for any other


@pytest.mark.parametrize("problem", [OFFLINE, LOST])
async def test_nothing_goes_again_while_orders_are_halted(desk: Desk, problem: VenueError) -> None:
    ref = await failed(desk, problem)
    desk.journal.halt = "kill switch"
    before = state(desk)
    assert (await denied(desk, ref)).code == "HALTED"
    assert state(desk) is before
    assert desk.journal.of(Denied)[-1].code == "HALTED"


async def test_a_halt_by_another_program_is_seen_by_the_journal_itself(desk: Desk) -> None:
    ref = await failed(desk, OFFLINE)
    desk.journal.gate.clear()
    sending = asyncio.create_task(desk.trading.place_again(ref))
    await turn()
    desk.journal.halt = "cancel-all was started"
    desk.journal.gate.set()
    with pytest.raises(DeniedError) as caught:
        await sending
    assert caught.value.code == "HALTED"
    assert state(desk) is OrderState.NOT_SENT
    assert len(desk.venue.asked("place")) == 1


async def test_prices_that_are_not_verified_stop_a_resend(desk: Desk) -> None:
    ref = await failed(desk, OFFLINE)
    desk.session.emit([StreamDown("lost")])
    assert (await denied(desk, ref)).code == "STALE"


async def test_a_pause_of_the_venue_holds_for_a_resend(desk: Desk) -> None:
    ref = await failed(desk, NotSentError("slow down", status=429, retry_after=30.0))
    assert (await denied(desk, ref)).code == "WAIT"
    desk.clock.move(19)
    assert (await desk.trading.place_again(ref)).state is OrderState.ACCEPTED


async def test_its_own_exposure_is_counted_once(desk: Desk) -> None:
    desk.controls.limits = Limits(selection=money(10), event=money(10), day=money(10))
    ref = await failed(desk, LOST)
    assert (await desk.trading.place_again(ref)).state is OrderState.ACCEPTED


async def test_the_rate_of_orders_is_not_got_round_by_sending_one_again_and_again(desk: Desk) -> None:
    ref = await failed(desk, OFFLINE)
    most = desk.controls.limits.orders_in_ten_seconds
    desk.venue.troubles["place"] = [OFFLINE] * (most + 1)
    for _ in range(most):
        desk.clock.move(0.1)
        await desk.trading.place_again(ref)
    assert (await denied(desk, ref)).code == "RATE"


async def test_another_unknown_order_on_the_selection_must_be_confirmed(desk: Desk) -> None:
    ref = await failed(desk, OFFLINE)
    desk.venue.troubles["place"] = [LOST]
    await desk.trading.place(draft())
    desk.clock.move(11)
    problem = await denied(desk, ref)
    assert (problem.code, problem.may_confirm) == ("UNKNOWN", True)
    assert (await desk.trading.place_again(ref, frozenset({"UNKNOWN"}))).state is OrderState.ACCEPTED


async def test_an_unknown_order_is_no_objection_to_its_own_resend(desk: Desk) -> None:
    ref = await failed(desk, LOST)
    assert (await desk.trading.place_again(ref)).state is OrderState.ACCEPTED


async def test_an_order_of_yesterday_counts_today_when_it_goes_again(desk: Desk) -> None:
    ref = await failed(desk, LOST)
    desk.clock.move(86_400)
    desk.ready()
    await desk.trading.place(draft(151, "20"), frozenset({"UNKNOWN"}))
    desk.clock.move(11)
    desk.controls.limits = Limits(day=money(25))
    problem = await denied(desk, ref)
    assert (problem.code, str(problem)) == ("DAY", "30.00 would be at risk in today's orders, above the limit of 25.00")


async def test_a_journal_that_cannot_be_written_stops_a_resend_and_the_order_stays_as_it_was(desk: Desk) -> None:
    ref = await failed(desk, LOST)
    desk.journal.gate.clear()
    sending = asyncio.create_task(desk.trading.place_again(ref))
    await turn()
    desk.journal.trouble = "the disk is full"
    desk.journal.gate.set()
    with pytest.raises(DeniedError) as caught:
        await sending
    assert caught.value.code == "JOURNAL_DOWN"
    assert (state(desk), desk.blotter.orders[ref].outcome) == (OrderState.UNKNOWN, Outcome.UNKNOWN)
