"""The Debian package's control file and layout."""

from __future__ import annotations

import email
import os
from email.message import Message
from pathlib import Path

import pytest

from tests.packaging.kit import module

debian = module("debian")
PROJECT = module("project").project()


@pytest.fixture
def control() -> Message:
    return email.message_from_string(debian.control(PROJECT, arch="amd64", glibc="2.36", kilobytes=200_000))


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A frozen program in small, with the modes a careful umask leaves."""
    inside = tmp_path / "tree" / "_internal"
    inside.mkdir(parents=True)
    (inside / "libreal.so.6").write_bytes(b"x" * 1500)
    (inside / "libreal.so").symlink_to("libreal.so.6")
    program = tmp_path / "tree" / "overround"
    program.write_bytes(b"program")
    program.chmod(0o700)
    (inside / "libreal.so.6").chmod(0o600)
    return tmp_path / "tree"


@pytest.fixture
def root(tmp_path: Path, tree: Path) -> Path:
    (tmp_path / "share" / "applications").mkdir(parents=True)
    (tmp_path / "share" / "applications" / "overround.desktop").write_text("[Desktop Entry]\n", encoding="utf-8")
    debian.lay(tmp_path / "root", tree, tmp_path / "share")
    return tmp_path / "root"


def test_the_control_file_has_every_field_that_dpkg_needs(control: Message) -> None:
    assert {"Package", "Version", "Architecture", "Maintainer", "Description"} <= set(control.keys())
    assert (control["Package"], control["Version"], control["Architecture"]) == ("overround", PROJECT.version, "amd64")
    assert control["Installed-Size"] == "200000"


def test_nothing_in_the_template_is_left_unfilled(control: Message) -> None:
    assert "$" not in control.as_string()


def test_it_depends_on_the_windows_libraries_and_on_the_measured_c_library(control: Message) -> None:
    named = control["Depends"].split(", ")

    assert named[0] == "libc6 (>= 2.36)"
    assert {"libgl1", "libxcb-cursor0", "libpulse0"} <= set(named)
    assert set(PROJECT.libraries) <= set(named)
    assert "python3-venv" not in named


def test_no_dependency_is_named_twice(control: Message) -> None:
    named = [entry.split()[0] for entry in control["Depends"].split(", ")]

    assert len(named) == len(set(named))


def test_the_synopsis_is_short_without_article_and_full_stop() -> None:
    words = debian.synopsis(PROJECT.summary)

    assert len(words) <= 80
    assert not words.startswith(("A ", "An ", "The "))
    assert not words.endswith(".")


def test_the_packages_name_follows_debians_form() -> None:
    assert debian.file_name(PROJECT, "arm64") == f"overround_{PROJECT.version}_arm64.deb"


def test_the_command_on_the_path_leads_to_the_program(root: Path) -> None:
    assert os.readlink(root / "usr/bin/overround") == "/opt/overround/overround"
    assert (root / "opt/overround/overround").read_bytes() == b"program"


def test_links_stay_links(root: Path) -> None:
    assert os.readlink(root / "opt/overround/_internal/libreal.so") == "libreal.so.6"


def test_everybody_may_read_what_is_installed_and_the_program_may_be_run(root: Path) -> None:
    assert (root / "opt/overround/overround").stat().st_mode & 0o777 == 0o755
    assert (root / "opt/overround/_internal/libreal.so.6").stat().st_mode & 0o777 == 0o644
    assert (root / "opt/overround/_internal").stat().st_mode & 0o777 == 0o755


def test_the_installed_size_counts_files_once_and_rounds_up(tmp_path: Path, tree: Path) -> None:
    assert debian.kilobytes(tree) == 3  # 1500 bytes take two, the program one, the link none


def test_laying_out_again_forgets_what_was_there_before(tmp_path: Path, tree: Path, root: Path) -> None:
    (root / "opt/overround/stale").write_text("old", encoding="utf-8")

    debian.lay(root, tree, tmp_path / "share")

    assert not (root / "opt/overround/stale").exists()
