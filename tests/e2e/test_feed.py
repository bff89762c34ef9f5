"""The league's feed in the running program: beside the accounts that trade, in a window of its own, and gone without a trace."""

from __future__ import annotations

import gc
import os
import signal
import weakref
from functools import partial
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.domain.cs2 import MatchStatus, OddsKey, Question
from app.domain.environment import Environment
from app.domain.keys import Place
from app.domain.profile import PRACTICE_FEED, Profile, Provider
from app.domain.secret import Secret
from app.feed_entrance import FeedEntrance
from app.feed_terminal import FeedTerminal
from app.services.feed.histories import Reading
from app.services.setup.wizard import Page
from app.ui.feed.stream.states import PlayState
from app.ui.feed_view import FeedView
from tests.e2e.story import Story, play
from tests.e2e.test_accounts import Guide

pytestmark = [
    pytest.mark.usefixtures("qapp"),
    pytest.mark.qt_log_ignore(
        "This plugin does not support", "pipewire-0.3", "No HW decoder", "No RHI backend", "Cannot set loops", extend=True
    ),
    # Size hints on a screen that is none; what a machine without a graphics card and without a camera says of its video.
]


async def connect_league(story: Story) -> FeedView:
    """The practice exchange's own league, with its first live match opened by itself."""
    story.program.connect(PRACTICE_FEED)
    feed = story.window.feeds[0]
    await story.until(lambda: feed.session.open_match_id is not None, "a live match to be opened")
    return feed


def test_the_league_stands_beside_the_events_and_is_let_go_without_a_trace(tmp_path: Path, qtbot: QtBot) -> None:
    async def act(story: Story) -> None:
        await story.connected()
        feed = await connect_league(story)
        session = feed.session
        match_id = session.open_match_id
        assert match_id is not None
        await story.until(lambda: match_id in session.matches.details and session.matches.details[match_id].rounds, "its rounds")
        match = session.matches.matches[match_id]
        assert match.status == MatchStatus.LIVE
        assert len(session.matches.details[match_id].rounds) >= 4, "at the first second a match is several rounds in"
        key = OddsKey(match_id, Question.MATCH)
        await story.until(lambda: session.board.quote(key) is not None and not session.is_stale(key), "odds that the feed vouches for")
        await story.until(lambda: session.histories.state(key) is Reading.READ, "the history of its odds")
        await story.until(lambda: not session.histories.drawing(match, session.matches.details[match_id], key).is_empty, "lines of it")
        assert [chip.connected.provider for chip in story.window.strip.chips] == [Provider.TRADING, Provider.RANKACY]

        story.window.take_in_hand(story.view)
        league = story.view.league
        assert league is not None
        assert league.isVisible(), "matches are listed below the events"
        story.view.events.search.setText("no such team")
        assert not league.isVisible(), "the search of the events is one over both"
        story.view.events.search.setText("")
        other = next(each for each in session.matches.listed() if each.id != match_id)
        league.match_chosen.emit(other.id)
        assert story.window.seen is feed
        assert session.open_match_id == other.id

        feed.stream.placing.detach("Stream")
        assert feed.stream.placing.window.isVisible()
        terminal = story.program.entrances[1].terminal
        assert isinstance(terminal, FeedTerminal)
        ended = weakref.ref(terminal)
        del terminal
        for _twice in range(2):
            story.program.disconnect(feed.connected)
        feed = session = league = match = other = None  # type: ignore[assignment]  # nothing here holds it any more
        await story.until(lambda: len(story.window.accounts) == 1, "the league to be let go")
        assert story.view.league is None
        await story.until(partial(_is_gone, ended), "nothing of the league to be left in memory")

    play(tmp_path / "home", act)


def _is_gone(held: weakref.ref[FeedTerminal]) -> bool:
    gc.collect()
    return held() is None


def test_the_video_of_the_league_plays_beside_its_odds(tmp_path: Path, qtbot: QtBot) -> None:
    async def act(story: Story) -> None:
        await story.connected()
        feed = await connect_league(story)
        player = feed.stream.player
        await story.until(lambda: player.state is PlayState.PLAYING and player.figures().frames > 30, "thirty frames of the stream", 60)
        story.window.take_in_hand(story.view)
        await story.until(lambda: player.state is PlayState.IDLE, "the video to rest while nobody looks at it")

    play(tmp_path / "home", act)


