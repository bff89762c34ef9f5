"""What the stream view shows of its player: the corners of the picture, the words over it, and the note below a web page."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.services.feed.delay import Delay
from app.services.feed.video import Stage
from app.ui.feed.stream import words
from app.ui.feed.stream.backends import BackEnd
from app.ui.feed.stream.bar import StreamBar
from app.ui.feed.stream.director import Director
from app.ui.feed.stream.pane import Pane
from app.ui.feed.stream.player import LivePlayer
from app.ui.feed.stream.states import MOVING, PlayState
from app.ui.feed.stream.told import Told, tell, tell_lack


class Face:
    """Reads the player, the director and the delay, and writes on the widgets; `live` are the names of the matches that are live."""

    def __init__(
        self, player: LivePlayer, director: Director, delay: Delay, bar: StreamBar, pane: Pane, are_odds_late: Callable[[], bool]
    ) -> None:
        self._player = player
        self._director = director
        self._delay = delay
        self._bar = bar
        self._pane = pane
        self._are_odds_late = are_odds_late
        self.live: Sequence[str] = ()

    def show(self) -> None:
        player, choice, controls = self._player, self._director.choice, self._pane.controls
        is_playing = player.playback.is_wanted and choice is not None and choice.back_end is BackEnd.IN_APP
        controls.show_playing(is_playing=is_playing, is_muted=player.is_muted, volume=player.volume)
        controls.show_qualities([name for name, _url in player.qualities], player.wanted_quality)
        self._show_exits(self._director.stage)
        self.show_corners()
        self._show_words()

    def show_corners(self) -> None:
        state, figures, screen = self._player.state, self._player.figures(), self._pane.screen_view
        is_moving = state in MOVING
        screen.show_corners(
            words.badge(state, self._player.quality, figures, is_brief=screen.is_small) if is_moving else "",
            (self._delay.brief if screen.is_small else self._delay.words) if is_moving else "",
            "" if self._bar.is_roomy or screen.is_small else self._bar.reason,
            self._shows() if is_moving else "",
            is_lively=state is PlayState.PLAYING and figures.fps > 0,
            is_dimmed=not is_moving,
        )
        screen.setToolTip(f"{words.in_full(figures)}\n{self._delay.words}\n{words.SHOWS_HELP}" if figures.frames else "")

    def _show_words(self) -> None:
        stage, choice, pane = self._director.stage, self._director.choice, self._pane
        has_web, is_able = pane.web is not None, self._director.official.is_able
        is_late = self._are_odds_late()
        told = tell(stage, choice, self._player.playback, is_official_able=is_able, has_web=has_web, are_odds_late=is_late)
        if told.title:
            pane.screen_view.show_message(*told)
        else:
            pane.screen_view.hide_message()
        pane.note_below(*(tell_lack(stage, choice) if stage and choice and has_web else Told()))

    def _show_exits(self, stage: Stage | None) -> None:
        self._bar.browser.setEnabled(stage is not None and bool(stage.watch_url))
        self._bar.detach.setEnabled(stage is not None)
        self._pane.controls.play.setEnabled(stage is not None and self._pane.web is None)

    def _shows(self) -> str:
        """Which match it is. That another is over must not be told before the video shows it."""
        stage = self._director.stage
        live = () if self._delay.is_spoiler_safe else self.live
        return words.shows(is_ours=stage.is_ours, live=live) if stage else ""
