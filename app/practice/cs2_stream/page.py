"""The page that stands for Twitch's player: one video, muted, and a sentence for browsers that cannot play it."""

from __future__ import annotations

from html import escape

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{channel} · practice stream</title>
<style>
html, body {{ margin: 0; height: 100%; background: #14181f; color: #c8cfda; font: 14px sans-serif; }}
video {{ position: absolute; inset: 0; width: 100%; height: 100%; object-fit: contain; }}
p {{ position: absolute; left: 0; right: 0; top: 45%; margin: 0 2em; text-align: center; }}
</style>
</head>
<body>
<p>This browser shows no video here when it cannot play HLS with H.264 and AAC.</p>
<video src="master.m3u8" muted autoplay playsinline controls></video>
</body>
</html>
"""


def embed_page(channel: str) -> str:
    return PAGE.format(channel=escape(channel))