def test_a_key_that_is_not_known_any_more_is_asked_for_again_and_the_feed_goes_on(tmp_path: Path, qtbot: QtBot) -> None:
    async def act(story: Story) -> None:
        await story.connected()
        feed = await connect_league(story)
        entrance, session = story.program.entrances[1], feed.session
        assert isinstance(entrance, FeedEntrance)
        entrance.terminal.venue._api_key = Secret("rksb_practice_of_somebody_else")
        await story.until(lambda: session.is_venue_gone, "the feed to refuse the key")
        await story.until(lambda: "Try again" in feed.banner.button.text(), "a way to try again that ends nobody's exchange")
        entrance.try_again()
        await story.until(lambda: not session.is_venue_gone and not session.figures.why, "the feed to go on with the right key")
        polls = session.figures.polls
        await story.until(lambda: session.figures.polls > polls, "another poll")

    play(tmp_path / "home", act)


def test_a_league_that_was_connected_to_a_dead_exchange_comes_with_the_next_one(tmp_path: Path, qtbot: QtBot) -> None:
    async def act(story: Story) -> None:
        await story.connected()
        child = story.program.house.exchange.child
        assert child is not None
        assert child.pid is not None
        os.kill(child.pid, signal.SIGKILL)
        await story.until(lambda: story.session.is_venue_gone, "the end of the exchange to be noticed")
        story.program.connect(PRACTICE_FEED)
        feed = story.window.feeds[0]
        await story.until(lambda: feed.session.is_venue_gone, "the league to say that there is none")
        story.program.entrances[0].restart_practice()
        await story.until(lambda: feed.session.matches.listed(MatchStatus.LIVE), "the league of the next exchange", 60)
        assert not feed.session.is_venue_gone

    play(tmp_path / "home", act)


def test_a_feed_that_was_set_up_has_a_window_of_its_own(tmp_path: Path, qtbot: QtBot) -> None:
    seen: list[str] = []

    async def act(story: Story) -> None:
        program = story.program
        if not seen:
            await story.connected()
            seen.append("trading")
            program.switch(await _set_up_feed(story))
            return
        feed = story.window.seen
        assert isinstance(feed, FeedView)
        assert not story.window.views, "no account trades in this window"
        await story.until(lambda: feed.session.matches.listed(MatchStatus.LIVE), "the live matches")
        assert feed.session.partner is not None
        seen.append(feed.session.partner.name)
        story.window._press_switch()
        assert "no trading to switch" in feed.notices.lines[-1].words
        for press, words in ((story.window._cancel_all, "nothing to cancel here"), (story.window._pull, "nothing to stop here")):
            press()
            assert feed.notices.lines[-1].words.endswith(words)
        story.window._show_recording()
        assert not story.window.switch.isEnabled()
        assert "nothing can be ordered there" in story.window.switch.toolTip()

    play(tmp_path / "home", act, keeps_state=True)
    assert seen == ["trading", "Practice desk"]


async def _set_up_feed(story: Story) -> Profile:
    """A Rankacy account of the practice exchange by the wizard, its key for this run only; it is connected beside, and let go again."""
    program = story.program
    program.set_up()
    guide = Guide(story, "unused")
    guide.wizard.choose(Provider.RANKACY, is_chosen=True)
    await guide.on()
    await guide.at(Page.ENVIRONMENT)
    guide.wizard.account.choose_environment(Environment.PRACTICE)
    await guide.on()
    await guide.at(Page.KEYS)
    guide.wizard.bench.rehearse()
    await guide.on()
    await guide.at(Page.WHERE)
    guide.wizard.account.place = Place.SESSION
    await guide.on()
    await story.until(lambda: guide.wizard.proof.is_good or guide.wizard.proof.failed, "the proof run", 60)
    await guide.on()
    await guide.at(Page.DONE)
    guide.wizard.next()
    await story.until(lambda: story.window.feeds, "the feed to be connected beside")
    profile = program.entrances[1].profile
    program.disconnect(story.window.feeds[0].connected)
    await story.until(lambda: not program.house.book.why_busy(profile), "its seat to be free")
    return profile
