"""What stands in the middle of the view: a title, what to do, and the buttons that do it. No title: the picture speaks for itself."""

from __future__ import annotations

from typing import Final, NamedTuple

from app.services.feed.video import Stage
from app.ui.feed.stream import words
from app.ui.feed.stream.backends import BackEnd, Choice
from app.ui.feed.stream.states import MOVING, Playback, PlayState

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
TWITCH_WITHOUT: Final = "Twitch's player loads and shows no video in it."
OURS_WITHOUT: Final = "The practice page shows its VP9 copy of the clip instead; Twitch's player would show no video."
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


def tell(
    stage: Stage | None, choice: Choice | None, playback: Playback, *, is_official_able: bool, has_web: bool, are_odds_late: bool = False
) -> Told:
    """`has_web`: the official player's page is there. `are_odds_late`: nothing of the feed is vouched for."""
    state = playback.state
    if stage is None:
        return Told(words.NO_STREAM, words.no_stream_help(are_odds_late=are_odds_late))
    if stage.refused:
        exits = (BROWSER,) if stage.watch_url else ()
        return Told(words.NOT_USED, f"{words.sentence(stage.refused)} It is not shown.", exits)
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
    help_text = words.help_for(playback, are_odds_late=are_odds_late)
    return Told(words.title_for(playback), help_text, _BUTTONS.get(state, (TRY, BROWSER)))


def tell_lack(stage: Stage, choice: Choice) -> Told:
    """What stands below the official player's page where its engine cannot play what Twitch sends; nothing where it can."""
    if not choice.lacks:
        return Told()
    told = OURS_WITHOUT if stage.is_ours else TWITCH_WITHOUT
    return Told(words.TITLES[PlayState.NO_CODEC], f"{words.sentence(choice.lacks)} {told}", (IN_APP, BROWSER))
