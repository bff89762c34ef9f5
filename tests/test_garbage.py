"""Reference cycles are collected by the thread that looks, as often as Python itself would, and by no other."""

from __future__ import annotations

import gc
import threading

import pytest

from app.garbage import GROWN, Collector

YOUNG, MIDDLE, OLD = gc.get_threshold()


class Gauge:
    """A collector on counts that are said by hand; `passes` are the generations that were collected."""

    def __init__(self) -> None:
        self.counts = (0, 0, 0)
        self.objects = 1000
        self.passes: list[int] = []
        self.collector = Collector(counts=lambda: self.counts, collect=self._collect, old=lambda: self.objects)

    def _collect(self, generation: int) -> int:
        self.passes.append(generation)
        return 0

    def look(self, young: int, middle: int, old: int) -> list[int]:
        """The generations that this one look collected."""
        self.passes, self.counts = [], (young, middle, old)
        self.collector.look()
        return self.passes


@pytest.fixture
def gauge() -> Gauge:
    return Gauge()


def test_what_has_not_come_up_to_pythons_thresholds_is_left(gauge: Gauge) -> None:
    assert gauge.look(YOUNG, MIDDLE + 9, OLD + 9) == []
    assert gauge.look(YOUNG + 1, MIDDLE, OLD + 9) == [0]
    assert gauge.look(YOUNG + 1, MIDDLE + 1, OLD) == [1]
    assert gauge.look(YOUNG + 1, MIDDLE + 1, OLD + 1) == [2]


def test_a_full_pass_waits_until_the_old_have_grown_by_a_quarter(gauge: Gauge) -> None:
    due = (YOUNG + 1, MIDDLE + 1, OLD + 1)
    assert gauge.look(*due) == [2]
    gauge.objects = int(1000 * GROWN) - 1
    assert gauge.look(*due) == [1]
    gauge.objects += 1
    assert gauge.look(*due) == [2]
    assert gauge.look(*due) == [1], "it is the number that the last full pass left which counts"


def test_a_thread_that_makes_cycles_collects_none_and_the_one_that_looks_does() -> None:
    seen: list[str] = []

    def note(phase: str, _info: dict[str, int]) -> None:
        seen.append(threading.current_thread().name)

    gc.callbacks.append(note)
    try:
        with Collector() as collector:
            busy = threading.Thread(target=_make_cycles, name="busy")
            busy.start()
            busy.join()
            assert seen == []
            collector.look()
    finally:
        gc.callbacks.remove(note)
    assert seen == [threading.current_thread().name] * 2


def test_what_was_before_is_so_again_afterwards() -> None:
    was = gc.isenabled()
    try:
        for is_automatic in (True, False):
            gc.enable() if is_automatic else gc.disable()
            with Collector():
                assert not gc.isenabled()
            assert gc.isenabled() is is_automatic
    finally:
        gc.enable() if was else gc.disable()


def _make_cycles() -> None:
    for _ in range(YOUNG * 4):
        ring: list[object] = []
        ring.append(ring)
