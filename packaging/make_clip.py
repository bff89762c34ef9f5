"""Makes the clip of the practice exchange's live video again: needs ffmpeg with libx264, and the DejaVu font. Nothing else does.

    python packaging/make_clip.py

Everything in it is drawn here, so that it is ours: moving shapes, the position in the loop, and a quiet tone. The pictures and the tone
repeat after LOOP seconds, a whole number of video frames (30 a second) and of AAC frames (1024 samples of 48 kHz): what is written is one
period out of the middle of a longer film, and its end joins its beginning without a gap.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

TARGET = Path(__file__).parents[1] / "resources" / "practice" / "stream"
FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf")
LOOP, AD, SEGMENT, RATE = 24, 8, 2, 30
"""Seconds of a loop, of an advertisement and of a segment; frames a second."""

QUALITIES = (("360p30", 640, 360, 260), ("180p30", 320, 180, 110))
"""Name, width, height, most kbit/s of video."""

AUDIO = 32
"""kbit/s."""

CODECS = "avc1.42C01E,mp4a.40.2"


class ClipError(Exception):
    """The clip could not be made; the text is ffmpeg's."""


def main() -> int:
    if not FONT.is_file():
        print(f"{FONT} is missing: install fonts-dejavu-core", file=sys.stderr)
        return 1
    try:
        for name, width, height, most in QUALITIES:
            make(TARGET / name, _scene(width, height), most, LOOP)
            make(TARGET / "ad" / name, _notice(width, height), most, AD)
        make_copy(TARGET / "copy.webm")
    except ClipError as problem:
        print(problem, file=sys.stderr)
        return 1
    (TARGET / "clip.toml").write_text(_table(), encoding="utf-8")
    size = sum(path.stat().st_size for path in TARGET.rglob("*") if path.suffix in {".ts", ".webm"})
    print(f"{TARGET}: {size / 1e6:.2f} MB")
    return 0


def make(target: Path, picture: str, most: int, seconds: int) -> None:
    """One period of `seconds`, cut into target/0.ts and so on."""
    scratch = Path(mkdtemp(prefix="overround-clip-"))
    try:
        _run([*_command(picture, most, 2 * seconds + 2 * SEGMENT), str(scratch / "%d.ts")])
        target.mkdir(parents=True, exist_ok=True)
        count = seconds // SEGMENT
        for number in range(count):
            (target / f"{number}.ts").write_bytes((scratch / f"{count + number}.ts").read_bytes())
    finally:
        rmtree(scratch)


def make_copy(target: Path) -> None:
    """The loop once, silent, as VP9: for web engines without H.264, which the page that stands for Twitch's player is shown in."""
    _name, width, height, _most = QUALITIES[0]
    pace = ["-b:v", "0", "-crf", "44", "-g", str(RATE * SEGMENT), "-row-mt", "1", "-cpu-used", "2"]
    coded = ["-c:v", "libvpx-vp9", "-pix_fmt", "yuv420p", *pace, "-fflags", "+bitexact", "-flags:v", "+bitexact"]
    _run(
        [
            "ffmpeg",
            "-v",
            "error",
            "-y",
            "-filter_complex",
            f"{_scene(width, height)}[v]",
            "-map",
            "[v]",
            "-t",
            str(LOOP),
            *coded,
            str(target),
        ]
    )


def _command(picture: str, most: int, seconds: int) -> list[str]:
    """The film, written with all its timestamps on one line, each segment beginning with a picture that needs no other."""
    video = ["-c:v", "libx264", "-profile:v", "baseline", "-level", "3.0", "-preset", "veryslow", "-pix_fmt", "yuv420p", "-crf", "27"]
    pace = ["-maxrate", f"{most}k", "-bufsize", f"{2 * most}k", "-g", str(RATE * SEGMENT), "-sc_threshold", "0"]
    audio = ["-c:a", "aac", "-b:a", f"{AUDIO}k", "-ar", "48000", "-ac", "1"]
    cut = ["-f", "segment", "-segment_time", str(SEGMENT), "-segment_format", "mpegts", "-segment_format_options", "mpegts_copyts=1"]
    return [
        *("ffmpeg", "-v", "error", "-y", "-filter_complex", f"{picture}[v];{_tone()}[a]", "-map", "[v]", "-map", "[a]"),
        *("-t", str(seconds), *video, *pace, *audio, "-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact", *cut),
    ]


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ClipError(done.stderr.strip() or f"ffmpeg ended with {done.returncode}")


