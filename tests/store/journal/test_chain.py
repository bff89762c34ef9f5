"""Whoever changes, removes, swaps or inserts a row of the journal is found out, by the row's number."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest

from app.store.journal.chain import ZERO, Stored, Walk, digest
from app.store.journal.opening import examine
from tests.store.journal.kit import NOON, change, filled, opened

SWAP = (
    "UPDATE entries SET seq = -1 WHERE seq = 2",
    "UPDATE entries SET seq = 2 WHERE seq = 3",
    "UPDATE entries SET seq = 3 WHERE seq = -1",
)


def row(seq: int, previous: str) -> Stored:
    parts = (seq, 7, "noted", "ref-1", "{}", previous)
    return Stored(*parts, digest(*parts))


def rows(count: int) -> list[Stored]:
    found = [row(1, ZERO)]
    while len(found) < count:
        found.append(row(found[-1].seq + 1, found[-1].hash))
    return found


def test_a_hash_is_the_same_today_and_in_ten_years() -> None:
    lengths = [length.to_bytes(8, "big") for length in (1, 2, 4, 2, 2, 64)]
    parts = [b"1", b"23", b"kind", "é".encode(), b"{}", b"0" * 64]
    encoded = b"".join(length + part for length, part in zip(lengths, parts, strict=True))

    assert digest(1, 23, "kind", "é", "{}", ZERO) == hashlib.sha256(encoded).hexdigest()
    assert digest(1, 23, "kind", "é", "{}", ZERO).startswith("88790b5afa39bdc9")


def test_no_two_rows_have_one_encoding_however_their_texts_are_cut() -> None:
    assert digest(1, 2, "ab", "c", "", ZERO) != digest(1, 2, "a", "bc", "", ZERO)
    assert digest(1, 23, "", "", "", ZERO) != digest(12, 3, "", "", "", ZERO)


def test_an_unchanged_chain_is_walked_to_its_end() -> None:
    walk = Walk()

    assert [walk.step(one) for one in rows(4)] == [None] * 4
    assert walk.rows == 4


@pytest.mark.parametrize("field", ["at", "kind", "ref", "body", "previous", "hash"])
def test_every_part_of_a_row_is_covered(field: str) -> None:
    changed = row(1, ZERO)._asdict() | {field: 8 if field == "at" else "x"}

    assert Walk().step(Stored(**changed)) is not None


@pytest.mark.parametrize(
    ("statements", "seq", "words"),
    [
        (("UPDATE entries SET body = '{}' WHERE seq = 3",), 3, "row 3 was changed"),
        (("UPDATE entries SET at = at + 1 WHERE seq = 5",), 5, "row 5 was changed"),
        (("UPDATE entries SET body = X'00FF' WHERE seq = 3",), 3, "row 3 holds a value of a wrong type"),
        (("UPDATE entries SET at = 'yesterday' WHERE seq = 2",), 2, "row 2 holds a value of a wrong type"),
        (("DELETE FROM entries WHERE seq = 3",), 4, "row 3 is missing"),
        (("DELETE FROM entries WHERE seq IN (2, 3)",), 4, "rows 2 to 3 are missing"),
        (("DELETE FROM entries WHERE seq = 1",), 2, "row 1 is missing"),
        (SWAP, 2, "row 2 does not follow row 1"),
        (("INSERT INTO entries SELECT 0, at, kind, ref, body, previous, hash FROM entries WHERE seq = 1",), 0, "row 0 was put in"),
        (
            ("INSERT INTO entries SELECT 6, at, kind, ref, body, previous, hash FROM entries WHERE seq = 5",),
            6,
            "row 6 does not follow row 5",
        ),
        (("UPDATE entries SET previous = hash WHERE seq = 1",), 1, "row 1 is not the first that was written"),
    ],
)
def test_a_change_behind_the_journals_back_is_named(path: Path, statements: tuple[str, ...], seq: int, words: str) -> None:
    filled(path)
    change(path, *statements)

    verdict = examine(path)

    assert (verdict.is_whole, verdict.broken_at, verdict.words) == (False, seq, words)


def test_a_forged_row_that_hashes_rightly_is_found_by_the_next_one(path: Path) -> None:
    filled(path)
    with opened(path) as file:
        third = list(file.entries())[2]
    forged = digest(3, (third.at - NOON) // timedelta(microseconds=1), third.kind, third.ref, "forged", third.previous)
    at = (third.at - NOON) // timedelta(microseconds=1)
    change(path, f"UPDATE entries SET at = {at}, body = 'forged', hash = '{forged}' WHERE seq = 3")

    assert examine(path).words == "row 4 does not follow row 3"


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("DELETE FROM entries WHERE seq = 5", "the state of the order ref-5 has no entry"),
        ("UPDATE orders SET seq = 4 WHERE ref = 'ref-5'", "the state of the order ref-5 is of row 4, its newest entry is row 5"),
        (
            "INSERT INTO orders SELECT 'stray', venue_order_id, is_live, touched_at, seq, body, hash FROM orders WHERE ref = 'ref-1'",
            "the state of the order stray was changed",
        ),
        ("INSERT INTO flags VALUES ('halt', 'x', 99, '')", "the flag 'halt' was changed"),
        (f"INSERT INTO flags VALUES ('halt', 'x', 99, '{digest('halt', 'x')}')", "the flag 'halt' has no entry"),
        ("UPDATE orders SET body = '{ }' WHERE ref = 'ref-5'", "the state of the order ref-5 was changed"),
    ],
)
def test_a_state_that_does_not_fit_its_entries_is_named(path: Path, statement: str, words: str) -> None:
    filled(path)
    change(path, statement)

    assert examine(path).words == words


def test_a_whole_journal_says_how_many_rows_it_has_and_from_when_to_when(path: Path) -> None:
    filled(path, count=3)

    verdict = examine(path)

    assert (verdict.rows, verdict.is_whole, verdict.words, verdict.broken_at) == (3, True, "", None)
    assert verdict.first == verdict.last == NOON + timedelta(seconds=1)


def test_an_empty_journal_is_whole(path: Path) -> None:
    filled(path, count=0)

    assert examine(path).is_whole
