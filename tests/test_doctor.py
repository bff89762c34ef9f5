"""The doctor's findings: each in words, and an exit code that says whether the program can run."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import doctor

pytestmark = pytest.mark.usefixtures("qapp")  # one application a process: the doctor uses it where there is one


def test_a_ready_computer_is_called_ready(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = doctor.main(["--home", str(tmp_path)])
    said = capsys.readouterr().out
    broken = [finding for finding in doctor.findings(tmp_path) if finding.is_needed and not finding.is_good]
    assert code == (1 if broken else 0)
    assert said.splitlines()[-1] == (f"{len(broken)} problem(s) that must be solved." if broken else "Ready.")


def test_every_finding_is_in_words(tmp_path: Path) -> None:
    found = doctor.findings(tmp_path)
    assert all(finding.what and finding.words for finding in found)
    assert {"Python and Qt", "Keyring", "Sound and video", "Free port", "Data folder"} <= {finding.what for finding in found}


def test_folders_are_probed_below_the_given_place(tmp_path: Path) -> None:
    found = doctor.check_folders(tmp_path / "new")
    assert [finding.is_good for finding in found] == [True] * 3
    assert all(str(tmp_path) in finding.words for finding in found)


def test_a_folder_that_cannot_be_written_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file stands in the way")
    data, settings, _ = doctor.check_folders(tmp_path)
    assert not data.is_good
    assert data.is_needed
    assert "cannot be written" in data.words
    assert settings.is_good


def test_a_problem_makes_the_exit_code_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "logs").write_text("a file stands in the way")
    assert doctor.main(["--home", str(tmp_path)]) == 1
    assert "BAD   Logs folder" in capsys.readouterr().out


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="displays are asked for on Linux")
def test_no_display_is_a_warning_not_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert (doctor.check_display().is_good, doctor.check_display().is_needed) == (False, False)
    monkeypatch.setenv("DISPLAY", ":0")
    assert doctor.check_display().is_good


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="libraries are looked for on Linux")
def test_a_missing_library_names_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.doctor._LIBRARIES", (("no-such-library", "libnone1", "the window", True),))
    (finding,) = doctor.check_libraries()
    assert not finding.is_good
    assert "libnone1" in finding.words


def test_what_was_found_before_a_check_that_fails_is_said_already(capsys: pytest.CaptureFixture[str]) -> None:
    def found() -> Iterator[doctor.Finding]:
        yield doctor.Finding("First", True, "is there")
        raise SystemExit(139)

    with pytest.raises(SystemExit):
        list(doctor._said(found()))
    assert capsys.readouterr().out == "ok    First              is there\n"


def test_charts_are_told_with_the_versions_of_what_draws_them() -> None:
    found = doctor.check_charts()
    assert found.is_good
    assert not found.is_needed
    assert re.fullmatch(r"pyqtgraph \d\S+ and numpy \d\S+ load", found.words)


def test_a_bad_pair_is_all_that_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("app.doctor.qt_version", lambda: "6.12.0")
    assert doctor.main([]) == 1
    assert "6.12.0" in capsys.readouterr().out
    assert len(doctor.findings()) == 1


def test_an_unknown_option_ends_with_words_and_code_two(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        doctor.main(["--nonsense"])
    assert ended.value.code == 2
    assert "--nonsense" in capsys.readouterr().err
