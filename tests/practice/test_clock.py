"""The wall clock of the practice exchange: forwards with the computer's, never backwards."""

from __future__ import annotations

from app.practice.clock import SECOND, WallClock

HOUR = 3600 * SECOND


class Computer:
    def __init__(self) -> None:
        self.wall = 1_795_000_000 * SECOND
        self.monotonic = 77 * SECOND

    def pass_by(self, wall: int, monotonic: int) -> None:
        self.wall += wall
        self.monotonic += monotonic


def test_a_set_back_clock_is_not_felt() -> None:
    computer = Computer()
    clock = WallClock(lambda: computer.wall, lambda: computer.monotonic)
    start = clock.now_ns()

    computer.pass_by(-HOUR, SECOND)

    assert clock.now_ns() == start + SECOND


def test_it_knows_of_the_night_the_computer_slept_through() -> None:
    computer = Computer()
    clock = WallClock(lambda: computer.wall, lambda: computer.monotonic)

    computer.pass_by(8 * HOUR, SECOND)  # the monotonic clock stood still

    assert clock.now_ns() == computer.wall
