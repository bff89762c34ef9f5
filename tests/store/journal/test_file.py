"""What goes into a journal comes out of it: lines, states, flags, copies."""

from __future__ import annotations

import os
import stat
import tempfile
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.store.journal.chain import ZERO
from app.store.journal.errors import HaltedError, JournalError, RefTakenError
from app.store.journal.file import JournalFile
from app.store.journal.lines import Kept, Line
from app.store.journal.opening import back_up, examine
from app.store.journal.shelf import backup_folder, backups
from tests.store.journal.kit import NOON, Ticking, bodies, change, filled, line, opened, opening, remark, seqs, write_locked


def test_rows_are_numbered_from_one_and_each_names_the_hash_before_it(file: JournalFile) -> None:
    file.append([remark("a"), remark("b")])
    file.append([remark("c")])

    rows = list(file.entries())
    assert [row.seq for row in rows] == [1, 2, 3]
    assert rows[0].previous == ZERO
    assert all(after.previous == before.hash for before, after in pairwise(rows))


def test_a_row_says_when_it_was_written_unless_the_line_says_when_it_happened(file: JournalFile) -> None:
    happened = datetime(2031, 1, 2, 3, 4, 5, 678901, UTC)

    file.append([remark(), Line("remarked", "", "{}", at=happened)])

    assert [row.at for row in file.entries()] == [NOON + timedelta(seconds=1), happened]


def test_an_order_has_its_newest_state_only(file: JournalFile) -> None:
    file.append([line(1), line(2)])
    file.append([Line("moved", "ref-1", "{}", order=Kept("ref-1", "venue-9", False, NOON, "newer"))])

    assert file.kept("ref-1") == Kept("ref-1", "venue-9", False, NOON, "newer")
    assert [order.ref for order in file.live()] == ["ref-2"]
    assert file.kept("nobody") is None


def test_the_last_of_several_states_in_one_transaction_stays(file: JournalFile) -> None:
    states = [Kept("a", "", True, NOON, str(number)) for number in range(3)]

    file.append([Line("moved", "a", "{}", order=state) for state in states])

    assert file.live() == [states[-1]]


def test_an_entry_without_a_state_still_counts_as_the_orders_newest(file: JournalFile) -> None:
    file.append([line(1)])
    file.append([Line("looked", "ref-1", "{}")])

    assert file.verify().is_whole


def test_orders_touched_since_a_moment_are_found_to_the_microsecond(file: JournalFile) -> None:
    file.append([line(1, is_live=False), line(2, is_live=False)])
    second = NOON + timedelta(seconds=2)

    assert [order.ref for order in file.touched_since(second)] == ["ref-2"]
    assert file.touched_since(second + timedelta(microseconds=1)) == []


def test_a_flag_is_set_changed_and_removed_with_its_line(file: JournalFile) -> None:
    seen = []
    for value in ("on", "still on", ""):
        file.append([Line("switched", "", "{}", flag=("trading", value))])
        seen.append(file.flag("trading"))

    assert seen == ["on", "still on", ""]
    assert file.verify().is_whole


def test_an_intent_is_refused_while_orders_are_halted_and_leaves_no_trace(file: JournalFile) -> None:
    file.append([Line("halted", "", "{}", flag=("halt", "the key was pressed"))])

    with pytest.raises(HaltedError, match=r"^the key was pressed$"):
        file.intend(line(1))

    assert seqs(file) == [1]
    file.append([Line("resumed", "", "{}", flag=("halt", ""))])
    file.intend(line(1))
    assert seqs(file) == [1, 2, 3]


def test_a_reference_is_never_used_twice(file: JournalFile) -> None:
    file.intend(line(1, is_live=False))

    with pytest.raises(RefTakenError, match="ref-1"):
        file.intend(line(1))

    assert seqs(file) == [1]


def test_an_intent_brings_its_order_or_its_reference_could_be_used_twice(file: JournalFile) -> None:
    with pytest.raises(JournalError, match="without its order"):
        file.intend(Line("intended", "ref-1", "{}"))

    assert seqs(file) == []


