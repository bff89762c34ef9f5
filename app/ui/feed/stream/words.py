"""What the stream view says: for every state a short name and what a person can do about it."""

from __future__ import annotations

from typing import Final

from app.ui.feed.stream.states import Figures, PlayState

CODEC_HELP: Final = "Install the codecs (on Debian: libavcodec-extra) or choose Browser."
HELP: Final = {
    PlayState.STARTING: "Looking for the stream and waiting for its first picture.",
    PlayState.STALLED: "The stream is opened again by itself. The odds are not affected.",
    PlayState.RECOVERING: "Opening the stream again. The odds are not affected.",
    PlayState.OFFLINE: "It is asked again every 30 s. The odds go on without it.",
    PlayState.NO_CODEC: "This computer cannot decode H.264 or AAC here. " + CODEC_HELP,
    PlayState.PARENT_REFUSED: "Twitch does not let this address be shown inside a program. Choose Browser, or the in-app player.",
    PlayState.BLOCKED: "The video's servers cannot be reached: a firewall, a proxy or no network. Choose Try again, or Browser.",
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
    PlayState.FAILED: "The video cannot be played",
}
PAUSED_HELP: Final = "Choose Play to go on at the live edge."
NO_STREAM: Final = "The feed names no stream"
NO_STREAM_HELP: Final = "When it names one, it is shown here. The odds go on without it."


def help_for(state: PlayState, words: str) -> str:
    """What is known and what to do, in one or two sentences."""
    help_text = PAUSED_HELP if state is PlayState.IDLE else HELP.get(state, "")
    return f"{sentence(words)} {help_text}".strip() if words else help_text


def sentence(words: str) -> str:
    """With a full stop last, and a capital first unless it begins with a host's name."""
    words = words.strip()
    if not words:
        return ""
    is_name = "." in words.split()[0].rstrip(".")
    return (words if is_name else words[0].upper() + words[1:]) + ("" if words.endswith((".", "…", "?")) else ".")


def badge(state: PlayState, quality: str, figures: Figures) -> str:
    """The corner of the picture while it moves: `LIVE 720p · 30 fps · buffer ≈ 4.1 s`."""
    parts = [f"{TITLES[state]} {quality}".strip(), f"{figures.fps:.0f} fps" if figures.fps else "waiting for pictures"]
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
