"""A list of external users: read whatever program wrote it, judged row by row, and never half believed."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest

from app.domain.table_text import TableError
from app.domain.user import MOST, User, UserLimits
from app.domain.user_rows import JudgedRow, Verdict, judged, read_users

ANN = User("cust-1", "Ann", UserLimits(order=Decimal("50.00"), total=Decimal("900.00")))
PLAIN = "id,name,order limit,event limit,day limit,total limit\ncust-1,Ann Lee,100,,250.50,\ncust-2,,,,,\n"


def judge(source: bytes | str, *known: User) -> list[JudgedRow]:
    return list(judged(read_users(source), {user.id: user for user in known}))


def users(source: bytes | str) -> list[User | None]:
    return [row.user for row in judge(source)]


WANTED = [User("cust-1", "Ann Lee", UserLimits(Decimal("100.00"), None, Decimal("250.50"))), User("cust-2")]


@pytest.mark.parametrize(
    "source",
    [
        PLAIN,
        PLAIN.partition("\n")[2],  # without its heading
        PLAIN.replace(",", ";"),
        PLAIN.replace(",", "\t"),
        PLAIN.replace("\n", "\r\n").encode("utf-8-sig"),
        PLAIN.encode("utf-16"),
        PLAIN.encode("cp1252"),
        "sep=;\n" + PLAIN.replace(",", ";"),
        'External User ID,Order Limit,Name,Daily limit,Team\ncust-1,"100.00",Ann Lee,"250.5",A\n"cust-2",,,,\n',
    ],
)
def test_a_list_is_read_whatever_program_saved_it(source: bytes | str) -> None:
    assert users(source) == WANTED


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_letters_of_a_name_survive(encoding: str) -> None:
    (user,) = users("id;name\ncust-1;Zoë Müller\n".encode(encoding))
    assert user == User("cust-1", "Zoë Müller")


def test_a_quoted_cell_may_hold_the_separator_and_quotes() -> None:
    (user,) = users('id,name\ncust-1,"Lee, ""Ann"""\n')
    assert user is not None
    assert user.name == 'Lee, "Ann"'


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (",Nobody", "There is no user id"),
        ("two words,", "An external user id has letters A to Z, digits and . _ : @ + - only, without blanks"),
        ("müller,", "An external user id has letters A to Z, digits and . _ : @ + - only, without blanks"),
        ("x" * 300 + ",", "An external user id has at most 100 characters"),
        ("8.84112E+11,", "8.84112E+11 is a number that a spreadsheet has cut: save that column as text"),
        (f"c,{'n' * 61}", "A name has at most 60 characters, this one has 61"),
        ("c,,ten", "The order limit ten is no amount: write it like 2500 or 2500.50"),
        ("c,,,-5", "The event limit -5 is no amount: write it like 2500 or 2500.50"),
        ('c,,,,"1.234,50"', "The day limit 1.234,50 is no amount: write it like 2500 or 2500.50"),
        ('c,,,,,"1,234"', "The total limit 1,234 is no amount: write it like 2500 or 2500.50"),
        ("c,,0.99", "The order limit 0.99 is not between 1.00 and 100,000,000.00"),
        ("c,,,,,100000000.01", "The total limit 100,000,000.01 is not between 1.00 and 100,000,000.00"),
        ("c,,,,,,7", "It has 7 cells, and there are 6 columns"),
        ("c,,NaN", "The order limit NaN is no amount: write it like 2500 or 2500.50"),
        ("c,,١٢", "The order limit ١٢ is no amount: write it like 2500 or 2500.50"),
    ],
)
def test_a_bad_row_says_why_and_the_others_stand(row: str, words: str) -> None:
    bad, good = judge(f"{row}\ncust-9,Zed,,,,\n")
    assert (bad.verdict, bad.user, bad.words, bad.line) == (Verdict.BAD, None, words, 1)
    assert (good.verdict, good.line) == (Verdict.NEW, 2)


def test_a_second_row_of_the_same_user_is_named_with_the_line_of_the_first() -> None:
    rows = judge("id,name\ncust-1,Ann\ncust-2,Bob\ncust-1,Anna\n")
    assert [row.verdict for row in rows] == [Verdict.NEW, Verdict.NEW, Verdict.BAD]
    assert (rows[2].line, rows[2].words) == (4, "cust-1 stands in line 2 already")


def test_what_would_change_is_said_with_both_figures() -> None:
    new, changed, same = judge("id,name,order,event,day,total\nzed,Zed,,,,\ncust-1,Ann Lee,75,,,\ncust-2,,,,,\n", ANN, User("cust-2"))
    assert [row.verdict for row in (new, changed, same)] == [Verdict.NEW, Verdict.CHANGED, Verdict.SAME]
    assert changed.words == "name Ann → Ann Lee, order 50.00 → 75.00, total 900.00 → the profile's"
    assert same.words == ""


def test_what_has_no_column_stays_as_it_is_known() -> None:
    (row,) = judge("id,name\ncust-1,Ann Lee\n", ANN)
    assert row.user == User("cust-1", "Ann Lee", ANN.limits)
    (row,) = judge("cust-1,Ann Lee,75\n", ANN)
    assert row.user == User("cust-1", "Ann Lee", UserLimits(order=Decimal("75.00"), total=Decimal("900.00"))), "a short row"


def test_amounts_with_thousands_are_read_where_they_can_mean_one_thing_only() -> None:
    (user,) = users('id;total\ncust-1;"2,500.00"\n')
    assert user is not None
    assert user.limits.total == Decimal("2500.00")


def test_an_id_that_this_program_made_harmless_is_the_id_again() -> None:
    assert users("id,name\n'+49170,'-x\n") == [User("+49170", "-x")]


def test_columns_that_are_none_of_ours_are_named() -> None:
    table = read_users("id,team,name\ncust-1,A,Ann\n")
    assert (table.ignored, table.titles) == (["team"], ("id", "team", "name"))


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("", "There is nothing in it"),
        ("\n \n", "There is nothing in it"),
        ("name,total\nAnn,5\n", "No column of the heading is called id"),
        ("id,name\n", "There is a heading and no row below it"),
        ("id,name,id\na,b,c\n", "The heading names the column 'id' 2 times"),
        ('id,name\ncust-1,"Ann\n', "A quote that is opened in line 2 is never closed"),
        (b"PK\x03\x04\x00\x00", "This is no text: save the sheet as CSV and choose that file"),
    ],
)
def test_what_is_no_list_is_refused_as_a_whole(source: bytes | str, words: str) -> None:
    with pytest.raises(TableError, match=words):
        read_users(source)


def test_a_list_may_have_so_many_rows_and_no_more() -> None:
    body = "\n".join(f"cust-{number}" for number in range(MOST))
    assert len(read_users(f"id\n{body}\n").rows) == MOST
    for heading in ("id\n", ""):
        with pytest.raises(TableError, match="It has more than 50,000 rows"):
            read_users(f"{heading}{body}\none-more\n")


def test_fifty_thousand_rows_are_judged_in_a_moment() -> None:
    source = "".join(f"cust-{number},Customer Number {number},100,200,300,400\n" for number in range(MOST)).encode()
    begun = time.perf_counter()
    rows = judge(source)
    assert sum(row.verdict is Verdict.NEW for row in rows) == MOST
    assert time.perf_counter() - begun < 5
