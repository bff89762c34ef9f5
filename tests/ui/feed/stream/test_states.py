"""The machine behind the video: stalls are seen by silence alone, and what is done about them gets rarer."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ui.feed.stream.states import (
    BACK_OFF,
    BLOCKED_PAUSES,
    ENDED,
    OFFLINE_PAUSES,
    REOPENING,
    SEAM,
    SEAM_REST,
    SILENCE,
    SOON,
    STARTUP,
    Act,
    Playback,
    PlayState,
    Trouble,
)


def playing(now: float = 100.0) -> Playback:
    playback = Playback()
    playback.start(now)
    playback.opened(now)
    playback.frame(now)
    return playback


def state_of(playback: Playback) -> PlayState:
    return playback.state


def run(playback: Playback, now: float, seconds: float, *, frames: bool = True) -> float:
    """At 30 frames a second, with ticks between."""
    for _ in range(round(seconds * 30)):
        now += 1 / 30
        if frames:
            playback.frame(now, stamp=round(now * 1e6), length=33_333, size=(640, 360))
        playback.tick(now)
    return now


def test_the_first_frame_makes_it_play() -> None:
    playback = Playback()
    playback.start(0.0)
    assert state_of(playback) is PlayState.STARTING
    playback.opened(1.0)
    assert state_of(playback) is PlayState.STARTING
    playback.frame(2.0)
    assert (playback.state, playback.stalls, playback.recoveries) == (PlayState.PLAYING, 0, 0)


def test_two_seconds_without_a_new_picture_are_a_stall() -> None:
    playback = playing()
    assert playback.tick(100.0 + SILENCE) is None
    assert state_of(playback) is PlayState.PLAYING
    playback.tick(100.1 + SILENCE)
    assert (playback.state, playback.words, playback.stalls) == (PlayState.STALLED, "no new picture for 2 s", 1)


def test_the_same_picture_once_more_is_no_sign_of_life() -> None:
    playback = playing()
    playback.frame(100.5, stamp=500_000, length=33_333)
    for now in (101.0, 101.5, 102.0, 102.5):
        playback.frame(now, stamp=500_000, length=33_333)
    playback.tick(102.6)
    assert (playback.state, playback.frames) == (PlayState.STALLED, 2)


def test_a_picture_that_stops_at_a_seam_is_opened_again_without_waiting_for_a_stall() -> None:
    playback = playing()
    assert playback.tick(100.0 + SEAM, is_at_seam=True) is None
    assert playback.tick(100.1 + SEAM, is_at_seam=False) is None
    assert playback.tick(100.1 + SEAM, is_at_seam=True) is Act.REOPEN
    assert state_of(playback) is PlayState.RECOVERING
    playback.opened(100.6)
    playback.frame(101.0)
    assert (playback.state, playback.stalls, playback.recoveries) == (PlayState.PLAYING, 1, 1)


def test_a_seam_that_is_not_where_it_seems_does_not_open_the_source_again_and_again() -> None:
    playback = playing()
    assert playback.tick(100.6, is_at_seam=True) is Act.REOPEN
    playback.opened(100.6)
    playback.frame(101.0)
    assert playback.tick(101.6, is_at_seam=True) is None
    playback.frame(103.5)
    assert playback.tick(100.7 + SEAM_REST, is_at_seam=True) is Act.REOPEN


def test_what_stands_still_with_nothing_new_published_is_held_and_opened_when_there_is() -> None:
    playback = playing()
    playback.tick(102.5, 5.0)
    assert (playback.state, playback.is_held) == (PlayState.STALLED, False)
    assert playback.tick(102.75, 5.0) is None
    assert (playback.is_held, playback.words) == (True, "the broadcaster has sent nothing new for 5 s")
    for quarter in range(40):
        assert playback.tick(103.0 + quarter / 4, 5.0) is None
    assert playback.tick(113.1) is Act.REOPEN
    assert not playback.is_held


def test_a_playlist_that_cannot_be_read_makes_a_stall_a_search_at_once() -> None:
    playback = playing()
    playback.told_unread(True, 101.0)
    assert state_of(playback) is PlayState.PLAYING, "what is on its way is shown to its end"
    playback.tick(102.5)
    assert state_of(playback) is PlayState.STALLED
    assert playback.tick(102.75) is Act.FIND

    held = playing()
    held.tick(102.5)
    held.tick(102.75, 5.0)
    held.told_unread(True, 103.0)
    assert held.tick(103.1) is Act.FIND


def test_a_frame_that_comes_by_itself_ends_a_stall_without_opening_anything() -> None:
    playback = playing()
    playback.tick(103.5)
    playback.frame(103.6)
    assert (playback.state, playback.recoveries) == (PlayState.PLAYING, 1)
    assert playback.tick(105.0) is None


def test_the_source_is_opened_again_after_1_2_5_10_and_10_seconds_and_looked_for_from_the_third_time_on() -> None:
    playback = playing()
    now = 103.5
    playback.tick(now)
    acts = []
    for pause in (*BACK_OFF, BACK_OFF[-1]):
        assert playback.tick(now + pause - 0.01) is None
        now += pause
        acts.append(playback.tick(now))
        assert state_of(playback) is PlayState.RECOVERING
        playback.opened(now)
        now += REOPENING + 0.1
        assert playback.tick(now) is None
        assert state_of(playback) is PlayState.STALLED
    assert acts == [Act.REOPEN, Act.REOPEN, Act.FIND, Act.FIND, Act.FIND]
    assert playback.stalls == 1, "an attempt that fails is no new stall"


def test_a_recovery_starts_the_back_off_anew_only_after_five_steady_seconds() -> None:
    playback = playing()
    now = 103.5
    playback.tick(now)
    assert playback.tick(now + BACK_OFF[0]) is Act.REOPEN
    playback.opened(now)
    playback.frame(105.0)
    assert playback.recoveries == 1
    playback.tick(108.1)
    assert playback.tick(109.2) is None, "the second pause is two seconds"
    assert playback.tick(110.2) is Act.REOPEN
    playback.frame(111.0)
    now = run(playback, 111.0, 5.5)
    playback.tick(now + 3.1)
    assert playback.tick(now + 4.2) is Act.REOPEN, "after five steady seconds it is one again"


def test_no_first_frame_is_a_stall_but_a_long_search_is_none() -> None:
    playback = Playback()
    playback.start(0.0)
    assert playback.tick(1000.0) is None
    assert state_of(playback) is PlayState.STARTING, "the finder has limits of its own"
    playback.opened(1000.0)
    playback.tick(1000.0 + STARTUP + 0.1)
    assert (playback.state, playback.stalls) == (PlayState.STALLED, 1)


def test_a_search_during_a_recovery_is_not_overtaken_by_another() -> None:
    playback = playing()
    playback.trouble(Trouble.STALE, 101.0)
    assert state_of(playback) is PlayState.STALLED
    assert playback.tick(102.0) is Act.FIND, "an address that went stale is looked for at once"
    assert playback.tick(102.0 + REOPENING * 5) is None
    assert state_of(playback) is PlayState.RECOVERING


def test_a_frame_of_a_source_that_was_let_go_says_nothing() -> None:
    playback = playing()
    playback.stop(101.0)
    playback.frame(101.1)
    assert (playback.state, playback.frames) == (PlayState.IDLE, 1)
    playback.offline(102.0)
    playback.frame(102.1)
    assert (playback.state, playback.frames) == (PlayState.OFFLINE, 1)


@pytest.mark.parametrize("state", sorted(ENDED))
def test_what_waiting_does_not_cure_waits_for_a_person(state: PlayState) -> None:
    playback = playing()
    playback.end(state, 101.0, "why")
    assert playback.tick(10_000.0) is None
    playback.trouble(Trouble.SOURCE, 10_001.0)
    playback.frame(10_001.0)
    assert (playback.state, playback.words) == (state, "why")


def test_a_format_that_cannot_be_decoded_is_a_missing_codec() -> None:
    playback = playing()
    playback.trouble(Trouble.FORMAT, 101.0)
    assert state_of(playback) is PlayState.NO_CODEC


def test_an_offline_channel_at_twitch_is_asked_again_ever_less() -> None:
    playback = Playback()
    playback.start(0.0)
    now = 1.0
    playback.offline(now, "not live")
    asked = []
    while now < 1300:
        now += 0.5
        if playback.tick(now) is Act.FIND:
            asked.append(now - 1.0)
            assert state_of(playback) is PlayState.OFFLINE, "it stays so until there is an answer"
            assert playback.tick(now + 0.2) is None, "it is being asked"
            playback.offline(now, "not live")
    pauses = [later - earlier for earlier, later in pairwise(asked)]
    first, second, rest = (pause for _until, pause in OFFLINE_PAUSES)
    assert {pause for pause, at in zip(pauses, asked, strict=False) if at < 60} == {first}
    assert {pause for pause, at in zip(pauses, asked, strict=False) if 60 <= at < 600} == {second}
    assert {pause for pause, at in zip(pauses, asked, strict=False) if at >= 600} == {rest}
    assert second >= 10, "no more than one question in ten seconds after the first minute"
    playback.tick(now + 40)
    playback.opened(now + 40)
    assert state_of(playback) is PlayState.STARTING


def test_the_practice_exchange_is_asked_often_for_it_is_on_this_computer() -> None:
    playback = Playback()
    playback.start(0.0, is_ours=True)
    now = 0.0
    for _ in range(100):
        playback.offline(now)
        assert playback.tick(now + SOON - 0.1) is None
        now += SOON
        assert playback.tick(now) is Act.FIND
        playback.blocked(now, "refused", PlayState.UNANSWERED)
        assert (playback.state, playback.pause) == (PlayState.UNANSWERED, SOON)
        now += SOON
        assert playback.tick(now) is Act.FIND


def test_a_blocked_network_is_asked_ever_less() -> None:
    playback = Playback()
    playback.start(0.0)
    now = 0.0
    for pause in (*BLOCKED_PAUSES, BLOCKED_PAUSES[-1]):
        playback.blocked(now, "refused")
        assert playback.tick(now + pause - 0.01) is None
        now += pause
        assert playback.tick(now) is Act.FIND


def test_an_ad_break_is_told_apart_and_ends() -> None:
    playback = playing()
    playback.told_ad(True, 101.0)
    assert state_of(playback) is PlayState.AD_BREAK
    playback.frame(101.1)
    assert state_of(playback) is PlayState.AD_BREAK
    playback.tick(104.5)
    assert state_of(playback) is PlayState.STALLED, "the seam of an advertisement stalls like everything"
    playback.frame(104.6)
    assert state_of(playback) is PlayState.AD_BREAK
    playback.told_ad(False, 105.0)
    assert state_of(playback) is PlayState.PLAYING


def test_frames_a_second_are_those_of_the_last_two_seconds() -> None:
    playback = playing()
    now = run(playback, 100.0, 4.0)
    assert playback.figures(now).fps == pytest.approx(30, abs=0.6)
    assert playback.figures(now).frames == 121
    playback.tick(now + 3.1)
    assert playback.figures(now + 3.1).fps == 0.0


def test_dropped_frames_are_those_missing_in_the_frames_own_times() -> None:
    playback = playing()
    for number in (0, 1, 2, 5, 6, 8):
        playback.frame(100.0 + number / 30, stamp=number * 33_333, length=33_333)
    assert playback.dropped == 3


def test_frames_without_times_or_after_a_seam_are_not_called_dropped() -> None:
    playback = playing()
    for number, stamp in enumerate((-1, -1, 900_000_000, 0, 33_333)):
        playback.frame(100.0 + number / 30, stamp=stamp, length=33_333)
    assert playback.dropped == 0


def test_a_halt_is_a_pause_an_eye_sees() -> None:
    playback = playing()
    for now in (100.03, 100.06, 100.5, 100.53):
        playback.frame(now)
    assert playback.halts == 1


CALLS = st.sampled_from(["start", "opened", "frame", "stop", "offline", "blocked", "stale", "source", "format", "ad", "tick", "find"])


@given(st.lists(st.tuples(CALLS, st.floats(0, 20)), max_size=60))
def test_whatever_happens_the_machine_never_looks_twice_at_once_and_never_sticks(calls: list[tuple[str, float]]) -> None:
    playback = Playback()
    now = 0.0
    is_looking = False
    for call, step in calls:
        now += step
        match call:
            case "start":
                playback.start(now)
                is_looking = True
            case "opened":
                if is_looking:
                    playback.opened(now)
                is_looking = False
            case "frame":
                playback.frame(now)
            case "stop":
                playback.stop(now)
                is_looking = False
            case "offline" if is_looking:
                playback.offline(now)
                is_looking = False
            case "blocked" if is_looking:
                playback.blocked(now, "x")
                is_looking = False
            case "stale" | "source" | "format":
                playback.trouble({"stale": Trouble.STALE, "source": Trouble.SOURCE, "format": Trouble.FORMAT}[call], now)
                is_looking = is_looking and playback.state not in ENDED
            case "ad":
                playback.told_ad(True, now)
            case "tick":
                act = playback.tick(now)
                assert not (act is Act.FIND and is_looking)
                is_looking = is_looking or act is Act.FIND
    if playback.is_wanted and playback.state not in ENDED and not is_looking:
        later = [playback.tick(now + wait) for wait in (61.0, 62.0, 75.0, 90.0)]
        assert any(later), "left alone, something is done about it"