def _scene(width: int, height: int) -> str:
    """Three shapes on their ways, which take 6, 8 and 12 s, a bar that fills with the loop, and the position in it."""
    unit = height // 18
    background = f"color=c=0x14181f:s={width}x{height}:r={RATE}"
    shapes = (
        f"color=c=0xd98e2b:s={3 * unit}x{3 * unit}:r={RATE}[ct];color=c=0x4f8fd6:s={4 * unit}x{2 * unit}:r={RATE}[t];"
        f"color=c=0x3fae6b:s={unit}x{5 * unit}:r={RATE}[d];color=c=0x8891a0:s={width}x{unit // 2}:r={RATE}[bar];"
    )
    ways = (
        ("bg", "ct", "(W-w)*(0.5+0.45*sin(2*PI*t/8))", "(H-h)*(0.5+0.35*cos(2*PI*t/6))"),
        ("p", "t", "(W-w)*(0.5+0.45*cos(2*PI*t/12))", "(H-h)*(0.5+0.40*sin(2*PI*t/8))"),
        ("q", "d", "(W-w)*(0.5+0.48*sin(2*PI*t/6))", "(H-h)*(0.5+0.20*cos(2*PI*t/12))"),
        ("r", "bar", f"-W+W*mod(n\\,{RATE * LOOP})/{RATE * LOOP}", "H-h"),
    )
    moved = ";".join(
        f"[{under}][{shape}]overlay=x='{x}':y='{y}':eval=frame[{after}]"
        for (under, shape, x, y), after in zip(ways, ("p", "q", "r", "s"), strict=True)
    )
    frame = f"mod(n\\,{RATE * LOOP})"
    timer = f"%{{eif\\:floor({frame}/{RATE})\\:d\\:2}}.%{{eif\\:floor(mod({frame}\\,{RATE})/3)\\:d\\:1}}"
    words = ",".join(
        (
            _text("PRACTICE STREAM", 2 * unit, "(w-tw)/2", str(unit), "0xe8ebf0"),
            _text(timer, 5 * unit, "(w-tw)/2", "(h-th)/2", "0xffffff"),
            _text(f"loop of {LOOP} s", unit, "(w-tw)/2", f"h-{3 * unit}", "0xaab2bf"),
        )
    )
    return f"{background}[bg];{shapes}{moved};[s]{words}"


def _notice(width: int, height: int) -> str:
    """What an advertisement's place is taken by: a notice that hardly moves."""
    unit = height // 18
    background = f"color=c=0x2b1f33:s={width}x{height}:r={RATE}"
    words = _text("ADVERTISEMENT", 2 * unit, "(w-tw)/2", "(h-th)/2", "0xe8ebf0")
    beat = _text(f"%{{eif\\:mod(floor(n/{RATE})\\,{AD})\\:d\\:1}}", 2 * unit, "(w-tw)/2", f"h-{5 * unit}", "0xaab2bf")
    return f"{background}[bg];[bg]{words},{beat}"


def _text(text: str, size: int, x: str, y: str, colour: str) -> str:
    return f"drawtext=fontfile={FONT}:text='{text}':fontsize={size}:x={x}:y={y}:fontcolor={colour}"


def _tone() -> str:
    return "sine=frequency=220:sample_rate=48000,volume=0.05"


def _table() -> str:
    lines = [f"# Written by packaging/make_clip.py\nloop = {LOOP}\nad = {AD}\nsegment = {SEGMENT}\nrate = {RATE}\n"]
    for name, width, height, _most in QUALITIES:
        lines.append(f'\n[[quality]]\nname = "{name}"\nwidth = {width}\nheight = {height}\ncodecs = "{CODECS}"\n')
    return "".join(lines)


if __name__ == "__main__":
    sys.exit(main())
