"""What stands in the middle of the view: a title, what to do, and the buttons that do it. No title: the picture speaks for itself."""

from __future__ import annotations

from typing import Final, NamedTuple

from app.services.feed.video import Stage
from app.ui.feed.stream import words
from app.ui.feed.stream.backends import BackEnd, Choice
from app.ui.feed.stream.states import MOVING, PlayState

TRY: Final = "Try again"
PLAY: Final = "Play"
BROWSER: Final = "Browser ↗"
IN_APP: Final = "Use the in-app player"
ACCEPT: Final = "Play it here"
DECLINE: Final = "Do not play it here"
BACK: Final = "Bring it back"
NOTICE: Final = "Twitch's rules"
NOTICE_WORDS: Final = (
    "Twitch asks that its streams are watched in its own player, which cannot run here. The in-app player reads the stream directly. "
    "Whether you do that is your decision; it is asked once and remembered."
)
NOTICE_WORDS_ABLE: Final = (
    "Twitch asks that its streams are watched in its own player, which can run here. The in-app player reads the stream directly. "
    "Whether you do that is your decision; it is asked once and remembered."
)
HIDDEN: Final = "Nobody looks at it, so nothing is decoded"

_BUTTONS: Final = {
    PlayState.IDLE: (PLAY,),
    PlayState.STARTING: (BROWSER,),
    PlayState.PARENT_REFUSED: (IN_APP, BROWSER),
}


class Told(NamedTuple):
    title: str = ""
    text: str = ""
    buttons: tuple[str, ...] = ()


def tell(stage: Stage | None, choice: Choice | None, state: PlayState, why: str, *, is_official_able: bool, has_web: bool) -> Told:
    """`why` is what is known behind the player's state; `has_web`: the official player's page is there."""
    if stage is None:
        return Told(words.NO_STREAM, words.NO_STREAM_HELP)
    if stage.refused:
        exits = (BROWSER,) if stage.watch_url else ()
        return Told(words.TITLES[PlayState.PARENT_REFUSED], f"{words.sentence(stage.refused)} It is not shown.", exits)
    if choice is None:
        return Told("Starting", "Finding out who can play the stream here.", (BROWSER,))
    if choice.must_ask:
        return Told(NOTICE, NOTICE_WORDS_ABLE if is_official_able else NOTICE_WORDS, (ACCEPT, DECLINE))
    if choice.back_end is BackEnd.BROWSER:
        return Told("Watch it in the browser", words.sentence(f"It is not played here: {choice.reason}"), (BROWSER, IN_APP))
    if state in MOVING or has_web:
        return Told()
    if choice.back_end is BackEnd.OFFICIAL and state is PlayState.IDLE:
        return Told("Paused", words.sentence(HIDDEN))
    return Told(words.TITLES[state], words.help_for(state, why), _BUTTONS.get(state, (TRY, BROWSER)))
