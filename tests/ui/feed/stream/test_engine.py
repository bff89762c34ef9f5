"""The official player's path with a real web engine, in a program of its own: chosen where the page offers a codec that it has, and plays.

The engine of the PyPI wheels has no H.264: what the exchange's page offers it is a VP9 copy of the clip. As root Chromium's sandbox does
not start, so it is off here, and only here.
"""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import msgspec
import pytest

from app.ui.feed.stream.probe import COMMAND, NO, YES, is_engine_there

ROOT = Path(__file__).parents[4]
HERE = {**os.environ, "QTWEBENGINE_DISABLE_SANDBOX": "1", "QT_QPA_PLATFORM": "offscreen"}
WHY = "this web engine has no H.264 and no AAC, as in the PyPI wheels"


class Seen(msgspec.Struct):
    """What the page in the frame tells; all of it empty where there is none."""

    state: str = ""
    words: str = ""
    source: str = ""
    frames: int = 0
    late: float = 0.0


class Told(msgspec.Struct):
    back_end: str
    reason: str
    state: str
    title: str
    note: str
    page: Seen


@cache
def codecs() -> frozenset[str]:
    """What the engine has; empty where there is none that starts."""
    if not is_engine_there():
        return frozenset()
    told = subprocess.run(COMMAND, cwd=ROOT, env=HERE, capture_output=True, text=True, timeout=60, check=False)
    return frozenset(told.stdout.split())


def shown(mode: str) -> Told:
    if not codecs() & {YES, NO}:
        pytest.skip("there is no web engine that starts here")
    command = [sys.executable, "-m", "tests.ui.feed.stream.engine_show", mode]
    told = subprocess.run(command, cwd=ROOT, env=HERE, capture_output=True, text=True, timeout=120, check=False)
    assert told.returncode == 0, told.stderr[-2000:]
    return msgspec.json.decode(told.stdout, type=Told)


def needs_wheel() -> None:
    """A distribution's engine has H.264, and there it is not missing."""
    if YES in codecs():
        pytest.skip("this web engine has H.264")


def test_it_is_chosen_by_itself_and_plays_where_the_page_offers_a_codec_of_the_engine() -> None:
    told = shown("vp9")
    assert (told.back_end, told.note, told.title) == ("official player", "", "")
    assert (told.page.state, told.page.source) == ("playing", "copy.webm")
    assert told.page.frames >= 60
    assert min(told.page.late, 24 - told.page.late) < 3, "it shows the position of the loop that the time of day says"
    if YES not in codecs():
        assert told.reason == "this web engine has VP9, which the page offers"


def test_without_h264_the_in_app_player_is_chosen_for_the_page_as_the_feed_names_it() -> None:
    needs_wheel()
    told = shown("plain")
    assert told.back_end == "in-app player"
    assert told.page == Seen()


def test_whoever_chooses_it_sees_its_page_and_below_it_that_the_codec_is_missing() -> None:
    needs_wheel()
    told = shown("hand")
    assert (told.back_end, told.reason) == ("official player", "as you chose, without the codec")
    assert told.note.lower().startswith(WHY.lower())
    assert (told.page.state, told.page.source) == ("playing", "copy.webm")
    assert told.page.words == "VP9 copy of the clip: this browser plays no live HLS with H.264 and AAC"


@pytest.mark.parametrize(
    ("mode", "state", "title"),
    [
        ("refused", "parent refused", "The practice page refused to be embedded"),
        ("closed", "blocked", "The practice exchange does not answer"),
    ],
)
def test_a_page_that_may_not_be_held_and_one_that_does_not_come_are_states_of_their_own(mode: str, state: str, title: str) -> None:
    told = shown(mode)
    assert (told.state, told.title, told.page) == (state, title, Seen())
