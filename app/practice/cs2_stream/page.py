"""The page that stands for Twitch's player: one video, muted, in the first way that the browser can play, and a line that says which."""

from __future__ import annotations

import base64
import hashlib
from html import escape

SCRIPT = """
const video = document.querySelector("video"), line = document.querySelector("p");
const say = (state, words) => { document.body.dataset.state = state; line.textContent = words; };
const isCopy = () => video.currentSrc.includes("copy.webm");
video.addEventListener("loadedmetadata", () => { if (isCopy()) video.currentTime = Date.now() / 1000 % video.duration; });
video.addEventListener("playing", () => say("playing", isCopy() ? document.body.dataset.copy : ""));
document.querySelector("source:last-of-type").addEventListener("error", () => say("unplayable", document.body.dataset.none));
"""

SCRIPT_SOURCE = f"'sha256-{base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()}'"
"""The one script that the page may run, as its policy names it."""

LIVE = '<source src="master.m3u8" type="application/vnd.apple.mpegurl">'
COPY_SOURCE = '<source src="copy.webm" type=\'video/webm; codecs="vp9"\'>'
FALLEN_BACK = "VP9 copy of the clip: this browser plays no live HLS with H.264 and AAC"
ASKED_FOR = "VP9 copy of the clip"
NONE = "This browser shows no video here: it plays neither HLS with H.264 and AAC nor VP9."

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{channel} · practice stream</title>
<style>
html, body {{ margin: 0; height: 100%; background: #14181f; color: #c8cfda; font: 13px sans-serif; }}
video {{ position: absolute; inset: 0; width: 100%; height: 100%; object-fit: contain; }}
p {{ position: absolute; left: 0; right: 0; top: 0; margin: 0; padding: 0.4em 0.8em; text-align: center;
    background: #14181fcc; z-index: 1; }}
p:empty {{ display: none; }}
</style>
</head>
<body data-state="starting" data-copy="{copy}" data-none="{none}">
<p></p>
<video muted autoplay playsinline controls loop>{sources}</video>
<script>{script}</script>
</body>
</html>
"""


def embed_page(channel: str, *, is_copy_only: bool = False) -> str:
    """`is_copy_only`: the page offers VP9 and nothing else."""
    sources = COPY_SOURCE if is_copy_only else LIVE + COPY_SOURCE
    copy = ASKED_FOR if is_copy_only else FALLEN_BACK
    return PAGE.format(channel=escape(channel), sources=sources, copy=escape(copy), none=escape(NONE), script=SCRIPT)