def test_entries_can_be_read_from_a_number_on_while_others_are_written(file: JournalFile) -> None:
    file.append([remark(str(number)) for number in range(2_500)])

    rest = file.entries(after=1_200)
    found = [next(rest).seq]
    file.append([remark("late")])
    found += [row.seq for row in rest]

    assert found == list(range(1_201, 2_502))


def test_writing_nothing_writes_nothing(file: JournalFile) -> None:
    file.append([])

    assert seqs(file) == []


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (remark("\ud800"), "no Unicode at character 0"),
        (Line("a\udfff", "", ""), "no Unicode at character 1"),
        (Line("a", "r", "", order=Kept("r", "\ud800", True, NOON, "")), "no Unicode"),
        (Line("a", "", "", flag=("halt", "\ud800")), "no Unicode"),
        (Line("a", "", "", flag=("", "on")), "its flag has no name"),
        (Line("a", "", "", order=Kept("", "", True, NOON, "")), "its order has no reference"),
        (Line("a", "r", "", order=Kept("other", "", True, NOON, "")), "another order"),
        (Line("a", "", "", at=datetime(2026, 1, 1)), "no time zone"),
        (Line("a", "r", "", order=Kept("r", "", True, datetime(2026, 1, 1), "")), "no time zone"),
        (remark("x" * 64_000_001), "64000001 bytes"),
    ],
)
def test_what_no_journal_can_hold_is_refused_in_words_and_the_lines_beside_it_too(file: JournalFile, bad: Line, words: str) -> None:
    with pytest.raises(JournalError, match=words):
        file.append([remark(), bad])

    assert seqs(file) == []


@pytest.mark.parametrize(
    "text",
    ["", "\0", "a\0b", "\N{PILE OF POO}\N{VARIATION SELECTOR-16}", "\u202e\u0000\ufeff", "'; DROP TABLE entries;--", "x" * 1_000_000],
)
def test_odd_text_comes_back_as_it_went_in(path: Path, text: str) -> None:
    ref = f"ref{text[:99]}"
    odd = Line(text[:9], ref, text, order=Kept(ref, text[:9], True, NOON, text), flag=("f", text[:99] or "-"))
    with opened(path) as file:
        file.append([odd])
    with opened(path) as file:
        row = next(file.entries())
        assert (row.kind, row.ref, row.body) == (odd.kind, odd.ref, odd.body)
        assert file.live() == [odd.order]
        assert file.flag("f") == (text[:99] or "-")
        assert file.verify().is_whole


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
MOMENTS = st.datetimes(timezones=st.just(UTC))


@st.composite
def some_lines(draw: st.DrawFn) -> Line:
    ref = draw(st.sampled_from(["", "a", "b", "ü\0", "🎲"]))
    order = st.builds(Kept, ref=st.just(ref), venue_order_id=TEXTS, is_live=st.booleans(), touched_at=MOMENTS, body=TEXTS)
    flag = st.tuples(st.sampled_from(["halt", "🚩"]), TEXTS)
    return Line(
        draw(TEXTS),
        ref,
        draw(TEXTS),
        order=draw(st.none() | order) if ref else None,
        flag=draw(st.none() | flag),
        at=draw(st.none() | MOMENTS),
    )


@given(batches=st.lists(st.lists(some_lines(), max_size=6), max_size=6))
def test_whatever_is_written_is_there_after_the_next_start_and_verifies(batches: list[list[Line]]) -> None:
    written = [one for batch in batches for one in batch]
    states = {one.ref: one.order for one in written if one.order}
    values = {one.flag[0]: one.flag[1] for one in written if one.flag}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.db"
        with opened(path) as file:
            for batch in batches:
                file.append(batch)
        with opened(path) as file:
            assert [(row.kind, row.ref, row.body) for row in file.entries()] == [(one.kind, one.ref, one.body) for one in written]
            assert {ref: file.kept(ref) for ref in states} == states
            assert {name: file.flag(name) for name in values} == values
            verdict = file.verify()
        assert (verdict.words, verdict.rows) == ("", len(written))


