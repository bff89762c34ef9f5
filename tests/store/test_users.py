"""The roster from one start to the next."""

from __future__ import annotations

import os
import time
from decimal import Decimal
from pathlib import Path

import pytest

from app.domain.user import MOST, Roster, User, UserLimits
from app.store.users import UserFiles

ANN = User("cust-8841", "Ann Lée", UserLimits(order=Decimal("50.00"), total=Decimal("2500")))
BOB = User("cust-12")


def files(folder: Path) -> UserFiles:
    return UserFiles(folder, "omni", "SANDBOX")


def test_users_and_the_last_used_are_kept_for_their_profile_and_environment(tmp_path: Path) -> None:
    roster = Roster((ANN, BOB), ("cust-12", "cust-9"))
    assert files(tmp_path).keep(roster) == ""
    read = files(tmp_path).read()
    assert (read.value, read.words) == (roster, "")
    assert UserFiles(tmp_path, "omni", "PRODUCTION").read().value == Roster()
    assert UserFiles(tmp_path, "other", "SANDBOX").read().value == Roster()


def test_another_last_user_leaves_the_large_file_alone(tmp_path: Path) -> None:
    store = files(tmp_path)
    store.keep(Roster((ANN,), ("cust-8841",)))
    large = tmp_path / "users-omni-sandbox.json"
    os.utime(large, (1, 1))
    store.keep(Roster((ANN,), ("cust-12", "cust-8841")))
    assert large.stat().st_mtime == 1
    assert files(tmp_path).read().value.used == ("cust-12", "cust-8841")


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_names_of_customers_are_for_this_user_only(tmp_path: Path) -> None:
    files(tmp_path).keep(Roster((ANN,), ("cust-8841",)))
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


def test_rows_that_name_nobody_are_left_out_and_counted(tmp_path: Path) -> None:
    text = '{"version": 1, "users": [["cust-1", "Ann"], ["two words"], ["x", "tab\\there"], ["y", "", "NaN"]]}'
    (tmp_path / "users-omni-sandbox.json").write_text(text, "utf-8")
    (tmp_path / "recent-users-omni-sandbox.json").write_text('{"users": ["cust-1", "a b", " c"]}', "utf-8")
    read = files(tmp_path).read()
    assert read.value == Roster((User("cust-1", "Ann"),), ("cust-1",))
    assert read.words == "users-omni-sandbox.json: 3 rows name nobody and are left out"


def test_a_file_that_cannot_be_used_is_put_aside_and_said(tmp_path: Path) -> None:
    path = tmp_path / "users-omni-sandbox.json"
    path.write_text('{"users": [', "utf-8")
    read = files(tmp_path).read()
    assert (read.value, path.exists()) == (Roster(), False)
    assert "users-omni-sandbox.json cannot be used" in read.words


def test_users_that_cannot_be_written_are_said_and_tried_again(tmp_path: Path) -> None:
    store = files(tmp_path / "later")
    words = store.keep(Roster((ANN,)))
    assert words == "The users hold until the end of the program, but could not be kept: No such file or directory"
    (tmp_path / "later").mkdir()
    assert store.keep(Roster((ANN,))) == ""
    assert files(tmp_path / "later").read().value == Roster((ANN,))


def test_the_most_users_with_the_longest_names_are_read_again(tmp_path: Path) -> None:
    amount = Decimal("99999999.99")
    users = tuple(User(f"{number:0>100}", "Ü" * 60, UserLimits(amount, amount, amount, amount)) for number in range(MOST))
    begun = time.perf_counter()
    assert files(tmp_path).keep(Roster(users)) == ""
    read = files(tmp_path).read()
    assert (len(read.value.users), read.words) == (MOST, "")
    assert time.perf_counter() - begun < 10
