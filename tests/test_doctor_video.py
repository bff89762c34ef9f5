"""What the doctor says of video: it is played to know, and nothing that is missing stops him."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QUrl

from app import doctor, doctor_video
from app.store.paths import resources
from app.venues.twitch.plugin import MISSING, installed

installed()  # before the library is imported by its own name: it leaves the logging of this process as it was

from streamlink.exceptions import NoPluginError  # noqa: E402
from streamlink.session.session import Streamlink  # noqa: E402

pytestmark = [
    pytest.mark.usefixtures("qapp"),
    # What Qt Multimedia says of a machine without a camera, and of a film that is left in the middle.
    pytest.mark.qt_log_ignore("pipewire-0.3", "Could not open media", "No HW decoder", "No RHI backend", "Cannot set loops", extend=True),
]

CLIP = QUrl.fromLocalFile(str(resources() / doctor_video.CLIP))


def said_of_video(capsys: pytest.CaptureFixture[str]) -> str:
    return next(line for line in capsys.readouterr().out.splitlines() if re.match(r"\S+ +Video ", line))


def test_the_clip_of_the_practice_exchange_plays_and_its_pictures_are_counted() -> None:
    shown = doctor_video.play(CLIP, wanted=5)

    assert not shown.trouble
    assert shown.pictures >= 5
    assert re.fullmatch(r"plays H\.264 \(\d+ pictures in \d+\.\d s\)", shown.words())


def test_a_film_that_ends_before_enough_pictures_came_does_not_play() -> None:
    shown = doctor_video.play(CLIP, wanted=1_000)

    assert 0 < shown.pictures < 1_000
    assert shown.words().startswith("does not play: fewer than 1000 pictures came")


def test_no_picture_in_time_does_not_play() -> None:
    shown = doctor_video.play(CLIP, wanted=1_000, patience=0.0)

    assert shown.trouble
    assert shown.seconds < 1


def test_video_alone_is_looked_at_and_the_exit_code_says_whether_it_plays(capsys: pytest.CaptureFixture[str]) -> None:
    code = doctor.main(["--video"])

    said = capsys.readouterr().out
    assert code == 0
    assert "plays H.264" in said
    assert "Keyring" not in said
    assert said.splitlines()[-1] == "Video plays here."


def test_a_file_that_is_not_there_does_not_play_and_the_exit_code_is_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert doctor.main(["--video", str(tmp_path / "none.ts")]) == 1
    assert said_of_video(capsys).startswith("warn  Video              does not play: ")


def test_a_file_that_is_no_film_does_not_play(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "words.ts").write_text("no film", encoding="utf-8")

    assert doctor.main(["--video", str(tmp_path / "words.ts")]) == 1
    assert "(0 pictures in" in said_of_video(capsys)


def test_nothing_about_video_is_needed() -> None:
    assert not any(finding.is_needed for finding in doctor.video_findings())


def test_streamlink_is_told_with_its_version_and_knows_twitch() -> None:
    is_good, words = doctor_video.finder_words()

    assert is_good
    assert re.fullmatch(r"streamlink \d+\.\d+\S* is there and knows Twitch", words)


def test_without_streamlink_the_doctor_says_what_to_install() -> None:
    def load() -> type[Streamlink]:
        raise ImportError("streamlink")

    assert doctor_video.finder_words(load) == (False, MISSING)


def test_a_streamlink_without_its_plug_in_is_told_apart() -> None:
    class Bare(Streamlink):
        def resolve_url_no_redirect(self, url: str) -> Any:
            raise NoPluginError

    is_good, words = doctor_video.finder_words(lambda: Bare)

    assert not is_good
    assert "does not know Twitch" in words


@pytest.mark.parametrize(
    ("program", "is_good", "words"),
    [
        ("print('codecs')", True, "has H.264 and AAC"),
        ("print('no-codecs')", False, "has no H.264"),
        ("raise SystemExit(3)", False, "does not start"),
    ],
)
def test_the_web_engine_is_asked_in_a_program_of_its_own(program: str, is_good: bool, words: str) -> None:
    told = doctor_video.engine_words(lambda: True, (sys.executable, "-c", program), is_packaged=False)

    assert told[0] is is_good
    assert words in told[1]


def test_a_program_that_cannot_be_started_is_an_engine_that_does_not_start(tmp_path: Path) -> None:
    is_good, words = doctor_video.engine_words(lambda: True, (str(tmp_path / "none"),), is_packaged=False)

    assert not is_good
    assert "does not start" in words


def test_without_a_web_engine_the_browser_is_named() -> None:
    assert doctor_video.engine_words(lambda: False, is_packaged=False) == (
        False,
        "Qt WebEngine is not installed: the official player opens in the browser",
    )


def test_a_packaged_program_has_no_web_engine_and_that_is_no_warning() -> None:
    def refuse() -> bool:
        raise AssertionError("it is not looked for")

    is_good, words = doctor_video.engine_words(refuse, is_packaged=True)

    assert is_good
    assert "packaged" in words
