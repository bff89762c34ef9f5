"""How the trials read what the system says: libraries, windows, pictures, processes."""

from __future__ import annotations

import os
import shutil
import socket
import struct
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.packaging.kit import module

archive = module("archive")
build = module("build")
installed = module("installed")
libraries = module("libraries")
screen = module("screen")
trial = module("trial")

TREE = Path("/opt/overround")
LDD = """/opt/overround/overround:
\tlinux-vdso.so.1 (0x00007f60)
\tlibm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x00007f60)
\tlibQt6Core.so.6 => /opt/overround/_internal/libQt6Core.so.6 (0x00007f60)
\tlibgtk-3.so.0 => not found
\t/lib64/ld-linux-x86-64.so.2 (0x00007f60)
"""
XWININFO = """
  Root window id: 0x50a (the root window) (has no name)
     3 children:
     0x20000c "PRACTICE · ProphetX Trading — Overround": ("overround" "Overround")  1600x1000+0+0  +0+0
        1 child:
        0x20000d (has no name): ()  1x1+-1+-1  +-1+-1
     0x200004 "Qt Selection Owner for overround": ()  3x3+0+0  +0+0
"""


def frame(pixels: bytes, width: int, height: int, *, order: int = 0) -> bytes:
    """A frame buffer file as Xvfb writes it, with one colour in its map."""
    head = [100, 7, 2, 24, width, height, 0, order, 32, 0, 32, 32, width * 4, 4, 0xFF0000, 0xFF00, 0xFF, 8, 1, 1, width, height, 0, 0, 0]
    return struct.pack(">25I", *head) + bytes(12) + pixels


