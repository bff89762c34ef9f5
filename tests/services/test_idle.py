"""The idle lock: when it locks, that no order leaves then by any way, that cancels and the kill switch do, and what a wrong PIN costs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from app.domain.errors import DeniedError, NotSentError
from app.domain.idle import IdleChoice
from app.domain.order import OrderState
from app.domain.secret import Secret
from app.services.idle import BUSY, LONGEST_WAIT, WORDS, WRONG, IdleLock
from tests.services.fakes import NOON, Desk, draft, settle

PIN, OTHER = "2580", "1379"


class FakePins:
    """Keeps the PIN as it is; clearing `going_on` makes a look at it last."""

    def __init__(self, *, is_on: bool = True, pin: str = PIN) -> None:
        self.choice = IdleChoice(is_on, 10)
        self.pin = pin
        self.looks = 0
        self.problem: OSError | None = None
        self.kept_elsewhere: IdleChoice | None = None
        self.going_on = asyncio.Event()
        self.going_on.set()

    @property
    def has_pin(self) -> bool:
        return bool(self.pin)

    def look(self) -> bool:
        if self.kept_elsewhere is None:
            return False
        self.choice, self.kept_elsewhere = self.kept_elsewhere, None
        return True

    async def is_pin(self, pin: Secret) -> bool:
        self.looks += 1
        await self.going_on.wait()
        return pin.reveal() == self.pin

    async def keep(self, choice: IdleChoice, pin: Secret | None = None) -> None:
        if self.problem:
            raise self.problem
        self.choice = choice
        self.pin = pin.reveal() if pin else self.pin


class Clock:
    def __init__(self) -> None:
        self.seconds = 50.0
        self.asleep = 0.0

    def monotonic(self) -> float:
        return self.seconds

    def lock(self, pins: FakePins) -> IdleLock:
        return IdleLock(pins, clock=self.monotonic, now=lambda: NOON + timedelta(seconds=self.seconds + self.asleep))


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def opened(clock: Clock, pins: FakePins) -> IdleLock:
    lock = clock.lock(pins)
    assert await lock.unlock(Secret(PIN)) == ""
    return lock


# When


async def test_a_lock_that_another_program_switched_on_locks_here_too_and_one_switched_off_wants_the_pin(clock: Clock) -> None:
    pins = FakePins(is_on=False)
    lock = clock.lock(pins)
    changes: list[bool] = []
    lock.changed.connect(lambda: changes.append(lock.is_on))
    clock.seconds += 600
    assert lock.objection() == ""
    pins.kept_elsewhere = IdleChoice(True, 10)
    assert lock.objection() == WORDS
    assert changes == [True, True], "the settings' page hears it too"
    pins.kept_elsewhere = IdleChoice(False, 10)
    assert lock.objection() == WORDS
    assert await lock.unlock(Secret(PIN)) == ""


async def test_it_locks_after_its_minutes_and_not_before(clock: Clock) -> None:
    lock = await opened(clock, FakePins())
    clock.seconds += 599.9
    lock.look()
    assert (lock.is_locked, lock.objection()) == (False, "")
    clock.seconds += 0.1
    lock.look()
    assert lock.is_locked
    assert lock.objection() == WORDS


async def test_a_key_or_a_mouse_begins_the_minutes_anew(clock: Clock) -> None:
    lock = await opened(clock, FakePins())
    clock.seconds += 599
    lock.touch()
    clock.seconds += 599
    lock.look()
    assert not lock.is_locked


async def test_a_key_that_comes_too_late_does_not_count(clock: Clock) -> None:
    lock = await opened(clock, FakePins())
    clock.seconds += 600
    lock.touch()
    assert lock.is_locked


async def test_an_order_that_asks_before_the_next_second_is_denied_too(clock: Clock) -> None:
    lock = await opened(clock, FakePins())
    clock.seconds += 600
    assert lock.objection() == WORDS
    assert lock.is_locked


async def test_the_time_a_computer_slept_counts(clock: Clock) -> None:
    lock = await opened(clock, FakePins())
    clock.asleep = 600
    lock.look()
    assert lock.is_locked


async def test_a_wall_clock_that_was_set_back_makes_nothing_longer(clock: Clock) -> None:
    lock = await opened(clock, FakePins())
    clock.asleep = -86_400
    clock.seconds += 600
    lock.look()
    assert lock.is_locked


def test_a_program_whose_lock_is_on_begins_locked(clock: Clock) -> None:
    assert clock.lock(FakePins()).is_locked


@pytest.mark.parametrize("pins", [lambda: FakePins(is_on=False), lambda: FakePins(pin="")])
def test_a_lock_that_is_off_or_has_no_pin_never_locks(clock: Clock, pins: Callable[[], FakePins]) -> None:
    lock = clock.lock(pins())
    clock.seconds += 1_000_000
    lock.look()
    lock.lock()
    assert (lock.is_locked, lock.objection()) == (False, "")


async def test_it_can_be_locked_at_once_and_says_so_once(clock: Clock) -> None:
    lock = await opened(clock, FakePins())
    heard: list[bool] = []
    lock.changed.connect(lambda: heard.append(lock.is_locked))
    lock.lock()
    lock.lock()
    lock.look()
    assert heard == [True]


# The PIN


async def test_the_pin_unlocks_and_begins_the_minutes_anew(clock: Clock) -> None:
    lock = clock.lock(FakePins())
    heard: list[bool] = []
    lock.changed.connect(lambda: heard.append(lock.is_locked))
    clock.seconds += 10_000
    assert await lock.unlock(Secret(PIN)) == ""
    lock.look()
    assert (lock.is_locked, heard) == (False, [False])


async def test_each_wrong_pin_makes_the_next_wait_longer_up_to_a_minute(clock: Clock) -> None:
    pins = FakePins()
    lock = clock.lock(pins)
    waits = []
    for _ in range(9):
        assert (await lock.unlock(Secret(OTHER))).startswith(WRONG)
        waits.append(lock.wait)
        clock.seconds += lock.wait
    assert waits == [1, 2, 4, 8, 16, 32, LONGEST_WAIT, LONGEST_WAIT, LONGEST_WAIT]
    assert await lock.unlock(Secret(PIN)) == ""
    lock.lock()
    await lock.unlock(Secret(OTHER))
    assert lock.wait == 1, "the right one has ended the row"


async def test_even_the_right_pin_waits_its_time_and_is_not_looked_at_before(clock: Clock) -> None:
    pins = FakePins()
    lock = clock.lock(pins)
    await lock.unlock(Secret(OTHER))
    clock.seconds += 0.5
    assert await lock.unlock(Secret(PIN)) == "Wait 1 s before the next try"
    assert (lock.is_locked, pins.looks) == (True, 1)
    clock.seconds += 0.5
    assert await lock.unlock(Secret(PIN)) == ""


async def test_many_pins_at_once_are_one_try(clock: Clock) -> None:
    pins = FakePins()
    pins.going_on.clear()
    lock = clock.lock(pins)
    tries = [asyncio.create_task(lock.unlock(Secret(f"{number:04}"))) for number in range(50)]
    await settle(lambda: pins.looks == 1)
    pins.going_on.set()
    said = await asyncio.gather(*tries)
    assert (pins.looks, said.count(BUSY)) == (1, 49)


async def test_an_empty_field_is_a_wrong_pin(clock: Clock) -> None:
    lock = clock.lock(FakePins())
    assert (await lock.unlock(Secret())).startswith(WRONG)


# Setting it


@pytest.mark.parametrize(
    ("pin", "words"),
    [
        ("258", "A PIN has 4 to 64 characters"),
        ("25" * 33, "A PIN has 4 to 64 characters"),
        (" 2580", "A PIN neither begins"),
        ("25\n80", "A PIN neither begins"),
        ("7777", "A PIN of one character"),
    ],
)
async def test_a_bad_pin_is_refused_in_words(clock: Clock, pin: str, words: str) -> None:
    pins = FakePins(is_on=False, pin="")
    said = await clock.lock(pins).change(IdleChoice(True, 5), current=Secret(), new=Secret(pin))
    assert said.startswith(words)
    assert not pins.choice.is_on


async def test_it_is_switched_on_with_a_first_pin_and_does_not_lock_at_once(clock: Clock) -> None:
    pins = FakePins(is_on=False, pin="")
    lock = clock.lock(pins)
    clock.seconds += 10_000
    assert await lock.change(IdleChoice(True, 5), current=Secret(), new=Secret(PIN)) == ""
    assert (pins.choice, pins.pin, lock.is_locked) == (IdleChoice(True, 5), PIN, False)
    clock.seconds += 300
    lock.look()
    assert lock.is_locked


async def test_it_cannot_be_on_without_a_pin(clock: Clock) -> None:
    assert (
        await clock.lock(FakePins(is_on=False, pin="")).change(IdleChoice(True, 5), current=Secret(), new=Secret()) == "Choose a PIN first"
    )


@pytest.mark.parametrize(("choice", "new"), [(IdleChoice(False, 10), ""), (IdleChoice(True, 240), ""), (IdleChoice(True, 10), OTHER)])
async def test_no_change_without_the_pin_that_there_is(clock: Clock, choice: IdleChoice, new: str) -> None:
    pins = FakePins()
    lock = await opened(clock, pins)
    assert (await lock.change(choice, current=Secret(OTHER), new=Secret(new))).startswith(WRONG)
    assert (pins.choice, pins.pin) == (IdleChoice(True, 10), PIN)
    clock.seconds += lock.wait
    assert await lock.change(choice, current=Secret(PIN), new=Secret(new)) == ""
    assert (pins.choice, pins.pin) == (choice, new or PIN)


async def test_what_cannot_be_kept_stays_as_it_was(clock: Clock) -> None:
    pins = FakePins()
    lock = await opened(clock, pins)
    pins.problem = OSError(28, "No space left on device")
    said = await lock.change(IdleChoice(False, 10), current=Secret(PIN), new=Secret())
    assert said == "It could not be kept and stays as it was: No space left on device"
    assert lock.is_on


@pytest.mark.parametrize("minutes", [0, 241, -1])
def test_minutes_out_of_range_are_no_choice(minutes: int) -> None:
    with pytest.raises(ValueError, match="1 to 240 minutes"):
        IdleChoice(True, minutes)


# What it locks


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.ready()
    return desk


async def test_no_order_leaves_a_locked_desk_and_nobody_can_insist(desk: Desk) -> None:
    desk.desk_lock = WORDS
    with pytest.raises(DeniedError) as caught:
        await desk.trading.place(draft(), frozenset({"DESK_LOCKED"}))
    assert (caught.value.code, str(caught.value)) == ("DESK_LOCKED", WORDS)
    assert desk.venue.asked("place") == []


async def test_an_order_that_waits_for_its_request_when_the_desk_locks_does_not_leave(desk: Desk) -> None:
    place = desk.venue.place

    async def lock_first(*order: object) -> object:
        desk.desk_lock = WORDS
        return await place(*order)  # type: ignore[arg-type]  # the order as it came

    desk.venue.place = lock_first  # type: ignore[method-assign, assignment]  # a budget that makes it wait
    order = await desk.trading.place(draft())
    assert order.state is OrderState.DENIED
    assert WORDS in desk.words[-1]


async def test_an_order_is_not_sent_again_from_a_locked_desk(desk: Desk) -> None:
    desk.venue.troubles["place"] = [NotSentError("offline")]
    order = await desk.trading.place(draft())
    desk.desk_lock = WORDS
    with pytest.raises(DeniedError):
        await desk.trading.place_again(order.ref)


async def test_what_lowers_the_risk_works_at_a_locked_desk(desk: Desk) -> None:
    order = await desk.trading.place(draft())
    desk.desk_lock = WORDS
    assert desk.blotter.orders[order.ref].is_live, "what stands goes on standing"
    await desk.trading.cancel(order.ref)
    assert len(desk.venue.asked("cancel")) == 1
    await desk.trading.cancel_all()
    assert len(desk.venue.asked("cancel_all")) == 1
    desk.kill.pull("locked or not")
    assert desk.journal.halt == "locked or not"