def test_the_data_version_changes_when_another_program_writes_and_not_before(path: Path) -> None:
    with opened(path) as ours, opened(path) as theirs:
        before = ours.data_version()
        ours.append([remark()])
        unchanged = ours.data_version()
        theirs.append([remark()])
        after = ours.data_version()

    assert before == unchanged != after


def test_two_open_files_take_turns_in_one_chain(path: Path) -> None:
    with opened(path) as ours, opened(path) as theirs:
        for number in range(5):
            ours.append([remark(f"ours {number}")])
            theirs.append([remark(f"theirs {number}")])

        assert seqs(ours) == list(range(1, 11))
        assert ours.verify().is_whole


def test_a_halt_by_another_program_stops_the_next_intent(path: Path) -> None:
    with opened(path) as ours, opened(path) as theirs:
        ours.intend(line(1))
        theirs.append([Line("halted", "", "{}", flag=("halt", "from a second program"))])

        with pytest.raises(HaltedError, match="from a second program"):
            ours.intend(line(2))


def test_a_backup_is_a_whole_journal_of_its_moment(file: JournalFile) -> None:
    file.append([line(1)])
    kept = file.backup()
    file.append([line(2)])

    verdict = examine(kept)
    assert (verdict.rows, verdict.words) == (1, "")
    assert kept.parent == backup_folder(file.path)


def test_only_the_newest_backups_stay_even_when_the_clock_went_back(path: Path) -> None:
    clock = Ticking()
    file = opening(path, clock).file
    made = []
    for number in range(7):
        file.append([remark(str(number))])
        clock.moment -= timedelta(days=number)
        made.append(file.backup(keep=3))

    assert backups(path) == made[-3:]
    assert [examine(one).rows for one in made[-3:]] == [5, 6, 7]
    assert not list(backup_folder(path).glob(".*"))
    file.close()


def test_a_backup_can_lie_in_another_folder(file: JournalFile, tmp_path: Path) -> None:
    kept = file.backup(tmp_path / "stick", keep=1)

    assert kept.parent == tmp_path / "stick"
    assert backups(file.path, tmp_path / "stick") == [kept]


def test_a_backup_can_be_made_beside_whoever_has_the_journal_open(file: JournalFile) -> None:
    file.append([line(1)])

    with write_locked(file.path):
        kept = back_up(file.path, now=NOON)

    assert examine(kept).rows == 1
    assert backups(file.path) == [kept]


def test_a_backup_that_cannot_be_made_says_so_and_the_journal_goes_on(file: JournalFile, tmp_path: Path) -> None:
    (tmp_path / "stick").write_text("a file stands in the way")

    with pytest.raises(JournalError, match="exists"):
        file.backup(tmp_path / "stick")
    file.append([remark()])

    assert seqs(file) == [1]


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")
@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_the_file_its_log_and_its_backups_are_this_users_only_whatever_the_umask(path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        with opened(path) as file:
            file.append([remark()])
            kept = file.backup()
            modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in (*path.parent.glob(f"{path.name}*"), kept)}
            folders = [stat.S_IMODE(one.stat().st_mode) for one in (path.parent, kept.parent, kept.parent.parent)]
    finally:
        os.umask(before)

    assert len(modes) >= 4
    assert set(modes.values()) == {0o600}
    assert set(folders) == {0o700}


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")
def test_a_file_that_others_could_read_is_closed_to_them_at_the_next_start(path: Path) -> None:
    filled(path)
    path.chmod(0o644)

    filled(path, count=0)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_rows_that_hold_odd_types_are_still_shown(path: Path) -> None:
    filled(path, count=1)
    with opened(path) as file:
        update = "UPDATE orders SET touched_at = 'soon', body = 12.5, venue_order_id = X'41' WHERE ref = 'ref-1'"
        change(path, update)
        found = file.live()

    assert [(order.ref, order.touched_at.year, order.is_live) for order in found] == [("ref-1", 1970, True)]


def test_a_kind_that_nobody_knows_is_just_another_row(path: Path) -> None:
    with opened(path) as file:
        file.append([Line("from-the-future", "", "no JSON at all")])
    with opened(path) as file:
        assert bodies(file) == ["no JSON at all"]