@pytest.fixture
def free_port() -> int:
    """A port of this computer that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def test_libraries_outside_of_the_tree_and_those_found_nowhere_are_told_apart() -> None:
    links = libraries.read_ldd(LDD, TREE)

    assert links.outside == {Path("/lib/x86_64-linux-gnu/libm.so.6")}
    assert links.missing == {"libgtk-3.so.0"}


def test_the_c_librarys_newest_version_counts_by_number_and_not_by_letter() -> None:
    assert libraries.newest_glibc("GLIBC_2.4 GLIBC_2.35 GLIBC_2.9 GLIBCXX_3.4.29") == "2.35"


def test_windows_are_read_with_their_titles_and_sizes() -> None:
    found = screen.windows(XWININFO)

    assert found[0] == screen.XWindow(installed.TITLE, 1600, 1000)
    assert [window.title for window in found[1:]] == ["Qt Selection Owner for overround"]


def test_a_frame_buffer_is_read_and_written_as_a_picture(tmp_path: Path) -> None:
    red, blue = b"\x00\x00\xff\x00", b"\xff\x00\x00\x00"

    picture = screen.read_xwd(frame(red + blue + red + red, 2, 2))
    screen.save(picture, tmp_path / "screen.png")

    assert (picture.width, picture.height, picture.stride, picture.colours()) == (2, 2, 8, 2)
    assert (tmp_path / "screen.png").stat().st_size > 0


def test_a_frame_buffer_of_another_byte_order_is_refused() -> None:
    with pytest.raises(screen.ScreenError, match="byte order 1"):
        screen.read_xwd(frame(bytes(16), 2, 2, order=1))


def test_the_builders_own_environment_does_not_leak_into_a_trial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    monkeypatch.setenv("XDG_CONFIG_HOME", "/elsewhere")

    env = trial.surroundings(tmp_path, QT_QPA_PLATFORM="xcb")

    assert env["HOME"] == str(tmp_path)
    assert env["QT_QPA_PLATFORM"] == "xcb"
    assert not {"PYTHONPATH", "XDG_CONFIG_HOME"} & set(env)
    assert (tmp_path / "runtime").stat().st_mode & 0o777 == 0o700


DOCTOR = """ok    Sound and video    Qt Multimedia loads; 5 video codecs listed
ok    Video              plays H.264 (30 pictures in 1.2 s)
warn  Twitch's videos    streamlink is not there
"""


def test_a_line_of_the_doctors_is_told_with_his_words_and_a_warning_is_a_failure() -> None:
    plays, finds = trial.said_good("clip", "Video", DOCTOR), trial.said_good("streamlink", "Twitch's videos", DOCTOR)

    assert plays == trial.Seen("clip", True, "plays H.264 (30 pictures in 1.2 s)")
    assert finds == trial.Seen("streamlink", False, "streamlink is not there")


def test_a_line_the_doctor_does_not_say_is_a_failure() -> None:
    assert trial.said_good("charts", "Charts", DOCTOR) == trial.Seen("charts", False, "the doctor says nothing of 'Charts'")


def test_an_exchange_without_a_feed_is_a_failure_and_nothing_is_asked() -> None:
    (seen,) = trial.try_feed(Path("/nowhere"), {}, b'{"base":"http://127.0.0.1:9"}\n')

    assert seen.is_good is False
    assert "names no feed" in seen.words


def test_a_server_that_is_not_there_is_told_in_words_instead_of_a_status(free_port: int) -> None:
    assert "refused" in trial.answered(f"http://127.0.0.1:{free_port}/")


def test_a_command_that_does_not_end_is_ended_and_said_so() -> None:
    late = trial.run(["sleep", "30"], env=os.environ, seconds=0.1)

    assert late.code is None
    assert "had not ended" in late.last_words()


@pytest.mark.skipif(not trial.PROCESSES.is_dir(), reason="only Linux tells")
def test_a_program_left_running_in_the_folder_is_found_and_others_are_not(tmp_path: Path) -> None:
    copy = tmp_path / "sleep"
    shutil.copy(str(shutil.which("sleep")), copy)
    with subprocess.Popen([str(copy), "30"]) as process:
        found = trial.left_running(tmp_path)
        elsewhere = trial.left_running(tmp_path / "other")
        process.kill()

    assert found == [process.pid]
    assert elsewhere == []


def test_an_archive_belongs_to_root_and_keeps_links_and_the_right_to_run(tmp_path: Path) -> None:
    folder = tmp_path / "tree"
    folder.mkdir()
    (folder / "overround").write_bytes(b"program")
    (folder / "overround").chmod(0o700)
    (folder / "link").symlink_to("overround")

    archive.pack([(folder, "overround-1")], tmp_path / "a.tar.xz")

    with tarfile.open(tmp_path / "a.tar.xz") as packed:
        program, link = packed.getmember("overround-1/overround"), packed.getmember("overround-1/link")
    assert (program.uname, program.uid, program.mode) == ("root", 0, 0o755)
    assert link.linkname == "overround"


def test_checksums_are_written_as_sha256sum_reads_them(tmp_path: Path) -> None:
    for name in ("b.deb", "a.tar.xz"):
        (tmp_path / name).write_bytes(name.encode())

    (tmp_path / "SHA256SUMS").write_text(archive.checksums(tmp_path.glob("*.*")), encoding="utf-8")

    said = subprocess.run(["sha256sum", "--check", "SHA256SUMS"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert said.stdout.splitlines() == ["a.tar.xz: OK", "b.deb: OK"]


def test_a_line_that_failed_makes_the_report_fail_and_a_skipped_one_does_not(capsys: pytest.CaptureFixture[str]) -> None:
    report = build.Report()

    report.say(trial.Seen("package", None, "not tried"))
    assert not report.has_failed
    report.say(trial.Seen("tour", False, "a step did not hold"))

    assert report.has_failed
    assert capsys.readouterr().out.splitlines() == ["skip package     not tried", "FAIL tour        a step did not hold"]


def test_without_root_the_package_is_not_installed_and_that_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    seen = installed.try_package(tmp_path / "overround.deb", tmp_path, (), {})

    assert [line.is_good for line in seen] == [None]
    assert "only root may install" in seen[0].words
