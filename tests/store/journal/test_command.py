"""`python main.py journal verify`: a line a journal, and a code for scripts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app import journal
from app.store.journal.shelf import journal_path
from app.store.paths import folders
from tests.store.journal.kit import change, filled, line, opened

ROOT = Path(__file__).parents[3]


def place(home: Path, profile: str = "mine", environment: str = "SANDBOX") -> Path:
    return journal_path(folders(home), profile, environment)


def verify(home: Path, *more: str) -> int:
    return journal.main(["verify", "--home", str(home), *more])


def test_a_whole_journal_is_a_line_and_code_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    filled(place(tmp_path), count=3)

    code = verify(tmp_path)

    assert code == 0
    assert capsys.readouterr().out == "mine-sandbox.db: 3 rows from 2026-03-04 12:00:01 to 2026-03-04 12:00:01 UTC, whole\n"


def test_a_broken_journal_says_where_and_makes_code_1_whatever_the_others_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    filled(place(tmp_path))
    filled(place(tmp_path, "other"))
    change(place(tmp_path), "UPDATE entries SET body = 'forged' WHERE seq = 2")

    code = verify(tmp_path)

    assert code == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith("UTC, then it breaks: row 2 was changed")
    assert lines[1].endswith("whole")


def test_a_torn_file_and_a_text_are_broken_and_left_as_they_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    filled(place(tmp_path))
    os.truncate(place(tmp_path), 9_000)
    place(tmp_path, "text").write_text("no journal " * 1_000)
    before = place(tmp_path).read_bytes()

    code = verify(tmp_path)

    assert code == 1
    assert capsys.readouterr().out.count("damaged") == 2
    assert place(tmp_path).read_bytes() == before
    assert not list(place(tmp_path).parent.glob("*.bad-*"))


@pytest.mark.parametrize("profile", [(), ("--profile", "mine")])
def test_no_journal_is_said_and_is_code_2(tmp_path: Path, profile: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    code = verify(tmp_path, *profile)

    assert code == 2
    assert "There is no journal" in capsys.readouterr().err


def test_only_the_named_profiles_journals_are_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for profile, environment in (("mine", "SANDBOX"), ("mine", "PRODUCTION"), ("other", "SANDBOX")):
        filled(place(tmp_path, profile, environment))

    code = verify(tmp_path, "--profile", "MINE")

    assert code == 0
    assert [line.partition(":")[0] for line in capsys.readouterr().out.splitlines()] == ["mine-sandbox.db", "mine-production.db"]


def test_what_cannot_be_read_is_code_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place(tmp_path).mkdir(parents=True)
    filled(place(tmp_path, "later"))
    change(place(tmp_path, "later"), "UPDATE alembic_version SET version_num = '0999'")

    code = verify(tmp_path)

    assert code == 2
    out = capsys.readouterr().out
    assert "later version" in out
    assert "cannot be opened" in out


def test_a_journal_that_is_in_use_can_be_verified(tmp_path: Path) -> None:
    with opened(place(tmp_path)) as file:
        file.append([line(1)])

        assert verify(tmp_path) == 0
        file.append([line(2)])


def test_the_command_starts_without_qt(tmp_path: Path) -> None:
    filled(place(tmp_path))
    code = "import sys, main; code = main.main(sys.argv[1:]); print('PySide6' in sys.modules, code)"
    said = subprocess.run(
        [sys.executable, "-c", code, "journal", "verify", "--home", str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert said.stdout.splitlines()[-1] == "False 0"
