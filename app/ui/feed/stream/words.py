"""What the stream view says: for every state a short name and what a person can do about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from app.ui.feed.stream.states import CROSSING, Figures, Playback, PlayState

CODEC_HELP: Final = "Install the codecs (on Debian: libavcodec-extra) or choose Browser."
UNAFFECTED: Final = "The odds are not affected."
GO_ON: Final = "The odds go on without it."
HELP: Final = {
    PlayState.IDLE: "Choose Play to go on at the live edge.",
    PlayState.STARTING: "Looking for the stream and waiting for its first picture.",
    PlayState.NO_CODEC: "This computer cannot decode H.264 or AAC here. " + CODEC_HELP,
    PlayState.PARENT_REFUSED: "This page may not be shown inside a program. Choose Browser, or the in-app player.",
    PlayState.FAILED: "Choose Try again, or Browser.",
}
TITLES: Final = {
    PlayState.IDLE: "Paused",
    PlayState.STARTING: "Starting",
    PlayState.PLAYING: "LIVE",
    PlayState.AD_BREAK: "AD BREAK",
    PlayState.STALLED: "Stalled",
    PlayState.RECOVERING: "Recovering",
    PlayState.OFFLINE: "The channel is offline",
    PlayState.NO_CODEC: "A codec is missing",
    PlayState.PARENT_REFUSED: "Twitch refused to be embedded",
    PlayState.BLOCKED: "The network blocks the video",
    PlayState.UNANSWERED: "Twitch gives no answer",
    PlayState.FAILED: "The video cannot be played",
}
TITLES_OF_OURS: Final = {
    PlayState.OFFLINE: "The practice stream is off",
    PlayState.PARENT_REFUSED: "The practice page refused to be embedded",
    PlayState.BLOCKED: "The practice exchange does not answer",
    PlayState.UNANSWERED: "The practice exchange does not answer",
}
NOT_USED: Final = "The stream's address is not used"
NO_STREAM: Final = "The feed names no stream"
NO_STREAM_HELP: Final = "When it names one, it is shown here."
OURS_SHOWS: Final = "practice clip, of no match"
CHANNEL_SHOWS: Final = "the channel's own choice of match"
SHOWS_HELP: Final = "The feed has one channel for all matches and does not say which of them it shows."
SILENT: Final = "no new picture comes, and the feed is silent too"
CHAT_IS_AHEAD: Final = "Chat may tell what your picture does not show yet: the delay of the panel does not hold it back."


def title_for(playback: Playback) -> str:
    ours = TITLES_OF_OURS.get(playback.state) if playback.is_ours else None
    return ours or TITLES[playback.state]


def no_stream_help(*, are_odds_late: bool) -> str:
    return NO_STREAM_HELP if are_odds_late else f"{NO_STREAM_HELP} {GO_ON}"


def help_for(playback: Playback, *, are_odds_late: bool = False) -> str:
    """What is known, and what happens by itself or can be done, in a few sentences. `are_odds_late`: the whole feed is silent, so that
    nothing may be said of the odds, and nothing be guessed of why the picture stopped."""
    known = SILENT if are_odds_late and playback.words == CROSSING else playback.words
    help_text = _help(playback, are_odds_late=are_odds_late)
    return f"{sentence(known)} {help_text}".strip() if known else help_text


def _help(playback: Playback, *, are_odds_late: bool) -> str:
    """Only what really happens: whether something is tried again, and when, is asked of the machine that does it."""
    unaffected = "" if are_odds_late else f" {UNAFFECTED}"
    match playback.state:
        case PlayState.STALLED if playback.is_held:
            return f"It goes on by itself when there is new video.{unaffected}"
        case PlayState.STALLED:
            return f"The stream is opened again by itself {_after(playback.pause)}.{unaffected}"
        case PlayState.RECOVERING:
            return f"{'Looking for the stream anew.' if playback.is_looking else 'Opening the stream again.'}{unaffected}"
        case PlayState.OFFLINE:
            known = f"It is asked again every {playback.pause:g} s and plays when it is back."
            return known if are_odds_late else f"{known} {GO_ON}"
        case PlayState.BLOCKED | PlayState.UNANSWERED:
            return f"{_cause(playback, unaffected)} {_again(playback)}".strip()
    return HELP.get(playback.state, "")


def _cause(playback: Playback, unaffected: str) -> str:
    if playback.is_ours:
        return "It was ended, or it is busy."
    if playback.state is PlayState.UNANSWERED:
        return unaffected.strip()
    return "The video's servers cannot be reached: a firewall, a proxy or no network."


def _again(playback: Playback) -> str:
    if not playback.is_retried:
        return "Choose Try again, or Browser."
    return f"It is tried again by itself {_after(playback.pause)}."


def _after(seconds: float) -> str:
    return f"after {seconds:g} s" if seconds >= 1 else "at once"


def shows(*, is_ours: bool, live: Sequence[str]) -> str:
    """Which match the video shows, as far as anybody can know: the feed names a channel and no match. `live`: the matches that are
    live, empty where they may not be told."""
    if is_ours:
        return OURS_SHOWS
    return f"{CHANNEL_SHOWS}; live is only {live[0]}" if len(live) == 1 else CHANNEL_SHOWS


def sentence(words: str) -> str:
    """With a full stop last, and a capital first unless it begins with a host's name."""
    words = words.strip()
    if not words:
        return ""
    is_name = "." in words.split()[0].rstrip(".")
    return (words if is_name else words[0].upper() + words[1:]) + ("" if words.endswith((".", "…", "?")) else ".")


def badge(state: PlayState, quality: str, figures: Figures, *, is_brief: bool = False) -> str:
    """The corner of the picture while it moves: `LIVE 720p · 30 fps · buffer ≈ 4.1 s`, in brief `LIVE`."""
    if not figures.fps:
        return f"Waiting for pictures {quality}".strip()
    if is_brief:
        return TITLES[state]
    parts = [f"{TITLES[state]} {quality}".strip(), f"{figures.fps:.0f} fps"]
    if figures.behind is not None:
        parts.append(f"buffer ≈ {figures.behind:.1f} s")
    if figures.dropped:
        parts.append(f"{figures.dropped} dropped")
    return " · ".join(parts)


def in_full(figures: Figures) -> str:
    """Every figure, for the tooltip."""
    width, height = figures.size
    behind = f"{figures.behind:.1f} s of video are ahead of the picture (estimate)" if figures.behind is not None else "buffer not known"
    return (
        f"{width} × {height}, {figures.fps:.1f} frames a second, {figures.frames} frames\n"
        f"about {figures.dropped} dropped, {figures.halts} halts, {behind}\n"
        f"stalls: {figures.stalls}, recoveries: {figures.recoveries}"
    )
