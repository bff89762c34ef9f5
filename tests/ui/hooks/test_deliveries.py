"""The list of deliveries: live without moving what is looked at, filtered, looked into, sent again, exported."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt

from app.domain.receiving import Counts, Tidings
from app.domain.webhook import Letter, Show, Tally, Verdict
from app.services.hooks.gap_tally import GapFigures
from app.services.hooks.ports import Answer
from app.ui.hooks.head import brief_words, figures_words, gaps_words
from app.ui.hooks.letter import Look, indented, shown
from app.ui.models.hooks_deliveries import HELD, HELD_TIP, MOST, SIGNATURE, DeliveriesModel, day_time
from app.ui.views.table import ROW
from tests.services.fakes import Clock
from tests.services.hooks.kit import delivery
from tests.ui.hooks.kit import Page, four, some

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def ids(page: Page) -> list[int]:
    return [row.id for row in page.window.deliveries.model.rows]


def flood(page: Page, number: int) -> None:
    page.come(*(delivery(page.hooks.clock.now()) for _ in range(number)))


def test_what_comes_stands_on_top_and_the_chosen_one_its_bytes_and_the_place_in_the_list_stay(page: Page) -> None:
    page.begin(*four(), is_on=True)
    flood(page, 60)
    pane = page.window.deliveries
    pane.table.selectRow(5)
    page.frame()
    pane.table.verticalScrollBar().setValue(3 * ROW)
    chosen, top = pane.row, pane.table.rowAt(0)
    seen = pane.model.rows[top].id
    flood(page, 40)
    assert ids(page) == list(range(100, 0, -1))
    assert pane.row == chosen == pane.chosen.row
    assert pane.model.rows[pane.table.rowAt(0)].id == seen


def test_at_the_top_the_newest_are_seen_as_they_come(page: Page) -> None:
    page.begin(*four(), is_on=True)
    flood(page, 60)
    flood(page, 5)
    assert page.window.deliveries.table.rowAt(0) == 0
    assert ids(page)[0] == 65


def test_an_open_letter_stays_when_its_row_leaves_a_full_list(page: Page) -> None:
    page.begin(*four(), is_on=True)
    flood(page, 3)
    pane = page.window.deliveries
    pane.table.selectRow(2)
    page.frame()
    for _ in range(MOST // 500 + 1):
        flood(page, 500)
    assert len(pane.model.rows) == MOST
    assert pane.row is None
    assert pane.chosen.row is not None
    assert pane.chosen.row.id == 1
    assert '"match_id": 42' in pane.chosen.letter.text.toPlainText()


def test_a_lower_number_that_is_told_later_stands_at_its_place_and_is_not_lost(page: Page) -> None:
    model = DeliveriesModel(page.hooks.clock.now)
    at = page.hooks.clock.now()
    model.put([delivery(at, id=5), delivery(at, id=2)])
    model.put([delivery(at, id=7), delivery(at, id=4), delivery(at, id=3)])
    assert [row.id for row in model.rows] == [7, 5, 4, 3, 2]
    model.remove({4, 0, 99})
    assert [row.id for row in model.rows] == [7, 5, 3, 2]
    model.put([delivery(at, id=4)])
    model.put([delivery(at, id=1)])  # older than all that was asked for: `Older` brings it
    assert [row.id for row in model.rows] == [7, 5, 4, 3, 2]


def test_what_a_flood_leaves_out_of_its_tidings_is_read_from_the_file_within_a_second(page: Page) -> None:
    page.begin(*four(), is_on=True)
    written = page.hooks.shelf.put(*(delivery(page.hooks.clock.now()) for _ in range(120)))
    page.hooks.receiver.tell(Tidings(Counts(120, 120), tuple(written[-50:])))
    page.frame()
    assert len(ids(page)) == 50
    page.window.deliveries.tick()
    page.frame()
    assert ids(page) == list(range(120, 0, -1))


def test_the_chips_the_text_and_only_one_subscription_narrow_the_list_live_ones_too(page: Page) -> None:
    page.begin(*four(), is_on=True)
    some(page)
    page.come(delivery(page.hooks.clock.now(), Verdict.UNCHECKED))
    pane = page.window.deliveries
    for verdict in Verdict:
        pane.chips[Show[verdict.name]].click()
        page.frame()
        assert {row.verdict for row in pane.model.rows} == {verdict}, "as the file has it"
        page.come(*(delivery(page.hooks.clock.now(), each) for each in Verdict))
        assert {row.verdict for row in pane.model.rows} == {verdict}, "as they come"
    pane.chips[Show.ALL].click()
    page.window.subscriptions.table.selectRow(3)
    pane.only.click()
    page.come(delivery(page.hooks.clock.now(), subscription_id=17), delivery(page.hooks.clock.now(), subscription_id=20))
    assert {row.subscription_id for row in pane.model.rows} == {20}
    assert len(pane.model.rows) == 2
    pane.only.click()
    pane.filter.setText("created 44")
    page.frame()
    assert all(row.event == "MATCH_CREATED" for row in pane.model.rows)


def test_another_choice_above_moves_the_filter_along_and_none_takes_it_away(page: Page) -> None:
    page.begin(*four(), is_on=True)
    some(page)
    pane = page.window.deliveries
    assert not pane.only.isVisible()
    page.window.subscriptions.table.selectRow(3)
    pane.only.click()
    page.window.subscriptions.table.selectRow(1)
    page.frame()
    assert {row.subscription_id for row in pane.model.rows} == {18}
    page.window.subscriptions.table.clearSelection()
    page.frame()
    assert len({row.subscription_id for row in pane.model.rows}) > 1


def test_a_delivery_is_sent_again_to_the_receiver_or_to_another_address_and_the_foot_says_what_was_answered(page: Page) -> None:
    page.begin(*four(), is_on=True)
    some(page)
    chosen = page.window.deliveries.chosen
    page.window.deliveries.table.selectRow(0)
    page.frame()
    chosen.replay.click()
    page.frame()
    assert page.hooks.poster.sent[-1][0] == "http://127.0.0.1:8765/rankacy"
    assert "204 in 1.5 ms" in page.window.foot.text()
    chosen.to.setText("http://127.0.0.1:9000/mine")
    page.hooks.poster.answer = Answer(0, 3.0, "Nobody listens there.")
    chosen.replay.click()
    page.frame()
    assert page.hooks.poster.sent[-1][0] == "http://127.0.0.1:9000/mine"
    assert page.window.foot.text().endswith("Nobody listens there.")
    chosen.to.setText("http://example.com/")
    chosen.replay.click()
    page.frame()
    assert "not sent again" in page.window.foot.text()


def test_the_curl_line_goes_where_the_field_says(page: Page) -> None:
    page.begin(*four(), is_on=True)
    some(page)
    page.window.deliveries.table.selectRow(0)
    page.window.deliveries.chosen.to.setText("http://127.0.0.1:9000/mine")
    page.window.deliveries.chosen.curl.click()
    page.frame()
    assert page.copies.text.startswith("curl ")
    assert page.copies.text.endswith("http://127.0.0.1:9000/mine")


def test_of_a_missed_one_nothing_can_be_sent_or_verified_and_its_place_says_why(page: Page) -> None:
    page.begin(*four(), is_on=True)
    page.come(delivery(page.hooks.clock.now(), Verdict.MISSED, answer=None, size=None, reason="no delivery within 5 s"))
    page.hooks.shelf.letters.clear()
    page.window.deliveries.table.selectRow(0)
    page.frame()
    chosen = page.window.deliveries.chosen
    assert not any(part.isEnabled() for part in (chosen.replay, chosen.curl, chosen.verify))
    assert chosen.pin.isEnabled()
    assert "No bytes are kept of it: no delivery within 5 s." in chosen.letter.text.toPlainText()


def test_a_pin_is_seen_at_once_and_taken_off_by_the_same_button(page: Page) -> None:
    page.begin(*four(), is_on=True)
    flood(page, 2)
    pane = page.window.deliveries
    pane.table.selectRow(0)
    pane.chosen.pin.click()
    page.frame()
    assert pane.model.rows[0].is_pinned
    assert page.hooks.shelf.rows[2].is_pinned
    pane.chosen.pin.click()
    page.frame()
    assert not page.hooks.shelf.rows[2].is_pinned
    assert pane.chosen.pin.text() == "Pin"


def test_clearing_asks_first_and_leaves_the_pinned_ones(page: Page) -> None:
    page.begin(*four(), is_on=True)
    rows = some(page)
    pane = page.window.deliveries
    pane.clear.click()
    assert pane.clear_box.isVisible()
    assert len(page.hooks.shelf.rows) == len(rows)
    pane.clear_box.reject()
    assert len(page.hooks.shelf.rows) == len(rows)
    pane.clear.click()
    pane.clear_box.remove.click()
    page.frame()
    assert [row.is_pinned for row in pane.model.rows] == [True]


def test_a_file_that_cannot_be_read_is_said_and_nothing_falls_over(page: Page) -> None:
    page.begin(*four(), is_on=True)
    page.hooks.shelf.trouble = OSError("disk I/O error")
    page.window.deliveries.filter.setText("x")
    page.frame()
    assert "disk I/O error" in page.window.foot.text()
    assert page.window.deliveries.empty.text() == "No delivery is like this."


def test_lines_of_json_hold_headers_and_the_very_bytes_and_the_table_what_is_filtered(page: Page, tmp_path: Path) -> None:
    page.begin(*four(), is_on=True)
    page.come(delivery(page.hooks.clock.now()), delivery(page.hooks.clock.now()), delivery(page.hooks.clock.now(), Verdict.MISSED))
    body = b'\xff\x00{"a":1.10}'
    page.hooks.shelf.letters = {1: Letter((("x-a", "1"), ("x-a", "2")), b'{"b":1.10}', 10), 2: Letter((), body, len(body))}
    pane = page.window.deliveries
    pane.save_letters(str(tmp_path / "all.jsonl"))
    page.frame()
    missed, binary, text = [json.loads(line) for line in (tmp_path / "all.jsonl").read_text().splitlines()]
    assert text["body"] == '{"b":1.10}'
    assert text["headers"] == [["x-a", "1"], ["x-a", "2"]]
    assert base64.b64decode(binary["body_base64"]) == body
    assert "body" not in binary
    assert missed["verdict"] == "missed"
    assert "headers" not in missed
    pane.chips[Show.MISSED].click()
    pane.save_table(str(tmp_path / "all.csv"))
    page.frame()
    assert len((tmp_path / "all.csv").read_text().splitlines()) == 2
    assert "1 delivery was exported" in page.window.foot.text()


def test_an_export_that_cannot_be_written_is_said(page: Page, tmp_path: Path) -> None:
    page.begin(*four(), is_on=True)
    flood(page, 1)
    page.window.deliveries.save_table(str(tmp_path / "no folder" / "all.csv"))
    page.frame()
    assert "could not be exported" in page.window.foot.text()


@pytest.mark.parametrize(
    ("body", "look", "told"),
    [
        (b"<b>bold</b>", Look.RAW, "<b>bold</b>"),
        ("a\u202eb\x00c".encode(), Look.RAW, "a\\u202eb\\u0000c"),
        (b"\xff\x00", Look.PRETTY, "000000  ff 00"),
        (b"AB", Look.HEX, "000000  41 42"),
    ],
)
def test_a_body_is_shown_as_nothing_but_text(body: bytes, look: Look, told: str) -> None:
    assert shown(body, look)[0].startswith(told)


def test_pretty_json_is_indented_and_no_word_of_it_is_written_anew() -> None:
    text = '{"a":1.10,"a":1e400,"b":[],"c":{"d":"x,\\"]"}}'
    lines = indented(text)
    assert lines.splitlines()[:3] == ["{", '  "a": 1.10,', '  "a": 1e400,']
    assert "".join(line.strip() for line in lines.splitlines()).replace(": ", ":") == text


def test_what_is_no_json_says_where(page: Page) -> None:
    assert shown(b'{"a":}', Look.PRETTY) == ('{"a":}', "It is no JSON: Expecting value at line 1, column 6.")


def test_a_row_of_a_file_says_its_number_its_subscription_and_its_path(page: Page, tmp_path: Path) -> None:
    page.begin(*four(), is_on=True)
    some(page)
    page.window.deliveries.save_table(str(tmp_path / "all.csv"))
    page.frame()
    for text in ((tmp_path / "all.csv").read_text("utf-8-sig"), page.window.deliveries.model.to_csv()):
        lines = text.splitlines()
        assert lines[0].startswith("Id,Time,")
        assert lines[0].endswith(",Subscription,Path,Change")
        assert lines[1].startswith("10,")
        assert lines[1].endswith(",17,/rankacy,")
        missed = next(line for line in lines if ",missed" in line)
        assert missed.split(",")[1] == page.hooks.ago(44.4).isoformat(), "where it stands"
        assert missed.split(",")[-1] == page.hooks.ago(50).isoformat(), "and when the change was"


def test_the_verdicts_word_finds_its_rows(page: Page) -> None:
    page.begin(*four(), is_on=True)
    some(page)
    for verdict in (Verdict.DUPLICATE, Verdict.LATE, Verdict.REFUSED):
        page.window.deliveries.filter.setText(str(verdict))
        page.come(delivery(page.hooks.clock.now(), verdict))
        assert {row.verdict for row in page.window.deliveries.model.rows} == {verdict}


def test_one_that_was_refused_says_that_its_body_was_not_read(page: Page) -> None:
    page.begin(*four(), is_on=True)
    page.come(delivery(page.hooks.clock.now(), Verdict.REFUSED), delivery(page.hooks.clock.now(), Verdict.BAD))
    for number in (1, 2):
        page.hooks.shelf.letters[number] = Letter((("host", "other.example"),), b"", 0)
    said = []
    for row in (1, 0):
        page.window.deliveries.table.selectRow(row)
        page.frame()
        said.append(page.window.deliveries.chosen.letter.words.text())
    assert said == ["Its body was not read.", "It has no body."]


def test_the_tip_of_a_missed_one_says_whose_time_it_has(page: Page) -> None:
    page.begin(*four(), is_on=True)
    page.come(delivery(page.hooks.ago(5.5), Verdict.MISSED, noticed_at=page.hooks.clock.now()), delivery(page.hooks.clock.now()))
    model = page.window.deliveries.model
    missed, came = (str(model.data(model.index(row, 0), Qt.ItemDataRole.ToolTipRole)) for row in (1, 0))
    assert "The poll told of the change at 12 Sep 2026 11:59:54.5" in missed
    assert "was noticed 5.5 s later, where it stands" in missed
    assert "Its last byte was read at" in came
    assert model.data(model.index(1, 0)) == "12:00:00.000", "the list stands in the order of its times"
    assert str(model.data(model.index(1, SIGNATURE))).startswith("missed  change of 11:59:54")
    page.window.deliveries.table.selectRow(1)
    page.frame()
    assert page.window.deliveries.chosen.letter.about.text().endswith("the change was at 12 Sep 11:59:54, found missing 5.5 s later")


def test_a_row_of_another_day_has_its_date_and_one_of_another_year_that(page: Page) -> None:
    now = page.hooks.clock.now()
    midnight = now.astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    assert day_time(now, now) == "12:00:00.000"
    assert day_time(midnight, now) == "00:00:00.000"
    assert day_time(midnight - timedelta(seconds=1), now) == "11 Sep 23:59:59"
    assert day_time(now - timedelta(days=400), now) == "08 Aug 2025 12:00"
    page.begin(*four(), is_on=True)
    page.come(delivery(now - timedelta(days=2)))
    model, table = page.window.deliveries.model, page.window.deliveries.table
    words = str(model.data(model.index(0, 0)))
    assert words == "10 Sep 12:00:00"
    assert table.fontMetrics().horizontalAdvance(words) + 6 <= table.columnWidth(0), "it is not cut"


def test_those_that_came_too_fast_are_said_where_figures_are_and_where_nobody_finds_them(page: Page) -> None:
    page.begin(*four(), is_on=True)
    page.come(delivery(page.hooks.clock.now()))
    words = "312 came too fast within 24 h, were answered with 429 and are only counted"
    assert "too fast" not in page.window.head.figures.text()
    page.hooks.shelf.limited = 312
    page.tasks.start(page.desk.deliveries.count())
    page.frame()
    assert page.window.head.figures.text() == "24 h: 1 ok · 0 bad · 0 missed · 312 too fast"
    assert words in page.window.head.figures.toolTip()
    assert page.window.deliveries.note.text() == f"1 shown · {words}"
    page.window.deliveries.chips[Show.REFUSED].click()
    page.frame()
    assert page.window.deliveries.empty.text() == f"No delivery is like this. {words}."
    page.window.deliveries.chips[Show.LATE].click()
    page.frame()
    assert page.window.deliveries.empty.text() == "No delivery is like this."


def test_a_missed_one_that_comes_late_moves_from_one_chip_to_the_other_at_once(page: Page) -> None:
    page.begin(*four(), is_on=True)
    missed = page.come(delivery(page.hooks.clock.now(), Verdict.MISSED), delivery(page.hooks.clock.now(), Verdict.MISSED))
    pane = page.window.deliveries
    pane.chips[Show.MISSED].click()
    page.frame()
    page.desk.deliveries.replace(msgspec.structs.replace(missed[0], verdict=Verdict.LATE))
    page.frame()
    assert ids(page) == [2]
    page.hooks.shelf.rows[1] = msgspec.structs.replace(missed[0], verdict=Verdict.LATE)
    pane.chips[Show.LATE].click()
    page.frame()
    assert ids(page) == [1]
    page.desk.deliveries.replace(msgspec.structs.replace(missed[1], verdict=Verdict.LATE))
    page.frame()
    assert ids(page) == [2, 1]


def test_what_came_just_now_is_shown_by_every_filter_though_the_file_cannot_be_read(page: Page) -> None:
    page.begin(*four(), is_on=True)
    flood(page, 3)
    page.hooks.shelf.trouble = OSError("disk I/O error")
    pane = page.window.deliveries
    for show, listed in ((Show.BAD, []), (Show.VALID, [3, 2, 1]), (Show.ALL, [3, 2, 1])):
        pane.chips[show].click()
        page.frame()
        assert ids(page) == listed


def test_the_end_of_a_match_that_is_held_back_is_told_when_the_video_has_shown_it(page: Page) -> None:
    session = page.hooks.feed.session
    page.begin(*four(), is_on=True)
    session.open(42)
    session.delay.set_by_hand(20)
    session.delay.set_spoiler_safe(True)
    now = page.hooks.clock.now()
    page.come(delivery(now, event="MATCH_FINISHED"), delivery(now, event="MATCH_FINISHED", match_id=43), delivery(now))
    deliveries = page.window.deliveries
    model = deliveries.model
    assert [model.data(model.index(row, 1)) for row in range(3)] == ["ODDS_UPDATED", "MATCH_FINISHED", HELD]
    assert "FINISHED" not in str(model.data(model.index(2, 1), Qt.ItemDataRole.ToolTipRole))
    assert "MATCH_FINISHED,42" not in model.to_csv()
    deliveries.table.selectRow(2)
    page.frame()
    assert deliveries.chosen.letter.about.text() == HELD_TIP
    assert deliveries.chosen.letter.text.toPlainText() == ""
    assert not deliveries.chosen.replay.isEnabled()
    assert isinstance(page.hooks.clock, Clock)
    page.hooks.clock.move(30)
    deliveries.tick()
    page.frame()
    assert model.data(model.index(2, 1)) == "MATCH_FINISHED"
    assert "valid" in deliveries.chosen.letter.about.text()
    assert deliveries.chosen.letter.text.toPlainText()


def test_a_signed_one_that_names_no_match_is_called_unreadable(page: Page) -> None:
    page.begin(*four(), is_on=True)
    page.come(delivery(page.hooks.clock.now(), match_id=None, reason="its body names no match"))
    model = page.window.deliveries.model
    assert str(model.data(model.index(0, SIGNATURE))) == "valid, unreadable  its body names no match"
    assert model.tone(0) == "warning"
    page.tell(Counts(received=2, valid=2, unreadable=1))
    page.window.receiving.tick()
    assert "2 valid · 1 of them unreadable" in page.window.receiving.figures.text()


def test_no_handle_floats_where_no_delivery_is_chosen(page: Page) -> None:
    page.begin(*four(), is_on=True)
    page.come(delivery(page.hooks.clock.now()))
    both = page.window.deliveries.chosen.letter.both
    assert not both.handle(1).isVisible()
    page.window.deliveries.table.selectRow(0)
    page.frame()
    assert both.handle(1).isVisible()
    page.window.deliveries.chosen.show_row(None)
    assert not both.handle(1).isVisible()


def test_the_head_says_how_many_of_how_many_were_missed_and_with_an_earlier_runs_only_how_many() -> None:
    gaps = GapFigures(expected=286, missed=5, late=2)
    assert figures_words(Tally(ok=1204, bad=3, missed=5), gaps) == "24 h: 1,204 ok · 3 bad · 5 of 286 missed (1.7%)"
    assert brief_words(Tally(ok=1204, missed=5), gaps) == "1,204 ok · 5 of 286 missed (1.7%)"
    assert figures_words(Tally(ok=1204, missed=9), gaps) == "24 h: 1,204 ok · 0 bad · 9 missed"
    assert gaps_words(gaps) == "5 missed and 2 late of 286 changes that the poll told of since the start (2.4%)"
    assert gaps_words(GapFigures()) == ""
