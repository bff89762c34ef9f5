"""The probe for the official player: asked of another program, once, and whatever becomes of that program is an answer."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from app.ui.feed.stream.backends import Able
from app.ui.feed.stream.probe import ABSENT, DEAD, HAS, LACKS, NOT_TRIED, EngineProbe


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        (python("print('codecs')"), HAS),
        (python("print('no-codecs')"), LACKS),
        (python("print('no-codecs VP9')"), msgspec.structs.replace(LACKS, codecs=("VP9",))),
        (python("print('codecs VP9')"), msgspec.structs.replace(HAS, codecs=("VP9",))),
        (python("print('what?')"), DEAD),
        (python("import os; os.abort()"), DEAD),
        (("/nowhere/python",), DEAD),
    ],
)
def test_whatever_becomes_of_the_other_program_is_an_answer(command: Sequence[str], answer: Able, qtbot: QtBot) -> None:
    probe = EngineProbe(command, lambda: True, is_packaged=False)
    told: list[Able] = []
    probe.ask(told.append)
    probe.ask(told.append)
    qtbot.waitUntil(lambda: len(told) == 2, timeout=30_000)
    assert told == [answer, answer]
    probe.ask(told.append)
    assert told[-1] is told[0], "it is asked once"


def test_where_there_is_no_engine_nothing_is_started(qtbot: QtBot) -> None:
    told: list[Able] = []
    EngineProbe(("/nowhere",), lambda: False, is_packaged=False).ask(told.append)
    EngineProbe(("/nowhere",), lambda: True, is_packaged=True).ask(told.append)
    assert told == [ABSENT, NOT_TRIED]


def test_a_probe_that_hangs_is_ended_with_the_program(qtbot: QtBot) -> None:
    probe = EngineProbe(python("import time; time.sleep(600)"), lambda: True, is_packaged=False)
    told: list[Able] = []
    probe.ask(told.append)
    process = probe._process
    assert process is not None
    assert process.waitForStarted(30_000)
    probe.close()
    assert told == []
    assert process.state() is process.ProcessState.NotRunning
