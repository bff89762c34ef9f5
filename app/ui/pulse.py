"""The one paint timer: however often services change, views hear of it once a frame."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer

FRAME = 33  # ms: thirty frames a second are smooth for figures and cost half of sixty
QUICK = 16  # ms: the pace while the processor is mostly idle
IDLE = 0.5  # share of one core, the whole program's, up to which it counts as mostly idle
BEAT = 1000  # ms: ages, countdowns, the clock
PROBE = 50  # ms: how late this timer fires is how late everything fires


class Pulse(QObject):
    """`request` asks for a frame; `on_frame` and `on_beat` are called, in order of registration."""

    def __init__(self, frame: int = FRAME) -> None:
        super().__init__()
        self._frame_calls: list[Callable[[], None]] = []
        self._beat_calls: list[Callable[[], None]] = []
        self._frame = frame
        self._load = 0.0
        self._used = time.process_time()
        self._timer = QTimer(self, singleShot=True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_frame)
        self._beat = QTimer(self, interval=BEAT)
        self._beat.timeout.connect(self._on_beat)
        self._probe = QTimer(self, interval=PROBE)
        self._probe.setTimerType(Qt.TimerType.PreciseTimer)
        self._probe.timeout.connect(self._on_probe)
        self._probed_at = time.perf_counter()
        self._late: deque[float] = deque(maxlen=200)
        self._frames: deque[float] = deque(maxlen=120)

    def start(self) -> None:
        self._probed_at = time.perf_counter()
        self._beat.start()
        self._probe.start()

    def stop(self) -> None:
        for timer in (self._timer, self._beat, self._probe):
            timer.stop()

    def on_frame(self, call: Callable[[], None]) -> None:
        self._frame_calls.append(call)

    def on_beat(self, call: Callable[[], None]) -> None:
        self._beat_calls.append(call)

    def request(self) -> None:
        """Soon, and at most once a frame: a first change is shown at once, a stream of them at the frame's pace.

        The pace is quick while there is time for it; under load half as many frames leave the processor to the messages.
        """
        if not self._timer.isActive():
            pace = min(QUICK, self._frame) if self._load < IDLE else self._frame
            since = (time.perf_counter() - self._frames[-1]) * 1000 if self._frames else pace
            self._timer.start(max(pace - int(since), 0))

    @property
    def frames_a_second(self) -> int:
        """Frames drawn within the last second."""
        horizon = time.perf_counter() - 1.0
        return sum(1 for at in self._frames if at > horizon)

    @property
    def late_ms(self) -> float:
        """How late the event loop served a timer at worst, of 99 in 100 times, over the last ten seconds."""
        if not self._late:
            return 0.0
        ordered = sorted(self._late)
        return ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]

    def _on_frame(self) -> None:
        now, used = time.perf_counter(), time.process_time()
        if self._frames:
            self._load += ((used - self._used) / max(now - self._frames[-1], 1e-3) - self._load) / 8
        self._used = used
        self._frames.append(now)
        for call in self._frame_calls:
            call()

    def _on_beat(self) -> None:
        for call in self._beat_calls:
            call()

    def _on_probe(self) -> None:
        now = time.perf_counter()
        self._late.append(max((now - self._probed_at) * 1000 - PROBE, 0.0))
        self._probed_at = now
